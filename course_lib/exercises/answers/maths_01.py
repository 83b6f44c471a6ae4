"""Maths 01: what is right, and what tempts."""

import math

import numpy as np

from course_lib.exercises.declare import Answers, Misconception


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


COSINE_HINT = "Make both vectors ten times as long. Does your number notice? Should it?"
SHADOW = "maths/01_similarity: What part of one vector lies along another?"
BOUND = "maths/01_similarity: How large can a dot product get?"
ANGLE = "maths/01_similarity: How can a sum of products know about an angle?"
LENGTHS = "maths/01_similarity: Can three lengths tell me the product?"

ANSWERS = {
    "projection": Answers(
        reference=guarded(lambda a, b: a @ b / (b @ b) * b),
        also_right=(guarded(by_unit_vector), guarded(by_matrix), guarded(by_loop)),
        misconceptions=(
            Misconception(
                "onto-the-wrong-vector",
                lambda a, b: a @ b / (a @ a) * a,
                "Along which of the two vectors does your result point? On whose line should the "
                "shadow fall?",
                SHADOW,
            ),
            Misconception(
                "one-length-too-few",
                lambda a, b: a @ b / np.linalg.norm(b) * b,
                "Make b ten times as long: does the shadow of a on its line change? Does your "
                "result?",
                SHADOW,
            ),
            Misconception(
                "not-divided",
                lambda a, b: (a @ b) * b,
                "Your result depends on how long b is. Should the shadow on its line?",
                SHADOW,
            ),
            Misconception(
                "cosine-times-b",
                lambda a, b: a @ b / (np.linalg.norm(a) * np.linalg.norm(b)) * b,
                "Make a twice as long: what should happen to its shadow? What happens to your "
                "result?",
                SHADOW,
            ),
            Misconception(
                "divided-by-the-other",
                lambda a, b: a @ b / (a @ a) * b,
                "Make a twice as long, then b. The shadow of a on b's line: when should it change, "
                "and when does your result?",
                SHADOW,
            ),
            Misconception(
                "how-far-along",
                lambda a, b: a @ b / (b @ b),
                "You found how far along b the shadow reaches: one number. Which point is that?",
                SHADOW,
            ),
            Misconception(
                "length-of-the-shadow",
                lambda a, b: a @ b / np.linalg.norm(b),
                "You measured how long the shadow is. Which vector is it?",
                SHADOW,
            ),
            Misconception(
                "the-remainder",
                lambda a, b: a - a @ b / (b @ b) * b,
                "Multiply your result with b. Which of the two parts of a did you return?",
                SHADOW,
            ),
            Misconception(
                "entry-by-entry",
                lambda a, b: a * b / (b * b) * b,
                "How many numbers t does it take to say how far along b the shadow reaches?",
                ANGLE,
            ),
            Misconception(
                "products-not-summed",
                lambda a, b: a * b / (b @ b) * b,
                "How many numbers should say how alike two vectors are?",
                ANGLE,
            ),
            Misconception(
                "sign-lost",
                lambda a, b: abs(a @ b) / (b @ b) * b,
                "Turn b round. On which side of the origin does the shadow of a fall now?",
                SHADOW,
            ),
            Misconception(
                "whole-numbers-only",
                whole_numbers_only,
                "What type of numbers can your result array hold?",
                SHADOW,
            ),
            Misconception(
                "zero-vector-accepted",
                lambda a, b: a @ b / (b @ b) * b,
                "Which vector has no direction, and what do you divide by then?",
                SHADOW,
            ),
        ),
    ),
    "dot_from_distances": Answers(
        reference=lambda norm_a, norm_b, distance: (norm_a**2 + norm_b**2 - distance**2) / 2,
        also_right=(
            by_cosine,
            on_the_plane,
            lambda a, b, c: 0.5 * (a * a + (b - c) * (b + c)),
        ),
        misconceptions=(
            Misconception(
                "not-halved",
                lambda a, b, c: a**2 + b**2 - c**2,
                "Multiply out (a - b)·(a - b). How often does a·b occur?",
                ANGLE,
            ),
            Misconception(
                "sign-flipped",
                lambda a, b, c: (c**2 - a**2 - b**2) / 2,
                "Let the two vectors be equal, at distance 0. Is your product above 0 then?",
                LENGTHS,
            ),
            Misconception(
                "everything-added",
                lambda a, b, c: (a**2 + b**2 + c**2) / 2,
                "Move the tips further apart. Should the product grow or shrink?",
                LENGTHS,
            ),
            Misconception(
                "quartered",
                lambda a, b, c: (a**2 + b**2 - c**2) / 4,
                "Two equal vectors of length 1, at distance 0: what is their product, and yours?",
                LENGTHS,
            ),
            Misconception(
                "lengths-not-squared",
                lambda a, b, c: (a + b - c) / 2,
                "Make all three lengths twice as long: what happens to a product, and to yours?",
                LENGTHS,
            ),
            Misconception(
                "only-the-distance-squared",
                lambda a, b, c: (a + b - c**2) / 2,
                "One of your three lengths is squared. Lay b on top of a, both of length 3: what "
                "is their product, and yours?",
                ANGLE,
            ),
            Misconception(
                "distance-not-squared",
                lambda a, b, c: (a**2 + b**2 - c) / 2,
                "Two of your lengths are squared. What is line (2) about: a distance, or its "
                "square?",
                ANGLE,
            ),
            Misconception("the-cosine", cosine_where(lambda: 1 / 0), COSINE_HINT, ANGLE),
            Misconception("the-cosine-or-nan", cosine_where(lambda: math.nan), COSINE_HINT, ANGLE),
            Misconception("the-cosine-or-nought", cosine_where(lambda: 0.0), COSINE_HINT, ANGLE),
            Misconception(
                "lengths-taken-for-one",
                lambda a, b, c: 1 - c**2 / 2,
                "For which lengths of a and b is your formula made? Are these given here?",
                LENGTHS,
            ),
            Misconception(
                "product-of-lengths",
                lambda a, b, c: a * b,
                "That is the most that the product can be. Which of your three lengths knows "
                "better?",
                BOUND,
            ),
            Misconception(
                "distance-as-similarity",
                lambda a, b, c: c,
                "For your measure, is a bigger number more alike or less?",
                LENGTHS,
            ),
        ),
    ),
}
