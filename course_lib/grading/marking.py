"""Mark what was handed in: foreign code runs in a server, its arrays are judged here."""

import builtins
import hashlib
import json
import queue
import re
import secrets
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from course_lib.exercises import judge, running, task_of
from course_lib.exercises.examining import judge_outcomes
from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.grading import releases, servers
from course_lib.grading.submissions import digest, order, parse

LONGEST = 2000  # characters of a message in a report
LONGEST_CODE = 20_000  # of an answer in it
MOST = 30  # cells whose error is told
POINTS = re.compile(r"^[✓✗] \w+: [\d.]+ of [\d.]+ points( so far)?\.\s*")  # the release's count
MARKS = "students"  # the folder of finished marks


class Foreign(Exception):
    """An error of a kind that only the foreign code knows."""


@dataclass(frozen=True)
class Run:
    """One marking: what was released, the seed of its inputs, where the marks go.

    seconds: the time limit of a cell.
    """

    release: releases.Release
    notebook: dict
    seed: int
    folder: Path
    seconds: float = 10.0

    @property
    def digest(self):
        """What a finished mark hangs on beside the submission: release, inputs and judges."""
        made = self.release
        text = json.dumps(
            [made.lesson, made.points, made.due, made.variants, self.notebook, self.seed]
        )
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def variant(self, student):
        """Return whose numbers a student's questions have: the roster says, not the student."""
        known = self.release.student(student) if self.release.variants else None
        return known.id if known else "course"


def begin(class_folder, marks, *, again=False, seconds=10.0):
    """Open a marking in the folder ``marks``; one that was begun before goes on with its seed."""
    release, notebook = releases.read(class_folder)
    folder = Path(marks)
    file = folder / "run.json"
    seed = secrets.randbits(32)
    if folder.exists() and not folder.is_dir():
        raise Trouble(f"{folder} is a file. Choose a folder for the marks (-o).")
    if file.exists():
        try:
            begun = json.loads(file.read_text(encoding="utf-8"))
            begun_seed, lesson = int(begun["seed"]), begun["lesson"]
        except (ValueError, KeyError, TypeError):
            raise Trouble(f"{file} is broken. Choose another folder for the marks (-o).") from None
        if lesson != release.lesson:
            raise Trouble(f"{folder} holds the marks of {lesson}. Choose another folder (-o).")
        seed = seed if again else begun_seed
    run = Run(release, notebook, seed, folder, seconds)
    cells.write_text(json.dumps({"seed": seed, "lesson": release.lesson}) + "\n", file)
    return run


def by_roster(release, submissions):
    """Return {student: files} with the roster's ids as names, as far as it knows the students."""
    named = {}
    for name, files in submissions.items():
        known = release.student(name, files[-1].canvas_id)
        named.setdefault(known.id if known else name, []).extend(files)
    return {student: sorted(files, key=order) for student, files in named.items()}


def mark_all(run, submissions, *, jobs=1, walls=True, scheduler=None, tell=lambda student: None):
    """Mark {student: submissions}; return (their marks in order, how strong the walls were).

    A finished mark is stored at once, and found again when the marking is begun once more.
    scheduler: the address of a Dask cluster, which then does the work.
    """
    marks, todo = {}, {}
    for student, files in submissions.items():
        if stored := _stored(run, student, files[-1]):
            marks[student] = stored | _about(run, files)
            if marks[student] != stored:
                _store(run, student, marks[student])
            tell(student)
        else:
            todo[student] = files

    def store(student, made):
        _store(run, student, made)
        marks[student] = made
        tell(student)

    if scheduler and todo:
        from course_lib.grading import cluster

        cluster.mark_all(scheduler, run, todo, store, walls=walls)
    else:
        _mark_here(run, todo, store, jobs, walls)
    return {student: marks[student] for student in submissions}, weakest(marks)


def weakest(marks):
    """Return how strong the walls were, at the weakest of the marks."""
    strengths = {made["walls"] for made in marks.values()}
    return next((s for s in ("self-check", "limits") if s in strengths), "walls")


def earlier(run, marks):
    """Return ({student: mark} of earlier batches, the names of those that no longer fit this run).

    A mark fits if release and inputs are the same; who is among ``marks`` is left out.
    """
    fitting, others = {}, []
    files = {made["file"] for made in marks.values()}
    for path in sorted((run.folder / MARKS).glob("*.json")):
        made = _finished(path)
        known = made and run.release.student(made["student"])
        student = known.id if known else made and made["student"]
        if not made or student in marks or made["student"] in marks or made["file"] in files:
            continue
        if made["run"] == run.digest:
            fitting[student] = made | {"student": student}
        else:
            others.append(student)
    return fitting, others


def _mark_here(run, submissions, store, jobs, walls):
    """Mark on this machine, with one server for each of the jobs."""
    free, started = queue.SimpleQueue(), []

    def one(student):
        server = free.get()
        try:
            store(student, mark(run, server, student, submissions[student]))
        finally:
            free.put(server)

    try:
        for number in range(min(jobs, len(submissions))):
            server = servers.server(run.release.lesson, number=number, walls=walls)
            started.append(server)
            server.start()
            free.put(server)
        with ThreadPoolExecutor(max(1, len(started))) as pool:
            list(pool.map(one, submissions))
    finally:
        for server in started:
            server.__exit__()


