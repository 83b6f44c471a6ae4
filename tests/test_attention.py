import numpy as np
import pytest
import torch
import torch.nn.functional as F

from course_lib.attention import attend
from course_lib.examples import keys, query, values
from course_lib.masks import causal_mask, padding_mask


def arrays(leading=(), n_q=4, n_k=5, d_k=3, d_v=6, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    shapes = (n_q, d_k), (n_k, d_k), (n_k, d_v)
    return tuple(rng.normal(size=(*leading, *shape)).astype(dtype) for shape in shapes)


@pytest.mark.parametrize("leading", [(), (2,), (2, 3)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("masked", [False, True])
def test_equals_torchs_own(leading, dtype, masked):
    q, k, v = arrays(leading, dtype=dtype)
    mask = np.random.default_rng(9).random((4, 5)) < 0.6 if masked else None
    if masked:
        mask[:, 0] = True  # nobody is left without a key
    output, weights = attend(q, k, v, mask=mask)
    expected = F.scaled_dot_product_attention(
        *(torch.tensor(a) for a in (q, k, v)),
        attn_mask=None if mask is None else torch.tensor(mask),
    )
    assert output.dtype == weights.dtype == dtype
    np.testing.assert_allclose(output, expected, atol=1e-5)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-6)


def test_scale_one_is_the_unscaled_lookup():
    output, weights = attend(query, keys, values, scale=1)
    assert weights.round(3).tolist() == [0.089, 0.242, 0.012, 0.657]
    assert output.round(2).tolist() == [2.1, 7.83, 1.43]


def test_one_query_is_a_row_of_many():
    q, k, v = arrays((2,))
    alone, weights = attend(q[0, 1], k[0], v[0])
    output, table = attend(q, k, v)
    np.testing.assert_allclose(alone, output[0, 1])
    np.testing.assert_allclose(weights, table[0, 1])


def test_permuting_keys_with_their_values_changes_nothing():
    q, k, v = arrays()
    order = np.random.default_rng(3).permutation(5)
    np.testing.assert_allclose(attend(q, k[order], v[order])[0], attend(q, k, v)[0])


def test_permuting_queries_permutes_the_outputs():
    q, k, v = arrays()
    order = np.random.default_rng(3).permutation(4)
    np.testing.assert_allclose(attend(q[order], k, v)[0], attend(q, k, v)[0][order])


def test_the_future_changes_nothing_before_it():
    q, k, v = arrays(n_q=5)
    before, _ = attend(q, k, v, mask=causal_mask(5))
    k[-1], v[-1] = 7.0, -3.0
    after, _ = attend(q, k, v, mask=causal_mask(5))
    np.testing.assert_allclose(after[:-1], before[:-1])
    assert not np.allclose(after[-1], before[-1])


def test_padding_changes_nothing():
    q, k, v = arrays((2,), n_k=3)
    plain, _ = attend(q, k, v)
    padded_k = np.concatenate([k, np.full((2, 2, 3), 50.0)], axis=1)
    padded_v = np.concatenate([v, np.full((2, 2, 6), 50.0)], axis=1)
    output, weights = attend(q, padded_k, padded_v, mask=padding_mask([3, 3], 5))
    np.testing.assert_allclose(output, plain)
    assert (weights[..., 3:] == 0).all()


def test_inputs_are_not_changed():
    given = arrays()
    copies = [a.copy() for a in given]
    attend(*given, mask=np.ones((4, 5), dtype=bool))
    for a, b in zip(given, copies, strict=True):
        np.testing.assert_array_equal(a, b)


def test_integers_give_fractions():
    output, _ = attend([[1, 1]], [[2, -1], [0, 3]], [[10, 0], [0, 10]], scale=1)
    assert 0 < output[0, 0] < 10


Q, K, V = arrays()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: attend(Q[:, :2], K, V), "q and k must have the same width"),
        (lambda: attend(Q, K[:4], V), "k and v must have the same number of rows"),
        (lambda: attend(Q, K[0], V), "k and v must be tables"),
        (lambda: attend(Q, K, V, mask=np.ones((4, 5))), "mask must be boolean"),
        (lambda: attend(Q, K, V, mask=np.ones((5, 4), dtype=bool)), "mask must broadcast"),
        (
            lambda: attend(Q, K, V, mask=np.zeros((4, 5), dtype=bool)),
            "hides every key from query 0",
        ),
        (lambda: attend(Q[0], K, V, mask=np.zeros(5, dtype=bool)), "mask hides every key"),
    ],
)
def test_errors_name_the_argument(call, says):
    with pytest.raises(ValueError, match=says):
        call()
