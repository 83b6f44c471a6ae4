"""Probes and symptoms that many exercises share: letters, numbers, rankings; row sums, nan."""

import numbers as kinds_of_numbers
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np

from course_lib.exercises import reading
from course_lib.exercises.declare import Probe
from course_lib.exercises.judge import Unfit
from course_lib.exercises.wording import apart

# Probes for questions whose answer is a value ------------------------------------------------


def letter(
    options: Collection[str], holds: str = "that is what happens", points: int = 1
) -> dict[str, Probe]:
    """One letter out of the options, in either case: {"choice": Probe}."""
    return {"choice": _one_of(options, "letter", holds, points)}


def word(
    options: Collection[str], holds: str = "that is the one", points: int = 1
) -> dict[str, Probe]:
    """One word out of the options, in either case: {"word": Probe}."""
    return {"word": _one_of(options, "word", holds, points)}


def _one_of(options, kind, holds, points) -> Probe:
    def run(answer, inputs):
        chosen = reading.word(answer)
        if chosen not in tuple(options):  # in "abcd" there are "" and "ab", too
            raise Unfit(f"answer with one {kind} out of {', '.join(options)}; yours is {answer!r}.")
        return np.array(chosen)

    return Probe(run, holds, points, spelled=reading.spelled_word, reads=kind)


def ranking(
    items: Collection[str], holds: str = "the order is right", points: int = 1
) -> dict[str, Probe]:
    """All items in an order, as a list of words: {"order": Probe}."""

    def run(answer, inputs):
        given = reading.words(answer)
        if sorted(given) != sorted(items):
            yours = given if isinstance(answer, (str, list, tuple)) else answer
            raise Unfit(f"answer with a list of {', '.join(items)}, each once; yours is {yours}.")
        return np.array(given)

    spelled = reading.spelled_words
    return {"order": Probe(run, holds, points, spelled=spelled, reads="words")}


def number(within: float, holds: str = "the number fits", points: int = 1) -> dict[str, Probe]:
    """One number, right if it is off by no more than ``within``: {"number": Probe}."""

    def run(answer, inputs):
        return one_number(answer, "answer with one number alone")

    spelled = reading.spelled_number
    probe = near(run, holds, within=within, spelled=spelled, points=points, reads="number")
    return {"number": probe}


def percent(within: float, holds: str = "the number fits", points: int = 1) -> dict[str, Probe]:
    """One number of per cent: {"number": Probe}. A fifth (0.2 for 20) is not taken for nothing."""

    def run(answer, inputs):
        read = one_number(answer, "answer with one number alone")
        return {"number": read, "nothing": np.array(read == 0)}

    def said(got, inputs):
        return f"your answer was {got['number']:g}, and that is not right."

    spelled = reading.spelled_number
    probe = near(run, holds, said, within=within, spelled=spelled, points=points, reads="percent")
    return {"number": probe}


def near(
    run: Callable,
    holds: str,
    *symptoms: Callable,
    within: float,
    spelled: Callable,
    points: int = 2,
    reads: str = "",
) -> Probe:
    """Return a Probe of a value whose numbers may be off by so much, whatever their size."""
    return Probe(
        run,
        holds,
        points,
        symptoms,
        tolerance=0.0,
        absolute=within,
        spelled=spelled,
        reads=reads,
    )


def one_number(
    answer: object, wanted: str, *, known: Collection[float] | None = None
) -> np.ndarray:
    """Read one number, one of those known if they are given.

    Raises:
        Unfit: it is none; what is wanted is said.
    """
    read = reading.number(answer)
    if read is None or (known is not None and read not in known):
        advice = _advice(answer) if known is None else ""
        raise Unfit(f"{wanted}; yours is {answer!r}.{advice}")
    return np.array(read)


def _advice(answer) -> str:
    if reading.thousands(answer):
        return " Write it without commas."
    if isinstance(answer, str) and answer.count(",") == 1:
        return " Write the decimal point as a point."
    return ""


def two_numbers(answer: object) -> np.ndarray:
    """Read an arrow: [1, -0.5], a tuple, an array, or text that looks like one of them."""
    return several_numbers(answer, 2, "answer with two numbers, such as [1, -0.5]")


