"""Who looks on when a notebook checks an answer: whose numbers it asks for, what it does with them.

The engine knows no folder of a learner. It calls the functions of one module, found by its name
when the first answer is checked, and goes on without where there is none (behind the walls of a
marking, for instance):

    variant() -> str                      whose numbers a question uses
    checked(report, answer) -> None       what came of a check, before it is shown
"""

import functools
import importlib
import importlib.util
from types import ModuleType

ONLOOKER = "course_lib.learner.onlooker"


def variant() -> str:
    """Return whose numbers the questions use: the onlooker's word, or "course"."""
    found = onlooker()
    return found.variant() if found else "course"


def checked(report: object, answer: object) -> None:
    """Tell the onlooker what came of a check."""
    if found := onlooker():
        found.checked(report, answer)


@functools.cache
def onlooker() -> ModuleType | None:
    """Return the module that looks on, or None if this installation has none."""
    room = ONLOOKER.rpartition(".")[0]
    if importlib.util.find_spec(room) is None or importlib.util.find_spec(ONLOOKER) is None:
        return None
    return importlib.import_module(ONLOOKER)
