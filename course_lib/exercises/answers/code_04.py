"""Code 04: what is right, and what tempts."""

import math

import numpy as np

from course_lib.exercises import ordering
from course_lib.exercises.declare import Answers, Misconception
from course_lib.exercises.tasks.code_04 import DISTRACTORS, LINES
from course_lib.softmax import softmax


def plain(query, keys):
    return keys @ query / np.sqrt(keys.shape[-1])


def by_loop(query, keys):
    width = len(query)
    return np.array(
        [sum(float(a) * float(b) for a, b in zip(query, key, strict=True)) / math.sqrt(width)
         for key in keys]
    )  # fmt: skip


def query_first(query, keys):
    return keys @ (query * len(query) ** -0.5)


def by_einsum(query, keys):
    return np.einsum("d,nd->n", query, keys) * (1 / math.sqrt(query.size))


def divided_by(divisor):
    """Return an answer with another divisor, made from the query and the keys."""
    return lambda query, keys: keys @ query / divisor(query, keys)


def in_place(query, keys):
    scores = keys @ query
    scores /= math.sqrt(len(query))
    return scores


def query_in_place(query, keys):
    query[...] = query / math.sqrt(len(query))
    return keys @ query


def rounded_down(query, keys):
    return keys @ query // math.sqrt(len(query))


def standardised(query, keys):
    scores = keys @ query
    return (scores - scores.mean()) / (scores.std() or 1)


def cosines(query, keys):
    return keys @ query / (np.linalg.norm(query) * np.linalg.norm(keys, axis=1))


def keys_turned(query, keys):
    return query @ keys / math.sqrt(len(query))


def shares(scale):
    """Return weights from scores that are multiplied by what scale makes of query and keys."""
    return lambda query, keys: softmax(keys @ query * scale(query, keys))


def repaired(query, keys):
    scores = keys @ query / np.sqrt(keys.shape[1])
    weights = np.exp(scores - scores.max())
    return weights / weights.sum()


def repaired_early(query, keys):
    return softmax(keys @ (query / math.sqrt(len(query))))


def given(query, keys):
    return softmax(keys @ query / np.sqrt(len(keys)))


def divided_late(query, keys):
    return softmax(keys @ query) / np.sqrt(len(query))


in_order = ordering.by_place((*LINES, *DISTRACTORS))


LONGER = "code/04_scaling: What happens to the scores when the keys get longer?"
ROOT = "code/04_scaling: Why the square root, and not d_k itself?"
WHICH = "code/04_scaling: The d_k of what?"
TWICE = "code/04_scaling: Is it a bug to divide the query instead?"
BREAK = "code/04_scaling: What breaks if the division stands in another place?"
WINNER = "code/04_scaling: What does softmax make of such scores?"
DIRECTION = "code/01_similarity: How do I compare directions alone?"
SOFT = "code/03_lookup: How can a lookup answer when no key matches exactly?"

