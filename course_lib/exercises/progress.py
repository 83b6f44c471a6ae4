"""What a learner has passed: one small file an exercise, in ``my_work/.progress``.

Nothing is written unless the notebook that runs lies in ``my_work``.
"""

import hashlib
import json
import os
import time
from dataclasses import dataclass
from html import escape
from pathlib import Path

from course_lib.files import cells
from course_lib.learner import workspace
from course_lib.lessons import LESSONS as REGISTERED
from course_lib.lessons import ROOT, SOLUTIONS, TRACKS

LESSONS = {lesson.stem: lesson.question for lesson in REGISTERED}
TRIES = 3  # honest tries before a worked answer is offered


def my_work():
    """Return the learner's folder if the current folder lies in one, else None."""
    here = Path.cwd().resolve()
    return next((p for p in (here, *here.parents) if p.name == "my_work"), None)


def own_variant():
    """Return whose numbers the questions use: the text in ``my_work/.variant``, or "course"."""
    folder = my_work()
    file = folder / ".variant" if folder else None
    return file.read_text(encoding="utf-8").strip() if file and file.exists() else "course"


# What was tried --------------------------------------------------------------------------------


def remember(report, answer=None):
    """Note one check of an exercise; return the number of honest tries without a pass so far.

    answer: what was checked. The same wrong answer checked again, as *Run all* does, is no new try.
    """
    folder = my_work()
    if folder is None or not report.attempted:
        return 0
    record = recall(folder).get(report.name, {"passed": False, "tries": 0, "best": 0})
    record["passed"] = record["passed"] or report.passed
    record["best"] = max(record["best"], report.earned)
    record["points"] = report.points
    record["last"] = time.strftime("%Y-%m-%d %H:%M:%S")
    tried = record.setdefault("tried", [])
    mark = _fingerprint(answer)
    if not record["passed"] and (answer is None or mark not in tried):
        record["tries"] += 1
        record["tried"] = [*tried, mark][-20:]
    _write(folder / ".progress" / f"{report.name}.json", record)
    return record["tries"]


def _fingerprint(answer):
    """Return a short mark of an answer: of a function's or class's code, or of a value."""
    return hashlib.sha256(repr(_essence(answer)).encode()).hexdigest()[:12]


def _essence(answer):
    if code := getattr(answer, "__code__", None):
        return _essence(code), repr(answer.__defaults__)
    if hasattr(answer, "co_code"):
        return answer.co_code, answer.co_names, [_essence(part) for part in answer.co_consts]
    if isinstance(answer, type):
        return [(key, _essence(part)) for key, part in vars(answer).items() if callable(part)]
    return repr(answer)


def recall(folder):
    """Return what is known of each exercise, {name: record}; a damaged file counts as no record."""
    records = {}
    for file in sorted((Path(folder) / ".progress").glob("*.json")):
        try:
            record = json.loads(file.read_text(encoding="utf-8"))
            records[file.stem] = {
                "passed": bool(record["passed"]),
                "tries": int(record["tries"]),
                "best": int(record["best"]),
            } | {key: record[key] for key in ("points", "last", "tried") if key in record}
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return records


def forget(folder, name):
    """Remove the record of one exercise."""
    (Path(folder) / ".progress" / f"{name}.json").unlink(missing_ok=True)


def _write(file, record):
    """Write all or nothing: a crash in the middle leaves the old file."""
    cells.write_text(json.dumps(record, indent=1) + "\n", file)


# The worked answer -----------------------------------------------------------------------------


def solution_source(name, lesson):
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


def offer_solution(name, lesson):
    """Offer the worked answer: folded in a notebook; elsewhere, say where it is."""
    if not (source := solution_source(name, lesson)):
        return
    place = f"notebooks/solutions/{lesson}.ipynb"
    text = f"Three honest tries: a worked answer to {name} is in {place}, if you want it."
    summary = "Three honest tries: here is a worked answer, if you want it. Read, close, write."
    page = f"<details><summary>{summary}</summary><pre>{escape(source)}</pre></details>"
    _display(page, text)


