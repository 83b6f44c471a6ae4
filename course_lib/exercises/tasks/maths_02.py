"""Maths 02: the Jacobian of softmax, and a gradient passed on without it."""

import numpy as np

from course_lib.exercises import running
from course_lib.exercises.declare import Probe, task
from course_lib.exercises.judge import Unfit
from course_lib.exercises.questions import frozen, nans
from course_lib.softmax import softmax

MANY = 800
SMALL = "with shares of 1e-11"  # what they do is lost in a difference of numbers near 1


def sums_to_zero(what):
    """Measure the sums along the last axis; speak where one is not 0."""

    def measure(got, inputs):
        sums = np.atleast_1d(got.sum(axis=-1))
        off = np.flatnonzero(~(np.abs(sums) < 1e-4))
        if len(off) == 0:
            return None
        row = "" if got.ndim == 1 else f"row {off[0]} of "
        return (
            f"{row}your {what} sums to {sums.ravel()[off[0]]:.3g}; the same number added to all "
            "scores changes no weight, so that sum must be 0."
        )

    return measure


def far_below(rng):
    """Return five scores, of which the last three get shares of about 1e-11."""
    return rng.normal(size=5) / 2 - [0, 0, 24, 25, 26]


def jacobian_inputs(rng):
    return {
        "scores": rng.normal(size=4),
        "far_up": rng.normal(size=3) + 1000,
        "far_down": rng.normal(size=3) - 1000,
        "whole": rng.permutation(np.arange(-2, 3)),
        "far_off": rng.normal(size=4) + 1e11,  # where a nudge of 1e-3 is lost in rounding
        "far_below": far_below(rng),
    }


task(
    name="softmax_jacobian",
    inputs=jacobian_inputs,
    forbids=(
        "torch.autograd.functional.jacobian",
        "torch.func.jacrev",
        "torch.func.jacfwd",
        "torch.autograd.grad",
    ),
    probes={
        "table": Probe(
            lambda f, i: f(i["scores"]),
            "each entry is one derivative",
            1,
            (nans(), sums_to_zero("Jacobian")),
        ),
        "formula": Probe(
            lambda f, i: {
                "around 1e11": f(i["far_off"]),
                SMALL: f(i["far_below"]),
            },
            "it is a formula, no quotient of differences: scores around 10¹¹ work, and shares of "
            "10⁻¹¹",
            1,
            (nans("around 1e11"), nans(SMALL)),
            digits=(SMALL,),
        ),
        "stable": Probe(
            lambda f, i: {"around 1000": f(i["far_up"]), "around -1000": f(i["far_down"])},
            "scores around 1000 and -1000 work",
            1,
            (nans("around 1000"), nans("around -1000")),
        ),
        "kinds": Probe(
            lambda f, i: {
                "whole numbers": f(i["whole"]),
                "float32 numbers": f(i["scores"].astype(np.float32)),
                "read-only": f(frozen(i["scores"])),
                "one score": f(i["scores"][:1]),
            },
            "integers, float32, read-only arrays and a single score work",
            absolute=1e-6,
        ),
    },
)


def vjp_inputs(rng):
    return {
        "weights": softmax(rng.normal(size=5)),
        "grad_weights": rng.normal(size=5) + 1,
        "batch_weights": softmax(rng.normal(size=(2, 3, 4))),
        "batch_grad": rng.normal(size=(2, 3, 4)) + 1,
        "whole_grad": rng.integers(1, 9, size=5),
        "small_weights": softmax(far_below(rng)),
        "many_weights": softmax(rng.normal(size=MANY)),
        "many_grad": rng.normal(size=MANY),
    }


def without_the_table(answer, inputs):
    """Run the answer on many weights; refuse if it took room for anything like the whole table."""
    result, room = running.peak_of(answer, inputs["many_weights"], inputs["many_grad"])
    if room > 8 * MANY * MANY / 5:
        raise Unfit(
            f"for {MANY} weights your function took room for a table of {MANY} × {MANY} numbers."
        )
    return result


def digits_lost(got, inputs):
    """Say what large gradients are there for."""
    return (
        "with a large gradient your result is not right; a quotient of differences loses its "
        "digits there, a formula keeps them."
    )


task(
    name="softmax_vjp",
    inputs=vjp_inputs,
    forbids=("torch.autograd.grad", "torch.autograd.functional.vjp", "torch.func.vjp"),
    probes={
        "one_row": Probe(
            lambda f, i: f(i["weights"], i["grad_weights"]),
            "the gradient passes through one row",
            1,
            (nans(), sums_to_zero("result")),
        ),
        "batch": Probe(
            lambda f, i: f(i["batch_weights"], i["batch_grad"]),
            "each row of a batch has its own mean",
            1,
            (nans(),),
        ),
        "formula": Probe(  # a nudge along a large gradient goes too far, and 1e11 swallows a nudge
            lambda f, i: {
                "entries around 1e12": f(i["weights"].copy(), 1e12 * i["grad_weights"]) / 1e12,
                "entries near 1e11": f(i["weights"].copy(), 1e11 + i["grad_weights"]),
                SMALL: f(i["small_weights"].copy(), i["grad_weights"]),
            },
            "it is a formula, no quotient of differences: large gradients work, and small shares",
            1,
            (digits_lost,),
            absolute=1e-4,
            digits=(SMALL,),
        ),
        "kinds": Probe(
            lambda f, i: {
                "whole numbers": f(i["weights"], i["whole_grad"]),
                "float32 numbers": f(
                    i["weights"].astype(np.float32), i["grad_weights"].astype(np.float32)
                ),
                "read-only": f(frozen(i["weights"]), frozen(i["grad_weights"])),
                "one item": f(np.ones(1), i["grad_weights"][:1]),
            },
            "integers, float32, read-only arrays and a single item work",
            absolute=1e-5,
        ),
        "frugal": Probe(without_the_table, "no n × n table is formed"),
    },
)
