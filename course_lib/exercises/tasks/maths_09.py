"""Maths 09: how many numbers the heads need, their sum term by term, ranks, and more heads."""

import numpy as np

from course_lib.exercises.choosing import shuffled
from course_lib.exercises.declare import Probe, task
from course_lib.exercises.judge import Unfit
from course_lib.exercises.questions import counted, frozen, nans, numbers
from course_lib.exercises.wording import markdown_table

# multi_head_parameters ------------------------------------------------------------------------


def parameters_inputs(rng):
    n_heads, d_k = (int(n) for n in rng.choice(np.arange(3, 12), size=2, replace=False))
    return {"d_model": n_heads * d_k, "n_heads": n_heads, "other": 4 * int(rng.integers(10, 60))}


def for_other_heads(answer, inputs):
    d_model = inputs["other"]
    return {
        "with one head": answer(d_model, 1),
        "with two heads": answer(d_model, 2),
        "with four heads": answer(d_model, 4),
        "with heads of one number each": answer(d_model, d_model),
    }


EXACT = {"tolerance": 1e-9, "absolute": 0.01}

task(
    name="multi_head_parameters",
    inputs=parameters_inputs,
    forbids=(
        "course_lib.multi_head.MultiHeadAttention.__init__",
        "torch.nn.MultiheadAttention.__init__",
    ),
    probes={
        "biased": Probe(
            lambda f, i: f(i["d_model"], i["n_heads"]), "all four maps and their biases", 2, **EXACT
        ),
        "bare": Probe(
            lambda f, i: f(i["d_model"], i["n_heads"], bias=False), "without biases, too", **EXACT
        ),
        "heads": Probe(for_other_heads, "any number of heads works", **EXACT),
        "count": Probe(
            lambda f, i: counted(f(i["d_model"], i["n_heads"])), "the result is an int", **EXACT
        ),
    },
)

# multi_head_as_sum ----------------------------------------------------------------------------


def sum_inputs(rng):
    n_heads, n, d_k = (int(size) for size in rng.permutation([2, 3, 4, 5])[:3])
    d_model = int(rng.choice([size for size in range(6, 12) if size != n_heads * d_k]))
    return {
        "head_outputs": rng.normal(size=(n_heads, n, d_k)),
        "w_o": rng.normal(size=(n_heads * d_k, d_model)),
        "square_outputs": rng.normal(size=(3, 3, 3)),
        "square_w_o": rng.normal(size=(9, 9)),
        "whole_outputs": rng.integers(-5, 6, size=(2, 4, 3)),
        "whole_w_o": rng.integers(-5, 6, size=(6, 5)),
    }


def summed(answer, inputs):
    """Add up the terms: that must be the heads side by side, times W_O."""
    terms = np.asarray(answer(inputs["head_outputs"], inputs["w_o"]), dtype=float)
    if terms.ndim != 3:
        raise Unfit(
            "one table (n, d_model) for each head was asked, (h, n, d_model) in all; yours has "
            f"shape {terms.shape}."
        )
    return terms.sum(axis=0)


def sum_kinds(answer, inputs):
    outputs, w_o = inputs["head_outputs"], inputs["w_o"]
    d_k = outputs.shape[-1]
    return {
        "of integers": answer(inputs["whole_outputs"], inputs["whole_w_o"]),
        "of float32": answer(outputs.astype(np.float32), w_o.astype(np.float32)),
        "of read-only arrays": answer(frozen(outputs), frozen(w_o)),
        "of one head": answer(outputs[:1], w_o[:d_k]),
        "of one word": answer(outputs[:, :1], w_o),
    }


