"""Intuition 06: the attention layer, its glasses, and how it learns where to look."""

import numpy as np

from course_lib.examples import word_features
from course_lib.exercises.choosing import LETTERS, choices, shuffled
from course_lib.exercises.declare import Probe, task
from course_lib.exercises.questions import letter, near, number, one_number, two_numbers
from course_lib.exercises.reading import spelled_number, spelled_numbers
from course_lib.exercises.wording import heat_map, markdown_table, pair, signed

# Looking through glasses ---------------------------------------------------------------------


def glasses_inputs(rng):
    """Draw a portrait with three entries above zero, and a pair of glasses."""
    while True:
        portrait = rng.permutation([3, 2, 1, 0, 0])
        glasses = rng.integers(-2, 3, size=(5, 2))
        right = portrait @ glasses
        seen = [
            right,
            (portrait > 0) @ glasses,
            portrait.max() * glasses[portrait.argmax()],
            glasses.sum(axis=0),
            portrait @ np.abs(glasses),
            right[::-1],
        ]
        apart = [np.abs(a - b).max() for n, a in enumerate(seen) for b in seen[:n]]
        if min(apart) > 0:
            return {"portrait": portrait, "glasses": glasses}


def glasses_question(inputs):
    rows = [
        [feature, amount, pair(row)]
        for feature, amount, row in zip(
            word_features, inputs["portrait"], inputs["glasses"], strict=True
        )
    ]
    return (
        "A new word comes along, and a machine looks at it through its label glasses:\n\n"
        + markdown_table(["", "in the word's portrait", "shines into the key as"], rows)
        + "\n\nWhat is the **key** of the word? Work it out on paper. Answer with two numbers, "
        "such as `[99, -99]`."
    )


def which_is_right(got, inputs):
    fits = np.isclose(got, inputs["portrait"] @ inputs["glasses"], rtol=0, atol=0.01)
    if fits.any():
        first, second = ("first", "second") if fits[0] else ("second", "first")
        return f"your key was {pair(got)}; its {first} number is right, the {second} is not."
    return f"your key was {pair(got)}, and neither number is right in its place."


task(
    name="i06_glasses",
    inputs=glasses_inputs,
    probes={
        "key": near(
            lambda answer, inputs: two_numbers(answer),
            "each number of the portrait shines through as strongly as it is",
            which_is_right,
            within=0.01,
            spelled=spelled_numbers,
        )
    },
    question=glasses_question,
)


# How much is learned -------------------------------------------------------------------------


def count_inputs(rng):
    return {
        "portrait": int(rng.choice([10, 20])),
        "key": int(rng.choice([3, 4])),
        "value": int(rng.choice([5, 6])),
        "n_words": int(rng.choice([30, 50])),
    }


task(
    name="i06_count",
    inputs=count_inputs,
    probes=number(0.5, "three pairs of glasses, whatever the length of the text"),
    question=lambda i: (
        f"A layer reads texts of **{i['n_words']} words**. A portrait has **{i['portrait']}** "
        f"numbers, a query and a key have **{i['key']}** each, a value has **{i['value']}**. How "
        "many numbers does this layer have to learn? Answer with a number, such as `999`."
    ),
)


# What the machine is told --------------------------------------------------------------------

JOBS = {
    "translate": "to translate",
    "cards": "to find the card with the dot",
    "continue": "to continue a text",
}
TOLD = {
    "error": "how far its answer is from the wanted one",
    "map": "for each example, which words it should have looked at",
    "glasses": "which numbers belong in its glasses",
    "meaning": "what each number of a query and a key stands for",
}

task(
    name="i06_told",
    inputs=lambda rng: {"job": str(rng.choice(list(JOBS))), "order": shuffled(rng, TOLD)},
    probes=letter(LETTERS, "that is all it hears"),
    question=lambda i: (
        f"A layer learns **{JOBS[i['job']]}**. What is it told while it learns?\n\n"
        + choices(TOLD, i)
    ),
)


# Reading a learned map -----------------------------------------------------------------------

SEATS = ("1", "2", "3", "4", "5")
TURNS = {
    "same": "each seat gets its **own** card",
    "before": "each seat gets the card of the seat **before** it (seat 1 that of seat 5)",
    "after": "each seat gets the card of the seat **after** it (seat 5 that of seat 1)",
    "backwards": "the seats get the row of cards **backwards**",
}


def looked_at(turn):
    """Return the place of the seat at which each of the five seats has to look."""
    places = np.arange(5)
    return {
        "same": places,
        "before": (places - 1) % 5,
        "after": (places + 1) % 5,
        "backwards": places[::-1],
    }[turn]


def map_inputs(rng):
    turn = str(rng.choice(list(TURNS)))
    noise = np.round(rng.uniform(0.0, 0.06, size=(5, 5)), 2)
    noise[np.arange(5), looked_at(turn)] = 0
    table = noise + (1 - noise.sum(axis=1, keepdims=True)) * np.eye(5)[looked_at(turn)]
    return {"turn": turn, "table": np.round(table, 2), "order": shuffled(rng, TURNS)}


task(
    name="i06_map",
    inputs=map_inputs,
    probes=letter(LETTERS, "each seat gets the card of its dark column"),
    question=lambda i: (
        "Five cards lie on five seats, and each seat asks. A layer has finished learning; this is "
        "where it looks. Rows ask, columns are looked at:\n\n"
        + heat_map(SEATS, i["table"])
        + "\n\nWhat has it learned?\n\n"
        + choices(TURNS, i)
    ),
)


