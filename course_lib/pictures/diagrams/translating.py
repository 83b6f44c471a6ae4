"""Lesson 07: a translator with one note, one that glances back, and how it writes a sentence."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from course_lib.pictures.diagrams.drawing import (
    Drawing,
    before,
    behind,
    below,
    beside,
    flowing,
    placed,
    two_layouts,
)
from course_lib.pictures.diagrams.player import during
from course_lib.pictures.diagrams.shapes import (
    INK,
    arrow,
    card,
    mixed,
    note,
    reader,
    text,
    wire,
)
from course_lib.pictures.figures.shares import percent
from course_lib.pictures.figures.style import ROLES, text_colour

CELL = (58, 30)  # of the table of shares, in pixels


@two_layouts
def draw_one_note(words: Sequence[str], size: int, *, narrow: bool = False) -> Drawing:
    """Draw a sentence that has to pass through one note of so many numbers.

    Raises:
        ValueError: there are no words.
    """
    taker, writer = reader("note-taker").named("taker"), reader("writer").named("writer")
    page = note("the one note:", f"{size} numbers").named("note")
    if narrow:
        return _one_note_down(words, taker, page, writer)
    sentence = beside(*_cards(words), gap=10)
    whole = below(sentence, beside(taker, page, writer, gap=64), gap=50)
    (x, y), middle = whole["taker.top"], (len(words) - 1) / 2
    return before(
        whole,
        *(
            arrow(whole[f"{i}.bottom"], (x + 12 * (i - middle), y - 4), thick=1.2)
            for i in range(len(words))
        ),
        arrow(_out(whole, "taker", "right"), _out(whole, "note", "left"), thick=4),
        arrow(_out(whole, "note", "right"), _out(whole, "writer", "left"), thick=4),
    )


def _one_note_down(words, taker, page, writer):
    """Return the same sentence and its note, one word below the other."""
    sentence = below(*_cards(words), gap=6, align="right")
    whole = beside(sentence, below(taker, page, writer, gap=44), gap=70)
    (x, y), middle = whole["taker.left"], (len(words) - 1) / 2
    ways = [
        arrow(_out(whole, str(i), "right"), (x - 2, y + 5 * (i - middle)), thick=1.2)
        for i in range(len(words))
    ]
    for one, other in (("taker", "note"), ("note", "writer")):
        (x, y), (to, end) = whole[f"{one}.bottom"], whole[f"{other}.top"]
        ways.append(arrow((x, y + 4), (to, end - 4), thick=4))
    return before(whole, *ways)


@two_layouts
def draw_notes(words: Sequence[str], size: int, *, narrow: bool = False) -> Drawing:
    """Draw two note-takers, one from either end, who leave a note on each word.

    Raises:
        ValueError: there are no words.
    """
    left, right = (reader("note-taker").named(end) for end in ("left", "right"))
    if narrow:
        return _notes_down(words, size, left, right)
    columns = beside(*_columns(words, size), gap=14)
    lanes = [_lane(columns.width, left, "left"), _lane(columns.width, right, "right")]
    whole = below(lanes[0], columns, lanes[1], gap=18)
    (x0, y0), (x1, y1) = whole["left.right"], whole["right.left"]
    top, bottom = whole["0.top"][1] - 3, whole["note 0.bottom"][1] + 3
    walks = [arrow((x0 + 2, y0), (columns.width, y0), thick=3)]
    walks.append(arrow((x1 - 2, y1), (0, y1), thick=3))
    for i in range(len(words)):
        x = whole[f"{i}.top"][0]
        walks.append(arrow((x, y0 if x > x0 else top - 15), (x, top), thick=1.2))
        walks.append(arrow((x, y1 if x < x1 else bottom + 15), (x, bottom), thick=1.2))
    return before(whole, *walks)


def _notes_down(words, size, left, right):
    """Return the same walks from the top down and from the bottom up, past one word a line."""
    lines = below(*_lines(words, size), gap=8)
    told = [text(_walk(side), size=14) for side in ("left", "right")]
    middle = placed(lines.width + 140, lines.height, [(lines, 70, 0)])
    top, bottom = beside(left, told[0], gap=12), beside(told[1], right, gap=12)
    whole = below(below(top, middle, align="left"), bottom, align="right")
    (x0, y0), (x1, y1) = whole["left.bottom"], whole["right.top"]
    first, last = whole["0.left"][1], whole[f"note {len(words) - 1}.right"][1]
    walks = [arrow((x0, y0), (x0, last + 14), thick=3), arrow((x1, y1), (x1, first - 14), thick=3)]
    for i in range(len(words)):
        (start, y), (end, _) = whole[f"{i}.left"], whole[f"note {i}.right"]
        walks.append(arrow((x0, y), (start - 3, y), thick=1.2))
        walks.append(arrow((x1, y), (end + 3, y), thick=1.2))
    return before(whole, *walks)


@two_layouts
def draw_glance(
    words: Sequence[str], shares: ArrayLike, written: Sequence[str], size: int, *,
    narrow: bool = False,
) -> Drawing:  # fmt: skip
    """Draw the writer as it glances back at the notes, about to write the last word of `written`.

    Shapes:
        shares (n,), one for each of the n words.

    Raises:
        ValueError: words and shares are not equally many, or nothing is written.
    """
    (given,) = _checked(words, [shares], [written])
    told = [
        text(percent(share), size=14, bold=share > 0.5).named(f"share {i}")
        for i, share in enumerate(given)
    ]
    *past, now = written
    new = [card(word) for word in past] + [card(now, strong=True).named("new")]
    if narrow:
        return _glance_down(_lines(words, size), told, given, new)
    columns = [below(*pair, gap=2) for pair in zip(_columns(words, size), told, strict=True)]
    desk = beside(reader("writer").named("writer"), beside(*new, gap=10), gap=50)
    whole = below(beside(*columns, gap=8), desk, gap=54)
    wires = (
        wire(whole[f"share {i}.bottom"], whole["writer.top"], float(share), down=True)
        for i, share in enumerate(given)
    )
    x, y = whole["writer.right"]
    return before(behind(whole, *wires), arrow((x + 2, y), (x + 46, y)))


def _glance_down(lines, told, given, new):
    """Return the same glance, one word with its note a line."""
    wide = max(each.width for each in told)
    rows = [
        beside(line, placed(wide, share.height, [(share, wide - share.width, 0)]), gap=8)
        for line, share in zip(lines, told, strict=True)
    ]
    desk = below(reader("writer").named("writer"), below(*new, gap=6), gap=34)
    whole = beside(below(*rows, gap=8, align="right"), desk, gap=60)
    x, y = whole["writer.bottom"]
    wires = (
        wire(_out(whole, f"share {i}", "right"), whole["writer.left"], float(share))
        for i, share in enumerate(given)
    )
    return before(behind(whole, *wires), arrow((x, y + 2), (x, y + 30)))


@two_layouts
def draw_writing(
    source: Sequence[str], target: Sequence[str], weights: ArrayLike, size: int, *,
    narrow: bool = False,
) -> Drawing:  # fmt: skip
    """Draw a translator in steps: at 0 nothing is written yet, then one word of target a step.

    Shapes:
        weights (n_target, n_source), one row of shares for each word that is written.

    Raises:
        ValueError: the rows or columns of weights do not fit the words.
    """
    shares = _checked(source, weights, target)
    ends = [*range(1, len(target)), 999]  # a glance goes with its step, the last one stays
    slots = [_slot(column, ends) for column in shares.T]
    columns = [
        below(column, slot.named(f"slot {i}"), gap=2)
        for i, (column, slot) in enumerate(zip(_columns(source, size), slots, strict=True))
    ]
    spoken = [_spoken(w, t, end) for t, (w, end) in enumerate(zip(target, ends), start=1)]
    desk = below(reader("writer").named("writer"), beside(*spoken, gap=8), gap=10)
    whole = below(beside(*columns, gap=16), desk, gap=54)
    for step, (row, end) in enumerate(zip(shares, ends, strict=True), start=1):
        wires = [
            wire(whole[f"slot {i}.bottom"], whole["writer.top"], float(share), down=True)
            for i, share in enumerate(row)
        ]
        glance = during(Drawing(whole.width, whole.height, tuple(wires)), step, end)
        whole = behind(whole, *glance.parts)
    return flowing(whole, _table(source, target, shares), narrow=narrow, gap=36)


def _cards(words):
    if not len(words):
        raise ValueError("there must be at least one word to draw")
    return [card(word).named(str(i)) for i, word in enumerate(words)]


def _columns(words, size):
    """Return each word with its note below."""
    return [
        below(each, note(str(size), "numbers").named(f"note {i}"), gap=8)
        for i, each in enumerate(_cards(words))
    ]


def _lines(words, size):
    """Return each word with its note beside it, all of them in two columns."""
    cards = _cards(words)
    wide = max(each.width for each in cards)
    return [
        beside(placed(wide, each.height, [(each, wide - each.width, 0)]),
               note(str(size), "numbers").named(f"note {i}"), gap=8)
        for i, each in enumerate(cards)
    ]  # fmt: skip


def _walk(side):
    return f"walks from the {side}, and leaves its note on each word"


def _lane(width, walker, side):
    """Return a note-taker at one end, and along its way what it does."""
    told = text(_walk(side), size=14)
    at, beside_it, line = 0.0, walker.width + 16, walker.height / 2
    if side == "right":
        at, beside_it = width - walker.width, width - walker.width - 16 - told.width
    up = line - 24 if side == "left" else line + 8  # away from the words
    return placed(width, walker.height, [(walker, at, 0), (told, beside_it, up)])


def _out(whole, name, side):
    """Return a place beside a side, so that an arrow does not touch what it joins."""
    x, y = whole[f"{name}.{side}"]
    return (x + (4 if side == "right" else -4), y)


def _slot(shares, ends):
    """Return a place in which each step writes a share of its own, from step 1 on."""
    labels = [text(percent(share), size=14, bold=share > 0.5) for share in shares]
    width = max(label.width for label in labels)
    steps = enumerate(zip(labels, ends, strict=True), start=1)
    return placed(
        width, labels[0].height,
        [(during(label, t, end), (width - label.width) / 2, 0) for t, (label, end) in steps],
    )  # fmt: skip


def _spoken(word, step, end):
    """Return a word that is seen from its step on, and is bold in that step."""
    new, old = card(word, strong=True), card(word)
    things = [(during(new, step, end), 0, 0)]
    if end < 999:
        things.append((during(old, step + 1), (new.width - old.width) / 2, 0))
    return placed(new.width, new.height, things)


def _table(source, target, shares):
    """Return the rows of shares, each seen from its step on."""
    wide, high = CELL
    names = [text(word, size=14) for word in target]
    left = max(name.width for name in names) + 10
    heads = [text(word, size=14) for word in source]
    things = [(h, left + (i + 0.5) * wide - h.width / 2, 0) for i, h in enumerate(heads)]
    for t, (name, row) in enumerate(zip(names, shares, strict=True)):
        cells = [(_cell(share), left + i * wide, 0) for i, share in enumerate(row)]
        line = placed(left + wide * len(source), high, [(name, left - 10 - name.width, 6), *cells])
        things.append((during(line, t + 1), 0, 24 + t * high))
    return placed(left + wide * len(source), 24 + high * len(target), things)


def _cell(share):
    wide, high = CELL
    fill = mixed(ROLES["weight"], float(share))
    rim = (
        f'<rect x="1" y="1" width="{wide - 2}" height="{high - 2}" fill="{fill}" '
        f'stroke="{INK}" stroke-width="1"/>'
    )
    label = text(percent(share), size=14, colour=text_colour(fill))
    return behind(placed(wide, high, [(label, (wide - label.width) / 2, 6)]), rim)


def _checked(words, weights, written):
    """Return the shares as an array, if each word that is written has one for each word read."""
    shares = np.asarray(weights, dtype=float)
    if shares.shape != (len(written), len(words)) or not shares.size:
        raise ValueError(
            f"there must be one share for each of the {len(words)} words that are read, in "
            f"each of {len(written)} rows; the shape of the shares is {shares.shape}"
        )
    return shares
