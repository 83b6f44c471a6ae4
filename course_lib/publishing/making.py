"""What ``python -m course_lib make`` does, in order: all that follows from registry and notebooks.

Each step says what a file should be; whatever differs is a change, which is written, or only told.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import nbformat

from course_lib.files.cells import Trouble, write_text
from course_lib.lessons import EXERCISES, LESSONS, NOTEBOOKS, ROOT, SOLUTIONS, START_PAGE, TRACKS
from course_lib.pictures.diagrams.machine import poster
from course_lib.publishing import (
    complete,
    navigation,
    placing,
    planning,
    promising,
    tables,
    unplugging,
    voting,
)
from course_lib.publishing.copies import learner_copy
from course_lib.publishing.outputs import text_of, write

START_CELLS = {
    "title": tables.start_title,
    "map": tables.start_map,
    "first": tables.start_first,
}
PAGES = {
    "README.md": tables.readme,
    "CITATION.cff": tables.citation,
    "docs/placement.md": placing.page,
    "docs/plans.md": planning.page,
    "docs/teaching.md": promising.guide,
    "docs/unplugged.md": unplugging.page,
    "docs/votes.md": voting.page,
}
POSTER = "docs/machine.svg"


@dataclass(frozen=True)
class Change:
    """A file that is not as it should be. cells: the ids of the cells that differ, if only they."""

    file: Path
    save: Callable[[], None]
    cells: tuple[str, ...] = ()

    def __str__(self):
        name = self.file.relative_to(ROOT).as_posix()
        return f"{name}, cell {', '.join(self.cells)}" if self.cells else name


def make(*, check: bool = False) -> list[Change]:
    """Write what follows from the registry and the notebooks; return what had to be changed.

    check: write nothing.

    Raises:
        Trouble: the registry and the files disagree, or a part to be made has no place in its file.
    """
    if gaps := complete.gaps():
        raise Trouble("\n".join(gaps))
    found = [*_pages(), *_notebooks()]
    if not check:
        for change in found:
            change.save()
    return found


def grid_is_old() -> bool:
    """Say whether the progress grid that the start page stores lacks a lesson."""
    stored = START_PAGE.read_text(encoding="utf-8")
    places = [lesson.place(track) for lesson in LESSONS for track in TRACKS]
    return not all(f"my_work/{place}.ipynb" in stored for place in places)


def _pages() -> Iterator[Change]:
    for name, made in PAGES.items():
        path = ROOT / name
        text = path.read_text(encoding="utf-8")
        if (wanted := made(text)) != text:
            yield Change(path, partial(write_text, wanted, path))
    path, wanted = ROOT / POSTER, poster()
    if not path.exists() or path.read_text(encoding="utf-8") != wanted:
        yield Change(path, partial(write_text, wanted, path))


def _notebooks() -> Iterator[Change]:
    yield from _mended(START_PAGE, START_CELLS)[1]
    yield from _mended(NOTEBOOKS / "glossary.ipynb", {})[1]
    yield from _mended(NOTEBOOKS / "placement.ipynb", placing.cells())[1]
    for track in TRACKS:
        for lesson in LESSONS:
            title = partial(navigation.lesson_title, lesson=lesson, track=track)
            yield from _mended(lesson.path(track), {0: title})[1]
            title = partial(navigation.exercises_title, lesson=lesson, track=track)
            solution, changes = _mended(lesson.path(track, SOLUTIONS), {0: title})
            yield from changes
            yield from _copied(solution, lesson.path(track, EXERCISES))


def _mended(path, made):
    """Return a notebook with its links and the cells {id, or place: text → text} that are made."""
    notebook, changed = nbformat.read(path, as_version=4), []
    name = path.relative_to(ROOT).as_posix()
    if missing := {key for key in made if isinstance(key, str)} - {c.id for c in notebook.cells}:
        raise Trouble(f"{name} has no cell {', '.join(sorted(missing))}, which is made.")
    for at, cell in enumerate(notebook.cells):
        text = navigation.labels(cell.source) if cell.cell_type == "markdown" else cell.source
        if cell.cell_type == "markdown" and (one := made.get(at) or made.get(cell.id)):
            text = one(text, place=f"{name}, cell {cell.id}")
        if text != cell.source:
            cell.source = text
            changed.append(cell.id)
    save = partial(write, notebook, path)
    return notebook, [Change(path, save, tuple(changed))] if changed else []


def _copied(solution, path):
    made = learner_copy(solution, path.stem)
    if not path.exists() or path.read_text(encoding="utf-8") != text_of(made):
        yield Change(path, partial(write, made, path))
