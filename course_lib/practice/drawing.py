"""Draw a task that nobody has seen: a choice on each axis, until the check can tell all apart."""

import difflib
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from course_lib.practice.attending import ATTENTION, LAYER, SCORES, SHARES
from course_lib.practice.counting import COUNTS
from course_lib.practice.declare import Choice, Kind, Options
from course_lib.practice.gradients import BACKWARD
from course_lib.practice.heads import MULTI_HEAD
from course_lib.practice.puzzles import Puzzle, PuzzleKind
from course_lib.practice.seeds import Key, read_key, seed_of, stream
from course_lib.practice.specification import Specification
from course_lib.practice.stacking import TRANSFORMER_LAYER
from course_lib.practice.stories import STORIES
from course_lib.practice.symmetry import SYMMETRIES

CODE = (SCORES, SHARES, ATTENTION, LAYER, MULTI_HEAD, TRANSFORMER_LAYER)
AnyKind = Kind | PuzzleKind
Drawn = Specification | Puzzle
KINDS: Mapping[str, AnyKind] = {
    kind.name: kind for kind in (*CODE, COUNTS, BACKWARD, SYMMETRIES, STORIES)
}
NAMES = tuple(KINDS)
USUAL = (2, 4)  # the levels of a draw that asks for none
EASY = {"stories": (1, 2)}
TRIES = 200
MISSED = 2000  # draws that are not fair, until none is thought to be


def draw(
    name: str, *, seed: int | None = None, variant: str | None = None, level: int | None = None
) -> Drawn:
    """Return a task drawn at random, or the one of a seed or of a student's variant.

    level: on how many axes it differs from the course's own; 2 to 4 unless given.

    Raises:
        KeyError: there are no such tasks; it lists the nearest names.
        ValueError: seed and variant both, or a level or a seed that can't be.

    Example:
        >>> task = draw("attention", seed=7)
        >>> task.signature == draw("attention", seed=7).signature
        True
        >>> task.check(task.reference).passed
        True
    """
    kind = kind_of(name)
    if seed is not None and variant is not None:
        raise ValueError("give a seed or a variant, not both: each says which task is drawn.")
    if variant is not None:
        seed = seed_of(name, str(variant))
    if seed is None:
        seed = int(stream_of_chance().integers(1_000_000))
    if isinstance(seed, bool) or not hasattr(seed, "__index__") or int(seed) < 0:
        raise ValueError(f"seed must be a whole number, 0 or more; it is {seed!r}.")
    _check_level(kind, level)
    return by_key(str(Key(name, int(seed), None if level is None else int(level))))


def stream_of_chance() -> Any:
    """Return a stream of numbers that nobody can foresee."""
    import numpy as np

    return np.random.default_rng()


def kind_of(name: str) -> AnyKind:
    """Return the kind of this name.

    Raises:
        KeyError: there is none; it lists the nearest names.
    """
    if name in KINDS:
        return KINDS[name]
    near = difflib.get_close_matches(str(name), KINDS, n=3, cutoff=0.4) or list(KINDS)
    raise KeyError(f"nothing is drawn under the name {name!r}. Nearest: {', '.join(near)}.")


def _check_level(kind: AnyKind, level: Any) -> None:
    most = len(kind.axes)
    whole = hasattr(level, "__index__") and not isinstance(level, bool)
    if level is not None and not (whole and 1 <= int(level) <= most):
        raise ValueError(f"level of {kind.name} must be from 1 to {most}; it is {level!r}.")


@lru_cache(maxsize=1024)
def by_key(key: str) -> Drawn:
    """Return the task of a key, "attention@7-3".

    Raises:
        KeyError: it is no key.
        ValueError: its level can't be.
    """
    read = read_key(key)
    if read is None:
        raise KeyError(f"{key!r} is no key of a drawn task, such as attention@7 or attention@7-3.")
    kind = kind_of(read.name)
    _check_level(kind, read.level)
    for tried in range(TRIES):
        made = _made(kind, key, read.seed, stream(key, tried), read.level)
        if read.sure or made.sound:
            return made
    raise RuntimeError(f"no draw of {key} can be told from its neighbours.")


