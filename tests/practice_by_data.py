"""Answers to drawn tasks written from what the question says alone: names of options, numbers.

Nothing of course_lib is used. If the question left something open, these answers would fail.
"""

import math

import numpy as np


def answer(spec):
    """Return an answer to a drawn task from its options."""
    told = {axis: (str(choice), dict(choice.numbers)) for axis, choice in spec.options.items()}
    return WRITERS[spec.name](told, list(spec.arguments), spec)


def pairs(count_q, count_k):
    return np.meshgrid(np.arange(count_q), np.arange(count_k), indexing="ij")


def scores_of(told, q, k, given):
    name, _ = told.get("score", ("dot", {}))
    if name == "dot":
        table = np.inner(q, k)
    elif name == "cosine":
        lengths = np.outer(np.sqrt((q**2).sum(1)), np.sqrt((k**2).sum(1)))
        table = np.inner(q, k) / lengths
    elif name == "distance":
        table = 2 * np.inner(q, k) - (q**2).sum(1)[:, None] - (k**2).sum(1)
    elif name == "bilinear":
        table = np.inner(q.dot(given["w"]), k)
    elif name == "additive":
        left, right = q.dot(given["w_query"]), k.dot(given["w_key"])
        table = np.array([[np.tanh(a + b).dot(given["w_score"]) for b in right] for a in left])
    return biased(told, scaled(told, table, q.shape[1]), given)


def scaled(told, table, width):
    name, numbers = told["scale"]
    factor = {
        "root": width**-0.5,
        "none": 1,
        "temperature": 1 / numbers.get("t", 1),
        "gain": numbers.get("t", 1),
    }[name]
    return table * factor


def biased(told, table, given):
    name, numbers = told.get("bias", ("none", {}))
    i, j = pairs(*table.shape)
    if name == "slope":
        return table - numbers["s"] * np.maximum(i - j, j - i)
    return table + given["bias"] if name == "table" else table


def visible(told, table, given, sentence=0):
    """Return the scores with what the mask adds, and which may be looked at."""
    i, j = pairs(*table.shape)
    name, _ = told["said"]
    mask = given.get("mask")
    if name == "none":
        seen = np.full(table.shape, True)
    elif name == "may":
        seen = np.array(mask)
    elif name == "hidden":
        seen = np.logical_not(mask)
    elif name == "added":
        seen = ~np.isneginf(mask)
        table = table + np.where(seen, mask, 0)
    else:
        real = given["lengths"][sentence] if "lengths" in given else given["length"]
        seen = j < real
    return table, seen & reach(told, i, j, given)


def reach(told, i, j, given):
    name, numbers = told["look"]
    if name == "all":
        return np.ones(i.shape, dtype=bool)
    if name == "segments":
        return given["segments"][i] == given["segments"][j]
    back = i - j
    return {
        "causal": lambda: back >= 0,
        "window": lambda: (back >= 0) & (back <= numbers["w"]),
        "prefix": lambda: (back >= 0) | (j < numbers["p"]),
        "stride": lambda: np.abs(back) % numbers["r"] == 0,
    }[name]()


def shared(told, table, seen):
    name, numbers = told["share"]
    out = np.zeros(table.shape)
    for row, (scores, may) in enumerate(zip(table, seen)):
        at = np.flatnonzero(may)
        if name == "best":
            at = at[np.argsort(-scores[at])][: numbers["k"]]
        s = scores[at].astype(float)
        if name == "sigmoid":
            out[row, at] = (1 + np.tanh(s / 2)) / 2
        elif name == "relu":
            s = np.clip(s, 0, None)
            out[row, at] = s / s.sum() if s.sum() > 0 else 0
        else:
            s = s * math.log(2) if name == "base two" else s
            s = np.append(s, 0.0) if name == "extra zero" else s
            e = np.exp(s - s.max())
            out[row, at] = (e / e.sum())[: len(at)]
    return out


def attended(told, q, k, v, given, sentence=0):
    table, seen = visible(told, scores_of(told, q, k, given), given, sentence)
    weights = shared(told, table, seen)
    return weights.dot(v), weights


def write_scores(told, names, spec):
    def scores(*values):
        given = dict(zip(names, values))
        q, k = given["q"], given["k"]
        if told["layout"][0] == "columns":
            q, k = q.T, k.T
        return scores_of(told, q, k, given)

    return scores


def write_shares(told, names, spec):
    def shares(*values):
        given = dict(zip(names, values))
        turned = told["layout"][0] == "columns"
        if turned:
            given |= {name: given[name].T for name in ("scores", "mask") if name in given}
        table, seen = visible(told, scaled(told, given["scores"], 1), given)
        weights = shared(told, table, seen)
        return weights.T if turned else weights

    return shares


def returned(told, output, weights):
    return output if told["back"][0] == "output" else (output, weights)


