"""``python -m course_lib check``: real notebooks, run by nbval in real kernels."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course_lib import __main__ as commands
from course_lib.files import cells
from course_lib.learner import checking, workspace
from tests import learner_course as small

OWN = f"my_work/{small.LESSON}.ipynb"
WRONG = "def softmax(scores, axis=-1):\n    return np.asarray(scores) / np.sum(scores, axis=axis)"


@pytest.fixture(autouse=True)
def library_for_kernels(monkeypatch):
    paths = [str(workspace.ROOT), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))


@pytest.fixture
def root(tmp_path):
    small.course(tmp_path)
    workspace.copy_exercises(tmp_path)
    return tmp_path


def states(checked):
    return {v.name: (v.state, v.earned) for v in checked.verdicts}


def command(*arguments, folder=workspace.ROOT):
    return subprocess.run(
        [sys.executable, "-m", "course_lib", "check", *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        timeout=120,
    )


# Verdicts ------------------------------------------------------------------------------------


def test_the_command_says_all_passed_and_ends_with_0(root):
    path = small.answer(root / OWN, **small.RIGHT)
    before = path.read_bytes()
    done = command(path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == [
        "✓ softmax: 6 of 6 points",
        "✓ temperature_softmax: 5 of 5 points",
        "",
        "2 of 2 exercises, 11 of 11 points",
    ]
    assert done.stderr == ""
    assert path.read_bytes() == before
    record = json.loads((root / "my_work/.progress/softmax.json").read_text())
    assert record["passed"] is True


def test_a_deliberately_wrong_notebook_turns_the_command_red(root):
    path = small.answer(root / OWN, softmax=WRONG)
    before = {p: p.read_bytes() for p in path.parent.iterdir()}
    done = command(path)
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("✗ softmax: ") and lines[0].endswith(" of 6 points so far")
    assert any(line.startswith("    What happened: ") for line in lines)
    assert "○ temperature_softmax: not attempted" in lines
    assert lines[-1].startswith("0 of 2 exercises, ") and lines[-1].endswith(" of 11 points")
    assert "Traceback" not in done.stdout + done.stderr
    assert {p: p.read_bytes() for p in path.parent.iterdir()} == before


def test_each_exercise_gets_its_own_verdict(tmp_path):
    """One right, one partly right, one syntax error, one without its check cell, one edited."""
    names = ("right", "partly", "syntax", "gone", "edited", "flagged", "twice", "as_text")
    small.course(tmp_path, small.notebook(*map(small.exercise, names)))
    workspace.copy_exercises(tmp_path)
    path, failed = tmp_path / OWN, "class CheckFailed(AssertionError): pass\n"
    mine = small.load(path)
    small.cell(mine, "imports")["source"] = (
        failed + "def check(name, answer):\n    said = answer()\n    if said:\n"
        "        raise CheckFailed(said)\n    print('fine')"
    )
    for name in names:
        small.cell(mine, name)["source"] = f"def {name}():\n    return None"
    partly = (
        "✗ partly: 3 of 5 points so far.\nWhat happened: a row sums to 0.61.\nWhere to look: there"
    )
    small.cell(mine, "partly")["source"] = f"def partly():\n    return {partly!r}"
    small.cell(mine, "syntax")["source"] = "def syntax(:\n    return 1"
    small.cell(mine, "check-edited")["source"] = "print('✓ edited: 1 of 1 points')"
    small.cell(mine, "check-flagged")["metadata"]["tags"] = ["raises-exception"]
    small.cell(mine, "as_text")["source"] = "def as_text():\n    return None\n1 / 0"
    small.cell(mine, "check-as_text")["cell_type"] = "raw"
    at = [c["id"] for c in mine["cells"]].index("check-twice")
    again = small.cell(mine, "check-twice") | {"id": "again", "source": "print('a copy, edited')"}
    mine["cells"].insert(at + 1, again)
    mine["cells"] = [c for c in mine["cells"] if c["id"] != "check-gone"]
    mine["cells"] += [small.code("scribble", "x = 1\nundefined"), small.code("stub", small.STUB)]
    small.cell(mine, "check-right")["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": "saved half-way"}
    ]
    small.save(mine, path)

    checked = checking.check_notebook(path, root=tmp_path)
    assert states(checked) == {
        "right": ("passed", 1),
        "partly": ("failed", 3),
        "syntax": ("failed", 0),
        "gone": ("missing", 0),
        "edited": ("edited", 0),
        "flagged": ("edited", 0),
        "twice": ("passed", 1),
        "as_text": ("edited", 0),
    }
    said = {v.name: v.message for v in checked.verdicts}
    assert said["partly"] == "What happened: a row sums to 0.61.\nWhere to look: there"
    assert "SyntaxError" in said["syntax"] and "`def syntax(:`" in said["syntax"]
    assert "(line 1)" in said["syntax"] and "/" not in said["syntax"]
    for name in ("gone", "edited", "flagged", "as_text"):
        assert f"python -m course_lib reset {name}" in said[name]
    assert checked.total == "2 of 8 exercises, 5 of 8 points"
    assert not checked.all_passed
    assert len(checked.remarks) == 1, checked.remarks
    assert "`x = 1`" in checked.remarks[0] and "NameError" in checked.remarks[0]


def test_an_older_check_cell_of_the_course_counts_an_edited_one_does_not(root):
    path = small.answer(root / OWN, **small.RIGHT)
    newer = small.load(workspace.exercises(root)[small.LESSON])
    for name in small.RIGHT:
        small.cell(newer, f"check-{name}")["source"] += "  # in a newer version of the course"
    small.course(root, newer)
    small.answer(path, check__temperature_softmax="check('temperature_softmax', print)")
    found = states(checking.check_notebook(path, root=root))
    assert found == {"softmax": ("passed", 6), "temperature_softmax": ("edited", 0)}


def test_a_copy_elsewhere_under_another_name_is_checked_by_its_exercises(root):
    path = small.answer(root / OWN, softmax=small.RIGHT["softmax"]).rename(root / "mine.ipynb")
    made = small.load(path)
    made["cells"] = [c for c in made["cells"] if "temperature" not in c["id"]]
    small.save(made, path)
    found = states(checking.check_notebook(path, root=root))
    assert found == {"softmax": ("passed", 6), "temperature_softmax": ("missing", 0)}


def test_a_lesson_may_be_named_without_its_folder(root, monkeypatch):
    own = workspace.own
    monkeypatch.setattr(workspace, "own", lambda lesson: own(lesson, root))
    assert commands._find(small.LESSON) == root / OWN
    assert commands._find("elsewhere.ipynb") == Path("elsewhere.ipynb")


# What can't be run to its end ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "seconds", "why"),
    [
        ("while True:\n    pass", 2, "did not end"),
        ("import os\nos._exit(1)", 60, "ended the kernel"),
    ],
)
def test_an_endless_cell_or_a_dead_kernel_is_named_and_nothing_after_it_counts(
    root, source, seconds, why
):
    mine = small.load(small.answer(root / OWN, **small.RIGHT))
    at = [c["id"] for c in mine["cells"]].index("check-softmax")
    mine["cells"].insert(at + 1, small.code("stuck", source))
    path = small.save(mine, root / OWN)
    start = time.monotonic()
    checked = checking.check_notebook(path, seconds=seconds, root=root)
    assert time.monotonic() - start < 30
    assert states(checked) == {
        "softmax": ("passed", 6),
        "temperature_softmax": ("not checked", 0),
    }
    first = source.splitlines()[0]
    assert len(checked.remarks) == 1
    assert f"code cell 4 (`{first}`) {why}" in checked.remarks[0]


def test_a_cell_that_swallows_interrupts_is_ended_too(root):
    stubborn = (
        "while True:\n    try:\n        import time; time.sleep(9)\n    except BaseException: pass"
    )
    path = small.answer(root / OWN, softmax=stubborn)
    checked = checking.check_notebook(path, seconds=2, root=root)
    assert states(checked)["softmax"] == ("not checked", 0)
    assert "code cell 2 (`while True:`) did not end" in checked.remarks[0]


BROKEN = {
    "empty": ("", "is empty"),
    "cut off": ('{"cells": [\n', "JSON has a fault in line 2"),
    "no notebook": ('{"a": 1}', "has no cells"),
    "a list": ("[1]", "has no cells"),
    "not text": (b"\xff\xfe\x00", "not text in UTF-8"),
    "format 3": ('{"worksheets": [], "nbformat": 3}', "old format"),
    "conflict": ('{"cells": [\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> x\n]}', "conflict (line 2)"),
    "no exercises": ('{"cells": [], "metadata": {}, "nbformat": 4}', "holds no exercises"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_file_that_is_no_notebook_gets_one_line(tmp_path, kind):
    content, said = BROKEN[kind]
    path = tmp_path / "x.ipynb"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(cells.Trouble) as trouble:
        checking.check_notebook(path, root=tmp_path)
    assert said in str(trouble.value) and "\n" not in str(trouble.value)
    assert str(path) in str(trouble.value)


def test_the_command_says_one_line_for_a_missing_file(tmp_path):
    done = command("nowhere.ipynb", folder=tmp_path)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.splitlines() == ["Error: There is no file nowhere.ipynb."]


def test_a_kernel_that_is_not_installed_gets_one_line(root):
    mine = small.load(root / OWN)
    mine["metadata"]["kernelspec"]["name"] = "my-old-laptop"
    path = small.save(mine, root / OWN)
    with pytest.raises(checking.CheckStopped) as trouble:
        checking.check_notebook(path, root=root)
    said = str(trouble.value)
    assert "'my-old-laptop'" in said and "Change Kernel" in said and "\n" not in said


def test_a_kernel_that_cannot_start_gets_one_line(root, monkeypatch):
    def refuse(*_, **__):
        raise RuntimeError("traceback...\nKernel died before replying to kernel_info")

    monkeypatch.setattr("nbval.kernel.start_new_kernel", refuse)
    with pytest.raises(checking.CheckStopped, match="could not be started: Kernel died before"):
        checking.check_notebook(root / OWN, root=root)
