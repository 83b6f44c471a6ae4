"""Lesson 07's models: the score against a literal loop, and what must hold whatever the weights."""

import numpy as np
import pytest
import torch
from torch import nn

from course_lib.seq2seq import AdditiveAttention, Encoder, RNNEncoderDecoder, RNNSearch

MODELS = {"fixed vector": RNNEncoderDecoder, "attention": RNNSearch}
B, N, D_QUERY, D_KEY, D_HIDDEN = 3, 5, 4, 6, 7


def attention(seed=0):
    torch.manual_seed(seed)
    return AdditiveAttention(D_QUERY, D_KEY, D_HIDDEN).double()


def question(seed=0):
    generator = torch.Generator().manual_seed(seed)
    query = torch.randn(B, D_QUERY, generator=generator, dtype=torch.float64)
    keys = torch.randn(B, N, D_KEY, generator=generator, dtype=torch.float64)
    return query, keys, torch.arange(N) < torch.tensor([5, 2, 3])[:, None]


def model_of(name, seed=0):
    torch.manual_seed(seed)
    return MODELS[name](n_source=11, n_target=9, d_embedding=4, d_encoder=5, d_decoder=6).double()


def sentences():
    """Three sentences of 5, 2 and 3 words, and 4 target words for each."""
    source = torch.tensor([[3, 4, 5, 6, 7], [8, 9, 0, 0, 0], [10, 3, 3, 0, 0]])
    target_in = torch.tensor([[1, 5, 6, 7], [1, 8, 3, 4], [1, 3, 3, 5]])
    return source, source != 0, target_in


def assert_equal(ours, theirs):
    torch.testing.assert_close(ours, theirs, atol=1e-12, rtol=0)


@pytest.mark.parametrize("masked", [False, True])
def test_additive_attention_is_the_literal_loop(masked):
    layer, (query, keys, mask) = attention(), question()
    with torch.no_grad():
        context, weights = layer(query, keys, mask if masked else None)
    w_query, bias = layer.w_query.weight.detach().numpy(), layer.w_query.bias.detach().numpy()
    w_key, v = layer.w_key.weight.detach().numpy(), layer.v.weight.detach().numpy()[0]
    for b in range(B):
        scores = {}
        for j in range(N):
            if mask[b, j] or not masked:
                inside = w_query @ query[b].numpy() + bias + w_key @ keys[b, j].numpy()
                scores[j] = v @ np.tanh(inside)
        total = sum(np.exp(score) for score in scores.values())
        shares = np.array([np.exp(scores[j]) / total if j in scores else 0 for j in range(N)])
        np.testing.assert_allclose(weights[b], shares, atol=1e-14)
        mixed = sum(shares[j] * keys[b, j].numpy() for j in range(N))
        np.testing.assert_allclose(context[b], mixed, atol=1e-14)


def test_keys_that_were_projected_before_give_the_same():
    layer, (query, keys, mask) = attention(), question()
    ours = layer(query, keys, mask, projected=layer.w_key(keys))
    for a, b in zip(ours, layer(query, keys, mask), strict=True):
        assert_equal(a, b)


def test_without_tanh_all_queries_get_equal_weights():
    layer, (query, keys, mask) = attention(), question()
    other = query + torch.randn(B, D_QUERY, generator=torch.Generator().manual_seed(1))
    assert (layer(query, keys, mask)[1] - layer(other, keys, mask)[1]).abs().max() > 1e-3
    layer.tanh = nn.Identity()
    assert_equal(layer(query, keys, mask)[1], layer(other, keys, mask)[1])


def test_with_v_at_zero_everything_is_looked_at_alike():
    layer, (query, keys, mask) = attention(), question()
    nn.init.zeros_(layer.v.weight)
    assert_equal(layer(query, keys, mask)[1], mask / mask.sum(dim=1, keepdim=True).double())


def test_hidden_keys_play_no_part_and_the_order_of_keys_none():
    layer, (query, keys, mask) = attention(), question()
    context, weights = layer(query, keys, mask)
    changed = torch.where(mask[..., None], keys, torch.full_like(keys, 1e6))
    assert torch.equal(layer(query, changed, mask)[1], weights)
    assert (weights[~mask] == 0).all()
    order = torch.randperm(N, generator=torch.Generator().manual_seed(2))
    context_too, weights_too = layer(query, keys[:, order], mask[:, order])
    assert_equal(context_too, context)
    assert_equal(weights_too, weights[:, order])


