"""Maths 09: what is right, and what tempts."""

import numpy as np

from course_lib.exercises.declare import Answers

# multi_head_parameters ------------------------------------------------------------------------


def parameters(d_model, n_heads, bias=True):
    return 4 * d_model * (d_model + (1 if bias else 0))


def head_by_head(d_model, n_heads, bias=True):
    d_k, count = d_model // n_heads, d_model if bias else 0  # the bias of W_O
    for _ in range(n_heads):
        for _ in "qkv":
            count += d_model * d_k + (d_k if bias else 0)
        count += d_k * d_model  # its rows of W_O
    return count


def by_shapes(d_model, n_heads, bias=True):
    extra = np.array([1 if bias else 0, 0])  # a bias is one more row
    return int(sum(np.prod(np.array(shape) + extra) for shape in [(d_model, d_model)] * 4))


def with_real_tables(d_model, n_heads, bias=True):
    tables = [np.zeros((d_model, 3 * d_model)), np.zeros((d_model, d_model))]
    if bias:
        tables += [np.zeros(3 * d_model), np.zeros(d_model)]
    return sum(table.size for table in tables)


def counting(weights, biases):
    """Return a count out of two formulas in d, h and d_k: of the matrices, and of the biases."""

    def multi_head_parameters(d_model, n_heads, bias=True):
        sizes = d_model, n_heads, d_model // n_heads
        return weights(*sizes) + (biases(*sizes) if bias else 0)

    return multi_head_parameters


# multi_head_as_sum ----------------------------------------------------------------------------


def blocks(head_outputs, w_o):
    h, _, d_k = np.shape(head_outputs)
    return np.asarray(head_outputs) @ np.reshape(w_o, (h, d_k, -1))


def by_slices(head_outputs, w_o):
    d_k = np.shape(head_outputs)[2]
    pairs = enumerate(head_outputs)
    return np.array([head @ w_o[i * d_k : (i + 1) * d_k] for i, head in pairs])


def by_einsum(head_outputs, w_o):
    h, _, d_k = np.shape(head_outputs)
    return np.einsum("ine,ieb->inb", head_outputs, np.asarray(w_o).reshape(h, d_k, -1))


def by_silent_heads(head_outputs, w_o):
    """Merge the heads with all of them silent but one, and multiply by the whole W_O."""
    h, n, d_k = np.shape(head_outputs)
    terms = []
    for i in range(h):
        merged = np.zeros((n, h * d_k))
        merged[:, i * d_k : (i + 1) * d_k] = head_outputs[i]
        terms.append(merged @ w_o)
    return np.stack(terms)


def with_rows(choose):
    """Return the terms with other rows of W_O: choose (w_o, i, h, d_k) -> those of head i."""

    def multi_head_as_sum(head_outputs, w_o):
        h, _, d_k = np.shape(head_outputs)
        return np.array([head_outputs[i] @ choose(np.asarray(w_o), i, h, d_k) for i in range(h)])

    return multi_head_as_sum


def merged_without_transposing(head_outputs, w_o):
    h, n, d_k = np.shape(head_outputs)
    merged = np.reshape(head_outputs, (n, h * d_k))
    parts = [slice(i * d_k, (i + 1) * d_k) for i in range(h)]
    return np.array([merged[:, part] @ w_o[part] for part in parts])


def side_by_side(head_outputs, w_o):
    """The heads in their places, zeros elsewhere: nothing is multiplied by W_O."""
    h, n, d_k = np.shape(head_outputs)
    terms = np.zeros((h, n, h * d_k))
    for i in range(h):
        terms[i, :, i * d_k : (i + 1) * d_k] = head_outputs[i]
    return terms


# The values -----------------------------------------------------------------------------------


def ranks(inputs):
    return [min(h * d_k, inputs["d_model"]) for h, d_k in inputs["layers"]]


def factors(inputs, **other):
    """Return the four factors in the order asked, with some of them replaced by name."""
    times = inputs["times"]
    right = {"numbers": 1, "work": 1, "tables": times, "rank": 1 / times}
    right |= {name: value(times) for name, value in other.items()}
    return [right[name] for name in inputs["order"]]


def once(times):
    return 1


def as_often(times):
    return times


def mistaken(**other):
    return lambda inputs: factors(inputs, **other)


