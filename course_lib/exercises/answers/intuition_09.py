"""Intuition 09: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.answers.intuition_03 import chosen, spelled
from course_lib.exercises.declare import Answers, Misconception
from course_lib.exercises.tasks.intuition_09 import ASKED
from course_lib.exercises.wording import letter_of

ONE = "intuition/09_multi_head: Can one row of shares answer two questions?"
SECOND = "intuition/09_multi_head: What does a second reader ask?"
SLICE = "intuition/09_multi_head: Does each reader get its own piece of the portrait?"
MIX = "intuition/09_multi_head: How do two answers become one portrait again?"
DIFFER = "intuition/09_multi_head: Does nobody tell the readers to differ?"
REAL = "intuition/09_multi_head: What do real readers look at?"
IT = 'intuition/09_multi_head: Does the pronoun reader know what "it" means?'
MORE = "intuition/09_multi_head: Are more readers better?"


def seen_as(habits):
    """Return a function: inputs -> the letter of what this table makes of the right habit."""
    return lambda inputs: letter_of(habits[inputs["habit"]], inputs)


habit = seen_as({name: name for name in ("before", "after", "rests", "itself")})


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


def becomes(fates):
    """Return a function: inputs -> the letter of what this table says of the two heads."""
    return lambda inputs: letter_of(fates[inputs["start"]], inputs)


in_fact = becomes({"twins": "equal", "chance": "drift"})


def mean(inputs):
    return sum(inputs["shares"]) / len(inputs["shares"])


def browsed(part):
    """Return a function: inputs -> that part of the case that was asked."""
    return lambda inputs: next(case for case in ASKED if inputs.items() <= case.items())[part]


found = browsed("head")

ANSWERS = {
    "i09_map": Answers(
        reference=habit,
        also_right=spelled(habit),
        misconceptions=(
            Misconception(
                "rows-and-columns-mixed",
                seen_as(
                    {"before": "after", "after": "before", "rests": "before", "itself": "after"}
                ),
                "Take the middle row alone: its word asks. Where in the sentence is the word of "
                "the dark cell: just before it, just after it, further off, or is it the same?",
                REAL,
            ),
            Misconception(
                "one-row-is-not-the-habit",
                seen_as(
                    {"before": "rests", "after": "rests", "rests": "itself", "itself": "rests"}
                ),
                "One row alone can mislead. Read at least three, from the top: does the dark cell "
                "move from row to row?",
                REAL,
            ),
            Misconception(
                "one-place-off",
                seen_as(
                    {"before": "itself", "after": "itself", "rests": "after", "itself": "before"}
                ),
                "Put a finger on the word at the left, and another on the same word above. Do row "
                "and column meet in the dark cell?",
                REAL,
            ),
        ),
    ),
    "i09_row": Answers(
        reference=left_over,
        also_right=(
            lambda i: f"{left_over(i)} %",
            lambda i: float(left_over(i)),
            lambda i: str(left_over(i)),
        ),
        misconceptions=(
            Misconception(
                "heads-share-one-hundred",
                lambda i: left_over(i) - 50,
                "You gave each head a half of the 100 %. What does the row of head 1 add up to, "
                "all by itself?",
                SECOND,
            ),
            Misconception(
                "columns-add-up",
                lambda i: 100 - i["first"][i["gap"]],
                "You shared this word's 100 % between the two heads. Who gives away 100 %: the "
                "word that is looked at, or the one that asks?",
                SECOND,
            ),
            Misconception(
                "both-heads-look-alike",
                lambda i: i["first"][i["gap"]],
                "That is what head 1 gives. Does head 2 ask the same question?",
                SECOND,
            ),
        ),
    ),
    "i09_slice": Answers(
        reference=sees_and_makes,
        also_right=(
            lambda i: tuple(sees_and_makes(i)),
            lambda i: str(sees_and_makes(i)),
            lambda i: np.array(sees_and_makes(i), dtype=float),
        ),
        misconceptions=(
            Misconception(
                "a-slice-for-each-head",
                lambda i: [i["width"], i["width"]],
                "You cut the portrait up. What happened to the question of *river* in the lesson, "
                "when reader 1 got a piece only?",
                SLICE,
            ),
            Misconception(
                "each-head-makes-it-all",
                lambda i: [i["portrait"], i["portrait"]],
                "Lay the values of all heads side by side. How many numbers would that make?",
                SLICE,
            ),
            Misconception(
                "narrow-in-wide-out",
                lambda i: [i["width"], i["portrait"]],
                "Which of the two is the portrait that goes in, and which is the list that comes "
                "out of one pair of glasses?",
                SLICE,
            ),
            Misconception(
                "one-number-for-each-head",
                lambda i: [i["portrait"], i["n_heads"]],
                "The second number is how many heads there are. How long is the list that one of "
                "them makes?",
                SLICE,
            ),
        ),
    ),
    "i09_mix": Answers(
        reference=added_up,
        also_right=(
            lambda i: f"{added_up(i):.2f}",
            lambda i: float(terms(i)[:2].sum() + terms(i)[2:].sum()),
            lambda i: [*i["first"], *i["second"]] @ np.array(i["mixing"]),
        ),
        misconceptions=(
            Misconception(
                "first-head-only",
                lambda i: terms(i)[:2].sum(),
                "That is what head 1 writes into the portrait. Who else has something to add?",
                MIX,
            ),
            Misconception(
                "last-head-only",
                lambda i: terms(i)[2:].sum(),
                "That is what head 2 writes into the portrait. Does it wipe out what head 1 wrote?",
                MIX,
            ),
            Misconception(
                "not-mixed",
                lambda i: sum(i["first"]) + sum(i["second"]),
                "You added up what was brought back, as it is. How strongly does each of the four "
                "shine through the mixing glasses?",
                MIX,
            ),
            Misconception(
                "mean-of-the-heads",
                lambda i: terms(i).sum() / 2,
                "You took the mean of the two heads. In the lesson, what became of 0.14 and 0.85?",
                MIX,
            ),
            Misconception(
                "strongest-only",
                lambda i: terms(i).max(),
                "That is the strongest of the four, alone. Do the mixing glasses choose, or add?",
                MIX,
            ),
        ),
    ),
    "i09_count": Answers(
        reference=learned,
        also_right=(
            lambda i: str(learned(i)),
            lambda i: float(learned(i)),
            lambda i: 3 * i["portrait"] ** 2 + i["portrait"] ** 2,
        ),
        misconceptions=(
            Misconception(
                "more-heads-more-numbers",
                lambda i: i["n_heads"] * learned(i),
                "You gave each head glasses of full size. How long are the lists of one head?",
                MORE,
            ),
            Misconception(
                "no-mixing-glasses",
                lambda i: 3 * i["portrait"] ** 2,
                "Those are the questions', labels' and jars' glasses. Which ones come after the "
                "heads?",
                MORE,
            ),
            Misconception(
                "a-slice-for-each-head",
                lambda i: 3 * i["portrait"] ** 2 // i["n_heads"] + i["portrait"] ** 2,
                "You counted too little for the heads. Do the glasses of one head look at a piece "
                "of the portrait, or at all of it? And how many heads are there?",
                SLICE,
            ),
            Misconception(
                "one-head-alone",
                lambda i: 3 * i["portrait"] ** 2 // i["n_heads"],
                "So many numbers are in the glasses of one head. Who else has glasses?",
                MORE,
            ),
        ),
    ),
    "i09_differ": Answers(
        reference=in_fact,
        also_right=spelled(in_fact),
        misconceptions=(
            Misconception(
                "the-start-does-not-matter",
                becomes({"twins": "drift", "chance": "equal"}),
                "Each head is nudged to where the answer gets less wrong. When do two heads get "
                "exactly the same nudges, and when don't they?",
                DIFFER,
            ),
            Misconception(
                "heads-are-told",
                chosen("told"),
                "What is a layer told while it learns? (Lesson 06 had the same question.) Who "
                "would know the halves of a task?",
                DIFFER,
            ),
            Misconception(
                "a-slice-for-each-head",
                chosen("pieces"),
                "Which numbers of a portrait does each reader see?",
                SLICE,
            ),
        ),
    ),
    "i09_mean": Answers(
        reference=mean,
        also_right=(
            lambda i: f"{mean(i):g} %",
            lambda i: str(mean(i)),
            lambda i: float(np.mean(i["shares"])),
        ),
        misconceptions=(
            Misconception(
                "strongest-head-wins",
                lambda i: max(i["shares"]),
                "That is the head with the darkest cell. The program does not choose: what does "
                "it do with all four?",
                IT,
            ),
            Misconception(
                "shares-added-up",
                lambda i: sum(i["shares"]),
                "You added the four. If every program did that, what would a whole row add up to?",
                IT,
            ),
            Misconception(
                "first-head-drawn",
                lambda i: i["shares"][0],
                "That is head 1 alone. Does the program draw one head, or the mean?",
                IT,
            ),
        ),
    ),
    "i09_name": Answers(
        reference=chosen("seen"),
        also_right=spelled(chosen("seen")),
        misconceptions=(
            Misconception(
                "a-head-knows-its-meaning",
                chosen("knows"),
                "Which word does *it* stand for in the second sentence? And which of the two has "
                "the larger share there?",
                IT,
            ),
            Misconception(
                "heads-are-given-tasks",
                chosen("made"),
                "Who hands out tasks to heads? Look again at what the red and the blue reader had "
                "been told.",
                DIFFER,
            ),
            Misconception(
                "one-head-is-the-machine",
                chosen("wrong"),
                "You have seen one row of one head. How many other heads has this machine?",
                IT,
            ),
        ),
    ),
    "i09_browse": Answers(
        reference=found,
        also_right=(
            lambda i: str(found(i)),
            lambda i: float(found(i)),
            lambda i: [found(i)],
        ),
        misconceptions=(
            Misconception(
                "counted-from-zero",
                lambda i: found(i) - 1,
                "You are one off. Here the first head is number 1, as the slider shows.",
                REAL,
            ),
            Misconception(
                "rows-and-columns-mixed",
                browsed("other_way"),
                "There the look goes the other way round. Whose *row* must you read: that of the "
                "one that asks, or of the one that is looked at?",
                REAL,
            ),
            Misconception(
                "the-darkest-cell-of-all",
                browsed("rests"),
                "There the asking word has a very dark cell indeed. In which column? Read the "
                "words above.",
                REAL,
            ),
        ),
    ),
}
