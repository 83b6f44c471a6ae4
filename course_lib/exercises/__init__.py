"""The exercises: ``check`` for people, ``examine`` for programs, ``ask`` shows a question.

>>> from course_lib.exercises import check, examine
>>> check("dot", lambda a, b: sum(x * y for x, y in zip(a, b)))
✓ dot: 3 of 3 points. What held: one number comes back; the products are summed; \
integers and negative numbers work.
>>> examine("dot", lambda a, b: a * b).diagnosis
'no-sum'
"""

import functools
import hashlib
import secrets
from dataclasses import dataclass

import numpy as np

from course_lib.exercises import judge, progress, running
from course_lib.exercises.catalogue import answers_of, names, task_of

__all__ = ["CheckFailed", "Report", "ask", "check", "examine", "names", "task_of"]


@dataclass(frozen=True)
class Report:
    """What came of an examination. ``earned`` is from 0 to ``points``; ``seed`` repeats it.

    probes: for each probe its name, what holds if it passes, and the symptom (None if it passed).
    """

    name: str
    passed: bool
    attempted: bool
    earned: int
    points: int
    diagnosis: str | None
    message: str
    probes: tuple[tuple[str, str, str | None], ...] = ()
    seed: int | None = None
    variant: str | None = None


class CheckFailed(AssertionError):
    """An answer that is not right yet. In a notebook only the message is shown, no traceback."""

    def _render_traceback_(self):
        return str(self).splitlines()


def check(name, answer, *, seed=None, variant=None):
    """Check an answer for a person: print what held, or raise CheckFailed with symptom and hint.

    name: the exercise's name. answer: a function, a class, or a value, as the exercise asks for.
    Raises: CheckFailed; KeyError for an unknown name.
    """
    report = examine(name, answer, seed=seed, variant=variant)
    tries = progress.remember(report, answer)
    if report.passed:
        print(report.message)
        return
    if tries >= 3:
        progress.offer_solution(name, task_of(name).lesson)
    raise CheckFailed(report.message)


def examine(name, answer, *, seed=None, variant=None):
    """Examine an answer for a program: return a Report, whatever the answer does.

    Without a seed the inputs are fresh on each call. A question with numbers draws them from the
    variant (any text: a student's name), or from the seed where only that is given.
    Raises: KeyError for an unknown name, with the nearest ones.
    """
    task = task_of(name)
    if task.value and seed is None:
        variant = variant or progress.own_variant()
    seed = secrets.randbits(32) if seed is None and not task.value else seed
    if untouched(answer):
        return _not_attempted(task, seed, variant)
    inputs, _ = _right(name, seed, variant)
    outcomes = probed(task, answer, inputs)
    return _judged(task, answer, outcomes, seed, variant)


def probed(task, answer, inputs):
    """Run every probe of a task beside an answer: {name of the probe: judge.Outcome}."""
    outcomes, seconds = {}, judge.SECONDS
    for key, probe in task.probes.items():
        outcomes[key] = judge.run(probe, answer, inputs, forbids=task.forbids, seconds=seconds)
        if isinstance(outcomes[key].error, running.TooSlow):
            seconds = judge.SECONDS / 5  # a second endless loop need not be waited for as long
    return outcomes


def judge_outcomes(name, outcomes, *, seed=None, variant=None):
    """Judge what came of an answer that ran elsewhere: None if it was left untouched.

    outcomes: what ``probed`` returned there, on inputs of the same seed and variant.
    """
    if outcomes is None:
        return _not_attempted(task_of(name), seed, variant)
    return _judged(task_of(name), None, outcomes, seed, variant)


def _judged(task, answer, outcomes, seed, variant):
    inputs, right = _right(task.name, seed, variant)
    symptoms = {
        key: judge.symptom(probe, outcomes[key], right[key], inputs, value=task.value)
        for key, probe in task.probes.items()
    }
    if all(isinstance(o.error, NotImplementedError) for o in outcomes.values()):
        return _not_attempted(task, seed, variant)
    return _report(task, answer, inputs, outcomes, symptoms, seed, variant)


def ask(name, *, variant=None):
    """Show the question of an exercise whose answer is a value, with the numbers of the variant."""
    from IPython.display import Markdown, display

    task = task_of(name)
    if task.question is None:
        raise ValueError(f"exercise {name!r} has no question to show; its answer is a function.")
    inputs = _inputs(task, None, variant or progress.own_variant())
    display(Markdown(task.question(inputs) + "\n\n"))


