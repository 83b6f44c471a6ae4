"""Intuition 07: one note or many, and what a map of two languages says."""

import numpy as np

from course_lib.exercises.choosing import LETTERS, choices, pictured, shuffled
from course_lib.exercises.declare import task
from course_lib.exercises.questions import letter, number, numbers, word
from course_lib.exercises.wording import alignment_table

# How many numbers there are to go by ---------------------------------------------------------

task(
    name="i07_note",
    inputs=lambda rng: {
        "note": int(rng.choice([100, 150, 200])),
        "small": int(rng.choice([30, 40, 60])),
        "n_words": int(rng.choice([8, 12, 20])),
    },
    probes=numbers(
        2,
        "one note stays as it is; notes on every word grow with the sentence",
        within=0.01,
        points=2,
    ),
    question=lambda i: (
        f"A sentence has **{i['n_words']} words**. The **first** machine reads it and keeps one "
        f"note of **{i['note']}** numbers. The **second** machine keeps a note of **{i['small']}** "
        "numbers on each word, and may glance at all of them. How many numbers does the writer "
        "have to go by, in the first machine and in the second? Answer with two numbers, such as "
        "`[999, 999]`."
    ),
)


# What gets lost ------------------------------------------------------------------------------

WEEKDAYS = ("Monday", "Tuesday", "Thursday", "Saturday", "Sunday")
MONTHS = ("March", "May", "June", "August", "October")
DAYS = ("second", "fifth", "seventh", "tenth", "twelfth")
COUNTS = ("forty", "seventy-three", "six hundred", "eleven", "twenty-five")
THINGS = ("miles", "nights", "years", "tons", "litres")


def lost_inputs(rng):
    parts = {"weekday": WEEKDAYS, "month": MONTHS, "day": DAYS, "count": COUNTS, "thing": THINGS}
    drawn = {
        name: [str(w) for w in rng.choice(words, 4, replace=False)] for name, words in parts.items()
    }
    return drawn | {"order": shuffled(rng, ("fluent", "salad", "cut", "perfect"))}


def said(inputs):
    """Return what each of the four machines may have said, in English."""
    weekday, month, day, count, thing = (
        inputs[name] for name in ("weekday", "month", "day", "count", "thing")
    )
    start = f"{weekday[0]}, {month[0]} {day[0]}, {count[0]} {thing[0]}"
    return {
        "perfect": f"{start}, {count[1]} {thing[1]}, {count[2]} {thing[2]}, and {weekday[1]}, "
        f"{month[1]} {day[1]}",
        "fluent": f"{weekday[0]}, {month[2]} {day[2]}, {count[3]} {thing[0]}, and {weekday[2]}, "
        f"{month[2]} {day[3]}",
        "cut": start,
        "salad": f"{thing[1]} and {weekday[0]} {count[2]}, {day[1]}, {count[0]} {month[1]} and "
        f"{thing[0]} {month[0]} {weekday[1]}",
    }


task(
    name="i07_lost",
    inputs=lost_inputs,
    probes=letter(LETTERS, "the grammar survives, the facts do not"),
    question=lambda i: (
        f"The sentence is: *{said(i)['perfect']}*.\n\nOne of the four lines below comes from the "
        "machine of the lesson that keeps **one note** (put back into English). Which one, most "
        "likely?\n\n" + choices(said(i), i)
    ),
)


# Who asks ------------------------------------------------------------------------------------

PARTS = {
    "query": "What **asks** (the query)?",
    "key": "What are the words **found by** (the keys)?",
    "value": "What is **handed over** (the values)?",
}
WHO = {
    "writer": "what the writer has in mind, after the German words so far",
    "notes": "the notes on the English words, one for each",
    "german": "the German words, those that are still to come among them",
    "sentence": "one note on the whole English sentence",
}

task(
    name="i07_roles",
    inputs=lambda rng: {"part": str(rng.choice(list(PARTS))), "order": shuffled(rng, WHO)},
    probes=letter(LETTERS, "the writer asks, the notes answer"),
    question=lambda i: (
        "A machine that may glance back translates from English into German. It is about to write "
        f"the next word. {PARTS[i['part']]}\n\n" + choices(WHO, i)
    ),
)


# Which map goes with these words -------------------------------------------------------------

