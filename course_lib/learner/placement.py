"""Where to begin: ten questions, and the track and lesson that their answers lead to."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from IPython.display import Markdown, display

from course_lib.files.cells import Trouble
from course_lib.lessons import LESSONS, Lesson

FILE = Path(__file__).with_name("placement.toml")
LETTERS = "abcd"
UNKNOWN = "?"


@dataclass(frozen=True)
class Question:
    """One question. about: "code" or "maths" for the track, else a lesson's number, "01".

    wrong: what each choice shows, "" for the right one; headings: where the lesson answers it.
    """

    about: str
    ask: str
    choices: tuple[str, ...]
    right: str
    wrong: tuple[str, ...]
    headings: Mapping[str, str] = field(default_factory=dict)

    @property
    def lesson(self) -> Lesson | None:
        """The lesson that teaches it; None for a question about the track."""
        return LESSONS[int(self.about) - 1] if self.about.isdigit() else None


@dataclass(frozen=True)
class Placement:
    """Where to begin. told: for each wrong choice (number of the question, what it shows)."""

    track: str
    lesson: Lesson
    why: str
    told: tuple[tuple[int, str], ...]


@cache
def questions() -> tuple[Question, ...]:
    """Return the ten questions."""
    tables = tomllib.loads(FILE.read_text(encoding="utf-8"))["question"]
    return tuple(
        Question(**{**each, "choices": tuple(each["choices"]), "wrong": tuple(each["wrong"])})
        for each in tables
    )


def placed(answers: str) -> Placement:
    """Return where to begin for ten letters, "?" for what is not known yet.

    The track: maths for who finds the slope, else code for who reads the line of Python, else
    intuition. The lesson: the first whose question was not answered right, a slip apart (a wrong
    choice with three right answers after it); the lesson after them if all were.

    Raises:
        Trouble: these are no ten letters; it says what is wrong.

    Example:
        >>> where = placed("a?b?......")
        >>> where.track, where.lesson.number
        ('code', 2)
    """
    given = _letters(answers)
    right = {question.about: letter == question.right for question, letter in given}
    track = "maths" if right["maths"] else "code" if right["code"] else "intuition"
    lesson = next((q.lesson for n, (q, _) in enumerate(given) if _open(given, n)), None)
    lesson = lesson or LESSONS[max(q.lesson.number for q, _ in given if q.lesson)]
    told = tuple(
        (number, question.wrong[LETTERS.index(letter)])
        for number, (question, letter) in enumerate(given, start=1)
        if letter not in (UNKNOWN, question.right)
    )
    return Placement(track, lesson, why(right, track), told)


def _open(given: list[tuple[Question, str]], number: int) -> bool:
    """Say whether a question could be the one to begin with: it is not right, and no slip."""
    question, letter = given[number]
    if not question.lesson or letter == question.right:
        return False
    after = [q.right == chosen for q, chosen in given[number + 1 : number + 4]]
    return letter == UNKNOWN or len(after) < 3 or not all(after)


def _letters(answers: str) -> list[tuple[Question, str]]:
    if not isinstance(answers, str):
        raise Trouble(f'answers is a text of ten letters, such as "a?bd??????"; it is {answers!r}.')
    kept = re.sub(r"[\s,;]", "", answers.lower()).replace(".", UNKNOWN)
    if strange := [letter for letter in kept if letter not in LETTERS + UNKNOWN]:
        raise Trouble(f"Answers are a, b, c, d, or ? for what you don't know; not {strange[0]!r}.")
    if len(kept) != len(questions()):
        raise Trouble(
            f"There are {len(questions())} questions, and {len(kept)} answers: put ? for each that "
            "you leave out."
        )
    return list(zip(questions(), kept))


def why(right: Mapping[str, bool], track: str) -> str:
    """Return why a track is the right one. right: whether "code" and "maths" were answered so."""
    if right["code"] and right["maths"]:
        return "You know slopes and read Python: take the code track if you would rather build."
    return {
        "maths": "You know slopes: here every formula is derived, and checked by a cell.",
        "code": "You read Python: here everything is built line by line.",
        "intuition": "Here nothing is needed but curiosity: no formulas, no programming.",
    }[track]


def place(answers: str) -> None:
    """Show where to begin, as a learner reads it in a notebook."""
    try:
        display(Markdown(in_words(placed(answers))))
    except Trouble as error:
        print(error)


def in_words(where: Placement) -> str:
    """Return a placement as Markdown, with links from the folder of notebooks."""
    link = f"[{where.lesson.numbered}, {where.track}]({where.lesson.place(where.track)}.ipynb)"
    lines = [f"**Begin with {link}.** {where.why}"]
    for number, shows in where.told:
        question = questions()[number - 1]
        there = ""
        if question.lesson:
            heading = question.headings[where.track]
            there = f" → [{heading}]({question.lesson.place(where.track)}.ipynb)"
        lines.append(f"- Question {number}: {shows}{there}")
    return "\n\n".join([lines[0], "\n".join(lines[1:])]).strip()


def asked() -> list[str]:
    """Return the questions as Markdown, one text each."""
    return [
        f"**{number}.** {question.ask}\n\n"
        + "\n".join(f"- **{letter}** {text}" for letter, text in zip(LETTERS, question.choices))
        for number, question in enumerate(questions(), start=1)
    ]
