"""Examine an answer: run its probes, judge what came, find the mistake, write the report."""

import functools
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from course_lib.exercises import hooks, judge, running, values
from course_lib.exercises.catalogue import answers_of, task_of
from course_lib.exercises.declare import Misconception, Task
from course_lib.exercises.report import Probed, Report

READ_ONLY = "kinds"  # the probe that costs who changes an input; the last, where none is so named
CHANGED = (
    "Print that input before the call and after it. Which of your lines writes into it, where it "
    "could make something new?"
)
BY_DIFFERENCES = "by-differences"
DERIVE = "A difference is a good test of a formula. Write down the derivative itself."
NO_RESULT = {  # nothing came back that a hint of last resort could speak of, by diagnosis
    "raises": "Print what goes into the line that raised it: are its shape and its type the ones "
    "that you expect?",
    "never-returns": "Which of your loops has no end, or takes a step for each pair of numbers? "
    "Try it with two numbers first.",
}
Inputs = dict[str, Any]  # what a task drew, by name
Outcomes = Mapping[str, judge.Outcome]  # by the name of the probe


def examine(
    name: str, answer: object, *, seed: int | None = None, variant: str | None = None
) -> Report:
    """Examine an answer for a program: return a Report, whatever the answer does.

    Without a seed the inputs are fresh on each call. A question with numbers draws them from the
    variant (any text: a student's name), or from the seed where only that is given.

    Raises:
        KeyError: there is no exercise of this name; it lists the nearest ones.
    """
    task = task_of(name)
    if task.value and seed is None:
        variant = variant or hooks.variant()
    seed = secrets.randbits(32) if seed is None and not task.value else seed
    if untouched(answer):
        return _not_attempted(task, seed, variant)
    inputs, _ = _right(name, seed, variant)
    outcomes = probed(task, answer, inputs)
    return _judged(task, answer, outcomes, seed, variant)


def probed(task: Task, answer: object, inputs: Inputs) -> dict[str, judge.Outcome]:
    """Run every probe of a task beside an answer: {name of the probe: judge.Outcome}."""
    outcomes: dict[str, judge.Outcome] = {}
    seconds: float = judge.SECONDS
    for key, probe in task.probes.items():
        run = values.run if task.value else judge.run
        outcomes[key] = run(probe, answer, inputs, forbids=task.forbids, seconds=seconds)
        if isinstance(outcomes[key].error, running.TooSlow):
            seconds = judge.SECONDS / 5  # a second endless loop need not be waited for as long
    return outcomes


def judge_outcomes(
    name: str,
    outcomes: Outcomes | None,
    *,
    seed: int | None = None,
    variant: str | None = None,
) -> Report:
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
    if (said := judge.changed_input(outcomes.values())) is not None:
        key = READ_ONLY if READ_ONLY in task.probes else list(task.probes)[-1]
        symptoms[key] = said  # it costs one probe; the others judge the numbers
    if all(isinstance(o.error, NotImplementedError) for o in outcomes.values()):
        return _not_attempted(task, seed, variant)
    report = _report(task, answer, inputs, outcomes, symptoms, seed, variant)
    if report.diagnosis == "shortcut" or not _is_numeric(task, outcomes, right):
        return report
    named = (
        mistake
        for mistake, wrong in mistakes(task.name, seed, variant)
        if _is_numeric(task, wrong, right) and mistake.slug in (report.diagnosis, BY_DIFFERENCES)
    )
    found, otherwise = next(named, None), answers_of(task.name).fallback
    return replace(
        report,
        earned=0,
        diagnosis=found.slug if found else BY_DIFFERENCES,
        symptom=next(symptoms[key] for key, probe in task.probes.items() if probe.digits),
        hint=found.hint if found else DERIVE,
        reread=found.reread if found else otherwise and otherwise.reread,
    )


def _is_numeric(task, outcomes, right):
    """Say whether an answer's numbers were found by differences, where a formula was asked for."""
    return any(
        judge.is_by_differences(probe, outcomes[key], right[key])
        for key, probe in task.probes.items()
    )


