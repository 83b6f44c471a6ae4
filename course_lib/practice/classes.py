"""Draw for a class: the same kinds and levels for each, and no two alike on all tasks."""

import difflib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from course_lib.files.cells import Trouble
from course_lib.practice.drawing import EASY, KINDS, USUAL, Drawn, begins, highest, secret

MOST = 20  # tasks of one student
LEVEL = 3  # unless another one is asked for
TRIES = 500  # to find a set of tasks that nobody has
Told = tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """A task of everybody's: its name, and on how many axes it differs from the course's own."""

    name: str
    level: int

    def __str__(self) -> str:
        return f"{self.name}:{self.level}"


def planned(
    track: str | None,
    lessons: tuple[int, int],
    *,
    tasks: int,
    names: Sequence[str] = (),
    level: int | None = None,
) -> tuple[Asked, ...]:
    """Return what everybody is asked: tasks that a track's lessons, first to last, have prepared.

    If there are fewer kinds than tasks, kinds come again; if there are more, the latest are taken.
    names: kinds to draw from instead, "attention" or "attention:4", in this order. level: of each,
    as far as it is fair after the last lesson.

    Raises:
        Trouble: nothing is drawn from these lessons, or a name, level or number makes no sense.
    """
    last = lessons[1]
    if names:
        return tuple(_named(text, last, level) for text in names)
    if not 1 <= tasks <= MOST:
        raise Trouble(f"an exam has from 1 to {MOST} tasks for each student, not {tasks}.")
    known = [name for name in KINDS if track in (None, KINDS[name].track)]
    known.sort(key=begins)
    fit = [name for name in known if lessons[0] <= begins(name) <= last]
    if not fit:
        there = ", ".join(f"{name} (lesson {begins(name):02})" for name in known)
        raise Trouble(
            f"no task is drawn from lessons {lessons[0]:02} to {last:02} of the {track} track. "
            f"There are: {there}."
        )
    times = [tasks // len(fit) + (n >= len(fit) - tasks % len(fit)) for n in range(len(fit))]
    chosen = [name for name, count in zip(fit, times) for _ in range(count)]
    return tuple(_asked(name, last, level) for name in chosen)


def _named(text: str, last: int, level: int | None) -> Asked:
    """Return what "attention:4" asks for."""
    name, colon, own = text.partition(":")
    if name not in KINDS:
        near = difflib.get_close_matches(name, KINDS, n=3, cutoff=0.4) or list(KINDS)
        raise Trouble(f"nothing is drawn under the name {name!r}. Nearest: {', '.join(near)}.")
    if colon and not own.isdecimal():
        raise Trouble(f"a task is NAME or NAME:LEVEL, such as attention:3; it is {text!r}.")
    if begins(name) > last:
        raise Trouble(f"{name} is fair from lesson {begins(name):02} on, not after {last:02}.")
    return _asked(name, last, int(own) if colon else level)


def _asked(name: str, last: int, level: int | None) -> Asked:
    most = highest(name, last)
    if level is None:
        level = min(LEVEL, EASY.get(name, USUAL)[1], most)
    if not 1 <= level <= most:
        raise Trouble(
            f"after lesson {last:02}, {name} can differ from the course's own in 1 to {most} "
            f"steps, not {level}."
        )
    return Asked(name, level)


def drawn_for(
    count: int,
    plan: Sequence[Asked],
    lesson: int,
    *,
    rng: Any,
    besides: Iterable[Told] = (),
) -> list[tuple[Drawn, ...]]:
    """Return so many sets of tasks, each by the plan, fair after a lesson; no two sets are alike.

    Nor are two tasks, as long as there are others. besides: what was drawn before, as it is
    ``told``; it is drawn again only where there is nothing else, and never for a whole set.

    Raises:
        Trouble: there are not so many.
    """
    before = set(besides)
    pools = {asked: _pool(asked, count * plan.count(asked), lesson, rng, before)
             for asked in dict.fromkeys(plan)}  # fmt: skip
    sets: list[tuple[Drawn, ...]] = []
    taken: set[frozenset[Told]] = set()
    for number in range(count):
        for tried in range(TRIES):
            made = _set(plan, pools, None if tried else number, rng)
            told = frozenset(each.told for each in made)
            if len(told) == len(plan) and told not in taken and not told <= before:
                break
        else:
            kind = "other" if before else "different"
            raise Trouble(
                f"there are only {len(sets)} {kind} exams of {' '.join(map(str, plan))} after "
                f"lesson {lesson:02}. Ask for more tasks, a higher level or more lessons."
            )
        taken.add(told)
        sets.append(made)
    return sets


def _pool(asked: Asked, count: int, lesson: int, rng: Any, before: set[Told]) -> list[Drawn]:
    """Return so many tasks that differ, or as many as there are; old ones if all are old."""
    pool: list[Drawn] = []
    known = set(before)
    found = secret(asked.name, lesson=lesson, level=asked.level, rng=rng, besides=known)
    try:
        while len(pool) < count:
            pool.append(next(found))
            known.add(pool[-1].told)
    except ValueError:  # there are no more
        if not pool and before:
            return _pool(asked, count, lesson, rng, set())
        if not pool:
            raise Trouble(f"there is no {asked} after lesson {lesson:02}.") from None
    return pool


def _set(
    plan: Sequence[Asked], pools: dict[Asked, list[Drawn]], number: int | None, rng: Any
) -> tuple[Drawn, ...]:
    """Return a task from each pool: those that belong to a number, or any."""
    made, used = [], dict.fromkeys(pools, 0)
    for asked in plan:
        pool, width = pools[asked], plan.count(asked)
        at = int(rng.integers(len(pool)))
        if number is not None:
            at = (number * width + used[asked]) % len(pool)
        used[asked] += 1
        made.append(pool[at])
    return tuple(made)


def points_of(sets: Collection[Sequence[Drawn]]) -> list[int]:
    """Return what each task is worth, which is the same for all.

    Raises:
        AssertionError: it is not.
    """
    points = {tuple(each.task.points for each in made) for made in sets}
    assert len(points) == 1, f"tasks of one plan are worth {sorted(points)}"
    return list(points.pop())
