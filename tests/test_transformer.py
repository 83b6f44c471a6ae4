"""The Transformer's layer and stack against torch's own, and what must hold."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course_lib import masks
from course_lib.transformer import TransformerEncoder, TransformerLayer

B, N, D_MODEL, N_HEADS, D_FF, N_LAYERS = 2, 5, 12, 4, 20, 3  # every size another
SIZES = D_MODEL, N_HEADS, D_FF
DTYPES = [torch.float32, torch.float64]
VARIANTS = [(first, how) for first in (False, True) for how in ("relu", "gelu")]


def words(dtype=torch.float64, n=N):
    return torch.randn(B, n, D_MODEL, generator=torch.Generator().manual_seed(0), dtype=dtype)


def mask_of(kind):
    """A mask with True = may look: nothing hidden, the future, padding, or both."""
    causal = torch.from_numpy(masks.causal_mask(N))  # (n, n)
    padding = torch.from_numpy(masks.padding_mask([N, 2], n_keys=N))  # (B, 1, n)
    return {"none": None, "causal": causal, "padding": padding, "both": causal & padding}[kind]


def shaken(module, dtype):
    """The module with no parameter left at a start of 0 or 1, where mistakes could hide."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter += 0.1 * torch.randn(parameter.shape, generator=generator)
    return module.to(dtype)


def in_torchs_names(ours):
    """A dictionary of our parameters, or of their gradients, under the names that torch uses."""
    theirs = {}
    for name, value in ours.items():
        if "attention.w_q" in name:
            q_k_v = [ours[name.replace("w_q", f"w_{x}")] for x in "qkv"]
            name = name.replace("attention.w_q.", "self_attn.in_proj_")
            theirs[name] = torch.cat(q_k_v)
        elif "attention.w_o" in name:
            theirs[name.replace("attention.w_o", "self_attn.out_proj")] = value
        elif "attention.w_" not in name:
            theirs[name] = value
    return theirs


def run_and_backward(module, x, *args, **options):
    """Run forward, then backward from a random direction: output, gradients of x, of module."""
    x = x.clone().requires_grad_()
    output = module(x, *args, **options)
    output = output[0] if isinstance(output, tuple) else output
    direction = torch.randn(output.shape, generator=torch.Generator().manual_seed(9)).to(output)
    (output * direction).sum().backward()
    of_module = {name: parameter.grad for name, parameter in module.named_parameters()}
    return output.detach(), x.grad, of_module


def assert_close(ours, theirs, dtype):
    tolerance = (
        {"atol": 1e-5, "rtol": 1e-5} if dtype == torch.float32 else {"atol": 1e-11, "rtol": 0}
    )
    torch.testing.assert_close(ours, theirs, **tolerance)


def torch_layer(norm_first, activation, eps, dtype):
    return nn.TransformerEncoderLayer(
        *SIZES,
        dropout=0.0,
        activation=activation,
        layer_norm_eps=eps,
        batch_first=True,
        norm_first=norm_first,
        dtype=dtype,
    )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("norm_first", "activation"), VARIANTS)
@pytest.mark.parametrize("kind", ["none", "causal", "padding", "both"])
@pytest.mark.parametrize("need_weights", [True, False])
def test_a_layer_is_torchs_layer(dtype, norm_first, activation, kind, need_weights):
    eps = 1e-3  # large enough that a layer that ignores it is caught
    ours = shaken(TransformerLayer(*SIZES, norm_first, activation=activation, eps=eps), dtype)
    theirs = torch_layer(norm_first, activation, eps, dtype)
    theirs.load_state_dict(in_torchs_names(ours.state_dict()))
    mask = mask_of(kind)
    hidden = None  # there True = may NOT look, and each head of each sentence has a table
    if mask is not None:
        hidden = (~mask).expand(B, N, N).repeat_interleave(N_HEADS, dim=0)

    output, of_x, of_ours = run_and_backward(ours, words(dtype), mask, need_weights=need_weights)
    expected, of_their_x, of_theirs = run_and_backward(theirs, words(dtype), src_mask=hidden)
    assert output.dtype == dtype
    assert_close(output, expected, dtype)
    assert_close(of_x, of_their_x, dtype)
    assert_close(in_torchs_names(of_ours), of_theirs, dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("norm_first", "activation"), VARIANTS)
@pytest.mark.parametrize("kind", ["none", "both"])
def test_a_stack_is_torchs_stack(dtype, norm_first, activation, kind):
    ours = shaken(TransformerEncoder(N_LAYERS, *SIZES, norm_first, activation=activation), dtype)
    theirs = nn.TransformerEncoder(
        torch_layer(norm_first, activation, 1e-5, dtype),
        N_LAYERS,
        norm=nn.LayerNorm(D_MODEL, dtype=dtype) if norm_first else None,
        enable_nested_tensor=False,
    )
    theirs.load_state_dict(in_torchs_names(ours.state_dict()))
    hidden = (
        {}
        if kind == "none"
        else {  # there True = may NOT look
            "mask": ~mask_of("causal"),
            "src_key_padding_mask": ~mask_of("padding")[:, 0],
        }
    )
    output, of_x, of_ours = run_and_backward(ours, words(dtype), mask_of(kind))
    expected, of_their_x, of_theirs = run_and_backward(theirs, words(dtype), **hidden)
    assert_close(output, expected, dtype)
    assert_close(of_x, of_their_x, dtype)
    assert_close(in_torchs_names(of_ours), of_theirs, dtype)


