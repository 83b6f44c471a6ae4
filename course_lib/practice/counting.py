"""Drawn tasks of the maths track: how many numbers a layer learns, how many steps it computes."""

from collections.abc import Callable
from typing import Any

from course_lib.exercises.judge import Unfit
from course_lib.practice.attending import lines, together
from course_lib.practice.by_loop import given
from course_lib.practice.declare import Kind, Option, Options, Room

KEYS = (
    Option(
        "own",
        "each head has keys and values of its own",
        "Four tables for attention: queries, keys, values, and the output, each from d_model to "
        "d_model.",
        "wide = d_model",
        lesson=9,
    ),
    Option(
        "groups",
        "heads share keys and values in groups",
        "Four tables for attention: queries and output are from d_model to d_model; keys and "
        "values have `n_groups` heads only, each as wide as a head of queries, d_model / n_heads.",
        "wide = n_groups * d_model // n_heads",
        lesson=9,
        title="whose heads share keys",
        needs=("n_groups",),
    ),
    Option(
        "one",
        "all heads share one head of keys and values",
        "Four tables for attention: queries and output are from d_model to d_model; all heads "
        "share one head of keys and one of values, each d_model / n_heads wide.",
        "wide = d_model // n_heads",
        lesson=9,
        title="with one head of keys",
    ),
)
THINK = (
    Option(
        "two",
        "two tables think",
        "Two tables for thinking: from d_model to d_ff, and back.",
        "tables = 2",
        lesson=10,
    ),
    Option(
        "three",
        "three tables think",
        "Three tables for thinking: two from d_model to d_ff (one of them is the gate), and one "
        "back. Multiplying by the gate costs nothing here.",
        "tables = 3",
        lesson=10,
        title="with a gate",
    ),
)
BIASES = (
    Option(
        "all",
        "every table has a bias",
        "Every table has a bias: one number for each number that comes out of it.",
        "biases = 3 * d_model + 2 * wide + (tables - 1) * d_ff",
        lesson=10,
    ),
    Option(
        "none",
        "no table has a bias",
        "No table has a bias.",
        "biases = 0",
        lesson=10,
        title="without biases",
    ),
    Option(
        "thinking",
        "only the tables that think have biases",
        "The tables for thinking have a bias each, one number for each number that comes out; "
        "those for attention have none.",
        "biases = d_model + (tables - 1) * d_ff",
        lesson=10,
        title="with few biases",
    ),
    Option(
        "first three",
        "only the tables of queries, keys and values have biases",
        "The tables of queries, keys and values have a bias each, one number for each number that "
        "comes out; no other table has one.",
        "biases = d_model + 2 * wide",
        lesson=10,
        title="with biases for queries, keys and values",
    ),
)
NORMS = (
    Option(
        "layer norms",
        "two norms have gain and shift",
        "Two norms, each with a gain and a shift of d_model numbers each.",
        "norms = 4 * d_model",
        lesson=10,
    ),
    Option(
        "rms norms",
        "two norms have a gain alone",
        "Two norms, each with a gain of d_model numbers and no shift.",
        "norms = 2 * d_model",
        lesson=10,
        title="with plain norms",
    ),
    Option(
        "one",
        "one norm has gain and shift",
        "One norm, with a gain and a shift of d_model numbers each.",
        "norms = 2 * d_model",
        lesson=10,
        title="with one norm",
        rivals=("layer norms",),
    ),
    Option(
        "four",
        "four norms have a gain alone",
        "Four norms, one before and one after each step, each with a gain of d_model numbers and "
        "no shift.",
        "norms = 4 * d_model",
        lesson=10,
        title="with four norms",
        rivals=("rms norms",),
    ),
)
PAIRS = (
    Option(
        "all",
        "every token looks at every token",
        "A sentence has n tokens, and each looks at all of them.",
        "pairs = n * n",
        lesson=9,
    ),
    Option(
        "causal",
        "pairs that look ahead are never computed",
        "A sentence has n tokens; each looks at itself and at those before it, and pairs that may "
        "not look are never computed.",
        "pairs = n * (n + 1) // 2",
        lesson=9,
        title="that never looks ahead",
        slips=(
            Option("causal, not itself", "nobody sees itself", lines="pairs = n * (n - 1) // 2"),
        ),
    ),
    Option(
        "window",
        "a token looks at itself and the {w} before it",
        "A sentence has n tokens; each looks at itself and the {w} before it (the first ones at "
        "fewer), and pairs that may not look are never computed. n is larger than {w}.",
        "pairs = n * ({w} + 1) - {w} * ({w} + 1) // 2",
        lesson=9,
        title="with a short memory",
        numbers={"w": (2, 3, 4)},
        slips=(
            Option(
                "window, full rows",
                "the first tokens look at as many as the others",
                lines="pairs = n * ({w} + 1)",
            ),
            Option(
                "window, one short",
                "the token itself counts among the {w}",
                lines="pairs = n * {w} - {w} * ({w} - 1) // 2",
            ),
        ),
    ),
)


def arguments(options: Options) -> dict[str, str]:
    """Return the arguments: whole numbers all."""
    names = ["d_model", "n_heads", "d_ff", "n"]
    names += ["n_groups"] if options["keys"].name == "groups" else []
    return dict.fromkeys(names, "a whole number")


