"""Intuition 05: what is right, and what tempts."""

import numpy as np

from course_lib.examples import query
from course_lib.exercises.choosing import chosen, chosen_by
from course_lib.exercises.declare import Answers
from course_lib.exercises.tasks.intuition_05 import GUESTS


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
        wrong={
            "row-and-column-mixed": lambda i: best(i, along_row=i["way"] != "looks at"),
            "most-popular": lambda i: GUESTS[int(i["table"].sum(axis=0).argmax())],
            "itself": lambda i: i["asked"],
        },
    ),
    "i05_missing": Answers(
        reference=under_the_ink,
        wrong={
            "columns-add-up": lambda i: 100 - other_cells(i).sum(),
            "mutual": lambda i: i["percents"][i["column"], i["row"]],
            "a-quarter-each": lambda i: 25,
            "stopped-halfway": lambda i: 100 - under_the_ink(i),
            "part-of-one": lambda i: under_the_ink(i) / 100,
        },
    ),
    "i05_ahead": Answers(
        reference=chosen("ahead"),
        wrong={
            "the-wrong-half": chosen("backward"),
            "not-even-itself": chosen("strict"),
            "only-the-last-word": chosen("column"),
        },
    ),
    "i05_filler": Answers(
        reference=chosen("column"),
        wrong={
            "row-instead-of-column": chosen("row"),
            "no-looking-ahead": chosen("ahead"),
            "only-from-itself": chosen("corner"),
        },
    ),
    "i05_cover": Answers(
        reference=chosen_by("cover", {"score": "leaks", "share": "lost", "down": "good"}),
        wrong={
            "zero-means-hidden": chosen_by(
                "cover", {"score": "good", "share": "good", "down": "leaks"}
            ),
            "before-and-after-mixed": chosen_by(
                "cover", {"score": "lost", "share": "leaks", "down": "lost"}
            ),
            "more-than-the-whole": chosen("over"),
        },
    ),
    "i05_left": Answers(
        reference=left_over,
        also_right=(lambda i: round(left_over(i)),),
        wrong={
            "share-stays": own_share,
            "freed-share-split-evenly": lambda i: own_share(i) + i["percents"][3] / 3,
            "may-not-see-itself": lambda i: 100 * own_share(i) / sum(i["percents"][:2]),
            "part-of-one": lambda i: left_over(i) / 100,
            "takes-all-that-is-freed": lambda i: own_share(i) + i["percents"][3],
        },
    ),
    "i05_drag": Answers(
        reference=query_for,
        also_right=(
            lambda i: query_for(i, finance=-0.5),
            lambda i: np.round(query_for(i), 1).tolist(),
        ),
        wrong={
            "query-not-moved": lambda i: query,
            "numbers-swapped": lambda i: query_for(i)[::-1],
            "share-instead-of-shore": query_for_share,
        },
    ),
}
