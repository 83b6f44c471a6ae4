"""Lesson 02: plants on a staircase, a cake that is cut into shares, and a knob."""

import math
from collections.abc import Mapping, Sequence

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
from course_lib.pictures.diagrams.shapes import INK, arrow, card, mixed, strip, text
from course_lib.pictures.figures.shares import percent, signed
from course_lib.pictures.figures.style import ROLES

TALLEST = 214  # of all plants, in pixels
RISE, TREAD = 18, 96  # of one step of the staircase
RADIUS = 65  # of a cake
INSIDE = 0.19  # a share as large as this has its label upon the slice


def draw_staircase(steps: ArrayLike, plants: ArrayLike, names: Sequence[str]) -> Drawing:
    """Draw a staircase with a plant on each step, as tall as it is, and who stands there.

    names: the word on each step, "" where nobody stands.

    Shapes:
        steps, plants (n,).

    Raises:
        ValueError: there isn't one plant, and one name, for each step.
    """
    steps, plants = np.asarray(steps, dtype=float), np.asarray(plants, dtype=float)
    if not steps.shape == plants.shape == (len(names),) or not len(names):
        raise ValueError(
            f"pass one plant and one name for each step: there are {steps.size} steps, "
            f"{plants.size} plants and {len(names)} names"
        )
    columns = [
        _step(step, plant, name, TALLEST * plant / plants.max(), RISE * (place + 1))
        for place, (step, plant, name) in enumerate(zip(steps, plants, names, strict=True))
    ]
    tall = max(each.height for each in columns)
    things = [(each, TREAD * place, tall - each.height) for place, each in enumerate(columns)]
    for place, times in enumerate(plants[1:] / plants[:-1], start=1):
        told = text(f"× {times:.2f} →", size=14)
        things.append((told, TREAD * place - told.width / 2, tall - 60))
    return placed(TREAD * len(columns), tall, things)


def draw_uncut(words: Sequence[str], scores: ArrayLike) -> Drawing:
    """Draw a whole cake, and those who wait for a slice of it, each with a score.

    Shapes:
        scores (n,).

    Raises:
        ValueError: there isn't one score for each word.
    """
    scores = np.asarray(scores, dtype=float)
    if scores.shape != (len(words),) or not len(words):
        raise ValueError(f"pass one score for each of the {len(words)} words, not {scores.shape}")
    largest, wide = 1.3 * float(np.abs(scores).max()), max(card(word).width for word in words)
    rows = [
        beside(
            text("? %", size=18, bold=True).named(f"{word} share"),
            placed(wide, 34, [(card(word), (wide - card(word).width) / 2, 0)]),
            text("score"),
            strip([score], "score", largest=largest, cell=44),
            gap=18,
        )
        for word, score in zip(words, scores, strict=True)
    ]
    whole = beside(_whole().named("cake"), below(*rows, gap=14), gap=76)
    (x, y), high = whole["cake.right"], whole.height / (2 * len(words))
    starts = [(x - 2, y + high * (k - (len(words) - 1) / 2)) for k in range(len(words))]
    ends = [whole[f"{word} share.left"] for word in words]
    return before(
        whole,
        *(arrow(a, (b[0] - 6, b[1]), dashed=True) for a, b in zip(starts, ends, strict=True)),
    )


def draw_cake(
    words: Sequence[str], shares: ArrayLike, *, decimals: int = 0, head: Drawing | None = None
) -> Drawing:
    """Draw a cake from above, cut into one slice for each word; an exact 0 is a dotted cut.

    head: what stands above the cake.

    Shapes:
        shares (n,): from 0 to 1, together 1.

    Raises:
        ValueError: there isn't one share for each word, or they don't make 100 % together.
    """
    shares = np.asarray(shares, dtype=float)
    if shares.shape != (len(words),) or (shares < 0).any() or not np.isclose(shares.sum(), 1):
        raise ValueError(
            "a cake is cut into one share for each word, none below zero, that make 1 together: "
            f"there are {len(words)} words and the shares {shares.tolist()}"
        )
    ends = 2 * math.pi * np.cumsum([0.0, *shares])
    slices = [_slice(*cut) for cut in zip(ends, ends[1:], strict=False)]
    plate = f'<circle r="{RADIUS + 11}" fill="none" stroke="{INK}" stroke-width="1"/>'
    names = zip(words, (percent(share, decimals=decimals) for share in shares), strict=True)
    labels = list(zip(names, (ends[:-1] + ends[1:]) / 2, shares >= INSIDE, strict=True))
    inside = [_within(*name, middle) for name, middle, fits in labels if fits]
    things, lines, left, right = _outside([each[:2] for each in labels if not each[2]])
    top, half = (head.height + 8 if head else 0), RADIUS + 14
    left, right = (max(side, head.width / 2 - half if head else 0) for side in (left, right))
    centre = left + half, top + half
    around = [(thing, centre[0] + x, centre[1] + y) for thing, x, y in [*things, *inside]]
    above = [(head, centre[0] - head.width / 2, 0)] if head else []
    cake = Drawing(1, 1, (plate, *slices, *lines))
    return placed(left + 2 * half + right, top + 2 * half, [*above, (cake, *centre), *around])


