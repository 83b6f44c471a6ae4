"""Drawn tasks of lesson 09: how the heads' columns lie, who shares keys, what comes out."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.practice import by_loop
from course_lib.practice import options as drawn
from course_lib.practice.attending import ACROSS, KEYS, LOUD, lines, numbers, reads_back, worded
from course_lib.practice.declare import Kind, Option, Options, Room, pick

MERGE = "output = output.swapaxes(0, 1).reshape(output.shape[1], -1)"
HEADS = (
    Option(
        "blocks",
        "a head owns neighbouring columns",
        "The heads' columns lie side by side: of `n_heads` heads of width d, head m owns columns "
        "m·d to (m + 1)·d − 1 of `q`, of `k` and of `v`.",
        "d = q.shape[-1] // n_heads\n"
        "q, k, v = (x.reshape(len(x), -1, d).swapaxes(0, 1) for x in (q, k, v))",
        MERGE,
        lesson=9,
        needs=("n_heads",),
        rivals=("combed",),
    ),
    Option(
        "combed",
        "the heads take turns at the columns",
        "The heads take turns at the columns, as at cards: with `n_heads` heads, head m owns "
        "columns m, m + n_heads, m + 2·n_heads … of `q`. Where `k` and `v` hold fewer heads, those "
        "take turns likewise.",
        "d = q.shape[-1] // n_heads\n"
        "q, k, v = (x.reshape(len(x), d, -1).transpose(2, 0, 1) for x in (q, k, v))",
        "output = output.transpose(1, 2, 0).reshape(output.shape[1], -1)",
        lesson=9,
        title="that deal out the columns",
        needs=("n_heads",),
        rivals=("blocks",),
    ),
    Option(
        "token first",
        "the axes are (token, head, width)",
        "Heads have an axis of their own, the second: (token, head, width).",
        "q, k, v = q.swapaxes(0, 1), k.swapaxes(0, 1), v.swapaxes(0, 1)",
        MERGE,
        lesson=9,
        title="with an axis of their own",
        rivals=("head first",),
    ),
    Option(
        "head first",
        "the axes are (head, token, width)",
        "Heads have an axis of their own, the first: (head, token, width).",
        "",
        MERGE,
        lesson=9,
        title="with their axis in front",
        rivals=("token first",),
    ),
)
GROUPS = (
    Option("all", "each head has keys and values of its own", lesson=9, rivals=()),
    Option(
        "fewer",
        "neighbouring heads share keys and values",
        "Keys and values have fewer heads than queries: neighbouring query heads share one of them "
        "(with 4 heads of queries and 2 of keys, heads 0 and 1 look at the first, 2 and 3 at the "
        "second).",
        "k, v = (np.repeat(x, len(q) // len(x), axis=0) for x in (k, v))",
        lesson=9,
        title="sharing their keys",
        room=lambda n: {"heads": 4},  # with two heads, all look at the same keys
        rivals=(),
        slips=(
            Option(
                "fewer, by turns",
                "heads of queries take turns at the heads of keys",
                lines="k, v = (np.tile(x, (len(q) // len(x), 1, 1)) for x in (k, v))",
            ),
        ),
    ),
)
SCALE = (
    Option(
        "root",
        "each score is divided by the root of a head's width",
        "A score is the dot product of a query and a key of the same head, divided by √d, the root "
        "of that head's width.",
        "scores = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])",
        lesson=9,
    ),
    Option(
        "whole root",
        "each score is divided by the root of all heads' width",
        "A score is the dot product of a query and a key of the same head, divided by √(h·d), the "
        "root of the width of all h heads of queries together.",
        "scores = q @ k.swapaxes(-1, -2) / np.sqrt(len(q) * q.shape[-1])",
        lesson=9,
        title="with scores over the whole width",
    ),
    Option(
        "none",
        "nothing divides a score",
        "A score is the dot product of a query and a key of the same head; nothing divides it.",
        "scores = q @ k.swapaxes(-1, -2)",
        lesson=9,
        title="without a scale",
    ),
)
BIAS = (
    Option("none", "nothing is added to a score", lesson=9),
    Option(
        "slopes",
        "each head has a slope of its own",
        "Each head is short-sighted in its own way: in head m a score loses `slopes[m]` for each "
        "place between query i and key j, |i − j| in all.",
        "scores = scores - slopes[:, None, None] * np.abs(i - j)",
        lesson=9,
        title="each short-sighted in its own way",
        needs=("slopes",),
        slips=(
            Option(
                "slopes, all the first",
                "the first slope holds for all heads",
                lines="scores = scores - slopes[0] * np.abs(i - j)",
                needs=("slopes",),
            ),
        ),
    ),
)
MIX = (
    Option(
        "w_o",
        "`w_o` mixes the heads",
        "Each head mixes its values; the heads' outputs are put side by side, head 0 first, and "
        "multiplied by `w_o`.",
        lines="output = output @ w_o",
        lesson=9,
        needs=("w_o",),
        rivals=(),
        slips=(
            Option(
                "w_o, turned",
                "`w_o` lies as torch keeps it",
                lines="output = output @ w_o.T",
                needs=("w_o",),
            ),
        ),
    ),
    Option(
        "side by side",
        "the heads stay side by side",
        "Each head mixes its values; the heads' outputs are put side by side, head 0 first. "
        "Nothing mixes them.",
        lesson=9,
        title="that nothing mixes",
    ),
    Option(
        "mean",
        "the output is the mean of the heads",
        "Each head mixes its values; the output is the mean of the heads' outputs, as wide as one "
        "head.",
        lines="output = output.mean(axis=0)",
        lesson=9,
        title="that vote",
    ),
)
BACK = (
    Option(
        "both",
        "each head's weights come back",
        "Return `(output, weights)`, the weights of each head: (h, n_q, n_k).",
        after="return output, weights",
        lesson=9,
    ),
    Option(
        "output",
        "the output alone comes back",
        "Return the output alone.",
        after="return output",
        lesson=9,
    ),
    Option(
        "mean weights",
        "the mean of the heads' weights comes back",
        "Return `(output, weights)`, where the weights are the mean over all heads: (n_q, n_k).",
        after="return output, weights.mean(axis=0)",
        lesson=9,
        title="with their weights averaged",
    ),
)


def dealt(options: Options) -> Options:
    """Let the question deal outputs back into columns where the columns were dealt out."""
    if options["heads"].name != "combed":
        return options
    dealt = {"put side by side, head 0 first": "dealt back into columns as `q` was dealt out"}
    return {**options, "mix": worded(options["mix"], dealt)}


def steps(options: Options) -> list[str]:
    """Return the program's lines: split, look head by head, merge."""
    merge = "" if options["mix"].name == "mean" else options["heads"].option.after
    return [
        *lines(options, "heads", "groups", "scale", "bias", "said", "look", "share"),
        "output = weights @ v",
        merge,
        options["mix"].option.lines,
        options["back"].option.after,
    ]


