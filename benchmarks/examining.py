"""How long does an exam for a class take, to draw and to mark, and how alike are its tasks?

    python benchmarks/examining.py [--students 100] [--write]

Draws one exam of four tasks of code for a class, answers every notebook (half of them right, half
with a neighbour of what was asked), and marks them behind the walls, in one process. With --write
the numbers go to benchmarks/results/examining.json. Exit status 1 if a limit is missed (LIMITS).
"""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

from course_lib.files import cells
from course_lib.grading import drawn, exams, marking, releases, runs, servers
from course_lib.grading.submissions import collect

RESULTS = Path(__file__).with_name("results") / "examining.json"
NAMES = ("scores", "shares", "attention", "layer")
LIMITS = {
    "seconds to draw the exam, at most": 60,
    "different attention tasks of a hundred, at least": 95,
    "seconds to mark a submission, at most": 0.5,
}


def answered(folder, student, wrong):
    """Return a student's notebook with an answer to each task, and how many points it deserves."""
    notebook = cells.read(folder / "for" / student / "exam.ipynb")
    given = releases.read(folder)[0].drawn[student]
    tasks = {name: given.task(name) for name in given.keys}
    called = dict(zip(tasks, drawn.answers([task.name for task in tasks.values()])))
    for cell in notebook["cells"]:
        if (name := cells.grade_id(cell)) in tasks:
            task = tasks[name]
            text = task.one_axis[0][1] if wrong else task.source
            cell["source"] = text.replace(f"def {task.name}(", f"def {called[name]}(")
    return notebook


def measured(students):
    """Draw, answer and mark an exam; return the numbers to be stored."""
    who = [f"student-{number:03}" for number in range(students)]
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        roster = scratch / "roster.csv"
        roster.write_text("id,name\n" + "\n".join(f"{s},{s}" for s in who), encoding="utf-8")
        start = time.perf_counter()
        folder = exams.exam(scratch / "exam", roster=roster, names=NAMES, lessons="01-06")
        drew = time.perf_counter() - start
        handed_in = scratch / "in"
        handed_in.mkdir()
        for number, student in enumerate(who):
            text = json.dumps(answered(folder, student, wrong=number % 2 == 1))
            (handed_in / f"{student}.ipynb").write_text(text, encoding="utf-8")
        run = runs.begin(folder, scratch / "marks")
        start = time.perf_counter()
        marks = marking.mark_all(run, collect(handed_in), jobs=1)
        took = time.perf_counter() - start
        if (strength := marking.weakest(marks)) != "walls":
            sys.exit(f"marking had no walls: {servers.STRENGTHS[strength]}")
        full = sum(run.release.points.values())
        keys = {s: tuple(run.release.drawn[s].keys.values()) for s in who}
        kinds = {s: _options(run.release.drawn[s], "attention") for s in who}
    return {
        "students": students,
        "tasks": len(NAMES),
        "seconds to draw the exam": round(drew, 1),
        "different exams": len(set(keys.values())),
        "different attention tasks": len(set(kinds.values())),
        "seconds to mark a submission, median": round(
            statistics.median(mark.seconds for mark in marks.values()), 3
        ),
        "seconds to mark a submission, start included": round(took / students, 3),
        "right ones with all points": sum(marks[s].total == full for s in who[::2]),
        "wrong ones with all points": sum(marks[s].total == full for s in who[1::2]),
    }


def _options(given, name):
    """Return what a student's task of this name asks, without its numbers."""
    (task,) = [task for key in given.keys if (task := given.task(key)).name == name]
    return tuple((axis, choice.slug) for axis, choice in task.options.items())


def misses(found):
    """Return the limits that were missed, in words."""
    draws, different, seconds = LIMITS.values()
    half = found["students"] // 2
    missed = {
        "drawing the exam": found["seconds to draw the exam"] > draws,
        "different tasks": found["different attention tasks"] < different * found["students"] / 100,
        "marking": found["seconds to mark a submission, start included"] > seconds,
        "right ones": found["right ones with all points"] < found["students"] - half,
        "wrong ones": found["wrong ones with all points"] > 0,
    }
    return [what for what, is_missed in missed.items() if is_missed]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=100)
    parser.add_argument("--write", action="store_true", help="store the numbers")
    options = parser.parse_args(arguments)
    found = measured(options.students)
    print(json.dumps(found, indent=2))
    missed = misses(found)
    for miss in missed:
        print("MISSED:", miss)
    if options.write:
        made = {
            "what": "an exam for a class: to draw it, and to mark it behind the walls",
            "made by": "python benchmarks/examining.py --write",
            "versions": {"python": platform.python_version()},
            "machine": {"cores": os.cpu_count()},
            "limits": LIMITS,
            "measured": found,
        }
        RESULTS.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
