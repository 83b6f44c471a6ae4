"""A class of 300 in one folder, as Moodle exports it, with fifty kinds of mess: no wrong zero."""

import csv
import io
import re
import unicodedata

import pytest
from click.testing import CliRunner

from course_lib.commands.teachers import grade
from course_lib.grading import judging, marking, releases, runs
from course_lib.grading.submissions import collect
from tests.grading import mess

FULL = 11
ODD_NAMES = {  # in the roster: in the name of Moodle's folder
    "Sinéad O'Brien": "Sinéad OBrien",  # which leaves out what a file system may not like
    unicodedata.normalize("NFD", "Jörg Müller"): "Jörg Müller",
    "Zoë  van der Berg": "Zoë van der Berg",
    "ADA LOVELACE": "Ada Lovelace",
    "Li_Wei Chen": "Li_Wei Chen",
    "Name 42 Seven": "Name 42 Seven",
}


def table(path):
    return {
        row["student"]: row
        for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    }


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    """(release, folder, {student: kind}): who hands in what; some hand nothing in."""
    folder = tmp_path_factory.mktemp("class")
    names = [*ODD_NAMES, *(f"Student Number {n:03}" for n in range(300 - len(ODD_NAMES) - 2))]
    names += ["Eva Schmidt", "Eva Schmidt"]
    lines = [f"s{n:03},{name},s{n:03}@example.org" for n, name in enumerate(names)]
    (folder / "roster.csv").write_text("id,name,email\n" + "\n".join(lines), encoding="utf-8")
    made = releases.release(
        "code/02_softmax", folder, roster=folder / "roster.csv", due="2030-01-01T12:00Z"
    )
    released = releases.read(made)[1]
    right, wrong = mess.kinds(released), mess.hopeless(released)
    order = [*right, *wrong, "nothing"]
    handed = {}
    for number, name in enumerate(names):
        kind = order[number % len(order)]
        if kind == "far too much output" and kind in handed.values():
            kind = "as it should be"
        if number >= 298:
            kind = "namesake"
        handed[f"s{number:03}"] = kind
        files = right.get(kind) or (wrong[kind][0] if kind in wrong else {})
        if kind == "namesake":
            files = right["as it should be"]
        inside = f"{ODD_NAMES.get(name, name)}_{9000 + number}_assignsubmission_file_"
        mess.write(folder / "handed_in" / inside, files)
    return made, folder / "handed_in", handed


def test_no_wrong_zero_in_a_class_of_300(classroom, tmp_path, quick):
    made, folder, handed = classroom
    ran = CliRunner().invoke(grade, [str(made), str(folder), "-o", str(tmp_path), "--jobs", "1"])
    assert ran.exit_code == 0, ran.output
    rows, moodle = table(tmp_path / "gradebook.csv"), tmp_path / "moodle.csv"
    points = {
        row["ID number"]: row["code/02_softmax"]
        for row in csv.DictReader(io.StringIO(moodle.read_text(encoding="utf-8-sig")))
    }
    assert len(set(handed.values())) > 60 and len(points) == 300
    told = mess.hopeless(releases.read(made)[1])
    for student, kind in handed.items():
        row = rows[student]
        about = f"{student}, {kind}: {row}"
        if kind == "nothing":
            assert "nothing was handed in" in row["remarks"] and points[student] == "0", about
        elif kind == "namesake":
            assert row["total"] == points[student] == "" and "may be theirs" in row["remarks"], (
                about
            )
        elif kind in told:
            assert re.search(told[kind][1], row["remarks"]), about
            assert "nothing was handed in" not in row["remarks"] and points[student] == "", about
        else:
            assert row["total"] == points[student] == str(FULL), about
            assert row["late"] == "", about
    assert "Nobody's mark was guessed" in ran.output and "Eva Schmidt_9298" in ran.output


def test_each_kind_is_really_marked(classroom, tmp_path, server):
    made, _, _ = classroom
    released = releases.read(made)[1]
    run = runs.begin(made, tmp_path / "marks")
    kinds = mess.kinds(released)
    for number, files in enumerate(kinds.values()):
        mess.write(tmp_path / "in" / f"s{number:03}", files)
    found = marking.by_roster(run.release, collect(tmp_path / "in"))
    assert len(found) == len(kinds) >= 40
    for (student, files), kind in zip(found.items(), kinds, strict=True):
        choice = marking.choosing.choose(run, files)
        mark = judging.mark(run, server, student, choice.files)
        assert mark.total == FULL, (kind, mark.problem, mark.cells)
