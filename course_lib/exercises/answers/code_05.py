"""Code 05: what is right, and what tempts."""

import math

import numpy as np

from course_lib.exercises import ordering
from course_lib.exercises.declare import Answers
from course_lib.exercises.tasks.code_05 import LINES
from course_lib.softmax import softmax

# causal_mask ---------------------------------------------------------------------------------


def causal_by_comparing(n):
    return np.arange(n)[:, None] >= np.arange(n)


def causal_by_loop(n):
    mask = np.zeros((n, n), dtype=bool)
    for query in range(n):
        mask[query, : query + 1] = True
    return mask


def additive(n):
    return np.where(np.tri(n, dtype=bool), 0.0, -np.inf)


# padding_mask --------------------------------------------------------------------------------


def padding_by_loop(lengths, n_keys):
    mask = np.zeros((len(lengths), 1, n_keys), dtype=bool)
    for b, length in enumerate(lengths):
        mask[b, 0, :length] = True
    return mask


def real(lengths, n_keys):
    """The right mask without its middle axis, (B, n_keys)."""
    return np.arange(n_keys) < np.asarray(lengths)[:, None]


# attention -----------------------------------------------------------------------------------


def products(q, k):
    return q @ np.swapaxes(k, -1, -2)


def scaled(q, k):
    return products(q, k) / np.sqrt(k.shape[-1])


def hide(scores, mask):
    return scores if mask is None else np.where(mask, scores, -np.inf)


def attended(
    *, scores=scaled, masked=hide, share=softmax, mixed=lambda w, q, k, v: w @ v, swap=False
):
    """Return an answer of which one step may be another: score, mask, share, mix."""

    def answer(q, k, v, mask=None):
        weights = share(masked(scores(q, k), mask))
        output = mixed(weights, q, k, v)
        return (weights, output) if swap else (output, weights)

    return answer


def by_einsum(q, k, v, mask=None):
    scores = np.einsum("...qd,...kd->...qk", q, k) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = np.where(np.broadcast_to(mask, scores.shape), scores, -1e9)
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = raised / raised.sum(axis=-1, keepdims=True)
    return np.einsum("...qk,...kv->...qv", weights, v), weights


def by_loop(q, k, v, mask=None):
    shape = (*q.shape[:-1], k.shape[-2])
    mask = np.broadcast_to(True if mask is None else mask, shape)
    output, weights = np.zeros((*q.shape[:-1], v.shape[-1])), np.zeros(shape)
    for at in np.ndindex(q.shape[:-1]):
        keys, values = k[at[:-1]], v[at[:-1]]
        scores = np.where(mask[at], keys @ q[at] / math.sqrt(len(q[at])), -np.inf)
        weights[at] = softmax(scores)
        output[at] = weights[at] @ values
    return output, weights


def by_adding(q, k, v, mask=None):
    scores = (q / np.sqrt(q.shape[-1])) @ np.swapaxes(k, -1, -2)
    if mask is not None:
        scores = scores + np.where(mask, 0.0, -np.inf)
    weights = softmax(scores)
    return weights @ v, weights


def weights_zeroed(q, k, v, mask=None):
    weights = softmax(scaled(q, k))
    weights = weights if mask is None else weights * mask
    return weights @ v, weights


def zeroed_and_renormalised(q, k, v, mask=None):
    weights = softmax(scaled(q, k))
    if mask is not None:
        weights = weights * mask
        weights = weights / weights.sum(axis=-1, keepdims=True)
    return weights @ v, weights


def without_maximum(scores):
    raised = np.exp(scores)
    return raised / raised.sum(axis=-1, keepdims=True)


def indexed(scores, mask):
    if mask is not None:
        scores[~mask] = -np.inf  # finds no place where the mask has fewer axes or a 1 among them
    return scores


def best_only(scores):
    return (scores == scores.max(axis=-1, keepdims=True)).astype(float)


def in_place(q, k, v, mask=None):
    q[...] = q / math.sqrt(q.shape[-1])
    weights = softmax(hide(products(q, k), mask))
    return weights @ v, weights


def only_one_leading_axis(q, k, v, mask=None):
    if q.ndim == 2:
        return attended()(q, k, v, mask)
    scores = np.einsum("bqd,bkd->bqk", q, k) / math.sqrt(q.shape[-1])
    weights = softmax(hide(scores, mask))
    return np.einsum("bqk,bkv->bqv", weights, v), weights


