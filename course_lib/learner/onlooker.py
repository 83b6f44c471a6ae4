"""What looks on when a notebook checks an answer: it remembers the try, and offers an answer.

Whatever is wrong with the learner's folder, the verdict comes all the same.
"""

import contextlib
from collections.abc import Iterator

from course_lib.exercises.report import Report
from course_lib.files.cells import Trouble
from course_lib.learner import offers, tries
from course_lib.learner.standing import practised
from course_lib.lessons import places

_told: set[str] = set()  # what is said once in a kernel is enough


def variant() -> str:
    """Return whose numbers the learner's questions use."""
    with _said_once("my_work/.variant can't be read, so the questions have the course's numbers"):
        return tries.own_variant()
    return "course"


def checked(report: Report, answer: object) -> None:
    """Remember a check; after honest tries without a pass, offer a worked answer."""
    count = 0
    with _said_once("This try could not be noted in my_work/.progress; its verdict holds"):
        count = tries.remember(report, answer)
    if not report.passed and count >= offers.TRIES and report.name in places():
        with _said_once("The worked answer can't be read"):
            offers.offer_solution(report.name, places()[report.name])


def gave_up(name: str) -> None:
    """Remember that the answer of a drawn task was looked at."""
    with _said_once("This could not be noted in my_work/.progress"):
        tries.give_up(name)


def reach(name: str, most: int) -> tuple[int, int]:
    """Return the last lesson of which an exercise is passed, and the level of the next drawn task.

    The level begins at 1; each drawn task of this name that was passed unaided raises it by one,
    each that was given up lowers it.
    """
    records = {}
    with _said_once("What you passed can't be read, so this is a task for newcomers"):
        folder = tries.folder_of_drawn()
        records = tries.recall(folder) if folder else {}
    numbers = [int(places()[n].split("/")[1][:2]) for n in records if n in places()]
    passed = [r["passed"] for n, r in records.items() if n in places()]
    lesson = max((number for number, done in zip(numbers, passed) if done), default=1)
    level = 1
    for key, record in records.items():
        if "@" in key and practised(key) == name:
            level += -1 if record.get("given_up") else int(record["passed"])
    return lesson, min(max(level, 1), most)


@contextlib.contextmanager
def _said_once(said: str) -> Iterator[None]:
    """Tell what goes wrong with a file in a line, and only the first time."""
    try:
        yield
    except (OSError, UnicodeError, Trouble) as error:
        why = getattr(error, "strerror", None) or "it is not text in UTF-8"
        why = str(error) if isinstance(error, Trouble) else why
        if said not in _told:
            _told.add(said)
            print(f"({said}: {why[:1].lower()}{why[1:].rstrip('.')}.)")
