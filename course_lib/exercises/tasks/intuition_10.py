"""Intuition 10: the road with lanes, what breaks without its parts, curves and a real search."""

import numpy as np

from course_lib.exercises.choosing import LETTERS, choices, shuffled
from course_lib.exercises.declare import task
from course_lib.exercises.questions import letter, near, number, several_numbers
from course_lib.exercises.reading import spelled_numbers
from course_lib.exercises.wording import markdown_table, pair, signed

# Where lanes meet ----------------------------------------------------------------------------

STEPS = {"look": "looking around", "think": "thinking", "norm": "the norm"}
LONG = ("lantern", "harbour", "orchard", "violin", "glacier", "pepper")


def three_numbers(answer, inputs):
    """Read three numbers: a list, an array, or text that looks like one."""
    return several_numbers(answer, 3, "answer with three numbers, such as [99, 99, 99]")


task(
    name="i10_lanes",
    inputs=lambda rng: {
        "n": int(rng.integers(5, 13)),
        "word": LONG[rng.integers(len(LONG))],
        "steps": shuffled(rng, STEPS),
    },
    probes={
        "counts": near(
            three_numbers,
            "lanes meet where words look around, and nowhere else",
            lambda got, inputs: f"your three numbers were {pair(got)}.",
            within=0.01,
            spelled=spelled_numbers,
        )
    },
    question=lambda i: (
        f"A sentence of **{i['n']}** words enters a layer; everybody may look at everybody. One "
        f"word is replaced by *{i['word']}*, so **one** list that enters is new. Each step is "
        "tried alone, as in the lesson. Out of how many lanes comes a new list?\n\n"
        + "\n".join(f"{place}. after **{STEPS[s]}**" for place, s in enumerate(i["steps"], 1))
        + "\n\nAnswer with three numbers in this order, such as `[99, 99, 99]`."
    ),
)


# Adding --------------------------------------------------------------------------------------

FEATURES = ("height", "warmth", "speed")


def add_inputs(rng):
    while True:
        was = rng.integers(1, 9, size=3)
        heard = rng.integers(-29, 60, size=3) / 10
        asked = int(rng.integers(3))
        a, b = was[asked], heard[asked]
        seen = [a + b, b, a, 2 * a, (a + b) / 2, a - b]
        if min(abs(one - other) for n, one in enumerate(seen) for other in seen[:n]) > 0.06:
            return {"was": was.tolist(), "heard": heard.round(1).tolist(), "asked": asked}


task(
    name="i10_add",
    inputs=add_inputs,
    probes=number(0.02, "what is heard is added to what was there"),
    question=lambda i: (
        "The portrait of *kite*, and what *kite* hears when it looks around in one layer:\n\n"
        + markdown_table(
            ["*kite*", *FEATURES],
            [
                ["what it was", *i["was"]],
                ["what it heard", *(signed(entry, 1) for entry in i["heard"])],
            ],
        )
        + f"\n\nHow much **{FEATURES[i['asked']]}** is there on its lane behind the plus sign, "
        "before the norm? Answer with a number, such as `99.5`."
    ),
)


# Steps that say nothing ----------------------------------------------------------------------

BUILT = {
    "free": "It has skips, and its norms stand **beside the road**: only what goes into a step "
    "passes them.",
    "slip": "Its builder made a slip: each word **first** passes a norm, and the skip carries on "
    "what came out of the norm.",
    "none": "It has **no skips**, and no norms either.",
}
LEAVES = {
    "same": "exactly what came in",
    "normed": "what came in, but as the norm has changed it",
    "zeros": "zeros only",
    "twice": "what came in, twice as loud",
}

task(
    name="i10_zero",
    inputs=lambda rng: {"built": str(rng.choice(list(BUILT))), "order": shuffled(rng, LEAVES)},
    probes=letter(LETTERS, "a step that says nothing shows what the road does"),
    question=lambda i: (
        "A test for a layer: both steps, looking around and thinking, are made to say nothing, "
        "only zeros. This is how the layer is built. "
        + BUILT[i["built"]]
        + " What leaves it?\n\n"
        + choices(LEAVES, i)
    ),
)


# Parts taken out -----------------------------------------------------------------------------

