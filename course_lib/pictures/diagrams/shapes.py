"""The parts that all drawings are made of: a card, a strip of numbers, a box, a wire, a jar.

What a part means is said by its shape or its label as well, never by its colour alone.
"""

import html
import math
from collections.abc import Sequence
from functools import cache

from course_lib.pictures.diagrams.drawing import Drawing, Point, below, number, placed
from course_lib.pictures.figures.shares import signed
from course_lib.pictures.figures.style import ROLES, text_colour

SIZE = 16  # of letters, in pixels
INK = "currentColor"  # follows the page: black on white, or white on black
PAPER = "var(--jp-layout-color0,Canvas)"  # what the page itself is made of
THICKEST, THINNEST = 16, 0.6  # of a wire that carries everything, next to nothing; in pixels


@cache
def width_of(words: str, size: float = SIZE, *, bold: bool = False) -> float:
    """Return about how wide a text is, in pixels; a page's own letters are rarely wider.

    Example:
        >>> 30 < width_of("river") < 45
        True
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextToPath

    letters = FontProperties(size=size, weight="bold" if bold else "normal")
    return math.ceil(TextToPath().get_text_width_height_descent(words, letters, False)[0])


def text(
    words: str, *, size: float = SIZE, bold: bool = False, colour: str = INK, italic: bool = False
) -> Drawing:
    """Return a line of text."""
    width, height = width_of(words, size, bold=bold), 1.25 * size
    style = f' font-weight="{600}"' if bold else ""
    style += ' font-style="italic"' if italic else ""
    part = (
        f'<text x="{number(width / 2)}" y="{number(0.95 * size)}" font-size="{number(size)}" '
        f'text-anchor="middle" fill="{colour}"{style}>{html.escape(words)}</text>'
    )
    return Drawing(width, height, (part,), (words,))


def frame(
    width: float, height: float, *, round_: float = 6, line: float = 1.5, filled: bool = False
) -> str:
    """Return a rectangle as an SVG element; filled: what is behind it can't be seen."""
    return (
        f'<rect x="{number(line / 2)}" y="{number(line / 2)}" width="{number(width - line)}" '
        f'height="{number(height - line)}" rx="{number(round_)}" stroke="{INK}" '
        f'stroke-width="{number(line)}" style="fill:{PAPER if filled else "none"}"/>'
    )


def card(word: str, *, strong: bool = False) -> Drawing:
    """Return a word on a card."""
    label = text(word, bold=strong)
    width, height = label.width + 24, label.height + 14
    moved = f'<g transform="translate(12 7)">{label.parts[0]}</g>'
    return Drawing(width, height, (frame(width, height, line=2.5 if strong else 1.5), moved),
                   label.words)  # fmt: skip


def strip(
    values: Sequence[float], role: str, *, decimals: int = 0, largest: float | None = None,
    cell: float = 34, label: str = "",
) -> Drawing:  # fmt: skip
    """Return a vector as a strip of cells: the fuller the colour, the larger the number.

    largest: the size that has the full colour; the largest of the values if not given. A number
    below zero has a minus and a dashed rim. label: stands above.

    Raises:
        ValueError: there is no such role, or there are no values.
    """
    if role not in ROLES or not len(values):
        raise ValueError(f"a strip needs values and one of the roles {', '.join(ROLES)}")
    full = largest or max(abs(float(v)) for v in values) or 1.0
    parts, words = [], [signed(v, decimals=decimals) for v in values]
    for place, (value, word) in enumerate(zip(values, words, strict=True)):
        fill = mixed(ROLES[role], abs(float(value)) / full)
        dashes = ' stroke-dasharray="4 3"' if value < 0 else ""
        parts.append(
            f'<rect x="{number(place * cell + 1)}" y="1" width="{number(cell - 2)}" height="28" '
            f'fill="{fill}" stroke="{INK if role == "output" else ROLES[role]}" '
            f'stroke-width="2"{dashes}/>'
            f'<text x="{number((place + 0.5) * cell)}" y="20" font-size="14" text-anchor="middle" '
            f'fill="{text_colour(fill)}">{word}</text>'
        )
    bare = Drawing(cell * len(words), 30, tuple(parts), tuple(words))
    if not label:
        return bare

    return below(text(label, size=13), bare, gap=2)


