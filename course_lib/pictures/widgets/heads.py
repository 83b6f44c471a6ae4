"""Lesson 09: browse the heads of a real encoder, layer by layer, and see who looks at whom."""

import base64
import html
from collections.abc import Sequence

import numpy as np
from IPython.display import display
from numpy.typing import ArrayLike

from course_lib.pictures.widgets.frame import KEYS_ARE_MINE, framed, heading

_CELLS = """
.course-drag [data-widget-table] td { text-align: center; min-width: 1.7em; height: 1.5em;
  padding: 0; border: 1px solid #ffffff; font-size: 0.85em; }
.course-drag [data-widget-table] thead th { writing-mode: vertical-rl; transform: rotate(180deg);
  text-align: left; padding: 0.3em 0.1em; }
.course-drag [data-widget-table] tbody th { padding: 0 0.6em 0 0.3em; }
"""


def browse_heads(weights: ArrayLike, tokens: Sequence[str], *, asker: int = 0) -> None:
    """Show one head's table of weights at a time; layer, head and asking token can be chosen.

    Layers and heads are counted from 1. Shares are shown in whole percent, from 10 % on; what the
    asking token (at first the one at place `asker`) looks at most is said in words below.

    Shapes:
        weights: (n_layers, n_heads, n, n), each row (..., query, key) sums to 1

    Raises:
        ValueError: the shape does not fit the tokens, a weight is not between 0 and 1, or there
            is no token at `asker`.

    Example:
        >>> browse_heads(np.full((2, 3, 2, 2), 0.5), ["river", "bank"])
        A picture to drag: 2 layers of 3 heads, and a table of 2 rows and 2 columns for each.
    """
    weights, n = np.asarray(weights, dtype=float), len(tokens)
    if weights.ndim != 4 or weights.shape[2:] != (n, n) or not weights.size:
        raise ValueError(
            "weights must be (n_layers, n_heads, n, n) with one row and one column per token, "
            f"n = {n}, but its shape is {weights.shape}"
        )
    if not ((weights > -1e-6) & (weights < 1 + 1e-6)).all():
        raise ValueError(
            f"weights must lie between 0 and 1, but they reach from {weights.min():g} to "
            f"{weights.max():g}: pass weights, not scores"
        )
    if not 0 <= asker < n:
        raise ValueError(f"asker must be the place of a token, 0 to {n - 1}, but it is {asker}")
    layers, heads = weights.shape[:2]
    body = (
        f"<style>{_CELLS}</style><p>{_slider('layer', layers)} {_slider('head', heads)} "
        f"<label>asking <select {KEYS_ARE_MINE} data-part='asker'>{_options(tokens, asker)}"
        f"</select></label> <button type='button' {KEYS_ARE_MINE} data-part='reset'>Start again"
        "</button></p><div class='sides'><div><table data-widget-table='heads'><caption>Rows are "
        "queries, columns are keys; shares in percent, from 10 on</caption>"
        + heading(["", *tokens])
        + "<tbody>"
        + "".join(_row(place, token, n) for place, token in enumerate(tokens))
        + "</tbody></table></div></div>"
    )
    percents = np.rint(100 * weights).clip(0, 100).astype(np.uint8)
    data = {
        "heads": heads,
        "tokens": list(tokens),
        "named": named(tokens),
        "percents": base64.b64encode(percents.tobytes()).decode("ascii"),
    }
    text = (
        f"A picture to drag: {layers} layers of {heads} heads, and a table of {n} rows and {n} "
        "columns for each."
    )
    label = "A layer and a head to choose, and that head's table of attention"
    display(framed("browse_heads", label, body, ["shading", "heads"], data, text))


def named(tokens: Sequence[str]) -> list[str]:
    """Return names that tell equal tokens apart.

    Example:
        >>> named(["the", "cat", "the"])
        ['the (1st)', 'cat', 'the (2nd)']
    """
    names = []
    for place, token in enumerate(tokens):
        count = list(tokens[: place + 1]).count(token)
        ending = {1: "st", 2: "nd", 3: "rd"}.get(count, "th")
        names.append(f"{token} ({count}{ending})" if list(tokens).count(token) > 1 else token)
    return names


def _slider(name: str, largest: int) -> str:
    return (
        f"<label>{name} <input type='range' {KEYS_ARE_MINE} data-part='{name}' min='1' "
        f"max='{largest}' step='1' value='1'></label> <strong data-part='{name}-now'></strong>"
    )


def _options(tokens: Sequence[str], asker: int) -> str:
    return "".join(
        f"<option value='{place}'{' selected' if place == asker else ''}>{html.escape(name)}"
        "</option>"
        for place, name in enumerate(named(tokens))
    )


def _row(place: int, token: str, n: int) -> str:
    """Return a row of cells that the script fills with numbers and colours."""
    cells = "".join(f"<td data-part='c{place}-{j}'></td>" for j in range(n))
    name = f"<th scope='row'>{html.escape(token)}</th>"
    return f"<tr data-part='row{place}'>{name}{cells}</tr>"
