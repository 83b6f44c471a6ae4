"""Lesson 06: attention in torch, where it can learn."""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

Mask = torch.Tensor | np.ndarray  # boolean, True = may look


def attend(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    *,
    mask: Mask | None = None,
    scale: float | None = None,
    need_weights: bool = True,
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Return (output, weights): for each query, a weighted mean of the values, with gradients.

    The same as ``course_lib.attention.attend``, for tensors. With ``need_weights=False`` weights
    is None and torch's fused kernel does the work: the same output, less memory.

    Shapes:
        q (..., n_q, d_k), k (..., n_k, d_k), v (..., n_k, d_v), mask boolean, broadcast to
        (..., n_q, n_k), True = may look
        -> output (..., n_q, d_v), weights (..., n_q, n_k). A single query q (d_k,) gives output
        (d_v,) and weights (n_k,).

    Raises:
        ValueError: shapes or dtypes don't fit, the mask is not boolean, or it hides every key from
            a query.

    Source:
        Vaswani et al. 2017, arXiv 1706.03762, equation 1.

    Example:
        >>> from course_lib import examples
        >>> q, k, v = map(torch.tensor, (examples.query, examples.keys, examples.values))
        >>> output, weights = attend(q, k, v, scale=1)
        >>> weights.numpy().round(3), output.numpy().round(2)
        (array([0.089, 0.242, 0.012, 0.657]), array([2.1 , 7.83, 1.43]))
    """
    mask = None if mask is None else mask_tensor(mask, q.device)
    if q.ndim == 1:
        mask = mask if mask is None or mask.ndim == 0 else mask[..., None, :]
        output, weights = attend(
            q[None, :], k, v, mask=mask, scale=scale, need_weights=need_weights
        )
        return output[..., 0, :], None if weights is None else weights[..., 0, :]
    leading = _checked_leading_axes(q, k, v)
    scale = 1 / math.sqrt(k.shape[-1]) if scale is None else scale
    if mask is not None:
        _check_mask(mask, (*leading, q.shape[-2], k.shape[-2]))
    if not need_weights:
        q, k, v = (x.expand(*leading, *x.shape[-2:]) for x in (q, k, v))
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=scale), None
    scores = q @ k.transpose(-1, -2) * scale  # (..., n_q, n_k)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=-1)  # (..., n_q, n_k)  each row sums to 1
    return weights @ v, weights  # (..., n_q, d_v)


class AttentionLayer(nn.Module):
    """Let items look at items, with questions, keys and values that are learned.

    ``w_q`` turns what asks into queries, ``w_k`` and ``w_v`` turn what is looked at into keys and
    values. These three tables are all that is learned; nobody says where to look.

    Shapes:
        x_query (..., n_q, d_query), x_key_value (..., n_k, d_key_value)
        -> output (..., n_q, d_v), weights (..., n_q, n_k), or None without need_weights. mask:
        boolean, True = may look, broadcast to (..., n_q, n_k).

    Raises:
        ValueError: a width is below 1, or shapes or mask don't fit.

    Source:
        Vaswani et al. 2017, arXiv 1706.03762, section 3.2.

    Example:
        >>> layer = AttentionLayer(d_query=5, d_key_value=5, d_k=2, d_v=3)
        >>> words = torch.randn(4, 5)
        >>> output, weights = layer(words, words)
        >>> output.shape, weights.shape
        (torch.Size([4, 3]), torch.Size([4, 4]))
    """

    def __init__(
        self, d_query: int, d_key_value: int, d_k: int, d_v: int, *, bias: bool = False
    ) -> None:
        super().__init__()
        sizes = {"d_query": d_query, "d_key_value": d_key_value, "d_k": d_k, "d_v": d_v}
        for name, size in sizes.items():
            if size < 1:
                raise ValueError(f"{name} must be at least 1; it is {size}.")
        self.w_q = nn.Linear(d_query, d_k, bias=bias)
        self.w_k = nn.Linear(d_key_value, d_k, bias=bias)
        self.w_v = nn.Linear(d_key_value, d_v, bias=bias)

    def forward(
        self,
        x_query: torch.Tensor,
        x_key_value: torch.Tensor,
        mask: Mask | None = None,
        *,
        need_weights: bool = True,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        _check_width("x_query", x_query, self.w_q.in_features)
        _check_width("x_key_value", x_key_value, self.w_k.in_features)
        q = self.w_q(x_query)  # (..., n_q, d_k)
        k = self.w_k(x_key_value)  # (..., n_k, d_k)
        v = self.w_v(x_key_value)  # (..., n_k, d_v)
        return attend(q, k, v, mask=mask, need_weights=need_weights)


def _check_width(name, x, width):
    if x.ndim < 2 or x.shape[-1] != width:
        raise ValueError(
            f"{name} must be (..., n, {width}), one item a row; it has shape {tuple(x.shape)}."
        )


def mask_tensor(mask: Mask, device: torch.device | str | None = None) -> torch.Tensor:
    """Return a mask, be it a tensor or a NumPy array, as a boolean tensor.

    Raises:
        ValueError: it is not boolean.

    Example:
        >>> from course_lib.masks import causal_mask
        >>> mask_tensor(causal_mask(2))
        tensor([[ True, False],
                [ True,  True]])
    """
    mask = mask.to(device) if isinstance(mask, torch.Tensor) else torch.tensor(mask, device=device)
    if mask.dtype != torch.bool:
        raise ValueError(
            f"mask must be boolean, True = may look; its dtype is {mask.dtype}. "
            "If 1 means 'may look' in yours, pass mask.bool()."
        )
    return mask


def _checked_leading_axes(q, k, v):
    """Return the axes before (n, d) that q, k and v have in common once broadcast."""
    came = f"q has shape {tuple(q.shape)}, k {tuple(k.shape)}, v {tuple(v.shape)}."
    if k.ndim < 2 or v.ndim < 2:
        raise ValueError(f"k and v must be tables, one item a row; {came}")
    if q.shape[-1] != k.shape[-1]:
        raise ValueError(f"q and k must have the same width d_k; {came}")
    if k.shape[-2] != v.shape[-2]:
        raise ValueError(f"k and v must have the same number of rows, one for each item; {came}")
    if k.shape[-2] == 0:
        raise ValueError(f"k must hold at least one item to look at; {came}")
    if not (q.dtype == k.dtype == v.dtype and q.is_floating_point()):
        raise ValueError(
            "q, k and v must have one floating dtype; "
            f"q has {q.dtype}, k {k.dtype}, v {v.dtype}. Convert them with .float() or .double()."
        )
    try:
        return torch.broadcast_shapes(q.shape[:-2], k.shape[:-2], v.shape[:-2])
    except RuntimeError:
        raise ValueError(f"q, k and v must agree on the axes before (n, d); {came}") from None


def _check_mask(mask, shape):
    try:
        hidden = ~mask.expand(shape).any(dim=-1)
    except RuntimeError:
        raise ValueError(
            f"mask must broadcast to (..., n_q, n_k) = {shape}; it has shape {tuple(mask.shape)}."
        ) from None
    if hidden.any():
        where = hidden.nonzero()[0].tolist()
        raise ValueError(
            f"mask hides every key from query {where[0] if len(where) == 1 else tuple(where)}; "
            "each query must be allowed to look at one key at least."
        )
