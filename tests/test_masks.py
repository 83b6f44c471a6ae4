import numpy as np
import pytest

from course_lib.masks import causal_mask, padding_mask


def test_causal_first_row_sees_itself_only_and_last_row_sees_all():
    mask = causal_mask(4)
    assert mask.dtype == bool
    assert mask[0].tolist() == [True, False, False, False]
    assert mask[-1].all()


def test_padding_mask_shows_the_real_keys():
    mask = padding_mask(np.array([1, 3]), 3)
    assert mask.shape == (2, 1, 3)
    assert mask[:, 0].tolist() == [[True, False, False], [True, True, True]]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: causal_mask(0), "n must be at least 1"),
        (lambda: padding_mask([0, 2], 3), "lengths must be from 1"),
        (lambda: padding_mask([4], 3), "n_keys, 3"),
        (lambda: padding_mask([1.5], 3), "integers"),
        (lambda: padding_mask(2, 3), "vector"),
    ],
)
def test_errors_name_the_argument(call, says):
    with pytest.raises(ValueError, match=says):
        call()
