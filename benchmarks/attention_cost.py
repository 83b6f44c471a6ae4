"""What does attention cost as n grows, and are this course's modules as fast as torch's own?

    python benchmarks/attention_cost.py [--rounds 7] [--write]

First five ways to attend, from n = 256 to 4096: time (median of the rounds, the ways by turns) and
memory (how far the process's peak rises, each way in a process of its own; Linux only). Then our
MultiHeadAttention and TransformerLayer beside torch's modules with the same weights, forwards and
backwards, as a ratio. With --write the numbers go to benchmarks/results/attention_cost.json. Exit
status 1 if outputs differ or a ratio is above LIMIT.
"""

import argparse
import json
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from course_lib import layers
from course_lib.attention import attend
from course_lib.multi_head import MultiHeadAttention
from course_lib.online import attend_online
from course_lib.transformer import TransformerLayer

RESULTS = Path(__file__).resolve().parent / "results" / "attention_cost.json"
SIZES, N_HEADS, WIDTH = (256, 1024, 4096), 8, 64  # WIDTH is that of one head
BATCH, N, D_MODEL, D_FF = 32, 128, 256, 1024
LIMIT = 1.15  # ours over torch's


def ways(n):
    """Return each way to attend as a function without arguments, all with the same numbers."""
    rng = np.random.default_rng(0)
    q, k, v = (rng.normal(size=(1, N_HEADS, n, WIDTH)).astype(np.float32) for _ in range(3))
    tensors = tq, tk, tv = [torch.from_numpy(array) for array in (q, k, v)]
    theirs = nn.MultiheadAttention(N_HEADS * WIDTH, N_HEADS, batch_first=True).eval()
    x = torch.from_numpy(rng.normal(size=(1, n, N_HEADS * WIDTH)).astype(np.float32))
    return {
        "NumPy, textbook": lambda: attend(q, k, v)[0],
        "NumPy, online": lambda: attend_online(q, k, v),
        "torch, our layers.attend": lambda: layers.attend(*tensors)[0].numpy(),
        "torch, fused kernel": lambda: F.scaled_dot_product_attention(tq, tk, tv).numpy(),
        "nn.MultiheadAttention": lambda: theirs(x, x, x, need_weights=False)[0].numpy(),
    }


def median_seconds(calls, rounds):
    """Return the median time of each call; they are called by turns, once to warm up first."""
    took = {name: [] for name in calls}
    for turn in range(rounds + 1):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            if turn:
                took[name].append(time.perf_counter() - start)
    return {name: statistics.median(each) for name, each in took.items()}


def peak_megabytes(name, n):
    """Return how far a process's memory rises in one call, or None where that can't be seen."""
    if not sys.platform.startswith("linux"):
        return None
    code = (
        "import re, torch; from benchmarks import attention_cost as a\n"
        f"torch.set_grad_enabled(False); a.ways(16)[{name!r}](); call = a.ways({n})[{name!r}]\n"
        "def kilobytes(what, status='/proc/self/status'):\n"
        "    return int(re.search(what + r':\\s+(\\d+)', open(status).read()).group(1))\n"
        "open('/proc/self/clear_refs', 'w').write('5')  # the peak starts afresh\n"
        "before = kilobytes('VmRSS'); call(); print((kilobytes('VmHWM') - before) / 1024)"
    )
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    return round(float(done.stdout), 1)


@torch.no_grad()
def growth(rounds):
    rows = []
    for n in SIZES:
        calls = ways(n)
        outputs = [call() for name, call in calls.items() if not name.startswith("nn.")]
        took = median_seconds(calls, rounds)
        rows.append(
            {
                "n": n,
                "milliseconds": {name: round(1000 * each, 2) for name, each in took.items()},
                "peak_megabytes": {name: peak_megabytes(name, n) for name in calls},
                "largest_difference": float(max(np.abs(outputs[0] - o).max() for o in outputs[1:])),
            }
        )
    return rows


def twins():
    """Return pairs (ours, torch's) of modules that hold the same numbers, as calls on one x."""
    torch.manual_seed(0)
    ours, theirs = (
        MultiHeadAttention(D_MODEL, N_HEADS),
        nn.MultiheadAttention(D_MODEL, N_HEADS, batch_first=True),
    )
    copy_attention(ours, theirs)
    layer = TransformerLayer(D_MODEL, N_HEADS, D_FF)
    their_layer = nn.TransformerEncoderLayer(D_MODEL, N_HEADS, D_FF, dropout=0, batch_first=True)
    copy_attention(layer.attention, their_layer.self_attn)
    for name in ("linear1", "linear2", "norm1", "norm2"):
        getattr(their_layer, name).load_state_dict(getattr(layer, name).state_dict())
    return {
        "MultiHeadAttention": (
            lambda x: ours(x, x, need_weights=False)[0],
            lambda x: theirs(x, x, x, need_weights=False)[0],
        ),
        "TransformerLayer": (layer, their_layer),
    }


@torch.no_grad()
def copy_attention(ours, theirs):
    parts = [ours.w_q, ours.w_k, ours.w_v]
    theirs.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
    theirs.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
    theirs.out_proj.load_state_dict(ours.w_o.state_dict())


def compare_modules(rounds):
    rows = {}
    for name, (ours, theirs) in twins().items():
        x = torch.randn(BATCH, N, D_MODEL, requires_grad=True)
        difference = float((ours(x) - theirs(x)).detach().abs().max())
        calls = {
            "ours": lambda f=ours, x=x: f(x).sum().backward(),
            "torch": lambda f=theirs, x=x: f(x).sum().backward(),
        }
        took = median_seconds(calls, rounds)
        rows[name] = {
            "milliseconds": {way: round(1000 * each, 2) for way, each in took.items()},
            "ours_over_torch": round(took["ours"] / took["torch"], 3),
            "largest_difference": difference,
        }
    return rows


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7, help="of the timing (default: 7)")
    parser.add_argument("--write", action="store_true", help=f"write results/{RESULTS.name}")
    options = parser.parse_args(arguments)

    modules = compare_modules(4 * options.rounds)
    for name, row in modules.items():
        print(f"{name:20} ours / torch = {row['ours_over_torch']:.3f}   {row['milliseconds']}")
    rows = growth(options.rounds)
    for row in rows:
        print(f"n = {row['n']}")
        for name, took in row["milliseconds"].items():
            print(f"  {name:26} {took:9.2f} ms {row['peak_megabytes'][name]!s:>8} MB")
    if options.write:
        found = {
            "what": "time and memory of attention against n, and our modules beside torch's",
            "made by": "python benchmarks/attention_cost.py --write",
            "versions": {
                "python": platform.python_version(),
                "numpy": np.__version__,
                "torch": torch.__version__,
            },
            "machine": {
                "processor": platform.machine(),
                "torch threads": torch.get_num_threads(),
            },
            "heads, width of a head": [N_HEADS, WIDTH],
            "sizes": rows,
            "modules, forwards and backwards": {
                "batch, n, d_model, n_heads, d_ff": [BATCH, N, D_MODEL, N_HEADS, D_FF],
                "limit": LIMIT,
                **modules,
            },
        }
        RESULTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    equal = [row["largest_difference"] < 1e-5 for row in (*rows, *modules.values())]
    fast = [row["ours_over_torch"] <= LIMIT for row in modules.values()]
    return 0 if all(equal) and all(fast) else 1


if __name__ == "__main__":
    sys.exit(main())