def inputs(rng: Any, options: Options, small: Room | None) -> dict[str, Any]:
    """Return fresh sizes; heads of the same width."""
    heads, groups = (4, 2) if small else ((6, 2), (6, 3), (8, 2), (8, 4))[int(rng.integers(4))]
    width = int(rng.integers(2, 4)) if small else int(rng.integers(5, 17))
    d = heads * width
    return {
        "d_model": d,
        "n_heads": heads,
        "d_ff": int(rng.integers(d + 1, 2 * d)) if small else int(rng.integers(2 * d, 5 * d)),
        "n": int(rng.integers(6, 9)) if small else int(rng.integers(9, 60)),
        "n_groups": groups,
    }


def steps(options: Options) -> list[str]:
    """Return the program's lines."""
    return [
        *lines(options, "keys", "think"),
        "maps = 2 * d_model * d_model + 2 * d_model * wide + tables * d_model * d_ff",
        *lines(options, "biases", "norms", "pairs"),
        "parameters = maps + biases + norms",
        "flops = 2 * n * maps + 4 * pairs * d_model",
        "return parameters, flops",
    ]


def reads(options: Options) -> Callable:
    """Return how (parameters, flops) is read."""

    two = together(
        ("parameters", "flops"), "your function should return two counts, (parameters, flops)."
    )

    def read(result):
        counts = two(result)
        for name, count in counts.items():
            if not hasattr(count, "__index__"):
                raise Unfit(f"your {name} should be an int, without a decimal point.")
        return counts

    return read


# Other ways to be right: count what is there ------------------------------------------------------


def shapes(o: Options, g: Any) -> dict[str, tuple[int, int]]:
    """Return the tables, (in, out)."""
    few = {"own": g.n_heads, "groups": getattr(g, "n_groups", 0), "one": 1}[o["keys"].name]
    wide = few * (g.d_model // g.n_heads)
    found = {"q": (g.d_model, g.d_model), "k": (g.d_model, wide), "v": (g.d_model, wide)}
    found |= {"o": (g.d_model, g.d_model), "in": (g.d_model, g.d_ff), "out": (g.d_ff, g.d_model)}
    if o["think"].name == "three":
        found["gate"] = (g.d_model, g.d_ff)
    return found


BIASED = {
    "all": {"q", "k", "v", "o", "in", "out", "gate"},
    "none": set(),
    "thinking": {"in", "out", "gate"},
    "first three": {"q", "k", "v"},
}
NORMED = {"layer norms": (2, 2), "rms norms": (2, 1), "one": (1, 2), "four": (4, 1)}


def looks(o: Options, i: int, j: int) -> bool:
    """Say whether token i looks at token j."""
    reach = o["pairs"].numbers.get("w", i)
    return o["pairs"].name == "all" or 0 <= i - j <= reach


def loop(o: Options, names: list[str]) -> Callable:
    """Return the drawn ``counts``: table by table, pair by pair."""

    def answer(*values):
        g = given(names, values)
        parameters = flops = 0
        for name, (come, go) in shapes(o, g).items():
            parameters += come * go + (go if name in BIASED[o["biases"].name] else 0)
            flops += sum(2 * come * go for _ in range(g.n))
        for _ in range(g.n_heads):
            seen = sum(looks(o, i, j) for i in range(g.n) for j in range(g.n))
            flops += seen * 2 * 2 * (g.d_model // g.n_heads)
        norms, parts = NORMED[o["norms"].name]
        return parameters + norms * parts * g.d_model, flops

    return answer


def by_modules(o: Options, names: list[str]) -> Callable:
    """Return the drawn ``counts``: torch's layers are made and counted."""

    def answer(*values):
        import torch
        from torch import nn

        g = given(names, values)
        with torch.device("meta"):
            layers = [
                nn.Linear(come, go, bias=name in BIASED[o["biases"].name])
                for name, (come, go) in shapes(o, g).items()
            ]
            many, parts = NORMED[o["norms"].name]
            norms = [nn.LayerNorm(g.d_model, bias=parts == 2) for _ in range(many)]
        i, j = torch.arange(g.n)[:, None], torch.arange(g.n)
        mask = {
            "all": i - j < g.n,
            "causal": i >= j,
            "window": (i >= j) & (i - j <= o["pairs"].numbers.get("w", 0)),
        }[o["pairs"].name]
        flops = 4 * int(mask.sum()) * g.d_model
        flops += sum(2 * g.n * layer.weight.numel() for layer in layers)
        return sum(p.numel() for m in layers + norms for p in m.parameters()), flops

    return answer


COUNTS = Kind(
    name="counts",
    track="maths",
    lesson="10_transformer_layer",
    noun="Count a layer",
    axes={"keys": KEYS, "think": THINK, "biases": BIASES, "norms": NORMS, "pairs": PAIRS},
    order=("keys", "think", "biases", "norms", "pairs"),
    arguments=arguments,
    steps=steps,
    inputs=inputs,
    reads=reads,
    ways={"loop": loop, "torch": by_modules},
    published={
        "transformer_layer_parameters": "lesson 10's transformer_layer_parameters",
        "multi_head_parameters": "lesson 09's multi_head_parameters",
    },
    holds="both counts are right",
    also="small layers are counted right",
    floats=False,
    notes=lambda o: (
        "Return `(parameters, flops)`: how many numbers are learned, and what one sentence costs. "
        "Only matrix products cost, and a multiply-add counts as 2: those with the tables above, "
        "and, head by head, those that make the scores and mix the values."
    ),
)