@pytest.mark.parametrize("norm_first", [False, True])
def test_weights_come_from_the_path_that_makes_the_output(norm_first):
    stack = shaken(TransformerEncoder(N_LAYERS, *SIZES, norm_first), torch.float64)
    mask = mask_of("both")
    output, weights = stack(words(), mask, need_weights=True)
    assert_close(output, stack(words(), mask), torch.float64)
    assert weights.shape == (N_LAYERS, B, N_HEADS, N, N)
    assert_close(weights.sum(dim=-1), torch.ones(weights.shape[:-1]).double(), torch.float64)
    x = words()
    for number, layer in enumerate(stack.layers):
        x, of_layer = layer(x, mask, need_weights=True)
        assert of_layer.shape == (B, N_HEADS, N, N)
        assert torch.equal(of_layer, weights[number])
        visible = mask[:, None].expand(of_layer.shape)
        assert (of_layer[~visible] == 0).all() and (of_layer[visible] > 0).all()


@pytest.mark.parametrize("norm_first", [False, True])
def test_the_norm_is_where_its_name_says(norm_first):
    stack = TransformerEncoder(N_LAYERS, *SIZES, norm_first).double()
    output = stack(words())  # at the start every norm has gain 1 and bias 0
    assert_close(output.mean(dim=-1), torch.zeros(B, N).double(), torch.float64)
    assert isinstance(stack.norm, nn.LayerNorm) == norm_first
    layer = stack.layers[0](words())
    normalised = torch.allclose(layer, F.layer_norm(layer, (D_MODEL,)), atol=1e-3)
    assert normalised == (not norm_first)  # the road of a pre-norm layer is left as it is


@pytest.mark.parametrize("norm_first", [False, True])
def test_shuffled_words_give_shuffled_answers(norm_first):
    stack = shaken(TransformerEncoder(N_LAYERS, *SIZES, norm_first), torch.float64)
    order = torch.tensor([3, 0, 4, 1, 2])
    assert_close(stack(words()[:, order]), stack(words())[:, order], torch.float64)


@pytest.mark.parametrize("norm_first", [False, True])
def test_under_a_causal_mask_the_future_changes_nothing_before_it(norm_first):
    stack = shaken(TransformerEncoder(N_LAYERS, *SIZES, norm_first), torch.float64)
    changed = words()
    changed[:, 3:] *= -1
    output, other = stack(words(), mask_of("causal")), stack(changed, mask_of("causal"))
    assert_close(other[:, :3], output[:, :3], torch.float64)
    assert not torch.allclose(other[:, 3:], output[:, 3:])


@pytest.mark.parametrize("norm_first", [False, True])
def test_hidden_padding_changes_nothing(norm_first):
    stack = shaken(TransformerEncoder(N_LAYERS, *SIZES, norm_first), torch.float64)
    padded = torch.cat([words(), torch.full((B, 4, D_MODEL), 7.0).double()], dim=1)
    mask = masks.padding_mask([N] * B, n_keys=N + 4)
    assert_close(stack(padded, mask)[:, :N], stack(words()), torch.float64)


def test_sentences_of_a_batch_do_not_meet_and_no_input_is_changed():
    stack = shaken(TransformerEncoder(N_LAYERS, *SIZES), torch.float64)
    x, mask = words(), mask_of("both")
    before = x.clone(), mask.clone()
    output = stack(x, mask)
    assert torch.equal(x, before[0]) and torch.equal(mask, before[1])
    for b in range(B):
        assert_close(stack(x[b : b + 1], mask[b : b + 1])[0], output[b], torch.float64)


def test_the_papers_base_layer_has_its_number_of_parameters():
    layer = TransformerLayer(d_model=512, n_heads=8, d_ff=2048)
    assert sum(parameter.numel() for parameter in layer.parameters()) == 3_152_384


def test_what_cannot_be_meant_is_refused():
    with pytest.raises(ValueError, match=r"activation must be one of \['gelu', 'relu'\].*'tanh'"):
        TransformerLayer(*SIZES, activation="tanh")
    with pytest.raises(ValueError, match="n_heads must divide d_model"):
        TransformerLayer(12, 5, 20)
    with pytest.raises(ValueError, match="n_layers must be at least 1; it is 0"):
        TransformerEncoder(0, *SIZES)
    with pytest.raises(ValueError, match=r"must be \(B, n, d_model\) with d_model = 12"):
        TransformerEncoder(1, *SIZES)(torch.ones(2, 5, 13))
    with pytest.raises(ValueError, match=r"mask must be \(n_q, n_k\)"):
        TransformerLayer(*SIZES)(words(torch.float32), torch.ones(B, N, dtype=torch.bool))
    with pytest.raises(ValueError, match="mask hides every key from query"):
        TransformerLayer(*SIZES)(words(torch.float32), ~mask_of("causal"))
