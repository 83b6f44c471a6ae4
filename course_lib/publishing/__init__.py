"""Made from the notebooks and the registry, never written by hand. For authors."""

from importlib.util import find_spec

from course_lib.files.cells import Trouble
from course_lib.lessons import ROOT, notebooks_here

AUTHORS_NEED = ("nbclient", "nbgrader")  # what a learner may do without


def ready() -> None:
    """Make sure that an author's commands can work here.

    Raises:
        Trouble: a package that only authors need is missing, or the notebooks are not here.
    """
    if missing := [name for name in AUTHORS_NEED if find_spec(name) is None]:
        raise Trouble(
            f"This command is for authors and needs {' and '.join(missing)}: run it with the "
            "Python that `python3 start.py test` makes, in .venv, or: pip install '.[test]'"
        )
    if not notebooks_here():
        raise Trouble(
            f"There are no notebooks in {ROOT}: `course_lib` was installed without them. Run this "
            "in a clone of the course, with: pip install --editable ."
        )
