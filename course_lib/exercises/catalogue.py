"""Which exercises there are: their names, and for a name its task and its answers."""

import difflib
import functools
import pkgutil

from course_lib.exercises import answers, declare, running, tasks


def names(lesson=None):
    """Return the names of all exercises, or of one lesson's ("code/02_softmax"), in their order."""
    _load_tasks()
    return [t.name for t in declare.REGISTERED.values() if lesson in (None, t.lesson)]


def task_of(name):
    """Return the Task of this name. Raises: KeyError that lists the nearest names."""
    _load_tasks()
    if name not in declare.REGISTERED:
        near = difflib.get_close_matches(str(name), declare.REGISTERED, n=3, cutoff=0.4)
        nearest = f" Nearest: {', '.join(near)}." if near else ""
        raise KeyError(f"there is no exercise {name!r}.{nearest} `names()` lists them all.")
    return declare.REGISTERED[name]


@functools.cache
def _load_tasks():
    for module in sorted(pkgutil.iter_modules(tasks.__path__), key=lambda m: m.name):
        running.load(tasks.__name__, module.name)


def answers_of(name):
    """Return the Answers of this name. Raises: LookupError if they are not installed."""
    track, number = task_of(name).lesson.split("/")
    module = running.load(answers.__name__, f"{track}_{number[:2]}")
    if module is None or name not in module.ANSWERS:
        raise LookupError(f"the answers of exercise {name!r} are not part of this installation.")
    return module.ANSWERS[name]
