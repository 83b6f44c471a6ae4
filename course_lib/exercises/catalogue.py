"""Which exercises there are: their names, and for a name its task and its answers.

The registry of the lessons lists the names; the file of a task, of its answers and of its hints
follows from the lesson: ``tasks/code_02.py``, ``answers/code_02.py``, ``hints/code_02.md``.
"""

import difflib
from functools import lru_cache

from course_lib.exercises import answers, declare, hinting, hooks, running, tasks
from course_lib.lessons import places


def names(lesson: str | None = None) -> list[str]:
    """Return the names of all exercises, or of one lesson's ("code/02_softmax"), in their order."""
    return [name for name, place in places().items() if lesson in (None, place)]


def task_of(name: str) -> declare.Task:
    """Return the Task of this name.

    Raises:
        KeyError: there is no such exercise; it lists the nearest names.
        LookupError: the registry lists it, but no task declares it.
    """
    if drawn := hooks.drawn(str(name)):
        task: declare.Task = drawn.task
        return task
    if name not in places():
        near = difflib.get_close_matches(str(name), places(), n=3, cutoff=0.4)
        nearest = f" Nearest: {', '.join(near)}." if near else ""
        raise KeyError(f"there is no exercise {name!r}.{nearest} `names()` lists them all.")
    running.load(tasks.__name__, _file(name))
    if name not in declare.REGISTERED:
        raise LookupError(
            f"lessons.toml lists exercise {name!r}, but tasks/{_file(name)}.py does not declare it."
        )
    return declare.REGISTERED[name]


@lru_cache(maxsize=512)
def answers_of(name: str) -> declare.Answers:
    """Return the Answers of this name, with the hints for its mistakes.

    Raises:
        KeyError: there is no such exercise.
        LookupError: its answers are not installed.
        ValueError: mistakes and hints don't match.
    """
    if drawn := hooks.drawn(name):
        its: declare.Answers = drawn.answers
        return its
    file = _file(task_of(name).name)
    module = running.load(answers.__name__, file)
    if module is None:
        raise LookupError(f"the answers of exercise {name!r} are not part of this installation.")
    if name not in module.ANSWERS:
        known = ", ".join(module.ANSWERS)
        raise LookupError(f"answers/{file}.py has no entry {name!r} in ANSWERS; it has {known}.")
    return hinting.joined(name, module.ANSWERS[name], hinting.HINTS / f"{file}.md")


def _file(name: str) -> str:
    """Return what an exercise's files are called: "code_02"."""
    track, stem = places()[name].split("/")
    return f"{track}_{stem[:2]}"
