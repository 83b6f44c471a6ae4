"""Lesson 05: every word asks every word: wires, slips of paper, and the table row by row."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from course_lib.pictures.diagrams.drawing import (
    Drawing,
    behind,
    below,
    beside,
    number,
    placed,
    two_layouts,
)
from course_lib.pictures.diagrams.player import during
from course_lib.pictures.diagrams.shapes import (
    INK,
    PAPER,
    card,
    centred,
    frame,
    jar,
    mixed,
    text,
    wire,
)
from course_lib.pictures.figures.shares import percent, signed
from course_lib.pictures.figures.style import ROLES, text_colour

CELL = (74.0, 40.0)  # of a table with slips: width and height, in pixels


@dataclass(frozen=True)
class Rows:
    """Room of the table row by row: for each word, for the names of lines, where lines begin.

    beside: whether the numbers of a cup stand beside it, or below; cell: of a jar.
    """

    column: float = 145
    margin: float = 112
    hears: float = 0
    asks: float = 92
    answers: float = 262
    table: float = 384
    beside: bool = True
    cell: float = 30

    def middle(self, place: int) -> float:
        """Return where the middle of a word's column is."""
        return self.margin + (place + 0.5) * self.column


WIDE_ROWS = Rows()
NARROW_ROWS = Rows(102, 78, hears=24, asks=176, answers=346, table=468, beside=False, cell=24)


def draw_wires(
    words: Sequence[str], weights: np.ndarray, *, title: str = "", gap: float = 54
) -> Drawing:
    """Draw the askers above and the answerers below, with wires as thick as the shares.

    Below each answerer stands what it collects from all askers together. gap: between two words.

    Shapes:
        weights (n, n), rows ask.

    Raises:
        ValueError: the table does not fit the words.
    """
    weights = _checked(weights, words, words)
    size = max(card(word).width for word in words)
    above = [centred(card(word), size).named(f"asks {i}") for i, word in enumerate(words)]
    under = [
        below(
            centred(card(word), size).named(f"answers {i}"), text(percent(share), bold=True), gap=3
        )
        for i, (word, share) in enumerate(zip(words, weights.sum(axis=0), strict=True))
    ]
    head = text(title or "each asker gives out 100 %", bold=bool(title), size=14)
    top = below(head, beside(*above, gap=gap), gap=4)
    bottom = below(beside(*under, gap=gap), text("collected from all askers", size=14), gap=0)
    whole = below(top, bottom, gap=120)
    return behind(whole, *(w for i in range(len(words)) for w in _wires(whole, i, weights[i])))


def draw_wirings(
    words: Sequence[str], tables: Sequence[np.ndarray], titles: Sequence[str]
) -> Drawing:
    """Draw one below the other how the same words ask in two ways, or more.

    Shapes:
        tables: each (n, n), rows ask.

    Raises:
        ValueError: a table does not fit the words, or has no title.
    """
    drawn = [
        draw_wires(words, table, title=title, gap=8)
        for table, title in zip(tables, titles, strict=True)
    ]
    rows = {"ask": drawn[0]["asks 0.left"][1], "answer": drawn[0]["answers 0.left"][1]}
    names = [(text(name, size=14, italic=True), 0, y - 9) for name, y in rows.items()]
    side = placed(52, drawn[0].height, names)
    return below(*(beside(side, each, gap=10) for each in drawn), gap=22)


def draw_slips(
    rows: Sequence[str], columns: Sequence[str], weights: np.ndarray, mask: np.ndarray
) -> Drawing:
    """Draw a table of shares with slips of paper over the cells that may not be looked at.

    Shapes:
        weights (n_q, n_k), rows ask; mask boolean, (n_q, n_k), True = may look.

    Raises:
        ValueError: the table or the mask does not fit the words.
    """
    weights, mask = _checked(weights, rows, columns), _checked(mask, rows, columns).astype(bool)
    wide, high = CELL
    corner = below(text("answers →", size=14), text("asks ↓", size=14), gap=0, align="left")
    side = max(corner.width + 8, *(card(word).width + 24 for word in rows))
    things = [(corner, 0.0, 2.0)]
    for j, word in enumerate(columns):
        things.append((centred(card(word), wide), side + j * wide, 0))
    for i, word in enumerate(rows):
        y = 42 + i * high
        things.append((centred(card(word), side), 0, y + 3))
        for j in range(len(columns)):
            cell = _cell(weights[i, j], wide, high) if mask[i, j] else _slip((-3, 2)[(i + j) % 2])
            things.append((cell, side + j * wide, y))
        total = f"= {percent(weights[i].sum())}" if mask[i].any() else "nobody left!"
        things.append((text(total, size=14), side + len(columns) * wide + 8, y + 11))
    return placed(side + len(columns) * wide + 92, 44 + high * len(rows), things)


