"""Code 02: what is right, and what tempts."""

import numpy as np

from course_lib import softmax as library
from course_lib.exercises.declare import Answers, Misconception


def plain(scores, axis=-1):
    raised = np.exp(scores - np.max(scores, axis=axis, keepdims=True))
    return raised / raised.sum(axis=axis, keepdims=True)


def by_loop(scores, axis=-1):
    rows = np.moveaxis(np.array(scores, dtype=float), axis, -1)
    shares = np.empty_like(rows)
    for index in np.ndindex(rows.shape[:-1]):
        raised = [np.exp(score - max(rows[index])) for score in rows[index]]
        shares[index] = [r / sum(raised) for r in raised]
    return np.moveaxis(shares, -1, axis)


def by_log_sum_exp(scores, axis=-1):
    scores = np.asarray(scores, dtype=float)
    return np.exp(scores - np.logaddexp.reduce(scores, axis=axis, keepdims=True))


def no_maximum(scores, axis=-1):
    raised = np.exp(scores)
    return raised / raised.sum(axis=axis, keepdims=True)


def global_maximum(scores, axis=-1):
    raised = np.exp(scores - np.max(scores))
    return raised / raised.sum(axis=axis, keepdims=True)


def wrong_axis(scores, axis=-1):
    raised = np.exp(scores - scores.max(axis=0, keepdims=True))
    return raised / raised.sum(axis=0, keepdims=True)


def fixed_axis(scores, axis=-1):
    return plain(scores, axis=-1)


def over_everything(scores, axis=-1):
    raised = np.exp(scores - np.max(scores))
    return raised / raised.sum()


def no_keepdims(scores, axis=-1):
    raised = np.exp(scores - np.max(scores, axis=axis, keepdims=True))
    return raised / raised.sum(axis=axis)


def no_exp(scores, axis=-1):
    return scores / scores.sum(axis=axis, keepdims=True)


def powers_of_two(scores, axis=-1):
    raised = np.exp2(scores - np.max(scores, axis=axis, keepdims=True))
    return raised / raised.sum(axis=axis, keepdims=True)


def not_divided(scores, axis=-1):
    return np.exp(scores - np.max(scores, axis=axis, keepdims=True))


def maximum_too_late(scores, axis=-1):
    raised = np.exp(scores)
    raised = raised - raised.max(axis=axis, keepdims=True)
    return raised / raised.sum(axis=axis, keepdims=True)


def tiny_number_added(scores, axis=-1):
    raised = np.exp(scores)
    return raised / (raised.sum(axis=axis, keepdims=True) + 1e-8)


def in_place(scores, axis=-1):
    scores -= scores.max(axis=axis, keepdims=True)
    raised = np.exp(scores)
    return raised / raised.sum(axis=axis, keepdims=True)


def minus(centre):
    """Return an answer that subtracts something else than the maximum."""

    def answer(scores, axis=-1):
        raised = np.exp(scores - centre(scores, axis=axis, keepdims=True))
        return raised / raised.sum(axis=axis, keepdims=True)

    return answer


def summed_over_all(scores, axis=-1):
    raised = np.exp(scores - np.max(scores, axis=axis, keepdims=True))
    return raised / raised.sum()


def sign_flipped(scores, axis=-1):
    raised = np.exp(np.max(scores, axis=axis, keepdims=True) - scores)
    return raised / raised.sum(axis=axis, keepdims=True)


def divided_by_maximum(scores, axis=-1):
    raised = np.exp(scores / np.max(scores, axis=axis, keepdims=True))
    return raised / raised.sum(axis=axis, keepdims=True)


def twice(scores, axis=-1):
    return plain(plain(scores, axis), axis)


def guarded(shares_of):
    """Return an answer to temperature_softmax that refuses what it should."""

    def answer(scores, temperature):
        if not temperature > 0:
            raise ValueError(f"temperature must be above 0, not {temperature}")
        return shares_of(np.asarray(scores), temperature)

    return answer


