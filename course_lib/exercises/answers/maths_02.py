"""Maths 02: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.declare import Answers
from course_lib.softmax import softmax


def of_weights(table):
    """Turn a function of the weights into a function of the scores."""
    return lambda scores: table(softmax(np.asarray(scores, dtype=float)))


def jacobian_by_loop(scores):
    raised = np.exp(np.array(scores, dtype=float) - max(scores))
    w = raised / raised.sum()
    n = len(w)
    return [[w[i] * ((i == j) - w[j]) for j in range(n)] for i in range(n)]


def jacobian_by_broadcasting(scores):
    w = softmax(np.asarray(scores, dtype=float))
    return w[:, None] * (np.eye(len(w)) - w)


def jacobian_by_column(scores):
    w = softmax(np.asarray(scores, dtype=float))
    return np.column_stack([w * (unit - w[j]) for j, unit in enumerate(np.eye(len(w)))])


def no_maximum(scores):
    raised = np.exp(scores)
    w = raised / raised.sum()
    return np.diag(w) - np.outer(w, w)


def by_differences(scores, h=1e-5):
    nudges = h * np.eye(len(scores))
    return np.array([(softmax(scores + n) - softmax(scores - n)) / (2 * h) for n in nudges]).T


def changes_its_input(scores):
    scores -= scores.max()
    w = np.exp(scores) / np.exp(scores).sum()
    return np.diag(w) - np.outer(w, w)


def mean(weights, grad):
    return (weights * grad).sum(axis=-1, keepdims=True)


def vjp_by_loop(weights, grad_weights):
    weights, grad_weights = np.array(weights), np.array(grad_weights)
    result = np.empty(weights.shape)
    for row in np.ndindex(weights.shape[:-1]):
        w, g = weights[row], grad_weights[row]
        result[row] = w * g - w * (w @ g)
    return result


def vjp_by_einsum(weights, grad_weights):
    average = np.einsum("...i,...i->...", weights, grad_weights)
    return weights * (grad_weights - average[..., None])


def vjp_by_two_terms(weights, grad_weights):
    product = weights * grad_weights
    return product - weights * product.sum(axis=-1, keepdims=True)


def nudged_along(weights, grad, h=1e-5):
    """Nudge the scores along the gradient: the table is symmetric, so that is J times it."""
    scores = np.log(weights)
    return (softmax(scores + h * grad) - softmax(scores - h * grad)) / (2 * h)


def nudged_one_by_one(weights, grad, h=1e-5):
    """Nudge one score at a time, and see what becomes of the weights times the gradient."""
    scores, result = np.log(weights), np.zeros(np.shape(weights))
    for j in range(scores.shape[-1]):
        up, down = scores + 0.0, scores + 0.0
        up[..., j] += h
        down[..., j] -= h
        gain = (softmax(up) * grad).sum(axis=-1) - (softmax(down) * grad).sum(axis=-1)
        result[..., j] = gain / (2 * h)
    return result


def whole_table(weights, grad_weights):
    w = np.asarray(weights)[..., None]  # (..., n, 1)
    jacobian = w * np.eye(w.shape[-2]) - w * np.swapaxes(w, -1, -2)
    return (jacobian @ np.asarray(grad_weights)[..., None])[..., 0]


ANSWERS = {
    "softmax_jacobian": Answers(
        reference=of_weights(lambda w: np.diag(w) - np.outer(w, w)),
        also_right=(jacobian_by_loop, jacobian_by_broadcasting, jacobian_by_column),
        wrong={
            "only-the-diagonal": of_weights(lambda w: np.diag(w * (1 - w))),
            "one-derivative-each": of_weights(lambda w: w * (1 - w)),
            "diagonal-rule-everywhere": of_weights(lambda w: np.outer(w, 1 - w)),
            "entry-by-entry-square": of_weights(lambda w: np.diag(w) - w * w),
            "product-summed-up": of_weights(lambda w: np.diag(w) - w @ w.T),
            "ones-on-the-diagonal": of_weights(lambda w: np.eye(len(w)) - np.outer(w, w)),
            "of-the-logarithms": of_weights(lambda w: np.eye(len(w)) - w),
            "sign-flipped": of_weights(lambda w: np.outer(w, w) - np.diag(w)),
            "added-instead": of_weights(lambda w: np.diag(w) + np.outer(w, w)),
            "diagonal-missing": of_weights(lambda w: -np.outer(w, w)),
            "sum-held-fixed": of_weights(np.diag),
            "scores-taken-for-weights": lambda scores: np.diag(scores) - np.outer(scores, scores),
            "softmax-twice": lambda scores: of_weights(lambda w: np.diag(w) - np.outer(w, w))(
                softmax(scores)
            ),
            "no-maximum-subtracted": no_maximum,
            "by-differences": by_differences,
            "changes-its-input": changes_its_input,
        },
    ),
    "softmax_vjp": Answers(
        reference=lambda w, g: w * (g - mean(w, g)),
        also_right=(vjp_by_loop, vjp_by_einsum, vjp_by_two_terms),
        wrong={
            "only-the-diagonal": lambda w, g: w * (1 - w) * g,
            "nothing-subtracted": lambda w, g: w * g,
            "plain-mean": lambda w, g: w * (g - np.mean(g, axis=-1, keepdims=True)),
            "plain-sum": lambda w, g: w * (g - np.sum(g, axis=-1, keepdims=True)),
            "weight-outside-missing": lambda w, g: g - mean(w, g),
            "sign-flipped": lambda w, g: w * (mean(w, g) - g),
            "softmax-again": lambda w, g: softmax(w) * (g - mean(softmax(w), g)),
            "one-mean-for-all-rows": lambda w, g: w * (g - np.sum(w * g)),
            "wrong-axis": lambda w, g: w * (g - np.sum(w * g, axis=0, keepdims=True)),
            "one-row-only": lambda w, g: w * (g - (w * g).sum(axis=-1)),
            "nudged-along": nudged_along,
            "nudged-one-by-one": nudged_one_by_one,
            "whole-table": whole_table,
        },
    ),
}
