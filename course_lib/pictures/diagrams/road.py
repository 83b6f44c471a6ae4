"""Lesson 10: the road with lanes, one word's way through a layer, the translator, the next word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from course_lib.pictures.diagrams.drawing import (
    Drawing,
    before,
    behind,
    below,
    beside,
    moved,
    number,
    padded,
    placed,
    two_layouts,
)
from course_lib.pictures.diagrams.player import during, marked
from course_lib.pictures.diagrams.shapes import (
    INK,
    PAPER,
    arrow,
    box,
    card,
    frame,
    names_of,
    strip,
    text,
    wire,
)
from course_lib.pictures.figures.shares import percent, signed

LEFT = 130  # room for the names of portraits on a lane
CELL, BESIDE = 50, 56  # of a portrait's strip; from a portrait on the lane to what a step found


@dataclass(frozen=True)
class Lanes:
    """Where lanes are: from lane to lane, from a lane to its step, room for names, and for ends."""

    apart: int = 143
    side: int = 58
    left: int = 130
    ends: int = 16

    def __call__(self, n: int) -> list[int]:
        """Return where n of them run."""
        return [self.left + 30 + self.apart * place for place in range(n)]


@two_layouts
def draw_road(words: Sequence[str], shares: np.ndarray, *, narrow: bool = False) -> Drawing:
    """Draw a layer as a road: a lane for each word, and both steps with the skips past them.

    Wires between lanes are as thick as the shares; a word's row leads to its own lane.

    Shapes:
        shares (n, n)

    Raises:
        ValueError: there is not one row and one column of shares for each word.
    """
    if np.shape(shares) != (len(words), len(words)) or not len(words):
        raise ValueError(f"shares must be {len(words)} × {len(words)}, one row for each word")
    room = Lanes(apart=76, side=34, left=114, ends=12) if narrow else Lanes()
    lanes = room(len(words))
    across = room.apart * (len(words) - 1) + room.side + room.ends + 56
    things = [(Drawing(across, 150, (frame(across, 150, round_=14),)), lanes[0] + 16, 310)]
    for x, word in zip(lanes, words, strict=True):
        things += _lane(x, word, room.side)
    things += [(name, lanes[0] - 32 - name.width, y) for name, y in _names_of_steps()]
    ends = ("asks", 317), ("answers", 441)
    things += [
        (text(end, size=14, italic=True), lanes[-1] + room.side + room.ends, y) for end, y in ends
    ]
    whole = placed(lanes[0] + 16 + across, 566, things)
    wires = [
        wire(
            (lanes[hears] + room.side, 456), (lanes[asks] + room.side, 322), float(share), down=True
        )
        for (asks, hears), share in np.ndenumerate(shares)
    ]
    skip = arrow((lanes[0] - 28, 391), (lanes[0] - 14, 391))
    return before(behind(whole, *map(_surface, lanes)), *wires, skip)


def _lane(x, word, side):
    """Return what stands on a lane and beside it, each with its place, and the ways off it."""
    ways = [
        f'<path d="M{x} 496 L{x + side} 476 V462 M{x} 222 L{x + side} 206 V194" fill="none" '
        f'stroke="{INK}" stroke-width="1.8"/>',
        arrow((x + side, 316), (x + 13, 285)),
        arrow((x + side, 158), (x + 13, 121)),
    ]
    stations = [(card(word), 547), (plus(), 280), (on_road(box("level")), 244),
                (plus(), 116), (on_road(box("level")), 80)]  # fmt: skip
    found = [(each, x - each.width / 2, y - each.height / 2) for each, y in stations]
    think = box("think")
    return [(Drawing(0, 0, tuple(ways)), 0, 0), *found, (think, x + side - think.width / 2, 159)]


def _names_of_steps():
    """Return what is written beside the road, each with its height."""
    lines = (
        ("next layer", "", 16), ("2. think", "feed-forward", 158),
        ("1. look around", "self-attention", 318), ("straight on", "skip", 372),
    )  # fmt: skip
    for name, term, y in lines:
        under = [text(term, size=14, italic=True)] if term else []
        yield below(text(name, size=14, bold=True), *under, gap=0, align="right"), y


def _surface(x):
    """Return a lane's surface as one SVG element: broad, with a middle line and a head."""
    return (
        f'<path d="M{x} 526 V20" stroke="{INK}" stroke-width="22" stroke-opacity="0.13" '
        f'fill="none"/><path d="M{x} 526 V10" stroke="{INK}" stroke-width="2" '
        f'stroke-dasharray="10 7" fill="none"/><path d="M{x - 16} 22 L{x} 4 L{x + 16} 22" '
        f'fill="none" stroke="{INK}" stroke-width="2.5"/>'
    )