@two_layouts
def draw_cakes(
    cakes: Mapping[str, tuple[Sequence[str], ArrayLike]], *, decimals: int = 0, narrow: bool = False
) -> Drawing:
    """Draw several cakes side by side, each with its title: title -> (words, shares).

    Raises:
        ValueError: there is no cake, or ``draw_cake`` refuses one.
    """
    if not cakes:
        raise ValueError("pass at least one cake: a title, and its words and shares")
    whole = [
        draw_cake(*each, decimals=decimals, head=text(title, bold=True))
        for title, each in cakes.items()
    ]
    return flowing(*whole, narrow=narrow, gap=6)


@two_layouts
def draw_knobs(
    words: Sequence[str], shares: Mapping[float, ArrayLike], *, narrow: bool = False
) -> Drawing:
    """Draw a knob for each temperature, and below it the cake that it cuts.

    shares: temperature -> the share of each word.

    Raises:
        ValueError: a temperature is not above zero, or ``draw_cake`` refuses the shares.
    """
    if not shares or min(shares) <= 0:
        raise ValueError("pass at least one temperature, and none that is zero or below")
    whole = [
        draw_cake(
            words,
            each,
            head=below(_knob(warmth), text(f"temperature {warmth:g}", bold=True), gap=2),
        )
        for warmth, each in shares.items()
    ]
    return flowing(*whole, narrow=narrow, gap=6)


def _step(step, plant, name, tall, rise):
    """Return one step of the staircase: who stands there, the plant, the stair, its number."""
    who = card(name) if name else Drawing(1, 1)
    grown = below(text(f"{plant:.2f}", size=14, bold=True), _plant(tall), gap=3)
    stair = (
        f'<path d="M0 {rise + 40} V1 H{TREAD} V{rise + 40} Z" fill="{INK}" fill-opacity="0.08" '
        f'stroke="{INK}" stroke-width="1.5"/>'
    )
    label = text(f"step {signed(step, decimals=0)}", size=14)
    base = placed(TREAD, rise + 40, [
        (Drawing(TREAD, rise + 40, (stair,)), 0, 0), (label, (TREAD - label.width) / 2, 8)
    ])  # fmt: skip
    return below(grown, base, placed(TREAD, 64, [(who, (TREAD - who.width) / 2, 28)]), gap=0)


def _plant(tall):
    """Return a plant: a stem, a pair of leaves every 26 pixels, and a flower that grows too."""
    bloom = min(max(0.3 * tall, 2.0), 15.0)
    x, stem = 32, tall - bloom
    leaves = "".join(
        f"M{x} {number(tall - up)} q-14 -2 -20 -14 q14 0 20 14 q14 -2 20 -14 q-14 0 -20 14"
        for up in np.arange(10, stem - 34, 26)
    )
    petals = "".join(
        f'<circle cx="{number(x + 0.62 * bloom * math.cos(turn))}" '
        f'cy="{number(bloom + 0.62 * bloom * math.sin(turn))}" r="{number(0.38 * bloom)}" '
        f'fill="{ROLES["weight"]}" stroke="{INK}" stroke-width="1"/>'
        for turn in np.arange(6) * math.pi / 3
    )
    parts = (
        f'<path d="M{x} {number(tall)} V{number(bloom)}" stroke="{INK}" stroke-width="2.5"/>'
        f'<path d="{leaves}" fill="{INK}" fill-opacity="0.25" stroke="{INK}" stroke-width="1.2"/>'
        f'{petals}<circle cx="{x}" cy="{number(bloom)}" r="{number(0.35 * bloom)}" fill="{INK}"/>',
    )
    return Drawing(64, max(tall, 2 * bloom), parts)