def _display(page, text):
    """Show HTML where it can be shown, and the text elsewhere."""
    import sys

    shell = sys.modules.get("IPython")
    if shell is None or shell.get_ipython() is None:
        print(text)
        return
    from IPython.display import display

    display({"text/html": page, "text/plain": text}, raw=True)


# The grid of lessons and tracks ----------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """One lesson in one track. passed: for each of its exercises, whether it was passed."""

    track: str
    lesson: str
    passed: dict[str, bool]

    @property
    def notebook(self):
        return f"my_work/{self.track}/{self.lesson}.ipynb"

    @property
    def count(self):
        done = sum(self.passed.values())
        return f"{done} of {len(self.passed)}{' ✓' if done == len(self.passed) else ''}"


def grid(root=ROOT, *, quiet=False):
    """Return {(lesson, track): Place} of all lessons that exist, in order.

    quiet: as if nothing had been passed yet.
    """
    records = {} if quiet else recall(Path(root) / "my_work")
    places, notebooks = {}, workspace.exercises(root)
    for lesson in LESSONS:
        for track in TRACKS:
            if path := notebooks.get(f"{track}/{lesson}"):
                names = cells.check_cells(cells.read(path))
                passed = {n: records.get(n, {}).get("passed", False) for n in names}
                places[lesson, track] = Place(track, lesson, passed)
    return places


def next_step(places, root=ROOT):
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


def as_text(places, root=ROOT):
    """Return the grid as text for a terminal, with what comes next."""
    lines = ["".join([f"{'':24}", *(f"{track:>12}" for track in TRACKS)])]
    for lesson in LESSONS:
        row = [places.get((lesson, track)) for track in TRACKS]
        counts = [place.count if place else "–" for place in row]
        lines.append("".join([f"{lesson.replace('_', ' '):24}", *(f"{c:>12}" for c in counts)]))
    every = [passed for place in places.values() for passed in place.passed.values()]
    lines += ["", f"{sum(every)} of {len(every)} exercises are passed.", next_step(places, root)]
    return "\n".join(lines)


def show_progress(root=ROOT):
    """Show the grid of lessons and tracks in a notebook, with links to the learner's exercises.

    Links start from the folder ``notebooks``. Whatever depends on the learner stands in an element
    with the attribute ``data-progress`` and nothing inside it but text, so that tests can overlook
    it; while outputs are stored (COURSE_QUIET), nothing counts as passed.
    """
    quiet = bool(os.environ.get("COURSE_QUIET"))
    places = grid(root, quiet=quiet)
    step = "Next: choose your track." if quiet else next_step(places, root)
    _display(_as_page(places, step), "In a terminal: python -m course_lib progress")


def _as_page(places, step):
    heads = "".join(f'<th scope="col">{track}</th>' for track in TRACKS)
    rows = "".join(_row(lesson, question, places) for lesson, question in LESSONS.items())
    return (
        "<table><caption>What you have passed: exercises, by lesson and track</caption>"
        f'<thead><tr><th scope="col" style="text-align:left">lesson</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
        f"<p><span data-progress>{escape(step)}</span></p>"
    )


def _row(lesson, question, places):
    number, name = lesson.split("_", 1)
    head = f"<strong>{number} {name.replace('_', ' ')}</strong><br>{escape(question)}"
    columns = "".join(f"<td>{_cell(places.get((lesson, track)))}</td>" for track in TRACKS)
    style = "text-align:left;font-weight:normal"
    return f'<tr><th scope="row" style="{style}">{head}</th>{columns}</tr>'


def _cell(place):
    if place is None:
        return "follows"
    label = f"exercises of {place.lesson.replace('_', ' ')}, {place.track}"
    link = f'<a href="../{place.notebook}" aria-label="{label}">exercises</a>'
    return f"{link}: <span data-progress>{place.count}</span>"
