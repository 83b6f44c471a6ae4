"""Code 07: what is right, and what tempts."""

import math

import torch
from torch import nn

from course_lib import seq2seq
from course_lib.exercises import ordering
from course_lib.exercises.declare import Answers
from course_lib.exercises.tasks.code_07 import LINES


class Plain(nn.Module):
    """Right, in as few lines as it takes. The mistakes below change one method each."""

    def __init__(self, d_query, d_key, d_hidden):
        super().__init__()
        self.w_query = nn.Linear(d_query, d_hidden)
        self.w_key = nn.Linear(d_key, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)

    def forward(self, query, keys, mask=None):
        weights = self.share(self.score(query, keys), mask)
        return self.mix(weights, keys), weights

    def score(self, query, keys):
        return self.v(torch.tanh(self.w_query(query)[:, None] + self.w_key(keys)))[..., 0]

    def share(self, scores, mask):
        return self.hide(scores, mask).softmax(dim=-1)

    def hide(self, scores, mask):
        return scores if mask is None else scores.masked_fill(~mask, -math.inf)

    def mix(self, weights, keys):
        return (weights[:, None] @ keys)[:, 0]


def but(**methods):
    """Return Plain with other methods."""
    return type("AdditiveAttention", (Plain,), methods)


class WithBiasAndEinsum(nn.Module):
    def __init__(self, d_query, d_key, d_hidden):
        super().__init__()
        self.v = nn.Linear(d_hidden, 1)
        self.w_key = nn.Linear(d_key, d_hidden)
        self.w_query = nn.Linear(d_query, d_hidden, bias=False)

    def forward(self, query, keys, mask=None):
        hidden = torch.tanh(self.w_query(query).unsqueeze(1) + self.w_key(keys))
        scores = torch.einsum("bnh,h->bn", hidden, self.v.weight.squeeze(0)) + self.v.bias
        if mask is not None:
            scores = torch.where(mask, scores, torch.tensor(-1e9, dtype=scores.dtype))
        weights = nn.functional.softmax(scores, dim=1)
        return torch.einsum("bn,bnd->bd", weights, keys), weights


class Concatenated(Plain):
    """The other name of it: one matrix that acts on query and key side by side."""

    def score(self, query, keys):
        pairs = torch.cat([query[:, None].expand(-1, keys.shape[1], -1), keys], dim=-1)
        matrix = torch.cat([self.w_query.weight, self.w_key.weight], dim=1)
        return (self.v.weight @ torch.tanh(pairs @ matrix.T + self.w_query.bias).mT).squeeze(1)


class SentenceBySentence(Plain):
    def forward(self, query, keys, mask=None):
        found = []
        for b in range(len(query)):
            scores = torch.stack(
                [self.v(torch.tanh(self.w_query(query[b]) + self.w_key(k)))[0] for k in keys[b]]
            )
            if mask is not None:
                scores = scores + torch.zeros_like(scores).masked_fill(~mask[b], -math.inf)
            raised = torch.exp(scores - scores.max())
            weights = raised / raised.sum()
            found.append(((weights[:, None] * keys[b]).sum(dim=0), weights))
        return tuple(torch.stack(each) for each in zip(*found, strict=True))


def without_tanh(self, query, keys):
    return self.v(self.w_query(query)[:, None] + self.w_key(keys))[..., 0]


def tanh_of_each(self, query, keys):
    return self.v(torch.tanh(self.w_query(query))[:, None] + torch.tanh(self.w_key(keys)))[..., 0]


def blind_to_the_words(self, query, keys):
    scores = self.v(torch.tanh(self.w_query(query)))  # (B, 1)
    return scores.expand(-1, keys.shape[1])


def relu_for_tanh(self, query, keys):
    return self.v(torch.relu(self.w_query(query)[:, None] + self.w_key(keys)))[..., 0]


def no_axis_for_the_words(self, query, keys):
    return self.v(torch.tanh(self.w_query(query) + self.w_key(keys)))[..., 0]


def without_v(self, query, keys):
    return torch.tanh(self.w_query(query)[:, None] + self.w_key(keys)).sum(dim=-1)


def scaled(self, query, keys):
    return Plain.score(self, query, keys) / math.sqrt(self.w_key.out_features)


def tanh_after_v(self, query, keys):
    return torch.tanh(self.v(self.w_query(query)[:, None] + self.w_key(keys)))[..., 0]


def multiplied(self, query, keys):
    return self.v(torch.tanh(self.w_query(query)[:, None] * self.w_key(keys)))[..., 0]


def along_one(self, scores, mask):
    return self.hide(scores, mask)[..., None].softmax(dim=-1)[..., 0]


def along_the_batch(self, scores, mask):
    return self.hide(scores, mask).softmax(dim=0)


def zeroed(self, scores, mask):
    weights = scores.softmax(dim=-1)
    return weights if mask is None else weights * mask


def squeezed(self, weights, keys):
    return (weights[:, None] @ keys).squeeze()


def mixed_projections(self, weights, keys):
    return (weights[:, None] @ self.w_key(keys))[:, 0]


