"""How many processor cores torch may use."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def torch_threads(number: int) -> Iterator[None]:
    """Let torch use so many cores inside a ``with`` block; before and after, as many as before.

    With tables as small as here, one core is as fast as several, and several are far slower as
    soon as another program wants one of them. The number also decides in which order sums are
    taken: with one, a training gives the same model whatever the machine has to offer.

    Raises:
        ValueError: number is below 1.

    Example:
        >>> with torch_threads(1):
        ...     torch.get_num_threads()
        1
    """
    if number < 1:
        raise ValueError(f"number must be at least 1; it is {number}.")
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)
