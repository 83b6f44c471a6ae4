"""Whose a file is, which of them counts, how late it came: by kinds, each with several inputs."""

import datetime
import json
import os
import struct
import unicodedata

import pytest
from click.testing import CliRunner

from course_lib.commands.teachers import grade
from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.grading import archives, finished, marking, reading, releases, runs, times
from course_lib.grading.submissions import collect
from tests.grading.handed_in import code, notebook, solved
from tests.grading.mess import EARLY, LATE, changed, put, with_outputs, zipped
from tests.grading.test_class_of_300 import table

ROSTER = "id,name,email,canvas_id\nada,Ada Example,a@b.org,7\nbob,Bob Example,b@b.org,8\n"
NAME = "02_softmax.ipynb"


class Class:
    """A released lesson, a folder handed in, and what `grade` says of it."""

    def __init__(self, folder):
        self.folder, self.inbox, self.marks = folder, folder / "in", folder / "marks"
        self.release()

    def release(self, roster=ROSTER, lesson="code/02_softmax", **options):
        (self.folder / "roster.csv").write_text(roster, encoding="utf-8")
        self.made = releases.release(
            lesson, self.folder / "class", roster=self.folder / "roster.csv", force=True, **options
        )
        self.stub = releases.read(self.made)[1]
        self.right = notebook(self.stub)
        self.nothing = changed(self.stub, lambda n: n["cells"].clear())

    def grade(self, place=None, *options):
        command = [self.made, place or self.inbox, "-o", self.marks, "--jobs", "1", *options]
        self.ran = CliRunner().invoke(grade, [str(each) for each in command])
        assert not self.ran.exception or isinstance(self.ran.exception, SystemExit), self.ran
        return table(self.marks / "gradebook.csv")

    def points(self, *students, rows=None):
        rows = rows or self.grade()
        return [rows[student]["total"] for student in students]


@pytest.fixture
def one(tmp_path, quick):
    return Class(tmp_path)


# ---- whose -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        ["ada.ipynb", "bob/work.ipynb"],
        ["ada/02_softmax.ipynb", "bob.ipynb"],
        ["exampleada_7_100_02_softmax.ipynb", "examplebob_8_101_02_softmax.ipynb"],
        ["Ada Example_9001_assignsubmission_file_/x.ipynb"],
        ["Ada Example_9001_assignsubmission_file_x.ipynb", "Bob Example_2_assignsubmission_file_y"],
        ["in/ada/x.ipynb", "in/bob.ipynb"],
    ],
)
@pytest.mark.parametrize("theirs", [True, False])
def test_a_zip_speaks_for_its_own_student_alone(one, names, theirs):
    hers = dict.fromkeys(names, (one.nothing, (2107,) + (1,) * 5))
    put(one.inbox / "mallory.zip", zipped({"mallory.ipynb": one.right, **hers}))
    put(one.inbox / "Bob Example_9_assignsubmission_file_/w.zip", zipped({**hers, NAME: one.right}))
    if theirs:
        put(one.inbox / "ada.ipynb", one.right, EARLY)
    rows = one.grade()
    assert rows["bob"]["total"] == "11"
    assert rows["ada"]["total"] == ("11" if theirs else "0")
    assert theirs or "nothing was handed in" in rows["ada"]["remarks"]


def test_a_false_export_beside_real_work_takes_nothing_from_it(one):
    false = {f"example{who}_{n}_100_x.ipynb": one.nothing for who, n in (("ada", 7), ("bob", 8))}
    put(one.inbox / "mallory.zip", zipped(false))
    put(one.inbox / "ada.ipynb", one.right, EARLY)
    put(one.inbox / "bob" / "x.ipynb", one.right, EARLY)
    assert one.points("ada", "bob") == ["11", "11"]


def test_numbers_in_a_students_own_file_are_no_canvas(one):
    put(one.inbox / "ada.zip", zipped({"softmax_2026_11_final.ipynb": one.right}))
    put(one.inbox / "bob" / "softmax_2026_11_final.ipynb", one.right)
    assert one.points("ada", "bob") == ["11", "11"]