def powers(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    shares = plain(scores) ** (1 / temperature)
    return shares / shares.sum(axis=-1, keepdims=True)


def another_base(scores, temperature):
    if temperature <= 0:
        raise ValueError("the temperature has to be a positive number")
    raised = np.exp(1 / temperature) ** (scores - np.max(scores, axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def unchecked(scores, temperature):
    with np.errstate(all="ignore"):
        return plain(np.asarray(scores) / temperature)


def zero_allowed_below(scores, temperature):
    if temperature == 0:
        raise ValueError("temperature must not be 0")
    return plain(scores / temperature)


def asserted(scores, temperature):
    assert temperature > 0, "temperature must be above 0"
    return plain(scores / temperature)


DIVIDE = "code/02_softmax: Why not divide each score by the sum?"
EXP = "code/02_softmax: What does exp do that we need?"
STABLE = "code/02_softmax: What is exp(1000) on this machine?"
AXIS = "code/02_softmax: Who shares the 100 %?"
TEMPERATURE = "code/02_softmax: What does a temperature do, and which way does it go?"
BREAK = "code/02_softmax: What breaks if one step is left out?"
MISTAKES = "code/02_softmax: Which mistakes wait here?"

ANSWERS = {
    "softmax": Answers(
        reference=library.softmax,
        also_right=(plain, by_loop, by_log_sum_exp),
        misconceptions=(
            Misconception(
                "no-maximum-subtracted",
                no_maximum,
                "What is exp(1000) on this machine? Which quantity may be added to every score "
                "without changing the answer?",
                STABLE,
            ),
            Misconception(
                "global-maximum",
                global_maximum,
                "Your rows compete separately. Do they all have the same peak?",
                BREAK,
            ),
            Misconception(
                "tiny-number-added",
                tiny_number_added,
                "Does your protection act before or after the number becomes infinite?",
                MISTAKES,
            ),
            Misconception(
                "maximum-after-exp",
                maximum_too_late,
                "You take the largest away from the exponentials. Does that still change no share?",
                STABLE,
            ),
            Misconception(
                "wrong-axis",
                wrong_axis,
                "Who shares the 100 %: the items that one query looks at, or the queries that look "
                "at one item? Sum along both axes.",
                AXIS,
            ),
            Misconception(
                "axis-ignored",
                fixed_axis,
                "Call your function with axis=0. What changes?",
                AXIS,
            ),
            Misconception(
                "over-everything",
                over_everything,
                "How many rows share your 100 %? Each query has 100 % of its own.",
                AXIS,
            ),
            Misconception(
                "summed-over-all",
                summed_over_all,
                "How many rows share your 100 %?",
                AXIS,
            ),
            Misconception(
                "always-axis-1",
                lambda scores, axis=-1: plain(scores, axis=1),
                "Call your function with axis=0, and with one row alone, of shape (4,). "
                "Which axes does it have?",
                AXIS,
            ),
            Misconception(
                "mean-subtracted",
                minus(np.mean),
                "After your subtraction, how large can the largest score of a row still be?",
                STABLE,
            ),
            Misconception(
                "minimum-subtracted",
                minus(np.min),
                "After your subtraction, on which side of 0 do the scores lie? What is exp there?",
                STABLE,
            ),
            Misconception(
                "divided-by-the-maximum",
                divided_by_maximum,
                "You divide every score by the same number. Does that leave the shares alone?",
                STABLE,
            ),
            Misconception(
                "sign-flipped",
                sign_flipped,
                "Which of your items gets the largest share, and which has the highest score?",
                EXP,
            ),
            Misconception(
                "smallest-wins",
                lambda scores, axis=-1: plain(-np.asarray(scores), axis=axis),
                "Which of your items gets the largest share, and which has the highest score?",
                EXP,
            ),
            Misconception(
                "no-keepdims",
                no_keepdims,
                "Each row needs its own divisor. Line up the shapes on paper from the right.",
                AXIS,
            ),
            Misconception(
                "no-exp",
                no_exp,
                "What do you get for the scores 1, -1 and 0?",
                DIVIDE,
            ),
            Misconception(
                "powers-of-two",
                powers_of_two,
                "One step up in the score: how many times as much is a share then, in your result?",
                EXP,
            ),
            Misconception(
                "not-divided",
                not_divided,
                "Every number is positive now. What do they add up to?",
                EXP,
            ),
            Misconception(
                "input-changed",
                in_place,
                "Print the input before and after calling your function.",
                BREAK,
            ),
            Misconception(
                "twice",
                twice,
                "Your shares are oddly even. How often has the exponential been taken?",
                MISTAKES,
            ),
        ),
    ),
    "temperature_softmax": Answers(
        reference=library.temperature_softmax,
        also_right=(guarded(lambda scores, t: plain(scores / t)), powers, another_base),
        misconceptions=(
            Misconception(
                "direction-reversed",
                guarded(lambda scores, t: plain(scores * t)),
                "Put in a temperature of a million. Which picture do you expect, and which comes?",
                TEMPERATURE,
            ),
            Misconception(
                "too-late",
                guarded(lambda scores, t: plain(scores) / t),
                "Add up your shares. At which step does the temperature act?",
                TEMPERATURE,
            ),
            Misconception(
                "power-not-divided",
                guarded(lambda scores, t: plain(scores) ** (1 / t)),
                "Every share was raised to a power. Do they still add up?",
                TEMPERATURE,
            ),
            Misconception(
                "no-maximum-subtracted",
                guarded(lambda scores, t: no_maximum(scores / t)),
                "How large do scores of 300 get at a temperature of 0.1? What is exp of that?",
                STABLE,
            ),
            Misconception(
                "shares-warmed-again",
                guarded(lambda scores, t: plain(plain(scores) / t)),
                "What goes into the softmax, scores or shares? How often is it taken?",
                MISTAKES,
            ),
            Misconception(
                "temperature-ignored",
                guarded(lambda scores, t: plain(scores)),
                "Call your function with two temperatures. What changes? Remember what adding the "
                "same number to every score does.",
                TEMPERATURE,
            ),
            Misconception(
                "squared-temperature",
                guarded(lambda scores, t: plain(scores / t**2)),
                "How often does the temperature enter on the way from scores to shares?",
                TEMPERATURE,
            ),
            Misconception(
                "over-everything",
                guarded(lambda scores, t: over_everything(scores / t)),
                "How many rows share your 100 %? Each query has 100 % of its own.",
                AXIS,
            ),
            Misconception(
                "wrong-axis",
                guarded(lambda scores, t: wrong_axis(scores / t)),
                "Who shares the 100 %: the items that one query looks at, or the queries that look "
                "at one item? Sum along both axes.",
                AXIS,
            ),
            Misconception(
                "not-refused",
                unchecked,
                "What can a temperature of 0, or below it, mean? Who tells the caller?",
                TEMPERATURE,
            ),
            Misconception(
                "negative-allowed",
                zero_allowed_below,
                "Below zero the order of the scores turns round. Which temperatures make sense?",
                TEMPERATURE,
            ),
            Misconception(
                "assert-used",
                asserted,
                "Which kind of error does the task ask for? Assertions can be switched off.",
                TEMPERATURE,
            ),
        ),
    ),
}
