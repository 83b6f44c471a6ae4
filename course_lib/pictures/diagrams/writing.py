"""Lesson 11: a machine that writes: its loop, the next word with its bars, pieces, what is kept."""

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from course_lib.pictures.diagrams.drawing import (
    Drawing,
    before,
    behind,
    below,
    beside,
    number,
    placed,
    two_layouts,
)
from course_lib.pictures.diagrams.player import during
from course_lib.pictures.diagrams.shapes import (
    INK,
    arrow,
    box,
    card,
    frame,
    jar,
    names_of,
    note,
    strip,
    text,
    wire,
)
from course_lib.pictures.figures.shares import percent, signed
from course_lib.pictures.figures.style import ROLES, text_colour

WIDE_PAGE = 736  # of a drawing that fills a page, in pixels
BAR = 250  # of a share of 100 %, in pixels
COLUMNS = {"piece": 0, "score": 128, "share": 196, "bar": 262}  # where each begins, in pixels
WIDE = {"score": 40, "share": 46}  # of the columns whose numbers end in one line
LAID = 490  # of all bars end to end, in pixels
LINE = 32  # from one piece with its bar to the next, in pixels
TALL = 70  # of a share of 100 % that stands upright, in pixels


def draw_writer(written: Sequence[str], new: str, *, n_layers: int, n_pieces: int) -> Drawing:
    """Draw the loop in which a machine writes: read, compare, share out, draw one, append.

    The stations are numbered; the new piece stands where it is appended, at the end of the text.

    Raises:
        ValueError: nothing is written yet.
    """
    if not written:
        raise ValueError("written must have at least one word; the loop begins with it")
    so_far = _titled("so far", beside(*map(card, written), gap=6)).named("so far")
    fresh = _titled("new", card(new, strong=True)).named("new")
    told = _in_line(so_far, fresh, gaps=[6])
    reading = _framed(below(text("1 · read", size=14, bold=True), *_reading(n_layers), gap=8))
    stations = [
        _titled("2", box(f"compare with {n_pieces} portraits", "dot product"), align="left").named(
            "compare"
        ),
        _titled("3", box("share out", "softmax")).named("share"),
        _titled("4", box("draw one")).named("draw"),
    ]
    line = _in_line(*stations, gaps=[22, 22])
    middle = max(reading.width / 2, line["compare.middle"][0], told["so far.middle"][0])
    high = told.height + 34
    low = high + reading.height + 36
    places = [
        (told, middle - told["so far.middle"][0], 0),
        (reading.named("read"), middle - reading.width / 2, high),
        (line, middle - line["compare.middle"][0], low),
    ]
    wide = max(x + part.width for part, x, _ in places)
    whole = placed(wide, low + line.height, places)
    (x, under), (end, top) = whole["draw.top"], whole["new.right"]
    x = max(x, end + 24)
    append = _titled("5", text("append, and again", size=14, italic=True))
    last = text("the last portrait", size=14, italic=True)
    down = whole["read.bottom"]
    labels = placed(wide, whole.height, [
        (append, x - 12 - append.width, (high + low) / 2 - append.height),
        (last, down[0] + 12, down[1] + 6),
    ])  # fmt: skip
    back = f"M{number(x)} {number(under - 24)} V{number(top)} H{number(end + 10)}"
    return before(
        placed(max(wide, x + 2), whole.height, [(whole, 0, 0)]),
        arrow((middle, whole["so far.bottom"][1] + 3), (middle, high)),
        arrow(down, (middle, whole["compare.top"][1])),
        arrow(whole["compare.right"], whole["share.left"]),
        arrow(whole["share.right"], whole["draw.left"]),
        f'<path d="{back}" fill="none" stroke="{INK}" stroke-width="1.8" stroke-dasharray="4 4"/>',
        arrow((end + 10, top), (end + 3, top)), *labels.parts,
    )  # fmt: skip


def _reading(n_layers):
    """Return what turns a text into the last portrait: portraits with places, and layers."""
    inside = below(box("look around, only back", "causal self-attention"),
                   box("think", "feed-forward"), gap=8)  # fmt: skip
    return box("portraits + places"), _titled(f"{n_layers} layers", _framed(inside))


def _framed(drawing):
    width, height = drawing.width + 20, drawing.height + 20
    rim = Drawing(width, height, (frame(width, height, round_=12),))
    return placed(width, height, [(rim, 0, 0), (drawing, 10, 10)])


def _titled(title, drawing, *, align="middle"):
    """Return a drawing with its title above it; wires end at the drawing."""
    label = text(title, size=14, bold=True)
    whole = below(label, drawing.named("inner"), gap=4, align=align)
    sides = {side: whole[f"inner.{side}"] for side in ("left", "right", "top", "bottom", "middle")}
    return Drawing(whole.width, whole.height, whole.parts, whole.words, sides)


