"""Maths 07: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.declare import Answers
from course_lib.softmax import softmax

# additive_as_concat ---------------------------------------------------------------------------


def stacked(w_query, w_key):
    return np.concatenate([w_query, w_key], axis=0)


def by_loops(w_query, w_key):
    d_query, h = np.shape(w_query)
    w = np.zeros((d_query + len(w_key), h))
    for m in range(h):
        for a in range(d_query):
            w[a, m] = w_query[a][m]
        for b in range(len(w_key)):
            w[d_query + b, m] = w_key[b][m]
    return w


def by_what_it_does(w_query, w_key):
    """Ask with each unit vector of [query, key]: row by row, that is the matrix."""
    d_query = len(w_query)
    units = np.eye(d_query + len(w_key))
    return units[:, :d_query] @ w_query + units[:, d_query:] @ w_key


def by_transposes(w_query, w_key):
    return np.hstack([np.transpose(w_query), np.transpose(w_key)]).T


def blocks(w_query, w_key):
    (d_query, h), d_key = np.shape(w_query), len(w_key)
    upper = np.hstack([w_query, np.zeros((d_query, h))])
    return np.vstack([upper, np.hstack([np.zeros((d_key, h)), w_key])])


def in_turn(w_query, w_key):
    """Rows of the two in turn; what is left of the longer one follows."""
    both = min(len(w_query), len(w_key))
    rows = [row for pair in zip(w_query, w_key) for row in pair]
    return np.array([*rows, *w_query[both:], *w_key[both:]])


# interaction ----------------------------------------------------------------------------------


def less_both_means(scores):
    scores = np.asarray(scores, dtype=float)
    rows, columns = scores.mean(axis=1, keepdims=True), scores.mean(axis=0, keepdims=True)
    return scores - rows - columns + scores.mean()


def one_after_the_other(scores):
    scores = np.array(scores, dtype=float)
    scores -= scores.mean(axis=0)
    return scores - scores.mean(axis=1)[:, None]


def by_projections(scores):
    n_q, n_k = np.shape(scores)
    return (np.eye(n_q) - 1 / n_q) @ scores @ (np.eye(n_k) - 1 / n_k)


def by_least_squares(scores):
    """What the best sum a_i + b_j leaves."""
    scores = np.asarray(scores, dtype=float)
    n_q, n_k = scores.shape
    table = np.hstack([np.repeat(np.eye(n_q), n_k, axis=0), np.tile(np.eye(n_k), (n_q, 1))])
    best, *_ = np.linalg.lstsq(table, scores.ravel(), rcond=None)
    return (scores.ravel() - table @ best).reshape(n_q, n_k)


def exchanged_means(scores):
    scores = np.asarray(scores, dtype=float)
    return scores - scores.mean(axis=1) - scores.mean(axis=0)[:, None] + scores.mean()


def from_the_first(scores):
    """Line (7), with the first query and the first key as the fixed ones."""
    scores = np.asarray(scores)
    return scores - scores[:1] - scores[:, :1] + scores[0, 0]


def less_rows(scores):
    return scores - np.mean(scores, axis=1, keepdims=True)


def less_columns(scores):
    return scores - np.mean(scores, axis=0, keepdims=True)


ANSWERS = {
    "additive_as_concat": Answers(
        reference=stacked,
        also_right=(by_loops, by_what_it_does, by_transposes),
        wrong={
            "side-by-side": lambda w_query, w_key: np.concatenate([w_query, w_key], axis=1),
            "key-rows-first": lambda w_query, w_key: np.concatenate([w_key, w_query]),
            "transposed": lambda w_query, w_key: stacked(w_query, w_key).T,
            "key-rows-first-and-transposed": lambda w_query, w_key: stacked(w_key, w_query).T,
            "added": lambda w_query, w_key: np.asarray(w_query) + w_key,
            "multiplied": lambda w_query, w_key: np.asarray(w_query) @ np.transpose(w_key),
            "in-blocks": blocks,
            "rows-in-turn": in_turn,
        },
    ),
    "interaction": Answers(
        reference=less_both_means,
        also_right=(one_after_the_other, by_projections, by_least_squares),
        wrong={
            "only-the-rows": less_rows,
            "only-the-columns": less_columns,
            "mean-of-all-not-given-back": lambda scores: less_both_means(scores) - np.mean(scores),
            "mean-of-all-taken-a-third-time": lambda scores: (
                less_both_means(scores) - 2 * np.mean(scores)
            ),
            "row-means-twice": lambda scores: (
                np.asarray(scores) - 2 * np.mean(scores, axis=1, keepdims=True) + np.mean(scores)
            ),
            "column-means-twice": lambda scores: (
                np.asarray(scores) - 2 * np.mean(scores, axis=0, keepdims=True) + np.mean(scores)
            ),
            "only-the-mean-of-all": lambda scores: scores - np.mean(scores),
            "row-means-laid-across-columns": exchanged_means,
            "from-the-first-query-and-key": from_the_first,
            "of-the-weights": lambda scores: less_both_means(softmax(scores)),
            "the-sum-itself": lambda scores: np.asarray(scores) - less_both_means(scores),
        },
    ),
}
