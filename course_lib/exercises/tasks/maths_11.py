"""Maths 11: what a loss tells the scores and is worth; what writing costs, what dropout adds."""

import numpy as np

from course_lib.exercises.declare import Probe, task
from course_lib.exercises.questions import counted, frozen, nans, negatives

SMALL = "with shares of 1e-11"

# cross_entropy_vjp ---------------------------------------------------------------------------


def loss_inputs(rng):
    n = int(rng.integers(5, 9))
    target = int(rng.integers(1, n - 1))
    far = rng.choice([-1000, 0, 1000], size=n) + rng.normal(size=n)
    far[target], far[target - 1] = -1000.5, 1000.5  # the right word's share is rounded to 0
    return {
        "logits": 1.5 * rng.normal(size=n),
        "target": target,
        "last": n - 1,
        "far": far,
        "far_off": rng.normal(size=n) + 1e11,  # where a nudge is lost in rounding
        "far_below": rng.normal(size=5) / 4 - [0, 1.5, 24, 25, 26],  # three shares of about 1e-11
        "whole": rng.permutation(np.arange(-3, 4)),
    }


def total(got, inputs):
    """Speak where the gradient does not sum to 0."""
    if np.ndim(got) == 1 and np.isfinite(got).all() and abs(got.sum()) > 1e-6:
        return (
            f"your gradient sums to {got.sum():.3g}. So adding 1 to all logits would change the "
            "loss, though it changes no share."
        )
    return None


def upward(got, inputs):
    """Speak where the right word's own entry is not below 0."""
    if np.shape(got) == np.shape(inputs["logits"]) and got[inputs["target"]] > 1e-6:
        return (
            f"by your gradient the loss grows by {got[inputs['target']]:.3g} if the right word's "
            "logit grows by 1."
        )
    return None


task(
    name="cross_entropy_vjp",
    inputs=loss_inputs,
    forbids=(
        "torch.nn.functional.cross_entropy",
        "torch.nn.functional.nll_loss",
        "torch.nn.CrossEntropyLoss",
        "torch.autograd.grad",
        "torch.autograd.backward",
        "torch.autograd.functional.vjp",
        "torch.autograd.functional.jacobian",
        "torch.func.vjp",
        "torch.func.grad",
        "course_lib.writing.choosing.next_token_loss",
    ),
    probes={
        "gradient": Probe(
            lambda f, i: f(i["logits"], i["target"]),
            "each logit gets its share of the loss's gradient",
            2,
            (nans(), total, upward),
        ),
        "ends": Probe(
            lambda f, i: {
                "first word": f(i["logits"], 0),
                "last word": f(i["logits"], i["last"]),
            },
            "the first and the last word may be the right one",
        ),
        "stable": Probe(
            lambda f, i: f(i["far"], i["target"]),
            "logits 1000 apart work",
            1,
            (nans(),),
        ),
        "formula": Probe(
            lambda f, i: {
                "around 1e11": f(i["far_off"], i["target"]),
                SMALL: f(i["far_below"], 0),
            },
            "it is a formula, no quotient of differences: logits around 10¹¹ work, and shares of "
            "10⁻¹¹",
            1,
            (nans("around 1e11"), nans(SMALL)),
            digits=(SMALL,),
        ),
        "kinds": Probe(
            lambda f, i: {
                "whole numbers": f(i["whole"], 2),
                "float32 numbers": f(i["logits"].astype(np.float32), np.int64(i["target"])),
                "read-only": f(frozen(i["logits"]), i["target"]),
                "two words": f(i["logits"][:2], 1),
            },
            "integers, float32, read-only arrays and two words work",
            absolute=1e-6,
        ),
    },
)

# perplexity ----------------------------------------------------------------------------------


def probability_inputs(rng):
    n = int(rng.integers(4, 9))
    return {
        "probabilities": np.append(rng.uniform(0.05, 0.9, size=n), 0.02),
        "one": np.array([float(rng.uniform(0.1, 0.8))]),
        "blind": int(rng.integers(20, 900)),
        "many": rng.uniform(0.01, 0.2, size=3000),  # their product is 0 in floating point
    }


def below_one(got, inputs):
    """Speak where a perplexity is below 1."""
    if np.ndim(got) == 0 and np.isfinite(got) and got < 1 - 1e-9:
        return f"your perplexity is {float(got):.3g}; who was always sure and right has 1."
    return None


