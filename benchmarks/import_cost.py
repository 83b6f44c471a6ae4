"""Does importing the course's NumPy modules cost more than importing NumPy itself?

    python benchmarks/import_cost.py [--rounds 21] [--limit 1.2]

Fresh interpreters, by turns, so that a busy moment of the machine meets both alike. Prints the
medians and their ratio; exit status 1 if the ratio is above the limit or torch was loaded.
"""

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("similarity", "softmax", "attention", "masks", "examples", "online", "backward")
NUMPY = "import numpy"
COURSE = "import course_lib; from course_lib import " + ", ".join(NAMES)
PROGRAM = """
import sys, time
start = time.perf_counter()
{statement}
seconds = time.perf_counter() - start
print(seconds, "torch" in sys.modules)
"""


def measure(statement):
    """Run the statement in a fresh interpreter: (seconds it took, whether torch came along)."""
    printed = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(statement=statement)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    seconds, torch_came = printed.split()
    return float(seconds), torch_came == "True"


def compare(rounds):
    """Measure both by turns; the first round, which fills the disk's cache, does not count."""
    seconds = {NUMPY: [], COURSE: []}
    torch_came = False
    for number in range(rounds + 1):
        pair = (NUMPY, COURSE) if number % 2 else (COURSE, NUMPY)
        for statement in pair:
            took, came = measure(statement)
            torch_came = torch_came or came
            if number:
                seconds[statement].append(took)
    return seconds, torch_came


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=21, help="at least 15 (default: 21)")
    parser.add_argument("--limit", type=float, default=1.2, help="highest ratio (default: 1.2)")
    options = parser.parse_args(arguments)
    if options.rounds < 15:
        parser.error("--rounds must be at least 15: a median of fewer says little")

    seconds, torch_came = compare(options.rounds)
    medians = {statement: statistics.median(took) for statement, took in seconds.items()}
    ratio = medians[COURSE] / medians[NUMPY]
    print(f"{'':24} {'median ms':>10} {'fastest':>8} {'slowest':>8}   ({options.rounds} rounds)")
    for label, statement in (("import numpy", NUMPY), ("course_lib's NumPy part", COURSE)):
        took = seconds[statement]
        print(
            f"{label:24} {1000 * medians[statement]:10.1f} {1000 * min(took):8.1f} "
            f"{1000 * max(took):8.1f}"
        )
    print(
        f"ratio {ratio:.3f} (limit {options.limit}); torch loaded: {'yes' if torch_came else 'no'}"
    )
    return 1 if ratio > options.limit or torch_came else 0


if __name__ == "__main__":
    sys.exit(main())
