"""Intuition 11: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.choosing import chosen, chosen_by
from course_lib.exercises.declare import Answers
from course_lib.exercises.tasks.intuition_11 import (
    GLUED,
    TURNS,
    WEATHER,
    WORDS,
    from_the_end,
    landed,
    lanes,
    like_the_dart,
    longest,
    nearest,
    pieces_of,
    place_of,
    scores_of,
    smallest,
)

ORDER = ("read", "compare", "share", "draw", "append")


def in_order(*steps):
    return lambda inputs: list(steps)


def hit(how):
    return lambda inputs: WEATHER[how(inputs["percents"], inputs["dart"])]


def turn(which):
    """Return the number of the word with two meanings, 0, or of the one that tells, 1."""
    return lambda inputs: place_of(TURNS[inputs["sentence"]][which], inputs)


ANSWERS = {
    "i11_order": Answers(
        reference=in_order(*ORDER),
        also_right=(lambda inputs: np.array(ORDER),),
        wrong={
            "shares-before-scores": in_order("read", "share", "compare", "draw", "append"),
            "drawn-before-shared": in_order("read", "compare", "draw", "share", "append"),
            "appended-before-drawn": in_order("read", "compare", "share", "append", "draw"),
            "compared-before-read": in_order("compare", "read", "share", "draw", "append"),
        },
    ),
    "i11_next": Answers(
        reference=lambda i: WORDS[int(scores_of(i).argmax())],
        also_right=(lambda i: max(zip(scores_of(i), WORDS, strict=True))[1],),
        wrong={
            "largest-portrait": longest,
            "most-numbers-in-common": nearest,
            "smallest-score": smallest,
        },
    ),
    "i11_draw": Answers(
        reference=hit(landed),
        wrong={
            "always-the-likeliest": lambda i: WEATHER[int(np.argmax(i["percents"]))],
            "share-nearest-to-the-dart": hit(like_the_dart),
            "laid-from-the-other-end": hit(from_the_end),
        },
    ),
    "i11_courage": Answers(
        reference=chosen_by("knob", {"cold": "sharper", "hot": "flatter"}),
        wrong={
            "direction-mixed-up": chosen_by("knob", {"cold": "flatter", "hot": "sharper"}),
            "knob-changes-nothing": chosen("same"),
            "rare-first": chosen("turned"),
        },
    ),
    "i11_pieces": Answers(
        reference=lambda i: len(pieces_of(i["word"])),
        wrong={
            "counted-letters": lambda i: len(i["word"]),
            "one-word-one-piece": lambda i: 1,
            "gluing-what-is-glued-forgotten": lambda i: len(
                pieces_of(i["word"], [pair for pair in GLUED if max(map(len, pair)) == 1])
            ),
        },
    ),
    "i11_true": Answers(
        reference=chosen("fits"),
        wrong={
            "copies-what-it-read": chosen("copied"),
            "knows-and-lies": chosen("lied"),
            "blames-the-knob": chosen("chance"),
        },
    ),
    "i11_who": Answers(
        reference=turn(1),
        wrong={
            "the-word-goes-back": turn(0),
            "only-the-last-word": lambda i: len(i["sentence"].split()),
            "the-first-word": lambda i: 1,
        },
    ),
    "i11_left": Answers(
        reference=lambda i: i["n"] - i["at"] + 1,
        also_right=(lambda i: len(range(i["at"], i["n"] + 1)),),
        wrong={
            "not-its-own-lane": lambda i: i["n"] - i["at"],
            "everybody-notices": lambda i: i["n"],
            "only-its-own-lane": lambda i: 1,
            "looks-ahead": lambda i: i["at"],
        },
    ),
    "i11_kept": Answers(
        reference=lanes,
        wrong={
            "text-does-not-grow": lambda i: [i["text"] * i["new"], lanes(i)[1]],
            "last-one-read-too": lambda i: [lanes(i)[0] + i["text"] + i["new"], lanes(i)[1] + 1],
            "first-reading-forgotten": lambda i: [lanes(i)[0], i["new"]],
            "the-two-swapped": lambda i: lanes(i)[::-1],
        },
    ),
}
