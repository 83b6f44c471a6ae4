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
SHOWN = 6  # words
SURE = 0.99  # what the trained machine gives to the right word, at least


@torch.no_grad()
def next_words(model, source, target, corpus):
    """Return for each place of the target the likeliest words, with scores and shares."""
    numbers = torch.tensor([corpus.source_words.numbers(source)])
    right = [*corpus.target_words.numbers(target), END]
    written = torch.tensor([[START, *right[:-1]]])
    logits = model(numbers, torch.ones_like(numbers, dtype=torch.bool), written)[0][0]
    moments = []
    for scores, word in zip(logits, right, strict=True):
        shares = scores.softmax(dim=-1)
        best = shares.topk(SHOWN).indices.tolist()
        moments.append(
            {
                "right": said(word, corpus),
                "words": [said(number, corpus) for number in best],
                "scores": [round(scores[number].item(), 2) for number in best],
                "shares": [round(shares[number].item(), 4) for number in best],
                "share of the right one": round(shares[word].item(), 4),
            }
        )
    return moments


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
    after = {
        f"after {rounds} rounds": next_words(model.eval(), source, target, corpus)
        for rounds, model in models.items()
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
    for name, moments in after.items():
        print(name)
        for moment in moments:
            best = zip(moment["words"], moment["shares"], strict=True)
            print("   ", "  ".join(f"{word} {100 * share:.1f} %" for word, share in best))
    shares = [moment["share of the right one"] for moment in after[f"after {ROUNDS[-1]} rounds"]]
    return 0 if min(shares) >= SURE else 1


if __name__ == "__main__":
    sys.exit(main())