def plus() -> Drawing:
    """Return the disc on a road at which two things are added."""
    disc = f'<circle cx="12" cy="12" r="11" style="fill:{PAPER}" stroke="{INK}" stroke-width="2"/>'
    return Drawing(24, 24, (disc, f'<path d="M6 12 H18 M12 6 V18" stroke="{INK}" '
                                  'stroke-width="2"/>'), ("+",))  # fmt: skip


def on_road(made: Drawing) -> Drawing:
    """Return a box that hides the road behind it."""
    return behind(made, frame(made.width, made.height, round_=10, line=1.2, filled=True))


@two_layouts
def draw_skip(
    stations: Mapping[str, np.ndarray], features: Sequence[str], *, narrow: bool = False
) -> Drawing:
    """Draw how a word keeps what it was: straight on, past a step, to where both are added.

    stations: name -> numbers, in this order: what it was, what it heard, both added.

    Shapes:
        three lists of numbers, each (d_model,) as features.

    Raises:
        ValueError: there are not three stations.
    """
    if len(stations) != 3:
        raise ValueError("a skip has three stations: what was, what was found, both added")
    look = box("look around", "self-attention")
    return _stretch(list(stations.items()), features, look, _largest(stations), narrow=narrow)


@two_layouts
def draw_way(
    stations: Mapping[str, np.ndarray], features: Sequence[str], *, narrow: bool = False
) -> Drawing:
    """Draw one word's way through a layer, to be played: a station more with each step.

    stations: name -> numbers, from the portrait that enters to the norm at the end.

    Shapes:
        seven lists of numbers, each (d_model,) as features.

    Raises:
        ValueError: there are not seven stations.
    """
    if len(stations) != 7:
        raise ValueError(
            "a way has seven stations: enters, hears, added, norm, writes, added, norm"
        )
    way, largest = list(stations.items()), _largest(stations)
    look, think = box("look around", "self-attention"), box("think", "feed-forward")
    low = _stretch(way[:3], features, look, largest, first=0, narrow=narrow)
    high = _stretch(way[3:6], features, think, largest, first=3, narrow=narrow)
    out = placed(LEFT + 5 * CELL, 30, _on_lane(_station(*way[6], largest, 6), 0))
    levels = (_levels(step, LEFT + (24 if narrow else 2.5 * CELL)) for step in (6, 3))
    return below(out, next(levels), high, next(levels), low, gap=0, align="left")


def _largest(stations):
    return max(float(np.abs(values).max()) for values in stations.values())


def _levels(step, x):
    """Return the piece of road that carries a norm; x: where the road runs."""
    made = marked(box("level", "norm"), step)
    up = (arrow((x, 90), (x, 73)), arrow((x, 18), (x, 3)))
    return before(placed(x, 92, [(made, x - made.width / 2, 16)]), *up)


def _station(name, values, largest, step=None):
    """Return a portrait with its name; its place is empty until that step."""
    label, numbers = text(name, size=14), strip(values, "output", decimals=2, largest=largest,
                                                cell=CELL)  # fmt: skip
    if step is None:
        return label, numbers
    rim = frame(numbers.width, 30, round_=0, line=1)
    empty = f'<g opacity="0.5" stroke-dasharray="2 5">{rim}</g>'
    return during(label, step), behind(during(marked(numbers, step), step), empty)


