"""Intuition 03: query, key and value."""

import numpy as np

from course_lib.examples import keys, words
from course_lib.exercises.choosing import LETTERS, choices, shuffled
from course_lib.exercises.declare import task
from course_lib.exercises.questions import letter, near, number, percent, two_numbers
from course_lib.exercises.reading import spelled_numbers
from course_lib.exercises.shares import shares_of
from course_lib.exercises.wording import markdown_table, signed

# Roles ---------------------------------------------------------------------------------------

STORIES = (
    (
        "At the lost-property office you ask for your umbrella.",
        {
            "query": "what you tell the clerk: “small, red, lost on Monday”",
            "key": "the tags that are tied to the things: “red umbrella, tram 4, Monday”",
            "value": "the umbrellas, hats and bags themselves",
        },
    ),
    (
        "You look for a recipe on the internet.",
        {
            "query": "the words that you type: “quick soup with lentils”",
            "key": "the titles and keywords of all recipes",
            "value": "the lists of ingredients and the steps",
        },
    ),
    (
        "You borrow something about tigers from a library.",
        {
            "query": "your wish: “something about tigers”",
            "key": "the cards of the catalogue",
            "value": "the pages of the books",
        },
    ),
)


def roles_inputs(rng):
    return {
        "story": int(rng.integers(len(STORIES))),
        "role": str(rng.choice(["key", "value"])),
        "order": shuffled(rng, ("query", "key", "value")),
    }


def roles_question(inputs):
    story, parts = STORIES[inputs["story"]]
    what = {"key": "are the **keys**", "value": "are the **values**"}[inputs["role"]]
    return f"{story} Which of these {what}?\n\n" + choices(parts, inputs)


task(
    name="i03_roles",
    inputs=roles_inputs,
    probes=letter(LETTERS[:3], "that is the role they play"),
    question=roles_question,
)


# Mixing on paper -----------------------------------------------------------------------------


def mix_inputs(rng):
    shares = [(50, 30, 20), (60, 30, 10), (70, 20, 10)][rng.integers(3)]
    while True:
        place = rng.permutation(3)  # the jar whose label fits best has the largest share
        labels = np.sort(rng.permutation(np.arange(-3, 4))[:3])[::-1][place]
        honey = rng.permutation(np.arange(1, 11))[:3]
        percents = np.array(shares)[place]
        results = (
            percents @ honey / 100,
            percents @ labels / 100,
            honey[percents.argmax()],
            honey.mean(),
            honey.sum(),
            percents @ honey / 300,
        )
        if np.diff(np.sort(results)).min() > 0.3:
            return {"labels": labels, "percents": percents, "honey": honey}


def mix_question(inputs):
    rows = [
        [name, signed(label), f"{percent} %", f"{honey} g"]
        for name, label, percent, honey in zip(
            ("Thyme", "Lime", "Anise"),
            inputs["labels"],
            inputs["percents"],
            inputs["honey"],
            strict=True,
        )
    ]
    return (
        "Three jars. The pharmacist has compared your wish with the labels already, and made "
        "shares. Now he pours you **one cup**, mixed by the shares.\n\n"
        + markdown_table(["jar", "on the label: cough", "share", "honey in a cup of it"], rows)
        + "\n\nHow many grams of honey are in your cup? Answer with a number, such as `12.5`."
    )


task(
    name="i03_mix",
    inputs=mix_inputs,
    probes=number(0.1, "each jar gives its share of what it holds"),
    question=mix_question,
)


# Where the answer can lie --------------------------------------------------------------------


def between_inputs(rng):
    low = int(rng.integers(2, 5))
    values = [low, low + int(rng.integers(1, 3)), low + int(rng.integers(4, 6)), low + 7]
    above = bool(rng.integers(2))
    numbers = {
        "outside": values[-1] + 1.2 if above else low - 1.2,
        "no-jar": low + 3.4,
        "near-top": values[-1] - 0.1,
        "near-bottom": low + 0.1,
    }
    return {
        "values": tuple(int(value) for value in rng.permutation(values)),
        "numbers": numbers,
        "order": shuffled(rng, numbers),
    }


