"""Which word comes next? The shares that a translator gives to its words, before and after.

    python -m benchmarks.next_word

Trains the Transformer of lesson 10 with number plates, once for a short time and once as long as in
benchmarks/translation.py, and asks both for each next word of one translation. The likeliest words
go to benchmarks/results/next_word.json. Exit status 1 if the trained one is not sure.
"""

import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

import torch

from benchmarks.translation import CORPUS, MODELS, RECIPE, SAMPLES, compact, processor
from course_lib.translation import make_corpus, train_translator, translate
from course_lib.translation.vocabulary import END, START

RESULTS = Path(__file__).resolve().parent / "results" / "next_word.json"
MODEL = "Transformer, sinusoidal"
ROUNDS = (100, RECIPE["steps"])
SHOWN = 9  # words, and the right one
SURE = 0.99  # what the trained machine gives to the right word, at least


@torch.no_grad()
def next_scores(model, source, right, corpus):
    """Return a score for each word of the vocabulary at each place: (places, words)."""
    numbers = torch.tensor([corpus.source_words.numbers(source)])
    written = torch.tensor([[START, *right[:-1]]])
    return model(numbers, torch.ones_like(numbers, dtype=torch.bool), written)[0][0]


def moments(scores, words, corpus):
    """Return for each place the chosen words, with their scores and shares."""
    return [
        {
            "words": [said(number, corpus) for number in chosen],
            "scores": [round(row[number].item(), 2) for number in chosen],
            "shares": [round(row.softmax(dim=-1)[number].item(), 6) for number in chosen],
        }
        for row, chosen in zip(scores, words, strict=True)
    ]


def said(number, corpus):
    return "<end>" if number == END else corpus.target_words.words([number])[0]


def main():
    corpus = make_corpus(**{option: RECIPE[option] for option in CORPUS})
    training = {option: RECIPE[option] for option in RECIPE if option not in CORPUS}
    models = {}
    for rounds in ROUNDS:
        torch.manual_seed(0)
        models[rounds] = MODELS[MODEL](*corpus.sizes)
        train_translator(models[rounds], corpus, seed=0, **training | {"steps": rounds})
    source, target, _ = translate(models[ROUNDS[-1]], SAMPLES["number"], corpus)
    right = [*corpus.target_words.numbers(target), END]
    scores = {
        rounds: next_scores(model.eval(), source, right, corpus) for rounds, model in models.items()
    }
    likeliest = scores[ROUNDS[0]].topk(SHOWN).indices.tolist()  # to the beginner, and the right one
    words = [
        [word, *(other for other in best if other != word)]
        for word, best in zip(right, likeliest, strict=True)
    ]
    after = {
        f"after {rounds} rounds": moments(table, words, corpus) for rounds, table in scores.items()
    }
    report = {
        "what": "the likeliest next words of one translation, scores and shares",
        "made by": "python -m benchmarks.next_word",
        "versions": {"python": platform.python_version(), "torch": version("torch")},
        "machine": {"processor": processor(), "cores": os.cpu_count()},
        "model": MODEL,
        "recipe": RECIPE | {"steps": list(ROUNDS), "seed": 0},
        "words to choose from": corpus.sizes[1],
        "source": " ".join(source),
        "target": " ".join(target),
        **after,
    }
    text = compact(json.dumps(report, indent=2, ensure_ascii=False))
    RESULTS.write_text(text + "\n", encoding="utf-8")
    for name, places in after.items():
        print(name)
        for moment in places:
            best = zip(moment["words"], moment["shares"], strict=True)
            print("   ", "  ".join(f"{word} {100 * share:.1f} %" for word, share in best))
    sure = [moment["shares"][0] for moment in after[f"after {ROUNDS[-1]} rounds"]]
    return 0 if min(sure) >= SURE else 1


if __name__ == "__main__":
    sys.exit(main())
