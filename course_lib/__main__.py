"""The course's commands: ``python -m course_lib --help`` lists them."""

import contextlib
import re
import sys
from pathlib import Path

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Check your answers, look after your notebooks in my_work; release and mark for a class."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without ✓ shows ? instead


@main.command("my-work", short_help="Copy the exercises that my_work lacks.")
def my_work() -> None:
    """Copy the exercises that are not in my_work yet; yours are never written to."""
    from course_lib.learner import workspace

    with _one_line_errors():
        copies = workspace.copy_exercises()
    for path in copies.made:
        click.echo(f"made {_short(path)}")
    for path, names in copies.newer.items():
        click.echo(_newer(path, names))
    if not copies.made and not copies.newer:
        click.echo("my_work is complete and up to date.")


def _newer(path: Path, names: list[str]) -> str:
    said = f"{_short(path)}: the course has a newer version; yours was not touched. "
    if names:
        return said + (
            f"Changed or new: {', '.join(names)}. Fetch one with "
            f"`python -m course_lib reset {names[0]}`; your answer is kept."
        )
    return said + "Only text around the exercises changed; the next reset brings it."


def _time_limit(seconds):
    return click.option(
        "--seconds",
        default=seconds,
        show_default=True,
        help="Time limit of a cell.",
        type=click.FloatRange(min=0, min_open=True),
    )


@main.command(short_help="Check your answers in a notebook.")
@click.argument("notebook")
@_time_limit(60.0)
def check(notebook: str, seconds: float) -> None:
    """Run NOTEBOOK (code/02_softmax, or a path) and say what came of each exercise."""
    from course_lib.learner import checking

    with _one_line_errors():
        checked = checking.check_notebook(_find(notebook), seconds=seconds, tell=_show_progress)
    for verdict in checked.verdicts:
        click.echo(verdict)
    for remark in checked.remarks:
        click.echo(f"\n{remark}")
    click.echo(f"\n{checked.total}")
    sys.exit(0 if checked.all_passed else 1)


def _find(notebook: str) -> Path:
    """Return a notebook's path, from a path or a lesson's name."""
    from course_lib.files.cells import Trouble
    from course_lib.learner import workspace
    from course_lib.lessons import places

    lesson = notebook.removesuffix(".ipynb")
    if Path(notebook).exists() or lesson not in places().values():
        return Path(notebook)
    workspace.exercises()  # says where they are to be had, if they are not here
    if not (own := workspace.own(lesson)).exists():
        raise Trouble(f"There is no {_short(own)} yet. Make it with: python -m course_lib my-work")
    return own


