"""Intuition 05: what is right, and what tempts."""

import numpy as np

from course_lib.examples import query
from course_lib.exercises.answers.intuition_03 import chosen, spelled
from course_lib.exercises.declare import Answers, Misconception
from course_lib.exercises.tasks.intuition_05 import GUESTS
from course_lib.exercises.wording import letter_of

ALL_ASK = "intuition/05_matrix_form: What if every word asks?"
READ = "intuition/05_matrix_form: How do you read the table of shares?"
FILLER = "intuition/05_matrix_form: Why must fillers be covered?"
HOW = "intuition/05_matrix_form: How do you cover a cell?"
LEFT = "intuition/05_matrix_form: What may a machine see that is still writing?"
DRAG = "intuition/05_matrix_form: Can bank be an institution with half the headline covered?"
BREAK = "intuition/05_matrix_form: What breaks if the wrong half is covered?"
MISTAKES = "intuition/05_matrix_form: Which mistakes wait here?"


def best(inputs, *, along_row):
    place = GUESTS.index(inputs["asked"])
    line = inputs["table"][place] if along_row else inputs["table"][:, place]
    return GUESTS[int(line.argmax())]


def looked_up(inputs):
    return best(inputs, along_row=inputs["way"] == "looks at")


def under_the_ink(inputs):
    return inputs["percents"][inputs["row"], inputs["column"]]


def other_cells(inputs):
    """Return the other cells of the column."""
    return np.delete(inputs["percents"][:, inputs["column"]], inputs["row"])


def result(results):
    """Return a function: inputs -> the letter of what this table says of the cover."""
    return lambda inputs: letter_of(results[inputs["cover"]], inputs)


covered = result({"score": "leaks", "share": "lost", "down": "good"})


def left_over(inputs):
    return 100 * inputs["percents"][inputs["asked"]] / sum(inputs["percents"][:3])


def own_share(inputs):
    return inputs["percents"][inputs["asked"]]


def query_for(inputs, *, finance=1.0):
    """Return a query with that much finance which makes bank hear the shore that is wanted."""
    share = (inputs["shore"] - 5) / 5  # of river: its jar holds 10, bank's own holds 5
    step = np.sqrt(2) * np.log(share / (1 - share))  # the step between the two bare scores
    return np.array([step + 2 * finance, finance])  # [1, -2] is river's key less bank's


def query_for_share(inputs):
    return query_for({"shore": 5 + inputs["shore"] / 2})


