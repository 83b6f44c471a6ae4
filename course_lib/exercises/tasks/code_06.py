"""Code 06: a layer that learns what to ask for."""

import numpy as np

from course_lib.exercises import modules, ordering
from course_lib.exercises.declare import Probe, task
from course_lib.exercises.judge import Unfit
from course_lib.exercises.questions import by_case, nans, pair, shares
from course_lib.exercises.shortcuts import LAYERS

MATRICES = ("w_q", "w_k", "w_v")
WEIGHTS = shares("weights")

# torch is imported where it is used: checking a function of lesson 01 shall not wait for it.


def sizes(n_q, n_k, d_query, d_key_value, d_k, d_v):
    return {
        "n_q": n_q, "n_k": n_k, "d_query": d_query, "d_key_value": d_key_value,
        "d_k": d_k, "d_v": d_v,
    }  # fmt: skip


def layer_inputs(rng):
    different = rng.permutation(np.arange(3, 9))
    return {
        "seed": int(rng.integers(2**31)),
        **sizes(*(int(size) for size in different)),
        "square": int(rng.integers(3, 6)),
    }


def all_equal(i):
    """The same inputs with one size for everything: what hides behind shapes shows itself."""
    return {**i, **sizes(*[i["square"]] * 6)}


def generator(i):
    return modules.generator(i["seed"])


def matrices(i):
    """Return the weights to load, as nn.Linear stores them, (out, in)."""
    draw = generator(i)
    shapes = {
        "w_q": (i["d_k"], i["d_query"]),
        "w_k": (i["d_k"], i["d_key_value"]),
        "w_v": (i["d_v"], i["d_key_value"]),
    }
    return {name: modules.matrix(*shape, draw) for name, shape in shapes.items()}


def items(i, n_q=None, n_k=None):
    """Return x_query (B, n_q, d_query) and x_key_value (B, n_k, d_key_value), with B = 2."""
    import torch

    draw = generator({"seed": i["seed"] + 1})
    x_query = torch.randn(2, n_q or i["n_q"], i["d_query"], generator=draw)
    return x_query, torch.randn(2, n_k or i["n_k"], i["d_key_value"], generator=draw)


def built(f, i):
    return modules.built(lambda: f(i["d_query"], i["d_key_value"], i["d_k"], i["d_v"]), i["seed"])


def loaded(f, i):
    return modules.load(built(f, i), matrices(i))


def called(layer, x_query, x_key_value, **options):
    return modules.called(layer, {"x_query": x_query, "x_key_value": x_key_value}, **options)


def parts(f, i):
    layer = loaded(f, i)
    counts = {name: getattr(layer, name).weight.numel() for name in MATRICES}
    return {"numbers in each matrix": np.array(list(counts.values()))}


def masked(f, i):
    """Ask with two masks: "no looking ahead" (n_q, n_k), and padding (B, 1, n_k)."""
    import torch

    layer, (x_query, x_key_value) = loaded(f, i), items(i)
    ahead = torch.ones(i["n_q"], i["n_k"], dtype=torch.bool).tril()
    padding = (torch.arange(i["n_k"]) < torch.tensor([[2], [i["n_k"]]]))[:, None, :]
    return {
        f"{what} ({kind})": array
        for kind, mask in {"no looking ahead": ahead, "padding": padding}.items()
        for what, array in called(layer, x_query, x_key_value, mask=mask).items()
    }


def other_numbers(f, i):
    """Ask the same layer with more items, with one of each, and in float64."""
    layer = loaded(f, i)
    return by_case(
        {
            "twice as many items": called(layer, *items(i, 2 * i["n_q"], 2 * i["n_k"])),
            "one query, one key": called(layer, *items(i, 1, 1)),
            "float64": called(layer.double(), *(x.double() for x in items(i))),
        }
    )


def moved(layer, i):
    """Take a few steps of training from the layer's own start: which matrices have moved?"""
    import torch

    x_query, x_key_value = items(i)
    target = torch.randn(2, i["n_q"], i["d_v"], generator=generator(i))
    before = {name: getattr(layer, name).weight.detach().clone() for name in MATRICES}
    for _ in range(3):
        output, _ = pair(layer(x_query, x_key_value))
        if not output.requires_grad:
            break
        (output - target).square().mean().backward()
        with torch.no_grad():
            for parameter in layer.parameters():
                parameter -= 0 if parameter.grad is None else 0.1 * parameter.grad
    return {
        f"{name} moved": np.array(not torch.equal(getattr(layer, name).weight, old))
        for name, old in before.items()
    }


