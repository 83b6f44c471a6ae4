"""A class that the first edition released and began to mark goes on, and keeps its marks.

``tests/first_edition/class`` is one, as it was written then: two of four students are marked.
"""

import csv
import datetime
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib import __version__
from course_lib.grading import finished, marking, releases, reports, runs
from course_lib.grading.submissions import collect
from course_lib.lessons import ROOT

KEPT = Path(__file__).parents[1] / "first_edition" / "class"
REPORTS = ("gradebook.csv", "junit.xml", "canvas.csv", "moodle.csv")


@pytest.fixture
def begun(tmp_path):
    """A copy of the class, with the times that its files had."""
    folder = tmp_path / "class"
    shutil.copytree(KEPT, folder)
    for file in (folder / "marks" / "students").iterdir():
        came = datetime.datetime.fromisoformat(json.loads(file.read_text())["arrived"])
        os.utime(folder / "handed_in" / f"{file.stem}.ipynb", (came.timestamp(),) * 2)
    return folder


def report(folder, name):
    """A report but for what the second edition adds: a mark for Excel, what was set by hand."""
    text = (folder / "class" / "marks" / name).read_text(encoding="utf-8-sig")
    return text.replace("\nSet by hand: explained it in the oral exam", "")


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_its_marks_hang_on_the_same_digest_as_ever(begun):
    run = runs.begin(begun / "released", begun / "marks")
    assert run.release.version is None and run.seed == 2026
    stored = json.loads((KEPT / "marks" / "students" / "ada.json").read_text())
    assert run.digest == stored["run"]
    assert (begun / "marks" / "run.json").read_bytes() == (KEPT / "marks/run.json").read_bytes()


def test_its_marks_are_kept_and_the_reports_come_out_the_same(begun):
    run = runs.begin(begun / "released", begun / "marks")
    found = marking.by_roster(run.release, collect(begun / "handed_in"))
    marks = marking.mark_all(run, found)
    assert [mark.version for mark in marks.values()] == [None, None]
    for name in REPORTS:
        (begun / "marks" / name).unlink()
    shutil.rmtree(begun / "marks" / "feedback")
    reports.write(run, marks, marking.weakest(marks))
    for name in REPORTS:
        assert report(begun.parent, name) == report(KEPT.parent, name), name
    assert contents(begun / "marks" / "students") == contents(KEPT / "marks" / "students")
    pages = contents(begun / "marks" / "feedback")
    assert set(pages) == {"ada.html", "bob.html"}
    assert "Sum along both axes" in pages["bob.html"].decode()


def test_its_marking_goes_on(begun, needs_walls):
    (begun / "handed_in" / "bob.ipynb").unlink()  # marked, and not among what comes next
    solved = (begun / "handed_in" / "ada.ipynb").read_text()
    (begun / "handed_in" / "zoe.ipynb").write_text(solved)
    command = [sys.executable, "-m", "course_lib", "grade", begun / "released", begun / "handed_in"]
    ran = subprocess.run(
        [*command, "-o", begun / "marks", "--jobs", "1"], capture_output=True, text=True, cwd=ROOT
    )
    assert ran.returncode == 0 and "kept (delete a file of" in ran.stdout, ran.stderr
    with open(begun / "marks" / "gradebook.csv", encoding="utf-8-sig") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    totals = {student: row["total"] for student, row in rows.items()}
    assert totals == {"ada": "12.5", "bob": "6.5", "eve": "0", "zoe": "12.5"}
    assert "oral exam" in rows["bob"]["remarks"] and "handed in" in rows["eve"]["remarks"]
    students = begun / "marks" / "students"
    for name in ("ada.json", "bob.json"):
        assert (students / name).read_bytes() == (KEPT / "marks/students" / name).read_bytes()
    assert finished.read(students / "zoe.json").version == __version__


def test_a_changed_submission_is_marked_anew(begun, needs_walls):
    shutil.copy(begun / "handed_in" / "ada.ipynb", begun / "handed_in" / "bob.ipynb")
    run = runs.begin(begun / "released", begun / "marks")
    found = marking.by_roster(run.release, collect(begun / "handed_in"))
    marks = marking.mark_all(run, found)
    assert (marks["ada"].version, marks["bob"].version) == (None, __version__)
    assert marks["bob"].total == 12.5


def as_first(folder):
    """Write a release's file as the first edition did."""
    stored = json.loads((folder / releases.FILE).read_text())
    del stored["version"]
    (folder / releases.FILE).write_text(json.dumps(stored | {"format": 1}))
    return (folder / releases.FILE).read_bytes()


def test_a_release_that_only_another_version_wrote_stays_as_it_is(tmp_path):
    folder = releases.release("code/02_softmax", tmp_path)
    assert releases.read(folder)[0].version == __version__
    before = as_first(folder)
    assert releases.release("code/02_softmax", tmp_path) == folder
    assert (folder / releases.FILE).read_bytes() == before
    releases.release("code/02_softmax", tmp_path, force=True)
    assert releases.read(folder)[0].version == __version__


def test_a_release_of_a_newer_version_is_told(tmp_path):
    from course_lib.files.cells import Trouble

    folder = releases.release("code/02_softmax", tmp_path)
    stored = json.loads((folder / releases.FILE).read_text())
    newer = stored | {"format": releases.FORMAT + 1, "new": 1}
    (folder / releases.FILE).write_text(json.dumps(newer))
    with pytest.raises(Trouble, match="newer version of the course"):
        releases.read(folder)