def _on_lane(station, y):
    """Return (drawing, x, y) of a portrait on the lane and of its name on the left."""
    label, numbers = station
    return (label, LEFT - 12 - label.width, y + 6), (numbers, LEFT, y)


def _stretch(stations, features, step, largest, first=None, *, narrow):
    """Return the road past one step: a portrait, what the step found for it, and both added."""
    x, right = LEFT + 2.5 * CELL, LEFT + 5 * CELL + BESIDE
    low, at = 168, 183  # where it begins, and how high the step stands: beside that, or above
    if narrow:
        x, right, low, at = LEFT + 24, LEFT + BESIDE, 222, 159
    marks = [None] * 3 if first is None else [first, first + 1, first + 2]
    was, (name, found), added = (
        _station(*station, largest, mark) for station, mark in zip(stations, marks, strict=True)
    )
    middle = right + 2.5 * CELL
    skip = below(text("straight on", size=14), text("skip", size=14, italic=True), gap=0)
    things = [
        *_on_lane(added, 0), *_on_lane(was, low),
        (names_of(features, cell=CELL, size=14), LEFT, low + 34),
        (name, middle - name.width / 2, 46), (found, right, 70), (plus(), x - 12, 73),
        (skip, x - 92, low / 2 + 28),
        (marked(step, marks[1]), middle - step.width / 2, at - step.height / 2),
    ]  # fmt: skip
    whole = placed(right + 5 * CELL, low + 54, things)
    half = step.width / 2, step.height / 2
    enters = (arrow((middle, low - 6), (middle, at + half[1] + 6)) if narrow else
              arrow((LEFT + 5 * CELL + 6, at), (middle - half[0] - 6, at)))  # fmt: skip
    return before(
        whole, enters, arrow((x, low - 6), (x, 99)), arrow((x, 72), (x, 36)),
        arrow((middle, at - 6 - half[1]), (middle, 106)), arrow((right - 7, 85), (x + 14, 85)),
    )  # fmt: skip


@two_layouts
def draw_detector(
    words: Sequence[str], heard: np.ndarray, features: Sequence[str], totals: np.ndarray,
    name: str, *, narrow: bool = False,
) -> Drawing:  # fmt: skip
    """Draw the same detector in each lane: what it adds up, and whether anything is above zero.

    name: of the sum that it makes, such as "finance + place − 1".

    Shapes:
        heard (n, d) with a name in features for each column, totals (n,)

    Raises:
        ValueError: there is not one sum for each word.
    """
    if np.shape(totals) != (len(words),) or len(heard) != len(words):
        raise ValueError("a detector needs a row of numbers and one sum for each word")
    unit = 70 / float(np.abs(totals).max())  # pixels
    up = unit * max(float(np.max(totals)), 0) + 12
    full = float(np.abs(heard).max())
    lanes = [
        _lane_of_detector(
            word,
            strip(row, "output", decimals=2, largest=full, cell=56),
            features,
            float(total),
            unit,
            up,
        )
        for word, row, total in zip(words, heard, totals, strict=True)
    ]
    half = (len(lanes) + 1) // 2 if narrow else len(lanes)
    parts = [part for part in (lanes[:half], lanes[half:]) if part]
    return below(*(_summed(part, name, up) for part in parts), gap=30, align="left")


def _summed(lanes, name, up):
    """Return lanes of a detector side by side, upon the line of 0, with the names of their rows."""
    whole = beside(*lanes, gap=22)
    names = ((name, 88 + up - 10), ("the detector says", 88 + up + 100))
    labels = [(text(label, size=14), y) for label, y in names]
    left = max(label.width for label, _ in labels) + 16
    things = [(whole, left, 0), *((label, left - 16 - label.width, y) for label, y in labels)]
    end = left + whole.width + 16  # beyond the last sum
    things.append((text("0", size=14), end + 5, 88 + up - 9))
    zero = f'<path d="M{number(left - 8)} {number(88 + up)} H{number(end)}" '
    zero += f'stroke="{INK}" stroke-width="1.5" stroke-dasharray="6 4"/>'
    return before(placed(end + 16, whole.height, things), zero)


