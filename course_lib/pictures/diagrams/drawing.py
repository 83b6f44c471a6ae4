"""A drawing: SVG parts with a size, and named places where wires end; and how to lay some out.

A drawing knows its width and height in pixels, so that others can stand beside or below it without
anybody working out a coordinate. The origin is its upper left corner.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps

Point = tuple[float, float]
COLUMN = 490  # of a layout for a narrow column, in pixels: at most so wide


@dataclass(frozen=True)
class Drawing:
    """Parts of a picture, with their size and the places where wires end.

    parts: SVG elements as text. words: what stands in it, in the order in which it is read.
    places: name -> (x, y); what stands in a named drawing is found as "name.left" and so on.
    narrow: the same picture laid out for a narrow column, where there is such a layout.

    Example:
        >>> Drawing(20, 10).places["right"]
        (20.0, 5.0)
    """

    width: float
    height: float
    parts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    places: Mapping[str, Point] = field(default_factory=dict)
    narrow: "Drawing | None" = None

    def __post_init__(self) -> None:
        w, h = float(self.width), float(self.height)
        sides = {"left": (0.0, h / 2), "right": (w, h / 2), "top": (w / 2, 0.0)}
        sides |= {"bottom": (w / 2, h), "middle": (w / 2, h / 2)}
        object.__setattr__(self, "places", {**sides, **self.places})

    def named(self, name: str) -> "Drawing":
        """Return it with its sides under a name: "left" is found as "name.left" from now on.

        What stands inside and has a name already keeps it.
        """
        places = {p if "." in p else f"{name}.{p}": at for p, at in self.places.items()}
        return replace(self, places=places)

    def __getitem__(self, place: str) -> Point:
        try:
            return self.places[place]
        except KeyError:
            known = ", ".join(sorted(place for place in self.places if "." in place))
            raise KeyError(f"there is no place {place!r} in this drawing; it has {known}") from None


def two_layouts(draw: Callable[..., Drawing]) -> Callable[..., Drawing]:
    """Let a picture be drawn twice: as it is, and as ``draw(..., narrow=True)`` lays it out.

    On a page narrower than ``framing.NARROW`` the second one is seen.
    """

    @wraps(draw)
    def both(*given, **named):
        return replace(draw(*given, **named), narrow=draw(*given, narrow=True, **named))

    return both


def number(value: float) -> str:
    """Return a coordinate to a tenth of a pixel, the same on every machine.

    Example:
        >>> number(12.3400000001), number(7.0), number(-0.00001)
        ('12.3', '7', '0')
    """
    return f"{round(round(float(value), 6), 1) + 0.0:g}"


def moved(drawing: Drawing, x: float, y: float) -> tuple[str, dict[str, Point]]:
    """Return (one SVG group, places) of a drawing that stands at (x, y) in another."""
    places = {name: (at[0] + x, at[1] + y) for name, at in drawing.places.items() if "." in name}
    body = "".join(drawing.parts)
    if not (x or y):
        return body, places
    return f'<g transform="translate({number(x)} {number(y)})">{body}</g>', places


def placed(width: float, height: float, things: Iterable[tuple[Drawing, float, float]]) -> Drawing:
    """Return one drawing of that size in which each of the others stands at its (x, y)."""
    parts, words, places = [], [], {}
    for drawing, x, y in things:
        body, found = moved(drawing, x, y)
        parts.append(body)
        words.extend(drawing.words)
        places |= found
    return Drawing(width, height, tuple(parts), tuple(words), places)


def beside(*drawings: Drawing, gap: float = 16) -> Drawing:
    """Return drawings side by side, their middles in one line.

    Example:
        >>> both = beside(Drawing(20, 10).named("a"), Drawing(30, 40).named("b"), gap=5)
        >>> both.width, both.height, both["b.left"]
        (55, 40, (25.0, 20.0))
    """
    height, x, things = max(d.height for d in drawings), 0.0, []
    for drawing in drawings:
        things.append((drawing, x, (height - drawing.height) / 2))
        x += drawing.width + gap
    return placed(sum(d.width for d in drawings) + gap * (len(drawings) - 1), height, things)


def below(*drawings: Drawing, gap: float = 16, align: str = "middle") -> Drawing:
    """Return drawings one below the other; align: "left", "middle" or "right".

    Example:
        >>> both = below(Drawing(20, 10).named("a"), Drawing(30, 40).named("b"), gap=5)
        >>> both.width, both.height, both["a.left"]
        (30, 55, (5.0, 5.0))
    """
    width, y, things = max(d.width for d in drawings), 0.0, []
    share = {"left": 0.0, "middle": 0.5, "right": 1.0}[align]
    for drawing in drawings:
        things.append((drawing, share * (width - drawing.width), y))
        y += drawing.height + gap
    return placed(width, sum(d.height for d in drawings) + gap * (len(drawings) - 1), things)


def flowing(*drawings: Drawing, narrow: bool, gap: float = 16) -> Drawing:
    """Return drawings side by side; where it is narrow, in as many rows as they need.

    Example:
        >>> flowing(*[Drawing(300, 10)] * 3, narrow=True).height
        62
    """
    most = len(drawings)  # in a row
    while narrow and most > 1:
        rows = [drawings[i : i + most] for i in range(0, len(drawings), most)]
        if all(sum(d.width + gap for d in row) - gap <= COLUMN for row in rows):
            break
        most -= 1
    most = math.ceil(len(drawings) / math.ceil(len(drawings) / most))  # all rows alike
    rows = [drawings[i : i + most] for i in range(0, len(drawings), most)]
    return below(*(beside(*row, gap=gap) for row in rows), gap=max(gap, 16))


def padded(drawing: Drawing, *, x: float = 8, y: float = 8) -> Drawing:
    """Return a drawing with free room around it."""
    return placed(drawing.width + 2 * x, drawing.height + 2 * y, [(drawing, x, y)])


def behind(drawing: Drawing, *parts: str) -> Drawing:
    """Return a drawing with further parts behind its own: wires, for instance."""
    return replace(drawing, parts=(*parts, *drawing.parts))


def before(drawing: Drawing, *parts: str) -> Drawing:
    """Return a drawing with further parts in front of its own."""
    return replace(drawing, parts=(*drawing.parts, *parts))
