"""Attention in torch against the NumPy one, against torch's own, and against what must hold."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from course_lib import attention, masks
from course_lib.layers import attend, mask_tensor

DTYPES = [torch.float32, torch.float64]
WAYS = [True, False]  # need_weights


def arrays(*leading, n_q=3, n_k=5, d_k=4, d_v=6, dtype=torch.float64, seed=0):
    generator = torch.Generator().manual_seed(seed)
    shapes = (n_q, d_k), (n_k, d_k), (n_k, d_v)
    return [torch.randn(*leading, *shape, generator=generator, dtype=dtype) for shape in shapes]


def some_mask(*shape, seed=1):
    """A mask with about half of it hidden, and at least one key for each query."""
    mask = torch.rand(*shape, generator=torch.Generator().manual_seed(seed)) < 0.5
    mask[..., 0] |= ~mask.any(dim=-1)
    assert 0 < mask.sum() < mask.numel()
    return mask


def gradients(function, *inputs):
    inputs = [x.clone().requires_grad_() for x in inputs]
    output = function(*inputs)
    direction = torch.randn(output.shape, generator=torch.Generator().manual_seed(9)).to(output)
    (output * direction).sum().backward()
    return output.detach(), *[x.grad for x in inputs]


def assert_close(ours, theirs, dtype):
    tolerance = 1e-5 if dtype == torch.float32 else 1e-12
    torch.testing.assert_close(ours, theirs, atol=tolerance, rtol=0)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("need_weights", WAYS)
@pytest.mark.parametrize("leading", [(), (2,), (2, 7)])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("scale", [None, 1, 0.3])
def test_values_and_gradients_are_those_of_torch(dtype, need_weights, leading, masked, scale):
    inputs = arrays(*leading, dtype=dtype)
    mask = some_mask(*leading, 3, 5) if masked else None
    ours = gradients(
        lambda q, k, v: attend(q, k, v, mask=mask, scale=scale, need_weights=need_weights)[0],
        *inputs,
    )
    theirs = gradients(  # here True = may look as well
        lambda q, k, v: F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=scale),
        *inputs,
    )
    for our, their in zip(ours, theirs, strict=True):
        assert our.dtype == dtype
        assert_close(our, their, dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("leading", [(), (2,), (2, 7)])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("scale", [None, 1])
def test_the_numpy_function_gives_the_same(dtype, leading, masked, scale):
    inputs = arrays(*leading, dtype=dtype)
    mask = some_mask(3, 5) if masked else None
    ours = attend(*inputs, mask=mask, scale=scale)
    numpys = attention.attend(
        *(x.numpy() for x in inputs), mask=None if mask is None else mask.numpy(), scale=scale
    )
    for our, numpy_ in zip(ours, numpys, strict=True):
        assert_close(our, torch.from_numpy(numpy_), dtype)


@pytest.mark.parametrize("need_weights", WAYS)
def test_leading_axes_broadcast(need_weights):
    q, _, _ = arrays(2, 1)
    _, k, v = arrays(7)
    output, _ = attend(q, k, v, mask=some_mask(2, 1, 3, 5), need_weights=need_weights)
    assert output.shape == (2, 7, 3, 6)
    one, _ = attend(q[1, 0], k[4], v[4], mask=some_mask(2, 1, 3, 5)[1, 0])
    assert_close(output[1, 4], one, torch.float64)


@pytest.mark.parametrize("need_weights", WAYS)
def test_a_single_query_is_a_row_without_its_axis(need_weights):
    q, k, v = arrays(2)
    for mask in (None, some_mask(5), some_mask(2, 5), torch.tensor(True)):
        output, weights = attend(q[0, 0], k, v, mask=mask, need_weights=need_weights)
        rows = None if mask is None else mask if mask.ndim < 2 else mask[:, None]
        expected, expected_weights = attend(q[0, :1], k, v, mask=rows)
        assert_close(output, expected[:, 0], torch.float64)
        if need_weights:
            assert_close(weights, expected_weights[:, 0], torch.float64)


def test_weights_are_shares_of_what_may_be_seen():
    mask = some_mask(3, 5)
    output, weights = attend(*arrays(2), mask=mask)
    assert_close(weights.sum(dim=-1), torch.ones(2, 3).double(), torch.float64)
    assert (weights[:, ~mask] == 0).all() and (weights[:, mask] > 0).all()
    assert attend(*arrays(2), mask=mask, need_weights=False)[1] is None


@pytest.mark.parametrize("need_weights", WAYS)
def test_order_of_items_does_not_matter_and_order_of_queries_is_kept(need_weights):
    q, k, v = arrays(2)
    mask = some_mask(3, 5)
    items, queries = torch.tensor([3, 0, 4, 1, 2]), torch.tensor([2, 0, 1])
    output, _ = attend(q, k, v, mask=mask, need_weights=need_weights)
    shuffled, _ = attend(
        q[:, queries],
        k[:, items],
        v[:, items],
        mask=mask[queries][:, items],
        need_weights=need_weights,
    )
    assert_close(shuffled, output[:, queries], torch.float64)


@pytest.mark.parametrize("need_weights", WAYS)
def test_large_scores_stay_finite(need_weights):
    q, k, v = arrays(2, dtype=torch.float32)
    output, *grads = gradients(
        lambda q, k, v: attend(q, k, v, need_weights=need_weights)[0], 1000 * q, 1000 * k, v
    )
    assert all(x.isfinite().all() for x in (output, *grads))


def test_no_input_is_changed():
    inputs, mask = arrays(2), some_mask(3, 5)
    before = [x.clone() for x in (*inputs, mask)]
    attend(*inputs, mask=mask)
    assert all(torch.equal(x, y) for x, y in zip((*inputs, mask), before, strict=True))


def test_a_numpy_mask_serves_as_well():
    q, k, v = arrays(2, n_q=5)
    readonly = np.broadcast_to(masks.causal_mask(5), (2, 5, 5))
    with_numpy, _ = attend(q, k, v, mask=readonly)
    with_torch, _ = attend(q, k, v, mask=torch.ones(5, 5).tril().bool())
    assert torch.equal(with_numpy, with_torch)
    assert mask_tensor([[True, False]]).dtype == torch.bool


def ill_fitting():
    q, k, v = arrays(2)
    hides = torch.ones(2, 3, 5, dtype=torch.bool)
    hides[1, 2] = False
    return {
        "same width d_k.*q has shape": ((q[..., :3], k, v), {}),
        "same number of rows": ((q, k[:, :4], v), {}),
        "k and v must be tables": ((q, k[0, 0], v), {}),
        "at least one item": ((q, k[:, :0], v[:, :0]), {}),
        "one floating dtype.*float32.*float64": ((q.float(), k, v), {}),
        "one floating dtype.*int64": ((q.long(), k.long(), v.long()), {}),
        "axes before": ((q, torch.cat([k, k[:1]]), torch.cat([v, v[:1]])), {}),
        "mask must be boolean.*int64": ((q, k, v), {"mask": hides.long()}),
        r"mask must broadcast to .*\(2, 3, 5\)": ((q, k, v), {"mask": hides[..., :4]}),
        r"mask must broadcast .*\(4, 2, 3, 5\)": ((q, k, v), {"mask": hides.expand(4, 2, 3, 5)}),
        r"hides every key from query \(1, 2\)": ((q, k, v), {"mask": hides}),
        "hides every key from query 2;": ((q[0], k[0], v[0]), {"mask": hides[1]}),
    }


@pytest.mark.parametrize("need_weights", WAYS)
@pytest.mark.parametrize("message", ill_fitting())
def test_what_cannot_be_meant_is_refused(message, need_weights):
    inputs, options = ill_fitting()[message]
    with pytest.raises(ValueError, match=message):
        attend(*inputs, **options, need_weights=need_weights)
