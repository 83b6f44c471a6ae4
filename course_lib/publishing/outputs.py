"""Run a notebook in a fresh kernel, and store its outputs without stray metadata."""

import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient

CELL_METADATA = {"tags", "slideshow", "jupyter", "nbgrader", "editable", "deletable"}


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
