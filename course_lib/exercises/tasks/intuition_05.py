"""Intuition 05: the table of who looks at whom, and covered cells."""

import numpy as np

from course_lib.examples import keys, values
from course_lib.exercises.choosing import LETTERS, choices, pictured, shuffled
from course_lib.exercises.declare import task
from course_lib.exercises.questions import letter, near, number, two_numbers, word
from course_lib.exercises.reading import spelled_numbers
from course_lib.exercises.shares import shares_of
from course_lib.exercises.wording import heat_map, markdown_table, mask_table

GUESTS = ("nurse", "pilot", "baker", "clown")


# Reading the table ---------------------------------------------------------------------------


def read_inputs(rng):
    """Draw a table in which the row's best, the column's best and the most popular differ."""
    while True:
        table = np.round([shares_of(row) for row in rng.normal(scale=1.3, size=(4, 4))], 2)
        asked = int(rng.integers(4))
        row, column = table[asked], table[:, asked]
        candidates = {int(row.argmax()), int(column.argmax()), int(table.sum(axis=0).argmax())}
        gaps = [np.diff(np.sort(each))[-1] for each in (row, column, table.sum(axis=0))]
        if len(candidates) == 3 and asked not in candidates and min(gaps) > 0.1:
            return {
                "table": table,
                "asked": GUESTS[asked],
                "way": str(rng.choice(["looks at", "is looked at"])),
            }


def read_question(inputs):
    asked = inputs["asked"]
    said = {
        "looks at": f"**Whom does the {asked} look at most?**",
        "is looked at": f"**Who looks most at the {asked}?**",
    }
    return (
        "Four guests at a party look at each other, and at themselves in the mirror. A table as in "
        "the lesson: rows ask, columns are asked.\n\n"
        + heat_map(GUESTS, inputs["table"])
        + f"\n\n{said[inputs['way']]} Answer with one word, such as "
        '`"guest"`.'
    )


task(
    name="i05_read",
    inputs=read_inputs,
    probes=word(GUESTS, "that is where the row and the column cross"),
    question=read_question,
)


# A missing cell ------------------------------------------------------------------------------


def missing_inputs(rng):
    while True:
        percents = np.array([rng.multinomial(18, [0.25] * 4) * 5 + [3, 2, 4, 1] for _ in range(4)])
        row, column = (int(n) for n in rng.choice(4, size=2, replace=False))
        right = percents[row, column]
        wrong = (
            100 - percents[:, column].sum() + right,  # as if columns added up
            percents[column, row],  # as if it were mutual
            25,
            100 - right,  # the rest of the row, not yet taken from 100
            right / 100,
        )
        numbers = [right, *wrong]
        if right >= 6 and wrong[0] >= 0 and np.diff(np.sort(numbers)).min() > 2:
            return {"percents": percents, "row": row, "column": column}


def missing_question(inputs):
    rows = []
    for i, name in enumerate(GUESTS):
        cells = [f"{percent} %" for percent in inputs["percents"][i]]
        if i == inputs["row"]:
            cells[inputs["column"]] = "**?**"
        rows.append([f"**{name}** looks at", *cells])
    return (
        "Another table of shares. Rows ask, columns are asked. One cell is hidden by a drop of "
        "ink.\n\n"
        + markdown_table(["", *GUESTS], rows)
        + "\n\nHow many per cent stood under the ink? Answer with a number, such as `99`."
    )


task(
    name="i05_missing",
    inputs=missing_inputs,
    probes=number(0.5, "what each asker gives away adds up to 100 %"),
    question=missing_question,
)


# Which cells are covered ---------------------------------------------------------------------

HEADLINES = (
    ("Fisher", "sells", "fresh", "fish"),
    ("Storm", "keeps", "ships", "waiting"),
    ("Old", "clock", "strikes", "again"),
)


def cells(kind, n):
    """Return which of n x n cells are open, for a kind of cover."""
    mask = np.ones((n, n), dtype=bool)
    if kind == "ahead":
        mask = np.tri(n, dtype=bool)
    elif kind == "backward":
        mask = ~np.tri(n, dtype=bool)
    elif kind == "strict":
        mask = np.tri(n, k=-1, dtype=bool)
    elif kind == "column":
        mask[:, -1] = False
    elif kind == "row":
        mask[-1] = False
    elif kind == "corner":
        mask[-1, -1] = False
    return mask


def patterns(inputs):
    labels = inputs["headline"]
    pictures = pictured(lambda kind: mask_table(labels, cells(kind, len(labels))), inputs)
    return pictures + '\n\nAnswer with a letter, such as `"x"`.'


