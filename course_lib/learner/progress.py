"""Show what a learner has passed: as a grid on the start page, as text in a terminal."""

import os
from collections.abc import Mapping
from html import escape
from pathlib import Path

from course_lib.learner.grid import Place, grid
from course_lib.learner.offers import next_step, show_page
from course_lib.lessons import LESSONS, ROOT, TRACKS

Places = Mapping[tuple[str, str], Place]  # by lesson and track


def as_text(places: Places, root: Path = ROOT) -> str:
    """Return the grid as text for a terminal, with what comes next."""
    lines = ["".join([f"{'':24}", *(f"{track:>12}" for track in TRACKS)])]
    for lesson in [each.stem for each in LESSONS]:
        row = [places.get((lesson, track)) for track in TRACKS]
        counts = [place.count if place else "–" for place in row]
        lines.append("".join([f"{lesson.replace('_', ' '):24}", *(f"{c:>12}" for c in counts)]))
    every = [passed for place in places.values() for passed in place.passed.values()]
    lines += ["", f"{sum(every)} of {len(every)} exercises are passed.", next_step(places, root)]
    return "\n".join(lines)


def show_progress(root: Path = ROOT) -> None:
    """Show the grid of lessons and tracks in a notebook, with links to the learner's exercises.

    Links start from the folder ``notebooks``. Whatever depends on the learner stands in an element
    with the attribute ``data-progress`` and nothing inside it but text, so that tests can overlook
    it; while outputs are stored (COURSE_QUIET), nothing counts as passed.
    """
    quiet = bool(os.environ.get("COURSE_QUIET"))
    places = grid(root, quiet=quiet)
    step = "Next: choose your track." if quiet else next_step(places, root)
    show_page(_as_page(places, step), "In a terminal: python -m course_lib progress")


def _as_page(places: Places, step: str) -> str:
    heads = "".join(f'<th scope="col">{track}</th>' for track in TRACKS)
    rows = "".join(_row(each.stem, each.question, places) for each in LESSONS)
    return (
        "<table><caption>What you have passed: exercises, by lesson and track</caption>"
        f'<thead><tr><th scope="col" style="text-align:left">lesson</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
        f"<p><span data-progress>{escape(step)}</span></p>"
    )


def _row(lesson: str, question: str, places: Places) -> str:
    number, name = lesson.split("_", 1)
    head = f"<strong>{number} {name.replace('_', ' ')}</strong><br>{escape(question)}"
    columns = "".join(f"<td>{_cell(places.get((lesson, track)))}</td>" for track in TRACKS)
    style = "text-align:left;font-weight:normal"
    return f'<tr><th scope="row" style="{style}">{head}</th>{columns}</tr>'


def _cell(place: Place | None) -> str:
    if place is None:
        return "follows"
    label = f"exercises of {place.lesson.replace('_', ' ')}, {place.track}"
    link = f'<a href="../{place.notebook}" aria-label="{label}">exercises</a>'
    return f"{link}: <span data-progress>{place.count}</span>"
