"""The course's commands: ``python -m course_lib --help`` lists them."""

import contextlib
import sys
from pathlib import Path

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main():
    """Check your answers to the exercises, and look after your notebooks in my_work."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without ✓ shows ? instead


@main.command("my-work", short_help="Copy the exercises that my_work lacks.")
def my_work():
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


def _newer(path, names):
    said = f"{_short(path)}: the course has a newer version; yours was not touched. "
    if names:
        return said + (
            f"Changed or new: {', '.join(names)}. Fetch one with "
            f"`python -m course_lib reset {names[0]}`; your answer is kept."
        )
    return said + "Only text around the exercises changed; the next reset brings it."


@main.command(short_help="Check your answers in a notebook.")
@click.argument("notebook")
@click.option(
    "--seconds",
    default=60.0,
    show_default=True,
    help="Time limit of a cell.",
    type=click.FloatRange(min=0, min_open=True),
)
def check(notebook, seconds):
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


def _find(notebook):
    """Return a notebook's path, from a path or a lesson's name."""
    from course_lib.learner import workspace

    own = workspace.own(notebook.removesuffix(".ipynb"))
    return own if own.exists() and not Path(notebook).exists() else Path(notebook)


def _show_progress(cell, cells):
    if sys.stderr.isatty():
        click.echo(f"\r  running code cell {cell} of {cells} ", nl=False, err=True)
        if cell == cells:
            click.echo("\r" + " " * 40 + "\r", nl=False, err=True)


@main.command(short_help="Show what you have passed, and what is next.")
def progress():
    """Show what you have passed, lesson by lesson, and what comes next."""
    from course_lib.exercises import progress

    click.echo(progress.as_text(progress.grid()))


@main.command(short_help="Begin an exercise anew; your answer is kept.")
@click.argument("name")
def reset(name):
    """Put the exercise NAME back to the course's version; your earlier answer is kept below it."""
    from course_lib.learner import workspace

    with _one_line_errors():
        path, kept = workspace.reset(name)
    said = "What you had written is kept, folded, right below. " if kept else ""
    click.echo(
        f"{name} in {_short(path)} is as the course made it. {said}"
        "If it is open in JupyterLab: File, Reload Notebook from Disk."
    )


@contextlib.contextmanager
def _one_line_errors():
    """Turn what the learner can mend into one line and exit status 2."""
    from course_lib.learner.cells import Trouble

    try:
        yield
    except (Trouble, OSError) as error:
        failure = click.ClickException(str(error))
        failure.exit_code = 2
        raise failure from None


def _short(path):
    path = Path(path)
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


if __name__ == "__main__":
    main(prog_name="python -m course_lib")
