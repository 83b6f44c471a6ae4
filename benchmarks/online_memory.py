"""How much memory and time do the textbook's attention and the online one take as n grows?

    python benchmarks/online_memory.py [--rounds 5] [--write]

Both get the same arrays, by turns, in one run. Memory is the peak that NumPy allocates on top of
its inputs (tracemalloc), time is the median of the rounds. With --write the numbers go to
benchmarks/results/online_memory.json. Exit status 1 if the outputs differ, or if the online peak
does not grow about as n does.
"""

import argparse
import json
import platform
import statistics
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np

from course_lib.attention import attend
from course_lib.online import attend_online

RESULTS = Path(__file__).resolve().parent / "results" / "online_memory.json"
SIZES = (256, 512, 1024, 2048, 4096)
WIDTH, BLOCK = 64, 128
WAYS = {
    "textbook": lambda q, k, v: attend(q, k, v)[0],
    "online": lambda q, k, v: attend_online(q, k, v, block=BLOCK),
}


def peak_memory(call):
    """Return the most bytes that were allocated at a time while the call ran."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def measure(n, rounds):
    """Measure both ways with n queries and n keys."""
    rng = np.random.default_rng(0)
    q, k, v = (rng.normal(size=(n, WIDTH)) for _ in range(3))
    calls = {way: lambda function=function: function(q, k, v) for way, function in WAYS.items()}
    difference = float(np.abs(calls["textbook"]() - calls["online"]()).max())
    peaks = {way: peak_memory(call) for way, call in calls.items()}
    took = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way, call in calls.items():
            took[way].append(seconds(call))
    return {
        "n": n,
        "peak_bytes": peaks,
        "seconds": {way: round(statistics.median(each), 5) for way, each in took.items()},
        "textbook_over_online": round(peaks["textbook"] / peaks["online"], 2),
        "largest_difference": difference,
    }


def holds(rows):
    """Say whether the outputs agree, and whether 16 times the items take about 16 times the memory.

    The textbook's table grows with the square, 256 times.
    """
    growth = {way: rows[-1]["peak_bytes"][way] / rows[0]["peak_bytes"][way] for way in WAYS}
    times = rows[-1]["n"] / rows[0]["n"]
    return (
        all(row["largest_difference"] < 1e-12 for row in rows)
        and growth["online"] < 1.25 * times
        and growth["textbook"] > 0.75 * times**2
    )


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="of the timing (default: 5)")
    parser.add_argument("--write", action="store_true", help=f"write results/{RESULTS.name}")
    options = parser.parse_args(arguments)

    print(f"{'n':>5} {'textbook MB':>12} {'online MB':>10} {'ratio':>6} {'seconds':>16}")
    rows = []
    for n in SIZES:
        row = measure(n, options.rounds)
        rows.append(row)
        peaks, took = row["peak_bytes"], row["seconds"]
        print(
            f"{n:5} {peaks['textbook'] / 1e6:12.2f} {peaks['online'] / 1e6:10.2f} "
            f"{row['textbook_over_online']:6.1f} {took['textbook']:8.4f}{took['online']:8.4f}"
        )
    if options.write:
        found = {
            "what": "peak memory and time of textbook and online attention, float64",
            "made by": "python benchmarks/online_memory.py --write",
            "versions": {"python": platform.python_version(), "numpy": np.__version__},
            "machine": {"processor": platform.machine()},
            "d_k and d_v": WIDTH,
            "block": BLOCK,
            "sizes": rows,
        }
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0 if holds(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