# bug_05_padding ------------------------------------------------------------------------------


def padded(visible, masked=hide):
    """Return an answer that hides padding by a mask made from lengths and the number of keys."""

    def answer(q, k, v, lengths):
        weights = softmax(masked(scaled(q, k), visible(lengths, k.shape[-2])))
        return weights @ v, weights

    return answer


def padded_by_sentence(q, k, v, lengths):
    weights = np.zeros((*q.shape[:-1], k.shape[-2]))
    for b, length in enumerate(lengths):
        weights[b, :, :length] = softmax(q[b] @ k[b, :length].T / np.sqrt(q.shape[-1]))
    return weights @ v, weights


def padded_before_scaling(q, k, v, lengths):
    visible = np.arange(k.shape[1])[None, None, :] < lengths[:, None, None]
    scores = np.where(visible, np.einsum("bqd,bkd->bqk", q, k), -1e9) / np.sqrt(k.shape[2])
    return softmax(scores) @ v, softmax(scores)


def padded_unscaled(q, k, v, lengths):
    weights = softmax(hide(products(q, k), real(lengths, k.shape[-2])[:, None]))
    return weights @ v, weights


def values_zeroed(q, k, v, lengths):
    weights = softmax(scaled(q, k))
    return weights @ (v * real(lengths, k.shape[-2])[..., None]), weights


def weights_cut(q, k, v, lengths):
    weights = softmax(scaled(q, k)) * real(lengths, k.shape[-2])[:, None]
    return weights @ v, weights


# order_05_attention --------------------------------------------------------------------------


