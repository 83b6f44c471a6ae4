"""Nobody reads twice: the keys and values of what was read are kept, with their places.

In a stack that looks back only, what comes later changes nothing before it: each layer's keys and
values of a token are final as soon as it is read. The newest token needs nothing else of the past.
"""

from typing import NamedTuple

import torch

from course_lib.layers import Mask, attend
from course_lib.multi_head import mask_for_heads, merge_heads
from course_lib.transformer import TransformerLayer
from course_lib.writing.model import CausalLanguageModel, causal_and_real, places_of, real_tokens


class Cache(NamedTuple):
    """All that later tokens need of those read so far. It is never changed; a step makes a new one.

    ``real`` says where padding stands, and so what place the next token has.
    """

    keys: tuple[torch.Tensor, ...]  # of each layer, (B, n_heads, n, d_k)
    values: tuple[torch.Tensor, ...]  # of each layer, (B, n_heads, n, d_k)
    real: torch.Tensor  # (B, n) boolean

    def __len__(self):
        """How many tokens it holds a row, padding included."""
        return self.real.shape[1]


def empty_cache(model: CausalLanguageModel, batch: int = 1) -> Cache:
    """Return the cache of a model that has read nothing yet."""
    weight, n_layers = model.tokens.weight, len(model.layers)
    d_k = model.tokens.embedding_dim // model.n_heads
    nothing = weight.new_zeros(batch, model.n_heads, 0, d_k)
    real = torch.zeros(batch, 0, dtype=torch.bool, device=weight.device)
    return Cache((nothing,) * n_layers, (nothing,) * n_layers, real)


def step(
    model: CausalLanguageModel, ids: torch.Tensor, cache: Cache, mask: Mask | None = None
) -> tuple[torch.Tensor, Cache]:
    """Read on: what may come after each new token, and the cache with the new tokens in it.

    As many new tokens as one likes: a whole prompt, then one at a time. The logits are those that
    ``model(all tokens so far)`` gives at the new ones.

    Shapes:
        ids (B, n_new) integers, mask (B, n_new) boolean, True = a real token
        -> logits (B, n_new, n_tokens), a cache of n_new tokens more.

    Raises:
        ValueError: the batch is not the cache's, and what the model raises.

    Source:
        Shazeer 2019, arXiv 1911.02150, section 2.4 ("incremental").

    Example:
        >>> model = CausalLanguageModel(n_tokens=9, d_model=8, n_heads=2, n_layers=2, n_places=5)
        >>> ids = torch.tensor([[3, 1, 4, 1]])
        >>> _, cache = step(model, ids[:, :3], empty_cache(model))
        >>> logits, cache = step(model, ids[:, 3:], cache)
        >>> len(cache), torch.allclose(logits, model(ids)[:, 3:], atol=1e-5)
        (4, True)
    """
    new = real_tokens(ids, mask)  # (B, n_new)
    if len(new) != len(cache.real):
        raise ValueError(
            f"ids must have the cache's {len(cache.real)} rows; their shape is {tuple(ids.shape)}."
        )
    n_new = ids.shape[1]
    real = torch.cat([cache.real, new], dim=1)  # (B, n)
    x = model.portraits(ids, places_of(real)[:, -n_new:])  # (B, n_new, d_model)
    may_look = causal_and_real(real, n_new)  # (B, n_new, n)
    keys, values = [], []
    for layer, kept_keys, kept_values in zip(model.layers, cache.keys, cache.values, strict=True):
        x, k, v = layer_step(layer, x, kept_keys, kept_values, may_look)
        keys.append(k)
        values.append(v)
    return model.logits(model.norm(x)), Cache(tuple(keys), tuple(values), real)


def layer_step(
    layer: TransformerLayer,
    x: torch.Tensor,
    keys: torch.Tensor,
    values: torch.Tensor,
    may_look: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Pass new tokens through a pre-norm layer; the kept keys and values answer them, too.

    Shapes:
        x (B, n_new, d_model), keys and values (B, n_heads, n_kept, d_k), may_look (B, n_new, n)
        -> x as it came; keys and values (B, n_heads, n, d_k), n = n_kept + n_new.
    """
    attention = layer.attention
    h = layer.norm1(x)
    q, k, v = attention.project(h, h)  # (B, n_heads, n_new, d_k) each
    keys = torch.cat([keys, k], dim=2)  # (B, n_heads, n, d_k)
    values = torch.cat([values, v], dim=2)  # (B, n_heads, n, d_k)
    mask = mask_for_heads(may_look, (*q.shape[:-1], keys.shape[2]))
    looked, _ = attend(q, keys, values, mask=mask, need_weights=False)
    x = x + attention.w_o(merge_heads(looked))  # (B, n_new, d_model)
    return x + layer.think(layer.norm2(x)), keys, values
