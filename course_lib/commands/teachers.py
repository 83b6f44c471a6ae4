"""For teachers: release a notebook to a class, and mark what comes back."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from course_lib.commands.telling import one_line_errors, time_limit
from course_lib.files.cells import Trouble

if TYPE_CHECKING:
    from course_lib.grading.marks import Mark
    from course_lib.grading.runs import Run


@click.command(short_help="Write a lesson's notebook for a class.")
@click.argument("lesson")
@click.option("-o", "--out", default="class", show_default=True, help="Folder of the class.")
@click.option("--points", multiple=True, metavar="NAME=N", help="Points of an exercise.")
@click.option("--due", metavar="2026-12-01T12:00", help="What comes later is marked as late.")
@click.option("--roster", type=click.Path(), help="CSV: id,name,email,canvas_id,... (id needed).")
@click.option("--variants", is_flag=True, help="Other numbers for each student of the roster.")
@click.option("--practice", is_flag=True, help="Tasks besides, drawn for each of the roster.")
@click.option("--tasks", type=click.IntRange(1, 9), default=2, show_default=True, help="How many.")
@click.option("--force", is_flag=True, help="Write over a release that differs.")
def release(
    lesson: str,
    out: str,
    points: tuple[str, ...],
    due: str | None,
    roster: str | None,
    variants: bool,
    practice: bool,
    tasks: int,
    force: bool,
) -> None:
    """Write the notebook of LESSON (code/03_lookup) that a class gets, and how it is marked."""
    from course_lib.grading import releases

    with one_line_errors():
        folder = releases.release(
            lesson,
            out,
            points=_pairs(points),
            due=due,
            roster=roster,
            variants=variants,
            practice=tasks if practice else 0,
            force=force,
        )
        made, _ = releases.read(folder)
    worth, until = round(sum(made.points.values()), 3), f", due {made.due}" if made.due else ""
    hand_out = "what all have in common" if practice else "hand it out"
    click.echo(f"made {folder / made.notebook}: {hand_out} ({worth} points{until}).")
    if variants or practice:
        what = "tasks of their own" if practice else "other numbers"
        click.echo(f"made {len(made.roster)} notebooks with {what} in {folder / 'for'}.")
    marks = f"marks/{made.lesson.split('/')[1]}"
    click.echo(f"Mark what comes back: python -m course_lib grade {folder} SUBMISSIONS -o {marks}")


def _pairs(texts: tuple[str, ...]) -> dict[str, int | float]:
    found: dict[str, int | float] = {}
    for text in texts:
        name, _, points = text.partition("=")
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", points):
            raise Trouble(f"--points must be NAME=NUMBER, such as softmax=2.5; it is {text!r}.")
        found[name] = float(points) if "." in points else int(points)
    return found


@click.command(short_help="Mark what a class handed in.")
@click.argument("class_folder")
@click.argument("submissions")
@click.option("-o", "--out", default="marks", show_default=True, help="Folder of the marks.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes side by side; all cores.")
@click.option("--scheduler", metavar="ADDRESS", help="A Dask cluster that does the work.")
@time_limit(10.0)
@click.option("--again", is_flag=True, help="Mark all anew, with fresh inputs.")
@click.option("--no-walls", is_flag=True, help="Without bubblewrap: no protection against cheats.")
def grade(
    class_folder: str,
    submissions: str,
    out: str,
    jobs: int | None,
    scheduler: str | None,
    seconds: float,
    again: bool,
    no_walls: bool,
) -> None:
    """Mark SUBMISSIONS (a folder, or a zip of Canvas or Moodle) to the release in CLASS_FOLDER.

    Points of your own go into MARKS/overrides.csv: student,exercise,points,reason.
    """
    from tqdm import tqdm

    from course_lib.grading import finished, marking, overrides, reports, runs
    from course_lib.grading.submissions import collect

    wrong: reports.WrongLines | None = None
    with one_line_errors():
        ignored: list[str] = []
        renewed: list[str] = []
        handed_in = collect(submissions, ignored=ignored)  # before anything is begun anew
        run = runs.begin(class_folder, out, again=again, seconds=seconds)
        found = marking.by_roster(run.release, handed_in, ignored=ignored)
        with tqdm(total=len(found), unit="student", disable=None) as bar:
            marks = marking.mark_all(
                run, found, jobs=jobs or os.cpu_count() or 1, walls=not no_walls,
                scheduler=scheduler, renewed=renewed,
                tell=lambda student: bar.update(),
                private=[Path(class_folder), Path(submissions)],
            )  # fmt: skip
        before, unfit = finished.earlier(run, marks)
        marks |= before
        strength = marking.weakest(marks)
        try:
            rows = reports.write(run, marks, strength)
        except reports.WrongLines as trouble:
            rows, wrong = trouble.rows, trouble
    for row in rows:
        remarks = f"   {row['remarks']}" if row["remarks"] else ""
        late = "time unknown" if row["late"] == "unknown" else row["late"]
        click.echo(f"{row['student']:20} {row['total']:>6} of {row['out of']} {late}{remarks}")
    _tell_where(out, len(rows), strength)
    old = [student for student in before if finished.is_old(run, marks[student])]
    first = [student for student, mark in marks.items() if mark.file and mark.version is None]
    folder = Path(out) / finished.FOLDER
    for names, said in (
        (ignored, "Not marked, since they are no notebooks"),
        (before, "Marked earlier, not among these submissions, and kept (delete a file of "
                 f"{folder} to drop one)"),
        (unfit, "Marked earlier with other inputs or points, not among these, and left out"),
        (renewed, "Marked anew, since the tasks or their answers are others by now"),
        (old, "Marked by earlier tasks or answers, and kept, since they are not among these"),
        (first, "Marked by the first edition, and kept (--again marks all anew)"),
    ):  # fmt: skip
        if names:
            click.echo(f"{said}: {_some(names)}.")
    for names, said in _doubts(run, overrides.overridden(run, marks)[0]):
        click.secho(f"\n! {said}: {_some(names)}.", fg="red", bold=True)
    if wrong:
        with one_line_errors():
            raise wrong


def _tell_where(out: str, students: int, strength: str) -> None:
    from course_lib.grading.servers import STRENGTHS

    click.echo(f"\n{students} students: {Path(out) / 'gradebook.csv'}, feedback in {out}/feedback")
    click.echo(f"The class at one look: {Path(out) / 'summary.html'}")
    click.echo(f"Protection: {STRENGTHS[strength]}.")


def _doubts(run: "Run", marks: "Mapping[str, Mark]") -> Iterator[tuple[list[str], str]]:
    """Yield (students or submissions, what nobody should overlook about them)."""
    from course_lib.grading import gradebook

    claims = {student: mark for student, mark in marks.items() if mark.claims}
    for cure in dict.fromkeys(gradebook.cure(mark) for mark in claims.values()):
        who = [
            f"{student} ({' or '.join(mark.claims)}?)"
            for student, mark in claims.items()
            if gradebook.cure(mark) == cure
        ]
        yield (
            who,
            (
                "Nobody's mark was guessed where a name may be that of several; who it may be has "
                f"no points in canvas.csv and moodle.csv. {cure} Whose is"
            ),
        )
    known = {student.id for student in run.release.roster}
    lost = gradebook.strangers(run, marks)
    if lost and known - set(marks):
        yield (
            lost,
            (
                "These belong to nobody in the roster. While they are here, whoever seems to have "
                "handed nothing in has no points in canvas.csv and moodle.csv"
            ),
        )
    if unread := [s for s, m in marks.items() if m.problem and not m.is_absent and m.is_open]:
        yield unread, "Handed in, but not marked: no points in canvas.csv and moodle.csv. Look at"


def _some(names: Iterable[str]) -> str:
    """Return the first of these names, and how many more there are."""
    names = list(names)
    more = f", and {len(names) - 10} more" if len(names) > 10 else ""
    return f"{', '.join(names[:10])}{more}"