def draw_row(
    asker: str, words: Sequence[str], shares: np.ndarray, values: np.ndarray, output: np.ndarray,
    features: Sequence[str], *, full: float,
) -> Drawing:  # fmt: skip
    """Draw one word that asks, its wires to the jars, and the cup that it gets.

    full: how much the cup holds when it is full.

    Shapes:
        shares (n_k,), values (n_k, d_v), output (d_v,).

    Raises:
        ValueError: there is not one share for each word.
    """
    shares = _checked(np.reshape(shares, (1, -1)), [asker], words)[0]
    largest = float(np.abs(values).max())
    jars = [
        below(
            text(percent(share), bold=True).named(f"answers {i}"),
            jar(word, row, largest=largest),
            gap=2,
        )
        for i, (word, row, share) in enumerate(zip(words, values, shares, strict=True))
    ]
    lines = [f"{name} {signed(amount)}" for name, amount in zip(features, output, strict=True)]
    cup = beside(_cup(output, full), _legend(lines), gap=4)
    asks = below(cup, card(f"{asker} asks").named("asks 0"), gap=6)
    whole = below(asks, beside(*jars, gap=12), gap=80)
    return behind(whole, *_wires(whole, 0, shares))


@two_layouts
def draw_rows(
    words: Sequence[str], weights: np.ndarray, values: np.ndarray, output: np.ndarray,
    features: Sequence[str], *, narrow: bool = False,
) -> Drawing:  # fmt: skip
    """Draw the table row by row, to be played: no row, each row with its wires and cup, all.

    Shapes:
        weights (n, n), rows ask; values, output (n, d_v).

    Raises:
        ValueError: the table does not fit the words.
    """
    weights = _checked(weights, words, words)
    n, full = len(words), float(np.max(np.sum(values, axis=1)))
    room = NARROW_ROWS if narrow else WIDE_ROWS
    names = {"it hears": room.hears, "it asks": room.asks + 7, "it answers": room.answers + 56}
    things = [(text(name, size=14, italic=True), 0, y) for name, y in names.items()]
    things.append((_legend(features), 0, 20) if room.beside else
                  (_legend(features, across=True), room.margin, 0))  # fmt: skip
    for i, word in enumerate(words):
        asks, x = card(word).named(f"asks {i}"), room.middle(i)
        made = jar(word, values[i], largest=float(np.abs(values).max()), cell=room.cell)
        things.append((asks, x - asks.width / 2, room.asks))
        things.append((made.named(f"answers {i}"), x - made.width / 2, room.answers))
        empty, cup = _cup((), full), _cup(output[i], full)
        numbers = during(_legend([signed(amount) for amount in output[i]]), i + 1)
        things += [(each, x - cup.width / 2, room.hears) for each in (empty, during(cup, i + 1))]
        things.append((numbers, x + 25, room.hears + 20) if room.beside else
                      (numbers, x - numbers.width / 2, room.hears + 88))  # fmt: skip
    whole = placed(room.margin + n * room.column, room.table + n * 30, things)
    steps = [part for i in range(n) for part in _told(whole, words[i], i, weights[i], room)]
    return placed(whole.width, whole.height, [(d, 0, 0) for d in (*steps, whole)])


def _told(whole, word, asker, shares, room):
    """Return what belongs to one row: its wires while it asks and at the end, its line for good."""
    step, last = asker + 1, len(shares) + 1
    size = (whole.width, whole.height)
    near = Drawing(*size, tuple(_wires(whole, asker, shares, room=20)))
    wires = Drawing(*size, tuple(_wires(whole, asker, shares)))
    (x, y), wide = whole[f"asks {asker}.middle"], card(word).width + 10
    told = [(Drawing(wide, 44, (frame(wide, 44, line=3),)), x - wide / 2, y - 22)]
    for i, share in enumerate(shares):
        label = text(percent(share), bold=True)
        at = whole[f"answers {i}.top"]
        told.append((label, at[0] - label.width / 2, at[1] - 22))
    y, wide = room.table + 30 * asker, 0.8 * room.column
    row = [(text(f"{word} asks", size=14), 0, y + 6)]
    for i, share in enumerate(shares):
        row.append((_cell(share, wide, 28), room.middle(i) - wide / 2, y))
    return (
        during(near, step, step), during(wires, last), during(placed(*size, told), step, step),
        during(placed(*size, row), step),
    )  # fmt: skip