def learns(f, i):
    layer = built(f, i)
    if all(hasattr(getattr(layer, name, None), "weight") for name in MATRICES) and any(
        True for _ in layer.parameters()
    ):
        return moved(layer, i)
    try:
        seen = f"its output is {pair(layer(*items(i)))[0].shape[-1]} wide"
    except RuntimeError:
        seen = "it can't be called with these widths"
    raise Unfit(f"torch does not find w_q, w_k and w_v among what your layer learns; {seen}.")


def still_there(got, i):
    """Say which matrices have not moved."""
    still = [name.split()[0] for name in got if name.endswith(" moved") and not got[name]]
    if still:
        return f"after three steps of training, {' and '.join(still)} had not moved at all."
    return None


task(
    name="AttentionLayer",
    inputs=layer_inputs,
    forbids=LAYERS,
    probes={
        "weights": Probe(
            lambda f, i: {"weights": (found := called(loaded(f, i), *items(i)))["weights"],
                          "shape of the output": np.array(found["output"].shape)},
            "the weights are shares of the scaled scores", 2, WEIGHTS,
        ),
        "output": Probe(
            lambda f, i: called(loaded(f, i), *items(i))["output"],
            "the output mixes the values", 1, (nans(),),
        ),
        "mask": Probe(
            masked, "a mask hides what it should, for one sequence or for each", 1,
            shares("weights (no looking ahead)", "weights (padding)"),
        ),
        "numbers": Probe(other_numbers, "any number of items works, and float64 too"),
        "square": Probe(
            lambda f, i: called(loaded(f, all_equal(i)), *items(all_equal(i))),
            "with all sizes equal it is still the right rows and columns", 1, WEIGHTS,
        ),
        "parts": Probe(
            parts, "three matrices of the right sizes are learned, and nothing else",
        ),
        "learns": Probe(
            learns, "each of the three matrices moves when it is trained", 1, (still_there,),
            aside=True,
        ),
    },
)  # fmt: skip


# Find the bug: the layer that sees a cross --------------------------------------------------


def cross_inputs(rng):
    d_model, d_k, d_v = (int(size) for size in rng.permutation(np.arange(9, 15))[:3])
    return {"seed": int(rng.integers(2**31)), **sizes(7, 7, d_model, d_model, d_k, d_v)}


def started(f, i):
    """Return the layer as the learner's function starts it, its widths checked."""
    layer = built(lambda d_query, _, d_k, d_v: f(d_query, d_k, d_v), i)
    for name, matrix in matrices(i).items():
        found = getattr(getattr(layer, name, None), "weight", None)
        if found is None or found.shape != matrix.shape:
            raise Unfit(
                f"`{name}.weight` should have shape {tuple(matrix.shape)}; "
                f"it has {None if found is None else tuple(found.shape)}."
            )
    return layer


def noticed(f, i):
    """Change one matrix after the other; which of the others notice?"""
    import torch

    layer = started(f, i)
    found = {}
    for name in MATRICES:
        others = [other for other in MATRICES if other != name]
        before = {other: getattr(layer, other).weight.detach().clone() for other in others}
        with torch.no_grad():
            getattr(layer, name).weight[0, 0] += 1
        for other in others:
            same = torch.equal(getattr(layer, other).weight, before[other])
            found[f"{other} stays when {name} is changed"] = np.array(same)
    return found


def who_noticed(got, i):
    for name, stays in got.items():
        if not stays:
            other, _, changed = name.partition(" stays when ")
            return f"one entry of {changed.split()[0]} was changed, and {other} changed with it."
    return None


def ranks(f, i):
    """Count how many rows of each matrix, as it starts, are no mixture of the others.

    And see whether its numbers differ: the identity has the rank, and nothing random.
    """
    import torch

    layer, found = started(f, i), {}
    for name in MATRICES:
        matrix = getattr(layer, name).weight.detach()
        found[f"rank of {name}"] = np.array(int(torch.linalg.matrix_rank(matrix)))
        different = len(matrix.unique())  # numbers that were drawn hardly ever come twice
        found[f"drawn at random: {name}"] = np.array(different > matrix.numel() / 2)
    return found


