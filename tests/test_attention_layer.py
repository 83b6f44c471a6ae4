"""The layer that learns: the running example, torch's own module, its parameters, its errors."""

import pytest
import torch
from torch import nn

from course_lib import attention, examples, masks
from course_lib.layers import AttentionLayer


def layer_and_inputs(*leading, bias=False, dtype=torch.float64):
    torch.manual_seed(0)
    layer = AttentionLayer(d_query=7, d_key_value=8, d_k=3, d_v=6, bias=bias).to(dtype)
    inputs = [torch.randn(*leading, *shape, dtype=dtype) for shape in ((4, 7), (5, 8))]
    return layer, *inputs


def test_with_its_weights_it_gives_the_running_example():
    layer = AttentionLayer(d_query=5, d_key_value=5, d_k=2, d_v=3).double()
    with torch.no_grad():  # nn.Linear keeps (out, in)
        layer.w_q.weight.copy_(torch.tensor(examples.w_q).T)
        layer.w_k.weight.copy_(torch.tensor(examples.w_k).T)
        layer.w_v.weight.copy_(torch.tensor(examples.w_v).T)
    words = torch.tensor(examples.x)
    for mask in (None, masks.causal_mask(4)):
        output, weights = layer(words, words, mask)
        expected = attention.attend(examples.queries, examples.keys, examples.values, mask=mask)
        torch.testing.assert_close(output.detach(), torch.tensor(expected[0]))
        torch.testing.assert_close(weights.detach(), torch.tensor(expected[1]))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("need_weights", [True, False])
def test_values_and_gradients_are_those_of_torchs_module(dtype, need_weights):
    """torch's module mixes its output with one more matrix: here the identity."""
    torch.manual_seed(0)
    theirs = nn.MultiheadAttention(6, 1, bias=False, kdim=8, vdim=8, batch_first=True, dtype=dtype)
    ours = AttentionLayer(d_query=6, d_key_value=8, d_k=6, d_v=6).to(dtype)
    with torch.no_grad():
        theirs.out_proj.weight.copy_(torch.eye(6))
        ours.w_q.weight.copy_(theirs.q_proj_weight)
        ours.w_k.weight.copy_(theirs.k_proj_weight)
        ours.w_v.weight.copy_(theirs.v_proj_weight)
    x_query, x_key_value = torch.randn(2, 4, 6, dtype=dtype), torch.randn(2, 5, 8, dtype=dtype)
    mask = torch.ones(4, 5, dtype=torch.bool).tril(1)
    our, our_weights = ours(x_query, x_key_value, mask, need_weights=need_weights)
    their, their_weights = theirs(x_query, x_key_value, x_key_value, attn_mask=~mask)
    direction = torch.randn_like(our)
    (our * direction).sum().backward()
    (their * direction).sum().backward()
    tolerance = {"atol": 1e-5 if dtype == torch.float32 else 1e-12, "rtol": 0}
    torch.testing.assert_close(our, their, **tolerance)
    if need_weights:
        torch.testing.assert_close(our_weights, their_weights, **tolerance)
    for our, their in (
        (ours.w_q, theirs.q_proj_weight),
        (ours.w_k, theirs.k_proj_weight),
        (ours.w_v, theirs.v_proj_weight),
    ):
        torch.testing.assert_close(our.weight.grad, their.grad, **tolerance)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("leading", [(), (2,), (2, 3)])
def test_equals_projecting_by_hand(bias, leading):
    layer, x_query, x_key_value = layer_and_inputs(*leading, bias=bias)
    output, weights = layer(x_query, x_key_value)
    assert output.shape == (*leading, 4, 6) and weights.shape == (*leading, 4, 5)

    def projected(x, linear):
        found = x.numpy() @ linear.weight.detach().numpy().T
        return found + linear.bias.detach().numpy() if bias else found

    q = projected(x_query, layer.w_q)
    k, v = (projected(x_key_value, linear) for linear in (layer.w_k, layer.w_v))
    expected, expected_weights = attention.attend(q, k, v)
    torch.testing.assert_close(output.detach(), torch.tensor(expected))
    torch.testing.assert_close(weights.detach(), torch.tensor(expected_weights))


def test_it_has_three_matrices_and_their_size_knows_nothing_of_the_number_of_items():
    layer, x_query, x_key_value = layer_and_inputs()
    shapes = {name: tuple(p.shape) for name, p in layer.named_parameters()}
    assert shapes == {"w_q.weight": (3, 7), "w_k.weight": (3, 8), "w_v.weight": (6, 8)}
    with_bias, *_ = layer_and_inputs(bias=True)
    assert sum(p.numel() for p in with_bias.parameters()) == 21 + 24 + 48 + 3 + 3 + 6
    longer = torch.cat([x_key_value, x_key_value])
    torch.testing.assert_close(layer(x_query, longer)[0], layer(x_query, x_key_value)[0])


def test_zero_queries_and_keys_never_learn_where_to_look():
    layer, x_query, x_key_value = layer_and_inputs()
    nn.init.zeros_(layer.w_q.weight)
    nn.init.zeros_(layer.w_k.weight)
    output, weights = layer(x_query, x_key_value)
    output.square().sum().backward()
    assert (weights == 0.2).all()
    assert not layer.w_q.weight.grad.any() and not layer.w_k.weight.grad.any()
    assert layer.w_v.weight.grad.any()


@pytest.mark.parametrize("need_weights", [True, False])
def test_what_is_hidden_changes_nothing(need_weights):
    layer, x_query, x_key_value = layer_and_inputs(2)
    mask = masks.padding_mask([3, 5], 5)
    before, weights = layer(x_query, x_key_value, mask, need_weights=need_weights)
    assert (weights is not None) == need_weights
    x_key_value[0, 3:] = 100.0
    after, _ = layer(x_query, x_key_value, mask, need_weights=need_weights)
    torch.testing.assert_close(after, before)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda layer, x, y: AttentionLayer(7, 8, 0, 6), "d_k must be at least 1; it is 0"),
        (lambda layer, x, y: AttentionLayer(0, 8, 3, 6), "d_query must be at least 1"),
        (lambda layer, x, y: layer(y, y), r"x_query must be \(\.\.\., n, 7\).*\(5, 8\)"),
        (lambda layer, x, y: layer(x, x), r"x_key_value must be \(\.\.\., n, 8\)"),
        (lambda layer, x, y: layer(x[0], y), "x_query must be"),
        (lambda layer, x, y: layer(x, y, torch.ones(4, 5)), "mask must be boolean"),
        (lambda layer, x, y: layer(x, y, torch.ones(5, 4).bool()), "mask must broadcast"),
        (lambda layer, x, y: layer(x, y, torch.zeros(4, 5).bool()), "hides every key"),
    ],
)
def test_errors_name_the_argument(call, says):
    with pytest.raises(ValueError, match=says):
        call(*layer_and_inputs())
