"""Intuition 10: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.answers.intuition_03 import chosen, spelled
from course_lib.exercises.declare import Answers, Misconception
from course_lib.exercises.tasks.intuition_10 import ANIMALS, either, speaks
from course_lib.exercises.wording import letter_of

ROAD = "intuition/10_transformer_layer: What does a layer do with a word?"
SKIP = "intuition/10_transformer_layer: Must bank forget what it was?"
WITHOUT = "intuition/10_transformer_layer: What breaks without the skips?"
NORM = "intuition/10_transformer_layer: Why must a word not get too loud?"
THINK = "intuition/10_transformer_layer: What does a word think, all by itself?"
WHOLE = "intuition/10_transformer_layer: What do six layers make of it?"
TRANSLATE = "intuition/10_transformer_layer: Can it translate without reading word by word?"
SEARCH = "intuition/10_transformer_layer: Can it find a sentence by what it means?"
MISTAKES = "intuition/10_transformer_layer: Which mistakes wait here?"


def lanes(*, look, think=None, norm=None):
    """Return a function: inputs -> the three counts, each 1 or what is said: a function of n."""
    counts = {"look": look, "think": think, "norm": norm}

    def count(inputs):
        return [counts[step](inputs["n"]) if counts[step] else 1 for step in inputs["steps"]]

    return count


def every(n):
    return n


new_lists = lanes(look=every)


def asked(inputs):
    """Return what the asked number was, and what was heard of it."""
    return inputs["was"][inputs["asked"]], inputs["heard"][inputs["asked"]]


def added(inputs):
    was, heard = asked(inputs)
    return round(was + heard, 1)


def case(part, answers):
    """Return a function: inputs -> the letter of what this table says of the case asked about."""
    return lambda inputs: letter_of(answers[inputs[part]], inputs)


leaves = case("built", {"free": "same", "slip": "normed", "none": "zeros"})
breaks = case("part", {"skips": "alike", "norms": "loud", "bend": "glasses", "look": "deaf"})
after = case("change", {"times": "same", "shifted": "same", "turned": "opposite"})


def lanes_that_speak(inputs):
    return speaks(inputs, inputs["threshold"])


def one_layer(inputs, *, thinkers=1, ways=2):
    """Return how many numbers a layer has: attention, and the detectors' ways in and out."""
    detectors = ways * inputs["portrait"] * inputs["detectors"]
    return 4 * inputs["portrait"] ** 2 + thinkers * detectors


def stack(inputs):
    return inputs["layers"] * one_layer(inputs)


