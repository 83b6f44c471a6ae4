"""A question is answered with a value, and any object may come: the reply is in words."""

import fractions
import re
import sys

import numpy as np
import pytest

from course_lib.exercises import examine, names, task_of
from course_lib.exercises.examining import untouched

QUESTIONS = [name for name in names() if task_of(name).value]
ERRORS = re.compile(r"it raised|[A-Z]\w*(Error|Exception)\b|Traceback|errno", re.IGNORECASE)


class Mute:
    """An object that refuses to be told."""

    def __init__(self, error):
        self.error = error

    def _refuse(self, *_, **__):
        raise self.error

    __str__ = __repr__ = __float__ = __array__ = __iter__ = __eq__ = __bool__ = _refuse


class MuteError(Exception):
    def __str__(self):
        raise ValueError("no words for it")


class Anything:
    def __getattr__(self, name):
        return Anything()


LOOP = []
LOOP.append(LOOP)
DEEP = []
for _ in range(2000):
    DEEP = [DEEP]

OBJECTS = {
    "a number": 977,
    "a negative one": -(10**9),
    "a huge one": 10**5000,
    "nan": float("nan"),
    "inf": float("inf"),
    "complex": 1 + 2j,
    "a fraction": fractions.Fraction(10**9 + 1, 7),
    "None in a list": [1, None],
    "nothing but None": [None, None],
    "an empty list": [],
    "an empty tuple": (),
    "a dictionary": {"a": 1, "b": None},
    "a set": {1, 2},
    "a range": range(3),
    "a generator": (each for each in "xyz"),
    "nested lists": [[1, 2], [3]],
    "nested words": [["a"], ["b", ["c"]]],
    "a list in itself": LOOP,
    "a deep list": DEEP,
    "infinities": [float("inf"), float("nan")],
    "a table": np.zeros((2, 2)),
    "an empty array": np.empty(0),
    "an array of objects": np.array([None, 1], dtype=object),
    "bytes": b"xyz",
    "a function": lambda inputs: "a",
    "a function of Python's": len,
    "a class": Mute,
    "a type": int,
    "a module": sys,
    "NotImplemented": NotImplemented,
    "a huge string": "x" * 1_000_000,
    "a huge list": list(range(20_000)),
    "braces": "{}%s{0}",
    "half a character": "\ud800",
    "no character": "\0",
    "other digits": "１２",
    "an object": object(),
    "an object with every attribute": Anything(),
    "an object without words": Mute(RuntimeError("no words")),
    "an object whose error has no words": Mute(MuteError()),
    "an object that is not written yet": Mute(NotImplementedError()),
    "an object in a list": [Mute(KeyError("x"))],
}


@pytest.mark.parametrize("kind", OBJECTS)
def test_any_object_is_answered_in_words_by_every_question(kind):
    assert len(QUESTIONS) > 60
    for name in QUESTIONS:
        report = examine(name, OBJECTS[kind], variant="ada")
        said = report.message
        assert not report.passed and report.earned == 0, name
        assert report.attempted and len(said) < 1200, name
        assert not ERRORS.search(said), f"{name}: {said}"
        assert "answer with " in said or "your " in said, f"{name}: {said}"


def test_what_is_wanted_is_said_in_the_questions_own_words():
    said = examine("i01_direction", 3).symptom
    assert said == "answer with a list of arbo, belo, cori, dalo, each once; yours is 3."
    said = examine("i02_zero", OBJECTS["an object without words"]).symptom
    assert said.startswith("answer with one letter out of ") and "of the kind Mute" in said


def test_a_placeholder_is_still_one():
    assert [untouched(each) for each in (None, ..., "", "…", " ? ")] == [True] * 5
    assert not examine("i02_zero", ...).attempted
