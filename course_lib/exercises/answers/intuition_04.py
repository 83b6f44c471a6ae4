"""Intuition 04: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.answers.intuition_03 import chosen, spelled
from course_lib.exercises.declare import Answers, Misconception
from course_lib.exercises.tasks.intuition_04 import WIDTHS, largest_shares
from course_lib.exercises.wording import letter_of

STRANGERS = "intuition/04_scaling: How loudly do strangers agree?"
WALK = "intuition/04_scaling: Why is it not hundreds of times as loud?"
WINNER = "intuition/04_scaling: What does softmax make of loud scores?"
CURE = "intuition/04_scaling: What is the cure?"
ROOT = "intuition/04_scaling: Why the root, and not the number itself?"
OVERFLOW = "intuition/04_scaling: Is it because large numbers are too large for a computer?"
BREAK = "intuition/04_scaling: What breaks if somebody divides twice, or turns it round?"
MISTAKES = "intuition/04_scaling: Which mistakes wait here?"


def walked(inputs):
    return inputs["typical"] * np.sqrt(inputs["times"])


def scaled(inputs):
    return inputs["score"] / inputs["root"]


def becomes(effects):
    """Return a function: inputs -> the letter of what this table says of the change."""
    return lambda inputs: letter_of(effects[inputs["change"]], inputs)


effect = becomes(
    {"once more": "flatter", "forgotten": "sharper", "words": "same", "taken away": "same"}
)


def first_above(inputs):
    """Return the place of the first width at which the largest bare share is above the target."""
    return next(i for i, share in enumerate(largest_shares()) if share > inputs["percent"])


def right_width(inputs):
    return WIDTHS[first_above(inputs)]


ANSWERS = {
    "i04_walk": Answers(
        reference=walked,
        also_right=(
            lambda i: str(int(walked(i))),
            lambda i: (i["films"] * i["times"]) ** 0.5,
            lambda i: int(walked(i)),
        ),
        misconceptions=(
            Misconception(
                "as-many-times-as-the-films",
                lambda i: i["typical"] * i["times"],
                "Then nobody would ever undo a step of his own. With how many times as many films "
                "did the lesson's strangers get twice as far?",
                WALK,
            ),
            Misconception(
                "chance-cancels-out",
                lambda i: 0,
                "Plus and minus cancel in part only: does one ever get exactly as many heads as "
                "tails?",
                STRANGERS,
            ),
            Misconception(
                "more-films-change-nothing",
                lambda i: i["typical"],
                "Somebody who goes on walking does not stay where he was. Look at the table with "
                "4, 16 and 64 films.",
                WALK,
            ),
            Misconception(
                "half-of-the-films",
                lambda i: i["films"] * i["times"] / 2,
                "Half of the thumbs agree, but the other half take away. What is left is only the "
                "difference.",
                STRANGERS,
            ),
            Misconception(
                "agrees-on-every-film",
                lambda i: i["films"] * i["times"],
                "That is the score of somebody who agrees with you on every single film. Do coins "
                "fall like that?",
                STRANGERS,
            ),
        ),
    ),
    "i04_divide": Answers(
        reference=scaled,
        also_right=(
            lambda i: f"{scaled(i):.2f}",
            lambda i: int(scaled(i)),
            lambda i: i["score"] / np.sqrt(i["root"] ** 2),
        ),
        misconceptions=(
            Misconception(
                "divides-by-the-number-itself",
                lambda i: i["score"] / i["root"] ** 2,
                "You divided by the length of a key. Which number, multiplied by itself, gives "
                "that length?",
                ROOT,
            ),
            Misconception(
                "multiplies",
                lambda i: i["score"] * i["root"],
                "Your score is louder than before. Was the trouble that the scores were too quiet?",
                BREAK,
            ),
            Misconception(
                "root-of-the-words",
                lambda i: i["score"] / np.sqrt(i["n_words"]),
                "You used the number of words. If ten more words came, should this word's score "
                "change?",
                MISTAKES,
            ),
            Misconception(
                "divides-by-the-words",
                lambda i: i["score"] / i["n_words"],
                "You divided by the number of words. What makes a score loud: the length of the "
                "text, or the length of the lists that are compared?",
                MISTAKES,
            ),
            Misconception(
                "left-bare",
                lambda i: i["score"],
                "That is the bare score. What happens to it before softmax sees it?",
                CURE,
            ),
        ),
    ),
    "i04_bars": Answers(
        reference=chosen("root"),
        also_right=spelled(chosen("root")),
        misconceptions=(
            Misconception(
                "takes-the-bare-ones",
                chosen("bare"),
                "There one stranger takes nearly all. Do long lists look like that with the cure, "
                "or without it?",
                WINNER,
            ),
            Misconception(
                "flattest-is-best",
                chosen("whole"),
                "There everybody gets nearly the same. Is that still a competition? Which divisor "
                "makes such a murmur?",
                ROOT,
            ),
            Misconception(
                "order-must-stay",
                chosen("impostor"),
                "Compare who leads in the four pictures. Can a division put another one in front?",
                CURE,
            ),
        ),
    ),
    "i04_change": Answers(
        reference=effect,
        also_right=spelled(effect),
        misconceptions=(
            Misconception(
                "makes-one-winner",
                becomes(
                    {
                        "once more": "sharper",
                        "forgotten": "flatter",
                        "words": "sharper",
                        "taken away": "sharper",
                    }
                ),
                "Write down the steps between three scores, before and after. Did they get "
                "longer, shorter, or neither? And whom do long steps help?",
                BREAK,
            ),
            Misconception(
                "looks-at-sizes-not-at-steps",
                becomes(
                    {
                        "once more": "same",
                        "forgotten": "same",
                        "words": "flatter",
                        "taken away": "flatter",
                    }
                ),
                "Softmax looks at the steps between the scores, and at nothing else. Did this "
                "change them?",
                OVERFLOW,
            ),
            Misconception(
                "order-changes",
                chosen("other"),
                "Pick two words, one ahead of the other. Could what was done here swap the two?",
                CURE,
            ),
        ),
    ),
    "i04_why": Answers(
        reference=chosen("stuck"),
        also_right=spelled(chosen("stuck")),
        misconceptions=(
            Misconception(
                "because-of-large-numbers",
                chosen("overflow"),
                "Take the largest score away from all of them: no number is large any more. Is the "
                "trouble gone?",
                OVERFLOW,
            ),
            Misconception(
                "because-of-the-sum",
                chosen("sum"),
                "Softmax makes shares out of any scores, loud or quiet. What do they add up to, "
                "each time?",
                WINNER,
            ),
            Misconception(
                "because-of-the-order",
                chosen("order"),
                "Compare the leader before and after a division. Has anybody overtaken?",
                CURE,
            ),
        ),
    ),
    "i04_drag": Answers(
        reference=right_width,
        also_right=(
            lambda i: str(right_width(i)),
            lambda i: float(right_width(i)),
            lambda i: [right_width(i)],
        ),
        misconceptions=(
            Misconception(
                "one-stop-too-early",
                lambda i: WIDTHS[first_above(i) - 1],
                "Not quite yet there: read the largest share on the left at this stop, and compare "
                "it with the one that is wanted.",
                CURE,
            ),
            Misconception(
                "one-stop-too-late",
                lambda i: WIDTHS[first_above(i) + 1],
                "It holds there, but perhaps earlier, too. Go back one stop, and read the largest "
                "share on the left.",
                CURE,
            ),
            Misconception(
                "end-of-the-slider",
                lambda i: WIDTHS[-1],
                "It holds there, but not there first. Go back to 4, and watch the left side on the "
                "way up.",
                CURE,
            ),
            Misconception(
                "reads-the-scaled-side",
                lambda i: WIDTHS[int(np.argmax(largest_shares(scaled=True)))],
                "That is where the *right* side has its largest share. Which side shows the bare "
                "scores?",
                CURE,
            ),
        ),
    ),
}
