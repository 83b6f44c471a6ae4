"""Drawn tasks of lesson 10: where the norm stands, what thinks, what stands side by side."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.practice import by_loop
from course_lib.practice.attending import lines, numbers, reads_one
from course_lib.practice.declare import Kind, Option, Options, Room

NORM = (
    Option(
        "layer norm",
        "a norm takes the mean away",
        "A norm takes each row's mean away, divides by √(mean of the squares of what is left + "
        "10⁻⁵), multiplies by its gain and adds its shift (`gain_1` and `shift_1` for the first "
        "norm, `gain_2` and `shift_2` for the second).",
        "def norm(x, gain, shift):\n"
        "    centred = x - x.mean(axis=-1, keepdims=True)\n"
        "    spread = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + 1e-5)\n"
        "    return centred / spread * gain + shift",
        lesson=10,
        needs=("gain_1", "gain_2", "shift_1", "shift_2"),
        slips=(
            Option(
                "layer norm, no root",
                "a norm divides by the variance",
                lines="def norm(x, gain, shift):\n"
                "    centred = x - x.mean(axis=-1, keepdims=True)\n"
                "    spread = np.square(centred).mean(axis=-1, keepdims=True) + 1e-5\n"
                "    return centred / spread * gain + shift",
                needs=("gain_1", "gain_2", "shift_1", "shift_2"),
            ),
        ),
        rivals=(),
    ),
    Option(
        "rms norm",
        "a norm leaves the mean where it is",
        "A norm divides each row by √(mean of its squares + 10⁻⁵) and multiplies by its gain "
        "(`gain_1`, `gain_2`); it takes no mean away, and adds nothing.",
        "def norm(x, gain):\n"
        "    return x / np.sqrt(np.square(x).mean(axis=-1, keepdims=True) + 1e-5) * gain",
        lesson=10,
        title="with RMSNorm",
        needs=("gain_1", "gain_2"),
        slips=(
            Option(
                "rms norm, mean taken away",
                "a norm takes the mean away",
                lines="def norm(x, gain):\n"
                "    centred = x - x.mean(axis=-1, keepdims=True)\n"
                "    spread = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + 1e-5)\n"
                "    return centred / spread * gain",
                needs=("gain_1", "gain_2"),
            ),
        ),
        rivals=(),
    ),
)
THINK = (
    Option(
        "relu",
        "what is below 0 becomes 0",
        "Each row thinks for itself: times `w_1`, plus `b_1`, what is below 0 becomes 0, times "
        "`w_2`, plus `b_2`.",
        "def think(x):\n    return np.maximum(x @ w_1 + b_1, 0) @ w_2 + b_2",
        lesson=10,
    ),
    Option(
        "gelu",
        "each number is multiplied by the chance that a normal one is smaller",
        "Each row thinks for itself: times `w_1`, plus `b_1`, then GELU, times `w_2`, plus `b_2`. "
        "GELU multiplies a number a by the chance that a standard normal one is smaller, "
        "½ (1 + erf(a/√2)).",
        "def think(x):\n"
        "    inner = x @ w_1 + b_1\n"
        "    chance = (1 + np.vectorize(math.erf)(inner / math.sqrt(2))) / 2\n"
        "    return (inner * chance) @ w_2 + b_2",
        lesson=10,
        title="with GELU",
    ),
    Option(
        "swiglu",
        "a gate opens for each number",
        "Each row thinks for itself, behind a gate: with a = row · `w_1` + `b_1`, the gate is "
        "a / (1 + e^(−a)). Gate times row · `w_3`, entry by entry, goes through `w_2`, plus `b_2`.",
        "def think(x):\n"
        "    inner = x @ w_1 + b_1\n"
        "    return (inner / (1 + np.exp(-inner)) * (x @ w_3)) @ w_2 + b_2",
        lesson=10,
        title="with a gate",
        needs=("w_3",),
        slips=(
            Option(
                "swiglu, gate and gated",
                "`w_3` makes the gate",
                lines="def think(x):\n"
                "    inner = x @ w_3\n"
                "    return (inner / (1 + np.exp(-inner)) * (x @ w_1 + b_1)) @ w_2 + b_2",
                needs=("w_3",),
            ),
        ),
    ),
)
WAY = (
    Option(
        "after, in turn",
        "the sum is normalised after each step",
        "The layer does both, in turn: look around, add what comes of it to the row, first norm; "
        "think, add what comes of it to the row as it is by now, second norm.",
        "x = first(x + look(x))\nreturn second(x + think(x))",
        lesson=10,
    ),
    Option(
        "before, in turn",
        "what goes into each step is normalised",
        "The layer does both, in turn: the rows, normalised by the first norm, look around, and "
        "what comes of it is added to the rows as they came in. These sums, normalised by the "
        "second norm, think, and what comes of it is added to the sums. No norm at the end.",
        "x = x + look(first(x))\nreturn x + think(second(x))",
        lesson=10,
        title="with the norm first",
    ),
    Option(
        "before, side by side",
        "both steps start from the same row, normalised before",
        "Looking and thinking stand side by side: the first norm's row goes into looking, the "
        "second norm's row, made of the same `x`, into thinking. Both results are added to `x`. No "
        "norm at the end.",
        "return x + look(first(x)) + think(second(x))",
        lesson=10,
        title="with its steps side by side",
    ),
    Option(
        "both sides, in turn",
        "the first norm stands before each step and the second after it",
        "Each step stands between two norms: row, first norm, step, second norm, and that is added "
        "to the row as it was. Looking comes first, then thinking, by the same two norms.",
        "x = x + second(look(first(x)))\nreturn x + second(think(first(x)))",
        lesson=10,
        title="between two norms",
    ),
    Option(
        "after, side by side",
        "both steps start from the same row, normalised after",
        "Looking and thinking stand side by side, both from `x` as it is; `x` and both results are "
        "added and go through the first norm, and then through the second.",
        "return second(first(x + look(x) + think(x)))",
        lesson=10,
        title="with its steps side by side, norms last",
    ),
)
SEEN = (
    Option(
        "all",
        "everybody is seen",
        "A row looks around by softmax attention, scores divided by √d, in which queries, keys and "
        "values are the rows themselves. Everybody sees everybody.",
        "seen = j >= 0",
        lesson=10,
    ),
    Option(
        "causal",
        "nobody looks ahead",
        "A row looks around by softmax attention, scores divided by √d, in which queries, keys and "
        "values are the rows themselves. Nobody looks ahead: row i sees rows 0 to i.",
        "seen = j <= i",
        lesson=10,
        title="without looking ahead",
        slips=(Option("causal, backwards", "only what comes is seen", lines="seen = j >= i"),),
    ),
    Option(
        "window",
        "a row sees itself and the {w} rows before it",
        "A row looks around by softmax attention, scores divided by √d, in which queries, keys and "
        "values are the rows themselves. Memory is short: row i sees itself and the {w} rows "
        "before it.",
        "seen = (j <= i) & (i - j <= {w})",
        lesson=10,
        title="with a short memory",
        numbers={"w": (2, 3)},
        room=lambda n: {"keys": n["w"] + 2},
    ),
    Option(
        "not itself",
        "a row does not see itself",
        "A row looks around by softmax attention, scores divided by √d, in which queries, keys and "
        "values are the rows themselves. A row sees all rows but itself.",
        "seen = i != j",
        lesson=10,
        title="whose rows look at others only",
    ),
)


def steps(options: Options) -> list[str]:
    """Return the program's lines: norm, look, think, and how they are joined."""
    seen = options["seen"].said(options["seen"].option.lines)
    shifts = ", shift_{n}" if options["norm"].name.startswith("layer") else ""
    norms = [
        f"def {name}(x):\n    return norm(x, gain_{n}{shifts.format(n=n)})"
        for n, name in ((1, "first"), (2, "second"))
    ]
    look = (
        "def look(x):\n"
        "    i, j = np.arange(len(x))[:, None], np.arange(len(x))\n"
        f"    {seen}\n"
        "    scores = np.where(seen, x @ x.T / np.sqrt(x.shape[-1]), -np.inf)\n"
        "    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))\n"
        "    return raised / raised.sum(axis=-1, keepdims=True) @ x"
    )
    return [*lines(options, "norm"), *norms, look, *lines(options, "think", "way")]