PARTS = {
    "skips": "the **skips**",
    "norms": "the **norms**",
    "bend": "the **bend** of the detectors (they are never silent)",
    "look": "**looking around** (that step says zeros)",
}
BREAKS = {
    "alike": "the words become more and more alike, until they are one and the same",
    "loud": "the words become louder from layer to layer",
    "glasses": "thinking can do no more than one pair of glasses could",
    "deaf": "no word knows anything of the others any more",
}

task(
    name="i10_missing",
    inputs=lambda rng: {"part": str(rng.choice(list(PARTS))), "order": shuffled(rng, BREAKS)},
    probes=letter(LETTERS, "that is what the part is there for"),
    question=lambda i: (
        f"From all six layers of a machine somebody takes out {PARTS[i['part']]}. Everything else "
        "stays. What goes wrong?\n\n" + choices(BREAKS, i)
    ),
)


# The norm ------------------------------------------------------------------------------------

CHANGES = {
    "times": "ten times the first",
    "shifted": "the first, with 10 added to each number",
    "turned": "the first, times −10",
}
AFTER = {
    "same": "the two lists are the same",
    "opposite": "they are equally loud, and point in opposite directions",
    "louder": "the second is still louder than the first, as it was before",
    "shares": "in both lists the numbers lie between 0 and 1, and add up to 1",
}


def norm_inputs(rng):
    return {
        "quiet": rng.permutation([-2, 1, 3, 6]).tolist(),
        "change": str(rng.choice(list(CHANGES))),
        "order": shuffled(rng, AFTER),
    }


def loud_list(inputs):
    quiet = np.array(inputs["quiet"])
    change = {"times": 10 * quiet, "shifted": quiet + 10, "turned": -10 * quiet}
    return change[inputs["change"]].tolist()


task(
    name="i10_norm",
    inputs=norm_inputs,
    probes=letter(LETTERS, "the norm takes mean and loudness away, and keeps the rest"),
    question=lambda i: (
        "Two words with these lists:\n\n"
        + markdown_table(
            ["", "list"], [["*moth*", pair(i["quiet"])], ["*owl*", pair(loud_list(i))]]
        )
        + f"\n\nThe list of *owl* is {CHANGES[i['change']]}. Both pass a norm (take the list's own "
        "mean away, then divide, so that the typical size of its numbers is 1; nothing learned). "
        "What then?\n\n" + choices(AFTER, i)
    ),
)


# Detectors -----------------------------------------------------------------------------------

ANIMALS = ("bat", "eel", "emu", "ant", "cod")


def speaks(inputs, threshold):
    """In how many lanes something is left above zero, with this threshold."""
    return int((np.array(inputs["lists"]).sum(axis=1) - threshold > 1e-9).sum())


def either(inputs):
    """In how many lanes one of the two numbers alone is above the threshold."""
    return int((np.array(inputs["lists"]).max(axis=1) - inputs["threshold"] > 1e-9).sum())


def detector_inputs(rng):
    while True:
        inputs = {
            "lists": (rng.integers(-12, 21, size=(5, 2)) / 10).round(1).tolist(),
            "threshold": float(rng.choice([1, 1.5])),
        }
        sums = np.array(inputs["lists"]).sum(axis=1)
        clear = np.abs(sums).min() > 0.15 and np.abs(sums - inputs["threshold"]).min() > 0.15
        counts = {speaks(inputs, inputs["threshold"]), speaks(inputs, 0), either(inputs), 1, 5}
        if clear and len(counts) == 5:
            return inputs


task(
    name="i10_detector",
    inputs=detector_inputs,
    probes=number(0.1, "it speaks only where something is left above zero", points=2),
    question=lambda i: (
        f"A detector adds *wings + night*, takes **{i['threshold']:g}** away, and has a bend: it "
        "speaks only if something is left above zero. Here is what it finds in five lanes:\n\n"
        + markdown_table(
            ["", "wings", "night"],
            [
                [f"*{animal}*", *(signed(entry, 1) for entry in row)]
                for animal, row in zip(ANIMALS, i["lists"], strict=True)
            ],
        )
        + "\n\nIn how many of the five lanes does it speak? Answer with a number, such as `99`."
    ),
)


# How much there is to learn ------------------------------------------------------------------


def stack_inputs(rng):
    return {
        "layers": int(rng.integers(3, 9)),
        "words": int(rng.integers(11, 30)),
        "portrait": int(rng.choice([10, 20, 30])),
        "detectors": int(rng.choice([50, 70, 110])),
    }


