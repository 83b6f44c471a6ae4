"""Several heads against torch's own layer, against a loop over heads, and what must hold."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course_lib import masks
from course_lib.multi_head import MultiHeadAttention, mask_for_heads, merge_heads, split_heads

B, N_Q, N_K, D_MODEL, N_HEADS = 2, 3, 5, 12, 4  # every size another
DTYPES = [torch.float32, torch.float64]
MASK_SHAPES = [
    None,
    (N_Q, N_K),
    (B, 1, N_K),
    (B, N_Q, N_K),
    (B, 1, 1, N_K),
    (B, 1, N_Q, N_K),
    (B, N_HEADS, 1, N_K),
    (B, N_HEADS, N_Q, N_K),
]


def some_mask(shape, seed=1):
    """A mask with about half of it hidden, and at least one key for each query."""
    if shape is None:
        return None
    mask = torch.rand(*shape, generator=torch.Generator().manual_seed(seed)) < 0.5
    mask[..., 0] |= ~mask.any(dim=-1)
    assert 0 < mask.sum() < mask.numel()
    return mask


def in_full(mask):
    """The mask with all its axes (B, n_heads, n_q, n_k), by another way than the library's."""
    if mask.ndim == 2:
        return mask.expand(B, N_HEADS, N_Q, N_K)
    if mask.ndim == 3:
        return torch.stack([mask.expand(B, N_Q, N_K)] * N_HEADS, dim=1)
    return mask.expand(B, N_HEADS, N_Q, N_K)


def inputs(dtype=torch.float64):
    generator = torch.Generator().manual_seed(0)
    x_query = torch.randn(B, N_Q, D_MODEL, generator=generator, dtype=dtype)
    return x_query, torch.randn(B, N_K, D_MODEL, generator=generator, dtype=dtype)


def module(dtype=torch.float64):
    torch.manual_seed(2)
    return MultiHeadAttention(D_MODEL, N_HEADS).to(dtype)


def in_torchs_names(ours):
    """A dictionary of our parameters, or of their gradients, as nn.MultiheadAttention has it."""
    return {
        "in_proj_weight": torch.cat([ours[f"w_{x}.weight"] for x in "qkv"]),
        "in_proj_bias": torch.cat([ours[f"w_{x}.bias"] for x in "qkv"]),
        "out_proj.weight": ours["w_o.weight"],
        "out_proj.bias": ours["w_o.bias"],
    }


def run_and_backward(layer, forward, *xs):
    """Run forward, then backward from a random direction: output, gradients of inputs, of layer."""
    xs = [x.clone().requires_grad_() for x in xs]
    output, weights = forward(*xs)
    direction = torch.randn(output.shape, generator=torch.Generator().manual_seed(9)).to(output)
    (output * direction).sum().backward()
    of_layer = {name: parameter.grad for name, parameter in layer.named_parameters()}
    return output.detach(), weights, [x.grad for x in xs], of_layer


def assert_close(ours, theirs, dtype):
    tolerance = 1e-5 if dtype == torch.float32 else 1e-12
    torch.testing.assert_close(ours, theirs, atol=tolerance, rtol=0)


# ---- split and merge, each alone -------------------------------------------------------------


def test_each_head_gets_its_columns_of_every_token():
    x = torch.arange(2 * 3 * 12).reshape(2, 3, 12)
    heads = split_heads(x, 4)
    assert heads.shape == (2, 4, 3, 3)
    for head in range(4):
        assert torch.equal(heads[:, head], x[:, :, 3 * head : 3 * head + 3])


def test_merging_puts_the_heads_side_by_side():
    x = torch.arange(2 * 4 * 3 * 5).reshape(2, 4, 3, 5)
    assert torch.equal(merge_heads(x), torch.cat(list(x.unbind(dim=1)), dim=-1))


