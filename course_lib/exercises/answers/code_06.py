"""Code 06: what is right, and what tempts."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from course_lib import layers
from course_lib.exercises import ordering
from course_lib.exercises.declare import Answers
from course_lib.exercises.tasks.code_06 import LINES

# At its first call this loads some 500 modules: here, and not within a probe's time limit.
torch.broadcast_shapes((1,), (1,))


class Plain(nn.Module):
    """Right, in as few lines as it takes. The mistakes below change one method each."""

    def __init__(self, d_query, d_key_value, d_k, d_v):
        super().__init__()
        self.w_q = nn.Linear(d_query, d_k, bias=False)
        self.w_k = nn.Linear(d_key_value, d_k, bias=False)
        self.w_v = nn.Linear(d_key_value, d_v, bias=False)

    def forward(self, x_query, x_key_value, mask=None):
        q, k, v = self.project(x_query, x_key_value)
        return self.attend(q, k, v, mask)

    def project(self, x_query, x_key_value):
        return self.w_q(x_query), self.w_k(x_key_value), self.w_v(x_key_value)

    def attend(self, q, k, v, mask):
        weights = self.share(self.hide(self.score(q, k), mask))
        return self.mix(weights, k, v, mask), weights

    def score(self, q, k):
        return q @ k.transpose(-1, -2) / math.sqrt(k.shape[-1])

    def hide(self, scores, mask):
        return scores if mask is None else scores.masked_fill(~mask, -math.inf)

    def share(self, scores):
        return torch.softmax(scores, dim=-1)

    def mix(self, weights, k, v, mask):
        return weights @ v


def but(**methods):
    """Return Plain with other methods."""
    return type("AttentionLayer", (Plain,), methods)


class WithBiasAndEinsum(nn.Module):
    def __init__(self, d_query, d_key_value, d_k, d_v):
        super().__init__()
        self.w_v = nn.Linear(d_key_value, d_v)
        self.w_k = nn.Linear(d_key_value, d_k)
        self.w_q = nn.Linear(d_query, d_k)
        self.d_k = d_k

    def forward(self, x_query, x_key_value, mask=None):
        scores = torch.einsum("bqd,bkd->bqk", self.w_q(x_query), self.w_k(x_key_value))
        scores = scores * self.d_k**-0.5
        if mask is not None:
            scores = torch.where(mask, scores, torch.tensor(-1e9, dtype=scores.dtype))
        weights = F.softmax(scores, dim=2)
        return torch.einsum("bqk,bkv->bqv", weights, self.w_v(x_key_value)), weights


class ScaledQueryAndSum(nn.Module):
    def __init__(self, d_query, d_key_value, d_k, d_v):
        super().__init__()
        self.add_module("w_k", nn.Linear(d_key_value, d_k, bias=False))
        self.add_module("w_q", nn.Linear(d_query, d_k, bias=True))
        self.add_module("w_v", nn.Linear(d_key_value, d_v, bias=False))

    def forward(self, x_query, x_key_value, mask=None):
        q = self.w_q(x_query) / math.sqrt(self.w_q.out_features)
        scores = (q[:, :, None, :] * self.w_k(x_key_value)[:, None, :, :]).sum(dim=-1)
        if mask is not None:
            scores = scores + torch.zeros_like(scores).masked_fill(~mask, -math.inf)
        raised = torch.exp(scores - scores.amax(dim=-1, keepdim=True))
        weights = raised / raised.sum(dim=-1, keepdim=True)
        return [torch.bmm(weights, self.w_v(x_key_value)), weights]


class QueryByQuery(Plain):
    def attend(self, q, k, v, mask):
        rows = []
        for j in range(q.shape[1]):
            scores = (k @ q[:, j, :, None])[..., 0] / k.shape[-1] ** 0.5
            if mask is not None:
                row = mask[..., j, :] if mask.shape[-2] > 1 else mask[..., 0, :]
                scores = scores.masked_fill(row.logical_not(), float("-inf"))
            rows.append(scores.softmax(-1))
        weights = torch.stack(rows, dim=1)
        return weights.matmul(v), weights


def starting(change):
    """Return Plain, with something done to the layer once it is built."""

    def __init__(self, *sizes):
        Plain.__init__(self, *sizes)
        change(self, *sizes)

    return but(__init__=__init__)


def zero_start(self, *sizes):
    nn.init.zeros_(self.w_q.weight)
    nn.init.zeros_(self.w_k.weight)


def one_matrix(self, *sizes):
    self.w_k = self.w_q


def one_more(self, d_query, d_key_value, d_k, d_v):
    self.w_o = nn.Linear(d_v, d_v, bias=False)


def turned_round(self, d_query, d_key_value, d_k, d_v):
    self.w_q = nn.Linear(d_k, d_query, bias=False)
    self.w_k = nn.Linear(d_k, d_key_value, bias=False)
    self.w_v = nn.Linear(d_v, d_key_value, bias=False)


def key_as_wide_as_query(self, d_query, d_key_value, d_k, d_v):
    self.w_k = nn.Linear(d_query, d_k, bias=False)


class NoSuper(Plain):
    def __init__(self, d_query, d_key_value, d_k, d_v):
        self.w_q = nn.Linear(d_query, d_k, bias=False)


class InAList(Plain):
    def __init__(self, d_query, d_key_value, d_k, d_v):
        nn.Module.__init__(self)
        self.maps = [
            nn.Linear(d_query, d_k, bias=False),
            nn.Linear(d_key_value, d_k, bias=False),
            nn.Linear(d_key_value, d_v, bias=False),
        ]

    def project(self, x_query, x_key_value):
        return self.maps[0](x_query), self.maps[1](x_key_value), self.maps[2](x_key_value)


class NotProjected(Plain):
    def __init__(self, d_query, d_key_value, d_k, d_v):
        nn.Module.__init__(self)

    def project(self, x_query, x_key_value):
        return x_query, x_key_value, x_key_value


def without_gradient(self, x_query, x_key_value, mask=None):
    with torch.no_grad():
        return Plain.forward(self, x_query, x_key_value, mask)


def scored_by(scale):
    return but(score=lambda self, q, k: q @ k.transpose(-1, -2) * scale(k.shape[-1]))


def scaled_by_input_width(self, q, k):
    return q @ k.transpose(-1, -2) / math.sqrt(self.w_q.in_features)


def best_only(self, scores):
    return F.one_hot(scores.argmax(dim=-1), scores.shape[-1]).to(scores.dtype)


def multiplied(self, scores, mask):
    return scores if mask is None else scores * mask


def reversed_mask(self, scores, mask):
    return scores if mask is None else scores.masked_fill(mask, -math.inf)


def zeroed_weights(self, q, k, v, mask):
    weights = torch.softmax(self.score(q, k), dim=-1)
    weights = weights if mask is None else weights * mask
    return weights @ v, weights


def swapped_sides(self, x_query, x_key_value):
    return self.w_q(x_key_value), self.w_k(x_query), self.w_v(x_query)


def values_of_the_asker(self, x_query, x_key_value):
    return self.w_q(x_query), self.w_k(x_key_value), self.w_v(x_query)


def keys_of_the_asker(self, x_query, x_key_value):
    return self.w_q(x_query), self.w_k(x_query), self.w_v(x_key_value)


def subtracted(self, scores, mask):
    return scores if mask is None else scores + (1 - mask) * -1e9


def taken_for_a_yes_or_no(self, scores, mask):
    return scores.masked_fill(~mask, -math.inf) if mask else scores


def by_the_stored_matrix(self, x_query, x_key_value):
    return (
        x_query @ self.w_q.weight, x_key_value @ self.w_k.weight, x_key_value @ self.w_v.weight
    )  # fmt: skip


# The layer that sees a cross -----------------------------------------------------------------


def small(rows, columns):
    return torch.randn(rows, columns) / math.sqrt(columns)


def equal(rows, columns):
    return torch.ones(rows, columns) / columns


def with_starts(w_q, w_k, w_v):
    """Return a function that starts a layer with these matrices (functions of the sizes)."""

    def start(d_model, d_k, d_v):
        layer = layers.AttentionLayer(d_model, d_model, d_k, d_v)
        layer.w_q.weight = nn.Parameter(w_q(d_k, d_model))
        layer.w_k.weight = nn.Parameter(w_k(d_k, d_model))
        layer.w_v.weight = nn.Parameter(w_v(d_v, d_model))
        return layer

    return start


def as_given(d_model, d_k, d_v):
    layer = layers.AttentionLayer(d_model, d_model, d_k, d_v)
    start = small(d_k, d_model)
    layer.w_q.weight = nn.Parameter(start)
    layer.w_k.weight = nn.Parameter(start)
    layer.w_v.weight = nn.Parameter(small(d_v, d_model))
    return layer


def cloned(d_model, d_k, d_v):
    """Equal starts are no harm: queries and keys play different parts, so they soon differ."""
    layer = as_given(d_model, d_k, d_v)
    layer.w_k.weight = nn.Parameter(layer.w_q.weight.detach().clone())
    return layer


def frozen_copy(d_model, d_k, d_v):
    layer = as_given(d_model, d_k, d_v)
    layer.w_k.weight = nn.Parameter(layer.w_q.weight.detach().clone(), requires_grad=False)
    return layer


def torchs_own_start(d_model, d_k, d_v):
    return layers.AttentionLayer(d_model, d_model, d_k, d_v)


def drawn_in_place(d_model, d_k, d_v):
    layer = layers.AttentionLayer(d_model, d_model, d_k, d_v)
    for part in (layer.w_q, layer.w_k, layer.w_v):
        nn.init.normal_(part.weight, std=d_model**-0.5)
    return layer


# The order of a training step ----------------------------------------------------------------


ANSWERS = {
    "AttentionLayer": Answers(
        reference=layers.AttentionLayer,
        also_right=(Plain, WithBiasAndEinsum, ScaledQueryAndSum, QueryByQuery),
        wrong={
            "zero-start": starting(zero_start),
            "one-matrix-for-both": starting(one_matrix),
            "keys-mixed": but(mix=lambda self, weights, k, v, mask: weights @ k),
            "not-projected": NotProjected,
            "parts-in-a-list": InAList,
            "projected-again": but(
                __init__=starting(one_more).__init__,
                mix=lambda self, weights, k, v, mask: self.w_o(weights @ v),
            ),
            "super-forgotten": NoSuper,
            "in-and-out-swapped": starting(turned_round),
            "key-width-of-the-asker": starting(key_as_wide_as_query),
            "stored-matrix-not-turned": but(project=by_the_stored_matrix),
            "sides-swapped": but(project=swapped_sides),
            "values-of-the-asker": but(project=values_of_the_asker),
            "keys-of-the-asker": but(project=keys_of_the_asker),
            "no-gradient": but(forward=without_gradient),
            "unscaled": scored_by(lambda d_k: 1.0),
            "divided-by-d-k": scored_by(lambda d_k: 1 / d_k),
            "multiplied-by-root": scored_by(math.sqrt),
            "scaled-by-the-input-width": but(score=scaled_by_input_width),
            "root-of-number-of-items": but(
                score=lambda self, q, k: q @ k.transpose(-1, -2) / math.sqrt(k.shape[1])
            ),
            "all-axes-turned": but(
                score=lambda self, q, k: q @ k.permute(2, 1, 0) / math.sqrt(k.shape[-1])
            ),
            "root-of-batch": but(
                score=lambda self, q, k: q @ k.transpose(-1, -2) / math.sqrt(len(q))
            ),
            "root-of-value-width": but(
                score=lambda self, q, k: q @ k.transpose(-1, -2) / math.sqrt(self.w_v.out_features)
            ),
            "best-only": but(share=best_only),
            "wrong-axis": but(share=lambda self, scores: torch.softmax(scores, dim=-2)),
            "shared-across-the-batch": but(share=lambda self, scores: torch.softmax(scores, dim=0)),
            "mask-ignored": but(hide=lambda self, scores, mask: scores),
            "mask-always-expected": but(
                hide=lambda self, scores, mask: scores.masked_fill(~mask, -math.inf)
            ),
            "mask-reversed": but(hide=reversed_mask),
            "mask-multiplies-scores": but(hide=multiplied),
            "mask-added": but(
                hide=lambda self, scores, mask: scores if mask is None else scores + mask
            ),
            "one-minus-a-boolean": but(hide=subtracted),
            "mask-taken-for-a-yes-or-no": but(hide=taken_for_a_yes_or_no),
            "weights-zeroed": but(attend=zeroed_weights),
            "output-only": but(
                attend=lambda self, q, k, v, mask: Plain.attend(self, q, k, v, mask)[0]
            ),
            "wrong-order": but(
                attend=lambda self, q, k, v, mask: Plain.attend(self, q, k, v, mask)[::-1]
            ),
        },
    ),
    "bug_06_cross": Answers(
        reference=with_starts(small, small, small),
        also_right=(cloned, torchs_own_start, drawn_in_place),
        wrong={
            "still-one-array": as_given,
            "zero-start": with_starts(torch.zeros, torch.zeros, small),
            "equal-start": with_starts(equal, equal, equal),
            "asker-at-zero": with_starts(torch.zeros, small, small),
            "asked-at-zero": with_starts(small, torch.zeros, small),
            "identity-start": with_starts(torch.eye, torch.eye, small),
            "frozen-copy": frozen_copy,
            "loud-start": with_starts(torch.randn, torch.randn, torch.randn),
        },
    ),
    "order_06_step": ordering.answers(
        LINES,
        "012345",
        "201345",
        "021345",
        "013425",
        wrong={
            "no-gradient-at-the-step": "013245",
            "attention-labelled": "026345",
            "gradients-pile-up": "061345",
            "steps-with-old-gradients": "402135",
            "no-step": "061235",
            "loss-before-output": "102345",
            "returns-at-once": "501234",
        },
    ),
}
