"""What a writer must beat: guessing blindly, and counting what stands in the text."""

import math
from collections import Counter
from collections.abc import Sequence

SMOOTHING = 20  # how often each pair counts as seen, shared out by its second piece's frequency


def blind_loss(n_tokens: int) -> float:
    """Return the loss of whoever gives each piece the same share: ln V.

    Raises:
        ValueError: n_tokens is below 1.

    Example:
        >>> round(blind_loss(768), 2)
        6.64
    """
    if n_tokens < 1:
        raise ValueError(f"n_tokens must be at least 1; it is {n_tokens}.")
    return math.log(n_tokens)


def single_loss(train: Sequence[int], held_out: Sequence[int], n_tokens: int) -> float:
    """Return the loss of whoever knows how common each piece is, and nothing else.

    Each piece counts as seen once more than it was (Laplace), so that none is impossible.

    Raises:
        ValueError: a text has fewer than two pieces.

    Example:
        >>> round(single_loss([0, 1, 1, 1], [1, 1, 0], n_tokens=2), 3)  # shares 1/3 and 2/3
        0.752
    """
    _check(train, held_out)
    share = single_shares(train, n_tokens)
    return -sum(math.log(share[piece]) for piece in held_out[1:]) / (len(held_out) - 1)


def pair_loss(
    train: Sequence[int], held_out: Sequence[int], n_tokens: int, *, smoothing: float = SMOOTHING
) -> float:
    """Return the loss of whoever knows how often each piece followed each other one.

    A pair's share is mixed with that of its second piece alone, which counts as much as
    ``smoothing`` sightings: after a rare piece it counts more.

    Raises:
        ValueError: a text has fewer than two pieces, or smoothing is not above 0.

    Source:
        MacKay & Peto 1995, "A hierarchical Dirichlet language model".

    Example:
        >>> round(pair_loss([0, 1] * 50, [0, 1, 0, 1], n_tokens=2), 2)  # always the other one
        0.15
    """
    _check(train, held_out)
    if not smoothing > 0:
        raise ValueError(f"smoothing must be above 0; it is {smoothing}.")
    alone = single_shares(train, n_tokens)
    pairs, first = Counter(zip(train, train[1:])), Counter(train[:-1])
    shares = (
        (pairs[a, b] + smoothing * alone[b]) / (first[a] + smoothing)
        for a, b in zip(held_out, held_out[1:])
    )
    return -sum(map(math.log, shares)) / (len(held_out) - 1)


def single_shares(train: Sequence[int], n_tokens: int) -> list[float]:
    """Return each piece's share of a text, as if it stood there once more: sum 1."""
    times = Counter(train)
    return [(times[piece] + 1) / (len(train) + n_tokens) for piece in range(n_tokens)]


def _check(train, held_out):
    for name, numbers in {"train": train, "held_out": held_out}.items():
        if len(numbers) < 2:
            raise ValueError(f"{name} must have at least two pieces; it has {len(numbers)}.")
