"""Maths 03: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.declare import Answers, Misconception
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


WISH = "maths/03_lookup: Which query gives the weights that I want?"
HARD = "maths/03_lookup: How does the soft lookup turn into a hard one?"
HULL = "maths/03_lookup: Where can the answer lie?"
KERNEL = "maths/03_lookup: Is this just kernel regression?"
MISTAKES = "maths/03_lookup: Which mistakes wait here?"

ANSWERS = {
    "query_for": Answers(
        reference=solved_for(np.log),
        also_right=(by_pseudo_inverse, by_mixing_keys, with_another_constant),
        misconceptions=(
            Misconception(
                "weights-taken-for-scores",
                solved_for(np.asarray),
                "The products of your query with the keys are the wanted weights. Which step of "
                "the lookup comes after the products?",
                MISTAKES,
            ),
            Misconception(
                "softmax-once-more",
                solved_for(softmax),
                "Softmax leads from scores to weights. Which way do you have to go?",
                WISH,
            ),
            Misconception(
                "everything-that-lstsq-returns",
                lambda keys, weights: np.linalg.lstsq(keys, np.log(weights), rcond=None),
                "Print what your function returns. Which of these things solves the equations?",
                WISH,
            ),
            Misconception(
                "exponential-for-logarithm",
                solved_for(np.exp),
                "Softmax takes the exponential of the scores. What takes you back?",
                WISH,
            ),
            Misconception(
                "sign-flipped",
                solved_for(lambda weights: -np.log(weights)),
                "Which item gets the largest weight from your query, and which one should?",
                WISH,
            ),
            Misconception(
                "wrong-base",
                solved_for(np.log10),
                "Your weights come out too even. Which base does softmax raise to a power?",
                WISH,
            ),
            Misconception(
                "logarithms-mix-the-keys",
                lambda keys, weights: np.log(weights) @ keys,
                "Multiply the keys with your query. Do you get back the logarithms that you put "
                "in? When does a transpose undo a matrix?",
                WISH,
            ),
            Misconception(
                "weights-mix-the-keys",
                lambda keys, weights: np.asarray(weights) @ keys,
                "Weights mix what is handed over. Here they are given, and something else is "
                "looked for: which letter of line (5) is the unknown?",
                HULL,
            ),
            Misconception(
                "the-best-key",
                lambda keys, weights: keys[np.argmax(weights)],
                "Change the second largest weight a little. Does your query notice?",
                HARD,
            ),
            Misconception(
                "keys-of-length-one",
                keys_of_length_one,
                "Are the keys that you solve for still the keys that will be asked?",
                KERNEL,
            ),
            Misconception(
                "scaled-by-the-width",
                scaled,
                "Your weights come out too sharp. Are the scores of this lesson divided by "
                "anything?",
                WISH,
            ),
            Misconception(
                "square-tables-only",
                lambda keys, weights: np.linalg.solve(keys, np.log(weights)),
                "How many equations are there, and how many unknowns? What do you do with the "
                "freedom that is left?",
                WISH,
            ),
            Misconception(
                "scores-returned",
                lambda keys, weights: np.log(weights),
                "You found the scores that are needed. Which query has these products with the "
                "keys?",
                WISH,
            ),
        ),
    ),
}
