"""The online softmax against the textbook's: the same output, without the table of weights."""

import tracemalloc

import numpy as np
import pytest

from course_lib.attention import attend
from course_lib.masks import causal_mask, padding_mask
from course_lib.online import attend_online

BLOCKS = [1, 2, 3, 5, 6, 7, 256]  # n_k is 7: blocks that divide it, that don't, and beyond


def arrays(leading=(), n_q=4, n_k=7, d_k=3, d_v=6, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(*leading, *shape)) for shape in ((n_q, d_k), (n_k, d_k), (n_k, d_v))]


def masks():
    hides_blocks = np.zeros((4, 7), dtype=bool)
    hides_blocks[0, 6] = hides_blocks[1, 0] = hides_blocks[2, 3] = hides_blocks[3, 2:5] = True
    some = np.random.default_rng(3).random((4, 7)) < 0.5
    some[:, 0] |= ~some.any(axis=1)
    return {
        "none": None,
        "one key far from the start": hides_blocks,
        "some": some,
        "future": causal_mask(7)[3:],
        "padding": np.arange(7) < 2,
        "all visible": np.True_,
    }


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("mask", masks())
@pytest.mark.parametrize("leading", [(), (2,), (2, 3)])
def test_equals_the_textbook_for_all_blocks_and_masks(block, mask, leading):
    inputs, mask = arrays(leading), masks()[mask]
    expected, _ = attend(*inputs, mask=mask)
    output = attend_online(*inputs, block=block, mask=mask)
    np.testing.assert_allclose(output, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("scale", [None, 1, 0.3])
def test_scales_like_the_textbook(scale):
    expected, _ = attend(*arrays(), scale=scale)
    output = attend_online(*arrays(), block=2, scale=scale)
    np.testing.assert_allclose(output, expected, rtol=0, atol=1e-12)


def test_leading_axes_broadcast_and_each_sequence_has_its_padding():
    q, _, _ = arrays((2, 1))
    _, k, v = arrays((3,))
    mask = padding_mask([1, 4, 7], 7)
    expected, _ = attend(q, k, v, mask=mask)
    assert expected.shape == (2, 3, 4, 6)
    output = attend_online(q, k, v, block=2, mask=mask)
    np.testing.assert_allclose(output, expected, rtol=0, atol=1e-12)


def test_float32_stays_float32_and_integers_become_fractions():
    inputs = [a.astype(np.float32) for a in arrays()]
    output = attend_online(*inputs, block=2, mask=masks()["some"])
    assert output.dtype == np.float32
    np.testing.assert_allclose(output, attend(*inputs, mask=masks()["some"])[0], atol=1e-6)
    assert 0 < attend_online([[1, 1]], [[2, -1], [0, 3]], [[10], [0]], block=1)[0, 0] < 10


@pytest.mark.parametrize("order", [1, -1])  # the largest score comes last, or first
def test_huge_scores_neither_overflow_nor_vanish(order):
    k = 1e4 * np.arange(7.0)[::order, None]
    v = np.arange(7.0)[::order, None]
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        output = attend_online([[1.0], [-1.0]], k, v, block=2)
    np.testing.assert_array_equal(output, [[6.0], [0.0]])


def test_inputs_are_not_changed():
    given = [*arrays(), masks()["some"]]
    copies = [a.copy() for a in given]
    attend_online(*given[:3], mask=given[3], block=2)
    for a, b in zip(given, copies, strict=True):
        np.testing.assert_array_equal(a, b)


def most(call):
    """Return (what the call returned, the most bytes that were allocated meanwhile)."""
    tracemalloc.start()
    try:
        return call(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("masked", [False, True])
def test_beside_its_output_it_needs_the_same_memory_for_any_n(masked):
    def beside(n_q, n_k):
        inputs = [a.astype(np.float32) for a in arrays((2,), n_q=n_q, n_k=n_k, d_v=8)]
        mask = np.tri(n_q, n_k, dtype=bool) if masked else None
        output, peak = most(lambda: attend_online(*inputs, block=64, mask=mask))
        return peak - output.nbytes

    small = beside(128, 128)
    block = 2 * 64 * 64 * np.float32().nbytes  # the scores of a block
    assert block < small < 6 * block
    assert beside(1024, 128) < 1.2 * small  # eight times the queries, the keys, both
    assert beside(128, 1024) < 1.2 * small
    assert beside(1024, 1024) < 1.2 * small


def test_the_textbook_needs_the_whole_table():
    table = 1024 * 1024 * 8
    assert most(lambda: attend(*arrays(n_q=1024, n_k=1024)))[1] > 2 * table
    assert most(lambda: attend_online(*arrays(n_q=1024, n_k=1024), block=64))[1] < table / 16


Q, K, V = arrays()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: attend_online(Q[0], K, V), "q must be a table"),
        (lambda: attend_online(Q[:, :2], K, V), "q and k must have the same width"),
        (lambda: attend_online(Q, K[:4], V), "k and v must have the same number of rows"),
        (lambda: attend_online(Q, K[:0], V[:0]), "k must hold at least one item"),
        (lambda: attend_online(Q, K, V, block=0), "block must be at least 1"),
        (lambda: attend_online(Q, K, V, mask=np.ones((4, 7))), "mask must be boolean"),
        (lambda: attend_online(Q, K, V, mask=causal_mask(4)), "mask must broadcast"),
        (lambda: attend_online(Q, K, V, mask=~causal_mask(7)[3:]), "hides every key from query 3"),
        (lambda: attend_online(Q, np.where(K > 1, np.nan, K), V, block=1), "finite scores"),
        (lambda: attend_online(np.full((1, 3), np.inf), abs(K), V), "finite scores"),
    ],
)
def test_errors_name_the_argument(call, says):
    with pytest.raises(ValueError, match=says):
        call()
