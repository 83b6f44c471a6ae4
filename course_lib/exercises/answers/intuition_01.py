"""Intuition 01: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.declare import Answers, Misconception
from course_lib.exercises.tasks.intuition_01 import KEY, PLACES, TOPICS
from course_lib.exercises.wording import letter_of

ITSELF = "intuition/01_similarity: Is a thing not most like itself?"
SCORE = "intuition/01_similarity: How do two arrows become one number?"
NEGATIVE = "intuition/01_similarity: Is a negative score a mistake?"
REAL = "intuition/01_similarity: Does it work with real sentences?"
WRONG = "intuition/01_similarity: What does it get wrong?"
MISTAKES = "intuition/01_similarity: Which mistakes wait here?"


def highest_score(inputs):
    return max(PLACES, key=lambda place: inputs["arrows"][place] @ inputs["wish"])


def score(inputs):
    return inputs["question"] @ inputs["word"]


def ordered(measure):
    """Return a function: inputs -> the places, the one with the largest measure first."""
    return lambda inputs: sorted(
        PLACES, key=lambda place: -measure(inputs["arrows"][place], inputs["wish"])
    )


by_direction = ordered(lambda arrow, wish: arrow @ wish / np.hypot(*arrow))


def square_to(inputs):
    """Return a question at a right angle to the silent word, on the side of the other."""
    x, y = KEY[inputs["silent"]]
    question = np.array([-y, x])
    return question * np.sign(question @ KEY[inputs["heard"]])


def most_alike(inputs):
    row = inputs["matrix"][TOPICS.index(inputs["asked"])]
    return TOPICS[np.argsort(row)[-2]]  # the largest is the text itself


def strongest_colour(inputs):
    row = np.abs(inputs["matrix"][TOPICS.index(inputs["asked"])])
    return TOPICS[np.argsort(row)[-2]]


ANSWERS = {
    "i01_loudest": Answers(
        reference=highest_score,
        also_right=(
            lambda i: highest_score(i).upper(),
            lambda i: f" {i['kinds']['loud']} ",
            lambda i: np.str_(i["kinds"]["loud"]),
        ),
        misconceptions=(
            Misconception(
                "most-like-itself",
                lambda i: i["kinds"]["same"],
                "You chose the place whose arrow is exactly the wish. Now look for an arrow that "
                "points nearly the same way, but is longer. What does length do to a score?",
                ITSELF,
            ),
            Misconception(
                "longest-wins",
                lambda i: i["kinds"]["far"],
                "You chose the longest arrow. Does it also point the way of the wish? Look at the "
                "signs when you multiply.",
                SCORE,
            ),
            Misconception(
                "smaller-is-more-alike",
                lambda i: i["kinds"]["opposed"],
                "You chose the smallest score. For this measure, is a bigger number more alike, "
                "or less?",
                MISTAKES,
            ),
        ),
    ),
    "i01_by_hand": Answers(
        reference=score,
        also_right=(
            lambda i: float(score(i)),
            lambda i: str(score(i)),
            lambda i: sum(a * b for a, b in zip(i["question"], i["word"], strict=True)),
        ),
        misconceptions=(
            Misconception(
                "signs-ignored",
                lambda i: np.abs(i["question"]) @ np.abs(i["word"]),
                "The sizes are right, the signs are not. One loves it and the other hates it: does "
                "that add to the agreement, or take from it?",
                SCORE,
            ),
            Misconception(
                "added-not-multiplied",
                lambda i: i["question"].sum() + i["word"].sum(),
                "You added all four numbers. First every number of the question meets the number "
                "of the word on the same matter. What happens when they meet?",
                SCORE,
            ),
            Misconception(
                "sums-multiplied",
                lambda i: i["question"].sum() * i["word"].sum(),
                "You added first and multiplied then. Water must meet water, and finance finance, "
                "before anything is added up.",
                SCORE,
            ),
            Misconception(
                "everything-multiplied",
                lambda i: i["question"].prod() * i["word"].prod(),
                "You multiplied all four numbers. Two matters give two products. How do two "
                "opinions become one number?",
                SCORE,
            ),
        ),
    ),
    "i01_direction": Answers(
        reference=by_direction,
        also_right=(
            lambda i: tuple(by_direction(i)),
            lambda i: ", ".join(by_direction(i)),
            lambda i: np.array([place.title() for place in by_direction(i)]),
        ),
        misconceptions=(
            Misconception(
                "by-score",
                ordered(lambda arrow, wish: arrow @ wish),
                "That is the order of the scores, in which long arrows speak louder. Which number "
                "is left when every arrow has the same length?",
                ITSELF,
            ),
            Misconception(
                "by-length",
                ordered(lambda arrow, wish: np.hypot(*arrow)),
                "That is the order of the lengths. Lay a ruler along the wish: which arrow makes "
                "the smallest angle with it?",
                ITSELF,
            ),
            Misconception(
                "upside-down",
                ordered(lambda arrow, wish: -(arrow @ wish) / np.hypot(*arrow)),
                "Your order is upside down. Is a bigger cosine more alike, or less?",
                MISTAKES,
            ),
        ),
    ),
    "i01_silent": Answers(
        reference=square_to,
        also_right=(
            lambda i: list(0.3 * square_to(i)),
            lambda i: str((2 * square_to(i)).tolist()),
            lambda i: tuple(10 * square_to(i)),
        ),
        misconceptions=(
            Misconception(
                "zero-means-opposite",
                lambda i: -KEY[i["silent"]],
                "Your question points away from that word. Then its score is below zero: it "
                "disagrees, and that is not silence. At which angle does the shadow vanish?",
                NEGATIVE,
            ),
            Misconception(
                "points-at-the-word",
                lambda i: KEY[i["silent"]],
                "Your question still leans towards the word that should have nothing to say. Turn "
                "it, and watch the sign of the score. At which angle does the shadow vanish?",
                NEGATIVE,
            ),
            Misconception(
                "asks-nothing",
                lambda i: [0, 0],
                "A question without length gets 0 from everyone. Give it a direction in which the "
                "other word agrees.",
                ITSELF,
            ),
            Misconception(
                "wrong-side",
                lambda i: -square_to(i),
                "One word is silent as it should be. The other is against you: there are two "
                "directions at a right angle. Which is on its side?",
                NEGATIVE,
            ),
        ),
    ),
    "i01_heat_map": Answers(
        reference=most_alike,
        also_right=(
            lambda i: most_alike(i).title(),
            lambda i: f"{most_alike(i)} ",
            lambda i: np.str_(most_alike(i)),
        ),
        misconceptions=(
            Misconception(
                "itself",
                lambda i: i["asked"],
                "That is the diagonal, where each text meets itself. Which is the largest *other* "
                "number in that row?",
                REAL,
            ),
            Misconception(
                "strongest-colour",
                strongest_colour,
                "That is the strongest colour, but look at the sign of its number. What does a "
                "cosine below zero say?",
                NEGATIVE,
            ),
        ),
    ),
    "i01_sentences": Answers(
        reference=lambda i: letter_of("swapped", i),
        also_right=(
            lambda i: letter_of("swapped", i).upper(),
            lambda i: f"({letter_of('swapped', i)})",
            lambda i: f"{letter_of('swapped', i)}.",
        ),
        misconceptions=(
            Misconception(
                "same-meaning-wins",
                lambda i: letter_of("paraphrase", i),
                "These two say the same, and the encoder does see it. But one pair is made of the "
                "very same words. Did order mean much to this machine in the lesson?",
                WRONG,
            ),
            Misconception(
                "translation-is-the-same",
                lambda i: letter_of("translated", i),
                "To you they say the same. Which language did this encoder learn from?",
                WRONG,
            ),
            Misconception(
                "a-shared-word-is-enough",
                lambda i: letter_of("one-word", i),
                "They share a word that means two different things. Does the encoder compare "
                "letters, or what a sentence is about?",
                REAL,
            ),
        ),
    ),
}
