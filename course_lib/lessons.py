"""The registry of the lessons, and where their notebooks lie: read from ``lessons.toml``."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path

from course_lib.files.cells import Trouble

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
SOLUTIONS = NOTEBOOKS / "solutions"  # authored, with answers
EXERCISES = NOTEBOOKS / "exercises"  # the learners' copies, made from them
START_PAGE = NOTEBOOKS / "00_start_here.ipynb"
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

    @property
    def called(self) -> str:
        """Its title inside a sentence: "softmax", "the Transformer's layer"; "GPT" stays."""
        first, rest = self.title[0], self.title[1:]
        return (first.lower() if rest[:1].islower() or not rest[:1].isalpha() else first) + rest

    def module(self, track: str) -> str:
        """Return the name of its files in exercises/tasks, answers and hints: "code_02"."""
        return f"{track}_{self.number:02}"

    def place(self, track: str) -> str:
        """Return what the lesson is called in a track: "code/02_softmax"."""
        return f"{track}/{self.stem}"

    def path(self, track: str, folder: Path = NOTEBOOKS) -> Path:
        """Return its notebook in a track; in EXERCISES or SOLUTIONS, its exercises."""
        return folder / track / f"{self.stem}.ipynb"


def read(file: Path = REGISTRY) -> tuple[Lesson, ...]:
    """Return the lessons of a registry, in their order.

    Raises:
        Trouble: an entry lacks something, has something unknown or of the wrong kind, the numbers
            are not 1, 2, 3 …, or an exercise stands twice; it names the entry.
    """
    file = Path(file)
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise Trouble(f"{file.name} is no TOML: {error}.") from None
    entries = tables.pop("lesson", None)
    if tables or not isinstance(entries, list):
        said = f"{file.name} holds entries that begin with [[lesson]]"
        raise Trouble(f"{said}, not {', '.join(tables)}." if tables else f"{said}; it has none.")
    lessons = [_lesson(entry, f"{file.name}, entry {n}") for n, entry in enumerate(entries, 1)]
    numbers = [lesson.number for lesson in lessons]
    if numbers != list(range(1, len(numbers) + 1)):
        found = ", ".join(map(str, numbers))
        raise Trouble(f"{file.name}: lessons are numbered 1, 2, 3 … in order; these are {found}.")
    if len({lesson.name for lesson in lessons}) < len(lessons):
        raise Trouble(f"{file.name}: two lessons have the same name; it is that of their files.")
    every = [name for each in lessons for names in each.exercises.values() for name in names]
    if twice := sorted({name for name in every if every.count(name) > 1}):
        raise Trouble(f"{file.name}: an exercise's name is its own, but {twice[0]} stands twice.")
    return tuple(lessons)


def _lesson(entry: dict, place: str) -> Lesson:
    """Return the lesson of one entry, or raise Trouble that says what is wrong with it."""
    place += f" ({entry['name']})" if isinstance(entry.get("name"), str) else ""
    known = {each.name for each in fields(Lesson)}
    if missing := sorted(known - {"trains"} - set(entry)):
        raise Trouble(f"{place} needs {', '.join(missing)}.")
    if unknown := sorted(set(entry) - known):
        raise Trouble(f"{place} has {', '.join(unknown)}, which no lesson has.")
    for column, fits, wanted in KINDS:
        if not fits(entry[column]):
            raise Trouble(f"{place}: {column} must be {wanted}; it is {entry[column]!r}.")
    trains = entry.get("trains", {})
    _each_track(trains, "trains", place, _counts, "a number of minutes", among=True)
    _each_track(entry["minutes"], "minutes", place, _counts, "a number of minutes")
    _each_track(entry["exercises"], "exercises", place, _names, 'a list of names, ["softmax"]')
    exercises = {track: tuple(entry["exercises"][track]) for track in TRACKS}
    return Lesson(**{**entry, "exercises": exercises})


def _each_track(table, column, place, fits, wanted, *, among=False):
    """Raise Trouble unless each track has what is wanted; among: only the tracks that are there."""
    tracks = set(table) if isinstance(table, dict) else {"?"}
    if tracks - set(TRACKS) or (not among and tracks != set(TRACKS)):
        said = "may be given for" if among else "must be given for each of"
        raise Trouble(f"{place}: {column} {said} {', '.join(TRACKS)}; it is {table!r}.")
    for track, given in table.items():
        if not fits(given):
            raise Trouble(f"{place}: {column} of {track} must be {wanted}; it is {given!r}.")


def _counts(given):
    return type(given) is int and given > 0


def _names(given):
    return isinstance(given, list) and given and all(map(_matches(r"[A-Za-z]\w*"), given))


def _matches(pattern):
    return lambda given: isinstance(given, str) and bool(re.fullmatch(pattern, given))


KINDS = (  # what an entry's columns hold; a title stands in links, a question in tables
    ("number", _counts, "1 or more"),
    ("name", _matches(r"[a-z][a-z0-9_]*"), "small letters, digits and _, as in its files' names"),
    (
        "title",
        _matches(r"[A-Z0-9][^\n|\[\]·—,.:;?!]*"),
        "a name: a capital first, no | [ ] , . : …",
    ),
    ("question", _matches(r"[^\n|]+\?"), "one line without | that ends in ?"),
    ("idea", _matches(r"[^\n|]+"), "one line without |"),
)
LESSONS = read()


def before(lesson: Lesson) -> Lesson | None:
    """Return the lesson before this one, or None for the first."""
    return LESSONS[lesson.number - 2] if lesson.number > 1 else None


def after(lesson: Lesson) -> Lesson | None:
    """Return the lesson after this one, or None for the last."""
    return LESSONS[lesson.number] if lesson.number < len(LESSONS) else None


def notebooks(folder: Path = NOTEBOOKS) -> list[Path]:
    """Return the notebooks of all lessons, track by track; in EXERCISES or SOLUTIONS, theirs."""
    return [lesson.path(track, folder) for track in TRACKS for lesson in LESSONS]


def notebooks_here(root: Path = ROOT) -> bool:
    """Say whether the course's notebooks are here: a wheel installs ``course_lib`` without them."""
    return (Path(root) / "notebooks" / "exercises").is_dir()


class NoNotebooks(Trouble):
    """The library is installed without the course's folder."""


def need_notebooks(root: Path = ROOT) -> None:
    """Make sure that the course's notebooks are here.

    Raises:
        NoNotebooks: they are not; it says where to get them.
    """
    if not notebooks_here(root):
        raise NoNotebooks(
            f"The exercises are not part of this installation ({root}): pip installs the library "
            "alone, and the notebooks come with the course's folder. Get that folder (git clone, "
            "or download and unpack it), and in it run: python3 start.py. With an environment of "
            "your own, in that folder: conda env create -f environment.yml, or python -m pip "
            "install --editable ."
        )


@cache
def places() -> dict[str, str]:
    """Return where each exercise belongs, {"softmax": "code/02_softmax"}, in order."""
    return {
        name: lesson.place(track)
        for track in TRACKS
        for lesson in LESSONS
        for name in lesson.exercises[track]
    }
