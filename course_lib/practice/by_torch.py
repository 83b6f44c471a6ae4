"""Another way to be right: tensors, with torch's own functions and gradients."""

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from course_lib.practice.by_loop import given
from course_lib.practice.declare import Options

SCORE = {
    "dot": lambda q, k, g: torch.einsum("...qd,...kd->...qk", q, k),
    "cosine": lambda q, k, g: F.cosine_similarity(q[..., :, None, :], k[..., None, :, :], dim=-1),
    "distance": lambda q, k, g: -(q[..., :, None, :] - k[..., None, :, :]).pow(2).sum(-1),
    "bilinear": lambda q, k, g: torch.einsum("...qd,de,...ke->...qk", q, g.w, k),
    "additive": lambda q, k, g: torch.einsum(
        "...h,h->...",
        torch.tanh((q @ g.w_query).unsqueeze(-2) + (k @ g.w_key).unsqueeze(-3)),
        g.w_score,
    ),
}
SCALE = {
    "root": lambda s, width, n: s * width**-0.5,
    "none": lambda s, width, n: s,
    "temperature": lambda s, width, n: s.div(n["t"]),
    "gain": lambda s, width, n: s.mul(n["t"]),
    "whole root": lambda s, width, n: s * width**-0.5,
}
BIAS = {
    "none": lambda s, i, j, g, n: s,
    "slope": lambda s, i, j, g, n: s.sub((i - j).abs(), alpha=n["s"]),
    "table": lambda s, i, j, g, n: s.add(g.bias),
}
SAID = {
    "none": lambda s, j, g: (s, torch.ones_like(s, dtype=torch.bool)),
    "may": lambda s, j, g: (s, g.mask),
    "hidden": lambda s, j, g: (s, g.mask.logical_not()),
    "added": lambda s, j, g: (s + g.mask, g.mask.isneginf().logical_not()),
    "length": lambda s, j, g: (s, j < getattr(g, "lengths", g.length)),
}
LOOK = {
    "all": lambda seen, i, j, g, n: seen,
    "causal": lambda seen, i, j, g, n: seen & ~torch.ones_like(i + j, dtype=torch.bool).triu(1),
    "window": lambda seen, i, j, g, n: seen & (i - j).ge(0) & (i - j).le(n["w"]),
    "segments": lambda seen, i, j, g, n: seen & g.segments[i].eq(g.segments[j]),
    "prefix": lambda seen, i, j, g, n: seen & torch.maximum(i, i * 0 + n["p"] - 1).ge(j),
    "stride": lambda seen, i, j, g, n: seen & (i - j).remainder(n["r"]).eq(0),
}


