"""The code track, lesson 10: two roads, and where each has its norms."""

from collections.abc import Mapping

from course_lib.pictures.diagrams.drawing import (
    Drawing,
    before,
    behind,
    below,
    beside,
    placed,
    two_layouts,
)
from course_lib.pictures.diagrams.road import on_road, plus
from course_lib.pictures.diagrams.shapes import INK, arrow, box, card, text

ROAD, BRANCH, WIDE = 97, 201, 243  # where x runs, where a part stands; how wide both are
STAGE, OFF = 186, 176  # how long the road is past one part; where the branch leaves it
ADDED, UPPER, LOWER = (78, 34), 78, 126  # a plus below a norm, and alone; boxes on the branch


@two_layouts
def draw_norms(parts: Mapping[str, str], *, narrow: bool = False) -> Drawing:
    """Draw post-norm and pre-norm as two roads from x upwards, with a branch for each part.

    parts: the name of a part -> that of its norm, in the order in which x meets them.

    Raises:
        ValueError: there is no part.
    """
    if not parts:
        raise ValueError("parts must have an entry: the name of a part -> that of its norm")
    post = _road("post-norm", "norm(x + part(x))", [_after(*each) for each in parts.items()])
    pre = _road("pre-norm", "x + part(norm(x))", [_ahead(*each) for each in parts.items()])
    return beside(post, pre, gap=6 if narrow else 36)


def _road(name: str, code: str, stages: list[Drawing]) -> Drawing:
    """Return a road with its stages, the first at its lower end, and its name above."""
    high = STAGE * len(stages) + 30
    surface = (
        f'<path d="M{ROAD} {high} V16" stroke="{INK}" stroke-width="22" stroke-opacity="0.13" '
        'fill="none"/>'
    )
    leaves = arrow((ROAD, high), (ROAD, 4), thick=2)
    things = [(each, 0, 30 + STAGE * n) for n, each in enumerate(reversed(stages))]
    enters = card("x").named(f"{name} x")
    things.append((enters, ROAD - enters.width / 2, high))
    whole = behind(placed(WIDE, high + enters.height, things), surface, leaves)
    return below(text(name, bold=True), text(code, size=14, italic=True), whole, gap=4)


def _after(part: str, norm: str) -> Drawing:
    """Return a stage of post-norm: the norm stands on the road, after the sum."""
    level, works = box(norm, lit=True).named(f"post-norm {norm}"), box(part)
    boxes = [
        _at(on_road(level), ROAD, ADDED[1]),
        _at(works.named(f"post-norm {part}"), BRANCH, LOWER),
    ]
    return _stage(boxes, ADDED[0], [LOWER])


def _ahead(part: str, norm: str) -> Drawing:
    """Return a stage of pre-norm: the norm stands on the branch, ahead of the part."""
    level, works = box(norm, lit=True).named(f"pre-norm {norm}"), box(part)
    boxes = [_at(level, BRANCH, LOWER), _at(works.named(f"pre-norm {part}"), BRANCH, UPPER)]
    return _stage(boxes, ADDED[1], [LOWER, UPPER])


def _at(drawing: Drawing, x: float, y: float) -> tuple[Drawing, float, float]:
    """Return (drawing, x, y) with its middle there."""
    return drawing, x - drawing.width / 2, y - drawing.height / 2


def _stage(things: list, added: float, stops: list[float]) -> Drawing:
    """Return a stage: the branch leaves the road, stops at boxes, and comes back where added."""
    half = box("x").height / 2
    skip = below(text("straight on", size=14), text("skip", size=14, italic=True), gap=0)
    things = [*things, _at(plus(), ROAD, added), (skip, ROAD - 20 - skip.width, 110)]
    starts = [OFF - 14, *(stop - half for stop in stops)]
    ways = [arrow((BRANCH, y), (BRANCH, stop + half)) for y, stop in zip(starts, stops)]
    off = f'<path d="M{ROAD} {OFF} L{BRANCH} {OFF - 14} M{BRANCH} {stops[-1] - half} V{added}" '
    off += f'fill="none" stroke="{INK}" stroke-width="1.8"/>'
    back = arrow((BRANCH, added), (ROAD + 13, added))
    return before(placed(WIDE, STAGE, things), off, *ways, back)
