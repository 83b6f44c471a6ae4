"""Code 05: two masks, attention for any number of queries, a leak to find, lines to order."""

import numpy as np

from course_lib.exercises import ordering
from course_lib.exercises.declare import Probe, task
from course_lib.exercises.judge import Unfit
from course_lib.exercises.questions import by_case, nans, pair, row_sums, shares
from course_lib.exercises.shortcuts import ATTENDS, FUSED, SOFTMAXES
from course_lib.softmax import softmax

# causal_mask ---------------------------------------------------------------------------------


def first_row(got, inputs):
    """Say what the first item may look at, if that is not itself alone."""
    first = np.flatnonzero(got[0] > 0).tolist() if got.dtype != bool else np.flatnonzero(got[0])
    if list(first) == [0]:
        return None
    seen = "nothing at all" if len(first) == 0 else f"key {', '.join(map(str, first))}"
    return f"in your mask for {inputs['n']} items, query 0 may look at {seen}."


task(
    name="causal_mask",
    inputs=lambda rng: {"n": int(rng.integers(4, 8))},
    forbids=("course_lib.masks.causal_mask",),
    probes={
        "mask": Probe(
            lambda f, i: f(i["n"]), "each item sees itself and what came before", 2, (first_row,)
        ),
        "one": Probe(lambda f, i: f(1), "a single item sees itself", aside=True),
    },
)

# padding_mask --------------------------------------------------------------------------------


def padding_inputs(rng):
    n_keys = int(rng.integers(5, 8))
    return {
        "lengths": rng.permutation([1, n_keys, int(rng.integers(2, n_keys - 1))]),
        "n_keys": n_keys,
    }


def real_keys(got, inputs):
    """Count the keys that may be looked at, and speak where the number is not the length."""
    for b, length in enumerate(inputs["lengths"]):
        seen = int((got[b] > 0).sum())
        if seen != length:
            return f"sentence {b} has length {length}; your mask lets {seen} keys be seen there."
    return None


task(
    name="padding_mask",
    inputs=padding_inputs,
    forbids=("course_lib.masks.padding_mask",),
    probes={
        "mask": Probe(
            lambda f, i: f(i["lengths"], i["n_keys"]), "the real keys are True", 2, (real_keys,)
        ),
        "full": Probe(
            lambda f, i: f(np.array([i["n_keys"]] * 2), i["n_keys"]),
            "full sentences hide nothing",
            aside=True,
        ),
    },
)

# attention -----------------------------------------------------------------------------------


def attention_inputs(rng):
    q, k = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(2, 3, 6, 5))
    mask = rng.random((2, 3, 4, 6)) < 0.6
    mask[..., 0], mask[..., 5] = True, False  # each query sees the first key, none the last
    key_mask = np.arange(6) < rng.permutation([2, 4, 5])[:, None, None]
    square_mask = rng.random((5, 5)) < 0.5
    for at in range(5):  # in each row and each column, one at least is visible and one hidden
        square_mask[at, at], square_mask[at, (at + 1) % 5] = True, False
        square_mask[(at + 1) % 5, at] = True
    q_far = np.abs(q[0, 0]) + 0.5  # all positive
    k_loud, k_quiet = k[0, 0].copy(), k[0, 0] - 2000
    k_loud[5] = 2000  # the hidden key has a score in the thousands
    k_quiet[5] = 0  # all others have one far below zero
    return {
        "q": q,
        "k": k,
        "v": rng.normal(size=(2, 3, 6, 7)) * 10,
        "mask": mask,
        "key_mask": key_mask,  # (3, 1, 6)
        "square_q": rng.normal(size=(5, 3)),
        "square_k": rng.normal(size=(5, 3)),
        "square_v": rng.normal(size=(5, 4)) * 10,
        "square_mask": square_mask,
        "q_far": q_far,
        "k_loud": k_loud,
        "k_quiet": k_quiet,
        "whole_q": rng.permutation(np.arange(-3, 3)).reshape(2, 3),
        "whole_k": rng.permutation(np.arange(-4, 5)).reshape(3, 3),
        "whole_v": rng.permutation(np.arange(-9, 10))[:12].reshape(3, 4),
    }


def both(f, *arrays):
    try:
        result = f(*arrays)
    except ValueError as error:  # `if mask:` is a mistake of its own, with a hint of its own
        if "truth value" in str(error):
            raise Unfit(f"it raised ValueError: {error}") from error
        raise
    output, weights = pair(result)
    return {"weights": weights, "output": output}


def one(i, *names):
    """The arrays of one sentence."""
    return [i[name][0, 0] for name in names]


def leak(mask, name="weights"):
    """Measure the weight that a hidden key keeps."""

    def measure(got, inputs):
        weights = np.where(mask(inputs), 0, got[name])
        if not np.isfinite(weights).all() or weights.max() < 1e-6:
            return None
        row, column = np.unravel_index(weights.argmax(), weights.shape)
        largest = weights.max()
        return f"query {row} may not look at key {column}, and gives it a weight of {largest:.2g}."

    return measure


def first_mask(inputs):
    return inputs["mask"][0, 0]


WEIGHTS = shares("weights")

