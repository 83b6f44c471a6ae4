"""Code 02: what is right, and what tempts."""

import numpy as np

from course_lib import softmax as library
from course_lib.exercises.declare import Answers


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


def maximum_without_keepdims(scores, axis=-1):
    raised = np.exp(scores - np.max(scores, axis=axis))
    return raised / raised.sum(axis=axis, keepdims=True)


def no_keepdims_at_all(scores, axis=-1):
    raised = np.exp(scores - np.max(scores, axis=axis))
    return raised / raised.sum(axis=axis)


def two_axes_only(scores, axis=-1):
    raised = np.exp(scores - scores.max(axis=axis)[:, None])
    return raised / raised.sum(axis=axis)[:, None]


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


ANSWERS = {
    "softmax": Answers(
        reference=library.softmax,
        also_right=(plain, by_loop, by_log_sum_exp),
        wrong={
            "no-maximum-subtracted": no_maximum,
            "global-maximum": global_maximum,
            "tiny-number-added": tiny_number_added,
            "maximum-after-exp": maximum_too_late,
            "wrong-axis": wrong_axis,
            "axis-ignored": fixed_axis,
            "over-everything": over_everything,
            "summed-over-all": summed_over_all,
            "always-axis-1": lambda scores, axis=-1: plain(scores, axis=1),
            "mean-subtracted": minus(np.mean),
            "minimum-subtracted": minus(np.min),
            "divided-by-the-maximum": divided_by_maximum,
            "sign-flipped": sign_flipped,
            "smallest-wins": lambda scores, axis=-1: plain(-np.asarray(scores), axis=axis),
            "no-keepdims": no_keepdims,
            "maximum-without-keepdims": maximum_without_keepdims,
            "no-keepdims-at-all": no_keepdims_at_all,
            "two-axes-only": two_axes_only,
            "no-exp": no_exp,
            "powers-of-two": powers_of_two,
            "not-divided": not_divided,
            "input-changed": in_place,
            "twice": twice,
        },
    ),
    "temperature_softmax": Answers(
        reference=library.temperature_softmax,
        also_right=(guarded(lambda scores, t: plain(scores / t)), powers, another_base),
        wrong={
            "direction-reversed": guarded(lambda scores, t: plain(scores * t)),
            "too-late": guarded(lambda scores, t: plain(scores) / t),
            "power-not-divided": guarded(lambda scores, t: plain(scores) ** (1 / t)),
            "no-maximum-subtracted": guarded(lambda scores, t: no_maximum(scores / t)),
            "no-maximum-and-not-refused": lambda scores, temperature: no_maximum(
                np.asarray(scores) / temperature
            ),
            "shares-warmed-again": guarded(lambda scores, t: plain(plain(scores) / t)),
            "temperature-ignored": guarded(lambda scores, t: plain(scores)),
            "squared-temperature": guarded(lambda scores, t: plain(scores / t**2)),
            "over-everything": guarded(lambda scores, t: over_everything(scores / t)),
            "wrong-axis": guarded(lambda scores, t: wrong_axis(scores / t)),
            "not-refused": unchecked,
            "left-to-softmax": lambda scores, temperature: library.softmax(
                np.asarray(scores) / temperature
            ),
            "negative-allowed": zero_allowed_below,
            "assert-used": asserted,
        },
    ),
}
