"""What a marking leaves: the gradebook, a page for each student, the class at one look."""

from collections.abc import Mapping
from pathlib import Path

from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.grading import finished, gradebook, pages
from course_lib.grading.marks import Mark, unjudged
from course_lib.grading.overrides import overridden
from course_lib.grading.runs import Run


class WrongLines(Trouble):
    """Lines of overrides.csv that can't be taken; rows: those of the gradebook, without them."""

    def __init__(self, wrong: list[str], rows: list[gradebook.Row]) -> None:
        super().__init__(f"{' '.join(wrong[:5])} All else is written.")
        self.rows = rows


def write(run: Run, marks: Mapping[str, Mark], strength: str) -> list[gradebook.Row]:
    """Write all reports of a marking into its folder; return the rows of the gradebook.

    Raises:
        WrongLines: a line of overrides.csv can't be taken; all is written nevertheless.
    """
    marks, wrong = overridden(run, in_order(run, with_absent(run, marks)))
    rows = [gradebook.row(run, mark) for mark in marks.values()]
    folder, counts = run.folder, pages.misconceptions(marks)
    cells.write_text(gradebook.as_csv(rows), folder / "gradebook.csv")
    for student, mark in marks.items():
        page = page_of(run, student)
        if mark.file or any(each.by_hand for each in mark.exercises):
            cells.write_text(pages.feedback(run, mark), page)
        else:
            page.unlink(missing_ok=True)  # an override that is no more
    pages.picture(counts, sum(map(pages.is_judged, marks.values())), folder / "misconceptions.png")
    cells.write_text(pages.summary(run, marks, rows, counts, strength), folder / "summary.html")
    cells.write_text(gradebook.junit(run, marks), folder / "junit.xml")
    cells.write_text(gradebook.canvas(run, marks), folder / "canvas.csv")
    cells.write_text(gradebook.moodle(run, marks), folder / "moodle.csv")
    if wrong:
        raise WrongLines(wrong, rows)
    return rows


def page_of(run: Run, student: str) -> Path:
    """Return where a student's feedback page lies."""
    return run.folder / "feedback" / finished.file_of(run, student).with_suffix(".html").name


def in_order(run: Run, marks: Mapping[str, Mark]) -> dict[str, Mark]:
    """Return the marks in the order of the roster, then by name."""
    place = {student.id: number for number, student in enumerate(run.release.roster)}
    return dict(sorted(marks.items(), key=lambda item: (place.get(item[0], len(place)), item[0])))


def with_absent(run: Run, marks: Mapping[str, Mark]) -> dict[str, Mark]:
    """Add whoever is in the roster and handed nothing in, or nothing that is surely theirs."""
    return dict(marks) | {
        student.id: _absent(run, marks, student.id)
        for student in run.release.roster
        if student.id not in marks
    }


def _absent(run, marks, student):
    """Return the mark of somebody of whom there is none: blank where that may be wrong."""
    theirs = [name for name, mark in marks.items() if student in mark.claims]
    before = finished.read(finished.file_of(run, student))
    said, blank = "nothing was handed in.", True
    if theirs:
        others = {each for name in theirs for each in marks[name].claims} - {student}
        shared = f", or that of {', '.join(sorted(others))}" if others else ""
        cure = gradebook.cure(marks[theirs[0]])
        said = f"not marked: {', '.join(theirs)} may be theirs{shared}. {cure}"
    elif before and before.file:
        said = "marked earlier, for another release or other inputs: hand it to `grade` once more."
    else:
        blank = False
        if lost := gradebook.strangers(run, marks):
            said += f" Or it is among what belongs to nobody in the roster: {', '.join(lost[:5])}."
    exercises = unjudged(run.release.points, "not-marked" if blank else "not-handed-in")
    return Mark(student, exercises, problem=said, blank=blank)
