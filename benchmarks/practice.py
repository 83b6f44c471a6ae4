"""How fast are tasks drawn, and can anybody pass one without reading it?

    python benchmarks/practice.py [--draws 12] [--write]

Draws tasks of each name and hands in what must not pass: every answer of the solution notebooks
that is near, and each wrong answer that differs on one axis. Exit status 1 if one passes, or if
fewer tasks are drawn a second than LIMITS say.
"""

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path

import nbformat

from course_lib.exercises import names as exercises
from course_lib.lessons import SOLUTIONS, places
from course_lib.practice import NAMES, draw

RESULTS = Path(__file__).with_name("results") / "practice.json"
LIMITS = {"drawn tasks a second, at least": 5, "shares that pass, at most": 0}


def solutions():
    """Return what the solution notebooks define, by the exercise's name."""
    wanted = {n for name in NAMES for n in getattr(draw(name, seed=0).kind, "published", ())}
    found = {}
    for lesson in dict.fromkeys(places()[name] for name in exercises() if name in wanted):
        space = {}
        for cell in nbformat.read(SOLUTIONS / f"{lesson}.ipynb", as_version=4).cells:
            mark = cell.metadata.get("nbgrader", {}).get("solution")
            if cell.cell_type == "code" and (mark or cell.source.startswith(("import", "from"))):
                exec(cell.source, space)
        found |= {name: space[name] for name in wanted if name in space}
    return found


def one(name, draws, copied):
    """Draw tasks of one name; return how fast, and how many wrong answers pass."""
    start = time.process_time()
    drawn = [draw(name, seed=10_000 + seed) for seed in range(draws)]
    questions = [spec.question for spec in drawn]
    took = time.process_time() - start
    passed = {"copied": 0, "neighbours": 0}
    tried = {"copied": 0, "neighbours": 0}
    named = 0
    for spec in drawn:
        for exercise in getattr(spec.kind, "published", ()):
            tried["copied"] += 1
            passed["copied"] += spec.check(copied[exercise], seed=1).passed
        for slug, wrong in spec.neighbours.items():
            report = spec.check(wrong, seed=1)
            tried["neighbours"] += 1
            passed["neighbours"] += report.passed
            named += report.diagnosis == slug
    return {
        "drawn a second": round(draws / took, 1),
        "different questions": len(set(questions)),
        "copied solutions tried": tried["copied"],
        "share of copied solutions that pass": share(passed["copied"], tried["copied"]),
        "neighbours tried": tried["neighbours"],
        "share of neighbours that pass": share(passed["neighbours"], tried["neighbours"]),
        "share of neighbours named": share(named, tried["neighbours"]),
    }


def share(part, whole):
    """Return part of whole, 0 of nothing."""
    return round(part / whole, 4) if whole else 0.0


def misses(found):
    """Return the limits that were missed, in words."""
    least, most = LIMITS.values()
    missed = []
    for name, row in found.items():
        if row["drawn a second"] < least:
            missed.append(f"{name}: {row['drawn a second']} drawn a second")
        for key in ("share of copied solutions that pass", "share of neighbours that pass"):
            if row[key] > most:
                missed.append(f"{name}: {key}: {row[key]}")
    return missed


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=12, help="of each name (default: 12)")
    parser.add_argument("--write", action="store_true", help="store the numbers")
    options = parser.parse_args(arguments)
    copied, found = solutions(), {}
    for name in NAMES:
        found[name] = one(name, options.draws, copied)
        print(name, json.dumps(found[name]), flush=True)
    missed = misses(found)
    for miss in missed:
        print("MISSED:", miss)
    if options.write:
        made = {
            "what": "drawn tasks: how fast, and what passes that must not",
            "made by": f"python benchmarks/practice.py --draws {options.draws} --write",
            "versions": {"python": platform.python_version()},
            "machine": {"cores": os.cpu_count()},
            "limits": LIMITS,
            "by name": found,
        }
        RESULTS.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
