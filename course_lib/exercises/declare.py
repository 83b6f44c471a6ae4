"""What an exercise is made of. A task asks; its answers, kept apart, know what is right.

``tasks/<track>_<NN>.py`` declares what is asked, and can be imported where no answer may be seen:
inputs, and probes that run beside somebody's answer. ``answers/<track>_<NN>.py`` declares what is
right, and which plausible answers are wrong; ``hints/<track>_<NN>.md`` says in words where to look.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from course_lib.lessons import places

REGISTERED = {}  # name -> Task, filled by task() as the files of tasks/ are imported


DIGITS = 1e-6  # relative to an entry itself, where its digits tell a formula from differences


@dataclass(frozen=True)
class Probe:
    """One question put to an answer, worth some of the exercise's points.

    run: (answer, inputs) -> an array, or a dictionary of arrays by name. It calls the answer; it
        knows nothing of what is right.
    holds: what holds if the probe passes, in words ("each row sums to 1"), shown to the learner.
    points: its share of the exercise's points.
    symptoms: functions (got, inputs) -> a sentence about what was measured, or None if they see
        nothing. They get what the probe returned: the array, or the dictionary.
    tolerance: relative to the largest entry; float32 fits the default, float16 gets more.
    absolute: how far off an entry may be whatever its size, in the answer's own unit.
    spelled: where the answer is a value, (value) -> other ways to write it, all accepted.
    aside: True where a constant, a refusal or the code that was given passes, too: it earns points
        only beside a probe that none of these passes.
    digits: names of arrays whose small entries only a formula gets right. Where such a one is right
        beside the largest entry but not for its own size, all was found by a quotient of
        differences, and the answer earns nothing.
    reads: where the value itself is compared, how it is read ("letter", "number", …): a web page
        can then reply by a table; "" where something is computed from it first.
    """

    run: Callable
    holds: str
    points: int = 1
    symptoms: tuple[Callable, ...] = ()
    tolerance: float = 1e-4
    absolute: float = 0.0
    spelled: Callable | None = None
    aside: bool = False
    digits: tuple[str, ...] = ()
    reads: str = ""

    def close(self, got: np.ndarray, want: np.ndarray) -> np.ndarray:
        """Return, entry by entry, whether two arrays of numbers of the same shape agree."""
        largest = np.abs(want[np.isfinite(want)]).max(initial=1e-12)
        tolerance = max(self.tolerance, _precision(got))
        room = max(tolerance * float(largest), self.absolute)
        with np.errstate(invalid="ignore"):  # inf - inf; equal ones count as equal below
            near = np.abs(np.subtract(got, want, dtype=_wide(got, want)))
        same = (near <= room + tolerance * np.abs(want)) & np.isfinite(want)
        return same | (got == want) | ((got != got) & (want != want))

    def close_by_size(self, got: np.ndarray, want: np.ndarray) -> np.ndarray:
        """Return, entry by entry, whether two arrays agree, each entry measured by its own size."""
        return np.abs(got - want) <= DIGITS * np.abs(want)


def _precision(array):
    """Return how exact numbers of an array's type can be after a few steps: 0.8 % in float16."""
    half = array.dtype.kind == "f" and array.dtype.itemsize < 4
    return 8 * float(np.finfo(array.dtype).eps) if half else 0.0


def _wide(one, other):
    """Return a type in which two arrays of numbers can be subtracted without wrapping round."""
    return np.result_type(one, other, np.float64)


@dataclass(frozen=True)
class Task:
    """An exercise as it is asked: nothing here knows the answer.

    name: as the registry of the lessons lists it (``lessons.toml``).
    inputs: rng -> dictionary of fresh arrays. For a question with a value as its answer (a letter,
        a number, a short list) the rng comes from the learner's variant.
    forbids: dotted names of calls that *are* the exercise ("course_lib.softmax.softmax").
    uses: dotted names that the exercise, or a cell beside it, calls, though another of the lesson
        forbids them: they can't be withheld when a class is marked.
    known: dotted name of a function of the course -> the same, called once: a dictionary of numbers
        that probes hand to answers, too large to be sent where a class is marked.
    question: (inputs) -> Markdown text with the numbers of the variant. What has one is answered by
        such a value; without one, by a function or a class.
    """

    name: str
    inputs: Callable
    probes: Mapping[str, Probe]
    forbids: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    known: Mapping[str, Callable] = field(default_factory=dict)
    question: Callable | None = None

    @property
    def lesson(self) -> str:
        """Where the exercise belongs: "code/02_softmax"."""
        return places()[self.name]

    @property
    def value(self) -> bool:
        """True if the answer is a value, False if it is a function or a class."""
        return self.question is not None

    @property
    def points(self) -> int:
        """What all probes are worth together."""
        return sum(probe.points for probe in self.probes.values())


class Hint(NamedTuple):
    """Where to look, without the answer, and what to read again.

    reread: a heading of a lesson, e.g. "code/02_softmax: Who shares the 100 %?"
    """

    hint: str
    reread: str


@dataclass(frozen=True)
class Misconception:
    """A plausible wrong answer: the symptom is measured, the hint says where to look.

    slug: its name, e.g. "wrong-axis".
    wrong: an implementation of the mistake (for a value exercise: inputs -> the wrong value).
    hint, reread: as in Hint.
    """

    slug: str
    wrong: Callable
    hint: str
    reread: str


@dataclass(frozen=True)
class Answers:
    """What is right, at least three right answers written differently, and what is wrong.

    reference, also_right: implementations (for a value exercise: inputs -> the value).
    wrong: the plausible mistakes, slug -> an implementation. Each has its line in ``hints/``.
    misconceptions, fallback: the mistakes with their hints, and what is said where none fits (or
        None); the catalogue fills them in from ``hints/``.
    """

    reference: Callable
    also_right: tuple[Callable, ...] = ()
    wrong: Mapping[str, Callable] = field(default_factory=dict)
    misconceptions: tuple[Misconception, ...] = ()
    fallback: Hint | None = None


def task(**declared: Any) -> Task:
    """Declare a task, in the words of Task; return it.

    Raises:
        ValueError: the name is taken, or in no lesson's list, or there is no probe.
    """
    new = Task(**declared)
    if new.name in REGISTERED:
        raise ValueError(f"there is an exercise {new.name!r} already; names are unique.")
    if new.name not in places():
        raise ValueError(
            f"exercise {new.name!r} belongs to no lesson: add it to course_lib/lessons.toml, to "
            f"the exercises of its lesson and track."
        )
    if not new.probes:
        raise ValueError(f"exercise {new.name!r} needs at least one probe.")
    REGISTERED[new.name] = new
    return new