ANSWERS = {
    "scaled_scores": Answers(
        reference=plain,
        also_right=(by_loop, query_first, by_einsum),
        misconceptions=(
            Misconception(
                "unscaled",
                divided_by(lambda query, keys: 1),
                "Measure the spread of your scores for d_k = 4 and for 512. Should it grow?",
                LONGER,
            ),
            Misconception(
                "divided-by-width",
                divided_by(lambda query, keys: len(query)),
                "Measure the spread of your scores for d_k = 4 and for 512. Should it fall? By "
                "which power of the width do you divide, all in all?",
                ROOT,
            ),
            Misconception(
                "multiplied",
                divided_by(lambda query, keys: len(query) ** -0.5),
                "Is your factor above 1 or below? And what do you do with it?",
                TWICE,
            ),
            Misconception(
                "root-of-number-of-keys",
                divided_by(lambda query, keys: math.sqrt(len(keys))),
                "If ten more keys come in, should the score of the first one change?",
                WHICH,
            ),
            Misconception(
                "logarithm",
                divided_by(lambda query, keys: math.log(len(query))),
                "Four times as many numbers: how many times the spread? What grows in this way?",
                ROOT,
            ),
            Misconception(
                "divided-by-length-of-query",
                divided_by(lambda query, keys: np.linalg.norm(query)),
                "Make the query ten times as long. Should the scores notice?",
                ROOT,
            ),
            Misconception(
                "cosine",
                cosines,
                "Make a key ten times as long. Should its score notice?",
                DIRECTION,
            ),
            Misconception(
                "standardised",
                standardised,
                "Your spread is 1 for any scores. Should one more key change the other scores?",
                WHICH,
            ),
            Misconception(
                "softmax-applied",
                shares(lambda query, keys: 1 / math.sqrt(len(query))),
                "Scores go into the softmax, weights come out. Which of them is asked for here?",
                WINNER,
            ),
            Misconception(
                "in-place",
                in_place,
                "Give it whole numbers. Can an array of them hold a half?",
                BREAK,
            ),
            Misconception(
                "rounded-down",
                rounded_down,
                "What is 7 // 2 in Python, and what is 7 / 2?",
                BREAK,
            ),
            Misconception(
                "query-changed",
                query_in_place,
                "Print the query before and after the call. Whose array do you write into?",
                BREAK,
            ),
            Misconception(
                "keys-turned",
                keys_turned,
                "One score for each key. Which axis of `keys` has to disappear?",
                SOFT,
            ),
        ),
    ),
    "bug_04_crowd": Answers(
        reference=repaired,
        also_right=(
            repaired_early,
            shares(lambda query, keys: keys.shape[1] ** -0.5),
            lambda query, keys: softmax(by_loop(query, keys)),
        ),
        misconceptions=(
            Misconception(
                "not-repaired",
                given,
                "Which number in the code changes when items join, although neither the query nor "
                "the first two keys change?",
                WHICH,
            ),
            Misconception(
                "root-of-two",
                shares(lambda query, keys: 1 / math.sqrt(2)),
                "The crowd has no say now. Is every key two numbers wide, as in the headline?",
                WHICH,
            ),
            Misconception(
                "scale-dropped",
                shares(lambda query, keys: 1),
                "The crowd has no say now. But what do wide keys do to scores that are not "
                "divided at all?",
                LONGER,
            ),
            Misconception(
                "divided-by-width",
                shares(lambda query, keys: 1 / len(query)),
                "The crowd has no say now. Measure the spread for two widths: does it stay?",
                ROOT,
            ),
            Misconception(
                "multiplied",
                shares(lambda query, keys: math.sqrt(len(query))),
                "Do wider keys make your weights sharper? Is your factor above 1 or below?",
                TWICE,
            ),
            Misconception(
                "divided-after-softmax",
                divided_late,
                "What do your weights sum to? At which step does the division act?",
                BREAK,
            ),
            Misconception(
                "crowd-size-multiplied",
                shares(lambda query, keys: math.sqrt(len(keys))),
                "The number of items still has a say. Which width belongs under the root?",
                WHICH,
            ),
            Misconception(
                "scores-returned",
                plain,
                "The function returns weights. What must they sum to?",
                WINNER,
            ),
        ),
    ),
    "order_04_lookup": Answers(
        reference=in_order(0, 1, 2, 3, 4),
        also_right=(
            in_order(1, 0, 2, 3, 4),
            in_order(0, 1, 2, 3, 4, spell=ordering.run_together),
            in_order(1, 0, 2, 3, 4, spell=str.split),
        ),
        misconceptions=(
            Misconception(
                "divided-after-softmax",
                in_order(0, 1, 3, 5, 4),
                "What must the weights sum to, and which line of yours changes that sum?",
                BREAK,
            ),
            Misconception(
                "scaled-too-late",
                in_order(0, 1, 3, 2, 4),
                "One of your lines changes scores that nobody reads any more. Which?",
                BREAK,
            ),
            Misconception(
                "returns-at-once",
                in_order(4, 0, 1, 2, 3),
                "Which names does the line with `return` read, and which lines make them?",
                SOFT,
            ),
            Misconception(
                "divides-nothing-yet",
                in_order(1, 2, 0, 3, 4),
                "Which names does that line read? Which line makes them?",
                SOFT,
            ),
        ),
    ),
}