PHRASES = {  # German words, English words, what the German says, the place of each partner
    "number": (
        ("zwei", "und", "vierzig", "tage"),
        ("forty", "two", "days"),
        "two-and-forty days",
        (1, None, 0, 2),
    ),
    "date": (
        ("montag", "dritte", "mai"),
        ("monday", "may", "third"),
        "Monday, third May",
        (0, 2, 1),
    ),
    "hundred": (
        ("sechs", "hundert", "tage"),
        ("six", "hundred", "days"),
        "six hundred days",
        (0, 1, 2),
    ),
}
STRAIGHT = {"number": (0, None, 1, 2), "date": (0, 1, 2), "hundred": (0, 1, 2)}
CROSSED = {"number": (1, None, 0, 2), "date": (0, 2, 1), "hundred": (1, 0, 2)}
BACKWARDS = {"number": (2, None, 1, 0), "date": (2, 1, 0), "hundred": (2, 1, 0)}
SAME = {"number": (1, 1, 1, 1), "date": (2, 2, 2), "hundred": (0, 0, 0)}
MAPS = {"straight": STRAIGHT, "crossed": CROSSED, "backwards": BACKWARDS, "same": SAME}


def look(place):
    """Return the percents of a row that looks at this place, or nowhere in particular."""
    if place is None:
        return [30, 40, 30]
    return [90 if column == place else 5 for column in range(3)]


def cross_question(inputs):
    german, english, gloss, _ = PHRASES[inputs["kind"]]
    maps = pictured(
        lambda name: alignment_table(
            german, english, [look(place) for place in MAPS[name][inputs["kind"]]]
        ),
        inputs,
    )
    return (
        f"English says *{' '.join(english)}*. German says *{' '.join(german)}*: word by word, "
        f'"{gloss}". A machine that may glance back has translated it. Which map is most likely '
        "its own? Rows are the German words it wrote, columns the English words, shares in "
        f'percent.\n\n{maps}\n\nAnswer with a letter, such as `"x"`.'
    )


task(
    name="i07_cross",
    inputs=lambda rng: {"kind": str(rng.choice(list(PHRASES))), "order": shuffled(rng, MAPS)},
    probes=letter(LETTERS, "dark cells cross where, and only where, the languages turn round"),
    question=cross_question,
)


# Reading a real map --------------------------------------------------------------------------

# Two maps out of benchmarks/results/translation.json, in percent: RNNSearch, seeds 1 and 2.
NUMBERS_MAP = (
    ("sieben", "und", "achtzig", "meilen", "und", "drei", "und", "dreißig", "übernachtungen"),
    ("eighty", "seven", "miles", "and", "thirty", "three", "nights"),
    (
        (4, 93, 1, 0, 1, 0, 0),
        (4, 24, 69, 1, 0, 1, 0),
        (92, 4, 1, 0, 2, 2, 0),
        (0, 0, 98, 1, 0, 0, 0),
        (0, 0, 0, 67, 4, 24, 5),
        (0, 0, 0, 0, 2, 98, 0),
        (0, 0, 0, 1, 4, 72, 22),
        (0, 0, 0, 0, 92, 7, 0),
        (0, 0, 0, 0, 0, 2, 97),
    ),
)
DATE_MAP = (
    ("freitag", ",", "siebte", "august", "neunzehn", "hundert", "ein", "und", "achtzig"),
    ("friday", ",", "august", "seventh", ",", "nineteen", "eighty", "one"),
    (
        (89, 1, 5, 2, 1, 0, 0, 0),
        (53, 5, 9, 29, 2, 0, 0, 2),
        (1, 0, 1, 98, 0, 0, 0, 0),
        (2, 2, 92, 2, 2, 0, 0, 0),
        (0, 0, 0, 0, 1, 96, 0, 2),
        (2, 0, 8, 0, 1, 83, 0, 5),
        (0, 0, 0, 0, 0, 4, 7, 88),
        (0, 0, 0, 0, 0, 4, 12, 83),
        (0, 0, 0, 0, 0, 0, 95, 5),
    ),
)
# (map, row): where the darkest cell, the cell on the diagonal and the darkest column differ
ASKED = [("numbers", r) for r in (0, 1, 2, 3, 7)] + [("date", r) for r in (2, 3, 6, 8)]
REAL = {"numbers": NUMBERS_MAP, "date": DATE_MAP}
ENGLISH = sorted({w for _, english, _ in REAL.values() for w in english} - {","})


def read_inputs(rng):
    name, row = ASKED[rng.integers(len(ASKED))]
    return {"map": name, "row": row}


