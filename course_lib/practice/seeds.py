"""Numbers that repeat: a stream for a key, the seed of a variant, keys to read and to write."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

KEY = re.compile(r"(?P<name>[a-z_]+)@(?P<seed>\d+)(?:-(?P<level>\d+))?(?P<sure>!?)")


def stream(*parts: object) -> np.random.Generator:
    """Return a stream of random numbers that is the same for the same words, everywhere."""
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def seed_of(name: str, variant: str) -> int:
    """Return the seed of somebody's draw.

    Example:
        >>> seed_of("attention", "ada") == seed_of("attention", "ada") != seed_of("scores", "ada")
        True
    """
    digest = hashlib.sha256(f"{name}/{variant}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


@dataclass(frozen=True)
class Key:
    """What a drawn task's key says. ``str(key)`` is the key: "attention@7-3".

    sure: the first draw of this seed is the task: it was found sound once, and need not be again.
    """

    name: str
    seed: int
    level: int | None = None
    sure: bool = False

    def __str__(self) -> str:
        level = "" if self.level is None else f"-{self.level}"
        return f"{self.name}@{self.seed}{level}{'!' if self.sure else ''}"


def read_key(text: Any) -> Key | None:
    """Return what a key says, or None if it is none.

    Example:
        >>> read_key("attention@7-3"), read_key("softmax")
        (Key(name='attention', seed=7, level=3, sure=False), None)
    """
    found = KEY.fullmatch(str(text))
    if not found:
        return None
    level = None if found["level"] is None else int(found["level"])
    return Key(found["name"], int(found["seed"]), level, bool(found["sure"]))
