"""What a marking leaves: the gradebook, a page for each student, the class at one look."""

from collections.abc import Mapping

from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.grading import finished, gradebook, pages
from course_lib.grading.marks import Mark, unjudged
from course_lib.grading.overrides import overridden
from course_lib.grading.runs import Run


def write(run: Run, marks: Mapping[str, Mark], strength: str) -> list[gradebook.Row]:
    """Write all reports of a marking into its folder; return the rows of the gradebook.

    Raises:
        Trouble: a line of overrides.csv can't be taken; all is written nevertheless.
    """
    marks, wrong = overridden(run, in_order(run, with_absent(run, marks)))
    rows = [gradebook.row(run, mark) for mark in marks.values()]
    folder, counts = run.folder, pages.misconceptions(marks)
    cells.write_text(gradebook.as_csv(rows), folder / "gradebook.csv")
    for student, mark in marks.items():
        if mark.file:
            name = finished.file_of(run, student).with_suffix(".html").name
            cells.write_text(pages.feedback(run, mark), folder / "feedback" / name)
    pages.picture(counts, len(marks), folder / "misconceptions.png")
    cells.write_text(pages.summary(run, marks, rows, counts, strength), folder / "summary.html")
    cells.write_text(gradebook.junit(run, marks), folder / "junit.xml")
    cells.write_text(gradebook.canvas(run, rows), folder / "canvas.csv")
    cells.write_text(gradebook.moodle(run, rows), folder / "moodle.csv")
    if wrong:
        raise Trouble(f"{' '.join(wrong[:5])} All else is written.")
    return rows


def in_order(run: Run, marks: Mapping[str, Mark]) -> dict[str, Mark]:
    """Return the marks in the order of the roster, then by name."""
    place = {student.id: number for number, student in enumerate(run.release.roster)}
    return dict(sorted(marks.items(), key=lambda item: (place.get(item[0], len(place)), item[0])))


def with_absent(run: Run, marks: Mapping[str, Mark]) -> dict[str, Mark]:
    """Add whoever is in the roster and handed nothing in."""
    present = {known.id for student in marks if (known := run.release.student(student))}
    exercises = unjudged(run.release.points, "not-handed-in")
    return dict(marks) | {
        student.id: Mark(student.id, exercises, problem="nothing was handed in.")
        for student in run.release.roster
        if student.id not in present
    }
