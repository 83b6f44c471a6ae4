"""Code 08: positions by hand; a sequence that asks itself; words that all stand in one place."""

import functools
import math

import numpy as np

from course_lib.exercises import modules, ordering
from course_lib.exercises.declare import Probe, task
from course_lib.exercises.questions import nans, pair, refusal, shares
from course_lib.exercises.shortcuts import LAYERS

WEIGHTS = shares("weights")

# torch is imported where it is used: checking a function of lesson 01 shall not wait for it.

# sinusoidal_positions ------------------------------------------------------------------------


def table_inputs(rng):
    d_model = 2 * int(rng.integers(3, 9))
    n = int(rng.choice([size for size in range(5, 25) if size != d_model]))
    return {"n": n, "d_model": d_model, "odd": int(rng.integers(1, 8)) * 2 + 1}


def first_row(got, i):
    """Measure position 0, where each pair should be told by its angle 0."""
    if len(got) and np.isfinite(got[0]).all() and not np.allclose(got[0, 0::2], 0, atol=1e-6):
        return f"position 0 has {got[0, 0]:.3g} in column 0; the sine of an angle of 0 is 0."
    return None


def pairs_of_one_speed(got, i):
    """Square a sine and the cosine beside it, and add: a clock hand has length 1."""
    lengths = got[:, 0::2] ** 2 + got[:, 1::2] ** 2
    off = np.argwhere(~np.isclose(lengths, 1, atol=1e-3))
    if len(off) == 0:
        return None
    row, hand = (int(x) for x in off[0])
    return (
        f"at position {row}, columns {2 * hand} and {2 * hand + 1}, squared and added, give "
        f"{lengths[row, hand]:.3g}; for the sine and the cosine of one angle that is 1."
    )


def slowest(got, i):
    """Measure how fast the last pair turns."""
    if len(got) < 2 or not np.isfinite(got).all():
        return None
    turn, right = math.atan2(got[1, -2], got[1, -1]), 10_000 ** (2 / i["d_model"] - 1)
    if math.isclose(turn, right, rel_tol=1e-3):
        return None
    return f"your last pair of columns turns by {turn:.3g} radians from position 0 to position 1."


task(
    name="sinusoidal_positions",
    inputs=table_inputs,
    forbids=("course_lib.positions.sinusoidal_positions", "course_lib.positions.position_shift"),
    probes={
        "table": Probe(
            lambda f, i: f(i["n"], i["d_model"]),
            "sines and cosines stand side by side, a speed for each pair", 2,
            (nans(), first_row, pairs_of_one_speed, slowest),
        ),
        "longer": Probe(
            lambda f, i: f(60, 4), "a long text gets a row for each place", 1, (nans(), first_row)
        ),
        "one": Probe(
            lambda f, i: f(1, i["d_model"]), "a text of one word works", 1, (first_row,),
            aside=True,
        ),
        "odd": Probe(
            lambda f, i: refusal(
                lambda: f(i["n"], i["odd"]), "d_model", f"d_model = {i['odd']}"
            ),
            "an odd d_model is refused, and named", aside=True,
        ),
    },
)  # fmt: skip

# self_attention ------------------------------------------------------------------------------


def words_inputs(rng):
    batch, n, d_k = (int(size) for size in rng.permutation(np.arange(3, 7))[:3])
    return {
        "seed": int(rng.integers(2**31)),
        "batch": batch, "n": n, "d_k": d_k, "d_model": int(rng.choice([8, 10])),
    }  # fmt: skip


@functools.lru_cache(maxsize=8)
def drawn(seed, batch, n, d_model, d_k):
    """Return x (B, n, d_model), w_q, w_k and w_v (d_model, d_k). Whoever may change them clones."""
    import torch

    draw = modules.generator(seed)
    matrices = [modules.matrix(d_k, d_model, draw).T.contiguous() for _ in "qkv"]
    return torch.randn(batch, n, d_model, generator=draw), *matrices


def given(i, **sizes):
    i = {**i, **sizes}
    return drawn(i["seed"], i["batch"], i["n"], i["d_model"], i["d_k"])


def asked(f, arrays, **options):
    """Call the function; return its arrays by name. It must leave what it was given as it is."""
    copies = [array.clone() for array in arrays]
    with modules.kept(**dict(zip(("x", "w_q", "w_k", "w_v"), copies))):
        output, weights = pair(f(*copies, **options))
    return {"weights": weights, "output": output}


def masked(f, i):
    """Ask with two masks: "no looking ahead" (n, n), and padding (B, 1, n)."""
    import torch

    ahead = torch.ones(i["n"], i["n"], dtype=torch.bool).tril()
    lengths = torch.arange(i["batch"]) % i["n"] + 1
    padding = (torch.arange(i["n"]) < lengths[:, None])[:, None, :]
    return {
        f"{what} ({kind})": array
        for kind, mask in {"no looking ahead": ahead, "padding": padding}.items()
        for what, array in asked(f, given(i), mask=mask).items()
    }


def shuffled(f, i):
    """Ask the same words in two orders, as two sentences: each row should move with its word."""
    import torch

    x, *matrices = given(i)
    order = [*range(1, i["n"]), 0]
    both = torch.stack([x[0], x[0, order]])
    before, after = torch.as_tensor(asked(f, [both, *matrices])["output"])
    return {
        "stayed": np.array(torch.allclose(before, after, atol=1e-5)),
        "moved along": np.array(torch.allclose(before[order], after, atol=1e-5)),
    }


def how_it_moved(got, i):
    """Say what a shuffle of the words did to the output."""
    if got["stayed"]:
        return "the words were shuffled, and your output stayed exactly as it was."
    if not got["moved along"]:
        return "the words were shuffled, and the rows of your output did not move with their words."
    return None