def _show_progress(cell: int, cells: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r  running code cell {cell} of {cells} ", nl=False, err=True)
        if cell == cells:
            click.echo("\r" + " " * 40 + "\r", nl=False, err=True)


@main.command(short_help="Show what you have passed, and what is next.")
def progress() -> None:
    """Show what you have passed, lesson by lesson, and what comes next."""
    from course_lib.learner.grid import grid
    from course_lib.learner.progress import as_text

    with _one_line_errors():
        said = as_text(grid())
    click.echo(said)


@main.command(short_help="Begin an exercise anew; your answer is kept.")
@click.argument("name")
def reset(name: str) -> None:
    """Put the exercise NAME back to the course's version; your earlier answer is kept below it."""
    from course_lib.learner import workspace

    with _one_line_errors():
        path, kept = workspace.reset(name)
    said = "What you had written is kept, folded, right below. " if kept else ""
    click.echo(
        f"{name} in {_short(path)} is as the course made it. {said}"
        "If it is open in JupyterLab: File, Reload Notebook from Disk."
    )


@main.command(short_help="Write a lesson's notebook for a class.")
@click.argument("lesson")
@click.option("-o", "--out", default="class", show_default=True, help="Folder of the class.")
@click.option("--points", multiple=True, metavar="NAME=N", help="Points of an exercise.")
@click.option("--due", metavar="2026-12-01T12:00", help="What comes later is marked as late.")
@click.option("--roster", type=click.Path(), help="CSV: id,name,email,canvas_id,... (id needed).")
@click.option("--variants", is_flag=True, help="Other numbers for each student of the roster.")
@click.option("--force", is_flag=True, help="Write over a release that differs.")
def release(lesson, out, points, due, roster, variants, force):
    """Write the notebook of LESSON (code/03_lookup) that a class gets, and how it is marked."""
    from course_lib.grading import releases

    with _one_line_errors():
        options = {"due": due, "roster": roster, "variants": variants, "force": force}
        folder = releases.release(lesson, out, points=_pairs(points), **options)
        made, _ = releases.read(folder)
    points, until = round(sum(made.points.values()), 3), f", due {made.due}" if made.due else ""
    click.echo(f"made {folder / made.notebook}: hand it out ({points} points{until}).")
    if variants:
        click.echo(f"made {len(made.roster)} notebooks with other numbers in {folder / 'for'}.")
    marks = f"marks/{made.lesson.split('/')[1]}"
    click.echo(f"Mark what comes back: python -m course_lib grade {folder} SUBMISSIONS -o {marks}")


def _pairs(texts):
    from course_lib.files.cells import Trouble

    found = {}
    for text in texts:
        name, _, points = text.partition("=")
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", points):
            raise Trouble(f"--points must be NAME=NUMBER, such as softmax=2.5; it is {text!r}.")
        found[name] = float(points) if "." in points else int(points)
    return found


@main.command(short_help="Mark what a class handed in.")
@click.argument("class_folder")
@click.argument("submissions")
@click.option("-o", "--out", default="marks", show_default=True, help="Folder of the marks.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes side by side; all cores.")
@click.option("--scheduler", metavar="ADDRESS", help="A Dask cluster that does the work.")
@_time_limit(10.0)
@click.option("--again", is_flag=True, help="Mark all anew, with fresh inputs.")
@click.option("--no-walls", is_flag=True, help="Without bubblewrap: no protection against cheats.")
def grade(class_folder, submissions, out, jobs, scheduler, seconds, again, no_walls):
    """Mark SUBMISSIONS (a folder, or a zip of Canvas or Moodle) to the release in CLASS_FOLDER.

    Points of your own go into MARKS/overrides.csv: student,exercise,points,reason.
    """
    import os

    from tqdm import tqdm

    from course_lib.grading import finished, marking, reports, runs
    from course_lib.grading.servers import STRENGTHS
    from course_lib.grading.submissions import collect

    with _one_line_errors():
        ignored = []
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


@main.command(short_help="For authors: write what follows from lessons and registry.")
@click.option("--check", is_flag=True, help="Write nothing; fail if something is out of date.")
def make(check):
    """Write what follows from lessons.toml and the notebooks: tables, links, learners' copies."""
    with _one_line_errors():
        changes, grid_is_old = _making(check=check)
    for change in changes:
        click.echo(f"{'out of date:' if check else 'made'} {change}")
    mend = ["python -m course_lib make"] if check and changes else []
    mend += ["python -m course_lib store notebooks/00_start_here.ipynb"] if grid_is_old else []
    click.echo(f"Now run: {' && '.join(mend)}" if mend else "All is up to date.")
    sys.exit(1 if check and mend else 0)


def _making(*, check):
    from course_lib import publishing

    publishing.ready()
    from course_lib.publishing import making

    return making.make(check=check), making.grid_is_old()


@main.command(short_help="For authors: run notebooks and store their outputs.")
@click.argument("notebooks", nargs=-1, required=True)
@click.option("--seconds", default=900, show_default=True, help="Time limit of a cell.")
def store(notebooks, seconds):
    """Run NOTEBOOKS (paths) in fresh kernels and store their outputs; nothing if a cell fails."""
    from course_lib import publishing

    with _one_line_errors():
        publishing.ready()
        from course_lib.publishing import outputs

        for path in notebooks:
            outputs.store(path, seconds=seconds)
            click.echo(f"stored {path}")


@contextlib.contextmanager
def _one_line_errors():
    """Turn what the learner can mend into one line and exit status 2."""
    from course_lib.files.cells import Trouble

    try:
        yield
    except (Trouble, OSError) as error:
        failure = click.ClickException(_said(error))
        failure.exit_code = 2
        raise failure from None


def _said(error: Exception) -> str:
    """Return what went wrong with a file, and what to do about it where that is known."""
    import errno

    if not isinstance(error, OSError) or not error.filename:
        return str(error)
    protected = "Is it write-protected, or somebody else's?"
    cures = {errno.ENOSPC: "Make room on the disk, and try again."}
    cures |= dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), protected)
    file = re.sub(r"\.\d+\.part$", "", str(error.filename))
    return f"{file}: {error.strerror}. {cures.get(error.errno or 0, '')}".strip()


def _short(path):
    path = Path(path)
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


if __name__ == "__main__":
    main(prog_name="python -m course_lib")