def inputs(rng: Any, options: Options, small: Room | None) -> dict[str, Any]:
    """Return fresh arguments: 6 tokens of width 4, or 3 of width 2 in an example."""
    n, d, f = (small["keys"], 2, 2) if small else (6, 4, 7)
    made = {"x": numbers(rng, (n, d), small)}
    for name, shape in (("w_1", (d, f)), ("b_1", (f,)), ("w_3", (d, f)), ("w_2", (f, d))):
        made[name] = numbers(rng, shape, small)
    for name in ("b_2", "gain_1", "gain_2", "shift_1", "shift_2"):
        made[name] = numbers(rng, (d,), small)
    return made


def arguments(options: Options) -> dict[str, str]:
    """Return the arguments and their shapes."""
    shapes = {
        "x": "(n, d)",
        "w_1": "(d, d_ff)",
        "b_1": "(d_ff,)",
        "w_3": "(d, d_ff)",
        "w_2": "(d_ff, d)",
        "b_2": "(d,)",
        "gain_1": "(d,)",
        "shift_1": "(d,)",
        "gain_2": "(d,)",
        "shift_2": "(d,)",
    }
    wanted = {name for choice in options.values() for name in choice.option.needs}
    wanted |= {"x", "w_1", "b_1", "w_2", "b_2"}
    return {name: shape for name, shape in shapes.items() if name in wanted}


