"""Drawn tasks whose answer is a value: a number, some letters. They are judged as questions are."""

import dataclasses
import hashlib
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from course_lib.exercises import Report, examine, judge
from course_lib.exercises.declare import Answers, Hint, Misconception, Probe, Task
from course_lib.practice.declare import Family, Options
from course_lib.practice.members import DrawnTask, Member, alike


@dataclasses.dataclass(frozen=True, kw_only=True)
class PuzzleKind(Family):
    """A family of questions: what can be drawn, and what is right and wrong about a draw.

    ask: puzzle -> the question as Markdown. right: puzzle -> the answer. ways: name -> the same by
    another way. wrong: puzzle -> [(slug, value, hint)]. probe: puzzle -> how an answer is read.
    details: (rng, options) -> all that is drawn beside the options, by name. fits: puzzle ->
    whether it can be answered on paper. otherwise: the hint where no mistake is known.
    """

    ask: Callable[["Puzzle"], str]
    right: Callable[["Puzzle"], Any]
    ways: Mapping[str, Callable[["Puzzle"], Any]]
    wrong: Callable[["Puzzle"], list[tuple[str, Any, str]]]
    probe: Callable[["Puzzle"], Mapping[str, Probe]]
    details: Callable[[Any, Options], dict[str, Any]]
    fits: Callable[["Puzzle"], bool] = lambda puzzle: True
    otherwise: str = "Go through it change by change, on paper. Which one did you pass over?"


@dataclasses.dataclass(frozen=True)
class Puzzle(Member):
    """A question that was drawn; what has no argument is called with none.

    details: what was drawn beside the options.
    """

    kind: PuzzleKind
    details: Mapping[str, Any]

    @property
    def told(self) -> tuple[str, ...]:
        """What was drawn, in words; what is asked with other things or numbers is not alike."""
        asked = hashlib.sha256(self.question.encode()).hexdigest()[:16]
        return (*super().told, f"question: {asked}")

    @property
    def known_by(self) -> tuple[str, ...]:
        """What tells, in another version of the course, whether it is still the same task."""
        return (*super().told, self.source)

    @property
    def arguments(self) -> Mapping[str, str]:
        """There are none: the answer is a value."""
        return {}

    @property
    def signature(self) -> str:
        """How it is answered: by a value."""
        return f"{self.name} = ..."

    @cached_property
    def question(self) -> str:
        """The question as Markdown."""
        return self.kind.ask(self)

    @cached_property
    def source(self) -> str:
        """The right answer, as it is typed."""
        return f"{self.name} = {self.value!r}\n"

    @cached_property
    def value(self) -> Any:
        """The right answer."""
        return self.kind.right(self)

    @property
    def reference(self) -> Callable:
        """What returns the right answer."""
        return lambda: self.value

    @property
    def ways(self) -> Mapping[str, Callable]:
        """Other ways to the same answer."""
        return {name: lambda way=way: way(self) for name, way in self.kind.ways.items()}

    @cached_property
    def _wrong(self) -> tuple[tuple[str, Any, str], ...]:
        """Return the wrong answers that can be told from the right one, and from each other."""
        kept, known = [], [self._came(self.value)]
        for slug, value, hint in self.kind.wrong(self):
            came = self._came(value)
            if any(alike(self.task, came, other) for other in known):
                continue
            known.append(came)
            kept.append((slug, value, hint))
        return tuple(kept)

    def _came(self, value):
        return {k: judge.run(p, value, {}, seconds=None) for k, p in self.task.probes.items()}

    @property
    def neighbours(self) -> Mapping[str, Callable]:
        """The wrong answers that are known by name, each as what returns it."""
        return {slug: lambda value=value: value for slug, value, _ in self._wrong}

    @cached_property
    def task(self) -> Task:
        """The task as the engine of the exercises asks it."""
        return DrawnTask(
            self.key,
            lambda rng: {},
            self.kind.probe(self),
            question=lambda inputs: self.question,
            place=self.kind.place,
        )

    @cached_property
    def answers(self) -> Answers:
        """What is right and what is wrong, as the engine wants it."""
        place = self.kind.place
        return Answers(
            reference=lambda inputs: self.value,
            misconceptions=tuple(
                Misconception(slug, lambda inputs, value=value: value, hint, place)
                for slug, value, hint in self._wrong
            ),
            fallback=Hint(self.kind.otherwise, place),
        )

    @cached_property
    def sound(self) -> bool:
        """Whether it is worth asking: it fits, and some wrong answer tempts."""
        return self.kind.fits(self) and bool(self._wrong)

    def check(self, answer: object, *, seed: int | None = None) -> Report:
        """Return the report on an answer: a value, or a function without arguments that gives it.

        seed: there is nothing to repeat; the question's numbers are its own.
        """
        return examine(self.key, answer() if callable(answer) else answer)
