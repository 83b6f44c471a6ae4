"""Exams and homework that are drawn: equal for all, secret, and marked behind walls."""

import json
import re
import shutil

import nbformat
import numpy as np
import pytest
from click.testing import CliRunner

from course_lib import __main__ as commands
from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.grading import (
    choosing,
    drawn,
    exams,
    finished,
    judging,
    marking,
    papers,
    releases,
    reports,
    runs,
    servers,
    view,
)
from course_lib.lessons import LESSONS, SOLUTIONS, TRACKS
from course_lib.practice import Specification, classes, drawing
from course_lib.practice.classes import Asked, drawn_for, planned
from tests.grading.conftest import needs_walls  # noqa: F401  (a fixture)
from tests.grading.handed_in import code, submission

WHO = ("ada", "bob", "eve", "kim", "lou")
NAMES = ("shares:2", "attention:2", "symmetries:2", "stories:2")  # all three tracks


@pytest.fixture(scope="module")
def roster(tmp_path_factory):
    return listed(tmp_path_factory.mktemp("roster") / "roster.csv", WHO)


def listed(file, students):
    rows = [f"{student},{student.capitalize()} *Example*" for student in students]
    file.write_text("\n".join(["id,name", *rows]), encoding="utf-8")
    return file


def chance(number=1):
    return np.random.default_rng(number)


@pytest.fixture(scope="module")
def first(tmp_path_factory, roster):
    folder = tmp_path_factory.mktemp("exam") / "exam"
    return exams.exam(folder, roster=roster, names=NAMES, lessons="01-06", rng=chance())


@pytest.fixture
def folder(first, tmp_path):
    """A copy, to be changed."""
    return shutil.copytree(first, tmp_path / "exam")


def tasks_of(folder, student):
    made = releases.read(folder)[0]
    given = made.drawn[student]
    return {exercise: given.task(exercise) for exercise in given.keys}


def handed_out(folder, student="ada"):
    return cells.read(folder / "for" / student / "exam.ipynb")


def solved(folder, student, answer):
    """Return a student's notebook, answered: answer(exercise, task, name) -> a cell's text."""
    notebook = handed_out(folder, student)
    tasks = tasks_of(folder, student)
    names = drawn.answers([task.name for task in tasks.values()])
    called = dict(zip(tasks, names))
    for cell in notebook["cells"]:
        name = cells.grade_id(cell)
        if name in tasks and (text := answer(name, tasks[name], called[name])) is not None:
            cell["source"] = text
    return notebook


def right(exercise, task, name):
    if isinstance(task, Specification):
        return task.source.replace(f"def {task.name}(", f"def {name}(")
    return f"{name} = {task.value!r}"


def neighbour(exercise, task, name):
    slug, made = next(iter(task.neighbours.items()))
    if not isinstance(task, Specification):
        return f"{name} = {made()!r}"
    text = next(text for known, text, _ in (*task.one_axis, *task.slips) if known == slug)
    return text.replace(f"def {task.name}(", f"def {name}(")


# What is drawn --------------------------------------------------------------------------------


def test_all_have_the_same_kinds_levels_and_points_and_no_two_the_same_exam(first):
    sets = [tasks_of(first, student) for student in WHO]
    for tasks in sets:
        assert [(task.name, task.level) for task in tasks.values()] == [
            ("shares", 2), ("attention", 2), ("symmetries", 2), ("stories", 2)
        ]  # fmt: skip
        assert all(task.lesson <= 6 and task.sound for task in tasks.values())
    classes.points_of([[*tasks.values()] for tasks in sets])  # raises if they are not equal
    told = [tuple(task.told for task in tasks.values()) for tasks in sets]
    assert all(len({each[at] for each in told}) == len(WHO) for at in range(4))
    made, notebook = releases.read(first)
    points = [task.task.points for task in sets[0].values()]
    assert [*made.points.values()] == points == [6, 6, 2, 2]
    assert set(cells.check_cells(notebook)) == set(made.points)
    for student in WHO:
        worth = cells.check_cells(handed_out(first, student))
        assert [cells.points(cell) for cell in worth.values()] == points


