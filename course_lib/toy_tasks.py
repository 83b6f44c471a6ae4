"""Lesson 06: tasks whose right attention is known beforehand, to see whether a layer finds it.

A layer is trained on ``x_query``, ``x`` and ``target`` alone. ``right_weights`` is never shown to
it: it serves to judge afterwards where the layer learned to look.
"""

from typing import NamedTuple

import torch


class Batch(NamedTuple):
    """What a task hands out: ``model(x_query, x)`` is to give ``target``."""

    x_query: torch.Tensor  # (B, n_q, d_query)      who asks
    x: torch.Tensor  # (B, n_items, d_key_value)    what is looked at
    target: torch.Tensor  # (B, n_q, d_content)     the wanted output
    right_weights: torch.Tensor  # (B, n_q, n_items)  where one has to look for it: one-hot rows


def find_marked(
    n_sequences: int, n_items: int, *, generator: torch.Generator, d_content: int = 4
) -> Batch:
    """Return a batch in which one item of each sequence is marked; its content is the target.

    An item is [mark, content]: the mark is 1 for one item and 0 for the others, the content is
    random. The one query is always [1]: what to ask for has to be learned.

    Shapes:
        x_query (B, 1, 1), x (B, n_items, 1 + d_content), target (B, 1, d_content), right_weights
        (B, 1, n_items), with B = n_sequences.

    Raises:
        ValueError: a size is below 1.

    Example:
        >>> batch = find_marked(2, 3, generator=torch.Generator().manual_seed(0))
        >>> torch.equal(batch.right_weights @ batch.x[..., 1:], batch.target)
        True
    """
    _check_sizes(n_sequences=n_sequences, n_items=n_items, d_content=d_content)
    content = torch.randn(n_sequences, n_items, d_content, generator=generator)
    marked = torch.randint(n_items, (n_sequences,), generator=generator)
    marks = torch.eye(n_items)[marked]  # (B, n_items)
    x = torch.cat([marks[:, :, None], content], dim=-1)  # (B, n_items, 1 + d_content)
    right_weights = marks[:, None, :]  # (B, 1, n_items)
    x_query = torch.ones(n_sequences, 1, 1)
    return Batch(x_query, x, right_weights @ content, right_weights)


def reverse(
    n_sequences: int, n_items: int, *, generator: torch.Generator, d_content: int = 4
) -> Batch:
    """Return a batch whose target is the contents in reverse order.

    An item is [content, position]: the content is random, the position is one-hot. Each item asks,
    so the right weights of a sequence are the anti-diagonal.

    Shapes:
        x_query and x (B, n_items, d_content + n_items), target (B, n_items, d_content),
        right_weights (B, n_items, n_items), with B = n_sequences.

    Raises:
        ValueError: a size is below 1.

    Example:
        >>> batch = reverse(2, 3, generator=torch.Generator().manual_seed(0))
        >>> batch.right_weights[0]
        tensor([[0., 0., 1.],
                [0., 1., 0.],
                [1., 0., 0.]])
        >>> torch.equal(batch.right_weights @ batch.x[..., :4], batch.target)
        True
    """
    _check_sizes(n_sequences=n_sequences, n_items=n_items, d_content=d_content)
    content = torch.randn(n_sequences, n_items, d_content, generator=generator)
    positions = torch.eye(n_items).expand(n_sequences, -1, -1)  # (B, n_items, n_items)
    x = torch.cat([content, positions], dim=-1)  # (B, n_items, d_content + n_items)
    return Batch(x, x, content.flip(1), positions.flip(2))


def share_on_right(weights: torch.Tensor, right_weights: torch.Tensor) -> float:
    """Return the mean weight on the item that one has to look at, from 0 to 1.

    Shapes:
        weights (..., n_q, n_k), right_weights the same.

    Example:
        >>> share_on_right(torch.tensor([[0.25, 0.75]]), torch.tensor([[0.0, 1.0]]))
        0.75
    """
    return float((weights.detach() * right_weights).sum(dim=-1).mean())


def often_right(weights: torch.Tensor, right_weights: torch.Tensor) -> float:
    """Return how often the largest weight of a row is on the right item, from 0 to 1.

    Shapes:
        weights (..., n_q, n_k), right_weights the same.

    Example:
        >>> right_weights = torch.tensor([[0.0, 1.0], [0.0, 1.0]])
        >>> often_right(torch.tensor([[0.4, 0.6], [0.7, 0.3]]), right_weights)
        0.5
    """
    return float((weights.argmax(dim=-1) == right_weights.argmax(dim=-1)).float().mean())


def _check_sizes(**sizes):
    for name, size in sizes.items():
        if size < 1:
            raise ValueError(f"{name} must be at least 1; it is {size}.")
