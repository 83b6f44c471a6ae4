"""What a class gets: the learner's notebook of a lesson, and a file that says how it is marked."""

import ast
import datetime
import difflib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from course_lib import __version__
from course_lib.exercises import names, task_of
from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.files.tables import rows_of
from course_lib.grading import drawn, homework, times
from course_lib.grading.drawn import Given
from course_lib.lessons import EXERCISES, LESSONS, TRACKS, need_notebooks, places
from course_lib.practice import classes

FILE = "release.json"
FORMAT = 3  # of that file where tasks are drawn; 2 without; the first edition's is 1: no version
DROPPED = dict.fromkeys(map(ord, "&<>\"`|':\\/"))
CALL = re.compile(r'^(ask|check)\("(\w+)"(.*)\)\s*$', re.DOTALL)


@dataclass(frozen=True)
class Student:
    """A row of the roster: the name of the submission, the name in the gradebook, other columns."""

    id: str
    name: str
    columns: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Release:
    """How a notebook is marked.

    points: {exercise: points}; due: a date and time, or None. version: that of the course which
    released it (None: the first edition). drawn: {student: tasks that nobody else has}.
    """

    lesson: str
    points: dict[str, int | float]
    due: str | None = None
    variants: bool = False
    roster: tuple[Student, ...] = ()
    version: str | None = None
    drawn: Mapping[str, Given] = field(default_factory=dict)

    @property
    def notebook(self) -> str:
        """The name of the notebook's file."""
        return f"{self.lesson.split('/')[1]}.ipynb"

    @property
    def drawn_names(self) -> tuple[str, ...]:
        """The exercises that are another one for each student."""
        return tuple(next(iter(self.drawn.values())).keys) if self.drawn else ()

    def student(self, name: str, canvas_id: str | None = None) -> Student | None:
        """Return the student with this id in Canvas, or this id or name (in any case), or None.

        What may be two students, by id or by name, is nobody.
        """
        found = self.candidates(name)
        return self.by_canvas(canvas_id) or (found[0] if len(found) == 1 else None)

    def candidates(self, name: str) -> list[Student]:
        """Return whoever has this id or this name, as an LMS may write it in a file's name."""
        wanted = _comparable(name)
        return [s for s in self.roster if wanted in (_comparable(s.id), _comparable(s.name))]

    def by_id(self, student: str) -> Student | None:
        """Return the student with this very id, or None."""
        return self._by_id.get(student)

    def by_canvas(self, number: str | None) -> Student | None:
        """Return the student with this number in Canvas, or None."""
        found = [s for s in self.roster if number and s.columns.get("canvas_id") == number]
        return found[0] if len(found) == 1 else None

    @cached_property
    def _by_id(self) -> dict[str, Student]:
        return {student.id: student for student in self.roster}


def _comparable(name):
    """Return a name as it is compared: in any case, without what Moodle drops from files' names."""
    plain = unicodedata.normalize("NFC", name).casefold().translate(DROPPED)
    return " ".join(plain.split())


def lessons() -> dict[str, Path]:
    """Return the lessons that a class can get: {"code/02_softmax": notebook}, in order."""
    return {
        lesson.place(track): lesson.path(track, EXERCISES) for track in TRACKS for lesson in LESSONS
    }


