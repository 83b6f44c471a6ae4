"""A short fingerprint of what a figure shows: equal data give equal digests on every machine."""

import hashlib
import json
import math

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch
from matplotlib.quiver import Quiver
from matplotlib.text import Annotation, Text
from matplotlib.ticker import FixedLocator

SIGNIFICANT = 3  # digits that count
NOISE = 7  # digits that survive the first rounding
SMALLEST = 1e-6  # of the largest number drawn with it; what is below counts as zero


def digest(figure: Figure, *, data: bool = True) -> str:
    """Return 12 hexadecimal digits that stand for what the figure shows.

    Lines, bars, images, arrows, texts, axis names and limits count, numbers to three significant
    digits; the pixels do not. Noise as small as floating-point rounding changes nothing. With
    `data=False` only the frame counts: titles, axes, their limits and names.

    Example:
        >>> from course_lib.pictures.figures import draw_shares
        >>> one, same, other = [0.25, 0.75], [0.25 + 1e-12, 0.75], [0.30, 0.70]
        >>> digest(draw_shares(one, "ab")) == digest(draw_shares(same, "ab"))
        True
        >>> digest(draw_shares(one, "ab")) == digest(draw_shares(other, "ab"))
        False
    """
    figure.draw_without_rendering()  # settles limits and tick labels
    drawn = {
        "title": figure.get_suptitle(),
        "texts": [text.get_text() for text in figure.texts],
        "legends": [text.get_text() for legend in figure.legends for text in legend.get_texts()],
        "axes": [_axes(axes, data) for axes in figure.axes],
    }
    return hashlib.sha256(json.dumps(drawn).encode()).hexdigest()[:12]


def rounded(values: object, *, beside: float = 0.0) -> list[str]:
    """Return the numbers as texts of three significant digits, free of rounding noise.

    The first rounding, to seven digits, brings 0.1249999999999 and 0.125 together; without it
    the second would part them. Numbers far below the largest one, or far below the number that they
    stand `beside`, are zero.

    Example:
        >>> rounded([0.1 + 0.2, 2 / 3, -1e-17, 1234])
        ['0.3', '0.667', '0', '1.23e+03']
    """
    numbers = np.ma.filled(np.ma.asarray(values, dtype=float), np.nan).ravel()
    finite = np.abs(numbers[np.isfinite(numbers)])
    floor = max(SMALLEST * finite.max(initial=beside), 1e-8)
    return [_rounded(number, floor) for number in numbers.tolist()]


def _rounded(number: float, floor: float) -> str:
    if not math.isfinite(number):
        return str(number)
    if abs(number) < floor:
        return "0"
    return f"{float(f'{number:.{NOISE}g}'):.{SIGNIFICANT}g}"


def _axes(axes: Axes, data: bool) -> dict:
    return {
        "title": [axes.get_title(loc=side) for side in ("left", "center", "right")],
        "x": _axis(axes, "x"),
        "y": _axis(axes, "y"),
        "drawn": [
            _artist(artist, axes)
            for artist in axes.get_children()
            if data and artist.get_visible() and not _belongs_to_frame(artist, axes)
        ],
        "legend": [text.get_text() for text in axes.get_legend().get_texts()]
        if axes.get_legend()
        else [],
    }


def _axis(axes: Axes, name: str) -> dict:
    axis = getattr(axes, f"{name}axis")
    fixed = isinstance(axis.get_major_locator(), FixedLocator)
    return {
        "name": axis.get_label_text(),
        "scale": axis.get_scale(),
        "limits": rounded(axis.get_transform().transform(getattr(axes, f"get_{name}lim")())),
        "labels": [tick.get_text() for tick in axis.get_ticklabels()] if fixed else [],
    }


def _belongs_to_frame(artist: Artist, axes: Axes) -> bool:
    frame = [axes.patch, axes.title, axes._left_title, axes._right_title, axes.xaxis, axes.yaxis]
    return any(artist is part for part in [*frame, *axes.spines.values()])


def _artist(artist: Artist, axes: Axes) -> list:
    name = type(artist).__name__
    if isinstance(artist, Line2D):
        style = [artist.get_linestyle(), str(artist.get_marker()), to_hex(artist.get_color())]
        return [name, style, *_points(artist.get_xydata(), axes)]
    if isinstance(artist, AxesImage):
        colours = [artist.get_cmap().name, rounded(artist.get_clim())]
        return [name, colours, list(artist.get_array().shape), rounded(artist.get_array())]
    if isinstance(artist, Quiver):
        ends = np.c_[artist.XY, artist.U, artist.V]
        return [name, *(rounded(column) for column in ends.T), _colours(artist)]
    if isinstance(artist, Collection):
        places = np.ma.filled(np.ma.asarray(artist.get_offsets(), dtype=float), np.nan)
        corners = [path.vertices for path in artist.get_paths()]
        points = np.concatenate([places, *corners]) if corners else places
        values = [] if artist.get_array() is None else rounded(artist.get_array())
        return [name, *_points(points, axes), values, _colours(artist)]
    if isinstance(artist, FancyArrowPatch):  # its path depends on the size of the page
        ends = np.array(artist._posA_posB or artist.get_path().vertices, dtype=float)
        return [name, *_points(ends, axes)]
    if isinstance(artist, Patch):
        path = artist.get_patch_transform().transform_path(artist.get_path())
        style = [to_hex(artist.get_facecolor()), str(artist.get_hatch())]
        return [name, style, *_points(path.vertices, axes)]
    if isinstance(artist, Annotation):  # where the text stands is layout; what it points at is not
        return [name, artist.get_text(), *_points(artist.xy, axes)]
    if isinstance(artist, Text):
        return [name, artist.get_text()]
    return [name]


def _colours(artist: Collection) -> list[str]:
    return [to_hex(colour) for colour in artist.get_facecolor()]


def _points(points: np.ndarray, axes: Axes) -> list[list[str]]:
    """Round x and y apart, as far as the axis shows them; on a logarithmic axis, the logarithm."""
    columns = np.asarray(points, dtype=float).reshape(-1, 2).T
    texts = []
    for axis, limits, column in zip(
        (axes.xaxis, axes.yaxis), (axes.get_xlim(), axes.get_ylim()), columns, strict=True
    ):
        scale = axis.get_transform()
        texts.append(rounded(scale.transform(column), beside=_reach(scale.transform(limits))))
    return texts


def _reach(limits: np.ndarray) -> float:
    return float(np.abs(np.asarray(limits)).max())
