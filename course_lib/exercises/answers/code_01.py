"""Code 01: what is right, and what tempts."""

import math

import numpy as np

from course_lib import similarity as library
from course_lib.exercises.declare import Answers, Misconception

ONE = "code/01_similarity: Which single number says how alike two vectors are?"
MANY = "code/01_similarity: How do I compare with all keys at once?"
SELF = "code/01_similarity: Why is bank not most similar to itself?"
DIRECTION = "code/01_similarity: How do I compare directions alone?"
BEST = "code/01_similarity: How do I pick the best k?"
BREAK = "code/01_similarity: What breaks if one step is left out?"
MISTAKES = "code/01_similarity: Which mistakes wait here?"


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
    misconceptions=(
        Misconception(
            "no-sum",
            lambda a, b: a * b,
            "How many numbers should say how alike two vectors are? How many are there now?",
            ONE,
        ),
        Misconception(
            "every-pair",
            np.multiply.outer,
            "Each entry of a has one partner in b. Which one? Your result pairs all with all.",
            ONE,
        ),
        Misconception(
            "sign-dropped",
            lambda a, b: abs((a * b).sum()),
            "Two vectors that point apart: what should your number say about them?",
            ONE,
        ),
        Misconception(
            "negatives-cut",
            lambda a, b: max(0.0, (a * b).sum()),
            "Is a negative result an error, or does it tell you something?",
            ONE,
        ),
        Misconception(
            "terms-made-positive",
            lambda a, b: np.abs(a * b).sum(),
            "On one axis the vectors agree, on another they disagree. Should both count alike?",
            ONE,
        ),
        Misconception(
            "distance",
            distance,
            "For your measure, is a bigger number more alike or less?",
            MISTAKES,
        ),
        Misconception(
            "cosine",
            one_cosine,
            "Make one vector three times as long. Should your number notice?",
            SELF,
        ),
        Misconception(
            "mean",
            lambda a, b: (a * b).mean(),
            "Try two vectors of two ones. By hand, what do the products add up to?",
            ONE,
        ),
        Misconception(
            "summed-too-early",
            lambda a, b: a.sum() * b.sum(),
            "Which comes first, multiplying or adding? Try [1, -1] with itself.",
            ONE,
        ),
        Misconception(
            "two-entries",
            lambda a, b: a[0] * b[0] + a[1] * b[1],
            "How many entries does your code look at, and how many do the vectors have?",
            ONE,
        ),
        Misconception(
            "multiplied-on",
            lambda a, b: (a * b).prod(),
            "One of the products is 0. Should the whole number be 0 then?",
            ONE,
        ),
        Misconception(
            "added-instead",
            lambda a, b: (a + b).sum(),
            "What is to be done with two entries that belong together?",
            ONE,
        ),
    ),
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
    misconceptions=(
        Misconception(
            "no-transpose",
            no_transpose,
            "Entry (i, j) should use one query and one key. Which row meets which column in your "
            "product?",
            BREAK,
        ),
        Misconception(
            "no-keepdims",
            no_keepdims,
            "Line up the shapes on paper from the right. Which numbers does each length meet?",
            BREAK,
        ),
        Misconception(
            "zero-divided-by-zero",
            lengths_from(lambda rows: np.linalg.norm(rows, axis=1, keepdims=True)),
            "Which input has no direction? What does your division make of it?",
            DIRECTION,
        ),
        Misconception(
            "length-kept",
            lambda queries, keys: queries @ keys.T,
            "Make one key ten times as long. Should its row of cosines change?",
            DIRECTION,
        ),
        Misconception(
            "keys-not-divided",
            lambda queries, keys: unit(queries) @ keys.T,
            "How long are your keys when the dot product is taken?",
            DIRECTION,
        ),
        Misconception(
            "queries-not-divided",
            lambda queries, keys: queries @ unit(keys).T,
            "How long are your queries when the dot product is taken?",
            DIRECTION,
        ),
        Misconception(
            "no-root",
            lengths_from(
                lambda rows: np.where(rows.any(axis=1, keepdims=True), squared_lengths(rows), 1)
            ),
            "Put [3, 4] in. Does your code find the length 5?",
            DIRECTION,
        ),
        Misconception(
            "no-root-and-no-zero",
            lengths_from(squared_lengths),
            "Put [3, 4] in. Does your code find the length 5? Then put [0, 0] in.",
            DIRECTION,
        ),
        Misconception(
            "lengths-in-one-line",
            lengths_in_one_line,
            "Each pair has a divisor of its own. What shape should all divisors together have?",
            MANY,
        ),
        Misconception(
            "whole-numbers",
            whole_numbers,
            "What type of numbers can your table hold, if the queries are integers?",
            DIRECTION,
        ),
        Misconception(
            "lengths-of-columns",
            lengths_from(lambda rows: np.linalg.norm(rows, axis=0, keepdims=True)),
            "One vector is one row. Along which axis do its numbers lie?",
            DIRECTION,
        ),
        Misconception(
            "one-length-for-all",
            lengths_from(np.linalg.norm),
            "How many lengths should a table of four vectors have? How many does yours compute?",
            DIRECTION,
        ),
        Misconception(
            "keys-by-queries",
            lambda queries, keys: unit(keys) @ unit(queries).T,
            "Who asks, the rows or the columns? Look at the shape that is due.",
            MANY,
        ),
        Misconception(
            "distance",
            distances,
            "For your measure, is a bigger number more alike or less?",
            MISTAKES,
        ),
    ),
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
    misconceptions=(
        Misconception(
            "worst-first",
            lambda query, keys, k: np.argsort(keys @ query, kind="stable")[:k],
            "In which direction does argsort sort? Print the scores in the order that you return.",
            BEST,
        ),
        Misconception(
            "best-last",
            lambda query, keys, k: np.argsort(keys @ query, kind="stable")[-k:],
            "The right ones, it seems. Which of them stands first?",
            BEST,
        ),
        Misconception(
            "ties-reversed",
            lambda query, keys, k: np.argsort(keys @ query, kind="stable")[::-1][:k],
            "Reversing an order reverses everything in it. What becomes of two equal scores?",
            BEST,
        ),
        Misconception(
            "ties-left-to-chance",
            lambda query, keys, k: np.argsort(-(keys @ query))[:k],
            "What does argsort promise about equal scores?",
            BEST,
        ),
        Misconception(
            "scores-returned",
            lambda query, keys, k: np.sort(keys @ query)[::-1][:k],
            "The asker wants to know *which* keys. Can you look one up with what you return?",
            BEST,
        ),
        Misconception(
            "keys-returned",
            lambda query, keys, k: keys[np.argsort(-(keys @ query), kind="stable")[:k]],
            "The asker wants to know *where* they are. What would `words[...]` need?",
            BEST,
        ),
        Misconception(
            "only-one",
            lambda query, keys, k: np.argmax(keys @ query),
            "How many were asked for? Try k = 3.",
            BEST,
        ),
        Misconception(
            "all-of-them",
            lambda query, keys, k: np.argsort(-(keys @ query), kind="stable"),
            "How many were asked for? Where does your function use k?",
            BEST,
        ),
        Misconception(
            "ranked-by-cosine",
            ranked_by(lambda query, keys: unit(keys) @ query),
            "Make one key three times as long. Should its place in this ranking change?",
            SELF,
        ),
        Misconception(
            "nearest-first",
            ranked_by(lambda query, keys: -gaps(query, keys)),
            "You measure how near. Is a key that is long, in the query's own direction, near?",
            MISTAKES,
        ),
        Misconception(
            "farthest-first",
            ranked_by(gaps),
            "For your measure, is a bigger number more alike or less?",
            MISTAKES,
        ),
        Misconception(
            "sign-dropped",
            ranked_by(lambda query, keys: np.abs(keys @ query)),
            "Which key points away from the query? Where does it stand in your ranking?",
            ONE,
        ),
    ),
)


ANSWERS = {"dot": DOT, "cosine_similarity": COSINE, "most_similar": MOST_SIMILAR}
