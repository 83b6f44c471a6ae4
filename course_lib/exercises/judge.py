"""Judge an answer: run its probes, compare with what is right, name the mistake."""

import copy
import itertools
import linecache
import re
import traceback
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from course_lib.exercises import surroundings
from course_lib.exercises.declare import Misconception, Probe, Task
from course_lib.exercises.relations import relation
from course_lib.exercises.running import Calls, Elsewhere, TooSlow, time_limit
from course_lib.exercises.wording import apart

SECONDS = 5  # a probe's time limit
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_LIBRARY = str(Path(__file__).resolve().parent.parent)
_noted: ContextVar[list[str]] = ContextVar("noted")  # inputs that a probe saw changed, by name


class Unfit(Exception):
    """Raised by a probe whose answer can't be used; the message is a symptom for the learner."""


@dataclass(frozen=True)
class Outcome:
    """What came of one probe: arrays by name, or what went wrong instead."""

    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    error: BaseException | None = None
    changed: str | None = None  # the input that was changed
    shortcut: str | None = None  # the forbidden call that was heard
    said: str | None = None  # the error in words


def note_changed(name: str) -> None:
    """Note, within a probe that draws its own inputs, that the answer changed one of them.

    It costs one probe, as for the inputs that ``run`` hands over; what came back is judged as ever.
    """
    _noted.get([]).append(name)


def run(
    probe: Probe,
    answer: object,
    inputs: Mapping[str, Any],
    *,
    forbids: Sequence[str] = (),
    seconds: float | None = SECONDS,
) -> Outcome:
    """Run one probe beside an answer; never raises for what the answer does.

    seconds: the time limit; None for the course's own implementations, which need none.
    """
    given = copy.deepcopy(inputs)
    calls = Calls()
    noted: list[str] = []
    token = _noted.set(noted)
    elsewhere = answer if isinstance(answer, Elsewhere) else None
    try:
        if elsewhere is not None:
            limit = elsewhere.limited(seconds or SECONDS)
        else:
            limit = time_limit(seconds) if seconds else nullcontext()
        ear = calls if forbids and elsewhere is None else nullcontext()
        foreign = bool(seconds) and elsewhere is None
        with surroundings.kept(foreign=foreign), limit, ear:
            arrays = _as_arrays(probe.run(answer, given))
    except (Exception, TooSlow) as error:
        shortcut = (elsewhere or calls).heard(forbids) if forbids else None
        return Outcome(error=error, shortcut=shortcut, said=error_in_words(error))
    finally:
        _noted.reset(token)
    noted += [name for name in inputs if not _same(inputs[name], given[name])]
    changed = noted[0] if noted else None
    shortcut = (elsewhere or calls).heard(forbids) if forbids else None
    return Outcome(arrays=arrays, changed=changed, shortcut=shortcut)


def _as_arrays(result):
    if not isinstance(result, dict):
        result = {"result": result}
    return {name: _as_array(value) for name, value in result.items()}


def _as_array(value):
    if value is None or (isinstance(value, np.ndarray) and value.dtype.hasobject and None in value):
        raise Unfit("your function returned None. Is there a `return` at its end?")
    if hasattr(value, "detach"):  # a torch tensor
        value = value.detach().cpu().numpy()
    try:
        array = np.asarray(value)
    except ValueError:
        array = None
    if array is None or array.dtype == object:
        raise Unfit(f"your function returned {_described(value)}, where numbers were expected.")
    return array


def _described(value):
    if isinstance(value, np.ndarray):
        inside = type(value.flat[0]).__name__ if value.size else "nothing"
        return f"an array of dtype object (its first entry is of type {inside})"
    if isinstance(value, (list, tuple)):
        return f"a {type(value).__name__} whose parts don't make one array"
    kind = type(value).__name__
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"


def _same(before, after):
    if isinstance(before, np.ndarray):
        return before.shape == after.shape and np.array_equal(before, after)
    return bool(np.all(before == after))


