"""The learner's folder: copies of the exercises that an update of the course never touches."""

import copy
import difflib
import json
import re
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from course_lib.files import cells
from course_lib.learner import tries
from course_lib.lessons import ROOT, need_notebooks

LINK = re.compile(r"(\]\(|\b(?:href|src)=[\"'])\.\./\.\./")


class UnknownExercise(cells.Trouble):
    """A name that no exercise of the course has."""


@dataclass
class Copies:
    """What came of copying: notebooks made, and notebooks of which the course has a newer version.

    newer: notebook -> names of its exercises that changed or are new (none: other text changed).
    """

    made: list[Path] = field(default_factory=list)
    newer: dict[Path, list[str]] = field(default_factory=dict)


def exercises(root: Path = ROOT) -> dict[str, Path]:
    """Return the course's exercise notebooks {"code/02_softmax": path}, in order.

    Raises:
        NoNotebooks: they are not here; it says where to get them.
    """
    need_notebooks(root)
    folder = Path(root) / "notebooks" / "exercises"
    paths = sorted(folder.glob("*/[0-9][0-9]_*.ipynb"))
    return {path.relative_to(folder).with_suffix("").as_posix(): path for path in paths}


def own(lesson: str, root: Path = ROOT) -> Path:
    """Return where the learner's copy of a lesson's exercises lies."""
    return Path(root) / "my_work" / f"{lesson}.ipynb"


def course_version(path: Path) -> dict:
    """Return an exercise notebook as it is copied: its links start from ``my_work/<track>``."""
    notebook = cells.read(path)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = LINK.sub(r"\1../../notebooks/", cells.source(cell))
    return notebook


def copy_exercises(root: Path = ROOT) -> Copies:
    """Copy the exercise notebooks that are not in ``my_work`` yet; return Copies.

    A file that is there is never written to. What each copy was made from is noted in
    ``my_work/.copied.json``, so that a newer version of the course can be told.

    Raises:
        Trouble: there are no exercises here, or ``my_work`` is no folder.
    """
    copies, copied, notebooks = Copies(), _copied(root), exercises(root)
    _be_a_folder(Path(root) / "my_work")
    for lesson, path in notebooks.items():
        course, target = course_version(path), own(lesson, root)
        if not target.exists():
            cells.write(course, target)
            copies.made.append(target)
            copied[lesson] = _digests(course)
        elif lesson not in copied:
            copied[lesson] = _digests(course)
        elif copied[lesson] != _digests(course):
            copies.newer[target] = _changed(course, copied[lesson])
    if copied:
        _note(copied, root)
    return copies


def _be_a_folder(place):
    if place.exists() and not place.is_dir():
        raise cells.Trouble(
            f"{place} is a file, where the folder of your notebooks belongs: move it away, then "
            "run: python -m course_lib my-work"
        )


