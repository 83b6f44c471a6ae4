"""Lesson 06's drawings: their texts are the lesson's numbers."""

import html
import re

import numpy as np
import pytest

from course_lib.attention import attend
from course_lib.examples import (
    key_features,
    keys,
    queries,
    values,
    w_k,
    w_q,
    word_features,
    words,
    x,
)
from course_lib.pictures import (
    Answered,
    draw_dotted,
    draw_glasses,
    draw_light,
    draw_looks,
    draw_nudge,
    draw_wirings,
    percent,
)
from course_lib.pictures.diagrams.framing import svg

ITEMS = np.array([[0, 0.1, 0.2, 0.3, 0.4], [1, -1.5, 1.6, 1.7, 1.8], [0, 0.5, 0.6, 0.7, 0.8]])
LOOKS = np.array([[0.3, 0.3, 0.4], [0.0, 0.996, 0.004]])


def texts_of(drawing):
    found = re.findall(r"<text[^>]*>([^<]*)</text>", svg(drawing, "Glasses."))
    return [html.unescape(label) for label in found]


def whole(numbers):
    return [f"{number:.0f}".replace("-", "−") for number in numbers]


@pytest.mark.parametrize("word", range(4))
def test_a_portrait_is_seen_through_three_pairs_of_glasses(word):
    seen = [queries[word], keys[word], values[word]]
    found = texts_of(draw_glasses(words[word], x[word], word_features, seen))
    assert found[: 1 + 2 * len(word_features)] == [words[word], *word_features, *whole(x[word])]
    for pair in ("question glasses", "label glasses", "jar glasses"):
        assert pair in found
    for numbers in seen:
        assert set(whole(numbers)) <= set(found)


@pytest.mark.parametrize("word", range(4))
def test_all_light_that_falls_into_a_key_makes_the_key(word):
    found = texts_of(draw_light(x[word], word_features, w_k, key_features))
    through = [float(label.split("= ")[1].replace("−", "-")) for label in found if "×" in label]
    assert sum(through) == keys[word].sum()
    assert len(through) == np.count_nonzero(x[word][:, None] * w_k)


def test_a_dot_marks_the_wanted_card():
    drawing = draw_dotted(ITEMS, ITEMS[1, 1:])
    assert svg(drawing, "Cards.").count("<circle") == 1
    assert re.findall(r'font-weight="600">(card \d)<', svg(drawing, "Cards.")) == ["card 2"]
    assert texts_of(drawing)[-4:] == ["−1.5", "1.6", "1.7", "1.8"]


def test_looks_stand_above_and_below_the_cards():
    found = texts_of(draw_looks(ITEMS, LOOKS, ["by chance", "later"]))
    shares = [label for label in found if label.endswith("%")]
    assert shares == ["30 %", "30 %", "40 %", "0 %", "100 %", "<1 %"]
    assert found[0] == "asker, by chance" and found[-1] == "asker, later"


def through(pair):
    answer, shares = attend(x[1] @ pair, keys, values)
    return Answered(x[1] @ pair, shares, answer, ((answer - values[3]) ** 2).mean())


def nudged():
    after = w_q + np.outer(x[1], [-0.07, 0.14])
    return [w_q, after], [through(w_q), through(after)]


def test_a_step_of_training_tells_both_ways_through_the_layer():
    pairs, answers = nudged()
    drawing = draw_nudge("bank", words, x[1], word_features, pairs, answers, values[3])
    found = texts_of(drawing)
    for made in answers:
        assert f"how wrong: {made.wrong:.2f}" in found
        assert {f"{number:.2f}" for number in made.answer} <= set(found)
        assert {percent(share) for share in made.shares} <= set(found)
    assert f"before: {answers[0].wrong:.2f}" in found
    assert answers[1].wrong < answers[0].wrong
    assert [found.count(mark) for mark in "▲▼–"] == [3, 3, 4]


def test_the_same_words_ask_in_two_ways_side_by_side():
    tables = [attend(q, keys, values)[1] for q in (queries, -queries)]
    found = texts_of(draw_wirings(words, tables, ["these", "others"]))
    assert [label for label in found if label in ("these", "others")] == ["these", "others"]
    collected = [percent(share) for table in tables for share in table.sum(axis=0)]
    assert [label for label in found if label.endswith("%")] == collected


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda: draw_glasses("bank", x[1, :3], word_features, [x[1]] * 3), "portrait must have"),
        (lambda: draw_glasses("bank", x[1], word_features, [x[1]]), "three things are seen"),
        (lambda: draw_light(x[1], word_features, w_k.T, key_features), "pair of glasses must have"),
        (lambda: draw_dotted(ITEMS, ITEMS[1]), "wanted answer must have"),
        (lambda: draw_looks(ITEMS, LOOKS[:1], ["once"]), "looks must have"),
        (lambda: draw_looks(ITEMS, LOOKS, ["once"]), "names must have"),
        (
            lambda: draw_nudge("bank", words, x[1], word_features, [w_q], [through(w_q)], x[1]),
            "before and after",
        ),
    ],
)
def test_what_does_not_fit_is_refused(draw, said):
    with pytest.raises(ValueError, match=said):
        draw()
