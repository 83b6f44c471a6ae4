"""Code 01: dot product, cosine similarity, the most similar items."""

import numpy as np

from course_lib.exercises.declare import Probe, task
from course_lib.exercises.judge import Unfit
from course_lib.exercises.questions import nans


def dot_inputs(rng):
    return {
        "a": rng.normal(size=5),
        "b": rng.normal(size=5),
        "whole_a": rng.integers(1, 4, size=4),
        "whole_b": np.array([*rng.integers(-5, -1, size=3), 1]),  # the dot product is negative
    }


def one_number(answer, inputs):
    """Ask for one number, whatever it is."""
    result = answer(inputs["a"], inputs["b"])
    if result is None:
        return None
    if np.shape(result) != ():
        raise Unfit(
            f"your function returned an array of shape {np.shape(result)}; one number was due."
        )
    return np.array(True)


task(
    name="dot",
    inputs=dot_inputs,
    forbids=("course_lib.similarity.dot",),
    probes={
        "number": Probe(one_number, "one number comes back", aside=True),
        "sum": Probe(lambda f, i: f(i["a"], i["b"]), "the products are summed"),
        "whole": Probe(
            lambda f, i: f(i["whole_a"], i["whole_b"]), "integers and negative numbers work"
        ),
    },
)


def beyond_one(got, inputs):
    """Measure a cosine that is none."""
    off = np.argwhere(np.abs(np.atleast_1d(got)) > 1 + 1e-3)
    if len(off) == 0:
        return None
    at = tuple(int(i) for i in off[0])
    return f"entry {at} of your result is {got[at]:.5g}; a cosine lies between -1 and 1."


def cosine_inputs(rng):
    lengths = rng.uniform(2, 9, size=(4, 1))
    keys = rng.normal(size=(4, 5))
    with_zero = keys.copy()
    with_zero[rng.integers(4)] = 0
    return {
        "queries": rng.normal(size=(3, 5)),
        "keys": keys * lengths,
        "square_queries": rng.normal(size=(4, 4)),
        "square_keys": rng.normal(size=(4, 4)) * lengths,
        "with_zero": with_zero,
        "whole": rng.permutation(np.arange(-5, 5)).reshape(2, 5),
    }


task(
    name="cosine_similarity",
    inputs=cosine_inputs,
    forbids=(
        "course_lib.similarity.cosine_similarity",
        "torch.cosine_similarity",
        "torch.nn.functional.cosine_similarity",
        "torch.nn.CosineSimilarity",
        "sklearn.metrics.pairwise.cosine_similarity",
        "sentence_transformers.util.cos_sim",
        "scipy.spatial.distance.cosine",
        "scipy.spatial.distance.cdist",
    ),
    probes={
        "table": Probe(
            lambda f, i: f(i["queries"], i["keys"]),
            "each entry compares one query with one key",
            2,
            (nans(), beyond_one),
        ),
        "square": Probe(
            lambda f, i: f(i["square_queries"], i["square_keys"]),
            "square tables work",
            1,
            (nans(), beyond_one),
        ),
        "zero": Probe(
            lambda f, i: f(i["queries"], i["with_zero"]),
            "a zero vector is similar to nothing",
            1,
            (nans(), beyond_one),
        ),
        "kinds": Probe(
            lambda f, i: {
                "integers": f(i["queries"], i["whole"]),
                "float32": f(i["queries"].astype(np.float32), i["keys"].astype(np.float32)),
                "integer queries": f(i["whole"], i["keys"]),
                "one query": f(i["queries"][:1], i["keys"]),
            },
            "integers, float32 and a single query work",
        ),
    },
)


def most_similar_inputs(rng):
    query = rng.normal(size=3) + 2
    sideways = np.cross(query, rng.normal(size=3))
    keys = rng.normal(size=(7, 3))
    keys[0] = 3 * query + 2 * sideways  # long, but elsewhere
    keys[1] = query / 2  # the very direction, but short
    keys[2] = -4 * query  # opposite
    whole = rng.integers(1, 4, size=3)
    return {
        "query": query,
        "keys": rng.permutation(keys),
        "k": int(rng.integers(3, 6)),
        "whole_query": whole,
        "tied_keys": rng.integers(-1, 2, size=(60, 3)),  # too many for a sort that is not stable
    }


def ties(answer, inputs):
    """Rank many keys with few different scores; say what becomes of equal ones."""
    query, keys = inputs["whole_query"], inputs["tied_keys"]
    order = answer(query, keys, len(keys))
    if order is None:
        return None
    order = np.asarray(order)
    if order.shape != (len(keys),) or set(order.tolist()) != set(range(len(keys))):
        raise Unfit(f"for k = n = {len(keys)}, each index is due once; that is not what came back.")
    order = order.astype(int)
    scores = (keys @ query)[order]
    steps = np.diff(order)[np.diff(scores) == 0]
    return {
        "list of scores": scores,
        "equal scores in their order": np.array((steps > 0).all()),
        "equal scores turned round": np.array((steps < 0).all()),
    }


def out_of_order(got, inputs):
    """Speak where the ranking is right but for equal scores."""
    if (np.diff(got["list of scores"]) > 0).any() or got["equal scores in their order"]:
        return None
    return "of two keys with equal scores, the one with the higher index came first."


task(
    name="most_similar",
    inputs=most_similar_inputs,
    forbids=("course_lib.similarity.most_similar",),
    probes={
        "best": Probe(lambda f, i: f(i["query"], i["keys"], i["k"]), "the best k, best first", 2),
        "ends": Probe(
            lambda f, i: {
                "k = 1": f(i["query"], i["keys"], 1),
                "k = n": f(i["query"], i["keys"], len(i["keys"])),
            },
            "k = 1 and k = n work",
        ),
        "ties": Probe(ties, "of two equal scores, the lower index comes first", 1, (out_of_order,)),
    },
)
