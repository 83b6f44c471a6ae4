"""Code 01: what is right, and what tempts."""

import math

import numpy as np

from course_lib import similarity as library
from course_lib.exercises.declare import Answers

# dot ------------------------------------------------------------------------------------------


def dot_by_loop(a, b):
    total = 0.0
    for x, y in zip(a, b, strict=True):
        total += x * y
    return total


def distance(a, b):
    return np.sqrt(((a - b) ** 2).sum())


def one_cosine(a, b):
    return (a @ b) / np.sqrt((a @ a) * (b @ b))


DOT = Answers(
    reference=library.dot,
    also_right=(
        dot_by_loop,
        np.dot,
        lambda a, b: (a * b).sum(),
        lambda a, b: np.einsum("i,i", a, b),
        lambda a, b: math.fsum(x * y for x, y in zip(a, b, strict=True)),
    ),
    wrong={
        "no-sum": lambda a, b: a * b,
        "every-pair": np.multiply.outer,
        "first-product-alone": lambda a, b: a[0] * b[0],
        "sign-dropped": lambda a, b: abs((a * b).sum()),
        "negatives-cut": lambda a, b: max(0.0, (a * b).sum()),
        "terms-made-positive": lambda a, b: np.abs(a * b).sum(),
        "distance": distance,
        "cosine": one_cosine,
        "mean": lambda a, b: (a * b).mean(),
        "summed-too-early": lambda a, b: a.sum() * b.sum(),
        "two-entries": lambda a, b: a[0] * b[0] + a[1] * b[1],
        "multiplied-on": lambda a, b: (a * b).prod(),
        "added-instead": lambda a, b: (a + b).sum(),
    },
)


# cosine_similarity ----------------------------------------------------------------------------


def unit(vectors):
    lengths = np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
    return vectors / np.where(lengths == 0, 1, lengths)


def cosines_by_loop(queries, keys):
    table = np.zeros((len(queries), len(keys)))
    for i, query in enumerate(queries):
        for j, key in enumerate(keys):
            lengths = math.hypot(*query) * math.hypot(*key)
            table[i, j] = np.dot(query, key) / lengths if lengths else 0.0
    return table


def divide_at_the_end(queries, keys):
    lengths = np.outer(np.linalg.norm(queries, axis=1), np.linalg.norm(keys, axis=1))
    scores = np.einsum("id,jd->ij", queries, keys).astype(float)
    return np.divide(scores, lengths, out=np.zeros_like(scores), where=lengths > 0)


def tiny_number_added(queries, keys):
    queries = queries / (np.linalg.norm(queries, axis=1, keepdims=True) + 1e-8)
    keys = keys / (np.linalg.norm(keys, axis=1, keepdims=True) + 1e-8)
    return queries @ keys.T


def lengths_from(measure):
    """Return an answer that divides the rows by another measure of length."""

    def answer(queries, keys):
        return (queries / measure(queries)) @ (keys / measure(keys)).T

    return answer


def lengths_in_one_line(queries, keys):
    return (queries @ keys.T) / (np.linalg.norm(queries, axis=1) * np.linalg.norm(keys, axis=1))


def whole_numbers(queries, keys):
    table = np.zeros((len(queries), len(keys)), dtype=queries.dtype)
    table[...] = unit(queries) @ unit(keys).T
    return table


def squared_lengths(rows):
    return (rows * rows).sum(axis=1, keepdims=True)


def no_transpose(queries, keys):
    return unit(queries) @ unit(keys)


def no_keepdims(queries, keys):
    def divided(vectors):
        lengths = np.sqrt((vectors * vectors).sum(axis=1))
        return vectors / np.where(lengths == 0, 1, lengths)

    return divided(queries) @ divided(keys).T


def distances(queries, keys):
    return np.sqrt(((queries[:, None] - keys[None]) ** 2).sum(axis=-1))