def test_a_hundred_get_a_hundred_different_tasks():
    plan = planned("code", (5, 5), tasks=1, names=["attention"])
    told = {made[0].told for made in drawn_for(100, plan, 6, rng=chance())}
    assert plan == (Asked("attention", 3),) and len(told) >= 95


def test_where_there_are_few_tasks_exams_differ_as_long_as_they_can(monkeypatch):
    monkeypatch.setattr(drawing, "MISSED", 100)
    plan = (Asked("scores", 1), Asked("scores", 2))
    sets = drawn_for(30, plan, 4, rng=chance())
    assert len({tuple(task.told for task in made) for made in sets}) == 30
    assert len({made[0].told for made in sets}) < 30  # there are not so many
    with pytest.raises(Trouble, match="Ask for more tasks, a higher level or more lessons"):
        drawn_for(60, (Asked("scores", 1),), 4, rng=chance())


def test_where_all_of_a_kind_were_drawn_another_exam_has_something_else_that_is_new():
    plan = (Asked("scores", 1), Asked("stories", 1))
    sets = drawn_for(25, plan, 4, rng=chance())
    old = {task.told for made in sets for task in made}
    for made in drawn_for(3, plan, 4, rng=chance(2), besides=old):
        assert made[0].told in old and made[1].told not in old
    with pytest.raises(Trouble, match="there are only 0 other exams of scores:1"):
        drawn_for(1, plan[:1], 4, rng=chance(3), besides=old)


def test_a_plan_follows_track_and_lessons():
    def names(*arguments, **options):
        return [each.name for each in planned(*arguments, **options)]

    assert names("code", (1, 6), tasks=4) == ["shares", "scores", "attention", "layer"]
    assert names("code", (2, 3), tasks=1) == ["shares"]
    assert names("code", (1, 6), tasks=2) == ["attention", "layer"]
    assert names("code", (1, 6), tasks=5) == ["shares", "scores", "attention", "layer", "layer"]
    assert names("code", (9, 9), tasks=1) == ["multi_head"]
    assert names("maths", (1, 11), tasks=3) == ["symmetries", "backward", "counts"]
    assert names("intuition", (1, 6), tasks=4) == ["stories"] * 4
    asked = planned(None, (1, 11), tasks=4, names=["attention:5", "counts"], level=2)
    assert asked == (Asked("attention", 5), Asked("counts", 2))
    assert planned("code", (4, 4), tasks=1)[0] == Asked("scores", 2)  # more is not fair there


# What is handed out ---------------------------------------------------------------------------


def test_a_notebook_can_be_worked_on(first):
    for student in WHO[:2]:
        notebook = handed_out(first, student)
        nbformat.validate(nbformat.from_dict(notebook))
        named = [f"task-{n}-{part}" for n in range(1, 5)
                 for part in ("question", "example", "answer", "check")]  # fmt: skip
        ids = [cell["id"] for cell in notebook["cells"]]
        assert ids == ["title", "setup", *(i for i in named if i not in
                       ("task-3-example", "task-4-example"))]  # fmt: skip
        head = cells.source(notebook["cells"][0])
        assert head.startswith("# Exam\n\n**") and "60 minutes · 16 points" in head
        assert f"{student.capitalize()} \\*Example\\*" in head


def test_hand_in_tries_the_example(first, capsys):
    for answer, said in ((right, "come out"), (neighbour, "do NOT come out")):
        space = {}
        notebook = solved(first, "eve", answer)
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                exec(cells.source(cell), space)
        lines = capsys.readouterr().out.splitlines()
        assert [line.split(":")[0] for line in lines] == list(tasks_of(first, "eve"))
        assert lines[1].endswith(f"the example's numbers {said}.")
        assert lines[3].startswith("task_4_stories: ")


