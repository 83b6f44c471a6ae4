"""Practice in a notebook: ``practice("attention")`` shows a task that nobody has seen."""

import sys
from typing import Any

import numpy as np

from course_lib.exercises import CheckFailed, hooks
from course_lib.practice.drawing import Drawn, draw, fair, kind_of, stream_of_chance
from course_lib.practice.puzzles import Puzzle


class Practice:
    """A drawn task, as a notebook shows it. ``specification`` is what was drawn."""

    def __init__(self, specification: Drawn) -> None:
        self.specification = specification

    def check(self, answer: object) -> None:
        """Check an answer: print what held, or raise CheckFailed with symptom and hint.

        Raises:
            CheckFailed: the answer is not right yet.
        """
        report = self.specification.check(answer)
        hooks.checked(report, answer)
        if not report.passed:
            raise CheckFailed(report)
        print(report.shown)

    @property
    def example(self) -> tuple[Any, ...]:
        """The question's example, ready to be handed over: ``attention(*task.example)``."""
        drawn = self.specification
        given = {} if isinstance(drawn, Puzzle) else drawn.example()
        return tuple(np.array(each) if np.ndim(each) else each for each in given.values())

    def solution(self) -> None:
        """Give up, and see one right answer. It is remembered: a task of this kind comes back."""
        hooks.gave_up(self.specification.key)
        print(self.specification.source)

    @property
    def again(self) -> str:
        """The call that shows the same task once more, to whoever makes it."""
        drawn = self.specification
        _, _, level = drawn.key.partition("-")
        level = f", level={level}" if level else ""
        return f'practice("{drawn.name}", seed={drawn.seed}{level})'

    def _repr_markdown_(self) -> str:
        drawn, called = self.specification, self._called
        tried, answer = f"Try the example: `{drawn.name}(*{called}.example)`. Check", drawn.name
        if isinstance(drawn, Puzzle):
            tried, answer = "Check", "..."
        return (
            f"{drawn.question}\n\n{tried} your answer: `{called}.check({answer})`. One answer, to "
            f"read: `{called}.solution()`. The same task again: `{self.again}`\n\n"
        )

    @property
    def _called(self) -> str:
        """The name by which the notebook holds this task, "task" if it holds it by none."""
        held = vars(sys.modules["__main__"]).items()
        names = [name for name, value in held if value is self and not name.startswith("_")]
        return names[-1] if names else "task"

    def __repr__(self) -> str:
        return self.again


def practice(name: str, *, seed: int | None = None, level: int | None = None) -> Practice:
    """Return a fresh task: ``task = practice("attention")``, and ``task`` alone shows it.

    Without a seed and a level it is one that the learner's lessons have prepared, harder from pass
    to pass. seed: the same task for all who give it. level: on how many axes it differs from the
    course's own.

    Raises:
        KeyError: there are no such tasks; it lists the nearest names.
        ValueError: a seed or a level that can't be.

    Example:
        >>> task = practice("attention", seed=7)
        >>> task
        practice("attention", seed=7)
        >>> task.check(task.specification.reference)  # doctest: +ELLIPSIS
        ✓ attention@7: 6 of 6 points. What held: every query gets its output; ...
    """
    if seed is not None:
        return Practice(draw(name, seed=seed, level=level))
    kind = kind_of(name)
    lesson, reached = hooks.reach(name, len(kind.axes))
    level = reached if level is None else level
    lesson = max(lesson, int(kind.lesson[:2]))
    try:
        return Practice(next(fair(name, lesson=lesson, level=level)))
    except ValueError:  # so many steps can't differ yet: then any task of this level
        return Practice(draw(name, seed=int(stream_of_chance().integers(1_000_000)), level=level))