def symptom(
    probe: Probe, got: Outcome, want: Outcome, inputs: Mapping[str, Any], *, value: bool = False
) -> str | None:
    """Return a sentence that says what was measured where an outcome differs, or None if none does.

    got, want: Outcomes of the answer and of the reference on the same inputs. For a question whose
    answer is a value, the right one is never told.
    """
    if isinstance(got.error, TooSlow):
        return f"it was stopped after {SECONDS} seconds: too slow, or it never comes to an end."
    if got.error is not None:  # whatever is said of it, and be it nothing: it is no answer
        said = str(got.error) if type(got.error) is Unfit else got.said
        return said or f"it raised {type(got.error).__name__}, without a word."
    for name, wanted in want.arrays.items():
        if name not in got.arrays:
            return f"`{name}` is missing from what came back."
        array = got.arrays[name]
        difference = _differ(probe, array, wanted, name)
        if difference is None and name in probe.digits and (lost := _noise(probe, array, wanted)):
            return f"{_label(name)} {lost}"
        if difference is None:
            continue
        bare = array if list(want.arrays) == ["result"] else got.arrays
        texts = [a.dtype.kind in "US" for a in (array, wanted)]
        if array.shape == wanted.shape and texts[0] == texts[1]:
            for measure in probe.symptoms:
                if said := measure(bare, inputs):
                    return said
        if value:
            given = array.tolist()
            given = f"{given:g}" if isinstance(given, float) else repr(given)
            return f"your answer was {given}, and that is not right."
        pattern = relation(probe, array, wanted)
        return f"{_label(name)} {difference}{f' {pattern}' if pattern else ''}"
    return None


def changed_input(outcomes: Iterable[Outcome]) -> str | None:
    """Return a sentence about the input that an answer changed, or None if it changed none."""
    name = next((outcome.changed for outcome in outcomes if outcome.changed), None)
    if name is None:
        return None
    return f"your answer changed its input `{name}`; whoever called it still needs that."


def _label(name):
    if name == "result":
        return "your result"
    if name.startswith("shape of"):
        return f"the {name}"
    return f"your `{name}`" if name.isidentifier() else f"your result ({name})"


def _differ(probe, got, want, name):
    """Say how two arrays differ, or return None if they are the same within the tolerance."""
    if name.startswith("shape of"):  # the array is a shape itself
        shapes = [tuple(int(n) for n in np.atleast_1d(shape)) for shape in (got, want)]
        return None if shapes[0] == shapes[1] else f"is {shapes[0]}; here it should be {shapes[1]}."
    if got.shape != want.shape:
        return f"has shape {got.shape}; here it should be {want.shape}."
    if want.dtype.kind in "US" or got.dtype.kind in "US":
        return None if np.array_equal(got, want) else f"is {got.tolist()!r}."
    if (got.dtype == bool) != (want.dtype == bool):
        return f"holds numbers of type {got.dtype}; here it should hold {_kind(want)}."
    wrong = got != want if want.dtype == bool else ~probe.close(got, want)
    if not wrong.any():
        return None
    if np.issubdtype(got.dtype, np.integer) and not np.array_equal(want, np.round(want)):
        return f"holds whole numbers only ({got.dtype}), and fractions were cut off."
    at = tuple(int(i) for i in np.argwhere(wrong)[0])
    count = "" if wrong.sum() == 1 else f" ({int(wrong.sum())} of {wrong.size} entries are off)"
    seen, right = apart(got[at], want[at])
    expected = f"where {right} was expected{count}."
    if not at:
        return f"is {seen}, {expected}"
    place = at[0] if len(at) == 1 else at
    if np.issubdtype(want.dtype, np.integer):  # indices and counts: "0 at 0" would be a riddle
        return f"has {seen} in place {place}, {expected}"
    return f"is {seen} at {place}, {expected}"


