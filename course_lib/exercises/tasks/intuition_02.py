"""Intuition 02: softmax."""

import numpy as np

from course_lib.examples import keys, query, words
from course_lib.exercises.choosing import LETTERS, choices, pictured, shuffled
from course_lib.exercises.declare import task
from course_lib.exercises.questions import letter, near, one_number, percent
from course_lib.exercises.reading import spelled_number
from course_lib.exercises.shares import bars, shares_of
from course_lib.exercises.wording import markdown_table, signed

SCORES = dict(zip(words, (keys @ query).tolist(), strict=True))


def listed_scores(scores, labels=words):
    rows = [[name, signed(score)] for name, score in zip(labels, scores, strict=True)]
    return markdown_table(["word", "score"], rows)


# Dividing by the sum -------------------------------------------------------------------------


def negative_inputs(rng):
    while True:
        scores = np.append(rng.permutation(np.arange(1, 7))[:3], -rng.integers(1, 5))
        if scores.sum() in (2, 4, 5, 8, 10):  # a sum that is kind to mental arithmetic
            place = rng.permutation(4)
            return {"scores": scores[place], "asked": words[int(np.argmin(scores[place]))]}


task(
    name="i02_negative",
    inputs=negative_inputs,
    probes=percent(1, "that is what dividing by the sum gives"),
    question=lambda i: (
        "A friend shares out the attention by the first rule that comes to mind: **each score "
        "divided by the sum of all four**.\n\n"
        + listed_scores(i["scores"])
        + f"\n\nHow many per cent does **{i['asked']}** get by this rule? Answer with a number, "
        "such as `35`."
    ),
)


# One step up ---------------------------------------------------------------------------------


def step_inputs(rng):
    pairs = [(low, gap) for low in (1, 3, 4, 5) for gap in (2, 3) if (low + gap) / low != gap]
    low, gap = pairs[rng.integers(len(pairs))]
    return {"low": int(low), "gap": int(gap), "order": shuffled(rng, STEP)}


STEP = {
    "ratio": lambda i: (i["low"] + i["gap"]) / i["low"],
    "steps": lambda i: i["gap"],
    "sum-of-factors": lambda i: 2.718 * i["gap"],
    "product-of-factors": lambda i: 2.718 ** i["gap"],
}

task(
    name="i02_step",
    inputs=step_inputs,
    probes=letter(LETTERS, "so many times is the share larger"),
    question=lambda i: (
        f"*Bank* has the score {i['low']}, *money* has the score {i['low'] + i['gap']}. "
        "How many times as large is the **share** of *money*?\n\n"
        + choices({kind: f"about {times(i):.2g} times" for kind, times in STEP.items()}, i)
    ),
)


# What changes the shares ---------------------------------------------------------------------

CHANGES = {
    "add": "**{n} is added** to every score",
    "take": "**{n} is taken away** from every score",
    "times": "every score is **multiplied by {n}**",
    "divide": "every score is **divided by {n}**",
}
EFFECTS = {
    "grows": "the share of the leader grows",
    "shrinks": "the share of the leader shrinks",
    "stays": "the share of the leader stays the same",
    "other": "another word takes the lead, and the leader falls behind",
}


def change_inputs(rng):
    return {
        "scores": rng.permutation([-1, 1, 2, 3]),
        "change": str(rng.choice(list(CHANGES))),
        "n": int(rng.integers(2, 6)),
        "order": shuffled(rng, EFFECTS),
    }


task(
    name="i02_change",
    inputs=change_inputs,
    probes=letter(LETTERS, "that is what happens to the leader"),
    question=lambda i: (
        listed_scores(i["scores"])
        + f"\n\nThen {CHANGES[i['change']].format(n=i['n'])}, and softmax makes new shares. "
        "What happens?\n\n" + choices(EFFECTS, i)
    ),
)


# Reading bars --------------------------------------------------------------------------------


