"""The machine: one layer as a road with lanes, and the translator from words to the next word."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from numpy.typing import ArrayLike

from course_lib.pictures.figures.style import (
    INK,
    LABEL_SIZE,
    OKABE_ITO,
    ROLES,
    TEXT_SIZE,
    new_figure,
)

ROAD, LOOK, THINK = OKABE_ITO["blue"], ROLES["query"], OKABE_ITO["green"]
THIN = 0.05  # a share below it is drawn as a dotted hair


def draw_layer(words: Sequence[str], weights: ArrayLike) -> Figure:
    """Draw a layer as a road: a lane for each word, with both steps and the skips past them.

    Wires between lanes are as thick as the weights; a word's row leads to its own lane.

    Shapes:
        weights: (n, n)

    Raises:
        ValueError: there is not one row and one column of weights for each word.

    Example:
        >>> figure = draw_layer(["river", "bank"], [[1, 0], [0.5, 0.5]])
        >>> sum(text.get_text() == "think" for text in figure.axes[0].texts)
        2
    """
    weights = np.asarray(weights, dtype=float)
    if weights.shape != (len(words), len(words)) or not len(words):
        raise ValueError(
            "weights must have one row and one column per word, "
            f"({len(words)}, {len(words)}), but their shape is {weights.shape}"
        )
    figure, axes = new_figure(8, 6.4)
    axes.set(xlim=(-1.6, len(words) - 0.05), ylim=(-0.3, 4.7))
    axes.axis("off")
    for lane, word in enumerate(words):
        _arrow(axes, (lane, 0.1), (lane, 4.6), ROAD, width=6)
        for low, high in ((0.35, 1.85), (2.65, 3.65)):  # off the road, past a step, and back
            axes.plot([lane, lane + 0.5, lane + 0.5], [low, low + 0.3, low + 0.4], color=INK)
            _arrow(axes, (lane + 0.5, high - 0.4), (lane + 0.1, high - 0.03), INK, width=1.5)
            _box(axes, lane, high, "+", INK, shape="circle")
            _box(axes, lane, high + 0.47, "norm", INK)
        for other, weight in enumerate(weights[lane]):
            axes.plot(
                [other + 0.5, lane + 0.5], [0.75, 1.45], color=LOOK,
                linewidth=max(7 * weight, 0.8), linestyle="-" if weight >= THIN else ":",
            )  # fmt: skip
        _box(axes, lane + 0.5, 3.15, "think", THINK)
        axes.text(lane, -0.1, word, ha="center", va="center", fontsize=TEXT_SIZE)
    names = {1.1: "1. look around", 3.15: "2. think", 4.5: "to the next layer"}
    for height, name in names.items():
        axes.text(-0.4, height, name, ha="right", va="center", fontsize=LABEL_SIZE)
    axes.text(-0.4, 2.55, "skip: straight on", ha="right", va="center", fontsize=TEXT_SIZE)
    _arrow(axes, (-0.37, 2.55), (-0.05, 2.55), INK, width=1)
    return figure


def draw_translator(source: str, written: str, following: str, *, n_layers: int) -> Figure:
    """Draw the Transformer of 2017 as boxes: two stacks, and the way out to the next word.

    Skips and norms are left out, and each stack shows one of its `n_layers` layers.

    Example:
        >>> figure = draw_translator("thirty nights", "dreißig", "Nächte", n_layers=2)
        >>> figure.axes[0].texts[-1].get_text()
        'next word: Nächte'
    """
    figure, axes = new_figure(8, 7)
    axes.set(xlim=(-0.1, 8.6), ylim=(-0.2, 9.1))
    axes.axis("off")
    look, glance = "look around\nself-attention", "glance at the source\ncross-attention"
    look_back, think = "look around, only back\nself-attention, covered", "think\nfeed-forward"
    reads = [
        (0.2, f"source: {source}", INK), (1.3, "portraits + places", INK),
        (2.7, look, LOOK), (3.9, think, THINK),
    ]  # fmt: skip
    writes = [
        (0.2, f"so far: {written}", INK), (1.3, "portraits + places", INK),
        (2.7, look_back, LOOK), (3.9, glance, LOOK), (5.1, think, THINK),
        (6.7, "compare with every word's portrait", INK), (7.7, "share out · softmax", INK),
        (8.7, f"next word: {following}", ROAD),
    ]  # fmt: skip
    for middle, name, stations, top in ((1.8, "read", reads, 4.5), (5.8, "write", writes, 5.7)):
        frame = FancyBboxPatch(
            (middle - 1.5, 2.1), 3.0, top - 2.1, boxstyle="round,pad=0.05",
            facecolor="#F4F4F4", edgecolor="#666666", zorder=0,
        )  # fmt: skip
        axes.add_patch(frame)
        axes.text(
            middle - 1.5, top + 0.18, f"{n_layers} layers {name}", fontsize=TEXT_SIZE,
        )  # fmt: skip
        for (low, text, _), (high, upper, _) in zip(stations, stations[1:], strict=False):
            edges = (0.25 + 0.15 * ("\n" in text), 0.28 + 0.15 * ("\n" in upper))
            _arrow(axes, (middle, low + edges[0]), (middle, high - edges[1]), INK, width=2)
    axes.plot([1.8, 1.8, 3.55, 3.55], [4.3, 5.2, 5.2, 3.9], color=ROAD, linewidth=2.5)
    _arrow(axes, (3.55, 3.9), (4.72, 3.9), ROAD, width=2.5)
    axes.plot([6.9, 8.4, 8.4], [8.7, 8.7, 0.2], color=INK, linestyle="--")
    _arrow(axes, (8.4, 0.2), (6.8, 0.2), INK, width=1.5)
    for middle, stations in ((1.8, reads), (5.8, writes)):
        for height, text, colour in stations:
            _box(axes, middle, height, text, colour)
    return figure


def _box(
    axes: Axes, x: float, y: float, text: str, colour: str, *, shape: str = "round,pad=0.35"
) -> None:
    axes.text(
        x, y, text, ha="center", va="center", fontsize=TEXT_SIZE, zorder=3,
        bbox={"boxstyle": shape, "facecolor": "white", "edgecolor": colour},
    )  # fmt: skip


def _arrow(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], colour: str, *, width: float
) -> None:
    look = {"arrowstyle": "-|>", "color": colour, "linewidth": width, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", end, start, arrowprops=look, zorder=1)
