"""Maths 06: the way back through attention."""

import numpy as np

from course_lib.exercises.declare import Probe, task
from course_lib.exercises.judge import Unfit
from course_lib.exercises.questions import by_case, frozen, nans

NAMES = ("grad_q", "grad_k", "grad_v")
SMALL = "grad_k with shares of 1e-11"


def case(rng, n_q, n_k, d_k, d_v):
    """Return (q, k, v, grad_output); the scaled scores have a spread of about 1."""
    shapes = ((n_q, d_k), (n_k, d_k), (n_k, d_v), (n_q, d_v))
    q, k, v, grad_output = (rng.normal(size=shape) for shape in shapes)
    return q, k, v + 1, grad_output + 0.5


def different_sizes(rng):
    """Return n_q, n_k, d_k and d_v, all different."""
    return (int(size) for size in rng.permutation([2, 3, 5, 6, 7])[:4])


def vjp_inputs(rng):
    q, k, v, grad_output = case(rng, *different_sizes(rng))
    shift = rng.normal(size=q.shape[1])
    products = q @ shift / np.sqrt(q.shape[1])
    cases = {
        "different": (q, k, v, grad_output),
        "square": case(rng, *[int(rng.choice([3, 5]))] * 4),
        "whole": [rng.integers(-2, 3, size=size) for size in ((3, 2), (5, 2), (5, 6), (3, 6))],
    }
    inputs = {f"{name}_{part}": t for name, four in cases.items() for part, t in zip("qkvg", four)}
    q, k, v, grad_output = case(rng, 1, 5, 3, 2)
    k[2:] -= 25 * np.sqrt(3) * q / (q @ q.T)  # three scores fall by 25: shares of about 1e-11
    inputs |= {f"far_{part}": t for part, t in zip("qkvg", (q, k, v, grad_output))}
    # added to all keys: the scores of one query rise by 1000, those of the others by other numbers
    return inputs | {"shift": shift * 1000 / products[np.abs(products).argmax()]}


def tables(inputs, name):
    """Return q, k, v and grad_output of one case."""
    return tuple(inputs[f"{name}_{part}"] for part in "qkvg")


def three(result):
    """Return the three gradients by name, or say that something else came."""
    if result is None:
        raise Unfit("your function returned None. Is there a `return` at its end?")
    if not isinstance(result, (tuple, list)) or len(result) != len(NAMES):
        came = len(result) if isinstance(result, (tuple, list)) else "one"
        raise Unfit(
            f"your function should return three things, ({', '.join(NAMES)}); it returned {came}."
        )
    return dict(zip(NAMES, result))


def back(answer, q, k, v, grad_output):
    return three(answer(q, k, v, grad_output))


def only(name):
    """Judge one of the three. Its number of axes beside it makes the reply say which one it is."""

    def run(answer, inputs):
        table = back(answer, *tables(inputs, "different"))[name]
        return {name: table, f"axes of {name}": np.ndim(table)}

    return run


def shifted(answer, inputs):
    """Run the answer with the same vector added to all keys: rows of scores 1000 apart."""
    q, k, v, grad_output = tables(inputs, "different")
    return back(answer, q, k + inputs["shift"], v, grad_output)


def raised(answer, inputs):
    """Add 10¹⁰ to all values. What queries and keys get stays; differences lose it in rounding.

    They lose what keys with shares of 10⁻¹¹ get as well.
    """
    q, k, v, grad_output = tables(inputs, "different")
    got = back(answer, q, k, v + 1e10, grad_output)
    far = back(answer, *tables(inputs, "far"))["grad_k"]
    return {name: got[name] for name in ("grad_q", "grad_k")} | {SMALL: far}


def kinds(answer, inputs):
    q, k, v, grad_output = whole = tables(inputs, "whole")
    cases = {
        "integers": whole,
        "float32": [t.astype(np.float32) for t in tables(inputs, "different")],
        "read-only": [frozen(t) for t in tables(inputs, "different")],
        "one query": (q[:1], k, v, grad_output[:1]),
        "one key": (q, k[:1], v[:1], grad_output),
    }
    return by_case({kind: back(answer, *given) for kind, given in cases.items()})


task(
    name="attention_vjp",
    inputs=vjp_inputs,
    forbids=(
        "course_lib.backward.attend_vjp",
        "torch.autograd.grad",
        "torch.autograd.backward",
        "torch.autograd.functional.vjp",
        "torch.func.vjp",
        "torch.func.grad",
    ),
    probes={
        "queries": Probe(only("grad_q"), "the queries get their gradient", 1, (nans("grad_q"),)),
        "keys": Probe(only("grad_k"), "the keys get theirs", 2, (nans("grad_k"),)),
        "values": Probe(only("grad_v"), "the values get theirs", 1, (nans("grad_v"),)),
        "square": Probe(
            lambda f, i: back(f, *tables(i, "square")),
            "as many queries as keys, and all widths the same, work too",
            1,
            tuple(nans(name) for name in NAMES),
        ),
        "stable": Probe(
            shifted,
            "rows of scores that lie 1000 apart work",
            1,
            tuple(nans(name) for name in NAMES),
        ),
        "formula": Probe(
            raised,
            "it is a formula, no differences: 10¹⁰ added to the values moves no query and no key, "
            "and keys with shares of 10⁻¹¹ get theirs",
            1,
            tuple(nans(name) for name in ("grad_q", "grad_k", SMALL)),
            tolerance=1.5e-4,
            digits=(SMALL,),
        ),
        "kinds": Probe(
            kinds,
            "integers, float32, read-only arrays, a single query and a single key work",
            1,
            absolute=1e-4,
        ),
    },
)
