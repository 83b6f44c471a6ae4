"""What a marking leaves: the gradebook, a page for each student, the class at one look."""

import csv
import html
import io
import math
import statistics
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

from course_lib.exercises import task_of
from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.files.tables import number, rows_of
from course_lib.grading import marking, servers

NO_MISTAKE = (None, "not-attempted", "not-marked", "not-handed-in")
REMARKS = {
    "stopped": "was stopped",
    "missing": "is not defined",
    "unfit": "returned what can't be compared",
    "raises": "raised an error",
    "shortcut": "used a ready-made function",
}
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run
STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;
color:#1a1a1a;background:#fff}pre{background:#f3f3f3;padding:.8rem;overflow:auto;white-space:pre-wrap}
table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.3rem .7rem;text-align:left}
.said{border-left:4px solid #0b62a4;padding-left:.8rem;white-space:pre-wrap}img{max-width:100%}"""


def write(run, marks, strength):
    """Write all reports of a marking into its folder; return the rows of the gradebook.

    Raises: Trouble, when all is written, if a line of overrides.csv can't be taken.
    """
    marks = in_order(run, with_absent(run, marks))
    overridden, wrong = override(run, marks)
    rows = [row(run, marks[student], overridden) for student in marks]
    folder = run.folder
    cells.write_text(as_csv(rows), folder / "gradebook.csv")
    for student, made in marks.items():
        if made["exercises"] and made["file"]:
            name = marking.file_of(run, student).with_suffix(".html").name
            cells.write_text(page(run, made, overridden), folder / "feedback" / name)
    counts = misconceptions(marks)
    picture(counts, len(marks), folder / "misconceptions.png")
    cells.write_text(summary(run, rows, counts, strength), folder / "summary.html")
    cells.write_text(junit(run, marks), folder / "junit.xml")
    cells.write_text(canvas(run, rows), folder / "canvas.csv")
    cells.write_text(moodle(run, rows), folder / "moodle.csv")
    if wrong:
        raise Trouble(f"{' '.join(wrong[:5])} All else is written.")
    return rows


def in_order(run, marks):
    """Return the marks in the order of the roster, then by name."""
    place = {student.id: number for number, student in enumerate(run.release.roster)}
    return dict(sorted(marks.items(), key=lambda item: (place.get(item[0], len(place)), item[0])))


def with_absent(run, marks):
    """Add whoever is in the roster and handed nothing in."""
    present = [run.release.student(student) for student in marks]
    absent = [s for s in run.release.roster if s not in present]
    empty = {"earned": 0, "diagnosis": "not-handed-in", "message": "", "code": ""}
    return marks | {
        s.id: {
            "student": s.id, "file": "", "arrived": None, "late": False, "others": [], "cells": [],
            "problem": "nothing was handed in.", "walls": None,
            "exercises": {n: {**empty, "points": p} for n, p in run.release.points.items()},
        }
        for s in absent
    }  # fmt: skip


def override(run, marks):
    """Apply the teacher's own marks of overrides.csv.

    The file has the columns student, exercise, points, reason. It is only read, so that it holds
    for every regrading. Return ({(student, exercise): reason}, [what is wrong with a line]).
    """
    file, reasons, wrong = run.folder / "overrides.csv", {}, []
    for line, each in rows_of(file, ["student", "exercise", "points"]) if file.exists() else ():
        known = run.release.student(each["student"])
        student, exercise = known.id if known else each["student"], each["exercise"]
        try:
            points = number(each["points"])
        except ValueError:
            points = math.nan
        if student not in marks or exercise not in run.release.points:
            wrong.append(f"{file}, line {line}: no {exercise!r} of a student {student!r}.")
        elif not (math.isfinite(points) and points >= 0):
            wrong.append(f"{file}, line {line}: points must be a number, 0 or more.")
        elif (student, exercise) in reasons:
            wrong.append(f"{file}, line {line}: {exercise} of {student} is set twice.")
        else:
            marks[student]["exercises"][exercise]["earned"] = points
            reasons[student, exercise] = each.get("reason") or "set by the teacher"
    return reasons, wrong


def row(run, made, overridden):
    """Return a student's row of the gradebook as {column: value}."""
    known = run.release.student(made["student"])
    remarks = [made["problem"]] if made["problem"] else []
    if known is None and run.release.roster:
        remarks.append("not in the roster, or the name of several in it.")
        if run.release.variants:
            remarks.append("marked with the course's own numbers.")
    if made["others"]:
        remarks.append(f"the last of {len(made['others']) + 1} files counts: {made['file']}.")
    if not made["problem"]:
        remarks += [
            f"{name} {REMARKS[e['diagnosis']]}." for name, e in made["exercises"].items()
            if e["diagnosis"] in REMARKS
        ]  # fmt: skip
    remarks += [
        f"{exercise} was set by hand: {reason}" for (student, exercise), reason in
        overridden.items() if student == made["student"]
    ]  # fmt: skip
    return {
        "student": known.id if known else made["student"],
        "name": known.name if known else made["student"],
        **{name: _short(e["earned"]) for name, e in made["exercises"].items()},
        "total": _short(marking.total(made)),
        "out of": out_of(run),
        "late": "late" if made["late"] else "",
        "remarks": _tame(" ".join(remarks)),
    }


def as_csv(rows):
    """Return rows as CSV; a text that a spreadsheet would take for a formula is made harmless."""
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0], lineterminator="\n")
    writer.writeheader()
    for each in rows:
        writer.writerow({key: _harmless(value) for key, value in each.items()})
    return out.getvalue()


def _harmless(value):
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _short(points):
    return int(points) if points == int(points) else points


