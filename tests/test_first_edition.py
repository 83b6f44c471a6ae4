"""A learner's my_work of the first edition goes on: three notebooks and their records, frozen.

They were made, answered and checked by the first edition: some right, some wrong, some untouched.
They import what has moved since: show, plots, reveal, widgets.heads, exercises.tasks.
"""

import json
import os
import shutil
from pathlib import Path

import pytest

from course_lib.files import cells
from course_lib.learner import checking, offers, tries, workspace
from course_lib.learner.grid import grid
from course_lib.lessons import EXERCISES, ROOT, SOLUTIONS

FROZEN = Path(__file__).with_name("first_edition") / "my_work"
LESSONS = ("code/05_matrix_form", "intuition/09_multi_head", "maths/08_self_attention")
PASSED = {"padding_mask", "i09_map", "i09_mean", "overtakes"}
WRONG = {
    "bug_05_padding", "order_05_attention", "i09_browse", "i09_name", "i09_row",
    "position_product", "position_shift",
}  # fmt: skip
UNTOUCHED = {
    "attention", "causal_mask", "i09_count", "i09_differ", "i09_mix", "i09_slice", "permuted_row",
}  # fmt: skip


@pytest.fixture
def root(tmp_path, monkeypatch):
    """The course of today, around a my_work of the first edition."""
    shutil.copytree(EXERCISES, tmp_path / "notebooks" / "exercises")
    shutil.copytree(FROZEN, tmp_path / "my_work")
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    return tmp_path


def files(folder):
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def answer_cells(notebook):
    """The cell of every answer {exercise: cell}."""
    found = [cell for cell in notebook["cells"] if not cells.checked(cell)]
    return {name: cell for cell in found if (name := cells.grade_id(cell))}


def answers_in(notebook):
    """The text of every answer {exercise: text}, without the marks around a solution."""
    found = {}
    for name, cell in answer_cells(notebook).items():
        lines = cells.source(cell).splitlines()
        found[name] = "\n".join(line for line in lines if "### " not in line)
    return found


def test_the_frozen_files_are_the_first_editions():
    text = "".join(p.read_text(encoding="utf-8") for p in FROZEN.glob("*/*.ipynb"))
    for moved in ("show", "plots", "reveal", "widgets.heads", "exercises.tasks.intuition_09"):
        assert f"from course_lib.{moved} import" in text
    asked = {n for p in FROZEN.glob("*/*.ipynb") for n in cells.check_cells(cells.read(p))}
    assert asked == PASSED | WRONG | UNTOUCHED


def test_what_was_passed_stays_passed_and_what_is_next_is_known(root):
    places = grid(root)
    passed = {n for place in places.values() for n, done in place.passed.items() if done}
    assert passed == PASSED
    assert offers.next_step(places, root).startswith("Next: ")


def test_newer_versions_are_told_and_nothing_of_the_learners_is_written(root):
    before = files(root / "my_work")
    copies = workspace.copy_exercises(root)
    assert not {workspace.own(lesson, root) for lesson in LESSONS} & set(copies.made)
    assert len(copies.made) == len(workspace.exercises(root)) - len(LESSONS)
    note = root / "my_work" / ".copied.json"
    assert {p: p.read_bytes() for p in before if p != note} == {
        p: content for p, content in before.items() if p != note
    }
    noted, was = json.loads(note.read_bytes()), json.loads(before[note])
    assert {lesson: noted[lesson] for lesson in LESSONS} == was


def test_a_check_says_what_it_said_in_the_first_edition(root):
    before = tries.recall(root / "my_work")
    path = workspace.own("code/05_matrix_form", root)
    checked = checking.check_notebook(path, root=root)
    assert {v.name: (v.state, v.earned, v.points) for v in checked.verdicts} == {
        "causal_mask": ("not attempted", 0, 3),
        "padding_mask": ("passed", 3, 3),
        "attention": ("not attempted", 0, 8),
        "bug_05_padding": ("failed", 0, 3),
        "order_05_attention": ("failed", 0, 2),
    }
    assert checked.remarks == ()
    after = tries.recall(root / "my_work")
    assert after.keys() == before.keys()
    assert all(after[name]["passed"] == before[name]["passed"] for name in before)
    assert all(after[name]["tries"] >= before[name]["tries"] for name in before)


@pytest.mark.parametrize("lesson", LESSONS)
def test_right_answers_pass(root, lesson):
    path = workspace.own(lesson, root)
    mine, right = cells.read(path), answers_in(cells.read(SOLUTIONS / f"{lesson}.ipynb"))
    for cell in mine["cells"]:
        if (name := cells.grade_id(cell)) and not cells.checked(cell):
            cell["source"] = right[name]
    cells.write(mine, path)
    checked = checking.check_notebook(path, root=root, seconds=300)
    assert checked.all_passed, [str(v) for v in checked.verdicts]
    assert checked.remarks == ()
    records = tries.recall(root / "my_work")
    assert all(records[name]["passed"] for name in cells.check_cells(mine))


@pytest.mark.parametrize("lesson", LESSONS)
def test_reset_brings_todays_exercise_and_keeps_every_answer(root, lesson):
    path = workspace.own(lesson, root)
    mine = cells.read(path)
    before, copied = answers_in(mine), workspace.copied_digests(lesson, root)
    course = cells.read(workspace.exercises(root)[lesson])
    stubs = answers_in(course)
    written = {
        name for name, cell in answer_cells(mine).items() if cells.digest(cell) != copied[name]
    }
    for name in before:
        kept = workspace.reset(name, root)[1]
        assert kept == (name in written), name
    after = cells.read(path)
    assert answers_in(after) == stubs
    folded = [cells.source(c) for c in after["cells"] if "earlier-answer" in cells.tags(c)]
    for name, text in before.items():
        assert name not in written or any(text in each for each in folded), name
    assert not set(before) & set(tries.recall(root / "my_work"))
    assert workspace.copy_exercises(root).newer.get(path, []) == []
