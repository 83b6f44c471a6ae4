"""How well does a machine write that has read this course alone, and what does its memory save?

    python -m benchmarks.writing [--seeds 3] [--again] [--cost]

Trains the writer of lesson 11 on the course's own prose with each seed, and compares its loss on
sections that it has not seen with blind guessing and with counting; keeps what it writes, and for
the first seed the likeliest next pieces at each step of its writing, also along ways that a reader
may choose. Then times writing with kept keys and values against reading all anew. Every run is
stored in benchmarks/results/writing.json as soon as it is done; the next call goes on from there
(--again starts anew, --cost times anew). Exit status 1 if a run misses (LIMITS).
"""

import argparse
import hashlib
import json
import os
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path
from statistics import mean

import numpy as np
import torch

from benchmarks.translation import compact, processor
from course_lib.translation.threads import torch_threads
from course_lib.writing import (
    CausalLanguageModel,
    blind_loss,
    course_corpus,
    empty_cache,
    learn_pieces,
    mean_loss,
    moments_of,
    pair_loss,
    single_loss,
    step,
    train_writer,
    write,
)
from course_lib.writing.pieces import END

RESULTS = Path(__file__).resolve().parent / "results" / "writing.json"
RECIPE = {
    "n_pieces": 768, "d_model": 96, "n_heads": 4, "n_layers": 2, "n_places": 64, "dropout": 0.1,
    "steps": 700, "batch_size": 16, "lr": 3e-3, "threads": 1,
}  # fmt: skip
SIZES = ("d_model", "n_heads", "n_layers", "n_places", "dropout")
TRAINING = ("steps", "batch_size", "lr", "threads")
PROMPTS = (
    "Attention is", "The bank", "A machine that writes", "Guess first:",
    "# How does a machine write a word?\n\n",
)  # fmt: skip
WRITTEN = {"n": 60, "temperature": 0.6}
TEMPERATURES = (0, 0.5, 1, 2)  # 0: always the likeliest
PLAYED = {"prompts": ("Attention is", "The bank lends"), "n": 12, "shown": 8}
WAYS = {"prompt": "The bank", "deep": 4, "wide": 3}  # a reader takes one of three, four times
LENGTHS = (16, 32, 64, 128, 256, 512)
LIMITS = {
    "loss on held-out text: below counting pairs by at least": 0.1,
    "processor seconds of a training: below": 90,
    "writing 512 pieces: reading anew takes more than so many times as long": 3,
}


def train(seed, pieces, streams, *, quiet=None):
    """Train with the recipe; return the model and what the training gave."""
    torch.manual_seed(seed)
    model = CausalLanguageModel(len(pieces), **{name: RECIPE[name] for name in SIZES})
    watching = [0.0]  # processor seconds of judging, which are none of training

    def held_out(model):
        begin = time.process_time()
        loss = mean_loss(model, streams["held out"])
        watching.append(time.process_time() - begin)
        return loss

    start = time.process_time()
    history = train_writer(
        model, streams["train"], seed=seed, quiet=quiet, watch=held_out,
        **{name: RECIPE[name] for name in TRAINING},
    )  # fmt: skip
    seconds = time.process_time() - start - sum(watching)
    return model, {
        "seed": seed,
        "parameters": sum(table.numel() for table in model.parameters()),
        "processor seconds": round(seconds, 1),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "first loss": round(history.losses[0], 4),
        "mean of the last 50 losses": round(mean(history.losses[-50:]), 4),
        "loss on training text": round(mean_loss(model, streams["train"]), 4),
        "loss on held-out text": round(history.snapshots[-1].seen, 4),
        "held out, after steps": {str(s.step): round(s.seen, 4) for s in history.snapshots},
        "samples": [
            {"prompt": prompt, "text": write(model, pieces, prompt, seed=seed, **WRITTEN)}
            for prompt in PROMPTS
        ],
    }


def baselines(streams, n_pieces):
    """Return the losses on held-out text that a writer must beat."""
    texts = streams["train"], streams["held out"]
    return {
        "blind guessing": round(blind_loss(n_pieces), 4),
        "counting single pieces": round(single_loss(*texts, n_pieces), 4),
        "counting pairs": round(pair_loss(*texts, n_pieces), 4),
    }


def played(model, pieces):
    """Return the writing of a few prompts step by step, at each temperature."""
    return [
        {
            "prompt": prompt,
            "temperature": temperature,
            "moments": [
                bars(moment.shares, pieces, moment.taken)
                for moment in moments_of(
                    model, [pieces.numbers(prompt)], n=PLAYED["n"], temperature=temperature
                )[0]
            ],
        }
        for prompt in PLAYED["prompts"]
        for temperature in TEMPERATURES
    ]


def bars(shares, pieces, taken=None):
    """Return the likeliest pieces with their shares; the taken one is always among them."""
    best = np.argsort(-shares, kind="stable")[: PLAYED["shown"]].tolist()
    if taken is not None and taken not in best:
        best[-1] = taken
    moment = {
        "pieces": list(pieces.shown(best)),
        "shares": [round(float(shares[number]), 4) for number in best],
    }
    return moment if taken is None else moment | {"taken": best.index(taken)}


