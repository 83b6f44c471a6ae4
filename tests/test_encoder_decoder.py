"""The Transformer that translates: against torch's own layer, and by what may change what."""

import pytest
import torch
from torch import nn

from course_lib.encoder_decoder import (
    POSITIONS,
    DecoderLayer,
    RotaryAttention,
    TransformerEncoderDecoder,
)
from course_lib.layers import attend
from course_lib.multi_head import MultiHeadAttention, merge_heads
from course_lib.translation import make_corpus, train_translator, translate_all


def small(positions="rotary"):
    torch.manual_seed(0)
    return TransformerEncoderDecoder(
        11, 9, d_model=16, n_heads=2, d_ff=32, positions=positions
    ).eval()


def sentence(n, n_tokens=11, seed=1, batch=2):
    draw = torch.Generator().manual_seed(seed)
    return torch.randint(3, n_tokens, (batch, n), generator=draw)


def copy_attention(ours, theirs):
    parts = [ours.w_q, ours.w_k, ours.w_v]
    theirs.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
    theirs.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
    theirs.out_proj.load_state_dict(ours.w_o.state_dict())


@pytest.mark.parametrize("norm_first", [False, True])
def test_the_decoder_layer_is_torchs(norm_first):
    torch.manual_seed(0)
    ours = DecoderLayer(16, 4, 32, norm_first)
    theirs = nn.TransformerDecoderLayer(
        16, 4, 32, dropout=0, batch_first=True, norm_first=norm_first
    )
    with torch.no_grad():
        copy_attention(ours.attention, theirs.self_attn)
        copy_attention(ours.cross_attention, theirs.multihead_attn)
        for name, other in {
            "linear1": "linear1", "linear2": "linear2",
            "norm1": "norm1", "norm_cross": "norm2", "norm2": "norm3",
        }.items():  # fmt: skip
            getattr(theirs, other).load_state_dict(getattr(ours, name).state_dict())
    x, memory = torch.randn(3, 5, 16), torch.randn(3, 7, 16)
    causal = torch.ones(5, 5, dtype=torch.bool).tril()
    real = torch.arange(7) < torch.tensor([[7], [3], [1]])
    output, weights = ours(x, memory, causal, real[:, None, :])
    wanted = theirs(x, memory, tgt_mask=~causal, memory_key_padding_mask=~real)
    torch.testing.assert_close(output, wanted, atol=1e-5, rtol=1e-5)
    assert weights.shape == (3, 4, 5, 7)
    assert ours(x, memory, causal, real[:, None, :], need_weights=False)[1] is None


@pytest.mark.parametrize("positions", POSITIONS)
def test_what_is_written_later_changes_nothing_before(positions):
    model, source, target = small(positions), sentence(6), sentence(5, 9)
    changed = target.clone()
    changed[:, 3:] = 3 + (changed[:, 3:] - 2) % 6
    before, _ = model(source, source > 0, target)
    after, _ = model(source, source > 0, changed)
    torch.testing.assert_close(before[:, :3], after[:, :3])
    assert not torch.allclose(before[:, 3:], after[:, 3:])


@pytest.mark.parametrize("positions", POSITIONS)
def test_padding_changes_nothing(positions):
    model, source, target = small(positions), sentence(4), sentence(3, 9)
    padded = nn.functional.pad(source, (0, 3))
    alone, looked = model(source, source > 0, target, need_weights=True)
    beside, padded_looked = model(padded, padded > 0, target, need_weights=True)
    torch.testing.assert_close(alone, beside)
    torch.testing.assert_close(looked, padded_looked[..., :4])
    assert (padded_looked[..., 4:] == 0).all()


@pytest.mark.parametrize("positions", POSITIONS)
def test_word_by_word_is_all_at_once(positions):
    model, source, target = small(positions), sentence(6), sentence(5, 9)
    at_once, looked = model(source, source > 0, target, need_weights=True)
    state, logits, rows = model.start(source, source > 0), [], []
    for word in target.split(1, dim=1):
        step, weights, state = model.decode(state, word)
        logits.append(step), rows.append(weights)
    torch.testing.assert_close(torch.cat(logits, dim=1), at_once)
    torch.testing.assert_close(torch.cat(rows, dim=1), looked)
    torch.testing.assert_close(looked.sum(-1), torch.ones(2, 5))


@pytest.mark.parametrize("positions", POSITIONS)
def test_order_matters_and_every_parameter_gets_a_gradient(positions):
    model, source, target = small(positions), sentence(6), sentence(5, 9)
    logits, _ = model(source, source > 0, target)
    other, _ = model(source.flip(1), source > 0, target)
    assert not torch.allclose(logits, other)
    logits.square().sum().backward()
    for name, parameter in model.named_parameters():
        if not name.endswith("w_k.bias"):  # adds the same to every score of a row
            assert parameter.grad.abs().sum() > 0, name


