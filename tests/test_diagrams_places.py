"""Lesson 08's drawings: everybody asks everybody, and places as the hands of clocks."""

import html
import math
import re

import numpy as np
import pytest

from course_lib import examples
from course_lib.attention import attend
from course_lib.pictures import draw_asking, draw_between, draw_plates, draw_turns, percent
from course_lib.pictures.diagrams.framing import svg
from course_lib.pictures.diagrams.places import HAND
from course_lib.positions import rotate, sinusoidal_positions

WORDS = examples.words
Q, K, V = (examples.x @ w for w in (examples.w_q, examples.w_k, examples.w_v))
SHARES = attend(Q, K, V)[1]


def texts_of(drawing):
    shown = svg(drawing, "Words, wires and dials.")
    return [html.unescape(t) for t in re.findall(r"<text[^>]*>([^<]*)</text>", shown)]


def thick(drawing):
    return [float(w) for w in re.findall(r'fill="none" stroke="#E69F00" stroke-width="([\d.]+)"',
                                         "".join(drawing.parts))]  # fmt: skip


def test_everybody_asks_everybody():
    drawing = draw_asking({"one headline": (WORDS, WORDS, SHARES)})
    expected = sorted(max(round(16 * s, 1), 0.6) for s in SHARES.ravel())
    assert sorted(thick(drawing)) == pytest.approx(expected, abs=0.051)
    assert texts_of(drawing)[-9:] == ["one headline", *WORDS, *WORDS]


def test_shuffled_words_give_bank_the_same_shares_in_another_order():
    other = WORDS[::-1]
    looks = attend(Q[::-1], K[::-1], V[::-1])[1]
    drawing = draw_asking(
        {"one": (WORDS, WORDS, SHARES), "other": (other, other, looks)}, only="bank"
    )
    shares = [percent(share) for share in SHARES[WORDS.index("bank")]]
    assert [t for t in texts_of(drawing) if "%" in t] == shares + shares[::-1]
    assert len(thick(drawing)) == 2 * len(WORDS)


def hand_ends(drawing):
    """Where the round tips of the hands lie, seen from the middle of their dials, up positive."""
    dials = re.findall(
        r'<circle cx="([\d.]+)" cy="([\d.]+)" r="[\d.]+" fill="none"'
        r'.*?<circle cx="([\d.]+)" cy="([\d.]+)" r="3.5"',
        "".join(drawing.parts),
    )
    return np.array([(float(x) - float(a), float(b) - float(y)) for a, b, x, y in dials])


def test_the_hands_of_a_plate_point_where_its_numbers_say():
    plates = sinusoidal_positions(14, 6, base=27)
    drawing = draw_plates(plates, ["fast", "slower", "slowest"])
    assert hand_ends(drawing) / HAND == pytest.approx(plates.reshape(-1, 2), abs=0.01)
    arcs = "".join(drawing.parts).count("<polyline")
    assert arcs == 3 * 13  # at place 0 nothing is turned


def test_a_turned_hand_points_where_the_label_does_and_keeps_its_length():
    turned = rotate(K)
    drawing = draw_turns(WORDS, K, turned)
    scale = 62 / np.hypot(*K.T).max()
    assert hand_ends(drawing) == pytest.approx(scale * turned, abs=0.3)
    told = ["place 0", "not turned", "place 1", "1 step", "place 2", "2 steps"]
    told += ["place 3", "3 steps"]
    assert [t for t in texts_of(drawing) if t not in WORDS] == told


def test_two_hands_that_move_together_keep_their_angle_and_their_score():
    bank, river = Q[1:2], K[:1]
    hands = {
        title: (rotate(bank, [first + 1])[0], rotate(river, [first])[0])
        for title, first in (("beginning", 0), ("further on", 3))
    }
    found = [t for t in texts_of(draw_between("bank", "river", hands)) if "score" in t]
    question, label = hands["beginning"]
    angle = math.degrees(math.acos(question @ label / (math.hypot(*question) * math.hypot(*label))))
    score = f"{question @ label:.2f}".replace("-", "−")
    assert found == [f"{angle:.0f}° apart: score {score}"] * 2


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"shares must be \(4, 4\)"):
        draw_asking({"one": (WORDS, WORDS, SHARES[:3])})
    with pytest.raises(ValueError, match="one of the words that ask"):
        draw_asking({"one": (WORDS, WORDS, SHARES)}, only="boat")
    with pytest.raises(ValueError, match="a plate of 1 hands has 2 numbers"):
        draw_plates(np.zeros((3, 4)), ["fast"])
    with pytest.raises(ValueError, match="a hand for each word"):
        draw_turns(WORDS, K, K[:2])
    with pytest.raises(ValueError, match="a hand is two numbers"):
        draw_between("a", "b", {"one": (np.ones(3), np.ones(3))})