def out_of(run):
    """Return the points that can be had."""
    return _short(round(sum(run.release.points.values()), 3))


def page(run, made, overridden):
    """Return a student's feedback page: their code, what was measured, where to look."""
    rows, parts = [], []
    for name, each in made["exercises"].items():
        points = f"{_short(each['earned'])} of {_short(each['points'])}"
        reason = overridden.get((made["student"], name))
        rows.append(
            f'<tr><td><a href="#{_html(name)}">{_html(name)}</a></td><td>{points}</td></tr>'
        )
        by_hand = f"<p>Set by your teacher: {_html(reason)}</p>" if reason else ""
        said = each["message"] or "Nothing was handed in for this one."
        parts.append(
            f'<h2 id="{_html(name)}">{_html(name)}: {points} points</h2>{by_hand}'
            f"<p class=said>{_html(said)}</p><pre><code>{_html(each['code'])}</code></pre>"
        )
    if made["cells"]:
        listed = "".join(
            f"<li><code>{_html(c['cell'])}</code>: {_html(c['error'])}</li>" for c in made["cells"]
        )
        parts.append(f"<h2>Cells that raised an error</h2><ul>{listed}</ul>")
    late = " It came after the due date." if made["late"] else ""
    problem = f"<p class=said>{_html(made['problem'])}</p>" if made["problem"] else ""
    return _page(
        f"{run.release.lesson}: {made['student']}",
        f"<p>{_short(marking.total(made))} of {out_of(run)} points, for the file "
        f"<code>{_html(made['file'])}</code>.{late}</p>{problem}"
        f"<table><tr><th>exercise</th><th>points</th></tr>{''.join(rows)}</table>{''.join(parts)}",
    )


def misconceptions(marks):
    """Return {(exercise, misconception): how many students}, the most frequent first."""
    counted = Counter(
        (name, each["diagnosis"])
        for made in marks.values()
        for name, each in made["exercises"].items()
        if each["diagnosis"] not in NO_MISTAKE
    )
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def picture(counts, students, file):
    """Draw the class's misconceptions as bars, for the next lecture."""
    from matplotlib.figure import Figure

    shown = dict(list(counts.items())[:15])
    figure = Figure(figsize=(8, 0.6 + 0.35 * max(len(shown), 1)), layout="constrained")
    axes = figure.add_subplot()
    labels = [f"{exercise}: {slug}" for exercise, slug in shown]
    axes.barh(labels[::-1], list(shown.values())[::-1], color="#0b62a4")
    axes.bar_label(axes.containers[0], padding=3) if shown else None
    axes.set_xlim(0, max(students, 1) * 1.05)
    axes.set_xlabel(f"students, of {students}")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.spines[["top", "right"]].set_visible(False)
    if not shown:
        axes.set_yticks([])
        axes.set_title("no mistake was named")
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=120)


def summary(run, rows, counts, strength):
    """Return the page for the teacher: the class, its misconceptions, how safe the marking was."""
    hints = {
        (name, m.slug): m for name in run.release.points for m in _misconceptions_of(name)
    }  # fmt: skip
    lines = []
    for (name, slug), count in counts.items():
        known = hints.get((name, slug))
        hint = f"{_html(known.hint)} <i>{_html(known.reread)}</i>" if known else ""
        cells_ = (_html(name), _html(slug), str(count), hint)
        lines.append("<tr>" + "".join(f"<td>{c}</td>" for c in cells_) + "</tr>")
    middle = statistics.median(float(r["total"]) for r in rows)
    alt = "; ".join(f"{n}: {s}, {c} students" for (n, s), c in counts.items()) or "no mistakes"
    facts = {
        "students": len(rows),
        "median": f"{middle:g} of {out_of(run)}",
        "walls": servers.STRENGTHS[strength],
        "seed of the inputs": run.seed,
        **marking.versions(),
    }
    listed = "".join(f"<tr><th>{_html(k)}</th><td>{_html(v)}</td></tr>" for k, v in facts.items())
    head = "<tr><th>exercise</th><th>mistake</th><th>students</th><th>hint that they got</th></tr>"
    return _page(
        f"{run.release.lesson}: the class",
        f"<table>{listed}</table><h2>Which mistakes were how frequent?</h2>"
        f'<img src="misconceptions.png" alt="{_html(alt)}"><table>{head}{"".join(lines)}</table>',
    )


def junit(run, marks):
    """Return the marks as JUnit XML: a suite a student, a case an exercise."""
    root = ET.Element("testsuites", name=run.release.lesson)
    for student, made in marks.items():
        suite = ET.SubElement(root, "testsuite", name=_tame(student))
        suite.set("tests", str(len(made["exercises"])))
        failures = 0
        for name, each in made["exercises"].items():
            case = ET.SubElement(suite, "testcase", name=name, classname=_tame(student))
            if each["diagnosis"] is not None:
                failures += 1
                problem = ET.SubElement(case, "failure", message=str(each["diagnosis"]))
                problem.text = _tame(each["message"])
        suite.set("failures", str(failures))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def canvas(run, rows):
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


def moodle(run, rows):
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


def _misconceptions_of(name):
    from course_lib.exercises.catalogue import answers_of

    return answers_of(task_of(name).name).misconceptions


def _page(title, body):
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{_html(title)}</title>'
        f"<style>{STYLE}</style></head><body><h1>{_html(title)}</h1>{body}</body></html>\n"
    )


def _html(text):
    return html.escape(str(text))


def _tame(text):
    """Return a text without the control characters that XML forbids."""
    return "".join(c for c in str(text) if c in "\n\t" or c >= " " and c not in "\ufffe\uffff")
