"""Lesson 08: tell attention where a word stands, since it can't see that by itself."""

from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from torch import Tensor

BASE = 10_000  # the slowest pair of numbers takes about 2 pi * BASE words for one turn
Rows = TypeVar("Rows", np.ndarray, "Tensor")  # what comes as an array is handed back as one


def sinusoidal_positions(n: int, d_model: int, *, base: float = BASE) -> np.ndarray:
    """Return one vector for each of n positions: sines and cosines of ever slower turns.

    Row pos holds sin(pos * w) in each even column and cos(pos * w) in the odd one beside it; both
    of a pair turn at the same speed w = base ** (-2i / d_model), with i the number of the pair.

    Shapes:
        -> (n, d_model); positions count from 0.

    Raises:
        ValueError: n is below 1 or d_model is not a positive even number.

    Source:
        Vaswani et al. 2017, arXiv 1706.03762, section 3.5.

    Example:
        >>> sinusoidal_positions(3, 4).round(2)
        array([[ 0.  ,  1.  ,  0.  ,  1.  ],
               [ 0.84,  0.54,  0.01,  1.  ],
               [ 0.91, -0.42,  0.02,  1.  ]])
    """
    if n < 1:
        raise ValueError(f"n must be at least 1; it is {n}.")
    angles = np.arange(n)[:, None] * _speeds(d_model, base)  # (n, d_model / 2)
    positions = np.empty((n, d_model))
    positions[:, 0::2] = np.sin(angles)
    positions[:, 1::2] = np.cos(angles)
    return positions  # (n, d_model)


def position_shift(offset: int, d_model: int, *, base: float = BASE) -> np.ndarray:
    """Return the one matrix that moves every sinusoidal position by ``offset`` words.

    M @ p(pos) = p(pos + offset), whatever pos is: each pair turns by its angle, offset * w.

    Shapes:
        -> (d_model, d_model); for rows of positions: ``positions @ M.T``.

    Raises:
        ValueError: d_model is not a positive even number.

    Source:
        Vaswani et al. 2017, arXiv 1706.03762, section 3.5 (said there, not written out).

    Example:
        >>> p = sinusoidal_positions(9, 6)
        >>> np.allclose(position_shift(3, 6) @ p[5], p[8])
        True
    """
    angles = offset * _speeds(d_model, base)  # (d_model / 2,)
    shift = np.zeros((d_model, d_model))
    for i, angle in enumerate(angles):
        pair = slice(2 * i, 2 * i + 2)
        shift[pair, pair] = [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    return shift


def rotate(x: Rows, positions: "ArrayLike | Tensor | None" = None, *, base: float = BASE) -> Rows:
    """Turn each row by an angle that grows with its position: rotary positions.

    Done to queries and keys (never to values), it makes a score depend on how far apart the two
    stand, and not on where: the dot product sees only the difference of the two angles. A row that
    comes alone, behind others that are kept, must be given its position.

    Shapes:
        x (..., n, d_k), a floating array or tensor; positions integers, (n,) or whatever broadcasts
        to (..., n), by default 0 to n - 1
        -> as x; the row at position pos is turned by pos * w in each pair of neighbouring columns,
        w = base ** (-2i / d_k).

    Raises:
        ValueError: d_k is odd, x has fewer than two axes, or the positions are not integers or do
            not broadcast to (..., n).

    Source:
        Su et al. 2021, arXiv 2104.09864, equation 34.

    Example:
        >>> rotate(np.ones((3, 2))).round(2)  # 0, 1 and 2 radians
        array([[ 1.  ,  1.  ],
               [-0.3 ,  1.38],
               [-1.33,  0.49]])
        >>> rotate(np.ones((1, 2)), [2]).round(2)  # the last of them, alone
        array([[-1.33,  0.49]])
    """
    if x.ndim < 2:
        raise ValueError(f"x must be (..., n, d_k); its shape is {tuple(x.shape)}.")
    speeds = _speeds(x.shape[-1], base, "d_k")
    angles = _places(positions, tuple(x.shape[:-1]))[..., None] * speeds  # (..., n, d_k / 2)
    even, odd = x[..., 0::2], x[..., 1::2]
    if isinstance(x, np.ndarray):
        stack, cos, sin = np.stack, np.cos(angles).astype(x.dtype), np.sin(angles).astype(x.dtype)
    else:
        from torch import stack

        cos, sin = x.new_tensor(np.cos(angles)), x.new_tensor(np.sin(angles))
    turned = stack([even * cos - odd * sin, even * sin + odd * cos], -1)  # (..., n, d_k / 2, 2)
    return turned.reshape(x.shape)  # (..., n, d_k)


def _places(positions, shape):
    """Return the positions of x's rows as an array that broadcasts to shape, (..., n)."""
    if positions is None:
        return np.arange(shape[-1])
    places = np.asarray(positions.cpu() if hasattr(positions, "cpu") else positions)
    if not np.issubdtype(places.dtype, np.integer):
        raise ValueError(f"positions must be integers; their dtype is {places.dtype}.")
    try:
        np.broadcast_to(places, shape)
    except ValueError:
        raise ValueError(
            f"positions must be (n,) or broadcast to (..., n) = {shape}, one for each row of x; "
            f"their shape is {places.shape}."
        ) from None
    return places


def _speeds(width, base, name="d_model"):
    """Return the turn of each pair from one word to the next, in radians: (width / 2,)."""
    if width < 2 or width % 2:
        raise ValueError(
            f"{name} must be an even number from 2 on, since sine and cosine come in pairs; "
            f"it is {width}."
        )
    return base ** (-np.arange(0, width, 2) / width)