def _in_line(*drawings, gaps):
    """Return drawings side by side, so many pixels apart, their own middles in one line."""
    high = max(drawing["middle"][1] for drawing in drawings)
    low = max(drawing.height - drawing["middle"][1] for drawing in drawings)
    things, x = [], 0.0
    for drawing, gap in zip(drawings, [*gaps, 0], strict=True):
        things.append((drawing, x, high - drawing["middle"][1]))
        x += drawing.width + gap
    return placed(x, high + low, things)


def draw_next_pieces(
    prompt: Sequence[str], choices: Sequence[Sequence[str]], scores: Sequence[Sequence[float]],
    shares: Sequence[Sequence[float]], taken: Sequence[int], *, n_pieces: int,
) -> Drawing:  # fmt: skip
    """Draw a machine that writes, in steps: scores, shares, one is drawn; then the next piece.

    The first piece takes three steps, each further one two: its bars, and what is drawn. A last
    step leaves all as it is. All other pieces together have a bar of their own.

    choices: for each piece that is written, those with the largest shares; taken: which of them.

    Raises:
        ValueError: the lists are not equally long, or a row of shares is above 100 %.
    """
    rows = list(zip(choices, scores, shares, taken, strict=True))
    if not rows or any(sum(each) > 1 + 1e-6 for _, _, each, _ in rows):
        raise ValueError("each row of shares must be 100 % at most together, and there must be one")
    begins = [0, *range(3, 3 + 2 * (len(rows) - 1), 2)]
    end = 3 + 2 * (len(rows) - 1)
    line = _line(prompt, [row[0][row[3]] for row in rows], [*begins[1:], end])
    tables, high = [], 0.0
    for begin, close, row in zip(begins, [*begins[1:], 1000], rows, strict=True):
        slow = begin == 0
        made = below(_bars(*row, begin, close - 1, n_pieces, slow=slow),
                     _laid(row[0], row[2], row[3], begin + slow, close - 1),
                     gap=8, align="left")  # fmt: skip
        tables.append(made)
        high = max(high, made.height)
    width = max(line.width, *(table.width for table in tables))
    top = line.height + 26
    return placed(width, top + high, [(line, 0, 0), *((table, 0, top) for table in tables)])


def _laid(pieces, shares, taken, begin, end):
    """Return all bars end to end, from 0 to 100, and then a dart, where it landed."""
    ends = np.cumsum([0.0, *shares, max(0.0, 1 - float(np.sum(shares)))]) * LAID
    things = []
    for name, left, right in zip([*pieces, "others"], ends, ends[1:], strict=False):
        label = text(name, size=14, colour=text_colour(ROLES["weight"]))
        things.append((_segment(right - left), left, 22))
        if label.width + 8 < right - left:
            things.append((label, (left + right - label.width) / 2, 25))
    things += [(text("0", size=14), 0, 50),
               (text("all bars, end to end", size=14, italic=True), 140, 50),
               (text("100", size=14), LAID - 26, 50)]  # fmt: skip
    x = (ends[taken] + ends[taken + 1]) / 2
    dart = text("dart", size=14, bold=True)
    shaft = Drawing(LAID, 24, (arrow((x, 0), (x, 23), thick=3),))
    aim = placed(LAID, 24, [(shaft, 0, 0), (dart, x + 10, 0)])
    whole = placed(LAID, 70, things)
    return placed(
        LAID, 70, [(during(whole, begin, end), 0, 0), (during(aim, begin + 1, end), 0, 0)]
    )


def _segment(wide):
    """Return a bar that lies in a row of others, as wide as its share."""
    part = (
        f'<rect x="0" y="0" width="{number(max(wide, 0.5))}" height="24" '
        f'fill="{ROLES["weight"]}" stroke="{INK}" stroke-width="1"/>'
    )
    return Drawing(wide, 24, (part,))


def _line(prompt, new, appears):
    """Return the text so far as cards; each new piece is bold in the step in which it appears."""
    things, x = [], 0.0
    for word in prompt:
        made = card(word)
        things.append((made, x, 0))
        x += made.width + 6
    for word, step in zip(new, appears, strict=True):
        bold, plain = card(word, strong=True), card(word)
        last = step == appears[-1]
        things.append((during(bold, step - 1, 999 if last else step), x, 0))
        if not last:
            things.append((during(plain, step + 1), x + (bold.width - plain.width) / 2, 0))
        x += bold.width + 6
    return placed(x - 6, things[0][0].height, things)


