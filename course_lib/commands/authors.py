"""For authors: write what follows from registry and notebooks, store a notebook's outputs."""

import sys
from pathlib import Path

import click

from course_lib.commands.telling import one_line_errors


@click.command(short_help="For authors: write what follows from lessons and registry.")
@click.option("--check", is_flag=True, help="Write nothing; fail if something is out of date.")
def make(check: bool) -> None:
    """Write what follows from lessons.toml and the notebooks: tables, links, learners' copies."""
    with one_line_errors():
        changes, grid_is_old = _making(check=check)
    for change in changes:
        click.echo(f"{'out of date:' if check else 'made'} {change}")
    mend = ["python -m course_lib make"] if check and changes else []
    mend += ["python -m course_lib store notebooks/00_start_here.ipynb"] if grid_is_old else []
    click.echo(f"Now run: {' && '.join(mend)}" if mend else "All is up to date.")
    sys.exit(1 if check and mend else 0)


def _making(*, check: bool) -> tuple[list, bool]:
    from course_lib import publishing

    publishing.ready()
    from course_lib.publishing import making

    return making.make(check=check), making.grid_is_old()


@click.command(short_help="For authors: run notebooks and store their outputs.")
@click.argument("notebooks", nargs=-1, required=True)
@click.option("--seconds", default=900, show_default=True, help="Time limit of a cell.")
def store(notebooks: tuple[str, ...], seconds: float) -> None:
    """Run NOTEBOOKS (paths) in fresh kernels and store their outputs; nothing if a cell fails."""
    from course_lib import publishing

    with one_line_errors():
        publishing.ready()
        from course_lib.publishing import outputs

        for path in notebooks:
            outputs.store(Path(path), seconds=seconds)
            click.echo(f"stored {path}")


@click.command(short_help="For authors: keep a copy of the prose, for lesson 11 to learn from.")
@click.option("--track", default="intuition", show_default=True, help="Whose prose.")
@click.option("--check", is_flag=True, help="Write nothing; say whether the lessons moved on.")
def snapshot(track: str, check: bool) -> None:
    """Write the lessons' prose into course_lib/writing/course.md, with version and date.

    What was measured with the old copy must be measured again: make a new one only on purpose.
    """
    from course_lib import publishing

    with one_line_errors():
        publishing.ready()
        from course_lib.publishing import snapshot

        click.echo(snapshot.compare() if check else f"made {snapshot.take(track)}")
