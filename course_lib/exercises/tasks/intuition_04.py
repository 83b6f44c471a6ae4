"""Intuition 04: scaling. Also the six strangers whose scores a picture of the exercises shows."""

import numpy as np

from course_lib.exercises.choosing import LETTERS, choices, pictured, shuffled
from course_lib.exercises.declare import Probe, task
from course_lib.exercises.questions import letter, number, one_number
from course_lib.exercises.reading import spelled_number
from course_lib.exercises.shares import bars, shares_of

PEOPLE = ("Ann", "Ben", "Cleo", "Dan", "Eve", "Finn")
WIDTHS = (4, 8, 16, 32, 64, 128, 256, 512)


def thumbs():
    """Return (you (512,), strangers (6, 512)), thumbs up and down: another throw than the lesson's.

    >>> you, strangers = thumbs()
    >>> you.shape, strangers.shape
    ((512,), (6, 512))
    """
    rng = np.random.default_rng(16521)
    return rng.choice([-1, 1], size=512), rng.choice([-1, 1], size=(6, 512))


def largest_shares(*, scaled=False):
    """Return the largest share in per cent for each of the widths, bare or scaled."""
    you, strangers = thumbs()
    scores = [strangers[:, :n] @ you[:n] / (np.sqrt(n) if scaled else 1.0) for n in WIDTHS]
    return [100 * float(shares_of(each - each.max()).max()) for each in scores]


# How loud strangers get ----------------------------------------------------------------------


def walk_inputs(rng):
    films, typical = [(16, 4), (25, 5), (36, 6), (49, 7)][rng.integers(4)]
    return {"films": films, "typical": typical, "times": int(rng.choice([4, 9, 16]))}


task(
    name="i04_walk",
    inputs=walk_inputs,
    probes=number(0.5, "that is how far such a walk gets"),
    question=lambda i: (
        f"Strangers toss coins for their thumbs. After **{i['films']} films** their scores are "
        f"typically **{i['typical']}** away from zero. How far away are they typically after "
        f"**{i['films'] * i['times']} films**, which is {i['times']} times as many? "
        "Answer with a number, such as `99`."
    ),
)


# One score, scaled ---------------------------------------------------------------------------


def divide_inputs(rng):
    root = int(rng.choice([4, 5, 8, 10]))
    n_words = int(rng.choice([9, 36]))
    return {"root": root, "score": int(rng.choice([2, 3, 5])) * root, "n_words": n_words}


task(
    name="i04_divide",
    inputs=divide_inputs,
    probes=number(0.01, "the score is divided by the root of the length of a key"),
    question=lambda i: (
        f"A text has {i['n_words']} words, and every key is a list of **{i['root'] ** 2} "
        f"numbers**. One word gets the bare score **{i['score']}**. What is its **scaled** score? "
        "Answer with a number, such as `1.5`."
    ),
)


# Reading bars --------------------------------------------------------------------------------


def bars_inputs(rng):
    spread = np.array([1.3, 0.7, 0.1, -0.4, -0.8, -1.2]) + rng.uniform(-0.08, 0.08, size=6)
    spread = spread[rng.permutation(6)]
    width = int(rng.choice([64, 256]))
    root = np.sqrt(width)
    impostor = -spread  # the last become the first
    sets = {"bare": spread * root, "root": spread, "whole": spread / root, "impostor": impostor}
    return {
        "width": width,
        "percents": {
            kind: tuple(int(p) for p in np.round(100 * shares_of(s - s.max())))
            for kind, s in sets.items()
        },
        "order": shuffled(rng, sets),
    }


task(
    name="i04_bars",
    inputs=bars_inputs,
    probes=letter(LETTERS, "those are the shares of the scaled scores"),
    question=lambda i: (
        f"Three of these four pictures show **the same six scores**, with {i['width']} numbers in "
        f"each list: once bare, once divided by the root of {i['width']}, once divided by "
        f"{i['width']} itself. The fourth was made from other scores.\n\n"
        + pictured(lambda kind: bars(PEOPLE, i["percents"][kind]), i)
        + "\n\nWhich picture belongs to the scores **divided by the root**? Answer with a letter, "
        'such as `"x"`.'
    ),
)


# What happens if -----------------------------------------------------------------------------

CHANGES = {
    "once more": "somebody divides by the root of dₖ **a second time**, without knowing of the "
    "first",
    "forgotten": "somebody **forgets** to divide, and the lists are 256 numbers long",
    "words": "ten more **words** come to the text; each gets so low a score that it has next to no "
    "share. The lists stay as long as they were",
    "taken away": "somebody **takes the largest score away** from every score, before they are "
    "divided and shared",
}
EFFECTS = {
    "sharper": "the leader takes more",
    "flatter": "all get more alike",
    "same": "next to nothing changes",
    "other": "another word takes the lead",
}


def change_inputs(rng):
    return {"change": str(rng.choice(list(CHANGES))), "order": shuffled(rng, EFFECTS)}


task(
    name="i04_change",
    inputs=change_inputs,
    probes=letter(LETTERS, "that is what happens to the shares"),
    question=lambda i: (
        "A machine scales its scores as it should. Then this happens: "
        f"{CHANGES[i['change']]}. What becomes of the shares?\n\n" + choices(EFFECTS, i)
    ),
)


# Why -----------------------------------------------------------------------------------------

REASONS = {
    "stuck": "without it chance crowns one winner, and nudges to the others are not felt",
    "overflow": "without it the scores would grow so large that a computer can't hold them",
    "sum": "without it the shares would not add up to 100 %, and could not be used to mix",
    "order": "without it a wrong word would get the largest share, and overtake the right one",
}


def why_inputs(rng):
    return {"width": int(rng.choice([64, 128, 512])), "order": shuffled(rng, REASONS)}


task(
    name="i04_why",
    inputs=why_inputs,
    probes=letter(LETTERS, "that is why scaling helps"),
    question=lambda i: (
        f"A machine with {i['width']} numbers in each key begins to learn. Why does it help to "
        "divide the scores by the root of that?\n\n" + choices(REASONS, i)
    ),
)


# Drag to a target ----------------------------------------------------------------------------


def drag_inputs(rng):
    return {"percent": int(rng.choice([60, 80, 95]))}


def width_in(answer, inputs):
    """Read a number of coordinates that the slider knows."""
    wanted = f"answer with one of the numbers that the slider shows, {WIDTHS[0]} to {WIDTHS[-1]}"
    return one_number(answer, wanted, known=WIDTHS)


def shares_in_words(got, inputs):
    place = WIDTHS.index(int(got))
    return (
        f"with {int(got)} numbers the largest share is {largest_shares()[place]:.0f} % of the "
        f"bare scores, and {largest_shares(scaled=True)[place]:.0f} % of the scaled ones."
    )


task(
    name="i04_drag",
    inputs=drag_inputs,
    probes={
        "width": Probe(
            width_in,
            "that is the first width of that kind",
            2,
            (shares_in_words,),
            spelled=spelled_number,
        )
    },
    question=lambda i: (
        "Six other strangers. Drag the slider in the picture below, starting from 4. What is the "
        "**smallest** number of coordinates (numbers that are compared) at which one stranger gets "
        f"**more than {i['percent']} %** of the attention by the **bare** scores (the left side)? "
        "Answer with the number beside the slider, such as `3`."
    ),
)
