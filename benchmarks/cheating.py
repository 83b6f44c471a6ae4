"""How many points can be had without solving? Each kind of cheat, on each exercise.

    python -m benchmarks.cheating [--lesson code/02_softmax] [--kind 3] [--cheat NAME] [--write]

For each lesson of the code and the maths track one class of cheaters is marked by the real marker,
behind its walls: each hands in a notebook that tries one cheat (``benchmarks/cheats``) on every
exercise it fits. Two are honest, to show that the measurement works: the published solution, and a
notebook nobody touched. Printed are the points by kind, and by the best cheat of each exercise,
of the functions and classes; the ``order_…`` are counted apart. So is kind 0: what is right for
every input in a way that the lesson does not teach, and the published solution as a table. With
--write they go to benchmarks/results/cheating.json, under the name that --as gives ("before").
Exit status 1 if the honest two are not marked as they deserve.
"""

import argparse
import copy
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.cheats import Cheat
from benchmarks.cheats.all import CHEATS, KINDS
from course_lib.exercises import names, task_of
from course_lib.files import cells
from course_lib.grading import marking, releases, runs, servers
from course_lib.grading.submissions import collect
from course_lib.lessons import SOLUTIONS

RESULTS = Path(__file__).resolve().parent / "results" / "cheating.json"
ROOT = Path(__file__).resolve().parents[1]
COUNTED = ("functions and classes", "order_…")
JOBS = 2
SECONDS = 60.0  # of a cell: to import torch may take long on a busy machine
NOTHING = Cheat("nothing", "0", "", lambda exercise: None)
SOLVED, UNTOUCHED = "solved", "untouched"


def lessons():
    """Return the lessons that have a function or a class to write, the slow ones first."""
    found = [lesson for lesson in releases.lessons() if exercises(lesson)]
    return sorted(found, key=lambda lesson: (lesson.startswith("maths"), lesson < "code/06"))


def exercises(lesson):
    """Return the exercises of a lesson that are marked here, {name: points}."""
    if lesson.startswith("intuition"):
        return {}
    tasks = [task_of(name) for name in names(lesson)]
    return {t.name: t.points for t in tasks if not t.value or t.name.startswith("order_")}


def handed_in(release, cheat, wanted):
    """Return a notebook with this cheat in the cells of the exercises that it fits, and those."""
    made, fits = copy.deepcopy(release), []
    made["cells"] = [cell for cell in made["cells"] if needed(cell)]
    for cell in made["cells"]:
        name = cells.grade_id(cell)
        if name in wanted and (source := cheat.cell(name)):
            cell["source"] = source
            fits.append(name)
    return made, fits


def needed(cell):
    """Say whether a cell is an answer or a check, or defines something: what only shows goes."""
    source = cells.source(cell)
    if cell["cell_type"] != "code" or cells.grade_id(cell) or cells.checked(cell):
        return True
    return source.startswith(("import", "def ", "from"))


def code(source):
    """Return a code cell of one's own."""
    return {
        "cell_type": "code", "id": "own", "metadata": {}, "source": source,
        "outputs": [], "execution_count": None,
    }  # fmt: skip


