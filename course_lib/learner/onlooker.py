"""What looks on when a notebook checks an answer: it remembers the try, and offers an answer.

Whatever is wrong with the learner's folder, the verdict comes all the same.
"""

import contextlib
from collections.abc import Iterator

from course_lib.exercises.report import Report
from course_lib.files.cells import Trouble
from course_lib.learner import offers, tries
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
    if not report.passed and count >= offers.TRIES:
        with _said_once("The worked answer can't be read"):
            offers.offer_solution(report.name, places()[report.name])


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
