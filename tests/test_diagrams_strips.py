"""The code track's drawings: what a mask covers, where a reshape puts numbers, shapes, norms."""

import html
import re

import numpy as np
import pytest

from course_lib import examples
from course_lib.attention import attend
from course_lib.masks import causal_mask, padding_mask
from course_lib.multi_head import merge_heads, split_heads
from course_lib.pictures import (
    draw_cover,
    draw_heads,
    draw_multi_head,
    draw_norms,
    draw_shapes,
    draw_stretch,
)
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


@pytest.mark.parametrize("lengths", [[4, 2], [1, 3, 4], [3]])
def test_each_row_of_a_mask_stands_for_every_query_of_its_sentence(lengths):
    mask = padding_mask(lengths, 4)
    sentences = [[*"abcd"[:length], *["pad"] * (4 - length)] for length in lengths]
    found = texts_of(draw_stretch(mask, sentences))
    expected = [str(truth) for row in mask[:, 0] for truth in [*row, *np.tile(row, 4)]]
    assert [t for t in found if t in ("True", "False")] == expected
    assert dashed(draw_stretch(mask, sentences)) == expected.count("False")
    assert f"mask, (B, 1, n_k) = {mask.shape}" in found
    assert f"(B, n_q, n_k) = {(len(lengths), 4, 4)}" in found


def told(array, decimals):
    """The numbers of an array as they stand in cells."""
    return [f"{number + 0.0:.{decimals}f}".replace("-", "−") for number in np.ravel(array)]


def cells_of(drawing):
    return [t for t in texts_of(drawing) if re.fullmatch(r"−?\d+(\.\d+)?", t)]


@pytest.mark.parametrize("shift", [0.0, 0.25])
def test_a_lookup_shows_each_array_and_its_shape(shift):
    query, keys, values = examples.query, examples.keys, examples.values + shift
    output, weights = attend(query, keys, values, scale=1)
    drawing = draw_shapes(examples.words, query, keys, keys @ query, weights, values, output)
    expected = [*told(query, 0), *told(keys, 0), *told(keys @ query, 0), *told(weights, 2)]
    expected += [*told(values, 2 if shift else 0), *told(output, 2)]
    assert cells_of(drawing) == expected
    shapes = {"(d_k,) = (2,)", "(n, d_k) = (4, 2)", "(n,) = (4,)", "(n, d_v) = (4, 3)"}
    assert shapes | {"(d_v,) = (3,)"} <= set(texts_of(drawing))


def several(n_heads, n=4):
    """Return words, x, queries, keys and values of all heads, weights, what is heard, output."""
    rng = np.random.default_rng(n_heads)
    x, w_o = rng.normal(size=(n, 5)), rng.normal(size=(n_heads * 3, 5))
    projected = [x @ rng.normal(size=(5, n_heads * width)) for width in (2, 2, 3)]
    heard, weights = attend(*(split_heads(each, n_heads) for each in projected))
    return [f"w{i}" for i in range(n)], x, projected, weights, heard, merge_heads(heard) @ w_o


@pytest.mark.parametrize("n_heads, n", [(1, 2), (2, 4), (3, 3)])
def test_heads_are_cut_and_merged_as_the_library_does(n_heads, n):
    words, x, projected, weights, heard, output = several(n_heads, n)
    cut = [split_heads(each, n_heads) for each in projected]
    expected = [x, *projected]
    for head in range(n_heads):
        expected += [*(each[head] for each in cut), weights[head], heard[head]]
    expected += [merge_heads(heard), output]
    drawing = draw_multi_head(words, x, projected, weights, heard, output)
    assert cells_of(drawing) == [t for array in expected for t in told(array, 2)]
    found = texts_of(drawing)
    assert f"merged (n, n_heads · d_v) = {(n, n_heads * 3)}" in found
    assert found.count(f"weights {(n, n)}") == n_heads


def test_what_a_step_brings_is_seen_from_it_on():
    shown = "".join(draw_multi_head(*several(2)).parts)
    first = ["x (n, d_model)", "project", "split_heads", "attend", "merge_heads", "mix heads"]
    for step, name in enumerate(first):
        before = shown[: shown.index(f">{name}")]
        assert re.findall(r'data-from="(\d)" data-to="999"', before)[-1] == str(step)


