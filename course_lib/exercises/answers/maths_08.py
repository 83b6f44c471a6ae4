"""Maths 08: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.declare import Answers
from course_lib.exercises.tasks.maths_08 import BASE, product_values

# position_shift -------------------------------------------------------------------------------


def paired(d_model):
    return BASE ** (-np.arange(0, d_model, 2) / d_model)  # (d_model / 2,)


def turn(cos, sin):
    return [[cos, sin], [-sin, cos]]


def pairs_of(*, speeds=paired, block=turn, moved=lambda offset: offset):
    """Return position_shift with one of its parts replaced."""

    def position_shift(offset, d_model):
        m = np.zeros((d_model, d_model))
        for i, angle in enumerate(moved(offset) * speeds(d_model)):
            m[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] = block(np.cos(angle), np.sin(angle))
        return m

    return position_shift


def by_diagonals(offset, d_model):
    angles = np.repeat(offset / 10000 ** (2 * np.arange(d_model // 2) / d_model), 2)
    beside = np.where(np.arange(d_model - 1) % 2 == 0, np.sin(angles[:-1]), 0)
    return np.diag(np.cos(angles)) + np.diag(beside, 1) - np.diag(beside, -1)


def by_steps(offset, d_model):
    """One step, taken as often as it is needed; backwards is the transpose."""
    angles = paired(d_model)
    even = np.arange(0, d_model, 2)
    one = np.zeros((d_model, d_model))
    one[even, even] = one[even + 1, even + 1] = np.cos(angles)
    one[even, even + 1] = np.sin(angles)
    one[even + 1, even] = -np.sin(angles)
    steps = np.linalg.matrix_power(one, abs(int(offset)))
    return steps if offset >= 0 else steps.T


def by_complex_numbers(offset, d_model):
    """Apply what exp(-i angle) does to the numbers sin + i cos, to each unit vector."""
    units = np.eye(d_model).reshape(d_model, d_model // 2, 2)
    turned = (units[..., 0] + 1j * units[..., 1]) * np.exp(-1j * offset * paired(d_model))
    return np.stack([turned.real, turned.imag], axis=-1).reshape(d_model, d_model).T


def halves(sign):
    """All sines first, then all cosines: four diagonals."""

    def position_shift(offset, d_model):
        cos, sin = (np.diag(g(offset * paired(d_model))) for g in (np.cos, np.sin))
        return np.block([[cos, sign * sin], [-sign * sin, cos]])

    return position_shift


def own_speeds(factor):
    """Each column turns at a speed of its own, also within a pair."""

    def position_shift(offset, d_model):
        angles = offset * BASE ** (-factor * np.arange(d_model) / d_model)
        m = np.diag(np.cos(angles))
        for i in range(0, d_model, 2):
            m[i, i + 1], m[i + 1, i] = np.sin(angles[i]), -np.sin(angles[i + 1])
        return m

    return position_shift


def times_one_step(offset, d_model):
    return offset * pairs_of()(1, d_model)


# permuted_row ---------------------------------------------------------------------------------


def row_moved(inputs):
    return inputs["rows"][inputs["order"][inputs["place"]]]


def by_matrix(inputs):
    p = np.eye(5)[inputs["order"]]
    return (p @ np.array(inputs["rows"]))[inputs["place"]]


# position_product, overtakes ------------------------------------------------------------------


def counted(name):
    return lambda inputs: product_values(inputs)[name]


def by_vectors(inputs):
    a, b = (
        np.array([np.sin(n), np.cos(n), np.sin(n / 100), np.cos(n / 100)])
        for n in (inputs["a"], inputs["b"])
    )
    return round(float(a @ b), 4)


def by_shift(inputs):
    start = np.array([0.0, 1, 0, 1])
    return float(start @ pairs_of()(inputs["b"] - inputs["a"], 4) @ start)


def crossing(inputs):
    return inputs["matrices"] * inputs["d"] / 2


ANSWERS = {
    "position_shift": Answers(
        reference=pairs_of(),
        also_right=(by_diagonals, by_steps, by_complex_numbers),
        wrong={
            "turned-the-wrong-way": pairs_of(block=lambda cos, sin: [[cos, -sin], [sin, cos]]),
            "offset-without-its-sign": pairs_of(moved=abs),
            "all-sines-first": halves(1),
            "all-sines-first-and-the-wrong-way": halves(-1),
            "exponent-doubled": pairs_of(speeds=lambda d: BASE ** (-2 * np.arange(0, d, 2) / d)),
            "exponent-halved": pairs_of(speeds=lambda d: BASE ** (-np.arange(d // 2) / d)),
            "two-speeds-in-a-pair": own_speeds(1),
            "two-speeds-in-a-pair-and-doubled": own_speeds(2),
            "speeds-that-grow": pairs_of(speeds=lambda d: 1 / paired(d)),
            "one-speed-for-all": pairs_of(speeds=lambda d: np.ones(d // 2)),
            "always-one-step": pairs_of(moved=lambda offset: 1),
            "one-step-times-the-offset": times_one_step,
            "mirror": pairs_of(block=lambda cos, sin: [[cos, sin], [sin, -cos]]),
            "no-minus": pairs_of(block=lambda cos, sin: [[cos, sin], [sin, cos]]),
            "only-the-diagonal": pairs_of(block=lambda cos, sin: [[cos, 0], [0, cos]]),
            "a-vector": lambda offset, d: pairs_of()(offset, d)[:, 1::2].sum(axis=1),
        },
    ),
    "permuted_row": Answers(
        reference=row_moved,
        also_right=(by_matrix,),
        wrong={
            "invariant": lambda i: i["rows"][i["place"]],
            "inverse-order": lambda i: i["rows"][i["order"].index(i["place"])],
            "turned-round": lambda i: i["rows"][4 - i["place"]],
            "mean-of-all": lambda i: np.mean(i["rows"], axis=0).tolist(),
        },
    ),
    "position_product": Answers(
        reference=counted("difference"),
        also_right=(
            by_vectors,
            by_shift,
        ),
        wrong={
            "sum-of-the-places": counted("sum"),
            "cosines-only": counted("cosines"),
            "sines-only": counted("sines"),
            "sine-of-the-difference": counted("sine"),
            "degrees": counted("degrees"),
            "divided-by-the-pairs": counted("mean"),
            "exponent-doubled": counted("doubled"),
            "first-pair-only": counted("first"),
            "length-of-a-position": counted("length"),
        },
    ),
    "overtakes": Answers(
        reference=crossing,
        also_right=(lambda i: i["d"] * i["matrices"] // 2,),
        wrong={
            "as-in-table-1": lambda i: i["d"],
            "scores-only": lambda i: i["matrices"] * i["d"],
            "one-matrix": lambda i: i["d"] / 2,
            "another-number-of-matrices": lambda i: (7 - i["matrices"]) * i["d"] / 2,
        },
    ),
}
