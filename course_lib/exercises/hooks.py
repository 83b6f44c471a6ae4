"""Who looks on when a notebook checks an answer: whose numbers it asks for, what it does with them.

The engine knows no folder of a learner. It calls the functions of one module, found by its name
when the first answer is checked, and goes on without where there is none (behind the walls of a
marking, for instance):

    variant() -> str                      whose numbers a question uses
    checked(report, answer) -> None       what came of a check, before it is shown
    gave_up(name) -> None                 an answer was looked at before one was found
    reach(name, most) -> (lesson, level)  how far somebody is, who wants a drawn task

Nor does it know who draws tasks that stand in no registry. A name with an @ ("attention@7") is
looked up where they are drawn: ``by_key(name)`` returns what has a ``task`` and its ``answers``.
"""

import functools
import importlib
import importlib.util
from types import ModuleType
from typing import Any

ONLOOKER = "course_lib.learner.onlooker"
DRAWN = "course_lib.practice.drawing"


def variant() -> str:
    """Return whose numbers the questions use: the onlooker's word, or "course"."""
    found = onlooker()
    return found.variant() if found else "course"


def checked(report: object, answer: object) -> None:
    """Tell the onlooker what came of a check."""
    if found := onlooker():
        found.checked(report, answer)


def gave_up(name: str) -> None:
    """Tell the onlooker that an answer was looked at."""
    if found := onlooker():
        found.gave_up(name)


def reach(name: str, most: int) -> tuple[int, int]:
    """Return the lesson that somebody has reached, and the level of a drawn task, up to most."""
    found = onlooker()
    lesson, level = found.reach(name, most) if found else (1, 1)
    return lesson, level


def drawn(name: str) -> Any:
    """Return the drawn task of a name with an @, or None if this installation draws none."""
    found = _module(DRAWN) if "@" in name else None
    return found.by_key(name) if found else None


def onlooker() -> ModuleType | None:
    """Return the module that looks on, or None if this installation has none."""
    return _module(ONLOOKER)


@functools.cache
def _module(name: str) -> ModuleType | None:
    room = name.rpartition(".")[0]
    if importlib.util.find_spec(room) is None or importlib.util.find_spec(name) is None:
        return None
    return importlib.import_module(name)
