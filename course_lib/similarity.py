"""Lesson 01: how numbers say that two things are alike."""

import numpy as np
from numpy.typing import ArrayLike


def dot(a: ArrayLike, b: ArrayLike) -> float:
    """Return the dot product of two vectors: the sum of the products of their entries.

    Shapes:
        a (d,), b (d,) -> a number.

    Raises:
        ValueError: a or b is not a vector, or their lengths differ.

    Example:
        >>> dot([1, 1], [0, 3])
        3.0
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(
            f"a and b must be vectors of the same length; a has shape {a.shape}, b {b.shape}. "
            "To compare many vectors at once, use queries @ keys.T."
        )
    return float((a * b).sum())


def norm(vectors: ArrayLike) -> np.ndarray:
    """Return the length of each vector: the square root of its dot product with itself.

    Shapes:
        vectors (..., d) -> (...).

    Example:
        >>> norm([[3, 4], [0, 0]])
        array([5., 0.])
    """
    vectors = np.asarray(vectors, dtype=float)
    return np.sqrt((vectors * vectors).sum(axis=-1))


def cosine_similarity(queries: ArrayLike, keys: ArrayLike) -> np.ndarray:
    """Return the cosine of the angle between each query and each key.

    Lengths play no part; only directions do. A zero vector has no direction: it is similar to
    nothing, so its cosines are 0.

    Shapes:
        queries (n_q, d), keys (n_k, d) -> (n_q, n_k), each entry from -1 to 1, but for
        rounding (clip before an arccos).

    Raises:
        ValueError: queries or keys is not a table, or their widths differ.

    Example:
        >>> cosine_similarity([[1, 1]], [[2, 2], [1, -1], [-3, -3]]).round(3) + 0.0
        array([[ 1.,  0., -1.]])
    """
    queries, keys = np.asarray(queries, dtype=float), np.asarray(keys, dtype=float)
    if queries.ndim != 2 or keys.ndim != 2 or queries.shape[1] != keys.shape[1]:
        raise ValueError(
            "queries and keys must be tables (one vector a row) of the same width; "
            f"queries has shape {queries.shape}, keys {keys.shape}."
        )
    return _unit(queries) @ _unit(keys).T  # (n_q, n_k)


def _unit(vectors):
    """Stretch each row to length 1; leave a zero row as it is."""
    lengths = norm(vectors)[:, None]  # (n, 1)
    return vectors / np.where(lengths == 0, 1.0, lengths)


def most_similar(query: ArrayLike, keys: ArrayLike, k: int) -> np.ndarray:
    """Return the indices of the k keys with the largest dot product, best first.

    Of two keys with the same score, the one with the lower index comes first.

    Shapes:
        query (d,), keys (n, d) -> (k,) integers, 1 <= k <= n.

    Raises:
        ValueError: the widths differ or k is not from 1 to n.

    Example:
        >>> most_similar([1, 1], [[2, -1], [1, 1], [-2, 1], [0, 3]], k=2)
        array([3, 1])
    """
    query, keys = np.asarray(query, dtype=float), np.asarray(keys, dtype=float)
    if query.ndim != 1 or keys.ndim != 2 or keys.shape[1] != query.shape[0]:
        raise ValueError(
            "query must be a vector and keys a table of the same width; "
            f"query has shape {query.shape}, keys {keys.shape}."
        )
    if not 1 <= k <= len(keys):
        raise ValueError(f"k must be from 1 to the number of keys, {len(keys)}; k is {k}.")
    scores = keys @ query  # (n,)
    return np.argsort(-scores, kind="stable")[:k]  # stable: equal scores keep their order
