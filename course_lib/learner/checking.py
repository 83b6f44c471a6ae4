"""Check a learner's notebook: nbval runs it, and each exercise gets its verdict."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from course_lib.files import cells
from course_lib.learner import workspace
from course_lib.learner.kernels import CheckStopped
from course_lib.learner.running import run
from course_lib.learner.verdicts import Verdict, counted, remarks, verdict
from course_lib.lessons import ROOT, notebooks_here

__all__ = ["CheckStopped", "Checked", "Verdict", "check_notebook"]


@dataclass(frozen=True)
class Checked:
    """What came of a notebook: a verdict for each exercise, and what went wrong elsewhere."""

    verdicts: tuple[Verdict, ...]
    remarks: tuple[str, ...]

    @property
    def all_passed(self) -> bool:
        """Whether there is nothing left to do."""
        return all(v.state == "passed" for v in self.verdicts)

    @property
    def total(self) -> str:
        """The total in words: "4 of 6 exercises, 13 of 20 points"."""
        passed = sum(v.state == "passed" for v in self.verdicts)
        earned, points = sum(v.earned for v in self.verdicts), sum(v.points for v in self.verdicts)
        return f"{passed} of {len(self.verdicts)} exercises, {counted(earned, points)}"


def check_notebook(
    path: str | Path,
    *,
    seconds: float = 60,
    root: Path = ROOT,
    tell: Callable[[int, int], None] = lambda done, cells: None,
) -> Checked:
    """Run a notebook and return what came of it. The file is only read.

    seconds: the time limit of a cell. root: the course's folder. tell: called before each cell
    with its number and how many there are.

    Raises:
        cells.Unreadable: the file is no notebook.
        CheckStopped: it can't run, or holds no exercises.
    """
    path = Path(path)
    notebook = cells.read(path)
    mine = cells.check_cells(notebook)
    lesson = _lesson(path, mine, root)
    course = cells.read(workspace.exercises(root)[lesson]) if lesson else notebook
    wanted = cells.check_cells(course)
    if wanted and all(map(_is_handed_in, wanted.values())):
        raise CheckStopped(
            f"{path} is an exam: only whoever drew it can check it. Its cells try the examples."
        )
    if not wanted:
        raise CheckStopped(f"{path} holds no exercises. Yours are in the folder my_work.")
    copied = {}  # an older version of its check cells is fine, too
    if lesson and _is_own(path, lesson, root):
        copied = workspace.copied_digests(lesson, root)
    ran = run(path, notebook, seconds=seconds, tell=tell)
    verdicts = []
    for name, cell in wanted.items():
        worth = [cells.points(each) for each in (mine.get(name, cell), cell)]  # a release's count
        points = next((number for number in worth if number is not None), 0)
        now = cells.digest(cell)
        allowed = {now, copied.get(f"check_{name}", now)}
        verdicts.append(verdict(name, points, allowed, notebook, ran))
    return Checked(tuple(verdicts), tuple(remarks(ran, wanted)))


def _is_handed_in(cell: cells.Cell) -> bool:
    """Say whether a cell belongs to a task that was drawn for somebody: how, is not known here."""
    return cells.source(cell).startswith("hand_in(")


def _lesson(path: Path, mine: dict, root: Path) -> str | None:
    """Return the lesson a notebook belongs to: by its place in my_work, else by its exercises."""
    if not notebooks_here(root):
        return None
    best, shared = None, 0
    for lesson, course in workspace.exercises(root).items():
        if _is_own(path, lesson, root):
            return lesson
        common = len(set(mine) & set(cells.check_cells(cells.read(course))))
        if common > shared:
            best, shared = lesson, common
    return best


def _is_own(path: Path, lesson: str, root: Path) -> bool:
    return path.resolve() == workspace.own(lesson, root).resolve()