def write_attention(told, names, spec):
    def attention(*values):
        given = dict(zip(names, values))
        layout = told["layout"][0]
        if layout == "time first":
            found = []
            for b in range(given["q"].shape[1]):
                q, k, v = (given[x][:, b] for x in "qkv")
                output, weights = attended(told, q, k, v, given, b)
                found.append((output + (q if told["back"][0] == "residual" else 0), weights))
            outputs, weights = zip(*found)
            return returned(told, np.swapaxes(outputs, 0, 1), np.array(weights))
        q, k, v = (given[x].T if layout == "columns" else given[x] for x in "qkv")
        output, weights = attended(told, q, k, v, given)
        output = output + q if told["back"][0] == "residual" else output
        return returned(told, output.T if layout == "columns" else output, weights)

    return attention


def write_layer(told, names, spec):
    def layer(*values):
        given = dict(zip(names, values))
        asks = plain_asks = given["x_query"]
        tells = plain_tells = given["x_key_value"]
        if told["places"][0] != "nowhere":
            asks = asks + given["places"][: len(asks)]
            tells = tells + given["places"][: len(tells)]
        holds = tells if told["places"][0] == "everywhere" else plain_tells

        def mapped(x, name):
            if told["maps"][0] == "linear":
                return x.dot(given[f"w_{name}"].T) + given[f"b_{name}"]
            return x.dot(given[f"w_{name}"])

        output, weights = attended(
            told, mapped(asks, "q"), mapped(tells, "k"), mapped(holds, "v"), given
        )
        output = output + plain_asks if told["back"][0] == "residual" else output
        return returned(told, output, weights)

    return layer


