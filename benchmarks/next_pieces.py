"""What may come next? The scores and shares of the writer of lesson 11, and how it came to them.

    python -m benchmarks.next_pieces

Trains the writer once, as benchmarks/writing.py does with its first seed, and keeps what the lesson
without code shows: how words are cut and glued; the likeliest next pieces at each step of a
sentence, with their scores; the same scores shared out at other temperatures, and what is written
then; what may come along the ways of a reader who chooses; what it wrote after some rounds of
training, and how much it gave to each right piece of a text that it had not read. The results go to
benchmarks/results/next_pieces.json. Exit status 1 if it does not beat counting pairs.
"""

import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

from benchmarks.translation import compact, processor
from benchmarks.writing import RECIPE, SIZES, TRAINING, baselines, ways
from course_lib.writing import (
    CausalLanguageModel,
    course_corpus,
    learn_pieces,
    make_batch,
    mean_loss,
    moments_of,
    shares,
    train_writer,
    write,
)
from course_lib.writing.pieces import glued

RESULTS = Path(__file__).resolve().parent / "results" / "next_pieces.json"
GLUED = " bank"
CUT = ("River bank lends money", "strawberry", "unbelievable", " attention")
SHOWN = 6  # of the likeliest pieces
PLAYED = {"prompt": "River bank", "n": 4, "temperature": 1.0, "seed": 5}
BRAVE = {"prompt": "A word", "n": 40}
TEMPERATURES = (0.3, 1, 3)
ROUNDS = (0, 100, 200, RECIPE["steps"])
TEXT = {"prompt": "The machine", "n": 30, "temperature": 0.8}
EXAM = "The shares add up to 100 %."
MADE_UP = ("In the year 1850,", "In lesson 12,", "The capital of France is")  # never read of


def train(pieces, streams):
    """Train with the recipe; return the model, and {round: (its parameters, held-out loss)}."""
    torch.manual_seed(0)
    model = CausalLanguageModel(len(pieces), **{name: RECIPE[name] for name in SIZES})

    def seen(model):
        kept = {name: table.clone() for name, table in model.state_dict().items()}
        return kept, mean_loss(model, streams["held out"])

    options = {name: RECIPE[name] for name in TRAINING}
    history = train_writer(model, streams["train"], seed=0, watch=seen, watch_every=100, **options)
    return model, {snapshot.step: snapshot.seen for snapshot in history.snapshots}


def told(model, pieces, **options):
    """Return what is written, � for each sign that can't be printed."""
    text = write(model, pieces, **options)
    return "".join(sign if sign.isprintable() or sign == "\n" else "�" for sign in text)


def gluings(word, pieces):
    """Return how a word is glued: [number of the gluing, what it joins, all pieces after it]."""
    parts, found = tuple(word.replace(" ", "Ġ")), []
    for count, pair in enumerate(pieces.merges, start=1):
        if (after := glued(parts, *pair)) != parts:
            parts = after
            found.append(
                [count, *([each.replace("Ġ", " ") for each in few] for few in (pair, parts))]
            )
    return found


@torch.no_grad()
def scores_after(model, numbers):
    """Return the score of each piece to come next, (V,)."""
    return model(torch.tensor([numbers]))[0, -1].double().numpy()


def likeliest(scores, pieces, taken=None):
    """Return the likeliest pieces with their scores and shares; the taken one is among them."""
    given = shares(scores)
    best = np.argsort(-given, kind="stable")[:SHOWN].tolist()
    if taken is not None and taken not in best:
        best[-1] = taken
    row = {
        "pieces": list(pieces.shown(best)),
        "scores": [round(float(scores[number]), 2) for number in best],
        "shares": [round(float(given[number]), 4) for number in best],
    }
    return best, row if taken is None else row | {"taken": best.index(taken)}


