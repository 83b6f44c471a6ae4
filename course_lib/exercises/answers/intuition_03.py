"""Intuition 03: what is right, and what tempts."""

import numpy as np

from course_lib.examples import query
from course_lib.exercises.declare import Answers, Misconception
from course_lib.exercises.tasks.intuition_01 import KEY
from course_lib.exercises.tasks.intuition_03 import share_given
from course_lib.exercises.wording import letter_of

ROLES = "intuition/03_lookup: What are query, key and value?"
DIFFERENT = "intuition/03_lookup: Why hand over something else than what was found?"
HEARS = "intuition/03_lookup: What does bank hear in the end?"
HAIR = "intuition/03_lookup: Why mix, and not take the best?"
DRAG = "intuition/03_lookup: What else can you make it say?"
BETWEEN = "intuition/03_lookup: Where can the answer lie?"
FEWER = "intuition/03_lookup: What if the headline stops after two words?"
BREAK = "intuition/03_lookup: What breaks if the labels are handed over?"
MISTAKES = "intuition/03_lookup: Which mistakes wait here?"


def spelled(answer):
    """Return the same letter, written in other ways."""
    return (
        lambda inputs: answer(inputs).upper(),
        lambda inputs: f"({answer(inputs)})",
        lambda inputs: f" {answer(inputs)}. ",
    )


def chosen(name):
    """Return a function: inputs -> the letter of that choice."""
    return lambda inputs: letter_of(name, inputs)


def role(inputs):
    return letter_of(inputs["role"], inputs)


def mixed_glass(inputs):
    return inputs["percents"] @ inputs["honey"] / 100


def effect(inputs):
    kind = {"value": "answer", "key": "both", "query": "both"}
    return letter_of(kind[inputs["rewrite"]], inputs)


def found_by_its_content(inputs):
    kind = {"value": "both", "key": "answer", "query": "answer"}
    return letter_of(kind[inputs["rewrite"]], inputs)


def left_over(inputs):
    left = inputs["percents"][:2]
    return 100 * left[inputs["asked"]] / sum(left)


def own_share(inputs):
    return inputs["percents"][inputs["asked"]]


def along(direction, inputs):
    """Return the question along a direction, from nothing outwards, that reaches the share."""
    near, far = 0.0, 8.0
    for _ in range(60):
        middle = (near + far) / 2
        if share_given(middle * direction, inputs) < inputs["percent"]:
            near = middle
        else:
            far = middle
    return far * direction


def reaching(inputs):
    return along(KEY[inputs["word"]] / np.hypot(*KEY[inputs["word"]]), inputs)


def reaching_turned(inputs):
    """Reach the share from another side: the direction is turned by ten degrees."""
    turn = np.radians(10)
    x, y = KEY[inputs["word"]] / np.hypot(*KEY[inputs["word"]])
    turned = np.array([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)])
    return along(turned, inputs)


