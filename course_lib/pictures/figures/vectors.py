"""Arrows on the plane: keys, a query, and the shadow of one arrow on another."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation
from numpy.typing import ArrayLike

from course_lib.pictures.figures.shares import signed
from course_lib.pictures.figures.style import (
    GRID,
    INK,
    ROLES,
    TEXT_SIZE,
    checked_role,
    name_axes,
    new_figure,
)


def draw_vectors(
    vectors: ArrayLike,
    labels: Sequence[str],
    *,
    query: ArrayLike | None = None,
    query_label: str = "query",
    axes: tuple[str, str] = ("water", "finance"),
    limits: tuple[float, float] | None = None,
    title: str | None = None,
    role: str = "key",
) -> Figure:
    """Draw one arrow per vector from the origin, and the query as a wider one below them.

    `axes` names the two coordinates; `limits` holds for both; `role` chooses the arrows' colour.

    Shapes:
        vectors: (n_k, 2)
        query: (2,)

    Raises:
        ValueError: a vector does not have two numbers, or the labels are not as many.

    Example:
        >>> figure = draw_vectors([[2, -1], [0, 3]], ["river", "money"], query=[1, 1])
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['query', 'river', 'money']
    """
    vectors = np.asarray(vectors, dtype=float)
    if vectors.shape != (len(labels), 2) or not len(labels):
        raise ValueError(
            f"vectors must have one row of two numbers per label, ({len(labels)}, 2), "
            f"but their shape is {vectors.shape}: only two coordinates can be drawn"
        )
    checked_role(role)
    tips, names = vectors, list(labels)
    if query is not None:
        tips, names = np.vstack([_pair(query, "query"), vectors]), [query_label, *names]
    figure, plane = _plane(tips, limits, axes, title)
    if query is not None:
        _arrow(plane, tips[:1], ROLES["query"], width=0.14, alpha=0.55)
    _arrow(plane, vectors, ROLES[role], width=0.05)
    _label(figure, plane, tips, names)
    return figure


def draw_projection(
    a: ArrayLike,
    b: ArrayLike,
    *,
    labels: tuple[str, str] = ("a", "b"),
    roles: tuple[str, str] = ("query", "key"),
    axes: tuple[str, str] = ("water", "finance"),
    limits: tuple[float, float] | None = None,
    title: str | None = None,
) -> Figure:
    """Draw the shadow of `a` on the line through `b`, with its right angle.

    The shadow's signed length is a·b / |b|. `roles` chooses the colours of `a` and `b`.

    Shapes:
        a, b: (2,)

    Raises:
        ValueError: `a` or `b` does not have two numbers, or `b` has no direction.

    Example:
        >>> figure = draw_projection([1, 1], [0, 3], labels=("query", "money"))
        >>> figure.axes[0].texts[-1].get_text()
        'shadow 1.00'
    """
    a, b = _pair(a, "a"), _pair(b, "b")
    for role in roles:
        checked_role(role)
    length = np.hypot(*b)
    if length == 0:
        raise ValueError("b must have a direction, but it is [0, 0]: nothing can fall on it")
    shadow = a @ b / length
    foot = shadow * b / length
    figure, plane = _plane(np.array([a, b, foot]), limits, axes, title)
    plane.axline((0, 0), tuple(b), color="#999999", linewidth=1, linestyle=(0, (1, 3)))
    plane.plot(*zip((0, 0), foot, strict=True), color=ROLES["score"], linewidth=9, alpha=0.75,
               solid_capstyle="butt", zorder=1.5)  # fmt: skip
    plane.plot(*zip(a, foot, strict=True), color=INK, linewidth=1.4, linestyle="--")
    _right_angle(plane, a, foot, b / length)
    for vector, role in zip((a, b), roles, strict=True):
        _arrow(plane, vector[None], ROLES[role], width=0.05)
    text = f"shadow {signed(shadow)}"
    lines = np.concatenate([foot + share * (a - foot) for share in np.linspace(0, 1, 16)[:, None]])
    _label(figure, plane, np.array([a, b, foot / 2]), [*labels, text], avoid=lines.reshape(-1, 2))
    return figure


def _pair(vector: ArrayLike, argument: str) -> np.ndarray:
    vector = np.asarray(vector, dtype=float)
    if vector.shape != (2,):
        raise ValueError(
            f"{argument} must be two numbers, (2,), but its shape is {vector.shape}: "
            "only two coordinates can be drawn"
        )
    return vector


def _plane(
    tips: np.ndarray,
    limits: tuple[float, float] | None,
    names: tuple[str, str],
    title: str | None,
) -> tuple[Figure, Axes]:
    if limits is None:
        room = max(0.6, 0.2 * float(np.round(np.abs(tips).max(), 6)))  # for the names
        x, y = (
            (np.floor(min(column.min(), 0) - room), np.ceil(max(column.max(), 0) + room))
            for column in np.round(tips.T, 6)
        )
        missing = max((y[1] - y[0]) - (x[1] - x[0]), 0)  # a narrow plane has no room for names
        x = (x[0] - missing // 2, x[1] + missing - missing // 2)
    else:
        x = y = limits
    width, height = x[1] - x[0], y[1] - y[0]
    scale = 5.6 / max(width, height)  # inches per unit
    figure, plane = new_figure(max(width * scale, 3.4) + 1, max(height * scale, 2.4) + 0.9)
    plane.set(xlim=x, ylim=y, aspect="equal")
    if max(width, height) <= 16:
        plane.set_xticks(np.arange(np.ceil(x[0]), x[1] + 0.5))
        plane.set_yticks(np.arange(np.ceil(y[0]), y[1] + 0.5))
    plane.grid(color=GRID)
    plane.axhline(0, color="#888888", linewidth=1)
    plane.axvline(0, color="#888888", linewidth=1)
    name_axes(plane, *names, title)
    return figure, plane


def _arrow(plane: Axes, tips: np.ndarray, colour: str, *, width: float, alpha: float = 1) -> None:
    plane.quiver(
        *np.zeros_like(tips.T), *tips.T, color=colour, alpha=alpha, width=width,
        units="inches", angles="xy", scale_units="xy", scale=1,
        headwidth=3.6, headlength=4.4, headaxislength=4, zorder=3,
    )  # fmt: skip


def _right_angle(plane: Axes, a: np.ndarray, foot: np.ndarray, along: np.ndarray) -> None:
    rise = np.hypot(*(a - foot))
    if rise < 1e-9:
        return
    size = min(0.18, rise / 3)
    up = size * (a - foot) / rise
    along = -size * along if along @ foot > 0 else size * along
    plane.plot(*np.array([foot + along, foot + along + up, foot + up]).T, color=INK, linewidth=1.2)


def _label(
    figure: Figure,
    plane: Axes,
    tips: np.ndarray,
    names: Sequence[str],
    *,
    avoid: np.ndarray | None = None,
) -> None:
    """Write each name near its tip, where it covers no name, no arrow, no point to `avoid`."""
    figure.draw_without_rendering()
    frame = plane.get_window_extent()
    points = np.concatenate([tips * share for share in np.linspace(0.05, 1, 20)])
    if avoid is not None:
        points = np.concatenate([points, avoid])
    busy = plane.transData.transform(points)
    taken: list = []
    for tip, name in zip(tips, names, strict=True):
        places = [_place(plane, tip, name, angle, far)
                  for far in (9, 16, 26) for angle in _angles(tip)]  # fmt: skip
        boxes = [place.get_window_extent() for place in places]
        costs = [
            10 * sum(box.padded(2).overlaps(other) for other in taken)
            + sum(box.padded(3).contains(*point) for point in busy)
            + 20 * (not (frame.x0 <= box.x0 and box.x1 <= frame.x1
                         and frame.y0 <= box.y0 and box.y1 <= frame.y1))
            for box in boxes
        ]  # fmt: skip
        best = int(np.argmin(costs))  # the first of equals: straight ahead, close by
        taken.append(boxes[best])
        for number, place in enumerate(places):
            if number != best:
                place.remove()


def _angles(tip: np.ndarray) -> list[float]:
    ahead = np.arctan2(tip[1], tip[0]) if tip.any() else np.pi / 4
    turns = np.array([0, 1, -1, 2, -2, 3, -3, 4]) * np.pi / 4
    return list(np.round(ahead, 6) + turns)


def _place(plane: Axes, tip: np.ndarray, name: str, angle: float, far: float) -> Annotation:
    x, y = np.cos(angle), np.sin(angle)
    return plane.annotate(
        name,
        tip,
        xytext=(far * x, far * y),
        textcoords="offset points",
        ha="left" if x > 0.35 else "right" if x < -0.35 else "center",
        va="bottom" if y > 0.35 else "top" if y < -0.35 else "center",
        fontsize=TEXT_SIZE + 1,
        color=INK,
        zorder=5,
        path_effects=[withStroke(linewidth=3, foreground="white")],
    )
