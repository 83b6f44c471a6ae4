"""One way to be right: item by item, in plain Python. It shares nothing with the lines of NumPy.

Each function gets what one item needs, the arguments ``g`` of the whole call, and the drawn
numbers ``n``.
"""

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from course_lib.practice.declare import Options


def dot(a: Any, b: Any) -> float:
    """Return the dot product of two lists."""
    return sum(float(x) * float(y) for x, y in zip(a, b))


def times(row: Any, table: Any) -> list[float]:
    """Return a row times a table."""
    return [dot(row, [line[c] for line in table]) for c in range(len(table[0]))]


def squared_distance(a: Any, b: Any) -> float:
    """Return the squared distance of two lists."""
    return sum((float(x) - float(y)) ** 2 for x, y in zip(a, b))


def small_network(a: Any, b: Any, g: Any) -> float:
    """Return what the small network makes of a pair."""
    pair = zip(times(a, g.w_query), times(b, g.w_key))
    return dot([math.tanh(x + y) for x, y in pair], g.w_score)


SCORE = {
    "dot": lambda a, b, g: dot(a, b),
    "cosine": lambda a, b, g: dot(a, b) / math.sqrt(dot(a, a) * dot(b, b)),
    "distance": lambda a, b, g: -squared_distance(a, b),
    "bilinear": lambda a, b, g: dot(times(a, g.w), b),
    "additive": small_network,
}
SCALE = {
    "root": lambda s, width, n: s / math.sqrt(width),
    "none": lambda s, width, n: s,
    "temperature": lambda s, width, n: s / n["t"],
    "gain": lambda s, width, n: s * n["t"],
    "whole root": lambda s, width, n: s / math.sqrt(width),
}
BIAS = {
    "none": lambda i, j, g, n: 0.0,
    "slope": lambda i, j, g, n: -n["s"] * abs(i - j),
    "table": lambda i, j, g, n: float(g.bias[i][j]),
}
SAID = {  # (what is added, whether it is seen)
    "none": lambda b, i, j, g: (0.0, True),
    "may": lambda b, i, j, g: (0.0, bool(g.mask[i][j])),
    "hidden": lambda b, i, j, g: (0.0, not g.mask[i][j]),
    "added": lambda b, i, j, g: (float(g.mask[i][j]), g.mask[i][j] != -math.inf),
    "length": lambda b, i, j, g: (0.0, j < (g.lengths[b] if hasattr(g, "lengths") else g.length)),
}
LOOK = {
    "all": lambda i, j, g, n: True,
    "causal": lambda i, j, g, n: j in range(i + 1),
    "window": lambda i, j, g, n: 0 <= i - j <= n["w"],
    "segments": lambda i, j, g, n: g.segments[i] == g.segments[j],
    "prefix": lambda i, j, g, n: j < n["p"] or j <= i,
    "stride": lambda i, j, g, n: abs(i - j) % n["r"] == 0,
}


def by_exp(seen: Any, base: float = math.e, nobody: bool = False) -> dict[int, float]:
    """Return shares by powers of a base; nobody: one more with score 0, who is left out."""
    largest = max([*seen.values(), 0.0] if nobody else seen.values())
    raised = {j: base ** (s - largest) for j, s in seen.items()}
    total = sum(raised.values()) + (base**-largest if nobody else 0.0)
    return {j: r / total for j, r in raised.items()}


def best(seen: Any, count: int) -> dict[int, float]:
    """Return the shares of so many best."""
    return by_exp(dict(sorted(seen.items(), key=lambda each: -each[1])[:count]))


def sigmoid(s: Any) -> float:
    """Return 1 / (1 + e^-s), whatever the size of s."""
    return 1 / (1 + math.exp(-s)) if s > 0 else math.exp(s) / (1 + math.exp(s))


def cut(seen: Any) -> dict[int, float]:
    """Return what is above 0, divided by its sum."""
    total = sum(max(s, 0.0) for s in seen.values())
    return {j: max(s, 0.0) / (total or 1.0) for j, s in seen.items()}


SHARE = {  # {key: score} of what one query sees -> {key: share}
    "softmax": lambda seen, n: by_exp(seen),
    "base two": lambda seen, n: by_exp(seen, base=2.0),
    "extra zero": lambda seen, n: by_exp(seen, nobody=True),
    "best": lambda seen, n: best(seen, n["k"]),
    "sigmoid": lambda seen, n: {j: sigmoid(s) for j, s in seen.items()},
    "relu": lambda seen, n: cut(seen),
}


