"""A notebook as a page: its folds, links and pictures as the web wants them."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from course_lib.files import cells
from course_lib.lessons import ROOT, SOLUTIONS, Lesson
from course_lib.publishing.site import answering, pictures, siblings
from course_lib.publishing.site.links import Links

SHOW = "Show the result, when you have guessed"
SOLUTION = "Show a solution (it can't be unseen)"
MAP = "machine"  # the cell whose picture says enough
HERE = (
    '<p class="course-here"><strong>On this page</strong> you can answer what is a letter, a word '
    "or a number: it is checked here, and kept in this browser alone. What asks for code, or for a "
    'picture to be dragged, is answered <a href="{up}running.html">in the notebook</a>.</p>'
)
MARKS = re.compile(r"(?m)^ *### (?:BEGIN|END) SOLUTION\n?")
CLOSE = re.compile(r"(?<=[^\n])\n(?=<details)")  # Markdown wants an empty line before it
TIME = re.compile(r"^## .*\n(?:\*\d+ minutes?\*)?", re.MULTILINE)  # of a question
Page = dict[str, Any]  # a notebook, as Sphinx shall read it
Files = dict[str, bytes]  # pictures by name


def lesson_page(lesson: Lesson, track: str, links: Links, files: Files) -> Page:
    """Return a lesson; below each question stands where the other tracks ask the same."""
    path, page = lesson.path(track), lesson.place(track)
    notebook = cells.read(path)
    shown = []
    for number, cell in enumerate(notebook["cells"]):
        if others := siblings.siblings(lesson, track, cell["id"]):
            source = TIME.sub(rf"\g<0>{_siblings(lesson, others)}", cells.source(cell), count=1)
            cell = {**cell, "source": source}
        shown += _cell(cell, path, page, links, files, coded=track != "intuition")
        if number == 0:
            shown.append(_text("run", links.of_lesson(lesson, track)))
    return {**notebook, "cells": shown}


def exercise_page(lesson: Lesson, track: str, links: Links, files: Files) -> Page:
    """Return the exercises of a lesson: what is asked, a place to answer, a solution folded."""
    path, page = lesson.path(track, SOLUTIONS), f"exercises/{lesson.place(track)}"
    notebook = cells.read(path)
    shown = []
    for number, cell in enumerate(notebook["cells"]):
        if (name := cells.grade_id(cell)) and not cells.checked(cell):
            shown.append(_text(f"{name}-form", answering.form(name)))
        shown += _cell(cell, path, page, links, files, coded=track != "intuition")
        if number == 0:
            line = links.of_exercises(lesson, track) + HERE.format(up="../../")
            shown.append(_text("run", line))
    return {**notebook, "cells": shown}


def page_of(path: Path, page: str, links: Links, files: Files, *, without: str = "") -> Page:
    """Return any other notebook, without the cells whose outputs hold some text."""
    notebook = cells.read(path)
    kept = [c for c in notebook["cells"] if not without or without not in str(c.get("outputs"))]
    shown = [each for cell in kept for each in _cell(cell, path, page, links, files, coded=False)]
    return {**notebook, "cells": shown}


def _cell(
    cell: Mapping[str, Any], path: Path, page: str, links: Links, files: Files, *, coded: bool
) -> list[dict]:
    """Return a cell as a page shows it, in a list; an empty one where it doesn't.

    coded: code that a notebook folds can be unfolded; False leaves it out.
    """
    file, up = path.relative_to(ROOT).as_posix(), "../" * page.count("/")
    if cell["cell_type"] == "markdown":
        text = CLOSE.sub("\n\n", links.mended(cells.source(cell), file, page))
        return [{**cell, "metadata": {}, "source": text}]
    if cell["cell_type"] != "code" or (cells.checked(cell) and not coded):
        return []
    kind = cell["metadata"].get("slideshow", {}).get("slide_type")
    fold, solution = cell["metadata"].get("jupyter", {}), cells.grade_id(cell)
    tags, prompts = [], {}
    if solution and not cells.checked(cell):
        tags.append("hide-input")
        prompts["code_prompt_show"] = SOLUTION
    elif fold.get("source_hidden") or kind == "skip" or cell.get("id") == MAP:
        tags.append("hide-input" if coded and cell.get("id") != MAP else "remove-input")
    if fold.get("outputs_hidden"):
        tags.append("hide-output")
        prompts["code_prompt_show"] = SHOW
    outputs = [_output(output, file, page, up, links, files) for output in cell["outputs"]]
    source = MARKS.sub("", cells.source(cell))
    metadata = {"tags": tags} | ({"mystnb": prompts} if prompts else {})
    return [{**cell, "source": source, "metadata": metadata, "outputs": outputs}]


def _output(
    output: Mapping[str, Any], file: str, page: str, up: str, links: Links, files: Files
) -> dict:
    """Return an output with its pictures as files and its links as the page needs them."""
    data = dict(output.get("data", {}))
    if "text/html" in data:
        return {**output, "data": {"text/html": pictures.fitted(_whole(data, "html"), up, files)}}
    if "text/markdown" in data:
        text = links.mended(_whole(data, "markdown"), file, page)
        return {**output, "data": {"text/markdown": text}}
    return dict(output)


def _whole(data: Mapping[str, Any], kind: str) -> str:
    return "".join(data[f"text/{kind}"])


def _text(name: str, source: str) -> dict:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source}


def _siblings(lesson: Lesson, others: Mapping[str, str]) -> str:
    """Return what leads to the same question in the other tracks, in HTML on one line."""
    each = " · ".join(
        f'<a href="../{lesson.place(track)}.html#{siblings.anchor(words)}">{track}</a>'
        for track, words in others.items()
    )
    return f' <span class="course-siblings">The same in {each}</span>\n'