def read_question(inputs):
    german, english, percents = REAL[inputs["map"]]
    return (
        "A real map: a machine that learned to translate wrote the German words at the left, and "
        "looked at the English words above. Shares in percent.\n\n"
        + alignment_table(german, english, percents)
        + f"\n\nLook at **row {inputs['row'] + 1}**, counted from the top. When it wrote "
        f"*{german[inputs['row']]}* there, at which English word did it look most? Answer with the "
        'word, such as `"xyz"`.'
    )


task(
    name="i07_read",
    inputs=read_inputs,
    probes=word(ENGLISH, "that is the darkest cell of the row"),
    question=read_question,
)


# Reading the curves --------------------------------------------------------------------------

# From benchmarks/results/translation.json: means of three trainings, rounded.
WORDS = (3, 8, 13, 18, 23, 28, 33, 38, 43)
BLEU = {
    "one note": (99, 87, 67, 51, 39, 34, 30, 29, 26),
    "glances back": (100, 100, 100, 100, 100, 100, 98, 90, 81),
}
ROUTES = ((8, 18), (8, 23), (8, 28), (8, 33), (8, 43), (13, 43))


def bleu_inputs(rng):
    start, end = ROUTES[rng.integers(len(ROUTES))]
    return {"start": start, "end": end}


task(
    name="i07_bleu",
    inputs=bleu_inputs,
    probes=number(3, "what is lost is the way down the curve", points=2),
    question=lambda i: (
        "Read it off the curves below. How many BLEU points does the machine with **one note** "
        f"lose on the way from sentences of **{i['start']}** words to sentences of "
        f"**{i['end']}** words? Answer with a number, such as `99`; three points more or less do "
        "not matter."
    ),
)


# What a dark cell says -----------------------------------------------------------------------

# Both wrote the right German for the same sentence: RNNSearch, seeds 0 and 1.
CASES = {
    "nineteen": ("neunzehn", "*nineteen*", 87, "the comma before *nineteen*", 97),
    "hundred": ("hundert", "*nineteen*", 55, "the comma before *nineteen*", 51),
    "and": ("und", "*seven*", 74, "*miles*", 69),
}


def reason_texts(inputs):
    german, first, _, second, _ = CASES[inputs["case"]]
    return {
        "poured": "what each was handed came mostly from that note; why it wrote "
        f"*{german}*, the map alone does not say",
        "meaning": f"machine B takes {second} for the English word for *{german}*, and has "
        "learned another dictionary than machine A",
        "reason": f"machine A wrote *{german}* because of {first}, machine B because of {second}",
        "broken": "one of the two maps is wrong, since the machines wrote the same word and looked "
        "at different places",
    }


def reason_question(inputs):
    german, first, share, second, other = CASES[inputs["case"]]
    return (
        f"Two machines write the same right German sentence. When they write *{german}*, machine A "
        f"gives **{share} %** to {first}, and machine B **{other} %** to {second}. What do you "
        "know for certain?\n\n" + choices(reason_texts(inputs), inputs)
    )


task(
    name="i07_reason",
    inputs=lambda rng: {
        "case": str(rng.choice(list(CASES))),
        "order": shuffled(rng, ("poured", "meaning", "reason", "broken")),
    },
    probes=letter(LETTERS, "the weights show what was mixed, not by themselves why"),
    question=reason_question,
)


# All rows alike ------------------------------------------------------------------------------

ALIKE = {
    "stuck": "it asks the same question before every word",
    "important": "nothing: the dark word is the most important one, so every word needs it",
    "even": "it gives every English word the same share",
    "short": "nothing: in short sentences it need not look around",
}

task(
    name="i07_same_rows",
    inputs=lambda rng: {
        "row": rng.permutation([63, 22, 10, 5]),
        "order": shuffled(rng, ALIKE),
    },
    probes=letter(LETTERS, "one question, one row, over and over"),
    question=lambda i: (
        "Somebody built a machine that may glance back. Its German is bad, and this is its map "
        "(shares in percent):\n\n"
        + alignment_table(
            ("sechzig", "tage", "und", "vier", "nächte"),
            ("sixty", "days", "four", "nights"),
            np.tile(i["row"], (5, 1)).tolist(),
        )
        + "\n\nWhat is wrong with it, most likely?\n\n"
        + choices(ALIKE, i)
    ),
)
