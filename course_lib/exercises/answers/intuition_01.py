"""Intuition 01: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.choosing import chosen
from course_lib.exercises.declare import Answers
from course_lib.exercises.tasks.intuition_01 import KEY, PLACES, TOPICS


def highest_score(inputs):
    return max(PLACES, key=lambda place: inputs["arrows"][place] @ inputs["wish"])


def score(inputs):
    return inputs["question"] @ inputs["word"]


def ordered(measure):
    """Return a function: inputs -> the places, the one with the largest measure first."""
    return lambda inputs: sorted(
        PLACES, key=lambda place: -measure(inputs["arrows"][place], inputs["wish"])
    )


by_direction = ordered(lambda arrow, wish: arrow @ wish / np.hypot(*arrow))


def square_to(inputs):
    """Return a question at a right angle to the silent word, on the side of the other."""
    x, y = KEY[inputs["silent"]]
    question = np.array([-y, x])
    return question * np.sign(question @ KEY[inputs["heard"]])


def most_alike(inputs):
    row = inputs["matrix"][TOPICS.index(inputs["asked"])]
    return TOPICS[np.argsort(row)[-2]]  # the largest is the text itself


def strongest_colour(inputs):
    row = np.abs(inputs["matrix"][TOPICS.index(inputs["asked"])])
    return TOPICS[np.argsort(row)[-2]]


def largest_of_the_table(inputs):
    """Return the text, not the right one, that stands in the pair most alike of all."""
    pairs = np.triu(inputs["matrix"], k=1)
    one, two = (TOPICS[place] for place in np.unravel_index(pairs.argmax(), pairs.shape))
    return two if one == most_alike(inputs) else one


ANSWERS = {
    "i01_loudest": Answers(
        reference=highest_score,
        wrong={
            "most-like-itself": lambda i: i["kinds"]["same"],
            "longest-wins": lambda i: i["kinds"]["far"],
            "smaller-is-more-alike": lambda i: i["kinds"]["opposed"],
        },
    ),
    "i01_by_hand": Answers(
        reference=score,
        also_right=(lambda i: sum(a * b for a, b in zip(i["question"], i["word"], strict=True)),),
        wrong={
            "signs-ignored": lambda i: np.abs(i["question"]) @ np.abs(i["word"]),
            "added-not-multiplied": lambda i: i["question"].sum() + i["word"].sum(),
            "sums-multiplied": lambda i: i["question"].sum() * i["word"].sum(),
            "everything-multiplied": lambda i: i["question"].prod() * i["word"].prod(),
        },
    ),
    "i01_direction": Answers(
        reference=by_direction,
        wrong={
            "by-score": ordered(lambda arrow, wish: arrow @ wish),
            "by-length": ordered(lambda arrow, wish: np.hypot(*arrow)),
            "upside-down": ordered(lambda arrow, wish: -(arrow @ wish) / np.hypot(*arrow)),
        },
    ),
    "i01_silent": Answers(
        reference=square_to,
        also_right=(
            lambda i: list(0.3 * square_to(i)),
            lambda i: tuple(10 * square_to(i)),
        ),
        wrong={
            "zero-means-opposite": lambda i: -KEY[i["silent"]],
            "points-at-the-word": lambda i: KEY[i["silent"]],
            "asks-nothing": lambda i: [0, 0],
            "wrong-side": lambda i: -square_to(i),
        },
    ),
    "i01_heat_map": Answers(
        reference=most_alike,
        wrong={
            "itself": lambda i: i["asked"],
            "strongest-colour": strongest_colour,
            "largest-of-the-table": largest_of_the_table,
        },
    ),
    "i01_sentences": Answers(
        reference=chosen("swapped"),
        wrong={
            "same-meaning-wins": chosen("paraphrase"),
            "translation-is-the-same": chosen("translated"),
            "a-shared-word-is-enough": chosen("one-word"),
        },
    ),
}