def _copied(root):
    """Return the fingerprints of the cells that were copied, {lesson: {cell: digest}}."""
    try:
        copied = json.loads((Path(root) / "my_work" / ".copied.json").read_text(encoding="utf-8"))
        return {lesson: dict(digests) for lesson, digests in copied.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _note(copied, root):
    text = json.dumps(copied, indent=1) + "\n"
    file = Path(root) / "my_work" / ".copied.json"
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        cells.write_text(text, file)


def copied_digests(lesson: str, root: Path = ROOT) -> dict[str, str]:
    """Return what the cells of the learner's copy were when it was made, {cell: digest}."""
    return _copied(root).get(lesson, {})


def _key(cell):
    return cells.grade_id(cell) or cell.get("id") or cells.digest(cell)


def _digests(notebook):
    return {_key(cell): cells.digest(cell) for cell in notebook["cells"]}


def _changed(course, digests):
    """Return the exercises of which a cell is new, or another than the one that was copied."""
    blocks = cells.blocks(course)
    return [
        name
        for name, block in blocks.items()
        if any(digests.get(_key(cell)) != cells.digest(cell) for cell in block)
    ]


def lesson_of(name: str, root: Path = ROOT) -> str:
    """Return the lesson of an exercise.

    Raises:
        UnknownExercise: there is none of this name; it lists the nearest ones.
    """
    known = {}
    for lesson, path in exercises(root).items():
        known |= dict.fromkeys(cells.check_cells(cells.read(path)), lesson)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise UnknownExercise(f"There is no exercise {name!r}.{hint}")
    return known[name]


def reset(name: str, root: Path = ROOT) -> tuple[Path, int]:
    """Put an exercise back to the course's version; return (notebook, how many texts were kept).

    Its answer and check cell become the course's again, and cells of it that were deleted come
    back. What the learner wrote there stays, folded, in a text cell right below. Its other cells
    are renewed only where the course changed them and the learner did not.

    Raises:
        UnknownExercise: there is no exercise of this name.
        Trouble: the learner's notebook can't be read; it stays as it is.
    """
    lesson = lesson_of(name, root)
    _be_a_folder(Path(root) / "my_work")
    course, path, copied = course_version(exercises(root)[lesson]), own(lesson, root), _copied(root)
    mine = cells.read(path) if path.exists() else copy.deepcopy(course)
    before, digests = copy.deepcopy(mine), copied.setdefault(lesson, _digests(course))
    block = cells.blocks(course)[name]
    others = [c for key, b in cells.blocks(course).items() if key != name for c in b]
    kept = 0
    for cell in course["cells"]:
        if cell in others:
            continue
        kept += _restore(cell, mine, course, digests, name, wanted=cell in block)
    if mine != before or not path.exists():
        cells.write(mine, path)
    _note(copied, root)
    tries.forget(Path(root) / "my_work", name)
    return path, kept


def _restore(cell, mine, course, digests, name, *, wanted):
    """Bring one cell of the course into the learner's notebook; return how many texts were kept.

    wanted: it belongs to the exercise; cells around the exercises are only renewed.
    """
    key, known = _key(cell), digests.get(_key(cell))
    at = _place(cell, mine)
    graded = cells.grade_id(cell) in (name, f"check_{name}")
    digests[key] = cells.digest(cell)
    if at is None:
        if wanted or known is None:
            mine["cells"].insert(_place_after(cell, mine, course), copy.deepcopy(cell))
        return 0
    old = mine["cells"][at]
    touched = cells.digest(old) not in (known, cells.digest(cell))
    if not graded and touched:
        return 0
    if graded or cells.digest(old) != cells.digest(cell):
        mine["cells"][at] = copy.deepcopy(cell)
    if touched and cells.source(old).strip():
        what = "check cell" if cells.checked(cell) else "answer"
        mine["cells"].insert(at + 1, _earlier(cells.source(old), what, name))
        return 1
    return 0


def _place(cell, notebook):
    """Return where a cell of the course is in another notebook, or None."""
    candidates = notebook["cells"]
    graded = cells.grade_id(cell)
    for same in (  # two cells may have one id, or one name, where a program copied them
        lambda c: graded and (c.get("id"), cells.grade_id(c)) == (cell.get("id"), graded),
        lambda c: graded and cells.grade_id(c) == graded,
        lambda c: cell.get("id") and c.get("id") == cell["id"],
        lambda c: not cell.get("id") and cells.digest(c) == cells.digest(cell),
    ):
        if (at := next((i for i, c in enumerate(candidates) if same(c)), None)) is not None:
            return at
    return None


def _place_after(cell, mine, course):
    """Return where to insert: after the nearest of the cells before it that is still there."""
    for previous in reversed(course["cells"][: course["cells"].index(cell)]):
        if (at := _place(previous, mine)) is not None:
            at += 1
            while at < len(mine["cells"]) and _is_earlier(mine["cells"][at]):
                at += 1
            return at
    return 0


def _is_earlier(cell):
    return "earlier-answer" in cells.tags(cell)


def _earlier(text, what, name):
    """Return a text cell that keeps what was written: shown folded, never run."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    title = f"Your earlier {what} to <code>{name}</code>, {time.strftime('%Y-%m-%d %H:%M')}"
    folded = f"<details><summary>{title}</summary>\n\n{fence}python\n{text}\n{fence}\n\n</details>"
    return {
        "cell_type": "markdown",
        "id": uuid.uuid4().hex[:8],
        "metadata": {"tags": ["earlier-answer"]},
        "source": folded,
    }
