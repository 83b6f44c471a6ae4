"""Maths 10: the way back through a norm; what a layer counts; how fast tokens become alike."""

import numpy as np

from course_lib.exercises.declare import Probe, task
from course_lib.exercises.questions import frozen, nans, number, numbers

# layer_norm_vjp -------------------------------------------------------------------------------


def vjp_inputs(rng):
    d = int(rng.integers(5, 10))
    return {
        "x": 2 * rng.normal(size=d) + 3,
        "grad_output": rng.normal(size=d) + 0.5,
        "tiny": 1e-3 * rng.normal(size=d) + 2,  # a variance of about 1e-6: far below eps
        "alike": np.full(d, rng.integers(1, 9) / 2),
        "eps": float(rng.choice([0.2, 0.5, 1.0])),
        "whole": rng.permutation(np.arange(-5, 6))[:d],
    }


def small_spread(answer, inputs):
    return {
        "gradient where the entries are nearly alike": answer(
            inputs["tiny"], inputs["grad_output"]
        ),
        "gradient where all entries are alike": answer(inputs["alike"], inputs["grad_output"]),
    }


def large_and_small(answer, inputs):
    """Return the gradients of grad_output, and of one that the norm holds back almost whole.

    The latter is the normalised x and a number: only eps lets some 10⁻⁶ of it through.
    """
    x, grad_output = inputs["x"], inputs["grad_output"]
    along = (x - x.mean()) / x.std() + 0.5
    return np.stack([answer(x.copy(), g) for g in (grad_output, along)])


def total(got, inputs):
    """Speak where the gradient does not sum to 0: then a shift of x would change the loss."""
    if np.isfinite(got).all() and abs(got.sum()) > 1e-6:
        return (
            f"your gradient sums to {got.sum():.3g}. So adding 1 to all entries of x would change "
            "the loss, though it does not change the output."
        )


def vjp_kinds(answer, inputs):
    x, grad_output = inputs["x"], inputs["grad_output"]
    return {
        "gradient for integers": answer(inputs["whole"], grad_output),
        "gradient for float32": answer(*(frozen(t.astype(np.float32)) for t in (x, grad_output))),
        "gradient for two entries": answer(x[:2], grad_output[:2]),
    }


SMALL = "gradients, one of them faint"
BLOWS_UP = tuple(
    nans(f"gradient where {what} alike") for what in ("the entries are nearly", "all entries are")
)

task(
    name="layer_norm_vjp",
    inputs=vjp_inputs,
    forbids=(
        "torch.nn.functional.layer_norm",
        "torch.nn.LayerNorm",
        "torch.layer_norm",
        "torch.autograd.grad",
        "torch.autograd.backward",
        "torch.autograd.functional.vjp",
        "torch.autograd.functional.jacobian",
        "torch.func.vjp",
        "torch.func.grad",
    ),
    probes={
        "gradient": Probe(
            lambda f, i: f(i["x"], i["grad_output"]), "x gets its gradient", 2, (nans(), total)
        ),
        "formula": Probe(
            lambda f, i: {
                "gradient": f(i["x"].copy(), i["grad_output"] + 1e10),
                SMALL: large_and_small(f, i),
            },
            "it is a formula, no differences: adding 10¹⁰ to grad_output changes nothing, and the "
            "10⁻⁶ that eps lets through are right",
            1,
            (nans("gradient"), nans(SMALL)),
            digits=(SMALL,),
        ),
        "tiny": Probe(
            small_spread, "it stays right where x hardly varies, or not at all", 2, BLOWS_UP
        ),
        "eps": Probe(
            lambda f, i: f(i["x"], i["grad_output"], eps=i["eps"]),
            "another eps is heard",
            1,
            (nans(), total),
        ),
        "kinds": Probe(
            vjp_kinds,
            "integers, float32, arrays that can't be changed and two entries work",
            1,
            absolute=1e-4,
        ),
    },
)

# transformer_layer_parameters -----------------------------------------------------------------


