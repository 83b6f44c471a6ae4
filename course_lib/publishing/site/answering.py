"""Questions that the page itself answers: a table of the notebook's own replies, made at build.

Where a letter, a word or a number is the answer, what the notebook's ``check`` says depends only on
which of a few known values it is. ``static/answering.js`` reads what was typed as
``exercises.reading`` does, and looks the reply up here.
"""

import dataclasses
import html
import json
from collections.abc import Mapping
from itertools import permutations
from typing import Any

import numpy as np

from course_lib.exercises import examining, judge, task_of
from course_lib.exercises.declare import Task
from course_lib.exercises.report import Report
from course_lib.publishing.site.siblings import anchor

GIVEN, ADVICE = "{given}", "{advice}"  # where the page puts what was typed, and what to write
UNREADABLE = "¿?¿"
STRANGE = 98765.5  # a number that is no question's answer, right or wrong
Table = dict[str, Any]


def table(name: str) -> Table | None:
    """Return the replies of a question, or None where something is computed from the answer.

    name; reads: how the answer is read; untouched, unfit: what is said to none, and to one that
    can't be read; replies: [[value, reply, where to read again], …], of which the first that is
    near enough counts; otherwise: what is said to the rest, with reread; within: how far off a
    number may be.
    """
    task = task_of(name)
    probe = next(iter(task.probes.values()))
    if not task.value or len(task.probes) > 1 or not probe.reads:
        return None
    made: Table = {"name": name, "reads": probe.reads}
    made["untouched"] = _examined(name, ...).message
    unfit = _examined(name, UNREADABLE)
    shown = [UNREADABLE] if probe.reads == "words" else UNREADABLE
    made["unfit"] = unfit.message.replace(f"{shown!r}.", f"{GIVEN}.{ADVICE}", 1)
    made["reread"] = _address(unfit)
    if probe.reads in ("letter", "word", "words"):
        return made | {
            "replies": [_reply(value, _examined(name, value)) for value in _choices(task)]
        }
    return made | _numbers(task, probe.absolute)


def _examined(name: str, answer: object) -> Report:
    return examining.examine(name, answer, variant="course")


def _reply(value: Any, report: Report) -> list:
    return [value, report.message, _address(report)]


def _address(report: Report) -> str | None:
    """Return the page and heading that a report sends to, from the site's root; None if none."""
    place, _, heading = (report.reread or "").partition(": ")
    return f"{place}.html#{anchor(heading)}" if heading else None


def _choices(task: Task) -> list:
    """Return every answer that a question of choice takes, as the probe reads them."""
    inputs = examining.inputs_of(task, None, "course")
    (probe,) = task.probes.values()
    error = judge.run(probe, UNREADABLE, inputs).error
    listed = str(error).partition(" out of ")[2] or str(error).partition("a list of ")[2]
    words = listed.partition(", each once")[0].partition("; yours")[0].split(", ")
    return list(permutations(words)) if probe.reads == "words" else words


def _numbers(task: Task, within: float) -> Table:
    """Return the replies to one number, or to several."""
    (key,) = task.probes
    right = examining.right(task.name, None, "course")[key]
    wanted = _values(right)
    strange = [STRANGE] * len(wanted)
    given: Any = strange if task.probes[key].reads == "numbers" else STRANGE
    wrong = _examined(task.name, given)
    shown = f"[{', '.join(f'{n:g}' for n in strange)}]" if given is strange else f"{STRANGE:g}"
    replies = [_reply(wanted.tolist(), _examined(task.name, _like(given, wanted)))]
    for mistake, outcomes in examining.mistakes(task.name, None, "course"):
        if outcomes[key].error is None:
            value = _values(outcomes[key].arrays)
            report = dataclasses.replace(wrong, hint=mistake.hint, reread=mistake.reread)
            said, there = report.message.replace(shown, GIVEN, 1), _address(report)
            replies.append([value.tolist(), said, there])
    otherwise = wrong.message.replace(shown, GIVEN, 1)
    return {"replies": replies, "otherwise": otherwise, "within": within}


def _values(arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the one number of a probe, or its several ones, (n,)."""
    return np.ravel(arrays["number"] if "number" in arrays else next(iter(arrays.values())))


def _like(given: object, values: np.ndarray) -> object:
    """Return values as they are answered: a list where a list is asked for, else one number."""
    return values.tolist() if isinstance(given, list) else float(values[0])


def form(name: str) -> str:
    """Return the place to answer a question, in HTML on one line; "" for other exercises."""
    if (made := table(name)) is None:
        return ""
    data = json.dumps(made, ensure_ascii=False).replace("</", "<\\/")
    if made["reads"] in ("letter", "word"):
        choices = "".join(
            f'<label><input type="radio" name="{name}" value="{html.escape(value)}"> '
            f"{html.escape(value)}</label>"
            for value, *_ in made["replies"]
        )
        place = f"<fieldset><legend>Your answer</legend>{choices}</fieldset>"
    else:
        place = '<label>Your answer <input type="text" maxlength="60" autocomplete="off"></label>'
    return (
        f'<form class="course-ask" hidden data-exercise="{name}">{place}'
        '<button type="submit">Check</button><output></output>'
        f'<script type="application/json">{data}</script></form>'
    )
