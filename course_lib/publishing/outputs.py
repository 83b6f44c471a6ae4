"""Run a notebook in a fresh kernel, and store its outputs without stray metadata."""

import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.lessons import EXERCISES, ROOT

CELL_METADATA = {"tags", "slideshow", "jupyter", "nbgrader", "editable", "deletable", "course"}
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def store(path: Path, *, seconds: float = 900) -> None:
    """Run a notebook from top to bottom in a fresh kernel, in its folder, and keep its outputs.

    Progress bars are off while it runs. Metadata that no reader needs is removed. If a cell raises
    an error, nothing is written.

    Raises:
        Trouble: a cell raises an error or takes too long, which is shown; or the file is no
            notebook, a learner's own, or made from a solution.
    """
    path = Path(path)
    for folder, said in ((EXERCISES, "made from its solution"), (ROOT / "my_work", "a learner's")):
        if folder in path.resolve().parents:
            raise Trouble(f"{path} is {said}: no outputs are stored in it.")
    cells.read(path)  # says kindly what is wrong with a file
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=seconds,
        kernel_name=KERNEL["name"],
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,
        extra_arguments=["--log-level=40"],  # no warnings of the kernel's own
    )
    try:
        client.execute(env={**os.environ, "COURSE_QUIET": "1"})
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise Trouble(f"{path} was left as it was: {error}") from None
    write(tidy(notebook), path)


def tidy(notebook: NotebookNode) -> NotebookNode:
    """Remove metadata that no reader needs, in place; return the notebook."""
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    for cell in notebook.cells:
        for key in set(cell.metadata) - CELL_METADATA:
            del cell.metadata[key]
        for output in cell.get("outputs", []):
            output.pop("transient", None)
            if "metadata" in output:
                output.metadata = nbformat.from_dict({})
        if "outputs" in cell:
            cell.outputs = _whole_streams(cell.outputs)
    return notebook


def _whole_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join what was printed in one go, and came in pieces because the machine was busy."""
    joined: list[NotebookNode] = []
    for output in outputs:
        before = joined[-1] if joined else {}
        if output.output_type == "stream" and before.get("name") == output.name:
            before["text"] += output.text
        else:
            joined.append(output)
    return joined


def text_of(notebook: NotebookNode) -> str:
    """Return what a notebook's file holds."""
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook after validating it, all or nothing."""
    nbformat.validate(notebook)
    cells.write_text(text_of(notebook), path)
