"""Intuition 06: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.choosing import chosen, chosen_by
from course_lib.exercises.declare import Answers
from course_lib.exercises.tasks.intuition_06 import ROUNDS, recorded


def key(inputs):
    return inputs["portrait"] @ inputs["glasses"]


def strongest_only(inputs):
    most = inputs["portrait"].argmax()
    return inputs["portrait"][most] * inputs["glasses"][most]


def learned(inputs):
    return inputs["portrait"] * (2 * inputs["key"] + inputs["value"])


def turned(**turns):
    """Return an answer for any variant: what this table makes of the right turn."""
    return chosen_by("turn", turns)


def poured(inputs):
    together = inputs["big"] + inputs["small"]
    return (together * inputs["same"] + (100 - together) * inputs["other"]) / 100


def only_by(inputs, percent):
    """Return what the glass holds if one of the two equal jars is forgotten."""
    rest = 100 - inputs["big"] - inputs["small"]
    return (percent * inputs["same"] + rest * inputs["other"]) / 100


def first_time(inputs, fits):
    """Return after how many rounds the seat's row first fits: fits(row, place to look at)."""
    place = 4 - inputs["seat"]
    rows = recorded()[:, inputs["seat"]]
    return next(n for n, row in zip(ROUNDS, rows, strict=True) if fits(row, place))


def half(inputs):
    return first_time(inputs, lambda row, place: row[place] >= 0.5)


def leads(row, place):
    return row[place] > np.delete(row, place).max()


ANSWERS = {
    "i06_glasses": Answers(
        reference=key,
        also_right=(
            lambda i: sum(n * row for n, row in zip(i["portrait"], i["glasses"], strict=True)),
        ),
        wrong={
            "amounts-ignored": lambda i: (i["portrait"] > 0) @ i["glasses"],
            "strongest-only": strongest_only,
            "portrait-not-looked-at": lambda i: i["glasses"].sum(axis=0),
            "signs-ignored": lambda i: i["portrait"] @ np.abs(i["glasses"]),
            "numbers-swapped": lambda i: key(i)[::-1],
        },
    ),
    "i06_count": Answers(
        reference=learned,
        also_right=(lambda i: i["portrait"] * i["key"] * 2 + i["portrait"] * i["value"],),
        wrong={
            "glasses-for-each-word": lambda i: i["n_words"] * learned(i),
            "table-of-attention-learned-too": lambda i: learned(i) + i["n_words"] ** 2,
            "questions-and-labels-share": lambda i: i["portrait"] * (i["key"] + i["value"]),
            "numbers-of-one-word": lambda i: 2 * i["key"] + i["value"],
            "label-as-long-as-the-jar": lambda i: i["portrait"] * (i["key"] + 2 * i["value"]),
        },
    ),
    "i06_told": Answers(
        reference=chosen("error"),
        wrong={
            "attention-is-labelled": chosen("map"),
            "glasses-are-given": chosen("glasses"),
            "meanings-are-given": chosen("meaning"),
        },
    ),
    "i06_map": Answers(
        reference=turned(same="same", before="before", after="after", backwards="backwards"),
        wrong={
            "rows-and-columns-mixed": turned(
                before="after", after="before", same="after", backwards="after"
            ),
            "one-seat-off": turned(before="same", after="same", same="before", backwards="before"),
            "the-wrong-slope": turned(
                before="backwards", after="backwards", same="backwards", backwards="same"
            ),
        },
    ),
    "i06_clean": Answers(
        reference=chosen_by("clean", {"both": "stuck", "questions": "learns", "labels": "learns"}),
        wrong={
            "does-not-ask-who-waits": chosen_by(
                "clean", {"both": "learns", "questions": "stuck", "labels": "stuck"}
            ),
            "zero-takes-all": chosen("one"),
            "knows-beforehand": chosen("knows"),
        },
    ),
    "i06_dark": Answers(
        reference=poured,
        also_right=(lambda i: round(float(poured(i)), 2),),
        wrong={
            "darkest-cell-is-the-answer": lambda i: i["same"],
            "all-jars-alike": lambda i: (2 * i["same"] + i["other"]) / 3,
            "first-jar-counts-no-more": lambda i: only_by(i, i["big"]),
            "second-jar-forgotten": lambda i: only_by(i, i["small"]),
            "percents-taken-for-glasses": lambda i: 100 * poured(i),
        },
    ),
    "i06_drag": Answers(
        reference=half,
        wrong={
            "as-soon-as-it-leads": lambda i: first_time(i, leads),
            "only-when-it-takes-all": lambda i: first_time(i, lambda row, place: row[place] == 1),
            "end-of-the-slider": lambda i: ROUNDS[-1],
            "one-stop-too-late": lambda i: ROUNDS[ROUNDS.index(half(i)) + 1],
        },
    ),
}
