"""Intuition 09: several readers of one headline, and what their tables show."""

import numpy as np

from course_lib.exercises.choosing import LETTERS, choices, shuffled
from course_lib.exercises.declare import task
from course_lib.exercises.questions import letter, near, number, numbers, one_number, percent
from course_lib.exercises.reading import spelled_number
from course_lib.exercises.wording import alignment_table, markdown_table

# Reading the table of a head -----------------------------------------------------------------

HEADLINES = (
    ("[CLS]", "a", "cook", "serves", "soup"),
    ("[CLS]", "rain", "stops", "the", "match"),
    ("[CLS]", "she", "sold", "her", "boat"),
    ("[CLS]", "bees", "leave", "the", "hive"),
)
HABITS = {
    "before": "it looks at the word **before** the one that asks",
    "after": "it looks at the word **after** the one that asks",
    "rests": "it rests on **[CLS]**, whoever asks",
    "itself": "each word looks at **itself**",
}


def dark_places(habit, n=5):
    """Return the place at which each of n words looks most, in a head with this habit."""
    places = np.arange(n)
    return {
        "before": np.maximum(places - 1, 0),
        "after": np.minimum(places + 1, n - 1),
        "rests": np.zeros(n, dtype=int),
        "itself": places,
    }[habit]


def map_inputs(rng):
    habit = str(rng.choice(list(HABITS)))
    percents = rng.integers(0, 6, size=(5, 5))
    dark = dark_places(habit)
    percents[np.arange(5), dark] = 0
    percents[np.arange(5), dark] = 100 - percents.sum(axis=1)
    headline = HEADLINES[rng.integers(len(HEADLINES))]
    return {
        "words": list(headline),
        "habit": habit,
        "percents": percents.tolist(),
        "order": shuffled(rng, HABITS),
    }


task(
    name="i09_map",
    inputs=map_inputs,
    probes=letter(LETTERS, "row by row, the dark cells tell the habit"),
    question=lambda i: (
        "The table of one head, made up for this question. Rows ask, columns are looked at; shares "
        "in percent. ([CLS] is the mark before the sentence.)\n\n"
        + alignment_table(i["words"], i["words"], i["percents"])
        + "\n\nWhich habit does this head have?\n\n"
        + choices(HABITS, i)
    ),
)


# Each head gives away its own 100 % ----------------------------------------------------------

FOUR = ("ships", "carry", "cheap", "rice")


def row_inputs(rng):
    while True:
        first = rng.permutation([50, 30, 15, 5])
        second = rng.integers(2, 16, size=4)
        gap = int(rng.integers(4))
        known = int(second.sum() - second[gap])
        wrong = {100 - first[gap], 50 - known, first[gap], round(known / 3, 1)}
        if known < 44 and len(wrong) == 4 and 100 - known not in wrong:
            return {"first": first.tolist(), "second": second.tolist(), "gap": gap}


def row_question(inputs):
    second = [str(share) for share in inputs["second"]]
    second[inputs["gap"]] = "?"
    rows = [["head 1", *inputs["first"]], ["head 2", *second]]
    return (
        "*Ships carry cheap rice.* Two heads read it, and *ships* asks. This is the row of *ships* "
        "in each of them, in percent:\n\n"
        + markdown_table(["*ships* looks at", *FOUR], rows)
        + "\n\nWhich number belongs in the place of the question mark? Answer with a number, such "
        "as `999`."
    )


task(
    name="i09_row",
    inputs=row_inputs,
    probes=percent(0.5, "each head gives away a hundred percent of its own"),
    question=row_question,
)


# Whole portraits -----------------------------------------------------------------------------


def slice_inputs(rng):
    n_heads, width = [(4, 16), (4, 24), (8, 16), (8, 12), (6, 20), (10, 30)][rng.integers(6)]
    return {"n_heads": n_heads, "width": width, "portrait": n_heads * width}


task(
    name="i09_slice",
    inputs=slice_inputs,
    probes=numbers(
        2,
        "each head sees the whole portrait; short is only what it makes of it",
        within=0.01,
        points=2,
    ),
    question=lambda i: (
        f"A portrait has **{i['portrait']}** numbers. A layer has **{i['n_heads']}** heads, built "
        "as in the real machine: side by side, the values that all heads make of one word are "
        f"again {i['portrait']} numbers. **How many numbers of the portrait** does head 2 look "
        "at, and **how many numbers** has the value that it makes? Answer with two numbers, such "
        "as `[999, 999]`."
    ),
)


