"""How much memory and time do the textbook's attention and the online one take as n grows?

    python benchmarks/online_memory.py [--rounds 5] [--write]

Both get the same arrays, by turns, in one run. Memory is the peak that NumPy allocates on top of
its inputs (tracemalloc), time is the median of the rounds. Then the online one works alone on more:
float32, several heads, blocks as they are by default, and of its peak what is not its output. With
--write the numbers go to benchmarks/results/online_memory.json. Exit status 1 if the outputs
differ, if the textbook's peak does not grow about as n² does, or if the online one needs more
beside inputs and output for more items.
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
MANY, HEADS = (1024, 2048, 4096, 8192), 8
MOST_BESIDE = 24e6  # bytes beside inputs and output
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


def measure_beside(n):
    """Measure what the online attention of several heads needs beside its inputs and its output."""
    rng = np.random.default_rng(0)
    q, k, v = (rng.standard_normal((HEADS, n, WIDTH), dtype=np.float32) for _ in range(3))
    start = time.perf_counter()
    peak = peak_memory(lambda: attend_online(q, k, v))
    return {
        "n": n,
        "output_bytes": q.nbytes,
        "peak_bytes_beside": peak - q.nbytes,
        "seconds": round(time.perf_counter() - start, 2),
    }


def holds(rows, many):
    """Say whether the outputs agree, and whether each memory grows as it should.

    The textbook's table grows with n², the online one's with n: that is its output. Beside it,
    eight times the items take no more.
    """
    growth = {way: rows[-1]["peak_bytes"][way] / rows[0]["peak_bytes"][way] for way in WAYS}
    times = rows[-1]["n"] / rows[0]["n"]
    beside = [row["peak_bytes_beside"] for row in many]
    return (
        all(row["largest_difference"] < 1e-12 for row in rows)
        and growth["textbook"] > 0.75 * times**2
        and growth["online"] < 1.25 * times
        and max(beside) < MOST_BESIDE
        and max(beside) < 1.1 * min(beside)
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
    print(f"\n{'n':>5} {'beside, MB':>12} {'seconds':>10}   online, float32, {HEADS} heads")
    many = [measure_beside(n) for n in MANY]
    for row in many:
        print(f"{row['n']:5} {row['peak_bytes_beside'] / 1e6:12.2f} {row['seconds']:10.2f}")
    if options.write:
        found = {
            "what": "peak memory and time of textbook and online attention, float64",
            "made by": "python benchmarks/online_memory.py --write",
            "versions": {"python": platform.python_version(), "numpy": np.__version__},
            "machine": {"processor": platform.machine()},
            "d_k and d_v": WIDTH,
            "block": BLOCK,
            "sizes": rows,
            "beside inputs and output": {
                "what": "peak of online attention less its output, float32, default block",
                "heads": HEADS,
                "sizes": many,
            },
        }
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0 if holds(rows, many) else 1


if __name__ == "__main__":
    sys.exit(main())
