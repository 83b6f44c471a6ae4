"""Lesson 01's drawings say the lesson's numbers, and refuse what doesn't fit."""

import re

import numpy as np
import pytest

from course_lib.examples import key_features, keys, query, words
from course_lib.pictures import (
    draw_cards,
    draw_encoder,
    draw_friends,
    draw_loudness,
    draw_product,
)

WIDEST = 744  # and 8 pixels of free room on each side


def written(number, decimals=0):
    return f"{number + 0.0:.{decimals}f}".replace("-", "−")


def test_each_word_stands_above_its_numbers_and_they_above_their_features():
    drawing = draw_cards(words, keys, key_features)
    expected = []
    for word, row in zip(words, keys, strict=True):
        expected += [word, *map(written, row), *key_features]
    assert list(drawing.words) == expected
    assert drawing["bank numbers.top"][1] > drawing["bank.bottom"][1]
    assert drawing.width <= WIDEST


def test_friends_agree_disagree_and_say_nothing_film_by_film():
    marks = np.array([[3, -2, 2, 0], [2, -3, -2, 3]])
    drawing = draw_friends(("Ada", "Ben"), ("a", "b", "c", "d"), marks)
    said = ["agree", "agree", "disagree", "counts for nothing"]
    products = [f"{'+' if p > 0 else ''}{written(p)}" for p in marks[0] * marks[1]]
    assert list(drawing.words)[-11:] == [
        "=", *(each for pair in zip(products, said, strict=True) for each in pair),
        "added up:", written((marks[0] * marks[1]).sum()),
    ]  # fmt: skip


@pytest.mark.parametrize(("word", "key"), list(zip(words, keys, strict=True)))
def test_a_score_is_what_is_multiplied_and_added_up(word, key):
    found = draw_product(query, key, word, key_features).words
    numbers = [each for each in found if each.lstrip("−").isdigit()]
    assert numbers == [written(n) for n in (*query, *key, *(query * key), key @ query)]


def test_the_largest_of_each_line_is_framed_and_a_voice_is_as_long_as_its_arrow():
    drawing = draw_loudness(words, keys, query)
    lengths, scores = np.linalg.norm(keys, axis=1), keys @ query
    cosines = scores / lengths / np.linalg.norm(query)
    for values, decimals in ((lengths, 2), (cosines, 2), (scores, 0)):
        for value in values:
            assert written(value, decimals) in drawing.words
    whole = "".join(drawing.parts)
    assert whole.count("<rect") == 3
    framed = [re.search(r">([^<]+)</text>", part)[1] for part in whole.split("<rect")[1:]]
    assert framed == [written(lengths.max(), 2), written(cosines.max(), 2), written(scores.max())]
    assert drawing.width <= WIDEST


def test_a_sentence_becomes_as_many_strokes_as_there_are_numbers():
    vectors = np.array([[0.5, -0.5, 0.1, 0.2], [0.1, 0.2, 0.3, 0.4]])
    drawing = draw_encoder(["One.", "Two."], vectors)
    assert drawing.words[-1] == "4 numbers each, above zero up, below zero down"
    (up, down) = re.findall(r"M[\d.]+ 20V([\d.]+)", "".join(drawing.parts))[:2]
    assert float(up) < 20 < float(down)
    assert drawing["encoder.left"][0] > drawing["One..right"][0]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: draw_cards(words[:3], keys, key_features),
        lambda: draw_friends(("Ada", "Ben"), ("comedy",), [[1, 2], [2, 1]]),
        lambda: draw_product(query, keys[0], "river", ["water"]),
        lambda: draw_loudness(words, keys[:, :1], query),
        lambda: draw_encoder(["One."], np.zeros(4)),
    ],
)
def test_numbers_that_do_not_fit_their_names_are_refused(wrong):
    with pytest.raises(ValueError, match="pass one row for .* the shape of what came in is"):
        wrong()
