"""Marked behind walls, an answer is told what it is told at home, word for word.

Every answer that the course knows is handed in: right in another way, or with one of the mistakes.
"""

import ast
import importlib
import inspect
import linecache
import re
from contextlib import redirect_stdout, suppress

import pytest

from course_lib.exercises import examine, names, task_of
from course_lib.exercises.catalogue import answers_of
from course_lib.files import cells
from course_lib.grading import judging, releases, runs, servers
from course_lib.lessons import ROOT, places
from tests.grading.handed_in import notebook, submission
from tests.lots import by_lot

LESSONS = sorted({place for name, place in places().items() if not task_of(name).value})


def functions(lesson):
    return [name for name in names(lesson) if not task_of(name).value]


class Known:
    """The answers of a lesson as text: what they are made of, and an expression for each."""

    def __init__(self, lesson):
        track, stem = lesson.split("/")
        file = ROOT / f"course_lib/exercises/answers/{track}_{stem[:2]}.py"
        self.parts, self.texts, declared = [], {}, {}
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            made = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            if isinstance(made, ast.Call) and ast.unparse(made.func) == "Answers":
                declared[node.targets[0].id] = made
            elif isinstance(made, ast.Dict) and set(names(lesson)) == set(map(_text, made.keys)):
                for key, value in zip(made.keys, made.values):
                    value = declared.get(getattr(value, "id", None), value)
                    self.texts[_text(key)] = dict(_expressions(value))
            else:
                self.parts += _at_hand(node)

    def answers(self, name):
        """Yield (what it is called, its text): right ones, then mistakes."""
        answers, texts = answers_of(name), self.texts[name]
        right = [f"right {number}" for number in range(len(answers.also_right) + 1)]
        assert list(texts) == [*right, *answers.wrong], name
        yield from texts.items()


def _text(node):
    return getattr(node, "value", None)


def _expressions(call):
    """Yield (what it is called, its text) of all that a call ``Answers(…)`` is given."""
    given = {each.arg: each.value for each in getattr(call, "keywords", [])}
    if "reference" in given:
        also = getattr(given.get("also_right"), "elts", [])
        for number, each in enumerate([given["reference"], *also]):
            yield f"right {number}", ast.unparse(each)
        for key, each in zip(given["wrong"].keys, given["wrong"].values):
            yield ast.literal_eval(key), ast.unparse(each)


def _at_hand(node):
    """Return the cells for a statement; tasks are not there to import from, so it is copied."""
    if isinstance(node, ast.ImportFrom) and node.module.startswith("course_lib.exercises.tasks"):
        there = importlib.import_module(node.module)
        found = {each.name: getattr(there, each.name) for each in node.names}
        return [
            inspect.getsource(value) if callable(value) else f"{name} = {value!r}"
            for name, value in found.items()
            if callable(value) or isinstance(value, int | float | str | tuple | list | dict)
        ]
    if isinstance(node, ast.ImportFrom) and node.module.startswith("course_lib.exercises"):
        return []
    return [ast.unparse(node)]


def at_home(handed_in, seed):
    """Run a notebook's cells here; return what each check tells: (mistake, points, words)."""
    left, told = {}, {}
    for number, cell in enumerate(handed_in["cells"]):
        if cell["cell_type"] != "code":
            continue
        if name := cells.checked(cell):
            if not task_of(name).value:
                report = examine(name, left.get(name), seed=seed)
                told[name] = report.diagnosis, report.earned, report.said
            continue
        source, file = cells.source(cell), f"<cell {number}>"
        linecache.cache[file] = len(source), None, source.splitlines(True), file
        with suppress(Exception), redirect_stdout(None):
            exec(compile(source, file, "exec"), left)
    return told


def told_behind_walls(made, name):
    each = made.of(name)
    return each.diagnosis, each.earned, each.said


def is_withheld(said):
    return "is withheld" in said or re.search(r"NameError: name '\w+' is not defined", said)


def rounds(every):
    """Return which answers of each exercise are tried: all that are right, and mistakes by lot."""
    right = max(sum(called.startswith("right") for called, _ in each) for each in every.values())
    wrong = range(right, max(map(len, every.values())))
    return [*range(right), *by_lot(wrong, min(3, len(wrong)))]


@pytest.mark.parametrize("lesson", by_lot(LESSONS, 8))
def test_every_known_answer_is_told_the_same(lesson, tmp_path, needs_walls):
    known = Known(lesson)
    run = runs.begin(releases.release(lesson, tmp_path / "class"), tmp_path / "marks", seconds=60)
    every = {name: list(known.answers(name)) for name in functions(lesson)
             if not name.startswith("order_")}  # fmt: skip
    other, withheld = [], []
    with servers.server(lesson) as server:
        assert server.strength == "walls"
        for number in rounds(every):
            tried = {name: each[number] for name, each in every.items() if number < len(each)}
            texts = {name: f"{name} = {text}" for name, (_, text) in tried.items()}
            handed_in = notebook(run.notebook, texts, before=known.parts)
            told = at_home(handed_in, run.seed)
            made = judging.mark(run, server, "ada", [submission(handed_in)])
            for name, (called, _) in tried.items():
                here, there = told[name], told_behind_walls(made, name)
                if here[0] == "shortcut" or is_withheld(there[2]):
                    withheld.append((name, called, here[0], there))
                elif here != there:
                    other.append((name, called, here, there))
    print(lesson, len(withheld), "withheld:", *withheld, sep="\n  ")
    assert not other, "\n\n".join(map(str, other))
