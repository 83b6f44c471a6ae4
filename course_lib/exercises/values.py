"""Answers that are values: whatever comes in place of a letter or a number is answered in words."""

import reprlib
from typing import Any

from course_lib.exercises import judge
from course_lib.exercises.declare import Probe
from course_lib.exercises.running import TooSlow

LONGEST = 400  # characters of what is said
NO_ANSWER = "¿"  # of any exercise: a probe says what it wants instead
USUAL = 'answer with a letter in quotes ("b"), a number (0.5) or a short list ([1, 2])'

_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = _repr.maxlong = 60


def run(probe: Probe, answer: object, inputs: dict, **options: Any) -> judge.Outcome:
    """Run one probe beside a value, as ``judge.run`` does; what can't be read at all is unfit."""
    try:
        outcome = judge.run(probe, answer, inputs, **options)
    except Exception as error:  # one that can't even say what it is
        outcome = judge.Outcome(error=error)
    error = outcome.error
    told = isinstance(error, judge.Unfit) and len(str(error)) <= LONGEST
    if error is None or told or isinstance(error, TooSlow):
        return outcome
    said = f"{wanted(probe, inputs)}; yours is {shown(answer)}."
    return judge.Outcome(error=judge.Unfit(said), shortcut=outcome.shortcut)


def wanted(probe: Probe, inputs: dict) -> str:
    """Return what a probe wants, in its own words: "answer with one number alone"."""
    error = judge.run(probe, NO_ANSWER, inputs).error
    own = str(error).partition("; ")[0] if isinstance(error, judge.Unfit) else ""
    return own if own.startswith("answer with ") else USUAL


def shown(answer: object) -> str:
    """Return any object in a few words.

    Example:
        >>> shown([1, None]), shown(len), shown("x" * 99)[-4:]
        ('[1, None]', 'a function', "xxx'")
    """
    if isinstance(answer, type):
        return "a class"
    if "function" in _kind(answer):
        return "a function"
    try:
        text = _repr.repr(answer)
    except Exception:  # its own words fail
        return f"of the kind {_kind(answer)}"
    return f"of the kind {_kind(answer)}" if text.startswith("<") else text


def _kind(answer: object) -> str:
    return type(answer).__name__
