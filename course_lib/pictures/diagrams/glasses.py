"""Lesson 06: a portrait through three pairs of glasses, and the card with a dot."""

from collections.abc import Sequence

import numpy as np

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
from course_lib.pictures.diagrams.shapes import (
    INK,
    PAPER,
    arrow,
    card,
    centred,
    frame,
    glasses,
    strip,
    text,
    wire,
)
from course_lib.pictures.figures.shares import percent, signed
from course_lib.pictures.figures.style import ROLES

PAIRS = {"query": "question glasses", "key": "label glasses", "value": "jar glasses"}
SEEN = {"query": "what it asks", "key": "what it is found by", "value": "what it hands over"}
WIDE = 97.0  # of a number of a portrait through which light falls, in pixels
CARD, SLIM = 87.0, 78.0  # how wide a card with numbers is; with each in a line of its own


def draw_glasses(
    word: str, portrait: np.ndarray, features: Sequence[str], seen: Sequence[np.ndarray]
) -> Drawing:
    """Draw a word's portrait, looked at through three pairs of glasses.

    seen: query, key and value.

    Shapes:
        portrait (d_model,), query and key (d_k,), value (d_v,).

    Raises:
        ValueError: the portrait has not one number for each feature, or not three things are seen.
    """
    _fits("portrait", portrait, (len(features),))
    if len(seen) != len(PAIRS):
        raise ValueError("through three pairs of glasses three things are seen: query, key, value")
    made = _portrait(portrait, features).named("portrait")
    views = []
    for (role, pair), numbers in zip(PAIRS.items(), seen, strict=True):
        worn = glasses(pair, ROLES[role]).named(f"{role} glasses")
        view = below(
            strip(numbers, role, cell=44), text(role, bold=True), text(SEEN[role], size=14), gap=2
        )
        views.append(below(worn, view.named(role), gap=34))
    whole = below(below(card(word, strong=True), made, gap=6), beside(*views, gap=56), gap=48)
    light = (
        part for role in PAIRS
        for part in (arrow(whole["portrait.bottom"], whole[f"{role} glasses.top"]),
                     arrow(whole[f"{role} glasses.bottom"], whole[f"{role}.top"]))
    )  # fmt: skip
    return behind(whole, *light)


def draw_light(
    portrait: np.ndarray, features: Sequence[str], pair: np.ndarray, into: Sequence[str],
    role: str = "key",
) -> Drawing:  # fmt: skip
    """Draw how much of each number of a portrait shines through a pair of glasses, and where to.

    into: the features of what is seen. A wire is as thick as what shines through.

    Shapes:
        portrait (d_model,), pair (d_model, d_k).

    Raises:
        ValueError: portrait or glasses don't fit the features.
    """
    _fits("portrait", portrait, (len(features),))
    _fits("pair of glasses", pair, (len(features), len(into)))
    cells = [
        below(
            strip([amount], role, cell=60).named(f"{role} {j}"),
            text(f"{into[j]} in the {role}"),
            gap=3,
        )
        for j, amount in enumerate(portrait @ pair)
    ]
    top = _portrait(portrait, features, cell=WIDE).named("portrait")
    worn = glasses(PAIRS[role], ROLES[role])
    whole = below(top, beside(worn, *cells, gap=44), gap=140)
    largest = float(np.abs(portrait[:, None] * pair).max()) or 1.0
    rays, x = [], whole["portrait.left"][0]
    for (i, j), strength in np.ndenumerate(pair):
        start, end = (x + (i + 0.5) * WIDE, top.height), whole[f"{role} {j}.top"]
        sums, thick = (float(portrait[i]), float(strength)), 0.6 / largest
        rays += _ray(start, end, sums, thick, ROLES[role], along=0.2 + 0.25 * j)
    return behind(whole, *sorted(rays, key=lambda part: "<text" in part))


def _ray(start, end, sums, thick, colour, *, along):
    """Return a wire for what shines through, its sum written on it; nothing is a dotted hair."""
    amount, strength = sums
    through = amount * strength
    line = wire(start, end, thick * abs(through), colour=colour, down=True)
    if not through:
        return [line]
    given = f"({signed(strength, decimals=0)})" if strength < 0 else signed(strength, decimals=0)
    told = f"{signed(amount, decimals=0)} × {given} = {signed(through, decimals=0)}"
    across = along**2 * (3 - 2 * along)  # how far a wire has got sideways, and how far down
    down = 1.5 * along * (1 - along) + along**3
    x, y = (a + (b - a) * part for a, b, part in zip(start, end, (across, down), strict=True))
    return [line, _rimmed(told, x, y + 5)]