AHEAD = ("ahead", "backward", "strict", "column")
FILLER = ("column", "row", "ahead", "corner")


task(
    name="i05_ahead",
    inputs=lambda rng: {
        "headline": HEADLINES[rng.integers(len(HEADLINES))],
        "order": shuffled(rng, AHEAD),
    },
    probes=letter(LETTERS, "each word sees itself and what came before"),
    question=lambda i: (
        f"A machine learns to continue the headline **{' '.join(i['headline'])}**, word after "
        "word, and must not look ahead. Rows ask, columns are asked; ✓ is open, grey is covered. "
        "Which table is right?\n\n" + patterns(i)
    ),
)

task(
    name="i05_filler",
    inputs=lambda rng: {
        "headline": (*HEADLINES[rng.integers(len(HEADLINES))][:3], "▢"),
        "order": shuffled(rng, FILLER),
    },
    probes=letter(LETTERS, "the filler is heard by nobody"),
    question=lambda i: (
        f"The headline **{' '.join(i['headline'][:3])}** was filled up with one blank, ▢. "
        "Everybody may look at every word, before or after, but nobody may *hear the blank*. "
        "Which table is right? (✓ is open, grey is covered.)\n\n" + patterns(i)
    ),
)


# What happens if it is covered like this -----------------------------------------------------

COVERS = {
    "score": "sets the **score** of the blank to 0, and then makes the shares",
    "share": "makes the shares, and then sets the **share** of the blank to 0",
    "down": "pushes the score of the blank **down without end**, and then makes the shares",
}
RESULTS = {
    "good": "the blank gets nothing, and the shares of the others add up to 100 %",
    "leaks": "the blank still gets a share",
    "lost": "the blank gets nothing, but the shares of the others add up to less than 100 %",
    "over": "the blank gets nothing, and the shares of the others add up to more than 100 %",
}


task(
    name="i05_cover",
    inputs=lambda rng: {
        "cover": str(rng.choice(list(COVERS))),
        "order": shuffled(rng, RESULTS),
    },
    probes=letter(LETTERS, "that is what such a cover does"),
    question=lambda i: (
        "A word looks at three words and a blank. A programmer wants to hide the blank. He "
        f"{COVERS[i['cover']]}. What happens?\n\n" + choices(RESULTS, i)
    ),
)


# Reading from the left -----------------------------------------------------------------------

SHARES = ((30, 10, 10, 50), (12, 28, 20, 40), (10, 25, 15, 50), (24, 8, 8, 60), (15, 35, 20, 30))


def left_inputs(rng):
    return {
        "headline": HEADLINES[rng.integers(len(HEADLINES))],
        "percents": SHARES[rng.integers(len(SHARES))],
        "asked": int(rng.integers(2)),
    }


def left_question(inputs):
    headline, percents = inputs["headline"], inputs["percents"]
    rows = [["its share", *(f"{percent} %" for percent in percents)]]
    return (
        f"**{' '.join(headline)}.** With the whole headline in view, the *third* word, "
        f"**{headline[2]}**, shares out its attention like this:\n\n"
        + markdown_table(["", *headline], rows)
        + f"\n\nNow nobody may look ahead. How many per cent does *{headline[2]}* give to "
        f"**{headline[inputs['asked']]}**? Answer with a number, such as `99`."
    )


task(
    name="i05_left",
    inputs=left_inputs,
    probes=number(1.0, "those that may be seen keep their proportion"),
    question=left_question,
)


# Drag to a target ----------------------------------------------------------------------------

SEEN = slice(0, 2)  # river and bank: the right half of the headline is covered


def drag_inputs(rng):
    return {"shore": float(rng.choice([5.5, 7.5, 8.5, 9.0]))}


def shore_heard(answer, inputs):
    """Return the shore that bank hears with this query, while only river and bank are in view."""
    scores = keys[SEEN] @ two_numbers(answer) / np.sqrt(2)
    return np.array(shares_of(scores - scores.max()) @ values[SEEN, 0])


def shore_in_words(got, inputs):
    return (
        f"with your query bank hears {float(got):.2f} of shore; {inputs['shore']:.1f} was wanted."
    )


task(
    name="i05_drag",
    inputs=drag_inputs,
    probes={
        "shore": near(
            shore_heard, "bank hears that much", shore_in_words, within=0.3, spelled=spelled_numbers
        )
    },
    question=lambda i: (
        "**River bank** … the rest is covered. Find a query with which *bank* hears "
        f"**{i['shore']:.1f} of shore**. Drag the tip in the picture below, and type the two "
        "numbers that it shows, such as `[-9, 9.5]`. It may be off by 0.3; many answers are right."
    ),
)
