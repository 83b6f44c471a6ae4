"""Code 09: what is right, and what tempts."""

import math

import torch
from torch import nn

from course_lib import layers, multi_head
from course_lib.exercises import ordering
from course_lib.exercises.declare import Answers
from course_lib.exercises.tasks.code_09 import LINES

# At its first call this loads some 500 modules: here, and not within a probe's time limit.
torch.broadcast_shapes((1,), (1,))


# split_heads ---------------------------------------------------------------------------------


def checked(cut):
    """Return a split_heads that refuses what does not divide, and then cuts in this way."""

    def split_heads(x, n_heads):
        if x.shape[-1] % n_heads:
            raise ValueError(f"n_heads = {n_heads} does not divide {x.shape[-1]}.")
        return cut(x, n_heads, x.shape[-1] // n_heads)

    return split_heads


def reshaped(x, n_heads, d_k):
    return x.reshape(*x.shape[:-1], n_heads, d_k).transpose(1, 2)


def sliced(x, n_heads, d_k):
    return torch.stack([x[:, :, i * d_k : (i + 1) * d_k] for i in range(n_heads)], dim=1)


def unflattened(x, n_heads, d_k):
    return x.unflatten(-1, (n_heads, d_k)).movedim(-2, -3)


def split_and_stacked(x, n_heads, d_k):
    return torch.stack(x.split(d_k, dim=-1)).permute(1, 0, 2, 3).contiguous()


def view_alone(x, n_heads, d_k):
    return x.reshape(len(x), n_heads, -1, d_k)


def every_hth_column(x, n_heads, d_k):
    return x.reshape(*x.shape[:-1], d_k, n_heads).permute(0, 3, 1, 2)


def cut_off(x, n_heads):
    d_k = x.shape[-1] // n_heads
    return reshaped(x[..., : n_heads * d_k], n_heads, d_k)


# merge_heads ---------------------------------------------------------------------------------


def merged(x):
    return x.transpose(1, 2).reshape(x.shape[0], x.shape[2], -1)


def side_by_side(x):
    return torch.cat(x.unbind(dim=1), dim=-1)


def copied_and_viewed(x):
    batch, n_heads, n, d_k = x.shape
    return x.permute(0, 2, 1, 3).contiguous().view(batch, n, n_heads * d_k)


def flattened(x):
    return x.movedim(1, 2).flatten(2)


def not_turned_back(x):
    return x.reshape(x.shape[0], x.shape[2], -1)


def strided_view(x):
    return x.transpose(1, 2).view(x.shape[0], x.shape[2], -1)


def shuffled_columns(x):
    return x.permute(0, 2, 3, 1).reshape(x.shape[0], x.shape[2], -1)


def one_below_the_other(x):
    return x.flatten(1, 2)


# MultiHeadAttention --------------------------------------------------------------------------


class Plain(nn.Module):
    """Right, in as few lines as it takes. The mistakes below change one method each."""

    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        for name in ("w_q", "w_k", "w_v", "w_o"):
            self.add_module(name, nn.Linear(d_model, d_model, bias=False))

    def forward(self, x_query, x_key_value, mask=None):
        q, k, v = self.project(x_query, x_key_value)
        weights = self.share(self.hide(self.score(q, k), mask))
        return self.mix(self.merge(weights @ v)), self.told(weights)

    def project(self, x_query, x_key_value):
        maps = (self.w_q, x_query), (self.w_k, x_key_value), (self.w_v, x_key_value)
        return [self.split(w(x)) for w, x in maps]

    def split(self, x):
        return reshaped(x, self.n_heads, x.shape[-1] // self.n_heads)

    def score(self, q, k):
        return q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])

    def hide(self, scores, mask):
        if mask is None:
            return scores
        mask = mask[:, None] if mask.ndim == 3 else mask
        return scores.masked_fill(~mask, -math.inf)

    def share(self, scores):
        return scores.softmax(dim=-1)

    def merge(self, x):
        return merged(x)

    def mix(self, x):
        return self.w_o(x)

    def told(self, weights):
        return weights


def but(**methods):
    """Return Plain with other methods."""
    return type("MultiHeadAttention", (Plain,), methods)