def mark(run, server, student, files):
    """Mark one student's submission, the last of the files; return the mark as a dictionary.

    Nothing that the submission does raises an error here: it becomes the reason in its mark.
    """
    submission, start = files[-1], time.perf_counter()
    made = {
        "student": student,
        **_about(run, files),
        "submission": None,
        "run": run.digest,
        "limit": run.seconds,
        "walls": server.strength,
        "problem": None,
        "exercises": {},
        "cells": [],
    }
    try:
        content = submission.read()
        made["submission"] = digest(content)
        sources, answers = _to_run(parse(content))
        wanted = _wanted(run, student)
        header, arrays = server.run(sources, wanted, seconds=run.seconds)
        made["cells"] = _cell_errors(header, sources)
    except servers.Broken as error:
        return _unread(run, made, f"running it broke the process that runs notebooks: {error}")
    except Trouble as error:
        return _unread(run, made, str(error))
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        return _unread(run, made, f"the notebook is malformed: {error}")
    for each in wanted:
        made["exercises"][each["name"]] = _judged(run, each, header, arrays, answers)
    made["seconds"] = round(time.perf_counter() - start, 3)
    return made


def _about(run, files):
    """Return what a mark says of a submission without reading it."""
    submission = files[-1]
    return {
        "file": submission.file,
        "arrived": submission.arrived,
        "late": submission.late or _after(submission.arrived, run.release.due),
        "others": [f.file for f in files[:-1]],
    }


def total(made):
    """Return the points of a mark."""
    return round(sum(e["earned"] for e in made["exercises"].values()), 3)


def _unread(run, made, problem):
    empty = {"earned": 0, "diagnosis": "not-marked", "message": problem, "code": ""}
    made["problem"] = problem
    for name, points in run.release.points.items():
        made["exercises"][name] = {**empty, "points": points}
    return made


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


def _cell_errors(header, sources):
    found = []
    for number, error in sorted(header["cells"].items(), key=lambda item: int(item[0]))[:MOST]:
        lines = sources[int(number)].strip().splitlines()
        found.append({"cell": (lines or [""])[0][:80], "error": str(error)[:LONGEST]})
    return found


def _judged(run, each, header, arrays, answers):
    """Judge one exercise of a notebook that ran."""
    name, points = each["name"], run.release.points[each["name"]]
    empty = {"earned": 0, "points": points, "code": answers.get(name, "")[:LONGEST_CODE]}
    came = header["done"].get(name)
    if name in header["dropped"] or came is None:
        how = header["dropped"].get(name, "it ended the process that ran it.")
        return {**empty, "diagnosis": "stopped", "message": f"✗ {name}: {how}"}
    try:  # a dictionary from outside: whatever is in it, it is this student's trouble alone
        if "" in came:
            return {**empty, **_missing(name, came[""], header)}
        report = judge_outcomes(
            name, _outcomes(name, came, arrays) if came else None,
            seed=each["seed"], variant=each["variant"],
        )  # fmt: skip
    except Exception as error:
        message = f"✗ {name}: what it returned can't be compared ({error})."
        return {**empty, "diagnosis": "unfit", "message": message[:LONGEST]}
    whole = report.earned == report.points
    earned = points if whole else round(points * report.earned / report.points, 2)
    diagnosis = report.diagnosis if report.attempted else "not-attempted"
    return {
        **empty,
        "earned": earned,
        "diagnosis": diagnosis,
        "message": POINTS.sub("", report.message)[:LONGEST],
    }


def _missing(name, came, header):
    """Say why there is no answer to probe."""
    how = str(came.get("missing", ""))
    if not how.startswith("NameError"):
        return {"diagnosis": "raises", "message": f"✗ {name}: it could not be read: {how}"}
    first = next(iter(sorted(header["cells"].items(), key=lambda item: int(item[0]))), None)
    why = f" The first cell that failed says: {first[1]}" if first else ""
    message = f"✗ {name}: nothing of this name is defined when the notebook has run.{why}"
    return {"diagnosis": "missing", "message": message[:LONGEST]}


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


def _after(arrived, due):
    return bool(arrived and due and arrived[:16] > due[:16])


def file_of(run, student):
    """Return where a student's mark is stored; the name comes from outside, so it is made tame."""
    tame = re.sub(r"[^\w@+-]+", "_", student).strip("_")[:40]
    if tame != student or re.search(r"-[0-9a-f]{8}$", tame):  # which looks like one of these
        tame += "-" + hashlib.sha256(student.encode("utf-8", "replace")).hexdigest()[:8]
    return run.folder / MARKS / f"{tame}.json"


def _stored(run, student, submission):
    """Return a finished mark of this very submission in this very run, or None."""
    made = _finished(file_of(run, student))
    if made is None or (made["student"], made["run"]) != (student, run.digest):
        return None
    if made.get("cells") and made.get("limit", 0) < run.seconds:  # one of them may get through now
        return None
    try:
        return made if made["submission"] == digest(submission.read()) else None
    except Trouble:  # it can't be read, which is told once more
        return None


def _store(run, student, made):
    cells.write_text(json.dumps(made, indent=1) + "\n", file_of(run, student))


def _finished(file):
    """Return a stored mark, or None where there is none, or something else."""
    try:
        made = json.loads(file.read_text(encoding="utf-8"))
        needed = ("student", "run", "submission", "file", "walls", "exercises", "problem")
        return made if all(key in made for key in needed) and made["exercises"] else None
    except (OSError, ValueError, TypeError):
        return None


def versions():
    """Return what a mark hangs on: the versions of Python and of what was computed with."""
    import torch

    return {
        "python": sys.version.split()[0],
        "numpy": np.__version__,
        "torch": torch.__version__,
    }
