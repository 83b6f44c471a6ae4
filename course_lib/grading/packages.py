"""Which installed packages foreign code of a lesson may import: a list of what is needed, no more.

A library that holds an exercise ready (SciPy's softmax in lesson 02) is not there: what isn't
listed can't be imported, read or asked for, whichever way.
"""

import functools
import re
import site
import sys
import sysconfig
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from course_lib.grading import view

ALWAYS = ("numpy", "matplotlib", "ipython", "ipywidgets", "tqdm", "packaging")
OF_MATHS = ("sympy",)
NEVER = {  # whatever asks for them: they hold answers
    "scipy", "scikit-learn", "sentence-transformers", "transformers", "attention-course",
}  # fmt: skip
NAME = re.compile(r"[A-Za-z0-9._-]+")


def folders() -> list[Path]:
    """Return the folders of installed packages that this Python looks into, or beside it."""
    known = {*site.getsitepackages(), site.getusersitepackages(), sysconfig.get_path("purelib")}
    known |= {path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")}
    for base in ("/usr/lib", "/usr/local/lib"):
        known |= {str(path) for path in Path(base).glob("python3*/*-packages")}
    return sorted(Path(path) for path in known if path and Path(path).is_dir())


def shown(lesson: str) -> set[Path]:
    """Return the files and folders of installed packages that a lesson's foreign code may see."""
    found: set[Path] = set()
    for name in needed(lesson):
        found |= _files(name)
    return found


def needed(lesson: str) -> set[str]:
    """Return the distributions that a lesson needs: always, by its imports, and what those need."""
    roots = {*ALWAYS, *(OF_MATHS if lesson.startswith("maths/") else ())}
    modules = set(view.loaded(lesson))
    for module in view.needed(modules):
        modules |= view.imports_of(module)
    tops = {module.partition(".")[0] for module in modules} - {"course_lib"}
    provided = metadata.packages_distributions()
    roots |= {_plain(name) for top in tops for name in provided.get(top, ())}
    return _closure(roots, NEVER if "torch" in tops else NEVER | {"torch"})


def _closure(roots: Iterable[str], never: set[str]) -> set[str]:
    """Return these distributions, and what they require, as far as it is installed."""
    found: set[str] = set()
    todo = [_plain(name) for name in roots]
    while todo:
        name = todo.pop()
        if name in found or name in never:
            continue
        try:
            requires = metadata.distribution(name).requires or []
        except metadata.PackageNotFoundError:
            continue
        found.add(name)
        todo += [_plain(NAME.match(line).group()) for line in requires if _applies(line)]  # type: ignore[union-attr]
    return found


def _applies(line: str) -> bool:
    """Say whether a requirement holds here; what an extra asks for does not."""
    return "extra ==" not in line.replace("'", '"').partition(";")[2]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@functools.cache
def _files(name: str) -> set[Path]:
    """Return where a distribution lies: its files and folders at the top of its site-packages."""
    distribution = metadata.distribution(name)
    found = set()
    for file in distribution.files or ():
        if file.parts[0] not in ("..", "__pycache__"):
            found.add(Path(str(distribution.locate_file(file.parts[0]))))
    return {path for path in found if path.exists()}