def inputs(rng: Any, options: Options, small: Room | None) -> dict[str, Any]:
    """Return fresh arguments: 4 heads of width 3, or 2 of width 2 in an example."""
    h, d, n_q, n_k, out = 4, 3, 6, 9, 7
    if small:
        h, d, n_q, n_k, out = small["heads"], 2, small["queries"], small["keys"], 2
    few = h // 2 if options["groups"].name == "fewer" else h
    may = rng.random((n_q, n_k)) < 0.7
    if small:
        may[:] = True
        may[1, int(rng.choice([0, 2]))] = False
    may[np.arange(n_q), np.arange(n_q)] = True
    made: dict[str, Any] = {
        "q": numbers(rng, (h, n_q, d), small),
        "k": numbers(rng, (few, n_k, d), small),
        "v": rng.integers(0, 10, (few, n_k, d)) if small else 3 * rng.normal(size=(few, n_k, d)),
    }
    turn = {
        "blocks": lambda x: x.swapaxes(0, 1).reshape(x.shape[1], -1),
        "combed": lambda x: x.transpose(1, 2, 0).reshape(x.shape[1], -1),
        "token first": lambda x: x.swapaxes(0, 1).copy(),
        "head first": lambda x: x,
    }[options["heads"].name]
    made = {name: turn(x) for name, x in made.items()}
    made["mask"] = ~may if options["said"].name == "hidden" else may
    made["w_o"] = numbers(rng, (h * d, out), small)
    made["n_heads"] = h
    made["slopes"] = np.array([0.5, 1.0, 0.25, 2.0])[:h] if small else rng.uniform(0.1, 1, size=h)
    return made


def arguments(options: Options) -> dict[str, str]:
    """Return the arguments and their shapes."""
    shape = {
        "blocks": "({n}, {g}·d)",
        "combed": "({n}, {g}·d)",
        "token first": "({n}, {g}, d)",
        "head first": "({g}, {n}, d)",
    }[options["heads"].name]
    few = "g" if options["groups"].name == "fewer" else "h"
    made = {
        "q": shape.format(n="n_q", g="h"),
        "k": shape.format(n="n_k", g=few),
        "v": shape.format(n="n_k", g=few),
        "mask": "(n_q, n_k), booleans",
    }
    wanted = [name for choice in options.values() for name in choice.option.needs]
    more = {"n_heads": "a whole number, h", "w_o": "(h·d, d_model)", "slopes": "(h,)"}
    return made | {name: text for name, text in more.items() if name in wanted}