def test_gradients_are_right():
    layer, (query, keys, mask) = attention(), question()
    tables = [table.detach().requires_grad_() for table in (query, keys, *layer.parameters())]
    names = [name for name, _ in layer.named_parameters()]

    def call(query, keys, *parameters):
        return torch.func.functional_call(layer, dict(zip(names, parameters)), (query, keys, mask))

    assert torch.autograd.gradcheck(call, tables)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"query": torch.zeros(B, 9)}, r"query must be \(B, 4\); its shape is \(3, 9\)"),
        ({"query": torch.zeros(4)}, "query must be"),
        ({"keys": torch.zeros(B, N, 9)}, r"keys must be \(B, n, 6\)"),
        ({"keys": torch.zeros(2, N, D_KEY)}, "with B = 3, as many as queries"),
        ({"keys": torch.zeros(B, 0, D_KEY)}, "keys must hold at least one"),
        ({"mask": torch.ones(B, N)}, "mask must be boolean"),
        ({"mask": torch.ones(B, 1, N) > 0}, r"mask must be \(B, n\) = \(3, 5\)"),
        ({"mask": torch.arange(B)[:, None].expand(B, N) != 1}, "mask hides every key from query 1"),
    ],
)
def test_attention_names_what_does_not_fit(changes, says):
    query, keys, mask = question()
    with pytest.raises(ValueError, match=says):
        attention()(**{"query": query, "keys": keys, "mask": mask} | changes)


@pytest.mark.parametrize("name", ["d_query", "d_key", "d_hidden"])
def test_a_width_below_one_is_refused(name):
    widths = {"d_query": 2, "d_key": 2, "d_hidden": 2}
    with pytest.raises(ValueError, match=f"{name} must be at least 1"):
        AdditiveAttention(**widths | {name: 0})


def test_annotations_are_those_of_each_sentence_read_alone():
    torch.manual_seed(0)
    encoder = Encoder(n_tokens=11, d_embedding=4, d_hidden=5).double()
    source, mask, _ = sentences()
    annotations, last = encoder(source, mask)
    assert annotations.shape == (3, 5, 10) and last.shape == (2, 3, 5)
    for b, length in enumerate(mask.sum(dim=1)):
        alone, _ = encoder.gru(encoder.embedding(source[b : b + 1, :length]))  # nothing packed
        assert_equal(annotations[b, :length], alone[0])
        assert (annotations[b, length:] == 0).all()
        assert_equal(last[0, b], alone[0, -1, :5])  # forwards, at the last word
        assert_equal(last[1, b], alone[0, 0, 5:])  # backwards, at the first


@pytest.mark.parametrize(
    "mask",
    [[[True, False, True]], [[False, True, True]], [[False, False, False]]],
    ids=["hole", "in front", "empty"],
)
def test_what_is_no_padding_is_refused(mask):
    encoder = Encoder(n_tokens=5, d_embedding=2, d_hidden=2)
    with pytest.raises(ValueError, match="source_mask must be True at the words"):
        encoder(torch.tensor([[3, 4, 3]]), torch.tensor(mask))
    with pytest.raises(ValueError, match="source and source_mask must have one shape"):
        encoder(torch.tensor([[3, 4, 3]]), torch.ones(1, 2) > 0)


def test_the_decoder_with_attention_takes_the_steps_in_the_order_of_the_paper():
    """For one sentence, with the units' equations written out."""
    model = model_of("attention")
    source, mask, target_in = (table[:1] for table in sentences())
    with torch.no_grad():
        logits, weights = model(source, mask, target_in)
        h, _ = model.encoder.gru(model.encoder.embedding(source))  # (1, n, 2 d_encoder)
        s = torch.tanh(model.first_state(h[:, 0, 5:]))  # from the backward state at word 1
        words = model.embedding(target_in)
        for i in range(target_in.shape[1]):
            inside = model.attention.w_query(s)[:, None] + model.attention.w_key(h)
            alpha = model.attention.v(torch.tanh(inside))[..., 0].softmax(dim=-1)  # asked by s_i-1
            c = (alpha[..., None] * h).sum(dim=1)
            x = torch.cat([words[:, i], c], dim=-1) @ model.cell.weight_ih.T + model.cell.bias_ih
            u = s @ model.cell.weight_hh.T + model.cell.bias_hh
            r, z, new = (x[:, k * 6 : (k + 1) * 6] for k in range(3))
            ur, uz, un = (u[:, k * 6 : (k + 1) * 6] for k in range(3))
            gate = torch.sigmoid(z + uz)
            s = gate * s + (1 - gate) * torch.tanh(new + torch.sigmoid(r + ur) * un)
            mixed = torch.tanh(model.readout.mix(torch.cat([s, c, words[:, i]], dim=-1)))
            assert_equal(weights[:, i], alpha)
            assert_equal(logits[:, i], model.readout.score(mixed))


@pytest.mark.parametrize("name", MODELS)
def test_padding_and_neighbours_never_change_a_result(name):
    model, (source, mask, target_in) = model_of(name), sentences()
    logits, weights = model(source, mask, target_in)
    wider, wider_mask = nn.functional.pad(source, (0, 4)), nn.functional.pad(mask, (0, 4))
    filled = torch.where(wider_mask, wider, torch.full_like(wider, 7))  # whatever stands there
    for rows, rows_mask in ((wider, wider_mask), (filled, wider_mask)):
        logits_too, weights_too = model(rows, rows_mask, target_in)
        assert_equal(logits_too, logits)
        assert weights is None or (weights_too[..., 5:] == 0).all()
        if weights is not None:
            assert_equal(weights_too[..., :5], weights)
    for b, length in enumerate(mask.sum(dim=1)):
        one = slice(b, b + 1)
        alone, _ = model(source[one, :length], mask[one, :length], target_in[one])
        assert_equal(alone, logits[one])