def test_what_is_handed_out_tells_no_answer_and_not_how_it_was_drawn(first):
    inside = [path for path in (first / "for").rglob("*") if path.is_file()]
    assert sorted(path.name for path in inside) == ["exam.html"] * 5 + ["exam.ipynb"] * 5
    teachers = (first / exams.TEACHERS).read_text(encoding="utf-8")
    for path in inside:
        text, student = path.read_text(encoding="utf-8"), path.parent.name
        assert "course_lib" not in text and "@" not in text.replace("@page", "").replace(
            "@media", ""
        )
        for task in tasks_of(first, student).values():
            assert str(task.seed) not in text and task.key in teachers
            lines = [line.strip() for line in task.source.splitlines()[1:]]
            told = [line for line in lines if len(line) > 25 and line in text]
            assert not told, told
            assert all(papers.html.escape(line) in teachers for line in lines)
    assert "Not to be handed out" in teachers and "Sheet to mark paper by" in teachers
    for student in WHO:
        assert f'<a href="#{student}">' in teachers


def test_a_paper_asks_the_same_and_leaves_room(first):
    page = (first / "for" / "ada" / "exam.html").read_text(encoding="utf-8")
    assert "Ada *Example* (ada)" in page and "60 minutes" in page and "of 16 points" in page
    assert page.count('class="task') == page.count('class="room"') == 4
    assert "def attention(q, k, v" in page and "answer_4 =" in page and "@media print" in page
    sizes = {re.findall(r'class="room" style="height:(\d+)px"', (first / "for" / s / "exam.html")
             .read_text(encoding="utf-8")).__str__() for s in WHO}  # fmt: skip
    assert len(sizes) == 1  # the room tells nothing of the answer


def test_check_does_not_claim_to_know_a_drawn_task(first):
    done = CliRunner().invoke(commands.main, ["check", str(first / "for" / "ada" / "exam.ipynb")])
    assert done.exit_code == 2 and "is an exam: only whoever drew it can check it" in done.output


# How it is marked -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(first, needs_walls):  # noqa: F811
    made = releases.read(first)[0]
    with servers.Server(made.lesson, drawn=made.drawn_names) as started:
        assert started.strength == "walls"
        yield started


@pytest.fixture
def mark(first, server, tmp_path):
    run = runs.begin(first, tmp_path / "marks")

    def one(made, student="ada"):
        return judging.mark(run, server, student, [submission(made, student)])

    return one


def diagnoses(mark):
    return [each.diagnosis for each in mark.exercises]


def test_right_wrong_and_untouched_answers_are_told_apart(first, mark):
    for student in WHO[:3]:
        whole = mark(solved(first, student, right), student)
        assert whole.total == 16 and diagnoses(whole) == [None] * 4, whole
        assert whole.seconds < 5
    near = mark(solved(first, "ada", neighbour))
    tasks = tasks_of(first, "ada").values()
    assert diagnoses(near) == [next(iter(task.neighbours)) for task in tasks]
    assert near.total < 8 and "Where to look" in near.exercises[1].said
    blank = mark(handed_out(first))
    assert blank.total == 0 and diagnoses(blank) == ["not-attempted"] * 4
    said = "".join(each.said for each in (*blank.exercises, *near.exercises))
    assert "@" not in said.replace("@ ", "") and blank.exercises[0].said.startswith("○ task_1")


def test_anothers_answers_are_not_ones_own(first, mark):
    def bobs(exercise, task, name):
        return right(exercise, tasks_of(first, "bob")[exercise], name)

    assert mark(solved(first, "ada", bobs)).total < 8
    stranger = mark(solved(first, "ada", right), "mallory")
    assert stranger.total == 0 and "no tasks were drawn for mallory" in stranger.problem


def test_a_published_solution_earns_nothing_and_is_named(first, mark):
    notebook = cells.read(SOLUTIONS / "code" / "05_matrix_form.ipynb")
    published = next(cells.source(c) for c in notebook["cells"] if cells.grade_id(c) == "attention")
    softmax = (
        "def softmax(x):\n"
        "    e = np.exp(x - x.max(-1, keepdims=True))\n    return e / e.sum(-1, keepdims=True)"
    )

    def copied(exercise, task, name):
        return f"{softmax}\n\n{published}" if task.name == "attention" else None

    found = mark(solved(first, "ada", copied)).of("task_2_attention")
    assert found.earned == 0
    assert "That is lesson 05's attention; read the specification again." in found.said


