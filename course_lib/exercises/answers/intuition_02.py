"""Intuition 02: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.declare import Answers
from course_lib.exercises.tasks.intuition_02 import SCORES
from course_lib.exercises.wording import letter_of


def chosen(name):
    """Return a function: inputs -> the letter of that choice."""
    return lambda inputs: letter_of(name, inputs)


def spellings(name):
    """Return the same letter, written in other ways."""
    return (
        lambda inputs: letter_of(name, inputs).upper(),
        lambda inputs: f"({letter_of(name, inputs)})",
        lambda inputs: f" {letter_of(name, inputs)}. ",
    )


def lowest_share(inputs):
    return 100 * inputs["scores"].min() / inputs["scores"].sum()


def effect(inputs):
    kind = {"add": "stays", "take": "stays", "times": "grows", "divide": "shrinks"}
    return letter_of(kind[inputs["change"]], inputs)


def by_ratios(inputs):
    """Think that only ratios count: multiplying keeps them, adding evens them out."""
    kind = {"add": "shrinks", "take": "grows", "times": "stays", "divide": "stays"}
    return letter_of(kind[inputs["change"]], inputs)


def wrong_way(inputs):
    """Think that larger numbers make a louder leader, but read multiplying the wrong way round."""
    kind = {"add": "grows", "take": "shrinks", "times": "shrinks", "divide": "grows"}
    return letter_of(kind[inputs["change"]], inputs)


def others(inputs):
    return [score for word, score in SCORES.items() if word != inputs["word"]]


def score_for_share(inputs):
    share = inputs["percent"] / 100
    return np.log(share / (1 - share) * np.exp(others(inputs)).sum())


def proportional(inputs):
    share = inputs["percent"] / 100
    return share / (1 - share) * sum(others(inputs))


ANSWERS = {
    "i02_negative": Answers(
        reference=lowest_share,
        also_right=(
            lambda i: f"{lowest_share(i):.1f} %",
            lambda i: round(lowest_share(i), 1),
            lambda i: str(lowest_share(i)),
        ),
        wrong={
            "sign-lost": lambda i: -lowest_share(i),
            "sizes-in-the-sum": lambda i: 100 * i["scores"].min() / np.abs(i["scores"]).sum(),
            "below-zero-counted-as-nothing": lambda i: 0,
        },
    ),
    "i02_step": Answers(
        reference=chosen("product-of-factors"),
        also_right=spellings("product-of-factors"),
        wrong={
            "ratio-of-scores": chosen("ratio"),
            "counts-steps": chosen("steps"),
            "adds-the-factors": chosen("sum-of-factors"),
        },
    ),
    "i02_change": Answers(
        reference=effect,
        also_right=(
            lambda i: effect(i).upper(),
            lambda i: f"{effect(i)})",
            lambda i: f" {effect(i)} ",
        ),
        wrong={
            "only-ratios-count": by_ratios,
            "wrong-way-round": wrong_way,
            "order-changes": chosen("other"),
        },
    ),
    "i02_bars": Answers(
        reference=chosen("hot"),
        also_right=spellings("hot"),
        wrong={
            "hot-means-sharp": chosen("cold"),
            "order-may-change": chosen("impostor"),
            "in-the-middle": chosen("mild"),
        },
    ),
    "i02_zero": Answers(
        reference=chosen("never"),
        also_right=spellings("never"),
        wrong={
            "zero-score-no-share": chosen("zero"),
            "negative-score-no-share": chosen("below"),
            "tiny-is-nothing": chosen("far-below"),
        },
    ),
    "i02_drag": Answers(
        reference=score_for_share,
        also_right=(
            lambda i: round(score_for_share(i), 1),
            lambda i: f"{score_for_share(i):.1f}",
            lambda i: [round(float(score_for_share(i)), 1)],
        ),
        wrong={
            "proportional-to-the-score": proportional,
            "as-high-as-the-leader": lambda i: max(others(i)),
            "share-typed-as-score": lambda i: i["percent"],
        },
    ),
}
