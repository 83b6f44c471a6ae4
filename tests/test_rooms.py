"""The rooms of the library: what lies at its root, and which way the arrows between rooms point."""

import ast
import graphlib

import pytest

from course_lib.files import cells
from course_lib.lessons import ROOT, notebooks

LIBRARY = ROOT / "course_lib"
ORDER = (  # a room uses those before it, and none after it
    "files",
    "lessons",
    "subject",
    "pictures",
    "exercises",
    "practice",
    "learner",
    "grading",
    "publishing",
    "commands",
)
FIRST_EDITION = ("show", "plots", "widgets", "reveal")  # re-exports of pictures, for its notebooks
ROOM_OF = {"__init__": "files", "__main__": "commands"} | dict.fromkeys(FIRST_EDITION, "pictures")
MACHINERY = {name for name in ORDER if name not in ("subject", "commands")}


def modules():
    """Every module of the library {"course_lib.files.cells": its file}."""
    found = {}
    for path in sorted(LIBRARY.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def room(module):
    """The room of a module: "course_lib.files.cells" is in files, ".softmax" in the subject."""
    first = (*module.split("."), "__init__")[1]
    return ROOM_OF.get(first, first if first in ORDER else "subject")


def imported(source, package=""):
    """Yield the library's modules that a program imports anywhere, also inside a function."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.rsplit(".", node.level - 1)[0] if node.level else ""
            start = ".".join(part for part in (above, node.module) if part)
            inside = [f"{start}.{alias.name}" for alias in node.names]
            names = [name if name in MODULES else start for name in inside]
        else:
            continue
        yield from (name for name in names if name in MODULES)


def used_by(module):
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    return sorted(set(imported(path.read_text(encoding="utf-8"), package)) - {module})


IMPORTS = {module: used_by(module) for module in MODULES}


def test_the_imports_are_seen():
    assert "course_lib.softmax" in IMPORTS["course_lib.attention"]
    assert (
        "course_lib.publishing.making" in IMPORTS["course_lib.commands.authors"]
    )  # inside a function


@pytest.mark.parametrize("name", [name for name in ORDER if name in set(map(room, MODULES))])
def test_a_room_uses_only_the_rooms_before_it(name):
    wrong = [
        f"{module} imports {used}: {name} must know nothing of {room(used)}"
        for module in MODULES
        if room(module) == name
        for used in IMPORTS[module]
        if ORDER.index(room(used)) > ORDER.index(name)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_subject_uses_no_machinery():
    wrong = [
        f"{module} imports {used}"
        for module in MODULES
        if room(module) == "subject"
        for used in IMPORTS[module]
        if room(used) in MACHINERY
    ]
    assert not wrong, "\n".join(wrong)


def test_no_modules_import_each_other_in_a_circle():
    try:
        graphlib.TopologicalSorter(IMPORTS).prepare()
    except graphlib.CycleError as error:
        pytest.fail(f"a circle of imports: {' → '.join(reversed(error.args[1]))}")


def test_the_root_holds_the_subject_and_nothing_else():
    """A module at the root is one that lessons import, or that such a module imports."""
    named = set()
    for path in notebooks():
        for cell in cells.read(path)["cells"]:
            if cell["cell_type"] == "code" and "course_lib" in cells.source(cell):
                named |= set(imported(cells.source(cell)))
    for module in list(named):
        named |= set(IMPORTS[module])
    for path in sorted(LIBRARY.iterdir()):
        module = f"course_lib.{path.stem}"
        known = path.name in ("lessons.toml", "py.typed", "__pycache__")
        known |= path.stem in ("lessons", *ROOM_OF) or path.name in (*MACHINERY, "commands")
        assert known or (module in MODULES and module in named), (
            f"course_lib/{path.name}: the root holds what lessons import; move it into a room"
        )


@pytest.mark.parametrize("name", FIRST_EDITION)
def test_what_the_first_edition_imports_is_one_re_export(name):
    source = (LIBRARY / f"{name}.py").read_text(encoding="utf-8")
    assert all(isinstance(node, ast.ImportFrom) for node in ast.parse(source).body), name
    assert all(f"course_lib.{name}" not in used for used in IMPORTS.values()), name