ANSWERS = {
    "i03_roles": Answers(
        reference=role,
        also_right=spelled(role),
        misconceptions=(
            Misconception(
                "key-and-value-mixed",
                lambda i: letter_of({"key": "value", "value": "key"}[i["role"]], i),
                "Two things belong to every item: one that you search by, and one that you carry "
                "home. Which of them did you choose?",
                ROLES,
            ),
            Misconception(
                "that-is-the-query",
                chosen("query"),
                "That is what the asker brings along. Keys and values belong to the things that "
                "are asked.",
                ROLES,
            ),
        ),
    ),
    "i03_mix": Answers(
        reference=mixed_glass,
        also_right=(
            lambda i: f"{mixed_glass(i):.1f}",
            lambda i: round(float(mixed_glass(i)), 2),
            lambda i: sum(p / 100 * h for p, h in zip(i["percents"], i["honey"], strict=True)),
        ),
        misconceptions=(
            Misconception(
                "pours-the-labels",
                lambda i: i["percents"] @ i["labels"] / 100,
                "You mixed the numbers on the labels. Which column of the table holds what you "
                "want to take home?",
                BREAK,
            ),
            Misconception(
                "best-jar-only",
                lambda i: i["honey"][i["percents"].argmax()],
                "That is the jar with the largest share, all alone. What do the other two add?",
                HAIR,
            ),
            Misconception(
                "all-jars-alike",
                lambda i: i["honey"].mean(),
                "You gave every jar the same part. If the wish were another one, would your glass "
                "change?",
                HEARS,
            ),
            Misconception(
                "three-full-glasses",
                lambda i: i["honey"].sum(),
                "You added three full glasses. Only one glass is poured: how much of it comes from "
                "each jar?",
                HEARS,
            ),
            Misconception(
                "divided-once-more",
                lambda i: mixed_glass(i) / 3,
                "You mixed by the shares and then divided by the number of jars. What do the "
                "shares add up to, before you divide?",
                HEARS,
            ),
        ),
    ),
    "i03_between": Answers(
        reference=chosen("outside"),
        also_right=spelled(chosen("outside")),
        misconceptions=(
            Misconception(
                "must-be-one-of-the-jars",
                chosen("no-jar"),
                "No jar holds that amount, true. But where can a mixture of two jars lie?",
                BETWEEN,
            ),
            Misconception(
                "never-near-the-top",
                chosen("near-top"),
                "Give nearly all the attention to one jar, and a drop to the others. How close can "
                "the mixture come to that jar?",
                BETWEEN,
            ),
            Misconception(
                "never-near-the-bottom",
                chosen("near-bottom"),
                "The jar with the least honey can have the label that fits best. What does the "
                "glass hold then?",
                DIFFERENT,
            ),
        ),
    ),
    "i03_rewrite": Answers(
        reference=effect,
        also_right=spelled(effect),
        misconceptions=(
            Misconception(
                "found-by-its-content",
                found_by_its_content,
                "Follow the four steps. In which of them is a label looked at, and in which is a "
                "jar opened?",
                DIFFERENT,
            ),
            Misconception(
                "shares-are-the-answer",
                chosen("shares"),
                "Whoever asks wants content, not a ranking. What is poured by the shares?",
                MISTAKES,
            ),
            Misconception(
                "nothing-changes",
                chosen("nothing"),
                "One of the three roles was filled anew. Go through ask, compare, share and mix: "
                "where does it come in?",
                HEARS,
            ),
        ),
    ),
    "i03_covered": Answers(
        reference=left_over,
        also_right=(
            lambda i: f"{left_over(i):.0f} %",
            lambda i: round(left_over(i)),
            lambda i: str(left_over(i)),
        ),
        misconceptions=(
            Misconception(
                "share-stays",
                own_share,
                "Then the two that are left would not add up to 100 %. Who gets what the covered "
                "words had?",
                FEWER,
            ),
            Misconception(
                "half-each",
                lambda i: 50,
                "Two are left, but they do not fit equally well. Which of the two got more before, "
                "and how many times as much?",
                FEWER,
            ),
            Misconception(
                "freed-share-split-evenly",
                lambda i: own_share(i) + sum(i["percents"][2:]) / 2,
                "You split what became free into two equal halves. Softmax keeps the proportion of "
                "the two. How many times as much had one of them?",
                FEWER,
            ),
            Misconception(
                "takes-all-that-is-freed",
                lambda i: own_share(i) + sum(i["percents"][2:]),
                "You gave all that became free to one word. Does the other not get its part?",
                FEWER,
            ),
        ),
    ),
    "i03_drag": Answers(
        reference=reaching,
        also_right=(
            reaching_turned,
            lambda i: np.round(reaching(i), 2).tolist(),
            lambda i: str(np.round(reaching_turned(i), 2).tolist()),
        ),
        misconceptions=(
            Misconception(
                "asks-with-the-words-own-key",
                lambda i: KEY[i["word"]],
                "About so much comes out if you ask with the word's own arrow. The direction is "
                "good; what does the length of a question do to the shares?",
                DRAG,
            ),
            Misconception(
                "question-not-moved",
                lambda i: query,
                "That is about the share that the word had before the tip was moved. Which way "
                "must the tip go, so that this word agrees more, or less?",
                DRAG,
            ),
            Misconception(
                "numbers-swapped",
                lambda i: reaching(i)[::-1],
                "Look at the order: water comes first, then finance. Which way does your question "
                "point, and which way does the word?",
                DRAG,
            ),
        ),
    ),
}
