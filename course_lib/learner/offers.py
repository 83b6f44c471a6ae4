"""What a learner is offered: a worked answer after honest tries, and what to do next."""

from collections.abc import Mapping
from html import escape
from pathlib import Path

from course_lib.files import cells
from course_lib.learner.grid import Place
from course_lib.learner.tries import recall
from course_lib.lessons import ROOT, SOLUTIONS

TRIES = 3  # honest tries before a worked answer is offered


def solution_source(name: str, lesson: str) -> str | None:
    """Return the worked answer of an exercise from the solution notebook, or None."""
    path = SOLUTIONS / f"{lesson}.ipynb"
    if not path.exists():
        return None
    found = (c for c in cells.read(path)["cells"] if cells.grade_id(c) == name)
    cell = next(found, None)
    if cell is None:
        return None
    lines = cells.source(cell).splitlines()
    return "\n".join(line for line in lines if "### BEGIN" not in line and "### END" not in line)


def offer_solution(name: str, lesson: str) -> None:
    """Offer the worked answer: folded in a notebook; elsewhere, say where it is."""
    if not (source := solution_source(name, lesson)):
        return
    place = f"notebooks/solutions/{lesson}.ipynb"
    text = f"Three honest tries: a worked answer to {name} is in {place}, if you want it."
    summary = "Three honest tries: here is a worked answer, if you want it. Read, close, write."
    page = f"<details><summary>{summary}</summary><pre>{escape(source)}</pre></details>"
    show_page(page, text)


def show_page(page: str, text: str) -> None:
    """Show HTML where it can be shown, and the text elsewhere."""
    import sys

    shell = sys.modules.get("IPython")
    if shell is None or shell.get_ipython() is None:
        print(text)
        return
    from IPython.display import display

    display({"text/html": page, "text/plain": text}, raw=True)


def next_step(places: Mapping[tuple[str, str], Place], root: Path = ROOT) -> str:
    """Say what to do next: from the exercise that was checked last, onwards in its track."""
    records = recall(Path(root) / "my_work")
    of = {name: place for place in places.values() for name in place.passed}
    known = [name for name in records if name in of]
    latest = max(known, key=lambda name: records[name].get("last", ""), default=None)
    if latest is None:
        return "Next: open notebooks/00_start_here.ipynb and choose your track."
    here = of[latest]
    track = [place for place in places.values() if place.track == here.track]
    at = track.index(here)
    for place in track[at:] + track[:at]:
        for name, passed in place.passed.items():
            if not passed:
                return f"Next: {name} in {place.notebook}"
    others = [p.track for p in places.values() if not all(p.passed.values())]
    more = f" The {others[0]} track has more." if others else ""
    return f"Every exercise of the {here.track} track is passed.{more}"
