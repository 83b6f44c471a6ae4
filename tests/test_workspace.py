"""The learner's folder: copies, updates of the course, and putting an exercise back."""

import errno
import json
import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from click.testing import CliRunner

from course_lib import __main__ as commands
from course_lib.files import cells
from course_lib.learner import workspace
from tests import learner_course as small

OWN = f"my_work/{small.LESSON}.ipynb"
MINE = "def softmax(scores, axis=-1):\n    return scores  # mine ``` and `````"


@pytest.fixture
def root(tmp_path):
    small.course(tmp_path)
    workspace.copy_exercises(tmp_path)
    return tmp_path


def sources(path):
    return [cells.source(cell) for cell in small.load(path)["cells"]]


def kept(path):
    return [
        c for c in small.load(path)["cells"] if "earlier-answer" in c["metadata"].get("tags", [])
    ]


# Copies --------------------------------------------------------------------------------------


def test_copies_are_made_once_and_their_links_fit_the_new_place(tmp_path):
    course = small.course(tmp_path)
    extra = small.course(tmp_path, lesson="maths/03_lookup")
    made = workspace.copy_exercises(tmp_path).made
    assert made == [tmp_path / OWN, tmp_path / "my_work/maths/03_lookup.ipynb"]
    title = sources(tmp_path / OWN)[0]
    assert title == "# 02 Exercises\n[All lessons](../../notebooks/00_start_here.ipynb)"
    code = [c for c in small.load(tmp_path / OWN)["cells"] if c["cell_type"] == "code"]
    assert code == [c for c in small.load(course)["cells"] if c["cell_type"] == "code"]
    nbformat.validate(nbformat.read(tmp_path / OWN, as_version=4))

    small.answer(tmp_path / OWN, softmax=MINE)
    before = (tmp_path / OWN).read_bytes()
    (tmp_path / "my_work/maths/03_lookup.ipynb").unlink()
    assert workspace.copy_exercises(tmp_path).made == [tmp_path / "my_work/maths/03_lookup.ipynb"]
    assert (tmp_path / OWN).read_bytes() == before
    assert extra.exists()


def test_links_of_the_copies_reach_what_they_reached_before(root):
    (root / "notebooks" / "code").mkdir()
    (root / "notebooks" / "00_start_here.ipynb").touch()
    (root / "notebooks" / "code" / "02_softmax.ipynb").touch()
    for folder, path in [
        (workspace.exercises(root)[small.LESSON].parent, workspace.exercises(root)[small.LESSON]),
        ((root / OWN).parent, root / OWN),
    ]:
        links = re.findall(r"\]\(([^)]+)\)", "\n".join(sources(path)))
        assert len(links) == 3
        for link in links:
            assert (folder / link).exists(), link


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"code/02_softmax": 3}', "\x00"])
def test_a_damaged_note_of_what_was_copied_stops_nothing(root, damage):
    before = (root / OWN).read_bytes()
    (root / "my_work" / ".copied.json").write_text(damage)
    copies = workspace.copy_exercises(root)
    assert (copies.made, copies.newer) == ([], {})
    assert json.loads((root / "my_work" / ".copied.json").read_text())[small.LESSON]
    assert (root / OWN).read_bytes() == before


def test_an_exercise_begins_at_its_heading():
    made = small.notebook(
        small.exercise("softmax", "## Shares"), small.exercise("lookup", "## Mix")
    )
    hint = small.text("hint", "### A hint")
    made["cells"].insert(3, hint)
    ids = {n: [c["id"] for c in block] for n, block in cells.blocks(made).items()}
    assert ids == {
        "softmax": ["ask-softmax", "hint", "softmax", "check-softmax"],
        "lookup": ["ask-lookup", "lookup", "check-lookup"],
    }


# An update of the course ---------------------------------------------------------------------


def git(folder, *arguments):
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_git_pull_neither_conflicts_with_answers_nor_overwrites_them(tmp_path):
    course, learner = tmp_path / "course", tmp_path / "learner"
    small.course(course)
    shutil.copy(workspace.ROOT / ".gitignore", course)
    git(course, "init", "-q", "-b", "main")
    git(course, "add", "-A")
    git(course, "commit", "-q", "-m", "one")
    git(tmp_path, "clone", "-q", str(course), str(learner))
    workspace.copy_exercises(learner)
    small.answer(learner / OWN, softmax=MINE)
    (learner / "my_work" / ".progress").mkdir()
    (learner / "my_work" / ".progress" / "softmax.json").write_text("{}")
    mine = {p: p.read_bytes() for p in (learner / "my_work").rglob("*") if p.is_file()}
    assert git(learner, "status", "--porcelain") == ""

    changed = small.notebook(
        small.exercise("softmax", "## softmax, asked in other words"),
        small.exercise("temperature_softmax"),
        small.exercise("sharpest"),
    )
    small.course(course, changed)
    small.course(course, small.notebook(small.exercise("lookup")), lesson="code/03_lookup")
    git(course, "add", "-A")
    git(course, "commit", "-q", "-m", "two")
    git(learner, "pull", "-q", "--ff-only")
    assert {p: p.read_bytes() for p in mine} == mine
    assert git(learner, "status", "--porcelain") == ""

    copies = workspace.copy_exercises(learner)
    assert copies.made == [learner / "my_work/code/03_lookup.ipynb"]
    assert copies.newer == {learner / OWN: ["softmax", "sharpest"]}
    assert (learner / OWN).read_bytes() == mine[learner / OWN]
    assert workspace.copy_exercises(learner).newer, "it is said again until it was fetched"

    workspace.reset("softmax", learner)
    assert "## softmax, asked in other words" in sources(learner / OWN)
    assert len(kept(learner / OWN)) == 1
    assert workspace.copy_exercises(learner).newer == {learner / OWN: ["sharpest"]}
    workspace.reset("sharpest", learner)
    assert list(cells.check_cells(small.load(learner / OWN))) == [
        "softmax",
        "temperature_softmax",
        "sharpest",
    ]
    assert workspace.copy_exercises(learner).newer == {}
    assert git(learner, "status", "--porcelain") == ""


