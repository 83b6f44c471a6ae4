"""A teacher's own marks: ``overrides.csv``, which is only read, so that it holds for every run."""

import math
from collections.abc import Mapping
from dataclasses import replace

from course_lib.files.cells import Trouble
from course_lib.files.tables import number, rows_of
from course_lib.grading.marks import Mark
from course_lib.grading.runs import Run

FILE = "overrides.csv"
NO_REASON = "set by the teacher"


def overridden(run: Run, marks: Mapping[str, Mark]) -> tuple[dict[str, Mark], list[str]]:
    """Return (the marks with the teacher's own points, [what is wrong with a line, or the file]).

    The file has the columns student, exercise, points, reason.
    """
    marks, file, wrong = dict(marks), run.folder / FILE, []
    for line, each in _lines(file, wrong) if file.exists() else ():
        known = run.release.by_id(each["student"]) or run.release.student(each["student"])
        student, exercise = known.id if known else each["student"], each["exercise"]
        try:
            points = number(each["points"])
        except ValueError:
            points = math.nan
        if student not in marks or exercise not in run.release.points:
            wrong.append(f"{file}, line {line}: no {exercise!r} of a student {student!r}.")
        elif not (math.isfinite(points) and points >= 0):
            wrong.append(f"{file}, line {line}: points must be a number, 0 or more.")
        elif marks[student].of(exercise).by_hand:
            wrong.append(f"{file}, line {line}: {exercise} of {student} is set twice.")
        else:
            reason = each.get("reason") or NO_REASON
            marks[student] = _set(marks[student], exercise, points, reason)
    return marks, wrong


def _lines(file, wrong):
    """Yield the lines of a file until one can't be read."""
    try:
        yield from rows_of(file, ["student", "exercise", "points"])
    except Trouble as trouble:
        wrong.append(str(trouble))


def _set(mark, name, points, reason):
    """Return a mark with other points for one exercise."""
    exercises = (
        replace(each, earned=points, by_hand=reason) if each.name == name else each
        for each in mark.exercises
    )
    made = replace(mark, exercises=tuple(exercises))
    if mark.to_read and not made.to_read:  # the last one that waited
        made = replace(made, blank=False, problem=None)
    return made