def _wires(whole, asker, shares, *, room=0.0):
    """Return wires from one asker to all that answer, the thick ones behind the thin ones."""
    x, y = whole[f"asks {asker}.bottom"]
    found = []
    for i, share in sorted(enumerate(shares), key=lambda pair: -pair[1]):
        end = whole[f"answers {i}.top"]
        found.append(wire((x, y), (end[0], end[1] - room), float(share), down=True))
    return found


def _cup(content, full):
    """Return a cup with a layer for each feature, the first on top."""
    high, wide, top = 76.0, 44.0, 4.0
    parts, y = [], top + high * (1 - float(np.sum(content)) / full)
    for i, amount in enumerate(content):
        tall = high * float(amount) / full
        parts.append(
            f'<rect x="14" y="{number(y)}" width="{wide:g}" height="{number(tall)}" '
            f'fill="{_layer(i)}" stroke="{INK}" stroke-width="0.8"/>'
        )
        y += tall
    rim = (
        f'<path d="M10 1 q4 0 4 4 V{top + high - 6:g} q0 7 7 7 h{wide - 14:g} q7 0 7 -7 V5 '
        'q0 -4 4 -4 M14 24 h-5 q-8 0 -8 8 v14 q0 8 8 8 h5" fill="none" '
        f'stroke="{INK}" stroke-width="2.2"/>'
    )
    return Drawing(28 + wide, top + high + 3, (*parts, rim))


def _layer(place):
    return mixed(ROLES["value"], min(0.12 + 0.34 * place, 1.0))


def _legend(lines, *, across=False):
    """Return what stands beside a cup: a line for each layer, from the top."""
    swatch = '<rect x="1" y="3" width="10" height="10" fill="{}" stroke="{}"/>'
    made = [
        beside(Drawing(12, 16, (swatch.format(_layer(i), INK),)), text(line, size=14), gap=4)
        for i, line in enumerate(lines)
    ]
    return beside(*made, gap=16) if across else below(*made, gap=2, align="left")


def _cell(share, width, height):
    """Return a cell of a table of shares: the larger the share, the fuller its colour."""
    fill = mixed(ROLES["weight"], float(share))
    label = text(percent(share), size=15, bold=True, colour=text_colour(fill))
    rect = (
        f'<rect x="1" y="1" width="{width - 2:g}" height="{height - 2:g}" fill="{fill}" '
        f'stroke="{INK}" stroke-width="1"/>'
    )
    at = (width - label.width) / 2, (height - label.height) / 2
    inside = placed(width, height, [(label, *at)])
    return behind(inside, rect)


def _slip(turn):
    """Return a slip of paper that lies over a cell, a little askew, one corner folded."""
    wide, high = CELL
    label = text("covered", size=14, italic=True)
    paper = (
        f'<rect x="1" y="1" width="{wide - 2:g}" height="{high - 2:g}" fill="none" '
        f'stroke="{INK}" stroke-width="1" stroke-opacity="0.5"/>'
        f'<g transform="rotate({turn} {wide / 2:g} {high / 2:g})"><path d="M5 5 H{wide - 15:g} '
        f'l10 10 V{high - 5:g} H5 Z M{wide - 15:g} 5 v10 h10" stroke="{INK}" stroke-width="1.5" '
        f'style="fill:{PAPER}"/><g transform="translate({(wide - label.width) / 2 - 4:.1f} 12)">'
        f"{label.parts[0]}</g></g>"
    )
    return Drawing(wide, high, (paper,), label.words)


def _checked(table, rows, columns):
    table = np.asarray(table)
    if table.shape != (len(rows), len(columns)):
        raise ValueError(
            f"a table needs a row for each word that asks and a column for each that answers, "
            f"({len(rows)}, {len(columns)}), but its shape is {table.shape}"
        )
    return table
