"""Lesson 09: readers side by side at their desks, what each sees, and the mixing glasses."""

from collections.abc import Sequence

import numpy as np

from course_lib.pictures.diagrams.drawing import (
    Drawing,
    before,
    behind,
    below,
    beside,
    flowing,
    moved,
    padded,
    two_layouts,
)
from course_lib.pictures.diagrams.shapes import (
    INK,
    arrow,
    card,
    centred,
    frame,
    glasses,
    names_of,
    note,
    reader,
    strip,
    text,
    wire,
)
from course_lib.pictures.figures.shares import percent, signed
from course_lib.pictures.figures.style import ROLES

PALE = '<g opacity="0.3">{}</g>'
SMALL = 0.1  # a share below it is drawn pale, where there are very many


def draw_readers(
    words: Sequence[str], asker: str, questions: Sequence[str], tables: np.ndarray,
    brought: Sequence[np.ndarray], features: Sequence[Sequence[str]],
) -> Drawing:  # fmt: skip
    """Draw readers, each with its question, its wires, and what it brings back.

    The wires of one word that asks are strong and have their shares; all others are pale.

    Shapes:
        tables (n_readers, n, n), brought (n_readers, d_v); a name in features for each number.

    Raises:
        ValueError: a table has not one row and one column for each word.
    """
    if np.shape(tables)[1:] != (len(words), len(words)):
        raise ValueError(f"each reader needs a table of {len(words)} × {len(words)} shares")
    desks = [
        _desk(words, asker, reader(f"reader {seat}"), *rest)
        for seat, rest in enumerate(zip(questions, tables, brought, features, strict=True), 1)
    ]
    return below(*desks, gap=34, align="right")


def _desk(words, asker, who, question, table, brought, features):
    row = list(words).index(asker)
    heard = [
        below(card(word).named(f"to {word}"), text(percent(share), bold=True), gap=2)
        for word, share in zip(words, table[row], strict=True)
    ]
    asking = [card(word, strong=word == asker).named(f"from {word}") for word in words]
    strips = below(
        strip(brought, "value", decimals=2, cell=76), names_of(features, cell=76, size=14), gap=2
    ).named("found")
    asks = below(text(f"{asker} asks", size=14), beside(*asking, gap=12), gap=2)
    answers = below(beside(*heard, gap=12), text("all answer", size=14), gap=0)
    found = below(text(f"what it brings back for {asker}", size=14), strips, gap=4)
    seen = below(asks, below(answers, found, gap=16), gap=90)
    whole = beside(below(who, note(question), gap=12), seen, gap=16)
    return behind(whole, *_table_wires(whole, words, asker, table))


def _table_wires(whole, words, asker, table):
    """Return a wire for each share of a table: those of one asker strong and on top."""
    wires = {
        (asks, hears): wire(
            whole[f"from {asks}.bottom"], whole[f"to {hears}.top"], float(share), down=True
        )
        for asks, row in zip(words, table, strict=True)
        for hears, share in zip(words, row, strict=True)
    }
    pale = [PALE.format(part) for (asks, _), part in wires.items() if asks != asker]
    return pale + [part for (asks, _), part in wires.items() if asks == asker]


def draw_pieces(
    words: Sequence[str], asker: str, features: Sequence[str], portrait: np.ndarray,
    kept: np.ndarray, questions: np.ndarray, shares: np.ndarray,
) -> Drawing:  # fmt: skip
    """Draw what one word asks and how it shares out, with its whole portrait and with a piece.

    Shapes:
        portrait (d_model,), kept (2, d_model) of True and False, questions (2, d_k), shares (2, n).

    Raises:
        ValueError: there is not one share for each word.
    """
    if np.shape(shares)[1:] != (len(words),):
        raise ValueError(f"each of the two needs one share for each of the {len(words)} words")
    titles = (f"{asker}: the whole portrait", f"{asker}: a piece of it")
    return below(
        *(
            _asked(words, features, title, *rest, portrait)
            for title, *rest in zip(titles, kept, questions, shares, strict=True)
        ),
        gap=30,
    )


def _asked(words, features, title, kept, question, shares, portrait):
    cells = [
        strip([value], "output", largest=float(np.max(portrait)), cell=48) if stays else _cut(48)
        for value, stays in zip(portrait, kept, strict=True)
    ]
    seen = below(
        text(title, bold=True), beside(*cells, gap=0).named("seen"),
        names_of(features, cell=48, size=13), gap=4,
    )  # fmt: skip
    asks = below(text("asks", size=14), strip(question, "query").named("asks"), gap=4)
    heard = below(
        *(
            beside(card(word).named(word), text(percent(share), bold=True), gap=8)
            for word, share in zip(words, shares, strict=True)
        ),
        gap=6, align="left",
    )  # fmt: skip
    worn = glasses("question glasses", ROLES["query"]).named("worn")
    turned = below(seen, beside(worn, asks, gap=36), gap=30)
    whole = beside(turned, padded(heard, x=24, y=0), gap=30)
    wires = (
        wire(whole["asks.right"], whole[f"{word}.left"], float(share))
        for word, share in zip(words, shares, strict=True)
    )
    (x, top), lenses = whole["worn.top"], whole["worn.top"][1] + 20
    through = (
        arrow((x, top - 24), (x, top - 4)),
        arrow((whole["worn.right"][0] + 3, lenses), (whole["asks.left"][0] - 3, lenses)),
    )
    return before(behind(whole, *wires), *through)


