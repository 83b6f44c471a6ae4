"""The learner's copy of a solution notebook: the same, without answers and outputs."""

import copy

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearOutput, ClearSolutions
from traitlets.config import Config

from course_lib.exercises import task_of
from course_lib.publishing.outputs import tidy

STUB = 'raise NotImplementedError("your code here")'
VALUE_STUB = "# Replace the three dots above with your answer."


def learner_copy(solution: NotebookNode, name: str) -> NotebookNode:
    """Return the learner's notebook: the solution notebook without its answers and outputs.

    Between ``### BEGIN SOLUTION`` and ``### END SOLUTION`` a stub remains: a line that raises an
    error, or, where the answer is a value (a letter, a number, an order), a comment. name: that of
    the file, without its ending.
    """
    notebook = copy.deepcopy(solution)
    config = Config()
    config.ClearSolutions.code_stub = {"python": STUB}
    resources = {"unique_key": name, "nbgrader": {"kernel_name": "python3"}}
    for step in (ClearSolutions(config=config), ClearOutput()):
        notebook, resources = step.preprocess(notebook, resources)
    for cell in notebook.cells:
        mark = cell.metadata.get("nbgrader", {})
        if mark.get("solution") and task_of(mark["grade_id"]).value:
            cell.source = cell.source.replace(STUB, VALUE_STUB)
    return tidy(notebook)
