"""Maths 08: the matrix that moves a position; shuffled rows, products of positions, the cost."""

import math

import numpy as np

from course_lib.exercises.declare import Probe, task
from course_lib.exercises.judge import Unfit
from course_lib.exercises.questions import nans, number, numbers

BASE = 10_000

# position_shift -------------------------------------------------------------------------------


def shift_inputs(rng):
    d_model, other = (2 * int(half) for half in rng.permutation([3, 4, 5, 6])[:2])
    return {
        "offset": int(rng.integers(2, 6)),
        "far": int(rng.integers(50, 400)),
        "d_model": d_model,
        "other": other,
        "places": [int(place) for place in rng.integers(6, 90, size=5)],
    }


def vectors(places, d_model):
    """Return the sinusoidal positions of any places, a row for each: (n, d_model)."""
    angles = np.asarray(places)[:, None] * BASE ** (-np.arange(0, d_model, 2) / d_model)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(len(places), d_model)


def acting(answer, inputs):
    """Let the matrix move five positions, each a column: M @ PE(pos)."""
    d_model = inputs["d_model"]
    m = np.asarray(answer(inputs["offset"], d_model), dtype=float)
    if m.shape != (d_model, d_model):
        raise Unfit(
            f"for d_model = {d_model} a position has {d_model} numbers; your result of shape "
            f"{m.shape} should turn it into another such vector, as M @ p."
        )
    return m @ vectors(inputs["places"], d_model).T


def not_a_turn(got, inputs):
    """Speak where M changes the length of what it moves."""
    if got.ndim == 2 and got.shape[0] == got.shape[1] and np.isfinite(got).all():
        off = np.abs(got @ got.T - np.eye(len(got))).max()
        if off > 1e-3:
            return (
                f"your M Mᵀ differs from the identity by up to {off:.3g}; turning a pair changes "
                "no length."
            )
    return None


task(
    name="position_shift",
    inputs=shift_inputs,
    forbids=("course_lib.positions.position_shift",),
    probes={
        "matrix": Probe(
            lambda f, i: f(i["offset"], i["d_model"]),
            "all numbers stand where they belong",
            2,
            (nans(), not_a_turn),
        ),
        "acts": Probe(
            acting, "M @ PE(pos) is PE(pos + offset), wherever you start", 2, absolute=1e-4
        ),
        "back": Probe(
            lambda f, i: {
                "matrix for an offset below 0": f(-i["offset"], i["d_model"]),
                "matrix for an offset of 0": f(0, i["d_model"]),
            },
            "moving back works, and not moving at all",
        ),
        "sizes": Probe(
            lambda f, i: {
                "matrix for d_model = 2": f(i["offset"], 2),
                "matrix for a far offset": f(i["far"], i["other"]),
                "matrix for an offset of NumPy's integers": f(np.int64(i["offset"]), i["other"]),
            },
            "other widths and far offsets work",
        ),
    },
)

# permuted_row ---------------------------------------------------------------------------------


def permuted_inputs(rng):
    """Draw five rows, and an order in which the asked place lies in no short cycle."""
    while True:
        order, place = rng.permutation(5), int(rng.integers(5))
        inverse = np.argsort(order)
        rows = rng.integers(0, 10, size=(5, 2))
        if len({place, order[place], inverse[place], 4 - place}) == 4 and _all_differ(rows):
            return {
                "order": [int(i) for i in order],
                "place": place,
                "rows": [[float(number) for number in row] for row in rows],
            }


def _all_differ(rows):
    """Say whether no two rows, and no row and the mean of all, are alike."""
    together = np.vstack([rows, rows.mean(axis=0)])
    far = np.abs(together[:, None] - together).max(axis=-1)
    return far[~np.eye(len(together), dtype=bool)].min() > 0.5


def permuted_question(inputs):
    rows = "\n".join(
        f"| {i} | {', '.join(f'{number:g}' for number in row)} |"
        for i, row in enumerate(inputs["rows"])
    )
    moved = ", ".join(str(i) for i in inputs["order"])
    return (
        "Self-attention without positions and without a mask reads five words. It gives\n\n"
        f"| row | of $f(X)$ |\n|---|---|\n{rows}\n\n"
        f"Now the rows of $X$ are put in the order **{moved}**: row 0 of $PX$ is row "
        f"{inputs['order'][0]} of $X$, and so on. What stands in **row {inputs['place']}** of "
        "$f(PX)$? Answer with a list of two numbers, such as `[9, -9]`."
    )


task(
    name="permuted_row",
    inputs=permuted_inputs,
    probes=numbers(2, "each row moved along with its word", within=0.01, points=2),
    question=permuted_question,
)

# position_product -----------------------------------------------------------------------------


def product_inputs(rng):
    """Draw two places whose product tells every slip apart from every other."""
    while True:
        a, distance = int(rng.integers(20, 400)), int(rng.integers(35, 160))
        b = a + distance if rng.random() < 0.5 else a - distance
        inputs = {"a": a, "b": b}
        values = sorted(product_values(inputs).values())
        if b > 0 and min(np.diff(values)) > 0.05:
            return inputs


def product_values(inputs):
    """Return what different ways of counting give, by name; the task doesn't say which is right."""
    a, b, speeds = inputs["a"], inputs["b"], (1, 0.01)
    return {
        "difference": sum(math.cos(w * (a - b)) for w in speeds),
        "sum": sum(math.cos(w * (a + b)) for w in speeds),
        "cosines": sum(math.cos(w * a) * math.cos(w * b) for w in speeds),
        "sines": sum(math.sin(w * a) * math.sin(w * b) for w in speeds),
        "sine": sum(math.sin(w * (a - b)) for w in speeds),
        "degrees": sum(math.cos(math.radians(w * (a - b))) for w in speeds),
        "mean": sum(math.cos(w * (a - b)) for w in speeds) / 2,
        "doubled": sum(math.cos(w * (a - b)) for w in (1, 0.0001)),
        "first": math.cos(a - b),
        "length": 2.0,
    }


task(
    name="position_product",
    inputs=product_inputs,
    probes=number(0.01, "only the distance counts, once for each pair", points=2),
    question=lambda i: (
        "Sinusoidal positions with $d=4$, base 10000: two pairs. What is "
        f"$p({i['a']})\\cdot p({i['b']})$? Work it out with a formula of the lesson and a "
        "calculator (angles in radians). Answer with a number, with two decimals at least, such "
        "as `-9.99`."
    ),
)

# overtakes ------------------------------------------------------------------------------------

task(
    name="overtakes",
    inputs=lambda rng: {
        "d": 4 * int(rng.integers(20, 150)),
        "matrices": int(rng.choice([3, 4])),
    },
    probes=number(0.6, "both parts are counted, with their factors", points=2),
    question=lambda i: (
        f"A layer of self-attention has $d=d_k=d_v={i['d']}$. It has "
        + (
            "$W_Q$, $W_K$ and $W_V$"
            if i["matrices"] == 3
            else "$W_Q$, $W_K$, $W_V$, and a fourth such matrix $W_O$ that every output passes"
        )
        + ". At which length $n$ do the scores and the mixing, together, take as many "
        "multiply-adds as these matrices? Answer with a number."
    ),
)
