"""One look for every picture: sizes, and one colour per role, safe for the colour-blind."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

# Okabe and Ito (2008), "Color Universal Design"
OKABE_ITO = {
    "black": "#000000",
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "green": "#009E73",
    "yellow": "#F0E442",
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "purple": "#CC79A7",
}

ROLES = {
    "query": OKABE_ITO["vermillion"],
    "key": OKABE_ITO["blue"],
    "value": OKABE_ITO["green"],
    "score": OKABE_ITO["purple"],
    "weight": OKABE_ITO["orange"],
    "output": OKABE_ITO["black"],
}

INK = "#222222"
GRID = "#DDDDDD"

TITLE_SIZE = 14  # points
LABEL_SIZE = 13
TEXT_SIZE = 12


def new_figure(width: float, height: float) -> tuple[Figure, Axes]:
    """Return a white figure of that size in inches, and its axes with the course's look.

    Example:
        >>> figure, axes = new_figure(6, 4)
        >>> figure.get_size_inches().tolist()
        [6.0, 4.0]
    """
    figure = Figure(figsize=(width, height), layout="constrained", facecolor="white")
    figure.get_layout_engine().set(w_pad=0.1, h_pad=0.1)  # inches
    axes = figure.add_subplot()
    axes.tick_params(labelsize=TEXT_SIZE, colors=INK, pad=6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure, axes


def name_axes(axes: Axes, xlabel: str, ylabel: str, title: str | None = None) -> None:
    """Write the names of both axes, and a title if there is one."""
    axes.set_xlabel(xlabel, fontsize=LABEL_SIZE, color=INK)
    axes.set_ylabel(ylabel, fontsize=LABEL_SIZE, color=INK)
    if title:
        axes.set_title(title, fontsize=TITLE_SIZE, color=INK, loc="left")


def checked_role(role: str) -> str:
    """Return the role if it has a colour.

    Raises:
        ValueError: the role is unknown.

    Example:
        >>> checked_role("query")
        'query'
    """
    if role not in ROLES:
        raise ValueError(f"role must be one of {', '.join(ROLES)}, but it is {role!r}")
    return role


def contrast(one: str, other: str) -> float:
    """Return how far two colours stand apart, from 1 to 21: to be read, text needs 4.5.

    Source:
        Relative luminance and contrast ratio as in WCAG 2.2.

    Example:
        >>> round(contrast("#000000", "#FFFFFF"), 1), round(contrast("#777777", "#FFFFFF"), 1)
        (21.0, 4.5)
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return float((light + 0.05) / (dark + 0.05))


def text_colour(background: str) -> str:
    """Return black or white, whichever stands out more from the background.

    Example:
        >>> text_colour("#FFFFFF"), text_colour("#0072B2"), text_colour("#E69F00")
        ('#000000', '#FFFFFF', '#000000')
    """
    return max(("#000000", "#FFFFFF"), key=lambda ink: contrast(ink, background))


def _luminance(colour: str) -> float:
    channels = np.array(to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)