def counted(*shapes, **options):
    """Return a probe's run: the counts of several layers, by their sizes."""

    def run(answer, inputs):
        return {
            f"count for d_model = {d_model}, n_heads = {n_heads}, d_ff = {d_ff}": answer(
                d_model, n_heads, d_ff, **options
            )
            for d_model, n_heads, d_ff in (inputs[shape] for shape in shapes)
        }

    return run


def count_inputs(rng):
    (h, other), (d_k, width) = rng.permutation([2, 3, 4, 5])[:2], rng.permutation([3, 5, 7])[:2]
    d_model = int(h * other * d_k)  # both numbers of heads divide it
    d_ff = d_model + int(rng.integers(7, 40))
    return {
        "one": (d_model, int(h), d_ff),
        "other": (d_model, int(other), d_ff),
        "small": (int(width * h), int(h), int(width * h) * 5 + 1),
        "paper": (512, 8, 2048),
    }


def heads_count(got, inputs):
    """Speak where the number of heads changes the count."""
    one, other = np.array([float(count) for count in got.values()])
    (_, h, _), (_, h_other, _) = inputs["one"], inputs["other"]
    if one != other:
        return (
            f"with {h} heads you count {one:.0f}, with {h_other} heads {other:.0f}; the width of "
            "the layer is the same."
        )


EXACT = {"tolerance": 0.0, "absolute": 0.25}

task(
    name="transformer_layer_parameters",
    inputs=count_inputs,
    forbids=("course_lib.transformer.TransformerLayer", "torch.nn.TransformerEncoderLayer"),
    probes={
        "with biases": Probe(counted("small", "one"), "every bias is counted", 2, **EXACT),
        "without": Probe(
            counted("small", "one", bias=False),
            "without biases in the linear maps the count is right, too",
            2,
            **EXACT,
        ),
        "heads": Probe(
            counted("one", "other"), "the number of heads plays no part", 1, (heads_count,), **EXACT
        ),
        "paper": Probe(
            counted("paper"), "the base layer of 2017 comes out", 1, **EXACT, aside=True
        ),
    },
)

# The bound on the distance --------------------------------------------------------------------

# tokens, smallest weight, what is to be left; drawn so that no two mistakes give the same number
COLLAPSES = (
    (4, 0.1, 0.01),
    (8, 0.05, 0.01),
    (4, 0.05, 0.01),
    (10, 0.02, 0.01),
    (5, 0.08, 0.001),
    (10, 0.03, 0.001),
    (6, 0.05, 0.001),
    (5, 0.05, 0.001),
)

task(
    name="m10_collapse",
    inputs=lambda rng: dict(zip(("n", "least", "left"), COLLAPSES[rng.integers(len(COLLAPSES))])),
    probes=number(0.01, "that many layers are enough, by the bound"),
    question=lambda i: (
        "A stack of attention layers without skips and without feed-forward parts reads "
        f"**{i['n']} tokens**. In every layer each weight is at least **{i['least']:g}**, and the "
        "matrix that makes and mixes the values has a norm of at most 1. By the proved bound: "
        "after **how many layers**, at the latest, is the largest distance of two tokens below "
        f"**{100 * i['left']:g} %** of what it was? Answer with a whole number, such as `99`."
    ),
)

# The learning rate of 2017 --------------------------------------------------------------------


def steps(inputs):
    return inputs["early"] * inputs["warm_up"] // 100, inputs["late"] * inputs["warm_up"]


def warm_up_question(inputs):
    early, late = steps(inputs)
    return (
        "A Transformer is trained with the learning rate of 2017, and a warm-up of "
        f"**{inputs['warm_up']} steps**. How many **percent of its highest value** is the learning "
        f"rate at step **{early}**, and how many at step **{late}**? Answer with two numbers, such "
        "as `[99, 1]`."
    )


task(
    name="m10_warm_up",
    inputs=lambda rng: {
        "warm_up": int(rng.choice([1000, 2000, 4000, 8000])),
        "early": int(rng.choice([10, 30, 40])),  # percent of the warm-up
        "late": int(rng.choice([4, 9, 16, 25])),  # times the warm-up
    },
    probes=numbers(2, "both branches of the formula are read rightly", within=0.5, points=2),
    question=warm_up_question,
)