COSINE = Answers(
    reference=library.cosine_similarity,
    also_right=(
        lambda queries, keys: unit(queries) @ unit(keys).T,
        cosines_by_loop,
        divide_at_the_end,
        tiny_number_added,
    ),
    wrong={
        "no-transpose": no_transpose,
        "no-keepdims": no_keepdims,
        "zero-divided-by-zero": lengths_from(
            lambda rows: np.linalg.norm(rows, axis=1, keepdims=True)
        ),
        "length-kept": lambda queries, keys: queries @ keys.T,
        "keys-not-divided": lambda queries, keys: unit(queries) @ keys.T,
        "queries-not-divided": lambda queries, keys: queries @ unit(keys).T,
        "no-root": lengths_from(
            lambda rows: np.where(rows.any(axis=1, keepdims=True), squared_lengths(rows), 1)
        ),
        "no-root-and-no-zero": lengths_from(squared_lengths),
        "lengths-in-one-line": lengths_in_one_line,
        "whole-numbers": whole_numbers,
        "lengths-of-columns": lengths_from(
            lambda rows: np.linalg.norm(rows, axis=0, keepdims=True)
        ),
        "one-length-for-all": lengths_from(np.linalg.norm),
        "keys-by-queries": lambda queries, keys: unit(keys) @ unit(queries).T,
        "distance": distances,
    },
)


# most_similar ---------------------------------------------------------------------------------


def by_sorted(query, keys, k):
    scores = keys @ query
    return np.array(sorted(range(len(keys)), key=lambda i: (-scores[i], i))[:k])


def by_lexsort(query, keys, k):
    scores = np.array([np.dot(key, query) for key in keys])
    return np.lexsort((np.arange(len(keys)), -scores))[:k]


def one_after_the_other(query, keys, k):
    scores = (keys @ query).astype(float)
    best = []
    for _ in range(k):
        best.append(int(np.argmax(scores)))  # argmax returns the first of equals
        scores[best[-1]] = -np.inf
    return best


def ranked_by(measure):
    """Return an answer that ranks the keys by another measure, largest first."""
    return lambda query, keys, k: np.argsort(-measure(query, keys), kind="stable")[:k]


def gaps(query, keys):
    return np.linalg.norm(keys - query, axis=1)


MOST_SIMILAR = Answers(
    reference=library.most_similar,
    also_right=(
        lambda query, keys, k: np.argsort(-(keys @ query), kind="stable")[:k],
        by_sorted,
        by_lexsort,
        one_after_the_other,
    ),
    wrong={
        "worst-first": lambda query, keys, k: np.argsort(keys @ query, kind="stable")[:k],
        "best-last": lambda query, keys, k: np.argsort(keys @ query, kind="stable")[-k:],
        "worst-first-ties-to-chance": lambda query, keys, k: np.argsort(keys @ query)[:k],
        "best-last-ties-to-chance": lambda query, keys, k: np.argsort(keys @ query)[-k:],
        "ties-reversed": lambda query, keys, k: np.argsort(keys @ query, kind="stable")[::-1][:k],
        "ties-left-to-chance": lambda query, keys, k: np.argsort(-(keys @ query))[:k],
        "scores-returned": lambda query, keys, k: np.sort(keys @ query)[::-1][:k],
        "keys-returned": lambda query, keys, k: keys[
            np.argsort(-(keys @ query), kind="stable")[:k]
        ],
        "only-one": lambda query, keys, k: np.argmax(keys @ query),
        "all-of-them": lambda query, keys, k: np.argsort(-(keys @ query), kind="stable"),
        "ranked-by-cosine": ranked_by(lambda query, keys: unit(keys) @ query),
        "nearest-first": ranked_by(lambda query, keys: -gaps(query, keys)),
        "farthest-first": ranked_by(gaps),
        "sign-dropped": ranked_by(lambda query, keys: np.abs(keys @ query)),
    },
)


ANSWERS = {"dot": DOT, "cosine_similarity": COSINE, "most_similar": MOST_SIMILAR}
