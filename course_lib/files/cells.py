"""A notebook as a file: read it, write it whole, find the cells of an exercise in it.

Plain JSON, since importing ``nbformat`` takes seconds.
"""

import hashlib
import json
import os
import re
from pathlib import Path

CONFLICT = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
HEADING = re.compile(r"(#+) ")
AFRESH = "To begin it afresh, move the file away and run: python -m course_lib my-work"


class Trouble(Exception):
    """What the learner can mend; the message is one line that says how."""


class Unreadable(Trouble):
    """A file that is not a notebook."""


def read(path):
    """Return a notebook as a dictionary. Raises: Unreadable, saying what is wrong with the file."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Unreadable(f"There is no file {path}.") from None
    except UnicodeDecodeError:
        raise Unreadable(f"{path} is not a notebook: it is not text in UTF-8. {AFRESH}") from None
    except OSError as error:
        raise Unreadable(f"{path} can't be read: {error.strerror}.") from None
    if not text.strip():
        raise Unreadable(f"{path} is empty. {AFRESH}")
    try:
        notebook = json.loads(text)
    except ValueError as error:
        raise Unreadable(_broken(path, text, error)) from None
    if isinstance(notebook, dict) and "worksheets" in notebook:
        raise Unreadable(
            f"{path} is a notebook of an old format (3): open it in JupyterLab, save it, try again."
        )
    if not is_notebook(notebook):
        raise Unreadable(f"{path} is JSON, but not a notebook: it has no cells. {AFRESH}")
    return notebook


def _broken(path, text, error):
    if conflict := CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        return (
            f"{path} holds the marks of a merge conflict (line {line}): keep one of the two sides "
            f"and delete the marks. {AFRESH}"
        )
    line = getattr(error, "lineno", 1)
    return f"{path} is broken, or no notebook: its JSON has a fault in line {line}. {AFRESH}"


def is_notebook(notebook):
    """Say whether a dictionary is a notebook of format 4, as far as its cells go."""
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    return isinstance(cells, list) and all(isinstance(c, dict) and "cell_type" in c for c in cells)


def write(notebook, path):
    """Write a notebook, all or nothing: a crash in the middle leaves the old file."""
    write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", path)


def write_text(text, path):
    """Write a file, all or nothing."""
    path = Path(path).resolve()  # through a link, not in place of it
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        draft.write_text(text, encoding="utf-8", errors="replace", newline="\n")  # half a character
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def source(cell):
    """Return a cell's text.

    >>> source({"cell_type": "code", "source": ["x = 1\\n", "x"]})
    'x = 1\\nx'
    """
    text = cell.get("source", "")
    return text if isinstance(text, str) else "".join(text)


def digest(cell):
    """Return a short fingerprint of a cell's kind and text; blank ends of lines don't count."""
    lines = [line.rstrip() for line in source(cell).strip().splitlines()]
    return hashlib.sha256("\n".join([cell["cell_type"], *lines]).encode()).hexdigest()[:16]


def grade_id(cell):
    """Return the name in a cell's nbgrader metadata, or None."""
    return _nbgrader(cell).get("grade_id")


def points(cell):
    """Return what a check cell is worth."""
    return int(_nbgrader(cell).get("points") or 0)


def _nbgrader(cell):
    return (cell.get("metadata") or {}).get("nbgrader") or {}


def checked(cell):
    """Return the name of the exercise that a cell checks, or None.

    >>> checked({"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "check_dot"}}})
    'dot'
    """
    name = grade_id(cell) or ""
    return name.removeprefix("check_") if name.startswith("check_") else None


def check_cells(notebook):
    """Return the check cells {name of the exercise: cell}; of two with one name, the last."""
    return {name: cell for cell in notebook["cells"] if (name := checked(cell))}


def blocks(notebook):
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