def _noise(probe, got, want):
    """Say which small entry of an array that is right on the whole has lost its digits, or None."""
    wrong = np.argwhere(~probe.close_by_size(got, want))
    if len(wrong) == 0:
        return None
    at = tuple(int(i) for i in wrong[0])
    seen, right = apart(got[at], want[at])
    return (
        f"is {seen} at {at[0] if len(at) == 1 else at}, where {right} was expected: a quotient of "
        "differences loses its digits there, and so do float16 and float32; a formula in float64 "
        "keeps them."
    )


def is_by_differences(probe: Probe, got: Outcome, want: Outcome) -> bool:
    """Say whether an answer is right on the whole, and wrong where differences lose digits."""
    both = [(got.arrays[n], want.arrays[n]) for n in probe.digits if n in got.arrays]
    return any(
        one.shape == other.shape
        and bool(probe.close(one, other).all())
        and _noise(probe, one, other) is not None
        for one, other in both
    )


def _kind(array):
    return "booleans (True or False)" if array.dtype == bool else "numbers"


def error_in_words(error: BaseException) -> str:
    """Say which of the learner's lines raised what; frames of the library are left out."""
    if told := getattr(error, "told", None):  # it was raised in another process, and told there
        return str(told)
    said = f"it raised {type(error).__name__}: {error}"
    if isinstance(error, NotImplementedError):
        said = "one part is not written yet"
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        f
        for f in frames
        if not f.filename.startswith(_LIBRARY) and "site-packages" not in f.filename
    ]
    if not own:  # raised by the library or by a probe, none of the learner's own lines
        said = f"{type(error).__name__}: {error}"
        return f"calling your answer, or using what it gave back, raised {said}"
    if line := linecache.getline(own[-1].filename, own[-1].lineno or 0).strip():
        said += f"  (at `{line}`)"
    return said


def alike(probe: Probe, one: Outcome, other: Outcome) -> bool:
    """Say whether two outcomes are the same: the same arrays, or the same kind of failure."""
    if one.error is not None or other.error is not None:
        if isinstance(one.error, Unfit) and isinstance(other.error, Unfit):
            return str(one.error) == str(other.error)
        return _meaning(one.error) == _meaning(other.error)
    if one.arrays.keys() != other.arrays.keys() or bool(one.changed) != bool(other.changed):
        return False
    return all(_equal(probe, one.arrays[name], other.arrays[name]) for name in one.arrays)


def _meaning(error: BaseException | None) -> tuple[str, str]:
    """Return what an error says, but for the names that its author chose."""
    text = re.sub(r"[\w.<>]+\(\)", "it()", str(error)).strip("'\"")
    return type(error).__name__, ADDRESS.sub("", text)


def _equal(probe, one, other):
    if one.shape != other.shape:
        return False
    if one.dtype.kind in "USb" or other.dtype.kind in "USb":
        return np.array_equal(one, other)
    return bool(probe.close(one, other).all())


def outcomes_of(task: Task, answer: Any, inputs: Mapping[str, Any]) -> dict[str, Outcome]:
    """Return what each probe makes of one of the course's own implementations, right or wrong."""
    if task.value:
        answer = answer(copy.deepcopy(inputs))
    return {key: run(probe, answer, inputs, seconds=None) for key, probe in task.probes.items()}


def diagnose(
    task: Task,
    mistakes: Iterable[tuple[Misconception, Mapping[str, Outcome]]],
    outcomes: Mapping[str, Outcome],
    failed: set[str],
) -> Misconception | None:
    """Return the Misconception whose wrong implementation does what the answer did, or None.

    mistakes: pairs (misconception, its outcomes on the same inputs). It must agree on every failed
    probe; among those, the one that agrees on most probes wins.
    """
    best, best_agreed = None, -1
    in_order = sorted(task.probes, key=lambda key: key not in failed)  # the failed ones first
    for misconception, wrong in mistakes:
        agrees = (alike(task.probes[key], outcomes[key], wrong[key]) for key in in_order)
        if not all(itertools.islice(agrees, len(failed))):
            continue
        agreed = len(failed) + sum(agrees)
        if agreed > best_agreed:
            best, best_agreed = misconception, agreed
    return best