# Two other ways to be right: row by row, and with torch's own functions -------------------------


def loop(o: Options, names: list[str]) -> Callable:
    """Return the drawn ``transformer_layer``, row by row."""

    def answer(*values):
        g = by_loop.given(names, values)

        def norm(rows, n):
            gain, shift = getattr(g, f"gain_{n}"), getattr(g, f"shift_{n}", [0] * len(rows[0]))
            return [[r * a + b for r, a, b in zip(level(row), gain, shift)] for row in rows]

        def level(row):
            centre = sum(row) / len(row) if o["norm"].name == "layer norm" else 0.0
            size = math.sqrt(sum((r - centre) ** 2 for r in row) / len(row) + 1e-5)
            return [(r - centre) / size for r in row]

        def look(rows):
            weights = np.zeros((len(rows), len(rows)))
            for i, row in enumerate(rows):
                seen = {
                    j: by_loop.dot(row, other) / math.sqrt(len(row))
                    for j, other in enumerate(rows)
                    if SEES[o["seen"].name](i, j, o["seen"].numbers)
                }
                for j, share in by_loop.by_exp(seen).items():
                    weights[i, j] = share
            return by_loop.mixed(weights, rows)

        def think(rows):
            return [thought(o, row, g) for row in rows]

        return JOIN[o["way"].name](
            np.array(g.x, dtype=float),
            lambda x: np.array(look(x)),
            lambda x: np.array(think(x)),
            lambda x: np.array(norm(x, 1)),
            lambda x: np.array(norm(x, 2)),
        )

    return answer


SEES = {
    "all": lambda i, j, n: True,
    "causal": lambda i, j, n: j < i + 1,
    "window": lambda i, j, n: j in range(i - n["w"], i + 1),
    "not itself": lambda i, j, n: i != j,
}
BEND = {
    "relu": lambda a: a if a > 0 else 0.0,
    "gelu": lambda a: a * (1 + math.erf(a / 2**0.5)) / 2,
    "swiglu": lambda a: a * by_loop.sigmoid(a),
}