def _bars(pieces, scores, shares, taken, begin, end, n_pieces, *, slow):
    """Return likely pieces with their scores and bars, seen from a step to another.

    slow: the shares come a step after the scores. What is drawn is marked in the step after them.
    """
    shared, drawn = begin + slow, begin + slow + 1
    heads = {"piece": begin, "score": begin, "share": shared}
    things = [(during(text(name, size=14, italic=True), step, end), COLUMNS[name], 0)
              for name, step in heads.items()]  # fmt: skip
    names = [*pieces, f"{n_pieces - len(pieces)} others"]
    rest = max(0.0, 1 - float(np.sum(shares)))
    for place, (name, share) in enumerate(zip(names, [*shares, rest], strict=True)):
        y = 26 + place * LINE
        cells = [(text(name, italic=place == len(pieces)), begin, "piece")]
        if place < len(pieces):
            cells.append((text(signed(scores[place], decimals=1)), begin, "score"))
        cells += [(text(percent(share)), shared, "share"), (_bar(share), shared, "bar")]
        for each, step, kind in cells:
            right = WIDE[kind] - each.width if kind in WIDE else 0
            things.append((during(each, step, end), COLUMNS[kind] + right, y))
        if place == taken:
            mark = text("◀ drawn", bold=True)
            x = COLUMNS["bar"] + BAR * float(share) + 12
            things.append((during(mark, drawn, end), x, y + 1))
    wide = max(x + thing.width for thing, x, _ in things)
    return placed(wide, 26 + LINE * len(names), things)


def _bar(share):
    """Return a bar that lies, as long as a share."""
    long = max(BAR * float(share), 1.5)
    part = (
        f'<rect x="0" y="1" width="{number(long)}" height="20" fill="{ROLES["weight"]}" '
        f'stroke="{INK}" stroke-width="1"/>'
    )
    return Drawing(long, 22, (part,))


def draw_gluing(rows: Mapping[str, Sequence[str]]) -> Drawing:
    """Draw how letters grow together: what was glued -> the pieces of a word afterwards.

    Raises:
        ValueError: there are no rows.
    """
    if not rows:
        raise ValueError("rows must have at least one: what was glued, and the pieces after it")
    labels = [text(label, size=14) for label in rows]
    wide = max(label.width for label in labels)
    lines = [beside(*map(card, pieces), gap=6) for pieces in rows.values()]
    height = lines[0].height
    things = []
    for place, (label, line) in enumerate(zip(labels, lines, strict=True)):
        y = place * (height + 12)
        things += [(label, wide - label.width, y + (height - label.height) / 2),
                   (line, wide + 24, y)]  # fmt: skip
    return placed(wide + 24 + max(line.width for line in lines),
                  len(lines) * (height + 12) - 12, things)  # fmt: skip


@two_layouts
def draw_texts(texts: Mapping[str, str], *, letters: int = 48, narrow: bool = False) -> Drawing:
    """Draw texts on paper, each with its name beside it or above, in lines of so many letters.

    Raises:
        ValueError: there are no texts.
    """
    if not texts:
        raise ValueError("texts must have at least one: a name, and what is written")
    names = [text(name, size=14, bold=True) for name in texts]
    papers = [note(*textwrap.wrap(each, letters)) for each in texts.values()]
    if narrow:
        pairs = (below(*pair, gap=4, align="left") for pair in zip(names, papers, strict=True))
        return below(*pairs, gap=12, align="left")
    wide, things, y = max(name.width for name in names), [], 0.0
    for name, paper in zip(names, papers, strict=True):
        things += [(name, wide - name.width, y + 16), (paper, wide + 16, y)]
        y += paper.height + 12
    return placed(wide + 16 + max(paper.width for paper in papers), y - 12, things)


def draw_guesses(
    pieces: Sequence[str], early: ArrayLike, late: ArrayLike, *, names: tuple[str, str]
) -> Drawing:
    """Draw a finished text as an exam: for each piece, the share it was given before it was seen.

    Two bars stand upon each piece but the first: an empty one, early, and a full one, late.

    Shapes:
        early, late (n - 1,), for the n pieces but the first.

    Raises:
        ValueError: there is not one share for each piece but the first.
    """
    pairs = [np.asarray(shares, dtype=float) for shares in (early, late)]
    if any(shares.shape != (len(pieces) - 1,) for shares in pairs):
        raise ValueError(f"early and late must have {len(pieces) - 1} shares, none for the first")
    columns = [
        below(_upright(one, two), text(percent(two), size=14, bold=True), card(piece), gap=4)
        for piece, one, two in zip(pieces[1:], *pairs, strict=True)
    ]
    first = card(pieces[0])
    first = below(Drawing(1, columns[0].height - first.height), first, gap=0)
    whole = beside(first, *columns, gap=3)
    keys = [beside(_swatch(full), text(name, size=14), gap=8)
            for name, full in zip(names, (False, True), strict=True)]  # fmt: skip
    return below(beside(*keys, gap=30), whole, gap=14, align="left")