def test_rotary_scores_see_distances_alone():
    torch.manual_seed(0)
    attention, x = RotaryAttention(16, 2), torch.randn(1, 6, 16)
    later = torch.cat([torch.randn(1, 4, 16), x], dim=1)  # the same words, four places on
    mask = torch.ones(10, 10, dtype=torch.bool)
    mask[4:, :4] = False
    _, here = attention(x, x)
    _, there = attention(later, later, mask)
    torch.testing.assert_close(here, there[..., 4:, 4:])


def test_rotary_turns_the_look_at_the_source_only_where_the_name_says_so():
    for positions in POSITIONS:
        layer = small(positions).decoder[0]
        assert isinstance(layer.attention, RotaryAttention) == ("rotary" in positions)
        assert isinstance(layer.cross_attention, RotaryAttention) == ("cross" in positions)


def test_the_source_is_looked_at_by_what_it_says_and_not_by_its_place():
    layer, memory, x = small("rotary").decoder[0], torch.randn(1, 6, 16), torch.randn(1, 3, 16)
    ahead, back = (layer.cross_attention(x, rows)[0] for rows in (memory, memory.flip(1)))
    torch.testing.assert_close(ahead, back)
    layer = small("rotary, cross too").decoder[0]
    ahead, back = (layer.cross_attention(x, rows)[0] for rows in (memory, memory.flip(1)))
    assert not torch.allclose(ahead, back, atol=1e-4)


@torch.no_grad()
def test_kept_keys_and_values_write_what_reading_again_writes():
    model, source, target = small(), sentence(6), sentence(7, 9)
    wanted, _ = model(source, source > 0, target)
    state, kept = model.start(source, source > 0), [[] for _ in model.decoder]
    for place, word in enumerate(target.split(1, dim=1)):
        x = model.placed(model.target_embedding(word))
        for layer, pairs in zip(model.decoder, kept):
            new = layer.norm1(x)
            q, k, v = layer.attention.project(new, new, torch.tensor([place]))
            pairs.append((k, v))
            k, v = (torch.cat(rows, dim=2) for rows in zip(*pairs))
            x = x + layer.attention.w_o(merge_heads(attend(q, k, v)[0]))
            mask = state.mask[:, None, :]
            x = x + layer.cross_attention(layer.norm_cross(x), state.memory, mask)[0]
            x = x + layer.think(layer.norm2(x))
        logits = model.norm(x) @ model.target_embedding.weight.T
        torch.testing.assert_close(logits, wanted[:, place : place + 1], atol=1e-6, rtol=1e-5)


@torch.no_grad()
def test_prompts_padded_on_the_left_are_read_as_alone():
    torch.manual_seed(0)
    attention, x = RotaryAttention(16, 2), torch.randn(2, 5, 16)
    real = torch.tensor([[False, False, True, True, True], [True] * 5])
    places = (real.cumsum(dim=1) - 1).clamp(min=0)  # (B, n), counted from the first real word
    q, k, v = attention.project(x, x, places)
    causal = torch.ones(5, 5, dtype=torch.bool).tril()
    mask = causal & real[:, None, :] | torch.eye(5, dtype=torch.bool)  # a pad sees itself
    output, weights = attend(q, k, v, mask=mask[:, None])
    together = attention.w_o(merge_heads(output))
    for row, n in enumerate((3, 5)):
        alone, _ = attention(x[row : row + 1, -n:], x[row : row + 1, -n:], causal[:n, :n])
        torch.testing.assert_close(together[row, -n:], alone[0])


def test_rotary_attention_has_multi_head_attentions_parameters():
    one, other = RotaryAttention(16, 2), MultiHeadAttention(16, 2)
    other.load_state_dict(one.state_dict())


def test_unknown_positions_are_refused():
    with pytest.raises(ValueError, match="positions must be one of .*'learned'"):
        TransformerEncoderDecoder(5, 5, positions="learned")


@pytest.mark.parametrize("positions", POSITIONS)
def test_it_learns_short_sentences(positions):
    corpus = make_corpus(n_train=3000, n_test=60, longest=6, longest_test=6)
    torch.manual_seed(0)
    model = TransformerEncoderDecoder(*corpus.sizes, d_model=32, d_ff=64, positions=positions)
    history = train_translator(model, corpus, steps=200, quiet=True)
    assert history.losses[-1] < history.losses[0] / 4
    said = translate_all(model, [pair.source for pair in corpus.fresh], corpus)
    right = sum(answer.target == pair.target for answer, pair in zip(said, corpus.fresh))
    assert right > 0.2 * len(said)
