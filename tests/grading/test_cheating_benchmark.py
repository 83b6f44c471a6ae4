"""The program that measures points without solving runs, on one lesson and few cheats."""

import ast
import json
import subprocess
import sys

import pytest

from benchmarks import cheating
from benchmarks.cheats.all import CHEATS, KINDS
from course_lib.lessons import ROOT


def test_every_kind_is_tried_and_every_cheat_has_its_own_name():
    assert sorted({kind.split()[0] for kind in KINDS}) == list("0123456789")
    assert len({cheat.name for cheat in CHEATS}) == len(CHEATS)


def test_each_exercise_of_code_and_maths_is_counted():
    points = {lesson: cheating.exercises(lesson) for lesson in cheating.lessons()}
    every = {name: p for each in points.values() for name, p in each.items()}
    late = {name: p for lesson in points if "/11_" in lesson for name, p in points[lesson].items()}
    assert cheating.total(every) == (256, 16) and cheating.total(late) == (45, 2)


@pytest.mark.parametrize("cheat", CHEATS, ids=lambda cheat: cheat.name)
def test_a_cheat_makes_cells_that_python_can_read(cheat):
    for name in ("softmax", "AttentionLayer", "order_04_lookup", "softmax_vjp", "causal_mask"):
        if source := cheat.cell(name):
            ast.parse(source)


def test_the_program_runs_on_one_lesson(tmp_path, needs_walls):
    command = [sys.executable, "-m", "benchmarks.cheating", "--lesson", "code/02_softmax"]
    command += ["--cheat", "a constant", "--write", str(tmp_path / "made.json")]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "the best of them, per exercise" in ran.stdout
    made = json.loads((tmp_path / "made.json").read_text(encoding="utf-8"))["before"]
    assert made["walls"] == ["walls"] and made["of"]["functions and classes"] == 11
    assert 0 <= made["by the best of them"]["functions and classes"] < 11
