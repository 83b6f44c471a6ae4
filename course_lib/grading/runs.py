"""One marking of a class: what was released, the seed of its inputs, where its marks go."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.grading import releases

FILE = "run.json"


@dataclass(frozen=True)
class Run:
    """One marking. seconds: the time limit of a cell."""

    release: releases.Release
    notebook: dict
    seed: int
    folder: Path
    seconds: float = 10.0

    @cached_property
    def digest(self) -> str:
        """What a finished mark hangs on beside the submission: the release and the inputs.

        It must not change from one version of the course to the next, or marks would be lost.
        """
        made = self.release
        text = json.dumps(
            [made.lesson, made.points, made.due, made.variants, self.notebook, self.seed]
        )
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def variant(self, student: str) -> str:
        """Return whose numbers a student's questions have: the roster says, not the student."""
        known = self.release.student(student) if self.release.variants else None
        return known.id if known else "course"


def begin(
    class_folder: str | Path, marks: str | Path, *, again: bool = False, seconds: float = 10.0
) -> Run:
    """Open a marking in the folder ``marks``; one that was begun before goes on with its seed.

    again: with a new seed instead, so that all is marked anew.

    Raises:
        Trouble: there is no such release, or the folder holds something else.
    """
    release, notebook = releases.read(class_folder)
    folder = Path(marks)
    file = folder / FILE
    seed = secrets.randbits(32)
    if folder.exists() and not folder.is_dir():
        raise Trouble(f"{folder} is a file. Choose a folder for the marks (-o).")
    if file.exists():
        try:
            begun = json.loads(file.read_text(encoding="utf-8"))
            begun_seed, lesson = int(begun["seed"]), begun["lesson"]
        except (ValueError, KeyError, TypeError):
            raise Trouble(f"{file} is broken. Choose another folder for the marks (-o).") from None
        if lesson != release.lesson:
            raise Trouble(f"{folder} holds the marks of {lesson}. Choose another folder (-o).")
        seed = seed if again else begun_seed
    run = Run(release, notebook, seed, folder, seconds)
    cells.write_text(json.dumps({"seed": seed, "lesson": release.lesson}) + "\n", file)
    return run
