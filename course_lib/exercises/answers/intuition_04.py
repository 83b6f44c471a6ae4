"""Intuition 04: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.choosing import chosen, chosen_by
from course_lib.exercises.declare import Answers
from course_lib.exercises.tasks.intuition_04 import WIDTHS, largest_shares


def walked(inputs):
    return inputs["typical"] * np.sqrt(inputs["times"])


def scaled(inputs):
    return inputs["score"] / inputs["root"]


def first_above(inputs):
    """Return the place of the first width at which the largest bare share is above the target."""
    return next(i for i, share in enumerate(largest_shares()) if share > inputs["percent"])


def right_width(inputs):
    return WIDTHS[first_above(inputs)]


ANSWERS = {
    "i04_walk": Answers(
        reference=walked,
        also_right=(lambda i: (i["films"] * i["times"]) ** 0.5,),
        wrong={
            "as-many-times-as-the-films": lambda i: i["typical"] * i["times"],
            "chance-cancels-out": lambda i: 0,
            "more-films-change-nothing": lambda i: i["typical"],
            "half-of-the-films": lambda i: i["films"] * i["times"] / 2,
            "agrees-on-every-film": lambda i: i["films"] * i["times"],
            "root-added": lambda i: i["typical"] + np.sqrt(i["times"]),
        },
    ),
    "i04_divide": Answers(
        reference=scaled,
        also_right=(lambda i: i["score"] / np.sqrt(i["root"] ** 2),),
        wrong={
            "divides-by-the-number-itself": lambda i: i["score"] / i["root"] ** 2,
            "multiplies": lambda i: i["score"] * i["root"],
            "root-of-the-words": lambda i: i["score"] / np.sqrt(i["n_words"]),
            "divides-by-the-words": lambda i: i["score"] / i["n_words"],
            "left-bare": lambda i: i["score"],
        },
    ),
    "i04_bars": Answers(
        reference=chosen("root"),
        wrong={
            "takes-the-bare-ones": chosen("bare"),
            "flattest-is-best": chosen("whole"),
            "order-must-stay": chosen("impostor"),
        },
    ),
    "i04_change": Answers(
        reference=chosen_by(
            "change",
            {"once more": "flatter", "forgotten": "sharper", "words": "same", "taken away": "same"},
        ),
        wrong={
            "makes-one-winner": chosen_by(
                "change",
                {
                    "once more": "sharper",
                    "forgotten": "flatter",
                    "words": "sharper",
                    "taken away": "sharper",
                },
            ),
            "looks-at-sizes-not-at-steps": chosen_by(
                "change",
                {
                    "once more": "same",
                    "forgotten": "same",
                    "words": "flatter",
                    "taken away": "flatter",
                },
            ),
            "order-changes": chosen("other"),
        },
    ),
    "i04_why": Answers(
        reference=chosen("stuck"),
        wrong={
            "because-of-large-numbers": chosen("overflow"),
            "because-of-the-sum": chosen("sum"),
            "because-of-the-order": chosen("order"),
        },
    ),
    "i04_drag": Answers(
        reference=right_width,
        wrong={
            "one-stop-too-early": lambda i: WIDTHS[first_above(i) - 1],
            "one-stop-too-late": lambda i: WIDTHS[first_above(i) + 1],
            "end-of-the-slider": lambda i: WIDTHS[-1],
            "reads-the-scaled-side": lambda i: WIDTHS[int(np.argmax(largest_shares(scaled=True)))],
        },
    ),
}
