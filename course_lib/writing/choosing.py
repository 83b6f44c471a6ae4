"""From scores to one piece: the likeliest, or one that is drawn; and the loss, if it is known."""

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch.nn import functional as F

from course_lib.softmax import temperature_softmax

IGNORE = -100  # the target of a token whose next one nobody asks for


def next_token_loss(
    logits: torch.Tensor, targets: torch.Tensor, ignore: int = IGNORE
) -> torch.Tensor:
    """Return the mean of -log p(right next token), over all tokens that are asked for.

    Shapes:
        logits (B, n, V), targets (B, n) integers -> (), over the targets other than ``ignore``.

    Raises:
        ValueError: shapes don't fit, or all targets are ignored.

    Example:
        >>> logits = torch.zeros(1, 2, 4)  # blind guessing among 4
        >>> round(next_token_loss(logits, torch.tensor([[3, -100]])).item(), 3)  # ln 4
        1.386
    """
    if logits.ndim < 2 or logits.shape[:-1] != targets.shape:
        raise ValueError(
            "logits must be (B, n, V) and targets (B, n); their shapes are "
            f"{tuple(logits.shape)} and {tuple(targets.shape)}."
        )
    asked = targets != ignore  # (B, n)
    if not asked.any():
        raise ValueError(f"targets must not all be {ignore}, which is ignored: nothing is asked.")
    log_shares = F.log_softmax(logits[asked], dim=-1)  # (asked, V)
    return -log_shares.gather(-1, targets[asked][:, None]).mean()


def greedy(logits: ArrayLike) -> int:
    """Return the likeliest piece; of equal ones, the first.

    Example:
        >>> greedy([1, 3, 2, 3])
        1
    """
    return int(_vector(logits).argmax())


def top_k(logits: ArrayLike, k: int | None) -> np.ndarray:
    """Keep the k largest logits; the others become -inf, which no temperature brings back.

    Of equal logits the first is kept. None, or a k above their number, keeps all.

    Raises:
        ValueError: k is below 1, or logits is no vector.

    Source:
        Fan, Lewis & Dauphin 2018, arXiv 1805.04833, section 5.2.

    Example:
        >>> top_k([1, 3, 2, 2], 2)
        array([-inf,   3.,   2., -inf])
    """
    logits = _vector(logits)
    if k is None:
        return logits
    if k < 1:
        raise ValueError(f"top_k must be at least 1, or None to keep all; it is {k}.")
    return _only(logits, np.argsort(-logits, kind="stable")[:k])  # stable: the first of equal ones


def top_p(logits: ArrayLike, p: float | None) -> np.ndarray:
    """Keep the likeliest pieces that together reach the share p; the others become -inf.

    Where the machine is sure, that is one piece; where it is not, many. None keeps all.

    Raises:
        ValueError: p is not above 0 and at most 1, or logits is no vector.

    Source:
        Holtzman et al. 2019, arXiv 1904.09751, section 3.1 ("nucleus sampling").

    Example:
        >>> top_p(np.log([0.1, 0.6, 0.3]), 0.8).round(2)
        array([ -inf, -0.51, -1.2 ])
    """
    logits = _vector(logits)
    if p is None:
        return logits
    if not 0 < p <= 1:
        raise ValueError(f"top_p must be above 0 and at most 1, or None to keep all; it is {p}.")
    order = np.argsort(-logits, kind="stable")  # the likeliest first
    ordered = temperature_softmax(logits, 1)[order]
    before = np.cumsum(ordered) - ordered  # what those ahead of each reach together
    return _only(logits, order[before < p])


def shares(
    logits: ArrayLike,
    temperature: float = 1.0,
    *,
    k: int | None = None,
    p: float | None = None,
) -> np.ndarray:
    """Return the chance of each piece to be drawn: temperature first, then top-k, then top-p.

    Shapes:
        logits (V,) -> (V,), sum 1.

    Raises:
        ValueError: temperature is not above 0, and what top_k and top_p raise.

    Example:
        >>> shares([1, 2, -1, 3]).round(3)
        array([0.089, 0.242, 0.012, 0.657])
        >>> shares([1, 2, -1, 3], 0.5, k=2).round(3)
        array([0.   , 0.119, 0.   , 0.881])
    """
    kept = temperature_softmax(top_k(logits, k), temperature)
    if p is None:
        return kept
    with np.errstate(divide="ignore"):
        return temperature_softmax(top_p(np.log(kept), p), 1)


def sample(
    logits: ArrayLike, temperature: float, top_k: int | None, rng: np.random.Generator
) -> int:
    """Draw a piece: each has as good a chance as its share.

    The pieces lie side by side from 0 to 1, each as wide as its share, in the order of their
    numbers; the one on which ``rng.random()`` falls is taken.

    Shapes:
        logits (V,) -> an integer from 0 to V - 1.

    Raises:
        ValueError: temperature is not above 0, top_k is below 1, or logits is no vector.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> [sample([1, 2, -1, 3], 1.0, None, rng) for _ in range(8)]
        [3, 1, 0, 0, 3, 3, 3, 3]
    """
    return draw(shares(logits, temperature, k=top_k), rng)


def draw(shares: np.ndarray, rng: np.random.Generator) -> int:
    """Return the first number, in order, whose added-up share is above ``rng.random()``.

    Example:
        >>> draw(np.array([0.0, 1.0, 0.0]), np.random.default_rng(0))
        1
    """
    reached = np.cumsum(shares) > rng.random()
    last = np.flatnonzero(shares)[-1]  # where rounding leaves the sum a hair below 1
    return int(min(reached.argmax() if reached.any() else last, last))


def _vector(logits):
    logits = np.asarray(logits, dtype=float)
    if logits.ndim != 1 or len(logits) < 1:
        raise ValueError(f"logits must be a vector (V,); their shape is {logits.shape}.")
    return logits


def _only(logits, kept):
    """Return the logits with -inf everywhere but at the numbers that are kept."""
    others = np.full_like(logits, -np.inf)
    others[kept] = logits[kept]
    return others
