"""Lesson 03: the wall of jars, what is poured from them, and one question on its whole way."""

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
from course_lib.pictures.diagrams.shapes import (
    INK,
    ROLES,
    arrow,
    box,
    card,
    cup,
    jar,
    strip,
    text,
    wire,
)
from course_lib.pictures.figures.shares import percent, signed

STEPS = (("ask", "query"), ("compare", "scores"), ("share out", "softmax"), ("mix", "values"))


def draw_pharmacy(wish: str, labels: Sequence[str]) -> Drawing:
    """Draw a wish above jars of syrup: it is compared with their labels."""
    bubble = _bubble(text(f"“{wish}”")).named("wish")
    jars = beside(*(jar(each, (), largest=1).named(each) for each in labels), gap=14)
    whole = below(bubble, _on_shelf(jars), gap=54)
    compared = (
        arrow(whole["wish.bottom"], (whole[f"{each}.top"][0], whole[f"{each}.top"][1] - 4),
              dashed=True)
        for each in labels
    )  # fmt: skip
    top = whole[f"{labels[0]}.top"][1]
    told = (
        (bubble.height / 2, "wish (query)", "what I am looking for", "query"),
        (top + 44, "label (key)", "what a jar is found by", "key"),
        (top + 84, "jar (value)", "what it hands over", "value"),
    )
    return beside(_told(whole.height, told), behind(whole, *compared), gap=14)


@two_layouts
def draw_wall(
    words: Sequence[str], keys: np.ndarray, values: np.ndarray,
    key_features: Sequence[str], value_features: Sequence[str], *, narrow: bool = False,
) -> Drawing:  # fmt: skip
    """Draw the wall of jars: on each label a word and its key, in each jar its value.

    Shapes:
        keys (n, d_k), values (n, d_v).

    Raises:
        ValueError: there are more or fewer keys, values or features than there should be.
    """
    _check(words, keys, values)
    for rows, features in ((keys, key_features), (values, value_features)):
        if np.shape(rows)[1] != len(features):
            raise ValueError(
                f"each column needs a name, but there are {np.shape(rows)[1]} columns "
                f"and {len(features)} names: pass as many names"
            )
    made, half = _jars(words, values, keys), len(words) // 2 if narrow else len(words)
    shelves = [_on_shelf(beside(*row, gap=14)) for row in (made[:half], made[half:]) if row]
    jars = below(*shelves, gap=12, align="left")
    told = (
        (72, "label (key):", ", ".join(key_features), "key"),
        (114, "jar (value):", ", ".join(value_features), "value"),
    )
    return beside(_told(jars.height, told), jars, gap=18)


def draw_jars(
    words: Sequence[str], values: np.ndarray, weights: np.ndarray,
    output: np.ndarray | None = None, *, features: Sequence[str] = (), decimals: int = 1,
) -> Drawing:  # fmt: skip
    """Draw a wall of jars, one for each word, from which a mixture is poured into a cup.

    Without an output the cup has a question mark. features: what the numbers are called.

    Shapes:
        values (n, d_v), weights (n,), output (d_v,).

    Raises:
        ValueError: there are more or fewer values or weights than words.
    """
    _check(words, values, weights)
    poured = _cup(output, features, float(np.abs(values).max()), decimals)
    return _pour(_jars(words, values), weights, poured, gap=8)


@two_layouts
def draw_pharmacists(
    words: Sequence[str], values: np.ndarray, weights: np.ndarray, *,
    features: Sequence[str] = (), narrow: bool = False,
) -> Drawing:  # fmt: skip
    """Draw two pharmacists: one hands over the best jar alone, one pours from every jar.

    Shapes:
        values (n, d_v), weights (n,).

    Raises:
        ValueError: there are more or fewer values or weights than words.
    """
    _check(words, values, weights)
    alone = np.eye(len(words))[np.argmax(weights)]
    panels = []
    for said, shares in (("takes the best jar only", alone), ("pours from every jar", weights)):
        poured = _cup(shares @ values, features, float(np.abs(values).max()), label="the cup")
        jars = [jar(word, (), largest=1) for word in words]
        panels.append(below(box(said), _pour(jars, shares, poured, gap=6), gap=12))
    return flowing(*panels, narrow=narrow, gap=36)