task(
    name="attention",
    inputs=attention_inputs,
    forbids=ATTENDS + SOFTMAXES + FUSED,
    probes={
        "plain": Probe(
            lambda f, i: both(f, *one(i, "q", "k", "v")),
            "every query gets its scaled weights and its output",
            2,
            WEIGHTS,
        ),
        "square": Probe(
            lambda f, i: both(f, *(i[f"square_{name}"] for name in ("q", "k", "v", "mask"))),
            "the mask's rows are queries, its columns keys",
            1,
            (nans("weights"), leak(lambda i: i["square_mask"]), *WEIGHTS),
        ),
        "mask": Probe(
            lambda f, i: both(f, *one(i, "q", "k", "v", "mask")),
            "a mask hides what is False",
            1,
            (nans("weights"), leak(first_mask), *WEIGHTS),
        ),
        "batch": Probe(
            lambda f, i: both(f, i["q"][0], i["k"][0], i["v"][0], i["key_mask"]),
            "a batch works, with a mask for all queries of a sentence",
            1,
            WEIGHTS,
        ),
        "axes": Probe(
            lambda f, i: both(f, i["q"], i["k"], i["v"], i["mask"]),
            "any leading axes work",
            1,
            WEIGHTS,
        ),
        "far": Probe(
            lambda f, i: by_case(
                {
                    "loud": both(f, i["q_far"].copy(), i["k_loud"], *one(i, "v", "mask")),
                    "quiet": both(f, i["q_far"], i["k_quiet"], *one(i, "v", "mask")),
                }
            ),
            "scores in the thousands work, hidden or not",
            1,
            tuple(
                measure
                for case in ("weights of loud", "weights of quiet")
                for measure in (nans(case), leak(first_mask, case), row_sums(case))
            ),
        ),
        "kinds": Probe(
            lambda f, i: by_case(
                {
                    "integers": both(f, i["whole_q"], i["whole_k"], i["whole_v"]),
                    "one key": both(f, i["q"][0, 0], i["k"][0, 0, :1], i["v"][0, 0, :1]),
                    "float32": both(
                        f, *(a.astype(np.float32) for a in one(i, "q", "k", "v")), i["mask"][0, 0]
                    ),
                }
            ),
            "integers, a single key and float32 work",
        ),
    },
)

# bug_05_padding ------------------------------------------------------------------------------


def bug_inputs(rng):
    return {
        "q": rng.normal(size=(3, 3, 5)),  # as many sentences as queries: the bug is silent
        "k": rng.normal(size=(3, 6, 5)),
        "v": rng.normal(size=(3, 6, 4)) * 10,
        "lengths": rng.permutation([1, 3, 5]),
        "wide_q": rng.normal(size=(3, 4, 5)),
        "wide_k": rng.normal(size=(3, 7, 5)),
        "wide_v": rng.normal(size=(3, 7, 4)) * 10,
        "wide_lengths": rng.permutation([2, 4, 5]),
    }


def padding_seen(got, inputs):
    """Measure the share of padding in each sentence's rows."""
    for b, length in enumerate(inputs["lengths"]):
        share = got["weights"][b, :, length:].sum(axis=-1)
        if len(share) and np.isfinite(share).all() and share.max() > 1e-6:
            row = int(share.argmax())
            much = f"{share[row]:.0%}" if share[row] > 0.005 else "a little"
            return (
                f"sentence {b} has length {length}, and its query {row} gives "
                f"{much} of its attention to padding."
            )
    return None


task(
    name="bug_05_padding",
    inputs=bug_inputs,
    forbids=(*ATTENDS, *SOFTMAXES, *FUSED, "course_lib.masks.padding_mask"),
    probes={
        "square": Probe(
            lambda f, i: both(f, i["q"], i["k"], i["v"], i["lengths"]),
            "nobody looks at padding, with as many sentences as queries",
            2,
            (nans("weights"), padding_seen, *WEIGHTS),
        ),
        "wide": Probe(
            lambda f, i: both(f, i["wide_q"], i["wide_k"], i["wide_v"], i["wide_lengths"]),
            "it works when all sizes are different",
        ),
    },
)

# order_05_attention --------------------------------------------------------------------------

LINES = ordering.Lines(
    "attention(q, k, v, mask)",
    right=(
        "scores = q @ np.swapaxes(k, -1, -2)",
        "scores = scores / np.sqrt(k.shape[-1])",
        "scores = np.where(mask, scores, -np.inf)",
        "weights = softmax(scores)",
        "return weights @ v, weights",
    ),
    spare=("weights = np.where(mask, weights, 0)",),
)


def order_inputs(rng):
    mask = np.tri(4, 6, k=2, dtype=bool)[:, rng.permutation(6)]
    return {
        "lines": LINES.mixed(rng),
        "q": rng.normal(size=(2, 4, 5)),
        "k": rng.normal(size=(2, 6, 5)),
        "v": rng.normal(size=(2, 6, 3)) * 10,
        "mask": mask,
    }


def run_order(make, inputs):
    attention = make(np=np, softmax=softmax)
    output, weights = pair(attention(*(inputs[name] for name in ("q", "k", "v", "mask"))))
    if np.shape(weights) != (2, 4, 6) or np.shape(output) != (2, 4, 3):
        raise Unfit(
            f"in this order the output has shape {np.shape(output)} and the weights "
            f"{np.shape(weights)}; they should be (2, 4, 3) and (2, 4, 6)."
        )
    return {"weights": weights, "output": output}


def measured_order(got, inputs):
    """Say what was measured: row sums, then the weight of hidden keys, then the largest one."""
    if said := row_sums("weights")(got, inputs):
        return f"in this order {said}"
    hidden = np.where(inputs["mask"], 0, got["weights"]).sum(axis=-1).max()
    if hidden > 1e-6:
        return f"in this order a query gives {hidden:.0%} of its attention to hidden keys."
    return (
        f"in this order the largest weight is {got['weights'].max():.3f}, "
        "and that is not what scaled scores give."
    )


ordering.task(
    LINES,
    name="order_05_attention",
    inputs=order_inputs,
    question=(
        "Attention with a mask. Which five of these six lines make it, and in which order? Answer "
        'with their letters, such as `"a b c d e"`.'
    ),
    run=run_order,
    holds="the lines in this order are attention with a mask",
    symptom=measured_order,
)