# Mixing --------------------------------------------------------------------------------------


def mix_inputs(rng):
    while True:
        first, second = rng.integers(1, 10, size=2), rng.integers(1, 10, size=2)
        mixing = rng.integers(1, 6, size=4) / 10
        terms = np.array([*first, *second]) * mixing
        seen = [
            terms.sum(),
            terms[:2].sum(),
            terms[2:].sum(),
            first.sum() + second.sum(),
            terms.sum() / 2,
            terms.max(),
        ]
        if min(abs(a - b) for n, a in enumerate(seen) for b in seen[:n]) > 0.06:
            return {
                "first": first.tolist(),
                "second": second.tolist(),
                "mixing": mixing.round(1).tolist(),
            }


def mix_question(inputs):
    brought = [*inputs["first"], *inputs["second"]]
    rows = [
        [f"head {1 + place // 2}, number {1 + place % 2}", amount, strength]
        for place, (amount, strength) in enumerate(zip(brought, inputs["mixing"], strict=True))
    ]
    return (
        "Two heads have each brought back two numbers for *boat*. The table also says how strongly "
        "the mixing glasses let each of them through into one entry of the new portrait, "
        "*speed*:\n\n"
        + markdown_table(["", "brought back", "shines into *speed*"], rows)
        + "\n\nHow much *speed* has the new portrait of *boat*? Answer with a number, such as "
        "`12.5`."
    )


task(
    name="i09_mix",
    inputs=mix_inputs,
    probes=number(0.02, "all heads write into the portrait, and it is added up", points=2),
    question=mix_question,
)


# How much there is to learn ------------------------------------------------------------------


def count_inputs(rng):
    n_heads, width = [(2, 10), (4, 5), (3, 10), (5, 6), (4, 10), (5, 8)][rng.integers(6)]
    return {"n_heads": n_heads, "portrait": n_heads * width}


task(
    name="i09_count",
    inputs=count_inputs,
    probes=number(0.5, "more heads, shorter lists, the same number of numbers"),
    question=lambda i: (
        f"Portraits have **{i['portrait']}** numbers. A layer has **{i['n_heads']}** heads, whose "
        f"queries, keys and values all have {i['portrait']} / {i['n_heads']} = "
        f"**{i['portrait'] // i['n_heads']}** numbers, and mixing glasses that make "
        f"{i['portrait']} numbers out of {i['portrait']}. How many numbers are there to learn, in "
        "all glasses together? Answer with a number without commas, such as `9999`."
    ),
)


# What makes heads differ ---------------------------------------------------------------------

STARTS = {
    "twins": "The second starts as an **exact copy** of the first, its part of the mixing glasses "
    "included.",
    "chance": "All their numbers are **thrown by chance** at the start.",
}
BECOMES = {
    "equal": "they do the same, and go on doing the same for ever",
    "drift": "they drift apart by themselves, though nothing forces them to",
    "told": "each is told at the start which half of the task is its own",
    "pieces": "they differ because each of them is given another part of the portraits",
}

task(
    name="i09_differ",
    inputs=lambda rng: {"start": str(rng.choice(list(STARTS))), "order": shuffled(rng, BECOMES)},
    probes=letter(LETTERS, "only different starts make heads differ"),
    question=lambda i: (
        "A layer with two heads learns a task in which one has to look at two places. "
        + STARTS[i["start"]]
        + " What happens to the two heads, most likely?\n\n"
        + choices(BECOMES, i)
    ),
)


# The mean of heads ---------------------------------------------------------------------------


def mean_inputs(rng):
    while True:
        shares = rng.permutation([int(rng.integers(15, 20) * 4), *(rng.integers(0, 4, size=3) * 4)])
        wrong = {shares.max(), shares.sum(), shares[0]}
        if len(wrong) == 3 and shares.mean() not in wrong:
            return {"shares": shares.tolist()}


