"""How does the length of a sentence weigh on a translator, with attention and without?

    python benchmarks/translation.py [--seeds 3] [--again] [--picture FILE]

Trains the models of lessons 07 and 10 with each seed, at equal budget, and judges them on sentences
whose items occur nowhere in training: BLEU and exact matches by source length, where the parts of
numbers look, and a few translations word by word. Every run is stored in
benchmarks/results/translation.json as soon as it is done; the next call goes on from there
(--again starts anew). --picture draws BLEU against length. Exit status 1 if a run misses (LIMITS).
"""

import argparse
import functools
import json
import os
import platform
import re
import sys
import time
from importlib.metadata import version
from pathlib import Path
from statistics import mean

import torch

from course_lib.encoder_decoder import POSITIONS, TransformerEncoderDecoder
from course_lib.pictures.figures import draw_curves
from course_lib.seq2seq import RNNEncoderDecoder, RNNSearch
from course_lib.translation import (
    exact_match,
    make_corpus,
    number_alignment,
    score_by_length,
    train_translator,
    translate,
    translate_all,
)

RESULTS = Path(__file__).resolve().parent / "results" / "translation.json"
MODELS = {
    "RNNEncoderDecoder": RNNEncoderDecoder,
    "RNNSearch": RNNSearch,
    **{
        f"Transformer, {positions}": functools.partial(
            TransformerEncoderDecoder, positions=positions
        )
        for positions in POSITIONS
    },
    "Transformer, rotary, no warm-up": TransformerEncoderDecoder,
}
RECIPE = {
    "n_train": 50_000, "n_test": 1800, "longest": 30, "longest_test": 45,
    "steps": 800, "batch_size": 64, "lr": 3e-3, "warm_up": 100, "threads": 1,
}  # fmt: skip
OWN = {"Transformer, rotary, no warm-up": {"warm_up": 1}}  # once only, with the first seed
CORPUS = ("n_train", "n_test", "longest", "longest_test")
SAMPLES = {  # of items that never occur in training
    "number": "thirty three nights",
    "numbers": "eighty seven miles and thirty three nights",
    "date": "friday, august seventh, nineteen eighty one",
    "long": "friday, september eighth, nineteen thirty three, seven hundred and twenty three "
    "years, fourteen centuries, and monday, july twenty ninth, twenty twenty four",
}
LIMITS = {
    "attention: bleu at least, at every length up to 30": 98,
    "fixed vector: bleu below, at 26-30": 45,
    "attention: share of number groups at least, units and tens": 0.9,
    "processor seconds below": 90,  # on a free core the clock's; a busy machine takes longer
    "rotary: bleu at least, at every length up to 30, on the mean": 96,
    "cross too: bleu below attention's by at most, at every length up to 30, on the mean": 0.5,
}


def judge(name, seed, corpus, *, quiet=None):
    """Train a model with the recipe: its seconds, and how it does on the fresh sentences."""
    torch.manual_seed(seed)
    model = MODELS[name](*corpus.sizes)
    recipe = RECIPE | OWN.get(name, {})
    training = {option: recipe[option] for option in recipe if option not in CORPUS}
    start = time.process_time()
    history = train_translator(model, corpus, seed=seed, quiet=quiet, **training)
    processor_seconds = time.process_time() - start
    translations = translate_all(model, [pair.source for pair in corpus.fresh], corpus)
    scores = score_by_length(translations, corpus.fresh)
    known = [i for i, pair in enumerate(corpus.fresh) if len(pair.source) <= RECIPE["longest"]]
    within = [translations[i] for i in known], [corpus.fresh[i] for i in known]
    run = {
        "model": name,
        "seed": seed,
        "parameters": sum(table.numel() for table in model.parameters()),
        "seconds": round(history.seconds, 1),
        "processor seconds": round(processor_seconds, 1),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "first loss": round(history.losses[0], 4),
        "mean of the last 50 losses": round(mean(history.losses[-50:]), 4),
        "bleu": {span(score): round(score.bleu, 2) for score in scores},
        "exact": {span(score): round(score.exact, 4) for score in scores},
        "exact within training lengths": round(exact_match(*within), 4),
        "samples": {
            sample: written(translate(model, text, corpus)) for sample, text in SAMPLES.items()
        },
    }
    if translations[0].weights is not None:
        run["alignment within training lengths"] = shares(number_alignment(*within))
        run["alignment at all lengths"] = shares(number_alignment(translations, corpus.fresh))
    return run


def written(translation):
    """Return a translation as JSON can hold it, its weights to three decimals."""
    weights = translation.weights
    return {
        "source": " ".join(translation.source),
        "target": " ".join(translation.target),
        "weights": None if weights is None else weights.astype(float).round(3).tolist(),
    }


def span(score):
    return f"{score.shortest}-{score.longest}"


def shares(alignment):
    """Return the counts of an alignment, and what share of all groups they are."""
    return alignment._asdict() | {
        "share of units": round(alignment.units / alignment.groups, 4),
        "share of tens": round(alignment.tens / alignment.groups, 4),
    }


def misses(run):
    """Return the limits that a run does not keep."""
    bleu_limit, fixed_limit, group_limit, seconds, *_ = LIMITS.values()
    trained = [bleu for name, bleu in run["bleu"].items() if last(name) <= RECIPE["longest"]]
    missed = [] if run["processor seconds"] < seconds else ["processor seconds"]
    if run["model"] == "RNNSearch":
        groups = run["alignment within training lengths"]
        missed += ["bleu"] if min(trained) < bleu_limit else []
        missed += [part for part in ("units", "tens") if groups[f"share of {part}"] < group_limit]
    elif run["model"] == "RNNEncoderDecoder" and trained[-1] >= fixed_limit:
        missed.append("bleu")
    return missed


