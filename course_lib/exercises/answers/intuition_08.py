"""Intuition 08: what is right, and what tempts."""

import numpy as np

from course_lib.examples import queries, words
from course_lib.exercises.answers.intuition_03 import chosen, spelled
from course_lib.exercises.declare import Answers, Misconception
from course_lib.exercises.tasks.intuition_08 import (
    MOVED,
    ODD_NAMES,
    PARTNER,
    SAME_PLACE,
    new_order,
)
from course_lib.exercises.wording import letter_of

ITSELF = "intuition/08_self_attention: What if a sentence asks itself?"
BANKS = "intuition/08_self_attention: Can a real machine tell the two banks apart?"
SHUFFLE = "intuition/08_self_attention: What happens if you shuffle the words?"
PLACE = "intuition/08_self_attention: How do you tell a word its place?"
SPOIL = "intuition/08_self_attention: Does the plate spoil the portrait?"
TURN = "intuition/08_self_attention: Can the question itself carry the place?"
LEFT = "intuition/08_self_attention: Is the order lost if nobody may look ahead?"
ONCE = "intuition/08_self_attention: Is a text taken in at one go, or word by word?"


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


def hears(table):
    """Return a function: inputs -> the letter of what this table says of the machine."""
    return lambda inputs: letter_of(table[inputs["machine"]], inputs)


