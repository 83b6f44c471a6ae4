"""Intuition 11: how a word is drawn and cut into pieces; what is kept, and what is known."""

import numpy as np

from course_lib.exercises.choosing import LETTERS, choices, shuffled
from course_lib.exercises.declare import task
from course_lib.exercises.questions import letter, number, numbers, ranking, word
from course_lib.exercises.wording import markdown_table, pair

# The loop ------------------------------------------------------------------------------------

LOOP = {
    "append": "the new piece is put at the end of the text",
    "compare": "the last portrait meets every portrait in the list",
    "draw": "chance names one, each with its bar's length",
    "read": "the layers make portraits of the text so far",
    "share": "scores become bars, 100 % together",
}

task(
    name="i11_order",
    inputs=lambda rng: {"shown": shuffled(rng, LOOP)},
    probes=ranking(LOOP, "each step needs what the one before it made"),
    question=lambda i: (
        "The steps in which a machine writes one piece, in no order:\n\n"
        + "\n".join(f"- **{name}** {LOOP[name]}" for name in i["shown"])
        + "\n\nPut them in order, beginning with the text that is there. Answer with a list of "
        'words, such as `["draw", "append", "read", "share", "compare"]`.'
    ),
)


# From a portrait to a word -------------------------------------------------------------------

WORDS = ("boat", "coin", "frog", "loan", "reed")


def scores_of(inputs):
    return np.array(inputs["portraits"]) @ np.array(inputs["last"])


def nearest(inputs):
    """The word whose portrait has the most numbers in common with the last one."""
    return WORDS[(np.array(inputs["portraits"]) == np.array(inputs["last"])).sum(axis=1).argmax()]


def longest(inputs):
    return WORDS[np.abs(inputs["portraits"]).sum(axis=1).argmax()]


def smallest(inputs):
    return WORDS[scores_of(inputs).argmin()]


def next_inputs(rng):
    while True:
        inputs = {
            "last": rng.integers(-2, 4, size=3).tolist(),
            "portraits": rng.integers(-3, 4, size=(len(WORDS), 3)).tolist(),
        }
        ordered = np.sort(scores_of(inputs))
        sizes = np.sort(np.abs(inputs["portraits"]).sum(axis=1))
        clear = ordered[-1] >= ordered[-2] + 2 and ordered[0] < ordered[1] and sizes[-1] > sizes[-2]
        named = {longest(inputs), nearest(inputs), smallest(inputs)}
        if clear and len(named | {WORDS[scores_of(inputs).argmax()]}) == 4 and all(inputs["last"]):
            return inputs


task(
    name="i11_next",
    inputs=next_inputs,
    probes=word(WORDS, "the largest score gets the longest bar"),
    question=lambda i: (
        f"A text has passed all layers. The last portrait is **{pair(i['last'])}**. The machine "
        "knows five words:\n\n"
        + markdown_table(
            ["word", "portrait"],
            [[f"*{name}*", pair(row)] for name, row in zip(WORDS, i["portraits"], strict=True)],
        )
        + '\n\nWhich word gets the longest bar? Answer with a word, such as `"frog"`.'
    ),
)


# Drawing -------------------------------------------------------------------------------------

WEATHER = ("sun", "rain", "snow", "hail")


def landed(percents, dart):
    """Return the place of the bar that the dart hits."""
    return int((np.cumsum(percents) > dart).argmax())


def like_the_dart(percents, dart):
    """Return the place of the bar whose length is nearest to the dart's number."""
    return int(np.abs(np.array(percents) - dart).argmin())


def from_the_end(percents, dart):
    """Return the place of the bar that the dart hits, if the last bar begins at 0."""
    return len(percents) - 1 - landed(percents[::-1], dart)


