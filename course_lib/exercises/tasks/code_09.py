"""Code 09: cut into heads, put together again; the module; a mask that lies on the wrong head."""

import functools

import numpy as np

from course_lib.exercises import modules, ordering
from course_lib.exercises.declare import Probe, task
from course_lib.exercises.questions import nans, pair, refusal, shares
from course_lib.exercises.shortcuts import FUSED_HEADS

WEIGHTS = shares("weights")
HEADS = ("course_lib.multi_head.split_heads", "course_lib.multi_head.merge_heads")
AXES = ("batch", "n_q", "n_k", "n_heads", "d_k")

# torch is imported where it is used: checking a function of lesson 01 shall not wait for it.


def untouched(f, x):
    """Call f with a tensor, which it must leave as it is."""
    with modules.kept(x=x):
        return f(x)


# split_heads and merge_heads -----------------------------------------------------------------


def heads_inputs(rng):
    batch, n, n_heads, d_k = (int(size) for size in rng.permutation(np.arange(2, 6)))
    return {
        "batch": batch, "n": n, "n_heads": n_heads, "d_k": d_k, "first": int(rng.integers(1, 100)),
    }  # fmt: skip


def words(i):
    """Return x (B, n, d_model) whose numbers tell where they come from: first, first + 1, ..."""
    import torch

    shape = i["batch"], i["n"], i["n_heads"] * i["d_k"]
    return torch.arange(i["first"], i["first"] + np.prod(shape)).reshape(shape).float()


def heads(i):
    """Return x (B, n_heads, n, d_k): each head's columns of the words, in memory of its own."""
    import torch

    return torch.stack(words(i).split(i["d_k"], dim=-1), dim=1)


def word_of(i, number):
    """Return the word of its sentence that a number belongs to."""
    return int(number - i["first"]) // (i["n_heads"] * i["d_k"]) % i["n"]


def cut_apart(got, i):
    """Speak where a row holds numbers of several words, or of another word than it should."""
    for at in np.ndindex(got.shape[:-1]):
        whose = sorted({word_of(i, number) for number in got[at] if np.isfinite(number)})
        if whose != [at[-1]]:
            place = f"row {at[-1]}" + (f" of head {at[1]}" if len(at) == 3 else "")
            plural, last = ("s", f" and {whose[-1]}") if len(whose) > 1 else ("", "")
            named = ", ".join(map(str, whose[:-1] or whose)) + last
            return f"{place} of your result holds numbers of word{plural} {named}."
    return None


def wrong_columns(got, i):
    """Speak where each row belongs to the right word, but holds the wrong columns of it."""
    if got.ndim != 4 or cut_apart(got, i):
        return None
    columns = ((got[0, 0, 0] - i["first"]) % (i["n_heads"] * i["d_k"])).astype(int)
    return f"head 0 holds the columns {columns.tolist()} of a word, in this order."


def special(make):
    """Return a probe's run: one head; as many heads as columns; one word; one sentence."""

    def run(f, i):
        cases = {
            "one head": {**i, "n_heads": 1},
            "heads of one column": {**i, "d_k": 1},
            "one word": {**i, "n": 1},
            "one sentence": {**i, "batch": 1},
        }
        return {name: untouched(*make(f, case)) for name, case in cases.items()}

    return run


def splitting(f, i):
    return lambda x: f(x, i["n_heads"]), words(i)


def refuses(f, i):
    import torch

    d_model = i["n_heads"] * i["d_k"] + 1
    return refusal(
        lambda: f(torch.zeros(2, 3, d_model), i["n_heads"]),
        "n_heads",
        f"n_heads = {i['n_heads']} for d_model = {d_model}",
    )


task(
    name="split_heads",
    inputs=heads_inputs,
    forbids=("course_lib.multi_head.split_heads",),
    probes={
        "heads": Probe(
            lambda f, i: untouched(*splitting(f, i)),
            "each head holds its own columns of every word", 2, (cut_apart, wrong_columns),
        ),
        "special": Probe(
            special(splitting), "one head, one word, one sentence, heads of one column work too"
        ),
        "refuses": Probe(
            refuses, "heads that don't divide d_model are refused, by name", aside=True,
        ),
    },
)  # fmt: skip

task(
    name="merge_heads",
    inputs=heads_inputs,
    forbids=("course_lib.multi_head.merge_heads",),
    probes={
        "words": Probe(
            lambda f, i: untouched(f, heads(i)),
            "each word has its heads side by side again", 2, (cut_apart,),
        ),
        "special": Probe(
            special(lambda f, i: (f, heads(i))),
            "one head, one word, one sentence, heads of one column work too",
        ),
    },
)  # fmt: skip

# MultiHeadAttention --------------------------------------------------------------------------


def layer_inputs(rng):
    sizes = (int(size) for size in rng.permutation(np.arange(2, 7)))
    return {
        **dict(zip(AXES, sizes)),
        "seed": int(rng.integers(2**31)),
        "square": int(rng.integers(3, 5)),
    }


def all_equal(i):
    """The same inputs with one size for everything: what hides behind shapes shows itself."""
    return {**i, **dict.fromkeys(AXES, i["square"])}