@functools.lru_cache(maxsize=4)
def _right(name, seed, variant):
    """Return (inputs, what each probe makes of the reference)."""
    task, answers = task_of(name), answers_of(name)
    inputs = _inputs(task, seed, variant)
    right = judge.outcomes_of(task, answers.reference, inputs)
    for key, outcome in right.items():
        if outcome.error is not None:
            raise RuntimeError(
                f"the reference of {name!r} fails its probe {key!r}"
            ) from outcome.error
    return inputs, right


@functools.lru_cache(maxsize=4)
def _mistakes(name, seed, variant):
    """Return pairs (misconception, what each probe makes of its wrong implementation)."""
    task, inputs = task_of(name), _right(name, seed, variant)[0]
    known = answers_of(name).misconceptions
    return [(mistake, judge.outcomes_of(task, mistake.wrong, inputs)) for mistake in known]


def _inputs(task, seed, variant):
    if variant is not None:
        digest = hashlib.sha256(f"{task.name}/{variant}".encode()).digest()
        seed = int.from_bytes(digest[:8], "big")
    return task.inputs(np.random.default_rng(seed))


def untouched(answer):
    """Say whether an answer is still the placeholder of its exercise."""
    return answer is None or answer is ... or (isinstance(answer, str) and not answer.strip(" .…?"))


def _not_attempted(task, seed, variant):
    message = (
        f"○ {task.name}: not attempted yet. Replace the placeholder with your answer and run again."
    )
    return Report(task.name, False, False, 0, task.points, None, message, (), seed, variant)


def _report(task, answer, inputs, outcomes, symptoms, seed, variant):
    shortcut = next((o.shortcut for o in outcomes.values() if o.shortcut), None)
    failed = {key for key, said in symptoms.items() if said}
    earned = sum(p.points for key, p in task.probes.items() if key not in failed)
    if shortcut:
        earned, diagnosis = 0, "shortcut"
        said = f"your answer calls `{shortcut}`, the very thing this exercise asks you to write."
        message = _message(task, earned, said, None, None)
    elif not failed:
        diagnosis = None
        held = "; ".join(probe.holds for probe in task.probes.values())
        message = f"✓ {task.name}: {earned} of {task.points} points. What held: {held}."
    else:
        said = next(symptoms[key] for key in task.probes if key in failed)
        found = judge.diagnose(task, _mistakes(task.name, seed, variant), outcomes, failed)
        diagnosis = found.slug if found else _generic(task, answer, inputs, outcomes, failed)
        hint, reread = (found.hint, found.reread) if found else (None, None)
        message = _message(task, earned, said, hint, reread)
    probes = tuple((key, probe.holds, symptoms[key]) for key, probe in task.probes.items())
    passed = not failed and not shortcut
    return Report(
        task.name, passed, True, earned, task.points, diagnosis, message, probes, seed, variant
    )


def _message(task, earned, symptom, hint, reread):
    lines = [
        f"✗ {task.name}: {earned} of {task.points} points so far.",
        f"What happened: {symptom}",
    ]
    if hint:
        lines.append(f"Where to look: {hint}")
    if reread:
        lines.append(f"Read again: {reread}")
    return "\n".join(lines)


def _generic(task, answer, inputs, outcomes, failed):
    """Name the mistakes that any exercise can meet, or return None."""
    outcome = next(outcomes[key] for key in task.probes if key in failed)
    if isinstance(outcome.error, judge.Unfit):
        return "returns-none" if "returned None" in str(outcome.error) else "unfit"
    if isinstance(outcome.error, running.TooSlow):
        return "never-returns"
    if outcome.error is not None:
        return "raises"
    if outcome.changed:
        return "changes-input"
    if task.value:
        return None
    got = list(outcome.arrays.values())
    if any(
        isinstance(i, np.ndarray) and np.array_equal(g, i) for g in got for i in inputs.values()
    ):
        return "returns-input"
    if answer is None:  # it is not here to be asked again
        return "wrong-numbers"
    again = task.inputs(np.random.default_rng(0))
    probe = next(probe for key, probe in task.probes.items() if key in failed)
    other = judge.run(probe, answer, again)
    if other.error is None and judge.alike(probe, outcome, other):
        return "constant"
    return "wrong-numbers"
