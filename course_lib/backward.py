"""Lesson 06: the way back through attention, step by step, in NumPy."""

import numpy as np
from numpy.typing import ArrayLike

from course_lib.attention import attend


def attend_vjp(
    q: ArrayLike,
    k: ArrayLike,
    v: ArrayLike,
    grad_output: ArrayLike,
    *,
    mask: ArrayLike | None = None,
    scale: float | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (grad_q, grad_k, grad_v): how a loss changes with each entry of q, k and v.

    ``grad_output`` is how the loss changes with each entry of attend's output; it is taken back
    through the three steps of ``attend``, the last one first.

    Shapes:
        q (..., n_q, d_k), k (..., n_k, d_k), v (..., n_k, d_v), grad_output (..., n_q, d_v)
        -> the shapes of q, k and v. The leading axes must be the same.

    Raises:
        ValueError: shapes don't fit, and what ``attend`` raises.

    Example:
        >>> from course_lib.examples import queries, keys, values
        >>> grad_q, grad_k, grad_v = attend_vjp(queries, keys, values, np.ones((4, 3)))
        >>> grad_q.shape, grad_k.shape, grad_v.shape
        ((4, 2), (4, 2), (4, 3))
    """
    q, k, v, grad_output = map(np.asarray, (q, k, v, grad_output))
    _check_shapes(q, k, v, grad_output)
    scale = 1 / np.sqrt(k.shape[-1]) if scale is None else scale
    _, weights = attend(q, k, v, mask=mask, scale=scale)  # (..., n_q, n_k)

    # output = weights @ v
    grad_v = np.swapaxes(weights, -1, -2) @ grad_output  # (..., n_k, d_v)
    grad_weights = grad_output @ np.swapaxes(v, -1, -2)  # (..., n_q, n_k)

    # weights = softmax(scores): each row times its Jacobian, diag(p) - p p^T
    grad_scores = softmax_vjp(weights, grad_weights)  # (..., n_q, n_k)

    # scores = scale * q @ k^T
    grad_q = scale * grad_scores @ k  # (..., n_q, d_k)
    grad_k = scale * np.swapaxes(grad_scores, -1, -2) @ q  # (..., n_k, d_k)
    return grad_q, grad_k, grad_v


def softmax_vjp(weights: np.ndarray, grad_weights: np.ndarray) -> np.ndarray:
    """Return how a loss changes with the scores, from how it changes with the weights.

    The weights' Jacobian is diag(p) - p p^T, so an entry moves its score only as far as it differs
    from the row's weighted mean: p * (g - sum(p * g)).

    Shapes:
        weights (..., n), grad_weights (..., n) -> (..., n); each row sums to 0.

    Example:
        >>> softmax_vjp(np.array([0.5, 0.25, 0.25]), np.array([2.0, 0.0, 0.0]))
        array([ 0.5 , -0.25, -0.25])
    """
    mean = (weights * grad_weights).sum(axis=-1, keepdims=True)
    return weights * (grad_weights - mean)


def _check_shapes(q, k, v, grad_output):
    came = f"q has shape {q.shape}, k {k.shape}, v {v.shape}, grad_output {grad_output.shape}."
    if min(q.ndim, k.ndim, v.ndim) < 2:
        raise ValueError(f"q, k and v must be tables, one item a row; {came}")
    if not q.shape[:-2] == k.shape[:-2] == v.shape[:-2]:
        raise ValueError(f"q, k and v must have the same axes before (n, d); {came}")
    if grad_output.shape != (*q.shape[:-1], v.shape[-1]):
        raise ValueError(f"grad_output must have the output's shape, (..., n_q, d_v); {came}")
