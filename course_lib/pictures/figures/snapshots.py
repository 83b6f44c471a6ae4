"""Small heat maps side by side: the same table of weights at several moments."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.pictures.figures.style import INK, LABEL_SIZE, TEXT_SIZE, TITLE_SIZE, new_figure


def draw_snapshots(
    maps: ArrayLike,
    titles: Sequence[str],
    queries: Sequence[str],
    keys: Sequence[str],
    *,
    per_row: int = 3,
    title: str | None = None,
) -> Figure:
    """Draw several tables of weights as small heat maps: rows are queries, columns keys.

    Colours run from 0 to 1 in each of them, so they can be compared.

    Shapes:
        maps: (number of maps, n_q, n_k)

    Raises:
        ValueError: the shapes do not fit titles and words, a weight is not between 0 and 1, or
            `per_row` is below 1.

    Example:
        >>> figure = draw_snapshots([np.eye(2), 1 - np.eye(2)], ["before", "after"], "ab", "ab")
        >>> [axes.get_title() for axes in figure.axes[:2]]
        ['before', 'after']
    """
    maps = _checked(maps, titles, queries, keys)
    if per_row < 1:
        raise ValueError(f"per_row must be at least 1, but it is {per_row}")
    columns = min(per_row, len(maps))
    rows = -(-len(maps) // columns)
    upright = max(map(len, keys)) > 2
    named_rows = 1 if len(maps) % columns == 0 else 2  # rows of maps that name their keys
    figure, axes = new_figure(*_size(rows, columns, queries, keys, named_rows))
    axes.remove()
    grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    for place, weights, name in zip(grid.flat, maps, titles, strict=False):
        image = place.imshow(weights, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        place.set_title(name, fontsize=LABEL_SIZE, color=INK)
        place.set_xticks(range(len(keys)), keys, rotation=90 if upright else 0)
        place.set_yticks(range(len(queries)), queries)
        place.tick_params(length=0, labelsize=TEXT_SIZE, colors=INK)
    for place in grid.flat[len(maps) :]:
        place.remove()
    for column in range(columns):  # the lowest map of each column names the keys
        lowest = grid[(len(maps) - 1 - column) // columns, column]
        lowest.set_xlabel("key", fontsize=LABEL_SIZE, color=INK)
        lowest.tick_params(labelbottom=True)
    for row in range(rows):
        grid[row, 0].set_ylabel("query", fontsize=LABEL_SIZE, color=INK)
    bar = figure.colorbar(image, ax=list(grid.flat[: len(maps)]), pad=0.03)
    bar.set_label("weight", fontsize=LABEL_SIZE)
    bar.ax.tick_params(labelsize=TEXT_SIZE)
    bar.outline.set_visible(False)
    if title:
        figure.suptitle(title, fontsize=TITLE_SIZE, color=INK)
    return figure


def _checked(
    maps: ArrayLike, titles: Sequence[str], queries: Sequence[str], keys: Sequence[str]
) -> np.ndarray:
    maps = np.asarray(maps, dtype=float)
    wanted = (len(titles), len(queries), len(keys))
    if maps.shape != wanted or not maps.size:
        raise ValueError(
            "maps must hold one table per title, with one row per query and one column per key, "
            f"{wanted}, but its shape is {maps.shape}"
        )
    if not ((maps > -1e-6) & (maps < 1 + 1e-6)).all():
        raise ValueError(
            f"maps must lie between 0 and 1, but they reach from {maps.min():g} to "
            f"{maps.max():g}: pass weights, not scores"
        )
    return maps


def _size(
    rows: int, columns: int, queries: Sequence[str], keys: Sequence[str], named_rows: int
) -> tuple[float, float]:
    """Return width and height in inches: room for the cells and their words, within a page."""
    words = 0.09 * np.array([max(map(len, queries)), max(map(len, keys))])
    width = 1.9 + words[0] + columns * max(1.6, 0.26 * len(keys))
    height = 0.9 + named_rows * (0.3 + words[1]) + rows * (0.4 + max(0.9, 0.26 * len(queries)))
    return min(max(width, 4.6), 8), min(height, 8)
