"""Maths 02: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.declare import Answers, Misconception
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


def whole_table(weights, grad_weights):
    w = np.asarray(weights)[..., None]  # (..., n, 1)
    jacobian = w * np.eye(w.shape[-2]) - w * np.swapaxes(w, -1, -2)
    return (jacobian @ np.asarray(grad_weights)[..., None])[..., 0]


EXP = "maths/02_softmax: Why exponentiate? Why not divide each score by the sum?"
JACOBIAN = "maths/02_softmax: If one score grows, what happens to all the weights?"
VJP = "maths/02_softmax: Must I build the whole table to pass a gradient on?"
STABLE = "maths/02_softmax: What breaks if the largest score stays in?"
MISTAKES = "maths/02_softmax: Which mistakes wait here?"

ANSWERS = {
    "softmax_jacobian": Answers(
        reference=of_weights(lambda w: np.diag(w) - np.outer(w, w)),
        also_right=(jacobian_by_loop, jacobian_by_broadcasting, jacobian_by_column),
        misconceptions=(
            Misconception(
                "only-the-diagonal",
                of_weights(lambda w: np.diag(w * (1 - w))),
                "If one weight grows, can the others stay as they are?",
                JACOBIAN,
            ),
            Misconception(
                "one-derivative-each",
                of_weights(lambda w: w * (1 - w)),
                "How many weights move when one score is nudged? How many derivatives are there "
                "for n scores?",
                JACOBIAN,
            ),
            Misconception(
                "diagonal-rule-everywhere",
                of_weights(lambda w: np.outer(w, 1 - w)),
                "Off the diagonal, raise the score of j: does the weight of i grow or shrink?",
                JACOBIAN,
            ),
            Misconception(
                "entry-by-entry-square",
                of_weights(lambda w: np.diag(w) - w * w),
                "What shape does your product of the weights with themselves have? Which pairs "
                "(i, j) does it hold?",
                MISTAKES,
            ),
            Misconception(
                "product-summed-up",
                of_weights(lambda w: np.diag(w) - w @ w.T),
                "Print your product of the weights with themselves. How many numbers is it, and "
                "how many pairs (i, j) are there?",
                MISTAKES,
            ),
            Misconception(
                "ones-on-the-diagonal",
                of_weights(lambda w: np.eye(len(w)) - np.outer(w, w)),
                "Nudge the score of an item with weight 0.01. Can its weight grow by nearly the "
                "whole nudge, as your diagonal says?",
                JACOBIAN,
            ),
            Misconception(
                "of-the-logarithms",
                of_weights(lambda w: np.eye(len(w)) - w),
                "You have line (16). Whose derivatives are these: the weights', or their "
                "logarithms'?",
                JACOBIAN,
            ),
            Misconception(
                "sign-flipped",
                of_weights(lambda w: np.outer(w, w) - np.diag(w)),
                "Raise one score: does its own weight grow or shrink? Look at your diagonal.",
                JACOBIAN,
            ),
            Misconception(
                "added-instead",
                of_weights(lambda w: np.diag(w) + np.outer(w, w)),
                "What must each row of the Jacobian add up to, if the same number added to all "
                "scores changes nothing?",
                JACOBIAN,
            ),
            Misconception(
                "diagonal-missing",
                of_weights(lambda w: -np.outer(w, w)),
                "Where i = j, a score stands in the numerator as well. Which term does that add?",
                JACOBIAN,
            ),
            Misconception(
                "sum-held-fixed",
                of_weights(np.diag),
                "You differentiated the numerator. Does the sum below it move, too?",
                JACOBIAN,
            ),
            Misconception(
                "scores-taken-for-weights",
                lambda scores: np.diag(scores) - np.outer(scores, scores),
                "Your function gets scores. Which of your letters should be weights?",
                EXP,
            ),
            Misconception(
                "softmax-twice",
                lambda scores: of_weights(lambda w: np.diag(w) - np.outer(w, w))(softmax(scores)),
                "Your weights are oddly even. How often has the exponential been taken?",
                MISTAKES,
            ),
            Misconception(
                "no-maximum-subtracted",
                no_maximum,
                "What is exp(1000) on this machine? Which quantity may be added to every score "
                "without changing the answer?",
                STABLE,
            ),
            Misconception(
                "changes-its-input",
                changes_its_input,
                "Print the input before and after calling your function.",
                STABLE,
            ),
        ),
    ),
    "softmax_vjp": Answers(
        reference=lambda w, g: w * (g - mean(w, g)),
        also_right=(vjp_by_loop, vjp_by_einsum, vjp_by_two_terms),
        misconceptions=(
            Misconception(
                "only-the-diagonal",
                lambda w, g: w * (1 - w) * g,
                "If one weight grows, can the others stay as they are? How do their gradients "
                "enter your result?",
                JACOBIAN,
            ),
            Misconception(
                "nothing-subtracted",
                lambda w, g: w * g,
                "Add 5 to every entry of the gradient. The weights sum to 1, so nothing new was "
                "said. Does your result change?",
                VJP,
            ),
            Misconception(
                "plain-mean",
                lambda w, g: w * (g - np.mean(g, axis=-1, keepdims=True)),
                "Under which weights is the mean in line (20) taken?",
                VJP,
            ),
            Misconception(
                "plain-sum",
                lambda w, g: w * (g - np.sum(g, axis=-1, keepdims=True)),
                "What is subtracted from g is a mean. Is yours never larger than the largest g?",
                VJP,
            ),
            Misconception(
                "weight-outside-missing",
                lambda w, g: g - mean(w, g),
                "Whose score should hardly move: that of an item with weight 0.001, or with 0.5?",
                VJP,
            ),
            Misconception(
                "sign-flipped",
                lambda w, g: w * (mean(w, g) - g),
                "An item better than the present mixture: should its score go up or down?",
                VJP,
            ),
            Misconception(
                "softmax-again",
                lambda w, g: softmax(w) * (g - mean(softmax(w), g)),
                "Your function gets weights, not scores. How often has the exponential been taken?",
                MISTAKES,
            ),
            Misconception(
                "one-mean-for-all-rows",
                lambda w, g: w * (g - np.sum(w * g)),
                "Your rows compete separately. Do they all have the same mean?",
                VJP,
            ),
            Misconception(
                "wrong-axis",
                lambda w, g: w * (g - np.sum(w * g, axis=0, keepdims=True)),
                "Who shares the 100 %? Along which axis do the weights sum to 1?",
                VJP,
            ),
            Misconception(
                "one-row-only",
                lambda w, g: w * (g - (w * g).sum(axis=-1)),
                "Each row needs its own mean. Line up the shapes on paper from the right, for a "
                "batch of shape (2, 3, 4).",
                VJP,
            ),
            Misconception(
                "whole-table",
                whole_table,
                "How many numbers does the Jacobian of 10 000 weights hold? How many does line "
                "(20) need?",
                VJP,
            ),
        ),
    ),
}
