"""Lesson 01: words as two numbers, friends and their films, loud arrows, an encoder."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from course_lib.pictures.diagrams.drawing import (
    Drawing,
    before,
    below,
    beside,
    flowing,
    number,
    placed,
    two_layouts,
)
from course_lib.pictures.diagrams.shapes import (
    INK,
    arrow,
    box,
    card,
    frame,
    strip,
    text,
)
from course_lib.pictures.figures.shares import signed
from course_lib.pictures.figures.style import ROLES

UNIT = 29  # pixels for one unit of an arrow


@two_layouts
def draw_cards(
    words: Sequence[str], numbers: ArrayLike, features: Sequence[str], *, narrow: bool = False
) -> Drawing:
    """Draw each word as a card, and below it the strip of its numbers, each with its feature.

    Shapes:
        numbers (n_words, n_features).

    Raises:
        ValueError: there isn't one row for each word, or one column for each feature.
    """
    numbers = _checked(numbers, (len(words), len(features)), "a word", "a feature")
    largest, cell = float(np.abs(numbers).max()), 66
    names = beside(*(_centred(text(name, size=13), cell) for name in features), gap=0)
    columns = []
    for word, row in zip(words, numbers, strict=True):
        cells = strip(row, "key", largest=largest, cell=cell).named(f"{word} numbers")
        columns.append(below(below(card(word).named(word), cells, gap=30), names, gap=3))
    whole = flowing(*columns, narrow=narrow, gap=30)
    ends = [(whole[f"{word}.bottom"], whole[f"{word} numbers.top"]) for word in words]
    return before(whole, *(arrow(start, end) for start, end in ends))


@two_layouts
def draw_friends(
    names: Sequence[str], films: Sequence[str], marks: ArrayLike, *, narrow: bool = False
) -> Drawing:
    """Draw what two friends feel about each film, multiplied film by film, and added up.

    Shapes:
        marks (2, n_films): below 0 is dislike, 0 no opinion.

    Raises:
        ValueError: there aren't two friends, or not one mark of each for every film.
    """
    marks = _checked(marks, (2, len(films)), "a friend", "a film")
    one, other = ([_face(float(mark), np.abs(marks).max()) for mark in row] for row in marks)
    products = marks[0] * marks[1]
    blank = Drawing(1, 1)
    total = beside(text("added up:"), text(signed(products.sum(), decimals=0), size=22, bold=True),
                   gap=8)  # fmt: skip
    rows = [
        [blank, blank, *(text(film, bold=True) for film in films), blank],
        [text(names[0]), blank, *one, blank],
        [text(names[1]), text("×", size=20), *other, blank],
        [text("multiplied"), text("=", size=20), *(_verdict(float(p)) for p in products), total],
    ]
    if narrow:
        return below(_grid([row[:-1] for row in rows], gap=(8, 12)), total, align="right")
    return _grid(rows, gap=(22, 12))


def draw_product(
    question: ArrayLike, numbers: ArrayLike, word: str, features: Sequence[str]
) -> Drawing:
    """Draw a question above a word, multiplied number by number, and added up to one score.

    Shapes:
        question, numbers (n_features,).

    Raises:
        ValueError: the question or the word doesn't have one number for each feature.
    """
    both = _checked([question, numbers], (2, len(features)), "the question, the word", "a feature")
    products, cell, blank = both[0] * both[1], 84, Drawing(1, 1)
    full = 1.3 * float(max(np.abs(both).max(), np.abs(products).max()))
    names = beside(*(_centred(text(name, size=14), cell) for name in features), gap=0)
    made = strip(products, "score", largest=full, cell=cell).named("all")
    score = strip([products.sum()], "score", largest=full, cell=cell).named("score")
    rows = [
        [blank, blank, names],
        [text("question"), blank, strip(both[0], "query", largest=full, cell=cell)],
        [text(word), text("×", size=20), strip(both[1], "key", largest=full, cell=cell)],
        [text("multiplied"), text("=", size=20), made],
        [blank, blank, text("+", size=20)],
        [text("added up: the score"), text("=", size=20), score],
    ]
    whole = _grid(rows, gap=(14, 10))
    (left, down), (end, top) = whole["all.left"], whole["score.top"]
    starts = [(left + (i + 0.5) * cell, down + 17) for i in range(len(features))]
    return before(whole, *(arrow(at, (end + 0.3 * (at[0] - end), top)) for at in starts))


@two_layouts
def draw_loudness(
    words: Sequence[str], numbers: ArrayLike, question: ArrayLike, *, narrow: bool = False
) -> Drawing:
    """Draw each word as a voice: it goes out in the direction of its arrow, as far as it is long.

    A dashed arrow is the direction of the question. Below stand length, cosine and score, the
    largest in a frame.

    Shapes:
        numbers (n_words, 2), question (2,).

    Raises:
        ValueError: there isn't one row of two numbers for each word.
    """
    numbers = _checked(numbers, (len(words), 2), "a word", "a direction")
    aim = np.asarray(question, dtype=float) / np.linalg.norm(question)
    lengths, scores = np.linalg.norm(numbers, axis=1), numbers @ np.asarray(question)
    told = [("how loud", "length", lengths, 2), ("how well aimed", "cosine",
            numbers @ aim / lengths, 2), ("both together", "score", scores, 0)]  # fmt: skip
    tip = 2.1 * aim  # where the question is
    corners = np.array([*numbers, tip, [0, 0]])
    low, high = corners.min(axis=0) * UNIT - 14, corners.max(axis=0) * UNIT + 14
    voices = [
        below(_voice(row, tip, low, high), text(word, bold=True), gap=7)
        for row, word in zip(numbers, words, strict=True)
    ]
    rows, side = [[text("? is the question", size=14), *voices]], "middle" if narrow else "right"
    for everyday, term, values, decimals in told:
        name = below(text(everyday), text(term, size=14, italic=True), gap=0, align=side)
        rows.append([name, *_marked(values, decimals)])
    return _grid(list(zip(*rows, strict=True)) if narrow else rows, gap=(8, 7))


@two_layouts
def draw_encoder(sentences: Sequence[str], vectors: ArrayLike, *, narrow: bool = False) -> Drawing:
    """Draw sentences that go into an encoder and come out as long strips of numbers.

    Each number is a stroke: up above zero, down below zero, as long as it is large.

    Shapes:
        vectors (n_sentences, d).

    Raises:
        ValueError: there isn't one row of numbers for each sentence.
    """
    vectors = _checked(vectors, (len(sentences), None), "a sentence", "a number")
    cards = below(*(card(each).named(each) for each in sentences), gap=26, align="right")
    step = cards.height + 26
    machine = box("encoder", "sentence to arrow").named("encoder")
    largest = float(np.abs(vectors).max())
    strips = [
        _strokes(row, largest, 0.7).named(str(place)) for place, row in enumerate(vectors)
    ]  # fmt: skip
    last = text(f"{vectors.shape[1]} numbers each, above zero up, below zero down", size=14)
    out = placed(strips[0].width, cards.height, [
        (each, 0, place * step / len(strips) - 4)
        for place, each in enumerate(strips)
    ])  # fmt: skip
    if narrow:
        whole = below(beside(cards, machine, gap=32), out, last, gap=24, align="left")
    else:
        whole = below(beside(cards, machine, out, gap=32), last, gap=14, align="right")
    ways = []
    for place, each in enumerate(sentences):
        shift = 14 * (place - (len(sentences) - 1) / 2)
        (x0, y0), (x1, y1) = whole["encoder.left"], whole["encoder.right"]
        ways.append(arrow(whole[f"{each}.right"], (x0, y0 + shift)))
        if narrow:
            (x1, y1), end = whole["encoder.bottom"], whole[f"{place}.right"]
            ways.append(arrow((x1 + shift, y1), (end[0] + 6, end[1])))
        else:
            ways.append(arrow((x1, y1 + shift), whole[f"{place}.left"]))
    return before(whole, *ways)


def _face(mark, largest):
    """Return a face that smiles or frowns as much as the mark says, and the mark below."""
    bend = 9 * mark / largest
    parts = (
        f'<circle cx="22" cy="22" r="20" fill="none" stroke="{INK}" stroke-width="2"/>'
        f'<circle cx="15" cy="17" r="2.5" fill="{INK}"/><circle cx="29" cy="17" r="2.5" '
        f'fill="{INK}"/><path d="M12 {number(30 - bend / 2)} Q22 {number(30 + bend)} 32 '
        f'{number(30 - bend / 2)}" fill="none" stroke="{INK}" stroke-width="2.2"/>',
    )
    return beside(Drawing(44, 44, parts), _centred(text(signed(mark, decimals=0)), 24), gap=6)


def _verdict(product):
    said = "agree" if product > 0 else "disagree" if product < 0 else "counts for nothing"
    plus = "+" if product > 0 else ""
    return below(
        text(f"{plus}{signed(product, decimals=0)}", size=20, bold=True), text(said, size=14), gap=0
    )


def _voice(numbers, tip, low, high):
    """Return a voice: a wedge with a wave for each half of the arrow's length, and where to aim."""
    turn, long, wide = math.atan2(numbers[1], numbers[0]), math.hypot(*numbers), math.radians(15)
    start = -low[0], high[1]

    def at(radius, angle):
        x, y = radius * math.cos(angle), radius * math.sin(angle)
        return f"{number(start[0] + UNIT * x)} {number(start[1] - UNIT * y)}"

    def wave(radius):
        bend = number(UNIT * radius)
        return f"{at(radius, turn - wide)} A{bend} {bend} 0 0 0 {at(radius, turn + wide)}"

    waves = " ".join(f"M{wave(radius)}" for radius in np.arange(0.5, long, 0.5))
    target = start[0] + UNIT * tip[0], start[1] - UNIT * tip[1]
    parts = (
        f'<path d="M{at(0, 0)} L{wave(long)} Z" fill="{ROLES["key"]}" fill-opacity="0.35" '
        f'stroke="{INK}" stroke-width="1.8"/>'
        f'<path d="{waves}" fill="none" stroke="{INK}" stroke-width="1"/>',
        arrow(start, (target[0] - 5, target[1] + 5), dashed=True),
        f'<circle cx="{number(start[0])}" cy="{number(start[1])}" r="5" fill="{INK}"/>',
    )
    mark = text("?", size=18, bold=True)
    voice = Drawing(high[0] - low[0], high[1] - low[1], parts)
    spot = (mark, target[0] - mark.width / 2 + 4, target[1] - mark.height + 6)
    return placed(voice.width, voice.height, [(voice, 0, 0), spot])


