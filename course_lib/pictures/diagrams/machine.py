"""The map of the machine: the whole Transformer for one headline, a lesson's own part lit."""

import html
from collections.abc import Sequence
from dataclasses import replace

from IPython.display import display

from course_lib.lessons import LESSONS
from course_lib.pictures.diagrams.drawing import (
    Drawing,
    before,
    below,
    beside,
    placed,
    two_layouts,
)
from course_lib.pictures.diagrams.framing import FILE_STYLE, drawing_page, svg
from course_lib.pictures.diagrams.shapes import arrow, box, card, frame, text
from course_lib.pictures.page import Page

# lesson: (everyday name, the field's name) of its part of the machine
PARTS = {
    1: ("compare", "dot product"),
    2: ("share out", "softmax"),
    3: ("mix", "query, key, value"),
    4: ("turn down", "÷ √dₖ"),
    5: ("cover", "mask; all rows at once"),
    6: ("put on glasses", "W_Q, W_K, W_V: learned"),
    7: ("glance at another text", "encoder–decoder, 2014"),
    8: ("everybody asks everybody", "self-attention, positions"),
    9: ("several readers", "heads, W_O"),
    10: ("add, level, think, add, level", "residual, norm, feed-forward"),
    11: ("the next word", "compare with every word, share out"),
}
CHAIN = (1, 4, 5, 2, 3)  # the steps inside a reader, in their order
# a click on a part is a click on the link to its lesson, which works without the drawing too
CLICK = (
    "(f=>f.querySelectorAll('g[data-lesson]').forEach(g=>{const a=f.querySelector("
    "'a[data-lesson=\"'+g.dataset.lesson+'\"]');if(a){g.style.cursor='pointer';"
    "g.addEventListener('click',()=>a.click())}}))(document.currentScript.closest('figure'))"
)


def show_machine(lesson: int) -> None:
    """Show the map of the machine, with links from its parts to the lessons of this track."""
    display(machine_page(lesson))


def machine_page(lesson: int, *, to: str = "{lesson.stem}.ipynb") -> Page:
    """Return the map of the machine as a page, the part of one lesson lit; of 0, none.

    to: where each part leads, as a format of its lesson.

    Raises:
        ValueError: no part of the machine belongs to that lesson.
    """
    drawing, alt, caption = draw_machine(lesson), described(), "Each part leads to its lesson."
    if lesson:
        everyday, term = PARTS[lesson]
        alt += f" Lit is lesson {lesson:02}: {everyday} ({term})."
        caption = f"You are here: {everyday} ({term})."
    page = drawing_page(drawing, alt, caption).page
    links = " · ".join(
        f'<a data-lesson="{each.number}" href="{to.format(lesson=each)}">{each.number:02} '
        f"{html.escape(each.title)}</a>"
        for each in LESSONS
        if each.number in PARTS
    )
    nav = f'<nav aria-label="The parts of the machine, by lesson">{links}</nav>'
    return Page(page.replace("</figure>", f"{nav}<script>{CLICK}</script></figure>"), alt)


def poster() -> str:
    """Return the whole map, nothing lit, as the text of an SVG file."""
    return svg(draw_machine(0), described(), style=FILE_STYLE) + "\n"


def described() -> str:
    """Return what is visible on the map, in words."""
    inside = ", ".join(PARTS[number][0] for number in (6, *CHAIN))
    return (
        "A map of the machine. The words River, bank, lends, money go into a layer: "
        f"{inside}; then {PARTS[10][0]}. Below it: {PARTS[7][0]}, and {PARTS[11][0]}."
    )


@two_layouts
def draw_machine(
    lesson: int, *, words: Sequence[str] = ("River", "bank", "lends", "money"), narrow: bool = False
) -> Drawing:
    """Draw the map of the machine with the part of one lesson lit, and what is to come pale.

    lesson: its number; 0 draws everything alike, and lights nothing.

    Raises:
        ValueError: no part of the machine belongs to that lesson.
    """
    if lesson not in (0, *PARTS):
        raise ValueError(f"the map has parts of the lessons 1 to {max(PARTS)}, not of {lesson}")
    part = {number: _part(number, lesson) for number in PARTS}
    inside, ends = (_narrow if narrow else _wide)(part)
    readers = _around(inside, lit=lesson == 9, copies=2)
    layer = _around(below(part[8], readers, part[10], gap=12), lit=lesson in (8, 10))
    top = beside(*(card(word).named(word) for word in words), gap=12 if narrow else 26)
    whole = below(top, layer.named("layer"), ends, gap=30)
    ahead = [_ahead(whole, a, b) for a, b in zip(CHAIN, CHAIN[1:], strict=False)]
    down = [
        arrow(whole[f"{word}.bottom"], (whole[f"{word}.bottom"][0], whole["layer.top"][1]))
        for word in words
    ]
    y = whole["layer.bottom"][1]
    (x, _), (last, top) = whole["7.right"], whole["11.top"]
    out = arrow((max(last, x + 30), y), (max(last, x + 30), top))
    glance = arrow((whole["7.top"][0], whole["7.top"][1]), (whole["7.top"][0], y), dashed=True)
    return before(whole, *ahead, *down, out, glance)


def _wide(part):
    """Return what is inside the readers, and what stands below the layer, on a wide page."""
    steps = beside(*(part[number] for number in CHAIN), gap=15)
    inside = below(beside(part[9], part[6], gap=60), steps, gap=14)
    return inside, beside(part[7], part[11], gap=30)


def _narrow(part):
    """Return the same for a narrow column."""
    two, more = beside(part[1], part[4], gap=15), beside(part[5], part[2], gap=15)
    steps = below(below(two, more, align="left"), part[3], align="right")
    inside = below(part[9], part[6], steps, gap=12)
    return inside, below(placed(inside.width + 70, part[7].height, [(part[7], 0, 0)]),
                         part[11], gap=12, align="right")  # fmt: skip


def _ahead(whole, one, other):
    """Return an arrow from a part to the next, beside it or below."""
    start, end = whole[f"{one}.right"], whole[f"{other}.left"]
    if end[0] < start[0]:
        start, end = whole[f"{one}.bottom"], whole[f"{other}.top"]
    return arrow(start, end)


def _part(number, lesson):
    made = box(*PARTS[number], lit=number == lesson).named(str(number))
    tag = text(f"{number:02}", size=14, bold=number == lesson)
    whole = placed(made.width, made.height + 17, [(tag, 4, 0), (made, 0, 17)])
    pale = ' opacity="0.7"' if number > lesson > 0 else ""
    return replace(whole, parts=(f'<g data-lesson="{number}"{pale}>{"".join(whole.parts)}</g>',))


def _around(inside, *, lit, copies=0):
    """Return a frame around a drawing; copies of the frame look out behind."""
    width, height, step = inside.width + 28, inside.height + 22, 7
    rim = Drawing(
        width, height, (frame(width, height, round_=14, line=3 if lit else 1.5, filled=True),)
    )
    rims = [(rim, step * k, step * (copies - k)) for k in range(copies, -1, -1)]
    return placed(
        width + step * copies, height + step * copies, [*rims, (inside, 14, 11 + step * copies)]
    )