def loop(o: Options, names: list[str]) -> Callable:
    """Return the drawn ``multi_head``, head by head."""

    def answer(*values):
        g = by_loop.given(names, values)
        n_heads = {
            "token first": lambda: g.q.shape[1],
            "head first": lambda: len(g.q),
        }.get(o["heads"].name, lambda: g.n_heads)()
        outputs, weights = [], []
        for head in range(n_heads):
            q, k, v = (own(o, x, head, n_heads, g.q) for x in (g.q, g.k, g.v))
            whole = n_heads if o["scale"].name == "whole root" else 1
            g.width = q.shape[-1] * whole
            s = by_loop.scored({"scale": o["scale"]}, q, k, g)
            if o["bias"].name == "slopes":
                for i, row in enumerate(s):
                    row -= [g.slopes[head] * abs(i - j) for j in range(len(row))]
            weights.append(by_loop.shared(o, s, g))
            outputs.append(by_loop.mixed(weights[-1], v))
        if o["mix"].name == "mean":
            output = sum(outputs) / n_heads
        elif o["heads"].name == "combed":
            columns = [out[:, c] for c in range(outputs[0].shape[1]) for out in outputs]
            output = np.stack(columns, axis=1)
        else:
            output = np.concatenate(outputs, axis=1)
        if o["mix"].name == "w_o":
            output = by_loop.mixed(output, g.w_o)
        if o["back"].name == "output":
            return output
        return output, sum(weights) / n_heads if o["back"].name == "mean weights" else weights

    return answer


def own(o: Options, x: Any, head: int, n_heads: int, q: Any) -> Any:
    """Return what belongs to one head of queries, (n, d)."""
    if o["heads"].name in ("token first", "head first"):
        axis = 1 if o["heads"].name == "token first" else 0
        return np.take(x, head * x.shape[axis] // n_heads, axis=axis)
    d = q.shape[1] // n_heads
    count = x.shape[1] // d
    at = head * count // n_heads
    if o["heads"].name == "combed":
        return x[:, at::count]
    return x[:, at * d : at * d + d]


def by_tensors(o: Options, names: list[str]) -> Callable:
    """Return the drawn ``multi_head``, all heads at once."""
    import torch

    from course_lib.practice import by_torch

    def answer(*values):
        g = by_torch.tensors(names, values)
        n_heads = int(g.n_heads) if hasattr(g, "n_heads") else None
        q, k, v = (spread(o, x, g.q, n_heads) for x in (g.q, g.k, g.v))
        k, v = (x.repeat_interleave(q.shape[0] // x.shape[0], dim=0) for x in (k, v))
        width = q.shape[-1] * (q.shape[0] if o["scale"].name == "whole root" else 1)
        s = torch.einsum("hqd,hkd->hqk", q, k)
        s = by_torch.SCALE[o["scale"].name](s, width, {})
        if o["bias"].name == "slopes":
            i, j = by_torch.places(s)
            s = s - torch.einsum("h,qk->hqk", g.slopes, (i - j).abs().double())
        weights = by_torch.shared(o, s, g)
        output = torch.einsum("hqk,hkd->qhd", weights, v)
        if o["mix"].name == "mean":
            output = output.mean(dim=1)
        else:
            output = (output.mT if o["heads"].name == "combed" else output).flatten(1)
        output = output.matmul(g.w_o) if o["mix"].name == "w_o" else output
        if o["back"].name == "output":
            return output
        return output, weights.mean(dim=0) if o["back"].name == "mean weights" else weights

    return answer


def spread(o: Options, x: Any, q: Any, n_heads: int | None) -> Any:
    """Return what came with the heads in front, (heads, n, d)."""
    name = o["heads"].name
    if name == "token first":
        return x.permute(1, 0, 2)
    if name == "head first":
        return x
    d = q.shape[1] // (n_heads or 1)
    if name == "blocks":
        return x.unflatten(1, (-1, d)).permute(1, 0, 2)
    return x.unflatten(1, (d, -1)).permute(2, 0, 1)


MULTI_HEAD = Kind(
    name="multi_head",
    track="code",
    lesson="09_multi_head",
    noun="Attention in heads",
    axes={
        "heads": HEADS,
        "groups": GROUPS,
        "scale": SCALE,
        "bias": BIAS,
        "said": pick(drawn.SAID, "may", "hidden"),
        "look": pick(drawn.LOOK, "all", "causal", "window", "prefix"),
        "share": pick(drawn.SHARE, "softmax", "base two", "extra zero", "sigmoid"),
        "mix": MIX,
        "back": BACK,
    },
    order=("heads", "groups", "scale", "bias", "said", "look", "share", "mix", "back"),
    arguments=arguments,
    steps=steps,
    inputs=inputs,
    reads=reads_back,
    ways={"loop": loop, "torch": by_tensors},
    published={"MultiHeadAttention": "lesson 09's MultiHeadAttention"},
    slips=(ACROSS, LOUD, KEYS),
    loud="q",
    settle=dealt,
    holds="every head looks as it should",
)
