"""Does one attention layer learn to look where it is right, and how long does that take?

    python benchmarks/toy_training.py [--seeds 5] [--write]

Trains a fresh layer on each toy task, once for each seed, then measures on a test batch how much
of its attention is on the right item. With --write the numbers go to
benchmarks/results/toy_training.json. Exit status 1 if a seed misses (LIMITS).
"""

import argparse
import json
import platform
import sys
from pathlib import Path

import torch

from course_lib.layers import AttentionLayer
from course_lib.toy_tasks import find_marked, often_right, reverse, share_on_right
from course_lib.training import train

RESULTS = Path(__file__).resolve().parent / "results" / "toy_training.json"
TASKS = {"find_marked": find_marked, "reverse": reverse}
WIDTHS = {
    "find_marked": {"d_query": 1, "d_key_value": 5, "d_k": 8, "d_v": 4},
    "reverse": {"d_query": 12, "d_key_value": 12, "d_k": 16, "d_v": 4},
}
N_ITEMS, N_SEQUENCES, N_TEST, STEPS, LR = 8, 64, 1000, 500, 0.02
LIMITS = {"often_right": 0.99, "share_on_right": 0.9, "seconds": 30}


def judge(task, *, seed, steps=STEPS):
    """Train a fresh layer on the task: its losses and seconds, and where it looks afterwards."""
    torch.manual_seed(seed)
    layer = AttentionLayer(**WIDTHS[task])

    def make_batch(generator):
        return TASKS[task](N_SEQUENCES, N_ITEMS, generator=generator)

    history = train(layer, make_batch, steps=steps, lr=LR, seed=seed, quiet=True)
    fresh = torch.Generator().manual_seed(1000 + seed)
    test = TASKS[task](N_TEST, N_ITEMS, generator=fresh)
    with torch.no_grad():
        _, weights = layer(test.x_query, test.x)
    return {
        "seed": seed,
        "often_right": often_right(weights, test.right_weights),
        "share_on_right": round(share_on_right(weights, test.right_weights), 4),
        "first_loss": round(history.losses[0], 4),
        "last_loss": round(history.losses[-1], 6),
        "seconds": round(history.seconds, 2),
    }


def reaches(verdict):
    """Say whether a verdict meets each of the limits."""
    return (
        verdict["often_right"] >= LIMITS["often_right"]
        and verdict["share_on_right"] >= LIMITS["share_on_right"]
        and verdict["seconds"] < LIMITS["seconds"]
    )


def report(verdicts):
    """Return everything that the results file holds."""
    return {
        "what": "one attention layer trained on tasks whose right attention is known",
        "made by": "python benchmarks/toy_training.py --write",
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "machine": {"processor": platform.machine(), "torch threads": torch.get_num_threads()},
        "training": {
            "n_items": N_ITEMS, "n_sequences": N_SEQUENCES, "steps": STEPS, "lr": LR,
            "widths": WIDTHS,
        },
        "limits": LIMITS,
        "tasks": verdicts,
    }  # fmt: skip


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, help="how many (default: 5)")
    parser.add_argument("--write", action="store_true", help=f"write results/{RESULTS.name}")
    options = parser.parse_args(arguments)

    print(f"{'task':12} {'seed':>4} {'often right':>12} {'share on right':>15} {'seconds':>8}")
    verdicts = {}
    for task in TASKS:
        verdicts[task] = [judge(task, seed=seed) for seed in range(options.seeds)]
        for verdict in verdicts[task]:
            print(
                f"{task:12} {verdict['seed']:4} {verdict['often_right']:12.3f} "
                f"{verdict['share_on_right']:15.3f} {verdict['seconds']:8.2f}"
                f"{'' if reaches(verdict) else '   MISSED'}"
            )
    if options.write:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(report(verdicts), indent=2) + "\n", encoding="utf-8")
    return 0 if all(reaches(each) for task in verdicts.values() for each in task) else 1


if __name__ == "__main__":
    sys.exit(main())