ANSWERS = {
    "multi_head_parameters": Answers(
        reference=parameters,
        also_right=(head_by_head, by_shapes, with_real_tables),
        wrong={
            "heads-multiply": counting(
                lambda d, h, d_k: 4 * h * d * d, lambda d, h, d_k: 4 * h * d
            ),
            "heads-multiply-and-no-biases": counting(
                lambda d, h, d_k: 4 * h * d * d, lambda d, h, d_k: 0
            ),
            "heads-multiply-the-matrices": counting(
                lambda d, h, d_k: 4 * h * d * d, lambda d, h, d_k: 4 * d
            ),
            "heads-multiply-three-maps": counting(
                lambda d, h, d_k: (3 * h + 1) * d * d, lambda d, h, d_k: 3 * h * d + d
            ),
            "heads-multiply-three-matrices": counting(
                lambda d, h, d_k: (3 * h + 1) * d * d, lambda d, h, d_k: 4 * d
            ),
            "cut-twice": counting(lambda d, h, d_k: 4 * h * d_k * d_k, lambda d, h, d_k: 4 * d),
            "one-pair-for-all-heads": counting(
                lambda d, h, d_k: 2 * d * d + 2 * d * d_k, lambda d, h, d_k: 2 * d + 2 * d_k
            ),
            "heads-as-wide-as-the-words": counting(
                lambda d, h, d_k: 4 * h * d * d, lambda d, h, d_k: 3 * h * d + d
            ),
            "w-o-forgotten": counting(lambda d, h, d_k: 3 * d * d, lambda d, h, d_k: 3 * d),
            "biases-forgotten": counting(lambda d, h, d_k: 4 * d * d, lambda d, h, d_k: 0),
            "biases-always": lambda d_model, n_heads, bias=True: parameters(d_model, n_heads),
            "one-bias-for-each-map": counting(lambda d, h, d_k: 4 * d * d, lambda d, h, d_k: 4),
            "bias-of-w-o-forgotten": counting(lambda d, h, d_k: 4 * d * d, lambda d, h, d_k: 3 * d),
            "bias-of-w-o-in-every-head": counting(
                lambda d, h, d_k: 4 * d * d, lambda d, h, d_k: 3 * d + h * d
            ),
            "biases-of-one-head": counting(
                lambda d, h, d_k: 4 * d * d, lambda d, h, d_k: 3 * d_k + d
            ),
            "w-o-inside-each-head": counting(
                lambda d, h, d_k: 3 * d * d + h * d_k * d_k, lambda d, h, d_k: 4 * d
            ),
            "words-sliced": counting(
                lambda d, h, d_k: 3 * h * d_k * d_k + d * d, lambda d, h, d_k: 4 * d
            ),
            "one-head-counted": counting(
                lambda d, h, d_k: 4 * d * d_k, lambda d, h, d_k: 3 * d_k + d
            ),
            "fraction-returned": lambda d_model, n_heads, bias=True: float(
                parameters(d_model, n_heads, bias)
            ),
        },
    ),
    "multi_head_as_sum": Answers(
        reference=blocks,
        also_right=(by_slices, by_einsum, by_silent_heads),
        wrong={
            "rows-of-w-o-in-turn": with_rows(lambda w_o, i, h, d_k: w_o[i::h]),
            "first-rows-for-all": with_rows(lambda w_o, i, h, d_k: w_o[:d_k]),
            "rows-from-behind": with_rows(
                lambda w_o, i, h, d_k: w_o[(h - 1 - i) * d_k : (h - i) * d_k]
            ),
            "all-of-w-o-for-each": with_rows(
                lambda w_o, i, h, d_k: w_o.reshape(h, d_k, -1).sum(axis=0)
            ),
            "w-o-transposed": with_rows(lambda w_o, i, h, d_k: w_o.T[i * d_k : (i + 1) * d_k]),
            "columns-of-w-o": with_rows(lambda w_o, i, h, d_k: w_o[:, i * d_k : (i + 1) * d_k]),
            "rows-that-overlap": with_rows(lambda w_o, i, h, d_k: w_o[i : i + d_k]),
            "whole-layer-for-each-head": lambda head_outputs, w_o: np.repeat(
                blocks(head_outputs, w_o).sum(axis=0, keepdims=True), len(head_outputs), axis=0
            ),
            "equal-shares": lambda head_outputs, w_o: np.repeat(
                blocks(head_outputs, w_o).mean(axis=0, keepdims=True), len(head_outputs), axis=0
            ),
            "sum-returned": lambda head_outputs, w_o: blocks(head_outputs, w_o).sum(axis=0),
            "partial-sums": lambda head_outputs, w_o: np.cumsum(blocks(head_outputs, w_o), axis=0),
            "averaged": lambda head_outputs, w_o: blocks(head_outputs, w_o) / len(head_outputs),
            "words-before-heads": lambda head_outputs, w_o: blocks(head_outputs, w_o).swapaxes(
                0, 1
            ),
            "merged-without-transposing": merged_without_transposing,
            "w-o-left-out": side_by_side,
        },
    ),
    "ranks_of_heads": Answers(
        reference=ranks,
        wrong={
            "of-one-head": lambda i: [d_k for _, d_k in i["layers"]],
            "no-more-than-there-is-room-for": lambda i: [h * d_k for h, d_k in i["layers"]],
            "always-full": lambda i: [i["d_model"]] * 3,
            "number-of-heads": lambda i: [h for h, _ in i["layers"]],
        },
    ),
    "more_heads": Answers(
        reference=factors,
        wrong={
            "numbers-grow": mistaken(numbers=as_often),
            "work-grows": mistaken(work=as_often),
            "numbers-and-work-grow": mistaken(numbers=as_often, work=as_often),
            "tables-stay": mistaken(tables=once),
            "rank-stays": mistaken(rank=once),
            "rank-grows": mistaken(rank=as_often),
            "tables-and-rank-stay": mistaken(tables=once, rank=once),
            "everything-grows": mistaken(numbers=as_often, work=as_often, rank=as_often),
        },
    ),
}
