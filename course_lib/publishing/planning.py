"""Course plans as a page: what stands in ``plans.toml``, with minutes and points as they are."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from course_lib.exercises import task_of
from course_lib.files.cells import Trouble
from course_lib.lessons import LESSONS, TRACKS

FILE = Path(__file__).with_name("plans.toml")
INTRODUCTION = """# Course plans

Made for real calendars: each says for whom it is, what they can do afterwards, and what to leave
out. Minutes are those of the lessons; a deck for a lecture is `python -m course_lib slides LESSON
--minutes 50` (or 90). Who does not know where a student stands gives them
[ten questions](placement.md). Homework is marked with `grade`: see [the guide](teaching.md)."""
PLACES = {lesson.place(track): (lesson, track) for track in TRACKS for lesson in LESSONS}


def plans() -> list[dict[str, Any]]:
    """Return the plans, each part with its minutes.

    Raises:
        Trouble: a part names no lesson, and nothing else to do; it says which.
    """
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))["plan"]
    for plan in found:
        for part in plan["parts"]:
            if part.get("lesson") not in PLACES and not {"todo", "minutes"} <= set(part):
                raise Trouble(f"{FILE.name}, {plan['title']}: {part} is no lesson and no task.")
    return found


def minutes(part: Mapping[str, Any]) -> int:
    """Return how long a part takes: a lesson its own time, at most what its deck is cut to."""
    if "todo" in part:
        return part["minutes"]
    lesson, track = PLACES[part["lesson"]]
    return min(lesson.minutes[track], part.get("cut", lesson.minutes[track]))


def page(text: str) -> str:
    """Return the page with all plans."""
    return "\n\n".join([INTRODUCTION, *map(_plan, plans())]) + "\n"


def _plan(plan: Mapping[str, Any]) -> str:
    goals = "\n".join(f"- {goal}" for goal in plan["goals"])
    rows = ["| when | what | minutes | homework |", "|---|---|---|---|", *map(_row, plan["parts"])]
    total = sum(minutes(part) for part in plan["parts"])
    return "\n\n".join([
        f"## {plan['title']}",
        plan["audience"],
        f"Afterwards they can\n\n{goals}",
        "\n".join(rows),
        f"{total} minutes in all. **Leave out:** {plan['leave_out']}",
    ])  # fmt: skip


def _row(part: Mapping[str, Any]) -> str:
    if "todo" in part:
        return f"| {part['when']} | {part['todo']} | {part['minutes']} | |"
    lesson, track = PLACES[part["lesson"]]
    names = lesson.exercises[track]
    points = sum(task_of(name).points for name in names)
    link = f"[{lesson.numbered}, {track}](../notebooks/{part['lesson']}.ipynb): {lesson.question}"
    return (
        f"| {part['when']} | {link} | {minutes(part)} | {len(names)} exercises, {points} points |"
    )
