"""A plane with arrows for the keys and one arrow, the query, whose tip can be dragged."""

import html
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from course_lib.pictures.figures.style import ROLES
from course_lib.pictures.widgets.frame import KEYS_ARE_MINE

SIZE = 400  # the plane's width in pixels
_MARGIN = 38


def checked_plane(
    keys: ArrayLike, labels: Sequence[str], query: ArrayLike, argument: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return keys and query as arrays, if they can be drawn on a plane.

    Shapes:
        keys: (n_k, 2)
        query: (2,)

    Raises:
        ValueError: keys or query do not have two numbers each, or the labels are not as many.

    Example:
        >>> checked_plane([[2, -1]], ["river"], [1, 1], "keys")
        (array([[ 2., -1.]]), array([1., 1.]))
    """
    keys, query = np.asarray(keys, dtype=float), np.asarray(query, dtype=float)
    if keys.shape != (len(labels), 2) or not len(labels):
        raise ValueError(
            f"{argument} must have one row of two numbers per label, ({len(labels)}, 2), "
            f"but their shape is {keys.shape}: only two coordinates can be drawn"
        )
    if query.shape != (2,):
        raise ValueError(f"query must be two numbers, (2,), but its shape is {query.shape}")
    return keys, query


def plane_reach(keys: np.ndarray, query: np.ndarray) -> float:
    """Return how far the plane reaches from the origin in every direction.

    Example:
        >>> plane_reach(np.array([[2, -1], [0, 3.0]]), np.array([1.0, 1.0]))
        4.0
    """
    return float(math.ceil(max(np.abs(keys).max(), np.abs(query).max(), 1.0))) + 1


def plane_unit(keys: np.ndarray, query: np.ndarray) -> float:
    """Return how many pixels of the drawing one unit of the plane takes.

    Example:
        >>> plane_unit(np.array([[2, -1], [0, 3.0]]), np.array([1.0, 1.0]))
        50.0
    """
    return SIZE / 2 / plane_reach(keys, query)


def plane_svg(
    keys: np.ndarray,
    labels: Sequence[str],
    query: np.ndarray,
    *,
    query_label: str,
    axes: tuple[str, str],
) -> str:
    """Return the plane as SVG: grid, key arrows, and the query arrow with its handle.

    Example:
        >>> page = plane_svg(np.array([[2, -1.0]]), ["river"], np.array([1.0, 1.0]),
        ...                  query_label="query", axes=("water", "finance"))
        >>> page.count("data-part='handle'")
        1
    """
    reach = plane_reach(keys, query)
    unit, half = plane_unit(keys, query), SIZE / 2
    edge = half + _MARGIN
    arrows = "".join(_arrow(key * unit, label) for key, label in zip(keys, labels, strict=True))
    x, y = query[0] * unit, -query[1] * unit
    help_text = (
        f"Tip of the arrow {query_label}. Drag it, or move it with the arrow keys: by 0.1, "
        "with the shift key by 1."
    )
    return (
        f"<svg viewBox='{-edge} {-edge} {2 * edge} {2 * edge}'>"
        f"{_grid(int(reach), unit)}{_names(axes, half)}"
        f"<line data-part='shaft' x1='0' y1='0' x2='{x:.2f}' y2='{y:.2f}' "
        f"stroke='{ROLES['query']}' stroke-width='9' stroke-opacity='0.6'/>"
        f"{arrows}"
        f"<g data-part='handle' tabindex='0' role='application' {KEYS_ARE_MINE} "
        f"aria-label='{html.escape(help_text, quote=True)}' transform='translate({x:.2f} {y:.2f})'>"
        "<circle r='26' fill='transparent'/><circle class='ring' r='16'/>"
        f"<circle r='9' fill='{ROLES['query']}' stroke='currentColor' stroke-width='1.5'/>"
        f"<text x='16' y='30'>{html.escape(query_label)}</text></g></svg>"
    )


def _grid(reach: int, unit: float) -> str:
    lines = []
    for number in range(-reach, reach + 1):
        place, end = number * unit, reach * unit
        opacity = 0.6 if number == 0 else 0.15
        for x1, y1, x2, y2 in ((place, -end, place, end), (-end, place, end, place)):
            lines.append(
                f"<line x1='{x1:g}' y1='{y1:g}' x2='{x2:g}' y2='{y2:g}' "
                f"stroke='currentColor' stroke-opacity='{opacity}'/>"
            )
        text = str(number).replace("-", "−")
        if number != 0:
            lines.append(f"<text x='{place:g}' y='{end + 21:g}' text-anchor='middle'>{text}</text>")
            lines.append(
                f"<text x='{-end - 7:g}' y='{-place + 5:g}' text-anchor='end'>{text}</text>"
            )
    return "".join(lines)


def _names(axes: tuple[str, str], half: float) -> str:
    return (
        f"<text x='{half}' y='20' text-anchor='end' font-style='italic'>"
        f"{html.escape(axes[0])} →</text>"
        f"<text x='0' y='{-half - 10}' text-anchor='middle' font-style='italic'>"
        f"↑ {html.escape(axes[1])}</text>"
    )


def _arrow(tip: np.ndarray, label: str) -> str:
    x, y = tip[0], -tip[1]
    length = math.hypot(x, y)
    if length == 0:
        return (
            f"<circle r='5' fill='{ROLES['key']}'/><text x='10' y='-10'>{html.escape(label)}</text>"
        )
    along, across = np.array([x, y]) / length, np.array([-y, x]) / length
    neck = np.array([x, y]) - 14 * along
    head = [np.array([x, y]), neck + 6 * across, neck - 6 * across]
    points = " ".join(f"{corner[0]:.1f},{corner[1]:.1f}" for corner in head)
    place = np.array([x, y]) + 17 * along
    anchor = "start" if along[0] > 0.35 else "end" if along[0] < -0.35 else "middle"
    return (
        f"<line x1='0' y1='0' x2='{neck[0]:.1f}' y2='{neck[1]:.1f}' stroke='{ROLES['key']}' "
        f"stroke-width='3.5'/><polygon points='{points}' fill='{ROLES['key']}'/>"
        f"<text x='{place[0]:.1f}' y='{place[1] + 5:.1f}' text-anchor='{anchor}'>"
        f"{html.escape(label)}</text>"
    )