def _made(kind: AnyKind, key: str, seed: int, rng: Any, level: int | None) -> Drawn:
    options = chosen(kind, rng, level)
    reached = level_of(kind, options)
    if isinstance(kind, PuzzleKind):
        return Puzzle(key, seed, reached, kind, options, kind.details(rng, options))
    return Specification(key, seed, reached, kind, options)


def chosen(kind: AnyKind, rng: Any, level: int | None) -> Options:
    """Choose an option on each axis; so many of them are not the course's own."""
    axes = list(kind.axes)
    if level is None:
        least, most = EASY.get(kind.name, USUAL)
        level = int(rng.integers(least, min(most, len(axes)) + 1))
    moved = set(rng.permutation(axes)[:level])
    options = {}
    for axis, known in kind.axes.items():
        at = int(rng.integers(1, len(known))) if axis in moved else 0
        numbers = {k: v[int(rng.integers(len(v)))] for k, v in known[at].numbers.items()}
        options[axis] = Choice(axis, known[at], numbers)
    return kind.settle(options)


def level_of(kind: AnyKind, options: Options) -> int:
    """Return on how many axes a draw differs from the course's own."""
    return sum(choice.name != kind.axes[axis][0].name for axis, choice in options.items())


def fair(name: str, *, lesson: int, level: int | None = None, rng: Any = None) -> Iterator[Drawn]:
    """Yield draws that ask for nothing beyond a lesson, without end.

    Raises:
        ValueError: no task of this name is fair so early.
    """
    kind, rng = kind_of(name), rng or stream_of_chance()
    for key in _fair_keys(kind, lesson, level, rng):
        if by_key(str(key)).lesson <= lesson:
            yield by_key(str(key))


def secret(
    name: str, *, lesson: int, level: int, rng: Any, besides: Collection[tuple[str, ...]] = ()
) -> Iterator[Drawn]:
    """Yield fair draws whose seeds nobody can guess, and whose keys are sure.

    besides: what is ``told`` already, and is not drawn again.

    Raises:
        ValueError: no task of this name is fair so early, or there are no others.
    """
    missed, unfit = 0, set()
    for key in _fair_keys(kind_of(name), lesson, level, rng, secret=True):
        made: Drawn = by_key.__wrapped__(str(key))  # most are not kept
        missed += 1
        if missed > MISSED // 4:
            raise ValueError(f"there are no other {name} of level {level}.")
        if made.told in besides or made.told in unfit:
            continue
        if made.lesson <= lesson and made.sound:
            missed = 0
            yield made
        else:
            unfit.add(made.told)


def _fair_keys(
    kind: AnyKind, lesson: int, level: int | None, rng: Any, *, secret: bool = False
) -> Iterator[Key]:
    """Yield keys whose first draw, before it is made sound (which costs time), is fair."""
    _check_level(kind, level)
    missed = 0
    while missed < MISSED:
        seed = int(rng.integers(2**62 if secret else 1_000_000))
        key = Key(kind.name, seed, level, sure=secret)
        first = chosen(kind, stream(key, 0), level)
        missed += 1
        if max(int(kind.lesson[:2]), *(choice.lesson for choice in first.values())) <= lesson:
            missed = 0
            yield key
    raise ValueError(f"no {kind.name} of level {level} is fair after lesson {lesson:02}.")


def begins(name: str) -> int:
    """Return the lesson from which on tasks of this name are fair, the easiest of them.

    Example:
        >>> begins("attention"), begins("counts")
        (5, 10)
    """
    kind = kind_of(name)
    own = max(int(kind.lesson[:2]), *(known[0].lesson for known in kind.axes.values()))
    return max(own, min(o.lesson for known in kind.axes.values() for o in known[1:]))


def highest(name: str, lesson: int) -> int:
    """Return on how many axes a draw can differ that is fair after a lesson.

    Example:
        >>> highest("scores", 5), highest("scores", 9)
        (3, 4)
    """
    axes = kind_of(name).axes.values()
    return sum(any(option.lesson <= lesson for option in known[1:]) for known in axes)
