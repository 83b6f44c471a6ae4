"""What a learner has passed, lesson by lesson and track by track."""

from dataclasses import dataclass
from pathlib import Path

from course_lib.files import cells
from course_lib.learner import workspace
from course_lib.learner.tries import recall
from course_lib.lessons import LESSONS, ROOT, TRACKS


@dataclass(frozen=True)
class Place:
    """One lesson in one track. passed: for each of its exercises, whether it was passed."""

    track: str
    lesson: str
    passed: dict[str, bool]

    @property
    def notebook(self) -> str:
        """The learner's own copy of its exercises."""
        return f"my_work/{self.track}/{self.lesson}.ipynb"

    @property
    def count(self) -> str:
        """How many are passed: "2 of 6"."""
        done = sum(self.passed.values())
        return f"{done} of {len(self.passed)}{' ✓' if done == len(self.passed) else ''}"


def grid(root: Path = ROOT, *, quiet: bool = False) -> dict[tuple[str, str], Place]:
    """Return {(lesson, track): Place} of all lessons that exist, in order.

    quiet: as if nothing had been passed yet.
    """
    records = {} if quiet else recall(Path(root) / "my_work")
    places, notebooks = {}, workspace.exercises(root)
    for lesson in [each.stem for each in LESSONS]:
        for track in TRACKS:
            if path := notebooks.get(f"{track}/{lesson}"):
                names = cells.check_cells(cells.read(path))
                passed = {n: records.get(n, {}).get("passed", False) for n in names}
                places[lesson, track] = Place(track, lesson, passed)
    return places