# Clean glasses -------------------------------------------------------------------------------

CLEAN = {
    "both": "the **question** glasses and the **label** glasses are all zero",
    "questions": "the **question** glasses are all zero; the label glasses are thrown by chance",
    "labels": "the **label** glasses are all zero; the question glasses are thrown by chance",
}
FATES = {
    "stuck": "all cards get the same attention, and it stays so for ever",
    "learns": "at first all cards get the same attention, then it learns where to look",
    "one": "one card gets all the attention from the start, whichever chance has chosen",
    "knows": "it looks at the right card from the start, and has little left to learn",
}

task(
    name="i06_clean",
    inputs=lambda rng: {"clean": str(rng.choice(list(CLEAN))), "order": shuffled(rng, FATES)},
    probes=letter(LETTERS, "zeros move only if what they meet is not zero"),
    question=lambda i: (
        "A layer is to find the card with the dot, as in the lesson. Before the first round "
        f"{CLEAN[i['clean']]}. (The jar glasses are thrown by chance.) What happens?\n\n"
        + choices(FATES, i)
    ),
)


# What a dark cell says -----------------------------------------------------------------------


def dark_inputs(rng):
    while True:
        big, small = [(60, 10), (70, 10), (50, 20)][rng.integers(3)]
        same, other = int(rng.integers(6, 13)), int(rng.integers(1, 5))
        rest = (100 - big - small) * other
        glasses = [
            (big + small) * same + rest,
            100 * same,
            100 * (2 * same + other) / 3,
            big * same + rest,
            small * same + rest,
        ]
        if np.diff(np.sort(glasses)).min() > 20:  # hundredths of a gram
            return {"big": big, "small": small, "same": same, "other": other}


def dark_question(inputs):
    rest = 100 - inputs["big"] - inputs["small"]
    rows = [
        ["Thyme", f"{inputs['same']} g", f"{inputs['big']} %", f"{inputs['small']} %"],
        ["Lime", f"{inputs['same']} g", f"{inputs['small']} %", f"{inputs['big']} %"],
        ["Anise", f"{inputs['other']} g", f"{rest} %", f"{rest} %"],
    ]
    return (
        "Two machines pour one cup from the same three jars, and look at quite different ones:"
        "\n\n"
        + markdown_table(["jar", "honey in a cup of it", "machine A", "machine B"], rows)
        + "\n\nHow many grams of honey does the cup of **machine B** hold? Before you calculate: "
        "more or less than that of machine A? Answer with a number, such as `12.5`."
    )


task(
    name="i06_dark",
    inputs=dark_inputs,
    probes=number(0.05, "what counts is what was poured, from whichever jar"),
    question=dark_question,
)


# Drag through a training ---------------------------------------------------------------------

# Where a layer looked while it learned to hand over five cards backwards: recorded after every
# fifth round from course_lib.training (task `reverse`, five cards, seed 9, float64). A digit is a
# tenth of the attention of its row, X is all of it.
RECORDED = (
    "22222 22222 22222 22222 22222",
    "22222 32222 22231 22222 22222",
    "13222 32222 22331 22223 22222",
    "13222 31222 22321 32123 23222",
    "13222 31222 11321 32123 23222",
    "23122 31222 11431 22123 23222",
    "23123 21222 11431 32113 22222",
    "13123 21222 11431 22113 22222",
    "12114 21322 11521 23113 32221",
    "12115 21231 10611 15012 41221",
    "01117 21241 10811 08011 71110",
    "01108 11161 00900 09000 90010",
    "00109 11080 00X00 0X000 90000",
    "00009 00090 00X00 0X000 X0000",
    "0000X 00090 00X00 0X000 X0000",
    "0000X 000X0 00X00 0X000 X0000",
    "0000X 000X0 00X00 0X000 X0000",
)
ROUNDS = tuple(range(0, 5 * len(RECORDED), 5))


def recorded():
    """Return the recorded tables of attention, (moments, 5, 5), to one decimal.

    >>> recorded()[-1].diagonal()[::-1], recorded()[0, 0]
    (array([0., 0., 1., 0., 0.]), array([0.2, 0.2, 0.2, 0.2, 0.2]))
    """
    tenths = [[["0123456789X".index(c) for c in row] for row in m.split()] for m in RECORDED]
    return np.array(tenths) / 10


def round_in(answer, inputs):
    """Read a number of rounds that the slider knows."""
    wanted = (
        f"answer with one of the numbers of rounds that the slider shows, {ROUNDS[0]} to "
        f"{ROUNDS[-1]} in steps of 5"
    )
    return one_number(answer, wanted, known=ROUNDS)


def looks_in_words(got, inputs):
    share = recorded()[ROUNDS.index(int(got)), inputs["seat"], 4 - inputs["seat"]]
    return (
        f"after {int(got)} rounds seat {inputs['seat'] + 1} gives {signed(share, 1)} of its "
        "attention to the seat that it should look at."
    )


task(
    name="i06_drag",
    inputs=lambda rng: {"seat": int(rng.choice([0, 1, 2, 4]))},
    probes={
        "rounds": Probe(
            round_in,
            "that is the first such moment",
            2,
            (looks_in_words,),
            spelled=spelled_number,
        )
    },
    question=lambda i: (
        "A layer learns to hand over **five** cards backwards. Drag through its rounds in the "
        f"picture below. **Seat {i['seat'] + 1}** asks. After how many rounds does it give **half "
        "or more of its attention (0.5 at least)** to the seat that it should look at, for the "
        "first time? Answer with the number beside the slider, such as `77`."
    ),
)
