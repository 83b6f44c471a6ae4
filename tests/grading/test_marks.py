"""A mark is one record: it goes to a file and comes back, and nobody changes it on the way."""

import json
from dataclasses import FrozenInstanceError, replace

import pytest

from course_lib.exercises.report import Probed
from course_lib.files.cells import Trouble
from course_lib.grading import finished, gradebook, overrides, pages, reports, runs
from course_lib.grading.marks import CellError, ExerciseMark, Mark, unjudged

PROBED = (Probed("shares", 2, "each row becomes shares"), Probed("axis", 4, "any axis", "is 0"))
SOFTMAX = ExerciseMark("softmax", 6, 2.0, "wrong-axis", "What happened: 0", "x = 1", PROBED)
MARK = Mark(
    "ada",
    (SOFTMAX, ExerciseMark("temperature_softmax", 5, 5)),
    file="ada/b.ipynb",
    arrived="2026-11-30T00:53:20",
    others=("ada/a.ipynb",),
    cells=(CellError("1 / 0", "ZeroDivisionError: \ud800"),),
    submission="159b98d799173e1f",
    run="0c03388a223b963c",
    version="0.2.0",
    limit=10.0,
    walls="walls",
    seconds=0.1,
)
EMPTY = Mark("bob", unjudged({"softmax": 6}, "not-marked", "it is empty."), problem="it is empty.")
FIRST = {  # a mark as the first edition stored it
    "student": "ada", "file": "ada.ipynb", "arrived": None, "late": True, "others": ["a.ipynb"],
    "submission": "1" * 16, "run": "2" * 16, "limit": 10.0, "walls": "walls", "problem": None,
    "exercises": {"softmax": {
        "earned": 0.5, "points": 7.5, "code": "x", "diagnosis": "wrong-axis", "message": "Look.",
    }},
    "cells": [{"cell": "1 / 0", "error": "ZeroDivisionError"}], "seconds": 0.098,
}  # fmt: skip


def by_file(plain):
    return json.loads(json.dumps(plain))


@pytest.mark.parametrize("mark", [MARK, EMPTY, Mark("zoe", unjudged({"dot": 0.5}, "stopped"))])
def test_a_mark_comes_back_from_a_file_as_it_was(mark):
    assert Mark.from_json(by_file(mark.as_json())) == mark


def test_a_mark_of_the_first_edition_is_read():
    assert Mark.from_json(by_file(FIRST)) == Mark(
        "ada",
        (ExerciseMark("softmax", 7.5, 0.5, "wrong-axis", "Look.", "x"),),
        file="ada.ipynb",
        late=True,
        others=("a.ipynb",),
        cells=(CellError("1 / 0", "ZeroDivisionError"),),
        submission="1" * 16,
        run="2" * 16,
        limit=10.0,
        walls="walls",
        seconds=0.098,
    )


def test_what_a_later_version_adds_is_passed_over():
    plain = by_file(MARK.as_json()) | {"judge": "abc"}
    plain["exercises"]["softmax"]["drawn"] = 3
    plain["exercises"]["softmax"]["probes"][0]["seconds"] = 0.1
    assert Mark.from_json(plain) == MARK


