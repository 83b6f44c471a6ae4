"""Intuition 03: what is right, and what tempts."""

import numpy as np

from course_lib.examples import keys, query, words
from course_lib.exercises.choosing import chosen, chosen_by
from course_lib.exercises.declare import Answers
from course_lib.exercises.tasks.intuition_03 import share_given

KEY = dict(zip(words, keys, strict=True))


def mixed_glass(inputs):
    return inputs["percents"] @ inputs["honey"] / 100


def left_over(inputs):
    left = inputs["percents"][:2]
    return 100 * left[inputs["asked"]] / sum(left)


def own_share(inputs):
    return inputs["percents"][inputs["asked"]]


def along(direction, inputs):
    """Return the question along a direction, from nothing outwards, that reaches the share."""
    near, far = 0.0, 8.0
    for _ in range(60):
        middle = (near + far) / 2
        if share_given(middle * direction, inputs) < inputs["percent"]:
            near = middle
        else:
            far = middle
    return far * direction


def reaching(inputs):
    return along(KEY[inputs["word"]] / np.hypot(*KEY[inputs["word"]]), inputs)


def reaching_turned(inputs):
    """Reach the share from another side: the direction is turned by ten degrees."""
    turn = np.radians(10)
    x, y = KEY[inputs["word"]] / np.hypot(*KEY[inputs["word"]])
    turned = np.array([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)])
    return along(turned, inputs)


ANSWERS = {
    "i03_roles": Answers(
        reference=chosen_by("role", {"key": "key", "value": "value"}),
        wrong={
            "key-and-value-mixed": chosen_by("role", {"key": "value", "value": "key"}),
            "that-is-the-query": chosen("query"),
        },
    ),
    "i03_mix": Answers(
        reference=mixed_glass,
        also_right=(
            lambda i: round(float(mixed_glass(i)), 2),
            lambda i: sum(p / 100 * h for p, h in zip(i["percents"], i["honey"], strict=True)),
        ),
        wrong={
            "pours-the-labels": lambda i: i["percents"] @ i["labels"] / 100,
            "best-jar-only": lambda i: i["honey"][i["percents"].argmax()],
            "all-jars-alike": lambda i: i["honey"].mean(),
            "three-full-glasses": lambda i: i["honey"].sum(),
            "divided-once-more": lambda i: mixed_glass(i) / 3,
            "percents-taken-for-glasses": lambda i: i["percents"] @ i["honey"],
        },
    ),
    "i03_between": Answers(
        reference=chosen("outside"),
        wrong={
            "must-be-one-of-the-jars": chosen("no-jar"),
            "never-near-the-top": chosen("near-top"),
            "never-near-the-bottom": chosen("near-bottom"),
        },
    ),
    "i03_rewrite": Answers(
        reference=chosen_by("rewrite", {"value": "answer", "key": "both", "query": "both"}),
        wrong={
            "found-by-its-content": chosen_by(
                "rewrite", {"value": "both", "key": "answer", "query": "answer"}
            ),
            "shares-are-the-answer": chosen("shares"),
            "nothing-changes": chosen("nothing"),
        },
    ),
    "i03_covered": Answers(
        reference=left_over,
        also_right=(lambda i: round(left_over(i)),),
        wrong={
            "share-stays": own_share,
            "half-each": lambda i: 50,
            "freed-share-split-evenly": lambda i: own_share(i) + sum(i["percents"][2:]) / 2,
            "takes-all-that-is-freed": lambda i: own_share(i) + sum(i["percents"][2:]),
            "part-of-one": lambda i: left_over(i) / 100,
        },
    ),
    "i03_drag": Answers(
        reference=reaching,
        also_right=(
            reaching_turned,
            lambda i: np.round(reaching(i), 2).tolist(),
        ),
        wrong={
            "asks-with-the-words-own-key": lambda i: KEY[i["word"]],
            "question-not-moved": lambda i: query,
            "numbers-swapped": lambda i: reaching(i)[::-1],
        },
    ),
}
