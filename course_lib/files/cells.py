"""A notebook as a file: read it, write it whole, find the cells of an exercise in it.

Plain JSON, since importing ``nbformat`` takes seconds.
"""

import hashlib
import json
import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from course_lib.files.repair import repaired

Cell = Mapping[str, Any]
CONFLICT = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
HEADING = re.compile(r"(#+) ")
AFRESH = "To begin it afresh, move the file away and run: python -m course_lib my-work"


class Trouble(Exception):
    """What the learner can mend; the message is one line that says how."""


class Unreadable(Trouble):
    """A file that is not a notebook."""


def read(path: str | Path) -> dict:
    """Return a notebook as a dictionary; what it lacks is filled in (see ``files.repair``).

    Raises:
        Unreadable: it is no notebook; it says what is wrong with the file, and what to do.
    """
    path = Path(path)
    try:
        text = decode(path.read_bytes())
    except FileNotFoundError:
        raise Unreadable(f"There is no file {path}.") from None
    except UnicodeDecodeError:
        raise Unreadable(
            f"{path} is not a notebook: it is not text in UTF-8. If an editor saved it, save it "
            f"once more there, with UTF-8 as its encoding. {AFRESH}"
        ) from None
    except OSError as error:
        raise Unreadable(f"{path} can't be read: {error.strerror}.") from None
    if not text.strip():
        raise Unreadable(f"{path} is empty. {AFRESH}")
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(_broken(path, text, error)) from None
    if isinstance(notebook, dict) and "worksheets" in notebook:
        raise Unreadable(
            f"{path} is a notebook of an old format (3): open it in JupyterLab, save it, try again."
        )
    notebook = repaired(notebook)
    if not is_notebook(notebook):
        raise Unreadable(f"{path} is JSON, but not a notebook: it has no cells. {AFRESH}")
    return notebook


def decode(content: bytes) -> str:
    """Return the text of a notebook's file: UTF-8, with a mark of it or without, UTF-16 or UTF-32.

    Raises:
        UnicodeDecodeError: it is none of these.

    Example:
        >>> decode("{}".encode("utf-8-sig")), decode("{}".encode("utf-16"))
        ('{}', '{}')
    """
    return content.decode(json.detect_encoding(content)).removeprefix("\ufeff")


def _broken(path: Path, text: str, error: Exception) -> str:
    if conflict := CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        return (
            f"{path} holds the marks of a merge conflict (line {line}): keep one of the two sides "
            f"and delete the marks. {AFRESH}"
        )
    line = getattr(error, "lineno", 1)
    return f"{path} is broken, or no notebook: its JSON has a fault in line {line}. {AFRESH}"


def is_notebook(notebook: object) -> bool:
    """Say whether a dictionary is a notebook of format 4, as far as its cells go."""
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    return isinstance(cells, list) and all(isinstance(c, dict) and "cell_type" in c for c in cells)


def write(notebook: dict, path: str | Path) -> None:
    """Write a notebook, all or nothing: a crash in the middle leaves the old file."""
    write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", path)


def write_text(text: str, path: str | Path) -> None:
    """Write a file, all or nothing."""
    path = Path(path).resolve()  # through a link, not in place of it
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        draft.write_text(text, encoding="utf-8", errors="replace", newline="\n")  # half a character
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def source(cell: Cell) -> str:
    """Return a cell's text.

    Example:
        >>> source({"cell_type": "code", "source": ["x = 1\\n", "x"]})
        'x = 1\\nx'
    """
    text = cell.get("source") or ""
    return text if isinstance(text, str) else "".join(text)


def digest(cell: Cell) -> str:
    """Return a short fingerprint of a cell's kind and text; blank ends of lines don't count."""
    lines = [line.rstrip() for line in source(cell).strip().splitlines()]
    text = "\n".join([cell["cell_type"], *lines])
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]  # half a character


def grade_id(cell: Cell) -> str | None:
    """Return the name in a cell's nbgrader metadata, or None."""
    name = _nbgrader(cell).get("grade_id")
    return name if isinstance(name, str) else None


def points(cell: Cell) -> int | float | None:
    """Return what a check cell is worth, or None where it says nothing that can be counted."""
    worth = _nbgrader(cell).get("points")
    if isinstance(worth, bool) or not isinstance(worth, (int, float)):
        return None
    return worth if math.isfinite(worth) and worth >= 0 else None


def _nbgrader(cell: Cell) -> dict:
    found = _metadata(cell).get("nbgrader")
    return found if isinstance(found, dict) else {}


def _metadata(cell: Cell) -> dict:
    found = cell.get("metadata")
    return found if isinstance(found, dict) else {}


def tags(cell: Cell) -> list:
    """Return a cell's tags."""
    found = _metadata(cell).get("tags")
    return found if isinstance(found, list) else []


def checked(cell: Cell) -> str | None:
    """Return the name of the exercise that a cell checks, or None.

    Example:
        >>> checked({"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "check_dot"}}})
        'dot'
    """
    name = grade_id(cell) or ""
    return name.removeprefix("check_") if name.startswith("check_") else None


def check_cells(notebook: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the check cells {name of the exercise: cell}; of two with one name, the last."""
    return {name: cell for cell in notebook["cells"] if (name := checked(cell))}


def blocks(notebook: dict) -> dict[str, list[dict]]:
    """Return each exercise's cells {name: cells}, from its heading to its check cell.

    A heading of a deeper level than the first one belongs to the same exercise; a heading of the
    first level is the notebook's title.
    """
    found, block, level = {}, [], None
    for cell in notebook["cells"]:
        heading = HEADING.match(source(cell)) if cell["cell_type"] == "markdown" else None
        if heading and (level is None or len(heading[1]) <= level):
            block, level = [], len(heading[1]) if len(heading[1]) > 1 else None
        block.append(cell)
        if name := checked(cell):
            found[name], block, level = block, [], None
    return found