task(
    name="multi_head_as_sum",
    inputs=sum_inputs,
    probes={
        "terms": Probe(
            lambda f, i: f(i["head_outputs"], i["w_o"]),
            "each head is multiplied by its own rows of W_O",
            2,
            (nans(),),
        ),
        "sum": Probe(summed, "the terms add up to concat·W_O", 1, absolute=1e-6),
        "square": Probe(
            lambda f, i: f(i["square_outputs"], i["square_w_o"]),
            "as many heads as words, and d_model = h·d_k, work too",
        ),
        "kinds": Probe(
            sum_kinds,
            "integers, float32, read-only arrays, a single head and a single word work",
            absolute=1e-4,
        ),
    },
)

# ranks_of_heads -------------------------------------------------------------------------------


def ranks_inputs(rng):
    """Draw three layers whose heads are together narrower than d_model, as wide, and wider."""
    while True:
        d_model = int(rng.choice([48, 60, 72, 96, 120]))
        even = int(rng.choice([3, 4, 6]))
        few, many = int(rng.integers(2, 5)), int(rng.integers(5, 9))
        layers = [
            (few, int(rng.integers(5, d_model // few - 3))),
            (even, d_model // even),
            (many, d_model // many + int(rng.integers(3, 9))),
        ]
        products = {few * layers[0][1], d_model, many * layers[2][1]}
        if len(products) == 3 and len({d_k for _, d_k in layers}) == 3:
            order = rng.permutation(3)
            return {"d_model": d_model, "layers": [layers[int(place)] for place in order]}


def ranks_question(inputs):
    rows = [[f"**{name}**", str(h), str(d_k)] for name, (h, d_k) in zip("ABC", inputs["layers"])]
    return (
        f"Three layers read the same words, with $d={inputs['d_model']}$ numbers each. How many "
        "heads there are, and how wide each is, was chosen freely; $d_v=d_k$.\n\n"
        + markdown_table(["layer", "heads $h$", "width $d_k$"], rows)
        + "\n\nHow large can the rank of $\\sum_iW_V^{(i)}W_O^{(i)}$ be, the sum over all heads of "
        "a layer, at most? Answer with a list of three numbers, for A, B and C, such as "
        "`[9, 9, 9]`."
    )


task(
    name="ranks_of_heads",
    inputs=ranks_inputs,
    probes=numbers(3, "each head adds what it can, up to the room there is", within=0.1, points=2),
    question=ranks_question,
)

# more_heads -----------------------------------------------------------------------------------

QUANTITIES = {
    "numbers": "the numbers to learn (weights and biases)",
    "work": "the multiply-adds of the matrix products, for one sentence",
    "tables": "the attention weights, counted over all heads, for one sentence",
    "rank": "the largest rank that $W_Q^{(i)}W_K^{(i)\\mathsf T}$ can have in one head",
}


def more_inputs(rng):
    times = int(rng.choice([2, 4, 5]))
    n_heads = int(rng.choice([2, 3, 4]))
    return {
        "times": times,
        "n_heads": n_heads,
        "d_model": n_heads * times * int(rng.integers(4, 17)),
        "n": int(rng.integers(11, 60)),
        "order": shuffled(rng, QUANTITIES),
    }


def more_question(inputs):
    before, after = inputs["n_heads"], inputs["n_heads"] * inputs["times"]
    listed = "\n".join(
        f"{place}. {QUANTITIES[name]}" for place, name in enumerate(inputs["order"], start=1)
    )
    return (
        f"A layer of the usual kind, $d_k=d/h$, has $d={inputs['d_model']}$ and **{before} "
        f"heads**. It reads sentences of {inputs['n']} words. Now it gets **{after} heads**; "
        "$d$ and the words stay. By which factor does each of these change?\n\n"
        + listed
        + "\n\nAnswer with a list of four factors in this order: 1 where nothing changes, 3 for "
        "three times as many, 0.1 for a tenth: `[3, 3, 0.1, 0.1]`."
    )


task(
    name="more_heads",
    inputs=more_inputs,
    probes=numbers(4, "that is what more heads cost and change", within=0.01, points=2),
    question=more_question,
)
