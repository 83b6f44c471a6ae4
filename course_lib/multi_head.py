"""Lesson 09: several readers side by side, each with questions of its own."""

import torch
from torch import nn

from course_lib.layers import Mask, attend, mask_tensor
from course_lib.positions import Rows


def split_heads(x: Rows, n_heads: int) -> Rows:
    """Give each head its share of the columns: head i gets columns i*d_k to (i+1)*d_k - 1.

    The row is cut into heads first; then the head axis moves in front of the tokens. A ``view`` to
    the final shape alone would cut tokens apart and mix them.

    Shapes:
        x (..., n, d_model), tensor or array -> (..., n_heads, n, d_model / n_heads).

    Raises:
        ValueError: n_heads does not divide d_model, or x has fewer than two axes.

    Example:
        >>> import torch
        >>> x = torch.arange(8).reshape(2, 4)  # 2 tokens, d_model = 4
        >>> split_heads(x, n_heads=2)
        tensor([[[0, 1],
                 [4, 5]],
        <BLANKLINE>
                [[2, 3],
                 [6, 7]]])
    """
    if x.ndim < 2:
        raise ValueError(f"x must be (..., n, d_model); its shape is {tuple(x.shape)}.")
    d_k = _head_width(x.shape[-1], n_heads)
    x = x.reshape(*x.shape[:-1], n_heads, d_k)  # (..., n, n_heads, d_k)
    return x.swapaxes(-3, -2)  # (..., n_heads, n, d_k)


def merge_heads(x: Rows) -> Rows:
    """Put the heads' columns side by side again: the inverse of ``split_heads``.

    Shapes:
        x (..., n_heads, n, d_k), tensor or array -> (..., n, n_heads * d_k).

    Raises:
        ValueError: x has fewer than three axes.

    Example:
        >>> import torch
        >>> merge_heads(torch.tensor([[[0, 1], [4, 5]], [[2, 3], [6, 7]]]))
        tensor([[0, 1, 2, 3],
                [4, 5, 6, 7]])
    """
    if x.ndim < 3:
        raise ValueError(f"x must be (..., n_heads, n, d_k); its shape is {tuple(x.shape)}.")
    x = x.swapaxes(-3, -2)  # (..., n, n_heads, d_k)
    return x.reshape(*x.shape[:-2], x.shape[-2] * x.shape[-1])  # (..., n, n_heads * d_k)


class MultiHeadAttention(nn.Module):
    """Let several heads look at the same items at once, then mix what they found.

    Every head asks with its own slice of ``w_q``, ``w_k`` and ``w_v``; ``w_o`` mixes the heads.

    Shapes:
        x_query (B, n_q, d_model), x_key_value (B, n_k, d_model)
        -> output (B, n_q, d_model), weights (B, n_heads, n_q, n_k), or None without need_weights.
        mask: boolean, True = may look; (n_q, n_k) for all sentences, (B, 1 or n_q, n_k) for all
        heads of each sentence, or (B, 1 or n_heads, 1 or n_q, n_k).

    Raises:
        ValueError: n_heads does not divide d_model, or shapes or mask don't fit.

    Source:
        Vaswani et al. 2017, arXiv 1706.03762, section 3.2.2.

    Example:
        >>> import torch
        >>> attention = MultiHeadAttention(d_model=8, n_heads=2)
        >>> words = torch.randn(1, 4, 8)
        >>> output, weights = attention(words, words)
        >>> output.shape, weights.shape
        (torch.Size([1, 4, 8]), torch.Size([1, 2, 4, 4]))
    """

    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        _head_width(d_model, n_heads)
        self.n_heads = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def forward(
        self,
        x_query: torch.Tensor,
        x_key_value: torch.Tensor,
        mask: Mask | None = None,
        *,
        need_weights: bool = True,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        self._check(x_query, x_key_value)
        q, k, v = self.project(x_query, x_key_value)
        if mask is not None:
            mask = mask_for_heads(mask, (*q.shape[:-1], k.shape[-2]))
        output, weights = attend(q, k, v, mask=mask, need_weights=need_weights)
        return self.w_o(merge_heads(output)), weights  # (B, n_q, d_model), (B, n_heads, n_q, n_k)

    def project(
        self, x_query: torch.Tensor, x_key_value: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return each head's queries, keys and values."""
        q = split_heads(self.w_q(x_query), self.n_heads)  # (B, n_heads, n_q, d_k)
        k = split_heads(self.w_k(x_key_value), self.n_heads)  # (B, n_heads, n_k, d_k)
        v = split_heads(self.w_v(x_key_value), self.n_heads)  # (B, n_heads, n_k, d_k)
        return q, k, v

    def _check(self, x_query, x_key_value):
        d_model = self.w_q.in_features
        for name, x in (("x_query", x_query), ("x_key_value", x_key_value)):
            if x.ndim != 3 or x.shape[-1] != d_model:
                raise ValueError(
                    f"{name} must be (B, n, d_model) with d_model = {d_model}; its shape is "
                    f"{tuple(x.shape)}. One sentence is a batch of one: {name}[None]."
                )
        if len(x_query) != len(x_key_value):
            raise ValueError(
                "x_query and x_key_value must hold the same number of sentences; "
                f"they hold {len(x_query)} and {len(x_key_value)}."
            )


def mask_for_heads(mask: Mask, shape: tuple[int, ...]) -> torch.Tensor:
    """Give the mask the axes (batch, head, query, key), so that each lands where it is meant to.

    Broadcasting would line a (B, n_q, n_k) mask up with (head, query, key), silently if
    B = n_heads: the head axis has to be put in by name.

    Shapes:
        shape is (B, n_heads, n_q, n_k); mask (n_q, n_k), (B, 1 or n_q, n_k) or
        (B, 1 or n_heads, 1 or n_q, n_k)
        -> four axes that broadcast to shape.

    Raises:
        ValueError: the mask has any other shape, or is not boolean.

    Example:
        >>> import torch
        >>> mask_for_heads(torch.ones(3, 1, 5, dtype=torch.bool), (3, 2, 4, 5)).shape
        torch.Size([3, 1, 1, 5])
    """
    batch, n_heads, n_q, n_k = shape
    mask = mask_tensor(mask)
    fits = {
        2: [{n_q}, {n_k}],
        3: [{batch}, {1, n_q}, {n_k}],
        4: [{batch}, {1, n_heads}, {1, n_q}, {n_k}],
    }.get(mask.ndim)
    if fits is None or any(n not in sizes for n, sizes in zip(mask.shape, fits, strict=True)):
        raise ValueError(
            "mask must be (n_q, n_k), (B, 1 or n_q, n_k) or (B, 1 or n_heads, 1 or n_q, n_k) with "
            f"B = {batch}, n_heads = {n_heads}, n_q = {n_q}, n_k = {n_k}; its shape is "
            f"{tuple(mask.shape)}. A padding mask (B, n_k) becomes mask[:, None, :]."
        )
    if mask.ndim == 2:
        return mask[None, None]  # (1, 1, n_q, n_k)
    return mask[:, None] if mask.ndim == 3 else mask  # (B, 1 or n_heads, 1 or n_q, n_k)


def _head_width(d_model, n_heads):
    if n_heads < 1 or d_model % n_heads:
        raise ValueError(
            f"n_heads must divide d_model, so that every head has the same width; "
            f"n_heads is {n_heads}, d_model is {d_model}."
        )
    return d_model // n_heads
