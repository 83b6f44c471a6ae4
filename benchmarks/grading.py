"""How long does marking take, beside nbgrader, and how does it grow with the class?

    python benchmarks/grading.py [--students 30] [--sizes 10 100 1000] [--write]

First the same submissions (a third right, a third with a mistake, a third untouched) are marked by
this course's grader and by nbgrader's autograde, one process each: the median seconds of a
submission, their ratio, and whether the marks of right and untouched ones are equal. Then what one
call of an answer costs, behind walls and in this process: a function and a module of torch. Then
classes of several sizes by ours alone: seconds a submission, and the peak memory of the trusted
process, each size in a process of its own. With --write the numbers go to
benchmarks/results/grading.json. Exit status 1 if a limit is missed (LIMITS).
"""

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from course_lib.files import cells
from course_lib.grading import judging, marking, releases, runs, servers
from course_lib.grading.submissions import collect
from course_lib.lessons import EXERCISES, SOLUTIONS

RESULTS = Path(__file__).resolve().parent / "results" / "grading.json"
LESSON = "code/02_softmax"
LIMITS = {
    "faster than nbgrader, at least": 10,
    "seconds of a right submission, at most": 0.5,
    "seconds a submission, largest class over middle one, at most": 1.3,
    "memory, largest class over smallest, at most": 1.3,
}
KINDS = ("right", "mistake", "untouched")


def submissions(folder, students):
    """Write so many notebooks, one kind after the other: ``folder/student-001.ipynb``."""
    right = cells.read(SOLUTIONS / f"{LESSON}.ipynb")
    untouched = cells.read(EXERCISES / f"{LESSON}.ipynb")
    mistake = json.loads(json.dumps(right))
    for cell in mistake["cells"]:
        if cells.grade_id(cell) == "softmax":
            cell["source"] = (
                "def softmax(scores, axis=-1):\n"
                "    e = np.exp(scores - np.max(scores))\n    return e / e.sum()"
            )
    made = dict(zip(KINDS, (right, mistake, untouched), strict=True))
    for number in range(students):
        text = json.dumps(made[KINDS[number % 3]])
        Path(folder, f"student-{number:04}.ipynb").write_text(text, encoding="utf-8")


def by_ours(handed_in, scratch):
    """Mark a folder in one process; return ({student: points}, {student: seconds}, all seconds)."""
    released = releases.release(LESSON, scratch / "class")
    run = runs.begin(released, scratch / "marks")
    start = time.perf_counter()
    marks = marking.mark_all(run, collect(handed_in), jobs=1)
    took = time.perf_counter() - start
    if (strength := marking.weakest(marks)) != "walls":
        sys.exit(f"marking had no walls: {servers.STRENGTHS[strength]}")
    points = {student: made.total for student, made in marks.items()}
    return points, {student: made.seconds for student, made in marks.items()}, took


def by_nbgrader(handed_in, scratch):
    """Mark the same folder with nbgrader's autograde, student by student."""
    from nbgrader.api import Gradebook
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    (scratch / "source" / "week").mkdir(parents=True)
    shutil.copy(SOLUTIONS / f"{LESSON}.ipynb", scratch / "source" / "week")
    config = Config()
    config.CourseDirectory.root = str(scratch)
    config.CourseDirectory.db_url = address = f"sqlite:///{scratch / 'gradebook.db'}"
    api = NbGraderAPI(config=config)
    api.generate_assignment("week")
    points, seconds = {}, {}
    for path in sorted(handed_in.glob("*.ipynb")):
        target = scratch / "submitted" / path.stem / "week"
        target.mkdir(parents=True)
        shutil.copy(path, target / f"{LESSON.split('/')[1]}.ipynb")
        start = time.perf_counter()
        api.autograde("week", path.stem)
        seconds[path.stem] = time.perf_counter() - start
        with Gradebook(address) as book:
            points[path.stem] = book.find_submission("week", path.stem).score
    return points, seconds