def write_multi_head(told, names, spec):
    def cut(x, d, name):
        if name == "blocks":
            return [x[:, at : at + d] for at in range(0, x.shape[1], d)]
        if name == "combed":
            count = x.shape[1] // d
            return [x[:, at::count] for at in range(count)]
        axis = 1 if name == "token first" else 0
        return [x.take(at, axis) for at in range(x.shape[axis])]

    def multi_head(*values):
        given = dict(zip(names, values))
        name = told["heads"][0]
        d = given["q"].shape[-1]
        if "n_heads" in given:
            d //= given["n_heads"]
        q, k, v = (cut(given[x], d, name) for x in "qkv")
        together = len(q) // len(k)
        divide = {"root": d**0.5, "whole root": (len(q) * d) ** 0.5, "none": 1.0}
        outputs, every = [], []
        for head, own in enumerate(q):
            table = np.inner(own, k[head // together]) / divide[told["scale"][0]]
            i, j = pairs(*table.shape)
            if told["bias"][0] == "slopes":
                table = table - given["slopes"][head] * np.abs(i - j)
            weights = shared(told, *visible(told, table, given))
            every.append(weights)
            outputs.append(weights.dot(v[head // together]))
        if told["mix"][0] == "mean":
            output = np.mean(outputs, axis=0)
        elif name == "combed":
            output = np.dstack(outputs).reshape(len(outputs[0]), -1)
        else:
            output = np.hstack(outputs)
        output = output.dot(given["w_o"]) if told["mix"][0] == "w_o" else output
        every = np.mean(every, axis=0) if told["back"][0] == "mean weights" else np.array(every)
        return returned(told, output, every)

    return multi_head


def write_transformer_layer(told, names, spec):
    def transformer_layer(*values):
        given = dict(zip(names, values))

        def norm(x, n):
            centre = x.mean(1, keepdims=True) if told["norm"][0] == "layer norm" else 0
            size = (((x - centre) ** 2).mean(1, keepdims=True) + 1e-5) ** 0.5
            return (x - centre) / size * given[f"gain_{n}"] + given.get(f"shift_{n}", 0)

        def look(x):
            i, j = pairs(len(x), len(x))
            name, numbers = told["seen"]
            seen = {
                "all": i == i,
                "causal": i >= j,
                "window": (i >= j) & (i - j <= numbers.get("w", 0)),
                "not itself": i != j,
            }[name]
            table = np.inner(x, x) / math.sqrt(x.shape[1])
            return shared({"share": ("softmax", {})}, table, seen).dot(x)

        def think(x):
            a = x.dot(given["w_1"]) + given["b_1"]
            name = told["think"][0]
            if name == "relu":
                a = (a + np.abs(a)) / 2
            elif name == "gelu":
                a = a * [[0.5 + 0.5 * math.erf(n / math.sqrt(2)) for n in row] for row in a]
            else:
                a = a * (1 + np.tanh(a / 2)) / 2 * x.dot(given["w_3"])
            return a.dot(given["w_2"]) + given["b_2"]

        x, way = given["x"], told["way"][0]
        if way == "after, in turn":
            x = norm(x + look(x), 1)
            return norm(x + think(x), 2)
        if way == "before, in turn":
            x = x + look(norm(x, 1))
            return x + think(norm(x, 2))
        if way == "before, side by side":
            return x + look(norm(x, 1)) + think(norm(x, 2))
        if way == "both sides, in turn":
            x = x + norm(look(norm(x, 1)), 2)
            return x + norm(think(norm(x, 1)), 2)
        return norm(norm(x + look(x) + think(x), 1), 2)

    return transformer_layer


def write_counts(told, names, spec):
    def counts(*values):
        g = dict(zip(names, values))
        d, f, n = g["d_model"], g["d_ff"], g["n"]
        kept = {"own": g["n_heads"], "groups": g.get("n_groups"), "one": 1}[told["keys"][0]]
        wide = d // g["n_heads"] * kept
        gates = 1 if told["think"][0] == "three" else 0
        attention, thinking = [(d, d), (d, wide), (d, wide), (d, d)], [(d, f), (f, d)]
        thinking += [(d, f)] * gates
        learned = sum(a * b for a, b in attention + thinking)
        biased = {
            "all": attention + thinking,
            "none": [],
            "thinking": thinking,
            "first three": attention[:3],
        }[told["biases"][0]]
        norms = {"layer norms": 4, "rms norms": 2, "one": 2, "four": 4}[told["norms"][0]]
        name, numbers = told["pairs"]
        seen = {
            "all": [n] * n,
            "causal": range(1, n + 1),
            "window": [min(i, numbers.get("w", 0)) + 1 for i in range(n)],
        }[name]
        flops = 2 * n * learned + 2 * 2 * d * sum(seen)
        return learned + sum(b for _, b in biased) + norms * d, flops

    return counts


def write_backward(told, names, spec):
    """The slopes of a forward pass, taken by complex steps of an analytic loss: exact, no tape."""

    def backward(*values):
        given = dict(zip(names, values))
        inside = {x: given[x].astype(complex) for x in "qkv"}

        def loss():
            q, k, v = (inside[x] for x in "qkv")
            name = told["score"][0]
            if name == "dot":
                table = np.inner(q, k)
            elif name == "bilinear":
                table = np.inner(q.dot(given["w"]), k)
            else:
                table = 2 * np.inner(q, k) - (q**2).sum(1)[:, None] - (k**2).sum(1)
            table = scaled(told, table, q.shape[1])
            _, seen = visible(told, table.real, given)
            share = told["share"][0]
            if share == "sigmoid":
                weights = np.where(seen, 1 / (1 + np.exp(-table)), 0)
            else:
                base = math.log(2) if share == "base two" else 1.0
                top = np.where(seen, table.real, -np.inf).max(1, keepdims=True)
                e = np.where(seen, np.exp(base * (np.where(seen, table, 0) - top)), 0)
                nobody = np.exp(-base * top) if share == "extra zero" else 0
                weights = e / (e.sum(1, keepdims=True) + nobody)
            return (weights.dot(v) * given["grad_output"]).sum()

        found = []
        for x in inside.values():
            grad = np.zeros(x.shape)
            for at in np.ndindex(*x.shape):
                x[at] += 1e-20j
                grad[at] = loss().imag / 1e-20
                x[at] -= 1e-20j
            found.append(grad)
        return found

    return backward


def write_symmetries(told, names, spec):
    """The letters that hold, thought through: no number is computed."""
    score, share = told["score"][0], told["share"][0]
    somewhere = told["look"][0] != "all" or told["bias"][0] != "none"
    sums_to_one = share in ("softmax", "base two", "best")
    differences = sums_to_one
    even = told["scale"][0] is not None and told["bias"][0] == "none"
    holds = {
        "keys": not somewhere,
        "queries": not somewhere,
        "scores": differences,
        "key moved": differences and score == "dot",
        "both moved": score == "distance",
        "query doubled": score == "cosine" or (score == "dot" and share == "relu" and even),
        "value moved": sums_to_one,
        "value doubled": True,
    }
    letters = [c for c, made in zip("abcd", spec.details["made"]) if holds[made]]
    return ", ".join(letters)


def write_stories(told, names, spec):
    d = spec.details
    crowd = [(thing, share) for thing, share in d["shares"].items()]
    if told["twin"][0] == "twin":
        crowd.append(("its twin", d["shares"][d["twin"]]))
    power = {"same": 1, "raised": 1, "twice": 2, "half": 0.5}[told["ask"][0]]
    crowd = [(thing, share**power) for thing, share in crowd]
    if told["cover"][0] == "covered":
        crowd = [each for each in crowd if each[0] != d["covered"]]
    left = {"all": 9, "two": 2, "three": 3}[told["best"][0]]
    crowd = sorted(crowd, key=lambda each: each[1], reverse=True)[:left]
    total = sum(share for _, share in crowd)
    return round(100 * dict(crowd)[d["asked"]] / total)


WRITERS = {
    name.removeprefix("write_"): made
    for name, made in dict(globals()).items()
    if name.startswith("write_")
}