heard = hears({"bare": "same", "plates": "told", "turned": "told", "left": "before"})


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
        also_right=spelled(chosen("sentence")),
        misconceptions=(
            Misconception(
                "each-word-looks-at-itself",
                chosen("word"),
                "Whose *self* is it? Look at the shares that *lends* and *bank* gave themselves.",
                ITSELF,
            ),
            Misconception(
                "question-and-label-are-one",
                chosen("glasses"),
                "How many pairs of glasses were there in lesson 06? The headline asked itself "
                "there, too.",
                ITSELF,
            ),
            Misconception(
                "new-steps",
                chosen("steps"),
                "Ask, compare, scale, share, mix: which of them did *River bank lends money* leave "
                "out?",
                ITSELF,
            ),
        ),
    ),
    "i08_shuffle": Answers(
        reference=follows_the_word,
        also_right=(
            lambda i: follows_the_word(i).upper(),
            lambda i: f" {follows_the_word(i)} ",
            lambda i: np.str_(follows_the_word(i)),
        ),
        misconceptions=(
            Misconception(
                "invariant-rows-stay",
                follows_the_row,
                "You read the same row of the old map. But who stands in that row now? Follow the "
                "word, not the row.",
                SHUFFLE,
            ),
            Misconception(
                "columns-stay",
                keeps_the_column,
                "You found the right asker in the old map, and then counted columns. Does the word "
                "above that column still stand there?",
                SHUFFLE,
            ),
            Misconception(
                "each-word-looks-at-itself",
                asks_itself,
                "That is the word that asks. Is its own column the darkest in its row of the old "
                "map?",
                ITSELF,
            ),
        ),
    ),
    "i08_banks": Answers(
        reference=same_kind,
        also_right=(
            lambda i: same_kind(i).lower(),
            lambda i: f" {same_kind(i)} ",
            lambda i: np.str_(same_kind(i)),
        ),
        misconceptions=(
            Misconception(
                "alike-before-the-layers",
                named(SAME_PLACE),
                "You trusted the first map. Before the first layer, what makes two banks alike: "
                "their neighbours, or where they stand?",
                BANKS,
            ),
            Misconception(
                "most-like-itself",
                named((0, 1, 2, 3)),
                "On the diagonal each bank meets itself. Look along the rest of the row.",
                BANKS,
            ),
            Misconception(
                "less-alike",
                named((1, 0, 3, 2)),
                "In the second map, is that the larger or the smaller of the numbers in the row?",
                BANKS,
            ),
        ),
    ),
    "i08_order": Answers(
        reference=heard,
        also_right=spelled(heard),
        misconceptions=(
            Misconception(
                "knows-by-the-meaning",
                chosen("meaning"),
                "The meaning is what the machine is to find out. What do its sums get to see, when "
                "the verb asks?",
                SHUFFLE,
            ),
            Misconception(
                "order-is-not-where-you-think",
                hears({"bare": "told", "plates": "same", "turned": "same", "left": "same"}),
                "Look at the words in bold again. Does anything in this machine depend on where a "
                "word stands?",
                PLACE,
            ),
            Misconception(
                "who-is-covered",
                hears({"bare": "before", "plates": "before", "turned": "before", "left": "told"}),
                "Two things can bring the order in: to be told it, or that not everybody may be "
                "heard. Which of the two does this machine have, if any?",
                LEFT,
            ),
        ),
    ),
    "i08_hands": Answers(
        reference=place,
        also_right=(
            lambda i: str(place(i)),
            lambda i: float(place(i)),
            lambda i: sum([i["fast"]] + [12] * i["slow"]),
        ),
        misconceptions=(
            Misconception(
                "fast-hand-alone",
                lambda i: i["fast"],
                "The fast hand was there before, and more than once. Who has counted how often it "
                "came round?",
                PLACE,
            ),
            Misconception(
                "hands-added",
                lambda i: i["slow"] + i["fast"],
                "One hour of the slow hand is not one place. How many places does it take?",
                PLACE,
            ),
            Misconception(
                "hands-swapped",
                lambda i: 12 * i["fast"] + i["slow"],
                "You let the fast hand count the turns. Which of the two moves at every place?",
                PLACE,
            ),
            Misconception(
                "slow-hand-alone",
                lambda i: 12 * i["slow"],
                "There the fast hand points to 12. How far has it gone since?",
                PLACE,
            ),
        ),
    ),
    "i08_added": Answers(
        reference=chosen("right"),
        also_right=spelled(chosen("right")),
        misconceptions=(
            Misconception(
                "adding-spoils",
                chosen("lost"),
                "Try it: which pairs of a portrait and a plate give this sum? Round the four "
                "numbers first, then look at what is left over.",
                SPOIL,
            ),
            Misconception(
                "plate-not-read",
                chosen("place"),
                "The word fits. Take its portrait away from the sum: which plate is left?",
                SPOIL,
            ),
            Misconception(
                "portrait-not-read",
                chosen("word"),
                "The place fits. Take its plate away from the sum: which portrait is left?",
                SPOIL,
            ),
        ),
    ),
    "i08_drag": Answers(
        reference=right_turn,
        also_right=(
            to_one_decimal,
            lambda i: str(right_turn(i)),
            lambda i: tuple(right_turn(i)),
        ),
        misconceptions=(
            Misconception(
                "question-left-behind",
                turned(lambda row: row),
                "The question stands where it stood at the beginning of the text, but the labels "
                "have moved on. Turn it after them.",
                TURN,
            ),
            Misconception(
                "one-place-short",
                turned(lambda row: row + MOVED - 1),
                "It has been turned after the labels, but not as far as they have. How many places "
                "have they moved on?",
                TURN,
            ),
            Misconception(
                "turned-the-other-way",
                turned(lambda row: row - MOVED),
                "You turned it against the labels: the angle between them has changed. Which way "
                "have the labels gone?",
                TURN,
            ),
        ),
    ),
    "i08_rounds": Answers(
        reference=lambda i: [1, i["n_written"]],
        also_right=(
            lambda i: str([1, i["n_written"]]),
            lambda i: (1.0, float(i["n_written"])),
            lambda i: np.array([1, i["n_written"]]),
        ),
        misconceptions=(
            Misconception(
                "reads-word-by-word",
                lambda i: [i["n_words"], i["n_written"]],
                "You let it walk through the finished text. Which of its words has to wait for "
                "another one?",
                ONCE,
            ),
            Misconception(
                "writes-at-one-go",
                lambda i: [1, 1],
                "Can a word be asked that nobody has written yet?",
                ONCE,
            ),
            Misconception(
                "the-wrong-way-round",
                lambda i: [i["n_words"], 1],
                "Which of the two texts is on the page already?",
                ONCE,
            ),
        ),
    ),
}
