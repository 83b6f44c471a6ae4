"""Maths 08: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.declare import Answers, Misconception
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


ORDER = "maths/08_self_attention: The words stand in order in X. Where is the order lost?"
READOUT = "maths/08_self_attention: If order does not matter, why did my prediction change?"
SINES = "maths/08_self_attention: Why sine and cosine, and not the sine alone?"
PRODUCT = "maths/08_self_attention: What does the product of two positions know?"
COST = "maths/08_self_attention: What does it cost, and is it faster than an RNN?"
BREAK = "maths/08_self_attention: What breaks if sine and cosine turn at two speeds?"
MISTAKES = "maths/08_self_attention: Which mistakes wait here?"

ANSWERS = {
    "position_shift": Answers(
        reference=pairs_of(),
        also_right=(by_diagonals, by_steps, by_complex_numbers),
        misconceptions=(
            Misconception(
                "turned-the-wrong-way",
                pairs_of(block=lambda cos, sin: [[cos, -sin], [sin, cos]]),
                "You turn every pair back by what it should go on. Which of the two comes first in "
                "a pair here, the sine or the cosine, and does M stand left of a column or right "
                "of a row? Try M @ (0, 1), place 0.",
                SINES,
            ),
            Misconception(
                "offset-without-its-sign",
                pairs_of(moved=abs),
                "An offset of -3 gives the matrix of 3. Does a hand that goes back pass the same "
                "places?",
                SINES,
            ),
            Misconception(
                "all-sines-first",
                halves(1),
                "Your matrix fits vectors that hold all sines first, then all cosines. How are "
                "they laid out here? Print a row of `sinusoidal_positions`.",
                MISTAKES,
            ),
            Misconception(
                "all-sines-first-and-the-wrong-way",
                halves(-1),
                "Two things: how do sines and cosines lie in a row of `sinusoidal_positions`? And "
                "where does M send the place 0?",
                MISTAKES,
            ),
            Misconception(
                "exponent-doubled",
                pairs_of(speeds=lambda d: BASE ** (-2 * np.arange(0, d, 2) / d)),
                "Your slow pairs hardly move. If an index already goes in steps of 2, is there "
                "still a factor 2 to come?",
                BREAK,
            ),
            Misconception(
                "exponent-halved",
                pairs_of(speeds=lambda d: BASE ** (-np.arange(d // 2) / d)),
                "Your slow pairs are too fast. Is your index the number of the pair, or of its "
                "first column? Which of the two stands in the exponent?",
                BREAK,
            ),
            Misconception(
                "two-speeds-in-a-pair",
                own_speeds(1),
                "Take one pair of rows: is it a turn, with squares that sum to 1? How many angles "
                "belong to one pair?",
                BREAK,
            ),
            Misconception(
                "two-speeds-in-a-pair-and-doubled",
                own_speeds(2),
                "Two things about the exponent: do both columns of a pair share it? And is the "
                "factor 2 in there once or twice?",
                BREAK,
            ),
            Misconception(
                "speeds-that-grow",
                pairs_of(speeds=lambda d: 1 / paired(d)),
                "Which pair should be the slowest, the first or the last? Which sign has the "
                "exponent?",
                SINES,
            ),
            Misconception(
                "one-speed-for-all",
                pairs_of(speeds=lambda d: np.ones(d // 2)),
                "All your pairs turn by the same angle. Look at the columns of the lesson's heat "
                "map: do they all change as fast?",
                SINES,
            ),
            Misconception(
                "always-one-step",
                pairs_of(moved=lambda offset: 1),
                "Your matrix is the same for every offset. Where does the offset enter the angle?",
                SINES,
            ),
            Misconception(
                "one-step-times-the-offset",
                times_one_step,
                "Three steps are not three times one step. What do you do to a matrix to apply it "
                "three times?",
                SINES,
            ),
            Misconception(
                "mirror",
                pairs_of(block=lambda cos, sin: [[cos, sin], [sin, -cos]]),
                "For an offset of 0 your matrix should change nothing. What does it do to the "
                "cosines?",
                SINES,
            ),
            Misconception(
                "no-minus",
                pairs_of(block=lambda cos, sin: [[cos, sin], [sin, cos]]),
                "Write down both addition theorems. In which of them is a product taken away?",
                SINES,
            ),
            Misconception(
                "only-the-diagonal",
                pairs_of(block=lambda cos, sin: [[cos, 0], [0, cos]]),
                "sin(α + β) needs more than sin α. What does it need, and in which column of M "
                "does that come in?",
                SINES,
            ),
            Misconception(
                "a-vector",
                lambda offset, d: pairs_of()(offset, d)[:, 1::2].sum(axis=1),
                "That is the position of the offset itself. Which shape has something that turns "
                "one position into another?",
                SINES,
            ),
        ),
    ),
    "permuted_row": Answers(
        reference=row_moved,
        also_right=(by_matrix, lambda i: str(row_moved(i)), lambda i: tuple(row_moved(i))),
        misconceptions=(
            Misconception(
                "invariant",
                lambda i: i["rows"][i["place"]],
                "You leave the table as it is. Swap two words: does a word's own output stay the "
                "same, or the table as a whole?",
                READOUT,
            ),
            Misconception(
                "inverse-order",
                lambda i: i["rows"][i["order"].index(i["place"])],
                "You looked where the word of this row went. The question is the other way round: "
                "who came into this row?",
                ORDER,
            ),
            Misconception(
                "turned-round",
                lambda i: i["rows"][4 - i["place"]],
                "That is the row for an order from back to front. Which order is given here?",
                ORDER,
            ),
            Misconception(
                "mean-of-all",
                lambda i: np.mean(i["rows"], axis=0).tolist(),
                "The mean of all rows is what no order can change. Is it also what stands in a "
                "single row?",
                READOUT,
            ),
        ),
    ),
    "position_product": Answers(
        reference=counted("difference"),
        also_right=(by_vectors, by_shift, lambda i: f"{counted('difference')(i):.2f}"),
        misconceptions=(
            Misconception(
                "sum-of-the-places",
                counted("sum"),
                "If both move on together, nothing should change. Does it, with a sum?",
                PRODUCT,
            ),
            Misconception(
                "cosines-only",
                counted("cosines"),
                "A position has two numbers in each pair. You multiplied one of them. Which one is "
                "left?",
                PRODUCT,
            ),
            Misconception(
                "sines-only",
                counted("sines"),
                "A position has two numbers in each pair. You multiplied one of them. Which one is "
                "left?",
                PRODUCT,
            ),
            Misconception(
                "sine-of-the-difference",
                counted("sine"),
                "Try two equal places: which product should come out, and which does your formula "
                "give?",
                PRODUCT,
            ),
            Misconception(
                "degrees",
                counted("degrees"),
                "Is your calculator set to degrees? Here a step turns the fast pair by one radian.",
                PRODUCT,
            ),
            Misconception(
                "divided-by-the-pairs",
                counted("mean"),
                "You divided by the number of pairs, as a cosine similarity would. What is asked "
                "is the product itself.",
                PRODUCT,
            ),
            Misconception(
                "exponent-doubled",
                counted("doubled"),
                "Your second pair stands still. Which speed follows from the exponent, if the "
                "index of the pair is 1 and d is 4?",
                BREAK,
            ),
            Misconception(
                "first-pair-only",
                counted("first"),
                "That is one pair. How many are there with d = 4?",
                PRODUCT,
            ),
            Misconception(
                "length-of-a-position",
                counted("length"),
                "That is the product of a position with itself. These two are not at the same "
                "place.",
                PRODUCT,
            ),
        ),
    ),
    "overtakes": Answers(
        reference=crossing,
        also_right=(lambda i: str(crossing(i)), lambda i: i["d"] * i["matrices"] // 2),
        misconceptions=(
            Misconception(
                "as-in-table-1",
                lambda i: i["d"],
                "That is where n²d meets nd². Table 1 drops all factors. How many matrices, and "
                "how many products of size n²d, are there?",
                COST,
            ),
            Misconception(
                "scores-only",
                lambda i: i["matrices"] * i["d"],
                "You counted the scores. What else of size n²d does the layer do once it has the "
                "weights?",
                COST,
            ),
            Misconception(
                "one-matrix",
                lambda i: i["d"] / 2,
                "Every word passes through each of the matrices. You counted one of them.",
                COST,
            ),
            Misconception(
                "another-number-of-matrices",
                lambda i: (7 - i["matrices"]) * i["d"] / 2,
                "Count the matrices of this layer once more.",
                COST,
            ),
        ),
    ),
}
