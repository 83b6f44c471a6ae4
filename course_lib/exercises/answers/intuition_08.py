"""Intuition 08: what is right, and what tempts."""

import numpy as np

from course_lib.examples import queries, words
from course_lib.exercises.choosing import chosen, chosen_by
from course_lib.exercises.declare import Answers
from course_lib.exercises.tasks.intuition_08 import MOVED, ODD_NAMES, new_order

PARTNER = (3, 2, 1, 0)  # the sentence of the same kind
SAME_PLACE = (2, 3, 0, 1)  # the sentence whose bank stands at the same place


def darkest(inputs, row):
    """Return the place, in the headline as it was, at which this row of the old map looks most."""
    return int(np.argmax(inputs["map"][row]))


def follows_the_word(inputs):
    asker = inputs["order"][inputs["row"]]
    return inputs["words"][darkest(inputs, asker)]


def follows_the_row(inputs):
    return inputs["words"][darkest(inputs, inputs["row"])]


def keeps_the_column(inputs):
    asker = inputs["order"][inputs["row"]]
    return new_order(inputs)[darkest(inputs, asker)]


def asks_itself(inputs):
    return new_order(inputs)[inputs["row"]]


def named(partners):
    """Return a function: inputs -> the name of the sentence that this table pairs with it."""

    def name(inputs):
        sentence = inputs["mixed"][inputs["asked"]]
        return ODD_NAMES[inputs["mixed"].index(partners[sentence])]

    return name


same_kind = named(PARTNER)


def hears(**heard):
    """Return an answer for any variant: what this table says of the machine."""
    return chosen_by("machine", heard)


def place(inputs):
    return 12 * inputs["slow"] + inputs["fast"]


def turned(places):
    """Return a function: inputs -> the asker's question, turned by so many places: places(row)."""

    def question(inputs):
        row = words.index(inputs["asker"])
        tip = complex(*queries[row]) * np.exp(1j * places(row))
        return [float(tip.real), float(tip.imag)]

    return question


right_turn = turned(lambda row: row + MOVED)


def to_one_decimal(inputs):
    return np.round(right_turn(inputs), 1)


ANSWERS = {
    "i08_self": Answers(
        reference=chosen("sentence"),
        wrong={
            "each-word-looks-at-itself": chosen("word"),
            "question-and-label-are-one": chosen("glasses"),
            "new-steps": chosen("steps"),
        },
    ),
    "i08_shuffle": Answers(
        reference=follows_the_word,
        wrong={
            "invariant-rows-stay": follows_the_row,
            "columns-stay": keeps_the_column,
            "each-word-looks-at-itself": asks_itself,
        },
    ),
    "i08_banks": Answers(
        reference=same_kind,
        wrong={
            "alike-before-the-layers": named(SAME_PLACE),
            "most-like-itself": named((0, 1, 2, 3)),
            "less-alike": named((1, 0, 3, 2)),
        },
    ),
    "i08_order": Answers(
        reference=hears(bare="same", plates="told", turned="told", left="before"),
        wrong={
            "knows-by-the-meaning": chosen("meaning"),
            "order-is-not-where-you-think": hears(
                bare="told", plates="same", turned="same", left="same"
            ),
            "who-is-covered": hears(bare="before", plates="before", turned="before", left="told"),
        },
    ),
    "i08_hands": Answers(
        reference=place,
        wrong={
            "fast-hand-alone": lambda i: i["fast"],
            "hands-added": lambda i: i["slow"] + i["fast"],
            "hands-swapped": lambda i: 12 * i["fast"] + i["slow"],
            "slow-hand-alone": lambda i: 12 * i["slow"],
            "counted-from-one": lambda i: place(i) + 1,
        },
    ),
    "i08_added": Answers(
        reference=chosen("right"),
        wrong={
            "adding-spoils": chosen("lost"),
            "plate-not-read": chosen("place"),
            "portrait-not-read": chosen("word"),
        },
    ),
    "i08_drag": Answers(
        reference=right_turn,
        also_right=(to_one_decimal,),
        wrong={
            "question-left-behind": turned(lambda row: row),
            "one-place-short": turned(lambda row: row + MOVED - 1),
            "turned-the-other-way": turned(lambda row: row - MOVED),
            "one-place-too-far": turned(lambda row: row + MOVED + 1),
        },
    ),
    "i08_rounds": Answers(
        reference=lambda i: [1, i["n_written"]],
        wrong={
            "reads-word-by-word": lambda i: [i["n_words"], i["n_written"]],
            "writes-at-one-go": lambda i: [1, 1],
            "the-wrong-way-round": lambda i: [i["n_words"], 1],
            "numbers-swapped": lambda i: [i["n_written"], 1],
            "finished-text-counted-again": lambda i: [1, i["n_words"] + i["n_written"]],
        },
    ),
}
