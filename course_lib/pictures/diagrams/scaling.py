"""Lesson 04: thumbs film by film, loud and quiet voices, and the divisor as a knob."""

import math
from collections.abc import Sequence

import numpy as np

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
from course_lib.pictures.diagrams.shapes import INK, ROLES, arrow, card, strip, text, wire
from course_lib.pictures.figures.shares import percent, signed

FILM = 37  # the width of a film's column, in pixels
THUMB = "M9 13 L13 3 Q17 2 17 7 L16 11 H23 Q26 11 26 14 L24 23 Q23 26 20 26 H9 Z M2 12 H6 V27 H2 Z"
TICKS = (1, 2, 4, 8, 16, 32)  # of a knob, at equal distances
FAR_TICKS = (1, 8, 64, 512)
CENTRE = (70, 62)  # of a knob


@two_layouts
def draw_thumbs(
    yours: np.ndarray, theirs: np.ndarray, name: str, *, narrow: bool = False
) -> Drawing:
    """Draw two people's thumbs film by film, what each film adds, and the score so far.

    Shapes:
        yours, theirs (films,): +1 is a thumb up, −1 a thumb down.

    Raises:
        ValueError: they saw different numbers of films, or a thumb is neither +1 nor −1.
    """
    both = np.array([yours, theirs]) if len(yours) == len(theirs) else np.zeros(1)
    if not (np.abs(both) == 1).all():
        raise ValueError(
            f"each film needs two thumbs, +1 or −1, but there are {len(yours)} and {len(theirs)}: "
            "pass two equally long rows of +1 and −1"
        )
    films = zip(yours, theirs, np.cumsum(both.prod(axis=0)), strict=True)
    columns = [_film(number, *film) for number, film in enumerate(films, start=1)]
    rows = ("film", "you", name, "same? +1, else −1", "score so far")
    bold = {"you", name, "score so far"}
    heights = (8, 38, 76, 116, 152)
    labels = [(text(row, size=14, bold=row in bold), y) for row, y in zip(rows, heights,
                                                                     strict=True)]  # fmt: skip
    wide = max(label.width for label, _ in labels)
    left = placed(wide, 164, [(t, wide - t.width, y - t.height / 2) for t, y in labels])
    half = (len(columns) + 1) // 2 if narrow else len(columns)
    parts = [part for part in (columns[:half], columns[half:]) if part]
    return below(*(beside(left, beside(*part, gap=0), gap=12) for part in parts), align="left")


@two_layouts
def draw_voices(
    names: Sequence[str], scores: np.ndarray, shares: np.ndarray, titles: Sequence[str],
    listener: str = "you", *, narrow: bool = False,
) -> Drawing:  # fmt: skip
    """Draw who is heard, twice: from each voice a wire, as thick as its share.

    Shapes:
        scores, shares (2, n): a row for each of the two titles.

    Raises:
        ValueError: there are not two rows of scores and of shares, one number for each name.
    """
    _check_rows(names, scores, shares, rows=2)
    largest = float(np.abs(scores).max())
    panels = [
        below(text(title, bold=True), _voices(names, [row], [parts], largest, listener), gap=10)
        for title, row, parts in zip(titles, scores, shares, strict=True)
    ]
    return flowing(*panels, narrow=narrow, gap=28)


@two_layouts
def draw_turning(
    names: Sequence[str], scores: np.ndarray, shares: np.ndarray, divisors: Sequence[float],
    listener: str = "you", *, narrow: bool = False,
) -> Drawing:  # fmt: skip
    """Draw voices beside a knob that is turned, step by step, to each of the divisors.

    Shapes:
        scores, shares (steps, n): after the division, a row for each divisor.

    Raises:
        ValueError: there is not one row of scores and of shares for each divisor, one number for
            each name, or a divisor is not on the knob, 1 to 512.
    """
    _check_rows(names, scores, shares, rows=len(divisors))
    _check_dial(divisors, FAR_TICKS)
    heard = _voices(names, scores, shares, float(np.abs(scores).max()), listener)
    turned = _by_step([_hand(by, FAR_TICKS) for by in divisors])
    knob = below(text("divide all scores", bold=True), _upon(_dial(FAR_TICKS), turned), gap=14)
    return flowing(knob, heard, narrow=narrow, gap=50)


@two_layouts
def draw_divisors(
    lengths: Sequence[int], typical: np.ndarray, divisors: np.ndarray, *, narrow: bool = False
) -> Drawing:
    """Draw, for each length of the lists, a voice before and after its volume knob.

    Shapes:
        lengths, typical, divisors (n,): typical is the size of a score, divisors divide it.

    Raises:
        ValueError: there are not equally many of each, or a divisor is not on the knob, 1 to 32.
    """
    if not len(lengths) == len(typical) == len(divisors):
        raise ValueError(
            "each length needs a typical score and a divisor, but there are "
            f"{len(lengths)}, {len(typical)} and {len(divisors)}: pass equally many of each"
        )
    _check_dial(divisors, TICKS)
    loudest = float(max(typical))
    columns = [
        _turned_down(*each, loudest, wide=140 if narrow else 190)
        for each in zip(lengths, typical, divisors, strict=True)
    ]
    return beside(*columns, gap=10 if narrow else 40)


def _film(number, mine, other, so_far):
    """Return the column of one film: both thumbs, what they add, and the sum until here."""
    same = mine == other
    sign = _mark("+1" if same else "−1", same)
    things = ((text(str(number), size=14), 8), (_thumb(mine > 0), 38), (_thumb(other > 0), 76),
              (sign, 116), (text(signed(so_far, decimals=0), bold=True), 152))  # fmt: skip
    return placed(FILM, 164, [(t, FILM / 2 - t.width / 2, y - t.height / 2) for t, y in things])