task(
    name="i10_stack",
    inputs=stack_inputs,
    probes=number(0.5, "each layer has its own numbers, and all lanes share them", points=2),
    question=lambda i: (
        f"A stack of **{i['layers']} layers** reads a sentence of **{i['words']} words**. "
        f"Portraits have {i['portrait']} numbers. In each layer, all glasses of all readers "
        f"together, mixing glasses included, hold **{4 * i['portrait'] ** 2}** numbers. Then there "
        f"are **{i['detectors']} detectors**: each listens to all {i['portrait']} numbers of a "
        f"list, and writes into all {i['portrait']}, with one learned number for each. (Norms, "
        "thresholds and the like are left out.) How many learned numbers has the stack? Answer "
        "with a number without commas, such as `9999`."
    ),
)


# Reading the curves --------------------------------------------------------------------------

# From benchmarks/results/translation.json: means of three trainings, rounded.
WORDS = (3, 8, 13, 18, 23, 28, 33, 38, 43)
BLEU = {
    "one note": (99, 87, 67, 51, 39, 34, 30, 29, 26),
    "glances back": (100, 100, 100, 100, 100, 100, 98, 90, 81),
    "number plates": (100, 100, 100, 100, 99, 97, 82, 68, 58),
    "turned questions": (100, 100, 100, 100, 100, 100, 99, 91, 85),  # in the glance, too
}
SAYS = {
    "place": "the two Transformers lie together up to 20 words; beyond 30, turned questions lie "
    "higher",
    "best": "from the shortest sentences to the longest, the Transformers lie above the attention "
    "of 2014",
    "ceiling": "the three upper curves are one up to 20 words, so the three machines are equally "
    "good translators",
    "long": "to translate sentences of 30 words, a machine has to be a Transformer, like these two",
}

task(
    name="i10_say",
    inputs=lambda rng: {"order": shuffled(rng, SAYS)},
    probes=letter(LETTERS, "the curves say this much, and no more"),
    question=lambda i: (
        "Look at the curves below. (*Turned questions*: here the glance at the English is turned, "
        "too.) Which sentence do they support?\n\n" + choices(SAYS, i)
    ),
)


# Real search ---------------------------------------------------------------------------------

# all-MiniLM-L6-v2 (course_lib.pretrained) and the twelve sentences of the lesson.
FOUND = {
    "bite": (
        "Who bit the dog?",
        (
            ("The dog bites the man.", 0.61),
            ("Our cat sleeps on the keyboard when I work.", 0.15),
            ("The printer on the second floor takes coins only.", 0.15),
        ),
    ),
    "copy": (
        "Where can I copy a page?",
        (
            ("You can borrow up to ten books at a time.", 0.21),
            ("The printer on the second floor takes coins only.", 0.16),
            ("A lost card is replaced for five euros.", 0.09),
        ),
    ),
    "daughter": (
        "Is there anything for my little daughter?",
        (
            ("She plays the cello in a small orchestra.", 0.29),
            ("Children under six are read to on Saturday mornings.", 0.26),
            ("Our cat sleeps on the keyboard when I work.", 0.11),
        ),
    ),
}
MEANS = {
    "about": "the first sentence is most on the same matter; whether it helps, the numbers don't "
    "say",
    "answer": "the first sentence is the answer to the question, since of the whole board it is "
    "the one most like it",
    "broken": "something is broken: a search by meaning would have put the sentence that helps in "
    "the first place",
    "letters": "the machine counts the words that a sentence and the question have in common, and "
    "goes by that",
}


def search_question(inputs):
    question, found = FOUND[inputs["search"]]
    rows = [[sentence, f"{likeness:.2f}"] for sentence, likeness in found]
    return (
        f"The real encoder searches the notice board of the lesson. Question: *{question}*\n\n"
        + markdown_table(["found", "likeness"], rows)
        + "\n\nWhat do you make of it?\n\n"
        + choices(MEANS, inputs)
    )


task(
    name="i10_search",
    inputs=lambda rng: {"search": str(rng.choice(list(FOUND))), "order": shuffled(rng, MEANS)},
    probes=letter(LETTERS, "most alike is not the same as helpful"),
    question=search_question,
)
