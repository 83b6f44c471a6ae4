"""Code 04: scaled scores, a wrong root to find, a lookup to put in order."""

import numpy as np

from course_lib.exercises import ordering
from course_lib.exercises.declare import Probe, task
from course_lib.exercises.judge import Unfit
from course_lib.exercises.questions import nans, pair, row_sums, shares
from course_lib.exercises.shortcuts import ATTENDS, FUSED, SOFTMAXES
from course_lib.softmax import softmax

WEIGHTS = shares()
NARROW, WIDE = 4, 256


def scored_inputs(rng):
    return {
        # entries of -1 and 1: a query of exactly the length √d_k, so that the spread is about 1
        "narrow_query": rng.choice([-1.0, 1.0], size=NARROW),
        "narrow_keys": rng.normal(size=(300, NARROW)),
        "wide_query": rng.choice([-1.0, 1.0], size=WIDE),
        "wide_keys": rng.normal(size=(300, WIDE)),
        "query": rng.normal(size=3),
        "keys": rng.normal(size=(5, 3)),
        "whole_query": rng.permutation(np.arange(1, 7))[:3],
        "whole_keys": rng.permutation(np.arange(-9, 10))[:6].reshape(2, 3),
    }


def spread(got, inputs):
    """Measure the spread at both widths; speak where it is not about 1."""
    widths = {"narrow": NARROW, "wide": WIDE}
    measured = {width: float(np.std(got[name])) for name, width in widths.items()}
    if all(0.8 < spread < 1.25 for spread in measured.values()):
        return None
    told = " and ".join(f"{spread:.3g} for d_k = {width}" for width, spread in measured.items())
    return f"300 random keys were scored: the spread of your scores is {told}."


task(
    name="scaled_scores",
    inputs=scored_inputs,
    forbids=ATTENDS + FUSED,
    probes={
        "widths": Probe(
            lambda f, i: {w: f(i[f"{w}_query"], i[f"{w}_keys"]) for w in ("narrow", "wide")},
            "the spread is the same for narrow and for wide keys",
            2,
            (nans("narrow"), nans("wide"), spread),
        ),
        "scores": Probe(lambda f, i: f(i["query"], i["keys"]), "each key gets its scaled score", 2),
        "kinds": Probe(
            lambda f, i: {
                "integers": f(i["whole_query"], i["whole_keys"]),
                "one key": f(i["query"], i["keys"][:1]),
                "float32": f(i["query"].astype(np.float32), i["keys"].astype(np.float32)),
            },
            "integers, a single key and float32 work",
        ),
    },
)


def crowd_inputs(rng):
    query, keys = rng.normal(size=3), rng.normal(size=(2, 3))
    keys[1] = keys[0] + query / (query @ query) * rng.uniform(1, 2)  # 1 to 2 steps better
    aside = rng.normal(size=(13, 3))
    scores = keys @ query
    hopeless = aside + np.outer(scores.min() - 40 - aside @ query, query) / (query @ query)
    return {
        "query": query,
        "keys": keys,
        "crowd": np.concatenate([keys, hopeless]),  # 13 more items, 40 steps below
        "many_query": rng.normal(size=6),
        "many_keys": rng.normal(size=(4, 6)),
    }


def company(got, inputs):
    """Measure how the first two items compare with each other, with and without the crowd."""
    alone, crowd = (shares[1] / shares[0] for shares in (got["two items"], got["fifteen"]))
    if not np.isfinite([alone, crowd]).all() or abs(alone - crowd) < 0.01 * alone:
        return None
    return (
        f"the weight of item 1 is {alone:.2f} times that of item 0 when they are alone, and "
        f"{crowd:.2f} times when 13 hopeless items join them."
    )


task(
    name="bug_04_crowd",
    inputs=crowd_inputs,
    forbids=ATTENDS + FUSED + SOFTMAXES,
    probes={
        "crowd": Probe(
            lambda f, i: {
                "two items": f(i["query"], i["keys"]),
                "fifteen": f(i["query"], i["crowd"]),
            },
            "two items compare as before when hopeless ones join them",
            2,
            (*shares("two items", "fifteen"), company),
        ),
        "weights": Probe(
            lambda f, i: f(i["many_query"], i["many_keys"]), "the weights are right", 1, WEIGHTS
        ),
    },
)

LINES = ordering.Lines(
    "lookup(query, keys, values)",
    right=(
        "scores = keys @ query",
        "width = len(query)",
        "scores = scores / np.sqrt(width)",
        "weights = softmax(scores)",
        "return weights @ values, weights",
    ),
    spare=("weights = weights / np.sqrt(width)",),
)


def order_inputs(rng):
    return {
        "lines": LINES.mixed(rng),
        "query": rng.normal(size=3) * 1.5,
        "keys": rng.normal(size=(5, 3)),
        "values": rng.normal(size=(5, 4)) * 10,
    }


def run_order(make, inputs):
    lookup = make(np=np, softmax=softmax)
    output, weights = pair(lookup(inputs["query"], inputs["keys"], inputs["values"]))
    if np.shape(weights) != (5,) or np.shape(output) != (4,):
        raise Unfit(
            f"in this order the output has shape {np.shape(output)} and the weights "
            f"{np.shape(weights)}; with five items and values of width 4 they should be (4,), (5,)."
        )
    return {"weights": weights, "output": output}


def measured_order(got, inputs):
    """Say what was measured: row sums first, then the largest weight."""
    if said := row_sums("weights")(got, inputs):
        return f"in this order {said}"
    return (
        f"in this order the largest weight is {got['weights'].max():.3f}, "
        "and that is not what scaled scores give."
    )


ordering.task(
    LINES,
    name="order_04_lookup",
    inputs=order_inputs,
    question=(
        "Attention for one query, scaled. Which five of these six lines make it, and in which "
        'order? Answer with their letters, such as `"a b c d e"`.'
    ),
    run=run_order,
    holds="the lines in this order are a scaled lookup",
    symptom=measured_order,
)
