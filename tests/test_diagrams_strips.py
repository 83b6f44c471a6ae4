"""The code track's drawings: what a mask covers, and where a reshape puts numbers."""

import html
import re

import numpy as np
import pytest

from course_lib import examples
from course_lib.masks import causal_mask
from course_lib.pictures import draw_cover, draw_heads, draw_stretch
from course_lib.softmax import softmax

WORDS = examples.words
SCORES = examples.queries @ examples.keys.T / np.sqrt(2)


def texts_of(drawing):
    return [html.unescape(t) for t in re.findall(r"<text[^>]*>([^<]*)<", "".join(drawing.parts))]


def dashed(drawing):
    return "".join(drawing.parts).count("stroke-dasharray")


@pytest.mark.parametrize("mask", [causal_mask(4), np.eye(4, dtype=bool), np.ones((4, 4), bool)])
def test_what_is_covered_has_minus_infinity_and_no_share(mask):
    covered = np.where(mask, SCORES, -np.inf)
    weights = softmax(covered)
    found = texts_of(draw_cover(WORDS, covered, weights))
    assert found.count("−∞") == (~mask).sum() == found.count("0")
    for share in weights[mask]:
        assert f"{share:.2f}" in found
    assert dashed(draw_cover(WORDS, covered, weights)) == 2 * (~mask).sum()


@pytest.mark.parametrize("real", [[True, True, False], [False, True, True], [True, True, True]])
def test_one_row_of_a_mask_stands_for_every_query(real):
    found = texts_of(draw_stretch(np.array(real), ["ada", "says", "hello"]))
    times = 1 + len(real)  # the row itself, and once for each query
    assert found.count("True") == times * sum(real)
    assert found.count("False") == times * (len(real) - sum(real))


@pytest.mark.parametrize("shape, n_heads", [((3, 4), 2), ((2, 6), 3), ((4, 4), 1)])
def test_heads_hold_what_the_two_cuts_put_there(shape, n_heads):
    n, d = shape
    table = np.arange(n * d).reshape(shape)
    found = texts_of(draw_heads(table, n_heads))
    numbers = [int(t) for t in found if t.isdigit()]
    alone = table.reshape(n_heads, n, d // n_heads)
    cut = table.reshape(n, n_heads, d // n_heads).swapaxes(0, 1)
    assert numbers == [*table.ravel(), *alone.ravel(), *cut.ravel()]
    words = [t for t in found if t.startswith("word ")]
    assert words[-n * n_heads :] == [f"word {i}" for i in range(n)] * n_heads


@pytest.mark.parametrize(
    "draw, said",
    [
        (lambda: draw_cover(WORDS, SCORES[:3], SCORES), r"scores must have a row and a column"),
        (lambda: draw_cover(WORDS, SCORES, SCORES[:, :2]), r"weights must have .* shape \(4, 2\)"),
        (lambda: draw_stretch(np.ones((1, 3), bool), WORDS), r"row must be \(n_k,\)"),
        (lambda: draw_heads(np.arange(6).reshape(2, 3), 2), r"a multiple of n_heads = 2"),
        (lambda: draw_heads(np.arange(6), 2), r"table must be \(n, d_model\)"),
        (lambda: draw_heads(np.arange(6).reshape(2, 3), 0), r"n_heads = 0"),
    ],
)
def test_what_does_not_fit_is_refused(draw, said):
    with pytest.raises(ValueError, match=said):
        draw()