ANSWERS = {
    "i10_lanes": Answers(
        reference=new_lists,
        also_right=(
            lambda i: tuple(new_lists(i)),
            lambda i: str(new_lists(i)),
            lambda i: np.array(new_lists(i), dtype=float),
        ),
        misconceptions=(
            Misconception(
                "thinking-mixes-words",
                lanes(look=every, think=every),
                "Looking around is right. But a word thinks alone, in its own lane: whose list "
                "does the thinking of the first word read?",
                ROAD,
            ),
            Misconception(
                "norm-over-the-sentence",
                lanes(look=every, norm=every),
                "Looking around is right. But along what does the norm measure: down the column of "
                "all words, or along the numbers of one? Should the first word notice the last?",
                NORM,
            ),
            Misconception(
                "everything-exchanges",
                lanes(look=every, think=every, norm=every),
                "You let all lanes meet in every step. Look at the picture of the road: in which "
                "step do lines run from lane to lane?",
                ROAD,
            ),
            Misconception(
                "nothing-exchanges",
                lanes(look=lambda n: 1),
                "Then no word would ever hear of the new one. What happens when they look around?",
                ROAD,
            ),
            Misconception(
                "thinking-instead-of-looking",
                lanes(look=lambda n: 1, think=every),
                "You have the two steps the wrong way round. Which is the meeting, which the desk?",
                ROAD,
            ),
            Misconception(
                "not-its-own-lane",
                lanes(look=lambda n: n - 1),
                "All the others hear something new: right. And the new word itself, which also "
                "looks around?",
                ROAD,
            ),
        ),
    ),
    "i10_add": Answers(
        reference=added,
        also_right=(
            lambda i: f"{added(i):.1f}",
            lambda i: float(np.sum(asked(i))),
            lambda i: (np.array(i["was"]) + np.array(i["heard"]))[i["asked"]],
        ),
        misconceptions=(
            Misconception(
                "found-replaces-what-was",
                lambda i: asked(i)[1],
                "That is what it heard, alone. Name both things that enter the plus sign.",
                SKIP,
            ),
            Misconception(
                "step-bypassed",
                lambda i: asked(i)[0],
                "That is what it was before it looked around. What did the looking bring?",
                SKIP,
            ),
            Misconception(
                "input-doubled",
                lambda i: 2 * asked(i)[0],
                "You added what it was to itself. What comes out of the step, and enters the plus "
                "sign from the side?",
                SKIP,
            ),
            Misconception(
                "mean-of-the-two",
                lambda i: added(i) / 2,
                "You took the mean. What does the sign on the lane say?",
                SKIP,
            ),
            Misconception(
                "taken-away",
                lambda i: asked(i)[0] - asked(i)[1],
                "You took away what it heard. What does the sign on the lane say?",
                SKIP,
            ),
        ),
    ),
    "i10_zero": Answers(
        reference=leaves,
        also_right=spelled(leaves),
        misconceptions=(
            Misconception(
                "skip-forgotten",
                case("built", {"free": "zeros", "slip": "zeros", "none": "same"}),
                "Ask first: is there a straight road past the steps in this layer? If so, what "
                "travels on it? If not, what is left when the steps say zeros?",
                SKIP,
            ),
            Misconception(
                "residual-from-the-normed",
                case("built", {"free": "normed", "slip": "same", "none": "normed"}),
                "Follow the road with a finger, from below to above. Does it pass a norm, before "
                "the skip begins or on it? Not beside it.",
                WHOLE,
            ),
            Misconception(
                "input-doubled",
                chosen("twice"),
                "Twice would mean that the word is added to itself. What do the steps add here?",
                SKIP,
            ),
        ),
    ),
    "i10_missing": Answers(
        reference=breaks,
        also_right=spelled(breaks),
        misconceptions=(
            Misconception(
                "loudness-and-likeness-mixed-up",
                case("part", {"skips": "loud", "norms": "alike", "bend": "loud", "look": "loud"}),
                "Two pictures of the lesson rise over six layers, one of loudness, one of "
                "likeness. What had been switched off in each?",
                WITHOUT,
            ),
            Misconception(
                "lanes-meet-elsewhere",
                case("part", {"skips": "deaf", "norms": "deaf", "bend": "deaf", "look": "glasses"}),
                "In which one step do words hear of each other? Is that the part that was taken "
                "out here?",
                ROAD,
            ),
            Misconception(
                "part-taken-for-another",
                case(
                    "part",
                    {"skips": "glasses", "norms": "glasses", "bend": "alike", "look": "alike"},
                ),
                "Which part mixes again and again, which one lets the old through, and which one "
                "lets a detector be silent? Put the one that was taken out among them.",
                MISTAKES,
            ),
        ),
    ),
    "i10_norm": Answers(
        reference=after,
        also_right=spelled(after),
        misconceptions=(
            Misconception(
                "norm-keeps-loudness",
                chosen("louder"),
                "What is the norm there for? Look at the last column of its table in the lesson.",
                NORM,
            ),
            Misconception(
                "norm-as-softmax",
                chosen("shares"),
                "That would be a softmax. When a list's own mean has been taken away, can all its "
                "numbers be above 0?",
                NORM,
            ),
            Misconception(
                "direction-mixed-up",
                case("change", {"times": "opposite", "shifted": "opposite", "turned": "same"}),
                "Take the mean away on paper, from both lists. Where the one has a plus, what has "
                "the other?",
                NORM,
            ),
        ),
    ),
    "i10_detector": Answers(
        reference=lanes_that_speak,
        also_right=(
            lambda i: str(lanes_that_speak(i)),
            lambda i: float(lanes_that_speak(i)),
            lambda i: sum(a + b > i["threshold"] + 1e-9 for a, b in i["lists"]),
        ),
        misconceptions=(
            Misconception(
                "no-bend",
                lambda i: len(ANIMALS),
                "You let it speak everywhere. What does it say where less than zero is left?",
                THINK,
            ),
            Misconception(
                "strongest-only",
                lambda i: 1,
                "You let the strongest lane speak alone. Do lanes know of each other here?",
                THINK,
            ),
            Misconception(
                "threshold-forgotten",
                lambda i: speaks(i, 0),
                "In so many lanes the sum is above zero. What is taken away from it first?",
                THINK,
            ),
            Misconception(
                "or-instead-of-and",
                either,
                "In so many lanes one of the two numbers alone is above the threshold. What does "
                "the detector compare with it: one number, or the two added up?",
                THINK,
            ),
        ),
    ),
    "i10_stack": Answers(
        reference=stack,
        also_right=(
            lambda i: f"{stack(i)}",
            lambda i: float(stack(i)),
            lambda i: sum(one_layer(i) for _ in range(i["layers"])),
        ),
        misconceptions=(
            Misconception(
                "one-layer-used-again",
                one_layer,
                "That is one layer. Does the next one use the same numbers again?",
                WHOLE,
            ),
            Misconception(
                "own-detectors-for-each-word",
                lambda i: i["layers"] * one_layer(i, thinkers=i["words"]),
                "You gave each word detectors of its own. What would the machine do with a "
                "sentence of one word more?",
                THINK,
            ),
            Misconception(
                "all-for-each-word",
                lambda i: i["words"] * stack(i),
                "You counted everything once for each word. Does a longer sentence need more "
                "glasses?",
                THINK,
            ),
            Misconception(
                "listening-or-writing-only",
                lambda i: i["layers"] * one_layer(i, ways=1),
                "A detector listens, and it writes. You counted one of the two.",
                THINK,
            ),
            Misconception(
                "attention-only",
                lambda i: i["layers"] * one_layer(i, thinkers=0),
                "Those are the glasses. What else has a layer learned? It is the larger part.",
                THINK,
            ),
        ),
    ),
    "i10_say": Answers(
        reference=chosen("place"),
        also_right=spelled(chosen("place")),
        misconceptions=(
            Misconception(
                "transformer-always-better",
                chosen("best"),
                "Look to the right of 30 words. Where is the curve of 2014, and where is that of "
                "2017?",
                TRANSLATE,
            ),
            Misconception(
                "ceiling-taken-for-equal",
                chosen("ceiling"),
                "If three pupils have all answers right in a small test, what do you know of a "
                "hard one?",
                TRANSLATE,
            ),
            Misconception(
                "only-a-transformer",
                chosen("long"),
                "How high is the curve of the machine that glances back, which walks from word to "
                "word, at 28 words?",
                TRANSLATE,
            ),
        ),
    ),
    "i10_search": Answers(
        reference=chosen("about"),
        also_right=spelled(chosen("about")),
        misconceptions=(
            Misconception(
                "likest-is-the-answer",
                chosen("answer"),
                "Read the first sentence aloud, as a reply to the question. Does it reply?",
                SEARCH,
            ),
            Misconception(
                "search-should-know",
                chosen("broken"),
                "What was this machine nudged towards when it learned: replies, or texts on the "
                "same matter? Think of the credit card.",
                SEARCH,
            ),
            Misconception(
                "counts-common-words",
                chosen("letters"),
                "Which words had *When do they shut in the evening?* in common with the sentence "
                "that it found?",
                SEARCH,
            ),
        ),
    ),
}
