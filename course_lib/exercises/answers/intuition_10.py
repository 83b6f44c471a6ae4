"""Intuition 10: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.choosing import chosen, chosen_by
from course_lib.exercises.declare import Answers
from course_lib.exercises.tasks.intuition_10 import ANIMALS, either, speaks


def lanes(*, look, think=None, norm=None):
    """Return a function: inputs -> the three counts, each 1 or what is said: a function of n."""
    counts = {"look": look, "think": think, "norm": norm}

    def count(inputs):
        return [counts[step](inputs["n"]) if counts[step] else 1 for step in inputs["steps"]]

    return count


def every(n):
    return n


new_lists = lanes(look=every)


def asked(inputs):
    """Return what the asked number was, and what was heard of it."""
    return inputs["was"][inputs["asked"]], inputs["heard"][inputs["asked"]]


def added(inputs):
    was, heard = asked(inputs)
    return round(was + heard, 1)


def lanes_that_speak(inputs):
    return speaks(inputs, inputs["threshold"])


def one_layer(inputs, *, thinkers=1, ways=2):
    """Return how many numbers a layer has: attention, and the detectors' ways in and out."""
    detectors = ways * inputs["portrait"] * inputs["detectors"]
    return 4 * inputs["portrait"] ** 2 + thinkers * detectors


def stack(inputs):
    return inputs["layers"] * one_layer(inputs)


ANSWERS = {
    "i10_lanes": Answers(
        reference=new_lists,
        wrong={
            "thinking-mixes-words": lanes(look=every, think=every),
            "norm-over-the-sentence": lanes(look=every, norm=every),
            "everything-exchanges": lanes(look=every, think=every, norm=every),
            "nothing-exchanges": lanes(look=lambda n: 1),
            "thinking-instead-of-looking": lanes(look=lambda n: 1, think=every),
            "not-its-own-lane": lanes(look=lambda n: n - 1),
        },
    ),
    "i10_add": Answers(
        reference=added,
        also_right=(
            lambda i: float(np.sum(asked(i))),
            lambda i: (np.array(i["was"]) + np.array(i["heard"]))[i["asked"]],
        ),
        wrong={
            "found-replaces-what-was": lambda i: asked(i)[1],
            "step-bypassed": lambda i: asked(i)[0],
            "input-doubled": lambda i: 2 * asked(i)[0],
            "mean-of-the-two": lambda i: added(i) / 2,
            "taken-away": lambda i: asked(i)[0] - asked(i)[1],
        },
    ),
    "i10_zero": Answers(
        reference=chosen_by("built", {"free": "same", "slip": "normed", "none": "zeros"}),
        wrong={
            "skip-forgotten": chosen_by(
                "built", {"free": "zeros", "slip": "zeros", "none": "same"}
            ),
            "residual-from-the-normed": chosen_by(
                "built", {"free": "normed", "slip": "same", "none": "normed"}
            ),
            "input-doubled": chosen("twice"),
        },
    ),
    "i10_missing": Answers(
        reference=chosen_by(
            "part", {"skips": "alike", "norms": "loud", "bend": "glasses", "look": "deaf"}
        ),
        wrong={
            "loudness-and-likeness-mixed-up": chosen_by(
                "part", {"skips": "loud", "norms": "alike", "bend": "loud", "look": "loud"}
            ),
            "lanes-meet-elsewhere": chosen_by(
                "part", {"skips": "deaf", "norms": "deaf", "bend": "deaf", "look": "glasses"}
            ),
            "part-taken-for-another": chosen_by(
                "part",
                {"skips": "glasses", "norms": "glasses", "bend": "alike", "look": "alike"},
            ),
        },
    ),
    "i10_norm": Answers(
        reference=chosen_by("change", {"times": "same", "shifted": "same", "turned": "opposite"}),
        wrong={
            "norm-keeps-loudness": chosen("louder"),
            "norm-as-softmax": chosen("shares"),
            "direction-mixed-up": chosen_by(
                "change", {"times": "opposite", "shifted": "opposite", "turned": "same"}
            ),
        },
    ),
    "i10_detector": Answers(
        reference=lanes_that_speak,
        also_right=(lambda i: sum(a + b > i["threshold"] + 1e-9 for a, b in i["lists"]),),
        wrong={
            "no-bend": lambda i: len(ANIMALS),
            "strongest-only": lambda i: 1,
            "threshold-forgotten": lambda i: speaks(i, 0),
            "or-instead-of-and": either,
        },
    ),
    "i10_stack": Answers(
        reference=stack,
        also_right=(lambda i: sum(one_layer(i) for _ in range(i["layers"])),),
        wrong={
            "one-layer-used-again": one_layer,
            "own-detectors-for-each-word": lambda i: (
                i["layers"] * one_layer(i, thinkers=i["words"])
            ),
            "all-for-each-word": lambda i: i["words"] * stack(i),
            "listening-or-writing-only": lambda i: i["layers"] * one_layer(i, ways=1),
            "attention-only": lambda i: i["layers"] * one_layer(i, thinkers=0),
            "detectors-only": lambda i: i["layers"] * 2 * i["portrait"] * i["detectors"],
        },
    ),
    "i10_say": Answers(
        reference=chosen("place"),
        wrong={
            "transformer-always-better": chosen("best"),
            "ceiling-taken-for-equal": chosen("ceiling"),
            "only-a-transformer": chosen("long"),
        },
    ),
    "i10_search": Answers(
        reference=chosen("about"),
        wrong={
            "likest-is-the-answer": chosen("answer"),
            "search-should-know": chosen("broken"),
            "counts-common-words": chosen("letters"),
        },
    ),
}
