"""Intuition 07: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.choosing import chosen, chosen_by
from course_lib.exercises.declare import Answers
from course_lib.exercises.tasks.intuition_07 import BLEU, REAL, WORDS


def to_go_by(inputs):
    return [inputs["note"], inputs["n_words"] * inputs["small"]]


def in_map(inputs):
    """Return the English words and the percents of the map, and the row that was asked for."""
    _, english, percents = REAL[inputs["map"]]
    return english, np.array(percents), inputs["row"]


def darkest(inputs):
    english, percents, row = in_map(inputs)
    return english[percents[row].argmax()]


def same_place(inputs):
    english, _, row = in_map(inputs)
    return english[min(row, len(english) - 1)]


def most_popular(inputs):
    english, percents, _ = in_map(inputs)
    worded = [column for column, w in enumerate(english) if w != ","]
    return english[max(worded, key=lambda column: percents[:, column].sum())]


def points(inputs, machine="one note"):
    """Return BLEU at the start and at the end of the way."""
    return tuple(BLEU[machine][WORDS.index(inputs[end])] for end in ("start", "end"))


def lost(inputs, machine="one note"):
    start, end = points(inputs, machine)
    return start - end


ANSWERS = {
    "i07_note": Answers(
        reference=to_go_by,
        wrong={
            "the-note-grows": lambda i: [i["n_words"] * i["note"], i["n_words"] * i["small"]],
            "only-one-word-seen": lambda i: [i["note"], i["small"]],
            "divided-among-the-words": lambda i: [i["note"] / i["n_words"], i["small"]],
            "machines-swapped": lambda i: to_go_by(i)[::-1],
            "notes-counted-not-numbers": lambda i: [i["note"], i["n_words"]],
        },
    ),
    "i07_lost": Answers(
        reference=chosen("fluent"),
        wrong={
            "grammar-lost-too": chosen("salad"),
            "full-then-stops": chosen("cut"),
            "nothing-lost": chosen("perfect"),
        },
    ),
    "i07_roles": Answers(
        reference=chosen_by("part", {"query": "writer", "key": "notes", "value": "notes"}),
        wrong={
            "sides-swapped": chosen_by(
                "part", {"query": "notes", "key": "writer", "value": "writer"}
            ),
            "knows-the-future": chosen("german"),
            "still-one-note": chosen("sentence"),
        },
    ),
    "i07_cross": Answers(
        reference=chosen_by(
            "kind", {"number": "crossed", "date": "crossed", "hundred": "straight"}
        ),
        wrong={
            "turns-in-the-wrong-place": chosen_by(
                "kind", {"number": "straight", "date": "straight", "hundred": "crossed"}
            ),
            "everything-backwards": chosen("backwards"),
            "one-look-for-all": chosen("same"),
        },
    ),
    "i07_read": Answers(
        reference=darkest,
        wrong={
            "same-place-in-the-sentence": same_place,
            "darkest-column": most_popular,
        },
    ),
    "i07_bleu": Answers(
        reference=lost,
        also_right=(
            lambda i: float(lost(i)) + 2,
            lambda i: lost(i) - 2,
        ),
        wrong={
            "what-is-left": lambda i: points(i)[1],
            "the-other-curve": lambda i: lost(i, "glances back"),
            "minus-for-lost": lambda i: -lost(i),
            "percent-for-points": lambda i: 100 * lost(i) / points(i)[0],
            "where-it-set-out": lambda i: points(i)[0],
        },
    ),
    "i07_reason": Answers(
        reference=chosen("poured"),
        wrong={
            "a-cell-is-a-dictionary": chosen("meaning"),
            "darkest-cell-is-the-reason": chosen("reason"),
            "one-right-map": chosen("broken"),
        },
    ),
    "i07_same_rows": Answers(
        reference=chosen("stuck"),
        wrong={
            "one-word-matters-to-all": chosen("important"),
            "rows-and-columns-mixed": chosen("even"),
            "too-short-to-look": chosen("short"),
        },
    ),
}