def _cut(cell):
    """Return a place in a strip where a number was cut out."""
    rim = f'<g opacity="0.6" stroke-dasharray="2 4">{frame(cell - 2, 28)}</g>'
    cross = f'<path d="M14 8 L{cell - 16} 20 M14 20 L{cell - 16} 8" stroke="{INK}" fill="none"/>'
    return Drawing(cell, 30, (f'<g transform="translate(1 1)">{rim}{cross}</g>',))


@two_layouts
def draw_mixing(
    brought: Sequence[np.ndarray], names: Sequence[Sequence[str]], w_o: np.ndarray,
    features: Sequence[str], *, narrow: bool = False,
) -> Drawing:  # fmt: skip
    """Draw the mixing glasses: how much each number of each reader adds to a new portrait.

    Shapes:
        brought (n_readers, d_v) as names, w_o (n_readers * d_v, d_model), features (d_model,).

    Raises:
        ValueError: the mixing glasses have not one row for each number that is brought.
    """
    if np.shape(w_o) != (sum(map(len, brought)), len(features)):
        raise ValueError("w_o needs a row for each number brought and a column for each feature")
    pitch = 76 if narrow else 84  # from a number that is brought to the next
    desks, row, largest = [], 0, float(np.max(np.abs(np.hstack(brought))))
    for seat, (numbers, each) in enumerate(zip(brought, names, strict=True), 1):
        cells = [
            strip([value], "value", decimals=2, cell=60, largest=largest).named(
                f"row {row + place}"
            )
            for place, value in enumerate(numbers)
        ]
        row += len(numbers)
        shelf = below(names_of(each, cell=pitch, size=14), beside(*cells, gap=pitch - 60), gap=2)
        desks.append(below(reader(f"reader {seat}"), shelf, gap=4))
    new = [
        below(centred(card("?"), 74).named(f"column {place}"), text(name, size=14), gap=2)
        for place, name in enumerate(features)
    ]
    worn, title = glasses("mixing glasses", ROLES["weight"]), text("the new portrait", bold=True)
    outcome = below(beside(*new, gap=0 if narrow else 36), title, gap=6)
    if narrow:
        seats = padded(beside(*desks, gap=16), x=4, y=0)
        whole = below(seats, beside(worn, outcome, gap=10), gap=110)
    else:
        worn = below(Drawing(0, 56), worn, gap=0)
        whole = beside(worn, below(beside(*desks, gap=30), outcome, gap=110), gap=10)
    return _through_glasses(whole, w_o)


def _through_glasses(whole, w_o):
    """Return a drawing with a wire for each number of the mixing glasses, and their label."""
    hairs, wires, labels = [], [], []
    for (row, column), weight in np.ndenumerate(w_o):
        (x0, y0), (x1, y1) = whole[f"row {row}.bottom"], whole[f"column {column}.top"]
        line = wire((x0, y0), (x1, y1), float(weight), down=True)
        (wires if weight else hairs).append(line if weight else PALE.format(line))
        if weight:
            label = text(f"× {signed(weight, decimals=1)}", size=14, bold=True)
            labels.append((label, x0 + 8, y0 + 4))
    return before(behind(whole, *hairs, *wires), *(moved(*label)[0] for label in labels))


@two_layouts
def draw_habits(
    tokens: Sequence[str], tables: np.ndarray, names: Sequence[str], *, narrow: bool = False
) -> Drawing:
    """Draw whom each token of a sentence looks at, for some readers side by side.

    On the left stand those that look, on the right those that are looked at; small shares are pale.

    Shapes:
        tables (n_readers, n, n), with a name for each reader.

    Raises:
        ValueError: a table has not one row and one column for each token.
    """
    if np.shape(tables)[1:] != (len(tokens), len(tokens)):
        raise ValueError(f"each reader needs a table of {len(tokens)} × {len(tokens)} shares")
    each = (_habit(tokens, *each) for each in zip(tables, names, strict=True))
    return flowing(*each, narrow=narrow, gap=26)


def _habit(tokens, table, name):
    left, right = (
        below(
            text(told, size=14, italic=True),
            *(card(token).named(f"{side} {place}") for place, token in enumerate(tokens)),
            gap=7, align=align,
        )
        for side, align, told in (("from", "right", "asks"), ("to", "left", "answers"))
    )  # fmt: skip
    whole = below(text(name, bold=True), beside(left, right, gap=70), gap=8)
    thin, thick = [], []
    for (looks, seen), share in np.ndenumerate(table):
        line = wire(whole[f"from {looks}.right"], whole[f"to {seen}.left"], 0.7 * float(share))
        (thick if share >= SMALL else thin).append(line)
    return behind(whole, *map(PALE.format, thin), *thick)
