"""How questions are written: numbers, arrows, tables with colours."""

import html
from collections.abc import Iterable, Sequence

import numpy as np


def signed(value: float, decimals: int = 0) -> str:
    """Return a number as text, with a true minus sign."""
    return f"{value:.{decimals}f}".replace("-", "−")


def apart(number: complex, other: complex, *, digits: int = 4) -> tuple[str, str]:
    """Return two different numbers as texts that differ: with more digits where it needs them.

    Whole numbers are written in full.

    Example:
        >>> apart(39_600, 39_601), apart(0.123456, 2.0), apart(1.00012, 1)
        (('39600', '39601'), ('0.1235', '2'), ('1.0001', '1'))
    """
    for count in range(digits, 18):
        texts = _shown(number, count), _shown(other, count)
        if texts[0] != texts[1]:
            break
    return texts


def _shown(number, digits):
    if isinstance(number, (bool, np.bool_)):
        return str(bool(number))
    if np.iscomplexobj(number):
        return f"{number:.{digits}g}"
    whole = abs(float(number)) < 1e15 and float(number).is_integer()
    return f"{float(number):.0f}" if whole else f"{float(number):.{digits}g}"


def pair(vector: Iterable[float]) -> str:
    """Return an arrow as it is written in the lessons: [2, −1]."""
    return "[" + ", ".join(signed(entry) for entry in vector) + "]"


def as_pairs(arrows: Iterable[Sequence[float]]) -> list[tuple[int, int]]:
    """Return the rows of an array as pairs of whole numbers."""
    return [(int(x), int(y)) for x, y in arrows]


def markdown_table(head: Sequence[str], rows: Iterable[Sequence]) -> str:
    """Return a Markdown table, numbers to the right."""
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def heat_map(labels: Sequence[str], matrix: np.ndarray) -> str:
    """Return a table with a number in each cell, and a colour that says the same."""
    cells = [[(_colours(entry), signed(entry, 2)) for entry in row] for row in matrix]
    return _table("padding:0.35em 0.8em;text-align:center", labels, labels, cells)


def _colours(entry):
    """White at zero, purple above, orange below, as in the lesson's heat map."""
    full = (84, 39, 136) if entry > 0 else (179, 88, 6)
    ink = "#ffffff" if entry > 0.7 or entry < -0.96 else "#000000"
    return _on(full, abs(entry), ink)


def alignment_table(
    german: Sequence[str], english: Sequence[str], percents: Iterable[Sequence[int]]
) -> str:
    """Return a table, German words as rows, English ones as columns: a number and a blue for it."""
    cells = [[(_blue(percent), percent) for percent in row] for row in percents]
    return _table("padding:0.3em 0.7em;text-align:center", german, english, cells)


def _blue(percent):
    return _on((8, 48, 107), percent / 100, "#ffffff" if percent > 65 else "#000000")


def mask_table(labels: Sequence[str], mask: np.ndarray) -> str:
    """Return a table of open cells (white, a tick) and covered ones (grey, empty)."""
    looks = {True: ("#ffffff", "✓"), False: ("#9a9a9a", "")}
    cells = [
        [(f"background-color:{looks[may][0]};color:#000000", looks[may][1]) for may in row]
        for row in mask.tolist()
    ]
    style = "padding:0.25em 0.8em;text-align:center;border:1px solid #8A8A8A"
    return _table(style, labels, labels, cells)


def _on(full, strength, ink):
    """Return the style of a cell: so much of a colour on white."""
    red, green, blue = (round(255 + strength * (part - 255)) for part in full)
    return f"background-color:#{red:02x}{green:02x}{blue:02x};color:{ink}"


def _table(style, rows, columns, cells):
    """Return a table in HTML: each cell is (its own style, its text)."""
    head = "".join(f'<th style="{style}">{html.escape(label)}</th>' for label in columns)
    body = "".join(
        f'<tr><th style="{style}">{html.escape(label)}</th>'
        + "".join(f'<td style="{style};{own}">{text}</td>' for own, text in row)
        + "</tr>"
        for label, row in zip(rows, cells, strict=True)
    )
    return f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