def exchanged(f, i):
    """Exchange the last sentence: the others should keep their output."""
    import torch

    x, *matrices = given(i)
    other = torch.cat([x[:-1], 1 - x[-1:]])
    before, after = (torch.as_tensor(asked(f, [each, *matrices])["output"]) for each in (x, other))
    return np.array(torch.allclose(before[0], after[0], atol=1e-6))


def leaked(got, i):
    """Speak where one sentence hears another."""
    if got:
        return None
    return "the last sentence was exchanged for another, and the output of sentence 0 changed."


def one_word_in_float64(f, i):
    return asked(f, [array.double() for array in given(i, n=1)])


task(
    name="self_attention",
    inputs=words_inputs,
    forbids=LAYERS,
    probes={
        "weights": Probe(
            lambda f, i: {"weights": (found := asked(f, given(i)))["weights"],
                          "shape of the output": np.array(found["output"].shape)},
            "the weights are shares of the scaled scores of a sentence with itself", 2, WEIGHTS,
        ),
        "output": Probe(
            lambda f, i: asked(f, given(i))["output"], "the output mixes the values", 1, (nans(),)
        ),
        "mask": Probe(
            masked, "a mask hides what it should, for one sentence or for each", 1,
            shares("weights (no looking ahead)", "weights (padding)"),
        ),
        "shuffle": Probe(
            shuffled, "shuffle the words, and each row moves with its word", 1, (how_it_moved,),
            aside=True,
        ),
        "sentences": Probe(
            exchanged, "no sentence hears another one of its batch", 1, (leaked,), aside=True,
        ),
        "numbers": Probe(one_word_in_float64, "a single word works, and float64 too", aside=True),
    },
)  # fmt: skip

# Find the bug: all words of a sentence stand in the same place -------------------------------


def place_inputs(rng):
    batch, n = (int(size) for size in rng.choice(np.arange(3, 8), 2, replace=False))
    return {
        "seed": int(rng.integers(2**31)),
        "batch": batch, "n": n, "d_model": 2 * int(rng.integers(4, 7)), "longest": batch * n + 5,
    }  # fmt: skip


def placed(f, i, *, empty=False, swapped=False):
    """Give words their places; return x (B, n, d_model) as it comes back."""
    import torch

    draw = modules.generator(i["seed"])
    batch, n = (i["n"], i["batch"]) if swapped else (i["batch"], i["n"])
    table = torch.randn(i["longest"], i["d_model"], generator=draw)
    x = torch.randn(batch, n, i["d_model"], generator=draw) * (0 if empty else 1)
    with modules.kept(x=x, table=table):
        return f(x, table)


def same_places(got, i):
    """Speak where two words of one sentence were given the same numbers."""
    if np.allclose(got[0, 0], got[0, 1], atol=1e-6):
        return "words 0 and 1 of one sentence, both all zeros, came back the same."
    return None


def first_words(got, i):
    """Speak where the first words of two sentences were given different numbers."""
    if not np.allclose(got[0, 0], got[1, 0], atol=1e-6):
        return "the first words of two sentences, both all zeros, came back different."
    return None


task(
    name="bug_08_same_place",
    uses=("course_lib.positions.sinusoidal_positions",),
    inputs=place_inputs,
    forbids=(),
    probes={
        "places": Probe(
            lambda f, i: placed(f, i, empty=True), "each word of a sentence gets its own place", 2,
            (same_places, first_words),
        ),
        "words": Probe(lambda f, i: placed(f, i), "what the words say is still in there"),
        "sizes": Probe(
            lambda f, i: placed(f, i, empty=True, swapped=True),
            "more sentences than words, or fewer: both work", 1, (same_places, first_words),
        ),
    },
)  # fmt: skip

# Order the lines: rotary attention -----------------------------------------------------------

LINES = ordering.Lines(
    "rotary_attention(x, w_q, w_k, w_v)",
    right=(
        "q, k, v = x @ w_q, x @ w_k, x @ w_v",
        "q, k = rotate(q), rotate(k)",
        "scores = q @ k.transpose(-1, -2) / math.sqrt(k.shape[-1])",
        "weights = torch.softmax(scores, dim=-1)",
        "output = weights @ v",
        "return output, weights",
    ),
    spare=("v = rotate(v)",),
)


def order_inputs(rng):
    return {
        "lines": LINES.mixed(rng),
        "seed": int(rng.integers(2**31)),
        "batch": 2, "n": int(rng.integers(4, 7)), "d_model": 7, "d_k": 2 * int(rng.integers(2, 5)),
    }  # fmt: skip


def run_order(make, i):
    """Ask in order and backwards: the weights, and what each word hears."""
    import torch

    from course_lib.positions import rotate

    f = make(torch=torch, math=math, rotate=rotate)
    x, *matrices = given(i)
    output, weights = f(x, *matrices)
    _, backwards = f(x.flip(1), *matrices)
    return {"weights": weights, "output": output, "backwards": backwards.flip(1, 2)}


def deaf_to_order(got, i):
    """Speak where reversing the words leaves every pair its weight."""
    if np.allclose(got["weights"], got["backwards"], atol=1e-6):
        return "the words were put in backwards, and each pair of words got the weight it had."
    return None


ordering.task(
    LINES,
    name="order_08_rotary",
    inputs=order_inputs,
    question=(
        "Self-attention with rotary positions. `rotate` turns each row by its position. Which six "
        "of these seven lines make it, and in which order? A score may know how far apart two "
        "words stand; the answer may not know where the text begins. Answer with the letters, such "
        'as `"a b c d e f"`.'
    ),
    run=run_order,
    holds="the lines in this order are rotary attention",
    symptom=deaf_to_order,
)