def _rimmed(words, x, y):
    """Return a line of text that stays readable upon a wire."""
    return (
        f'<text x="{number(x)}" y="{number(y)}" font-size="15" font-weight="600" '
        f'text-anchor="middle" fill="{INK}" style="paint-order:stroke;stroke:{PAPER};'
        f'stroke-width:5px;stroke-linejoin:round">{words}</text>'
    )


def _portrait(portrait, features, *, cell=66):
    """Return a portrait as a strip, the name of each number above it."""
    names = [(text(name, size=14), 0, 0) for name in features]
    line = [(name, (i + 0.5) * cell - name.width / 2, 0) for i, (name, *_) in enumerate(names)]
    return below(
        placed(cell * len(features), 19, line), strip(portrait, "output", cell=cell), gap=1
    )


@two_layouts
def draw_dotted(items: np.ndarray, wanted: np.ndarray, *, narrow: bool = False) -> Drawing:
    """Draw a row of cards, one with a dot, the asker before it, and the wanted answer.

    Shapes:
        items (n, 1 + d): 1 for a dot or 0, then the numbers of a card; wanted (d,).

    Raises:
        ValueError: the wanted answer has more or fewer numbers than a card.
    """
    _fits("wanted answer", wanted, (np.shape(items)[1] - 1,))
    asks = card("asker: which one?").named("asker")
    answer = strip(wanted, "output", decimals=1, cell=48).named("answer")
    whole = below(asks, _row_of_cards(items, narrow), gap=64)
    whole = below(whole, beside(text("wanted:", bold=True), answer, gap=10), gap=44)
    hairs = [
        wire(whole["asker.bottom"], whole[f"card {i}.top"], 0, down=True) for i in range(len(items))
    ]
    dot = int(np.argmax(items[:, 0]))
    return behind(whole, *hairs, arrow(whole[f"card {dot}.bottom"], whole["answer.top"]))


@two_layouts
def draw_looks(
    items: np.ndarray, looks: Sequence[np.ndarray], names: Sequence[str], *, narrow: bool = False
) -> Drawing:
    """Draw where the asker looks in a row of cards: at one time from above, later from below.

    Shapes:
        items (n, 1 + d), looks: two of (n,).

    Raises:
        ValueError: there are not two looks with a share for each card, and a name for both.
    """
    _fits("looks", looks, (2, len(items)))
    _fits("names", names, (2,))
    wide = SLIM if narrow else CARD
    first, later = (
        beside(*(centred(text(percent(share), bold=True), wide) for share in look), gap=4)
        for look in looks
    )
    cards = _row_of_cards(items, narrow)
    askers = [card(f"asker, {name}").named(f"asker {i}") for i, name in enumerate(names)]
    whole = below(askers[0], below(first, cards, later, gap=4), askers[1], gap=84)
    parts = []
    for i in range(len(items)):
        (x, top), (_, bottom) = whole[f"card {i}.top"], whole[f"card {i}.bottom"]
        parts.append(wire(whole["asker 0.bottom"], (x, top - 24), float(looks[0][i]), down=True))
        parts.append(wire((x, bottom + 24), whole["asker 1.top"], float(looks[1][i]), down=True))
    return behind(whole, *parts)


def _row_of_cards(items, narrow):
    made = [
        _playing(f"card {i + 1}", item[0], item[1:], narrow).named(f"card {i}")
        for i, item in enumerate(items)
    ]
    return beside(*made, gap=4)


def _playing(name, dotted, numbers, narrow):
    """Return a card with numbers on it; a dot and a strong rim if it is the one."""
    wide, each = (SLIM, 1) if narrow else (CARD, (len(numbers) + 1) // 2)
    lines = [
        strip(numbers[i : i + each], "value", decimals=1, largest=3, cell=40)
        for i in range(0, len(numbers), each)
    ]
    inside = below(text(name, size=14, bold=bool(dotted)), *lines, gap=3)
    rim = frame(wide, inside.height + 20, line=3 if dotted else 1.5)
    dot = f'<circle cx="{number(wide - 9)}" cy="15" r="4" fill="{INK}"/>' if dotted else ""
    whole = placed(wide, inside.height + 20, [(inside, (wide - inside.width) / 2, 8)])
    return before(whole, rim, dot)


def _fits(name, given, shape):
    if np.shape(given) != shape:
        raise ValueError(f"the {name} must have the shape {shape}, but it has {np.shape(given)}")
