"""What a class gets: the learner's notebook of a lesson, and a file that says how it is marked."""

import ast
import csv
import datetime
import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path

from course_lib.exercises import names, task_of
from course_lib.learner import cells
from course_lib.learner.cells import Trouble
from course_lib.learner.workspace import exercises

FILE = "release.json"
CALL = re.compile(r'^(ask|check)\("(\w+)"(.*)\)\s*$', re.DOTALL)


@dataclass(frozen=True)
class Student:
    """A row of the roster: the name of the submission, the name in the gradebook, other columns."""

    id: str
    name: str
    columns: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Release:
    """How a notebook is marked. points: {exercise: points}; due: a date and time, or None."""

    lesson: str
    points: dict
    due: str | None = None
    variants: bool = False
    roster: tuple[Student, ...] = ()

    @property
    def notebook(self):
        return f"{self.lesson.split('/')[1]}.ipynb"

    def student(self, name):
        """Return the student of this id or name, in any case, or None."""
        wanted = name.casefold()
        matches = (s for s in self.roster if wanted in (s.id.casefold(), s.name.casefold()))
        return next(matches, None)


def release(lesson, out, *, points=None, due=None, roster=None, variants=False):
    """Write a lesson's notebook for a class into ``out/<track>/<lesson>``; return that folder.

    points: {exercise: points} that differ from the course's own. due: "2026-12-01T12:00".
    roster: a CSV file with a column id. variants: each student of the roster gets a notebook with
    numbers of their own, in ``for/<id>/``; else all get the same.
    Raises: Trouble, saying what to mend.
    """
    lesson = lesson.removesuffix(".ipynb").removeprefix("notebooks/exercises/")
    files = exercises()
    if lesson not in files:
        raise Trouble(f"there is no lesson {lesson!r}; there are {', '.join(files)}.")
    made = Release(lesson, _points(lesson, points or {}), _due(due), variants, read_roster(roster))
    if variants and not made.roster:
        raise Trouble("variants need a roster: its ids choose each student's numbers.")
    folder = Path(out) / lesson
    notebook = cells.read(files[lesson])
    for cell in notebook["cells"]:
        if (name := cells.checked(cell)) in made.points:
            cell["metadata"]["nbgrader"]["points"] = made.points[name]
    cells.write(notebook, folder / made.notebook)
    if variants:
        for student in made.roster:
            theirs = _for_variant(notebook, student.id)
            cells.write(theirs, folder / "for" / student.id / made.notebook)
    text = json.dumps({**asdict(made), "format": 1}, indent=2, ensure_ascii=False)
    cells.write_text(text + "\n", folder / FILE)
    return folder


def read(folder):
    """Return (Release, its notebook). Raises: Trouble."""
    file = Path(folder) / FILE
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        stored.pop("format")
        stored["roster"] = tuple(Student(**row) for row in stored["roster"])
        made = Release(**stored)
    except FileNotFoundError:
        raise Trouble(
            f"{folder} is no release: it has no {FILE}. Make one with: "
            "python -m course_lib release code/02_softmax -o class"
        ) from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Trouble(f"{file} is broken: {error}") from None
    return made, cells.read(Path(folder) / made.notebook)


def expressions(notebook):
    """Return {exercise: what its check cell hands over}: {"softmax": "softmax"}."""
    found = {}
    for name, cell in cells.check_cells(notebook).items():
        call = ast.parse(cells.source(cell)).body[-1].value
        found[name] = ast.unparse(call.args[1])
    return found


def read_roster(file):
    """Return the students of a CSV file with a column id (and name, and columns of an LMS)."""
    if file is None:
        return ()
    file = Path(file)
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = [
                {k.strip(): (v or "").strip() for k, v in row.items() if k}
                for row in csv.DictReader(lines)
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Trouble(f"the roster {file} can't be read: {error}") from None
    if not rows or "id" not in rows[0]:
        raise Trouble(f"the roster {file} needs a line of headings with a column id, and students.")
    students = []
    for number, row in enumerate(rows, start=2):
        student, name = row.pop("id"), row.pop("name", "")
        if not re.fullmatch(r"[\w.@+-]+", student) or student.strip(".") == "":
            said = f"the id {student!r} must be made of letters, digits and . - _ @ +"
            raise Trouble(f"{file}, line {number}: {said}")
        students.append(Student(student, name or student, row))
    twice = {s.id for s in students if sum(s.id == t.id for t in students) > 1}
    if twice:
        raise Trouble(f"{file}: these ids occur twice: {', '.join(sorted(twice))}.")
    return tuple(students)


def _points(lesson, given):
    own = {name: task_of(name).points for name in names(lesson)}
    if unknown := sorted(set(given) - set(own)):
        raise Trouble(f"{lesson} has no exercise {unknown[0]!r}; it has {', '.join(own)}.")
    if any(points < 0 for points in given.values()):
        raise Trouble("points can't be negative.")
    return own | given


def _due(text):
    if text is None:
        return None
    try:
        return datetime.datetime.fromisoformat(text).isoformat(timespec="minutes")
    except ValueError:
        raise Trouble(
            f"due must be a date and time like 2026-12-01T12:00; it is {text!r}."
        ) from None


def _for_variant(notebook, variant):
    """Return a copy whose questions and checks use the numbers of a variant."""
    copy = json.loads(json.dumps(notebook))
    for cell in copy["cells"]:
        match = CALL.match(cells.source(cell)) if cell["cell_type"] == "code" else None
        if match and task_of(match[2]).value:
            cell["source"] = f'{match[1]}("{match[2]}"{match[3]}, variant="{variant}")'
    return copy
