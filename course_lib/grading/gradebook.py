"""The gradebook, and what a learning platform or a reader of test reports can import."""

import csv
import io
import re
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
CURES = (
    "Name the folder or file after an id of the roster, and grade again.",
    "In the roster let no name be the id of another; release again with --force, and grade again.",
)
BOM = "\ufeff"  # without it Excel takes UTF-8 for something else
# what a spreadsheet would run, at the start of a cell or of what it splits a line into
FORMULA = re.compile(r"""((?:^|[;,|])[\s"']*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])""")


def row(run: Run, mark: Mark) -> Row:
    """Return a student's row of the gradebook; there are no numbers where there is no mark."""
    known = run.release.by_id(mark.student)
    return {
        "student": known.id if known else mark.student,
        "name": known.name if known else mark.student,
        **{each.name: "" if blank(mark) else short(each.earned) for each in mark.exercises},
        "total": "" if blank(mark) else short(mark.total),
        "out of": out_of(run),
        "late": "unknown" if mark.late is None else "late" if mark.late else "",
        "remarks": _tame(" ".join(_remarks(run, mark, known))),
    }


def blank(mark: Mark) -> bool:
    """Say whether no number may stand anywhere for a mark."""
    return mark.blank and mark.is_open


def cure(mark: Mark) -> str:
    """Return what to do where a submission's name may be that of several."""
    return CURES[any(mark.student.startswith(f"{student} (") for student in mark.claims)]


def _remarks(run, mark, known):
    if mark.problem:
        yield mark.problem
    if mark.claims:
        ids = " or ".join(mark.claims)
        yield f"whose it is nobody knows: it may be that of {ids}. {cure(mark)}"
    elif known is None and run.release.roster:
        yield "not in the roster."
    if known is None and run.release.roster and run.release.variants:
        yield "marked with the course's own numbers."
    if mark.others:
        yield f"the last of {len(mark.others) + 1} files counts: {mark.file}."
    yield from mark.notes
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
    """Return rows as CSV that Excel reads as UTF-8, and in which nothing is a formula.

    That holds also where a spreadsheet splits lines at semicolons, bars or tabs.
    """
    out = io.StringIO()
    out.write(BOM)
    writer = csv.DictWriter(out, rows[0], lineterminator="\n")
    writer.writeheader()
    for each in rows:
        writer.writerow({key: _harmless(value) for key, value in each.items()})
    return out.getvalue()


def _harmless(value):
    if not isinstance(value, str):
        return value
    return FORMULA.sub(r"\1'", re.sub(r"[\t\r\n\v\f\x85\u2028\u2029]+", " ", value))


def canvas(run: Run, marks: Mapping[str, Mark]) -> str:
    """Return a CSV that Canvas imports; its columns come from the roster, as far as it has them."""
    made = [_canvas_row(run, "    Points Possible", {}, out_of(run))]
    for each, columns, total in _for_lms(run, marks):
        made.append(_canvas_row(run, each["name"], columns, total))
    return as_csv(made)


def _for_lms(run, marks):
    """Yield (row, columns of the roster, total): with a roster, strangers are nobody to an LMS.

    The total is left out, so that an import changes nothing, where nobody judged what was handed
    in; or where nothing seems to be, but something is there that belongs to nobody.
    """
    lost = strangers(run, marks)
    for mark in marks.values():
        known = run.release.by_id(mark.student)
        if known or not run.release.roster:
            by_hand = any(each.by_hand for each in mark.exercises)
            unsure = mark.is_open or (mark.is_absent and bool(lost) and not by_hand)
            total = "" if unsure else short(mark.total)
            yield row(run, mark), known.columns if known else {}, total


def strangers(run: Run, marks: Mapping[str, Mark]) -> list[str]:
    """Return who handed something in, and may be anybody of the roster."""
    release = run.release
    return [s for s, m in marks.items() if release.roster and not release.by_id(s) and not m.claims]


def _canvas_row(run, name, columns, total):
    return {
        "Student": name,
        "ID": columns.get("canvas_id", ""),
        "SIS User ID": columns.get("sis_user_id", ""),
        "SIS Login ID": columns.get("sis_login_id", ""),
        "Section": columns.get("section", ""),
        run.release.lesson: total,
    }


def moodle(run: Run, marks: Mapping[str, Mark]) -> str:
    """Return a CSV that Moodle's gradebook imports: by ID number, or by e-mail address.

    The addresses are there only if everybody has one: an empty one may go to somebody else.
    """
    made = [
        {
            "ID number": each["student"],
            "Email address": columns.get("email", ""),
            run.release.lesson: total,
            "Feedback comments": each["remarks"],
        }
        for each, columns, total in _for_lms(run, marks)
    ]
    if not all(each["Email address"] for each in made):
        for each in made:
            del each["Email address"]
    return as_csv(made) if made else ""


def junit(run: Run, marks: Mapping[str, Mark]) -> str:
    """Return the marks as JUnit XML: a suite a student, a case an exercise.

    A teacher's own points count: with all of them a case passes.
    """
    root = ET.Element("testsuites", name=run.release.lesson)
    for student, mark in marks.items():
        suite = ET.SubElement(root, "testsuite", name=_tame(student))
        suite.set("tests", str(len(mark.exercises)))
        failures = 0
        for each in mark.exercises:
            case = ET.SubElement(suite, "testcase", name=each.name, classname=_tame(student))
            said = f"Set by hand: {each.by_hand}" if each.by_hand else ""
            if blank(mark):
                ET.SubElement(case, "skipped", message=_tame(mark.problem or "not marked"))
            elif each.earned < each.points if each.by_hand else each.diagnosis is not None:
                failures += 1
                problem = ET.SubElement(case, "failure", message=each.diagnosis or "set-by-hand")
                problem.text = _tame("\n".join(filter(None, (each.said, said))))
            elif said:
                ET.SubElement(case, "system-out").text = _tame(said)
        suite.set("failures", str(failures))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _tame(text):
    """Return a text without the control characters that XML forbids."""
    return "".join(c for c in str(text) if c in "\n\t" or c >= " " and c not in "\ufffe\uffff")
