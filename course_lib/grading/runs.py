"""One marking of a class: what was released, the seed of its inputs, where its marks go."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from course_lib import exercises, practice
from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.grading import releases
from course_lib.grading.drawn import Given
from course_lib.lessons import places

ROOM = Path(exercises.__file__).parent
DRAWN = Path(practice.__file__).parent
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

        It does not change from one version of the course to the next, or marks would be lost.
        """
        return self.digest_at_first if self.release.version is None else self.lasting_digest

    @cached_property
    def lasting_digest(self) -> str:
        """The digest of today: when it is due is no part of it, so that this may be moved."""
        made = self.release
        return _digest([made.lesson, made.points, made.variants, self.notebook, self.seed])

    @cached_property
    def digest_at_first(self) -> str:
        """The digest of the first edition, whose marks go on."""
        made = self.release
        return _digest(
            [made.lesson, made.points, made.due, made.variants, self.notebook, self.seed]
        )

    @cached_property
    def tasks(self) -> str:
        """What tells one state of the lesson's tasks, answers and judge from another."""
        found = {place.split("/")[0] + "_" + place.split("/")[1][:2]
                 for name in self.release.points if (place := places().get(name))}  # fmt: skip
        files = [*ROOM.glob("*.py")]
        files += [ROOM / kind / f"{stem}.py" for kind in ("tasks", "answers") for stem in found]
        files += DRAWN.glob("*.py") if self.release.drawn else []
        texts = {f.name + f.parent.name: f.read_text("utf-8") for f in files if f.is_file()}
        return _digest(sorted(texts.items()))

    def given(self, student: str) -> Given:
        """Return what a student has that nobody else has."""
        return self.release.drawn.get(student, Given())

    def key(self, student: str, exercise: str) -> str:
        """Return what the engine calls an exercise of a student: its name, or a drawn one's key.

        Raises:
            Trouble: nothing was drawn for this student, or another version of the course drew it.
        """
        if exercise not in self.release.drawn_names:
            return exercise
        given = self.given(student)
        if exercise not in given.keys:
            raise Trouble(
                f"no tasks were drawn for {student}: these exercises are another one for each "
                "student of the release."
            )
        return given.task(exercise).key

    def fits(self, digest: str | None) -> bool:
        """Say whether a mark that hangs on this digest is one of this run."""
        return digest in (self.lasting_digest, self.digest_at_first)

    def variant(self, student: str) -> str:
        """Return whose numbers a student's questions have: the roster says, not the student."""
        known = self.release.by_id(student) if self.release.variants else None
        return known.id if known else "course"


def _digest(plain):
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()[:16]


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