def _marked(values, decimals):
    """Return numbers, the largest of them in a frame."""
    for value in values:
        best = bool(value >= values.max() - 1e-9)
        told = text(signed(value, decimals=decimals), bold=best)
        rim = frame(told.width + 18, told.height + 6, line=2) if best else ""
        yield placed(told.width + 18, told.height + 6, [(told, 9, 3)] if not best else [
            (Drawing(1, 1, (rim,)), 0, 0), (told, 9, 3)])  # fmt: skip


def _strokes(row, largest, step):
    """Return all numbers of a vector as strokes up and down from a line."""
    half = 20.0
    strokes = "".join(
        f"M{number(i * step)} {number(half)}V{number(half - half * value / largest)}"
        for i, value in enumerate(row)
    )
    width = step * len(row)
    part = f'<path d="{strokes}" stroke="{INK}" stroke-width="{step}" fill="none"/>'
    line = f'<path d="M0 {half} H{number(width)}" stroke="{INK}" stroke-width="0.7"/>'
    return Drawing(width, 2 * half, (part, line))


def _centred(drawing, width):
    return placed(width, drawing.height, [(drawing, (width - drawing.width) / 2, 0)])


def _grid(rows, *, gap):
    """Return drawings in rows and columns; the first column ends at the right."""
    widths = [max(cell.width for cell in column) for column in zip(*rows, strict=True)]
    heights = [max(cell.height for cell in row) for row in rows]
    things, y = [], 0.0
    for row, height in zip(rows, heights, strict=True):
        x = 0.0
        for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
            share = 1.0 if place == 0 else 0.5
            things.append((cell, x + share * (width - cell.width), y + (height - cell.height) / 2))
            x += width + gap[0]
        y += height + gap[1]
    return placed(x - gap[0], y - gap[1], things)


def _checked(numbers, shape, row, column):
    found = np.asarray(numbers, dtype=float)
    wanted = tuple(
        have if want is None else want for have, want in zip(found.shape, shape, strict=False)
    )
    if found.shape != wanted or found.ndim != 2 or not found.size:
        raise ValueError(
            f"pass one row for {row} and one number in it for {column}, {shape} in all: "
            f"the shape of what came in is {found.shape}"
        )
    return found
