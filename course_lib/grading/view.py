"""What foreign code may see of the course: the library without the answers of this notebook."""

import ast
import shutil
from pathlib import Path

from course_lib.exercises import names, task_of
from course_lib.files import cells
from course_lib.lessons import EXERCISES

LIBRARY = Path(__file__).resolve().parents[1]
HIDDEN = (
    "exercises/answers",
    "exercises/hints",
    "grading",
    "learner",
    "publishing",
    "commands",
    "__main__.py",
)
INSIDE = tuple(
    f"grading/{name}.py"
    for name in (
        "__init__", "answering", "crossing", "following", "frames", "holding", "inside", "relaying",
        "talking", "walls",
    )
)  # fmt: skip


def build(folder: str | Path, lesson: str) -> Path:
    """Write the library that foreign code of a lesson may import into ``folder/course_lib``.

    The answers and this marker are left out. The functions that *are* an exercise of the lesson
    keep their signature and lose their body.
    """
    target = Path(folder) / "course_lib"
    for path in sorted(LIBRARY.rglob("*")):
        name = path.relative_to(LIBRARY).as_posix()
        if path.is_dir() or "__pycache__" in path.parts:
            continue
        hidden = any(name == each or name.startswith(f"{each}/") for each in HIDDEN)
        if hidden and name not in INSIDE:
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target / name)
    (target / "exercises" / "answers").mkdir()
    (target / "exercises" / "answers" / "__init__.py").write_text('"""Not here."""\n')
    for dotted in withheld(lesson):
        _empty(target, dotted)
    return target


def withheld(lesson: str) -> list[str]:
    """Return the dotted names of the library's functions that are an exercise of this lesson."""
    tasks = [task_of(name) for name in names(lesson)]
    used = {name for task in tasks for name in task.uses}
    forbidden = {name for task in tasks for name in task.forbids}
    return sorted(n for n in forbidden - used if n.startswith("course_lib."))


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
        elif isinstance(node, ast.ImportFrom) and node.module == "course_lib":
            found |= {f"course_lib.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
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