def _lane_of_detector(word, numbers, features, total, unit, up):
    """Return a lane: a word, what is added up, the sum as a bar, and what the detector says."""
    high, speaks = abs(total) * unit, total > 0
    dashes = "" if speaks else ' stroke-dasharray="3 3"'
    bar = (
        f'<rect x="{number(numbers.width / 2 - 17)}" y="{number(88 + up - speaks * high)}" '
        f'width="34" height="{number(high)}" fill="{INK if speaks else "none"}" '
        f'stroke="{INK}" stroke-width="1.5"{dashes}/>'
    )
    sum_, says = text(signed(total), size=14), text(signed(max(total, 0.0)), bold=speaks)
    middle = numbers.width / 2
    things = [
        (card(word), middle - card(word).width / 2, 0), (numbers, 0, 40),
        (names_of(features, cell=56, size=14), 0, 72),
        (sum_, middle + 22, 88 + up - 9 + (9 - 20 * speaks)),
        (says, middle - says.width / 2, 88 + up + 99),
    ]  # fmt: skip
    return before(placed(numbers.width, 88 + up + 122, things), bar)


@two_layouts
def draw_translator(
    source: str, written: str, following: str, *, n_layers: int, narrow: bool = False
) -> Drawing:
    """Draw the Transformer of 2017: a stack that reads, one that writes, and the next word.

    Skips and norms are left out, and each stack shows one of its `n_layers` layers.

    Raises:
        ValueError: there is no layer.
    """
    if n_layers < 1:
        raise ValueError("a translator needs at least one layer in each stack")
    think, glance = box("think", "feed-forward"), box("glance back", "cross-attention")
    look, back = (box("look around", "self-attention"),
                  box("look around, only back", "self-attention, covered"))  # fmt: skip
    room, between, beyond, under = (4, 20, 12, 22) if narrow else (14, 70, 136, 0)
    reads = _stack([think, look], "read", n_layers, room)
    writes = _stack([think, glance.named("glance"), back], "write", n_layers, room)
    left = _chain([reads, *_entrance("source", source)])
    word = below(text("next word", bold=True), card(following, strong=True).named("next"), gap=4)
    compare = box("compare with every word", "dot product with each portrait").named("compare")
    right = _chain([word, box("share out", "softmax"), compare, writes,
                    *_entrance("so far", written)])  # fmt: skip
    whole = placed(
        left.width + between + right.width + beyond, right.height + under,
        [(left, 0, right.height - left.height), (right, left.width + between, 0)],
    )  # fmt: skip
    onward = arrow(whole["write.top"], whole["compare.bottom"])
    return before(
        whole, onward, *_glances(whole, 22 if narrow else 40), *_comes_back(whole, narrow)
    )


def _entrance(name, words):
    """Return where words enter: portraits and places above the words themselves."""
    cards = beside(*(card(word) for word in words.split()), gap=8)
    named = below(cards.named(name), text(name, size=14, bold=True), gap=4)
    return box("portraits + places", "embedding, positions"), named


def _chain(pieces, gap=26):
    """Return pieces one below the other, with arrows from each to the one above it."""
    whole = below(*(each.named(f"piece {n}") for n, each in enumerate(pieces)), gap=gap)
    ends = [(whole[f"piece {n + 1}.top"], whole[f"piece {n}.bottom"])
            for n in range(len(pieces) - 1)]  # fmt: skip
    ways = [arrow((x, low), (x, high)) for (x, low), (_, high) in ends]
    places = {name: at for name, at in whole.places.items() if not name.startswith("piece ")}
    return before(replace(whole, places=places), *ways)


