"""What a drawn task is made of: options on axes, as data, and what was chosen of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Room = Mapping[str, int]
SMALL: Room = {"queries": 2, "keys": 3, "heads": 2}  # what an example has, unless it needs more


@dataclass(frozen=True)
class Option:
    """One way to do one step of attention.

    name: its short name on its axis. done: a clause that says how the step is done here ("True
    hides"). sentence: the same as a whole sentence of the question. lines: the step in NumPy. In
    all of them ``{w}`` stands for a drawn number. after: lines that come last, before the return.
    lesson: from which lesson on it is fair. title: how it shows in the task's title. needs: the
    arguments that it reads beside the usual ones. numbers: {name: values to draw from}.
    rivals: names of the options that somebody may take it for; None for all of its axis whose
    arguments are there. slips: near misses that are no option of their own. room: numbers -> what
    an example must have of SMALL, so that the option can be seen in it at all.
    """

    name: str
    done: str
    sentence: str = ""
    lines: str = ""
    after: str = ""
    lesson: int = 5
    title: str = ""
    needs: tuple[str, ...] = ()
    numbers: Mapping[str, tuple] = field(default_factory=dict)
    rivals: tuple[str, ...] | None = None
    slips: tuple["Option", ...] = ()
    room: Callable[[Mapping[str, Any]], Mapping[str, int]] = lambda numbers: {}


@dataclass(frozen=True)
class Choice:
    """An option as it was drawn: with its numbers. ``str(choice)`` is its name."""

    axis: str
    option: Option
    numbers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The option's name, without numbers."""
        return self.option.name

    @property
    def slug(self) -> str:
        """Axis, name and numbers as one name: "look: window w=2"."""
        numbers = "".join(f" {key}={value:g}" for key, value in self.numbers.items())
        return f"{self.axis}: {self.name}{numbers}"

    @property
    def room(self) -> Room:
        """How much of an example it takes to see it."""
        return self.option.room(self.numbers)

    @property
    def lesson(self) -> int:
        """The lesson from which on it is fair."""
        return self.option.lesson

    @property
    def sentence(self) -> str:
        """What the question says about it."""
        return self.said(self.option.sentence)

    @property
    def done(self) -> str:
        """The same as a clause."""
        return self.said(self.option.done)

    def said(self, text: str) -> str:
        """Return a text of the option with the drawn numbers in their places."""
        return text.format(**{key: f"{value:g}" for key, value in self.numbers.items()})

    def __str__(self) -> str:
        return self.name


Options = Mapping[str, Choice]  # by axis


def enough(*choices: Choice) -> Room:
    """Return what an example has in which each of these choices can be seen."""
    rooms = [SMALL, *(choice.room for choice in choices)]
    return {name: max(room.get(name, 0) for room in rooms) for name in SMALL}


def pick(known: tuple[Option, ...], *names: str) -> tuple[Option, ...]:
    """Return the options of these names, in this order."""
    return tuple(next(o for o in known if o.name == name) for name in names)


@dataclass(frozen=True)
class Slip:
    """A mistake that any draw of a kind can meet: a piece of the program is another one.

    slug: its name. old, new: texts of the program. hint: what is said.
    """

    slug: str
    old: str
    new: str
    hint: str


@dataclass(frozen=True, kw_only=True)
class Family:
    """What every family of drawn tasks has.

    name: of what is to be written. track, lesson: where it belongs, "05_matrix_form". axes: by
    name, the options, the course's own first. settle: options -> options that go together.
    """

    name: str
    track: str
    lesson: str
    axes: Mapping[str, tuple[Option, ...]]
    settle: Callable[[Options], Options] = dict

    @property
    def place(self) -> str:
        """The lesson in its track: "code/05_matrix_form"."""
        return f"{self.track}/{self.lesson}"


@dataclass(frozen=True, kw_only=True)
class Kind(Family):
    """A family of functions to write: what can be drawn, and how a draw is asked and answered.

    noun: what its titles begin with. order: the axes in the order in which the question tells them
    (those alone that it tells).
    arguments: options -> {name: what it is}. steps: options -> the program's lines, in pieces.
    inputs: (rng, options, small) -> {argument: value}; small: what an example has, as SMALL says;
    None for the larger ones of a check.
    reads: options -> (result -> arrays), how what comes back is read.
    ways: name -> (options, names of arguments) -> a function: other ways to be right.
    slips: mistakes that every draw can meet. loud: the argument that the probe of large scores
    makes ten thousand times as large; "" for none.
    published: exercises of the notebooks that are near, name -> what they are called.
    holds, also: what holds if the numbers are right, and if those of a small case are. floats:
    whether numbers with fractions come in. notes: options -> what the question says at its end.
    """

    noun: str
    order: tuple[str, ...]
    arguments: Callable[[Options], Mapping[str, str]]
    steps: Callable[[Options], list[str]]
    inputs: Callable[[Any, Options, Room | None], dict[str, Any]]
    reads: Callable[[Options], Callable]
    ways: Mapping[str, Callable]
    published: Mapping[str, str]
    slips: tuple[Slip, ...] = ()
    loud: str = ""
    holds: str = "the numbers are right"
    also: str = "two queries and three keys of whole numbers work"
    floats: bool = True
    notes: Callable[[Options], str] = lambda options: ""
