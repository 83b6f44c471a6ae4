"""A student's mark: one record, from the judge to the reports, and as a file."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, get_type_hints

from course_lib.exercises.report import Probed
from course_lib.files.cells import Trouble

FORMAT = 2  # of a stored mark; the first edition's have no number
TO_READ = "to-read"  # the diagnosis of an answer that only a person can judge


@dataclass(frozen=True)
class ExerciseMark:
    """What one exercise earned of the points that the release gives it.

    diagnosis: the name of the mistake, or of why nothing was judged; None if it is right. said:
    what the student is told. code: their answer. probes: what was examined, with the points that
    the course (not the release) gives to each. by_hand: why the teacher set the points, if so.
    """

    name: str
    points: int | float
    earned: int | float = 0
    diagnosis: str | None = None
    said: str = ""
    code: str = ""
    probes: tuple[Probed, ...] = ()
    by_hand: str | None = None


@dataclass(frozen=True)
class CellError:
    """A cell that raised an error or was stopped: its first line, and what happened."""

    cell: str
    error: str


@dataclass(frozen=True)
class Mark:
    """What one student earned with one notebook, and all that a report says of it.

    problem: why nothing could be judged, if so. late: None if nobody knows. others: earlier files,
    which don't count; notes: what else is to be said of the files. claims: the ids of whoever in
    the roster it may belong to, if that is not certain. blank: there is no mark, and none may stand
    in any report: it is not known whose it would be, or marking itself failed.
    It hangs on four digests, of the submission's bytes, of the run (release and inputs), of the
    tasks and answers that judged, and of those that were drawn for the student; version is that of
    the course that judged (None: the first edition), walls how strong its walls were, limit the
    seconds that a cell had.
    """

    student: str
    exercises: tuple[ExerciseMark, ...]
    file: str = ""
    arrived: str | None = None
    late: bool | None = False
    others: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    blank: bool = False
    problem: str | None = None
    cells: tuple[CellError, ...] = ()
    submission: str | None = None
    run: str | None = None
    tasks: str | None = None
    drawn: str | None = None
    version: str | None = None
    limit: int | float = 0
    walls: str | None = None
    seconds: int | float | None = None

    @property
    def total(self) -> float:
        """The points of all exercises."""
        return round(sum(each.earned for each in self.exercises), 3)

    @property
    def is_absent(self) -> bool:
        """Whether nothing was handed in."""
        return not self.file

    @property
    def to_read(self) -> tuple[ExerciseMark, ...]:
        """The exercises that wait for a person to read and set them."""
        return tuple(e for e in self.exercises if e.diagnosis == TO_READ and not e.by_hand)

    @property
    def is_open(self) -> bool:
        """Whether no points may stand yet for what was, or may have been, handed in."""
        if self.to_read:
            return True
        judged = any(each.by_hand for each in self.exercises)
        return (self.blank or bool(self.problem and self.file)) and not judged

    def of(self, name: str) -> ExerciseMark:
        """Return the mark of one exercise."""
        return next(each for each in self.exercises if each.name == name)

    def as_json(self) -> dict[str, Any]:
        """Return a dictionary of plain values, as it is stored: before anything is set by hand."""
        plain = {"format": FORMAT, **asdict(self)}
        plain["exercises"] = {each.pop("name"): each for each in plain["exercises"]}
        for each in plain["exercises"].values():
            del each["by_hand"]
        return plain

    @classmethod
    def from_json(cls, plain: Any) -> "Mark":
        """Return the mark that ``as_json`` made, or the first edition; unknown fields are left out.

        Raises:
            ValueError: it is no mark.
            Trouble: it is one, of a version of the course that is newer than this one.
        """
        try:
            form = plain.get("format", 1)
            if isinstance(form, int) and form > FORMAT:
                raise Trouble("it was made by a newer version of the course: update this one.")
            if form not in (1, FORMAT):
                raise ValueError(f"its format is {form!r}.")
            exercises = tuple(
                _made(
                    ExerciseMark,
                    {"said": each.get("message"), **each} if form == 1 else each,
                    name=name,
                    probes=tuple(_made(Probed, probe) for probe in each.get("probes", ())),
                    by_hand=None,
                )
                for name, each in plain["exercises"].items()
            )
            if not exercises or not all(
                math.isfinite(number) for each in exercises for number in (each.points, each.earned)
            ):
                raise ValueError("its points are no numbers.")
            return _made(
                cls,
                plain,
                exercises=exercises,
                others=tuple(str(name) for name in plain["others"]),
                notes=tuple(str(note) for note in plain.get("notes", ())),
                claims=tuple(str(name) for name in plain.get("claims", ())),
                cells=tuple(_made(CellError, each) for each in plain["cells"]),
            )
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"this is no mark: {error}") from None


def _made(kind, plain, **given):
    """Return a record of this kind from its plain values, each of its type, and those given."""
    types = get_type_hints(kind)
    values = {
        field.name: plain[field.name]
        for field in fields(kind)
        if field.name in plain and field.name not in given
    }
    for name, value in values.items():
        if not isinstance(value, types[name]):
            raise TypeError(f"{name} is {value!r}")
    return kind(**values, **given)


def unjudged(
    points: Mapping[str, float], diagnosis: str, said: str = ""
) -> tuple[ExerciseMark, ...]:
    """Return the marks of exercises, {name: points}, of which none could be judged."""
    return tuple(
        ExerciseMark(name, out_of, diagnosis=diagnosis, said=said)
        for name, out_of in points.items()
    )