def _stack(steps, name, n_layers, room):
    """Return a layer in its frame, with the frames of the layers behind it, and their name."""
    inside, deep = padded(_chain(steps, gap=22), x=room, y=14), 8 * (n_layers - 1)
    rim = Drawing(inside.width, inside.height, (frame(inside.width, inside.height, filled=True),))
    behind_it = [(rim, deep + 8 * k, 22 + deep - 8 * k) for k in range(n_layers - 1, -1, -1)]
    label = text(f"{n_layers} layers {name}", size=14, bold=True)
    things = [(label, deep, 0), *behind_it, (inside.named(name), deep, 22 + deep)]
    return placed(inside.width + 2 * deep, 22 + inside.height + deep, things)


def _glances(whole, beyond):
    """Return the way from the top of what was read to the glance, as SVG elements."""
    (right, top), (to, level) = (whole["read.right"][0], whole["read.top"][1]), whole["glance.left"]
    up, across = top - 46, right + beyond
    way = f"M{number(right - 16)} {number(top)} V{number(up)} H{number(across)} V{number(level)}"
    label = text("finished lists", size=14)
    return (
        moved(label, across - 28 - label.width / 2, up - 22)[0],
        f'<path d="{way}" stroke="{INK}" stroke-width="2.5" fill="none"/>',
        arrow((across - 1, level), (to - 3, level), thick=2.5),
    )


def _comes_back(whole, narrow):
    """Return the way of the next word back to those so far, as SVG elements."""
    (start, top), (end, low), edge = (
        whole["next.right"],
        whole["so far.right"],
        whole.width - (2 if narrow else 16),
    )
    way = f"M{number(start + 4)} {number(top)} H{number(edge)} V{number(low)}"
    label, above = text("written down, enters again", size=14), top - 24
    return (
        f'<path d="{way}" stroke="{INK}" stroke-width="1.8" stroke-dasharray="4 4" fill="none"/>',
        arrow((edge, low), (end + 4, low), dashed=True),
        moved(label, edge - label.width, whole.height - 18 if narrow else above)[0],
    )


@two_layouts
def draw_next_word(
    words: Sequence[str], early: np.ndarray, late: np.ndarray, *, names: tuple[str, str],
    others: str, narrow: bool = False,
) -> Drawing:  # fmt: skip
    """Draw how two last lists share out among the same words, one on each side.

    names: of the two; others: all words that are not among them, to which the rest goes.

    Shapes:
        early, late (n,)

    Raises:
        ValueError: there is not one share for each word, or they are more than 100 %.
    """
    sides = [np.append(shares, 1 - np.sum(shares)) for shares in (early, late)]
    if any(len(side) != len(words) + 1 or side[-1] < 0 for side in sides):
        raise ValueError("each side needs one share for each word, of 100 % at most together")
    rows = [
        _between(percent(one, decimals=1), word, percent(two, decimals=1)).named(f"word {place}")
        for place, (word, one, two) in enumerate(zip([*words, others], *sides, strict=True))
    ]
    lists = [box("the last list", name).named(name) for name in names]
    if narrow:
        whole = below(beside(*lists, gap=170), below(*rows, gap=6), gap=30)
        starts = [(whole[f"{name}.bottom"][0] + off, whole[f"{name}.bottom"][1])
                  for name, off in zip(names, (-46, 46), strict=True)]  # fmt: skip
    else:
        whole = beside(lists[0], below(*rows, gap=6), lists[1], gap=80)
        starts = [whole[f"{names[0]}.right"], whole[f"{names[1]}.left"]]
    ends = zip(starts, ("left", "right"), strict=True)
    wires = [
        wire(start, whole[f"word {place}.{side}"], float(share))
        for (start, side), shares in zip(ends, sides, strict=True)
        for place, share in enumerate(shares)
    ]
    return behind(whole, *wires)


def _between(left, word, right):
    """Return a word on a card, with a share on each side, in columns of their own."""
    label = card(word)
    one, two = text(left, bold=True), text(right, bold=True)
    things = [(one, 68 - one.width, 7), (label, 138 - label.width / 2, 0), (two, 208, 7)]
    return placed(276, label.height, things)
