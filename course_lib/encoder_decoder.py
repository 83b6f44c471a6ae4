"""Lesson 10: translate without recurrence, with the Transformer's encoder and decoder (2017).

Trained and asked like the models of lesson 07, which ``course_lib.translation`` describes:
``start`` reads the source, ``decode`` reads target words and says what comes after each.
"""

import math
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional as F

from course_lib.layers import Mask
from course_lib.masks import causal_mask
from course_lib.multi_head import MultiHeadAttention
from course_lib.positions import rotate, sinusoidal_positions
from course_lib.transformer import TransformerEncoder, TransformerLayer

POSITIONS = ("rotary", "rotary, cross too", "sinusoidal")


class RotaryAttention(MultiHeadAttention):
    """Multi-head attention whose queries and keys are turned by their positions.

    Positions count from 0 on both sides. Where they do not (keys that were kept from before, a
    prompt padded on the left), call ``project`` with the positions, then ``attend`` and ``w_o``.

    Shapes:
        as in MultiHeadAttention, with an even width d_model / n_heads.

    Raises:
        ValueError: what MultiHeadAttention raises, and where that width is odd.

    Source:
        Su et al. 2021, arXiv 2104.09864.
    """

    def project(
        self,
        x_query: torch.Tensor,
        x_key_value: torch.Tensor,
        positions: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return each head's queries, keys and values; the first two turned by their positions.

        ``positions``: integers, (n,) or (B, n), for queries and keys that are as many.
        """
        q, k, v = super().project(x_query, x_key_value)
        if positions is not None:
            positions = positions[..., None, :]  # (1, n) or (B, 1, n): the same in all heads
        return rotate(q, positions), rotate(k, positions), v


class DecoderLayer(TransformerLayer):
    """A Transformer layer that also looks at what the encoder has read.

    Three steps beside three skips: look around among the words so far, look at the source, think.

    Shapes:
        x (B, m, d_model), memory (B, n, d_model)
        -> (B, m, d_model), weights (B, n_heads, m, n) of the look at the source, or None without
        need_weights. mask (for x) and memory_mask: boolean, True = may look, as in
        MultiHeadAttention.

    Source:
        Vaswani et al. 2017, arXiv 1706.03762, section 3.1.

    Example:
        >>> layer = DecoderLayer(d_model=8, n_heads=2, d_ff=32)
        >>> output, weights = layer(torch.randn(3, 4, 8), torch.randn(3, 5, 8))
        >>> output.shape, weights.shape
        (torch.Size([3, 4, 8]), torch.Size([3, 2, 4, 5]))
    """

    def __init__(self, d_model: int, n_heads: int, d_ff: int, norm_first: bool = False) -> None:
        super().__init__(d_model, n_heads, d_ff, norm_first)
        self.cross_attention = MultiHeadAttention(d_model, n_heads)
        self.norm_cross = nn.LayerNorm(d_model)

    def forward(  # type: ignore[override]  # it looks at two things
        self,
        x: torch.Tensor,
        memory: torch.Tensor,
        mask: Mask | None = None,
        memory_mask: Mask | None = None,
        *,
        need_weights: bool = True,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        if self.norm_first:
            x = x + self.look_around(self.norm1(x), mask, False)[0]
            found, weights = self.cross_attention(
                self.norm_cross(x), memory, memory_mask, need_weights=need_weights
            )
            x = x + found
            return x + self.think(self.norm2(x)), weights
        x = self.norm1(x + self.look_around(x, mask, False)[0])
        found, weights = self.cross_attention(x, memory, memory_mask, need_weights=need_weights)
        x = self.norm_cross(x + found)
        return self.norm2(x + self.think(x)), weights


class Written(NamedTuple):
    """All that the decoder has: the source as it was read, and the words written so far."""

    memory: torch.Tensor  # (B, n, d_model)
    mask: torch.Tensor  # (B, n)
    tokens: torch.Tensor  # (B, m)


class TransformerEncoderDecoder(nn.Module):
    """Translate with attention alone: all words of a sentence are read side by side.

    Positions are "rotary" (every self-attention turns its queries and keys, no vector is added),
    "rotary, cross too" (so does the look at the source: its scores then compare the places of two
    languages, a hint that word i is translated near word i) or "sinusoidal" (added where the words
    come in). The target words' vectors serve once more as the output's table.

    Shapes:
        source (B, n) and target_in (B, m) integers, source_mask (B, n) boolean
        -> logits (B, m, n_target), weights (B, m, n): the last layer's look at the source, the mean
        of its heads, or None without need_weights.

    Raises:
        ValueError: the positions are unknown, and what MultiHeadAttention raises.

    Source:
        Vaswani et al. 2017, arXiv 1706.03762; here with the norms first.

    Example:
        >>> model = TransformerEncoderDecoder(n_source=9, n_target=7)
        >>> source, target_in = torch.tensor([[3, 4, 5]]), torch.tensor([[1, 2]])
        >>> logits, weights = model(source, source > 0, target_in, need_weights=True)
        >>> logits.shape, weights.shape
        (torch.Size([1, 2, 7]), torch.Size([1, 2, 3]))
    """

    def __init__(
        self,
        n_source: int,
        n_target: int,
        *,
        d_model: int = 64,
        n_heads: int = 4,
        d_ff: int = 256,
        n_layers: int = 2,
        positions: str = "rotary",
    ) -> None:
        super().__init__()
        if positions not in POSITIONS:
            raise ValueError(f"positions must be one of {POSITIONS}; they are {positions!r}.")
        self.positions = positions
        self.source_embedding = nn.Embedding(n_source, d_model)
        self.target_embedding = nn.Embedding(n_target, d_model)
        for embedding in (self.source_embedding, self.target_embedding):
            nn.init.normal_(embedding.weight, std=1 / math.sqrt(d_model))
        self.encoder = TransformerEncoder(n_layers, d_model, n_heads, d_ff, norm_first=True)
        self.decoder = nn.ModuleList(
            DecoderLayer(d_model, n_heads, d_ff, norm_first=True) for _ in range(n_layers)
        )
        self.norm = nn.LayerNorm(d_model)
        if positions != "sinusoidal":
            for layer in (*self.encoder.layers, *self.decoder):
                layer.attention = RotaryAttention(d_model, n_heads)
        if positions == "rotary, cross too":
            for layer in self.decoder:
                layer.cross_attention = RotaryAttention(d_model, n_heads)

    def start(self, source: torch.Tensor, source_mask: torch.Tensor) -> Written:
        """Read the source: everything that the decoder will have of it."""
        x = self.placed(self.source_embedding(source))  # (B, n, d_model)
        memory = self.encoder(x, source_mask[:, None, :])  # (B, n, d_model)
        return Written(memory, source_mask, source[:, :0])

    def decode(
        self, state: Written, target_in: torch.Tensor, *, need_weights: bool = True
    ) -> tuple[torch.Tensor, torch.Tensor | None, Written]:
        """Read on: all words so far are read again, only the new ones are answered."""
        tokens = torch.cat([state.tokens, target_in], dim=1)  # (B, m so far)
        x = self.placed(self.target_embedding(tokens))  # (B, m so far, d_model)
        mask = torch.from_numpy(causal_mask(x.shape[1])).to(x.device)
        for layer in self.decoder:
            x, weights = layer(
                x, state.memory, mask, state.mask[:, None, :], need_weights=need_weights
            )
        new = slice(tokens.shape[1] - target_in.shape[1], None)
        logits = F.linear(self.norm(x[:, new]), self.target_embedding.weight)  # (B, m, n_target)
        weights = weights.mean(dim=1)[:, new] if need_weights else None  # (B, m, n)
        return logits, weights, state._replace(tokens=tokens)

    def placed(self, words: torch.Tensor) -> torch.Tensor:
        """Stretch the words' vectors to entries of ordinary size; add their positions, if any."""
        words = words * math.sqrt(words.shape[-1])
        if self.positions != "sinusoidal":
            return words
        return words + words.new_tensor(sinusoidal_positions(*words.shape[1:]))

    def forward(
        self,
        source: torch.Tensor,
        source_mask: torch.Tensor,
        target_in: torch.Tensor,
        *,
        need_weights: bool = False,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        state = self.start(source, source_mask)
        logits, weights, _ = self.decode(state, target_in, need_weights=need_weights)
        return logits, weights
