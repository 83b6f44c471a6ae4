"""The registry of the lessons: a new lesson is an entry and its files, and stands everywhere."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from course_lib import lessons
from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.lessons import LESSONS, ROOT, TRACKS
from tests import new_lesson

PARTS = ("course_lib", "docs", "notebooks", "tests", "README.md", "CONTRIBUTING.md", "CITATION.cff")
START_PAGE = "notebooks/00_start_here.ipynb"


def copy_of_the_course(folder):
    for part in (*PARTS, "conftest.py", "pyproject.toml"):
        if (ROOT / part).is_dir():
            shutil.copytree(
                ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            shutil.copy(ROOT / part, folder / part)
    return folder


def python(course, *arguments):
    """Run a command in a copy of the course, with its own library."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=course,
        env=os.environ | {"PYTHONPATH": str(course), "PYTHONUTF8": "1", "COURSE_QUIET": "1"},
        capture_output=True,
        text=True,
    )


def succeeds(course, *arguments):
    run = python(course, *arguments)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


# A throw-away lesson -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course with one lesson more: (its folder, what `make` said)."""
    folder = copy_of_the_course(tmp_path_factory.mktemp("registry") / "course")
    new_lesson.enter(folder)
    new_lesson.write_files(folder)
    said = succeeds(folder, "course_lib", "make")
    succeeds(folder, "course_lib", "store", START_PAGE)
    return folder, said


def title(course, track, stem, part=""):
    return cells.source(cells.read(course / f"notebooks/{part}{track}/{stem}.ipynb")["cells"][0])


def test_make_says_what_it_made_and_what_is_left_to_do(course):
    folder, said = course
    assert f"made notebooks/exercises/code/{new_lesson.STEM}.ipynb" in said
    assert "made README.md" in said and f"made {START_PAGE}, cell title, map" in said
    assert f"Now run: python -m course_lib store {START_PAGE}" in said
    assert succeeds(folder, "course_lib", "make", "--check") == "All is up to date.\n"


def test_the_readme_and_the_start_page_list_and_count_it(course):
    folder, _ = course
    readme = (folder / "README.md").read_text(encoding="utf-8")
    page = (folder / START_PAGE).read_text(encoding="utf-8")
    for track in TRACKS:
        assert f"[{track}](notebooks/{track}/{new_lesson.STEM}.ipynb)" in readme
        assert f"[throw away]({track}/{new_lesson.STEM}.ipynb)" in page
        assert f'my_work/{track}/{new_lesson.STEM}.ipynb\\"' in page, "the grid"
    count = {11: "eleven", 12: "twelve", 13: "thirteen"}[new_lesson.NUMBER]
    assert f"**{count.title()} lessons that build" in page
    assert f"## What are the {count} lessons?" in page
    assert "A lesson takes 5 to 95 minutes" in page
    assert f"{count.title()} lessons on" in (folder / "CITATION.cff").read_text(encoding="utf-8")


@pytest.mark.parametrize("track", TRACKS)
def test_its_title_cell_and_its_neighbours_lead_to_each_other(course, track):
    folder, last = course[0], LESSONS[-1]
    mine, stem = title(folder, track, new_lesson.STEM), new_lesson.STEM
    assert mine.startswith(f"# {new_lesson.NUMBER:02} · Throw away — ")
    assert f"**{track.title()}**" in mine
    assert all(f"](../{other}/{stem}.ipynb)" in mine for other in TRACKS if other != track)
    assert f"\n← [{last.numbered}]({last.stem}.ipynb) · [all lessons](../00_start_here" in mine
    assert "→" not in mine.split("**You need**")[0]
    minutes = {"intuition": "7 minutes", "maths": "9 minutes"}
    wanted = minutes.get(track, "95 minutes, of which your computer trains for 4")
    assert (
        f"](../../my_work/{track}/{stem}.ipynb) · [Glossary](../glossary.ipynb) · {wanted}\n"
        in mine
    )
    assert f" · [{new_lesson.TITLE}]({stem}.ipynb) →\n" in title(folder, track, last.stem)
    for part in ("solutions/", "exercises/"):
        lead = title(folder, track, stem, part)
        assert f"](../../{track}/{stem}.ipynb)" in lead and "Throw away" in lead.splitlines()[0]