def alike(got, i):
    for name, rank in got.items():
        if name.startswith("drawn"):
            if not rank:
                return f"at the start, most numbers of {name.split()[-1]} are one and the same."
            continue
        rows = len(matrices(i)[part := name.split()[-1]])
        if rank < min(rows, i["d_query"]):
            of_what = f"are made of {int(rank)}" if rank else "are zero"
            return f"at the start, all {rows} rows of {part} {of_what}."
    return None


def calm(f, i):
    """Is the largest weight of a row still moderate, for items of ordinary size?"""
    import torch

    layer, draw = started(f, i), generator(i)
    x_query, x_key_value = torch.randn(2, 50, i["n_q"], i["d_query"], generator=draw)
    with torch.no_grad():
        top = pair(layer(x_query, x_key_value))[1].amax(dim=-1).mean()
    return np.array(bool(top < 0.7))


def too_loud(got, i):
    return (
        None if got else "untrained, your layer has nearly made up its mind: one weight takes all."
    )


task(
    name="bug_06_cross",
    uses=("course_lib.layers.AttentionLayer", "course_lib.layers.attend"),
    inputs=cross_inputs,
    forbids=(),
    probes={
        "own": Probe(noticed, "each matrix has numbers of its own", 1, (who_noticed,)),
        "random": Probe(ranks, "the rows of each matrix start different", 1, (alike,), aside=True),
        "learns": Probe(
            lambda f, i: moved(started(f, i), i),
            "all three move when trained",
            1,
            (still_there,),
            aside=True,
        ),
        "calm": Probe(calm, "at the start no softmax is saturated", 1, (too_loud,), aside=True),
    },
)


# Order the lines: one step of training ------------------------------------------------------

LINES = ordering.Lines(
    "training_step(layer, batch, optimiser)",
    right=(
        "output, weights = layer(batch.x_query, batch.x)",
        "loss = mse_loss(output, batch.target)",
        "optimiser.zero_grad()",
        "loss.backward()",
        "optimiser.step()",
        "return loss.item()",
    ),
    spare=("loss = mse_loss(weights, batch.right_weights)",),
)


def order_inputs(rng):
    return {"lines": LINES.mixed(rng), "seed": int(rng.integers(2**31))}


class CountedSteps:
    """The plainest optimiser there is, and it counts its steps.

    One of torch's own would load much of torch at its first step, which may outlast a time limit.
    """

    def __init__(self, parameters):
        self._parameters = list(parameters)
        self.count = 0

    def zero_grad(self):
        for parameter in self._parameters:
            parameter.grad = None

    def step(self):
        import torch

        self.count += 1
        for parameter in self._parameters:
            if parameter.grad is not None:
                with torch.no_grad():
                    parameter -= 0.5 * parameter.grad


def run_order(make, inputs):
    """Train a layer for three steps: its losses, where its numbers end up, and the steps taken."""
    import torch
    from torch.nn.functional import mse_loss

    from course_lib.layers import AttentionLayer
    from course_lib.toy_tasks import find_marked

    step = make(mse_loss=mse_loss)
    layer = built(
        AttentionLayer,
        {"seed": inputs["seed"], "d_query": 1, "d_key_value": 5, "d_k": 3, "d_v": 4},
    )
    before = torch.cat([matrix.detach().flatten() for matrix in layer.parameters()])
    optimiser, draw = CountedSteps(layer.parameters()), generator(inputs)
    losses = [step(layer, find_marked(8, 6, generator=draw), optimiser) for _ in range(3)]
    after = torch.cat([matrix.detach().flatten() for matrix in layer.parameters()])
    return {"change of each number": after - before, "losses": losses, "steps": optimiser.count}


def measured_order(got, inputs):
    """Say what was measured: whether anything moved, how often a step was taken."""
    if not got["change of each number"].any():
        return "in this order, after three calls every number of the layer is as it was."
    return "in this order, after three calls the numbers of the layer are not where they should be."


ordering.task(
    LINES,
    name="order_06_step",
    inputs=order_inputs,
    question=(
        "One step of training, as in the lesson. Which six of these seven lines make it, and in "
        "which order? Nobody may be told where to look. Answer with their letters, such as "
        '`"a b c d e f"`.'
    ),
    run=run_order,
    holds="the lines in this order are a step of training",
    symptom=measured_order,
)
