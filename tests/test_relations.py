"""How wrong numbers stand to the right ones."""

import numpy as np
import pytest

from course_lib.exercises import examine
from course_lib.exercises.declare import Probe
from course_lib.exercises.relations import relation

PROBE = Probe(lambda answer, inputs: answer(), "it holds")
rng = np.random.default_rng(0)
ROW, SQUARE, TABLE, BATCH = (rng.normal(size=s) for s in (5, (3, 3), (2, 4), (3, 2, 4)))


def mixed(numbers):
    return np.roll(numbers, 1, axis=-1)


@pytest.mark.parametrize("want", [ROW, SQUARE, TABLE, BATCH], ids=str)
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda x: 2.5 * x, "2.5 times"),
        (lambda x: x / np.sqrt(2), "0.707 times"),
        (lambda x: -x, "wrong sign"),
        (lambda x: x + 0.25, "0.25 too large"),
        (lambda x: x - 3, "3 too small"),
        (mixed, "in another order"),
    ],
)
def test_a_pattern_in_all_numbers_is_told(want, change, said):
    assert said in relation(PROBE, change(want), want)
    assert said in relation(PROBE, change(want).astype(np.float32), want.astype(np.float32))


@pytest.mark.parametrize("want", [SQUARE, TABLE, BATCH], ids=str)
def test_rows_and_columns_that_changed_places_are_told(want):
    assert "rows and columns" in relation(PROBE, want.swapaxes(-1, -2), want)


@pytest.mark.parametrize("want", [SQUARE, TABLE, BATCH], ids=str)
def test_what_is_right_for_one_row_sentence_or_head_is_told(want):
    got = want + rng.normal(size=want.shape)
    got[1] = want[1]
    assert relation(PROBE, got, want).startswith("Where the first index is 1, all is right")


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (rng.normal(size=5), ROW),
        (ROW * [1, 1, 1, 1, 2], ROW),
        (np.zeros(5), ROW),
        (np.full(4, 2.0), np.full(4, 1.0)),  # twice, or one more?
        (np.array([2.0, 4.0]), np.array([1.0, 2.0])),  # two numbers make no pattern
        (np.array([np.nan, 1, 2]), np.array([1.0, 2, 3])),
        (np.array([True, False, True]), np.array([False, True, False])),
        (np.array(["a", "b", "c"]), np.array(["b", "a", "c"])),
        (ROW[:3], ROW),
    ],
)
def test_no_pattern_is_no_sentence(got, want):
    assert relation(PROBE, np.asarray(got), want) is None


def test_an_unforeseen_mistake_is_told_where_to_begin():
    wrong = lambda w, g: 3 * w * (g - (w * g).sum(-1, keepdims=True))  # noqa: E731
    report = examine("softmax_vjp", wrong, seed=0)
    assert "Every number is 3 times what it should be." in report.symptom
    asked = examine("i02_negative", 12345.0, variant="ada")
    assert "times" not in asked.symptom, "the right number of a question is never told"