def release(
    lesson: str,
    out: str | Path,
    *,
    points: Mapping[str, float] | None = None,
    due: str | None = None,
    roster: str | Path | None = None,
    variants: bool = False,
    practice: int = 0,
    force: bool = False,
) -> Path:
    """Write a lesson's notebook for a class into ``out/<track>/<lesson>``; return that folder.

    points: {exercise: points} that differ from the course's own. due: "2026-12-01T12:00", in this
    machine's time zone unless it names one; a date alone means the end of that day.
    roster: a CSV file with a column id. variants: each student of the roster gets a notebook with
    numbers of their own, in ``for/<id>/``; else all get the same. practice: so many tasks more are
    drawn for each student, in ``for/<id>/`` likewise; who has some already keeps them. force: write
    over another release, or one that was edited.

    Raises:
        Trouble: something makes no sense, or would be lost; it says what to mend.
    """
    need_notebooks()
    files = lessons()
    asked, lesson = lesson, "/".join(lesson.removesuffix(".ipynb").split("/")[-2:])
    if lesson not in files:
        near = difflib.get_close_matches(lesson, files, 3, 0.3)
        raise Trouble(f"there is no lesson {asked!r}. Nearest: {', '.join(near or files)}.")
    made = Release(
        lesson,
        _points(lesson, points or {}),
        due_date(due),
        variants,
        read_roster(roster),
        __version__,
    )
    if variants and not made.roster:
        raise Trouble("variants need a roster: its ids choose each student's numbers.")
    if variants and not any(task_of(name).value for name in made.points):
        raise Trouble(f"{lesson} asks for functions; it has no question whose numbers could vary.")
    if practice and not made.roster:
        raise Trouble("--practice needs a roster: each student in it gets tasks of their own.")
    folder = Path(out) / lesson
    notebook = cells.read(files[lesson])
    for cell in notebook["cells"]:
        if (name := cells.checked(cell)) in made.points:
            cell["metadata"]["nbgrader"]["points"] = made.points[name]
    to_write = {made.notebook: notebook}
    for student in made.roster if variants or practice else ():
        own = for_variant(notebook, student.id) if variants else notebook
        to_write[f"for/{student.id}/{made.notebook}"] = own
    if practice:
        made = _with_practice(made, to_write, practice, before=_drawn_before(folder))
    to_write[FILE] = as_json(made)
    paths = {folder / name: content for name, content in to_write.items()}
    kept = [path for path in paths if path.exists()] if not force else []
    for path in kept:
        _refuse_to_lose(path, paths[path], moved=made.due is not None)
    if made.due and folder / FILE in kept:
        _move(folder / FILE, made.due)
    for path, content in paths.items():
        if path not in kept:
            cells.write(content, path)
    return folder


def _with_practice(made, notebooks, count, before):
    """Add drawn tasks to the notebooks, {path: notebook}; return the release that has them."""
    students = [student.id for student in made.roster]
    sets = homework.drawn_for(made.lesson, students, count, before=before)
    names = [task.name for task in sets[students[0]]]
    worth, taken = classes.points_of(sets.values()), set(made.points)
    points = dict(zip(drawn.exercises(names), worth))
    given = {}
    for student, tasks in sets.items():
        path = f"for/{student}/{made.notebook}"
        more = drawn.task_cells(tasks, worth, taken)
        notebooks[path] = homework.added(notebooks[path], more)
        given[student] = Given.of(dict(zip(points, tasks)), notebooks[path])
    general = drawn.general_cells(names, worth, taken)
    notebooks[made.notebook] = homework.added(notebooks[made.notebook], general)
    return replace(made, points={**made.points, **points}, drawn=given)


def as_json(made: Release) -> dict[str, Any]:
    """Return a release as it is stored; without drawn tasks, as versions without them read it."""
    plain = asdict(made)
    if not made.drawn:
        del plain["drawn"]
    return {**plain, "format": FORMAT if made.drawn else 2}


def _drawn_before(folder: Path) -> Mapping[str, Given]:
    """Return what was drawn for a release that is there already."""
    return read(folder)[0].drawn if (folder / FILE).exists() else {}


def _refuse_to_lose(path, content, *, moved):
    """Raise Trouble if a file holds something else, beside the version that wrote it.

    moved: the due date may differ, too: no mark hangs on it.
    """
    written = {"version": None, "format": None} if path.name == FILE else {}
    written |= {"due": None} if written and moved else {}
    try:
        there = {**json.loads(path.read_text(encoding="utf-8")), **written}
    except (ValueError, TypeError):
        there = None
    if there != {**json.loads(json.dumps(content)), **written}:
        raise Trouble(
            f"{path} is there already, and differs (edited, or released with other points, due "
            "date or roster, or by another version of the course). Choose another folder, or "
            "write over it with --force."
        )


def _move(file, due):
    """Write another due date into a release; all else in it stays."""
    stored = json.loads(file.read_text(encoding="utf-8"))
    if stored["due"] is None or times.order(stored["due"]) != times.order(due):
        cells.write(stored | {"due": due}, file)


