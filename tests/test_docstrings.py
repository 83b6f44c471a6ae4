"""Docstrings in one dialect: a sentence, prose, then sections with an indented body each."""

import ast
import re

import pytest

from course_lib.lessons import ROOT
from tests.test_types import FILES, GENERATED

SECTIONS = ["Shapes", "Returns", "Raises", "Source", "Example"]  # in this order
LABEL = re.compile(r"(\w+):( .*)?")
OTHER_NAMES = {
    "Args",
    "Arguments",
    "Parameters",
    "Return",
    "Yields",
    "Examples",
    "Sources",
    "Shape",
}
TOLD_BY_THEIR_CLASS = {"forward"}  # and what Python gives a name, such as __repr__


def documented(tree):
    """Yield (name, node, public?) of the module and all its functions and classes.

    A property is told by its name, and what only hands on another module's names by that module.
    """
    yield "module", tree, not all(isinstance(node, ast.ImportFrom) for node in tree.body)
    yield from _inside(tree, "", True)


def _inside(parent, owner, public):
    for node in parent.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            seen = public and not node.name.startswith("_")
            told = node.name in TOLD_BY_THEIR_CLASS or any(
                "property" in ast.unparse(decorator) for decorator in node.decorator_list
            )
            yield owner + node.name, node, seen and not told
            if isinstance(node, ast.ClassDef):
                yield from _inside(node, f"{node.name}.", seen)


def faults(docstring):
    """Return what is wrong with a docstring, in words."""
    lines = docstring.split("\n")
    first = docstring.split("\n\n")[0].replace("\n", " ")
    found = []
    if not re.search(r"[.?!:]$", first.split("Raises:")[0].strip()):
        found.append("the first paragraph must be a sentence")
    for name in [*SECTIONS, *OTHER_NAMES]:
        if re.search(rf"(?m)(^|\. ){name}: \S", docstring):
            found.append(f"{name}: must stand alone on its line")
    at = [n for n, line in enumerate(lines) if line.removesuffix(":") in {*SECTIONS, *OTHER_NAMES}]
    labels = [lines[n][:-1] for n in at if lines[n].endswith(":")]
    if unknown := [label for label in labels if label not in SECTIONS]:
        found.append(f"{unknown[0]}: is none of {SECTIONS}")
    if labels != sorted(set(labels), key=[*SECTIONS, *OTHER_NAMES].index if labels else None):
        found.append(f"sections must come in this order, each once: {SECTIONS}")
    for n in at:
        if lines[n - 1] or not lines[n + 1].startswith("    "):
            found.append(f"{lines[n]} needs an empty line before it and an indented body")
    if "Example" not in labels and re.search(r"(?m)^ *>>> ", docstring):
        found.append("examples stand below Example:")
    raises = docstring.partition("\nRaises:\n")[2].split("\n\n")[0]
    for line in filter(None, raises.split("\n")):
        if not line.startswith("     ") and not re.match(r"    [\w.]+(, [\w.]+)*: \S", line):
            found.append(f"below Raises: `Name: when`, and what follows indented, not {line!r}")
    return found


@pytest.mark.parametrize(
    "path",
    [file for file in FILES if file.parent.name not in GENERATED],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_docstrings_are_in_one_dialect(path):
    found = {}
    for name, node, public in documented(ast.parse(path.read_text(encoding="utf-8"))):
        docstring = ast.get_docstring(node)
        if docstring is None:
            if public:
                found[name] = ["has no docstring"]
        elif said := faults(docstring):
            found[name] = said
    assert not found


GOOD = """Do it.

In prose, with Note: a colon.

Raises:
    ValueError: it can't be done, or it
        takes two lines.
    OSError: the disk says no.

Example:
    >>> 1
    1
"""


@pytest.mark.parametrize(
    "docstring, fault",
    [
        (GOOD, None),
        ("Do it", "a sentence"),
        ("Do it.\n\nRaises: ValueError if it can't.", "alone on its line"),
        ("Do it. Raises: ValueError.", "alone on its line"),
        ("Do it.\n\nArgs:\n    x: what", "is none of"),
        ("Do it.\n\nExample:\n    >>> 1\n    1\n\nShapes:\n    (n,)", "in this order"),
        ("Do it.\nShapes:\n    (n,)", "an empty line"),
        ("Do it.\n\nShapes:\n(n,)", "indented body"),
        ("Do it.\n\n>>> 1\n1", "below Example"),
        ("Do it.\n\nRaises:\n    ValueError if it can't.", "Name: when"),
    ],
)
def test_faults_are_found(docstring, fault):
    found = "; ".join(faults(docstring.rstrip()))
    assert fault in found if fault else not found
