"""The map of the machine: the whole Transformer for one headline, a lesson's own part lit."""

from collections.abc import Sequence
from dataclasses import replace

from course_lib.pictures.diagrams.drawing import Drawing, behind, below, beside, placed
from course_lib.pictures.diagrams.shapes import arrow, box, card, frame, text

# lesson: (everyday name, the field's name) of its part of the machine
PARTS = {
    1: ("compare", "dot product"),
    2: ("share out", "softmax"),
    3: ("mix", "query, key, value"),
    4: ("turn down", "÷ √dₖ"),
    5: ("cover", "mask, matrix form"),
    6: ("glasses", "W_Q, W_K, W_V"),
    7: ("glance at another text", "encoder-decoder"),
    8: ("everybody asks everybody", "self-attention, places"),
    9: ("several readers", "heads, W_O"),
    10: ("the road: add, level, think", "residual, norm, feed-forward"),
    11: ("the next word", "compare with every word, share out, draw one"),
}


def draw_machine(
    lesson: int, words: Sequence[str] = ("River", "bank", "lends", "money")
) -> Drawing:
    """Draw the map of the machine with the part of one lesson lit, and what is to come pale.

    lesson: its number; 0 lights nothing.

    Raises:
        ValueError: no part of the machine belongs to that lesson.
    """
    if lesson not in (0, *PARTS):
        raise ValueError(f"the map has parts of the lessons 1 to {max(PARTS)}, not of {lesson}")
    part = {number: _part(number, lesson) for number in PARTS}
    steps = beside(*(part[number] for number in (1, 4, 5, 2, 3)), gap=22)
    inside = below(part[6], steps, gap=30)
    reader = _around(inside, part[9], lit=lesson == 9, copies=2)
    asks = below(part[8], reader, gap=18)
    layer = _around(asks, part[10], lit=lesson == 10)
    top = beside(*(card(word).named(word) for word in words), gap=30)
    middle = beside(part[7], layer, gap=30) if False else layer
    whole = below(top, middle, beside(part[7], part[11], gap=40), gap=34)
    wires = [
        arrow(whole["1.right"], whole["4.left"]), arrow(whole["4.right"], whole["5.left"]),
        arrow(whole["5.right"], whole["2.left"]), arrow(whole["2.right"], whole["3.left"]),
    ]  # fmt: skip
    return behind(whole, *wires)


def _part(number, lesson):
    made = box(*PARTS[number], lit=number == lesson)
    tag = text(f"{number:02}", size=11)
    whole = placed(made.width, made.height + 12, [(tag, 4, -2), (made.named(str(number)), 0, 12)])
    return whole if number <= lesson or not lesson else _pale(whole)


def _pale(drawing):
    return replace(drawing, parts=(f'<g opacity="0.55">{"".join(drawing.parts)}</g>',))


def _around(inside, title, *, lit, copies=0):
    """Return a frame around a drawing, its title on top; copies of the frame look out behind."""
    body = below(title, inside, gap=12)
    width, height, step = body.width + 32, body.height + 28, 7
    rims = [
        (Drawing(width, height, (frame(width, height, round_=14, line=3 if lit else 1.5),)),
         step * k, -step * k + step * copies)
        for k in range(copies, 0, -1)
    ]  # fmt: skip
    rim = Drawing(width, height, (frame(width, height, round_=14, line=3 if lit else 1.5),))
    things = [*rims, (rim, 0, step * copies), (body, 16, 14 + step * copies)]
    return placed(width + step * copies, height + step * copies, things)