def test_all_else_in_the_neighbours_is_as_it_was(course):
    for path in sorted(path for path in ROOT.glob("notebooks/**/*.ipynb")):
        before, after = cells.read(path), cells.read(course[0] / path.relative_to(ROOT))
        for old, new in zip(before["cells"], after["cells"], strict=True):
            if path.name != "00_start_here.ipynb" and old["id"] != "title":
                assert old == new, f"{path.name}, {old['id']}"
            assert {**old, "source": 0, "outputs": 0} == {**new, "source": 0, "outputs": 0}


def test_a_learner_gets_its_exercises_checks_them_and_sees_them_counted(course):
    folder, place = course[0], f"code/{new_lesson.STEM}"
    succeeds(folder, "course_lib", "my-work")
    mine = folder / "my_work" / f"{place}.ipynb"
    assert "BEGIN SOLUTION" not in mine.read_text(encoding="utf-8")
    assert python(folder, "course_lib", "check", place).returncode == 1
    notebook = cells.read(mine)
    for cell in notebook["cells"]:
        if cells.grade_id(cell) in new_lesson.EXERCISES["code"]:
            cell["source"] = new_lesson.ANSWERS[cells.grade_id(cell)]
    notebook["cells"][1]["source"] += "\nimport numpy as np"
    cells.write(notebook, mine)
    said = succeeds(folder, "course_lib", "check", place)
    assert f"✓ {new_lesson.BUG}: 2 of 2 points" in said
    assert f"✓ {new_lesson.EXAMPLE}: 3 of 3 points" in said
    lines = succeeds(folder, "course_lib", "progress").splitlines()
    (line,) = [line for line in lines if line.startswith(f"{new_lesson.NUMBER:02} ")]
    assert re.search(r" 0 of 4 +2 of 2 ✓ +0 of 1$", line), line


def test_a_teacher_can_release_it(course, tmp_path):
    place = f"maths/{new_lesson.STEM}"
    succeeds(course[0], "course_lib", "release", place, "-o", str(tmp_path))
    made = json.loads((tmp_path / place / "release.json").read_text(encoding="utf-8"))
    assert made["points"] == {new_lesson.HALF: 2}


def test_the_tests_take_it_in_and_pass(course):
    quiet = ("pytest", "-q", "-p", "no:cacheprovider")
    listed = succeeds(course[0], *quiet, "--collect-only", "tests/test_course_map.py")
    assert listed.count(new_lesson.STEM) >= 2 * len(TRACKS)
    made = "registry_and_the_files or is_made"
    succeeds(course[0], *quiet, "tests/test_course_map.py", "-k", f"{new_lesson.STEM} or {made}")
    own = " or ".join(name for names in new_lesson.EXERCISES.values() for name in names)
    succeeds(course[0], *quiet, "tests/test_exercises.py", "-k", own)


# What does not fit together ----------------------------------------------------------------------


@pytest.fixture
def bare(tmp_path):
    return copy_of_the_course(tmp_path / "course")


def complains(course, *arguments):
    before = {path: path.read_bytes() for path in course.rglob("*.ipynb")}
    run = python(course, "course_lib", "make", *arguments)
    assert run.returncode == 2 and "Traceback" not in run.stderr, run.stdout + run.stderr
    assert all(path.read_bytes() == text for path, text in before.items()), "it wrote something"
    return run.stderr


