"""What is made is put in its place, and nothing else is touched; outputs are stored."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course_lib import publishing
from course_lib.files.cells import Trouble
from course_lib.lessons import EXERCISES, LESSONS, ROOT
from course_lib.publishing import complete, navigation, outputs
from course_lib.publishing.outputs import store
from course_lib.publishing.shapes import between, put

SOFTMAX = LESSONS[1]
TITLE = """# 02 · The old name — why · how?

[Intuition](../intuition/02_old.ipynb) · **Code** · [Maths](x.ipynb)

← [01 Old](01_old.ipynb) · [all lessons](../00_start_here.ipynb)

[Exercises](../../my_work/code/02_old.ipynb) · [Glossary](../glossary.ipynb) · 3 minutes

**You need** the shares · all lessons · 3 minutes of [Maths](x.ipynb).
"""


def test_a_title_cell_gets_its_lines_and_the_rest_is_the_authors():
    made = navigation.lesson_title(TITLE, SOFTMAX, "code", place="here")
    lines = made.splitlines()
    assert lines[0] == "# 02 · Softmax — why · how?"
    assert lines[2] == (
        "[Intuition](../intuition/02_softmax.ipynb) · **Code** · [Maths](../maths/02_softmax.ipynb)"
    )
    assert lines[4] == (
        "← [01 Similarity](01_similarity.ipynb) · [all lessons](../00_start_here.ipynb) · "
        "[03 Lookup](03_lookup.ipynb) →"
    )
    assert lines[6].endswith(f"[Glossary](../glossary.ipynb) · {SOFTMAX.minutes['code']} minutes")
    assert lines[7:] == TITLE.splitlines()[7:] and len(lines) == len(TITLE.splitlines())
    assert navigation.lesson_title(made, SOFTMAX, "code", place="here") == made


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("# 02 ·", "## 02 ·"),
        ("**Code** · ", ""),
        ("[all lessons]", "[lessons]"),
        ("3 minutes\n", "3 minutes, and a cup of tea\n"),
        ("← [01 Old]", "Back: [01 Old]"),
    ],
)
def test_a_line_that_is_not_as_made_is_left_alone_and_the_wanted_one_is_shown(was, becomes):
    with pytest.raises(Trouble, match=r"here lacks what is made there from the registry, once:\n."):
        navigation.lesson_title(TITLE.replace(was, becomes), SOFTMAX, "code", place="here")


def test_a_line_that_stands_twice_is_told():
    line = "[all lessons](../00_start_here.ipynb)\n"
    with pytest.raises(Trouble, match="here has 2 times"):
        navigation.lesson_title(TITLE + line, SOFTMAX, "code", place="here")


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("# Exercises 02 · Old — code\n\n[Lesson](x.ipynb) · 25 minutes", "[Lesson]"),
        (
            "# 02 · Old — exercises\n\n**Intuition** · back to the lesson: [02 Old](x.ipynb)",
            "back to the lesson: [02 Softmax]",
        ),
        ("# Exercises · 02 Old · Maths\n\n[Lesson](x.ipynb) · [Glossary](y.ipynb)", "[Lesson]"),
    ],
)
def test_the_title_of_exercises_has_the_lessons_name_and_a_link_to_it(title, wanted):
    made = navigation.exercises_title(title, SOFTMAX, "code", place="here")
    old = title.replace("[02 Old]", "[02 Softmax]").replace("Old", "Softmax")
    assert made == old.replace("(x.ipynb)", "(../../code/02_softmax.ipynb)") and wanted in made


@pytest.mark.parametrize(
    "text",
    [
        "[02](02_softmax.ipynb), [the softmax](02_softmax.ipynb), [02 to 04](02_softmax.ipynb)",
        "[02 Softmax, the short way](02_softmax.ipynb) [11 Unknown](11_unknown.ipynb)",
        "[02 Softmax](https://example.org/softmax) and 02 Softmax (02_softmax.ipynb)",
    ],
)
def test_other_links_are_the_authors(text):
    assert navigation.labels(text) == text


def test_what_is_made_is_put_word_for_word():
    assert put("a 1 b", r"\d", r"\1 \g<0>", place="here") == r"a \1 \g<0> b"
    with pytest.raises(Trouble, match="README.md lacks"):
        between("no marks", "lessons", "| a |", place="README.md")


def test_what_only_authors_need_is_named_where_it_is_missing(monkeypatch):
    monkeypatch.setattr(publishing, "AUTHORS_NEED", ("nbformat", "not_installed_here"))
    with pytest.raises(Trouble, match="for authors and needs not_installed_here, which is not"):
        publishing.ready()


@pytest.fixture
def notebook(tmp_path):
    def made(*sources):
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        path = tmp_path / "lesson.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        return path

    return made


def test_outputs_are_stored_quietly_and_without_stray_metadata(notebook):
    path = notebook("import os; os.environ['COURSE_QUIET']", "open('lesson.ipynb').name")
    store(path)
    first, second = nbformat.read(path, as_version=4).cells
    assert first.outputs[0].data["text/plain"] == "'1'" and first.execution_count == 1
    assert second.outputs[0].data["text/plain"] == "'lesson.ipynb'" and first.metadata == {}


@pytest.mark.parametrize(
    ("source", "said"), [("1 / 0", "ZeroDivisionError"), ("while True: pass", "timed out")]
)
def test_a_notebook_that_fails_is_left_as_it_was_and_the_cell_is_shown(notebook, source, said):
    path = notebook("1 + 1", source)
    before = path.read_bytes()
    with pytest.raises(Trouble, match=rf"left as it was[\s\S]*{said}"):
        store(path, seconds=2)
    assert path.read_bytes() == before


@pytest.mark.parametrize("folder", [EXERCISES, ROOT / "my_work"])
def test_no_outputs_are_stored_in_what_is_made_or_a_learners(folder):
    with pytest.raises(Trouble, match="no outputs are stored in it"):
        store(folder / "code" / "02_softmax.ipynb")


def test_a_file_that_is_no_notebook_is_told_so(tmp_path):
    (tmp_path / "x.ipynb").write_text("{}")
    with pytest.raises(Trouble, match="not a notebook"):
        store(tmp_path / "x.ipynb")


# What make says of an exercise's cells -----------------------------------------------------------


def with_cells(*, points=6, source='check("softmax", softmax)', answer="softmax"):
    check = {"grade_id": "check_softmax", "points": points}
    return {
        "cells": [
            {"cell_type": "code", "id": "a", "source": "", "metadata": nbgrader(grade_id=answer)},
            {"cell_type": "code", "id": "b", "source": source, "metadata": nbgrader(**check)},
        ]
    }


def nbgrader(**marks):
    return {"nbgrader": marks}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, []),
        ({"points": 4}, ["x.ipynb, cell b: its metadata say 4 points, its probes 6."]),
        ({"points": None}, ["x.ipynb, cell b: its metadata say None points, its probes 6."]),
        (
            {"source": 'check("softmx", softmax)'},
            ['x.ipynb, cell b has to call check("softmax", …), as its grade_id says.'],
        ),
        ({"answer": "sofmax"}, ["x.ipynb has no answer cell with the grade_id softmax."]),
    ],
)
def test_cells_that_do_not_fit_their_exercise_are_named(change, said):
    assert list(complete._cells(with_cells(**change), ["softmax"], Path("x.ipynb"))) == said


def test_an_exercise_whose_answers_or_hints_do_not_fit_is_named(monkeypatch):
    assert complete._declared("softmax", "code_02") is None

    def broken(name):
        raise ValueError("hints/code_02.md has no hint.")

    monkeypatch.setattr(complete.catalogue, "answers_of", broken)
    said = complete._declared("softmax", "code_02")
    assert said == "course_lib/exercises: hints/code_02.md has no hint."


def test_what_was_printed_in_pieces_is_stored_as_one():
    pieces = [new_output("stream", name="stdout", text=text) for text in ("a\n", "b\n")]
    picture = new_output("display_data", data={"text/plain": "c"})
    later = new_output("stream", name="stdout", text="d\n")
    cell = new_code_cell("1", outputs=[*pieces, picture, later])
    stored = outputs.tidy(new_notebook(cells=[cell])).cells[0].outputs
    assert [o.get("text") for o in stored] == ["a\nb\n", None, "d\n"]