def right(name: str, seed: int | None, variant: str | None) -> dict[str, dict[str, np.ndarray]]:
    """Return what is right for these inputs, as each probe reads it from the reference."""
    return {key: outcome.arrays for key, outcome in _right(name, seed, variant)[1].items()}


@functools.lru_cache(maxsize=4)
def _right(name, seed, variant):
    """Return (inputs, what each probe makes of the reference)."""
    task, answers = task_of(name), answers_of(name)
    inputs = inputs_of(task, seed, variant)
    right = judge.outcomes_of(task, answers.reference, inputs)
    for key, outcome in right.items():
        if outcome.error is not None:
            raise RuntimeError(
                f"the reference of {name!r} fails its probe {key!r}"
            ) from outcome.error
    return inputs, right


@functools.lru_cache(maxsize=4)
def mistakes(
    name: str, seed: int | None, variant: str | None
) -> list[tuple[Misconception, dict[str, judge.Outcome]]]:
    """Return pairs (misconception, what each probe makes of its wrong implementation)."""
    task, inputs = task_of(name), _right(name, seed, variant)[0]
    known = answers_of(name).misconceptions
    return [(mistake, judge.outcomes_of(task, mistake.wrong, inputs)) for mistake in known]


def inputs_of(task: Task, seed: int | None, variant: str | None) -> Inputs:
    """Return the inputs of a task: of this variant, else of this seed, else fresh ones."""
    if variant is not None:
        digest = hashlib.sha256(f"{task.name}/{variant}".encode()).digest()
        seed = int.from_bytes(digest[:8], "big")
    return task.inputs(np.random.default_rng(seed))


def untouched(answer: object) -> bool:
    """Say whether an answer is still the placeholder of its exercise."""
    return answer is None or answer is ... or (isinstance(answer, str) and not answer.strip(" .…?"))


def _not_attempted(task: Task, seed: int | None, variant: str | None) -> Report:
    return Report(task.name, False, False, 0, task.points, seed=seed, variant=variant)


def _report(task, answer, inputs, outcomes, symptoms, seed, variant):
    failed = {key for key, said in symptoms.items() if said is not None}
    held = [probe for key, probe in task.probes.items() if key not in failed]
    earned = 0 if all(probe.aside for probe in held) else sum(probe.points for probe in held)
    probes = tuple(
        Probed(key, probe.points, probe.holds, symptoms[key]) for key, probe in task.probes.items()
    )
    diagnosis = symptom = hint = reread = None
    if shortcut := next((o.shortcut for o in outcomes.values() if o.shortcut), None):
        earned, diagnosis = 0, "shortcut"
        symptom = f"your answer calls `{shortcut}`, the very thing this exercise asks you to write."
    elif failed:
        first = next(symptoms[key] for key in task.probes if key in failed)
        changed = judge.changed_input(outcomes.values())
        symptom = changed or first
        known = [
            (mistake, wrong)  # the hint has to fit what is said
            for mistake, wrong in mistakes(task.name, seed, variant)
            if bool(judge.changed_input(wrong.values())) == bool(changed)
        ]
        found = judge.diagnose(task, known, outcomes, failed)
        diagnosis = found.slug if found else _generic(task, answer, inputs, outcomes, failed)
        if changed and not found:
            hint = CHANGED
        elif where := found or answers_of(task.name).fallback:
            hint, reread = where.hint, where.reread
            hint = hint if found else NO_RESULT.get(str(diagnosis), hint)
    return Report(
        task.name,
        passed=symptom is None,
        attempted=True,
        earned=earned,
        points=task.points,
        diagnosis=diagnosis,
        symptom=symptom,
        hint=hint,
        reread=reread,
        probes=probes,
        seed=seed,
        variant=variant,
    )


def _generic(task, answer, inputs, outcomes, failed):
    """Name the mistakes that any exercise can meet, or return None."""
    outcome = next(outcomes[key] for key in task.probes if key in failed)
    if judge.changed_input(outcomes.values()):
        return "changes-input"
    if isinstance(outcome.error, judge.Unfit):
        return "returns-none" if "returned None" in str(outcome.error) else "unfit"
    if isinstance(outcome.error, running.TooSlow):
        return "never-returns"
    if outcome.error is not None:
        return "raises"
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