def test_an_entry_without_files_names_what_is_missing(bare):
    new_lesson.enter(bare)
    said = complains(bare)
    for track in TRACKS:
        for path in (
            f"notebooks/{track}/{new_lesson.STEM}.ipynb",
            f"notebooks/solutions/{track}/{new_lesson.STEM}.ipynb",
            f"course_lib/exercises/tasks/{track}_{new_lesson.NUMBER:02}.py",
            f"course_lib/exercises/answers/{track}_{new_lesson.NUMBER:02}.py",
            f"course_lib/exercises/hints/{track}_{new_lesson.NUMBER:02}.md",
        ):
            assert f"Lesson {new_lesson.TITLE} has no file {path}: write it" in said


def test_files_without_an_entry_are_named(bare):
    new_lesson.write_files(bare)
    said = complains(bare, "--check")
    assert said.count("belongs to no lesson: write its lesson's entry") == 5 * len(TRACKS)
    assert f"notebooks/maths/{new_lesson.STEM}.ipynb belongs to no lesson" in said


def test_an_exercise_that_stands_in_one_place_only_is_named(bare):
    registry = bare / "course_lib" / "lessons.toml"
    text = registry.read_text(encoding="utf-8")
    registry.write_text(text.replace('"softmax",', '"soft_max",'), encoding="utf-8")
    said = complains(bare)
    assert "tasks/code_02.py: exercise 'softmax' belongs to no lesson: add it to" in said
    assert "02_softmax.ipynb checks softmax, temperature_softmax, but the entry" in said


def test_a_title_cell_without_its_lines_shows_the_one_that_is_wanted(bare):
    path = bare / "notebooks" / "code" / "02_softmax.ipynb"
    notebook = cells.read(path)
    source = cells.source(notebook["cells"][0])
    notebook["cells"][0]["source"] = source.replace("[all lessons]", "[everything]")
    cells.write(notebook, path)
    said = complains(bare)
    assert "notebooks/code/02_softmax.ipynb, cell title lacks" in said
    assert "← [01 Similarity](01_similarity.ipynb) · [all lessons]" in said


def test_check_names_what_is_out_of_date_and_make_mends_it(bare):
    changed = {
        "README.md": ("| softmax |", "| the softmax |", ""),
        "notebooks/00_start_here.ipynb": ("Eleven lessons", "Nine lessons", ", cell title"),
        "notebooks/code/05_matrix_form.ipynb": (" · 55 minutes", " · 5 minutes", ", cell title"),
        "notebooks/exercises/code/02_softmax.ipynb": ("Two functions", "Three functions", ""),
    }
    for part, (was, becomes, _) in changed.items():
        text = (bare / part).read_text(encoding="utf-8")
        assert was in text
        (bare / part).write_text(text.replace(was, becomes, 1), encoding="utf-8")
    before = {part: (bare / part).read_bytes() for part in changed}
    run = python(bare, "course_lib", "make", "--check")
    told = {f"out of date: {part}{cell}" for part, (_, _, cell) in changed.items()}
    assert set(run.stdout.splitlines()) == told | {"Now run: python -m course_lib make"}
    assert run.returncode == 1
    assert before == {part: (bare / part).read_bytes() for part in changed}
    succeeds(bare, "course_lib", "make")
    for part in changed:
        mended = (bare / part).read_bytes() == (ROOT / part).read_bytes()
        assert mended, part  # comparing notebooks byte by byte in a message takes minutes


# Entries -----------------------------------------------------------------------------------------

GOOD = """
[[lesson]]
number = 1
name = "one"
title = "One"
question = "Why one?"
idea = "one"
minutes = { intuition = 1, code = 2, maths = 3 }
exercises = { intuition = ["i01_a"], code = ["a"], maths = ["b"] }
"""
SECOND = GOOD.replace("= 1\nname", "= 2\nname").replace("i01_a", "i02_a")
SECOND = (
    SECOND.replace('["a"]', '["c"]').replace('["b"]', '["d"]').replace('= "one"\nt', '= "two"\nt')
)


