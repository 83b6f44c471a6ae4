"""A lesson that got muddled comes back, and nothing that was written into it is lost."""

import json
import subprocess

import pytest
from click.testing import CliRunner

from course_lib.__main__ import main
from course_lib.files.cells import Trouble
from course_lib.learner import restore as restoring
from course_lib.learner.restore import restore

TEXT = {"cells": [{"cell_type": "code", "id": "a", "metadata": {}, "source": ["x = 1"],
                   "outputs": [], "execution_count": None}],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 5}  # fmt: skip
LESSON = "notebooks/code/02_softmax.ipynb"


def git(root, *arguments):
    own = ("-c", "user.name=ada", "-c", "user.email=ada@example.org")
    subprocess.run(["git", "-C", str(root), *own, *arguments], check=True, capture_output=True)


@pytest.fixture
def root(tmp_path):
    """A course of two lessons, as fetched with git."""
    root = tmp_path / "course with a space"
    (root / "notebooks" / "exercises").mkdir(parents=True)
    for name in (LESSON, "notebooks/maths/02_softmax.ipynb", "notebooks/exercises/x.ipynb"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(json.dumps(TEXT))
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "the course")
    return root


def change(path, **cell):
    notebook = json.loads(path.read_text())
    notebook["cells"][0] |= cell
    path.write_text(json.dumps(notebook))


def test_what_was_only_run_comes_back(root):
    change(root / LESSON, execution_count=7, outputs=[])
    (found,) = restore(root=root)
    assert (found.path, found.kept) == (root / LESSON, None)
    assert json.loads((root / LESSON).read_text()) == TEXT
    assert restore(root=root) == [] and not (root / "my_work").exists()


@pytest.mark.parametrize("how", ["a cell", "no notebook", "half a file"])
def test_what_was_written_is_kept(root, how):
    path = root / LESSON
    if how == "a cell":
        change(path, source=["x = 2  # mine"])
    else:
        path.write_bytes(b"\xff\xfe mine" if how == "no notebook" else path.read_bytes()[:40])
    mine = path.read_bytes()
    (found,) = restore("code/02_softmax", root)
    assert found.kept.parent == root / "my_work" / "earlier" / "code"
    assert found.kept.read_bytes() == mine
    assert json.loads(path.read_text()) == TEXT


def test_one_lesson_leaves_the_others_alone(root):
    other = root / "notebooks/maths/02_softmax.ipynb"
    for path in (root / LESSON, other):
        change(path, source=["x = 2"])
    assert [r.path for r in restore("code/02_softmax.ipynb", root)] == [root / LESSON]
    assert "x = 2" in other.read_text()
    assert [r.path for r in restore(root=root)] == [other]


def test_a_lesson_that_was_deleted_comes_back(root):
    (root / LESSON).unlink()
    assert [(r.path, r.kept) for r in restore(root=root)] == [(root / LESSON, None)]
    assert json.loads((root / LESSON).read_text()) == TEXT


def test_an_unknown_lesson_is_told(root):
    with pytest.raises(Trouble, match="no lesson 'code/99'.*code/02_softmax"):
        restore("code/99", root)


@pytest.mark.parametrize("without", ["history", "git", "a place in it"])
def test_without_git_it_says_what_to_do(root, monkeypatch, without):
    if without == "git":
        monkeypatch.setenv("PATH", "")
    elif without == "history":
        (root / ".git").rename(root / "gone")
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(root.parent))
    else:
        git(root, "rm", "-rq", "--cached", "notebooks")
    with pytest.raises(Trouble, match="Download the course again"):
        restore(root=root)


def test_the_command_says_what_it_did(root, monkeypatch):
    monkeypatch.setattr(restoring.restore, "__defaults__", (None, root))
    change(root / LESSON, source=["x = 2"])
    said = CliRunner().invoke(main, ["restore"]).output
    assert "02_softmax.ipynb is as it was published (yours is kept: " in said
    assert "nothing to bring back" in CliRunner().invoke(main, ["restore"]).output