def bars_inputs(rng):
    scores = np.array([3.0, 2.0, 0.5, -1.0]) + rng.uniform(-0.2, 0.2, size=4)
    place = rng.permutation(4)
    scores = scores[place]
    impostor = scores.copy()
    first, second = np.argsort(scores)[[-1, -2]]
    impostor[[first, second]] = scores[[second, first]]
    sets = {
        "cold": scores / 0.4,
        "mild": scores,
        "hot": scores / 5,
        "impostor": impostor / 9,
    }
    percents = {kind: np.round(100 * shares_of(set_)).astype(int) for kind, set_ in sets.items()}
    return {
        "percents": {kind: tuple(map(int, shares)) for kind, shares in percents.items()},
        "order": shuffled(rng, sets),
    }


task(
    name="i02_bars",
    inputs=bars_inputs,
    probes=letter(LETTERS, "those are the same scores, at the highest temperature"),
    question=lambda i: (
        "Three of these four pictures show **the same scores at three temperatures**. The fourth "
        "was made from other scores. (The numbers are rounded.)\n\n"
        + pictured(lambda kind: bars(words, i["percents"][kind]), i)
        + "\n\nWhich of the three was drawn at the **highest** temperature? Answer with a letter, "
        'such as `"x"`.'
    ),
)


# Nobody gets nothing -------------------------------------------------------------------------

NOTHING = ("zero", "below", "far-below", "never")


def zero_inputs(rng):
    scores = rng.permutation([-1, 1, 2, 3]) + int(rng.integers(0, 2))
    return {
        "scores": scores,
        "asked": str(rng.choice(words)),
        "low": int(rng.integers(2, 6)),
        "order": shuffled(rng, NOTHING),
    }


def zero_question(inputs):
    texts = {
        "zero": "0, so that it is neither plus nor minus",
        "below": f"−{inputs['low']}, so that it lies below zero",
        "far-below": f"−{50 * inputs['low']}, far below the others",
        "never": "there is no such score for it",
    }
    return (
        listed_scores(inputs["scores"])
        + f"\n\nThe other words keep their scores. To which score must **{inputs['asked']}** be "
        "pushed, so that its share is **exactly** nothing? (On paper, where nothing is rounded.)"
        "\n\n" + choices(texts, inputs)
    )


task(
    name="i02_zero",
    inputs=zero_inputs,
    probes=letter(LETTERS, "that is what it takes"),
    question=zero_question,
)


# Drag to a target ----------------------------------------------------------------------------

TARGETS = (  # a word, and the percentage it is to get by its own score alone
    ("river", 25),
    ("river", 60),
    ("bank", 15),
    ("bank", 60),
    ("lends", 25),
    ("lends", 45),
    ("money", 30),
)


def drag_inputs(rng):
    target, percent = TARGETS[rng.integers(len(TARGETS))]
    return {"word": target, "percent": percent}


def share_given(answer, inputs):
    """Return the share in per cent that the word gets with this score; the others keep theirs."""
    score = float(one_number(answer, "answer with one number, a score such as 1.5"))
    scores = [score if word == inputs["word"] else SCORES[word] for word in words]
    largest = max(scores)
    return np.array(100 * shares_of(np.array(scores) - largest)[words.index(inputs["word"])])


def share_in_words(got, inputs):
    return (
        f"with your score, {inputs['word']} gets {float(got):.0f} % of the attention; "
        f"{inputs['percent']} % were wanted."
    )


task(
    name="i02_drag",
    inputs=drag_inputs,
    probes={
        "share": near(
            share_given,
            "the word gets that share",
            share_in_words,
            within=3.0,
            spelled=spelled_number,
        )
    },
    question=lambda i: (
        f"Give **{i['word']}** about **{i['percent']} %** of the attention. Move only *its* "
        "slider in the picture below (temperature 1). Which score does it take? Answer with the "
        "number that stands beside the slider, such as `-4.5`. The share may be off by 3 points."
    ),
)
