"""What a lesson's cells say about its slides: ``course`` in their metadata, read and checked.

slide   Markdown, two lines at most: what the slide shows in place of the cell's own words;
        "" shows nothing. Of a code cell only "": its code is left off, its output stays, and the
        notes say which lines it checks
heading what pages are headed from this cell on, where the question's own words don't fit them
notes   Markdown: what to say, draw or do beyond the lesson's words
cut     of a question: 50 stays in a lecture of 50 minutes, 90 only in the long one
asked   of a question: ["Question? → answer", …], the likeliest ones from the room
vote    {"ask": …, "choices": ["text → what it reveals", …], "right": 1}
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from course_lib.files import cells
from course_lib.files.cells import Trouble

KEYS = ("slide", "notes", "cut", "asked", "vote", "heading")
MOST_WORDS, MOST_LINES, MOST_HEADED = 30, 2, 12
ARROW = " → "
QUESTION = re.compile(r"^## ", re.MULTILINE)


@dataclass(frozen=True)
class Vote:
    """A question for the room. choices: pairs (text, what choosing it reveals); right: from 0."""

    ask: str
    choices: tuple[tuple[str, str], ...]
    right: int


@dataclass(frozen=True)
class Said:
    """What a cell says about its slide; slide is None where it says nothing."""

    slide: str | None = None
    notes: str = ""
    cut: int | None = None
    asked: tuple[tuple[str, str], ...] = ()
    vote: Vote | None = None
    heading: str = ""


def said(cell: Mapping[str, Any], place: str) -> Said:
    """Return what a cell says about its slide.

    Raises:
        Trouble: it says what can't be meant; the lesson and the cell are named.
    """
    found = cell.get("metadata", {}).get("course", {})
    where = f"{place}, cell {cell.get('id')}, course"
    if not isinstance(found, dict) or set(found) - set(KEYS):
        raise Trouble(f"{where}: may have {', '.join(KEYS)}; it is {found!r}.")
    heading = cell["cell_type"] == "markdown" and QUESTION.search(cells.source(cell))
    slide = found.get("slide")
    if slide is not None:
        _check_slide(slide, cell, where)
    if "cut" in found and (found["cut"] not in (50, 90) or not heading):
        raise Trouble(
            f"{where}: cut is 50 or 90, and stands at a question's heading, so that no result is "
            "shown without its question."
        )
    if "asked" in found and not heading:
        raise Trouble(f"{where}: asked stands at a question's heading.")
    headed = found.get("heading", "")
    if not isinstance(headed, str) or "\n" in headed or len(headed.split()) > MOST_HEADED:
        raise Trouble(f"{where}: heading is a line of {MOST_HEADED} words at most.")
    if not isinstance(found.get("notes", ""), str):
        raise Trouble(f"{where}: notes is Markdown, a text.")
    asked = tuple(_pair(each, f"{where}, asked") for each in _list(found, "asked", where))
    vote = _vote(found["vote"], f"{where}, vote") if "vote" in found else None
    return Said(slide, found.get("notes", ""), found.get("cut"), asked, vote, headed)


def _check_slide(slide: object, cell: Mapping[str, Any], where: str) -> None:
    if not isinstance(slide, str) or slide.count("\n") >= MOST_LINES:
        raise Trouble(f"{where}: slide is a text of {MOST_LINES} lines at most.")
    if cell["cell_type"] == "code" and slide:
        raise Trouble(f"{where}: slide of a code cell can only be empty: its code is left off.")
    if len(slide.split()) > MOST_WORDS:
        raise Trouble(f"{where}: slide has {len(slide.split())} words, {MOST_WORDS} at most.")


def _vote(found: object, where: str) -> Vote:
    if not isinstance(found, dict) or set(found) != {"ask", "choices", "right"}:
        raise Trouble(f"{where}: needs ask, choices and right; it is {found!r}.")
    choices = tuple(_pair(each, where) for each in _list(found, "choices", where))
    right = found["right"]
    if not 2 <= len(choices) <= 4 or right not in range(1, len(choices) + 1):
        raise Trouble(f"{where}: has two to four choices, and right counts them from 1.")
    return Vote(str(found["ask"]), choices, right - 1)


def _list(found: Mapping[str, Any], key: str, where: str) -> list:
    value = found.get(key, [])
    if not isinstance(value, list):
        raise Trouble(f"{where}: {key} is a list.")
    return value


def _pair(text: object, where: str) -> tuple[str, str]:
    """Return what stands before and after the arrow."""
    before, arrow, after = str(text).partition(ARROW)
    if not arrow or not before.strip() or not after.strip():
        raise Trouble(f"{where}: each is written `text{ARROW}text`; this is not: {text!r}")
    return before.strip(), after.strip()
