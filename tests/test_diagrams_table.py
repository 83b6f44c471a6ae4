"""Lesson 05's drawings: their texts are the lesson's numbers."""

import html
import re

import numpy as np
import pytest

from course_lib.attention import attend
from course_lib.examples import keys, queries, value_features, values, words
from course_lib.pictures import draw_row, draw_rows, draw_slips, draw_wires, percent
from course_lib.pictures.diagrams.framing import svg

output, weights = attend(queries, keys, values)
causal = np.tri(4, dtype=bool)


def texts_of(drawing):
    found = re.findall(r"<text[^>]*>([^<]*)</text>", svg(drawing, "Words and wires."))
    return [html.unescape(label) for label in found]


def shares_of(drawing):
    return [label for label in texts_of(drawing) if re.fullmatch(r"<?\d+ %", label)]


def test_askers_and_answerers_are_joined_by_wires_as_thick_as_the_shares():
    drawing = draw_wires(words, weights)
    assert [label for label in texts_of(drawing) if label in words] == 2 * list(words)
    assert shares_of(drawing) == [percent(share) for share in weights.sum(axis=0)]
    drawn = svg(drawing, "Words and wires.")
    for share in weights.ravel():
        assert f'stroke="#E69F00" stroke-width="{round(max(16 * share, 0.6), 1):g}"' in drawn


def test_what_is_covered_lies_under_a_slip_and_has_no_number():
    left, shares = attend(queries, keys, values, mask=causal)
    drawing = draw_slips(words, words, shares, causal)
    assert texts_of(drawing).count("covered") == (~causal).sum()
    seen = [percent(share) for share in shares[causal]]
    assert shares_of(drawing) == seen
    assert texts_of(drawing).count("= 100 %") == len(words)


def test_a_row_without_any_cell_says_so():
    nothing = np.zeros((1, 4))
    drawing = draw_slips(["money"], words, nothing, nothing.astype(bool))
    assert "nobody left!" in texts_of(drawing) and not shares_of(drawing)


def test_one_row_has_its_shares_its_jars_and_what_is_in_its_cup():
    drawing = draw_row("bank", words, weights[1], values, output[1], value_features, full=14)
    assert shares_of(drawing) == [percent(share) for share in weights[1]]
    for feature, amount in zip(value_features, output[1], strict=True):
        assert f"{feature} {amount:.2f}" in texts_of(drawing)


def test_the_table_grows_row_by_row():
    drawing = draw_rows(words, weights, values, output, value_features)
    drawn = svg(drawing, "Words and wires.")
    for number, row in enumerate(weights, start=1):
        line = drawn.split(f'<g data-from="{number}" data-to="{number}">')
        assert len(line) == 3  # the wires, and what stands above the jars
        shares = re.findall(r">(<?\d+ %)<", line[2])
        assert shares[: len(row)] == [percent(share) for share in row]
    for amount in output.ravel():
        assert f"{amount:.2f}" in texts_of(drawing)
    assert sorted(shares_of(drawing)) == sorted(2 * [percent(s) for s in weights.ravel()])


@pytest.mark.parametrize(
    "draw",
    [
        lambda: draw_wires(words, weights[:3]),
        lambda: draw_slips(words, words, weights, causal[:2]),
        lambda: draw_row("bank", words, weights[1, :3], values, output[1], (), full=14),
        lambda: draw_rows(words[:3], weights, values, output, value_features),
    ],
)
def test_a_table_that_does_not_fit_the_words_is_refused(draw):
    with pytest.raises(ValueError, match="a row for each word that asks and a column for each"):
        draw()