def mixed(colour: str, share: float) -> str:
    """Return a colour mixed with white: 0 is white, 1 the colour itself.

    Example:
        >>> mixed("#0072B2", 0.0), mixed("#0072B2", 1.0)
        ('#FFFFFF', '#0072B2')
    """
    channels = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 + (c - 255) * round(share, 3)):02X}" for c in channels)


def box(everyday: str, term: str = "", *, lit: bool = False) -> Drawing:
    """Return an operation: its everyday name, and the field's below; lit: filled, a strong rim."""
    lines = [text(everyday, bold=lit)] + ([text(term, size=14, italic=True)] if term else [])
    inside = below(*lines, gap=1)
    width, height = inside.width + 24, inside.height + 14
    moved = f'<g transform="translate(12 7)">{"".join(inside.parts)}</g>'
    rim = frame(width, height, round_=10, line=3.5 if lit else 1.2)
    glow = f'<rect x="2" y="2" width="{number(width - 4)}" height="{number(height - 4)}" rx="9" '
    glow += f'fill="{ROLES["weight"]}" fill-opacity="0.35"/>'
    parts = (glow, rim, moved) if lit else (rim, moved)
    return Drawing(width, height, parts, inside.words)


def wire(
    start: Point, end: Point, share: float = 0.1, *, colour: str = ROLES["weight"],
    down: bool = False,
) -> str:  # fmt: skip
    """Return a wire as an SVG element: the thicker, the larger the share; 0 is a dotted hair.

    down: it leaves downwards and arrives from above, and not from side to side.
    """
    (x0, y0), (x1, y1) = start, end
    if not down:
        bend = f"{number((x0 + x1) / 2)} {number(y0)} {number((x0 + x1) / 2)} {number(y1)}"
    else:
        bend = f"{number(x0)} {number((y0 + y1) / 2)} {number(x1)} {number((y0 + y1) / 2)}"
    path = f'd="M{number(x0)} {number(y0)} C{bend} {number(x1)} {number(y1)}" fill="none"'
    if share <= 0:
        return f'<path {path} stroke="{INK}" stroke-width="1" stroke-dasharray="1.5 5"/>'
    thick = max(THICKEST * share, THINNEST)
    rim = thick + min(0.5 + 10 * share, 2)  # thin on a thin wire, so that 2 % is not like 12 %
    rim = f'<path {path} stroke="{INK}" stroke-width="{number(rim)}" stroke-opacity="0.75"/>'
    return f'{rim}<path {path} stroke="{colour}" stroke-width="{number(thick)}"/>'


def arrow(start: Point, end: Point, *, thick: float = 1.8, dashed: bool = False) -> str:
    """Return a straight arrow as an SVG element, its head at the end."""
    (x0, y0), (x1, y1) = start, end
    long = math.hypot(x1 - x0, y1 - y0) or 1.0
    ux, uy = (x1 - x0) / long, (y1 - y0) / long
    wing, back = 5.0, 8.0
    head = (
        (x1 - back * ux + wing * uy, y1 - back * uy - wing * ux), (x1, y1),
        (x1 - back * ux - wing * uy, y1 - back * uy + wing * ux),
    )  # fmt: skip
    points = " ".join(f"{number(x)},{number(y)}" for x, y in head)
    dashes = ' stroke-dasharray="4 4"' if dashed else ""
    return (
        f'<path d="M{number(x0)} {number(y0)} L{number(x1)} {number(y1)}" stroke="{INK}" '
        f'stroke-width="{number(thick)}" fill="none"{dashes}/><polyline points="{points}" '
        f'fill="none" stroke="{INK}" stroke-width="{number(thick)}"/>'
    )


