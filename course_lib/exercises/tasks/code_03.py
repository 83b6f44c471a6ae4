"""Code 03: lookup, attention for one query."""

import numpy as np

from course_lib.exercises.declare import Probe, task
from course_lib.exercises.questions import by_case, nans, pair, shares
from course_lib.exercises.shortcuts import ATTENDS, FUSED, SOFTMAXES

WEIGHTS = shares("weights")


def lookup_inputs(rng):
    query, keys = rng.normal(size=3), rng.normal(size=(5, 3))
    return {
        "query": query,
        "keys": keys,
        "values": rng.normal(size=(5, 4)) * 10,
        "square_query": rng.normal(size=4),
        "square_keys": rng.normal(size=(4, 4)) * 0.7,
        "square_values": rng.normal(size=(4, 4)) * 10,
        "far_keys": keys + 2000 * query / (query @ query),  # each score is 2000 higher
        "whole_query": rng.permutation(3),
        "whole_keys": np.eye(3, dtype=int)[rng.permutation(3)[:2]],
        "whole_values": rng.permutation(np.arange(-9, 10))[:8].reshape(2, 4),
    }


def looked_up(f, i, name="", rows=None):
    """Look up with the arrays of this name, and only so many items."""
    return pair(f(i[f"{name}query"], i[f"{name}keys"][:rows], i[f"{name}values"][:rows]))


def both(f, i, name="", rows=None):
    output, weights = looked_up(f, i, name, rows)
    return {"weights": weights, "output": output}


def one_of_two(f, i, name):
    """Look up, and keep the output or the weights, by name: a message can call it by that."""
    array = both(f, i)[name]
    return {name: array, "shape": np.array(np.shape(array))}


task(
    name="lookup",
    inputs=lookup_inputs,
    forbids=ATTENDS + SOFTMAXES + FUSED,
    probes={
        "weights": Probe(
            lambda f, i: one_of_two(f, i, "weights"),
            "the weights are the shares of the scores",
            1,
            WEIGHTS,
        ),
        "output": Probe(
            lambda f, i: one_of_two(f, i, "output"),
            "the output mixes the values",
            2,
            (nans("output"),),
        ),
        "square": Probe(
            lambda f, i: both(f, i, "square_"), "as many items as features: still the right rows"
        ),
        "kinds": Probe(
            lambda f, i: by_case(
                {
                    "integers": both(f, i, "whole_"),
                    "one item": both(f, i, rows=1),
                    "float32": both(
                        f, {name: np.asarray(a).astype(np.float32) for name, a in i.items()}
                    ),
                }
            ),
            "integers, float32 and a single item work",
        ),
        "far": Probe(
            lambda f, i: looked_up(f, {**i, "keys": i["far_keys"]})[0],
            "scores in the thousands work",
            1,
            (nans(),),
        ),
    },
)
