"""Lesson 04: thumbs film by film, loud and quiet voices, and the divisor as a knob."""

import html
import re

import numpy as np
import pytest

from course_lib.pictures import draw_divisors, draw_thumbs, draw_turning, draw_voices, percent
from course_lib.pictures.diagrams.framing import svg
from course_lib.pictures.diagrams.shapes import THICKEST
from course_lib.pictures.figures.shares import signed
from course_lib.softmax import softmax

RNG = np.random.default_rng(155)
YOU = RNG.choice([-1, 1], size=512)
STRANGERS = RNG.choice([-1, 1], size=(6, 512))
PEOPLE = ("Ann", "Ben", "Cleo", "Dan", "Eve", "Finn")
MANY = STRANGERS @ YOU
SCORES = np.array([MANY, MANY / np.sqrt(512)])


def texts_of(drawing):
    page = svg(drawing, "A picture of voices.")
    return [html.unescape(t) for t in re.findall(r"<text[^>]*>([^<]*)</text>", page)]


def test_each_film_adds_one_or_takes_one_away():
    mine, other = YOU[:16], STRANGERS[1, :16]
    found = texts_of(draw_thumbs(mine, other, "Ben"))
    columns = np.array(found[-3 * 16 :]).reshape(16, 3)
    assert columns[:, 0].tolist() == [str(n) for n in range(1, 17)]
    assert columns[:, 1].tolist() == ["+1" if m == o else "−1" for m, o in zip(mine, other)]
    assert columns[-1, 2] == signed(mine @ other, decimals=0)


def test_a_thumb_that_is_down_is_turned_and_empty():
    page = svg(draw_thumbs(np.array([1, -1]), np.array([1, 1]), "Ben"), "Thumbs of two.")
    assert page.count("matrix(1 0 0 -1") == page.count('fill-opacity="0"') == 1


@pytest.mark.parametrize("other", [[1, 1, 1], [1, 0.5]])
def test_films_that_only_one_has_seen_are_refused(other):
    with pytest.raises(ValueError, match=r"pass two equally long rows of \+1 and −1"):
        draw_thumbs(np.array([1, -1]), np.array(other), "Ben")


def test_each_voice_has_its_score_and_a_wire_as_thick_as_its_share():
    shares = softmax(SCORES)
    drawing = draw_voices(PEOPLE, SCORES, shares, ("bare", "scaled"))
    found = texts_of(drawing)
    for scores, row, decimals in zip(SCORES, shares, (0, 2), strict=True):
        for name, score, share in zip(PEOPLE, scores, row, strict=True):
            told = [name, signed(score, decimals=decimals), percent(share)]
            assert told in [found[n : n + 3] for n in range(len(found))]
    thick = re.findall(r'stroke="#E69F00" stroke-width="([\d.]+)"', svg(drawing, "Many voices."))
    expected = np.maximum(THICKEST * shares.ravel(), 0.6)
    np.testing.assert_allclose([float(t) for t in thick], expected, atol=0.051)


def test_voices_in_one_row_are_refused():
    with pytest.raises(ValueError, match=r"shape \(2, 6\), but one has \(6,\): pass 2 rows"):
        draw_voices(PEOPLE, MANY, softmax(SCORES), ("bare", "scaled"))


def test_each_knob_is_turned_to_the_number_that_divides():
    lengths = np.array([4, 64, 512])
    typical = np.array([2.0, 8.1, 22.5])
    found = texts_of(draw_divisors(lengths, typical, np.sqrt(lengths)))
    assert [t for t in found if t.startswith("÷")] == ["÷ 2", "÷ 8", "÷ 22.6"]
    assert [t for t in found if "typical" in t] == [f"typical score: {t:.1f}" for t in typical]
    assert [t for t in found if "down" in t] == ["turned down to 1.0"] * 3


def test_a_divisor_that_is_not_on_the_knob_is_refused():
    with pytest.raises(ValueError, match="from 1 to 32, but a divisor is 64: pass"):
        draw_divisors([4], np.array([2.0]), np.array([64.0]))


def test_a_typical_score_that_is_missing_is_refused():
    with pytest.raises(ValueError, match="there are 2, 1 and 2: pass equally many of each"):
        draw_divisors([4, 64], np.array([2.0]), np.array([2.0, 8.0]))


def test_each_turn_of_the_knob_has_its_own_scores_and_shares():
    divisors = np.array([1, np.sqrt(512), 512])
    scores = MANY / divisors[:, None]
    shares = softmax(scores)
    page = svg(draw_turning(PEOPLE, scores, shares, divisors), "A knob and six voices.")
    assert page.count(">Ben</text>") == page.count(">you</text>") == 1
    for step, by in enumerate(divisors):
        last = step if step < 2 else 999
        shown = re.findall(rf'<g data-from="{step}" data-to="{last}">(.*?)</text></g></g>', page)
        assert len(shown) == 1 + len(PEOPLE)  # the knob and the voices
        for part, share in zip(shown[1:], shares[step], strict=True):
            assert part.endswith(html.escape(percent(share)))
        assert f">÷ {by:.3g}</text>" in page


def test_a_knob_is_not_turned_beyond_its_scale():
    with pytest.raises(ValueError, match="from 1 to 512, but a divisor is 1024"):
        draw_turning(PEOPLE, SCORES, softmax(SCORES), [1, 1024])
