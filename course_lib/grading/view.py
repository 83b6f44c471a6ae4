"""What foreign code may see of the course: what a lesson's exercises import, and nothing else.

Exercises that may not call what another one of their lesson uses are marked apart, each with a
library of its own (``parted``). Tasks, answers and hints are never there; pictures are, by name.
"""

import ast
import shutil
from collections.abc import Iterable
from pathlib import Path

from course_lib.exercises import names, task_of
from course_lib.exercises.declare import Task
from course_lib.files import cells
from course_lib.lessons import EXERCISES
from course_lib.practice.asking import FORBIDS

LIBRARY = Path(__file__).resolve().parents[1]
INSIDE = tuple(f"course_lib.grading.{name}" for name in ("inside", "walls"))  # the worker itself
BELOW = {"03": "course_lib.softmax"}  # from this lesson on an answer may build on it, unasked
PICTURES = "course_lib.pictures"  # they show something: to nobody here
OLDER = [f"course_lib.{name}" for name in ("show", "reveal", "plots", "widgets")]  # first edition's
STUB = '''"""Answers are checked elsewhere, when the notebook has run."""


def check(*arguments, **options):
    """Nothing is checked here."""


def ask(*arguments, **options):
    """Nothing is shown here."""
'''
DATA = (".toml", ".json", ".md", ".txt")


def parted(lesson: str, drawn: Iterable[str] = ()) -> list[list[Task]]:
    """Return a lesson's exercises in groups: in none is used what another one may not call.

    drawn: the names of exercises beside them that are another one for each student. What they
    forbid is the same for all.
    """
    groups: list[list[Task]] = []
    others = [Task(name, lambda rng: {}, {}, FORBIDS) for name in drawn]
    for task in [*map(task_of, names(lesson)), *others]:
        for group in groups:
            if not {n for one in (*group, task) for n in withheld([one])} & _used([*group, task]):
                group.append(task)
                break
        else:
            groups.append([task])
    return groups


def _used(tasks):
    return {name for task in tasks for name in task.uses}


def build(folder: str | Path, lesson: str, tasks: Iterable[Task] | None = None) -> Path:
    """Write the library that foreign code may import into ``folder/course_lib``.

    tasks: the exercises that are marked with it, all of the lesson's if none are given. What *is*
    one of them keeps its name and loses its body.
    """
    tasks = list(map(task_of, names(lesson))) if tasks is None else list(tasks)
    target = Path(folder) / "course_lib"
    asked = {name.rpartition(".")[0] for task in tasks for name in (*task.uses, *task.known)}
    below = [name for first, name in BELOW.items() if lesson.partition("/")[2][:2] >= first]
    for module in sorted(needed({*INSIDE, *OLDER, *below, *loaded(lesson), *asked})):
        _copy(module, target)
    _blind(target)
    (target / "exercises" / "__init__.py").write_text(STUB, encoding="utf-8")
    for dotted in withheld(tasks):
        _empty(target, dotted)
    return target


def _blind(target: Path) -> None:
    """Write, for each module of pictures, one with the same names that draws nothing."""
    unseen = LIBRARY.joinpath("grading", "unseen.py").read_text(encoding="utf-8")
    for file in sorted(LIBRARY.joinpath("pictures").rglob("*.py")):
        place = target / file.relative_to(LIBRARY)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"{unseen}\n__all__ = {_public(file)}\n", encoding="utf-8")


def _public(file: Path) -> list[str]:
    """Return the names that a module gives to who imports all of it."""
    body = ast.parse(file.read_text(encoding="utf-8")).body
    for node in body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return ast.literal_eval(node.value)
    made = [node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return [name for name in made if not name.startswith("_")]


def withheld(tasks: Iterable[Task]) -> list[str]:
    """Return the dotted names of the library's functions that are one of these exercises."""
    tasks = list(tasks)
    forbidden = {name for task in tasks for name in task.forbids} - _used(tasks)
    return sorted(name for name in forbidden if name.startswith("course_lib."))


def needed(roots: Iterable[str]) -> set[str]:
    """Return those of these modules that are the course's, and what they import, and so on."""
    found: set[str] = set()
    todo = list(roots)
    while todo:
        module = todo.pop()
        file = _file(module)
        if file is None or module in found or f"{module}.".startswith(f"{PICTURES}."):
            continue
        found.add(module)
        todo += [module.rsplit(".", cut)[0] for cut in range(1, module.count(".") + 1)]
        todo += imports_of(module)
    return found


def imports_of(module: str) -> set[str]:
    """Return what a module of the course imports, as foreign code sees it."""
    file = _file(module)
    if file is None or module == "course_lib.exercises":  # there stands something else in its place
        return set()
    return imported(file.read_text(encoding="utf-8"))


def _file(module: str) -> Path | None:
    """Return the file of a module of the course, or None if there is none of this name."""
    if module.split(".")[0] != "course_lib":
        return None
    place = LIBRARY.joinpath(*module.split(".")[1:])
    files = (place / "__init__.py", place.with_suffix(".py"))
    return next((file for file in files if file.is_file()), None)


def _copy(module: str, target: Path) -> None:
    """Copy a module, and the data that lie beside it."""
    file = _file(module)
    assert file is not None
    for each in (file, *(data for data in file.parent.iterdir() if data.suffix in DATA)):
        place = target / each.relative_to(LIBRARY)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(each, place)


def loaded(lesson: str) -> list[str]:
    """Return the modules that a lesson's exercises import, to be loaded once for a whole class."""
    try:
        notebook = cells.read(EXERCISES / f"{lesson}.ipynb")
    except cells.Trouble:  # the library alone is installed: each submission loads its own
        return []
    found = set()
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            found |= imported(cells.source(cell))
    return sorted(found)


def imported(source: str) -> set[str]:
    """Return the modules that a cell imports; a cell with a magic says nothing.

    Example:
        >>> sorted(imported("import numpy as np\\nfrom course_lib import layers"))
        ['course_lib.layers', 'numpy']
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a magic, perhaps
        return set()
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            inside = {module for module in inside if _file(module)}
            found |= inside or {node.module}
    return found


def _empty(target, dotted):
    """Take the body out of a function or class, in the copy."""
    parts = dotted.split(".")[1:]
    for cut in range(len(parts) - 1, 0, -1):
        file = target.joinpath(*parts[:cut]).with_suffix(".py")
        if file.exists():
            break
    else:
        return
    tree = ast.parse(file.read_text(encoding="utf-8"))
    owner = tree
    for part in parts[cut:]:
        owner = next((n for n in owner.body if getattr(n, "name", None) == part), None)
        if owner is None:
            return
    message = f"{dotted} is withheld while this exercise is marked."
    stop = ast.parse(f"raise PermissionError({message!r})").body
    if isinstance(owner, ast.ClassDef):
        made = ast.parse("def __init__(self, *arguments, **options): pass").body[0]
        made.body = stop
        owner.body = [made]
    else:
        owner.body = stop
    file.write_text(ast.unparse(tree) + "\n", encoding="utf-8")