def test_nothing_of_how_tasks_are_drawn_is_there_when_foreign_code_runs(first, mark, tmp_path):
    places = [lesson.place(track) for track in TRACKS for lesson in LESSONS]
    modules = view.needed({*view.INSIDE, *view.OLDER, *(m for p in places for m in view.loaded(p))})
    assert modules and not [name for name in modules if name.startswith("course_lib.practice")]
    library = view.build(tmp_path, "code/exam", view.parted("code/exam", ["task_1_shares"])[0])
    assert (library / "grading").exists() and not (library / "practice").exists()
    keys = releases.read(first)[0].drawn["ada"].keys

    def cheats(exercise, task, name):
        if not isinstance(task, Specification):
            return None
        return (
            f"from course_lib.practice import by_key\n{name} = by_key({keys[exercise]!r}).reference"
        )

    found = mark(solved(first, "ada", cheats))
    assert found.total == 0
    assert "course_lib.practice" in found.cells[0].error


def test_what_another_version_draws_is_not_marked(folder, server, tmp_path):
    file = folder / releases.FILE
    stored = json.loads(file.read_text(encoding="utf-8"))
    stored["drawn"]["ada"]["known_by"]["task_1_shares"] = "0" * 16
    file.write_text(json.dumps(stored), encoding="utf-8")
    run = runs.begin(folder, tmp_path / "marks")
    found = judging.mark(run, server, "ada", [submission(handed_out(folder))])
    assert "task_1_shares was drawn by another version of the course" in found.problem


def test_a_class_is_marked_by_the_command(folder, tmp_path, needs_walls):  # noqa: F811
    handed = tmp_path / "handed-in"
    for student, answer in (("ada", right), ("bob", neighbour), ("mallory", None)):
        made = handed_out(folder, "eve") if answer is None else solved(folder, student, answer)
        made["cells"].append(code("1 + 1"))
        cells.write(made, handed / f"{student}.ipynb")
    marks = tmp_path / "marks"
    done = CliRunner().invoke(
        commands.main, ["grade", str(folder), str(handed), "-o", str(marks), "--jobs", "1"]
    )
    assert done.exit_code == 0, done.output
    assert re.search(r"ada +16 of 16", done.output) and re.search(r"eve +0 of 16", done.output)
    assert "no tasks were drawn for mallory" in (marks / "gradebook.csv").read_text("utf-8-sig")
    summary = (marks / "summary.html").read_text(encoding="utf-8")
    assert "task_2_attention" in summary and "That is right where" in summary
    page = (marks / "feedback" / "bob.html").read_text(encoding="utf-8")
    assert "Task 2" not in page or "attention" in page
    keys = [key for own in releases.read(folder)[0].drawn.values() for key in own.keys.values()]
    assert not any(key in page for key in keys)


# Who was absent, who has longer ---------------------------------------------------------------


def test_a_substitute_gets_other_tasks_of_the_same_plan(folder, tmp_path):
    before = {student: tasks_of(folder, student) for student in WHO}
    run = runs.begin(folder, tmp_path / "marks")
    exams.substitute(folder, ["ada"], rng=chance(2))
    after = {student: tasks_of(folder, student) for student in WHO}
    assert {s: t for s, t in after.items() if s != "ada"} == {
        s: t for s, t in before.items() if s != "ada"
    }
    known = {task.told for tasks in before.values() for task in tasks.values()}
    for exercise, task in after["ada"].items():
        old = before["ada"][exercise]
        assert task.told not in known and (task.name, task.level) == (old.name, old.level)
    assert releases.read(folder)[0].points == run.release.points
    again = exams.read(exams.substitute(folder, ["ada"], rng=chance(2)))[1]
    assert len(again.told) == 4 * 7  # the first, and two that were replaced
    teachers = (folder / exams.TEACHERS).read_text(encoding="utf-8")
    assert before["ada"]["task_1_shares"].key not in teachers


