"""Lesson 10: the Transformer's layer, and a stack of them."""

from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F

from course_lib.layers import Mask
from course_lib.multi_head import MultiHeadAttention

Activation = Callable[[torch.Tensor], torch.Tensor]
ACTIVATIONS: dict[str, Activation] = {
    "relu": F.relu,
    "gelu": F.gelu,
}  # torch's gelu is the exact one


class TransformerLayer(nn.Module):
    """Let every token look around, then let each think for itself, each step beside a skip.

    Post-norm (2017) normalises after each sum; pre-norm normalises what goes into each step and
    leaves the road between layers free.

    Shapes:
        x (B, n, d_model)
        -> (B, n, d_model); with need_weights=True the pair (that, weights (B, n_heads, n, n)).
        mask: boolean, True = may look, as in MultiHeadAttention.

    Raises:
        ValueError: the activation is unknown, or sizes, shapes or mask don't fit.

    Source:
        Vaswani et al. 2017, arXiv 1706.03762, section 3.1; pre-norm: Xiong et al. 2020, arXiv
        2002.04745.

    Example:
        >>> layer = TransformerLayer(d_model=8, n_heads=2, d_ff=32)
        >>> layer(torch.randn(3, 5, 8)).shape
        torch.Size([3, 5, 8])
    """

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        d_ff: int,
        norm_first: bool = False,
        *,
        activation: str = "relu",
        eps: float = 1e-5,
    ) -> None:
        super().__init__()
        if activation not in ACTIVATIONS:
            raise ValueError(
                f"activation must be one of {sorted(ACTIVATIONS)}; it is {activation!r}."
            )
        self.norm_first = norm_first
        self.activation = ACTIVATIONS[activation]
        self.attention = MultiHeadAttention(d_model, n_heads)
        self.norm1 = nn.LayerNorm(d_model, eps=eps)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.norm2 = nn.LayerNorm(d_model, eps=eps)

    def forward(
        self, x: torch.Tensor, mask: Mask | None = None, *, need_weights: bool = False
    ) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor | None]:
        if self.norm_first:
            looked, weights = self.look_around(self.norm1(x), mask, need_weights)
            x = x + looked
            x = x + self.think(self.norm2(x))
        else:
            looked, weights = self.look_around(x, mask, need_weights)
            x = self.norm1(x + looked)
            x = self.norm2(x + self.think(x))
        return (x, weights) if need_weights else x

    def look_around(
        self, x: torch.Tensor, mask: Mask | None, need_weights: bool
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Mix the tokens: self-attention, (B, n, d_model) -> the same, and the weights."""
        return self.attention(x, x, mask, need_weights=need_weights)

    def think(self, x: torch.Tensor) -> torch.Tensor:
        """Change each token by itself: the feed-forward net, (B, n, d_model) -> the same."""
        return self.linear2(self.activation(self.linear1(x)))  # (B, n, d_ff) in between


class TransformerEncoder(nn.Module):
    """Pass the tokens through a stack of layers; pre-norm layers get one more norm at the end.

    Shapes:
        x (B, n, d_model)
        -> (B, n, d_model); with need_weights=True the pair (that, weights
        (n_layers, B, n_heads, n, n)). mask: as in MultiHeadAttention, for all layers.

    Raises:
        ValueError: n_layers is below 1, and what TransformerLayer raises.

    Source:
        Vaswani et al. 2017, arXiv 1706.03762, section 3.1.

    Example:
        >>> encoder = TransformerEncoder(n_layers=2, d_model=8, n_heads=2, d_ff=32)
        >>> x, weights = encoder(torch.randn(3, 5, 8), need_weights=True)
        >>> x.shape, weights.shape
        (torch.Size([3, 5, 8]), torch.Size([2, 3, 2, 5, 5]))
    """

    def __init__(
        self,
        n_layers: int,
        d_model: int,
        n_heads: int,
        d_ff: int,
        norm_first: bool = False,
        *,
        activation: str = "relu",
        eps: float = 1e-5,
    ) -> None:
        super().__init__()
        if n_layers < 1:
            raise ValueError(f"n_layers must be at least 1; it is {n_layers}.")
        self.layers = nn.ModuleList(
            TransformerLayer(d_model, n_heads, d_ff, norm_first, activation=activation, eps=eps)
            for _ in range(n_layers)
        )
        self.norm = nn.LayerNorm(d_model, eps=eps) if norm_first else nn.Identity()

    def forward(
        self, x: torch.Tensor, mask: Mask | None = None, *, need_weights: bool = False
    ) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor]:
        weights = []
        for layer in self.layers:
            if need_weights:
                x, layer_weights = layer(x, mask, need_weights=True)
                weights.append(layer_weights)
            else:
                x = layer(x, mask)
        x = self.norm(x)
        return (x, torch.stack(weights)) if need_weights else x