def scored(o: Options, q: Any, k: Any, g: SimpleNamespace) -> np.ndarray:
    """Return the scores of one sentence, pair by pair, with scale and bias."""
    rows = []
    for i, a in enumerate(q):
        row = []
        for j, b in enumerate(k):
            s = SCORE[o["score"].name](a, b, g) if "score" in o else dot(a, b)
            s = SCALE[o["scale"].name](s, getattr(g, "width", len(a)), o["scale"].numbers)
            s += BIAS[o["bias"].name](i, j, g, o["bias"].numbers) if "bias" in o else 0
            row.append(s + getattr(g, "shift", 0))
        rows.append(row)
    return np.array(rows)


def shared(o: Options, scores: Any, g: SimpleNamespace, sentence: int = 0) -> np.ndarray:
    """Return the shares of one sentence, query by query."""
    weights = np.zeros(np.shape(scores))
    for i, row in enumerate(scores):
        seen = {}
        for j, s in enumerate(row):
            added, may = SAID[o["said"].name](sentence, i, j, g)
            if may and LOOK[o["look"].name](i, j, g, o["look"].numbers):
                seen[j] = float(s) + added
        for j, share in SHARE[o["share"].name](seen, o["share"].numbers).items():
            weights[i, j] = share
    return weights


def mixed(weights: Any, v: Any) -> np.ndarray:
    """Return the mixture of values, number by number."""
    return np.array([times(row, v) for row in weights])


def given(names: Any, values: Any) -> SimpleNamespace:
    """Return the arguments of a call by their names."""
    return SimpleNamespace(**dict(zip(names, values, strict=True)))


def scores(o: Options, names: list[str]) -> Callable:
    """Return the drawn ``scores``."""

    def answer(*values):
        g = given(names, values)
        q, k = (np.transpose(a) if o["layout"].name == "columns" else a for a in (g.q, g.k))
        return scored(o, q, k, g)

    return answer


def shares(o: Options, names: list[str]) -> Callable:
    """Return the drawn ``shares``."""

    def answer(*values):
        g = given(names, values)
        turned = o["layout"].name == "columns"
        table = np.transpose(g.scores) if turned else g.scores
        if turned and hasattr(g, "mask"):
            g.mask = np.transpose(g.mask)
        scale = o["scale"]
        table = [[SCALE[scale.name](float(s), 1, scale.numbers) for s in row] for row in table]
        weights = shared(o, table, g)
        return weights.T if turned else weights

    return answer


def back(o: Options, q: Any, output: np.ndarray, weights: np.ndarray) -> Any:
    """Return what comes back: a pair, or the output alone."""
    if o["back"].name == "output":
        return output
    return output, weights


def looked(o: Options, q: Any, k: Any, v: Any, g: SimpleNamespace, sentence: int = 0) -> Any:
    """Return (output, weights) of one sentence whose rows are tokens."""
    weights = shared(o, scored(o, q, k, g), g, sentence)
    output = mixed(weights, v)
    if o["back"].name == "residual":
        output = output + np.asarray(q)
    return output, weights


def attention(o: Options, names: list[str]) -> Callable:
    """Return the drawn ``attention``."""

    def answer(*values):
        g = given(names, values)
        if o["layout"].name == "time first":
            every = [looked(o, g.q[:, b], g.k[:, b], g.v[:, b], g, b) for b in range(g.q.shape[1])]
            output = np.stack([one for one, _ in every], axis=1)
            return back(o, g.q, output, np.stack([weights for _, weights in every]))
        turned = o["layout"].name == "columns"
        q, k, v = (np.transpose(a) if turned else a for a in (g.q, g.k, g.v))
        output, weights = looked(o, q, k, v, g)
        return back(o, q, output.T if turned else output, weights)

    return answer


def layer(o: Options, names: list[str]) -> Callable:
    """Return the drawn ``layer``."""

    def answer(*values):
        g = given(names, values)
        asks, tells = np.array(g.x_query, float), np.array(g.x_key_value, float)
        placed = [x + g.places[: len(x)] for x in (asks, tells)] if hasattr(g, "places") else None
        for_keys = placed or [asks, tells]
        for_values = tells if o["places"].name != "everywhere" else for_keys[1]
        turned = o["maps"].name == "linear"
        w_q, w_k, w_v = (np.transpose(w) if turned else w for w in (g.w_q, g.w_k, g.w_v))
        add = (g.b_q, g.b_k, g.b_v) if turned else (0, 0, 0)
        q = np.array([times(row, w_q) for row in for_keys[0]]) + add[0]
        k = np.array([times(row, w_k) for row in for_keys[1]]) + add[1]
        v = np.array([times(row, w_v) for row in for_values]) + add[2]
        weights = shared(o, scored(o, q, k, g), g)
        output = mixed(weights, v)
        if o["back"].name == "residual":
            output = output + g.x_query
        return back(o, q, output, weights)

    return answer