@pytest.mark.parametrize("name", MODELS)
def test_later_target_words_change_nothing_before(name):
    model, (source, mask, target_in) = model_of(name), sentences()
    logits, weights = model(source, mask, target_in)
    other = target_in.clone()
    other[:, 2:] = 8
    logits_too, weights_too = model(source, mask, other)
    assert_equal(logits_too[:, :2], logits[:, :2])
    assert (logits_too[:, 2:] - logits[:, 2:]).abs().max() > 1e-3
    if weights is not None:
        assert_equal(weights_too[:, :3], weights[:, :3])  # the third look comes before the word


@pytest.mark.parametrize("name", MODELS)
def test_word_by_word_is_the_same_as_all_at_once(name):
    model, (source, mask, target_in) = model_of(name), sentences()
    logits, weights = model(source, mask, target_in)
    state = model.start(source, mask)
    for i in range(target_in.shape[1]):
        step, looked, state = model.decode(state, target_in[:, i : i + 1])
        assert_equal(step[:, 0], logits[:, i])
        if weights is not None:
            assert_equal(looked[:, 0], weights[:, i])


@pytest.mark.parametrize("name", MODELS)
def test_every_parameter_learns_from_the_last_word_and_every_source_word_counts(name):
    model, (source, mask, target_in) = model_of(name), sentences()
    seen = []
    model.encoder.embedding.register_forward_hook(lambda *call: seen.append(call[-1]))
    model.encoder.embedding.weight.requires_grad_()
    logits, _ = model(source, mask, target_in)
    words = torch.autograd.grad(logits[:, -1].square().sum(), seen[0], retain_graph=True)[0]
    assert ((words != 0).any(dim=-1) == mask).all()  # each word, and no padding
    logits[:, -1].square().sum().backward()
    for parameter in model.parameters():
        assert parameter.grad.abs().max() > 0


def test_the_fixed_vector_has_one_size_and_is_all_that_the_decoder_knows():
    model = model_of("fixed vector")
    source, mask, target_in = sentences()
    state = model.start(source, mask)
    assert [table.shape for table in state] == [(3, 6), (3, 6)]  # 5 words or 2, it is the same
    assert [table.shape for table in model.start(source[:, :2], mask[:, :2])] == [(3, 6), (3, 6)]
    assert model(source, mask, target_in)[1] is None


def test_rows_of_weights_sum_to_one():
    model, (source, mask, target_in) = model_of("attention"), sentences()
    _, weights = model(source, mask, target_in)
    assert weights.shape == (3, 4, 5)
    assert_equal(weights.sum(dim=-1), torch.ones(3, 4, dtype=torch.float64))


def test_the_two_models_have_equal_budgets():
    counts = [
        sum(table.numel() for table in model(n_source=106, n_target=90).parameters())
        for model in MODELS.values()
    ]
    assert max(counts) < 1.02 * min(counts) < 280_000


# What lesson 07 takes away, in a few lines each.


class FixedQuery(RNNSearch):
    """The state before the first word asks at every step."""

    def start(self, source, source_mask):
        state = super().start(source, source_mask)
        self.first = state.hidden
        return state

    def look(self, state):
        return super().look(state._replace(hidden=self.first))


class Unmasked(AdditiveAttention):
    """The padding can be looked at."""

    def forward(self, query, keys, mask=None, *, projected=None):
        return super().forward(query, keys, projected=projected)


def test_without_tanh_or_with_a_fixed_query_every_row_of_the_alignment_is_the_same():
    source, mask, target_in = sentences()
    without_tanh = model_of("attention")
    without_tanh.attention.tanh = nn.Identity()
    torch.manual_seed(0)
    fixed = FixedQuery(n_source=11, n_target=9, d_embedding=4, d_encoder=5, d_decoder=6).double()
    for model in (without_tanh, fixed):
        _, weights = model(source, mask, target_in)
        assert_equal(weights, weights[:, :1].expand_as(weights))
    _, weights = model_of("attention")(source, mask, target_in)
    assert (weights - weights[:, :1]).abs().max() > 1e-3


def test_without_a_mask_the_padding_changes_the_result():
    source, mask, target_in = sentences()
    model = model_of("attention")
    unmasked = Unmasked(6, 10, 80).double()
    unmasked.load_state_dict(model.attention.state_dict())
    model.attention = unmasked
    logits, weights = model(source, mask, target_in)
    more, _ = model(nn.functional.pad(source, (0, 4)), nn.functional.pad(mask, (0, 4)), target_in)
    assert (weights[~mask[:, None].expand_as(weights)] > 0).all()
    assert (more - logits).abs().max() > 1e-4
