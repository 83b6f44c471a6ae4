"""Type hints: every public function has them, and a type checker finds no fault in them."""

import ast
import subprocess
import sys

import pytest

from course_lib.lessons import ROOT

FILES = sorted((ROOT / "course_lib").rglob("*.py"))
GENERATED = ("answers", "tasks")  # data: functions that the engine alone calls


def public_functions(tree, owner=""):
    """Yield (name, function) of a module's public functions and its public classes' methods."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node, f"{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if not node.name.startswith("_") or node.name == "__init__":
                yield owner + node.name, node


def unhinted(name, function):
    """Return what a function lacks: hints of arguments, of the result."""
    arguments = function.args
    given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    given += [each for each in (arguments.vararg, arguments.kwarg) if each]
    lacks = [each.arg for each in given if not each.annotation and each.arg not in ("self", "cls")]
    if not function.returns and not name.endswith("__init__"):
        lacks.append("return")
    return lacks


@pytest.mark.parametrize(
    "path",
    [file for file in FILES if file.parent.name not in GENERATED],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_public_functions_have_type_hints(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    lacking = {
        f"{name} (line {function.lineno})": lacks
        for name, function in public_functions(tree)
        if (lacks := unhinted(name, function))
    }
    assert not lacking


def test_a_type_checker_finds_no_fault():
    """As `python -m mypy` says it, with the settings in pyproject.toml."""
    run = subprocess.run([sys.executable, "-m", "mypy"], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stdout + run.stderr


def test_missing_hints_are_found_wherever_they_may_be():
    source = """
def bare(a, *b, c=1, **d): ...
def half(a: int, b) -> int: ...
def whole(a: int, *, b: str = "") -> None: ...
def _private(a): ...
class Public:
    def __init__(self, a): ...
    def method(self): ...
class _Private:
    def method(self, a): ...
"""
    found = {name: unhinted(name, node) for name, node in public_functions(ast.parse(source))}
    assert found == {
        "bare": ["a", "c", "b", "d", "return"],
        "half": ["b"],
        "whole": [],
        "Public.__init__": ["a"],
        "Public.method": ["return"],
    }