def played(model, pieces):
    """Return the pieces that are drawn after a prompt, each with those likely there."""
    options = {name: PLAYED[name] for name in ("n", "temperature", "seed")}
    numbers, found = pieces.numbers(PLAYED["prompt"]), []
    for moment in moments_of(model, [numbers], **options)[0]:
        found.append(likeliest(scores_after(model, numbers), pieces, moment.taken)[1])
        numbers = [*numbers, moment.taken]
    return PLAYED | {"moments": found}


def brave(model, pieces):
    """Return the same scores shared out at each temperature, and what is written with it."""
    scores = scores_after(model, pieces.numbers(BRAVE["prompt"]))
    best, row = likeliest(scores, pieces)
    given = {t: shares(scores, t) for t in TEMPERATURES}
    texts = {t: told(model, pieces, **BRAVE, temperature=t) for t in (0, *TEMPERATURES)}
    return BRAVE | {
        "pieces": row["pieces"],
        "shares": {str(t): [round(float(row[n]), 4) for n in best] for t, row in given.items()},
        "texts": {str(t): text for t, text in texts.items()},
    }


@torch.no_grad()
def given_to_the_right(model, pieces):
    """Return the share that each piece but the first was given before it was seen."""
    batch = make_batch([pieces.numbers(EXAM)])
    given = model(batch.ids, batch.mask).softmax(dim=-1)[0]  # (n, V)
    return [round(share, 4) for share in given.gather(-1, batch.targets[0][:, None])[:, 0].tolist()]


def after_rounds(model, snapshots, pieces):
    """Return what was written, and how much the right pieces were given, after some rounds."""
    found = {}
    for count in ROUNDS:
        model.load_state_dict(snapshots[count][0])
        model.eval()
        found[str(count)] = {
            "text": told(model, pieces, **TEXT),
            "given to the right piece": given_to_the_right(model, pieces),
        }
    return found


def report(model, snapshots, pieces, streams, corpus):
    """Return all that is kept; the model is afterwards as it was after the last round."""
    after = after_rounds(model, snapshots, pieces)
    return {
        "what": "the likeliest next pieces, and how the writer of lesson 11 came to them",
        "made by": "python -m benchmarks.next_pieces",
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("torch", "tokenizers")},
        },
        "machine": {"processor": processor(), "cores": os.cpu_count()},
        "corpus": {
            "source": corpus.source,
            "characters": sum(map(len, corpus.train)),
            "pieces": len(streams["train"]),
        },
        "recipe": RECIPE | {"seed": 0},
        "glued": gluings(GLUED, pieces),
        "cut": {text: list(pieces.shown(pieces.numbers(text))) for text in CUT},
        "learned numbers": sum(table.numel() for table in model.parameters()),
        "baselines": baselines(streams, len(pieces)),
        "held-out loss after rounds": {n: round(loss, 4) for n, (_, loss) in snapshots.items()},
        "played": played(model, pieces),
        "brave": brave(model, pieces),
        "ways": ways(model, pieces),
        "after rounds": TEXT | {"rounds": after},
        "exam": list(pieces.shown(pieces.numbers(EXAM))),
        "made up": {prompt: told(model, pieces, prompt=prompt, n=30) for prompt in MADE_UP},
    }


def main():
    corpus = course_corpus()
    pieces = learn_pieces(corpus.train, RECIPE["n_pieces"])
    streams = {"train": pieces.stream(corpus.train), "held out": pieces.stream(corpus.held_out)}
    results = report(*train(pieces, streams), pieces, streams, corpus)
    text = compact(json.dumps(results, indent=1, ensure_ascii=False))
    RESULTS.write_text(text + "\n", encoding="utf-8")
    loss = results["held-out loss after rounds"][RECIPE["steps"]]
    print(f"held out: {loss}, counting pairs: {results['baselines']['counting pairs']}")
    for part in ("played", "brave", "after rounds", "made up"):
        print(json.dumps(results[part], indent=1, ensure_ascii=False))
    return 0 if loss < results["baselines"]["counting pairs"] else 1


if __name__ == "__main__":
    sys.exit(main())
