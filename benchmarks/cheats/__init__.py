"""Ways to get points without solving, as data: each has a name, a kind, and makes a cell."""

from collections.abc import Callable
from dataclasses import dataclass

# These two earn points rightly, so they are shown, and counted in no sum.
ANOTHER_WAY = "0 right in another way: exact for every input"
COPIED = "0 the published solution, copied as a table"


@dataclass(frozen=True)
class Cheat:
    """One way to get points without solving.

    kind: of KINDS. how: why it would earn anything, in one line. cell: (exercise) -> the source of
    the answer's cell, or None where it does not apply. left: the same for a cell that a right
    notebook, marked just before, has at its end.
    """

    name: str
    kind: str
    how: str
    cell: Callable[[str], str | None]
    left: Callable[[str], str | None] | None = None
