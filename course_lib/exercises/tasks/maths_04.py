"""Maths 04: the variance of a dot product, where means and variances may be any."""

import numpy as np

from course_lib.exercises.declare import Probe, task


def below_zero(got, inputs):
    """Speak where a variance is negative."""
    if np.ndim(got) == 0 and got < -1e-9:
        return f"your variance is {float(got):.3g}; a variance is a mean of squares, never below 0."
    return None


def variance_inputs(rng):
    def away_from_one():
        return float(rng.choice([rng.uniform(0.3, 0.7), rng.uniform(1.5, 3)]))

    return {
        "d_k": int(rng.integers(5, 40)),
        "mean_q": float(rng.uniform(0.5, 0.9)),
        "var_q": away_from_one(),
        "mean_k": float(rng.uniform(-2.5, -1.3)),
        "var_k": away_from_one(),
        "whole": [int(n) for n in rng.permutation([2, 3, 4, 5])],
    }


task(
    name="dot_variance",
    inputs=variance_inputs,
    probes={
        "centred": Probe(
            lambda f, i: f(i["d_k"], 0.0, i["var_q"], 0.0, i["var_k"]),
            "entries of mean 0 work",
        ),
        "shifted": Probe(
            lambda f, i: f(i["d_k"], i["mean_q"], i["var_q"], i["mean_k"], i["var_k"]),
            "shifted entries work",
            2,
            (below_zero,),
        ),
        "special": Probe(
            lambda f, i: {
                "one entry": f(1, i["mean_q"], i["var_q"], i["mean_k"], i["var_k"]),
                "a query that never changes": f(i["d_k"], i["mean_q"], 0.0, 0.0, i["var_k"]),
                "keys that never change": f(i["d_k"], 0.0, i["var_q"], i["mean_k"], 0.0),
                "nothing random": f(i["d_k"], i["mean_q"], 0.0, i["mean_k"], 0.0),
                "whole numbers": f(i["d_k"], *i["whole"]),
            },
            "one entry, constant queries or keys, and whole numbers work",
            1,
            tolerance=1e-4,
            absolute=1e-9,
        ),
    },
)
