"""For teachers: draw an exam in which everybody has tasks that nobody has seen."""

from pathlib import Path

import click

from course_lib.commands.telling import one_line_errors
from course_lib.files.cells import Trouble


@click.command(short_help="Draw an exam: other tasks for each student.")
@click.option("--lessons", metavar="01-06", help="Draw from what these lessons have prepared.")
@click.option("--track", type=click.Choice(["intuition", "code", "maths"]), help="Whose tasks.")
@click.option("--tasks", default=4, show_default=True, help="So many for each student.")
@click.option("--name", "names", multiple=True, metavar="NAME[:LEVEL]", help="Draw this instead.")
@click.option("--level", type=click.IntRange(min=1), help="Steps in which a task differs; 3.")
@click.option("--minutes", type=click.IntRange(min=1), help="Time to write; 60.")
@click.option("--roster", type=click.Path(), help="CSV: id,name,... (id needed).")
@click.option("--title", default="Exam", show_default=True, help="What stands above it.")
@click.option("--due", metavar="2026-12-01T12:00", help="What comes later is marked as late.")
@click.option("-o", "--out", default="exam", show_default=True, help="Folder of the exam.")
@click.option("--substitute", multiple=True, metavar="ID", help="Another one for who was absent.")
@click.option("--only", multiple=True, metavar="ID", help="Give --minutes to this student alone.")
def exam(
    lessons: str | None,
    track: str | None,
    tasks: int,
    names: tuple[str, ...],
    level: int | None,
    minutes: int | None,
    roster: str | None,
    title: str,
    due: str | None,
    out: str,
    substitute: tuple[str, ...],
    only: tuple[str, ...],
) -> None:
    """Draw an exam for a roster: notebooks, papers, a release to grade, and the teacher's file.

    All have the same kinds of tasks, levels and points, and no two the same exam. With --substitute
    or --only, an exam that is there is changed for these students.
    """
    from course_lib.grading import exams

    creating = [each for each in (lessons, track, names, level, roster, due) if each]
    with one_line_errors():
        if substitute and only or (substitute or only) and creating:
            raise Trouble("--substitute, --only and drawing an exam are three calls.")
        if substitute:
            folder = exams.substitute(out, substitute)
        elif only and minutes is None:
            raise Trouble("say how long they have: --minutes 75 --only ada")
        elif only and minutes is not None:
            folder = exams.extra_time(out, only, minutes)
        else:
            folder = exams.exam(
                out, roster=roster, lessons=lessons, track=track, tasks=tasks, names=names,
                level=level, minutes=minutes or 60, title=title, due=due,
            )  # fmt: skip
        made, plan = exams.read(folder)
    changed = substitute or only
    if changed:
        for student in changed:
            click.echo(f"made {folder / 'for' / student}: {plan.minutes_of(student)} minutes.")
    else:
        asked = ", ".join(f"{each.name} (level {each.level})" for each in plan.asked)
        click.echo(f"made {len(made.roster)} exams in {folder / 'for'}: {asked}.")
        worth = sum(made.points.values())
        click.echo(f"{plan.minutes} minutes, {worth:g} points, equal for all; no two are alike.")
    click.echo(f"For you alone, with all answers: {folder / exams.TEACHERS}")
    marks = Path("marks") / folder.name
    click.echo(f"Mark what comes back: python -m course_lib grade {folder} SUBMISSIONS -o {marks}")