def read(tmp_path, text):
    file = tmp_path / "lessons.toml"
    file.write_text(text, encoding="utf-8")
    return lessons.read(file)


def test_good_entries_are_read(tmp_path):
    one, two = read(tmp_path, GOOD + SECOND)
    assert one.path("code").name == "01_one.ipynb" and two.exercises["maths"] == ("d",)


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("number = 2", "number = 3", "numbered 1, 2, 3 … in order; these are 1, 3"),
        ("number = 2", "number = 1", "these are 1, 1"),
        ("number = 2", 'number = "2"', "entry 2 (two): number must be 1 or more; it is '2'"),
        ("number = 2", "", "entry 2 (two) needs number"),
        ('["d"]', '["a"]', "a stands twice"),
        ('["d"]', '"d"', "exercises of maths must be a list of names"),
        ('["d"]', "[]", "exercises of maths must be a list of names"),
        ('["d"]', '["a b"]', "exercises of maths must be a list of names"),
        (
            'maths = ["d"]',
            'math = ["d"]',
            "exercises must be given for each of intuition, code, maths",
        ),
        (', maths = ["d"]', "", "exercises must be given for each of intuition, code, maths"),
        (", maths = 3", "", "minutes must be given for each of intuition, code, maths"),
        ("maths = 3", "maths = 0", "minutes of maths must be a number of minutes; it is 0"),
        ("maths = 3", "maths = true", "minutes of maths must be a number of minutes; it is True"),
        ("{ intuition = 1, code = 2, maths = 3 }", "30", "minutes must be given for each of"),
        ("minutes =", "trains = { cod = 1 }\nminutes =", "trains may be given for intuition, code"),
        ("idea =", "ideas =", "entry 2 (two) needs idea"),
        ("minutes =", "hours = 1\nminutes =", "entry 2 (two) has hours, which no lesson has"),
        ('"Why one?"', '"Why one"', "question must be one line without | that ends in ?"),
        ('"Why one?"', '"Why\\none?"', "question must be one line"),
        ('"One"', '"One · two"', "title must be a name: a capital first"),
        ('"One"', '"one"', "title must be a name"),
        ('"One"', '"One, two"', "title must be a name"),
        ('"One"', '""', "title must be a name"),
        ('"two"', '"one"', "two lessons have the same name"),
        ('"two"', '"One more"', "name must be small letters"),
        ("[[lesson]]", "[[lessons]]", "holds entries that begin with [[lesson]], not lessons"),
        ("[[lesson]]", "[lesson]", "is no TOML"),
        ("number = 2", "number = ", "is no TOML"),
    ],
)
def test_an_entry_that_does_not_fit_is_told_so(tmp_path, was, becomes, said):
    assert was in SECOND
    with pytest.raises(Trouble) as error:
        read(tmp_path, GOOD + SECOND.replace(was, becomes, 1))
    assert str(error.value).startswith("lessons.toml") and said in str(error.value)


def test_the_entry_that_the_guide_shows_is_good(tmp_path):
    (shown,) = read(
        tmp_path, re.sub(r"number = \d+", "number = 1", new_lesson.example("[[lesson]]"))
    )
    assert new_lesson.EXAMPLE in shown.exercises["code"]


def test_a_file_without_entries_is_told_so(tmp_path):
    with pytest.raises(Trouble, match=r"begin with \[\[lesson\]\]; it has none"):
        read(tmp_path, "")


def test_the_registry_is_read_at_once_and_needs_no_numpy():
    program = "import sys, course_lib.lessons; print('numpy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert run.stdout.strip() == "False", run.stderr


def test_where_no_notebooks_are_it_is_said(tmp_path):
    shutil.copytree(ROOT / "course_lib", tmp_path / "course_lib")
    run = python(tmp_path, "course_lib", "make")
    assert run.returncode == 2 and "installed without them" in run.stderr
    assert lessons.notebooks_here() and not lessons.notebooks_here(tmp_path)