def beside(students):
    """Mark the same class by both; return the comparison."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        handed_in = scratch / "in"
        handed_in.mkdir()
        submissions(handed_in, students)
        ours, our_seconds, took = by_ours(handed_in, scratch / "ours")
        theirs, their_seconds = by_nbgrader(handed_in, scratch / "nbgrader")
    whole = [s for i, s in enumerate(sorted(ours)) if KINDS[i % 3] != "mistake"]
    right = [our_seconds[s] for i, s in enumerate(sorted(ours)) if KINDS[i % 3] == "right"]
    mine, other = (statistics.median(x.values()) for x in (our_seconds, their_seconds))
    return {
        "students": students,
        "ours: median seconds": round(mine, 3),
        "ours: median seconds of a right one": round(statistics.median(right), 3),
        "ours: seconds a submission, start included": round(took / students, 3),
        "nbgrader: median seconds": round(other, 3),
        "nbgrader over ours": round(other / mine, 1),
        "equal marks of right and untouched ones": all(ours[s] == theirs[s] for s in whole),
    }


CALLS = 300


def calls():
    """Return what one call costs behind walls and here, in milliseconds: {what: {where: ms}}."""
    import numpy as np
    import torch

    from course_lib.multi_head import MultiHeadAttention
    from course_lib.softmax import softmax

    rows, words = np.arange(15.0).reshape(3, 5), torch.ones(2, 6, 16)
    asked = {
        "softmax of (3, 5)": ("code/02_softmax", "softmax", lambda f: f(rows), softmax),
        "MultiHeadAttention(16, 4), forward of (2, 6, 16)": (
            "code/09_multi_head", "MultiHeadAttention", lambda m: m(words, words),
            MultiHeadAttention,
        ),
    }  # fmt: skip
    found = {}
    for what, (lesson, name, call, near) in asked.items():
        behind = []

        def examined(each, door, name=name, call=call, behind=behind):
            if each["name"] == name:
                answer = judging._answer(name, door, *door.open(held=False))
                behind.append(milliseconds(call, made(answer, name)))
            return None

        with tempfile.TemporaryDirectory() as folder, servers.server(lesson) as server:
            run = runs.begin(releases.release(lesson, Path(folder, "class")), Path(folder, "marks"))
            solved = cells.read(SOLUTIONS / f"{lesson}.ipynb")
            wanted = [each for each in judging._wanted(run, "ada") if each["name"] == name]
            sources, _ = judging._to_run(solved, {name: name})
            server.run(sources, wanted, examined, seconds=60)
        found[what] = {
            "behind walls, ms": behind[0],
            "in this process, ms": milliseconds(call, made(near, name)),
        }
    return found


def made(answer, name):
    """Return what is called: the function, or a module that the class makes."""
    return answer(16, 4) if name == "MultiHeadAttention" else answer


def milliseconds(call, answer):
    """Return the median time of a call."""
    times = []
    for _ in range(CALLS):
        start = time.perf_counter()
        call(answer)
        times.append(time.perf_counter() - start)
    return round(1000 * statistics.median(times), 4)


def one_size(students):
    """Mark a class by ours, in this process; print its seconds and peak memory as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        handed_in = Path(folder, "in")
        handed_in.mkdir()
        submissions(handed_in, students)
        _, _, took = by_ours(handed_in, Path(folder))
    print(json.dumps({"seconds a submission": took / students, "peak memory, MB": peak_memory()}))


def peak_memory():
    """Return the most memory that this process has held, in MB (Linux).

    Not getrusage's: a program inherits that from the process that started it.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) / 1024


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=30, help="of the comparison (default: 30)")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10, 100, 1000])
    parser.add_argument("--write", action="store_true", help="store the numbers")
    parser.add_argument("--one-size", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one_size:
        return one_size(options.one_size)
    compared = beside(options.students)
    print(json.dumps(compared, indent=2))
    called = calls()
    print(json.dumps(called, indent=2))
    sizes = {}
    for students in options.sizes:
        command = [sys.executable, __file__, "--one-size", str(students)]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        sizes[students] = {key: round(v, 3) for key, v in json.loads(ran.stdout).items()}
        print(students, "students:", sizes[students], flush=True)
    missed = misses(compared, sizes)
    for miss in missed:
        print("MISSED:", miss)
    if options.write:
        made = {
            "what": "marking a class, beside nbgrader and by the size of the class",
            "made by": "python benchmarks/grading.py --write",
            "lesson": LESSON,
            "versions": {"python": platform.python_version(), "nbgrader": version("nbgrader")},
            "machine": {"cores": os.cpu_count()},
            "limits": LIMITS,
            "beside nbgrader": compared,
            "a call": called,
            "by size of the class": sizes,
        }
        RESULTS.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    return 1 if missed else 0


def misses(compared, sizes):
    """Return the limits that were missed, in words."""
    ratio, seconds, growth, memory = LIMITS.values()
    missed = []
    if compared["nbgrader over ours"] < ratio:
        missed.append(f"only {compared['nbgrader over ours']} times faster than nbgrader")
    if compared["ours: median seconds of a right one"] > seconds:
        missed.append("seconds of a right submission")
    if not compared["equal marks of right and untouched ones"]:
        missed.append("the marks differ")
    if len(sizes) > 2:
        first, *_, middle, last = sizes.values()
        if last["seconds a submission"] > growth * middle["seconds a submission"]:
            missed.append("the cost grows faster than the class")
        if last["peak memory, MB"] > memory * first["peak memory, MB"]:
            missed.append("memory grows with the class")
    return missed


if __name__ == "__main__":
    sys.exit(main())
