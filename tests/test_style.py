"""Ruff over the library, the tests and the notebooks; the house's own few rules."""

import re
import subprocess
import sys

from course_lib.lessons import ROOT


def test_ruff_finds_nothing():
    run = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", "."],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_python_files_are_formatted():
    files = ["course_lib", "tests", "docs", "benchmarks", "conftest.py"]
    run = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--no-cache", "--check", *files],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_no_room_is_named_after_nothing():
    for name in ("utils", "helpers", "common", "misc"):
        assert not list((ROOT / "course_lib").rglob(f"{name}.py"))


def test_nothing_is_called_easy():
    """A learner who does not find it easy is helped by no such word."""
    for path in sorted((ROOT / "notebooks").rglob("*.ipynb")):
        text = path.read_text(encoding="utf-8")
        for word in ("obviously", "of course", "trivially", "simply", "It is easy"):
            assert not re.search(rf"\b{word}\b", text), f"{path.name} says {word!r}"
