"""Maths 05: what is right, and what tempts."""

import math

import numpy as np

from course_lib.exercises.declare import Answers, Misconception


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


CAUSAL = "maths/05_matrix_form: What does a causal mask do to the matrix?"
COST = "maths/05_matrix_form: What does attention cost?"
ONLINE = "maths/05_matrix_form: Can it be done without the n × n table?"
MISTAKES = "maths/05_matrix_form: Which mistakes wait here?"

ANSWERS = {
    "visible_pairs": Answers(
        reference=lambda n: n * (n + 1) // 2,
        also_right=(
            lambda n: sum(range(1, n + 1)),
            lambda n: int(np.tri(n, dtype=bool).sum()),
            lambda n: math.comb(n + 1, 2),
            lambda n: n + (n * n - n) // 2,
        ),
        misconceptions=(
            Misconception(
                "diagonal-left-out",
                lambda n: n * (n - 1) // 2,
                "May a word see itself? Count the pairs of a text of one word.",
                MISTAKES,
            ),
            Misconception(
                "nothing-hidden",
                lambda n: n * n,
                "Which part of the square does the mask cover?",
                CAUSAL,
            ),
            Misconception(
                "half-the-square",
                lambda n: n * n / 2,
                "Two of your triangles make a square. Where does its diagonal go?",
                CAUSAL,
            ),
            Misconception(
                "half-the-square-rounded",
                lambda n: n * n // 2,
                "Count by hand for two words. Is the diagonal halved as well?",
                CAUSAL,
            ),
            Misconception(
                "not-halved",
                lambda n: n * (n + 1),
                "How many triangles fit into n rows of n + 1 cells?",
                CAUSAL,
            ),
            Misconception(
                "one-row-too-many",
                lambda n: (n + 1) * (n + 2) // 2,
                "How many words can the last one see, and how many rows are there?",
                CAUSAL,
            ),
            Misconception(
                "last-row-only",
                lambda n: n,
                "That is what one word may see. How many ask?",
                CAUSAL,
            ),
            Misconception(
                "fraction-returned",
                lambda n: n * (n + 1) / 2,
                "A count is a whole number. Which step of yours makes a decimal number of it?",
                CAUSAL,
            ),
        ),
    ),
    "attention_flops": Answers(
        reference=flops,
        also_right=(two_products, query_by_query, from_shapes),
        misconceptions=(
            Misconception(
                "multiplications-only",
                lambda n_q, n_k, d_k, d_v: flops(n_q, n_k, d_k, d_v) // 2,
                "Each product is added to something. How many flops is a multiply-add here?",
                COST,
            ),
            Misconception(
                "one-addition-fewer",
                lambda n_q, n_k, d_k, d_v: n_q * n_k * (2 * d_k - 1) + n_q * d_v * (2 * n_k - 1),
                "You leave out the first addition of each sum. How does the exercise count a "
                "multiply-add?",
                COST,
            ),
            Misconception(
                "scores-only",
                lambda n_q, n_k, d_k, d_v: 2 * n_q * n_k * d_k,
                "There are two matrix products. Which one makes the output?",
                COST,
            ),
            Misconception(
                "mixing-only",
                lambda n_q, n_k, d_k, d_v: 2 * n_q * n_k * d_v,
                "There are two matrix products. Which one makes the scores?",
                COST,
            ),
            Misconception(
                "one-width-for-both",
                lambda n_q, n_k, d_k, d_v: 4 * n_q * n_k * d_k,
                "How wide is a value? Make d_v ten times as large: does your count notice?",
                COST,
            ),
            Misconception(
                "widths-multiplied",
                lambda n_q, n_k, d_k, d_v: 2 * n_q * n_k * d_k * d_v,
                "The second product starts when the first is finished. Do their costs add or "
                "multiply?",
                COST,
            ),
            Misconception(
                "as-many-keys-as-queries",
                lambda n_q, n_k, d_k, d_v: 2 * n_q * n_q * (d_k + d_v),
                "Let one query ask many keys. How does your count grow with the keys?",
                COST,
            ),
            Misconception(
                "as-many-queries-as-keys",
                lambda n_q, n_k, d_k, d_v: 2 * n_k * n_k * (d_k + d_v),
                "Let one query ask many keys. Does your count know that it is only one?",
                COST,
            ),
            Misconception(
                "every-key-once",
                lambda n_q, n_k, d_k, d_v: 2 * (n_q * d_k + n_k * d_v),
                "How many scores does one query need? And all queries together?",
                COST,
            ),
            Misconception(
                "multiplied-the-other-way-round",
                lambda n_q, n_k, d_k, d_v: 2 * n_k * d_k * d_v + 2 * n_q * d_k * d_v,
                "You multiplied Kᵀ with V first. What stands between the two products?",
                COST,
            ),
            Misconception(
                "memory-for-flops",
                lambda n_q, n_k, d_k, d_v: n_q * n_k,
                "That many numbers are in the table. How much work does each of them take?",
                ONLINE,
            ),
            Misconception(
                "softmax-counted-too",
                lambda n_q, n_k, d_k, d_v: flops(n_q, n_k, d_k, d_v) + 3 * n_q * n_k,
                "The exercise asks for the matrix products alone. What else did you count?",
                COST,
            ),
            Misconception(
                "fraction-returned",
                lambda n_q, n_k, d_k, d_v: float(flops(n_q, n_k, d_k, d_v)),
                "A count is a whole number. Where does your decimal point come from?",
                COST,
            ),
        ),
    ),
}