def read(folder: str | Path) -> tuple[Release, dict]:
    """Return (Release, its notebook).

    Raises:
        Trouble: there is none, or it is broken.
    """
    file = Path(folder) / FILE
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        if (form := stored.pop("format")) > FORMAT:
            raise ValueError(f"a newer version of the course made it (format {form}): update.")
        stored["roster"] = tuple(Student(**row) for row in stored["roster"])
        given = stored.pop("drawn", {})
        stored["drawn"] = {
            student: Given(**{**own, "cells": tuple(own["cells"])})
            for student, own in given.items()
        }
        made = Release(**stored)
        known = {*places(), *made.drawn_names}
        if unknown := [name for name in made.points if name not in known]:
            raise ValueError(
                f"it asks for {unknown[0]!r}, which version {__version__} of the course does not "
                f"have: mark it with version {made.version or '0.1.0'}, which released it."
            )
        if not all(type(points) in (int, float) for points in made.points.values()):
            raise ValueError("points must be numbers.")
    except (FileNotFoundError, NotADirectoryError):
        inside = sorted(str(found.parent) for found in Path(folder).rglob(FILE))
        cure = f"Releases in it: {', '.join(inside)}" if inside else (
            "Make one with: python -m course_lib release code/02_softmax -o class"
        )  # fmt: skip
        raise Trouble(f"{folder} is no release: it has no {FILE}. {cure}") from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Trouble(f"{file} is broken: {error}") from None
    notebook = cells.read(Path(folder) / made.notebook)
    if differ := set(made.points) ^ set(cells.check_cells(notebook)):
        raise Trouble(
            f"{file} is broken: its points are not those of the exercises in {made.notebook} "
            f"({', '.join(sorted(differ))})."
        )
    return made, notebook


def expressions(notebook: dict) -> dict[str, str]:
    """Return {exercise: what its check cell hands over}: {"softmax": "softmax"}."""
    found = {}
    for name, cell in cells.check_cells(notebook).items():
        call: Any = ast.parse(cells.source(cell)).body[-1]
        found[name] = ast.unparse(call.value.args[1])
    return found


def read_roster(file: str | Path | None) -> tuple[Student, ...]:
    """Return the students of a CSV file with a column id (and name, and columns of an LMS).

    Raises:
        Trouble: it can't be read, or an id is odd or there twice.
    """
    if file is None:
        return ()
    students, taken = [], {}
    for number, row in rows_of(file, ["id"]):
        student, name = row.pop("id"), row.pop("name", "")
        if not re.fullmatch(r"\w[\w.@+-]*", student):
            said = f"the id {student!r} must begin with a letter or digit, then also . - _ @ +"
            raise Trouble(f"{file}, line {number}: {said}")
        if student.casefold() in taken:
            raise Trouble(f"{file}: the id {student} occurs twice (in whatever case).")
        taken[student.casefold()] = student
        students.append(Student(student, name or student, row))
    if not students:
        raise Trouble(f"{file} has no students.")
    return tuple(students)


def _points(lesson, given):
    own = {name: task_of(name).points for name in names(lesson)}
    if unknown := sorted(set(given) - set(own)):
        raise Trouble(f"{lesson} has no exercise {unknown[0]!r}; it has {', '.join(own)}.")
    if any(points < 0 for points in given.values()):
        raise Trouble("points can't be negative.")
    return own | given


def due_date(text: str | None) -> str | None:
    """Return a due date with its zone, as it is stored; a date alone is the end of that day.

    Raises:
        Trouble: it is no date.
    """
    if text is None:
        return None
    try:
        moment = datetime.datetime.fromisoformat(text)
        if len(text) <= len("2026-12-01"):
            moment = moment.replace(hour=23, minute=59)
        return times.aware(moment).isoformat(timespec="minutes")
    except (ValueError, OverflowError):
        raise Trouble(
            f"due must be a date and time like 2026-12-01T12:00; it is {text!r}."
        ) from None


def for_variant(notebook: dict, variant: str) -> dict:
    """Return a copy whose questions and checks use the numbers of a variant."""
    copy = json.loads(json.dumps(notebook))
    for cell in copy["cells"]:
        match = CALL.match(cells.source(cell)) if cell["cell_type"] == "code" else None
        if match and task_of(match[2]).value:
            cell["source"] = f'{match[1]}("{match[2]}"{match[3]}, variant="{variant}")'
    return copy
