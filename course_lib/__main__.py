"""The course's commands: ``python -m course_lib --help`` lists them."""

import sys

import click

from course_lib.commands import authors, examiners, learners, publishers, teachers


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Check your answers, look after your notebooks in my_work; release and mark for a class."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without ✓ shows ? instead


for command in (
    learners.my_work,
    learners.check,
    learners.progress,
    learners.today,
    learners.reset,
    learners.restore,
    teachers.release,
    examiners.exam,
    teachers.grade,
    publishers.slides,
    publishers.site,
    authors.make,
    authors.store,
    authors.snapshot,
):
    main.add_command(command)


if __name__ == "__main__":
    main(prog_name="python -m course_lib")
