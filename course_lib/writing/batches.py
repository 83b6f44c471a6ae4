"""Rows of numbers become rectangles: padding on the left, and a target for each piece."""

from collections.abc import Sequence
from typing import NamedTuple

import torch

from course_lib.writing.choosing import IGNORE
from course_lib.writing.pieces import END


class Batch(NamedTuple):
    """What a writer reads, and what it is to say: ``targets`` is ``ids``, one piece ahead."""

    ids: torch.Tensor  # (B, n)  padding on the left
    mask: torch.Tensor  # (B, n)  True = a piece, False = padding
    targets: torch.Tensor  # (B, n)  -100 at padding


def make_batch(rows: Sequence[Sequence[int]], device: torch.device | str | None = None) -> Batch:
    """Return rows of numbers as a batch: each piece's target is the one after it.

    Shapes:
        B lists of up to n + 1 numbers -> three tables (B, n).

    Raises:
        ValueError: a row has fewer than two numbers.

    Example:
        >>> batch = make_batch([[5, 6, 7], [8, 9]])
        >>> batch.ids.tolist(), batch.targets.tolist()
        ([[5, 6], [0, 8]], [[6, 7], [-100, 9]])
    """
    for row in rows:
        if len(row) < 2:
            raise ValueError(f"rows must have at least two numbers each; one is {list(row)}.")
    ids, mask = fill_left([row[:-1] for row in rows], device)
    targets, _ = fill_left([row[1:] for row in rows], device)
    return Batch(ids, mask, targets.masked_fill(~mask, IGNORE))


def fill_left(
    rows: Sequence[Sequence[int]], device: torch.device | str | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return rows of numbers as one table, filled up on the left, and where it is real.

    On the left, so that all rows end in the same column: there the next piece is written.

    Shapes:
        B lists of up to n numbers -> (B, n) integers, (B, n) boolean.

    Example:
        >>> fill_left([[5, 6], [7]])[0]
        tensor([[5, 6],
                [0, 7]])
    """
    longest = max(map(len, rows))
    ids = torch.tensor([[END] * (longest - len(row)) + list(row) for row in rows], device=device)
    real = [[False] * (longest - len(row)) + [True] * len(row) for row in rows]
    return ids, torch.tensor(real, device=device)


def windows(numbers: Sequence[int], n: int) -> list[Sequence[int]]:
    """Return a text in windows, such that each of its pieces but the first is a target once.

    Example:
        >>> windows([1, 2, 3, 4, 5, 6], 4)
        [[1, 2, 3, 4, 5], [5, 6]]
    """
    return [numbers[begin : begin + n + 1] for begin in range(0, len(numbers) - 1, n)]


def draw_batch(
    numbers: Sequence[int], batch_size: int, n: int, device: torch.device | str | None = None
) -> Batch:
    """Return windows of n pieces and their targets, each beginning anywhere in the text."""
    begins = torch.randint(max(1, len(numbers) - n), (batch_size,)).tolist()
    return make_batch([numbers[begin : begin + n + 1] for begin in begins], device)