def _upright(early, late):
    """Return two bars side by side that stand on one line, the first one empty."""
    parts = [f'<path d="M0 {TALL + 1} H44" stroke="{INK}" stroke-width="1"/>']
    for x, share, full in ((4, early, False), (24, late, True)):
        tall = max(TALL * float(share), 1.5)
        parts.append(
            f'<rect x="{x}" y="{number(TALL - tall)}" width="16" height="{number(tall)}" '
            f'fill="{ROLES["weight"] if full else "none"}" stroke="{INK}" stroke-width="1.2"/>'
        )
    return Drawing(44, TALL + 2, tuple(parts))


def _swatch(full):
    fill = ROLES["weight"] if full else "none"
    rect = f'<rect x="1" y="1" width="16" height="14" fill="{fill}" stroke="{INK}" '
    return Drawing(18, 16, (f'{rect}stroke-width="1.2"/>',))


def _answer(features, numbers, narrow):
    """Return what a word hears, each number below its name, or in a line of its own."""
    if narrow:
        lines = (strip([each], "output", decimals=2, cell=52, largest=10) for each in numbers)
        return below(*lines, gap=0)
    cells = strip(numbers, "output", decimals=2, cell=52, largest=10)
    return below(names_of(features, cell=52, size=12), cells, gap=2)


@two_layouts
def draw_kept(
    words: Sequence[str], keys: np.ndarray, values: np.ndarray, weights: np.ndarray,
    output: np.ndarray, features: Sequence[str], *, narrow: bool = False,
) -> Drawing:  # fmt: skip
    """Draw a text that is read from the left, a word a step: a jar more, one question, one cup.

    Step 0 has the first word; jars and answers stay where they are once they are there, and the
    wires of a question are seen in its own step, and all of them in a last one.

    Shapes:
        keys (n, d_k), values (n, d_v), weights (n, n) that look back only, output (n, d_v).

    Raises:
        ValueError: weights do not fit the words, or look ahead.
    """
    weights = np.asarray(weights, dtype=float)
    if weights.shape != (len(words), len(words)) or np.triu(weights, 1).any():
        raise ValueError("weights must be n × n, and 0 wherever a word would look ahead")
    cell, left, top, gap = (24, 78, 20, 6) if narrow else (30, 60, 0, 18)
    columns = [
        below(
            _answer(features, answer, narrow).named(f"hears {i}"),
            card(word).named(f"asks {i}"), Drawing(1, 76),
            jar(word, value, largest=float(np.abs(values).max()),
                key=strip(key, "key", cell=cell), cell=cell).named(f"jar {i}"),
            gap=12,
        )
        for i, (word, key, value, answer) in enumerate(
            zip(words, keys, values, output, strict=True)
        )
    ]  # fmt: skip
    things = [
        (during(column, step), left + sum(c.width + gap for c in columns[:step]), top)
        for step, column in enumerate(columns)
    ]
    whole = placed(
        sum(c.width + gap for c in columns) + left - gap, top + columns[0].height, things
    )
    rows = {"hears": 9 if narrow else whole["hears 0.middle"][1],
            "asks": whole["asks 0.middle"][1], "is kept": whole["jar 0.middle"][1]}  # fmt: skip
    names = [(text(name, size=14, italic=True), 0, y - 9) for name, y in rows.items()]
    if narrow:
        names += [(text(name, size=14), 0, top + 30 * n + 6) for n, name in enumerate(features)]
    whole = placed(whole.width, whole.height, [(whole, 0, 0), *names])
    asked = []
    for step, row in enumerate(weights):
        start = whole[f"asks {step}.bottom"]
        wires = [wire(start, whole[f"jar {i}.top"], float(row[i]), down=True)
                 for i in sorted(range(step + 1), key=lambda i: -row[i])]  # fmt: skip
        told = []
        for i in range(step + 1):
            label, (x, y) = text(percent(row[i]), size=14, bold=True), whole[f"jar {i}.top"]
            told.append((label, x - 12 - label.width, y - 20))
        glance = placed(whole.width, whole.height, told)
        made = Drawing(whole.width, whole.height, (*wires, *glance.parts), glance.words)
        asked += during(made, step, step).parts
        asked += during(Drawing(0, 0, tuple(wires)), len(words)).parts
    return behind(whole, *asked)
