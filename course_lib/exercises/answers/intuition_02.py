"""Intuition 02: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.declare import Answers, Misconception
from course_lib.exercises.tasks.intuition_02 import SCORES
from course_lib.exercises.wording import letter_of

DIVIDE = "intuition/02_softmax: Why not divide each score by the sum?"
INSTEAD = "intuition/02_softmax: What does softmax do instead?"
LOUDER = "intuition/02_softmax: Why do the loud get louder?"
TEMPERATURE = "intuition/02_softmax: Can you turn the competition down?"
NOTHING = "intuition/02_softmax: Why does nobody get nothing?"


def chosen(name):
    """Return a function: inputs -> the letter of that choice."""
    return lambda inputs: letter_of(name, inputs)


def spellings(name):
    """Return the same letter, written in other ways."""
    return (
        lambda inputs: letter_of(name, inputs).upper(),
        lambda inputs: f"({letter_of(name, inputs)})",
        lambda inputs: f" {letter_of(name, inputs)}. ",
    )


def lowest_share(inputs):
    return 100 * inputs["scores"].min() / inputs["scores"].sum()


def effect(inputs):
    kind = {"add": "stays", "take": "stays", "times": "grows", "divide": "shrinks"}
    return letter_of(kind[inputs["change"]], inputs)


def by_ratios(inputs):
    """Think that only ratios count: multiplying keeps them, adding evens them out."""
    kind = {"add": "shrinks", "take": "grows", "times": "stays", "divide": "stays"}
    return letter_of(kind[inputs["change"]], inputs)


def wrong_way(inputs):
    """Think that larger numbers make a louder leader, but read multiplying the wrong way round."""
    kind = {"add": "grows", "take": "shrinks", "times": "shrinks", "divide": "grows"}
    return letter_of(kind[inputs["change"]], inputs)


def others(inputs):
    return [score for word, score in SCORES.items() if word != inputs["word"]]


def score_for_share(inputs):
    share = inputs["percent"] / 100
    return np.log(share / (1 - share) * np.exp(others(inputs)).sum())


def proportional(inputs):
    share = inputs["percent"] / 100
    return share / (1 - share) * sum(others(inputs))


ANSWERS = {
    "i02_negative": Answers(
        reference=lowest_share,
        also_right=(
            lambda i: f"{lowest_share(i):.1f} %",
            lambda i: round(lowest_share(i), 1),
            lambda i: str(lowest_share(i)),
        ),
        misconceptions=(
            Misconception(
                "sign-lost",
                lambda i: -lowest_share(i),
                "Your number has the right size. A score below zero, divided by a sum above zero: "
                "which sign comes out?",
                DIVIDE,
            ),
            Misconception(
                "sizes-in-the-sum",
                lambda i: 100 * i["scores"].min() / np.abs(i["scores"]).sum(),
                "In your sum the score below zero was counted as if it were above. What do you get "
                "when you add the four numbers up as they stand?",
                DIVIDE,
            ),
            Misconception(
                "below-zero-counted-as-nothing",
                lambda i: 0,
                "You have mended the friend's rule: what is below zero counts as nothing. What "
                "does the rule itself give, as it was told?",
                DIVIDE,
            ),
        ),
    ),
    "i02_step": Answers(
        reference=chosen("product-of-factors"),
        also_right=spellings("product-of-factors"),
        misconceptions=(
            Misconception(
                "ratio-of-scores",
                chosen("ratio"),
                "You divided one score by the other. Softmax does not look at how many times a "
                "score is larger. What does it look at?",
                LOUDER,
            ),
            Misconception(
                "counts-steps",
                chosen("steps"),
                "You counted the steps between the two scores. How much taller does the plant get "
                "with every one of them?",
                INSTEAD,
            ),
            Misconception(
                "adds-the-factors",
                chosen("sum-of-factors"),
                "You added once for every step. After the first step the plant is taller already, "
                "and the second step starts from there.",
                INSTEAD,
            ),
        ),
    ),
    "i02_change": Answers(
        reference=effect,
        also_right=(
            lambda i: effect(i).upper(),
            lambda i: f"{effect(i)})",
            lambda i: f" {effect(i)} ",
        ),
        misconceptions=(
            Misconception(
                "only-ratios-count",
                by_ratios,
                "You looked at how many times one score is larger than another. Look at the steps "
                "between them instead: does this change make them longer or shorter?",
                LOUDER,
            ),
            Misconception(
                "wrong-way-round",
                wrong_way,
                "Write down the steps between the four scores before and after the change. Longer "
                "steps, shorter steps, or the same? And whom do long steps help?",
                LOUDER,
            ),
            Misconception(
                "order-changes",
                chosen("other"),
                "Every score went through the same change, so who is ahead of whom? Only the "
                "distances can differ.",
                TEMPERATURE,
            ),
        ),
    ),
    "i02_bars": Answers(
        reference=chosen("hot"),
        also_right=spellings("hot"),
        misconceptions=(
            Misconception(
                "hot-means-sharp",
                chosen("cold"),
                "There one word takes nearly all. Imagine dividing all scores by a million: which "
                "picture do you expect?",
                TEMPERATURE,
            ),
            Misconception(
                "order-may-change",
                chosen("impostor"),
                "Those bars are very even. But who leads there, and who leads in the other three? "
                "Can the knob change the order?",
                TEMPERATURE,
            ),
            Misconception(
                "in-the-middle",
                chosen("mild"),
                "That one is neither the most even nor the least even of its kind. Which way does "
                "heat go?",
                TEMPERATURE,
            ),
        ),
    ),
    "i02_zero": Answers(
        reference=chosen("never"),
        also_right=spellings("never"),
        misconceptions=(
            Misconception(
                "zero-score-no-share",
                chosen("zero"),
                "How tall is the plant on step 0?",
                NOTHING,
            ),
            Misconception(
                "negative-score-no-share",
                chosen("below"),
                "Look at lends in the lesson: its score was below zero. Did it get nothing?",
                NOTHING,
            ),
            Misconception(
                "tiny-is-nothing",
                chosen("far-below"),
                "With that score the share is tiny, so tiny that no picture shows it. Does the "
                "plant vanish when you go one step further down, or does it only shrink?",
                NOTHING,
            ),
        ),
    ),
    "i02_drag": Answers(
        reference=score_for_share,
        also_right=(
            lambda i: round(score_for_share(i), 1),
            lambda i: f"{score_for_share(i):.1f}",
            lambda i: [round(float(score_for_share(i)), 1)],
        ),
        misconceptions=(
            Misconception(
                "proportional-to-the-score",
                proportional,
                "About so much comes out if you take shares for scores divided by their sum. Try "
                "your score on the slider: what does softmax make of it?",
                DIVIDE,
            ),
            Misconception(
                "as-high-as-the-leader",
                lambda i: max(others(i)),
                "You made the word as high as the best of the others. Then those two get the same. "
                "What do the remaining words take?",
                INSTEAD,
            ),
            Misconception(
                "share-typed-as-score",
                lambda i: i["percent"],
                "Nearly everything goes to this word now. Did you type the share that is wanted? "
                "How far does the slider go? Read the score beside it.",
                LOUDER,
            ),
        ),
    ),
}
