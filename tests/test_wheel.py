"""The library installed from a wheel, without the course's folder: what is in it, what it says."""

import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from course_lib.lessons import ROOT
from tests import learner_course as small

setuptools = pytest.importorskip("setuptools", minversion="77")
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder that holds what the wheel installs."""
    place = tmp_path_factory.mktemp("wheel")
    source = place / "source"
    junk = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "course_lib", source / "course_lib", ignore=junk)
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, source)
    (source / "course_lib" / "pictures" / "probe").mkdir()
    for name in ("of_a_widget.js", "of_hints.md"):
        (source / "course_lib" / "pictures" / "probe" / name).write_text("")
    done = subprocess.run(
        [sys.executable, "-c", BUILD, place], cwd=source, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = place.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place / "installed")
    return place / "installed"


def command(installed, folder, *arguments):
    return subprocess.run(
        [sys.executable, "-P", "-m", "course_lib", *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(installed), "PYTHONIOENCODING": "utf-8"},
        timeout=120,
    )


def test_the_wheel_holds_every_file_of_the_library(installed):
    def files(folder):
        found = (path for path in folder.rglob("*") if path.is_file())
        return {p.relative_to(folder).as_posix() for p in found if "__pycache__" not in p.parts}

    wheel = files(installed / "course_lib")
    assert files(ROOT / "course_lib") <= wheel
    assert {"lessons.toml", "py.typed"} <= wheel
    assert {"pictures/probe/of_a_widget.js", "pictures/probe/of_hints.md"} <= wheel


@pytest.mark.parametrize(
    "arguments",
    [
        ["my-work"],
        ["progress"],
        ["reset", "softmax"],
        ["check", "code/02_softmax"],
        ["check", "maths/05_matrix_form.ipynb"],
        ["release", "code/02_softmax"],
    ],
)
def test_without_the_exercises_a_command_says_where_they_are(installed, tmp_path, arguments):
    done = command(installed, tmp_path, *arguments)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr
    for said in ("not part of this installation", "git clone", "python3 start.py", "conda", "pip"):
        assert said in done.stderr
    assert list(tmp_path.iterdir()) == [] and not (installed / "my_work").exists()


def test_a_notebook_that_was_handed_out_is_checked_all_the_same(installed, tmp_path):
    made = small.notebook(small.exercise("softmax"))
    small.cell(made, "softmax")["source"] = small.RIGHT["softmax"]
    small.cell(made, "check-softmax")["metadata"]["nbgrader"]["points"] = 2.5
    path = small.save(made, tmp_path / "handed out.ipynb")
    done = command(installed, tmp_path, "check", path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == [
        "✓ softmax: 2.5 of 2.5 points",
        "",
        "1 of 1 exercises, 2.5 of 2.5 points",
    ]
    assert command(installed, tmp_path, "check", "nowhere.ipynb").stderr.count("\n") == 1