def draw_inputs(rng):
    while True:
        percents, dart = rng.permutation([38, 31, 20, 11]).tolist(), int(rng.integers(3, 98))
        edges = np.abs(np.concatenate([np.cumsum(percents), np.cumsum(percents[::-1])]) - dart)
        places = {how(percents, dart) for how in (landed, like_the_dart, from_the_end)}
        if edges.min() > 2 and len(places | {int(np.argmax(percents))}) == 4:
            return {"percents": percents, "dart": dart}


task(
    name="i11_draw",
    inputs=draw_inputs,
    probes=word(WEATHER, "the bars lie end to end, and the dart lands on one of them"),
    question=lambda i: (
        "*Tomorrow there will be …* These are the bars:\n\n"
        + markdown_table(
            ["piece", "share"],
            [[f"*{name}*", f"{p} %"] for name, p in zip(WEATHER, i["percents"], strict=True)],
        )
        + "\n\nThey are laid end to end in this order, from 0 to 100, and chance throws a dart: "
        f'it lands at **{i["dart"]}**. Which word is written? Answer with a word, such as `"hail"`.'
    ),
)


# Temperature ---------------------------------------------------------------------------------

ANIMALS = ("cat", "dog", "owl")
KNOBS = {"cold": "from 1 down to **0.5**", "hot": "from 1 up to **2**"}


def shared(percents, temperature):
    """Return percents as they are at another temperature, rounded."""
    raised = (np.array(percents) / 100) ** (1 / temperature)
    return np.rint(100 * raised / raised.sum()).astype(int).tolist()


def knob_inputs(rng):
    percents = [[60, 30, 10], [70, 20, 10], [64, 20, 16], [55, 30, 15]][rng.integers(4)]
    return {
        "percents": percents,
        "knob": str(rng.choice(list(KNOBS))),
        "order": shuffled(rng, ("sharper", "flatter", "same", "turned")),
    }


def knob_texts(inputs):
    percents = inputs["percents"]
    found = {
        "sharper": shared(percents, 0.5),
        "flatter": shared(percents, 2),
        "same": percents,
        "turned": percents[::-1],
    }
    return {
        name: ", ".join(f"{animal} {p} %" for animal, p in zip(ANIMALS, row, strict=True))
        for name, row in found.items()
    }


task(
    name="i11_courage",
    inputs=knob_inputs,
    probes=letter(LETTERS, "cold makes the long bar longer, hot levels them, none change places"),
    question=lambda i: (
        "At temperature 1 the bars are "
        + knob_texts(i)["same"]
        + f". Somebody turns the knob {KNOBS[i['knob']]}. Which bars are there now?\n\n"
        + choices(knob_texts(i), i)
    ),
)


# Pieces --------------------------------------------------------------------------------------

GLUED = (("e", "r"), ("i", "n"), ("in", "g"), ("t", "h"), ("s", "t"), ("st", "er"))
CUT = ("string", "sister", "stinger", "strings", "thing", "minister", "printing", "thinking")


def pieces_of(text, gluings=GLUED):
    """Return a word's pieces: each gluing, in order, joins all such neighbours."""
    parts = list(text)
    for a, b in gluings:
        after = []
        for part in parts:
            if after and (after[-1], part) == (a, b):
                after[-1] += part
            else:
                after.append(part)
        parts = after
    return parts


task(
    name="i11_pieces",
    inputs=lambda rng: {"word": str(rng.choice(CUT))},
    probes=number(0.1, "gluings run in their order, and what none of them joins stays apart"),
    question=lambda i: (
        "A tiny machine has learned these gluings, in this order:\n\n"
        + "\n".join(f"{n}. **{a}** + **{b}** → {a}{b}" for n, (a, b) in enumerate(GLUED, 1))
        + f"\n\nIt is given the word **{i['word']}**. Each gluing is tried once, in order, on all "
        "neighbours that fit. Into how many pieces is the word cut in the end? Answer with a "
        "number, such as `99`."
    ),
)


# Making things up ----------------------------------------------------------------------------

