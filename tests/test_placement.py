"""The placement test: ten questions, each with one right answer, and where they lead."""

import ast
import contextlib
import io
import math

import numpy as np
import pytest

from course_lib.attention import attend
from course_lib.files.cells import Trouble
from course_lib.learner import placement
from course_lib.learner.placement import in_words, placed, questions
from course_lib.lessons import TRACKS
from course_lib.masks import causal_mask
from course_lib.multi_head import MultiHeadAttention
from course_lib.publishing.site.siblings import headings
from course_lib.softmax import softmax

RIGHT = "".join(question.right for question in questions())


def test_there_are_ten_questions_with_one_right_answer_each():
    assert len(questions()) == 10
    for question in questions():
        assert len(question.choices) == len(question.wrong) == 4
        empty = [letter for letter, words in zip("abcd", question.wrong) if not words]
        assert empty == [question.right], question.ask
        assert len(set(question.choices)) == 4
    assert len(set(RIGHT)) == 4 and max(map(RIGHT.count, "abcd")) <= 4


def chosen(number):
    question = questions()[number - 1]
    return question.choices["abcd".index(question.right)].replace("−", "-")


def test_the_key_is_what_comes_out_when_it_is_run():
    line = questions()[0].ask.split("`")[1]
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        exec(compile(ast.parse(line), "question", "exec"), {})
    assert told.getvalue().strip() == chosen(1)
    rng = np.random.default_rng(0)
    keys, values = rng.normal(size=(2, 4, 3))
    order = rng.permutation(4)
    turned, _ = attend(keys[order], keys[order], values[order])
    same = np.allclose(turned, attend(keys, keys, values)[0][order])
    assert (chosen(9) == "what it got before") == same
    scores = rng.normal(size=(200, 10, 512)) @ rng.normal(size=512)
    by_chance = softmax(scores).max(axis=-1).mean() > 0.9  # of ten keys, none of them special
    assert (chosen(6) == "Wide vectors would give one winner by chance") == by_chance
    slope = (math.exp(2e-6) - math.exp(-2e-6)) / 2e-6
    assert float(chosen(2)) == pytest.approx(slope)
    assert float(chosen(3)) == np.dot([2, 1], [1, -3])
    assert chosen(4) == f"{softmax(np.array([1.0, 3.0]))[1]:.0%}".replace("%", " %")
    assert float(chosen(5)) == np.dot([0.75, 0.25], [20, 40])
    words = np.array(["River", "bank", "lends", "money"])
    assert chosen(7) == " and ".join(words[causal_mask(4)[1]])
    layer = MultiHeadAttention(12, n_heads=3)
    assert int(chosen(10)) == 12 // layer.n_heads


def test_every_heading_is_one_of_its_lesson():
    for question in questions():
        for track in TRACKS if question.lesson else ():
            known = headings(question.lesson.path(track)).values()
            assert question.headings[track] in known, (question.ask, track)


@pytest.mark.parametrize(
    "answers, track, lesson",
    [
        ("?" * 10, "intuition", 1),  # a painter
        ("a?" + RIGHT[2:4] + "?" * 6, "code", 3),  # a web developer
        ("?c" + RIGHT[2:6] + "a?" + "??", "maths", 5),  # a student of maths
        (RIGHT, "maths", 10),
        (RIGHT[:8] + "?" + RIGHT[9:], "maths", 8),
        (RIGHT[:2] + "a" + RIGHT[3:], "maths", 10),  # one slip in the signs
        (RIGHT[:2] + "a" + RIGHT[3:5] + "?" * 5, "maths", 1),
        (RIGHT[:2] + "?" + RIGHT[3:], "maths", 1),  # not known is no slip
        (", ".join(RIGHT), "maths", 10),
        ("b" + RIGHT[1:].upper(), "maths", 10),
        (" ".join(RIGHT), "maths", 10),
    ],
)
def test_answers_lead_to_a_track_and_a_lesson(answers, track, lesson):
    where = placed(answers)
    assert (where.track, where.lesson.number) == (track, lesson)


def test_not_knowing_is_never_told_off_and_a_wrong_choice_is():
    assert placed("?" * 10).told == () == placed(RIGHT).told
    wrong = "".join("b" if letter != "b" else "a" for letter in RIGHT)
    told = placed(wrong).told
    assert [number for number, _ in told] == list(range(1, 11)) and all(words for _, words in told)
    words = in_words(placed(wrong))
    assert words.count("- Question") == 10 and "intuition/01_similarity.ipynb" in words


@pytest.mark.parametrize(
    "answers, told",
    [("abc", "10 questions, and 3 answers"), ("abcdeabcde", "not 'e'"), (7, "a text of ten")],
)
def test_what_are_no_ten_letters_is_told(answers, told, capsys):
    with pytest.raises(Trouble, match=told):
        placed(answers)
    placement.place(answers)  # in a notebook: a line, no traceback
    assert told in capsys.readouterr().out
