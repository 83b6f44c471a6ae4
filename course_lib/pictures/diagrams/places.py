"""Lesson 08: everybody asks everybody, and the place of a word as the hand of a clock."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from course_lib.pictures.diagrams.drawing import (
    Drawing,
    behind,
    below,
    beside,
    flowing,
    number,
    placed,
    two_layouts,
)
from course_lib.pictures.diagrams.shapes import INK, card, centred, clock, text, wire
from course_lib.pictures.figures.shares import percent, signed
from course_lib.pictures.figures.style import ROLES

Side = tuple[Sequence[str], Sequence[str], ArrayLike]
HAND, LETTERS = 17, 19  # of a row of many dials: how long a hand is, how high letters are


def draw_asking(sides: Mapping[str, Side], *, only: str = "") -> Drawing:
    """Draw words that ask above words that answer, joined by wires as thick as the shares.

    sides: title -> (words that ask, words that answer, shares), one below the other. only: the one
    word whose wires are drawn; its shares then stand below the words that answer.

    Shapes:
        shares (n_asking, n_answering).

    Raises:
        ValueError: shares do not fit their words, or nobody of that name asks.
    """
    panels = [
        below(text(title, bold=True), _asking(*side, only), gap=8) for title, side in sides.items()
    ]
    wide = max(panel.width for panel in panels)
    below_titles = 20 + 8 + 17  # the middle of the upper cards
    names = [(text("asks", size=14), 0, below_titles - 9),
             (text("answers", size=14), 0, below_titles + 137)]  # fmt: skip
    rows = [
        beside(placed(64, panel.height, names), centred(panel, wide), gap=16) for panel in panels
    ]
    return below(*rows, gap=22)


def _asking(asks, answers, weights, only):
    shares = _checked(asks, answers, weights, only)
    upper = [card(word, strong=word == only).named(f"ask {i}") for i, word in enumerate(asks)]
    lower = [card(word).named(f"answer {i}") for i, word in enumerate(answers)]
    if only:
        row = shares[list(asks).index(only)]
        lower = [
            below(each, text(percent(share), size=14, bold=True), gap=2)
            for each, share in zip(lower, row, strict=True)
        ]
    whole = below(beside(*upper, gap=12), beside(*lower, gap=12), gap=112)
    drawn = [i for i, word in enumerate(asks) if not only or word == only]
    pairs = [(i, j) for i in drawn for j in range(len(answers))]
    wires = (
        wire(whole[f"ask {i}.bottom"], whole[f"answer {j}.top"], float(shares[i, j]), down=True)
        for i, j in sorted(pairs, key=lambda pair: -shares[pair])  # the thin ones in front
    )
    return behind(whole, *wires)


def _checked(asks, answers, weights, only):
    shares = np.asarray(weights, dtype=float)
    if shares.shape != (len(asks), len(answers)):
        raise ValueError(
            f"shares must be ({len(asks)}, {len(answers)}), a row for each word that asks; "
            f"their shape is {shares.shape}"
        )
    if only and only not in asks:
        raise ValueError(f"only must be one of the words that ask, {', '.join(asks)}")
    return shares


@two_layouts
def draw_plates(plates: ArrayLike, names: Sequence[str], *, narrow: bool = False) -> Drawing:
    """Draw number plates as columns of clock hands, each turned clockwise since place 0.

    Shapes:
        plates (n, 2 * hands), for each hand how far its tip is to the right, and how far up.

    Raises:
        ValueError: there is not one name for each hand.
    """
    tips = np.asarray(plates, dtype=float)
    if tips.ndim != 2 or tips.shape[1] != 2 * len(names):
        raise ValueError(
            f"a plate of {len(names)} hands has {2 * len(names)} numbers: plates must be "
            f"(n, {2 * len(names)}), and their shape is {tips.shape}"
        )
    columns = [
        below(*(_hand(*tip) for tip in plate.reshape(-1, 2)), text(str(place), size=LETTERS), gap=4)
        for place, plate in enumerate(tips)
    ]
    side = 2 * (HAND + 6)
    labels = [text(name, size=LETTERS) for name in (*names, "place")]
    left = placed(max(label.width for label in labels) + 4, columns[0].height, [
        (label, 0, i * (side + 4) + (0 if i == len(names) else (side - label.height) / 2))
        for i, label in enumerate(labels)
    ])  # fmt: skip
    half = (len(columns) + 1) // 2 if narrow else len(columns)
    parts = [part for part in (columns[:half], columns[half:]) if part]
    return below(*(beside(left, *part, gap=0) for part in parts), align="left")


def _hand(right, up):
    turned = math.atan2(right, up) % (2 * math.pi)  # clockwise, from straight up
    return clock(math.pi / 2 - turned, radius=HAND, since=math.pi / 2)


def draw_turns(words: Sequence[str], before: ArrayLike, after: ArrayLike) -> Drawing:
    """Draw one dial for each word: its hand before, the arc of the turn, and its hand after.

    The longer the hand, the larger the dial. A turn is anticlockwise, less than once round.

    Shapes:
        before, after (n, 2), for each word the tip of its hand.

    Raises:
        ValueError: there is not one hand before and one after for each word.
    """
    old, new = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    if not old.shape == new.shape == (len(words), 2):
        raise ValueError(
            f"before and after must be ({len(words)}, 2), a hand for each word; their shapes "
            f"are {old.shape} and {new.shape}"
        )
    scale = 62 / np.hypot(*old.T).max()
    dials = []
    for place, (word, start, end) in enumerate(zip(words, old, new, strict=True)):
        begin = math.atan2(start[1], start[0])
        turn = (math.atan2(end[1], end[0]) - begin + 1e-9) % (2 * math.pi)
        dial = clock(begin + turn if place else begin, radius=scale * math.hypot(*start),
                     since=begin)  # fmt: skip
        room = placed(dial.width, 140, [(dial, 0, 70 - dial.height / 2)])
        told = ("not turned", "1 step", f"{place} steps")[min(place, 2)]
        lines = (text(each, size=14) for each in (f"place {place}", told))
        dials.append(below(card(word), room, below(*lines, gap=0), gap=4))
    return beside(*dials, gap=20)


@two_layouts
def draw_between(
    asks: str, answers: str, dials: Mapping[str, tuple[ArrayLike, ArrayLike]], *,
    narrow: bool = False,
) -> Drawing:  # fmt: skip
    """Draw a question and a label as two hands on one dial, and the angle between them.

    dials: title -> (question, label), side by side; their angle and score stand below.

    Shapes:
        question, label (2,), the tip of each hand.

    Raises:
        ValueError: a hand is not two numbers.
    """
    made = (_dial(asks, answers, title, pair) for title, pair in dials.items())
    return flowing(*made, narrow=narrow, gap=30)


def _dial(asks, answers, title, pair):
    question, label = (np.asarray(tip, dtype=float) for tip in pair)
    if not question.shape == label.shape == (2,):
        raise ValueError(f"a hand is two numbers, not of shapes {question.shape}, {label.shape}")
    radius, size = 62, 208
    scale = radius / max(np.hypot(*question), np.hypot(*label))
    rim = f'<circle cx="{size / 2:g}" cy="{size / 2:g}" r="{radius}" fill="none" stroke="{INK}"/>'
    close = 0 < _degrees(question, label) < 60  # then their names would lie upon one another
    lower = min(question[1], label[1]) if close else None
    named = [
        _named_hand(scale * tip, name, radius, size, colour, dashes, aside=tip[1] == lower)
        for tip, name, colour, dashes in (
            (question, asks, ROLES["query"], "none"),
            (label, answers, ROLES["key"], "7 3"),
        )
    ]
    arc = Drawing(size, size, (rim, _angle(question, label, size / 2)))
    left = min(size / 2 - radius, *(x for _, (_, x, _) in named))
    right = max(size / 2 + radius, *(x + name.width for _, (name, x, _) in named))
    hands = [(hand, 0.0, 0.0) for hand, _ in named]
    things = [(arc, 0.0, 0.0), *hands, *(name for _, name in named)]
    whole = placed(right - left, size, [(each, x - left, y) for each, x, y in things])
    apart, score = _degrees(question, label), signed(question @ label, decimals=2)
    told = text(f"{apart:.0f}° apart: score {score}", size=14)
    return below(text(title, bold=True), whole, told, gap=0)


def _named_hand(tip, name, radius, size, colour, dashes, *, aside=False):
    """Return a hand from the middle of a dial, and (name, x, y) outside where it points.

    aside: the name makes room, down and outwards, for that of a hand near by.
    """
    words, angle, middle = text(name, size=14), math.atan2(tip[1], tip[0]), size / 2
    x, y = middle + tip[0], middle - tip[1]
    hand = (
        f'<path d="M{number(middle)} {number(middle)} L{number(x)} {number(y)}" '
        f'stroke="{colour}" stroke-width="4" stroke-dasharray="{dashes}"/>'
        f'<circle cx="{number(x)}" cy="{number(y)}" r="5" fill="{colour}"/>'
    )
    far = radius + 8 + words.width / 2 * abs(math.cos(angle)) + 7 * abs(math.sin(angle))
    left = middle + far * math.cos(angle) - words.width / 2
    top = middle - far * math.sin(angle) - words.height / 2
    if aside:
        left, top = left + math.copysign(8, tip[0]), top + 22
    return Drawing(size, size, (hand,)), (words, left, top)


def _degrees(one, other):
    cosine = one @ other / (np.hypot(*one) * np.hypot(*other))
    return math.degrees(math.acos(min(1.0, max(-1.0, cosine))))


def _angle(one, other, middle, radius=30):
    """Return the arc between two hands, the short way round."""
    a, b = (math.atan2(tip[1], tip[0]) for tip in (one, other))
    way = 0 if (b - a) % (2 * math.pi) < math.pi else 1
    (x0, y0), (x1, y1) = (
        (middle + radius * math.cos(t), middle - radius * math.sin(t)) for t in (a, b)
    )
    return (
        f'<path d="M{number(x0)} {number(y0)} A{radius} {radius} 0 0 {way} {number(x1)} '
        f'{number(y1)}" fill="none" stroke="{INK}" stroke-width="2"/>'
    )