def draw_labels(
    words: Sequence[str], keys: np.ndarray, weights: np.ndarray, *, features: Sequence[str] = ()
) -> Drawing:
    """Draw the slip of pouring labels and not what is in the jars.

    Shapes:
        keys (n, d_k), weights (n,).

    Raises:
        ValueError: there are more or fewer keys or weights than words.
    """
    _check(words, keys, weights)
    largest = float(np.abs(keys).max())
    labels = [_label(word, key, largest) for word, key in zip(words, keys, strict=True)]
    poured = _cup(weights @ keys, features, largest, label="the mixture of labels", role="key")
    return _pour(labels, weights, poured, gap=30)


@two_layouts
def draw_lookup(
    asker: str, query: np.ndarray, words: Sequence[str], keys: np.ndarray, values: np.ndarray,
    scores: np.ndarray, weights: np.ndarray, output: np.ndarray, features: Sequence[str] = (), *,
    narrow: bool = False,
) -> Drawing:  # fmt: skip
    """Draw one question from asking to answer, in four steps: ask, compare, share out, mix.

    Shapes:
        query (d_k,), keys (n, d_k), values (n, d_v), scores and weights (n,), output (d_v,).

    Raises:
        ValueError: there are more or fewer keys, values, scores or weights than words.
    """
    _check(words, keys, values, scores, weights)
    wish = beside(card(asker, strong=True), text("asks"), strip(query, "query"), gap=8)
    rows = [during(_scored(query, k, s), 1) for k, s in zip(keys, scores, strict=True)]
    columns = [
        below(row.named(f"score{n}"), each.named(f"jar{n}"),
              during(text(percent(share), bold=True), 2).named(f"share{n}"), gap=4)
        for n, (row, each, share) in enumerate(
            zip(rows, _jars(words, values, keys, cell=26 if narrow else 30), weights, strict=True))
    ]  # fmt: skip
    poured = during(_cup(output, features, float(np.abs(values).max())), 3)
    whole = below(wish.named("wish"), beside(*columns, gap=8 if narrow else 14), poured, gap=44)
    whole = behind(whole, *_threads(whole, weights))
    return below(_steps(), whole, gap=20) if narrow else beside(_ladder(whole), whole, gap=20)


def _scored(query, key, score):
    """Return how a score is made: the products, and their sum."""
    products = " + ".join(
        f"{_short(q)}·{_short(k)}" if k >= 0 else f"{_short(q)}·({_short(k)})"
        for q, k in zip(query, key, strict=True)
    )
    whole = float(score).is_integer()
    told = strip([score], "score", decimals=0 if whole else 1, cell=40)
    return below(text(products, size=14), told, gap=2)


def _short(value):
    return signed(value, decimals=0 if float(value).is_integer() else 1)


def _threads(whole, weights):
    """Return what joins the rows: arrows of comparison, then wires that pour."""
    threads = []
    for number, share in enumerate(weights):
        x, y = whole[f"score{number}.top"]
        line = arrow(whole["wish.bottom"], (x, y - 3), dashed=True)
        poured = wire(whole[f"share{number}.bottom"], whole["cup.top"], float(share), down=True)
        threads += [Drawing(0, 0, (line,)), Drawing(0, 0, (poured,))]
    shown = [during(thread, 1 if n % 2 == 0 else 3) for n, thread in enumerate(threads)]
    return [part for thread in shown for part in thread.parts]


def _ladder(whole):
    """Return the four steps, each at the height of what it does; the one of now is marked."""
    heights = [whole[place][1] for place in ("wish.middle", "score0.middle", "share0.middle")]
    heights.append(whole["cup.top"][1] + 28)
    things = []
    for step, y in enumerate(heights):
        made = _rung(step)
        things.append((made, 100 - made.width, max(0.0, y - made.height / 2)))
    return placed(100, whole.height, things)


def _steps():
    """Return the four steps side by side, an arrow from each to the next."""
    whole = beside(*(_rung(step).named(str(step)) for step in range(len(STEPS))), gap=22)
    ends = [(whole[f"{n}.right"], whole[f"{n + 1}.left"]) for n in range(len(STEPS) - 1)]
    return before(whole, *(arrow(*each) for each in ends))


