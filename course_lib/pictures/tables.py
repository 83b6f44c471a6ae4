"""Show a small table: words down, quantities across."""

import html
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real

import numpy as np
from IPython.display import display

from course_lib.pictures.page import FOLDED, Page


def show_table(
    rows: Mapping[str, Sequence] | Iterable[tuple[str, Sequence]],
    columns: Sequence[str],
    caption: str,
    *,
    corner: str = "",
    decimals: int = 2,
) -> None:
    """Show a small table: one row per word, one column per quantity.

    `rows` maps each word to its cells (or lists pairs, where a word occurs twice). A cell is a
    number, a list of numbers, or text. A column of whole numbers is shown without decimals.
    `corner` is the heading above the words.

    Raises:
        ValueError: a row has more or fewer cells than there are columns, or `caption` is empty.

    Example:
        >>> rows = {"river": [[2, -1], 1], "money": [[0, 3], 3]}
        >>> show_table(rows, ["key", "score"], "Money scores higher.", corner="word")
        word   key      score
        river  [2, -1]  1
        money  [0, 3]   3
    """
    display(table_page(rows, columns, caption, corner, decimals))


def table_page(
    rows: Mapping[str, Sequence] | Iterable[tuple[str, Sequence]],
    columns: Sequence[str],
    caption: str,
    corner: str,
    decimals: int,
) -> Page:
    """Return a table as a page."""
    pairs = list(rows.items() if isinstance(rows, Mapping) else rows)
    if not caption.strip():
        raise ValueError("caption must not be empty: say what the table shows")
    for word, cells in pairs:
        if len(cells) != len(columns):
            raise ValueError(
                f"each row must have one cell per column, {len(columns)}, but the row {word!r} "
                f"has {len(cells)}: add or remove cells"
            )
    by_column = [
        _formatted_column([cells[number] for _, cells in pairs], decimals)
        for number in range(len(columns))
    ]
    words = [str(word) for word, _ in pairs]
    texts = [[column[number] for column in by_column] for number in range(len(words))]
    return Page(
        _html_table(words, texts, columns, caption, corner),
        _plain_table(words, texts, columns, corner),
    )


def _formatted_column(cells: Sequence, decimals: int) -> list[str]:
    numbers = [
        float(number)
        for cell in cells
        if not isinstance(cell, str)
        for number in np.ravel(np.asarray(cell))
    ]
    whole = all(round(number, 7) == round(number) for number in numbers if np.isfinite(number))
    return [_formatted_cell(cell, 0 if whole else decimals) for cell in cells]


def _formatted_cell(cell: object, decimals: int) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, (Real, Integral, np.number)) or np.ndim(cell) == 0:
        # first to 7 decimals, so that 0.12499999999 and 0.125 look the same; + 0.0 ends -0
        return f"{round(round(float(cell), 7), decimals) + 0.0:.{decimals}f}"
    return "[" + ", ".join(_formatted_cell(number, decimals) for number in cell) + "]"


def _html_table(
    words: Sequence[str],
    texts: Sequence[Sequence[str]],
    columns: Sequence[str],
    caption: str,
    corner: str,
) -> str:
    border = "border:1px solid var(--jp-border-color2,#c0c0c0);padding:0.25em 0.7em"
    left, right = f"{border};text-align:left", f"{border};text-align:right"

    def cell(text: str) -> str:
        minus = text if any(letter.isalpha() for letter in text) else text.replace("-", "−")
        return f'<td style="{right}">{html.escape(minus)}</td>'

    first = f'<th scope="col" style="{left}">{html.escape(corner)}</th>'
    if not corner:
        first = f'<td style="{left}"></td>'
    head = first + "".join(
        f'<th scope="col" style="{right}">{html.escape(column)}</th>' for column in columns
    )
    body = "".join(
        f'<tr><th scope="row" style="{left}">{html.escape(word)}</th>'
        + "".join(map(cell, row))
        + "</tr>"
        for word, row in zip(words, texts, strict=True)
    )
    return (
        f'{FOLDED}<figure style="margin:0.5em 0">'
        '<table style="border-collapse:collapse;margin:0 0 0.4em 0;font-size:1em">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"<figcaption>{html.escape(caption)}</figcaption></figure>"
    )


def _plain_table(
    words: Sequence[str], texts: Sequence[Sequence[str]], columns: Sequence[str], corner: str
) -> str:
    table = [[corner, *columns], *([word, *row] for word, row in zip(words, texts, strict=True))]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    )