def one_lesson(lesson, chosen):
    """Mark a class of cheaters; return what each earned: {cheat: {exercise: points}}, and notes."""
    wanted = exercises(lesson)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        released = releases.release(lesson, folder / "class")
        release = releases.read(released)[1]
        solved = cells.read(SOLUTIONS / f"{lesson}.ipynb")
        made = {
            SOLVED: solved,
            UNTOUCHED: handed_in(release, NOTHING, {})[0],
        }
        fits = {SOLVED: list(wanted), UNTOUCHED: list(wanted)}
        for number, cheat in enumerate(chosen):
            student = f"{number + 10:04}"
            made[student], fits[student] = handed_in(release, cheat, wanted)
            if cheat.left and fits[student]:
                left = copy.deepcopy(made[SOLVED])
                left["cells"] += [code(cheat.left(name)) for name in fits[student]]
                made[f"{number + 9:04}b"] = left  # marked just before
        (folder / "in").mkdir()
        for student, notebook in made.items():
            if fits.get(student, True):
                text = json.dumps(notebook)
                (folder / "in" / f"{student}.ipynb").write_text(text, encoding="utf-8")
        run = runs.begin(released, folder / "marks", seconds=SECONDS)
        marks = marking.mark_all(run, collect(folder / "in"), jobs=1)
    walls = marking.weakest(marks)
    called = {f"{number + 10:04}": cheat.name for number, cheat in enumerate(chosen)}
    earned = {
        called.get(student, student): {
            name: [marks[student].of(name).earned, marks[student].of(name).diagnosis]
            for name in names
        }
        for student, names in fits.items()
        if names
    }
    why = {
        called.get(student, student): {
            **{name: marks[student].of(name).said[:300] for name in fits[student]},
            "seconds": marks[student].seconds,
            "cells": [f"{e.cell}: {e.error}" for e in marks[student].cells][:6],
        }
        for student in fits
        if fits[student]
    }
    return {"walls": walls, "earned": earned, "why": why}


