"""Maths 03: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.declare import Answers
from course_lib.softmax import softmax


def solved_for(right_hand_side):
    """Return the shortest query whose scores are a function of the weights."""
    return lambda keys, weights: np.linalg.lstsq(keys, right_hand_side(weights), rcond=None)[0]


def by_pseudo_inverse(keys, weights):
    return np.linalg.pinv(keys) @ np.log(weights)


def by_mixing_keys(keys, weights):
    """Look for the query among the sums of the keys: q = Kᵀx with K Kᵀ x = log w."""
    keys = np.asarray(keys, dtype=float)
    return keys.T @ np.linalg.solve(keys @ keys.T, np.log(weights))


def with_another_constant(keys, weights):
    scores = np.log(weights / np.max(weights))  # the best score is 0
    turn, upper = np.linalg.qr(np.asarray(keys, dtype=float).T)  # Kᵀ = turn · upper
    return turn @ np.linalg.solve(upper.T, scores)


def keys_of_length_one(keys, weights):
    return solved_for(np.log)(keys / np.linalg.norm(keys, axis=1, keepdims=True), weights)


def scaled(keys, weights):
    return solved_for(np.log)(keys, weights) * np.sqrt(keys.shape[1])


ANSWERS = {
    "query_for": Answers(
        reference=solved_for(np.log),
        also_right=(by_pseudo_inverse, by_mixing_keys, with_another_constant),
        wrong={
            "weights-taken-for-scores": solved_for(np.asarray),
            "softmax-once-more": solved_for(softmax),
            "everything-that-lstsq-returns": lambda keys, weights: np.linalg.lstsq(
                keys, np.log(weights), rcond=None
            ),
            "exponential-for-logarithm": solved_for(np.exp),
            "sign-flipped": solved_for(lambda weights: -np.log(weights)),
            "wrong-base": solved_for(np.log10),
            "logarithm-of-base-2": solved_for(np.log2),
            "logarithms-mix-the-keys": lambda keys, weights: np.log(weights) @ keys,
            "weights-mix-the-keys": lambda keys, weights: np.asarray(weights) @ keys,
            "the-best-key": lambda keys, weights: keys[np.argmax(weights)],
            "keys-of-length-one": keys_of_length_one,
            "scaled-by-the-width": scaled,
            "square-tables-only": lambda keys, weights: np.linalg.solve(keys, np.log(weights)),
            "scores-returned": lambda keys, weights: np.log(weights),
        },
    ),
}