class HeadByHead(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.d_k, self.n_heads = d_model // n_heads, n_heads
        self.w_o, self.w_v = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.w_k, self.w_q = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def forward(self, x_query, x_key_value, mask=None):
        q, k, v = self.w_q(x_query), self.w_k(x_key_value), self.w_v(x_key_value)
        output, found = self.w_o.bias, []
        for i in range(self.n_heads):
            mine = slice(i * self.d_k, (i + 1) * self.d_k)
            scores = torch.einsum("bqd,bkd->bqk", q[..., mine], k[..., mine]) * self.d_k**-0.5
            if mask is not None:
                seen = mask[:, i % mask.shape[1]] if mask.ndim == 4 else mask
                scores = torch.where(seen, scores, torch.tensor(-1e9, dtype=scores.dtype))
            weights = nn.functional.softmax(scores, dim=2)
            output = output + weights @ v[..., mine] @ self.w_o.weight[:, mine].T  # a sum of heads
            found.append(weights)
        return output, torch.stack(found, dim=1)


class WithTheLibrarysParts(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.w_q, self.w_k, self.w_v, self.w_o = (nn.Linear(d_model, d_model) for _ in range(4))
        self.n_heads = n_heads

    def forward(self, x_query, x_key_value, mask=None):
        q, k, v = (
            multi_head.split_heads(x, self.n_heads)
            for x in (self.w_q(x_query), self.w_k(x_key_value), self.w_v(x_key_value))
        )
        mask = None if mask is None else self.for_heads(mask)
        output, weights = layers.attend(q, k, v, mask=mask)
        return self.w_o(multi_head.merge_heads(output)), weights

    def for_heads(self, mask):
        return mask.unsqueeze(1) if mask.ndim == 3 else mask


class MaskAsItComes(WithTheLibrarysParts):
    """The lesson's own class. `attend` refuses the mask; `masked_fill` raises another error."""

    def for_heads(self, mask):
        return mask


class AxisForEveryMask(WithTheLibrarysParts):
    def for_heads(self, mask):
        return mask[:, None]


class HeadsAsABatch(Plain):
    def forward(self, x_query, x_key_value, mask=None):
        q, k, v = (x.flatten(0, 1) for x in self.project(x_query, x_key_value))  # (B * h, n, d_k)
        scores = torch.bmm(q, k.mT) / q.shape[-1] ** 0.5
        shape = len(x_query), self.n_heads, *scores.shape[1:]
        if mask is not None:
            mask = mask[:, None] if mask.ndim == 3 else mask
            scores = scores.masked_fill(mask.expand(shape).flatten(0, 1).logical_not(), -1e9)
        weights = scores.softmax(-1)
        heads = torch.bmm(weights, v).view(*shape[:3], -1)
        return [self.w_o(side_by_side(heads)), weights.view(shape)]


def viewed(self, x):
    return view_alone(x, self.n_heads, x.shape[-1] // self.n_heads)


class SlicedInput(Plain):
    """Small maps, shared by all heads, each fed a slice of the word."""

    def __init__(self, d_model, n_heads):
        Plain.__init__(self, d_model, n_heads)
        for name in ("w_q", "w_k", "w_v"):
            self.add_module(name, nn.Linear(d_model // n_heads, d_model // n_heads, bias=False))


def blind_to_other_slices(self, x_query, x_key_value):
    """Large maps, of which each head uses only what meets its own slice of the word."""
    width = self.w_q.in_features // self.n_heads
    own = torch.ones(self.n_heads, width, width, dtype=torch.bool)
    blocks = torch.block_diag(*own)
    maps = (self.w_q, x_query), (self.w_k, x_key_value), (self.w_v, x_key_value)
    return [self.split(x @ (w.weight * blocks).T) for w, x in maps]


class WideHeads(Plain):
    def __init__(self, d_model, n_heads):
        nn.Module.__init__(self)
        self.n_heads = n_heads
        for name in ("w_q", "w_k", "w_v"):
            self.add_module(name, nn.Linear(d_model, n_heads * d_model, bias=False))
        self.w_o = nn.Linear(n_heads * d_model, d_model, bias=False)


class NoOutputMap(Plain):
    def __init__(self, d_model, n_heads):
        Plain.__init__(self, d_model, n_heads)
        del self.w_o

    def mix(self, x):
        return x


def among_all_heads(self, scores):
    by_query = scores.transpose(1, 2)  # (B, n_q, h, n_k)
    return by_query.flatten(2).softmax(dim=-1).view_as(by_query).transpose(1, 2)


def as_it_comes(self, scores, mask):
    return scores if mask is None else scores.masked_fill(~mask, -math.inf)


def reversed_mask(self, scores, mask):
    return Plain.hide(self, scores, None if mask is None else ~mask)


def scores_times_mask(self, scores, mask):
    if mask is None:
        return scores
    return scores * (mask[:, None] if mask.ndim == 3 else mask)


def scaled_by_d_model(self, q, k):
    return q @ k.transpose(-1, -2) / math.sqrt(self.w_q.in_features)


# The padding of the wrong sentence -----------------------------------------------------------


def weighted(hide):
    """Return an attention over heads that are laid out as a batch; ``hide`` masks the scores."""

    def attend(q, k, v, real):
        batch, n_heads, n, d_k = q.shape
        q, k, v = (x.reshape(batch * n_heads, n, d_k) for x in (q, k, v))
        scores = hide(q @ k.transpose(-1, -2) / d_k**0.5, real, n_heads)
        weights = torch.softmax(scores, dim=-1)
        output = weights @ v
        shape = batch, n_heads, n
        return output.reshape(*shape, d_k), weights.reshape(*shape, n)

    return attend


def as_given(scores, real, n_heads):
    return scores.masked_fill(~real.repeat(n_heads, 1)[:, None, :], -math.inf)


def each_in_a_row(scores, real, n_heads):
    return scores.masked_fill(~real.repeat_interleave(n_heads, dim=0)[:, None, :], -math.inf)


def not_laid_flat(q, k, v, real):
    scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
    weights = scores.masked_fill(~real[:, None, None, :], -math.inf).softmax(dim=-1)
    return weights @ v, weights


def by_attend(q, k, v, real):
    return layers.attend(q, k, v, mask=real[:, None, None])


def sentence_by_sentence(q, k, v, real):
    outputs, tables = torch.zeros_like(v), torch.zeros(*q.shape[:3], k.shape[2])
    for b, length in enumerate(real.sum(dim=1)):
        scores = torch.einsum("hqd,hkd->hqk", q[b], k[b, :, :length]) / math.sqrt(q.shape[-1])
        tables[b, :, :, :length] = scores.softmax(-1)
        outputs[b] = tables[b] @ v[b]
    return outputs, tables


def hidden_queries(scores, real, n_heads):
    rows = real.repeat_interleave(n_heads, dim=0)[:, :, None]
    return scores.masked_fill(~rows, -1e9)


# The order of the lines ----------------------------------------------------------------------


ANSWERS = {
    "split_heads": Answers(
        reference=multi_head.split_heads,
        also_right=(
            checked(reshaped),
            checked(sliced),
            checked(unflattened),
            checked(split_and_stacked),
        ),
        wrong={
            "view-alone": checked(view_alone),
            "every-hth-column": checked(every_hth_column),
            "heads-behind-the-words": checked(
                lambda x, n_heads, d_k: x.reshape(*x.shape[:-1], n_heads, d_k)
            ),
            "columns-before-words": checked(
                lambda x, n_heads, d_k: reshaped(x, n_heads, d_k).transpose(-1, -2)
            ),
            "not-checked": lambda x, n_heads: reshaped(x, n_heads, x.shape[-1] // n_heads),
            "rest-cut-off": cut_off,
        },
    ),
    "merge_heads": Answers(
        reference=multi_head.merge_heads,
        also_right=(merged, side_by_side, copied_and_viewed, flattened),
        wrong={
            "not-turned-back": not_turned_back,
            "view-of-turned-memory": strided_view,
            "columns-shuffled": shuffled_columns,
            "one-below-the-other": one_below_the_other,
            "heads-summed": lambda x: x.sum(dim=1),
        },
    ),
    "MultiHeadAttention": Answers(
        reference=multi_head.MultiHeadAttention,
        also_right=(Plain, HeadByHead, WithTheLibrarysParts, HeadsAsABatch),
        wrong={
            "view-alone": but(split=viewed),
            "wrong-cut-and-wrong-merge": but(split=viewed, merge=staticmethod(not_turned_back)),
            "not-turned-back": but(merge=staticmethod(not_turned_back)),
            "input-sliced": SlicedInput,
            "blind-to-other-slices": but(project=blind_to_other_slices),
            "heads-as-wide-as-words": WideHeads,
            "no-output-map": NoOutputMap,
            "output-map-unused": but(mix=lambda self, x: x),
            "softmax-over-all-heads": but(share=among_all_heads),
            "mask-on-the-head-axis": but(hide=as_it_comes),
            "mask-on-the-head-axis-of-attend": MaskAsItComes,
            "axis-for-every-mask": AxisForEveryMask,
            "mask-ignored": but(hide=lambda self, scores, mask: scores),
            "mask-reversed": but(hide=reversed_mask),
            "scores-times-mask": but(hide=scores_times_mask),
            "not-scaled": but(score=lambda self, q, k: q @ k.mT),
            "scaled-by-d-model": but(score=scaled_by_d_model),
            "mean-over-heads": but(told=lambda self, weights: weights.mean(dim=1)),
        },
    ),
    "bug_09_padding": Answers(
        reference=weighted(each_in_a_row),
        also_right=(not_laid_flat, by_attend, sentence_by_sentence),
        wrong={
            "repeated-in-turn": weighted(as_given),
            "mask-dropped": weighted(lambda scores, real, n_heads: scores),
            "first-sentences-mask": weighted(
                lambda scores, real, n_heads: scores.masked_fill(~real[:1, None, :], -math.inf)
            ),
            "mask-on-the-head-axis": lambda q, k, v, real: layers.attend(
                q, k, v, mask=real[:, None]
            ),
            "queries-hidden": weighted(hidden_queries),
        },
    ),
    "order_09_heads": ordering.answers(
        LINES,
        "01234567",
        "10234567",
        wrong={
            "cut-apart-in-place-of-turned": "01284567",
            "cut-apart-and-turned": "01834567",
            "turned-before-the-cut": "01324567",
            "not-turned-back": "01234867",
            "merged-before-turning-back": "01234657",
            "attends-before-the-cut": "01423567",
        },
    ),
}
