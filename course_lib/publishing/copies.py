"""Make the learner's copies of the solution notebooks: the same, without answers and outputs."""

from pathlib import Path

import nbformat
from nbgrader.preprocessors import ClearOutput, ClearSolutions
from traitlets.config import Config

from course_lib.exercises import task_of
from course_lib.lessons import EXERCISES, SOLUTIONS
from course_lib.publishing.outputs import tidy, write

STUB = 'raise NotImplementedError("your code here")'
VALUE_STUB = "# Replace the three dots above with your answer."


def learner_copy(solution):
    """Return the learner's notebook: the solution notebook without its answers and outputs.

    Between ``### BEGIN SOLUTION`` and ``### END SOLUTION`` a stub remains: a line that raises an
    error, or, where the answer is a value (a letter, a number, an order), a comment.
    """
    notebook = nbformat.read(solution, as_version=4)
    config = Config()
    config.ClearSolutions.code_stub = {"python": STUB}
    resources = {"unique_key": Path(solution).stem, "nbgrader": {"kernel_name": "python3"}}
    for step in (ClearSolutions(config=config), ClearOutput()):
        notebook, resources = step.preprocess(notebook, resources)
    for cell in notebook.cells:
        mark = cell.metadata.get("nbgrader", {})
        if mark.get("solution") and task_of(mark["grade_id"]).value:
            cell.source = cell.source.replace(STUB, VALUE_STUB)
    return tidy(notebook)


def solutions():
    """Return the paths of all solution notebooks, in order."""
    return sorted(SOLUTIONS.glob("*/[0-9][0-9]_*.ipynb"))


def copy_of(solution):
    """Return where the learner's copy of a solution notebook lies."""
    return EXERCISES / Path(solution).relative_to(SOLUTIONS)


def make_copies():
    """Write the learner's copies of all solution notebooks; return their paths."""
    paths = []
    for solution in solutions():
        target = copy_of(solution)
        target.parent.mkdir(parents=True, exist_ok=True)
        write(learner_copy(solution), target)
        paths.append(target)
    return paths
