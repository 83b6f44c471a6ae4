"""Lesson 03: the wall of jars, and the wires that pour from them."""

from collections.abc import Sequence

import numpy as np

from course_lib.pictures.diagrams.drawing import Drawing, behind, below, beside
from course_lib.pictures.diagrams.shapes import jar, strip, text, wire
from course_lib.pictures.figures.shares import percent


def draw_jars(
    words: Sequence[str], values: np.ndarray, weights: np.ndarray, output: np.ndarray
) -> Drawing:
    """Draw a wall of jars, one for each word, from which a mixture is poured.

    Shapes:
        values (n, d_v), weights (n,), output (d_v,).
    """
    largest = float(np.abs(values).max())
    jars = [jar(word, row, largest=largest) for word, row in zip(words, values, strict=True)]
    poured = [
        below(each, text(percent(share), bold=True).named(word), gap=2)
        for each, word, share in zip(jars, words, weights, strict=True)
    ]
    mixture = strip(output, "output", decimals=1, largest=largest, cell=44).named("mixture")
    whole = below(beside(*poured, gap=20), below(mixture, text("the mixture"), gap=2), gap=56)
    wires = (
        wire(whole[f"{word}.bottom"], whole["mixture.top"], float(share), down=True)
        for word, share in zip(words, weights, strict=True)
    )
    return behind(whole, *wires)
