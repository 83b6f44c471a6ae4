"""Lesson 02's drawings: plants, cakes and knobs that say the lesson's numbers."""

import re

import numpy as np
import pytest

from course_lib.examples import keys, query, words
from course_lib.pictures import (
    draw_cake,
    draw_cakes,
    draw_knobs,
    draw_staircase,
    draw_uncut,
    percent,
)
from course_lib.pictures.diagrams import shapes
from course_lib.softmax import softmax, temperature_softmax

WIDEST = 744  # and 8 pixels of free room on each side
SCORES = keys @ query


def told(drawing):
    """Return word -> share as it is read, be it upon a slice or beside the cake."""
    return re.findall(r"(river|bank|lends|money|today) (<?[\d.]+ %)", " ".join(drawing.words))


def test_a_plant_is_as_tall_as_the_exponential_of_its_step():
    steps = np.arange(-1, 4)
    plants = np.exp(steps)
    drawing = draw_staircase(steps, plants, ["lends", "", "river", "bank", "money"])
    assert [w for w in drawing.words if w.startswith("step")] == [
        f"step {step}".replace("-", "−") for step in steps
    ]
    assert [float(w) for w in drawing.words if re.fullmatch(r"[\d.]+", w)] == list(plants.round(2))
    assert drawing.words.count("× 2.72 →") == 4
    assert [w for w in drawing.words if w in words] == ["lends", "river", "bank", "money"]
    stems = re.findall(r"M32 ([\d.]+) V([\d.]+)", "".join(drawing.parts))
    assert [float(a) for a, _ in stems] == pytest.approx(214 * plants / plants.max(), abs=0.06)


@pytest.mark.parametrize("scores", [SCORES, 2 * SCORES, SCORES / 10])
def test_every_slice_has_its_word_and_its_share(scores):
    drawing = draw_cake(words, softmax(scores))
    assert dict(told(drawing)) == dict(zip(words, map(percent, softmax(scores)), strict=True))
    assert "".join(drawing.parts).count(" Z") == len(words)


def test_a_slice_of_nothing_is_a_dotted_cut_and_none_at_all_is_not():
    assert "stroke-dasharray" in "".join(draw_cake(("a", "b"), [1.0, 0.0]).parts)
    drawing = draw_cake(("a", "b"), [1 - 1e-9, 1e-9])
    assert "stroke-dasharray" not in "".join(drawing.parts) and "b <1 %" in drawing.words


def test_a_newcomer_takes_from_all():
    four, five = softmax(SCORES), softmax([*SCORES, 0])
    drawing = draw_cakes({"four": (words, four), "five": ([*words, "today"], five)}, decimals=1)
    found = told(drawing)
    for word, share in (*zip(words, four, strict=True), *zip([*words, "today"], five, strict=True)):
        assert (word, percent(share, decimals=1)) in found
    assert len(found) == 9 and drawing.width <= WIDEST


def test_a_knob_stands_above_the_cake_that_it_cuts():
    warm = (0.5, 1, 10)
    drawing = draw_knobs(words, {each: temperature_softmax(SCORES, each) for each in warm})
    assert [w for w in drawing.words if "temp" in w] == [f"temperature {each:g}" for each in warm]
    expected = [
        (word, percent(share))
        for each in warm
        for word, share in zip(words, temperature_softmax(SCORES, each), strict=True)
    ]
    assert sorted(told(drawing)) == sorted(expected)
    assert drawing.width <= WIDEST


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: draw_staircase([0, 1], [1.0, 2.7], ["river"]), "one plant and one name for each"),
        (lambda: draw_cake(words, [0.5, 0.5]), "one share for each word"),
        (lambda: draw_cake(("a", "b"), [1.2, -0.2]), "none below zero"),
        (lambda: draw_cake(("a", "b"), [0.5, 0.6]), "make 1 together"),
        (lambda: draw_cakes({}), "at least one cake"),
        (lambda: draw_knobs(words, {0: softmax(SCORES)}), "none that is zero or below"),
    ],
)
def test_what_cannot_be_drawn_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        wrong()


def test_each_word_waits_with_its_score_for_a_slice():
    drawing = draw_uncut(words, SCORES)
    expected = []
    for word, score in zip(words, SCORES, strict=True):
        expected += ["? %", word, "score", f"{score:.0f}".replace("-", "−")]
    assert list(drawing.words) == ["100 %", "of attention", *expected]
    with pytest.raises(ValueError, match="one score for each of the 4 words"):
        draw_uncut(words, SCORES[:2])


def test_a_title_wider_than_its_cake_has_room_on_both_sides():
    title = "a title that goes on for rather a long while"
    drawing = draw_cakes({title: (("a", "b"), [0.5, 0.5])})
    assert drawing.width == shapes.text(title, bold=True).width
