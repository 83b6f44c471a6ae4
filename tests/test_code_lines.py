"""Notebooks' code: lines that fit on a slide, imports in order."""

import re
import subprocess
import sys

import nbformat
import pytest

from course_lib.lessons import ROOT, TRACKS

NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))
ROOMS_OF_OLD = re.compile(
    r"course_lib\.(show|plots|widgets|reveal)\b|course_lib import .*\b(plots|reveal)\b"
)


def code_of(path):
    cells = nbformat.read(path, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


def sorted_imports(sources, folder):
    """Ask ruff whether imports are in order; how they are broken into lines does not count."""
    for number, source in enumerate(sources):
        lines = re.sub(r"^(from \S+ import )\(([^()]+)\)$", _on_one_line, source, flags=re.M)
        (folder / f"cell_{number}.py").write_text(lines + "\n", encoding="utf-8")
    return subprocess.run(
        [
            *(sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select=I001"),
            *("--line-length=320", "--config", 'lint.isort.known-first-party=["course_lib"]', "."),
        ],
        capture_output=True,
        text=True,
        cwd=folder,
    )


def _on_one_line(found):
    return found[1] + " ".join(found[2].split())


def test_imports_are_in_order(tmp_path):
    sources = [source for path in NOTEBOOKS for source in code_of(path) if "import" in source]
    run = sorted_imports(sources, tmp_path)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize(
    "source",
    [
        "from course_lib.pictures import (draw_weights, draw_curves,\n    show)\n",
        "from course_lib.pictures import show\nfrom course_lib import examples\n",
        "from course_lib.pictures import show\nimport numpy as np\n",
        "from course_lib.pictures import show\nfrom course_lib.pictures import draw_curves\n",
    ],
)
def test_imports_out_of_order_are_found(source, tmp_path):
    assert sorted_imports([source], tmp_path).returncode == 1


def test_a_line_that_is_too_long_for_a_slide_is_found():
    line = "x = [" + ", ".join("1" * 28) + "]\n"
    assert 80 < len(line) <= 100
    run = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", "--stdin-filename", "code/a.py", "-"],
        input=line,
        capture_output=True,
        text=True,
        cwd=ROOT / "notebooks",
    )
    assert run.returncode == 1 and "E501" in run.stdout


def test_lessons_and_exercises_take_their_pictures_from_one_room():
    for path in NOTEBOOKS:
        for source in code_of(path) if path.parent.name in TRACKS else []:
            assert not ROOMS_OF_OLD.search(source), (path, source)
