import numpy as np
import pytest
import torch

from course_lib.softmax import softmax, temperature_softmax


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_equals_torch(axis, dtype):
    scores = np.random.default_rng(0).normal(scale=4, size=(2, 3, 5)).astype(dtype)
    shares = softmax(scores, axis=axis)
    assert shares.dtype == dtype
    np.testing.assert_allclose(shares, torch.softmax(torch.tensor(scores), dim=axis), atol=1e-6)


def test_rows_a_thousand_apart_stay_shares():
    shares = softmax([[0.0, 1.0], [1000.0, 1001.0], [-1000.0, -999.0]])
    np.testing.assert_allclose(shares, np.tile(shares[:1], (3, 1)))
    np.testing.assert_allclose(shares.sum(axis=-1), 1)


def test_adding_a_number_changes_nothing_and_order_is_kept():
    scores = np.random.default_rng(1).normal(size=(4, 6))
    np.testing.assert_allclose(softmax(scores + 5), softmax(scores))
    np.testing.assert_array_equal(softmax(scores).argsort(axis=-1), scores.argsort(axis=-1))


def test_hidden_scores_get_nothing():
    assert softmax([0.0, -np.inf, 0.0]).tolist() == [0.5, 0.0, 0.5]


def test_input_is_not_changed_and_may_be_read_only():
    scores = np.array([1.0, 2.0, 3.0])
    scores.setflags(write=False)
    softmax(scores)
    temperature_softmax(scores, 2)


@pytest.mark.parametrize("temperature", [1e-300, 1e-3, 1, 50, 1e300])
def test_any_positive_temperature_gives_shares(temperature):
    shares = temperature_softmax([[1, 2, -1, 3]], temperature)
    assert np.isfinite(shares).all() and shares.sum() == pytest.approx(1)
    assert shares.argmax() == 3 or temperature == 1e300


def test_temperature_equals_dividing_the_scores():
    scores = np.random.default_rng(2).normal(size=(3, 4)).astype(np.float32)
    shares = temperature_softmax(scores, 2.5)
    assert shares.dtype == np.float32
    np.testing.assert_allclose(shares, softmax(scores / np.float32(2.5)), rtol=1e-5)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: softmax([]), "scores must hold at least one"),
        (lambda: softmax(3.0), "scores must hold at least one"),
        (lambda: softmax([-np.inf, -np.inf]), "scores .* finite"),
        (lambda: softmax([np.nan, 1.0]), "nan"),
        (lambda: softmax([np.inf, 1.0]), "inf"),
        (lambda: temperature_softmax([1, 2], 0), "temperature"),
        (lambda: temperature_softmax([1, 2], -1), "temperature"),
        (lambda: temperature_softmax([1, 2], np.nan), "temperature"),
    ],
)
def test_errors_name_the_argument(call, says):
    with pytest.raises(ValueError, match=says):
        call()


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_a_temperature_too_small_for_the_dtype_leaves_the_best(kind):
    weights = temperature_softmax(np.array([1, 2, 2], dtype=kind), 1e-320)
    assert weights.dtype == kind and weights.tolist() == [0, 0.5, 0.5]
