"""Lesson 02: drag scores and a temperature, and watch the shares."""

import html
from collections.abc import Callable, Sequence

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


def drag_shares(
    scores: ArrayLike,
    labels: Sequence[str],
    *,
    temperature: float = 1.0,
    limit: float = 6.0,
) -> None:
    """Show one slider per score and one for the temperature; the shares follow.

    Scores move in steps of 0.1 from `-limit` to `limit`, the temperature from 0.1 to 10.

    Shapes:
        scores: (n_k,)

    Raises:
        ValueError: the labels do not fit, a score is beyond `limit`, or the temperature beyond
            its range.

    Example:
        >>> drag_shares([1, 2, -1, 3], ["river", "bank", "lends", "money"])  # doctest: +ELLIPSIS
        A picture to drag: ...
    """
    scores = np.asarray(scores, dtype=float)
    if scores.shape != (len(labels),) or not len(labels):
        raise ValueError(
            f"scores must have one number per label, ({len(labels)},), "
            f"but their shape is {scores.shape}"
        )
    if not (np.abs(scores) <= limit).all():
        raise ValueError(
            f"scores must lie between -limit and limit, {limit:g}, but they reach from "
            f"{scores.min():g} to {scores.max():g}: pass a larger limit"
        )
    if not np.allclose(10 * scores, np.round(10 * scores), rtol=0, atol=1e-9):
        raise ValueError(f"scores must be multiples of 0.1, the sliders' step; they are {scores}")
    if not 0.1 <= temperature <= 10:
        raise ValueError(f"temperature must lie between 0.1 and 10, but it is {temperature:g}")
    body = (
        table(
            "Move a score: whose share changes?",
            ["word", "", "score", "share", ""],
            labels,
            [_slider(labels, limit), number("score"), number("share"), bar("bar")],
        )
        + f"<p><label>temperature <input type='range' {KEYS_ARE_MINE} data-part='temperature' "
        "min='0.1' max='10' step='0.1'></label> <span data-part='degrees'></span> "
        f"<button type='button' {KEYS_ARE_MINE} data-part='reset'>Start again</button></p>"
    )
    data = {
        "labels": list(labels),
        "scores": plain(np.round(scores, 1)),
        "temperature": round(float(temperature), 1),
    }
    text = (
        f"A picture to drag: one slider for the score of each word ({listed(labels)}) and one for "
        "the temperature; bars show the shares."
    )
    label = "Scores to drag, and their shares"
    display(framed("drag_shares", label, body, ["shares"], data, text))


def _slider(labels: Sequence[str], limit: float) -> Callable[[int], str]:
    """Return a column of sliders, one for the score of each word."""
    return lambda row: (
        f"<td><input type='range' {KEYS_ARE_MINE} data-part='slider{row}' "
        f"min='{-limit:g}' max='{limit:g}' step='0.1' "
        f"aria-label='score of {html.escape(labels[row], quote=True)}'></td>"
    )
