"""``python -m course_lib check``: real notebooks, run by nbval in real kernels."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest

from course_lib.commands import learners
from course_lib.exercises import names, task_of
from course_lib.exercises.catalogue import answers_of
from course_lib.exercises.examining import inputs_of
from course_lib.files import cells
from course_lib.grading import releases
from course_lib.learner import checking, workspace
from tests import learner_course as small

OWN = f"my_work/{small.LESSON}.ipynb"
WRONG = "def softmax(scores, axis=-1):\n    return np.asarray(scores) / np.sum(scores, axis=axis)"


REPORTING = """
from IPython.display import display
from course_lib.exercises import MIME, CheckFailed, Report

def check(name, answer):
    report = answer()
    display({MIME: report.as_json()}, raw=True)
    if not report.passed:
        raise CheckFailed(report)
"""


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
    path = tmp_path / OWN
    mine = small.load(path)
    small.cell(mine, "imports")["source"] = REPORTING
    for name in names:
        small.cell(mine, name)["source"] = (
            f"def {name}():\n    return Report('{name}', True, True, 1, 1)"
        )
    small.cell(mine, "partly")["source"] = (
        "def partly():\n    return Report('partly', False, True, 3, 5,\n"
        "        symptom='a row sums to 0.61.', hint='there')"
    )
    small.cell(mine, "syntax")["source"] = "def syntax(:\n    return 1"
    small.cell(mine, "check-edited")["source"] = "print('✓ edited: 1 of 1 points')"
    small.cell(mine, "check-flagged")["metadata"]["tags"] = ["raises-exception"]
    small.cell(mine, "as_text")["source"] = "def as_text():\n    return 1\n1 / 0"
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
        "partly": ("failed", 0.6),
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
    assert checked.total == "2 of 8 exercises, 2.6 of 8 points"
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
    assert learners._find(small.LESSON) == root / OWN
    assert learners._find("elsewhere.ipynb") == Path("elsewhere.ipynb")


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


def stopped(path, root):
    """What is said of a notebook that can't be checked: one line, no error of Python's."""
    with pytest.raises(checking.CheckStopped) as trouble:
        checking.check_notebook(path, root=root)
    said = str(trouble.value)
    assert "\n" not in said and "Errno" not in said and "Error" not in said
    return said.removeprefix(f"{path}: ")


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """Write the description of a kernel; return its name."""
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))

    def describe(argv, language="python", text=None):
        folder = tmp_path / "jupyter" / "kernels" / "old-laptop"
        folder.mkdir(parents=True)
        spec = {"argv": argv, "display_name": "old laptop", "language": language}
        (folder / "kernel.json").write_text(json.dumps(spec) if text is None else text)
        return "old-laptop"

    return describe


def asks_for(path, name):
    made = small.load(path)
    made["metadata"]["kernelspec"]["name"] = name
    return small.save(made, path)


LAUNCH = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
NO_COURSE = (
    "import sys; from ipykernel.kernelapp import launch_new_instance as go; "
    "sys.modules['course_lib'] = None; sys.meta_path.insert(0, type('No', (), {'find_spec': "
    "lambda self, name, *_: (_ for _ in ()).throw(ModuleNotFoundError("
    '"No module named \'course_lib\'")) if name == "course_lib" else None})()); '
    "del sys.modules['course_lib']; go()"
)
KERNELS = {
    "its Python is gone": (["/gone/bin/python", *LAUNCH], "was made for is gone"),
    "its folder is a file": (["/etc/hostname/python", *LAUNCH], "was made for is gone"),
    "no program": (["/etc/hostname", *LAUNCH], "can't be run"),
    "it exits": ([sys.executable, "-c", "raise SystemExit(3)"], "ends as soon as it is started"),
    "no ipykernel": ([sys.executable, "-m", "no_such_kernel"], "has no ipykernel"),
    "no arguments": ([], "is broken"),
    "another environment": (
        [sys.executable, "-c", NO_COURSE, "-f", "{connection_file}"],
        "code cell 1 (`import numpy as np`) finds no course_lib in its Python",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KERNELS)
def test_a_kernel_that_cannot_run_the_notebook_is_named_with_the_cure(root, kernel, kind):
    argv, why = KERNELS[kind]
    said = stopped(asks_for(root / OWN, kernel(argv)), root)
    assert said.startswith("the notebook asks for the kernel 'old-laptop', which can't be used: ")
    assert why in said
    assert said.endswith("Kernel, Change Kernel, Python 3 (ipykernel), save, and check again.")


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"argv": 3}', "null"])
def test_a_kernel_whose_description_is_broken_is_named_with_the_cure(root, kernel, text):
    said = stopped(asks_for(root / OWN, kernel([], text=text)), root)
    assert "'old-laptop'" in said and "Change Kernel" in said


@pytest.mark.parametrize("language", ["R", "julia", "Rust"])
def test_a_kernel_of_another_language_is_named_with_the_cure(root, kernel, language):
    said = stopped(asks_for(root / OWN, kernel(["anything"], language)), root)
    assert f"it runs {language}, and the course is written in Python" in said


@pytest.mark.parametrize("name", ["my-old-laptop", "../x", "Ä ö", "🐍"])
def test_a_kernel_that_is_not_installed_gets_one_line(root, name):
    said = stopped(asks_for(root / OWN, name), root)
    assert repr(name) in said and "none of this name" in said and "Change Kernel" in said


def test_a_kernel_of_another_name_that_works_is_used(root, kernel):
    name = kernel([sys.executable, *LAUNCH, "--InteractiveShellApp.exec_lines=named = 1"])
    path = asks_for(small.answer(root / OWN, softmax=small.RIGHT["softmax"] + "\nnamed"), name)
    assert states(checking.check_notebook(path, root=root))["softmax"] == ("passed", 6)


@pytest.mark.parametrize("name", [None, "", 3, ["python3"]])
def test_a_notebook_that_names_no_kernel_runs_in_the_usual_one(root, name):
    path = asks_for(small.answer(root / OWN, softmax=small.RIGHT["softmax"]), name)
    assert states(checking.check_notebook(path, root=root))["softmax"] == ("passed", 6)


def test_the_usual_kernel_that_cannot_start_gets_one_line(root, monkeypatch):
    def refuse(*_, **__):
        raise RuntimeError("traceback...\nKernel died before replying to kernel_info")

    monkeypatch.setattr("nbval.kernel.start_new_kernel", refuse)
    said = stopped(root / OWN, root)
    assert "'python3'" in said and "ends as soon as it is started" in said
    assert "pip install" in said


# Notebooks that other programs wrote -------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8"]
)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_file_in_an_encoding_of_windows_is_read(root, encoding, ends):
    path = small.answer(root / OWN, softmax=small.RIGHT["softmax"] + "\n# Größe: 12 €")
    wanted = cells.read(path)
    path.write_bytes(path.read_text(encoding="utf-8").replace("\n", ends).encode(encoding))
    assert cells.read(path) == wanted


def each(*keys, value=...):
    """Take something away from every cell, or put a value in its place."""

    def change(made):
        for cell in made["cells"]:
            for key in keys:
                cell.pop(key, None) if value is ... else cell.update({key: value})

    return change


def top(key, value=...):
    return lambda made: made.pop(key, None) if value is ... else made.update({key: value})


def both(*changes):
    return lambda made: [change(made) for change in changes]


def in_check(**values):
    return lambda made: small.cell(made, "check-softmax").update(values)


def extra(*cells_added):
    return lambda made: made["cells"].__setitem__(slice(0, 0), cells_added)


OUTPUT = {"output_type": "stream", "name": "stdout", "text": "earlier"}
ODD = {
    "no execution_count": each("execution_count"),
    "no outputs": each("outputs"),
    "neither, nor ids": each("execution_count", "outputs", "id"),
    "stored output without a count": both(each("execution_count"), in_check(outputs=[OUTPUT])),
    "counts that are text": each("execution_count", value="3"),
    "outputs null": each("outputs", value=None),
    "outputs malformed": each("outputs", value=[None, 3, {}, {"output_type": 3}, {"data": 1}]),
    "ids null": each("id", value=None),
    "ids alike": each("id", value="same"),
    "ids numbers": each("id", value=7),
    "no nbformat": top("nbformat"),
    "no numbers of the format": both(top("nbformat"), top("nbformat_minor")),
    "format as text": both(top("nbformat", "4"), top("nbformat_minor", "x")),
    "no metadata": top("metadata"),
    "metadata null": top("metadata", None),
    "metadata a list": top("metadata", []),
    "no kernelspec": top("metadata", {}),
    "kernelspec null": top("metadata", {"kernelspec": None, "language_info": None}),
    "kernelspec text": top("metadata", {"kernelspec": "python3"}),
    "source a list": lambda made: [
        cell.update(source=cell["source"].splitlines(keepends=True)) for cell in made["cells"]
    ],
    "other cells": extra(
        {"cell_type": "code"},
        {"cell_type": "code", "source": None, "metadata": None},
        {"cell_type": "code", "source": ["x = 1\n", None, 3], "metadata": []},
        {"cell_type": "code", "source": {"x": 1}, "metadata": {"tags": None, "nbgrader": None}},
        {"cell_type": "code", "source": "y = '\ud800'", "metadata": {"tags": [3]}},
        {"cell_type": "markdown", "source": None},
        {"cell_type": "heading", "source": "1 / 0"},
        {"cell_type": None, "source": "1 / 0"},
        {"source": "1 / 0"},
        {},
        None,
    ),
    "tags text": lambda made: [c["metadata"].update(tags="solution") for c in made["cells"]],
    "tags null": lambda made: [c["metadata"].update(tags=None) for c in made["cells"]],
    "grade_id a number": extra(
        {"cell_type": "code", "source": "", "metadata": {"nbgrader": {"grade_id": 3}}},
        {"cell_type": "code", "source": "", "metadata": {"nbgrader": "softmax"}},
    ),
    "points null": lambda made: [
        c["metadata"]["nbgrader"].update(points=None)
        for c in made["cells"]
        if cells.checked(c)
    ],
    "lines of windows": lambda made: [
        c.update(source=c["source"].replace("\n", "\r\n") + "  \r\n") for c in made["cells"]
    ],
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:.*[Cc]ell")
@pytest.mark.parametrize("kind", ODD)
def test_a_notebook_that_lacks_something_is_read_as_a_valid_one(root, kind):
    made = small.load(small.answer(root / OWN, **small.RIGHT))
    ODD[kind](made)
    path = root / OWN
    path.write_text(json.dumps(made), encoding="utf-8")
    found = nbformat.from_dict(cells.read(path))
    _, found = nbformat.validator.normalize(found)  # gives ids to cells that have none
    for cell in found.cells:
        cell.source = cells.source(cell)
    nbformat.validate(found)


@pytest.mark.parametrize(
    "kinds",
    [
        ("neither, nor ids", "no numbers of the format", "metadata null", "tags text"),
        ("stored output without a count", "outputs malformed", "kernelspec null", "ids alike"),
        ("lines of windows", "points null", "other cells", "grade_id a number"),
    ],
)
def test_a_notebook_that_lacks_something_runs_and_gets_its_verdicts(root, kinds):
    made = small.load(small.answer(root / OWN, **small.RIGHT))
    for kind in kinds:
        ODD[kind](made)
    path = root / OWN
    path.write_text(json.dumps(made), encoding="utf-16")
    before = path.read_bytes()
    checked = checking.check_notebook(path, root=root)
    assert states(checked) == {"softmax": ("passed", 6), "temperature_softmax": ("passed", 5)}
    assert not [remark for remark in checked.remarks if "ZeroDivision" in remark]
    assert path.read_bytes() == before


@pytest.mark.parametrize("kind", ODD)
def test_reset_keeps_the_answers_of_a_notebook_that_lacks_something(root, kind):
    made = small.load(small.answer(root / OWN, **small.RIGHT))
    ODD[kind](made)
    path = root / OWN
    path.write_bytes(json.dumps(made).encode("utf-16" if "null" in kind else "utf-8-sig"))
    assert workspace.reset("softmax", root) == (path, 1)
    text = path.read_text(encoding="utf-8")
    assert not text.startswith("\ufeff")
    after = json.loads(text)
    texts = [cells.source(cell).replace("\r\n", "\n").strip() for cell in after["cells"]]
    for name, answer in small.RIGHT.items():
        assert [t for t in texts if answer in t], name
    names = [cells.grade_id(cell) for cell in after["cells"]]
    for name in (*small.RIGHT, *(f"check_{name}" for name in small.RIGHT)):
        assert names.count(name) == 1, name
    assert cells.read(path) == after, "what was written lacks nothing"


def test_a_check_that_is_not_the_courses_own_passes_nobody(root):
    path = small.answer(root / OWN, **small.RIGHT, imports="import numpy as np\ncheck = print")
    checked = checking.check_notebook(path, root=root)
    assert states(checked) == {"softmax": ("failed", 0), "temperature_softmax": ("failed", 0)}
    assert "no report came of it" in checked.verdicts[0].message


# What a class was handed out ---------------------------------------------------------------------


def answered(path, variant):
    """Write the right answers to questions with a student's numbers into a notebook."""
    made = small.load(path)
    for cell in made["cells"]:
        name = cells.grade_id(cell)
        if name in names("intuition/02_softmax"):
            inputs = inputs_of(task_of(name), None, variant)
            cell["source"] = f"{name} = {np.asarray(answers_of(name).reference(inputs)).tolist()!r}"
    return small.save(made, path)


