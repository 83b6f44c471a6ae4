"""Intuition 09: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.choosing import chosen, chosen_by
from course_lib.exercises.declare import Answers
from course_lib.exercises.tasks.intuition_09 import ASKED


def seen_as(**habits):
    """Return an answer for any variant: what this table makes of the right habit."""
    return chosen_by("habit", habits)


def left_over(inputs):
    return 100 - sum(inputs["second"]) + inputs["second"][inputs["gap"]]


def sees_and_makes(inputs):
    return [inputs["portrait"], inputs["width"]]


def terms(inputs):
    """Return what each of the four numbers adds to the new entry."""
    return np.array([*inputs["first"], *inputs["second"]]) * inputs["mixing"]


def added_up(inputs):
    return round(float(terms(inputs).sum()), 2)


def learned(inputs):
    return 4 * inputs["portrait"] ** 2


def mean(inputs):
    return sum(inputs["shares"]) / len(inputs["shares"])


def browsed(part):
    """Return a function: inputs -> that part of the case that was asked."""
    return lambda inputs: next(case for case in ASKED if inputs.items() <= case.items())[part]


found = browsed("head")

ANSWERS = {
    "i09_map": Answers(
        reference=seen_as(before="before", after="after", rests="rests", itself="itself"),
        wrong={
            "rows-and-columns-mixed": seen_as(
                before="after", after="before", rests="before", itself="after"
            ),
            "one-row-is-not-the-habit": seen_as(
                before="rests", after="rests", rests="itself", itself="rests"
            ),
            "one-place-off": seen_as(
                before="itself", after="itself", rests="after", itself="before"
            ),
        },
    ),
    "i09_row": Answers(
        reference=left_over,
        wrong={
            "heads-share-one-hundred": lambda i: left_over(i) - 50,
            "columns-add-up": lambda i: 100 - i["first"][i["gap"]],
            "both-heads-look-alike": lambda i: i["first"][i["gap"]],
            "part-of-one": lambda i: left_over(i) / 100,
        },
    ),
    "i09_slice": Answers(
        reference=sees_and_makes,
        wrong={
            "a-slice-for-each-head": lambda i: [i["width"], i["width"]],
            "each-head-makes-it-all": lambda i: [i["portrait"], i["portrait"]],
            "narrow-in-wide-out": lambda i: [i["width"], i["portrait"]],
            "one-number-for-each-head": lambda i: [i["portrait"], i["n_heads"]],
        },
    ),
    "i09_mix": Answers(
        reference=added_up,
        also_right=(
            lambda i: float(terms(i)[:2].sum() + terms(i)[2:].sum()),
            lambda i: [*i["first"], *i["second"]] @ np.array(i["mixing"]),
        ),
        wrong={
            "first-head-only": lambda i: terms(i)[:2].sum(),
            "last-head-only": lambda i: terms(i)[2:].sum(),
            "not-mixed": lambda i: sum(i["first"]) + sum(i["second"]),
            "mean-of-the-heads": lambda i: terms(i).sum() / 2,
            "strongest-only": lambda i: terms(i).max(),
        },
    ),
    "i09_count": Answers(
        reference=learned,
        also_right=(lambda i: 3 * i["portrait"] ** 2 + i["portrait"] ** 2,),
        wrong={
            "more-heads-more-numbers": lambda i: i["n_heads"] * learned(i),
            "no-mixing-glasses": lambda i: 3 * i["portrait"] ** 2,
            "a-slice-for-each-head": lambda i: (
                3 * i["portrait"] ** 2 // i["n_heads"] + i["portrait"] ** 2
            ),
            "one-head-alone": lambda i: 3 * i["portrait"] ** 2 // i["n_heads"],
        },
    ),
    "i09_differ": Answers(
        reference=chosen_by("start", {"twins": "equal", "chance": "drift"}),
        wrong={
            "the-start-does-not-matter": chosen_by("start", {"twins": "drift", "chance": "equal"}),
            "heads-are-told": chosen("told"),
            "a-slice-for-each-head": chosen("pieces"),
        },
    ),
    "i09_mean": Answers(
        reference=mean,
        also_right=(lambda i: float(np.mean(i["shares"])),),
        wrong={
            "strongest-head-wins": lambda i: max(i["shares"]),
            "shares-added-up": lambda i: sum(i["shares"]),
            "first-head-drawn": lambda i: i["shares"][0],
            "part-of-one": lambda i: mean(i) / 100,
        },
    ),
    "i09_name": Answers(
        reference=chosen("seen"),
        wrong={
            "a-head-knows-its-meaning": chosen("knows"),
            "heads-are-given-tasks": chosen("made"),
            "one-head-is-the-machine": chosen("wrong"),
        },
    ),
    "i09_browse": Answers(
        reference=found,
        wrong={
            "counted-from-zero": lambda i: found(i) - 1,
            "rows-and-columns-mixed": browsed("other_way"),
            "the-darkest-cell-of-all": browsed("rests"),
        },
    ),
}
