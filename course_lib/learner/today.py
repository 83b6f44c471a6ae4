"""Five things for today: failed, hinted at, or long past. Who ignores them loses nothing."""

import os
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

from course_lib.learner.boxes import due, placed
from course_lib.learner.offers import show_page
from course_lib.learner.standing import practised
from course_lib.learner.tries import recall
from course_lib.lessons import ROOT, places

MOST = 5
PRACTICE = "practice.ipynb"
NOTHING_HERE = "Nothing waits for you today."
NOTHING = "Nothing waits. A fresh task is always there: notebooks/practice.ipynb"


@dataclass(frozen=True)
class Thing:
    """One thing for today. what: the call or the place. why: what is remembered of it.

    link: where to do it, seen from the folder ``notebooks``.
    """

    what: str
    why: str
    link: str = PRACTICE

    def __str__(self) -> str:
        return f"{self.what}   ({self.why})"


def things(root: Path = ROOT, *, today: date | None = None) -> list[Thing]:
    """Return at most five things that are due, those that went worst and wait longest first."""
    now = today or date.today()
    records = recall(Path(root) / "my_work")
    waiting = [name for name, record in records.items() if due(record, now) and _known(name)]
    waiting.sort(key=lambda name: (placed(records[name]), name))
    found: dict[str, Thing] = {}
    for name in waiting:
        record, again = records[name], practised(name)
        if "@" in name and _passed_since(name, records):
            continue
        why = _why(name, record, now)
        if again and (record["passed"] or "@" in name):
            thing = Thing(f'practice("{again}")', why)
        else:
            notebook = f"my_work/{places()[name]}.ipynb"
            thing = Thing(f"{name} in {notebook}", why, f"../{notebook}")
        found.setdefault(thing.what, thing)
    return list(found.values())[:MOST]


def _known(name: str) -> bool:
    return name in places() or "@" in name


def _passed_since(name: str, records: dict[str, Any]) -> bool:
    """Say whether a drawn task of this kind was passed after this one was tried."""
    kind, last = practised(name), records[name].get("last", "")
    return any(
        "@" in other and practised(other) == kind and r["passed"] and r.get("last", "") > last
        for other, r in records.items()
    )


def _why(name: str, record: dict[str, Any], now: date) -> str:
    days = (now - date.fromisoformat(record["last"][:10])).days if record.get("last") else 0
    past = {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")
    drawn = "@" in name
    own = "one" if drawn else name
    if not record["passed"]:
        if record.get("given_up"):
            return f"you looked up an answer {past}"
        return f"you left one open {past}" if drawn else f"still open, last tried {past}"
    if record.get("given_up"):
        return f"you passed {own} {past}, after a look at an answer"
    if record["tries"]:
        return f"{own} took you {record['tries'] + 1} tries, {past}"
    return f"you passed {own} {past}"


def as_text(root: Path = ROOT) -> str:
    """Return today's things for a terminal."""
    found = things(root)
    if not found:
        return NOTHING
    lines = [f"{number}. {thing}" for number, thing in enumerate(found, start=1)]
    if any("practice(" in thing.what for thing in found):
        lines += ["", "practice(...) is for a notebook: notebooks/practice.ipynb"]
    return "\n".join(lines)


def show_today(root: Path = ROOT) -> None:
    """Show today's things in a notebook; while outputs are stored (COURSE_QUIET), there are none.

    All that depends on the learner stands in the section with the attribute ``data-progress``, so
    that tests can overlook it.
    """
    found = [] if os.environ.get("COURSE_QUIET") else things(root)
    said = f"<ol>{''.join(map(_item, found))}</ol>" if found else f"<p>{NOTHING_HERE}</p>"
    page = (
        f"<section data-progress>{said}</section>"
        f'<p>A fresh task whenever you like: <a href="{PRACTICE}">practice</a>.</p>'
    )
    show_page(page, "In a terminal: python -m course_lib today")


def _item(thing: Thing) -> str:
    return f'<li><a href="{thing.link}">{escape(thing.what)}</a>: {escape(thing.why)}</li>'