ANSWERS = {
    "causal_mask": Answers(
        reference=lambda n: np.tri(n, dtype=bool),
        also_right=(
            causal_by_comparing,
            causal_by_loop,
            lambda n: ~np.triu(np.ones((n, n), dtype=bool), k=1),
        ),
        wrong={
            "diagonal-hidden": lambda n: np.tri(n, k=-1, dtype=bool),
            "upside-down": lambda n: np.triu(np.ones((n, n), dtype=bool)),
            "true-means-hide": lambda n: ~np.tri(n, dtype=bool),
            "one-ahead": lambda n: np.tri(n, k=1, dtype=bool),
            "itself-only": lambda n: np.eye(n, dtype=bool),
            "hides-nothing": lambda n: np.ones((n, n), dtype=bool),
            "numbers-not-booleans": lambda n: np.tri(n),
            "ready-to-add": additive,
            "one-row": lambda n: np.ones(n, dtype=bool),
        },
    ),
    "padding_mask": Answers(
        reference=lambda lengths, n_keys: np.arange(n_keys) < lengths[:, None, None],
        also_right=(
            padding_by_loop,
            lambda lengths, n_keys: real(lengths, n_keys)[:, np.newaxis, :],
            lambda lengths, n_keys: np.array([[np.arange(n_keys) < n] for n in lengths]),
        ),
        wrong={
            "true-means-hide": lambda lengths, n_keys: ~real(lengths, n_keys)[:, None],
            "one-too-many": lambda lengths, n_keys: np.arange(n_keys) <= lengths[:, None, None],
            "first-one-lost": lambda lengths, n_keys: (
                np.arange(1, n_keys + 1) < lengths[:, None, None]
            ),
            "no-axis-for-queries": real,
            "axes-as-they-come": lambda lengths, n_keys: np.arange(n_keys) < lengths,
            "batch-on-the-query-axis": lambda lengths, n_keys: real(lengths, n_keys)[None],
            "queries-hidden": lambda lengths, n_keys: real(lengths, n_keys)[:, :, None],
            "padded-at-the-front": lambda lengths, n_keys: real(lengths, n_keys)[:, None, ::-1],
            "numbers-not-booleans": lambda lengths, n_keys: real(lengths, n_keys)[:, None].astype(
                float
            ),
            "one-length-for-all": lambda lengths, n_keys: np.repeat(
                [[np.arange(n_keys) < lengths[0]]], len(lengths), axis=0
            ),
        },
    ),
    "attention": Answers(
        reference=attended(),
        also_right=(by_einsum, by_loop, by_adding),
        wrong={
            "unscaled": attended(scores=products),
            "divided-by-width": attended(scores=lambda q, k: products(q, k) / k.shape[-1]),
            "multiplied": attended(scores=lambda q, k: products(q, k) * math.sqrt(k.shape[-1])),
            "root-of-number-of-keys": attended(
                scores=lambda q, k: products(q, k) / math.sqrt(k.shape[-2])
            ),
            "root-of-number-of-queries": attended(
                scores=lambda q, k: products(q, k) / math.sqrt(q.shape[-2])
            ),
            "every-sentence-with-every": attended(
                scores=lambda q, k: np.dot(q, np.swapaxes(k, -1, -2)) / math.sqrt(k.shape[-1])
            ),
            "best-only": attended(share=best_only),
            "divided-after-softmax": attended(
                scores=lambda q, k: (products(q, k), math.sqrt(k.shape[-1])),
                masked=lambda pair, mask: (hide(pair[0], mask), pair[1]),
                share=lambda pair: softmax(pair[0]) / pair[1],
            ),
            "softmax-down-the-columns": attended(share=lambda scores: softmax(scores, axis=-2)),
            "keys-mixed": attended(mixed=lambda w, q, k, v: w @ k),
            "wrong-order": attended(swap=True),
            "one-thing": lambda q, k, v, mask=None: attended()(q, k, v, mask)[0],
            "mask-ignored": attended(masked=lambda scores, mask: scores),
            "mask-always-expected": attended(
                masked=lambda scores, mask: np.where(mask, scores, -np.inf)
            ),
            "scores-multiplied-by-mask": attended(
                masked=lambda s, mask: s if mask is None else s * mask
            ),
            "mask-added": attended(masked=lambda s, mask: s if mask is None else s + mask),
            "weights-zeroed": weights_zeroed,
            "zeroed-and-renormalised": zeroed_and_renormalised,
            "true-means-hide": attended(
                masked=lambda s, mask: s if mask is None else np.where(mask, -np.inf, s)
            ),
            "mask-taken-for-a-yes-or-no": attended(
                masked=lambda s, mask: hide(s, mask) if mask else s
            ),
            "indexed-by-the-mask": attended(masked=indexed),
            "nought-times-infinity": attended(
                masked=lambda s, mask: s if mask is None else s + (1 - np.asarray(mask)) * -np.inf
            ),
            "hidden-by-a-small-number": attended(
                masked=lambda s, mask: s if mask is None else np.where(mask, s, -10.0)
            ),
            "mask-on-the-query-axis": attended(
                masked=lambda s, mask: (
                    s if mask is None else np.where(np.swapaxes(mask, -1, -2), s, -np.inf)
                )
            ),
            "all-axes-turned": lambda q, k, v, mask=None: attended(
                scores=lambda q, k: q @ k.T / k.shape[-1] ** 0.5
            )(q, k, v, mask),
            "three-axes-only": attended(
                scores=lambda q, k: q @ k.transpose(0, 2, 1) / k.shape[-1] ** 0.5
            ),
            "one-leading-axis-only": only_one_leading_axis,
            "no-maximum-subtracted": attended(
                share=without_maximum, masked=lambda s, m: s if m is None else s - 1e9 * ~m
            ),
            "query-changed": in_place,
        },
    ),
    "bug_05_padding": Answers(
        reference=padded(lambda lengths, n: real(lengths, n)[:, None]),
        also_right=(
            padded_by_sentence,
            padded_before_scaling,
            padded(lambda lengths, n: np.array([[np.arange(n) < length] for length in lengths])),
        ),
        wrong={
            "not-repaired": padded(real),
            "query-axis": padded(lambda lengths, n: real(lengths, n)[:, :, None]),
            "true-means-hide": padded(lambda lengths, n: ~real(lengths, n)[:, None]),
            "one-too-many": padded(lambda lengths, n: np.arange(n) <= lengths[:, None, None]),
            "scale-dropped": padded_unscaled,
            "longest-for-all": padded(lambda lengths, n: np.arange(n) < max(lengths)),
            "values-zeroed": values_zeroed,
            "weights-zeroed": weights_cut,
            "scores-multiplied-by-mask": padded(
                lambda lengths, n: real(lengths, n)[:, None], masked=np.multiply
            ),
            "mask-dropped": lambda q, k, v, lengths: attended()(q, k, v),
        },
    ),
    "order_05_attention": ordering.answers(
        LINES,
        "01234",
        "02134",
        wrong={
            "masked-after-softmax": "01354",
            "masked-too-late": "01324",
            "scaled-too-late": "02314",
            "returns-at-once": "40123",
        },
    ),
}
