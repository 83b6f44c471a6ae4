"""Maths 04: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.declare import Answers


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


ANSWERS = {
    "dot_variance": Answers(
        reference=by_three_terms,
        also_right=(by_second_moments, by_fixing_the_query, by_coins, by_adding_up),
        wrong={
            "means-forgotten": lambda d, mq, vq, mk, vk: d * vq * vk,
            "mean-square-not-subtracted": lambda d, mq, vq, mk, vk: d * (vq + mq**2) * (vk + mk**2),
            "mean-subtracted-for-the-whole-sum": lambda d, mq, vq, mk, vk: (
                d * (vq + mq**2) * (vk + mk**2) - (d * mq * mk) ** 2
            ),
            "mean-not-squared-before-subtracting": lambda d, mq, vq, mk, vk: (
                d * ((vq + mq**2) * (vk + mk**2) - mq * mk)
            ),
            "mean-square-subtracted-once": lambda d, mq, vq, mk, vk: (
                d * (vq + mq**2) * (vk + mk**2) - (mq * mk) ** 2
            ),
            "mean-square-added": lambda d, mq, vq, mk, vk: (
                d * ((vq + mq**2) * (vk + mk**2) + (mq * mk) ** 2)
            ),
            "mean-returned": lambda d, mq, vq, mk, vk: d * mq * mk,
            "variances-taken-for-one": lambda d, mq, vq, mk, vk: d * (1 + mq**2 + mk**2),
            "shift-of-the-query-lost": lambda d, mq, vq, mk, vk: d * (vq * vk + mk**2 * vq),
            "shift-of-the-key-lost": lambda d, mq, vq, mk, vk: d * (vq * vk + mq**2 * vk),
            "product-of-the-spreads-lost": lambda d, mq, vq, mk, vk: d * (mq**2 * vk + mk**2 * vq),
            "means-crossed": lambda d, mq, vq, mk, vk: d * (vq * vk + mq**2 * vq + mk**2 * vk),
            "means-not-squared": lambda d, mq, vq, mk, vk: d * (vq * vk + mq * vk + mk * vq),
            "one-product-only": lambda d, mq, vq, mk, vk: by_three_terms(1, mq, vq, mk, vk),
            "width-squared": lambda d, mq, vq, mk, vk: d * by_three_terms(d, mq, vq, mk, vk),
            "spread-for-variance": lambda d, mq, vq, mk, vk: np.sqrt(
                by_three_terms(d, mq, vq, mk, vk)
            ),
            "root-of-the-width": lambda d, mq, vq, mk, vk: (
                np.sqrt(d) * by_three_terms(1, mq, vq, mk, vk)
            ),
            "variances-taken-for-spreads": lambda d, mq, vq, mk, vk: by_three_terms(
                d, mq, vq**2, mk, vk**2
            ),
            "variances-added": lambda d, mq, vq, mk, vk: d * (vq + vk),
            "whole-numbers-only": lambda d, mq, vq, mk, vk: int(by_three_terms(d, mq, vq, mk, vk)),
        },
    ),
}
