"""A department that has nbgrader can use the solutions as they are."""

import os
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.validator import Validator
from traitlets.config import Config

from course_lib.files import cells
from course_lib.lessons import SOLUTIONS, notebooks
from tests.grading.handed_in import RIGHT


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of nbgrader with one assignment, released: (its API, its folder)."""
    patch = pytest.MonkeyPatch()  # nbgrader calls alembic by its name, as in an active environment
    patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    root = tmp_path_factory.mktemp("course")
    source = root / "source" / "week-2"
    source.mkdir(parents=True)
    shutil.copy(SOLUTIONS / "code" / "02_softmax.ipynb", source)
    config = Config()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.course_id = "attention"
    config.CourseDirectory.db_url = f"sqlite:///{root / 'gradebook.db'}"
    config.ClearSolutions.code_stub = {"python": "raise NotImplementedError('your code here')"}
    api = NbGraderAPI(config=config)
    made = api.generate_assignment("week-2")
    assert made["success"], made["log"]
    yield api, root
    patch.undo()


def test_every_solution_of_the_course_can_be_released(course):
    api, root = course
    source = root / "source" / "all"
    source.mkdir()
    for path in notebooks(SOLUTIONS):
        shutil.copy(path, source / f"{path.parent.name}_{path.name}")
    made = api.generate_assignment("all")
    assert made["success"], made["log"]
    released = sorted((root / "release" / "all").glob("*.ipynb"))
    assert len(released) == len(notebooks(SOLUTIONS))
    for path in released:
        assert "BEGIN SOLUTION" not in path.read_text(encoding="utf-8"), path.name


def test_a_solved_notebook_validates(course):
    hand_in(course[1], "validated", RIGHT)
    path = course[1] / "submitted" / "validated" / "week-2" / "02_softmax.ipynb"
    assert "failed" not in Validator().validate(str(path))


def hand_in(root, student, answers):
    released = root / "release" / "week-2" / "02_softmax.ipynb"
    notebook = nbformat.read(released, as_version=4)
    for cell in notebook.cells:
        if (name := cells.grade_id(cell)) in answers:
            cell.source = answers[name]
    target = root / "submitted" / student / "week-2" / "02_softmax.ipynb"
    target.parent.mkdir(parents=True)
    nbformat.write(notebook, target)


def test_the_released_notebook_holds_no_answer(course):
    text = (course[1] / "release" / "week-2" / "02_softmax.ipynb").read_text()
    assert "SOLUTION" not in text and "your code here" in text


def test_right_answers_get_all_points_and_untouched_ones_none(course):
    api, root = course
    hand_in(root, "ada", RIGHT)
    hand_in(root, "bob", {})
    for student in ("ada", "bob"):
        marked = api.autograde("week-2", student)
        assert marked["success"], marked["log"]
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        ada, bob = (book.find_submission("week-2", student) for student in ("ada", "bob"))
        assert (ada.score, ada.max_score) == (11, 11)
        assert bob.score == 0 and not ada.needs_manual_grade
