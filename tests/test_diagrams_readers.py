"""Lesson 09: readers at their desks, a piece of the portrait, and the mixing glasses."""

import html
import re

import numpy as np
import pytest

from course_lib import examples
from course_lib.attention import attend
from course_lib.pictures import draw_habits, draw_mixing, draw_pieces, draw_readers, percent
from course_lib.pictures.diagrams import shapes
from course_lib.pictures.diagrams.framing import svg

NAMES = [examples.value_features, examples.second_value_features]
QUESTIONS = ["which kind of bank?", "who does what?"]


def found():
    first = attend(examples.queries, examples.keys, examples.values)
    glasses = (examples.second_w_q, examples.second_w_k, examples.second_w_v)
    return first, attend(*(examples.x @ pair for pair in glasses))


def texts_of(drawing):
    return [html.unescape(t) for t in re.findall(r"<text[^>]*>([^<]*)</text>", svg(drawing, "x"))]


def readers(asker="bank"):
    brought, tables = zip(*found(), strict=True)
    row = examples.words.index(asker)
    return draw_readers(
        examples.words, asker, QUESTIONS, tables, [each[row] for each in brought], NAMES
    )


def pieces():
    kept = np.array([[1] * 5, [1, 1, 0, 0, 0]], dtype=bool)
    seen = examples.x[0] * kept
    shares = [attend(*(examples.x * part @ w for w in (examples.w_q, examples.w_k, examples.w_v)))
              [1][0] for part in kept]  # fmt: skip
    drawing = draw_pieces(
        examples.words, "river", examples.word_features, examples.x[0], kept,
        seen @ examples.w_q, shares,
    )  # fmt: skip
    return drawing, shares


def mixing(w_o=examples.w_o):
    brought = [table[1] for table, _ in found()]
    return draw_mixing(brought, NAMES, w_o, examples.word_features), brought


@pytest.mark.parametrize("asker", examples.words)
def test_each_reader_has_its_own_shares_and_brings_back_its_own_numbers(asker):
    said, row = texts_of(readers(asker)), examples.words.index(asker)
    assert [t for t in said if t.endswith("%")] == [
        percent(share) for _, table in found() for share in table[row]
    ]
    for (brought, _), names, question in zip(found(), NAMES, QUESTIONS, strict=True):
        assert {f"{value:.2f}" for value in brought[row]} <= set(said)
        assert {*names, question} <= set(said)


def test_each_reader_has_a_wire_from_every_word_to_every_word():
    assert len(re.findall(r'<path [^>]*stroke="#E69F00"', svg(readers(), "x"))) == 2 * 4 * 4


def test_a_reader_without_a_whole_table_is_refused():
    with pytest.raises(ValueError, match="a table of 4 × 4 shares"):
        draw_readers(examples.words, "bank", QUESTIONS, np.eye(3)[None], [[1.0]], [["a"]])


def test_with_a_piece_of_the_portrait_river_asks_nothing():
    drawing, shares = pieces()
    said = texts_of(drawing)
    assert [t for t in said if t.endswith("%")] == [
        percent(share) for each in shares for share in each
    ]
    assert said.count("25 %") == 4
    # two portraits of 5 and two questions of 2, less the three numbers that are cut out
    assert len([t for t in said if t in ("0", "1", "2")]) == 2 * 5 + 2 * 2 - 3


def test_a_piece_without_a_share_for_each_word_is_refused():
    with pytest.raises(ValueError, match="one share for each of the 4 words"):
        draw_pieces(examples.words, "river", ["a"], [1], [[True]] * 2, [[1]] * 2, np.ones((2, 3)))


def test_mixing_shows_what_is_brought_and_how_much_it_adds():
    drawing, brought = mixing()
    said = texts_of(drawing)
    assert [t for t in said if re.fullmatch(r"\d\.\d\d", t)] == [
        f"{value:.2f}" for each in brought for value in each
    ]
    adds = examples.w_o[examples.w_o != 0]
    assert [t for t in said if t.startswith("×")] == [f"× {weight:.1f}" for weight in adds]
    assert said.count("?") == len(examples.word_features)
    shown = svg(drawing, "x")
    assert shown.count('stroke-dasharray="1.5 5"') == examples.w_o.size - len(adds)


def test_mixing_glasses_of_another_size_are_refused():
    with pytest.raises(ValueError, match="a row for each number brought"):
        mixing(examples.w_o[:5])


def test_a_habit_has_each_token_on_both_sides_and_its_small_shares_pale():
    tables = np.array([np.eye(4), np.eye(4, k=1), np.full((4, 4), 0.05)])
    drawing = draw_habits(examples.words, tables, ["itself", "one on", "many"])
    said, shown = texts_of(drawing), svg(drawing, "x")
    assert all(said.count(word) == 2 * 3 for word in examples.words)
    assert {"itself", "one on", "many"} <= set(said)
    assert shown.count('<g opacity="0.3">') == int((tables < 0.1).sum())


def test_a_habit_without_a_whole_table_is_refused():
    with pytest.raises(ValueError, match="a table of 4 × 4 shares"):
        draw_habits(examples.words, np.ones((2, 4, 3)), ["a", "b"])


def test_the_pictures_fit_a_lesson():
    for drawing in (readers(), pieces()[0], mixing()[0]):
        assert drawing.width + 16 <= 760


def test_names_stand_where_their_cells_are():
    names = shapes.names_of(["one", "two"], cell=50)
    assert (names.width, names.words) == (100, ("one", "two"))
