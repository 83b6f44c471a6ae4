"""Maths 05: what is right, and what tempts."""

import math

import numpy as np

from course_lib.exercises.declare import Answers


def flops(n_q, n_k, d_k, d_v):
    return 2 * n_q * n_k * (d_k + d_v)


def two_products(n_q, n_k, d_k, d_v):
    def product(rows, inner, columns):
        return 2 * rows * inner * columns

    return product(n_q, d_k, n_k) + product(n_q, n_k, d_v)


def query_by_query(n_q, n_k, d_k, d_v):
    one_key = 2 * d_k + 2 * d_v  # compare it, then add its value to the mixture
    return n_q * (n_k * one_key)


def from_shapes(n_q, n_k, d_k, d_v):
    tables = [(n_q, n_k, d_k), (n_q, d_v, n_k)]
    return 2 * sum(math.prod(sizes) for sizes in tables)


ANSWERS = {
    "visible_pairs": Answers(
        reference=lambda n: n * (n + 1) // 2,
        also_right=(
            lambda n: sum(range(1, n + 1)),
            lambda n: int(np.tri(n, dtype=bool).sum()),
            lambda n: math.comb(n + 1, 2),
            lambda n: n + (n * n - n) // 2,
        ),
        wrong={
            "diagonal-left-out": lambda n: n * (n - 1) // 2,
            "nothing-hidden": lambda n: n * n,
            "half-the-square": lambda n: n * n / 2,
            "half-the-square-rounded": lambda n: n * n // 2,
            "not-halved": lambda n: n * (n + 1),
            "one-row-too-many": lambda n: (n + 1) * (n + 2) // 2,
            "last-row-only": lambda n: n,
            "neighbours-only": lambda n: 2 * n - 1,
            "fraction-returned": lambda n: n * (n + 1) / 2,
        },
    ),
    "attention_flops": Answers(
        reference=flops,
        also_right=(two_products, query_by_query, from_shapes),
        wrong={
            "multiplications-only": lambda n_q, n_k, d_k, d_v: flops(n_q, n_k, d_k, d_v) // 2,
            "one-addition-fewer": lambda n_q, n_k, d_k, d_v: (
                n_q * n_k * (2 * d_k - 1) + n_q * d_v * (2 * n_k - 1)
            ),
            "scores-only": lambda n_q, n_k, d_k, d_v: 2 * n_q * n_k * d_k,
            "mixing-only": lambda n_q, n_k, d_k, d_v: 2 * n_q * n_k * d_v,
            "one-width-for-both": lambda n_q, n_k, d_k, d_v: 4 * n_q * n_k * d_k,
            "widths-multiplied": lambda n_q, n_k, d_k, d_v: 2 * n_q * n_k * d_k * d_v,
            "as-many-keys-as-queries": lambda n_q, n_k, d_k, d_v: 2 * n_q * n_q * (d_k + d_v),
            "as-many-queries-as-keys": lambda n_q, n_k, d_k, d_v: 2 * n_k * n_k * (d_k + d_v),
            "every-key-once": lambda n_q, n_k, d_k, d_v: 2 * (n_q * d_k + n_k * d_v),
            "multiplied-the-other-way-round": lambda n_q, n_k, d_k, d_v: (
                2 * n_k * d_k * d_v + 2 * n_q * d_k * d_v
            ),
            "memory-for-flops": lambda n_q, n_k, d_k, d_v: n_q * n_k,
            "softmax-counted-too": lambda n_q, n_k, d_k, d_v: (
                flops(n_q, n_k, d_k, d_v) + 3 * n_q * n_k
            ),
            "scaling-counted-too": lambda n_q, n_k, d_k, d_v: flops(n_q, n_k, d_k, d_v) + n_q * n_k,
            "fraction-returned": lambda n_q, n_k, d_k, d_v: float(flops(n_q, n_k, d_k, d_v)),
        },
    ),
}