def test_a_mark_of_tasks_that_were_replaced_does_not_count(folder, tmp_path, monkeypatch):
    run = runs.begin(folder, tmp_path / "marks")
    files = [submission(handed_out(folder))]
    mark = marking.with_files(
        run,
        judging.Mark("ada", judging.unjudged(run.release.points, "x"), version="0.2.0",
                     submission=judging.digest(files[0].read())),
        files,
        choosing.Choice(tuple(files)),
    )  # fmt: skip
    finished.store(run, mark)
    assert finished.stored(run, "ada", files[0]) is not None
    exams.substitute(folder, ["bob"], rng=chance(3))
    same = runs.begin(folder, tmp_path / "marks")
    assert finished.stored(same, "ada", files[0]) is not None
    exams.substitute(folder, ["ada"], rng=chance(4))
    other = runs.begin(folder, tmp_path / "marks")
    assert finished.stored(other, "ada", files[0]) is None
    assert reports.with_absent(other, {})["ada"].blank


def test_extra_time_stands_in_what_is_handed_out_and_changes_no_task(folder):
    before = {student: tasks_of(folder, student) for student in WHO}
    exams.extra_time(folder, ["ada", "kim"], 75)
    exams.substitute(folder, ["kim"], rng=chance(5))
    for student, minutes in (("ada", 75), ("bob", 60), ("kim", 75)):
        head = cells.source(handed_out(folder, student)["cells"][0])
        page = (folder / "for" / student / "exam.html").read_text(encoding="utf-8")
        assert f"{minutes} minutes" in head and f"{minutes} minutes" in page
    assert tasks_of(folder, "ada") == before["ada"]
    assert "ada: 75 minutes" in (folder / exams.TEACHERS).read_text(encoding="utf-8")


# What can't be ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options, said",
    [
        ({"roster": None}, "an exam needs a roster"),
        ({"roster": "nobody.csv"}, "nobody.csv can't be read"),
        ({"lessons": "06-01"}, "lessons must be like 01-06"),
        ({"lessons": "six"}, "it is 'six'"),
        ({"lessons": "01-12"}, "up to 11"),
        ({"lessons": "03"}, r"no task is drawn from lessons 03 to 03 of the code track. There "),
        ({"lessons": None}, "say from what to draw"),
        ({"track": "art"}, "the track must be one of intuition, code, maths"),
        ({"tasks": 0}, "from 1 to 20 tasks for each student, not 0"),
        ({"tasks": 21}, "from 1 to 20 tasks for each student, not 21"),
        ({"names": ["atention"]}, "Nearest: attention"),
        ({"names": ["attention:x"]}, "NAME:LEVEL, such as attention:3"),
        ({"names": ["counts"]}, "counts is fair from lesson 10 on, not after 06"),
        ({"level": 9}, "layer can differ from the course's own in 1 to 7 steps, not 9"),
        ({"minutes": 0}, "from 1 minute to a day"),
        ({"due": "soon"}, "due must be a date"),
    ],
)
def test_what_makes_no_sense_is_told_and_nothing_is_written(options, said, roster, tmp_path):
    asked = {"roster": roster, "lessons": "01-06", "track": "code", "tasks": 1, **options}
    with pytest.raises(Trouble, match=said):
        exams.exam(tmp_path / "exam", **asked)
    assert not (tmp_path / "exam").exists()


@pytest.mark.parametrize(
    "call, said",
    [
        (lambda f, r: exams.substitute(f, ["adam"]), "no student 'adam' .* Nearest: ada"),
        (lambda f, r: exams.extra_time(f, ["nobody"], 75), "no student 'nobody'"),
        (lambda f, r: exams.extra_time(f, ["ada"], -5), "not -5 minutes"),
        (lambda f, r: exams.substitute(f / "for", ["ada"]), "holds no exam: it has no exam.json"),
        (lambda f, r: exams.exam(f, roster=r, names=NAMES), "holds an exam, or another release"),
    ],
)
def test_an_exam_that_is_there_is_not_lost(folder, roster, call, said):
    before = (folder / releases.FILE).read_bytes()
    with pytest.raises(Trouble, match=said):
        call(folder, roster)
    assert (folder / releases.FILE).read_bytes() == before