def hidden(s: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
    """Return scores that are -inf where nothing is seen."""
    return s.masked_fill(~seen, -torch.inf)


def extra_zero(s: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
    """Return shares of a softmax in which one more with score 0 takes part."""
    nobody = torch.zeros_like(s[..., :1])
    return torch.cat([hidden(s, seen), nobody], dim=-1).softmax(dim=-1)[..., :-1]


def best(s: torch.Tensor, seen: torch.Tensor, count: int) -> torch.Tensor:
    """Return the shares of so many best."""
    s = hidden(s, seen)
    top = s.topk(count, dim=-1)
    alone = torch.full_like(s, -torch.inf).scatter(-1, top.indices, top.values)
    return alone.softmax(dim=-1)


SHARE = {
    "softmax": lambda s, seen, n: hidden(s, seen).softmax(dim=-1),
    "base two": lambda s, seen, n: (hidden(s, seen) * math.log(2)).softmax(dim=-1),
    "extra zero": lambda s, seen, n: extra_zero(s, seen),
    "best": lambda s, seen, n: best(s, seen, n["k"]),
    "sigmoid": lambda s, seen, n: torch.sigmoid(hidden(s, seen)),
    "relu": lambda s, seen, n: F.normalize(F.relu(hidden(s, seen)), p=1, dim=-1),
}


def tensor(value: Any) -> Any:
    """Return an array as a tensor of float64, or of booleans or whole numbers if it holds those."""
    if not isinstance(value, np.ndarray):
        return value
    kept = torch.from_numpy(value.copy())
    return kept if kept.dtype in (torch.bool, torch.int64) else kept.double()


def tensors(names: Any, values: Any) -> SimpleNamespace:
    """Return the arguments of a call as tensors; widths and places stay numbers."""
    g = given(names, [tensor(value) for value in values])
    for name, value in vars(g).items():
        if name not in ("mask", "segments", "length", "lengths") and torch.is_tensor(value):
            setattr(g, name, value.double())
    if not hasattr(g, "length"):
        g.length = None
    if hasattr(g, "lengths"):
        g.lengths = g.lengths[:, None, None]
    return g


def scored(o: Options, q: torch.Tensor, k: torch.Tensor, g: SimpleNamespace) -> torch.Tensor:
    """Return scores with scale and bias, (..., n_q, n_k)."""
    s = SCORE[o["score"].name if "score" in o else "dot"](q, k, g)
    s = SCALE[o["scale"].name](s, q.shape[-1], o["scale"].numbers)
    i, j = places(s)
    s = BIAS[o["bias"].name](s, i, j, g, o["bias"].numbers) if "bias" in o else s
    return s + getattr(g, "shift", 0)


def places(s: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the places of queries, a column, and of keys, a row."""
    return torch.arange(s.shape[-2])[:, None], torch.arange(s.shape[-1])[None, :]


def shared(o: Options, s: torch.Tensor, g: SimpleNamespace) -> torch.Tensor:
    """Return the shares, (..., n_q, n_k)."""
    i, j = places(s)
    s, seen = SAID[o["said"].name](s, j, g)
    seen = LOOK[o["look"].name](seen, i, j, g, o["look"].numbers)
    return SHARE[o["share"].name](s, seen.expand(s.shape), o["share"].numbers)


def back(o: Options, output: torch.Tensor, weights: torch.Tensor) -> Any:
    """Return what comes back: a pair, or the output alone."""
    return output if o["back"].name == "output" else (output, weights)


def scores(o: Options, names: list[str]) -> Callable:
    """Return the drawn ``scores``."""

    def answer(*values):
        g = tensors(names, values)
        q, k = (g.q.T, g.k.T) if o["layout"].name == "columns" else (g.q, g.k)
        return scored(o, q, k, g)

    return answer


def shares(o: Options, names: list[str]) -> Callable:
    """Return the drawn ``shares``."""

    def answer(*values):
        g = tensors(names, values)
        turned = o["layout"].name == "columns"
        if turned and hasattr(g, "mask"):
            g.mask = g.mask.T
        s = SCALE[o["scale"].name](g.scores.T if turned else g.scores, 1, o["scale"].numbers)
        weights = shared(o, s, g)
        return weights.T if turned else weights

    return answer


def attention(o: Options, names: list[str]) -> Callable:
    """Return the drawn ``attention``."""

    def answer(*values):
        g = tensors(names, values)
        turned = o["layout"].name != "rows"
        q, k, v = (x.transpose(0, 1) if turned else x for x in (g.q, g.k, g.v))
        weights = shared(o, scored(o, q, k, g), g)
        output = torch.matmul(weights, v) + (q if o["back"].name == "residual" else 0)
        return back(o, output.transpose(0, 1) if turned else output, weights)

    return answer


def layer(o: Options, names: list[str]) -> Callable:
    """Return the drawn ``layer``."""

    def answer(*values):
        g = tensors(names, values)
        asks, tells = g.x_query, g.x_key_value
        if hasattr(g, "places"):
            asks, tells = (x + g.places[: len(x)] for x in (asks, tells))
        holds = tells if o["places"].name == "everywhere" else g.x_key_value
        if o["maps"].name == "linear":
            q, k = F.linear(asks, g.w_q, g.b_q), F.linear(tells, g.w_k, g.b_k)
            v = F.linear(holds, g.w_v, g.b_v)
        else:
            q, k, v = asks @ g.w_q, tells @ g.w_k, holds @ g.w_v
        weights = shared(o, scored(o, q, k, g), g)
        output = torch.matmul(weights, v)
        return back(o, output + g.x_query if o["back"].name == "residual" else output, weights)

    return answer