@pytest.mark.parametrize("leading", [(), (2,), (2, 7)])
@pytest.mark.parametrize("n_heads", [1, 3, 12])
def test_merging_undoes_splitting_with_any_leading_axes(leading, n_heads):
    x = torch.randn(*leading, 5, 12)
    heads = split_heads(x, n_heads)
    assert heads.shape == (*leading, n_heads, 5, 12 // n_heads)
    assert torch.equal(merge_heads(heads), x)


def test_arrays_can_be_split_too_and_nothing_is_changed():
    x = np.arange(24.0).reshape(2, 12)
    x.setflags(write=False)
    heads = split_heads(x, 3)
    assert isinstance(heads, np.ndarray)
    assert np.array_equal(heads, split_heads(torch.arange(24.0).reshape(2, 12), 3).numpy())
    assert np.array_equal(merge_heads(heads), x)


@pytest.mark.parametrize("n_heads", [5, 0, -3, 24])
def test_heads_of_unequal_width_are_refused(n_heads):
    with pytest.raises(ValueError, match=f"n_heads must divide d_model.*{n_heads}.*12"):
        split_heads(torch.ones(2, 12), n_heads)
    with pytest.raises(ValueError, match=f"n_heads must divide d_model.*{n_heads}.*12"):
        MultiHeadAttention(12, n_heads)


def test_too_few_axes_are_refused():
    with pytest.raises(ValueError, match=r"x must be \(..., n, d_model\).*\(12,\)"):
        split_heads(torch.ones(12), 3)
    with pytest.raises(ValueError, match=r"x must be \(..., n_heads, n, d_k\).*\(3, 12\)"):
        merge_heads(torch.ones(3, 12))


# ---- against torch ---------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("mask_shape", MASK_SHAPES)
@pytest.mark.parametrize("need_weights", [True, False])
def test_values_and_gradients_are_those_of_torchs_layer(dtype, mask_shape, need_weights):
    ours, xs, mask = module(dtype), inputs(dtype), some_mask(mask_shape)
    theirs = nn.MultiheadAttention(D_MODEL, N_HEADS, batch_first=True, dtype=dtype)
    theirs.load_state_dict(in_torchs_names(ours.state_dict()))
    hidden = None if mask is None else ~in_full(mask).flatten(0, 1)  # there True = may NOT look

    output, weights, of_xs, of_ours = run_and_backward(
        ours, lambda x, y: ours(x, y, mask, need_weights=need_weights), *xs
    )
    expected, expected_weights, of_their_xs, of_theirs = run_and_backward(
        theirs,
        lambda x, y: theirs(x, y, y, attn_mask=hidden, average_attn_weights=False),
        *xs,
    )
    assert output.dtype == dtype
    assert_close(output, expected, dtype)
    assert_close(of_xs, of_their_xs, dtype)
    assert_close(in_torchs_names(of_ours), of_theirs, dtype)
    if need_weights:
        assert weights.shape == (B, N_HEADS, N_Q, N_K)
        assert_close(weights, expected_weights, dtype)
    else:
        assert weights is None


@pytest.mark.parametrize("mask_shape", MASK_SHAPES)
def test_it_is_a_loop_over_heads_whose_outputs_are_mixed(mask_shape):
    layer, (x, y), mask = module(), inputs(), some_mask(mask_shape)
    expected = layer.w_o.bias
    for head in range(N_HEADS):
        own = slice(3 * head, 3 * head + 3)  # d_k = 12 / 4
        q, k, v = (
            F.linear(z, w.weight[own], w.bias[own])
            for z, w in ((x, layer.w_q), (y, layer.w_k), (y, layer.w_v))
        )
        may_look = None if mask is None else in_full(mask)[:, head]
        seen = F.scaled_dot_product_attention(q, k, v, attn_mask=may_look)
        expected = expected + seen @ layer.w_o.weight[:, own].T
    assert_close(layer(x, y, mask)[0], expected, torch.float64)


def test_padding_as_torchs_key_padding_mask():
    layer, (x, y) = module(), inputs()
    theirs = nn.MultiheadAttention(D_MODEL, N_HEADS, batch_first=True, dtype=torch.float64)
    theirs.load_state_dict(in_torchs_names(layer.state_dict()))
    mask = masks.padding_mask([5, 2], n_keys=N_K)  # (B, 1, n_k), True = may look
    expected, _ = theirs(x, y, y, key_padding_mask=~torch.from_numpy(mask[:, 0]))
    assert_close(layer(x, y, mask)[0], expected, torch.float64)


# ---- masks -----------------------------------------------------------------------------------


def test_a_mask_for_each_sentence_never_lands_on_the_heads():
    torch.manual_seed(3)
    layer = MultiHeadAttention(8, 2).double()  # B = n_heads: broadcasting alone would not object
    x = torch.randn(2, 3, 8, dtype=torch.float64)
    mask = torch.tensor([[True, True, True], [True, False, False]])[:, None, :]  # (B, 1, n_k)
    _, weights = layer(x, x, mask)
    assert (weights[0] > 0).all()  # the first sentence is hidden from no head
    assert (weights[1, :, :, 1:] == 0).all() and (weights[1, :, :, 0] == 1).all()


@pytest.mark.parametrize("mask_shape", MASK_SHAPES[1:])
def test_a_mask_gets_four_axes(mask_shape):
    mask = some_mask(mask_shape)
    full = mask_for_heads(mask, (B, N_HEADS, N_Q, N_K))
    assert full.ndim == 4
    assert torch.equal(full.expand(B, N_HEADS, N_Q, N_K), in_full(mask))


@pytest.mark.parametrize(
    "shape",
    [
        (N_K,),
        (1, N_K),
        (B, N_K),
        (N_K, N_Q),
        (N_HEADS, N_Q, N_K),
        (B, N_K, N_Q),
        (B, N_Q, 1),
        (1, B, N_Q, N_K),
        (B, N_Q, 1, N_K),
        (1, B, N_HEADS, N_Q, N_K),
    ],
)
def test_masks_of_other_shapes_are_refused(shape):
    mask = torch.ones(shape, dtype=torch.bool)
    with pytest.raises(ValueError, match=r"mask must be \(n_q, n_k\).*n_q = 3, n_k = 5.*\[:, None"):
        module()(*inputs(), mask)


@pytest.mark.parametrize("need_weights", [True, False])
def test_masks_that_cannot_be_meant_are_refused(need_weights):
    with pytest.raises(ValueError, match="mask must be boolean.*float32"):
        module()(*inputs(), torch.ones(N_Q, N_K), need_weights=need_weights)
    mask = torch.ones(B, 1, N_K, dtype=torch.bool)
    mask[1] = False
    with pytest.raises(ValueError, match=r"mask hides every key from query \(1, 0, 0\)"):
        module()(*inputs(), mask, need_weights=need_weights)


# ---- what must hold --------------------------------------------------------------------------


@pytest.mark.parametrize("need_weights", [True, False])
def test_shuffled_words_give_shuffled_answers(need_weights):
    layer, (_, x), order = module(), inputs(), torch.tensor([3, 0, 4, 1, 2])
    output, _ = layer(x, x, need_weights=need_weights)
    shuffled, _ = layer(x[:, order], x[:, order], need_weights=need_weights)
    assert_close(shuffled, output[:, order], torch.float64)


@pytest.mark.parametrize("need_weights", [True, False])
def test_under_a_causal_mask_the_future_changes_nothing_before_it(need_weights):
    layer, (_, x), mask = module(), inputs(), masks.causal_mask(N_K)
    output, _ = layer(x, x, mask, need_weights=need_weights)
    changed = x.clone()
    changed[:, 3:] += 10
    other, _ = layer(changed, changed, mask, need_weights=need_weights)
    assert_close(other[:, :3], output[:, :3], torch.float64)
    assert not torch.allclose(other[:, 3:], output[:, 3:])


@pytest.mark.parametrize("need_weights", [True, False])
def test_hidden_padding_changes_nothing(need_weights):
    layer, (x, y) = module(), inputs()
    padded = torch.cat([y, torch.full((B, 4, D_MODEL), 7.0, dtype=y.dtype)], dim=1)
    mask = masks.padding_mask([N_K] * B, n_keys=N_K + 4)
    output, _ = layer(x, padded, mask, need_weights=need_weights)
    assert_close(output, layer(x, y)[0], torch.float64)


def test_sentences_of_a_batch_do_not_meet_and_no_input_is_changed():
    layer, (x, y), mask = module(), inputs(), some_mask((B, N_Q, N_K))
    before = [z.clone() for z in (x, y, mask)]
    output, weights = layer(x, y, mask)
    assert all(torch.equal(z, was) for z, was in zip((x, y, mask), before, strict=True))
    for b in range(B):
        alone, alone_weights = layer(x[b : b + 1], y[b : b + 1], mask[b : b + 1])
        assert_close(alone[0], output[b], torch.float64)
        assert_close(alone_weights[0], weights[b], torch.float64)


def test_every_row_of_every_head_sums_to_one():
    _, weights = module()(*inputs(), some_mask((B, N_HEADS, N_Q, N_K)))
    assert_close(weights.sum(dim=-1), torch.ones(B, N_HEADS, N_Q).double(), torch.float64)


def test_the_number_of_heads_changes_no_parameter_count():
    counts = {sum(p.numel() for p in MultiHeadAttention(12, h).parameters()) for h in (1, 3, 12)}
    assert counts == {4 * (12 * 12 + 12)}


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (torch.ones(3, 12), torch.ones(2, 5, 12), r"x_query must be .*\(3, 12\).*x_query\[None\]"),
        (torch.ones(2, 3, 12), torch.ones(5, 12), r"x_key_value must be .*\(5, 12\)"),
        (torch.ones(2, 3, 11), torch.ones(2, 5, 12), "x_query must be .*d_model = 12"),
        (torch.ones(2, 3, 12), torch.ones(2, 5, 13), "x_key_value must be .*d_model = 12"),
        (torch.ones(2, 3, 12), torch.ones(1, 5, 12), "same number of sentences; they hold 2 and 1"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(x, y, message):
    with pytest.raises(ValueError, match=message):
        module(torch.float32)(x, y)