task(
    name="i03_between",
    inputs=between_inputs,
    probes=letter(LETTERS, "no mixture can give that"),
    question=lambda i: (
        "Four jars hold "
        + ", ".join(f"**{value}**" for value in i["values"][:-1])
        + f" and **{i['values'][-1]}** grams of honey in a cup. Nothing is known about the "
        "labels, and any question may be asked. Which amount can a mixed cup **never** hold?\n\n"
        + choices({kind: f"{grams:.1f} g" for kind, grams in i["numbers"].items()}, i)
    ),
)


# What depends on what ------------------------------------------------------------------------

REWRITES = {
    "value": "A new syrup is filled into the jar of *money*. Its **value** is another one; "
    "all labels and the question stay",
    "key": "The jar of *money* gets a new label. Its **key** is another one; all syrups and the "
    "question stay",
    "query": "*Bank* asks another **question**; all labels and all syrups stay",
}
EFFECTS = {
    "shares": "the shares change, the answer does not",
    "answer": "the answer changes, the shares do not",
    "both": "both change",
    "nothing": "neither changes",
}


def rewrite_inputs(rng):
    return {"rewrite": str(rng.choice(list(REWRITES))), "order": shuffled(rng, EFFECTS)}


task(
    name="i03_rewrite",
    inputs=rewrite_inputs,
    probes=letter(LETTERS, "that is what depends on it"),
    question=lambda i: (
        f"{REWRITES[i['rewrite']]}. What happens, in general, when *bank* listens again?\n\n"
        + choices(EFFECTS, i)
    ),
)


# Covered words -------------------------------------------------------------------------------

SHARES = ((9, 24, 2, 65), (12, 28, 10, 50), (6, 14, 20, 60), (15, 5, 30, 50), (30, 10, 20, 40))


def covered_inputs(rng):
    percents = SHARES[rng.integers(len(SHARES))]
    return {"percents": percents, "asked": int(rng.integers(2))}


def covered_question(inputs):
    asked, other = words[inputs["asked"]], words[1 - inputs["asked"]]
    rows = [[word, f"{percent} %"] for word, percent in zip(words, inputs["percents"], strict=True)]
    return (
        "Another question, other shares:\n\n"
        + markdown_table(["word", "share"], rows)
        + f"\n\nNow *lends* and *money* are covered. Only *{asked}* and *{other}* are left, with "
        f"the same scores as before. How many per cent does **{asked}** get now? Answer with a "
        "number, such as `35`."
    )


task(
    name="i03_covered",
    inputs=covered_inputs,
    probes=percent(1.5, "the words that are left keep their proportion"),
    question=covered_question,
)


# Drag to a target ----------------------------------------------------------------------------

TARGETS = (  # a word, and the percentage that a question is to give it
    ("river", 30),
    ("river", 60),
    ("river", 75),
    ("lends", 35),
    ("lends", 50),
    ("lends", 60),
    ("money", 45),
    ("money", 55),
    ("money", 80),
)


def drag_inputs(rng):
    target, percent = TARGETS[rng.integers(len(TARGETS))]
    return {"word": target, "percent": percent}


def share_given(answer, inputs):
    """Return the share in per cent that the word gets from this question."""
    scores = keys @ two_numbers(answer)
    return np.array(100 * shares_of(scores - scores.max())[words.index(inputs["word"])])


def share_in_words(got, inputs):
    return (
        f"your question gives {inputs['word']} {float(got):.0f} % of the attention; "
        f"{inputs['percent']} % were wanted."
    )


task(
    name="i03_drag",
    inputs=drag_inputs,
    probes={
        "share": near(
            share_given,
            "the word gets that share",
            share_in_words,
            within=3.0,
            spelled=spelled_numbers,
        )
    },
    question=lambda i: (
        f"Find a question that gives **{i['word']}** about **{i['percent']} %** of the attention. "
        "Drag the tip in the picture below, and type the two numbers that it shows, such as "
        "`[1, -0.5]`. The share may be off by 3 points; many answers are right."
    ),
)