def _whole():
    """Return a cake that nobody has cut yet."""
    half = RADIUS + 14
    bumps = np.linspace(0, 2 * math.pi, 32)
    edge = " A8 8 0 0 1 ".join(
        f"{number(RADIUS * math.sin(turn))} {number(-RADIUS * math.cos(turn))}" for turn in bumps
    )
    parts = (
        f'<circle r="{RADIUS + 11}" fill="none" stroke="{INK}" stroke-width="1"/>'
        f'<path d="M{edge} Z" stroke="{INK}" fill="{mixed(ROLES["weight"], 0.75)}" '
        'stroke-width="1.6"/>',
    )
    label = below(text("100 %", size=20, bold=True, colour="#000000"),
                  text("of attention", size=14, colour="#000000"), gap=0)  # fmt: skip
    name = (label, half - label.width / 2, half - label.height / 2)
    return placed(2 * half, 2 * half, [(Drawing(1, 1, parts), half, half), name])


def _slice(start, end):
    """Return a slice as an SVG element, around the origin: angles run clockwise from the top."""
    middle, pulled = (start + end) / 2, 3.0
    x, y = pulled * math.sin(middle), -pulled * math.cos(middle)

    def rim(angle):
        return f"{number(x + RADIUS * math.sin(angle))} {number(y - RADIUS * math.cos(angle))}"

    if end == start:
        return f'<path d="M0 0 L{rim(start)}" stroke="{INK}" stroke-dasharray="1.5 5"/>'
    bumps = np.linspace(start, end, max(1, round((end - start) * RADIUS / 13)) + 1)
    edge = " ".join(f"A8 8 0 0 1 {rim(angle)}" for angle in bumps[1:])
    return (
        f'<path d="M{number(x)} {number(y)} L{rim(start)} {edge} Z" stroke="{INK}" '
        f'fill="{mixed(ROLES["weight"], 0.75)}" stroke-width="1.6" stroke-linejoin="round"/>'
    )


def _within(word, share, middle):
    """Return (label, x, y) in the middle of a slice, its letters black upon the cake."""
    label = below(text(word, size=14, bold=True, colour="#000000"),
                  text(share, size=14, colour="#000000"), gap=0)  # fmt: skip
    x, y = 0.63 * RADIUS * math.sin(middle), -0.63 * RADIUS * math.cos(middle)
    return label, x - label.width / 2, y - label.height / 2


def _outside(labels):
    """Return (labels with places, lines to slices, room left, room right): none upon another."""
    things, lines, rooms = [], [], [0.0, 0.0]
    for side in (-1, 1):
        here = [each for each in labels if (1 if math.sin(each[1]) >= 0 else -1) == side]
        y = -RADIUS - 12.0
        for name, middle in sorted(here, key=lambda each: -math.cos(each[1])):
            label = text(" ".join(name), size=14)
            x, edge = side * (RADIUS + 20), RADIUS + 1
            y = max(y, -edge * math.cos(middle) - label.height / 2)
            things.append((label, x if side > 0 else x - label.width, y))
            begin = f"{number(edge * math.sin(middle))} {number(-edge * math.cos(middle))}"
            lines.append(
                f'<path d="M{begin} L{number(x - side * 3)} {number(y + label.height / 2)}" '
                f'stroke="{INK}" stroke-width="1.2"/>'
            )
            y += label.height
            rooms[side > 0] = max(rooms[side > 0], label.width + 8)
    return things, lines, *rooms


def _knob(warmth):
    """Return a knob between cold and hot, its pointer set to a temperature from 0.1 to 10."""
    share = (min(max(math.log10(warmth), -1.0), 1.0) + 1) / 2
    turn = math.radians(225 - 270 * share)
    c = 32

    def at(radius, angle):
        return f"{number(c + radius * math.cos(angle))} {number(c - radius * math.sin(angle))}"

    marks = "".join(
        f"M{at(25, a)} L{at(31, a)}" for a in np.radians(225 - 270 * np.linspace(0, 1, 9))
    )
    parts = (
        f'<circle cx="{c}" cy="{c}" r="21" fill="{INK}" fill-opacity="0.1" stroke="{INK}" '
        f'stroke-width="2"/><path d="{marks}" stroke="{INK}" stroke-width="1.2"/>'
        f'<path d="M{c} {c} L{at(20, turn)}" stroke="{INK}" stroke-width="4"/>',
    )
    return beside(text("cold", size=14), Drawing(64, 64, parts), text("hot", size=14), gap=6)
