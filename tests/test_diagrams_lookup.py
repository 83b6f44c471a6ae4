"""Lesson 03: the wall of jars, the cups, and one question on its whole way."""

import html
import re

import numpy as np
import pytest

from course_lib.attention import attend
from course_lib.examples import key_features, keys, query, value_features, values, words
from course_lib.pictures import (
    draw_jars,
    draw_labels,
    draw_lookup,
    draw_pharmacists,
    draw_pharmacy,
    draw_wall,
    percent,
)
from course_lib.pictures.diagrams.framing import svg
from course_lib.pictures.figures.shares import signed

OUTPUT, WEIGHTS = attend(query, keys, values, scale=1)
SCORES = keys @ query
LABELS = ("throat", "sleep", "stomach")


def texts_of(drawing):
    page = svg(drawing, "A picture of jars.")
    return [html.unescape(t) for t in re.findall(r"<text[^>]*>([^<]*)</text>", page)]


def whole_way():
    return draw_lookup("bank", query, words, keys, values, SCORES, WEIGHTS, OUTPUT, value_features)


def test_a_wish_is_compared_with_every_label():
    drawing = draw_pharmacy("something for a cough", LABELS)
    found = texts_of(drawing)
    assert [t for t in found if t in LABELS] == list(LABELS)
    assert {"wish (query)", "label (key)", "jar (value)", "“something for a cough”"} <= set(found)
    assert svg(drawing, "A picture of jars.").count('stroke-dasharray="4 4"') == len(LABELS)


def test_the_wall_has_each_key_and_value_below_its_word():
    found = texts_of(draw_wall(words, keys, values, key_features, value_features))
    start = found.index(words[0])
    expected = []
    for word, key, value in zip(words, keys, values, strict=True):
        expected += [word, *(signed(n, decimals=0) for n in (*key, *value))]
    assert found[start : start + len(expected)] == expected
    assert ", ".join(key_features) in found and ", ".join(value_features) in found


def test_a_cup_that_waits_has_a_question_mark_and_no_number():
    found = texts_of(draw_jars(words, values, WEIGHTS))
    assert found[-2:] == ["?", "the mixture"]
    assert texts_of(draw_jars(words, values, WEIGHTS, OUTPUT))[-2] == signed(OUTPUT[-1], decimals=1)


def test_what_is_in_the_cup_has_its_name_above():
    found = texts_of(draw_jars(words, values, WEIGHTS, OUTPUT, features=value_features, decimals=2))
    assert found[-7:-4] == list(value_features)
    assert found[-4:-1] == [signed(n) for n in OUTPUT]


def test_one_pharmacist_takes_the_best_jar_and_the_other_pours_from_all():
    drawing = draw_pharmacists(words, values, WEIGHTS, features=value_features)
    shares = [t for t in texts_of(drawing) if t.endswith("%")]
    assert shares == ["0 %", "0 %", "0 %", "100 %", *map(percent, WEIGHTS)]
    assert svg(drawing, "Two pharmacists.").count('stroke-dasharray="1.5 5"') == 3
    found = texts_of(drawing)
    for cup in (values[np.argmax(WEIGHTS)], OUTPUT):
        for number in cup:
            assert signed(number, decimals=1) in found


def test_labels_that_are_poured_make_a_mixture_of_labels():
    found = texts_of(draw_labels(words, keys, WEIGHTS, features=key_features))
    assert found[-5:-3] == list(key_features)
    assert found[-3:-1] == [signed(n, decimals=1) for n in WEIGHTS @ keys]
    assert [t for t in found if "%" in t] == [percent(w) for w in WEIGHTS]


def test_each_step_brings_its_own_numbers():
    page = svg(whole_way(), "One question on its whole way.")
    for first, expected in (
        (1, [signed(s, decimals=0) for s in SCORES]),
        (2, [percent(w) for w in WEIGHTS]),
        (3, [signed(n, decimals=1) for n in OUTPUT]),
    ):
        shown = "".join(re.findall(rf'<g data-from="{first}" data-to="999">(.*?)</g></g>', page))
        assert all(f">{html.escape(t)}</text>" in shown for t in expected), first
    assert [f'data-from="{n}" data-to="{n}"' in page for n in range(5)] == [True] * 3 + [False] * 2


def test_each_score_is_the_sum_that_stands_above_it():
    sums = [t for t in texts_of(whole_way()) if "·" in t]
    read = [t.replace("·", "*").replace("−", "-") for t in sums]
    assert [sum(map(_product, r.split(" + "))) for r in read] == SCORES.tolist()


def _product(term):
    one, other = term.split("*")
    return float(one.strip("()")) * float(other.strip("()"))


def test_questions_that_are_not_whole_are_told_with_their_decimals():
    drawing = draw_lookup(
        "bank", query / 2, words, keys, values, SCORES / 2, WEIGHTS, OUTPUT, value_features
    )
    assert "0.5·2 + 0.5·(−1)" in texts_of(drawing)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: draw_wall(words, keys[:3], values, key_features, value_features),
        lambda: draw_jars(words, values, WEIGHTS[:3]),
        lambda: draw_pharmacists(words, values[:3], WEIGHTS),
        lambda: draw_labels(words, keys, WEIGHTS[:3]),
        lambda: draw_lookup("bank", query, words, keys, values, SCORES[:3], WEIGHTS, OUTPUT),
    ],
)
def test_a_table_with_too_few_rows_is_refused(draw):
    with pytest.raises(ValueError, match="4 words and a table of 3 rows: pass one row for each"):
        draw()


def test_a_column_without_a_name_is_refused():
    with pytest.raises(ValueError, match="2 columns and 1 names: pass as many names"):
        draw_wall(words, keys, values, key_features[:1], value_features)
