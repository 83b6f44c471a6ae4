"""Lessons 03 to 05: attention itself, in NumPy."""

import numpy as np
from numpy.typing import ArrayLike

from course_lib.softmax import softmax


def attend(
    q: ArrayLike,
    k: ArrayLike,
    v: ArrayLike,
    *,
    mask: ArrayLike | None = None,
    scale: float | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return (output, weights): for each query, a weighted mean of the values.

    softmax(q k^T / sqrt(d_k)) v: each query is compared with each key, the scores become shares
    (weights), and the shares mix the values. ``scale`` is what the scores are multiplied by:
    1 / sqrt(d_k) unless given; ``scale=1`` is lesson 03's lookup.

    Shapes:
        q (..., n_q, d_k), k (..., n_k, d_k), v (..., n_k, d_v), mask boolean, broadcast to
        (..., n_q, n_k), True = may look
        -> output (..., n_q, d_v), weights (..., n_q, n_k). A single query q (d_k,) gives output
        (d_v,) and weights (n_k,).

    Raises:
        ValueError: shapes don't fit, a score is nan or +inf, or the mask is not boolean or hides
            every key from a query.

    Source:
        Vaswani et al. 2017, arXiv 1706.03762, equation 1.

    Example:
        >>> from course_lib.examples import query, keys, values
        >>> output, weights = attend(query, keys, values, scale=1)
        >>> weights.round(3), output.round(2)
        (array([0.089, 0.242, 0.012, 0.657]), array([2.1 , 7.83, 1.43]))
    """
    q, k, v = _as_float(q), _as_float(k), _as_float(v)
    if q.ndim == 1:
        mask = mask if mask is None or np.ndim(mask) == 0 else np.expand_dims(mask, -2)
        output, weights = attend(q[None, :], k, v, mask=mask, scale=scale)
        return output[..., 0, :], weights[..., 0, :]
    _check_shapes(q, k, v)
    scale = 1 / np.sqrt(k.shape[-1]) if scale is None else scale
    scores = q @ np.swapaxes(k, -1, -2) * q.dtype.type(scale)  # (..., n_q, n_k)
    if mask is not None:
        scores = np.where(_checked_mask(mask, scores.shape), scores, -np.inf)
    weights = softmax(scores)  # (..., n_q, n_k)  each row sums to 1
    return weights @ v, weights  # (..., n_q, d_v)


def _as_float(array):
    array = np.asarray(array)
    return array if np.issubdtype(array.dtype, np.floating) else array.astype(float)


def _check_shapes(q, k, v):
    came = f"q has shape {q.shape}, k {k.shape}, v {v.shape}."
    if k.ndim < 2 or v.ndim < 2:
        raise ValueError(f"k and v must be tables, one item a row; {came}")
    if q.shape[-1] != k.shape[-1]:
        raise ValueError(f"q and k must have the same width d_k; {came}")
    if k.shape[-2] != v.shape[-2]:
        raise ValueError(f"k and v must have the same number of rows, one for each item; {came}")


def _checked_mask(mask, shape):
    """Return the mask broadcast to the scores' shape, after refusing what can't be meant."""
    mask = np.asarray(mask)
    if mask.dtype != bool:
        raise ValueError(
            f"mask must be boolean, True = may look; its dtype is {mask.dtype}. "
            "If 1 means 'may look' in yours, pass mask.astype(bool)."
        )
    try:
        mask = np.broadcast_to(mask, shape)
    except ValueError:
        raise ValueError(
            f"mask must broadcast to (..., n_q, n_k) = {shape}; it has shape {mask.shape}."
        ) from None
    if not mask.any(axis=-1).all():
        where = np.argwhere(~mask.any(axis=-1))[0].tolist()
        raise ValueError(
            f"mask hides every key from query {where[0] if len(where) == 1 else tuple(where)}; "
            "each query must be allowed to look at one key at least."
        )
    return mask
