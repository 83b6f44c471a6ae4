"""Lesson 06: drag through the moments of a training, and watch a layer learn where to look."""

import html
from collections.abc import Sequence

import numpy as np
from IPython.display import display
from numpy.typing import ArrayLike

from course_lib.pictures.widgets.frame import KEYS_ARE_MINE, framed, heading, plain


def drag_moments(
    maps: ArrayLike,
    moments: Sequence[int],
    queries: Sequence[str],
    keys: Sequence[str],
    *,
    unit: str = "steps",
    decimals: int = 1,
) -> None:
    """Show a table of weights, one row per query, as it was at the moment that is dragged to.

    The weights are rounded to `decimals`, for what a training leaves in the later ones differs
    from processor to processor. `moments` are counted in `unit`.

    Shapes:
        maps: (number of moments, n_q, n_k)

    Raises:
        ValueError: the shapes do not fit moments and words, or a weight is not between 0 and 1.

    Example:
        >>> drag_moments([np.ones((2, 2)) / 2, np.eye(2)], [0, 100], "ab", "ab")
        ... # doctest: +ELLIPSIS
        A picture to drag: ...
    """
    maps = np.asarray(maps, dtype=float)
    wanted = (len(moments), len(queries), len(keys))
    if maps.shape != wanted or not maps.size:
        raise ValueError(
            "maps must hold one table per moment, with one row per query and one column per key, "
            f"{wanted}, but its shape is {maps.shape}"
        )
    if not ((maps > -1e-6) & (maps < 1 + 1e-6)).all():
        raise ValueError(
            f"maps must lie between 0 and 1, but they reach from {maps.min():g} to "
            f"{maps.max():g}: pass weights, not scores"
        )
    unit, caption = html.escape(unit), "Rows are queries, columns are keys"
    body = (
        f"<p><label>{unit} <input type='range' {KEYS_ARE_MINE} data-part='slider' min='0' "
        f"max='{len(moments) - 1}' step='1' value='0'></label> "
        "<strong data-part='moment'></strong> "
        f"<button type='button' {KEYS_ARE_MINE} data-part='reset'>Start again</button></p>"
        f"<div class='sides'><div><table><caption>{caption}</caption>"
        + heading(["", *keys])
        + "".join(_row(i, word, len(keys)) for i, word in enumerate(queries))
        + "</table></div></div>"
    )
    data = {
        "maps": plain(maps.round(decimals)),
        "moments": [int(moment) for moment in moments],
        "queries": list(queries),
        "keys": list(keys),
        "unit": unit,
        "decimals": decimals,
    }
    text = (
        f"A picture to drag: a slider from {moments[0]} to {moments[-1]} {unit}, and a table of "
        f"{len(queries)} rows and {len(keys)} columns that shows who looks at whom at that moment."
    )
    label = "A moment to drag to, and the table of attention at that moment"
    display(framed("drag_moments", label, body, ["shading", "moments"], data, text))


def _row(place: int, query: str, n_keys: int) -> str:
    """Return a row of cells that the script fills with numbers and colours."""
    style = "style='text-align:center;min-width:2em'"
    cells = "".join(f"<td {style} data-part='cell{place}-{j}'></td>" for j in range(n_keys))
    return f"<tr><th scope='row'>{html.escape(query)}</th>{cells}</tr>"
