"""Heat maps: who looks at whom, and tables of signed numbers."""

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from course_lib.pictures.figures.shares import signed
from course_lib.pictures.figures.style import (
    LABEL_SIZE,
    TEXT_SIZE,
    name_axes,
    new_figure,
    text_colour,
)

MOST_NUMBERED = 12  # rows or columns: with more, the numbers would not fit into the cells


def draw_weights(
    weights: ArrayLike,
    queries: Sequence[str],
    keys: Sequence[str],
    *,
    title: str | None = None,
    mask: ArrayLike | None = None,
    decimals: int = 2,
) -> Figure:
    """Draw attention weights as a heat map: one row per query, one column per key.

    Colours always run from 0 to 1, so pictures can be compared. Where `mask` is False, the
    query may not look: the cell is hatched and holds no number.

    Shapes:
        weights: (n_q, n_k)
        mask: (n_q, n_k), boolean, True = may look

    Raises:
        ValueError: the shapes do not fit the words, or a weight is not between 0 and 1.

    Example:
        >>> figure = draw_weights([[0.25, 0.75]], ["bank"], ["river", "money"])
        >>> figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()
        ('key', 'query')
    """
    weights = _checked(weights, queries, keys, "weights")
    if not ((weights > -1e-6) & (weights < 1 + 1e-6)).all():
        raise ValueError(
            f"weights must lie between 0 and 1, but they reach from {weights.min():g} to "
            f"{weights.max():g}: draw scores with draw_table"
        )
    hidden = np.zeros(weights.shape, dtype=bool)
    if mask is not None:
        hidden = ~_checked(mask, queries, keys, "mask").astype(bool)
    shown = np.ma.masked_array(weights, hidden)
    figure, axes = _draw(shown, queries, keys, "Blues", (0, 1), decimals, "weight")
    for row, column in np.argwhere(hidden):
        _cover(axes, row, column)
    name_axes(axes, "key", "query", title)
    return figure


def draw_table(
    matrix: ArrayLike,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    xlabel: str = "key",
    ylabel: str = "query",
    quantity: str = "score",
    title: str | None = None,
    limit: float | None = None,
    decimals: int = 2,
) -> Figure:
    """Draw a table of signed numbers: orange below zero, purple above, white at zero.

    Colours run from `-limit` to `limit`, by default the largest absolute value. `quantity`
    names what the numbers are.

    Shapes:
        matrix: (number of rows, number of columns)

    Raises:
        ValueError: the shape does not fit the words, or `limit` is not positive.

    Example:
        >>> figure = draw_table([[1, -2]], ["bank"], ["river", "money"])
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['1', '−2']
    """
    matrix = _checked(matrix, rows, columns, "matrix")
    if limit is None:
        limit = float(np.abs(matrix[np.isfinite(matrix)]).max(initial=0.0)) or 1.0
    if limit <= 0:
        raise ValueError(f"limit must be positive, but it is {limit:g}")
    figure, axes = _draw(matrix, rows, columns, "PuOr", (-limit, limit), decimals, quantity)
    name_axes(axes, xlabel, ylabel, title)
    return figure


def _checked(
    matrix: ArrayLike, rows: Sequence[str], columns: Sequence[str], argument: str
) -> np.ndarray:
    matrix = np.asarray(matrix, dtype=float)
    if matrix.shape != (len(rows), len(columns)):
        raise ValueError(
            f"{argument} must have one row per row label and one column per column label, "
            f"({len(rows)}, {len(columns)}), but its shape is {matrix.shape}: "
            "check the words, or transpose the matrix"
        )
    return matrix


def _draw(
    matrix: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    colours: str,
    limits: tuple[float, float],
    decimals: int,
    quantity: str,
) -> tuple[Figure, Axes]:
    many = max(matrix.shape) > MOST_NUMBERED
    longest = max(map(len, columns))
    column_width = 0.34 if many else min(max(0.83, 0.11 * longest + 0.1), 1.6)  # inches
    names = 0.09 * max(map(len, rows)) + 1.8 if many else 2.6  # beside the cells: names, colour bar
    width = min(max(names + column_width * len(columns), 4.6), 8)
    height = min(max(1.4 + (0.34 if many else 0.72) * len(rows), 2.2), 8)
    upright = many or (width - 2.4) / len(columns) < 0.1 * longest  # names would run together
    figure, axes = new_figure(width, height)
    image = axes.imshow(matrix, cmap=colours, vmin=limits[0], vmax=limits[1], aspect="auto")
    axes.set_xticks(range(len(columns)), columns, rotation=90 if upright else 0)
    axes.set_yticks(range(len(rows)), rows)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    if not many:
        _write_numbers(axes, matrix, colours, limits, decimals)
        _draw_gaps(axes, matrix.shape)
    bar = figure.colorbar(image, ax=axes, fraction=0.05, pad=0.03)
    bar.set_label(quantity, fontsize=LABEL_SIZE)
    bar.ax.tick_params(labelsize=TEXT_SIZE)
    bar.outline.set_visible(False)
    return figure, axes


def _write_numbers(
    axes: Axes, matrix: np.ndarray, colours: str, limits: tuple[float, float], decimals: int
) -> None:
    low, high = limits
    finite = np.ma.compressed(matrix[np.isfinite(matrix)])
    whole = np.allclose(finite, np.round(finite), rtol=0, atol=1e-9) and high != 1
    for (row, column), number in np.ma.ndenumerate(matrix):  # passes over hidden cells
        share = (number - low) / (high - low) if np.isfinite(number) else 0.0
        background = to_hex(colormaps[colours](float(np.clip(share, 0, 1))))
        text = _number(number, 0 if whole else decimals)
        axes.text(
            column, row, text, ha="center", va="center", fontsize=TEXT_SIZE,
            color=text_colour(background),
        )  # fmt: skip


def _number(number: float, decimals: int) -> str:
    if np.isfinite(number):
        return signed(number, decimals=decimals)
    return "∞" if number > 0 else "−∞" if number < 0 else "?"


def _draw_gaps(axes: Axes, shape: tuple[int, int]) -> None:
    axes.set_xticks(np.arange(shape[1] + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(shape[0] + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=2)
    axes.tick_params(which="minor", length=0)


def _cover(axes: Axes, row: int, column: int) -> None:
    corner = (column - 0.5, row - 0.5)
    axes.add_patch(
        Rectangle(corner, 1, 1, facecolor="#EEEEEE", edgecolor="#8A8A8A", hatch="//", linewidth=0)
    )
