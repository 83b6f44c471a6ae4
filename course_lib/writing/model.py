"""A writer: a stack of the course's own layers that looks back only, and names the next piece."""

import torch
from torch import nn
from torch.nn import functional as F

from course_lib.layers import Mask, mask_tensor
from course_lib.transformer import TransformerLayer

START_SIZE = 0.02  # of a portrait's numbers at first: all pieces about equally likely


class CausalLanguageModel(nn.Module):
    """Say after each token how likely each other one comes next, looking at those before it.

    Each token's portrait and its place's are added, and pass the layers. The last vector is
    compared with the portrait of every token: the table that turns tokens into vectors also turns
    vectors into tokens (tied output). Dropout, if any, works on what enters the first layer, and
    in training only.

    Shapes:
        ids (B, n) integers; mask (B, n) boolean, True = a real token; padding stands on the left,
        and places count from the first real token
        -> logits (B, n, n_tokens). What they say at padding means nothing.

    Raises:
        ValueError: a size is below 1, n_heads does not divide d_model, ids or mask don't fit, a
            row has no real token or more than n_places.

    Source:
        Radford et al. 2019 (GPT-2): pre-norm layers, learned places; tied output: Press & Wolf
        2016, arXiv 1608.05859.

    Example:
        >>> model = CausalLanguageModel(n_tokens=9, d_model=8, n_heads=2, n_layers=2, n_places=5)
        >>> model(torch.tensor([[1, 2, 3], [4, 5, 6]])).shape
        torch.Size([2, 3, 9])
    """

    def __init__(
        self,
        n_tokens: int,
        d_model: int,
        n_heads: int,
        n_layers: int,
        n_places: int,
        *,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        sizes = {"n_tokens": n_tokens, "n_layers": n_layers, "n_places": n_places}
        for name, size in sizes.items():
            if size < 1:
                raise ValueError(f"{name} must be at least 1; it is {size}.")
        self.n_heads = n_heads
        self.tokens = nn.Embedding(n_tokens, d_model)
        self.places = nn.Embedding(n_places, d_model)
        for portraits in (self.tokens, self.places):
            nn.init.normal_(portraits.weight, std=START_SIZE)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(
            TransformerLayer(d_model, n_heads, d_ff=4 * d_model, norm_first=True)
            for _ in range(n_layers)
        )
        self.norm = nn.LayerNorm(d_model)

    def forward(self, ids: torch.Tensor, mask: Mask | None = None) -> torch.Tensor:
        return self.logits(self.read(ids, mask))

    def read(self, ids: torch.Tensor, mask: Mask | None = None) -> torch.Tensor:
        """Return each token's last vector, (B, n, d_model)."""
        real = real_tokens(ids, mask)  # (B, n)
        x = self.portraits(ids, places_of(real))  # (B, n, d_model)
        may_look = causal_and_real(real)  # (B, n, n)
        for layer in self.layers:
            x = layer(x, may_look)
        return self.norm(x)

    def portraits(self, ids: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        """Return what enters the first layer: tokens and places added, (B, n, d_model)."""
        if (most := int(places.max()) + 1) > self.places.num_embeddings:
            raise ValueError(
                f"ids must have at most n_places = {self.places.num_embeddings} real tokens a row; "
                f"one has {most}. Hand over its last ones only."
            )
        return self.dropout(self.tokens(ids) + self.places(places))

    def logits(self, x: torch.Tensor) -> torch.Tensor:
        """Compare vectors (..., d_model) with every token's portrait: (..., n_tokens)."""
        return F.linear(x, self.tokens.weight)  # x @ tokens.weight.T


def real_tokens(ids: torch.Tensor, mask: Mask | None = None) -> torch.Tensor:
    """Return the checked mask of a batch; without one, all tokens are real.

    Shapes:
        ids (B, n), mask (B, n) or None -> (B, n) boolean.

    Raises:
        ValueError: ids are not (B, n) integers, or the mask does not fit.
    """
    if ids.ndim != 2 or ids.is_floating_point() or ids.shape[1] < 1:
        raise ValueError(
            f"ids must be (B, n) integers, n at least 1; they are {ids.dtype} of shape "
            f"{tuple(ids.shape)}. One text is a batch of one: ids[None]."
        )
    if mask is None:
        return torch.ones_like(ids, dtype=torch.bool)
    mask = mask_tensor(mask, ids.device)
    if mask.shape != ids.shape:
        raise ValueError(
            f"mask must be (B, n) = {tuple(ids.shape)}, as ids; its shape is {tuple(mask.shape)}."
        )
    return mask


def places_of(real: torch.Tensor) -> torch.Tensor:
    """Return each token's place, counted from the first real token of its row; padding gets 0.

    Shapes:
        real (B, n) boolean -> (B, n) integers.

    Raises:
        ValueError: a row has no real token.

    Example:
        >>> places_of(torch.tensor([[False, False, True, True, True]]))
        tensor([[0, 0, 0, 1, 2]])
    """
    begun = real.cumsum(dim=1) > 0  # (B, n)  False in front of the first real token
    if not begun[:, -1].all():
        row = int((~begun[:, -1]).nonzero()[0])
        raise ValueError(
            f"mask must be True at one token of each row at least; row {row} has none."
        )
    return (begun.cumsum(dim=1) - 1).clamp(min=0)


def causal_and_real(real: torch.Tensor, n_new: int | None = None) -> torch.Tensor:
    """Return who may look where: back, at real tokens, and always at itself.

    Padding looks at itself alone: nobody listens to it, and without any key it would be nan.

    Shapes:
        real (B, n) boolean -> (B, n_new, n): the rows of the last n_new tokens, by default all.

    Example:
        >>> causal_and_real(torch.tensor([[False, True, True]])).int()
        tensor([[[1, 0, 0],
                 [0, 1, 0],
                 [0, 1, 1]]], dtype=torch.int32)
    """
    n = real.shape[1]
    first = 0 if n_new is None else n - n_new
    token = torch.arange(n, device=real.device)
    query = token[first:, None]  # (n_new, 1)
    return (token <= query) & (real[:, None, :] | (token == query))  # (B, n_new, n)
