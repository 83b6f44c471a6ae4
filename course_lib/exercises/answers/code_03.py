"""Code 03: what is right, and what tempts."""

import math

import numpy as np

from course_lib.attention import attend
from course_lib.exercises.declare import Answers
from course_lib.softmax import softmax


def reference(query, keys, values):
    return attend(query, keys, values, scale=1)


def by_loop(query, keys, values):
    scores = [sum(float(a) * float(b) for a, b in zip(query, key, strict=True)) for key in keys]
    raised = [math.exp(score - max(scores)) for score in scores]
    weights = np.array(raised) / sum(raised)
    output = np.zeros(values.shape[1])
    for weight, value in zip(weights, values, strict=True):
        output += weight * value
    return output, weights


def by_einsum(query, keys, values):
    weights = softmax(np.einsum("d,nd->n", query, keys))
    return np.einsum("n,nv->v", weights, values), weights


def by_broadcasting(query, keys, values):
    weights = softmax((keys * query).sum(axis=1))
    return [(weights[:, None] * values).sum(axis=0), weights]


def without_maximum(query, keys, values):
    raised = np.exp(keys @ query)
    weights = raised / raised.sum()
    return weights @ values, weights


def without_exp(query, keys, values):
    scores = keys @ query
    weights = scores / scores.sum()
    return weights @ values, weights


def best_only(query, keys, values):
    weights = np.zeros(len(keys))
    weights[np.argmax(keys @ query)] = 1
    return weights @ values, weights


def whole_numbers(query, keys, values):
    weights = softmax(keys @ query)
    output = np.zeros_like(values[0])
    for j in range(values.shape[1]):
        output[j] = (weights * values[:, j]).sum()
    return output, weights


def whole_numbers_added(query, keys, values):
    weights = softmax(keys @ query)
    output = np.zeros_like(values[0])
    for weight, value in zip(weights, values, strict=True):
        output += weight * value
    return output, weights


def three_wide(query, keys, values):
    weights = softmax(keys @ query)
    output = np.zeros(3)
    for weight, value in zip(weights, values, strict=True):
        output = output + weight * value
    return output, weights


def mixed_by(mix):
    """Return an answer with the right weights, and another mixture."""

    def answer(query, keys, values):
        weights = softmax(keys @ query)
        return mix(weights, keys, values), weights

    return answer


def scored_by(score):
    """Return an answer with other scores; what follows them is right."""

    def answer(query, keys, values):
        weights = softmax(score(query, keys))
        return weights @ values, weights

    return answer


def values_scored(query, keys, values):
    weights = softmax(values @ query)
    return weights @ values, weights


def cosines(query, keys):
    lengths = np.linalg.norm(keys, axis=1) * np.linalg.norm(query)
    return keys @ query / np.where(lengths == 0, 1, lengths)


ANSWERS = {
    "lookup": Answers(
        reference=reference,
        also_right=(by_loop, by_einsum, by_broadcasting),
        wrong={
            "keys-mixed": mixed_by(lambda weights, keys, values: weights @ keys),
            "weights-meet-features": mixed_by(
                lambda weights, keys, values: (weights * values).sum(axis=0)
            ),
            "summed-over-features": mixed_by(
                lambda weights, keys, values: (weights[:, None] * values).sum(axis=1)
            ),
            "not-summed": mixed_by(lambda weights, keys, values: weights[:, None] * values),
            "best-only": best_only,
            "best-value": mixed_by(lambda weights, keys, values: values[np.argmax(weights)]),
            "plain-mean": mixed_by(lambda weights, keys, values: values.mean(axis=0)),
            "divided-again": mixed_by(lambda weights, keys, values: (weights @ values) / len(keys)),
            "scores-mix": lambda query, keys, values: (
                (keys @ query) @ values,
                softmax(keys @ query),
            ),
            "no-softmax": lambda query, keys, values: ((keys @ query) @ values, keys @ query),
            "values-turned": mixed_by(lambda weights, keys, values: values @ weights),
            "values-scored": values_scored,
            "fixed-width": three_wide,
            "whole-numbers-added": whole_numbers_added,
            "keys-shortened": scored_by(
                lambda query, keys: keys @ query / np.linalg.norm(keys, axis=1)
            ),
            "scores-returned": lambda query, keys, values: (
                softmax(keys @ query) @ values,
                keys @ query,
            ),
            "output-is-weights": mixed_by(lambda weights, keys, values: weights),
            "wrong-order": lambda query, keys, values: mixed_by(lambda w, k, v: w @ v)(
                query, keys, values
            )[::-1],
            "one-thing": lambda query, keys, values: softmax(keys @ query) @ values,
            "whole-numbers": whole_numbers,
            "no-exp": without_exp,
            "no-maximum-subtracted": without_maximum,
            "softmax-twice": lambda query, keys, values: (
                softmax(softmax(keys @ query)) @ values,
                softmax(softmax(keys @ query)),
            ),
            "scaled": scored_by(lambda query, keys: keys @ query / np.sqrt(len(query))),
            "scored-by-cosine": scored_by(cosines),
            "keys-turned": scored_by(lambda query, keys: query @ keys),
        },
    ),
}
