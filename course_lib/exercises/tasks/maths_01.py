"""Maths 01: projection, and a dot product from three lengths."""

import numpy as np

from course_lib.exercises.declare import Probe, task
from course_lib.exercises.judge import Unfit
from course_lib.exercises.questions import frozen, nans, refusal


def projection_inputs(rng):
    along, aside = np.linalg.qr(rng.normal(size=(5, 2)))[0].T  # two unit vectors at a right angle
    cosine, long, short = rng.uniform(0.3, 0.8), rng.uniform(4, 6), rng.uniform(2, 3)
    whole_b = rng.integers(1, 5, size=4)
    whole_a = rng.integers(1, 5, size=4)
    while not ((whole_a @ whole_b) * whole_b % (whole_b @ whole_b)).any():
        whole_a[0] += 1  # until some entry of the shadow is no whole number
    return {
        "a": long * (cosine * along + np.sqrt(1 - cosine**2) * aside),
        "b": short * along,
        "behind": -short * along,
        "whole_a": whole_a,
        "whole_b": whole_b,
    }


def outside_the_line(got, inputs):
    """Measure what the shadow leaves over: it must stand at a right angle to b."""
    rest = inputs["a"] - got["in front"]
    leaning = float(rest @ inputs["b"])
    if abs(leaning) < 1e-3:
        return None
    return (
        f"a minus your result, times b, is {leaning:.3g}; what a shadow leaves over is at a right "
        "angle to b, so that product is 0."
    )


def apart_from_arrays(answer, inputs):
    """Return how far the shadow of lists is from that of the same arrays: not at all."""
    of_arrays = answer(inputs["a"].copy(), inputs["b"].copy())
    if of_arrays is None:
        return None
    try:
        return np.subtract(answer(inputs["a"].tolist(), inputs["b"].tolist()), of_arrays)
    except Exception:  # whatever a list can't do, in whichever of the steps
        raise Unfit(
            "your function works on arrays, but not on the same numbers in lists, such as [1, 1] "
            "and [0, 3]."
        ) from None


task(
    name="projection",
    inputs=projection_inputs,
    probes={
        "shadow": Probe(
            lambda f, i: {
                "in front": f(i["a"].copy(), i["b"]),
                "b turned round": f(i["a"], i["behind"]),
            },
            "the shadow lies on b's line, also if b points away",
            1,
            (nans("in front"), outside_the_line),
        ),
        "short": Probe(lambda f, i: f(i["a"], 1e-9 * i["b"]), "a short b is no zero vector"),
        "lists": Probe(apart_from_arrays, "lists work as arrays do", absolute=1e-9, aside=True),
        "kinds": Probe(
            lambda f, i: {
                "whole numbers": f(i["whole_a"], i["whole_b"]),
                "float32 numbers": f(i["a"].astype(np.float32), i["b"].astype(np.float32)),
                "read-only": f(frozen(i["a"]), frozen(i["b"])),
                "one entry": f(i["a"][:1], i["b"][:1]),
            },
            "integers, float32, read-only arrays and one dimension work",
        ),
        "zero": Probe(
            lambda f, i: refusal(lambda: f(i["a"], np.zeros(5)), "b", "b = 0"),
            "b = 0 raises a ValueError",
            aside=True,
        ),
    },
)


def lengths_inputs(rng):
    norm_a, norm_b = rng.uniform(1.5, 3), rng.uniform(3.5, 5)
    cosine = rng.uniform(0.2, 0.9)

    def distance(cosine, a=norm_a, b=norm_b):
        return float(np.sqrt(a**2 + b**2 - 2 * a * b * cosine))

    return {
        "norm_a": norm_a,
        "norm_b": norm_b,
        "near": distance(cosine),
        "far": distance(-cosine),
        "unit": distance(cosine, 1, 1),
        "right_angle": float(np.hypot(norm_a, norm_b)),
    }


task(
    name="dot_from_distances",
    inputs=lengths_inputs,
    probes={
        "near": Probe(
            lambda f, i: f(i["norm_a"], i["norm_b"], i["near"]),
            "an acute angle works",
        ),
        "far": Probe(
            lambda f, i: f(i["norm_a"], i["norm_b"], i["far"]), "the product can be negative"
        ),
        "special": Probe(
            lambda f, i: {
                "unit vectors": f(1.0, 1.0, i["unit"]),
                "a right angle": f(i["norm_a"], i["norm_b"], i["right_angle"]),
                "whole numbers": f(3, 4, 6),
                "a zero vector": f(0.0, i["norm_b"], i["norm_b"]),
            },
            "unit vectors, right angles, whole numbers and the zero vector work",
            tolerance=1e-4,
            absolute=1e-9,
        ),
    },
)
