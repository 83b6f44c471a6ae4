"""Lesson 02: how scores become shares of attention."""

import numpy as np
from numpy.typing import ArrayLike


def softmax(scores: ArrayLike, axis: int = -1) -> np.ndarray:
    """Turn scores into shares: all positive, with sum 1 along the axis.

    Each score becomes exp(score), divided by the sum of them all. The largest score is subtracted
    first: it changes no share, and keeps exp in range.

    Shapes:
        scores any -> the same. float32 stays float32, integers become float64.

    Raises:
        ValueError: the axis is empty, or holds no finite score, or nan or +inf.

    Example:
        >>> softmax([1, 2, -1, 3]).round(3)
        array([0.089, 0.242, 0.012, 0.657])
    """
    scores = np.asarray(scores)
    if not np.issubdtype(scores.dtype, np.floating):
        scores = scores.astype(float)
    if scores.ndim == 0 or scores.shape[axis] == 0:
        raise ValueError(
            f"scores must hold at least one score along axis {axis}; its shape is {scores.shape}."
        )
    largest = scores.max(axis=axis, keepdims=True)
    if not np.isfinite(largest).all():
        raise ValueError(
            "scores must hold at least one finite score along the axis, and neither nan nor +inf; "
            f"the largest is {largest[~np.isfinite(largest)][0]}."
        )
    raised = np.exp(scores - largest)  # every entry from 0 to 1, one of them is 1
    return raised / raised.sum(axis=axis, keepdims=True)


def temperature_softmax(scores: ArrayLike, temperature: float) -> np.ndarray:
    """Turn scores into shares that are sharper (temperature < 1) or flatter (> 1).

    Shapes:
        scores any -> the same; the shares sum to 1 along the last axis.

    Raises:
        ValueError: temperature is not above 0.

    Example:
        >>> temperature_softmax([1, 2, -1, 3], 0.25).round(3)
        array([0.   , 0.018, 0.   , 0.982])
        >>> temperature_softmax([1, 2, -1, 3], 100).round(2)
        array([0.25, 0.25, 0.24, 0.25])
    """
    if not temperature > 0:
        raise ValueError(
            f"temperature must be a number above 0; it is {temperature}. "
            "Towards 0 the best score takes all."
        )
    scores = np.asarray(scores)
    if not np.issubdtype(scores.dtype, np.floating):
        scores = scores.astype(float)
    gaps = scores - scores.max(axis=-1, keepdims=True)  # <= 0: a tiny temperature can't overflow
    smallest = np.finfo(scores.dtype).smallest_subnormal  # below it the dtype would round to 0
    with np.errstate(over="ignore"):  # a gap may become -inf, whose share is 0
        return softmax(gaps / scores.dtype.type(max(temperature, smallest)))