def test_a_students_own_numbers_are_checked_wherever_the_notebook_lies(tmp_path):
    lesson, roster = "intuition/02_softmax", tmp_path / "roster.csv"
    roster.write_text("id,name\nada,Ada\nbob.b,Bob\n")
    points = {"i02_zero": 2.5, "i02_bars": 4}
    folder = releases.release(lesson, tmp_path, points=points, roster=roster, variants=True)
    out = sum(releases.read(folder)[0].points.values())
    own = small.course(tmp_path, cells.read(workspace.exercises()[lesson]), lesson=lesson)
    workspace.copy_exercises(tmp_path)
    mine = tmp_path / "my_work" / f"{lesson}.ipynb"
    renamed = mine.with_name("handed in (1) [final].ipynb")
    handed_out = folder / "for" / "ada" / own.name
    for path in (mine, renamed, handed_out):
        path.write_bytes(handed_out.read_bytes())
        checked = checking.check_notebook(answered(path, "ada"), root=tmp_path)
        assert checked.all_passed, [str(each) for each in checked.verdicts]
        count = len(names(lesson))
        assert checked.total == f"{count} of {count} exercises, {out:g} of {out:g} points"
    other = folder / "for" / "bob.b" / own.name
    checked = checking.check_notebook(answered(other, "ada"), root=tmp_path)
    assert not checked.all_passed, "Bob has other numbers than Ada"
    assert {v.state for v in checked.verdicts} == {"passed", "failed"}
