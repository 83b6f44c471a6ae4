"""How a drawn task is asked: a case with numbers, what happens in it, sentence by sentence."""

from typing import Any

import numpy as np

from course_lib.exercises.shortcuts import ATTENDS, FUSED

FORBIDS = ATTENDS + FUSED
MIX = "The output of a query is the sum of the values, each times its share."


def question(spec: Any) -> str:
    """Return the question as Markdown."""
    parts = [
        f"### {title(spec)}",
        f"Write `{spec.signature}`. With",
        _example(spec),
        "This is how it comes about:",
        "\n".join(f"{n}. {said}" for n, said in enumerate(sentences(spec), start=1)),
        _arguments(spec),
    ]
    return "\n\n".join(part for part in parts if part)


def title(spec: Any) -> str:
    """Return what the task is called: "Attention by angle, without looking ahead"."""
    own = {axis: known[0].name for axis, known in spec.kind.axes.items()}
    drawn = [c for c in spec.options.values() if c.name != own[c.axis] and c.option.title]
    told = [choice.said(choice.option.title) for choice in drawn][:2]
    return " ".join([spec.kind.noun, ", ".join(told)]).strip()


def sentences(spec: Any) -> list[str]:
    """Return what is asked, a sentence or two for each step, in the order of the steps."""
    said = {"mix": MIX} | {axis: choice.sentence for axis, choice in spec.options.items()}
    told = [said[axis] for axis in spec.kind.order if said.get(axis)]
    note = spec.kind.notes(spec.options)
    return [*told, note] if note else told


def _example(spec):
    given = spec.example()
    width = max(map(len, given))
    came = [f"{name:{width}} = {written(value, width + 3)}" for name, value in given.items()]
    with np.errstate(all="ignore"):
        result = spec.kind.reads(spec.options)(spec.reference(*given.values()))
    found = result if isinstance(result, dict) else {"": result}
    wide = max(map(len, found)) + 1 if len(found) > 1 or "" not in found else 0
    shown = [f"{name:{wide}}{written(np.round(a, 3), wide)}" for name, a in found.items()]
    code = "\n".join(came)
    shown.sort(key=lambda text: not text.startswith("output"))
    gives = "\n".join(shown)
    return f"```python\n{code}\n```\n\nit gives\n\n```\n{gives}\n```"


def written(value: Any, indent: int = 0) -> str:
    """Return an array as it is typed, row below row.

    Example:
        >>> print(written(np.array([[1.0, 0.25], [0.0, 2.0]])))
        [[1, 0.25],
         [0, 2]]
    """
    if np.ndim(value) == 0:
        return _plain(value)
    if np.ndim(value) == 1:
        return "[" + ", ".join(_plain(each) for each in value) + "]"
    rows = [written(row, indent + 1) for row in value]
    return "[" + (",\n" + " " * (indent + 1)).join(rows) + "]"


def _plain(value):
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if np.isneginf(value):
        return "-inf"
    return f"{float(value) + 0.0:g}"


def _arguments(spec):
    if not spec.kind.floats:
        return "Whole numbers come in, and whole numbers are to come back."
    told = "; ".join(f"`{name}` {shape}" for name, shape in spec.arguments.items())
    places = str(spec.options.get("look", "all")) != "all"
    places |= str(spec.options.get("bias", "none")) == "slope"
    said = [f"Shapes: {told}."]
    if places:
        said.append("Query i and key i have the same place; there may be more keys than queries.")
    said.append(
        "Numbers come in NumPy arrays, whole ones as well as float32 and float64; leave the arrays "
        "as they are."
    )
    if spec.kind.loud:
        said.append("Scores may be in the ten thousands, and nothing may overflow.")
    return " ".join(said)
