"""Code 07: the attention of 2014; a query that stands still; a step to put in order."""

import numpy as np

from course_lib.exercises import modules, ordering
from course_lib.exercises.declare import Probe, task
from course_lib.exercises.questions import by_case, nans, pair, shares
from course_lib.exercises.shortcuts import FUSED

WEIGHTS = shares("weights")

# AdditiveAttention ---------------------------------------------------------------------------


def attention_inputs(rng):
    batch, n, d_query, d_key, d_hidden = (int(size) for size in rng.permutation(np.arange(3, 8)))
    return {
        "seed": int(rng.integers(2**31)),
        "batch": batch, "n": n, "d_query": d_query, "d_key": d_key, "d_hidden": d_hidden,
        "square": int(rng.integers(3, 6)),
        "lengths": rng.permutation([1, n - 1, *[2] * (batch - 2)]).tolist(),
    }  # fmt: skip


def all_equal(i):
    """The same inputs with one size for everything: what hides behind shapes shows itself."""
    sizes = dict.fromkeys(("batch", "n", "d_query", "d_key", "d_hidden"), i["square"])
    return {**i, **sizes}


def parts(i):
    """Return the matrices to load. Those before the tanh are large enough to bend it."""
    draw = modules.generator(i["seed"])
    return {
        "w_query": 2 * modules.matrix(i["d_hidden"], i["d_query"], draw),
        "w_key": 2 * modules.matrix(i["d_hidden"], i["d_key"], draw),
        "v": 2 * modules.matrix(1, i["d_hidden"], draw),
    }


def asked(i, n=None):
    """Return query (B, d_query) and keys (B, n, d_key)."""
    import torch

    draw = modules.generator(i["seed"] + 1)
    query = torch.randn(i["batch"], i["d_query"], generator=draw)
    return query, torch.randn(i["batch"], n or i["n"], i["d_key"], generator=draw)


def loaded(f, i):
    layer = modules.built(lambda: f(i["d_query"], i["d_key"], i["d_hidden"]), i["seed"])
    return modules.load(layer, parts(i))


def called(layer, query, keys, *mask):
    return modules.called(
        layer, {"query": query, "keys": keys}, *mask, outputs=("context", "weights")
    )


def padded(f, i):
    """Fill the sentences up to one length, and say with a mask (B, n) what is real."""
    import torch

    real = torch.arange(i["n"]) < torch.tensor(i["lengths"])[:, None]
    return called(loaded(f, i), *asked(i), real)


def other_numbers(f, i):
    """Ask sentences of one word, a batch of one sentence, and ask in float64."""
    layer = loaded(f, i)
    return by_case(
        {
            "a sentence of one word": called(layer, *asked(i, 1)),
            "a batch of one sentence": called(layer, *(x[:1] for x in asked(i))),
            "float64": called(layer.double(), *(x.double() for x in asked(i))),
        }
    )


def two_questions(f, i):
    """Ask the same keys with two queries."""
    layer, (query, keys) = loaded(f, i), asked(i)
    found, other = called(layer, query, keys), called(layer, -query, keys)
    return {
        "weights": found["weights"],
        "weights of another question": other["weights"],
        "shape of the context": np.array(found["context"].shape),
    }


def deaf(got, inputs):
    """Speak where two different queries get the same weights."""
    one, other = got["weights"], got["weights of another question"]
    if one.shape == other.shape and np.allclose(one, other, atol=1e-6):
        return "two different queries asked the same keys and got the same weights."
    return None


def leaks(got, inputs):
    """Measure the weight that padding keeps."""
    weights = got["weights"]
    if weights.shape != (inputs["batch"], inputs["n"]) or not np.isfinite(weights).all():
        return None
    for b, length in enumerate(inputs["lengths"]):
        if (share := weights[b, length:].sum()) > 1e-6:
            return (
                f"sentence {b} has length {length}, and {share:.0%} of its weights are on padding."
            )
    return None


def all_ones(got, inputs):
    """Speak where every weight is 1 although there are several words."""
    weights = got["weights"]
    if weights.size > 1 and np.allclose(weights, 1):
        return f"each of your weights is 1, though {inputs['n']} words have to share."
    return None


task(
    name="AdditiveAttention",
    inputs=attention_inputs,
    forbids=("course_lib.seq2seq.AdditiveAttention", *FUSED),
    probes={
        "weights": Probe(
            two_questions, "the weights are shares of v · tanh(W_query query + W_key key)", 3,
            (all_ones, deaf, *WEIGHTS),
        ),
        "context": Probe(
            lambda f, i: called(loaded(f, i), *asked(i))["context"],
            "the context mixes the keys", 1, (nans(),),
        ),
        "mask": Probe(padded, "padding gets nothing", 1, (leaks, *WEIGHTS)),
        "square": Probe(
            lambda f, i: called(loaded(f, all_equal(i)), *asked(all_equal(i))),
            "with all sizes equal it is still the right axis", 1, WEIGHTS,
        ),
        "numbers": Probe(other_numbers, "a single word, a single sentence and float64 work, too"),
    },
)  # fmt: skip