@pytest.mark.parametrize("parts", [{"look": "norm1", "think": "norm2"}, {"one": "its norm"}])
def test_a_norm_stands_on_the_road_or_on_the_branch(parts):
    drawing, found = draw_norms(parts), texts_of(draw_norms(parts))
    for half in (found[: found.index("pre-norm")], found[found.index("pre-norm") :]):
        assert half.count("skip") == len(parts)
        assert all(half.count(name) == 1 for name in (*parts, *parts.values()))
    for part, norm in parts.items():
        (on, high), (off, low) = (drawing[f"post-norm {each}.middle"] for each in (norm, part))
        assert on == drawing["post-norm x.middle"][0] < off and high < low
        (on, low), (off, high) = (drawing[f"pre-norm {each}.middle"] for each in (norm, part))
        assert on == off > drawing["pre-norm x.middle"][0] and high < low


def test_the_pictures_fit_a_lesson():
    output, weights = attend(examples.query, examples.keys, examples.values, scale=1)
    scores = examples.keys @ examples.query
    arrays = examples.query, examples.keys, scores, weights, examples.values, output
    sentences = [WORDS, ["river", "bank", "pad", "pad"]]
    drawings = [draw_shapes(WORDS, *arrays), draw_norms({"look": "norm1"})]
    drawings.append(draw_stretch(padding_mask([4, 2], 4), sentences))
    words, x, *others = several(2)
    whole = [np.round(each) for each in others[0]]
    drawings.append(draw_multi_head(WORDS, np.round(x), whole, *others[1:]))
    for drawing in drawings:
        assert drawing.width + 16 <= 760
        sizes = re.findall(r'font-size="([\d.]+)"', "".join(drawing.parts))
        assert min(map(float, sizes)) >= 12


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
        (lambda: draw_stretch(np.ones((2, 4), bool), [WORDS] * 2), r"mask must be \(B, 1, n_k\)"),
        (lambda: draw_stretch(np.ones((1, 1, 4), bool), [WORDS] * 2), r"each of the 2 sentences"),
        (lambda: draw_stretch(np.ones((2, 1, 4), bool), [WORDS, "ab"]), r"pads and all"),
        (lambda: draw_stretch(np.ones((0, 1, 0), bool), []), r"shape \(0, 1, 0\)"),
        (lambda: draw_norms({}), r"parts must have an entry"),
        (lambda: draw_heads(np.arange(6).reshape(2, 3), 2), r"a multiple of n_heads = 2"),
        (lambda: draw_heads(np.arange(6), 2), r"table must be \(n, d_model\)"),
        (lambda: draw_heads(np.arange(6).reshape(2, 3), 0), r"n_heads = 0"),
    ],
)
def test_what_does_not_fit_is_refused(draw, said):
    with pytest.raises(ValueError, match=said):
        draw()


@pytest.mark.parametrize(
    "place, said",
    [
        (1, r"query must be \(d_k,\) = \(2,\); it has shape \(8,\)"),
        (2, r"keys must be \(n, d_k\) = .*; it has shape \(8,\)"),
        (3, r"scores must be \(n,\) = \(4,\)"),
        (4, r"weights must be \(n,\) = \(4,\)"),
        (5, r"values must be \(n, d_v\) = .*; it has shape \(12,\)"),
        (6, r"output must be \(d_v,\) = \(3,\); it has shape \(12,\)"),
    ],
)
def test_a_lookup_with_an_array_of_another_shape_is_refused(place, said):
    output, weights = attend(examples.query, examples.keys, examples.values, scale=1)
    scores = examples.keys @ examples.query
    arrays = [WORDS, examples.query, examples.keys, scores, weights, examples.values, output]
    arrays[place] = np.tile(arrays[place], 4) if place in (1, 3, 4, 6) else arrays[place].ravel()
    with pytest.raises(ValueError, match=said):
        draw_shapes(*arrays)


@pytest.mark.parametrize(
    "place, wrong, said",
    [
        (1, np.ones((3, 5)), r"x must be \(n, d_model\) = \(4, 5\)"),
        (2, [np.ones((4, 4))] * 2, r"queries, keys, values; it has 2 parts"),
        (2, [np.ones((4, 4))] * 3, r"values must be \(n, n_heads \* d_v\) = \(4, 6\)"),
        (2, [np.ones((4, 5))] * 3, r"queries must be \(n, n_heads \* d_k\) = \(4, 4\)"),
        (3, np.ones((2, 4, 3)), r"weights must be \(n_heads, n_q, n_k\) = \(2, 4, 4\)"),
        (4, np.ones((4, 6)), r"heard must be \(n_heads, n, d_v\)"),
        (5, np.ones((4, 6)), r"output must be \(n, d_model\) = \(4, 5\)"),
    ],
)
def test_several_heads_with_an_array_of_another_shape_are_refused(place, wrong, said):
    arrays = [*several(2)]
    arrays[place] = wrong
    with pytest.raises(ValueError, match=said):
        draw_multi_head(*arrays)