task(
    name="i09_mean",
    inputs=mean_inputs,
    probes=percent(0.5, "the mean hides the one head that looked there"),
    question=lambda i: (
        "*The dog slept because it was old.* A layer has four heads. In the row of *it*, *dog* "
        "gets:\n\n"
        + markdown_table(
            ["", *(f"head {n}" for n in range(1, 5))],
            [["share of *dog*", *(f"{share} %" for share in i["shares"])]],
        )
        + "\n\nA program draws **one** map for the whole layer: the mean of its heads. How many "
        "percent does *dog* get in the row of *it* there? Answer with a number, such as `99`."
    ),
)


# What a name for a head is worth ---------------------------------------------------------------

# Row of *it* in layer 4, head 2 of all-MiniLM-L6-v2 (course_lib.pretrained), in whole percent.
PAIRS = {
    "animal": (
        ("The animal didn't cross the street because it was too", "tired", "wide"),
        ("animal", "street"),
        ((68, 5), (28, 12)),
    ),
    "trophy": (
        ("The trophy didn't fit into the suitcase because it was too", "big", "small"),
        ("trophy", "suitcase"),
        ((57, 25), (61, 20)),
    ),
}


def name_texts(inputs):
    _, (first, second), _ = PAIRS[inputs["pair"]]
    return {
        "seen": f"in both sentences this head gave more of *it* to *{first}* than to *{second}*",
        "knows": "this head has found out by itself which of the two words *it* stands for",
        "made": "when the machine was built, this head was given the task of finding out what *it* "
        "means",
        "wrong": f"the machine as a whole believes that *it* means the {first} in both sentences",
    }


def name_question(inputs):
    (text, *endings), nouns, percents = PAIRS[inputs["pair"]]
    rows = [
        [f"... {ending}", *(f"{share} %" for share in row)]
        for ending, row in zip(endings, percents, strict=True)
    ]
    return (
        f"One head of the real encoder reads two sentences, *{text} {endings[0]}* and *... "
        f"{endings[1]}*. In the row of *it* it gives:\n\n"
        + markdown_table(["", *(f"*{noun}*" for noun in nouns)], rows)
        + "\n\nWhat do you know for certain?\n\n"
        + choices(name_texts(inputs), inputs)
    )


task(
    name="i09_name",
    inputs=lambda rng: {
        "pair": str(rng.choice(list(PAIRS))),
        "order": shuffled(rng, ("seen", "knows", "made", "wrong")),
    },
    probes=letter(LETTERS, "a table says where a head looked, not what it knows"),
    question=name_question,
)


# Browsing a real encoder ---------------------------------------------------------------------

SENTENCE = "The cat sat on the mat because it was tired"
# (layer, who asks, whom): the one head of that layer in which this share is large. Layers and heads
# are counted from 1; numbers from all-MiniLM-L6-v2 (course_lib.pretrained), this sentence.
ASKED = (
    {"layer": 1, "asker": "sat", "target": "cat", "head": 3, "other_way": 4, "rests": 6},
    {"layer": 2, "asker": "sat", "target": "on", "head": 9, "other_way": 7, "rests": 12},
    {"layer": 4, "asker": "it", "target": "cat", "head": 2, "other_way": 12, "rests": 6},
)
N_HEADS = 12


def head_in(answer, inputs):
    """Read the number of a head."""
    wanted = f"answer with the number of a head, 1 to {N_HEADS}, as the slider shows it"
    return one_number(answer, wanted, known=range(N_HEADS + 1))


def browse_inputs(rng):
    case = ASKED[rng.integers(len(ASKED))]
    return {name: case[name] for name in ("layer", "asker", "target")}


task(
    name="i09_browse",
    inputs=browse_inputs,
    probes={
        "head": near(
            head_in,
            "that is the head",
            lambda got, inputs: f"your answer was head {int(got)}.",
            within=0.01,
            spelled=spelled_number,
        )
    },
    question=lambda i: (
        f"The real encoder reads *{SENTENCE}*. Browse its heads below. In **layer {i['layer']}** "
        f"there is one head in which *{i['asker']}* gives clearly more of its attention to "
        f"*{i['target']}* than in any other head of that layer. Which one? Answer with the number "
        "beside the slider, such as `99`."
    ),
)
