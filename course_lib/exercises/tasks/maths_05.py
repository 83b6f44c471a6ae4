"""Maths 05: how many pairs a causal mask lets through, and what attention costs."""

import numpy as np

from course_lib.exercises.declare import Probe, task
from course_lib.exercises.questions import counted


def pairs_inputs(rng):
    few, many = rng.choice(np.arange(3, 12), size=2, replace=False)
    return {"few": int(few), "many": int(many) + int(rng.integers(20, 60))}


task(
    name="visible_pairs",
    inputs=pairs_inputs,
    probes={
        "few": Probe(
            lambda f, i: np.asarray(f(i["few"])), "a short text works", tolerance=0.0, absolute=0.01
        ),
        "many": Probe(
            lambda f, i: {"one word": f(1), "two words": f(2), "more": f(i["many"])},
            "one word, two words and many work",
            tolerance=0.0,
            absolute=0.01,
        ),
        "count": Probe(lambda f, i: counted(f(i["few"])), "the result is an int"),
    },
)


def flops_inputs(rng):
    n_q, n_k, d_k, d_v = (int(n) for n in rng.permutation(np.arange(2, 14))[:4])
    return {
        "n_q": n_q,
        "n_k": n_k + 20,  # sizes far enough apart that no two can be taken for each other
        "d_k": d_k + 40,
        "d_v": d_v + 60,
        "long": int(rng.integers(1_000, 9_000)) * 1_000,
    }


task(
    name="attention_flops",
    inputs=flops_inputs,
    probes={
        "sizes": Probe(
            lambda f, i: f(i["n_q"], i["n_k"], i["d_k"], i["d_v"]),
            "any four sizes work",
            2,
            tolerance=1e-9,
        ),
        "special": Probe(
            lambda f, i: {
                "one of each": f(1, 1, 1, 1),
                "one query": f(1, i["n_k"], i["d_k"], i["d_v"]),
                "a long text": f(i["long"], i["long"], 64, 64),
            },
            "one of each, one query and a long text work",
            tolerance=1e-9,
        ),
        "count": Probe(
            lambda f, i: counted(f(i["n_q"], i["n_k"], i["d_k"], i["d_v"])), "the result is an int"
        ),
    },
)