TOLD = {
    "book": "Asked for books on ferries, a chat machine names a title, an author and a year. No "
    "such book was ever printed.",
    "law": "Asked for a court case on lost umbrellas, a chat machine names two parties and a "
    "date. No such case was ever heard.",
    "song": "Asked who wrote a certain song, a chat machine names a singer and a year. The "
    "singer has never heard of the song.",
}
WHY = {
    "fits": "word by word, what came was likely in such a place; its loop asks for nothing more",
    "copied": "it had read these very words somewhere, and has copied them out letter for letter",
    "lied": "it looked the answer up, found nothing, and hid that behind a thing that sounds right",
    "chance": "it drew words of share zero, since its temperature stood above 1 when it was asked",
}

task(
    name="i11_true",
    inputs=lambda rng: {"told": str(rng.choice(list(TOLD))), "order": shuffled(rng, WHY)},
    probes=letter(LETTERS, "likely in its place is all that a piece has to be"),
    question=lambda i: (
        TOLD[i["told"]]
        + " The machine is a writer as in this lesson, only larger, with nothing to look things "
        "up in. What has happened?\n\n" + choices(WHY, i)
    ),
)


# What a word can know ------------------------------------------------------------------------

TURNS = {  # sentence: the word with two meanings, the first one from which the meaning can be told
    "a large bat slept in our cave": ("bat", "slept"),
    "with pleasure her mouse ate some old cheese": ("mouse", "ate"),
    "last night that bark woke our whole street": ("bark", "woke"),
    "an old seal swallowed a fish": ("seal", "swallowed"),
}


def place_of(name, inputs):
    """Return the number of a word in the sentence, counted from 1."""
    return inputs["sentence"].split().index(name) + 1


task(
    name="i11_who",
    inputs=lambda rng: {"sentence": str(rng.choice(list(TURNS)))},
    probes=number(0.1, "a word further on sees both, and can tell"),
    question=lambda i: (
        "A machine that looks only back reads:\n\n"
        + " · ".join(f"{n} *{each}*" for n, each in enumerate(i["sentence"].split(), 1))
        + f"\n\nThe word **{TURNS[i['sentence']][0]}** has two meanings. Which is the first word "
        "whose own list can hold the right meaning? Answer with its number, such as `99`."
    ),
)


# What changes --------------------------------------------------------------------------------


def left_inputs(rng):
    while True:
        n, at = int(rng.integers(9, 20)), int(rng.integers(3, 8))
        if abs(n + 1 - 2 * at) > 1:  # so many words before it are not so many after it
            return {"n": n, "at": at}


task(
    name="i11_left",
    inputs=left_inputs,
    probes=number(0.1, "the new word and all after it; nobody before it can notice"),
    question=lambda i: (
        f"A text of **{i['n']}** words passes all layers of a machine that looks only back. Then "
        f"word number **{i['at']}** is replaced by another, and the text is read once more. In how "
        "many of its lanes does another list come out at the top? Answer with a number, such as "
        "`99`."
    ),
)


# What is kept --------------------------------------------------------------------------------


def lanes(inputs):
    """Return how many lanes are driven: [everything read anew each time, jars kept]."""
    text, new = inputs["text"], inputs["new"]
    return [sum(text + k for k in range(new)), text + new - 1]


task(
    name="i11_kept",
    inputs=lambda rng: {"text": int(rng.integers(5, 13)), "new": int(rng.integers(3, 6))},
    probes=numbers(2, "what was read needs no second pass", within=0.1, points=2),
    question=lambda i: (
        f"A text of **{i['text']}** pieces stands there, and a machine writes **{i['new']}** more. "
        "For the first of them it reads the text: one lane for each piece.\n\nHow many "
        "lanes are driven in all, if each time **everything is read anew**? And how many, if **the "
        "jars are kept**? (The last piece that is drawn need not be read any more.) "
        "Answer with two numbers in this order, such as `[999, 99]`."
    ),
)