def remembered(run):
    """Let the probes of one examination share a module: to build it takes longer than to ask it."""
    last = functools.lru_cache(maxsize=1)(lambda f, pairs: run(f, dict(pairs)))
    return lambda f, i: last(f, tuple(i.items()))


@remembered
def loaded(f, i):
    d_model, draw = i["n_heads"] * i["d_k"], modules.generator(i["seed"])
    parts = {name: modules.matrix(d_model, d_model, draw) for name in ("w_q", "w_k", "w_v", "w_o")}
    return modules.load(modules.built(lambda: f(d_model, i["n_heads"]), i["seed"]), parts)


def items(i):
    """Return x_query (B, n_q, d_model) and x_key_value (B, n_k, d_model)."""
    import torch

    draw, d_model = modules.generator(i["seed"] + 1), i["n_heads"] * i["d_k"]
    x_query = torch.randn(i["batch"], i["n_q"], d_model, generator=draw)
    return x_query, torch.randn(i["batch"], i["n_k"], d_model, generator=draw)


def masks(i):
    """Return a mask of each shape that is allowed. Nobody is forbidden to look at everything."""
    import torch

    shapes = {
        "(n_q, n_k)": (i["n_q"], i["n_k"]),
        "(B, 1, n_k)": (i["batch"], 1, i["n_k"]),
        "(B, n_q, n_k)": (i["batch"], i["n_q"], i["n_k"]),
        "(B, n_heads, 1, n_k)": (i["batch"], i["n_heads"], 1, i["n_k"]),
    }
    draw, found = modules.generator(i["seed"] + 2), {}
    for name, shape in shapes.items():
        chance = torch.rand(shape, generator=draw)
        keep = torch.rand(shape, generator=draw).argmax(dim=-1, keepdim=True)
        found[name] = (chance < 0.4).scatter(-1, keep, True)
    return found


def called(layer, x_query, x_key_value, *mask):
    return modules.called(layer, {"x_query": x_query, "x_key_value": x_key_value}, *mask)


@remembered
def asked(f, i):
    return called(loaded(f, i), *items(i))


def weights_of(f, i):
    found = asked(f, i)
    return {"weights": found["weights"], "shape of the output": np.array(found["output"].shape)}


def masked(names, dtype="float"):
    """Return a probe's run: the layer, asked with each of these masks."""

    def run(f, i):
        layer, known = getattr(loaded(f, i), dtype)(), masks(i)
        given = [getattr(x, dtype)() for x in items(i)]
        return {
            f"{what} with a mask {name}": array
            for name in names
            for what, array in called(layer, *given, known[name]).items()
        }

    return run


def leaks(i_of):
    """Return a symptom that measures the weight that a mask should have hidden."""

    def measure(got, inputs):
        i = i_of(inputs)
        shape = tuple(i[axis] for axis in ("batch", "n_heads", "n_q", "n_k"))
        for name, mask in masks(i).items():
            weights = got.get(f"weights with a mask {name}")
            if weights is None or weights.shape != shape or not np.isfinite(weights).all():
                continue
            mask = mask.numpy()
            may = np.broadcast_to(mask[:, None] if mask.ndim == 3 else mask, shape)
            for b, head, row, _ in np.argwhere(~may & (weights > 1e-6)):
                share = weights[b, head, row][~may[b, head, row]].sum()
                return (
                    f"with a mask {name}, head {head} of sentence {b} gives {share:.0%} of a row "
                    "to keys that this sentence must not look at."
                )
        return None

    return measure


OF_ALL_KINDS, OF_SENTENCES = (
    ("(n_q, n_k)", "(B, 1, n_k)", "(B, n_heads, 1, n_k)"),
    ("(B, n_q, n_k)",),
)


def sums(names):
    return shares(*(f"weights with a mask {name}" for name in names))


task(
    name="MultiHeadAttention",
    inputs=layer_inputs,
    forbids=(
        "course_lib.multi_head.MultiHeadAttention",
        "course_lib.multi_head.mask_for_heads",
        *FUSED_HEADS,
    ),
    uses=HEADS,
    probes={
        "weights": Probe(weights_of, "each head has shares of its own", 2, WEIGHTS),
        "output": Probe(
            lambda f, i: asked(f, i)["output"],
            "the heads are put side by side, word by word, and mixed", 2, (nans(),),
        ),
        "mask": Probe(
            masked(OF_ALL_KINDS), "a mask holds for the heads and sentences it is meant for", 1,
            (leaks(lambda i: i), *sums(OF_ALL_KINDS)),
        ),
        "square": Probe(
            lambda f, i: masked(OF_SENTENCES, "double")(f, all_equal(i)),
            "as many sentences as heads: the mask belongs to the sentence; and float64 works", 2,
            (leaks(all_equal), *sums(OF_SENTENCES)),
        ),
    },
)  # fmt: skip

# Find the bug: the padding of the wrong sentence ---------------------------------------------


