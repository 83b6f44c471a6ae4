"""What a run does not try whole, since it takes an hour: some by lot, other ones each day.

Before a release all is tried: COURSE_ALL=1.
"""

import os
import random
import time
from collections.abc import Sequence
from typing import TypeVar

ALL = bool(os.environ.get("COURSE_ALL"))
Thing = TypeVar("Thing")


def by_lot(things: Sequence[Thing], number: int, of: str = "") -> list[Thing]:
    """Return so many of these, in their order: those of today, the same in every process.

    of: whose they are, so that each track draws its own.
    """
    if ALL:
        return list(things)
    drawn = random.Random(time.strftime("%Y-%j") + of).sample(range(len(things)), number)
    return [things[at] for at in sorted(drawn)]
