"""Lesson 05: attention that never holds the table of all weights."""

import numpy as np
from numpy.typing import ArrayLike

from course_lib.attention import _as_float, _check_shapes, _checked_mask


def attend_online(
    q: ArrayLike,
    k: ArrayLike,
    v: ArrayLike,
    *,
    block: int = 256,
    mask: ArrayLike | None = None,
    scale: float | None = None,
) -> np.ndarray:
    """Return the output of ``attend``, reading queries and keys in blocks.

    The softmax needs the largest score and the sum of exp(score - largest). Both can be kept up to
    date while the keys pass by: when a larger score turns up, what was summed so far shrinks by
    exp(old largest - new largest). So block x block scores exist at a time, never n_q x n_k, and
    what is needed beside inputs and output does not grow with their number.

    Shapes:
        q (..., n_q, d_k), k (..., n_k, d_k), v (..., n_k, d_v), mask boolean, broadcast to
        (..., n_q, n_k), True = may look
        -> output (..., n_q, d_v).

    Raises:
        ValueError: block is below 1, shapes don't fit, a score is nan or infinite, or the mask is
            not boolean or hides every key from a query.

    Source:
        Milakov & Gimelshein 2018, arXiv 1805.02867; Dao et al. 2022, arXiv 2205.14135.

    Example:
        >>> from course_lib.examples import queries, keys, values
        >>> attend_online(queries, keys, values, block=3).round(2)[1]
        array([2.73, 7.08, 1.44])
    """
    q, k, v = _as_float(q), _as_float(k), _as_float(v)
    leading, n_q, n_k = _checked_sizes(q, k, v, block)
    if mask is not None:
        mask = _checked_mask(mask, (*leading, n_q, n_k))
    scale = q.dtype.type(1 / np.sqrt(k.shape[-1]) if scale is None else scale)
    output = np.empty((*leading, n_q, v.shape[-1]), dtype=np.result_type(q, k, v))
    for first in range(0, n_q, block):
        asking = slice(first, first + block)
        asked = q[..., asking, :] * scale  # (..., block, d_k)
        # of what these queries have seen so far: the largest score, the sum of
        # exp(score - largest), and the values in these shares
        largest, total, mixed = -np.inf, 0, 0
        for start in range(0, n_k, block):
            items = slice(start, start + block)
            scores = asked @ np.swapaxes(k[..., items, :], -1, -2)  # (..., block, block)
            if mask is not None:
                scores = np.where(mask[..., asking, items], scores, -np.inf)
            larger = np.maximum(largest, scores.max(axis=-1, keepdims=True))
            if not (larger < np.inf).all():
                raise ValueError("q and k must give finite scores; one of them is nan or infinite.")
            shift = np.where(larger == -np.inf, 0, larger)  # -inf: no key seen yet
            raised = np.exp(scores - shift)  # (..., block, block)
            shrink = np.exp(largest - shift)  # 1 where the largest stays, 0 before the first key
            total = shrink * total + raised.sum(axis=-1, keepdims=True)
            mixed = shrink * mixed + raised @ v[..., items, :]  # (..., block, d_v)
            largest = larger
        output[..., asking, :] = mixed / total
    return output


def _checked_sizes(q, k, v, block):
    """Return (leading axes, n_q, n_k)."""
    if q.ndim < 2:
        raise ValueError(
            f"q must be a table, one query a row; it has shape {q.shape}. Pass q[None, :]."
        )
    _check_shapes(q, k, v)
    if k.shape[-2] == 0:
        raise ValueError(f"k must hold at least one item to look at; it has shape {k.shape}.")
    if block < 1:
        raise ValueError(f"block must be at least 1; it is {block}.")
    leading = np.broadcast_shapes(q.shape[:-2], k.shape[:-2], v.shape[:-2])
    return leading, q.shape[-2], k.shape[-2]
