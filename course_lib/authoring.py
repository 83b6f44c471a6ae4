"""For authors: store a notebook's outputs, and make the learner's copies of solution notebooks.

Notebooks are edited by hand, in JupyterLab or anywhere; these two steps keep them tidy.

``python -m course_lib.authoring``             makes all learner's copies
``python -m course_lib.authoring NOTEBOOK …``  runs these notebooks and stores their outputs
"""

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbgrader.preprocessors import ClearOutput, ClearSolutions
from traitlets.config import Config

from course_lib.exercises import task_of

ROOT = Path(__file__).resolve().parents[1]
SOLUTIONS = ROOT / "notebooks" / "solutions"
EXERCISES = ROOT / "notebooks" / "exercises"
CELL_METADATA = {"tags", "slideshow", "jupyter", "nbgrader", "editable", "deletable"}
STUB = 'raise NotImplementedError("your code here")'
VALUE_STUB = "# Replace the three dots above with your answer."


def store(path, *, seconds=900):
    """Run a notebook from top to bottom in a fresh kernel, in its folder, and keep its outputs.

    Progress bars are off while it runs. Metadata that no reader needs is removed. If a cell raises
    an error, nothing is written.
    Raises: nbclient.exceptions.CellExecutionError.
    """
    path = Path(path)
    notebook = nbformat.read(path, as_version=4)
    environment = {"COURSE_QUIET": "1"}
    before = {key: os.environ.get(key) for key in environment}
    os.environ.update(environment)
    try:
        client = NotebookClient(
            notebook,
            timeout=seconds,
            kernel_name="python3",
            resources={"metadata": {"path": str(path.parent)}},
            record_timing=False,
        )
        client.execute()
    finally:
        for key, value in before.items():
            os.environ.pop(key) if value is None else os.environ.update({key: value})
    write(tidy(notebook), path)


def tidy(notebook):
    """Remove metadata that no reader needs, in place; return the notebook."""
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        }
    )
    for cell in notebook.cells:
        for key in set(cell.metadata) - CELL_METADATA:
            del cell.metadata[key]
        for output in cell.get("outputs", []):
            output.pop("transient", None)
            if "metadata" in output:
                output.metadata = nbformat.from_dict({})
    return notebook


def write(notebook, path):
    """Write a notebook, after validating it."""
    nbformat.validate(notebook)
    nbformat.write(notebook, path)


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


def main(paths):
    for path in paths:
        store(path)
        print(f"stored {path}")
    if not paths:
        print(f"made {len(make_copies())} learner's copies in {EXERCISES.relative_to(ROOT)}")


if __name__ == "__main__":
    main(sys.argv[1:])
