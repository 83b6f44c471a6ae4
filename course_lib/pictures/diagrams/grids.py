"""Arrays as tables of cells: what the code track's drawings are made of."""

from collections.abc import Sequence

import numpy as np

from course_lib.pictures.diagrams.drawing import Drawing, below, number, placed
from course_lib.pictures.diagrams.shapes import centred, mixed, text
from course_lib.pictures.figures.shares import signed
from course_lib.pictures.figures.style import ROLES, text_colour

CELL, HIGH = 50.0, 30.0  # a cell's width and height, in pixels
RIM = "#333333"  # of a cell: it is seen upon the cell, whose colour is the same by day and night


def grid(
    cells: Sequence[Sequence[Drawing]],
    rows: Sequence[str] = (),
    columns: Sequence[str] = (),
    title: str = "",
    *,
    side: float = 0,
) -> Drawing:
    """Return cells as a table, with names before its rows and above its columns, if it has some.

    side: the least room for the names before the rows, so that tables below each other line up.
    """
    wide, high = cells[0][0].width, cells[0][0].height
    names = [text(name, size=13) for name in rows]
    side = max([side, *(name.width + 8 for name in names)])
    top = 20.0 if columns else 0.0
    heads = [centred(text(name, size=12), wide) for name in columns]
    things = [(head, side + wide * j, 0.0) for j, head in enumerate(heads)]
    for i, line in enumerate(cells):
        y = top + high * i
        things += [(name, side - 8 - name.width, y + high / 2 - 8) for name in names[i : i + 1]]
        things += [(each, side + wide * j, y) for j, each in enumerate(line)]
    table = placed(side + wide * len(cells[0]), top + high * len(cells), things)
    return below(text(title, size=14), table, gap=6, align="right") if title else table


def cell(
    words: str, fill: str, *, dashed: bool = False, width: float = CELL, height: float = HIGH
) -> Drawing:
    """Return one cell; a dashed rim says that nothing may be seen there."""
    dashes = ' stroke-dasharray="4 3"' if dashed else ""
    part = (
        f'<rect x="1" y="1" width="{number(width - 2)}" height="{number(height - 2)}" '
        f'fill="{fill}" stroke="{RIM}" stroke-width="1.2"{dashes}/>'
        f'<text x="{number(width / 2)}" y="{number(height / 2 + 5)}" font-size="13" '
        f'text-anchor="middle" fill="{text_colour(fill)}">{words}</text>'
    )
    return Drawing(width, height, (part,), (words,))


def filled(
    array: np.ndarray, role: str, *, full: float | None = None, **size: float
) -> list[list[Drawing]]:
    """Return the rows of a table as cells: the fuller the role's colour, the larger the number.

    full: the number that has three fifths of the colour; the largest if not given.
    """
    full = full or float(np.abs(array).max()) or 1.0
    return [
        [cell(word, mixed(ROLES[role], 0.6 * abs(v) / full), **size) for word, v in zip(words, row)]
        for words, row in zip(written(array), array)
    ]


def written(array: np.ndarray) -> list[list[str]]:
    """Return a table's numbers as they stand in cells: whole as they are, others to two decimals.

    Example:
        >>> written(np.array([[1.0, -2.0]])), written(np.array([[0.5, 10.0]]))
        ([['1', '−2']], [['0.50', '10.00']])
    """
    decimals = 0 if np.allclose(array, np.round(array), rtol=0, atol=1e-9) else 2
    return [[signed(value, decimals=decimals) for value in row] for row in array]


def fit(name: str, array: np.ndarray, **axes: int) -> None:
    """Refuse an array that has not these axes, each given with its length.

    Raises:
        ValueError: its shape is another.

    Example:
        >>> fit("query", np.ones(3), d_k=2)
        Traceback (most recent call last):
        ValueError: query must be (d_k,) = (2,); it has shape (3,)
    """
    if np.shape(array) != tuple(axes.values()):
        named = ", ".join(axes) + "," * (len(axes) == 1)
        raise ValueError(
            f"{name} must be ({named}) = {tuple(axes.values())}; it has shape {np.shape(array)}"
        )
