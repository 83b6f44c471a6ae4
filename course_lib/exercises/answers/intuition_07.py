"""Intuition 07: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.answers.intuition_03 import chosen, spelled
from course_lib.exercises.declare import Answers, Misconception
from course_lib.exercises.tasks.intuition_07 import BLEU, REAL, WORDS
from course_lib.exercises.wording import letter_of

NOTE = "intuition/07_encoder_decoder: How did networks translate before attention?"
LOST = "intuition/07_encoder_decoder: What gets lost, and what does not?"
GLANCE = "intuition/07_encoder_decoder: What if it may glance back?"
CURVE = "intuition/07_encoder_decoder: Does it hold for long sentences?"
MAP = "intuition/07_encoder_decoder: Where does it look?"
REASON = "intuition/07_encoder_decoder: Is a dark cell a reason?"
ANEW = "intuition/07_encoder_decoder: Does it ask anew each time?"


def to_go_by(inputs):
    return [inputs["note"], inputs["n_words"] * inputs["small"]]


def by_part(table):
    """Return a function: inputs -> the letter of what this table says of the part."""
    return lambda inputs: letter_of(table[inputs["part"]], inputs)


plays = by_part({"query": "writer", "key": "notes", "value": "notes"})


def by_kind(table):
    """Return a function: inputs -> the letter of the map that this table gives to the phrase."""
    return lambda inputs: letter_of(table[inputs["kind"]], inputs)


aligned = by_kind({"number": "crossed", "date": "crossed", "hundred": "straight"})


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
        also_right=(
            lambda i: str(to_go_by(i)),
            lambda i: np.array(to_go_by(i), dtype=float),
            lambda i: tuple(sum([n]) for n in to_go_by(i)),
        ),
        misconceptions=(
            Misconception(
                "the-note-grows",
                lambda i: [i["n_words"] * i["note"], i["n_words"] * i["small"]],
                "Your first number grows with the sentence. Which of the two machines has notes "
                "that grow with it?",
                NOTE,
            ),
            Misconception(
                "only-one-word-seen",
                lambda i: [i["note"], i["small"]],
                "Your second number is the note on a single word. How many such notes lie before "
                "the writer?",
                GLANCE,
            ),
            Misconception(
                "divided-among-the-words",
                lambda i: [i["note"] / i["n_words"], i["small"]],
                "That is what falls to each single word. The question is how many numbers lie "
                "before the writer in all.",
                NOTE,
            ),
            Misconception(
                "machines-swapped",
                lambda i: to_go_by(i)[::-1],
                "Both numbers are there. Which machine did the question name first?",
                NOTE,
            ),
        ),
    ),
    "i07_lost": Answers(
        reference=chosen("fluent"),
        also_right=spelled(chosen("fluent")),
        misconceptions=(
            Misconception(
                "grammar-lost-too",
                chosen("salad"),
                "That line has many of the right words, and no grammar. Which of the two did the "
                "machine keep in the lesson?",
                LOST,
            ),
            Misconception(
                "full-then-stops",
                chosen("cut"),
                "So the note would fill up like a sheet of paper, the first words safe and the "
                "rest missing. Did the first date come through unharmed in the lesson?",
                LOST,
            ),
            Misconception(
                "nothing-lost",
                chosen("perfect"),
                "For three words that would be a good guess. How long is this sentence, and what "
                "did the machine make of a long one?",
                LOST,
            ),
        ),
    ),
    "i07_roles": Answers(
        reference=plays,
        also_right=spelled(plays),
        misconceptions=(
            Misconception(
                "sides-swapped",
                by_part({"query": "notes", "key": "writer", "value": "writer"}),
                "Who wants to know something at that moment, and who has it? Think of the one who "
                "writes and of what lies on the table.",
                GLANCE,
            ),
            Misconception(
                "knows-the-future",
                chosen("german"),
                "Can the machine use a word that it has not written yet?",
                GLANCE,
            ),
            Misconception(
                "still-one-note",
                chosen("sentence"),
                "That is the first machine. What does the second one keep instead?",
                GLANCE,
            ),
        ),
    ),
    "i07_cross": Answers(
        reference=aligned,
        also_right=spelled(aligned),
        misconceptions=(
            Misconception(
                "turns-in-the-wrong-place",
                by_kind({"number": "straight", "date": "straight", "hundred": "crossed"}),
                "Go down the rows of your map. For each German word: is the dark column the "
                "English word that means it?",
                MAP,
            ),
            Misconception(
                "everything-backwards",
                chosen("backwards"),
                "In your map the first German word looks at the last English one. Does it mean "
                "that?",
                MAP,
            ),
            Misconception(
                "one-look-for-all",
                chosen("same"),
                "In your map all words look at the same place. Which question would do that?",
                ANEW,
            ),
        ),
    ),
    "i07_read": Answers(
        reference=darkest,
        also_right=(
            lambda i: darkest(i).title(),
            lambda i: f" {darkest(i)} ",
            lambda i: np.str_(darkest(i)),
        ),
        misconceptions=(
            Misconception(
                "same-place-in-the-sentence",
                same_place,
                "That English word stands at the same place in its sentence. Is its cell dark in "
                "that row?",
                MAP,
            ),
            Misconception(
                "darkest-column",
                most_popular,
                "That word got most from all rows together. The question is about one row.",
                MAP,
            ),
        ),
    ),
    "i07_bleu": Answers(
        reference=lost,
        also_right=(
            lambda i: str(lost(i)),
            lambda i: float(lost(i)) + 2,
            lambda i: lost(i) - 2,
        ),
        misconceptions=(
            Misconception(
                "what-is-left",
                lambda i: points(i)[1],
                "That is where the curve arrives. How high was it when it set out?",
                CURVE,
            ),
            Misconception(
                "the-other-curve",
                lambda i: lost(i, "glances back"),
                "That is what the other machine loses. Which curve is the one with one note?",
                CURVE,
            ),
            Misconception(
                "minus-for-lost",
                lambda i: -lost(i),
                "The size is right. The question asks how many points are lost; is that a number "
                "below zero?",
                CURVE,
            ),
            Misconception(
                "percent-for-points",
                lambda i: 100 * lost(i) / points(i)[0],
                "That is the loss in percent of the height it set out from. Points are counted on "
                "the axis itself.",
                CURVE,
            ),
        ),
    ),
    "i07_reason": Answers(
        reference=chosen("poured"),
        also_right=spelled(chosen("poured")),
        misconceptions=(
            Misconception(
                "a-cell-is-a-dictionary",
                chosen("meaning"),
                "What lies at that place: the bare word, or the note of two readers who have read "
                "its neighbours, too?",
                REASON,
            ),
            Misconception(
                "darkest-cell-is-the-reason",
                chosen("reason"),
                "To know a reason you would have to change that word and see what happens. Has "
                "anybody done that here?",
                REASON,
            ),
            Misconception(
                "one-right-map",
                chosen("broken"),
                "In lesson 06 two quite different maps gave the very same answer. Must there be "
                "one right map?",
                REASON,
            ),
        ),
    ),
    "i07_same_rows": Answers(
        reference=chosen("stuck"),
        also_right=spelled(chosen("stuck")),
        misconceptions=(
            Misconception(
                "one-word-matters-to-all",
                chosen("important"),
                "Would *sechzig* and *vier* really need the same mixture, to the last percent? "
                "What must be the same for that?",
                ANEW,
            ),
            Misconception(
                "rows-and-columns-mixed",
                chosen("even"),
                "The cells are the same down a column. Are they the same along a row?",
                ANEW,
            ),
            Misconception(
                "too-short-to-look",
                chosen("short"),
                "*thirty three nights* is shorter. What did its rows look like in the lesson?",
                MAP,
            ),
        ),
    ),
}