def test_a_new_version_of_what_was_not_touched_leaves_no_earlier_answer(root):
    newer = small.notebook(small.exercise("softmax"), small.exercise("temperature_softmax"))
    small.cell(newer, "softmax")["source"] = (
        "def softmax(scores, axis=-1): raise NotImplementedError"
    )
    small.cell(newer, "imports")["source"] += ", ask"
    small.course(root, newer)
    assert workspace.copy_exercises(root).newer == {root / OWN: ["softmax"]}
    assert workspace.reset("softmax", root) == (root / OWN, 0)
    mine = small.load(root / OWN)
    assert small.cell(mine, "softmax") == small.cell(newer, "softmax")
    assert small.cell(mine, "imports") == small.cell(newer, "imports")
    assert kept(root / OWN) == []


# Putting an exercise back --------------------------------------------------------------------


def test_reset_restores_the_answer_and_keeps_the_old_one_folded_below(root):
    course = small.load(root / OWN)
    small.answer(root / OWN, softmax=MINE, temperature_softmax="other = 1", imports="import os")
    assert workspace.reset("softmax", root) == (root / OWN, 1)
    mine = small.load(root / OWN)
    ids = [c["id"] for c in mine["cells"]]
    at = ids.index("softmax")
    assert mine["cells"][at] == small.cell(course, "softmax")
    earlier = mine["cells"][at + 1]
    assert earlier["cell_type"] == "markdown", "kept text must never run again"
    assert MINE in earlier["source"]
    assert re.search(r"earlier answer.*softmax.*\d{4}-\d\d-\d\d", earlier["source"])
    fence = re.search(r"^(`+)python$", earlier["source"], re.MULTILINE)[1]
    assert fence not in MINE, "the fence must be longer than any in the answer"
    assert small.cell(mine, "temperature_softmax")["source"] == "other = 1"
    assert small.cell(mine, "imports")["source"] == "import os"
    nbformat.validate(nbformat.read(root / OWN, as_version=4))


def test_reset_twice_loses_nothing(root):
    small.answer(root / OWN, softmax="first = 1")
    workspace.reset("softmax", root)
    before = (root / OWN).read_bytes()
    assert workspace.reset("softmax", root) == (root / OWN, 0)
    assert (root / OWN).read_bytes() == before
    small.answer(root / OWN, softmax="second = 2")
    workspace.reset("softmax", root)
    text = "\n".join(c["source"] for c in kept(root / OWN))
    assert len(kept(root / OWN)) == 2 and "first = 1" in text and "second = 2" in text
    ids = [c["id"] for c in small.load(root / OWN)["cells"]]
    assert len(ids) == len(set(ids))


def test_reset_restores_a_check_cell_that_was_edited_and_keeps_it_too(root):
    small.answer(root / OWN, **{"check__softmax": "print('passed!')"})
    mine = small.load(root / OWN)
    small.cell(mine, "check-softmax")["metadata"] = {"tags": ["raises-exception"]}
    small.save(mine, root / OWN)
    assert workspace.reset("softmax", root)[1] == 1
    course = small.load(workspace.exercises(root)[small.LESSON])
    assert small.cell(small.load(root / OWN), "check-softmax") == small.cell(
        course, "check-softmax"
    )
    assert "print('passed!')" in kept(root / OWN)[0]["source"]


@pytest.mark.parametrize("gone", [["check-softmax"], ["softmax"], ["ask-softmax", "softmax"]])
def test_reset_brings_deleted_cells_back_in_their_order(root, gone):
    course = small.load(root / OWN)
    mine = course | {"cells": [c for c in course["cells"] if c["id"] not in gone]}
    small.save(mine, root / OWN)
    workspace.reset("softmax", root)
    assert small.load(root / OWN) == course


def test_reset_finds_cells_whose_ids_an_editor_changed(root):
    mine = small.load(root / OWN)
    for number, cell in enumerate(mine["cells"]):
        cell["id"] = f"other-{number}"
    small.cell(mine, "other-3")["source"] = MINE
    small.save(mine, root / OWN)
    assert workspace.reset("softmax", root)[1] == 1
    names = [cells.grade_id(c) for c in small.load(root / OWN)["cells"]]
    assert names.count("softmax") == names.count("check_softmax") == 1


