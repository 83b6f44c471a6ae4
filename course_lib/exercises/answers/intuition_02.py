"""Intuition 02: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.choosing import chosen, chosen_by
from course_lib.exercises.declare import Answers
from course_lib.exercises.tasks.intuition_02 import SCORES


def lowest_share(inputs):
    return 100 * inputs["scores"].min() / inputs["scores"].sum()


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
        also_right=(lambda i: round(lowest_share(i), 1),),
        wrong={
            "sign-lost": lambda i: -lowest_share(i),
            "sizes-in-the-sum": lambda i: 100 * i["scores"].min() / np.abs(i["scores"]).sum(),
            "below-zero-counted-as-nothing": lambda i: 0,
            "sizes-alone": lambda i: -100 * i["scores"].min() / np.abs(i["scores"]).sum(),
            "part-of-one": lambda i: lowest_share(i) / 100,
        },
    ),
    "i02_step": Answers(
        reference=chosen("product-of-factors"),
        wrong={
            "ratio-of-scores": chosen("ratio"),
            "counts-steps": chosen("steps"),
            "adds-the-factors": chosen("sum-of-factors"),
        },
    ),
    "i02_change": Answers(
        reference=chosen_by(
            "change", {"add": "stays", "take": "stays", "times": "grows", "divide": "shrinks"}
        ),
        wrong={
            # multiplying keeps ratios, adding evens them out
            "only-ratios-count": chosen_by(
                "change", {"add": "shrinks", "take": "grows", "times": "stays", "divide": "stays"}
            ),
            # larger numbers make a louder leader, but multiplying is read the wrong way round
            "wrong-way-round": chosen_by(
                "change",
                {"add": "grows", "take": "shrinks", "times": "shrinks", "divide": "grows"},
            ),
            "order-changes": chosen("other"),
        },
    ),
    "i02_bars": Answers(
        reference=chosen("hot"),
        wrong={
            "hot-means-sharp": chosen("cold"),
            "order-may-change": chosen("impostor"),
            "in-the-middle": chosen("mild"),
        },
    ),
    "i02_zero": Answers(
        reference=chosen("never"),
        wrong={
            "zero-score-no-share": chosen("zero"),
            "negative-score-no-share": chosen("below"),
            "tiny-is-nothing": chosen("far-below"),
        },
    ),
    "i02_drag": Answers(
        reference=score_for_share,
        also_right=(lambda i: round(score_for_share(i), 1),),
        wrong={
            "proportional-to-the-score": proportional,
            "as-high-as-the-leader": lambda i: max(others(i)),
            "share-typed-as-score": lambda i: i["percent"],
            "sign-lost": lambda i: -score_for_share(i),
        },
    ),
}
