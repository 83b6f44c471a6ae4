"""Lesson 06: one step of training, from a portrait to the error, and back to the glasses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from course_lib.pictures.diagrams.drawing import (
    Drawing,
    Point,
    behind,
    below,
    beside,
    placed,
    two_layouts,
)
from course_lib.pictures.diagrams.player import during
from course_lib.pictures.diagrams.shapes import (
    arrow,
    box,
    card,
    centred,
    glasses,
    strip,
    text,
    wire,
)
from course_lib.pictures.figures.shares import percent, signed
from course_lib.pictures.figures.style import ROLES

# where the parts stand, from the left, and the height of a line of the glasses
PORTRAIT, GLASSES, LINE = 66.0, 114.0, 32.0
PITCH = 86.0  # from one column of the glasses to the next
LANE = ("glasses", "scores", "shares", "answer", "how wrong")


@dataclass(frozen=True)
class Room:
    """A layout: its size, the first word and the step to the next, the answer, what is wanted.

    down: the words stand side by side below the glasses, or below each other beside them. lane:
    from a box of the lane to the next.
    """

    size: Point
    word: Point
    step: Point
    answer: Point
    wanted: Point
    down: bool
    lane: float


WIDE = Room((740, 356), (392, 56), (0, 52), (590, 86), (590, 152), down=False, lane=46)
NARROW = Room((478, 632), (4, 350), (118, 0), (60, 466), (280, 466), down=True, lane=14)


class Answered(NamedTuple):
    """What comes of one way through a layer: query, shares of attention, answer, how wrong it is.

    Shapes:
        query (d_k,), shares (n_k,), answer (d_v,).
    """

    query: np.ndarray
    shares: np.ndarray
    answer: np.ndarray
    wrong: float


@two_layouts
def draw_nudge(
    word: str, words: Sequence[str], portrait: np.ndarray, features: Sequence[str],
    pairs: Sequence[np.ndarray], answers: Sequence[Answered], wanted: np.ndarray,
    *, narrow: bool = False,
) -> Drawing:  # fmt: skip
    """Draw one step of training, to be played: portrait, forward, error, backwards, nudge, again.

    pairs: the question glasses before and after the nudge; answers: what comes of each.

    Shapes:
        portrait (d_model,), pairs: two of (d_model, d_k), wanted (d_v,).

    Raises:
        ValueError: the glasses don't fit the portrait, or there are not two of them.
    """
    shape, fitting = np.shape(pairs), (2, len(features))
    if shape[:2] != fitting or np.shape(portrait) != fitting[1:]:
        raise ValueError(
            f"pairs must be the glasses before and after, each with a row for each of the "
            f"{len(features)} features of the portrait, but their shape is {shape}"
        )
    old, new = (np.asarray(pair, dtype=float) for pair in pairs)
    room = NARROW if narrow else WIDE
    stage = _stage(room, word, words, portrait, features)
    seen = [_forward(room, stage, words, each) for each in answers]
    before, after = (each.wrong for each in answers)
    frames = (
        stage, during(_numbers(room, old), 0, 3), during(_numbers(room, new), 4),
        during(seen[0], 1, 4), during(_wrong(room, wanted, before), 2, 4),
        during(_directions(room, new - old), 3, 4),
        during(seen[1], 5), during(_wrong(room, wanted, after, was=before), 5), *_lane(room),
    )  # fmt: skip
    return placed(*room.size, ((each, 0, 0) for each in frames))


def _stage(room, word, words, portrait, features):
    """Return what stays: the portrait, the glasses without numbers, the words that answer."""
    pair, asks = glasses("question glasses", ROLES["query"]), card(word, strong=True)
    things = [(pair, GLASSES + PITCH - 13 - pair.width / 2, 0)]
    things.append((asks, PORTRAIT + 19 - asks.width / 2, 22))
    for i, (name, amount) in enumerate(zip(features, portrait, strict=True)):
        label, y = text(name, size=14), 70 + LINE * i
        things.append((label, PORTRAIT - label.width - 4, y + 6))
        things.append((strip([amount], "output", cell=38, largest=2), PORTRAIT, y))
    for i, name in enumerate(words):
        at = (start + i * step for start, step in zip(room.word, room.step, strict=True))
        things.append((centred(card(name), 76).named(name), *at))
    return placed(*room.size, things)


def _numbers(room, pair):
    """Return the numbers in the glasses."""
    return placed(*room.size, (
        (strip([entry], "query", decimals=2, largest=2, cell=60), x, y)
        for entry, x, y in _cells(pair)
    ))  # fmt: skip


def _directions(room, nudge):
    """Return a mark beside each number: up, down, or a dash where nothing is to be gained."""
    marks = {1: "▲", -1: "▼", 0: "–"}
    return placed(*room.size, (
        (text(marks[int(np.sign(np.round(entry, 9)))], bold=True), x + 63, y + 5)
        for entry, x, y in _cells(nudge)
    ))  # fmt: skip


def _cells(pair):
    for (i, j), entry in np.ndenumerate(pair):
        yield entry, GLASSES + PITCH * j, 70 + LINE * i


def _forward(room, stage, words, made):
    """Return what one way through the layer makes: query, wires to the words, answer."""
    asked = strip(made.query, "query", decimals=2, largest=2, cell=60)
    heard = strip(made.answer, "output", decimals=2, largest=10, cell=50)
    x, y = GLASSES + PITCH - 13 - asked.width / 2, 236
    things = [(below(asked, text("query", size=14), gap=1), x, y)]
    things.append((below(text("answer", size=14), heard, gap=1), *room.answer))
    wires = []
    for name, share in zip(words, made.shares, strict=True):
        told, (left, at), (right, _) = (
            text(percent(share), bold=True), stage[f"{name}.left"], stage[f"{name}.right"]
        )  # fmt: skip
        ends = (x + asked.width, y + 15), (left, at), (right + 58, at), (room.answer[0], 121)
        place = right + 6, at - 10
        if room.down:
            (middle, top), low = stage[f"{name}.top"], stage[f"{name}.bottom"][1]
            place = middle - told.width / 2, low + 3
            ends = ((x + asked.width / 2, y + 50), (middle, top), (middle, low + 26),
                    (room.answer[0] + heard.width / 2, room.answer[1] - 1))  # fmt: skip
        things.append((told, *place))
        for pair in (ends[:2], ends[2:]):
            wires.append(wire(*pair, float(share), down=room.down))
    return behind(placed(*room.size, things), *wires)


def _wrong(room, wanted, wrong, *, was=None):
    """Return the wanted answer and how wrong the machine's is; was: how wrong it was before."""
    want = strip(wanted, "output", largest=10, cell=50)
    lines = [text(f"how wrong: {signed(wrong)}", bold=True)]
    lines += [] if was is None else [text(f"before: {signed(was)}", size=14)]
    made = below(below(text("wanted", size=14), want, gap=1), *lines)
    return placed(*room.size, [(made, *room.wanted)])


def _lane(room):
    """Return the way through the machine: forward with solid arrows, backwards with dashed ones."""
    lane = beside(*(box(name).named(name) for name in LANE), gap=room.lane)
    wide, high = room.size
    stands = placed(wide, high, [(lane, (wide - lane.width) / 2, high - lane.height)])
    steps = [
        (stands[f"{a}.right"], stands[f"{b}.left"]) for a, b in zip(LANE, LANE[1:], strict=False)
    ]
    ahead = [arrow(start, end, thick=2.5) for start, end in steps]
    back = [arrow(end, start, thick=2.5, dashed=True) for start, end in steps]
    kinds = (ahead[:-1], 1, 1), (ahead, 2, 2), (back, 3, 4), (ahead, 5, 999)
    arrows = (during(Drawing(*room.size, tuple(parts)), *steps) for parts, *steps in kinds)
    return stands, *arrows