def test_reset_forgets_that_it_was_passed(root):
    record = root / "my_work" / ".progress" / "softmax.json"
    record.parent.mkdir()
    record.write_text('{"passed": true, "tries": 0, "best": 6}')
    workspace.reset("softmax", root)
    assert not record.exists()


def test_reset_makes_the_notebook_where_there_is_none(root):
    (root / OWN).unlink()
    workspace.reset("softmax", root)
    assert sources(root / OWN)[2].startswith("## softmax")
    assert workspace.copy_exercises(root).newer == {}


def test_reset_leaves_a_broken_notebook_as_it_is(root):
    (root / OWN).write_text("{broken")
    with pytest.raises(cells.Unreadable, match="line 1"):
        workspace.reset("softmax", root)
    assert (root / OWN).read_text() == "{broken"


def test_a_crash_while_writing_leaves_the_old_notebook(root, monkeypatch):
    small.answer(root / OWN, softmax=MINE)
    before = (root / OWN).read_bytes()

    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="no space"):
        workspace.reset("softmax", root)
    assert (root / OWN).read_bytes() == before
    assert [p.name for p in (root / OWN).parent.iterdir()] == ["02_softmax.ipynb"]


# The commands --------------------------------------------------------------------------------


@pytest.fixture
def command(root, monkeypatch):
    """Run a command on the small course, as if it were the course itself."""
    monkeypatch.chdir(root)
    for name in ("copy_exercises", "reset"):
        function = getattr(workspace, name)
        monkeypatch.setattr(workspace, name, lambda *a, f=function: f(*a, root))
    return lambda *arguments: CliRunner().invoke(commands.main, arguments)


def test_my_work_says_what_it_made_and_what_is_newer(command, root):
    assert command("my-work").output == "my_work is complete and up to date.\n"
    (root / OWN).unlink()
    assert command("my-work").output == f"made {OWN}\n"
    small.course(root, small.notebook(small.exercise("softmax"), small.exercise("sharpest")))
    done = command("my-work")
    assert done.exit_code == 0 and done.output.count("\n") == 1
    assert "yours was not touched" in done.output and "reset sharpest" in done.output


def test_reset_says_where_the_old_answer_is_and_names_the_nearest(command, root):
    small.answer(root / OWN, softmax=MINE)
    done = command("reset", "softmax")
    assert done.exit_code == 0 and OWN in done.output and "kept, folded" in done.output
    done = command("reset", "softmx")
    assert done.exit_code == 2 and done.output.count("\n") == 1
    assert "There is no exercise 'softmx'. Did you mean softmax" in done.output


def test_a_file_in_place_of_the_folder_is_told_and_kept(tmp_path, monkeypatch):
    small.course(tmp_path)
    (tmp_path / "my_work").write_text("my notes")
    for command in (workspace.copy_exercises, lambda root: workspace.reset("softmax", root)):
        with pytest.raises(cells.Trouble, match="is a file, where the folder .* move it away"):
            command(tmp_path)
    assert (tmp_path / "my_work").read_text() == "my notes"


@pytest.mark.parametrize(
    ("code", "cure"),
    [
        (errno.ENOSPC, "Make room on the disk"),
        (errno.EROFS, "Is it write-protected"),
        (errno.EACCES, "somebody else's"),
    ],
)
def test_a_disk_that_takes_nothing_is_told_in_one_line(command, root, code, cure, monkeypatch):
    def write(path, *_, **__):
        raise OSError(code, os.strerror(code), str(path))

    small.answer(root / OWN, softmax=MINE)
    before = (root / OWN).read_bytes()
    monkeypatch.setattr("pathlib.Path.write_text", write)
    done = command("reset", "softmax")
    assert done.exit_code == 2 and done.output.count("\n") == 1
    assert cure in done.output and ".part" not in done.output and OWN in done.output
    assert (root / OWN).read_bytes() == before


def test_a_notebook_that_is_not_there_yet_is_told_with_the_command(tmp_path, monkeypatch):
    monkeypatch.setattr(workspace, "own", lambda lesson: tmp_path / f"{lesson}.ipynb")
    done = CliRunner().invoke(commands.main, ["check", "code/02_softmax"])
    assert done.exit_code == 2 and "yet. Make it with: python -m course_lib my-work" in done.output


def test_a_command_imports_neither_numpy_nor_nbformat(root):
    program = (
        "import sys; from click.testing import CliRunner; from course_lib.__main__ import main; "
        "from course_lib.learner import workspace; workspace.copy_exercises(sys.argv[1]); "
        "workspace.reset('softmax', sys.argv[1]); from course_lib.learner import grid, progress; "
        "progress.as_text(grid.grid(sys.argv[1]), sys.argv[1]); "
        "print({'numpy', 'nbformat', 'IPython', 'pytest'} & set(sys.modules) or 'light')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, root], cwd=workspace.ROOT, capture_output=True, text=True
    )
    assert done.stdout.strip() == "light", done.stderr
