"""Code 08: what is right, and what tempts."""

import math

import numpy as np
import torch
from torch.nn import functional as F

from course_lib.exercises import ordering
from course_lib.exercises.declare import Answers
from course_lib.exercises.tasks.code_08 import LINES
from course_lib.positions import rotate, sinusoidal_positions

# Positions by hand ---------------------------------------------------------------------------


def even_only(d_model):
    if d_model % 2:
        raise ValueError(f"d_model must be even; it is {d_model}")


def with_torch(n, d_model):
    if d_model % 2 != 0:
        raise ValueError("d_model should be even, a sine and a cosine for each pair")
    speeds = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
    angles = torch.arange(n)[:, None] * speeds
    table = torch.zeros(n, d_model)
    table[:, 0::2], table[:, 1::2] = torch.sin(angles), torch.cos(angles)
    return table


def entry_by_entry(n, d_model):
    even_only(d_model)
    rows = []
    for position in range(n):
        row = []
        for i in range(d_model // 2):
            angle = position / 10000 ** (2 * i / d_model)
            row += [math.sin(angle), math.cos(angle)]
        rows.append(row)
    return rows


def stacked(n, d_model):
    even_only(d_model)
    angles = np.outer(np.arange(n), np.power(10_000.0, -2 * np.arange(d_model // 2) / d_model))
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(n, d_model)


def as_one_wave(n, d_model):
    even_only(d_model)
    column = np.arange(d_model)
    angles = np.arange(n)[:, None] / 10_000 ** ((column - column % 2) / d_model)
    return np.sin(angles + np.pi / 2 * (column % 2))


def table_of(speeds, *, first=0, even=np.sin, odd=np.cos):
    """Return a function that makes a table from the speeds of its sines and of its cosines."""

    def made(n, d_model):
        even_only(d_model)
        sines, cosines = speeds(np.arange(0, d_model, 2), d_model)
        places = np.arange(first, n + first)[:, None]
        table = np.empty((n, d_model))
        table[:, 0::2], table[:, 1::2] = even(places * sines), odd(places * cosines)
        return table

    return made


def a_pair(power):
    """Return the speeds of a table whose sine and cosine have one exponent, power(even, d)."""
    return lambda even, d: (10_000.0 ** -power(even, d),) * 2


def halves(n, d_model):
    table = stacked(n, d_model)
    return np.concatenate([table[:, 0::2], table[:, 1::2]], axis=1)


def cut_short(n, d_model):
    """Right where d_model is even; an odd one gets an error of its own."""
    pairs = d_model - d_model // 2
    speeds = 10_000.0 ** (-2 * np.arange(pairs) / d_model)
    table = np.empty((n, d_model))
    table[:, 0::2] = np.sin(np.arange(n)[:, None] * speeds)
    table[:, 1::2] = np.cos(np.arange(n)[:, None] * speeds[: d_model // 2])
    return table


# A sequence that asks itself -----------------------------------------------------------------


class Plain:
    """Right, in as few lines as it takes. The mistakes below change one method each."""

    def __call__(self, x, w_q, w_k, w_v, mask=None):
        q, k, v = self.project(x, w_q, w_k, w_v)
        return self.attend(q, k, v, mask)

    def project(self, x, w_q, w_k, w_v):
        return x @ w_q, x @ w_k, x @ w_v

    def attend(self, q, k, v, mask):
        weights = self.share(self.hide(self.score(q, k), mask))
        return self.mix(weights, v), weights

    def score(self, q, k):
        return q @ k.transpose(-1, -2) / math.sqrt(k.shape[-1])

    def hide(self, scores, mask):
        return scores if mask is None else scores.masked_fill(~mask, -math.inf)

    def share(self, scores):
        return torch.softmax(scores, dim=-1)

    def mix(self, weights, v):
        return weights @ v


def but(**methods):
    """Return Plain with other methods, as a function."""
    return type("SelfAttention", (Plain,), methods)()


def with_einsum(x, w_q, w_k, w_v, mask=None):
    q, k, v = (torch.einsum("bnd,dk->bnk", x, w) for w in (w_q, w_k, w_v))
    scores = torch.einsum("bqd,bkd->bqk", q, k) * k.shape[-1] ** -0.5
    if mask is not None:
        scores = torch.where(mask, scores, torch.full((), -1e9, dtype=scores.dtype))
    weights = F.softmax(scores, dim=2)
    return torch.einsum("bqk,bkd->bqd", weights, v), weights


def sentence_by_sentence(x, w_q, w_k, w_v, mask=None):
    found = []
    for b, sentence in enumerate(x):
        scores = (sentence @ w_q / math.sqrt(w_k.shape[1])) @ (sentence @ w_k).T
        if mask is not None:
            seen = mask if mask.ndim == 2 else mask[b]
            scores = scores + torch.zeros_like(scores).masked_fill(~seen, -math.inf)
        raised = torch.exp(scores - scores.amax(dim=-1, keepdim=True))
        weights = raised / raised.sum(dim=-1, keepdim=True)
        found.append((weights @ (sentence @ w_v), weights))
    return tuple(torch.stack(each) for each in zip(*found, strict=True))


def in_one_product(x, w_q, w_k, w_v, mask=None):
    q, k, v = (x @ torch.cat([w_q, w_k, w_v], dim=1)).chunk(3, dim=-1)
    scores = torch.bmm(q, k.mT) / q.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(mask.logical_not(), torch.finfo(scores.dtype).min)
    weights = scores.softmax(-1)
    return [torch.bmm(weights, v), weights]


def wide_scaled(x, w_q):
    """Return queries whose scores end up divided by the root of d_model, not of d_k."""
    return x @ w_q * math.sqrt(w_q.shape[1] / x.shape[-1])


def with_places(self, x, w_q, w_k, w_v):
    places = torch.tensor(sinusoidal_positions(x.shape[1], x.shape[2]), dtype=x.dtype)
    return Plain.project(self, x + places, w_q, w_k, w_v)


def pooled(self, q, k, v, mask):
    output, weights = Plain.attend(self, q, k, v, mask)
    return output.mean(dim=1, keepdim=True).expand_as(output), weights


def across_the_batch(self, q, k, v, mask):
    q, k, v = (each.transpose(0, 1) for each in (q, k, v))  # (n, B, d_k)
    output, weights = Plain.attend(self, q, k, v, mask)
    return output.transpose(0, 1), weights


def all_in_one(self, q, k, v, mask):
    q, k, v = (each.flatten(0, 1)[None] for each in (q, k, v))  # (1, B n, d_k)
    output, weights = Plain.attend(self, q, k, v, None)
    return output[0], weights[0]


def all_in_one_unflattened(self, q, k, v, mask):
    shape = q.shape
    output, weights = all_in_one(self, q, k, v, mask)
    return output.reshape(shape), weights.reshape(*shape[:2], -1)


def reversed_mask(self, scores, mask):
    return scores if mask is None else scores.masked_fill(mask, -math.inf)


def zeroed_scores(self, scores, mask):
    return scores if mask is None else scores.masked_fill(~mask, 0)


def zeroed_weights(self, q, k, v, mask):
    weights = self.share(self.score(q, k))
    weights = weights if mask is None else weights * mask
    return weights @ v, weights


# Words that all stand in the same place ------------------------------------------------------


def as_many_as_words(x, table):
    return x + table[: x.shape[1]]


def by_lookup(x, table):
    places = torch.arange(x.shape[1]).expand(len(x), -1)  # (B, n)
    return x + F.embedding(places, table)


def word_by_word(x, table):
    words = [x[:, place] + table[place] for place in range(x.shape[1])]
    return torch.stack(words, dim=1)


def with_the_old_table(x, table):
    table = table.unsqueeze(1)  # (longest, 1, d_model)
    return x + table[: x.size(1)].transpose(0, 1)


def counted_on(x, table):
    return x + table[: x.shape[0] * x.shape[1]].view_as(x)


def added_in_place(x, table):
    x += table[: x.shape[1]]
    return x


def side_by_side(x, table):
    return torch.cat([x, table[: x.shape[1]].expand(len(x), -1, -1)], dim=-1)


# The order of rotary attention ---------------------------------------------------------------

torch.sin(torch.tensor(0.0)), rotate(np.ones((2, 2)))  # their first calls are slow


ANSWERS = {
    "sinusoidal_positions": Answers(
        reference=sinusoidal_positions,
        also_right=(with_torch, entry_by_entry, stacked, as_one_wave),
        wrong={
            "exponent-doubled": table_of(a_pair(lambda even, d: 2 * even / d)),
            "exponent-halved": table_of(a_pair(lambda even, d: even / 2 / d)),
            "a-speed-for-each-column": table_of(
                lambda even, d: (10_000.0 ** (-even / d), 10_000.0 ** (-(even + 1) / d))
            ),
            "faster-and-faster": table_of(a_pair(lambda even, d: -even / d)),
            "one-speed": table_of(a_pair(lambda even, d: 0 * even)),
            "two-halves": halves,
            "cosine-first": table_of(a_pair(lambda even, d: even / d), even=np.cos, odd=np.sin),
            "sines-only": table_of(a_pair(lambda even, d: even / d), odd=np.sin),
            "counted-from-one": table_of(a_pair(lambda even, d: even / d), first=1),
            "turned-on-its-side": lambda n, d_model: stacked(n, d_model).T,
            "odd-width-let-through": cut_short,
        },
    ),
    "self_attention": Answers(
        reference=Plain(),
        also_right=(with_einsum, sentence_by_sentence, in_one_product),
        wrong={
            "invariant": but(attend=pooled),
            "places-added-inside": but(project=with_places),
            "across-the-batch": but(attend=across_the_batch),
            "all-sentences-in-one": but(attend=all_in_one_unflattened),
            "wrong-axis": but(share=lambda self, scores: torch.softmax(scores, dim=-2)),
            "not-scaled": but(score=lambda self, q, k: q @ k.transpose(-1, -2)),
            "root-left-out": but(score=lambda self, q, k: q @ k.transpose(-1, -2) / k.shape[-1]),
            "matrix-in-front": but(
                project=lambda self, x, w_q, w_k, w_v: (w_q @ x, w_k @ x, w_v @ x)
            ),
            "scaled-by-the-words": but(
                project=lambda self, x, w_q, w_k, w_v: (wide_scaled(x, w_q), x @ w_k, x @ w_v)
            ),
            "keys-ask": but(project=lambda self, x, w_q, w_k, w_v: (x @ w_k, x @ w_k, x @ w_v)),
            "roles-swapped": but(
                project=lambda self, x, w_q, w_k, w_v: (x @ w_k, x @ w_q, x @ w_v)
            ),
            "keys-handed-over": but(
                project=lambda self, x, w_q, w_k, w_v: (x @ w_q, x @ w_k, x @ w_k)
            ),
            "words-handed-over": but(project=lambda self, x, w_q, w_k, w_v: (x @ w_q, x @ w_k, x)),
            "asked-mix-askers": but(mix=lambda self, weights, v: weights.transpose(-1, -2) @ v),
            "mask-ignored": but(hide=lambda self, scores, mask: scores),
            "mask-reversed": but(hide=reversed_mask),
            "scores-zeroed": but(hide=zeroed_scores),
            "weights-zeroed": but(attend=zeroed_weights),
            "output-only": but(
                attend=lambda self, q, k, v, mask: Plain.attend(self, q, k, v, mask)[0]
            ),
            "wrong-order": but(
                attend=lambda self, q, k, v, mask: Plain.attend(self, q, k, v, mask)[::-1]
            ),
        },
    ),
    "bug_08_same_place": Answers(
        reference=as_many_as_words,
        also_right=(by_lookup, word_by_word, with_the_old_table),
        wrong={
            "sentences-numbered": lambda x, table: x + table[: len(x), None],
            "one-row-for-all": lambda x, table: x + table[x.shape[1]],
            "counted-on": counted_on,
            "first-row-skipped": lambda x, table: x + table[1 : x.shape[1] + 1],
            "added-twice": lambda x, table: x + table[: x.shape[1]] + table[: x.shape[1]],
            "multiplied": lambda x, table: x * table[: x.shape[1]],
            "side-by-side": side_by_side,
            "words-lost": lambda x, table: table[: x.shape[1]].expand_as(x),
            "added-in-place": added_in_place,
        },
    ),
    "order_08_rotary": ordering.answers(
        LINES,
        "012345",
        wrong={
            "values-turned": "062345",
            "turned-too-late": "021345",
            "turned-before-it-exists": "102345",
            "mixed-before-shared": "012435",
            "returns-at-once": "501234",
        },
    ),
}