def padding_inputs(rng):
    n_heads, n, d_k = (int(size) for size in rng.permutation(np.arange(4, 8))[:3])
    return {
        "seed": int(rng.integers(2**31)), "batch": 3, "n_heads": n_heads, "n": n, "d_k": d_k,
        "lengths": rng.permutation([1, 2, n]).tolist(),
    }  # fmt: skip


def attended(f, i):
    """Call f with what the heads ask, are found by and hand over, and with what is real."""
    import torch

    draw = modules.generator(i["seed"])
    shape = i["batch"], i["n_heads"], i["n"], i["d_k"]
    q, k, v = (torch.randn(shape, generator=draw) for _ in range(3))
    real = torch.arange(i["n"]) < torch.tensor(i["lengths"])[:, None]
    with modules.kept(q=q, k=k, v=v, real=real):
        output, weights = pair(f(q, k, v, real))
    return {"weights": weights, "output": output}


def on_padding(got, i):
    """Measure the share that the padding of a sentence gets, and what its real words lack."""
    weights = got["weights"] if isinstance(got, dict) else got
    if weights.shape != (i["batch"], i["n_heads"], i["n"], i["n"]):
        return None
    for b, length in enumerate(i["lengths"]):
        share = weights[b, :, :, length:].sum(axis=-1)
        for head, row in np.argwhere(share > 1e-6):
            return (
                f"sentence {b} has length {length}, and row {row} of its head {head} gives "
                f"{share[head, row]:.0%} to padding."
            )
        for head, row in np.argwhere((weights[b, :, :, :length] < 1e-9).any(axis=-1)):
            return (
                f"sentence {b} has length {length}, and row {row} of its head {head} gives "
                "nothing to one of the real words."
            )
    return None


task(
    name="bug_09_padding",
    uses=(
        "course_lib.multi_head.MultiHeadAttention",
        *HEADS,
        "course_lib.layers.attend",
    ),
    inputs=padding_inputs,
    forbids=(),
    probes={
        "weights": Probe(
            lambda f, i: attended(f, i)["weights"],
            "every head of a sentence sees the padding of this sentence", 2,
            (on_padding, *shares()),
        ),
        "output": Probe(
            lambda f, i: attended(f, i)["output"], "the outputs come out right", 1, (nans(),)
        ),
        "one": Probe(
            lambda f, i: attended(f, {**i, "batch": 1, "lengths": [2]}),
            "a single sentence works too", 1, WEIGHTS, aside=True,
        ),
    },
)  # fmt: skip

# Order the lines: multi-head attention in eight ----------------------------------------------

LINES = ordering.Lines(
    "multi_head(x, w_qkv, w_o, n_heads)",
    right=(
        "B, n, d_model = x.shape",
        "q, k, v = (x @ w_qkv).chunk(3, dim=-1)",
        "q, k, v = [t.reshape(B, n, n_heads, -1) for t in (q, k, v)]",
        "q, k, v = [t.transpose(1, 2) for t in (q, k, v)]",
        "output, weights = attend(q, k, v)",
        "output = output.transpose(1, 2)",
        "output = output.reshape(B, n, d_model)",
        "return output @ w_o, weights",
    ),
    spare=("q, k, v = [t.reshape(B, n_heads, n, -1) for t in (q, k, v)]",),
)


def order_inputs(rng):
    batch, n, n_heads, d_k = (int(size) for size in rng.permutation(np.arange(2, 6)))
    return {
        "lines": LINES.mixed(rng),
        "seed": int(rng.integers(2**31)),
        "batch": batch, "n": n, "n_heads": n_heads, "d_k": d_k,
    }  # fmt: skip


def run_order(make, i):
    from course_lib.layers import attend

    multi_head = make(attend=attend)
    draw, d_model = modules.generator(i["seed"]), i["n_heads"] * i["d_k"]
    x, _ = items({**i, "n_q": i["n"], "n_k": i["n"]})
    w_qkv = modules.matrix(3 * d_model, d_model, draw).T
    w_o = modules.matrix(d_model, d_model, draw).T
    output, weights = pair(multi_head(x, w_qkv, w_o, i["n_heads"]))
    shapes = f"weights {tuple(weights.shape)}, output {tuple(output.shape)}"
    return {"shapes": np.array(shapes), "weights": weights, "output": output}


def scrambled(got, i):
    """Say what shapes came out, and that the numbers are off where the shapes are right."""
    n = i["n"]
    if got["weights"].shape != (i["batch"], i["n_heads"], n, n):
        return f"in this order it runs, with {n} words and {i['n_heads']} heads: {got['shapes']}."
    return (
        "in this order it runs, and the shapes are right; but the numbers are not those of words "
        "that look at words, head by head."
    )


ordering.task(
    LINES,
    name="order_09_heads",
    inputs=order_inputs,
    question=(
        "Multi-head self-attention, written out. `w_qkv` is `w_q`, `w_k` and `w_v` side by side, "
        "(d_model, 3 · d_model); `x` is (B, n, d_model); `attend` is the library's. Which eight of "
        "these nine lines make it, and in which order? Answer with their letters, such as "
        '`"a b c d e f g h"`.'
    ),
    run=run_order,
    holds="the lines in this order are multi-head attention",
    symptom=scrambled,
)