def in_processes(wanted, options):
    """Mark the lessons in processes of their own, two at a time."""

    def one(lesson):
        command = [sys.executable, "-m", "benchmarks.cheating", "--one-lesson", lesson]
        for kind in options.kind or ():
            command += ["--kind", kind]
        for cheat in options.cheat or ():
            command += ["--cheat", cheat]
        start = time.perf_counter()
        ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
        if ran.returncode:
            sys.exit(f"{lesson}: {ran.stderr}")
        print(f"{lesson}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
        return json.loads(ran.stdout)

    with ThreadPoolExecutor(JOBS) as pool:
        return dict(zip(wanted, pool.map(one, wanted)))


def chosen(options):
    """Return the cheats that were asked for."""
    kinds = [str(kind) for kind in options.kind or ()]
    return [
        cheat
        for cheat in CHEATS
        if (not kinds or any(cheat.kind.split()[0] == kind for kind in kinds))
        and (not options.cheat or any(part in cheat.name for part in options.cheat))
    ]


def summed(found, cheats):
    """Return the points by kind, by cheat and by exercise, of all lessons."""
    best, by_kind, by_cheat = {}, {}, {}
    for each in found.values():
        for student, points in each["earned"].items():
            if student in (SOLVED, UNTOUCHED):
                continue
            name, kind = student, next(c.kind for c in cheats if c.name == student)
            for exercise, (earned, _) in points.items():
                if not earned:
                    continue
                by_cheat.setdefault(name, {})[exercise] = earned
                of_kind = by_kind.setdefault(kind, {})
                of_kind[exercise] = max(earned, of_kind.get(exercise, 0))
                if not kind.startswith("0") and earned > best.get(exercise, (0,))[0]:
                    best[exercise] = (earned, name)
    return best, by_kind, by_cheat


def best_of(several):
    """Return for each exercise the most points that one of these earned."""
    best = {}
    for points in several:
        for name, earned in points.items():
            best[name] = max(earned, best.get(name, 0))
    return best


def total(points):
    """Return (points of functions and classes, points of the lines to put in order)."""
    orders = sum(p for name, p in points.items() if name.startswith("order_"))
    return round(sum(points.values()) - orders, 2), orders


def report(found, cheats):
    """Return the result as it is stored."""
    best, by_kind, by_cheat = summed(found, cheats)
    every = {name: points for lesson in found for name, points in exercises(lesson).items()}
    kinds = {
        kind: total(by_kind.get(kind, {})) for kind in KINDS if any(c.kind == kind for c in cheats)
    }
    whole = total({name: points for name, (points, _) in best.items()})
    counted = [kind for kind in kinds if not kind.startswith("0")]
    most = max(counted, key=lambda kind: kinds[kind], default=None)
    others = total(best_of(by_kind[kind] for kind in by_kind if kind in counted and kind != most))
    return {
        "walls": sorted({each["walls"] for each in found.values()}),
        "of": dict(zip(COUNTED, total(every))),
        "by the best of them": dict(zip(COUNTED, whole)),
        "by the best of the kinds but the strongest": dict(zip(COUNTED, others)),
        "by kind": {k: dict(zip(COUNTED, v)) for k, v in kinds.items()},
        "by exercise": {
            name: {
                "of": points,
                "earned": best.get(name, (0, ""))[0],
                "by": best.get(name, (0, ""))[1],
            }
            for name, points in every.items()
        },
        "by cheat": {
            cheat.name: {
                "kind": cheat.kind,
                "how": cheat.how,
                "points": dict(zip(COUNTED, total(by_cheat.get(cheat.name, {})))),
                "of exercises": by_cheat.get(cheat.name, {}),
            }
            for cheat in cheats
        },
    }


def honest(found):
    """Return in words where the honest two were not marked as they deserve."""
    wrong = []
    for lesson, each in found.items():
        for name, points in exercises(lesson).items():
            if each["earned"][SOLVED][name][0] != points:
                wrong.append(f"{name}: the published solution got {each['earned'][SOLVED][name]}")
            if each["earned"][UNTOUCHED][name][0]:
                wrong.append(f"{name}: an untouched cell got {each['earned'][UNTOUCHED][name]}")
    return wrong


def told(made):
    """Return the tables to print."""
    of, best = made["of"], made["by the best of them"]
    lines = [f"{'kind of cheat':45}{'points of ' + format(of['functions and classes'], 'g'):>16}"
             f"{'order_… of ' + format(of['order_…'], 'g'):>16}"]  # fmt: skip
    others = made["by the best of the kinds but the strongest"]
    rows = {"the best of them, per exercise": best, "the same, without the strongest kind": others}
    for kind, points in (made["by kind"] | rows).items():
        lines.append(f"{kind:45}{points['functions and classes']:16g}{points['order_…']:16g}")
    lines += ["", f"{'exercise':32}{'of':>4}{'earned':>8}  by"]
    for name, each in made["by exercise"].items():
        lines.append(f"{name:32}{each['of']:4g}{each['earned']:8g}  {each['by']}")
    lines += ["", f"{'cheat':50}{'points':>8}"]
    for name, each in made["by cheat"].items():
        lines.append(f"{name:50}{sum(each['points'].values()):8g}")
    return "\n".join(lines)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lesson", action="append", help="this lesson alone (may be repeated)")
    parser.add_argument("--kind", action="append", help="this kind alone, by its number")
    parser.add_argument("--cheat", action="append", help="cheats whose name has this in it alone")
    parser.add_argument("--why", action="store_true", help="print what each was told")
    parser.add_argument(
        "--as", dest="label", default="before", help="the name of the stored result"
    )
    parser.add_argument("--write", nargs="?", type=Path, const=RESULTS, help="store the points")
    parser.add_argument("--one-lesson", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    cheats = chosen(options)
    if options.one_lesson:
        print(json.dumps(one_lesson(options.one_lesson, cheats)))
        return 0
    with servers.server("code/02_softmax") as server:
        if server.strength != "walls":  # cheats are for a sandbox alone
            sys.exit(f"no walls here: {servers.STRENGTHS[server.strength]}")
    start = time.perf_counter()
    found = in_processes(options.lesson or lessons(), options)
    made = report(found, cheats)
    print(told(made))
    if options.why:
        for lesson, each in found.items():
            print(lesson, json.dumps(each["why"], indent=1))
    print(f"{time.perf_counter() - start:.0f} s on {os.cpu_count()} cores; walls: {made['walls']}")
    wrong = honest(found)
    for each in wrong:
        print("NOT HONEST:", each)
    if options.write:
        file = options.write
        stored = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        stored |= {
            "what": "points obtainable without solving, by kind of cheat",
            "made by": "python -m benchmarks.cheating --write",
            options.label: made,
        }
        text = json.dumps(stored, indent=1, ensure_ascii=False) + "\n"
        file.write_text(text, encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
