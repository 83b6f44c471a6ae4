"""For teachers: release a notebook to a class, and mark what comes back."""

import os
import re
from pathlib import Path

import click

from course_lib.commands.telling import one_line_errors, time_limit
from course_lib.files.cells import Trouble


@click.command(short_help="Write a lesson's notebook for a class.")
@click.argument("lesson")
@click.option("-o", "--out", default="class", show_default=True, help="Folder of the class.")
@click.option("--points", multiple=True, metavar="NAME=N", help="Points of an exercise.")
@click.option("--due", metavar="2026-12-01T12:00", help="What comes later is marked as late.")
@click.option("--roster", type=click.Path(), help="CSV: id,name,email,canvas_id,... (id needed).")
@click.option("--variants", is_flag=True, help="Other numbers for each student of the roster.")
@click.option("--force", is_flag=True, help="Write over a release that differs.")
def release(
    lesson: str,
    out: str,
    points: tuple[str, ...],
    due: str | None,
    roster: str | None,
    variants: bool,
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
            force=force,
        )
        made, _ = releases.read(folder)
    worth, until = round(sum(made.points.values()), 3), f", due {made.due}" if made.due else ""
    click.echo(f"made {folder / made.notebook}: hand it out ({worth} points{until}).")
    if variants:
        click.echo(f"made {len(made.roster)} notebooks with other numbers in {folder / 'for'}.")
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

    from course_lib.grading import finished, marking, reports, runs
    from course_lib.grading.servers import STRENGTHS
    from course_lib.grading.submissions import collect

    with one_line_errors():
        ignored: list[str] = []
        handed_in = collect(submissions, ignored=ignored)  # before anything is begun anew
        run = runs.begin(class_folder, out, again=again, seconds=seconds)
        found = marking.by_roster(run.release, handed_in)
        with tqdm(total=len(found), unit="student", disable=None) as bar:
            marks = marking.mark_all(
                run, found, jobs=jobs or os.cpu_count() or 1, walls=not no_walls,
                scheduler=scheduler,
                tell=lambda student: bar.update(),
            )  # fmt: skip
        before, unfit = finished.earlier(run, marks)
        marks |= before
        strength = marking.weakest(marks)
        rows = reports.write(run, marks, strength)
    for row in rows:
        remarks = f"   {row['remarks']}" if row["remarks"] else ""
        click.echo(
            f"{row['student']:20} {row['total']:>6} of {row['out of']} {row['late']}{remarks}"
        )
    click.echo(f"\n{len(rows)} students: {Path(out) / 'gradebook.csv'}, feedback in {out}/feedback")
    click.echo(f"The class at one look: {Path(out) / 'summary.html'}")
    click.echo(f"Protection: {STRENGTHS[strength]}.")
    for names, said in (
        (ignored, "Not marked, since they are no notebooks"),
        (before, "Marked earlier, not among these submissions, and kept (delete a file of "
                 f"{Path(out) / finished.FOLDER} to drop one)"),
        (unfit, "Marked earlier with other inputs or points, not among these, and left out"),
    ):  # fmt: skip
        if names:
            more = f", and {len(names) - 10} more" if len(names) > 10 else ""
            click.echo(f"{said}: {', '.join(list(names)[:10])}{more}.")
