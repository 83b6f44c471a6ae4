"""Intuition 06: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.answers.intuition_03 import chosen, spelled
from course_lib.exercises.declare import Answers, Misconception
from course_lib.exercises.tasks.intuition_06 import ROUNDS, recorded
from course_lib.exercises.wording import letter_of

GLASSES = "intuition/06_attention_layer: Where do query, key and value come from?"
LOOK = "intuition/06_attention_layer: What do glasses do, number by number?"
LONGER = "intuition/06_attention_layer: Does a longer headline need more glasses?"
GRIND = "intuition/06_attention_layer: Nobody says where to look. How can it learn?"
MARKED = "intuition/06_attention_layer: Does it find the marked card?"
REVERSE = "intuition/06_attention_layer: Can it learn to read backwards?"
EXPLAIN = "intuition/06_attention_layer: Does a dark cell explain the answer?"
BREAK = "intuition/06_attention_layer: What breaks if the glasses start at zero?"


def key(inputs):
    return inputs["portrait"] @ inputs["glasses"]


def strongest_only(inputs):
    most = inputs["portrait"].argmax()
    return inputs["portrait"][most] * inputs["glasses"][most]


def learned(inputs):
    return inputs["portrait"] * (2 * inputs["key"] + inputs["value"])


def turned(turns):
    """Return a function: inputs -> the letter of what this table makes of the right turn."""
    return lambda inputs: letter_of(turns[inputs["turn"]], inputs)


did = turned({turn: turn for turn in ("same", "before", "after", "backwards")})


def fate(fates):
    """Return a function: inputs -> the letter of what this table says of the clean glasses."""
    return lambda inputs: letter_of(fates[inputs["clean"]], inputs)


becomes = fate({"both": "stuck", "questions": "learns", "labels": "learns"})


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
            lambda i: tuple(int(n) for n in key(i)),
            lambda i: str(key(i).tolist()),
            lambda i: sum(n * row for n, row in zip(i["portrait"], i["glasses"], strict=True)),
        ),
        misconceptions=(
            Misconception(
                "amounts-ignored",
                lambda i: (i["portrait"] > 0) @ i["glasses"],
                "You added up the right rows, each once. How many times does a row shine through "
                "if the portrait has 3 of it?",
                LOOK,
            ),
            Misconception(
                "strongest-only",
                strongest_only,
                "You looked at the strongest number of the portrait alone. What do the weaker ones "
                "add?",
                LOOK,
            ),
            Misconception(
                "portrait-not-looked-at",
                lambda i: i["glasses"].sum(axis=0),
                "You added up the whole pair of glasses. Then every word would have the same key. "
                "Which rows does this word not light up?",
                GLASSES,
            ),
            Misconception(
                "signs-ignored",
                lambda i: i["portrait"] @ np.abs(i["glasses"]),
                "Some of the numbers in the glasses are below zero. What do they do to the sum?",
                LOOK,
            ),
            Misconception(
                "numbers-swapped",
                lambda i: key(i)[::-1],
                "The sums are right. In which order do they stand in the key?",
                LOOK,
            ),
        ),
    ),
    "i06_count": Answers(
        reference=learned,
        also_right=(
            lambda i: str(learned(i)),
            lambda i: float(learned(i)),
            lambda i: i["portrait"] * i["key"] * 2 + i["portrait"] * i["value"],
        ),
        misconceptions=(
            Misconception(
                "glasses-for-each-word",
                lambda i: i["n_words"] * learned(i),
                "You made glasses for each word. Does each word of the lesson have its own, or "
                "is one set held up to all of them?",
                LONGER,
            ),
            Misconception(
                "table-of-attention-learned-too",
                lambda i: learned(i) + i["n_words"] ** 2,
                "You counted the table of who looks at whom as well. Is that learned, or worked "
                "out afresh for each text?",
                LONGER,
            ),
            Misconception(
                "questions-and-labels-share",
                lambda i: i["portrait"] * (i["key"] + i["value"]),
                "You counted two pairs of glasses. What are the three things that are seen of a "
                "word?",
                GLASSES,
            ),
            Misconception(
                "numbers-of-one-word",
                lambda i: 2 * i["key"] + i["value"],
                "So many numbers come out for one word. How many are in the tables that make them "
                "out of a portrait?",
                LONGER,
            ),
        ),
    ),
    "i06_told": Answers(
        reference=chosen("error"),
        also_right=spelled(chosen("error")),
        misconceptions=(
            Misconception(
                "attention-is-labelled",
                chosen("map"),
                "Who should have written down such a list, for thousands of texts? What does the "
                "child hear that looks for the sweet?",
                GRIND,
            ),
            Misconception(
                "glasses-are-given",
                chosen("glasses"),
                "If somebody knew these numbers, nothing would be left to learn. Where do they "
                "come from in the first round?",
                GRIND,
            ),
            Misconception(
                "meanings-are-given",
                chosen("meaning"),
                "*Water* and *finance* were our own names, picked for paper. Did anybody tell the "
                "layer with the cards what a dot is?",
                MARKED,
            ),
        ),
    ),
    "i06_map": Answers(
        reference=did,
        also_right=spelled(did),
        misconceptions=(
            Misconception(
                "rows-and-columns-mixed",
                turned(
                    {
                        "before": "after",
                        "after": "before",
                        "same": "after",
                        "backwards": "after",
                    }
                ),
                "Take the row of seat 1 alone: it asks. In which column is its dark cell? "
                "Then do the same with seat 2.",
                REVERSE,
            ),
            Misconception(
                "one-seat-off",
                turned(
                    {
                        "before": "same",
                        "after": "same",
                        "same": "before",
                        "backwards": "before",
                    }
                ),
                "Count again with a finger: row 4, and the column of its dark cell. How far is it "
                "from one to the other, and does row 5 say the same?",
                REVERSE,
            ),
            Misconception(
                "the-wrong-slope",
                turned(
                    {
                        "before": "backwards",
                        "after": "backwards",
                        "same": "backwards",
                        "backwards": "same",
                    }
                ),
                "Do the dark cells run down from the left or from the right? And where does the "
                "line begin?",
                REVERSE,
            ),
        ),
    ),
    "i06_clean": Answers(
        reference=becomes,
        also_right=spelled(becomes),
        misconceptions=(
            Misconception(
                "does-not-ask-who-waits",
                fate({"both": "learns", "questions": "stuck", "labels": "stuck"}),
                "All scores are zero at the start. Now nudge the glasses that are zero: what do "
                "the others hold that they meet? Can a score change?",
                BREAK,
            ),
            Misconception(
                "zero-takes-all",
                chosen("one"),
                "A question or a label of zeros makes all scores zero. How does softmax share "
                "among equal scores?",
                BREAK,
            ),
            Misconception(
                "knows-beforehand",
                chosen("knows"),
                "Before the first round, who could have told it that dots matter?",
                MARKED,
            ),
        ),
    ),
    "i06_dark": Answers(
        reference=poured,
        also_right=(
            lambda i: f"{poured(i):.2f}",
            lambda i: round(float(poured(i)), 2),
            lambda i: str(poured(i)),
        ),
        misconceptions=(
            Misconception(
                "darkest-cell-is-the-answer",
                lambda i: i["same"],
                "That is the jar which was poured most, all alone. What do the others add?",
                EXPLAIN,
            ),
            Misconception(
                "all-jars-alike",
                lambda i: (2 * i["same"] + i["other"]) / 3,
                "You poured a third from each jar. What do the shares of machine B say?",
                EXPLAIN,
            ),
            Misconception(
                "first-jar-counts-no-more",
                lambda i: only_by(i, i["big"]),
                "You left out what Thyme still gives to machine B. It is less than before, but is "
                "it nothing?",
                EXPLAIN,
            ),
            Misconception(
                "second-jar-forgotten",
                lambda i: only_by(i, i["small"]),
                "You counted how much less Thyme gives. Who gives more now, and what does that jar "
                "hold?",
                EXPLAIN,
            ),
        ),
    ),
    "i06_drag": Answers(
        reference=half,
        also_right=(
            lambda i: str(half(i)),
            lambda i: float(half(i)),
            lambda i: [half(i)],
        ),
        misconceptions=(
            Misconception(
                "as-soon-as-it-leads",
                lambda i: first_time(i, leads),
                "There it is the darkest cell of its row for the first time. How much of the row's "
                "attention is that?",
                REVERSE,
            ),
            Misconception(
                "only-when-it-takes-all",
                lambda i: first_time(i, lambda row, place: row[place] == 1),
                "There it takes all. It had half of the attention before: go back a few stops.",
                REVERSE,
            ),
            Misconception(
                "end-of-the-slider",
                lambda i: ROUNDS[-1],
                "It holds there, but not there first. Which column should this seat look at? "
                "Follow that one cell from round 0.",
                REVERSE,
            ),
        ),
    ),
}
