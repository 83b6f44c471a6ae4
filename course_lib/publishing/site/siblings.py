"""Which question of one track is which of the others: read from ``siblings.toml``."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from docutils.nodes import make_id

from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.lessons import LESSONS, TRACKS, Lesson

FILE = Path(__file__).with_name("siblings.toml")
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def heading(cell: Mapping[str, Any]) -> str | None:
    """Return the words of a cell's second-level heading, or None."""
    found = HEADING.search(cells.source(cell)) if cell["cell_type"] == "markdown" else None
    return found.group(1).strip() if found else None


def anchor(words: str) -> str:
    """Return the address of a heading within its page, as Sphinx makes it.

    Example:
        >>> anchor("Why divide by √d_k?")
        'why-divide-by-d-k'
    """
    return make_id(re.sub(r"[*`$\\{}]", "", words))


@cache
def headings(notebook: Path) -> dict[str, str]:
    """Return a notebook's second-level headings by the ids of their cells, in order."""
    return {cell["id"]: words for cell in cells.read(notebook)["cells"] if (words := heading(cell))}


@cache
def rows() -> dict[str, list[list[str]]]:
    """Return the rows of each lesson, by its number in two digits.

    Raises:
        Trouble: a row is no triple, or names a cell that is no heading; it says which.
    """
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))
    for lesson in LESSONS:
        for row in found.get(f"{lesson.number:02}", []):
            if len(row) != len(TRACKS) or sum(map(bool, row)) < 2:
                said = "is no triple of cells, at least two of which are there"
                raise Trouble(f"{FILE.name}, lesson {lesson.number:02}: {row} {said}.")
            for track, cell in zip(TRACKS, row):
                if cell and cell not in headings(lesson.path(track)):
                    said = f"{lesson.place(track)} has no heading cell {cell!r}"
                    raise Trouble(f"{FILE.name}, lesson {lesson.number:02}: {said}.")
    return found


def siblings(lesson: Lesson, track: str, cell: str) -> dict[str, str]:
    """Return where the other tracks ask the same: {track: its heading}; fewer where they don't."""
    place = TRACKS.index(track)
    for row in rows().get(f"{lesson.number:02}", []):
        if row[place] == cell:
            return {
                other: headings(lesson.path(other))[there]
                for other, there in zip(TRACKS, row)
                if there and other != track
            }
    return {}