def beyond_all(got, inputs):
    """Speak where a perplexity is larger than the worst word alone would make it."""
    worst = 1 / inputs["probabilities"].min()
    if np.ndim(got) == 0 and got > 1.001 * worst:
        return (
            f"your perplexity is {float(got):.3g}; had every word been as unlikely as the most "
            f"unlikely one, it would be {worst:.3g}."
        )
    return None


task(
    name="perplexity",
    inputs=probability_inputs,
    probes={
        "value": Probe(
            lambda f, i: f(i["probabilities"]),
            "several words make one number",
            2,
            (nans(), below_one, beyond_all),
        ),
        "blind": Probe(
            lambda f, i: f(np.full(7, 1 / i["blind"])),
            "whoever guesses blindly among V words has V",
        ),
        "long": Probe(
            lambda f, i: f(i["many"]), "a text of 3000 words works", 1, (nans(), below_one)
        ),
        "kinds": Probe(
            lambda f, i: {
                "one word": f(i["one"]),
                "words that were certain": f(np.ones(3)),
                "float32 numbers": f(frozen(i["probabilities"].astype(np.float32))),
            },
            "one word, certain words, float32 and read-only arrays work",
        ),
    },
)

# cached_flops --------------------------------------------------------------------------------


def flops_inputs(rng):
    n, d_model, d_ff, n_layers = (int(size) for size in rng.permutation(np.arange(3, 12))[:4])
    return {"sizes": (n + 20, d_model + 60, d_ff + 100, n_layers)}


EXACT = {"tolerance": 0.0, "absolute": 0.25}

task(
    name="cached_flops",
    inputs=flops_inputs,
    forbids=("torch.utils.flop_counter.FlopCounterMode",),
    probes={
        "sizes": Probe(lambda f, i: f(*i["sizes"]), "any four sizes work", 2, **EXACT),
        "nothing": Probe(
            lambda f, i: f(0, *i["sizes"][1:]),
            "the first token works: nothing is kept yet",
            **EXACT,
        ),
        "long": Probe(
            lambda f, i: {
                "GPT-2's sizes": f(1023, 768, 3072, 12),
                "one of each": f(1, 1, 1, 1),
            },
            "the sizes of GPT-2 and the smallest ones work",
            **EXACT,
        ),
        "count": Probe(lambda f, i: counted(f(*i["sizes"])), "the result is an int", **EXACT),
    },
)

# dropout_variance ----------------------------------------------------------------------------


def dropout_inputs(rng):
    return {
        "weights": rng.dirichlet(np.full(5, 2.0)),
        "values": rng.normal(size=(5, 3)) * 2 + 1,
        "p": float(rng.choice([0.1, 0.2, 0.3])),
        "high": float(rng.choice([0.6, 0.7, 0.8])),
        "whole": rng.integers(1, 6, size=(5, 3)),
    }


def nothing_dropped(got, inputs):
    """Speak where there is a variance though nothing is dropped."""
    still = np.ravel(got["variance where p = 0"])
    if np.isfinite(still).all() and np.abs(still).max() > 1e-9:
        return (
            f"with p = 0 nothing is ever dropped; your variance is {np.abs(still).max():.3g} there."
        )
    return None


task(
    name="dropout_variance",
    inputs=dropout_inputs,
    forbids=("torch.nn.functional.dropout", "torch.nn.Dropout"),
    probes={
        "variance": Probe(
            lambda f, i: f(i["weights"], i["values"], i["p"]),
            "each feature of the mixture has its variance",
            2,
            (nans(), negatives(what="variances")),
        ),
        "high": Probe(
            lambda f, i: f(i["weights"], i["values"], i["high"]),
            "it is right where most weights are dropped, too",
        ),
        "special": Probe(
            lambda f, i: {
                "variance where p = 0": f(i["weights"], i["values"], 0.0),
                "variance of one word": f(np.ones(1), i["values"][:1], i["p"]),
            },
            "with p = 0 there is none, and one word works",
            1,
            (nothing_dropped,),
            absolute=1e-9,
        ),
        "kinds": Probe(
            lambda f, i: {
                "whole values": f(frozen(i["weights"]), frozen(i["whole"]), i["p"]),
                "float32 numbers": f(
                    i["weights"].astype(np.float32), i["values"].astype(np.float32), i["p"]
                ),
            },
            "integers, float32 and read-only arrays work",
        ),
    },
)
