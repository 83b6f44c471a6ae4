"""Notebooks that lack what every notebook has: programs wrote them, or lost a part of them."""

from typing import Any

COUNT = "execution_count"
KINDS = ("code", "markdown", "raw")
OUTPUTS = {  # what each kind of output consists of
    "stream": ("name", "text"),
    "display_data": ("data", "metadata"),
    "execute_result": ("data", "metadata", COUNT),
    "error": ("ename", "evalue", "traceback"),
}


def repaired(notebook: Any) -> Any:
    """Return a notebook in which nothing is missing or malformed that programs rely upon.

    What is as it should be stays the same, and no text of a cell is lost. What is no notebook at
    all comes back unchanged.

    Example:
        >>> cell = {"cell_type": "code", "source": None, "metadata": None}
        >>> list(repaired({"cells": [cell]})["cells"][0].values())
        ['code', '', {}, None, []]
    """
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        return notebook
    known = [cell for cell in notebook["cells"] if cell is not None]
    if not all(isinstance(cell, dict) for cell in known):
        return notebook
    metadata = dict(_dict(notebook.get("metadata")))
    for key in ("kernelspec", "language_info"):
        if not isinstance(metadata.get(key, {}), dict):
            del metadata[key]
    return notebook | {
        "cells": [_repaired_cell(cell) for cell in known],
        "metadata": metadata,
        "nbformat": 4,
        "nbformat_minor": _whole(notebook.get("nbformat_minor"), 5),
    }


def _repaired_cell(cell: dict) -> dict:
    kind, metadata, text = cell.get("cell_type"), _dict(cell.get("metadata")), cell.get("source")
    if kind not in KINDS:  # a check or an answer is code, other text is kept, and never run
        kind = "code" if "outputs" in cell or "nbgrader" in metadata else "raw"
    if "tags" in metadata and not _texts(metadata["tags"]):
        tags = metadata["tags"] if isinstance(metadata["tags"], list) else [metadata["tags"]]
        metadata = metadata | {"tags": [tag for tag in tags if isinstance(tag, str)]}
    if not isinstance(text, str) and not _texts(text):
        lines = text if isinstance(text, list) else [text]
        text = "".join(str(line) for line in lines if line is not None)
    new = cell | {"cell_type": kind, "source": text, "metadata": metadata}
    if not isinstance(cell.get("id", ""), str):
        del new["id"]
    if kind != "code":
        return {key: value for key, value in new.items() if key not in ("outputs", COUNT)}
    new[COUNT] = _whole(cell.get(COUNT), None)
    new["outputs"] = [o for o in _list(cell.get("outputs")) if _is_output(o)]
    return new


def _is_output(value: object) -> bool:
    output = _dict(value)
    kind = output.get("output_type")
    return isinstance(kind, str) and kind in OUTPUTS and all(key in output for key in OUTPUTS[kind])


def _dict(value: object) -> dict:
    return value if isinstance(value, dict) else {}


def _whole(value: object, otherwise: int | None) -> int | None:
    return value if type(value) is int and value >= 0 else otherwise


def _list(value: object) -> list:
    return value if isinstance(value, list) else []


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
