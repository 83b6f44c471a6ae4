"""Code 02: softmax."""

import numpy as np

from course_lib.exercises.declare import Probe, task
from course_lib.exercises.questions import nans, negatives, refusal, row_sums

FORBIDS = (
    "course_lib.softmax.softmax",
    "course_lib.softmax.temperature_softmax",
    "course_lib.attention.attend",
    "scipy.special.softmax",
    "scipy.special.log_softmax",
    "torch.softmax",
    "torch.log_softmax",
    "torch.nn.functional.softmax",
    "torch.nn.functional.log_softmax",
    "torch.Tensor.softmax",
    "torch.Tensor.log_softmax",
    "torch.nn.Softmax",
)
SHARES = (nans(), negatives(what="shares"), row_sums(what="shares"))


def softmax_inputs(rng):
    far_apart = rng.normal(size=(4, 4)) + np.array([[0.0], [1000.0], [-1000.0], [0.0]])
    far_apart[3] += rng.permutation([-2000.0, 0.0, 0.0, 2000.0])  # wide within one row
    return {
        "scores": rng.normal(size=(3, 5)),
        "batch": rng.normal(size=(2, 3, 4)),
        "far_apart": far_apart,
        "whole": rng.permutation(np.arange(-2, 4)),
        "single": rng.normal(size=(3, 1)),
    }


task(
    name="softmax",
    inputs=softmax_inputs,
    forbids=FORBIDS,
    probes={
        "shares": Probe(lambda f, i: f(i["scores"]), "each row becomes shares", 2, SHARES),
        "stable": Probe(
            lambda f, i: f(i["far_apart"]), "rows that are 1000 apart work", 2, (nans(), *SHARES)
        ),
        "axis": Probe(
            lambda f, i: {"axis 0": f(i["scores"], axis=0), "axis 1": f(i["batch"], axis=1)},
            "any axis can be chosen",
        ),
        "batch": Probe(
            lambda f, i: {
                "batch": f(i["batch"]),
                "one item": f(i["single"]),
                "float32": f(i["scores"].astype(np.float32)),
                "integers": f(i["whole"]),
            },
            "batches, one item, float32 and integers work",
        ),
    },
)


def temperature_inputs(rng):
    return {
        "scores": rng.normal(size=(3, 5)),
        "temperature": float(rng.uniform(1.5, 4)),
        "high": rng.permutation([-100.0, 100.0, 200.0, 300.0]) + rng.normal(size=4),
    }


task(
    name="temperature_softmax",
    inputs=temperature_inputs,
    forbids=FORBIDS[1:],
    probes={
        "warm": Probe(
            lambda f, i: f(i["scores"], i["temperature"]), "a high temperature flattens", 2, SHARES
        ),
        "cold": Probe(
            lambda f, i: f(i["scores"], 1 / i["temperature"]), "a low one sharpens", 1, SHARES
        ),
        "high": Probe(
            lambda f, i: f(i["high"], 0.1),
            "scores in the hundreds work when it is cold",
            1,
            (nans(), *SHARES),
        ),
        "refuses": Probe(
            lambda f, i: np.array(
                [
                    refusal(lambda t=t: f(i["scores"], t), "temperature", f"temperature = {t}")
                    for t in (0, -1.0)
                ]
            ),
            "temperature 0 and below raise a ValueError",
            aside=True,
        ),
    },
)
