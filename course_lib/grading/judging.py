"""Mark one submission: foreign code runs in a server, the arrays that come back are judged here."""

import builtins
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from course_lib import __version__
from course_lib.exercises import judge, running, task_of
from course_lib.exercises.examining import judge_outcomes
from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.grading import releases, servers
from course_lib.grading.marks import CellError, ExerciseMark, Mark, unjudged
from course_lib.grading.runs import Run
from course_lib.grading.submissions import Submission, digest, parse

LONGEST = 2000  # characters of a message in a report
LONGEST_CODE = 20_000  # of an answer in it
MOST = 30  # cells whose error is told


class Foreign(Exception):
    """An error of a kind that only the foreign code knows."""


def mark(run: Run, server: servers.Server, student: str, files: Sequence[Submission]) -> Mark:
    """Mark one student's submission, the last of the files.

    Nothing that the submission does raises an error here: it becomes the reason in its mark.
    """
    submission, start = files[-1], time.perf_counter()
    blank = Mark(
        student,
        exercises=(),
        run=run.digest,
        version=__version__,
        limit=run.seconds,
        walls=server.strength,
    )
    blank = handed_in(blank, run, files)
    try:
        content = submission.read()
        blank = replace(blank, submission=digest(content))
        sources, answers = _to_run(parse(content))
        wanted = _wanted(run, student)
        header, arrays = server.run(sources, wanted, seconds=run.seconds)
        blank = replace(blank, cells=_cell_errors(header, sources))
    except servers.Broken as error:
        said = f"running it broke the process that runs notebooks: {error}"
        return _unread(blank, run, said)
    except Trouble as error:
        return _unread(blank, run, str(error))
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        return _unread(blank, run, f"the notebook is malformed: {error}")
    return replace(
        blank,
        exercises=tuple(_judged(run, each, header, arrays, answers) for each in wanted),
        seconds=round(time.perf_counter() - start, 3),
    )


def handed_in(mark: Mark, run: Run, files: Sequence[Submission]) -> Mark:
    """Return a mark with what is known of a submission without reading it."""
    last = files[-1]
    due = run.release.due
    return replace(
        mark,
        file=last.file,
        arrived=last.arrived,
        late=last.late or bool(last.arrived and due and last.arrived[:16] > due[:16]),
        others=tuple(file.file for file in files[:-1]),
    )


def _unread(blank, run, problem):
    exercises = unjudged(run.release.points, "not-marked", problem)
    return replace(blank, problem=problem, exercises=exercises)


def _to_run(notebook):
    """Return (the code cells to run, {exercise: the text of its answer cells}).

    Check cells are left out: what is checked, and how, comes from the release.
    """
    sources, answers = [], {}
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code" or cells.checked(cell):
            continue
        source = cells.source(cell)
        if name := cells.grade_id(cell):
            answers[name] = f"{answers[name]}\n\n{source}" if name in answers else source
        sources.append(source)
    return sources, answers


def _wanted(run, student):
    """Return what a server is asked about each exercise."""
    said = releases.expressions(run.notebook)
    wanted = []
    for name in run.release.points:
        task = task_of(name)
        variant = run.variant(student) if task.value else None
        seed = None if task.value else run.seed
        seconds = judge.SECONDS + len(task.probes) - 1
        wanted.append({"name": name, "expression": said[name], "seed": seed, "variant": variant,
                       "seconds": seconds})  # fmt: skip
    return wanted


def _failed(header):
    """Return [(number of a cell, its error)] in order."""
    return sorted(((int(n), str(error)) for n, error in header["cells"].items()))


def _cell_errors(header, sources):
    found = []
    for number, error in _failed(header)[:MOST]:
        lines = sources[number].strip().splitlines()
        found.append(CellError((lines or [""])[0][:80], error[:LONGEST]))
    return tuple(found)


def _judged(run, each, header, arrays, answers):
    """Judge one exercise of a notebook that ran."""
    name, points = each["name"], run.release.points[each["name"]]
    blank = ExerciseMark(name, points, code=answers.get(name, "")[:LONGEST_CODE])
    came = header["done"].get(name)
    if name in header["dropped"] or came is None:
        how = header["dropped"].get(name, "it ended the process that ran it.")
        return replace(blank, diagnosis="stopped", said=f"✗ {name}: {how}")
    try:  # a dictionary from outside: whatever is in it, it is this student's trouble alone
        if "" in came:
            diagnosis, said = _missing(name, came[""], header)
            return replace(blank, diagnosis=diagnosis, said=said[:LONGEST])
        report = judge_outcomes(
            name, _outcomes(name, came, arrays) if came else None,
            seed=each["seed"], variant=each["variant"],
        )  # fmt: skip
    except Exception as error:
        said = f"✗ {name}: what it returned can't be compared ({error})."
        return replace(blank, diagnosis="unfit", said=said[:LONGEST])
    return replace(
        blank,
        earned=report.share(points),
        diagnosis=report.diagnosis if report.attempted else "not-attempted",
        said=(report.said if report.attempted else report.head)[:LONGEST],
        probes=report.probes,
    )


def _missing(name, came, header):
    """Say why there is no answer to probe: (diagnosis, what the student is told)."""
    how = str(came.get("missing", ""))
    if not how.startswith("NameError"):
        return "raises", f"✗ {name}: it could not be read: {how}"
    why = f" The first cell that failed says: {_failed(header)[0][1]}" if header["cells"] else ""
    return "missing", f"✗ {name}: nothing of this name is defined when the notebook has run.{why}"


def _outcomes(name, came, arrays):
    """Return the judge's Outcomes, made from what a server says; what is missing is unfit."""
    outcomes = {}
    for key in task_of(name).probes:
        told = came.get(key)
        if not isinstance(told, dict):
            outcomes[key] = judge.Outcome(error=judge.Unfit("nothing came back."))
            continue
        shortcut = told.get("shortcut") and str(told["shortcut"])
        if told.get("error"):
            error = _error(str(told["error"]), str(told.get("message", "")))
            said = str(told.get("said") or error)
            outcomes[key] = judge.Outcome(error=error, shortcut=shortcut, said=said)
            continue
        start = f"{name}/{key}/"
        found = {n.removeprefix(start): a for n, a in arrays.items() if n.startswith(start)}
        changed = told.get("changed") and str(told["changed"])
        outcomes[key] = judge.Outcome(arrays=found, changed=changed, shortcut=shortcut)
    return outcomes


def _error(kind, message):
    """Return an error of this name: the judge compares kinds."""
    own = {"Unfit": judge.Unfit, "TooSlow": running.TooSlow}
    found = own.get(kind) or getattr(builtins, kind, None) or getattr(np.exceptions, kind, None)
    if not (isinstance(found, type) and issubclass(found, BaseException)):
        found = Foreign
    try:
        return found(message)
    except TypeError:
        return Foreign(message)
