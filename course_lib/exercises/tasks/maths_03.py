"""Maths 03: the query that gives the weights one wants."""

import numpy as np

from course_lib.exercises.declare import Probe, task
from course_lib.exercises.judge import Unfit
from course_lib.exercises.questions import frozen
from course_lib.softmax import softmax


def independent_keys(rng, n, d):
    """Return n keys of width d: linearly independent, and far from dependent."""
    turn = np.linalg.qr(rng.normal(size=(n, n)))[0]
    rows = np.linalg.qr(rng.normal(size=(d, n)))[0].T  # (n, d) at right angles, of length 1
    return turn * rng.uniform(1, 3, size=n) @ rows


def query_for_inputs(rng):
    return {
        "keys": independent_keys(rng, 3, 5),
        "weights": rng.permutation(softmax(rng.normal(size=3) + [0, 1, 2])),
        "square_keys": independent_keys(rng, 4, 4),
        "square_weights": rng.permutation(softmax(rng.normal(size=4) + [0, 0, 1, 2])),
        "whole_keys": rng.permutation(np.array([[2, -1, 0, 1], [0, 3, 1, 0], [1, 0, -2, 1]])),
        "whole_weights": rng.permutation([0.5, 0.3, 0.2]),
        "one_key": rng.normal(size=(1, 3)),
    }


def weights_of(answer, keys, weights):
    """Return the weights that the answered query gives."""
    known = np.array(keys, dtype=float)  # whatever the answer does to the keys that it gets
    query = answer(keys, weights)
    if query is None:
        return None
    try:
        query = np.asarray(query)
    except ValueError:  # things of different shapes
        raise Unfit(
            f"your function returned {len(query)} things of different shapes; a query is one array."
        ) from None
    if query.dtype.kind not in "iuf":
        raise Unfit("your function should return a query: an array of numbers.")
    if query.shape != (known.shape[1],):
        raise Unfit(
            f"your query has shape {query.shape}; keys of width {known.shape[1]} need a query of "
            f"shape ({known.shape[1]},)."
        )
    return softmax(known @ query.astype(float))


def gives_other_weights(name):
    """Say which weights the query gives, beside those that were wanted."""

    def measure(got, inputs):
        given, wanted = (", ".join(f"{w:.2f}" for w in row) for row in (got, inputs[name]))
        return f"your query gives the weights [{given}]; wanted were [{wanted}]."

    return measure


task(
    name="query_for",
    inputs=query_for_inputs,
    probes={
        "wide": Probe(
            lambda f, i: weights_of(f, i["keys"], i["weights"]),
            "fewer keys than dimensions work",
            2,
            (gives_other_weights("weights"),),
            tolerance=1e-3,
        ),
        "square": Probe(
            lambda f, i: weights_of(f, i["square_keys"], i["square_weights"]),
            "as many keys as dimensions work",
            1,
            (gives_other_weights("square_weights"),),
            tolerance=1e-3,
        ),
        "kinds": Probe(
            lambda f, i: {
                "whole numbers": weights_of(f, i["whole_keys"], i["whole_weights"]),
                "float32 numbers": weights_of(
                    f, i["keys"].astype(np.float32), i["weights"].astype(np.float32)
                ),
                "read-only": weights_of(f, frozen(i["keys"]), frozen(i["weights"])),
                "one key": weights_of(f, i["one_key"], np.ones(1)),
            },
            "integers, float32, read-only arrays and a single key work",
            tolerance=1e-3,
        ),
    },
)
