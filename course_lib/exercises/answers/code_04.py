"""Code 04: what is right, and what tempts."""

import math

import numpy as np

from course_lib.exercises import ordering
from course_lib.exercises.declare import Answers
from course_lib.exercises.tasks.code_04 import LINES
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


ANSWERS = {
    "scaled_scores": Answers(
        reference=plain,
        also_right=(by_loop, query_first, by_einsum),
        wrong={
            "unscaled": divided_by(lambda query, keys: 1),
            "divided-by-width": divided_by(lambda query, keys: len(query)),
            "multiplied": divided_by(lambda query, keys: len(query) ** -0.5),
            "root-of-number-of-keys": divided_by(lambda query, keys: math.sqrt(len(keys))),
            "root-of-two": divided_by(lambda query, keys: math.sqrt(2)),
            "logarithm": divided_by(lambda query, keys: math.log(len(query))),
            "divided-by-length-of-query": divided_by(lambda query, keys: np.linalg.norm(query)),
            "cosine": cosines,
            "standardised": standardised,
            "softmax-applied": shares(lambda query, keys: 1 / math.sqrt(len(query))),
            "in-place": in_place,
            "rounded-down": rounded_down,
            "query-changed": query_in_place,
            "keys-turned": keys_turned,
        },
    ),
    "bug_04_crowd": Answers(
        reference=repaired,
        also_right=(
            repaired_early,
            shares(lambda query, keys: keys.shape[1] ** -0.5),
            lambda query, keys: softmax(by_loop(query, keys)),
        ),
        wrong={
            "not-repaired": given,
            "divided-by-length-of-query": shares(lambda query, keys: 1 / np.linalg.norm(query)),
            "two-items-only": lambda query, keys: repaired(query, keys[:2]),
            "root-of-two": shares(lambda query, keys: 1 / math.sqrt(2)),
            "scale-dropped": shares(lambda query, keys: 1),
            "divided-by-width": shares(lambda query, keys: 1 / len(query)),
            "multiplied": shares(lambda query, keys: math.sqrt(len(query))),
            "divided-after-softmax": divided_late,
            "crowd-size-multiplied": shares(lambda query, keys: math.sqrt(len(keys))),
            "scores-returned": plain,
        },
    ),
    "order_04_lookup": ordering.answers(
        LINES,
        "01234",
        "10234",
        wrong={
            "divided-after-softmax": "01354",
            "scaled-too-late": "01324",
            "returns-at-once": "40123",
            "divides-nothing-yet": "12034",
        },
    ),
}
