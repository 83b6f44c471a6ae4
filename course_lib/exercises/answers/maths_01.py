"""Maths 01: what is right, and what tempts."""

import math

import numpy as np

from course_lib.exercises.declare import Answers


def guarded(answer):
    """Refuse b = 0 as the exercise asks for, then answer."""

    def with_refusal(a, b):
        if not np.any(b):
            raise ValueError("b must not be the zero vector: it has no direction")
        return answer(np.asarray(a), np.asarray(b))

    return with_refusal


def by_unit_vector(a, b):
    unit = b / np.linalg.norm(b)
    return (a @ unit) * unit


def by_matrix(a, b):
    return np.outer(b, b) / (b @ b) @ a


def by_loop(a, b):
    t = sum(float(x) * float(y) for x, y in zip(a, b, strict=True)) / sum(float(y) ** 2 for y in b)
    return [t * float(y) for y in b]


def refuses_what_is_short(a, b):
    if np.allclose(b, 0):
        raise ValueError("b must not be the zero vector")
    return np.dot(a, b) / np.dot(b, b) * np.asarray(b)


def arrays_only(a, b):
    if not np.any(b):
        raise ValueError("b must not be the zero vector")
    return (a @ b) / (b @ b) * b


def whole_numbers_only(a, b):
    shadow = np.zeros_like(b)
    shadow[:] = (a @ b) / (b @ b) * b
    return shadow


def by_cosine(norm_a, norm_b, distance):
    if norm_a == 0 or norm_b == 0:
        return 0.0
    cosine = (norm_a**2 + norm_b**2 - distance**2) / (2 * norm_a * norm_b)
    return norm_a * norm_b * cosine


def on_the_plane(norm_a, norm_b, distance):
    """Lay b along the first axis, find where the tip of a stands, multiply."""
    if norm_b == 0:
        return 0.0
    x = (norm_a**2 - distance**2 + norm_b**2) / (2 * norm_b)
    y = math.sqrt(max(norm_a**2 - x**2, 0))
    return float(np.array([x, y]) @ np.array([norm_b, 0.0]))


def cosine_where(at_zero):
    """The cosine, with what a division by a length of 0 comes to."""

    def cosine(norm_a, norm_b, distance):
        if norm_a == 0 or norm_b == 0:
            return at_zero()
        return (norm_a**2 + norm_b**2 - distance**2) / (2 * norm_a * norm_b)

    return cosine


ANSWERS = {
    "projection": Answers(
        reference=guarded(lambda a, b: a @ b / (b @ b) * b),
        also_right=(guarded(by_unit_vector), guarded(by_matrix), guarded(by_loop)),
        wrong={
            "onto-the-wrong-vector": lambda a, b: a @ b / (a @ a) * a,
            "one-length-too-few": lambda a, b: a @ b / np.linalg.norm(b) * b,
            "not-divided": lambda a, b: (a @ b) * b,
            "cosine-times-b": lambda a, b: a @ b / (np.linalg.norm(a) * np.linalg.norm(b)) * b,
            "divided-by-the-other": lambda a, b: a @ b / (a @ a) * b,
            "how-far-along": lambda a, b: a @ b / (b @ b),
            "length-of-the-shadow": lambda a, b: a @ b / np.linalg.norm(b),
            "the-remainder": lambda a, b: a - a @ b / (b @ b) * b,
            "entry-by-entry": lambda a, b: a * b / (b * b) * b,
            "products-not-summed": lambda a, b: a * b / (b @ b) * b,
            "sign-lost": lambda a, b: abs(a @ b) / (b @ b) * b,
            "whole-numbers-only": whole_numbers_only,
            "refuses-what-is-short": refuses_what_is_short,
            "arrays-only": arrays_only,
            "zero-vector-accepted": lambda a, b: a @ b / (b @ b) * b,
        },
    ),
    "dot_from_distances": Answers(
        reference=lambda norm_a, norm_b, distance: (norm_a**2 + norm_b**2 - distance**2) / 2,
        also_right=(
            by_cosine,
            on_the_plane,
            lambda a, b, c: 0.5 * (a * a + (b - c) * (b + c)),
        ),
        wrong={
            "not-halved": lambda a, b, c: a**2 + b**2 - c**2,
            "sign-flipped": lambda a, b, c: (c**2 - a**2 - b**2) / 2,
            "everything-added": lambda a, b, c: (a**2 + b**2 + c**2) / 2,
            "quartered": lambda a, b, c: (a**2 + b**2 - c**2) / 4,
            "lengths-not-squared": lambda a, b, c: (a + b - c) / 2,
            "only-the-distance-squared": lambda a, b, c: (a + b - c**2) / 2,
            "distance-not-squared": lambda a, b, c: (a**2 + b**2 - c) / 2,
            "the-cosine": cosine_where(lambda: 1 / 0),
            "the-cosine-or-nan": cosine_where(lambda: math.nan),
            "the-cosine-or-nought": cosine_where(lambda: 0.0),
            "lengths-taken-for-one": lambda a, b, c: 1 - c**2 / 2,
            "product-of-lengths": lambda a, b, c: a * b,
            "distance-as-similarity": lambda a, b, c: c,
        },
    ),
}
