"""Draw an exam: a notebook and a paper for each student, a release to mark by, a teacher's file.

What is handed out lies in ``for/<student>/``, and says nothing of how it was drawn. The files
beside that folder do (``release.json``, ``teacher.html``): they stay with the teacher.
"""

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from course_lib import __version__
from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.grading import drawn, papers, releases
from course_lib.grading.drawn import Given
from course_lib.grading.releases import Release
from course_lib.lessons import LESSONS, TRACKS
from course_lib.practice import classes
from course_lib.practice.classes import Asked
from course_lib.practice.drawing import KINDS, Drawn, stream_of_chance

FILE = "exam.json"  # what a release does not say: the plan, and who has how long
TEACHERS = "teacher.html"
NAME = "exam"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
RULES = (
    "Each task asks for a function, or for a value. **What counts** is what the name in the cell "
    "`hand_in(…)` holds when that cell runs. `hand_in` tries the example of the question; when it "
    "is marked, much more is tried, and a part that works earns its points. There are Python and "
    "NumPy{more}, and nothing of this course. Run the first cell first."
)


@dataclass(frozen=True)
class Plan:
    """What all students of an exam have in common, and what some have not.

    last: the lesson up to which tasks are fair. asked: the tasks, in order. minutes: of everybody;
    extra: {student: minutes} of those who have others. told: what was drawn for anybody, also what
    a substitute replaced: it is not drawn again.
    """

    title: str
    track: str
    last: int
    asked: tuple[Asked, ...]
    minutes: int
    extra: Mapping[str, int] = field(default_factory=dict)
    told: tuple[tuple[str, ...], ...] = ()

    def minutes_of(self, student: str) -> int:
        """Return how long a student has."""
        return self.extra.get(student, self.minutes)


def exam(
    out: str | Path,
    *,
    roster: str | Path | None,
    lessons: str | None = None,
    track: str | None = None,
    tasks: int = 4,
    names: Sequence[str] = (),
    level: int | None = None,
    minutes: int = 60,
    title: str = "Exam",
    due: str | None = None,
    rng: Any = None,
) -> Path:
    """Draw an exam for a roster into the folder ``out``; return that folder.

    lessons: "01-06", or one. track, tasks, level: whose tasks, how many, and in how many steps each
    differs from the course's own. names: tasks to draw instead, "attention" or "attention:4".
    due: as of a release. rng: where chance comes from; nobody can foresee it unless it is given.

    Raises:
        Trouble: something makes no sense, or an exam is there already; it says what to mend.
    """
    folder = Path(out)
    if (folder / releases.FILE).exists():
        raise Trouble(
            f"{folder} holds an exam, or another release, already; drawn anew, it would be another "
            "one. Choose another folder (-o). For one student: --substitute ID, or --only ID."
        )
    if roster is None:
        raise Trouble("an exam needs a roster (--roster roster.csv): a table with a column id.")
    students = releases.read_roster(roster)
    if not (names or (lessons and track)):
        raise Trouble("say from what to draw: --lessons 01-06 --track code, or --name attention.")
    if track is not None and track not in TRACKS:
        raise Trouble(f"the track must be one of {', '.join(TRACKS)}; it is {track!r}.")
    span = _span(lessons) if lessons else (1, len(LESSONS))
    asked = classes.planned(track, span, tasks=tasks, names=names, level=level)
    tracks = {KINDS[each.name].track for each in asked}
    plan = Plan(title, "maths" if "maths" in tracks else min(tracks), span[1], asked, minutes)
    _check_minutes(minutes)
    until = releases.due_date(due)
    sets = classes.drawn_for(len(students), asked, span[1], rng=rng or stream_of_chance())
    points: dict[str, int | float] = dict(zip(_exercises(plan), classes.points_of(sets)))
    lesson = f"{plan.track}/{NAME}"
    made = Release(lesson, points, until, False, students, __version__)
    return _write(folder, made, plan, {s.id: own for s, own in zip(students, sets)})


def substitute(out: str | Path, students: Sequence[str], *, rng: Any = None) -> Path:
    """Draw another exam for these students, who were absent; return the folder.

    It is of the same plan; its tasks were nobody's before, but for kinds that have no others.

    Raises:
        Trouble: there is no exam, no such student, or nothing else to draw.
    """
    folder = Path(out)
    made, plan = read(folder)
    wanted = _known(made, students)
    sets = classes.drawn_for(
        len(wanted), plan.asked, plan.last, rng=rng or stream_of_chance(), besides=plan.told
    )
    return _write(folder, made, plan, dict(zip(wanted, sets)))


def extra_time(out: str | Path, students: Sequence[str], minutes: int) -> Path:
    """Give these students other minutes: their notebooks and papers say so; return the folder.

    Raises:
        Trouble: there is no exam, no such student, or the minutes make no sense.
    """
    folder = Path(out)
    made, plan = read(folder)
    wanted = _known(made, students)
    _check_minutes(minutes)
    plan = replace(plan, extra={**plan.extra, **dict.fromkeys(wanted, minutes)})
    return _write(folder, made, plan, {student: _tasks(made, student) for student in wanted})


