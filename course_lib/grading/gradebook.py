"""The gradebook, and what a learning platform or a reader of test reports can import."""

import csv
import io
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import Any

from course_lib.grading.marks import Mark
from course_lib.grading.runs import Run

Row = dict[str, Any]  # a student's, by column
REMARKS = {
    "stopped": "was stopped",
    "missing": "is not defined",
    "unfit": "returned what can't be compared",
    "raises": "raised an error",
    "shortcut": "used a ready-made function",
}
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


def row(run: Run, mark: Mark) -> Row:
    """Return a student's row of the gradebook."""
    known = run.release.student(mark.student)
    return {
        "student": known.id if known else mark.student,
        "name": known.name if known else mark.student,
        **{each.name: short(each.earned) for each in mark.exercises},
        "total": short(mark.total),
        "out of": out_of(run),
        "late": "late" if mark.late else "",
        "remarks": _tame(" ".join(_remarks(run, mark, known))),
    }


def _remarks(run, mark, known):
    if mark.problem:
        yield mark.problem
    if known is None and run.release.roster:
        yield "not in the roster, or the name of several in it."
        if run.release.variants:
            yield "marked with the course's own numbers."
    if mark.others:
        yield f"the last of {len(mark.others) + 1} files counts: {mark.file}."
    for each in mark.exercises:
        if not mark.problem and each.diagnosis in REMARKS:
            yield f"{each.name} {REMARKS[each.diagnosis]}."
    for each in mark.exercises:
        if each.by_hand:
            yield f"{each.name} was set by hand: {each.by_hand}"


def short(points: float) -> float:
    """Return points as they are read: 4, not 4.0."""
    return int(points) if points == int(points) else points


def out_of(run: Run) -> float:
    """Return the points that can be had."""
    return short(round(sum(run.release.points.values()), 3))


def as_csv(rows: Sequence[Row]) -> str:
    """Return rows as CSV; a text that a spreadsheet would take for a formula is made harmless."""
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0], lineterminator="\n")
    writer.writeheader()
    for each in rows:
        writer.writerow({key: _harmless(value) for key, value in each.items()})
    return out.getvalue()


def _harmless(value):
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def canvas(run: Run, rows: Sequence[Row]) -> str:
    """Return a CSV that Canvas imports; its columns come from the roster, as far as it has them."""
    made = [_canvas_row(run, "    Points Possible", {}, out_of(run))]
    for each, columns in _for_lms(run, rows):
        made.append(_canvas_row(run, each["name"], columns, each["total"]))
    return as_csv(made)


def _for_lms(run, rows):
    """Return (row, columns of the roster): with a roster, strangers are nobody to an LMS."""
    known = [(each, run.release.student(each["student"])) for each in rows]
    return [(e, k.columns if k else {}) for e, k in known if k or not run.release.roster]


def _canvas_row(run, name, columns, total):
    return {
        "Student": name,
        "ID": columns.get("canvas_id", ""),
        "SIS User ID": columns.get("sis_user_id", ""),
        "SIS Login ID": columns.get("sis_login_id", ""),
        "Section": columns.get("section", ""),
        run.release.lesson: total,
    }


def moodle(run: Run, rows: Sequence[Row]) -> str:
    """Return a CSV that Moodle's gradebook imports: by ID number, or by e-mail address.

    The addresses are there only if everybody has one: an empty one may go to somebody else.
    """
    made = [
        {
            "ID number": each["student"],
            "Email address": columns.get("email", ""),
            run.release.lesson: each["total"],
            "Feedback comments": each["remarks"],
        }
        for each, columns in _for_lms(run, rows)
    ]
    if not all(each["Email address"] for each in made):
        for each in made:
            del each["Email address"]
    return as_csv(made) if made else ""


def junit(run: Run, marks: Mapping[str, Mark]) -> str:
    """Return the marks as JUnit XML: a suite a student, a case an exercise."""
    root = ET.Element("testsuites", name=run.release.lesson)
    for student, mark in marks.items():
        suite = ET.SubElement(root, "testsuite", name=_tame(student))
        suite.set("tests", str(len(mark.exercises)))
        failures = 0
        for each in mark.exercises:
            case = ET.SubElement(suite, "testcase", name=each.name, classname=_tame(student))
            if each.diagnosis is not None:
                failures += 1
                problem = ET.SubElement(case, "failure", message=each.diagnosis)
                problem.text = _tame(each.said)
        suite.set("failures", str(failures))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _tame(text):
    """Return a text without the control characters that XML forbids."""
    return "".join(c for c in str(text) if c in "\n\t" or c >= " " and c not in "\ufffe\uffff")