@pytest.mark.parametrize("form", ["{}.zip", "{}.ipynb", "{}"])
def test_a_second_batch_with_the_same_inner_names_keeps_the_first(one, form):
    for number, student in enumerate(("ada", "bob")):
        name = form.format(student)
        place = one.folder / f"batch{number}" / name
        if name.endswith(".ipynb"):
            put(place, one.right)
        elif name.endswith("zip"):
            put(place, zipped({NAME: one.right}))
        else:
            put(place / NAME, one.right)
            place = place.parent
        rows = one.grade(place)
    assert one.points("ada", "bob", rows=rows) == ["11", "11"]


@pytest.mark.parametrize(
    "files",
    [
        ["one.zip: ada/{}", "two.zip: bob/deeper/{}"],
        ["week 2/ada/{}", "week 2/bob/{}"],
        ["week 2/ada.ipynb", "week 2/bob.ipynb"],
        ["monday/ada/{}", "tuesday/bob.ipynb"],
        ["export/Ada Example_1_assignsubmission_file_/{}", "export/Bob Example_2_assignsubmission"
         "_file_/{}"],
        ["export/exampleada_7_1_x.ipynb", "export/examplebob_LATE_8_2_x.ipynb"],
        ["e.zip: exampleada_7_1_x.ipynb", "e.zip: examplebob_8_2_x.ipynb"],
        ["e.zip: top/exampleada_7_1_x.ipynb", "e.zip: top/examplebob_8_2_x.ipynb"],
        ["Ada Example_1_assignsubmission_file_{}", "Bob Example_2_assignsubmission_file_w.zip: {}"],
        ["exampleada_7_1_w.zip: {}", "examplebob_LATE_8_2_w-1.zip: my/{}"],
    ],
)  # fmt: skip
def test_whatever_lies_round_a_name(one, files):
    zips = {}
    for each in files:
        outer, _, inner = each.format(NAME).partition(": ")
        if inner:
            zips.setdefault(outer, {})[inner] = one.right
        else:
            put(one.inbox / outer, one.right)
    for name, content in zips.items():
        put(one.inbox / name, zipped(content))
    assert one.points("ada", "bob") == ["11", "11"], one.ran.output


def test_a_zip_of_the_class_with_the_folder_round_it(one):
    files = {"week/ada.ipynb": one.right, "week/bob/x.ipynb": one.right, "__MACOSX/week/._a": "x"}
    rows = one.grade(put(one.folder / "week.zip", zipped(files)))
    assert one.points("ada", "bob", rows=rows) == ["11", "11"]


@pytest.mark.parametrize("name", ["02_softmax", "my_work", "code"])
def test_a_zip_of_lessons_is_one_students(one, name):
    files = {f"{name}.ipynb" if name[0] == "0" else f"{name}/{NAME}": one.right}
    files["03_lookup.ipynb"] = solved("code/03_lookup")
    rows = one.grade(put(one.folder / "ada.zip", zipped(files)))
    assert rows["ada"]["total"] == "11" and set(rows) == {"ada", "bob"}