@pytest.mark.parametrize("stored", [MARK.as_json(), FIRST], ids=["second", "first"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda plain: [],
        lambda plain: "ada",
        lambda plain: None,
        lambda plain: {},
        lambda plain: plain | {"format": "two"},
        lambda plain: plain | {"format": 0},
        lambda plain: plain | {"student": 7},
        lambda plain: plain | {"file": None},
        lambda plain: plain | {"late": "no"},
        lambda plain: plain | {"limit": "ten"},
        lambda plain: plain | {"others": None},
        lambda plain: plain | {"cells": [1]},
        lambda plain: plain | {"cells": [{"cell": "x"}]},
        lambda plain: plain | {"exercises": {}},
        lambda plain: plain | {"exercises": ["softmax"]},
        lambda plain: plain | {"exercises": {"softmax": 3}},
        lambda plain: plain | {"exercises": {"softmax": {"earned": 3}}},
        lambda plain: plain | {"exercises": {"softmax": {"points": "6"}}},
        lambda plain: plain | {"exercises": {"softmax": {"points": 6, "earned": float("nan")}}},
        lambda plain: plain | {"exercises": {"softmax": {"points": 6, "diagnosis": 3}}},
        lambda plain: plain | {"exercises": {"softmax": {"points": 6, "said": 3, "probes": [3]}}},
        lambda plain: {key: value for key, value in plain.items() if key != "cells"},
    ],
)
def test_what_is_no_mark_is_none(tmp_path, stored, damage):
    made = damage(by_file(stored))
    with pytest.raises(ValueError):
        Mark.from_json(made)
    (tmp_path / "ada.json").write_text(json.dumps(made))
    assert finished.read(tmp_path / "ada.json") is None


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_file_is_no_mark(tmp_path, content):
    (tmp_path / "ada.json").write_bytes(content)
    assert finished.read(tmp_path / "ada.json") is None
    assert finished.read(tmp_path / "nobody.json") is None


def test_a_mark_of_a_newer_format_is_never_written_over(class_folder, tmp_path):
    run = runs.begin(class_folder, tmp_path)
    finished.store(run, MARK)
    file = finished.file_of(run, "ada")
    file.write_text(json.dumps(MARK.as_json() | {"format": 3}))
    with pytest.raises(Trouble, match=r"ada\.json .* newer version of the course: update"):
        finished.earlier(run, {})
    with pytest.raises(Trouble, match="newer version"):
        finished.stored(run, "ada", None)


@pytest.mark.parametrize("exercises", [(SOFTMAX,), (SOFTMAX, ExerciseMark("dot", 3))])
def test_a_stored_mark_of_other_exercises_does_not_fit(class_folder, tmp_path, exercises):
    run = runs.begin(class_folder, tmp_path)
    finished.store(run, replace(MARK, run=run.digest))
    assert list(finished.earlier(run, {})[0]) == ["ada"]
    finished.store(run, replace(MARK, run=run.digest, exercises=exercises))
    assert finished.earlier(run, {}) == ({}, ["ada"])


def test_what_is_set_by_hand_makes_a_new_mark_and_is_not_stored(class_folder, tmp_path):
    run = runs.begin(class_folder, tmp_path)
    (tmp_path / "overrides.csv").write_text("student,exercise,points\nada,softmax,4.5\n")
    given = {"ada": MARK}
    marks, wrong = overrides.overridden(run, given)
    assert not wrong and given == {"ada": MARK} and MARK.of("softmax").earned == 2
    assert marks["ada"].of("softmax") == replace(SOFTMAX, earned=4.5, by_hand="set by the teacher")
    assert marks["ada"].total == 9.5 and MARK.total == 7
    assert Mark.from_json(marks["ada"].as_json()).of("softmax").by_hand is None
    with pytest.raises(FrozenInstanceError):
        MARK.late = True


def test_a_report_takes_marks_and_no_dictionary(class_folder, tmp_path):
    run = runs.begin(class_folder, tmp_path)
    plain = MARK.as_json()
    for report in (
        lambda mark: gradebook.row(run, mark),
        lambda mark: gradebook.junit(run, {"ada": mark}),
        lambda mark: pages.feedback(run, mark),
        lambda mark: pages.misconceptions({"ada": mark}),
        lambda mark: reports.write(run, {"ada": mark}, "walls"),
    ):
        assert report(MARK)
        with pytest.raises(AttributeError, match="'dict' object"):
            report(plain)


def test_the_class_at_one_look_says_which_version_judged(class_folder, tmp_path):
    run = runs.begin(class_folder, tmp_path)
    marks = {"ada": MARK, "bob": replace(MARK, student="bob", version=None)}
    assert pages.versions({"ada": MARK})["course"] == "0.2.0"
    assert pages.versions(marks)["course"] == "0.2.0 (marks: 1 by 0.2.0, 1 by the first edition)"
    reports.write(run, marks, "walls")
    assert "1 by the first edition" in (tmp_path / "summary.html").read_text()
