"""Numbers that repeat: a stream for a key, the seed of a variant, keys to read and to write."""

import hashlib
import re
from typing import Any

import numpy as np

KEY = re.compile(r"(?P<name>[a-z_]+)@(?P<seed>\d+)(?:-(?P<level>\d+))?")


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


def key_of(name: str, seed: int, level: int | None) -> str:
    """Return a drawn task's key.

    Example:
        >>> key_of("attention", 7, None), key_of("attention", 7, 3)
        ('attention@7', 'attention@7-3')
    """
    return f"{name}@{seed}" if level is None else f"{name}@{seed}-{level}"


def read_key(key: Any) -> tuple[str, int, int | None] | None:
    """Return (name, seed, level) of a key, or None if it is none.

    Example:
        >>> read_key("attention@7-3"), read_key("softmax")
        (('attention', 7, 3), None)
    """
    found = KEY.fullmatch(str(key))
    if not found:
        return None
    level = found["level"]
    return found["name"], int(found["seed"]), None if level is None else int(level)
