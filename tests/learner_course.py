"""A small course in a folder of its own, for tests of what happens in my_work."""

import json

STUB = 'raise NotImplementedError("your code here")'
ANSWERS = {
    "softmax": (
        "def softmax(scores, axis=-1):\n"
        '    """Turn scores into shares along an axis."""\n'
        f"    {STUB}"
    ),
    "temperature_softmax": f"def temperature_softmax(scores, temperature):\n    {STUB}",
}
RIGHT = {
    "softmax": (
        "def softmax(scores, axis=-1):\n"
        "    raised = np.exp(scores - np.max(scores, axis=axis, keepdims=True))\n"
        "    return raised / raised.sum(axis=axis, keepdims=True)"
    ),
    "temperature_softmax": (
        "def temperature_softmax(scores, temperature):\n"
        "    if temperature <= 0:\n"
        "        raise ValueError(f'temperature must be positive, but is {temperature}')\n"
        "    return softmax(np.asarray(scores) / temperature)"
    ),
}
POINTS = {"softmax": 6, "temperature_softmax": 5}
LESSON = "code/02_softmax"


def text(cell_id, source):
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": source}


def code(cell_id, source, *, grade_id=None, points=None):
    metadata = {}
    if grade_id:
        metadata["nbgrader"] = {
            "grade": points is not None,
            "grade_id": grade_id,
            "locked": points is not None,
            "schema_version": 3,
            "solution": points is None,
            "task": False,
        } | ({"points": points} if points is not None else {})
    return {
        "cell_type": "code",
        "id": cell_id,
        "metadata": metadata,
        "execution_count": None,
        "outputs": [],
        "source": source,
    }


def exercise(name, question=None):
    return [
        text(
            f"ask-{name}", question or f"## {name}\nSee [the lesson](../../code/02_softmax.ipynb)."
        ),
        code(name, ANSWERS.get(name, f"def {name}(): {STUB}"), grade_id=name),
        code(
            f"check-{name}",
            f'check("{name}", {name})',
            grade_id=f"check_{name}",
            points=POINTS.get(name, 1),
        ),
    ]


def notebook(*cells):
    start = [
        text("title", "# 02 Exercises\n[All lessons](../../00_start_here.ipynb)"),
        code("imports", "import numpy as np\n\nfrom course_lib.exercises import check"),
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return {
        "cells": [*start, *(cell for group in cells for cell in group)],
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def course(root, made=None, lesson=LESSON):
    """Write the exercises of a course with one lesson; return the notebook's path."""
    path = root / "notebooks" / "exercises" / f"{lesson}.ipynb"
    return save(made or notebook(exercise("softmax"), exercise("temperature_softmax")), path)


def save(made, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def cell(made, cell_id):
    return next(c for c in made["cells"] if c["id"] == cell_id)


def answer(path, **answers):
    """Write answers into a notebook's cells, by the cell's id, as a learner would."""
    made = load(path)
    for cell_id, source in answers.items():
        cell(made, cell_id.replace("__", "-"))["source"] = source
    return save(made, path)