def _mark(words, same):
    label = text(words, size=14, colour="#000000")
    fill, dashes = (ROLES["score"], "") if same else ("#FFFFFF", ' stroke-dasharray="4 3"')
    cell = (
        f'<rect x="1" y="1" width="34" height="26" fill="{fill}" stroke="{ROLES["score"]}" '
        f'stroke-width="2"{dashes}/>'
    )
    return behind(placed(36, 28, [(label, 18 - label.width / 2, 5)]), cell)


def _thumb(up):
    """Return a thumb: up and filled, or down and empty."""
    turn = "" if up else ' transform="matrix(1 0 0 -1 0 29)"'
    part = (
        f'<path d="{THUMB}" fill="{INK}" fill-opacity="{0.3 if up else 0}" stroke="{INK}" '
        f'stroke-width="1.8" stroke-linejoin="round"{turn}/>'
    )
    return Drawing(28, 29, (part,))


def _voices(names, scores, shares, largest, listener):
    """Return a picture of who is heard by the listener; each row of scores is a step."""
    whole_numbers = [np.allclose(row, np.round(row)) for row in scores]
    wide = max(card(name).width for name in names)
    rows = []
    for number, name in enumerate(names):
        who = card(name)
        said = [
            beside(strip([row[number]], "score", largest=largest, decimals=0 if whole else 2,
                         cell=50), text(percent(parts[number]), bold=True), gap=8)
            for row, parts, whole in zip(scores, shares, whole_numbers, strict=True)
        ]  # fmt: skip
        row = [(who, wide - who.width, 0), (_by_step(said), wide + 8, 2)]
        rows.append(placed(wide + 128, 34, row).named(f"voice{number}"))
    ear = card(listener, strong=True).named("ear")
    whole = beside(below(*rows, gap=12), ear, gap=78)
    wires = [Drawing(0, 0, tuple(_heard(whole, parts))) for parts in shares]
    return behind(whole, *_by_step(wires).parts)


def _heard(whole, shares):
    """Return the wires from all voices to the ear."""
    for number, share in enumerate(shares):
        yield wire(whole[f"voice{number}.right"], whole["ear.left"], float(share))


def _by_step(drawings):
    """Return drawings in one place, of which each is seen in its own step alone."""
    if len(drawings) == 1:
        return drawings[0]
    last = len(drawings) - 1
    shown = (during(d, n, n if n < last else 999) for n, d in enumerate(drawings))
    return placed(max(d.width for d in drawings), drawings[0].height, [(d, 0, 0) for d in shown])


def _upon(one, other):
    return placed(one.width, one.height, [(one, 0, 0), (other, 0, 0)])


def _turned_down(length, typical, divisor, loudest, *, wide):
    """Return one voice: how loud it is, its knob, and how loud it comes out."""
    onward = Drawing(16, 20, (arrow((8, 1), (8, 19)),))
    knob = _upon(_dial(TICKS), _hand(divisor, TICKS))
    return below(
        text(f"{length} numbers", bold=True),
        _wave(typical, loudest, wide, room=1),
        text(f"typical score: {signed(typical, decimals=1)}", size=14),
        *(onward, knob, onward),
        _wave(typical / divisor, loudest, wide, room=0.2),
        text(f"turned down to {signed(typical / divisor, decimals=1)}", size=14),
        gap=5,
    )


def _wave(size, loudest, width, room):
    """Return a voice as a wave: the higher, the louder; room: for which share of the loudest."""
    half = 50 * room
    points = (
        f"{x} {half - _height(x, width) * 50 * size / loudest:.1f}" for x in range(0, width + 1, 2)
    )
    line = f'<path d="M{" L".join(points)}" fill="none" stroke="{INK}" stroke-width="2"/>'
    return Drawing(width, 2 * half, (line,))


def _height(x, width):
    return math.sin(2 * math.pi * x / 38) * math.sin(math.pi * x / width)


def _dial(ticks):
    """Return a knob with the numbers of its scale around it."""
    c, r = CENTRE
    rim = f'<circle cx="{c}" cy="{r}" r="34" fill="none" stroke="{INK}" stroke-width="2"/>'
    things = []
    for tick in ticks:
        (x, y), label = _direction(tick, ticks), text(str(tick), size=14)
        things.append((label, c + 54 * x - label.width / 2, r - 54 * y - label.height / 2))
    return before(placed(140, 128, things), rim)


def _hand(divisor, ticks):
    """Return the hand of a knob at the number that divides, and below it that number."""
    (c, r), (x, y) = CENTRE, _direction(divisor, ticks)
    hand = (
        f'<path d="M{c} {r} L{c + 32 * x:.1f} {r - 32 * y:.1f}" stroke="{INK}" '
        'stroke-width="5" stroke-linecap="round"/>'
    )
    name = text(f"÷ {divisor:.3g}", bold=True)
    return before(placed(140, 128, [(name, c - name.width / 2, 106)]), hand)


def _direction(divisor, ticks):
    """Return where a number stands on the scale, from lower left over the top."""
    turn = math.radians(225 - 270 * math.log2(divisor) / math.log2(ticks[-1]))
    return math.cos(turn), math.sin(turn)


def _check_rows(names, scores, shares, rows):
    for table in (scores, shares):
        if np.shape(table) != (rows, len(names)):
            raise ValueError(
                f"scores and shares must have shape ({rows}, {len(names)}), but one has "
                f"{np.shape(table)}: pass {rows} rows, one number for each name"
            )


def _check_dial(divisors, ticks):
    for divisor in divisors:
        if not ticks[0] <= divisor <= ticks[-1]:
            raise ValueError(
                f"the knob goes from {ticks[0]} to {ticks[-1]}, but a divisor is {divisor:g}: "
                "pass divisors that are on it"
            )