def of_the_transformers(runs):
    """Return what the Transformers owe to the limits, and to lesson 07's attention, if anything.

    Up to the training lengths their means count. Beyond, every run of rotary positions lies below
    every run of attention, and below every run in which the look at the source is turned, too. And
    they take less time than attention, on the mean.
    """
    table = summary(runs)
    rotary, crossed = "Transformer, rotary", "Transformer, rotary, cross too"
    if not {"RNNSearch", rotary, crossed} <= set(table):
        return []
    *_, least, allowed = LIMITS.values()
    owed = []
    for length, (attention, lowest, _) in table["RNNSearch"].items():
        alone, _, highest = table[rotary][length]
        both, lowest_both, _ = table[crossed][length]
        if last(length) <= RECIPE["longest"]:
            owed += [f"{rotary}: bleu {alone} at {length}"] if alone < least else []
            owed += [f"{crossed}: bleu {both} at {length}"] if both < attention - allowed else []
        elif highest >= min(lowest, lowest_both):
            owed.append(f"{rotary}: bleu up to {highest} at {length}")
    times = {
        name: mean(run["processor seconds"] for run in runs if run["model"] == name)
        for name in table
    }
    slow = [name for name in (rotary, crossed) if times[name] > times["RNNSearch"]]
    return owed + [f"{name}: processor seconds" for name in slow]


def last(name):
    return int(name.split("-")[1])


def summary(runs):
    """Return for each model its BLEU by length over the seeds: mean, lowest, highest."""
    table = {}
    for name in MODELS:
        each = [run["bleu"] for run in runs if run["model"] == name]
        if each:
            table[name] = {
                length: [
                    round(pick([bleu[length] for bleu in each]), 2) for pick in (mean, min, max)
                ]
                for length in each[0]
            }
    return table


def report(runs, corpus):
    """Return everything that the results file holds."""
    return {
        "what": "translators of lessons 07 and 10, by length of the sentence",
        "made by": "python benchmarks/translation.py",
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("torch", "Babel", "num2words", "sacrebleu")},
        },
        "machine": {"processor": processor(), "cores": os.cpu_count()},
        "recipe": RECIPE,
        "of their own": OWN,
        "vocabularies": dict(zip(("source", "target"), corpus.sizes, strict=True)),
        "fresh sentences": {
            span(score): score.sentences for score in score_by_length(corpus.fresh, corpus.fresh)
        },
        "limits": LIMITS,
        "bleu: mean, lowest, highest": summary(runs),
        "runs": runs,
    }


def compact(text):
    """Put each list of numbers on one line."""
    return re.sub(r"\[[-\d.,\s]+\]", lambda match: re.sub(r"\s+", " ", match.group()), text)


def processor():
    """Return the kind of the processor, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def stored_runs(again):
    """Return the runs of the results file, or none if they were made by another recipe."""
    if again or not RESULTS.exists():
        return []
    stored = json.loads(RESULTS.read_text(encoding="utf-8"))
    return stored["runs"] if stored["recipe"] == RECIPE else []


def draw(runs):
    """Draw BLEU against the length of the sentence: Bahdanau's Figure 2, in miniature."""
    table = summary(runs)
    lengths = list(table["RNNSearch"])
    names = {
        "Transformer, rotary": "Transformer, rotary",
        "Transformer, rotary, cross too": "Transformer, rotary, cross too",
        "Transformer, sinusoidal": "Transformer, sinusoidal",
        "RNNSearch": "RNN with attention",
        "RNNEncoderDecoder": "RNN, one fixed vector",
    }
    return draw_curves(
        [last(length) - 2 for length in lengths],
        {
            name: [table[model][length][0] for length in lengths]
            for model, name in names.items()
            if model in table
        },
        xlabel="length of the sentence (tokens)", ylabel="BLEU", ylimits=(0, 104),
    )  # fmt: skip


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3, help="how many (default: 3)")
    parser.add_argument("--again", action="store_true", help="forget the runs that are stored")
    parser.add_argument("--picture", type=Path, help="draw BLEU against length into this file")
    options = parser.parse_args(arguments)

    corpus = make_corpus(**{option: RECIPE[option] for option in CORPUS})
    runs = stored_runs(options.again)
    for seed in range(options.seeds):
        for name in MODELS:
            if name in OWN and seed > 0:
                continue
            if not any(run["model"] == name and run["seed"] == seed for run in runs):
                runs.append(judge(name, seed, corpus))
                RESULTS.parent.mkdir(exist_ok=True)
                text = compact(json.dumps(report(runs, corpus), indent=2))
                RESULTS.write_text(text + "\n", encoding="utf-8")
    print(f"{'model':31} {'seed':>4} {'seconds':>8} {'exact':>6}  BLEU by length")
    for run in runs:
        bleus = "  ".join(f"{length} {bleu:.1f}" for length, bleu in run["bleu"].items())
        print(
            f"{run['model']:31} {run['seed']:4} {run['seconds']:8.1f} "
            f"{run['exact within training lengths']:6.3f}  {bleus}"
            f"{'   MISSED: ' + ', '.join(misses(run)) if misses(run) else ''}"
        )
    if options.picture:
        draw(runs).savefig(options.picture)
    for debt in of_the_transformers(runs):
        print("MISSED by the", debt)
    return 1 if any(misses(run) for run in runs) or of_the_transformers(runs) else 0


if __name__ == "__main__":
    sys.exit(main())