def numbers(
    count: int, holds: str = "the numbers fit", *, within: float, points: int = 1
) -> dict[str, Probe]:
    """So many numbers in a list, each right if it is off by no more than ``within``."""

    def run(answer, inputs):
        return several_numbers(answer, count, f"answer with a list of {count} numbers")

    def said(got, inputs):
        return f"your numbers were [{', '.join(f'{n:g}' for n in got)}]."

    spelled = reading.spelled_numbers
    probe = near(run, holds, said, within=within, spelled=spelled, points=points, reads="numbers")
    return {"numbers": probe}


def several_numbers(answer: object, count: int, wanted: str) -> np.ndarray:
    """Return an answer as an array of so many numbers, (count,).

    Raises:
        Unfit: it is none; what is wanted is said.
    """
    read = reading.numbers(answer, count)
    if read is None:
        raise Unfit(f"{wanted}; yours is {answer!r}.")
    return read


# What a probe can ask of a function ----------------------------------------------------------


def refusal(call: Callable, argument: str, case: str) -> np.ndarray:
    """Return True if the call raises a ValueError that names the argument; else say what it did.

    The name counts as a whole word, in any case: "Temperature must be positive" names it.

    case: the call in words, "temperature = 0".
    """
    try:
        result = call()
    except ValueError as error:
        if not re.search(rf"(?<!\w){re.escape(argument)}(?!\w)", str(error), re.IGNORECASE):
            raise Unfit(
                f"for {case} your ValueError says {str(error)!r}; it should name `{argument}`."
            ) from None
        return np.array(True)
    except AssertionError:
        raise Unfit(
            f"for {case} an `assert` of yours raised AssertionError; a ValueError was due."
        ) from None
    raise Unfit(
        f"{case} should raise a ValueError; your function returned {type(result).__name__}."
    )


def counted(result: Any) -> Any:
    """Return the result if it is a whole number by type; else say what it is."""
    if result is not None and not isinstance(result, kinds_of_numbers.Integral):
        raise Unfit("your function should return a count, an int without a decimal point.")
    return result


def frozen(array: np.ndarray) -> np.ndarray:
    """Return a copy that raises an error where an answer would change it."""
    array = np.array(array)
    array.setflags(write=False)
    return array


def by_case(cases: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Turn {case: {what: array}} into {"what of case": array}."""
    return {f"{what} of {case}": a for case, found in cases.items() for what, a in found.items()}


def pair(result: Any) -> Sequence:
    """Return (output, weights) as they came, or say that something else came."""
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise Unfit(
            f"your function should return two things, (output, weights); it returned "
            f"{'one' if not isinstance(result, (tuple, list)) else len(result)}."
        )
    return result


# Symptoms: (got, inputs) -> a sentence, or None ----------------------------------------------


def row_sums(name: str | None = None, what: str = "weights") -> Callable:
    """Measure the sums along the last axis; speak where one is not 1."""

    def measure(got, inputs):
        table = got[name] if name else got
        sums = np.atleast_1d(table.sum(axis=-1))
        off = np.argwhere(~np.isclose(sums, 1, atol=1e-3) & np.isfinite(sums))
        if len(off) == 0:
            return None
        at = tuple(int(i) for i in off[0])
        row = "" if table.ndim == 1 else f"row {at[0] if len(at) == 1 else at} of "
        total, _ = apart(sums[at], 1, digits=3)
        return f"{row}your {what} {'sums' if row else 'sum'} to {total}; shares sum to 1."

    return measure


def nans(name: str | None = None) -> Callable:
    """Speak where a result is nan or infinite."""

    def measure(got, inputs):
        table = np.atleast_1d(got[name] if name else got)
        off = np.argwhere(~np.isfinite(table))
        if len(off) == 0:
            return None
        at = tuple(int(i) for i in off[0])
        return f"entry {at[0] if len(at) == 1 else at} of your result is {table[at]}."

    return measure


def negatives(name: str | None = None, what: str = "weights") -> Callable:
    """Speak where a share is below 0."""

    def measure(got, inputs):
        table = np.atleast_1d(got[name] if name else got)
        off = np.argwhere(table < -1e-9)
        if len(off) == 0:
            return None
        at = tuple(int(i) for i in off[0])
        return f"entry {at[0] if len(at) == 1 else at} of your {what} is {table[at]:.3g}, below 0."

    return measure


def shares(*names: str, what: str = "weights") -> tuple[Callable, ...]:
    """Speak where weights are no shares: not finite, below 0, or not 1 in sum. By name, if any."""
    of_each = (
        (nans(name), negatives(name, what), row_sums(name, what)) for name in names or (None,)
    )
    return tuple(measure for three in of_each for measure in three)