# Find the bug: all rows of the alignment are the same ---------------------------------------


def stale_inputs(rng):
    n_source, n_target = (int(size) for size in rng.choice(np.arange(6, 12), 2, replace=False))
    return {"seed": int(rng.integers(2**31)), "n_source": n_source, "n_target": n_target}


def searcher(i):
    """Return a translator with random numbers, one sentence that it has read, and four words."""
    import torch

    from course_lib.seq2seq import RNNSearch

    model = modules.built(
        lambda: RNNSearch(
            i["n_source"], i["n_target"], d_embedding=6, d_encoder=5, d_decoder=7, d_score=8
        ),
        i["seed"],
    )
    draw = modules.generator(i["seed"])
    with torch.no_grad():
        for table in model.parameters():  # larger than torch's own start, so that words matter
            table.copy_(torch.randn(table.shape, generator=draw) / table.shape[-1] ** 0.5)
    source = torch.randint(3, i["n_source"], (1, 5), generator=draw)
    target_in = torch.randint(3, i["n_target"], (1, 4), generator=draw)
    with torch.no_grad():
        state = model.start(source, source > 0)
    return model, state, target_in


def decoded(f, i):
    model, state, target_in = searcher(i)
    with modules.kept(target_in=target_in):
        logits, weights = pair(f(model, state, target_in))
    return {"weights": weights, "logits": logits}


def decoded_with_padding(f, i):
    """Read two sentences at once, the second of three words; return where it looked."""
    import torch

    model, _, target_in = searcher(i)
    source = torch.randint(3, i["n_source"], (2, 5), generator=modules.generator(i["seed"] + 1))
    source[1, 3:] = 0
    with torch.no_grad():
        state = model.start(source, source > 0)
    logits, weights = pair(f(model, state, target_in.repeat(2, 1)))
    return {"weights of a padded sentence": weights, "logits of a padded sentence": logits}


def looks_at_padding(got, inputs):
    """Measure the weight that padding keeps."""
    weights = got["weights of a padded sentence"]
    if weights.shape != (2, 4, 5) or not (share := weights[1, :, 3:].sum(axis=-1).max()) > 1e-6:
        return None
    return f"the second sentence has 3 words, and {share:.0%} of a row is on its padding."


def same_rows(got, inputs):
    """Speak where all rows of the alignment are equal, or nearly."""
    weights = got["weights"]
    rows = weights.reshape(-1, weights.shape[-1])
    if len(rows) > 1 and np.abs(rows - rows[0]).max() < 1e-6:
        return "all rows of your alignment are the same: every word looked where the first did."
    return None


task(
    name="bug_07_alignment",
    uses=("course_lib.seq2seq.AdditiveAttention",),
    inputs=stale_inputs,
    forbids=("course_lib.seq2seq.RNNSearch.decode",),
    probes={
        "weights": Probe(
            lambda f, i: {"weights": decoded(f, i)["weights"]},
            "each step asks anew", 1, (same_rows, nans("weights")),
        ),
        "logits": Probe(
            lambda f, i: {"logits": decoded(f, i)["logits"]}, "the next words come out right",
        ),
        "padding": Probe(
            decoded_with_padding, "in a batch, padding still gets nothing", 1, (looks_at_padding,)
        ),
    },
)  # fmt: skip

# Order the lines: one step of the decoder ----------------------------------------------------

LINES = ordering.Lines(
    "step(model, state, word)",
    right=(
        "context, weights = model.look(state)",
        "both = torch.cat([word, context], dim=-1)",
        "hidden = model.cell(both, state.hidden)",
        "state = state._replace(hidden=hidden)",
        "logits = model.readout(hidden, context, word)",
        "return logits, weights, state",
    ),
    spare=("context = state.annotations.mean(dim=1)",),
)


def order_inputs(rng):
    return {"lines": LINES.mixed(rng), **stale_inputs(rng)}


def run_order(make, i):
    """Take three steps: the rows of the alignment, and the logits."""
    import torch

    model, state, target_in = searcher(i)
    step = make(torch=torch)
    said, looked = [], []
    for word in model.embedding(target_in[:, :3]).unbind(dim=1):
        logits, weights, state = step(model, state, word)
        said.append(logits)
        looked.append(weights)
    return {"weights": torch.stack(looked, dim=1), "logits": torch.stack(said, dim=1)}


ordering.task(
    LINES,
    name="order_07_step",
    inputs=order_inputs,
    question=(
        "One step of the decoder of 2014. `model.look(state)` returns `(context, weights)`. Which "
        "six of these seven lines make the step, and in which order? Answer with their letters, "
        'such as `"a b c d e f"`.'
    ),
    run=run_order,
    holds="the lines in this order are a step of the decoder",
    symptom=same_rows,
)
