"""Curves: how numbers change, each line with its own dashes, marker and name."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.pictures.figures.style import GRID, INK, OKABE_ITO, TEXT_SIZE, name_axes, new_figure

LINES = (  # colour, dashes, marker: any one of the three tells the lines apart
    ("blue", "-", "o"),
    ("vermillion", "--", "s"),
    ("green", "-.", "^"),
    ("purple", ":", "D"),
    ("black", (0, (5, 1, 1, 1, 1, 1)), "v"),
    ("orange", (0, (8, 2)), "P"),
    ("sky", (0, (2, 1)), "X"),
)


def draw_curves(
    x: ArrayLike,
    series: Mapping[str, ArrayLike],
    *,
    xlabel: str,
    ylabel: str,
    title: str | None = None,
    xscale: str = "linear",
    yscale: str = "linear",
    xlimits: tuple[float, float] | None = None,
    ylimits: tuple[float, float] | None = None,
) -> Figure:
    """Draw one curve per entry of `series`, each named at its right end.

    Shapes:
        x: (n,)
        every series: (n,)

    Raises:
        ValueError: a series is not as long as `x`, or there are more than seven.

    Example:
        >>> figure = draw_curves(
        ...     [0, 1, 2], {"straight": [0, 1, 2], "square": [0, 1, 4]}, xlabel="x", ylabel="y"
        ... )
        >>> len(figure.axes[0].lines)
        2
    """
    x = np.asarray(x, dtype=float)
    if not 1 <= len(series) <= len(LINES):
        raise ValueError(
            f"series must hold 1 to {len(LINES)} curves, but holds {len(series)}: draw two figures"
        )
    figure, axes = new_figure(7.5, 4.4)
    axes.set_xscale(xscale)
    axes.set_yscale(yscale)
    if xscale != "linear" and len(x) <= 10:  # the numbers themselves say more than powers of ten
        axes.set_xticks(x, [f"{number:g}" for number in x])
        axes.minorticks_off()
    axes.grid(color=GRID)
    for (name, values), (colour, dashes, marker) in zip(series.items(), LINES, strict=False):
        values = np.asarray(values, dtype=float)
        if values.shape != x.shape or x.ndim != 1:
            raise ValueError(
                f"every series must be as long as x, {x.shape}, "
                f"but {name!r} has the shape {values.shape}"
            )
        axes.plot(
            x, values, color=OKABE_ITO[colour], linestyle=dashes, linewidth=2.2,
            marker=marker, markersize=6, markevery=max(1, len(x) // 10),
        )  # fmt: skip
    if xlimits is not None:
        axes.set_xlim(xlimits)
    if ylimits is not None:
        axes.set_ylim(ylimits)
    name_axes(axes, xlabel, ylabel, title)
    _name_lines(figure, axes, list(series))
    return figure


def _name_lines(figure: Figure, axes: Axes, names: Sequence[str]) -> None:
    """Write each name right of its line's end, moved up or down until none overlap.

    A thin line in the curve's colour leads to a name that was moved.
    """
    figure.draw_without_rendering()
    low, high = axes.get_ylim()
    ends = []
    for line in axes.lines:
        points = line.get_xydata()
        points = points[np.isfinite(points).all(axis=1)]
        last = points[-1] if len(points) else np.array([axes.get_xlim()[1], low])
        ends.append((last[0], np.clip(last[1], low, high)))
    pixels = axes.transData.transform(ends)[:, 1]
    order = np.argsort(pixels)
    places = _spread(pixels[order], 1.35 * TEXT_SIZE * figure.dpi / 72)
    shifts = (places - pixels[order]) * 72 / figure.dpi  # points
    moved = np.abs(shifts).max() > 4
    for number, shift in zip(order, shifts, strict=True):
        leader = {"arrowstyle": "-", "color": axes.lines[number].get_color(), "relpos": (0, 0.5)}
        axes.annotate(
            names[number], ends[number], xytext=(22 if moved else 10, shift),
            textcoords="offset points", va="center", fontsize=TEXT_SIZE, annotation_clip=False,
            color=INK, arrowprops=leader if moved else None,
        )  # fmt: skip


def _spread(places: np.ndarray, step: float) -> np.ndarray:
    """Move sorted places apart until neighbours are at least `step` away from each other."""
    places = places.copy()
    for _ in range(200):
        gaps = np.diff(places)
        tight = np.flatnonzero(gaps < step - 1e-6)
        if not len(tight):
            break
        for number in tight:
            push = (step - (places[number + 1] - places[number])) / 2
            places[number] -= max(push, 0)
            places[number + 1] += max(push, 0)
    return places
