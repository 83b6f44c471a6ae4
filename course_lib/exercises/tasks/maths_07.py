"""Maths 07: one matrix for query and key; what of a score depends on both."""

import numpy as np

from course_lib.exercises.declare import Probe, task
from course_lib.exercises.judge import Unfit
from course_lib.exercises.questions import frozen, nans

# additive_as_concat ---------------------------------------------------------------------------


def concat_inputs(rng):
    d_query, d_key, h = (int(size) for size in rng.permutation(np.arange(2, 8))[:3])
    same = int(rng.integers(2, 6))
    return {
        "w_query": rng.normal(size=(d_query, h)),
        "w_key": rng.normal(size=(d_key, h)),
        "queries": rng.normal(size=(9, d_query)),
        "keys": rng.normal(size=(9, d_key)),
        "square_query": rng.normal(size=(same, same)),
        "square_key": rng.normal(size=(same, same)),
        "whole_query": rng.integers(1, 5, size=(3, 2)),
        "whole_key": rng.integers(-5, 0, size=(4, 2)),
    }


def acting(answer, inputs):
    """Let the one matrix act on nine pairs: the rows [query, key] @ W."""
    w = np.asarray(answer(inputs["w_query"], inputs["w_key"]), dtype=float)
    pairs = np.concatenate([inputs["queries"], inputs["keys"]], axis=1)
    if w.ndim != 2 or len(w) != pairs.shape[1]:
        raise Unfit(
            f"a row [query, key] has {pairs.shape[1]} numbers here; it can't be multiplied by your "
            f"result of shape {w.shape}."
        )
    return pairs @ w


def concat_kinds(answer, inputs):
    w_query, w_key = inputs["w_query"], inputs["w_key"]
    return {
        "of integers": answer(inputs["whole_query"], inputs["whole_key"]),
        "of float32": answer(w_query.astype(np.float32), w_key.astype(np.float32)),
        "of read-only arrays": answer(frozen(w_query), frozen(w_key)),
        "of a query of one number": answer(w_query[:1], w_key),
        "of one hidden number": answer(w_query[:, :1], w_key[:, :1]),
    }


task(
    name="additive_as_concat",
    inputs=concat_inputs,
    probes={
        "matrix": Probe(
            lambda f, i: f(i["w_query"], i["w_key"]), "all numbers stand where they belong", 2
        ),
        "acts": Probe(acting, "[query, key] @ W is what the two projections sum up to", 2),
        "square": Probe(
            lambda f, i: f(i["square_query"], i["square_key"]), "all widths the same works too"
        ),
        "kinds": Probe(
            concat_kinds, "integers, float32, read-only arrays and widths of 1 work", absolute=1e-5
        ),
    },
)

# interaction ----------------------------------------------------------------------------------


def interaction_inputs(rng):
    n_q, n_k, other = (int(size) for size in rng.permutation(np.arange(3, 8))[:3])
    asked, found = rng.normal(size=n_q) + 2, rng.normal(size=n_k) - 1
    return {
        "scores": rng.normal(size=(n_q, n_k)) + asked[:, None] + found,
        "sum": asked[:, None] + found,
        "square": rng.normal(size=(other, other)) + 1.5,
        "whole": rng.integers(-5, 6, size=(n_q, n_k)),
    }


def interaction_kinds(answer, inputs):
    scores = inputs["scores"]
    return {
        "of integers": answer(inputs["whole"]),
        "of float32": answer(scores.astype(np.float32)),
        "of a read-only array": answer(frozen(scores)),
        "of one query": answer(scores[:1]),
        "of one key": answer(scores[:, :1]),
    }


def left_over(got, inputs):
    """Speak where a sum a(s) + b(h) leaves something."""
    if np.abs(got).max() > 1e-6:
        return (
            "for scores that are a sum a(s) + b(h), something is left; the largest entry is "
            f"{np.abs(got).max():.3g}."
        )


task(
    name="interaction",
    inputs=interaction_inputs,
    probes={
        "table": Probe(lambda f, i: f(i["scores"]), "what depends on both is left", 2, (nans(),)),
        "sum": Probe(
            lambda f, i: f(i["sum"]),
            "a sum leaves nothing",
            1,
            (left_over,),
            absolute=1e-6,
            aside=True,
        ),
        "square": Probe(lambda f, i: f(i["square"]), "as many queries as keys works too"),
        "kinds": Probe(
            interaction_kinds,
            "integers, float32, read-only arrays, a single query and a single key work",
            absolute=1e-4,
        ),
    },
)