# The alignment whose rows are all the same ---------------------------------------------------


def decoding(*, asks=lambda first, now: now, starts=lambda first, now: now):
    """Return an answer, of which the state that asks may be another, or where the cell starts."""

    def decode(model, state, target_in):
        first = hidden = state.hidden
        rows, logits = [], []
        for word in model.embedding(target_in).unbind(dim=1):
            asking = asks(first, hidden)
            context, weights = model.attention(asking, state.annotations, state.mask)
            hidden = model.cell(torch.cat([word, context], dim=-1), starts(first, hidden))
            rows.append(weights)
            logits.append(model.readout(hidden, context, word))
        return torch.stack(logits, dim=1), torch.stack(rows, dim=1)

    return decode


def the_first(first, now):
    return first


def the_mask_left_out(model, state, target_in):
    return decoding()(model, state._replace(mask=None), target_in)


def decode_with_look(model, state, target_in):
    rows, logits = [], []
    for place in range(target_in.shape[1]):
        word = model.embedding(target_in[:, place])
        context, weights = model.look(state)
        state = state._replace(hidden=model.cell(torch.cat((word, context), -1), state.hidden))
        rows += [weights]
        logits += [model.readout(state.hidden, context, word)]
    return torch.stack(logits, 1), torch.stack(rows, 1)


def decode_by_hand(model, state, target_in):
    at, part = state.hidden, model.attention
    logits, rows = [], []
    for word in model.embedding(target_in).transpose(0, 1):
        scores = part.v(torch.tanh(part.w_query(at)[:, None] + state.projected))[..., 0]
        weights = scores.masked_fill(~state.mask, -math.inf).softmax(-1)
        context = torch.einsum("bn,bnd->bd", weights, state.annotations)
        at = model.cell(torch.cat([word, context], 1), at)
        rows.append(weights[:, None]), logits.append(model.readout(at, context, word)[:, None])
    return [torch.cat(logits, dim=1), torch.cat(rows, dim=1)]


def decode_in_rows(model, state, target_in):
    words = model.embedding(target_in)
    logits, rows = torch.empty(*target_in.shape, model.readout.score.out_features), []
    for place in range(words.shape[1]):
        context, weights = model.look(state)
        moved = model.cell(torch.cat([words[:, place], context], dim=-1), state.hidden)
        state = state._replace(hidden=moved)
        logits[:, place] = model.readout(moved, context, words[:, place])
        rows.append(weights)
    return logits, torch.stack(rows).transpose(0, 1)


def the_new_state_asks(model, state, target_in):
    context, _ = model.look(state)
    rows, logits = [], []
    for word in model.embedding(target_in).unbind(dim=1):
        hidden = model.cell(torch.cat([word, context], dim=-1), state.hidden)
        state = state._replace(hidden=hidden)
        context, weights = model.look(state)
        rows.append(weights)
        logits.append(model.readout(hidden, context, word))
    return torch.stack(logits, dim=1), torch.stack(rows, dim=1)


ANSWERS = {
    "AdditiveAttention": Answers(
        reference=seq2seq.AdditiveAttention,
        also_right=(Plain, WithBiasAndEinsum, Concatenated, SentenceBySentence),
        wrong={
            "no-tanh": but(score=without_tanh),
            "relu-for-tanh": but(score=relu_for_tanh),
            "no-axis-for-the-words": but(score=no_axis_for_the_words),
            "tanh-of-each": but(score=tanh_of_each),
            "tanh-after-v": but(score=tanh_after_v),
            "multiplied": but(score=multiplied),
            "blind-to-the-words": but(score=blind_to_the_words),
            "v-left-out": but(score=without_v),
            "scaled-as-a-dot-product": but(score=scaled),
            "softmax-along-one": but(share=along_one),
            "softmax-along-the-batch": but(share=along_the_batch),
            "squeezed-everywhere": but(mix=squeezed),
            "projected-context": but(mix=mixed_projections),
            "no-mask": but(hide=lambda self, scores, mask: scores),
            "mask-reversed": but(
                hide=lambda self, scores, mask: (
                    scores if mask is None else scores.masked_fill(mask, -math.inf)
                )
            ),
            "scores-times-mask": but(
                hide=lambda self, scores, mask: scores if mask is None else scores * mask
            ),
            "weights-zeroed": but(share=zeroed),
        },
    ),
    "bug_07_alignment": Answers(
        reference=decoding(),
        also_right=(decode_with_look, decode_by_hand, decode_in_rows),
        wrong={
            "first-state-asks": decoding(asks=the_first),
            "never-moves": decoding(asks=the_first, starts=the_first),
            "each-cell-starts-at-the-first": decoding(starts=the_first),
            "new-state-asks": the_new_state_asks,
            "mask-left-out": the_mask_left_out,
        },
    ),
    "order_07_step": ordering.answers(
        LINES,
        "012345",
        "012435",
        wrong={
            "mean-in-place-of-a-look": "612345",
            "moves-before-looking": "102345",
            "speaks-before-moving": "014235",
            "state-left-behind": "012453",
        },
    ),
}
