"""Maths 04: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.declare import Answers, Misconception


def by_three_terms(d_k, mean_q, var_q, mean_k, var_k):
    return d_k * (var_q * var_k + mean_q**2 * var_k + mean_k**2 * var_q)


def by_second_moments(d_k, mean_q, var_q, mean_k, var_k):
    second_q, second_k = var_q + mean_q**2, var_k + mean_k**2
    return d_k * (second_q * second_k - (mean_q * mean_k) ** 2)


def by_fixing_the_query(d_k, mean_q, var_q, mean_k, var_k):
    """The mean over q of the variance given q, and the variance over q of the mean given q."""
    between_keys = d_k * (var_q + mean_q**2) * var_k
    common = mean_k**2 * d_k * var_q
    return between_keys + common


def by_coins(d_k, mean_q, var_q, mean_k, var_k):
    """Two values a spread away from each mean: four products, all equally likely."""
    q = mean_q + np.sqrt(var_q) * np.array([-1, 1])
    k = mean_k + np.sqrt(var_k) * np.array([-1, 1])
    return d_k * np.outer(q, k).var()


def by_adding_up(d_k, mean_q, var_q, mean_k, var_k):
    total = 0.0
    for _ in range(d_k):
        total += by_three_terms(1, mean_q, var_q, mean_k, var_k)
    return total


VARIANCE = "maths/04_scaling: Why is the variance of a dot product d_k?"
FAILS = "maths/04_scaling: What if the entries are shifted or correlated?"
ROOT = "maths/04_scaling: Why the square root, and not d_k itself?"

ANSWERS = {
    "dot_variance": Answers(
        reference=by_three_terms,
        also_right=(by_second_moments, by_fixing_the_query, by_coins, by_adding_up),
        misconceptions=(
            Misconception(
                "means-forgotten",
                lambda d, mq, vq, mk, vk: d * vq * vk,
                "Which lines of the lesson used that the means are 0? Are they 0 here?",
                FAILS,
            ),
            Misconception(
                "mean-square-not-subtracted",
                lambda d, mq, vq, mk, vk: d * (vq + mq**2) * (vk + mk**2),
                "Let all variances be 0: then nothing is random. Is your result 0?",
                VARIANCE,
            ),
            Misconception(
                "mean-subtracted-for-the-whole-sum",
                lambda d, mq, vq, mk, vk: d * (vq + mq**2) * (vk + mk**2) - (d * mq * mk) ** 2,
                "The square of the whole mean holds products of different entries, too. Does the "
                "rest of your formula hold them?",
                VARIANCE,
            ),
            Misconception(
                "mean-not-squared-before-subtracting",
                lambda d, mq, vq, mk, vk: d * ((vq + mq**2) * (vk + mk**2) - mq * mk),
                "A variance is the mean of the square, minus what? Look at that part again.",
                FAILS,
            ),
            Misconception(
                "mean-square-subtracted-once",
                lambda d, mq, vq, mk, vk: d * (vq + mq**2) * (vk + mk**2) - (mq * mk) ** 2,
                "Each product has a mean of its own. For how many of them did you take it off?",
                VARIANCE,
            ),
            Misconception(
                "mean-returned",
                lambda d, mq, vq, mk, vk: d * mq * mk,
                "Let all means be 0. Do the dot products then never differ from one another?",
                VARIANCE,
            ),
            Misconception(
                "variances-taken-for-one",
                lambda d, mq, vq, mk, vk: d * (1 + mq**2 + mk**2),
                "Which numbers of the lesson's formula hold only where the variances are 1?",
                FAILS,
            ),
            Misconception(
                "shift-of-the-query-lost",
                lambda d, mq, vq, mk, vk: d * (vq * vk + mk**2 * vq),
                "Fix a query that is far from 0, and draw keys: do their products with it spread?",
                FAILS,
            ),
            Misconception(
                "shift-of-the-key-lost",
                lambda d, mq, vq, mk, vk: d * (vq * vk + mq**2 * vk),
                "Fix keys that are far from 0, and draw queries: do their products spread?",
                FAILS,
            ),
            Misconception(
                "product-of-the-spreads-lost",
                lambda d, mq, vq, mk, vk: d * (mq**2 * vk + mk**2 * vq),
                "Let both means be 0. What is left of your formula, and what should be?",
                VARIANCE,
            ),
            Misconception(
                "means-crossed",
                lambda d, mq, vq, mk, vk: d * (vq * vk + mq**2 * vq + mk**2 * vk),
                "If the keys never change, which mean can still make the product spread?",
                FAILS,
            ),
            Misconception(
                "means-not-squared",
                lambda d, mq, vq, mk, vk: d * (vq * vk + mq * vk + mk * vq),
                "Turn the sign of a mean round. Should a variance notice?",
                FAILS,
            ),
            Misconception(
                "one-product-only",
                lambda d, mq, vq, mk, vk: by_three_terms(1, mq, vq, mk, vk),
                "How many products does a dot product add up?",
                VARIANCE,
            ),
            Misconception(
                "width-squared",
                lambda d, mq, vq, mk, vk: d * by_three_terms(d, mq, vq, mk, vk),
                "Is the sum of many independent numbers the same as many times one of them?",
                FAILS,
            ),
            Misconception(
                "spread-for-variance",
                lambda d, mq, vq, mk, vk: np.sqrt(by_three_terms(d, mq, vq, mk, vk)),
                "You are asked for the variance. In which units is it, those of q·k or their "
                "squares?",
                ROOT,
            ),
            Misconception(
                "root-of-the-width",
                lambda d, mq, vq, mk, vk: np.sqrt(d) * by_three_terms(1, mq, vq, mk, vk),
                "What adds up when independent numbers are added: their variances or their "
                "spreads?",
                VARIANCE,
            ),
            Misconception(
                "variances-taken-for-spreads",
                lambda d, mq, vq, mk, vk: by_three_terms(d, mq, vq**2, mk, vk**2),
                "Read the arguments once more: is var_q squared already?",
                VARIANCE,
            ),
            Misconception(
                "variances-added",
                lambda d, mq, vq, mk, vk: d * (vq + vk),
                "Variances add when numbers are added. What happens to q_i and k_i here?",
                VARIANCE,
            ),
            Misconception(
                "whole-numbers-only",
                lambda d, mq, vq, mk, vk: int(by_three_terms(d, mq, vq, mk, vk)),
                "What type of number does your function return, and what did it cut off?",
                VARIANCE,
            ),
        ),
    ),
}
