"""Finished marks: one file a student, found again when a marking goes on."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.grading import times
from course_lib.grading.marks import Mark
from course_lib.grading.runs import Run
from course_lib.grading.submissions import MOODLE, Submission, digest

FOLDER = "students"  # of the folder of marks


def file_of(run: Run, student: str) -> Path:
    """Return where a student's mark is stored; the name comes from outside, so it is made tame."""
    tame = re.sub(r"[^\w@+-]+", "_", student).strip("_")[:40]
    if tame != student or re.search(r"-[0-9a-f]{8}$", tame):  # which looks like one of these
        tame += "-" + hashlib.sha256(student.encode("utf-8", "replace")).hexdigest()[:8]
    return run.folder / FOLDER / f"{tame}.json"


def store(run: Run, mark: Mark) -> None:
    """Write a mark, all or nothing."""
    cells.write_text(json.dumps(mark.as_json(), indent=1) + "\n", file_of(run, mark.student))


def read(file: Path) -> Mark | None:
    """Return a stored mark, or None where there is none, or something else.

    Raises:
        Trouble: a newer version of the course made it.
    """
    try:
        return Mark.from_json(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError):
        return None
    except Trouble as trouble:
        raise Trouble(f"{file} can't be read: {trouble}") from None


def stored(
    run: Run, student: str, submission: Submission, renewed: list[str] | None = None
) -> Mark | None:
    """Return a finished mark of this very submission in this very run, or None.

    renewed: a list that gets the student if there is one, but tasks or answers are others by now.
    """
    mark = read(file_of(run, student))
    if mark is None or mark.student != student or not run.fits(mark.run) or not _whole(run, mark):
        return None
    if mark.cells and mark.limit < run.seconds:  # one of them may get through now
        return None
    try:
        same = mark.submission == digest(submission.read())
    except Trouble:  # it can't be read, which is told once more
        return None
    if same and is_old(run, mark):
        if renewed is not None:
            renewed.append(student)
        return None
    return mark if same else None


def is_old(run: Run, mark: Mark) -> bool:
    """Say whether tasks and answers are others than those that judged a mark.

    Of the first edition's marks nobody knows; they stand.
    """
    return mark.tasks is not None and mark.tasks != run.tasks


def earlier(run: Run, marks: Mapping[str, Mark]) -> tuple[dict[str, Mark], list[str]]:
    """Return ({student: mark} of earlier batches, the names of those that no longer fit this run).

    A mark fits if release and inputs are the same; who is among ``marks`` is left out.
    """
    fitting: dict[str, Mark] = {}
    others: list[str] = []
    files = {mark.file for mark in marks.values() if MOODLE.match(mark.file)}
    for path in sorted((run.folder / FOLDER).glob("*.json")):
        mark = read(path)
        if mark is None:
            continue
        known = run.release.by_id(mark.student) or run.release.student(mark.student)
        student = known.id if known and not mark.claims else mark.student
        if student in marks or mark.student in marks or mark.file in files:
            continue
        if run.fits(mark.run) and _whole(run, mark):
            due = run.release.due
            late = times.is_late(mark.arrived, due) if mark.arrived else mark.late
            fitting[student] = replace(mark, student=student, late=late)
        else:
            others.append(student)
    return fitting, others


def _whole(run, mark):
    """Say whether a mark speaks of the release's exercises, and of the student's own.

    Somebody may have edited its file, or the student got other tasks since.
    """
    same = mark.drawn == (run.given(mark.student).digest if run.release.drawn else None)
    return same and {each.name for each in mark.exercises} == set(run.release.points)
