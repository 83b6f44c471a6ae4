"""The exercises: ``check`` for people, ``examine`` for programs, ``ask`` shows a question.

Example:
    >>> from course_lib.exercises import check, examine
    >>> check("dot", lambda a, b: sum(x * y for x, y in zip(a, b)))  # doctest: +ELLIPSIS
    ✓ dot: 3 of 3 points. What held: one number comes back; the products are summed; ...
    >>> examine("dot", lambda a, b: a * b).diagnosis
    'no-sum'
"""

import os

from course_lib.exercises import hooks
from course_lib.exercises.catalogue import names, task_of
from course_lib.exercises.examining import examine, inputs_of
from course_lib.exercises.report import CheckFailed, Report

__all__ = ["CheckFailed", "Report", "ask", "check", "examine", "names", "task_of"]

MIME = "application/vnd.attention-course.report+json"  # a report among a cell's outputs
WANTED = "COURSE_REPORTS"  # set in the environment by who reads them


def check(
    name: str, answer: object, *, seed: int | None = None, variant: str | None = None
) -> None:
    """Check an answer for a person: print what held, or raise CheckFailed with symptom and hint.

    name: the exercise's name. answer: a function, a class, or a value, as the exercise asks for.

    Raises:
        CheckFailed: the answer is not right yet.
        KeyError: there is no exercise of this name.
    """
    report = examine(name, answer, seed=seed, variant=variant)
    hooks.checked(report, answer)
    if os.environ.get(WANTED):
        from IPython.display import display

        display({MIME: report.as_json()}, raw=True)
    if not report.passed:
        raise CheckFailed(report)
    print(report.shown)


def ask(name: str, *, variant: str | None = None) -> None:
    """Show the question of an exercise whose answer is a value, with the numbers of the variant."""
    from IPython.display import Markdown, display

    task = task_of(name)
    if task.question is None:
        raise ValueError(f"exercise {name!r} has no question to show; its answer is a function.")
    inputs = inputs_of(task, None, variant or hooks.variant())
    display(Markdown(f"{task.question(inputs)}\n\n"))