NAMESAKES = {
    "two with one name in the roster": (
        "id,name\nada,Ada X\nadele,Ada X\n",
        ["Ada X_1_assignsubmission_file_/a.ipynb", "Ada X_2_assignsubmission_file_/a.ipynb"],
    ),
    "one of them has handed in": (
        "id,name\nada,Ada X\nadele,ada x\n",
        ["Ada X_1_assignsubmission_file_/a.ipynb"],
    ),
    "a folder by that name": ("id,name\nada,Ada X\nadele,Ada X\n", ["Ada X/a.ipynb"]),
    "two in Moodle, one in the roster": (
        "id,name\nada,Ada X\nadele,Adele\n",
        ["Ada X_1_assignsubmission_file_/a.ipynb", "Ada X_2_assignsubmission_file_/a.ipynb",
         "adele.ipynb"],
    ),
    "a name that is another's id": ("id,name\nada,Grace\nadele,ada\n", ["ada.ipynb"]),
    "names and ids crosswise": ("id,name\nada,adele\nadele,ada\n", ["ada.ipynb", "adele/x.ipynb"]),
    "another number in Canvas": (
        "id,name,canvas_id\nada,xada,7\nadele,Adele,8\n",
        ["xada_9_1_x.ipynb", "adele.ipynb"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", NAMESAKES)
def test_nobodys_mark_is_guessed(one, kind):
    roster, files = NAMESAKES[kind]
    one.release(roster)
    for name in files:
        put(one.inbox / name, one.right)
    rows = one.grade()
    sure = {"adele"} if "adele.ipynb" in files else set()
    points = {s: rows[s]["total"] for s in ("ada", "adele")}
    assert points == {s: "11" if s in sure else "" for s in points}
    for name, column in (("canvas.csv", "Student"), ("moodle.csv", "ID number")):
        lms = [row for row in _rows(one.marks / name) if row[column].strip()[:6] != "Points"]
        assert [row["code/02_softmax"] for row in lms] == list(points.values()), name
    assert "Nobody's mark was guessed" in one.ran.output
    whose = [row for student, row in rows.items() if student not in ("ada", "adele")]
    assert whose and all(row["total"] == "11" for row in whose)
    rows = one.grade()  # and the same once more, from what is stored
    assert {s: rows[s]["total"] for s in points} == points


def test_the_number_in_canvas_tells_two_with_one_name_apart(one):
    one.release("id,name,canvas_id\nada,Ada X,7\nadele,Ada X,8\n")
    put(one.inbox / "xada_7_1_x.ipynb", one.right)
    put(one.inbox / "xada_8_2_x.ipynb", one.stub)
    assert one.points("ada", "adele") == ["11", "0"]


def test_a_folder_named_after_the_id_ends_the_doubt(one):
    one.release("id,name\nada,Ada X\nadele,Ada X\n")
    put(one.inbox / "Ada X_1_assignsubmission_file_/a.ipynb", one.right)
    assert one.points("ada", "adele") == ["", ""]
    os.rename(one.inbox / "Ada X_1_assignsubmission_file_", one.inbox / "adele")
    for file in (one.marks / finished.FOLDER).iterdir():
        file.unlink()
    assert one.points("ada", "adele") == ["0", "11"]


def test_while_something_is_nobodys_who_is_absent_has_no_points_in_the_lms(one):
    put(one.inbox / "a.example.ipynb", one.right)
    rows = one.grade()
    assert rows["ada"]["total"] == "0" and "a.example" in rows["ada"]["remarks"]
    assert {row["code/02_softmax"] for row in _rows(one.marks / "moodle.csv")} == {""}
    assert "belong to nobody in the roster" in one.ran.output


def _rows(path):
    import csv
    import io

    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def test_a_name_is_compared_as_moodle_writes_it():
    made = releases.Release(
        "code/02_softmax", {}, roster=(releases.Student("o", 'Sinéad "Sin" O\'Brien: MSc'),)
    )
    written = unicodedata.normalize("NFD", "sinéad sin OBrien  MSc")
    assert made.student(written) == made.roster[0]


# ---- which -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "junk", ["._{}", ".~{}", "__MACOSX/{}", ".ipynb_checkpoints/{}", ".git/{}"]
)
def test_what_systems_leave_behind_never_counts(one, junk):
    put(one.inbox / "ada" / NAME, one.right, EARLY)
    put(one.inbox / "ada" / junk.format(NAME), one.stub, LATE)
    put(one.inbox / junk.format("bob.ipynb"), one.stub, LATE)
    assert one.points("ada") == ["11"]


@pytest.mark.parametrize(
    "lesson", ["code/04_scaling", "maths/03_lookup", "intuition/05_matrix_form"]
)
def test_the_notebook_of_the_lesson_counts_whatever_came_later(one, lesson):
    if lesson not in releases.lessons():
        lesson = next(
            k for k in releases.lessons() if k.startswith(lesson[: lesson.index("/") + 3])
        )
    one.release(lesson=lesson)
    right = solved(lesson)
    run = runs.begin(one.made, one.marks)
    put(one.inbox / "ada" / "x.ipynb", right, EARLY)
    put(one.inbox / "ada" / "y.ipynb", solved("code/02_softmax"), LATE)
    put(one.inbox / "bob" / "02.ipynb", solved("code/02_softmax"), LATE)
    found = marking.by_roster(run.release, collect(one.inbox))
    choice = marking.choosing.choose(run, found["ada"])
    assert [file.file for file in choice.files] == ["ada/x.ipynb"] and not choice.notes
    choice = marking.choosing.choose(run, found["bob"])
    assert not choice.files and "the notebook of code/02_softmax" in choice.problem


def test_the_last_counts_unless_nothing_was_done_in_it(one):
    put(one.inbox / "ada" / "1.ipynb", one.nothing, EARLY)
    put(one.inbox / "ada" / "2.ipynb", one.right, EARLY + 60)
    put(one.inbox / "ada" / "3.ipynb", one.stub, LATE)
    put(one.inbox / "bob" / "1.ipynb", one.stub, EARLY)
    row = one.grade()["ada"]
    assert row["total"] == "11"
    assert "the last of 2 files" not in row["remarks"] and "3.ipynb is as it was" in row["remarks"]


def test_a_file_among_the_teachers_own_is_nobodys(one):
    put(one.inbox / "ada.ipynb", one.right)
    for name in ("README.md", "grades.xlsx", "roster.csv", "notes.pdf"):
        put(one.inbox / name, "x")
    put(one.inbox / "bob.pdf", b"%PDF-1.4")
    rows = one.grade()
    assert set(rows) == {"ada", "bob"} and "bob.pdf (a PDF)" in rows["bob"]["remarks"]
    assert "notes.pdf" in one.ran.output and "README.md" in one.ran.output


# ---- how late ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "came", "late"),
    [
        ("2026-11-20T12:00Z", "2026-11-20T12:30+00:00", "late"),
        ("2026-11-20T12:00Z", "2026-11-20T11:30+00:00", ""),
        ("2026-11-20T12:00+09:00", "2026-11-20T03:30+00:00", "late"),
        ("2026-07-01", "2026-07-01T22:30+00:00", "late"),  # midnight of Berlin, in summer
        ("2026-07-01", "2026-07-01T21:59:59+00:00", ""),
        ("2026-12-01 12:00", "2026-12-01T11:30+00:00", "late"),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_a_due_date_is_the_same_moment_wherever_it_is_read(one, in_zone, due, came, late, zone):
    in_zone("Europe/Berlin")
    one.release(due=due)
    in_zone(zone)
    moment = datetime.datetime.fromisoformat(came).timestamp()
    put(one.inbox / "ada.ipynb", one.right, moment)
    assert one.grade()["ada"]["late"] == late
    in_zone("Asia/Tokyo")  # and from what is stored
    assert one.grade()["ada"]["late"] == late


def test_moving_the_due_date_marks_nobody_anew(one, monkeypatch):
    one.release(due="2026-01-01T12:00Z")
    when = datetime.datetime(2026, 1, 5, tzinfo=datetime.UTC).timestamp()
    put(one.inbox / "ada.ipynb", one.right, when)
    assert one.grade()["ada"]["late"] == "late"
    put(one.folder / "second" / "bob.ipynb", one.right, when)
    releases.release("code/02_softmax", one.folder / "class", due="2026-02-01T12:00Z",
                     roster=one.folder / "roster.csv")  # without --force  # fmt: skip
    rows = one.grade(one.folder / "second")
    assert [(rows[s]["total"], rows[s]["late"]) for s in ("ada", "bob")] == [("11", "")] * 2
    monkeypatch.setattr(marking.judging, "mark", None)  # nobody is marked again
    assert one.grade()["ada"]["late"] == ""
    with pytest.raises(Trouble, match="differs"):
        releases.release("code/02_softmax", one.folder / "class", points={"softmax": 1},
                         due="2026-03-01", roster=one.folder / "roster.csv")  # fmt: skip


@pytest.mark.parametrize("year", [1980, 2026, 2107])
def test_a_time_that_a_students_own_zip_chose_is_not_known(one, year):
    one.release(due="2027-01-01T12:00Z")
    date = (year, 1, 1, 0, 0, 0)
    put(one.inbox / "ada.zip", zipped({NAME: one.right}, date=date))
    put(one.inbox / "bob.zip", zipped({"a.zip": zipped({NAME: one.right}, date=date)}, date=date))
    rows = one.grade()
    assert [rows[s]["late"] for s in ("ada", "bob")] == ["unknown", "unknown"]
    page = (one.marks / "feedback" / "ada.html").read_text()
    assert "When it came is not known" in page


def test_what_the_lms_says_of_a_zip_stands(one):
    one.release(due="2026-11-20T12:00Z")
    inner = zipped({NAME: one.right}, date=(1990, 1, 1, 0, 0, 0))
    names = {"ada": "Ada Example_1_assignsubmission_file_/w.zip",
             "bob": "Bob Example_2_assignsubmission_file_/w.zip"}  # fmt: skip
    dates = {"ada": (2026, 11, 21, 0, 0, 0), "bob": (2026, 11, 18, 0, 0, 0)}
    files = {name: (inner, dates[s]) for s, name in names.items()}
    rows = one.grade(put(one.folder / "m.zip", zipped(files)))
    assert [rows[s]["late"] for s in ("ada", "bob")] == ["late", ""]
    rows = one.grade(put(one.folder / "c.zip", zipped({
        "exampleada_LATE_7_1_w.zip": inner, "examplebob_8_2_w.zip": inner,
    })))  # fmt: skip
    assert [rows[s]["late"] for s in ("ada", "bob")] == ["late", ""]


def test_moments_without_a_zone_are_this_machines(in_zone):
    in_zone("Europe/Berlin")
    assert times.is_late("2026-07-01T12:01:00", "2026-07-01T10:00+00:00")
    assert not times.is_late("2026-07-01T12:00:59", "2026-07-01T10:00+00:00")
    assert times.is_late("nonsense", "2026-07-01T10:00+00:00") is None
    assert times.written(datetime.datetime(1980, 1, 1)) is None


# ---- what is huge, old or odd ------------------------------------------------------------------


@pytest.mark.parametrize("place", ["{}", "w.zip"])
def test_much_output_is_dropped_and_what_else_is_too_much_is_told(one, place):
    for student, made in (
        ("ada", with_outputs(one.right, 25 * 2**20)),
        ("bob", changed(one.right, lambda n: n["cells"].append(code("#" * 22 * 2**20)))),
    ):
        content = zipped({NAME: made}) if place == "w.zip" else made
        put(one.inbox / student / place.format(NAME), content)
    rows = one.grade()
    assert rows["ada"]["total"] == "11" and "larger than 20 MB" in rows["bob"]["remarks"]


@pytest.mark.parametrize(
    "content",
    [b"[" * 5_000_000, b"[" + b"[]," * 5_000_000 + b"[]]", b"9" * 5_000_000, b'{"worksheets": 3}',
     b'{"worksheets": [{"cells": [[1]]}], "nbformat": 3}'],
)  # fmt: skip
def test_what_is_huge_or_old_and_no_notebook_is_told(content):
    with pytest.raises(Trouble):
        reading.parse(content)


def test_what_would_fill_the_memory_ends_the_process_that_reads_it(tmp_path):
    with open(put(tmp_path / "x", b"[" + b"[]," * 30_000_000 + b"[]]"), "rb") as file:
        with pytest.raises(Trouble, match="too large, or too deep|too long"):
            reading.without_outputs(file)


@pytest.mark.parametrize("cell", [7, None, "x = 1", [], True, 1.5])
def test_only_what_is_no_cell_is_left_out_and_named(one, cell):
    large = with_outputs(one.right, 6 * 2**20)
    for student, made in (("ada", one.right), ("bob", large)):
        odd = changed(made, lambda n: n["cells"].insert(2, cell))
        put(one.inbox / student / NAME, odd)
    for row in one.grade().values():
        assert row["total"] == "11" and "cell 3 of the file is no cell" in row["remarks"]


def test_a_thousand_zips_leave_no_file_open(tmp_path, one):
    content = zipped({NAME: one.right})
    for number in range(40):
        put(tmp_path / "many" / f"s{number}.zip", content)
    before = len(os.listdir("/proc/self/fd"))
    found = collect(tmp_path / "many")
    assert len(found) == 40 and len(os.listdir("/proc/self/fd")) <= before


def test_a_zip_that_lists_too_much_is_refused(tmp_path):
    content = bytearray(zipped({"a.ipynb": "{}"}))
    struct.pack_into("<L", content, len(content) - 10, 2**31)  # the length of its list
    with pytest.raises(Trouble, match="far too many files"):
        archives.listed(put(tmp_path / "a.zip", bytes(content)))
    deep = zipped({NAME: "{}"})
    for _ in range(6):
        deep = zipped({"w.zip": deep})
    (file,) = collect(put(tmp_path / "in" / "ada.zip", deep).parent)["ada"]
    with pytest.raises(Trouble, match="too deep"):
        file.read()


def test_a_zip_with_a_password_is_told(tmp_path):
    content = bytearray(zipped({NAME: "{}"}))
    for at in (6, content.rindex(b"PK\x01\x02") + 8):
        content[at] |= 1
    (file,) = collect(put(tmp_path / "in" / "ada.zip", bytes(content)).parent)["ada"]
    with pytest.raises(Trouble, match="password|encrypted"):
        file.read()


# ---- which tasks judged ------------------------------------------------------------------------


def test_marks_know_their_tasks_and_only_old_ones_are_made_anew(one, monkeypatch):
    put(one.inbox / "ada.ipynb", one.right)
    put(one.folder / "second" / "bob.ipynb", one.right)
    one.grade()
    one.grade(one.folder / "second")
    run = runs.begin(one.made, one.marks)
    mark = finished.read(finished.file_of(run, "ada"))
    assert mark.tasks == run.tasks and mark.run == run.digest and mark.version
    monkeypatch.setattr(runs.Run, "tasks", "other")
    rows = one.grade()
    assert one.points("ada", "bob", rows=rows) == ["11", "11"]
    assert "Marked anew, since the tasks or their answers are others by now: ada." in one.ran.output
    assert "Marked by earlier tasks or answers, and kept" in one.ran.output
    assert "judged by other tasks" in (one.marks / "summary.html").read_text()
    one.grade()
    assert "Marked anew" not in one.ran.output


def test_a_release_lists_its_own_exercises(one):
    def without(file, change):
        file.write_text(json.dumps(changed(json.loads(file.read_text()), change)))

    without(one.made / releases.FILE, lambda s: s["points"].pop("temperature_softmax"))
    with pytest.raises(Trouble, match="not those of the exercises .*temperature_softmax"):
        releases.read(one.made)

    def drop(made):
        made["cells"] = [c for c in made["cells"] if "temperature" not in str(cells.grade_id(c))]

    without(one.made / NAME, drop)  # as it was before the course had that exercise
    put(one.inbox / "ada.ipynb", one.right)
    row = one.grade()["ada"]
    assert (row["total"], row["out of"]) == ("6", "6")
    without(one.made / releases.FILE, lambda s: s["points"].update(gone=3))
    with pytest.raises(Trouble, match="does not have: mark it with version"):
        releases.read(one.made)


def test_a_mark_for_another_release_is_no_zero(one):
    put(one.inbox / "ada.ipynb", one.right)
    put(one.folder / "second" / "bob.ipynb", one.right)
    one.grade()
    one.release(points={"softmax": 60})
    rows = one.grade(one.folder / "second")
    assert rows["bob"]["total"] == "65" and rows["ada"]["total"] == ""
    assert "marked earlier" in rows["ada"]["remarks"]
