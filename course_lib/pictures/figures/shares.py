"""Bars: shares of attention, from 0 to 100 %, and scores, which may be negative."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.pictures.figures.style import (
    INK,
    ROLES,
    TEXT_SIZE,
    checked_role,
    name_axes,
    new_figure,
)


def draw_shares(
    weights: ArrayLike,
    labels: Sequence[str],
    *,
    title: str | None = None,
    compare: ArrayLike | None = None,
    names: tuple[str, str] = ("now", "before"),
    xlabel: str = "share of attention",
    ylabel: str = "key",
    decimals: int = 0,
) -> Figure:
    """Draw shares as bars from 0 to 100 %, with the numbers beside them.

    With `compare`, a second set of shares is drawn as hatched bars below the first; `names`
    says which is which.

    Shapes:
        weights, compare: (n_k,)

    Raises:
        ValueError: the lengths differ, or a share is not between 0 and 1.

    Example:
        >>> figure = draw_shares([0.09, 0.24, 0.01, 0.66], ["river", "bank", "lends", "money"])
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['9 %', '24 %', '1 %', '66 %']
    """
    sets = [_checked(weights, labels, "weights")]
    if compare is not None:
        sets.append(_checked(compare, labels, "compare"))
    for values, argument in zip(sets, ("weights", "compare"), strict=False):
        if not ((values > -1e-6) & (values < 1 + 1e-6)).all():
            raise ValueError(
                f"{argument} must be shares between 0 and 1, but they reach from "
                f"{values.min():g} to {values.max():g}: draw such numbers with draw_scores"
            )
    figure, axes = new_figure(7, 1.0 + 0.35 * len(sets) + 0.5 * len(sets) * len(labels))
    rows = np.arange(len(labels))
    height = 0.66 / len(sets)
    for number, values in enumerate(sets):
        places = rows + (number - (len(sets) - 1) / 2) * height
        axes.barh(
            places,
            100 * values,
            height=0.92 * height,
            color=ROLES["weight"] if number == 0 else "white",
            edgecolor=INK,
            hatch=None if number == 0 else "///",
            label=names[number],
        )
        for place, value in zip(places, values, strict=True):
            _write(axes, 100 * value, place, percent(value, decimals=decimals))
    axes.set_xlim(0, 112)  # room for the numbers
    axes.spines["bottom"].set_bounds(0, 100)
    axes.set_xticks(range(0, 101, 20), [f"{share} %" for share in range(0, 101, 20)])
    axes.set_yticks(rows, labels)
    axes.invert_yaxis()
    name_axes(axes, xlabel, ylabel, title)
    if len(sets) == 2:
        figure.legend(fontsize=TEXT_SIZE, frameon=False, loc="outside lower center", ncols=2)
    return figure


def draw_scores(
    scores: ArrayLike,
    labels: Sequence[str],
    *,
    title: str | None = None,
    xlabel: str = "score",
    ylabel: str = "key",
    limits: tuple[float, float] | None = None,
    decimals: int = 2,
    role: str = "score",
) -> Figure:
    """Draw numbers of either sign as bars that start at zero, with the numbers beside them.

    `role` chooses the colour: query, key, value, score, weight or output.

    Shapes:
        scores: (n_k,)

    Raises:
        ValueError: the lengths differ, or `role` is unknown.

    Example:
        >>> figure = draw_scores([1, 2, -1, 3], ["river", "bank", "lends", "money"])
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['1', '2', '−1', '3']
    """
    values = _checked(scores, labels, "scores")
    checked_role(role)
    whole = np.allclose(values, np.round(values), rtol=0, atol=1e-9)
    figure, axes = new_figure(7, 1.3 + 0.55 * len(labels))
    rows = np.arange(len(labels))
    axes.barh(rows, values, height=0.62, color=ROLES[role], edgecolor=INK)
    for row, value in zip(rows, values, strict=True):
        _write(axes, value, row, signed(value, decimals=0 if whole else decimals))
    axes.axvline(0, color=INK, linewidth=1)
    low, high = min(values.min(), 0), max(values.max(), 0)
    low, high = np.round((low, high) if limits is None else limits, 7)
    room = 0.12 * ((high - low) or 1)
    axes.set_xlim(low - room * (low < 0), high + room * (high > 0))
    axes.set_yticks(rows, labels)
    axes.invert_yaxis()
    name_axes(axes, xlabel, ylabel, title)
    return figure


def percent(share: float, *, decimals: int = 0) -> str:
    """Return a share as a percentage; a small share that is not zero never reads `0 %`.

    Example:
        >>> percent(0.657), percent(0.005), percent(0.0), percent(0.0125, decimals=1)
        ('66 %', '<1 %', '0 %', '1.2 %')
    """
    number = round(100 * float(share), 6)  # first, so that noise can't tip the last digit
    smallest = 10.0**-decimals
    if share > 0 and number <= smallest / 2:
        return f"<{smallest:.{decimals}f} %"
    return f"{number + 0.0:.{decimals}f} %"


def signed(number: float, *, decimals: int = 2) -> str:
    """Return a number with a true minus sign and no negative zero.

    Example:
        >>> signed(-1.5, decimals=1), signed(-1e-17, decimals=0)
        ('−1.5', '0')
    """
    return f"{round(round(float(number), 7), decimals) + 0.0:.{decimals}f}".replace("-", "−")


def _checked(values: ArrayLike, labels: Sequence[str], argument: str) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    if values.ndim != 1 or len(values) != len(labels) or not len(values):
        raise ValueError(
            f"{argument} must have one number per label, ({len(labels)},), "
            f"but their shape is {values.shape}: pass one row of numbers and as many labels"
        )
    return values


def _write(axes: Axes, end: float, place: float, text: str) -> None:
    """Write the number beside the end of its bar, away from zero."""
    right = end > -1e-6
    axes.annotate(
        text,
        (end, place),
        xytext=(5 if right else -5, 0),
        textcoords="offset points",
        va="center",
        ha="left" if right else "right",
        fontsize=TEXT_SIZE,
        color=INK,
    )
