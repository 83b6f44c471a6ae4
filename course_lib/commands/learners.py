"""For learners: copy the exercises, check answers, see what is passed, begin anew."""

import sys
from pathlib import Path

import click

from course_lib.commands.telling import one_line_errors, short, time_limit


@click.command("my-work", short_help="Copy the exercises that my_work lacks.")
def my_work() -> None:
    """Copy the exercises that are not in my_work yet; yours are never written to."""
    from course_lib.learner import workspace

    with one_line_errors():
        copies = workspace.copy_exercises()
    for path in copies.made:
        click.echo(f"made {short(path)}")
    for path, names in copies.newer.items():
        click.echo(_newer(path, names))
    if not copies.made and not copies.newer:
        click.echo("my_work is complete and up to date.")


def _newer(path: Path, names: list[str]) -> str:
    said = f"{short(path)}: the course has a newer version; yours was not touched. "
    if names:
        return said + (
            f"Changed or new: {', '.join(names)}. Fetch one with "
            f"`python -m course_lib reset {names[0]}`; your answer is kept."
        )
    return said + "Only text around the exercises changed; the next reset brings it."


@click.command(short_help="Check your answers in a notebook.")
@click.argument("notebook")
@time_limit(60.0)
def check(notebook: str, seconds: float) -> None:
    """Run NOTEBOOK (code/02_softmax, or a path) and say what came of each exercise."""
    from course_lib.learner import checking

    with one_line_errors():
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
        raise Trouble(f"There is no {short(own)} yet. Make it with: python -m course_lib my-work")
    return own


def _show_progress(cell: int, cells: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r  running code cell {cell} of {cells} ", nl=False, err=True)
        if cell == cells:
            click.echo("\r" + " " * 40 + "\r", nl=False, err=True)


@click.command(short_help="Show what you have passed, and what is next.")
def progress() -> None:
    """Show what you have passed, lesson by lesson, and what comes next."""
    from course_lib.learner.grid import grid
    from course_lib.learner.progress import as_text

    with one_line_errors():
        said = as_text(grid())
    click.echo(said)


@click.command(short_help="Show five things that are worth another look.")
def today() -> None:
    """Show at most five things that are due: failed, hinted at, or long past."""
    from course_lib.learner.today import as_text

    with one_line_errors():
        said = as_text()
    click.echo(said)


@click.command(short_help="Begin an exercise anew; your answer is kept.")
@click.argument("name")
def reset(name: str) -> None:
    """Put the exercise NAME back to the course's version; your earlier answer is kept below it."""
    from course_lib.learner import workspace

    with one_line_errors():
        path, kept = workspace.reset(name)
    said = "What you had written is kept, folded, right below. " if kept else ""
    click.echo(
        f"{name} in {short(path)} is as the course made it. {said}"
        "If it is open in JupyterLab: File, Reload Notebook from Disk."
    )


@click.command(short_help="Bring lessons back as they were published.")
@click.argument("lesson", required=False)
def restore(lesson: str | None) -> None:
    """Bring LESSON (code/02_softmax), or all of them, back; your answers are no part of this.

    A lesson whose text you changed is kept in my_work/earlier first.
    """
    from course_lib.learner import restore as restoring

    with one_line_errors():
        found = restoring.restore(lesson)
    for each in found:
        said = f" (yours is kept: {short(each.kept)})" if each.kept else ""
        click.echo(f"{short(each.path)} is as it was published{said}")
    if not found:
        click.echo("There was nothing to bring back: it is as it was published.")
    else:
        click.echo("If one is open in JupyterLab: File, Reload Notebook from Disk.")
