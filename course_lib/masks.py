"""Lesson 05: who may look where. A mask is boolean, and True means "may look"."""

import numpy as np
from numpy.typing import ArrayLike


def causal_mask(n: int) -> np.ndarray:
    """Let each of n items look at itself and at those before it, never ahead.

    Shapes:
        -> (n, n) boolean, rows are queries, columns are keys.

    Raises:
        ValueError: n is below 1.

    Example:
        >>> causal_mask(3).astype(int)
        array([[1, 0, 0],
               [1, 1, 0],
               [1, 1, 1]])
    """
    if n < 1:
        raise ValueError(f"n must be at least 1; it is {n}.")
    return np.tri(n, dtype=bool)


def padding_mask(lengths: ArrayLike, n_keys: int) -> np.ndarray:
    """Hide the padding: in each sequence, only its first ``length`` keys are real.

    Shapes:
        lengths (B,) integers -> (B, 1, n_keys) boolean; the 1 stands for all queries.

    Raises:
        ValueError: a length is not from 1 to n_keys, or lengths is no vector of integers.

    Example:
        >>> padding_mask([2, 3], n_keys=3).astype(int)
        array([[[1, 1, 0]],
        <BLANKLINE>
               [[1, 1, 1]]])
    """
    lengths = np.asarray(lengths)
    if lengths.ndim != 1 or not np.issubdtype(lengths.dtype, np.integer):
        raise ValueError(
            f"lengths must be a vector of integers; it has shape {lengths.shape} "
            f"and dtype {lengths.dtype}."
        )
    if ((lengths < 1) | (lengths > n_keys)).any():
        raise ValueError(
            f"lengths must be from 1 to n_keys, {n_keys}; they are {lengths.tolist()}. "
            "A sequence without a real key has nothing to look at."
        )
    return np.arange(n_keys) < lengths[:, None, None]  # (n_keys,) < (B, 1, 1) -> (B, 1, n_keys)