def test_the_command(roster, tmp_path):
    def run(*arguments):
        done = CliRunner().invoke(commands.main, ["exam", *map(str, arguments), "-o", str(out)])
        return done.exit_code, done.output

    out = tmp_path / "exam"
    drawing = ("--lessons", "01-06", "--track", "intuition", "--tasks", 2, "--roster", roster)
    status, said = run(*drawing, "--title", "Attention, II")
    assert status == 0 and "made 5 exams in" in said and "60 minutes, 4 points" in said
    assert f"grade {out} SUBMISSIONS" in said and "teacher.html" in said
    assert "# Attention, II" in cells.source(handed_out(out)["cells"][0])
    assert run("--minutes", 75, "--only", "ada")[1].startswith(f"made {out / 'for' / 'ada'}: 75 m")
    assert run("--substitute", "bob", "--substitute", "eve")[1].count(": 60 minutes.") == 2
    for wrong, why in (
        (drawing, "holds an exam"),
        (("--only", "ada"), "say how long"),
        (("--substitute", "nobody"), "no student 'nobody'"),
        (("--substitute", "ada", "--only", "bob", "--minutes", 75), "three calls"),
        (("--substitute", "ada", *drawing), "three calls"),
    ):
        status, said = run(*wrong)
        assert status == 2 and why in said, said


# Homework -------------------------------------------------------------------------------------


def test_homework_with_drawn_tasks(roster, tmp_path, needs_walls):  # noqa: F811
    options = {"practice": 2, "points": {"attention": 4}}
    folder = releases.release("code/05_matrix_form", tmp_path / "class", roster=roster, **options)
    made, general = releases.read(folder)
    assert made.drawn_names == ("task_1_scores", "task_2_attention")
    assert set(made.points) == set(cells.check_cells(general)) and made.points["attention"] == 4
    told = [tuple(t.told for t in tasks_of(folder, s).values()) for s in WHO]
    assert len(set(told)) == 5 and all(t.lesson <= 5 for t in tasks_of(folder, "ada").values())
    file = folder / "for" / "ada" / made.notebook
    text = file.read_text(encoding="utf-8")
    assert not any(key in text for key in made.drawn["ada"].keys.values())
    notebook, tasks = cells.read(file), tasks_of(folder, "ada")
    for cell in notebook["cells"]:
        if (name := cells.grade_id(cell)) in tasks:  # lesson 05 has an `attention` of its own
            own = {"scores": "scores", "attention": "attention_2"}[tasks[name].name]
            assert cells.source(cell).startswith(f"def {own}(")
            cell["source"] = right(name, tasks[name], own)
    run = runs.begin(folder, tmp_path / "marks")
    with servers.Server(made.lesson, drawn=made.drawn_names) as server:
        mark = judging.mark(run, server, "ada", [submission(notebook)])
    assert [mark.of(name).earned for name in made.drawn_names] == [5, 6]
    assert mark.total == 11 and mark.of("attention").diagnosis == "not-attempted"

    again = releases.release(
        "code/05_matrix_form", tmp_path / "class", roster=roster, due="2026-12-01", **options
    )
    assert file.read_text(encoding="utf-8") == text and releases.read(again)[0].due
    more = listed(tmp_path / "more.csv", [*WHO, "zoe"])
    releases.release("code/05_matrix_form", tmp_path / "class", roster=more, force=True, **options)
    after = releases.read(folder)[0]
    assert {s: after.drawn[s] for s in WHO} == made.drawn and "zoe" in after.drawn


@pytest.mark.parametrize(
    "lesson, options, said",
    [
        ("code/05_matrix_form", {"roster": None}, "--practice needs a roster"),
        ("code/01_similarity", {}, "no task is drawn from lessons 01 to 01 of the code track"),
    ],
)
def test_homework_that_can_not_be_drawn_is_told(lesson, options, said, roster, tmp_path):
    with pytest.raises(Trouble, match=said):
        releases.release(lesson, tmp_path, practice=1, **{"roster": roster, **options})


def test_a_release_without_drawn_tasks_is_stored_as_ever(tmp_path):
    folder = releases.release("code/02_softmax", tmp_path)
    stored = json.loads((folder / releases.FILE).read_text(encoding="utf-8"))
    assert stored["format"] == 2 and "drawn" not in stored