def read(folder: Path) -> tuple[Release, Plan]:
    """Return (the release of an exam, its plan).

    Raises:
        Trouble: there is none, or it is broken.
    """
    file = Path(folder) / FILE
    if not file.exists():
        raise Trouble(f"{folder} holds no exam: it has no {FILE}. Draw one first.")
    try:
        plain = json.loads(file.read_text(encoding="utf-8"))
        asked = tuple(Asked(**each) for each in plain.pop("asked"))
        told = tuple(tuple(each) for each in plain.pop("told"))
        plan = Plan(**plain, asked=asked, told=told)
    except (ValueError, TypeError, KeyError) as error:
        raise Trouble(f"{file} is broken: {error}") from None
    return releases.read(folder)[0], plan


def _exercises(plan: Plan) -> list[str]:
    return drawn.exercises([asked.name for asked in plan.asked])


def _tasks(made: Release, student: str) -> tuple[Drawn, ...]:
    """Return the tasks of a student, as they were drawn."""
    given = made.drawn[student]
    return tuple(given.task(exercise) for exercise in given.keys)


def _known(made: Release, students: Sequence[str]) -> list[str]:
    """Return the students, each once, if the roster has all of them."""
    ids = [student.id for student in made.roster]
    for student in students:
        if student not in ids:
            near = difflib.get_close_matches(student, ids, 3, 0.3) or ids[:5]
            raise Trouble(f"no student {student!r} is in the exam. Nearest: {', '.join(near)}.")
    return list(dict.fromkeys(students))


def _span(text: str) -> tuple[int, int]:
    """Return what "01-06" or "05" says, first and last."""
    first, dash, last = text.replace("–", "-").partition("-")
    try:
        span = int(first), int(last if dash else first)
    except ValueError:
        span = (0, 0)
    if not 1 <= span[0] <= span[1] <= len(LESSONS):
        raise Trouble(f"lessons must be like 01-06 or 05, up to {len(LESSONS)}; it is {text!r}.")
    return span


def _check_minutes(minutes: int) -> None:
    if not 1 <= minutes <= 24 * 60:
        raise Trouble(f"an exam takes from 1 minute to a day, not {minutes} minutes.")


# What is written ----------------------------------------------------------------------------------


def _write(folder: Path, made: Release, plan: Plan, sets: Mapping[str, Sequence[Drawn]]) -> Path:
    """Write what these students get, the release, and the teacher's file."""
    given, points = dict(made.drawn), list(made.points.values())
    told = dict.fromkeys(plan.told)
    files: dict[str, str | dict[str, Any]] = {}
    for student, tasks in sets.items():
        known = next(each for each in made.roster if each.id == student)
        minutes, own = plan.minutes_of(student), f"for/{student}/{NAME}"
        notebook = _notebook(plan, drawn.task_cells(tasks, points), points, known.name, minutes)
        files[f"{own}.ipynb"] = notebook
        files[f"{own}.html"] = papers.paper(plan.title, known, minutes, tasks, points)
        given[student] = Given.of(dict(zip(made.points, tasks)), notebook)
        told |= dict.fromkeys(task.told for task in tasks)
    plan = replace(plan, told=tuple(told))
    made = replace(made, drawn={s.id: given[s.id] for s in made.roster})
    general = drawn.general_cells([asked.name for asked in plan.asked], points)
    files[made.notebook] = _notebook(plan, general, points, "", plan.minutes)
    files[releases.FILE] = releases.as_json(made)
    files[FILE] = asdict(plan)
    everyone = [(s, sets.get(s.id) or _tasks(made, s.id)) for s in made.roster]
    files[TEACHERS] = papers.teachers(plan.title, plan.minutes, plan.extra, everyone, points)
    for name, content in files.items():
        if isinstance(content, str):
            cells.write_text(content, folder / name)
        else:
            cells.write(content, folder / name)
    return folder


def _notebook(
    plan: Plan, tasks: list[dict[str, Any]], points: Sequence[float], name: str, minutes: int
) -> dict[str, Any]:
    """Return an exam's notebook."""
    more = " (and SymPy)" if plan.track == "maths" else ""
    whose = f"**{papers.plain(name)}** · " if name else ""
    head = f"# {papers.plain(plan.title)}\n\n{whose}{minutes} minutes · {sum(points):g} points\n\n"
    title = {"cell_type": "markdown", "id": "title", "metadata": {}}
    return {
        "cells": [
            {**title, "source": head + RULES.format(more=more)},
            drawn.setup_cell(),
            *tasks,
        ],
        "metadata": {"kernelspec": KERNEL, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