def ways(model, pieces):
    """Return what may come along each way of a reader who chooses: {"": …, "0": …, "0 2": …}."""
    found, ahead = {}, {"": pieces.numbers(WAYS["prompt"])}
    for depth in range(WAYS["deep"] + 1):
        behind, ahead = ahead, {}
        for way, numbers in behind.items():
            shares = moments_of(model, [numbers], n=1, temperature=1)[0][0].shares
            found[way] = bars(shares, pieces)
            if depth < WAYS["deep"]:
                best = np.argsort(-shares, kind="stable").tolist()
                best = [number for number in best if number != END][: WAYS["wide"]]
                for n, number in enumerate(best):
                    ahead[f"{way} {n}".strip()] = [*numbers, number]
    return found


def cost(n_tokens):
    """Return how long it takes to read n pieces one after the other, with and without a memory."""
    torch.manual_seed(0)
    sizes = {name: RECIPE[name] for name in SIZES} | {"n_places": max(LENGTHS)}
    model = CausalLanguageModel(n_tokens, **sizes).eval()
    ids = torch.randint(n_tokens, (1, max(LENGTHS)))
    table = []
    for n in LENGTHS:
        kept, anew = (  # the least of five: what else the machine does can only add
            min(timed(how, model, ids[:, :n]) for _ in range(5))
            for how in (with_cache, without_cache)
        )
        table.append(
            {
                "n": n,
                "processor seconds": {"kept": round(kept, 3), "read anew": round(anew, 3)},
                "read anew over kept": round(anew / kept, 2),
            }
        )
    return table


def with_cache(model, ids):
    cache = empty_cache(model)
    for n in range(ids.shape[1]):
        _, cache = step(model, ids[:, n : n + 1], cache)


def without_cache(model, ids):
    for n in range(ids.shape[1]):
        model(ids[:, : n + 1])


@torch.no_grad()
def timed(how, *arguments):
    """Return the processor seconds that a call takes, on one thread."""
    with torch_threads(1):
        start = time.process_time()
        how(*arguments)
        return time.process_time() - start


def misses(stored):
    """Return the limits that the stored results do not keep, in words."""
    margin, most_seconds, least_ratio = LIMITS.values()
    missed = []
    for run in stored["runs"]:
        if run["loss on held-out text"] > stored["baselines"]["counting pairs"] - margin:
            missed.append(f"seed {run['seed']}: loss {run['loss on held-out text']}")
        if run["processor seconds"] >= most_seconds:
            missed.append(f"seed {run['seed']}: {run['processor seconds']} processor seconds")
    if stored["cost"] and stored["cost"][-1]["read anew over kept"] <= least_ratio:
        missed.append(f"cost: {stored['cost'][-1]}")
    return missed


def report(corpus, streams, pieces):
    """Return what the results file holds before any run."""
    return {
        "what": "the writer of lesson 11, trained on the course's own prose",
        "made by": "python -m benchmarks.writing",
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("torch", "tokenizers")},
        },
        "machine": {"processor": processor(), "cores": os.cpu_count()},
        "corpus": {
            "source": corpus.source,
            "characters": {
                name: sum(map(len, texts))
                for name, texts in (("train", corpus.train), ("held out", corpus.held_out))
            },
            "sha256": hashlib.sha256(
                "\0".join((*corpus.train, *corpus.held_out)).encode()
            ).hexdigest(),
            "pieces": {name: len(numbers) for name, numbers in streams.items()},
        },
        "recipe": RECIPE,
        "limits": LIMITS,
        "baselines": baselines(streams, len(pieces)),
        "runs": [],
        "cost": [],
    }


def stored_results(fresh, again):
    """Return the results file, or a fresh one if it was made by another recipe or corpus."""
    if again or not RESULTS.exists():
        return fresh
    stored = json.loads(RESULTS.read_text(encoding="utf-8"))
    same = all(stored[part] == fresh[part] for part in ("recipe", "corpus", "baselines"))
    return stored | {"limits": LIMITS} if same else fresh


def keep(results):
    text = compact(json.dumps(results, indent=1, ensure_ascii=False))
    RESULTS.write_text(text + "\n", encoding="utf-8")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3, help="how many (default: 3)")
    parser.add_argument("--again", action="store_true", help="forget the runs that are stored")
    parser.add_argument("--cost", action="store_true", help="time writing anew")
    options = parser.parse_args(arguments)

    corpus = course_corpus()
    pieces = learn_pieces(corpus.train, RECIPE["n_pieces"])
    streams = {"train": pieces.stream(corpus.train), "held out": pieces.stream(corpus.held_out)}
    results = stored_results(report(corpus, streams, pieces), options.again)
    for seed in range(options.seeds):
        if not any(run["seed"] == seed for run in results["runs"]):
            model, run = train(seed, pieces, streams)
            results["runs"].append(run)
            if seed == 0:
                results["played"], results["ways"] = played(model, pieces), ways(model, pieces)
            keep(results)
    if options.cost or not results["cost"]:
        results["cost"] = cost(len(pieces))
        keep(results)
    print(*(f"{name}: {loss}" for name, loss in results["baselines"].items()), sep="\n")
    for run in results["runs"]:
        print(
            f"seed {run['seed']}: {run['processor seconds']} processor seconds, training "
            f"{run['loss on training text']}, held out {run['loss on held-out text']}"
        )
        for sample in run["samples"]:
            print("   ", repr(sample["prompt"] + sample["text"]))
    for row in results["cost"]:
        print(f"{row['n']:4} pieces: reading anew takes {row['read anew over kept']} times as long")
    for missed in misses(results):
        print("MISSED", missed)
    return 1 if misses(results) else 0


if __name__ == "__main__":
    sys.exit(main())
