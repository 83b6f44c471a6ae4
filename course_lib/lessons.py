"""The registry of the lessons, and where their notebooks lie: read from ``lessons.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
SOLUTIONS = NOTEBOOKS / "solutions"  # authored, with answers
EXERCISES = NOTEBOOKS / "exercises"  # the learners' copies, made from them
REGISTRY = Path(__file__).with_name("lessons.toml")
TRACKS = ("intuition", "code", "maths")


@dataclass(frozen=True)
class Lesson:
    """One lesson in three tracks.

    name is that of its files, title stands above them, question is what the lesson answers, and
    idea is what is new in it. minutes: to read it, by track; trains: how many of them the computer
    works alone. exercises: their names, by track, in order.
    """

    number: int
    name: str
    title: str
    question: str
    idea: str
    minutes: Mapping[str, int]
    exercises: Mapping[str, tuple[str, ...]]
    trains: Mapping[str, int] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        """The name of its files: "02_softmax"."""
        return f"{self.number:02}_{self.name}"

    @property
    def numbered(self) -> str:
        """Number and title, as links are labelled: "02 Softmax"."""
        return f"{self.number:02} {self.title}"

    def place(self, track: str) -> str:
        """Return what the lesson is called in a track: "code/02_softmax"."""
        return f"{track}/{self.stem}"

    def path(self, track: str, folder: Path = NOTEBOOKS) -> Path:
        """Return its notebook in a track; in EXERCISES or SOLUTIONS, its exercises."""
        return folder / track / f"{self.stem}.ipynb"


def read(file: Path = REGISTRY) -> tuple[Lesson, ...]:
    """Return the lessons of a registry, in their order.

    Raises:
        ValueError: an entry lacks something, has something unknown, repeats a number or an
            exercise, or speaks of a track that is none; it names the entry.
    """
    try:
        entries = tomllib.loads(Path(file).read_text(encoding="utf-8")).get("lesson", [])
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file} is no TOML: {error}") from None
    name = Path(file).name
    lessons = [_lesson(entry, f"{name}, lesson {n}") for n, entry in enumerate(entries, 1)]
    numbers = [lesson.number for lesson in lessons]
    if numbers != list(range(1, len(numbers) + 1)):
        raise ValueError(f"{file}: the lessons must be numbered 1, 2, 3 …, but are {numbers}.")
    every = [name for each in lessons for names in each.exercises.values() for name in names]
    if twice := sorted({name for name in every if every.count(name) > 1}):
        raise ValueError(f"{file}: names of exercises are unique, but {twice[0]!r} stands twice.")
    return tuple(lessons)


def _lesson(entry: dict, place: str) -> Lesson:
    known = {each.name for each in fields(Lesson)}
    if missing := sorted(known - {"trains"} - set(entry)):
        raise ValueError(f"{place} needs {', '.join(missing)}.")
    if unknown := sorted(set(entry) - known):
        raise ValueError(f"{place} has {', '.join(unknown)}, which no lesson has.")
    for column in ("minutes", "exercises"):
        if set(entry[column]) != set(TRACKS):
            raise ValueError(f"{place}: {column} must be given for {', '.join(TRACKS)}.")
    exercises = {track: tuple(entry["exercises"][track]) for track in TRACKS}
    return Lesson(**{**entry, "exercises": exercises})


LESSONS = read()


@cache
def places() -> dict[str, str]:
    """Return where each exercise belongs, {"softmax": "code/02_softmax"}, in order."""
    return {
        name: lesson.place(track)
        for track in TRACKS
        for lesson in LESSONS
        for name in lesson.exercises[track]
    }
