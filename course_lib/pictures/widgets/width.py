"""Lesson 04: drag the number of coordinates, and watch one item take all."""

from collections.abc import Sequence

import numpy as np
from IPython.display import display
from numpy.typing import ArrayLike

from course_lib.pictures.widgets.frame import (
    KEYS_ARE_MINE,
    bar,
    framed,
    listed,
    number,
    plain,
    table,
)
from course_lib.softmax import softmax

WIDTHS = (4, 8, 16, 32, 64, 128, 256, 512)


def drag_width(
    keys: ArrayLike,
    labels: Sequence[str],
    query: ArrayLike,
    *,
    widths: Sequence[int] = WIDTHS,
) -> None:
    """Show the shares of all items while the number of coordinates d_k is dragged.

    For each width d_k of `widths`, query and keys are cut to their first d_k coordinates. The
    shares of the bare scores stand beside those of the scores divided by √d_k.

    Shapes:
        keys: (n_k, d), d at least the largest width
        query: (d,)

    Raises:
        ValueError: keys, labels and query do not fit together, or a width is not from 1 to d.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> drag_width(rng.normal(size=(2, 512)), "ab", rng.normal(size=512))  # doctest: +ELLIPSIS
        A picture to drag: ...
    """
    keys, query = np.asarray(keys, dtype=float), np.asarray(query, dtype=float)
    if keys.ndim != 2 or len(keys) != len(labels) or not len(labels):
        raise ValueError(
            f"keys must have one row per label, ({len(labels)}, d), but their shape is {keys.shape}"
        )
    if query.shape != keys.shape[1:]:
        raise ValueError(
            f"query must be as wide as the keys, {keys.shape[1:]}, but its shape is {query.shape}"
        )
    if not len(widths) or not all(1 <= width <= keys.shape[1] for width in widths):
        raise ValueError(
            f"widths must lie between 1 and the width of the keys, {keys.shape[1]}, "
            f"but they are {list(widths)}: pass wider keys"
        )
    sides = {"plain": [], "scaled": []}
    for width in widths:
        scores = keys[:, :width] @ query[:width]
        sides["plain"].append(_shown(scores))
        sides["scaled"].append(_shown(scores / np.sqrt(width)))
    body = (
        f"<p><label>coordinates d<sub>k</sub> <input type='range' {KEYS_ARE_MINE} "
        f"data-part='slider' min='0' max='{len(widths) - 1}' step='1' value='0'></label> "
        "<strong data-part='width'></strong> "
        f"<button type='button' {KEYS_ARE_MINE} data-part='reset'>Start again</button></p>"
        "<div class='sides'>"
        + _side("plain", "Scores as they are", labels)
        + _side("scaled", "Scores divided by √dₖ", labels)
        + "</div>"
    )
    data = {"labels": list(labels), "widths": [int(width) for width in widths], **sides}
    text = (
        "A picture to drag: a slider for the number of coordinates, from "
        f"{widths[0]} to {widths[-1]}, and the shares of {listed(labels)}, once of the bare scores "
        "and once of the scores divided by √d_k."
    )
    label = "Number of coordinates to drag, and the shares of attention"
    display(framed("drag_width", label, body, ["width"], data, text))


def _shown(scores: np.ndarray) -> dict[str, list]:
    shares = [float(f"{share:.6g}") for share in softmax(scores)]  # a tiny share is not 0
    return {"scores": plain(scores), "shares": shares}


def _side(side: str, caption: str, labels: Sequence[str]) -> str:
    """Return one of the two tables: scores, shares and bars, unscaled or scaled."""
    cells = [number(f"{side}score"), number(f"{side}share"), bar(f"{side}bar")]
    return f"<div>{table(caption, ['item', 'score', 'share', ''], labels, cells)}</div>"