ANSWERS = {
    "i05_read": Answers(
        reference=looked_up,
        also_right=(
            lambda i: looked_up(i).title(),
            lambda i: f" {looked_up(i)} ",
            lambda i: np.str_(looked_up(i)),
        ),
        misconceptions=(
            Misconception(
                "row-and-column-mixed",
                lambda i: best(i, along_row=i["way"] != "looks at"),
                "You went along the other line. Who asks stands at the left of the table: is your "
                "guest asking here, or being asked?",
                ALL_ASK,
            ),
            Misconception(
                "most-popular",
                lambda i: GUESTS[int(i["table"].sum(axis=0).argmax())],
                "That guest gets most from all together. The question is about one line only.",
                READ,
            ),
            Misconception(
                "itself",
                lambda i: i["asked"],
                "That is the diagonal, where a guest meets itself. Need the largest number of a "
                "line stand there?",
                READ,
            ),
        ),
    ),
    "i05_missing": Answers(
        reference=under_the_ink,
        also_right=(
            lambda i: f"{under_the_ink(i)} %",
            lambda i: float(under_the_ink(i)),
            lambda i: str(under_the_ink(i)),
        ),
        misconceptions=(
            Misconception(
                "columns-add-up",
                lambda i: 100 - other_cells(i).sum(),
                "You made the column add up to 100 %. Who has 100 % to give away: the one who "
                "asks, or the one who is asked?",
                READ,
            ),
            Misconception(
                "mutual",
                lambda i: i["percents"][i["column"], i["row"]],
                "That is the cell across the diagonal, where the two have changed places. Is "
                "attention mutual?",
                READ,
            ),
            Misconception(
                "a-quarter-each",
                lambda i: 25,
                "A quarter for each would be a table without any preference. What do the other "
                "cells of the same line leave over?",
                READ,
            ),
            Misconception(
                "stopped-halfway",
                lambda i: 100 - under_the_ink(i),
                "Those are the three cells of the line that can still be read. What was the "
                "question?",
                READ,
            ),
            Misconception(
                "part-of-one",
                lambda i: under_the_ink(i) / 100,
                "Count as the table does: there the whole is 100, not 1.",
                READ,
            ),
        ),
    ),
    "i05_ahead": Answers(
        reference=chosen("ahead"),
        also_right=spelled(chosen("ahead")),
        misconceptions=(
            Misconception(
                "the-wrong-half",
                chosen("backward"),
                "Ask the first row: what may the first word look at in your table? And what of "
                "that comes later?",
                BREAK,
            ),
            Misconception(
                "not-even-itself",
                chosen("strict"),
                "Look at the first row of your table. To whom can the first word give its 100 %?",
                MISTAKES,
            ),
            Misconception(
                "only-the-last-word",
                chosen("column"),
                "Nobody sees the last word there. But may the first word look at the second one?",
                LEFT,
            ),
        ),
    ),
    "i05_filler": Answers(
        reference=chosen("column"),
        also_right=spelled(chosen("column")),
        misconceptions=(
            Misconception(
                "row-instead-of-column",
                chosen("row"),
                "You covered where the blank *asks*. It shall not be *heard*: is that a row or a "
                "column of the table?",
                FILLER,
            ),
            Misconception(
                "no-looking-ahead",
                chosen("ahead"),
                "That hides everything which comes later, words as well. Here nobody is writing; "
                "only the blank is to be hidden.",
                LEFT,
            ),
            Misconception(
                "only-from-itself",
                chosen("corner"),
                "In your table the blank does not hear itself. What do the three words hear?",
                FILLER,
            ),
        ),
    ),
    "i05_cover": Answers(
        reference=covered,
        also_right=spelled(covered),
        misconceptions=(
            Misconception(
                "zero-means-hidden",
                result({"score": "good", "share": "good", "down": "leaks"}),
                "Put numbers in: four scores of 1, then this cover. Which plants stand on the "
                "stairs, and what do the shares of the three words add up to?",
                HOW,
            ),
            Misconception(
                "before-and-after-mixed",
                result({"score": "lost", "share": "leaks", "down": "lost"}),
                "What comes first here, the cover or the sharing? Whatever is shared out last "
                "adds up to the whole.",
                HOW,
            ),
            Misconception(
                "more-than-the-whole",
                chosen("over"),
                "Can somebody who has 100 % give away more? Think of the glass in the lesson: was "
                "it too full?",
                READ,
            ),
        ),
    ),
    "i05_left": Answers(
        reference=left_over,
        also_right=(
            lambda i: f"{left_over(i):.0f} %",
            lambda i: round(left_over(i)),
            lambda i: str(left_over(i)),
        ),
        misconceptions=(
            Misconception(
                "share-stays",
                own_share,
                "Then the three that are left would not add up to 100 %. Who gets what the covered "
                "word had?",
                FILLER,
            ),
            Misconception(
                "freed-share-split-evenly",
                lambda i: own_share(i) + i["percents"][3] / 3,
                "You split what became free into equal parts. In the lesson 25 and 51 became 33 "
                "and 67: what stayed the same there?",
                FILLER,
            ),
            Misconception(
                "may-not-see-itself",
                lambda i: 100 * own_share(i) / sum(i["percents"][:2]),
                "You covered one cell too many. Does a word that looks at itself look ahead?",
                MISTAKES,
            ),
            Misconception(
                "part-of-one",
                lambda i: left_over(i) / 100,
                "Count as the table does: there the whole is 100, not 1.",
                READ,
            ),
        ),
    ),
    "i05_drag": Answers(
        reference=query_for,
        also_right=(
            lambda i: query_for(i, finance=-0.5),
            lambda i: np.round(query_for(i), 1).tolist(),
            lambda i: str(np.round(query_for(i, finance=0.3), 2).tolist()),
        ),
        misconceptions=(
            Misconception(
                "query-not-moved",
                lambda i: query,
                "That is the query the picture starts with. Which way must it turn, so that river "
                "is heard more, or less?",
                DRAG,
            ),
            Misconception(
                "numbers-swapped",
                lambda i: query_for(i)[::-1],
                "Water comes first, then finance. In which order did you type the two numbers?",
                DRAG,
            ),
            Misconception(
                "share-instead-of-shore",
                query_for_share,
                "Read the lower table of the picture, what it *gets*, and not the share of river. "
                "Even bank's own jar is half a shore.",
                DRAG,
            ),
        ),
    ),
}