def jar(
    label: str, content: Sequence[float], *, largest: float, key: Drawing | None = None,
    cell: float = 30,
) -> Drawing:  # fmt: skip
    """Return a jar: on its label what it is found by, inside what it hands over.

    key: stands on the label, below the word. Without numbers as its content it is full of syrup.
    """
    inside = strip(content, "value", largest=largest, cell=cell) if len(content) else _syrup()
    name = text(label, size=14, bold=True)
    if key is not None:
        name = below(name, key, gap=3)
    width, low = max(inside.width, name.width) + 24, name.height - 17.5
    x, lid, height = width / 2, 0.62 * width, 104.0 + low
    parts = (
        f'<rect x="{number(x - lid / 2)}" y="1" width="{number(lid)}" height="12" rx="3" '
        f'fill="none" stroke="{INK}" stroke-width="2"/>',
        f'<path d="M{number(x - lid / 2 + 3)} 13 C{number(x - lid / 2 + 3)} 26 3 22 3 38 '
        f"V{number(height - 10)} Q3 {number(height - 2)} 11 {number(height - 2)} "
        f"H{number(width - 11)} Q{number(width - 3)} {number(height - 2)} {number(width - 3)} "
        f"{number(height - 10)} V38 C{number(width - 3)} 22 {number(x + lid / 2 - 3)} 26 "
        f'{number(x + lid / 2 - 3)} 13" fill="none" stroke="{INK}" stroke-width="2"/>',
        f'<rect x="{number(x - name.width / 2 - 6)}" y="32" width="{number(name.width + 12)}" '
        f'height="{number(24 + low)}" rx="3" fill="none" stroke="{ROLES["key"]}" '
        'stroke-width="2"/>',
        f'<g transform="translate({number(x - name.width / 2)} 35)">{"".join(name.parts)}</g>',
        f'<g transform="translate({number(x - inside.width / 2)} {number(64 + low)})">'
        f"{''.join(inside.parts)}</g>",
    )
    return Drawing(width, height, parts, (*name.words, *inside.words))


def _syrup():
    """Return what fills a jar whose content is not told in numbers."""
    fill = f'fill="{ROLES["value"]}" fill-opacity="0.45" stroke="{ROLES["value"]}"'
    wave = "M1 5 Q8 -1 15 5 T29 5 T43 5 T57 5 V28 Q57 34 51 34 H7 Q1 34 1 28 Z"
    return Drawing(58, 34, (f'<path d="{wave}" {fill} stroke-width="2"/>',))


def cup(inside: Drawing, label: str = "") -> Drawing:
    """Return a cup with a handle, and in it what was poured; its label stands below."""
    width, height = inside.width + 36, inside.height + 26
    w, h = number(width), number(height - 2)
    parts = (
        f'<path d="M2 2 H{w} L{number(width - 12)} {number(height - 12)} Q{number(width - 14)} {h} '
        f'{number(width - 24)} {h} H26 Q16 {h} 14 {number(height - 12)} Z" fill="none" '
        f'stroke="{INK}" stroke-width="2.2"/>',
        f'<path d="M{number(width - 2)} 12 Q{number(width + 24)} 12 {number(width + 18)} '
        f"{number(height / 2 + 4)} Q{number(width + 12)} {number(height - 14)} "
        f'{number(width - 9)} {number(height - 18)}" fill="none" stroke="{INK}" '
        'stroke-width="2.2"/>',
        f'<g transform="translate(18 14)">{"".join(inside.parts)}</g>',
    )
    made = Drawing(width + 24, height, parts, inside.words, {"top": (width / 2, 0.0)})
    return below(made.named("cup"), text(label), gap=2) if label else made.named("cup")


def glasses(label: str, colour: str) -> Drawing:
    """Return a pair of glasses, with what they are for below."""
    lens = (
        f'<circle cx="{{}}" cy="20" r="15" fill="{colour}" fill-opacity="0.25" stroke="{INK}" '
        f'stroke-width="2.5"/>'
    )
    parts = (
        lens.format(22), lens.format(64),
        f'<path d="M37 17 Q43 11 49 17 M7 16 L1 11 M79 16 L85 11" fill="none" stroke="{INK}" '
        'stroke-width="2.5"/>',
    )  # fmt: skip

    return below(Drawing(86, 38, parts), text(label, size=14), gap=2)


def note(*lines: str) -> Drawing:
    """Return a note on paper, one corner folded."""

    inside = below(*(text(line, size=14) for line in lines), gap=2, align="left")
    width, height, fold = inside.width + 20, inside.height + 26, 12
    parts = (
        f'<path d="M1 1 H{number(width - fold)} L{number(width - 1)} {fold} V{number(height - 1)} '
        f'H1 Z M{number(width - fold)} 1 V{fold} H{number(width - 1)}" fill="none" '
        f'stroke="{INK}" stroke-width="1.5"/>',
        f'<g transform="translate(10 16)">{"".join(inside.parts)}</g>',
    )
    return Drawing(width, height, parts, inside.words)


