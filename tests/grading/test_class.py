"""A class's way: release, hand in, mark, read the gradebook and the pages."""

import csv
import io
import json
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import time
import tracemalloc
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace

import nbformat
import pytest
from nbgrader.nbgraderformat import read as read_as_nbgrader

from course_lib.exercises import names, task_of
from course_lib.exercises.catalogue import answers_of
from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.grading import (
    finished,
    judging,
    marking,
    releases,
    reports,
    runs,
    servers,
    submissions,
)
from course_lib.grading.marks import CellError, Mark, unjudged
from course_lib.grading.submissions import collect
from course_lib.grading.view import build, parted, withheld
from course_lib.lessons import ROOT, SOLUTIONS
from tests.grading.handed_in import RIGHT, notebook, solved, submission

LESSONS = list(releases.lessons())


def table(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


# ---- what a class gets -------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_release_is_valid_for_nbgrader_and_holds_no_answer(lesson, tmp_path):
    folder = releases.release(lesson, tmp_path)
    made, released = releases.read(folder)
    path = folder / made.notebook
    read_as_nbgrader(str(path), as_version=4)  # refuses metadata that nbgrader would refuse
    text = path.read_text(encoding="utf-8") + (folder / releases.FILE).read_text(encoding="utf-8")
    assert not re.search(r"SOLUTION|HIDDEN TESTS|answers_of|misconception", text)
    assert made.points == {name: task_of(name).points for name in names(lesson)}
    assert set(releases.expressions(released)) == set(made.points)
    for cell in cells.read(SOLUTIONS / f"{lesson}.ipynb")["cells"]:
        name = cells.grade_id(cell)
        if name in made.points and not name.startswith(("bug_", "order_")):  # shown, but wrong
            secret = cells.source(cell).split("### BEGIN SOLUTION")[1].split("### END SOLUTION")[0]
            lines = [line.strip() for line in secret.splitlines() if len(line.strip()) > 24]
            other = "\n".join(
                cells.source(c) for c in released["cells"] if c["cell_type"] == "code"
            )
            assert not any(line in other for line in lines), lines


@pytest.mark.parametrize("lesson", LESSONS)
def test_what_foreign_code_sees_holds_no_answer_of_its_lesson(lesson, tmp_path):
    for number, tasks in enumerate(parted(lesson)):
        seen = build(tmp_path / str(number), lesson, tasks)
        rooms = ["answers", "hints"] + ["tasks"] * (not lesson.startswith("intuition"))
        assert not [room for room in rooms if (seen / "exercises" / room).exists()]
        assert not (seen / "grading" / "marking.py").exists()
        for dotted in withheld(tasks):
            parts = dotted.split(".")[1:]
            files = [seen.joinpath(*parts[:cut]).with_suffix(".py") for cut in range(1, len(parts))]
            for file in (file for file in files if file.exists()):
                said = f"{dotted} is withheld while this exercise is marked"
                assert said in file.read_text(encoding="utf-8")


def test_points_and_due_are_the_teachers(tmp_path):
    folder = releases.release(
        "code/02_softmax", tmp_path, points={"softmax": 10}, due="2026-12-01T12:00"
    )
    made, released = releases.read(folder)
    assert (
        made.points == {"softmax": 10, "temperature_softmax": 5} and made.due[:10] == "2026-12-01"
    )
    assert cells.points(cells.check_cells(released)["softmax"]) == 10


@pytest.mark.parametrize(
    ("lesson", "options", "said"),
    [
        ("code/02_sofmax", {}, "there is no lesson 'code/02_sofmax'. Nearest: code/02_softmax"),
        ("notebooks/code/02_softmax.ipynb", {"variants": True}, "variants need a roster"),
        ("code/02_softmax", {"points": {"sofmax": 3}}, "no exercise 'sofmax'; it has softmax"),
        ("code/02_softmax", {"points": {"softmax": -3}}, "can't be negative"),
        ("code/02_softmax", {"due": "tomorrow"}, "like 2026-12-01T12:00"),
        ("code/02_softmax", {"roster": "none.csv"}, "can't be read"),
        ("code/02_softmax", {"variants": True}, "variants need a roster"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(tmp_path, lesson, options, said):
    with pytest.raises(Trouble, match=re.escape(said)):
        releases.release(lesson, tmp_path, **options)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name;mail\nAda;x\n", "headings with id; it has name, mail"),
        ("", "it has nothing"),
        ("id\n", "has no students"),
        ("id\n../x\n", "must begin with a letter"),
        ("id\n=ada\n", "must begin with a letter"),
        ("id\nada\nAda\n", "occurs twice"),
    ],
)
def test_a_roster_that_makes_no_sense_is_refused(tmp_path, text, said):
    (tmp_path / "roster.csv").write_text(text)
    with pytest.raises(Trouble, match=said):
        releases.read_roster(tmp_path / "roster.csv")


def test_with_variants_each_student_has_numbers_of_their_own(tmp_path, needs_walls):
    lesson = "intuition/02_softmax"
    (tmp_path / "roster.csv").write_text("id,name\nada,Ada Example\nstudent-01,Student One\n")
    folder = releases.release(lesson, tmp_path, roster=tmp_path / "roster.csv", variants=True)
    texts = {
        student: (folder / "for" / student / "02_softmax.ipynb").read_text()
        for student in ("ada", "student-01")
    }
    assert 'variant=\\"ada\\"' in texts["ada"] and "student-01" not in texts["ada"]
    run = runs.begin(folder, tmp_path / "marks")

    def answered(variant):
        made = json.loads(texts["ada"])
        for cell in made["cells"]:
            if (name := cells.grade_id(cell)) in run.release.points:
                right = answers_of(name).reference(given(name, variant))
                value = right.tolist() if hasattr(right, "tolist") else right
                cell["source"] = f"{name} = {value!r}"
        return made

    def given(name, variant):
        from course_lib.exercises.examining import inputs_of

        return inputs_of(task_of(name), None, variant)

    with servers.Server(lesson) as server:
        own = judging.mark(run, server, "ada", [submission(answered("ada"))])
        copied = judging.mark(run, server, "student-01", [submission(answered("ada"))])
    full = sum(run.release.points.values())
    assert own.total == full
    assert copied.total < full  # another's numbers are not right here


# ---- what comes back ---------------------------------------------------------------------------


def test_submissions_come_as_files_as_folders_and_in_zips(tmp_path, release):
    text = json.dumps(notebook(release))
    folder = tmp_path / "in"
    (folder / "grace").mkdir(parents=True)
    (folder / "ada.ipynb").write_text(text)
    (folder / "grace" / "renamed (1).ipynb").write_text(text)
    (folder / "grace" / ".ipynb_checkpoints").mkdir()
    (folder / "grace" / ".ipynb_checkpoints" / "x.ipynb").write_text("{}")
    with zipfile.ZipFile(folder / "canvas.zip", "w") as z:
        z.writestr("exampleada_12_345_02_softmax.ipynb", text)
        z.writestr("exampleeve_LATE_13_346_02_softmax-1.ipynb", text)
    with zipfile.ZipFile(folder / "moodle.zip", "w") as z:
        z.writestr("Student One_9001_assignsubmission_file_/02_softmax.ipynb", text)
    found = collect(folder)
    assert set(found) == {"ada", "grace", "exampleada", "exampleeve", "Student One"}
    assert found["exampleeve"][0].late and not found["exampleada"][0].late
    (tmp_path / "empty").mkdir()
    with pytest.raises(Trouble, match="no notebook"):
        collect(tmp_path / "empty")


def test_a_class_is_not_held_in_memory(tmp_path):
    bulky = b" " * 2**20
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as z:
        z.writestr("exampleada_12_345_02_softmax.ipynb", bulky)
        z.writestr("exampleeve_13_346_02_softmax.ipynb", b" " * (submissions.LARGEST + 1))
    for number in range(20):
        (tmp_path / f"student-{number:02}.ipynb").write_bytes(bulky)
    tracemalloc.start()
    found = collect(tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 22 and peak < 2**20
    for name in ("student-07", "exampleada"):
        assert found[name][0].read() == found[name][0].held().read() == bulky
    with pytest.raises(Trouble, match="larger than 20 MB"):
        found["exampleeve"][0].read()
    (tmp_path / "student-07.ipynb").unlink()
    with pytest.raises(Trouble, match="no file"):
        pickle.loads(pickle.dumps(found["student-07"][0].held())).read()


def canvas_zip(path, **texts):
    with zipfile.ZipFile(path, "w") as z:
        for name, text in texts.items():
            z.writestr(zipfile.ZipInfo(f"{name}_02_softmax.ipynb", (2030, 1, 1, 0, 0, 0)), text)
    return path


def test_two_students_with_one_name_stay_two(tmp_path):
    (tmp_path / "roster.csv").write_text("id;name;canvas_id\nada;Ada X;7\nadele;Ada X;8\n")
    folder = releases.release("code/02_softmax", tmp_path, roster=tmp_path / "roster.csv")
    made, _ = releases.read(folder)
    handed_in = canvas_zip(tmp_path / "c.zip", xada_7_101="{}", xada_LATE_8_99="{}", xada_9_1="{}")
    found = marking.by_roster(made, collect(handed_in))
    assert set(found) == {"ada", "adele", "xada_9"}
    assert found["adele"][0].late and found["ada"][0].arrived is None  # Canvas doesn't say
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as z:
        for number in (1, 2):
            z.writestr(f"Ada X_{number}_assignsubmission_file_02_softmax.ipynb", "{}")
    assert set(marking.by_roster(made, collect(tmp_path / "m.zip"))) == {"Ada X_1", "Ada X_2"}
    assert made.student("ada x") is None


def test_whatever_the_files_are_called(tmp_path):
    folder = tmp_path / "in"
    (folder / "Jo\u0308rg").mkdir(parents=True)
    (folder / "Jo\u0308rg" / "A.IPYNB").write_text("{}")
    (folder / "Jo\u0308rg" / "lookup.py").write_text("")
    with zipfile.ZipFile(folder / "ada.ZIP", "w") as z:
        z.writestr("my work\\02_softmax.ipynb", "{}")
        z.writestr("notes.txt", "")
    ignored = []
    assert set(collect(folder, ignored=ignored)) == {"J\xf6rg", "ada"}
    assert sorted(ignored) == ["Jo\u0308rg/lookup.py", "ada.ZIP: notes.txt"]
    canvas_zip(tmp_path / "c.zip", ada_7_999="{}", ada_7_1000="{}")
    assert [s.file[:10] for s in collect(tmp_path / "c.zip")["ada"]] == ["ada_7_999_", "ada_7_1000"]


def test_whatever_a_file_is_called_or_packed_it_harms_nobody_else(tmp_path, class_folder):
    folder = tmp_path / "in"
    inner = folder / "eve" / "Bob Example_1_assignsubmission_file_"
    inner.mkdir(parents=True)
    (inner / "bob_12_345_x.ipynb").write_text("{}")
    (folder / "\x1b]0;me\x07.ipynb").write_text("{}")
    (folder / f"{'9' * 200}.ipynb").write_text("{}")
    (folder / f"{chr(0x1F600) * 60}.ipynb").write_text("{}")
    with open(os.fsencode(folder) + b"/\xff.ipynb", "w") as file:
        file.write("{}")
    os.utime(folder / f"{'9' * 200}.ipynb", (4e11, 4e11))
    with zipfile.ZipFile(folder / "grace.zip", "w", zipfile.ZIP_LZMA) as z:
        z.writestr("02_softmax.ipynb", "{}" * 1000)
    packed = bytearray((folder / "grace.zip").read_bytes())
    start = 30 + len("02_softmax.ipynb")
    packed[start : start + 20] = b"\xff" * 20
    (folder / "grace.zip").write_bytes(packed)
    run = runs.begin(class_folder, tmp_path / "marks")
    found = collect(folder)
    assert {"eve", "grace"} < set(found) and len(found) == 6
    assert all(name.isprintable() and name.encode() for name in found)
    marks = marking.mark_all(run, found, walls=False)
    reports.write(run, marks, "limits")
    assert all(made.problem for made in marks.values())


def test_half_a_character_is_written_as_something_else(class_folder, tmp_path):
    run = runs.begin(class_folder, tmp_path)
    made = unread(run, "ada")
    first = replace(made.of("softmax"), code="'\ud800'")
    errors = (CellError("x", "ValueError: \ud800"),)
    made = replace(made, cells=errors, exercises=(first, *made.exercises[1:]))
    reports.write(run, {"ada": made}, "walls")
    assert "ValueError: ?" in (tmp_path / "feedback" / "ada.html").read_text()


def test_two_students_never_share_a_file(class_folder, tmp_path):
    run = runs.begin(class_folder, tmp_path)
    other = finished.file_of(run, "bob.s").stem
    assert finished.file_of(run, "bob.s") != finished.file_of(run, other)


def test_a_release_is_not_written_over(tmp_path):
    folder = releases.release("code/02_softmax", tmp_path, points={"softmax": 10})
    assert releases.release("code/02_softmax", tmp_path, points={"softmax": 10}) == folder
    with pytest.raises(Trouble, match="differs .* --force"):
        releases.release("code/02_softmax", tmp_path)
    assert releases.read(folder)[0].points["softmax"] == 10
    releases.release("code/02_softmax", tmp_path, force=True)
    assert releases.read(folder)[0].points["softmax"] == 6
    with pytest.raises(Trouble, match="Releases in it: .*02_softmax"):
        releases.read(tmp_path)


@pytest.mark.parametrize(
    ("due", "stored"),
    [
        ("2026-12-01", "2026-12-01T23:59+01:00"),
        ("2026-07-01 12:00", "2026-07-01T12:00+02:00"),  # in summer
        ("2026-12-01T12:00-05:00", "2026-12-01T12:00-05:00"),
        ("2026-12-01T12:00Z", "2026-12-01T12:00+00:00"),
    ],
)
def test_the_due_date_is_in_the_time_of_this_machine_and_keeps_its_zone(
    tmp_path, due, stored, in_zone
):
    in_zone("Europe/Berlin")
    assert releases.read(releases.release("code/02_softmax", tmp_path, due=due))[0].due == stored


def test_of_two_files_the_last_counts(tmp_path, release):
    folder = tmp_path / "ada"
    folder.mkdir()
    for hour, name in ((1, "b.ipynb"), (2, "a.ipynb")):
        (folder / name).write_text(json.dumps(notebook(release)))
        os.utime(folder / name, (hour * 3600, hour * 3600))
    assert [s.file for s in collect(tmp_path)["ada"]] == ["ada/b.ipynb", "ada/a.ipynb"]


def test_a_student_of_the_roster_is_one_student_by_whatever_name(tmp_path, release):
    (tmp_path / "roster.csv").write_text("id,name\nada,Ada Example\n")
    folder = releases.release("code/02_softmax", tmp_path, roster=tmp_path / "roster.csv")
    for name in ("ada", "Ada Example", "guest"):
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / "x.ipynb").write_text(json.dumps(release))
    found = marking.by_roster(releases.read(folder)[0], collect(tmp_path / "in"))
    assert {student: len(files) for student, files in found.items()} == {"ada": 2, "guest": 1}


def test_the_marks_of_another_lesson_are_not_written_over(tmp_path):
    for lesson in ("code/01_similarity", "code/02_softmax"):
        releases.release(lesson, tmp_path)
    runs.begin(tmp_path / "code/01_similarity", tmp_path / "marks")
    with pytest.raises(Trouble, match="holds the marks of code/01_similarity"):
        runs.begin(tmp_path / "code/02_softmax", tmp_path / "marks")
    with pytest.raises(Trouble, match="is a file"):
        runs.begin(tmp_path / "code/02_softmax", tmp_path / "marks" / "run.json")
    (tmp_path / "marks" / "run.json").write_text("{")
    with pytest.raises(Trouble, match="run.json is broken"):
        runs.begin(tmp_path / "code/01_similarity", tmp_path / "marks")


def test_a_broken_zip_is_told_in_one_line(tmp_path):
    (tmp_path / "class.zip").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(Trouble, match=r"class\.zip is no folder, no notebook and no zip"):
        collect(tmp_path / "class.zip")
    (broken,) = collect(tmp_path)["class"]  # one student's own, perhaps: the others are marked
    with pytest.raises(Trouble, match=r"class\.zip is no zip"):
        broken.read()


# ---- from release to feedback ------------------------------------------------------------------


@pytest.fixture(scope="module")
def classroom(tmp_path_factory, needs_walls):
    """A release with a roster, and what four of five students handed in."""
    folder = tmp_path_factory.mktemp("classroom")
    (folder / "roster.csv").write_text(
        "id,name,email,canvas_id\nada,Ada Example,ada@example.org,7\nbob,Bob Example,,8\n"
        "eve,Eve Example,,9\nfay,=Fay(),,10\nzoe,Zoe Example,,11\n"
    )
    released = releases.release(
        "code/02_softmax", folder / "class", roster=folder / "roster.csv", due="2100-01-01T00:00"
    )
    _, text = releases.read(released)
    wrong = RIGHT["softmax"].replace("axis=axis", "axis=0")
    handed = {
        "ada": solved(),
        "bob": notebook(text, {**RIGHT, "softmax": wrong}),
        "eve": notebook(text, {**RIGHT, "softmax": "from course_lib.softmax import softmax"}),
        "fay": {"cells": 3},
        "guest": text,
    }
    for student, made in handed.items():
        path = folder / "in" / f"{student}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(made), encoding="utf-8")
    return folder


def command(classroom, marks, *options):
    made = [sys.executable, "-m", "course_lib", "grade", str(classroom / "class/code/02_softmax")]
    return [*made, str(classroom / "in"), "-o", str(marks), "--jobs", "2", *options]


@pytest.fixture(scope="module")
def marked(classroom):
    marks = classroom / "marks"
    marks.mkdir()
    (marks / "overrides.csv").write_text(
        "student,exercise,points,reason\nbob,softmax,4.5,explained it in the oral exam\n"
    )
    run = subprocess.run(command(classroom, marks), capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stderr
    return marks, run.stdout


def test_the_gradebook_has_a_row_for_everyone_and_says_why(marked):
    rows = {row["student"]: row for row in table((marked[0] / "gradebook.csv").read_text())}
    assert list(rows) == ["ada", "bob", "eve", "fay", "zoe", "guest"]  # as in the roster
    assert rows["ada"]["total"] == "11" and rows["ada"]["remarks"] == ""
    assert rows["bob"]["softmax"] == "4.5" and "oral exam" in rows["bob"]["remarks"]
    assert rows["eve"]["softmax"] == "0"
    assert "softmax used a ready-made function" in rows["eve"]["remarks"]
    assert "no cells" in rows["fay"]["remarks"] and rows["fay"]["name"] == "'=Fay()"
    assert "not in the roster" in rows["guest"]["remarks"]
    assert "nothing was handed in" in rows["zoe"]["remarks"] and rows["zoe"]["total"] == "0"


def test_a_feedback_page_has_the_code_and_the_hint_and_never_the_answer(marked):
    page = (marked[0] / "feedback" / "bob.html").read_text()
    assert "What happened" in page and "Where to look" in page and "axis=0" in page
    assert "explained it in the oral exam" in page
    assert "SOLUTION" not in page and "Ada" not in page
    assert not (marked[0] / "feedback" / "zoe.html").exists()


def test_the_class_at_one_look(marked):
    page = (marked[0] / "summary.html").read_text()
    assert "bubblewrap" in page and "seed of the inputs" in page and "misconceptions.png" in page
    assert (marked[0] / "misconceptions.png").read_bytes()[:4] == b"\x89PNG"
    assert "Protection: own files" in marked[1]


def test_junit_canvas_and_moodle_can_read_it(marked):
    suites = ET.parse(marked[0] / "junit.xml").getroot()
    failures = {suite.get("name"): suite.get("failures") for suite in suites}
    assert failures["ada"] == "0" and failures["bob"] == "1" and failures["guest"] == "2"
    rows = table((marked[0] / "canvas.csv").read_text())
    assert rows[0]["Student"].strip() == "Points Possible" and rows[1]["ID"] == "7"
    assert rows[1]["code/02_softmax"] == "11"
    assert [row["Student"] for row in rows[1:]][-1] == "Zoe Example"  # a guest is nobody there
    moodle = table((marked[0] / "moodle.csv").read_text())
    assert [row["ID number"] for row in moodle] == ["ada", "bob", "eve", "fay", "zoe"]
    assert "Email address" not in moodle[0]  # not everybody has one


def test_a_marking_that_was_killed_goes_on_and_ends_the_same(classroom, marked, tmp_path):
    marks = tmp_path / "marks"
    marks.mkdir()
    for file in ("run.json", "overrides.csv"):
        (marks / file).write_bytes((marked[0] / file).read_bytes())
    first = subprocess.Popen(
        command(classroom, marks), cwd=ROOT, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until = time.monotonic() + 120
    while not list(marks.glob("students/*.json")) and time.monotonic() < until:
        time.sleep(0.01)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    kept = {p.name: p.stat().st_mtime_ns for p in marks.glob("students/*.json")}
    assert kept
    subprocess.run(command(classroom, marks), check=True, cwd=ROOT, capture_output=True)
    for name, changed in kept.items():
        assert (marks / "students" / name).stat().st_mtime_ns == changed, "it was marked twice"
    for file in ("gradebook.csv", "canvas.csv", "junit.xml"):
        assert (marks / file).read_text() == (marked[0] / file).read_text()


def test_a_second_batch_keeps_the_first_and_late_is_looked_at_again(classroom, marked, tmp_path):
    marks, batch = tmp_path / "marks", tmp_path / "in"
    shutil.copytree(marked[0], marks)
    batch.mkdir()
    shutil.copy(classroom / "in" / "ada.ipynb", batch / "zoe.ipynb")
    shutil.copy(classroom / "in" / "bob.ipynb", batch / "bob.ipynb")
    os.utime(batch / "bob.ipynb", (5e9, 5e9))  # after the due date of 2100
    grade = [*command(classroom, marks)[:5], str(batch), "-o", str(marks)]
    ran = subprocess.run(grade, capture_output=True, text=True, cwd=ROOT)
    assert ran.returncode == 0 and "kept (delete a file of" in ran.stdout, ran.stderr
    rows = {row["student"]: row for row in table((marks / "gradebook.csv").read_text())}
    assert rows["ada"]["total"] == rows["zoe"]["total"] == "11" and "guest" in rows
    assert rows["bob"]["late"] == "late" and rows["bob"]["softmax"] == "4.5"
    begun = (marks / "run.json").read_text()
    grade[5] = str(tmp_path / "nowhere")
    ran = subprocess.run([*grade, "--again"], capture_output=True, text=True, cwd=ROOT)
    assert ran.returncode == 2 and "there is no" in ran.stderr
    assert (marks / "run.json").read_text() == begun


def test_marking_needs_no_nbgrader(classroom, marked, tmp_path):
    marks = tmp_path / "marks"
    marks.mkdir()
    for file in ("run.json", "overrides.csv"):
        (marks / file).write_bytes((marked[0] / file).read_bytes())
    without = "import sys; sys.modules.update(nbgrader=None, nbval=None, nbconvert=None); "
    without += "from course_lib.__main__ import main; main()"
    started, at = command(classroom, marks), len("python -m course_lib".split())
    ran = subprocess.run(
        [sys.executable, "-c", without, *started[at:]], cwd=ROOT, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    for file in ("gradebook.csv", "junit.xml"):
        assert (marks / file).read_text() == (marked[0] / file).read_text()


def test_a_cluster_gives_the_same_marks(classroom, marked, tmp_path):
    from distributed import LocalCluster

    marks = tmp_path / "marks"
    marks.mkdir()
    for file in ("run.json", "overrides.csv"):
        (marks / file).write_bytes((marked[0] / file).read_bytes())
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        subprocess.run(
            command(classroom, marks, "--scheduler", cluster.scheduler_address),
            check=True, cwd=ROOT, capture_output=True,
        )  # fmt: skip
    for file in ("gradebook.csv", "canvas.csv", "junit.xml"):
        assert (marks / file).read_text() == (marked[0] / file).read_text()


def test_no_scheduler_is_told_in_one_line(classroom, tmp_path):
    ran = subprocess.run(
        command(classroom, tmp_path, "--scheduler", "nonsense"),
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 2 and "can't be reached" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("bob,softmx,3,", "line 3: no 'softmx' of a student 'bob'"),
        ("bub,softmax,3,", "line 3: no 'softmax' of a student 'bub'"),
        ("bob,softmax,nan,", "line 3: points must be a number"),
        ("bob,softmax,-3,", "line 3: points must be a number, 0 or more"),
        ("ada,softmax,3,", "line 3: softmax of ada is set twice"),
    ],
)
def test_a_wrong_override_is_told_and_all_else_is_written(class_folder, tmp_path, line, said):
    run = runs.begin(class_folder, tmp_path)
    (tmp_path / "overrides.csv").write_text(
        f"Student;exercise;points;reason\nada;softmax;2,5;asked\n{line.replace(',', ';')}\n;;;\n"
    )
    with pytest.raises(Trouble, match=said):
        reports.write(run, {name: unread(run, name) for name in ("ada", "bob")}, "walls")
    rows = table((tmp_path / "gradebook.csv").read_text())
    assert [(row["student"], row["softmax"]) for row in rows] == [("ada", "2.5"), ("bob", "0")]


def unread(run, student):
    exercises = unjudged(run.release.points, "not-marked")
    return Mark(student, exercises, f"{student}.ipynb", problem="it is empty.", walls="walls")


@pytest.mark.parametrize("lesson", ["code/02_softmax"])
def test_the_solutions_are_what_nbgrader_reads(lesson):
    read_as_nbgrader(str(SOLUTIONS / f"{lesson}.ipynb"), as_version=4)
    nbformat.validate(nbformat.read(SOLUTIONS / f"{lesson}.ipynb", as_version=4))
