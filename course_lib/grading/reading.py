"""A notebook out of the bytes that were handed in; what may be huge is read by a limited process.

As a program it does that reading: a notebook on its standard input becomes one without outputs on
its standard output, or a sentence on its standard error says why not (exit status 3).
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

from course_lib.files import cells
from course_lib.files.cells import CONFLICT, Trouble
from course_lib.files.repair import repaired

LARGEST = 20 * 2**20  # bytes of a notebook, its outputs left out
HUGE = 200 * 2**20  # and with them
SAFE = 2**22  # that are read here, without a process of its own
MEMORY, SECONDS = 2**31, 60  # of that process
ODD = "odd cells"  # what that process found beside cells, in the metadata of what it writes
KINDS = (  # how files begin that are no notebooks, and what to call them
    (b"%PDF", "a PDF"),
    (b"PK", "a zip, or a document of an office program"),
    (b"Rar!", "an archive (RAR), which is not opened"),
    (b"7z\xbc\xaf", "an archive (7z), which is not opened"),
    (b"\x1f\x8b", "an archive (gzip), which is not opened"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\xd0\xcf\x11\xe0", "a document of an office program"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
)


def parse(content: bytes, odd: list[str] | None = None) -> dict:
    """Return a notebook of format 4 from a file's bytes; its outputs may be left out.

    odd: a list that gets a sentence for each cell that is none, and is left out.

    Raises:
        Trouble: it is none; the message says what it is.
    """
    if len(content) > SAFE or b'"worksheets"' in content:
        with tempfile.TemporaryFile() as file:
            file.write(content)
            content = without_outputs(file)
        notebook = _parsed(content, [])
        (odd if odd is not None else []).extend(notebook["metadata"].pop(ODD, ()))
        return notebook
    return _parsed(content, [] if odd is None else odd)


def without_outputs(file: IO[bytes]) -> bytes:
    """Return the notebook in a file on the disk without its outputs, read by another process.

    Raises:
        Trouble: it is none, or too large; the message says so.
    """
    file.flush()
    file.seek(0)
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "course_lib.grading.reading"],
            stdin=file,
            capture_output=True,
            timeout=2 * SECONDS,
            cwd=Path(__file__).parents[2],
        )
    except subprocess.TimeoutExpired:
        raise Trouble("it took too long to read.") from None
    if ran.returncode == 3:
        raise Trouble(ran.stderr.decode("utf-8", "replace").strip())
    if ran.returncode:
        raise Trouble("it is too large, or too deep, to be read.")
    return ran.stdout


def kind(content: bytes) -> str | None:
    """Return what a file is that is no notebook, by its first bytes, or None."""
    start = content[:64].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return next((called for magic, called in KINDS if start.startswith(magic.lower())), None)


def _parsed(content, odd):
    """Return what ``parse`` does, here."""
    if called := kind(content):
        raise Trouble(f"it is {called}, no notebook: the .ipynb itself is wanted.")
    try:
        text = cells.decode(content)
    except UnicodeDecodeError:
        raise Trouble("the file is not text in UTF-8 (nor in UTF-16 or 32).") from None
    if not text.strip():
        raise Trouble("the file is empty.")
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        if CONFLICT.search(text):
            raise Trouble("the file holds the marks of a merge conflict.") from None
        raise Trouble(f"the file is no notebook: its JSON is broken ({error}).") from None
    if isinstance(notebook, dict) and isinstance(notebook.get("worksheets"), list):
        sheets = notebook.pop("worksheets")
        notebook["cells"] = list(_cells_of_format_3(sheets))
    notebook = repaired(_real_cells(notebook, odd))
    if not cells.is_notebook(notebook):
        raise Trouble("the file is JSON, but no notebook: it has no cells.")
    return notebook


def _real_cells(notebook: Any, odd: list[str]) -> Any:
    """Return a notebook without what stands among its cells and is none."""
    found = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(found, list) or all(isinstance(cell, dict) for cell in found):
        return notebook
    if not any(isinstance(cell, dict) and cell.get("source") for cell in found):
        return notebook  # nothing in it says that it is one
    odd += [
        f"cell {number} of the file is no cell, and was left out."
        for number, cell in enumerate(found, 1)
        if not isinstance(cell, dict)
    ]
    return {**notebook, "cells": [cell for cell in found if isinstance(cell, dict)]}


def _cells_of_format_3(worksheets):
    """Yield the cells of an old notebook in the format of today, without outputs."""
    for sheet in worksheets:
        found = sheet.get("cells") if isinstance(sheet, dict) else None
        for cell in found if isinstance(found, list) else ():
            if not isinstance(cell, dict):
                yield cell
                continue
            new = {"metadata": cell.get("metadata"), "source": cell.get("source")}
            if cell.get("cell_type") == "code":
                yield {**new, "cell_type": "code", "source": cell.get("input"), "outputs": []}
            elif cell.get("cell_type") == "heading":
                level = cell.get("level") if cell.get("level") in range(1, 7) else 1
                yield {
                    **new,
                    "cell_type": "markdown",
                    "source": f"{'#' * level} {cells.source(new)}",
                }
            else:
                yield {**new, "cell_type": cell.get("cell_type")}


def _limit():
    """Bound the memory and the time of this process, where the system can."""
    try:
        import resource
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(what, (most, hard))
        except (OSError, ValueError):
            pass


def main() -> None:
    """Read a notebook, write it without outputs."""
    _limit()
    content = sys.stdin.buffer.read()
    large = f"it is larger than {LARGEST // 2**20} MB" if len(content) > LARGEST else ""
    try:
        odd: list[str] = []
        notebook = _parsed(content, odd)
        for cell in notebook["cells"]:
            cell.pop("attachments", None)
            if "outputs" in cell:
                cell["outputs"] = []
        slim = {**notebook, "metadata": {ODD: odd}}
        text = json.dumps(slim).encode()
    except Trouble as trouble:
        sys.stderr.write(f"{large}: {trouble}" if large else str(trouble))
        sys.exit(3)
    if len(text) > LARGEST:
        sys.stderr.write(f"{large}, its outputs left out.")
        sys.exit(3)
    sys.stdout.buffer.write(text)


if __name__ == "__main__":
    main()