def reader(label: str, *, busy: bool = True) -> Drawing:
    """Return a reader at a desk: a head, shoulders and the desk, with a name on it."""

    parts = (
        f'<circle cx="45" cy="16" r="12" fill="none" stroke="{INK}" stroke-width="2.2"/>',
        f'<path d="M21 58 Q21 34 45 34 Q69 34 69 58" fill="none" stroke="{INK}" '
        'stroke-width="2.2"/>',
        f'<path d="M2 58 H88 M10 58 V78 M80 58 V78" stroke="{INK}" stroke-width="2.5"/>',
        f'<path d="M30 56 L45 50 L60 56" fill="none" stroke="{INK}" stroke-width="1.5" '
        f'opacity="{1 if busy else 0.3}"/>',
    )
    return below(Drawing(90, 80, parts), text(label, size=14), gap=2)


def clock(
    turn: float, label: str = "", *, radius: float = 26, since: float | None = 0.0
) -> Drawing:
    """Return a dial with one hand, turned anticlockwise by so many radians from the right.

    since: where the turn began; a dotted hand and an arc with a head show it. None draws neither.
    """

    r, c = radius, radius + 6
    x, y = c + r * math.cos(turn), c - r * math.sin(turn)
    parts = [
        f'<circle cx="{number(c)}" cy="{number(c)}" r="{number(r)}" fill="none" stroke="{INK}" '
        'stroke-width="1"/>',
        f'<path d="M{number(c)} {number(c)} L{number(x)} {number(y)}" stroke="{INK}" '
        'stroke-width="3"/>',
        f'<circle cx="{number(x)}" cy="{number(y)}" r="3.5" fill="{INK}"/>',
    ]
    if since is not None and turn != since:
        parts += _turned(since, turn, r, c)
    dial = Drawing(2 * c, 2 * c, tuple(parts))
    return below(dial, text(label, size=14), gap=2) if label else dial


def _turned(since, turn, radius, c):
    """Return the hand of a clock before its turn, dotted, and the arc of the turn with a head."""

    def at(angle, far):
        return f"{number(c + far * math.cos(angle))} {number(c - far * math.sin(angle))}"

    a, whole = 0.6 * radius, abs(turn - since) % (2 * math.pi)
    back = min(whole, 0.5) * (1 if turn < since else -1)  # from the arc's end to the head's wings
    wings = [at(turn + 0.8 * back, a + side * 0.3 * abs(back) * radius) for side in (-1, 1)]
    return (
        f'<path d="M{number(c)} {number(c)} L{at(since, radius)}" stroke="{INK}" '
        f'stroke-width="1.2" stroke-dasharray="2 3"/>',
        f'<path d="M{at(since, a)} A{number(a)} {number(a)} 0 {int(whole > math.pi)} '
        f'{0 if turn > since else 1} {at(turn, a)}" fill="none" stroke="{ROLES["query"]}" '
        f'stroke-width="2.5"/>',
        f'<polyline points="{wings[0]} {at(turn, a)} {wings[1]}" fill="none" '
        f'stroke="{ROLES["query"]}" stroke-width="2"/>',
    )


def names_of(cells: Sequence[str], *, cell: float = 34, size: float = 12) -> Drawing:
    """Return the names of a strip's cells, to stand below or above it, each as wide as its cell."""
    labels = [text(name, size=size) for name in cells]
    shifted = (
        f'<g transform="translate({number(place * cell + (cell - label.width) / 2)} 0)">'
        f"{label.parts[0]}</g>"
        for place, label in enumerate(labels)
    )
    return Drawing(cell * len(labels), 1.25 * size, tuple(shifted), tuple(cells))


def centred(drawing: Drawing, width: float) -> Drawing:
    """Return a drawing in the middle of so much width; its own sides stay where wires end.

    Example:
        >>> centred(Drawing(20, 10), 60)["left"]
        (20.0, 5.0)
    """
    inner, x = drawing.named("inner"), (width - drawing.width) / 2
    moved = placed(width, drawing.height, [(inner, x, 0)])
    sides = {side: moved[f"inner.{side}"] for side in ("left", "right", "top", "bottom", "middle")}
    return Drawing(width, drawing.height, moved.parts, moved.words, sides)