def thought(o: Options, row: Any, g: Any) -> list[float]:
    """Return what one row becomes in the feed-forward net."""
    inner = [BEND[o["think"].name](a + b) for a, b in zip(by_loop.times(row, g.w_1), g.b_1)]
    if o["think"].name == "swiglu":
        inner = [a * c for a, c in zip(inner, by_loop.times(row, g.w_3))]
    return [a + b for a, b in zip(by_loop.times(inner, g.w_2), g.b_2)]


def after_in_turn(x: Any, look: Callable, think: Callable, one: Callable, two: Callable) -> Any:
    """Join the steps as in 2017: a norm after each sum."""
    middle = one(look(x) + x)
    return two(think(middle) + middle)


def before_in_turn(x: Any, look: Callable, think: Callable, one: Callable, two: Callable) -> Any:
    """Join the steps with a norm before each."""
    middle = look(one(x)) + x
    return think(two(middle)) + middle


def between(x: Any, look: Callable, think: Callable, one: Callable, two: Callable) -> Any:
    """Join the steps with a norm before and after each."""
    for step in (look, think):
        x = two(step(one(x))) + x
    return x


JOIN = {
    "after, in turn": after_in_turn,
    "before, in turn": before_in_turn,
    "before, side by side": lambda x, look, think, one, two: think(two(x)) + look(one(x)) + x,
    "both sides, in turn": between,
    "after, side by side": lambda x, look, think, one, two: two(one(think(x) + look(x) + x)),
}


def by_tensors(o: Options, names: list[str]) -> Callable:
    """Return the drawn ``transformer_layer``, by torch."""
    import torch
    from torch.nn import functional as F

    from course_lib.practice import by_torch

    def answer(*values):
        g = by_torch.tensors(names, values)

        def norm(n):
            gain = getattr(g, f"gain_{n}")
            if o["norm"].name == "layer norm":
                shift = getattr(g, f"shift_{n}")
                return lambda x: F.layer_norm(x, gain.shape, gain, shift, eps=1e-5)
            return lambda x: F.rms_norm(x, gain.shape, gain, eps=1e-5)

        def look(x):
            i, j = torch.arange(len(x))[:, None], torch.arange(len(x))
            seen = {
                "all": j.ge(0) & i.ge(0),
                "causal": i.ge(j),
                "window": i.ge(j) & (i - j).le(o["seen"].numbers.get("w", 0)),
                "not itself": i.ne(j),
            }[o["seen"].name]
            return by_torch.hidden(x @ x.mT * x.shape[-1] ** -0.5, seen).softmax(dim=-1) @ x

        def think(x):
            inner = F.linear(x, g.w_1.T, g.b_1)
            bent = {"relu": F.relu, "gelu": F.gelu, "swiglu": F.silu}[o["think"].name](inner)
            return F.linear(bent * (x @ g.w_3) if hasattr(g, "w_3") else bent, g.w_2.T, g.b_2)

        return JOIN[o["way"].name](g.x, look, think, norm(1), norm(2))

    return answer


TRANSFORMER_LAYER = Kind(
    name="transformer_layer",
    track="code",
    lesson="10_transformer_layer",
    noun="A layer",
    axes={"seen": SEEN, "norm": NORM, "think": THINK, "way": WAY},
    order=("seen", "think", "norm", "way"),
    arguments=arguments,
    steps=steps,
    inputs=inputs,
    reads=reads_one,
    ways={"loop": loop, "torch": by_tensors},
    published={
        "TransformerLayer": "lesson 10's TransformerLayer",
        "layer_norm": "lesson 10's layer_norm",
    },
    holds="every row comes out as it should",
    also="three rows of whole numbers work",
    notes=lambda o: "Return the rows that come out, (n, d).",
)
