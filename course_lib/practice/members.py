"""What all drawn tasks have in common: a key, what was drawn, and how it is told from others."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from course_lib.exercises import Report, judge
from course_lib.exercises.declare import Task
from course_lib.practice.declare import Options


@dataclasses.dataclass(frozen=True)
class DrawnTask(Task):
    """A task of the engine whose lesson is its kind's. A drawn one stands in no registry."""

    place: str = ""

    @property
    def lesson(self) -> str:
        """Where the task belongs: "code/05_matrix_form"."""
        return self.place


@dataclasses.dataclass(frozen=True)
class Member:
    """A task that was drawn out of a family. ``draw`` makes it; ``key`` repeats it.

    key: "attention@7-3". seed: what repeats it. level: on how many axes it differs from the
    course's own. kind: its family. options: what was drawn, {axis: choice}; ``str(choice)`` is an
    option's name, ``choice.numbers`` its numbers.
    """

    key: str
    seed: int
    level: int
    kind: Any
    options: Options

    @property
    def name(self) -> str:
        """What is to be written: a function's name, or what stands before the answer."""
        return str(self.kind.name)

    @property
    def lesson(self) -> int:
        """The lesson from which on the task is fair."""
        own = int(self.kind.lesson[:2])
        return max(own, *(choice.lesson for choice in self.options.values()))

    @property
    def told(self) -> tuple[str, ...]:
        """What was drawn, in words. Tasks that tell the same are alike, but for their example."""
        return tuple(choice.slug for choice in self.options.values())

    @property
    def known_by(self) -> tuple[str, ...]:
        """What tells, in another version of the course, whether it is still the same task."""
        return self.told

    def named(self, report: Report, answer: object) -> Report:
        """Return a report that says, besides, whose answer this is, where that is known."""
        return report


def alike(task: Task, one: Mapping[str, judge.Outcome], other: Mapping[str, judge.Outcome]) -> bool:
    """Say whether all probes of a task make the same of two answers."""
    return all(judge.alike(p, one[key], other[key]) for key, p in task.probes.items())
