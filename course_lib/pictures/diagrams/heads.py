"""The code track, lesson 09: the shapes of several heads, step by step."""

from collections.abc import Sequence

import numpy as np

from course_lib.pictures.diagrams.drawing import (
    Drawing,
    before,
    below,
    beside,
    flowing,
    padded,
    placed,
    two_layouts,
)
from course_lib.pictures.diagrams.grids import cell, filled, fit, grid, written
from course_lib.pictures.diagrams.player import during, marked
from course_lib.pictures.diagrams.shapes import arrow, centred, frame, mixed, text
from course_lib.pictures.figures.style import ROLES

HIGH, WHOLE, PARTED = 25, 28, 38  # a cell's height; its width for whole numbers, for others
TITLE, SPAN = 20, 17  # room above a table for its title, and for the names of the heads


@two_layouts
def draw_multi_head(
    words: Sequence[str], x: np.ndarray, projected: Sequence[np.ndarray], weights: np.ndarray,
    heard: np.ndarray, output: np.ndarray, *, narrow: bool = False,
) -> Drawing:  # fmt: skip
    """Draw the way of a sentence's shapes through several heads, to be played in six steps.

    The steps: x, projected, cut into heads, attended, merged, through W_O. projected: the queries,
    keys and values of all heads, head beside head; heard: what each head puts out. The later its
    head, the darker a cell; a weight is the darker, the larger it is.

    Shapes:
        x (n, d_model); projected (n, n_heads * d_k) twice, (n, n_heads * d_v); weights
        (n_heads, n, n); heard (n_heads, n, d_v); output (n, d_model)

    Raises:
        ValueError: there are not three projected tables, or one does not fit words and heads.
    """
    _check(words, x, projected, weights, heard, output)
    n_heads, merged = len(weights), np.concatenate(list(heard), axis=-1)
    lie = [_lying(name, *each, n_heads) for name, *each in zip("qkv", projected, ROLES)]
    cut = zip(*(np.split(each, n_heads, axis=-1) for each in projected))
    heads = [
        _head(f"head {head}", words, [*parts, heard[head]], weights[head], head / n_heads)
        for head, parts in enumerate(cut)
    ]
    enters = _titled("x (n, d_model)", x, _plain(x), words, spans=1)
    back = _lying("merged (n, n_heads · d_v)", merged, "value", n_heads, words)
    leaves = _titled("output (n, d_model)", output, _plain(output), spans=1)
    onward = _downward if narrow else _sideways
    return below(
        onward(_new(enters, 0), "project", "W_Q, W_K, W_V", 1, _new(beside(*lie, gap=14), 1)),
        _down("split_heads", "each head gets its columns: (n_heads, n, d_k)", 2),
        flowing(*heads, narrow=narrow, gap=14),
        _down("merge_heads", "the way back: side by side again", 4),
        onward(_new(back, 4), "mix heads", "W_O", 5, _new(leaves, 5)),
        gap=10, align="left",
    )  # fmt: skip


def _sideways(first, name, says, step, last):
    """Return two drawings side by side, and between them what happens on the way."""
    return beside(first, _across(name, says, step), last, gap=8)


def _downward(first, name, says, step, last):
    """Return two drawings below each other, and between them what happens on the way."""
    return below(first, _down(name, says, step), last, gap=8, align="left")


def _check(words, x, projected, weights, heard, output):
    """Refuse what does not fit the words and the heads."""
    if len(projected) != 3:
        raise ValueError(f"projected must be queries, keys, values; it has {len(projected)} parts")
    n, n_heads, d_model, d_v = len(words), len(weights), np.shape(x)[-1], np.shape(heard)[-1]
    d_k = np.shape(projected[0])[-1] // n_heads
    fit("x", x, n=n, d_model=d_model)
    fit("weights", weights, n_heads=n_heads, n_q=n, n_k=n)
    fit("heard", heard, n_heads=n_heads, n=n, d_v=d_v)
    for name, array, width in zip(("queries", "keys", "values"), projected, (d_k, d_k, d_v)):
        axis = "n_heads * d_v" if name == "values" else "n_heads * d_k"
        fit(name, array, **{"n": n, axis: n_heads * width})
    fit("output", output, n=n, d_model=d_model)


def _cells(array, shades):
    """Return a table as cells, a column's in its shade."""
    rows = written(array)
    width = PARTED if any("." in word for word in rows[0]) else WHOLE
    return [
        [cell(word, shade, width=width, height=HIGH) for word, shade in zip(row, shades)]
        for row in rows
    ]


def _plain(array):
    return _cells(array, ["#FFFFFF"] * np.shape(array)[-1])


def _shade(role, place):
    """Return the shade of a head; place: from 0, the first, to 1."""
    return mixed(ROLES[role], 0.1 + 0.7 * place)


def _lying(name, array, role, n_heads, words=()):
    """Return the columns of all heads side by side, each head's with its name above."""
    of_each = np.shape(array)[-1] // n_heads
    shades = [_shade(role, head / n_heads) for head in range(n_heads) for _ in range(of_each)]
    return _titled(name, array, _cells(array, shades), words, spans=n_heads)


def _titled(name, array, cells, words=(), *, spans=0):
    """Return a table with its name and shape above; spans: over so many heads, or their room."""
    table, wide = grid(cells, words), cells[0][0].width * len(cells[0])
    title = text(f"{name} = {np.shape(array)}" if "(" in name else f"{name} {np.shape(array)}",
                 size=13)  # fmt: skip
    low, side = TITLE + SPAN * bool(spans), table.width - wide
    things = [(title, 0 if title.width > wide else side, 0), (table, 0, low)]
    for head in range(spans if spans > 1 else 0):
        label = centred(text(f"head {head}", size=13), wide / spans)
        things.append((label, side + wide / spans * head, TITLE))
    return placed(max(table.width, title.width), low + table.height, things)


def _head(name, words, parts, weights, place):
    """Return a head in its frame: its queries, keys and values; below, how it attends."""
    tables = [
        _titled(title, part, _cells(part, [_shade(role, place)] * np.shape(part)[-1]), names)
        for title, part, role, names in zip(
            ("q", "k", "v", "output"), parts, (*list(ROLES)[:3], "value"), (words, (), (), ())
        )
    ]
    looks = filled(weights, "weight", full=1, width=PARTED, height=HIGH)
    attends = beside(_titled("weights", weights, looks, words), tables[3], gap=14)
    inside = below(
        text(name, size=14, bold=True),
        _new(beside(*tables[:3], gap=10), 2),
        _down("attend", "", 3),
        _new(attends, 3),
        gap=6,
        align="left",
    )
    whole = padded(inside, x=10, y=6)
    return during(before(whole, frame(whole.width, whole.height, round_=8)), 2)


def _new(drawing, step):
    return during(marked(padded(drawing, x=4, y=2), step), step)


def _across(everyday, code, step):
    """Return an arrow to the right with what happens there."""
    label = below(text(everyday, size=13, bold=True), text(code, size=12, italic=True), gap=14)
    middle = label.height / 2
    return during(before(label, arrow((4, middle), (label.width - 4, middle))), step)


def _down(name, says, step):
    """Return an arrow downwards, and beside it what happens there."""
    label = [text(name, size=13, bold=True)] + ([text(says, size=13)] if says else [])
    way = Drawing(30, 26, (arrow((20, 1), (20, 25)),))
    return during(beside(way, *label, gap=10), step)
