"""Questions with letters: the right choice does not give itself away by how it is worded."""

import re

import numpy as np
import pytest

from course_lib.exercises.catalogue import answers_of, task_of
from course_lib.exercises.choosing import LETTERS
from course_lib.exercises.examining import examine, inputs_of
from course_lib.lessons import places

CHOICE = re.compile(r"^- \*\*([a-z])\*\* (.+)$", re.M)
SWEEPING = re.compile(
    r"\b(every|everybody|any|anybody|nobody|only|always|never|nothing|none|no)\b", re.I
)
DRAWS = range(40)
LETTERED = [name for name in places() if (task := task_of(name)).value and "choice" in task.probes]


def drawn(name):
    """Return the right letter and the choices in words, {letter: text}, for each of the draws."""
    task, answers = task_of(name), answers_of(name)
    draws = [inputs_of(task, seed, None) for seed in DRAWS]
    return [(answers.reference(i), dict(CHOICE.findall(task.question(i)))) for i in draws]


WORDED = {name: found for name in LETTERED if (found := drawn(name))[0][1]}  # not those in pictures


def stands_out(right, texts):
    """Say whether the right choice is longer than each of the others."""
    return len(texts[right]) > max(len(text) for a, text in texts.items() if a != right)


def sweeping(right, texts):
    """Return whether the right choice has a sweeping word, and how many of the wrong ones do."""
    found = {a: bool(SWEEPING.search(text)) for a, text in texts.items()}
    return found.pop(right), sum(found.values())


def test_the_right_choice_is_seldom_the_longest():
    """Measured in letters: four choices in ten at most, over all questions and draws."""
    often = {name: np.mean([stands_out(*one) for one in draws]) for name, draws in WORDED.items()}
    assert len(often) > 25
    assert np.mean(list(often.values())) <= 0.4, often
    assert max(often.values()) < 0.9, {n: share for n, share in often.items() if share >= 0.9}


def test_sweeping_words_do_not_mark_the_wrong_choices():
    """A wrong choice says "every", "nobody" … hardly more often than a right one does."""
    right, wrong = [], []
    for draws in WORDED.values():
        for key, texts in draws:
            of_the_right, of_the_wrong = sweeping(key, texts)
            right.append(of_the_right)
            wrong.append(of_the_wrong / (len(texts) - 1))
    assert np.mean(wrong) <= np.mean(right) + 0.05, (np.mean(wrong), np.mean(right))


@pytest.mark.parametrize("name", WORDED)
def test_who_crosses_out_sweeping_words_is_not_left_with_the_right_choice(name):
    """In no question does only the right choice go without, in all draws."""
    for key, texts in WORDED[name]:
        of_the_right, of_the_wrong = sweeping(key, texts)
        if of_the_right or of_the_wrong < len(texts) - 1:
            return
    pytest.fail(f"{name}: all wrong choices have a sweeping word, the right one has none")


@pytest.mark.parametrize("name", LETTERED)
@pytest.mark.parametrize("said", ["()", "ab", "abc", "bcd", LETTERS])
def test_what_is_not_one_letter_is_told_so(name, said):
    report = examine(name, said, seed=0)
    assert not report.passed and "answer with one letter" in report.message, report.message