def _rung(step):
    """Return one of the four steps, marked while it is taken."""
    made = box(*STEPS[step])
    mark = f'<rect x="2" y="2" width="{made.width - 4}" height="{made.height - 4}" rx="9" '
    mark += f'fill="{ROLES["weight"]}" fill-opacity="0.35" stroke="{INK}" stroke-width="3"/>'
    last = step if step < len(STEPS) - 1 else 999
    return behind(made, *during(Drawing(made.width, made.height, (mark,)), step, last).parts)


def _pour(jars, weights, poured, *, gap):
    """Return jars with their shares, and wires from them into a cup."""
    stood = [
        below(each, text(percent(share), bold=True).named(f"share{n}"), gap=2)
        for n, (each, share) in enumerate(zip(jars, weights, strict=True))
    ]
    whole = below(beside(*stood, gap=gap), poured, gap=56)
    wires = (
        wire(whole[f"share{n}.bottom"], whole["cup.top"], float(share), down=True)
        for n, share in enumerate(weights)
    )
    return behind(whole, *wires)


def _jars(words, values, keys=None, cell=30):
    largest = float(np.abs(values).max())
    labels = [None] * len(words)
    if keys is not None:
        longest = float(np.abs(keys).max())
        labels = [strip(key, "key", cell=cell, largest=longest) for key in keys]
    return [
        jar(word, row, largest=largest, key=label, cell=cell)
        for word, row, label in zip(words, values, labels, strict=True)
    ]


def _cup(output, features, largest, decimals=1, label="the mixture", role="output"):
    """Return the cup with the mixture, each number below its name."""
    if output is None:
        mark = text("?", size=28, bold=True)
        return cup(placed(110, 40, [(mark, 55 - mark.width / 2, 2)]), label)
    cell = 82 if len(features) else 44
    numbers = strip(output, role, decimals=decimals, largest=largest, cell=cell)
    if not len(features):
        return cup(numbers, label)
    names = [text(feature, size=14) for feature in features]
    places = [(name, cell * (n + 0.5) - name.width / 2, 0) for n, name in enumerate(names)]
    return cup(below(placed(numbers.width, 17, places), numbers, gap=2), label)


def _label(word, key, largest):
    """Return a label without its jar."""
    inside = below(text(word, size=14, bold=True), strip(key, "key", largest=largest), gap=3)
    return _rimmed(inside, "key", x=10, y=7, corner=3, line=2)


def _bubble(inside):
    """Return a thought: a round frame in the colour of a question."""
    return _rimmed(inside, "query", x=18, y=10, corner=inside.height / 2 + 8, line=2.5)


def _rimmed(inside, role, *, x, y, corner, line):
    """Return a drawing with a rim in a role's colour, so far away from it."""
    width, height = inside.width + 2 * x, inside.height + 2 * y
    rim = (
        f'<rect x="{line / 2}" y="{line / 2}" width="{width - line}" height="{height - line}" '
        f'rx="{corner}" fill="none" stroke="{ROLES[role]}" stroke-width="{line:g}"/>'
    )
    return before(placed(width, height, [(inside, x, y)]), rim)


def _on_shelf(jars):
    """Return jars on a board with two brackets."""
    w, y = jars.width + 16, jars.height + 2
    board = (
        f'<path d="M0 {y} H{w} V{y + 6} H0 Z M24 {y + 6} V{y + 18} L40 {y + 6} M{w - 24} {y + 6} '
        f'V{y + 18} L{w - 40} {y + 6}" fill="none" stroke="{INK}" stroke-width="2"/>'
    )
    return before(placed(w, y + 20, [(jars, 8, 0)]), board)


def _told(height, lines):
    """Return, at the given heights, what stands there, with a mark in the colour of its role."""
    things = []
    for y, name, more, role in lines:
        said = below(text(name, size=14, bold=True), text(more, size=14), gap=0, align="right")
        side = f'<rect width="5" height="{said.height}" fill="{ROLES[role]}"/>'
        both = [(said, 0, 0), (Drawing(5, 5, (side,)), said.width + 8, 0)]
        things.append((placed(said.width + 13, said.height, both), y))
    width = max(thing.width for thing, _ in things)
    return placed(width, height, [(t, width - t.width, y - t.height / 2) for t, y in things])


def _check(words, *tables):
    for table in tables:
        if len(table) != len(words):
            raise ValueError(
                f"each word needs its own row, but there are {len(words)} words and a table of "
                f"{len(table)} rows: pass one row for each word"
            )
