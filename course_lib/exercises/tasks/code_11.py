"""Code 11: a loss, a draw, a model that names the next token, lines in order, a cache to mend."""

import functools
from collections.abc import Callable

import numpy as np

from course_lib.exercises import modules, ordering
from course_lib.exercises.declare import Probe, task
from course_lib.exercises.judge import Unfit, note_changed
from course_lib.exercises.questions import counted, nans, pair, refusal

# torch is imported where it is used: checking a function of lesson 01 shall not wait for it.


# next_token_loss -----------------------------------------------------------------------------


def loss_inputs(rng):
    batch, n, n_tokens = (int(size) for size in rng.permutation(np.arange(3, 8))[:3])
    targets = rng.integers(0, n_tokens, (batch, n))
    targets[:2, -1] = 0, 1  # token 0 is asked for, and not it alone
    padded = targets.copy()
    for row, fillers in enumerate(rng.permutation(np.arange(batch) % n)):
        padded[row, :fillers] = -100  # on the left; the rows differ in how many
    return {
        "logits": rng.normal(size=(batch, n, n_tokens)) * 2,
        "targets": targets, "padded": padded, "ignore": int(rng.integers(n_tokens, 99)),
    }  # fmt: skip


def lost(f, logits, targets, *options, dtype="float32"):
    """Call f with tensors, which it must leave as they are."""
    import torch

    logits = torch.tensor(logits, dtype=getattr(torch, dtype), requires_grad=True)
    targets = torch.tensor(targets)
    with modules.kept(logits=logits, targets=targets):
        return f(logits, targets, *options), logits


def learnt_from(f, i):
    """Return the gradient: what the loss says to each logit."""
    import torch

    loss, logits = lost(f, i["logits"], i["padded"])
    if not isinstance(loss, torch.Tensor) or not loss.requires_grad:
        came = "a tensor" if isinstance(loss, torch.Tensor) else f"a {type(loss).__name__}"
        raise Unfit(f"what came back is {came} without a gradient: nobody could learn from it.")
    loss.sum().backward()
    return {"gradient": logits.grad}


def with_another_mark(f, i):
    """Fillers are marked by another number than -100."""
    targets = np.where(i["padded"] == -100, i["ignore"], i["padded"])
    return lost(f, i["logits"], targets, i["ignore"])[0]


def all_ignored(f, i):
    targets = np.full_like(i["targets"], -100)
    return refusal(lambda: lost(f, i["logits"], targets)[0], "targets", "targets that are all -100")


def off_by_sign(got, i):
    """Speak where a loss is below zero."""
    if np.ndim(got) == 0 and np.isfinite(got) and got < 0:
        return f"your loss is {float(got):.3g}; −log of a share is never below 0."
    return None


task(
    name="next_token_loss",
    inputs=loss_inputs,
    forbids=(
        "course_lib.writing.choosing.next_token_loss",
        "torch.nn.functional.cross_entropy",
        "torch.nn.functional.nll_loss",
        "torch.nn.CrossEntropyLoss",
        "torch.nn.NLLLoss",
    ),
    probes={
        "value": Probe(
            lambda f, i: lost(f, i["logits"], i["targets"])[0],
            "it is the mean of −log of the share that the right token got", 2,
            (off_by_sign, nans()),
        ),
        "padding": Probe(
            lambda f, i: {
                "loss with fillers": lost(f, i["logits"], i["padded"])[0],
                "loss with fillers in float64": lost(
                    f, i["logits"], i["padded"], dtype="float64"
                )[0],
            },
            "fillers count neither in the sum nor in the number",
        ),
        "mark": Probe(with_another_mark, "`ignore` says which number marks them"),
        "learns": Probe(learnt_from, "it has the right gradient", 1, (nans("gradient"),)),
        "stable": Probe(
            lambda f, i: lost(f, i["logits"] * 500, i["targets"])[0],
            "logits that are a thousand apart work", 1, (nans(),),
        ),
        "refuses": Probe(all_ignored, "nothing but fillers is refused, by name"),
    },
)  # fmt: skip

# sample --------------------------------------------------------------------------------------

DRAWS = 40


def sample_inputs(rng):
    n_tokens = int(rng.integers(8, 12))
    k = int(rng.integers(3, 6))
    tied = np.array([3.0, 2.0, 2.0, 2.0, 2.0, 0.0, 0.0, 1.0])[rng.permutation(8)]
    return {
        "seed": int(rng.integers(2**31)),
        "logits": rng.permutation(np.linspace(-1.5, 2.5, n_tokens) + rng.normal(size=n_tokens) / 9),
        "tied": tied, "k": k, "k_tied": int(rng.integers(2, 4)),
        "cold": float(rng.uniform(0.4, 0.6)), "warm": float(rng.uniform(2, 4)),
    }  # fmt: skip


def drawn(f, i, logits, temperature, top_k, draws=DRAWS):
    """Draw many times with one generator; what came must be whole numbers."""
    rng = np.random.default_rng(i["seed"])
    return np.array([int(_once(f, logits, temperature, top_k, rng)) for _ in range(draws)])


def _once(f, logits, *options):
    """Draw one number; the logits must be left as they are."""
    given = np.array(logits)
    number = _one(f(given, *options))
    if not np.array_equal(given, logits):
        note_changed("logits")
    return number


def _one(number):
    if isinstance(number, np.ndarray) and number.ndim == 0:
        number = number[()]
    return counted(number) if number is not None else _nothing()


def _nothing():
    raise Unfit("your function returned None. Is there a `return` at its end?")


def from_nought(seed: int) -> np.random.Generator:
    """Return random numbers of which the first is exactly 0.0, the least that may come."""
    bits = np.random.MT19937(seed)
    state = bits.state
    state["state"]["key"][:2], state["state"]["pos"] = 0, 0  # random() takes two words
    bits.state = state
    return np.random.Generator(bits)


def at_zero(f, i):
    """Which token is drawn where ``rng.random()`` is exactly 0, and the first are cut off?"""
    logits = np.sort(i["logits"])
    return _once(f, logits, 1.0, 2, from_nought(i["seed"]))


def how_often(got, i):
    """Speak where all draws are alike."""
    if np.ndim(got) == 1 and len(set(got.tolist())) == 1:
        return f"in {len(got)} draws your function returned {got[0]} each time."
    return None


def beyond(k, logits, among):
    """Speak where a token was drawn that is not among the k largest."""

    def measure(got, i):
        logits_, k_ = i[logits], i[k]
        allowed = set(np.argsort(-logits_, kind="stable")[:k_].tolist())
        if extra := sorted({int(token) for token in np.ravel(got)} - allowed):
            return (
                f"with top_k = {k_} your function drew token {extra[0]}, which is none of "
                f"{among.format(k=k_)}."
            )
        return None

    return measure


task(
    name="sample",
    inputs=sample_inputs,
    forbids=(
        "course_lib.writing.choosing.sample",
        "course_lib.writing.choosing.draw",
        "course_lib.writing.choosing.shares",
        "course_lib.writing.choosing.top_k",
    ),
    probes={
        "draws": Probe(
            lambda f, i: drawn(f, i, i["logits"], 1.0, None),
            "each token is drawn as often as its share says", 2, (how_often,),
        ),
        "temperature": Probe(
            lambda f, i: {
                "draws of a low temperature": drawn(f, i, i["logits"], i["cold"], None),
                "draws of a high temperature": drawn(f, i, i["logits"], i["warm"], None),
            },
            "a low temperature sharpens, a high one flattens",
        ),
        "top_k": Probe(
            lambda f, i: drawn(f, i, i["logits"], i["warm"], i["k"]),
            "only the top_k largest take part", 1,
            (beyond("k", "logits", "the {k} largest"), how_often),
        ),
        "ties": Probe(
            lambda f, i: drawn(f, i, i["tied"], 2.0, i["k_tied"]),
            "of equal logits the first ones take part", 1,
            (beyond("k_tied", "tied", "the {k} that take part: of equal ones, the first"),),
        ),
        "large": Probe(
            lambda f, i: {
                "draws from logits in the hundreds": drawn(f, i, i["logits"] + 900, 1.0, None, 9),
                "draw where rng.random() is 0": at_zero(f, i),
            },
            "logits in the hundreds work, and nothing is drawn that has no share",
        ),
        "refuses": Probe(
            lambda f, i: np.array([
                refusal(
                    lambda t=t: f(i["logits"], t, None, np.random.default_rng(0)),
                    "temperature", f"temperature = {t}",
                )
                for t in (0, -1.0)
            ]),
            "temperature 0 and below raise a ValueError",
        ),
    },
)  # fmt: skip

# CausalLanguageModel -------------------------------------------------------------------------

MAPS = ("attention.w_q", "attention.w_k", "attention.w_v", "attention.w_o", "linear1", "linear2")
N_LAYERS = 2


def model_inputs(rng):
    n_heads, d_k = (int(size) for size in rng.permutation([2, 3, 4])[:2])
    n, batch = (int(size) for size in rng.permutation([3, 4, 5])[:2])
    return {
        "seed": int(rng.integers(2**31)),
        "batch": batch, "n": n, "n_heads": n_heads, "d_model": n_heads * d_k,
        "n_tokens": 13, "n_places": 7,  # few sizes in all: a model is built once for each
    }  # fmt: skip


SIZES = ("n_tokens", "d_model", "n_heads", "n_places")


@functools.lru_cache(maxsize=4)
def numbers_to_load(seed, n_tokens, d_model, n_places):
    """Return what the model's parts are to hold; biases are 0."""
    import torch

    draw, d_ff = modules.generator(seed), 4 * d_model
    given = {
        "tokens": torch.randn(n_tokens, d_model, generator=draw),
        "places": torch.randn(n_places, d_model, generator=draw),
        "norm": 0.5 + torch.rand(d_model, generator=draw),
    }
    shapes = dict.fromkeys(MAPS[:4], (d_model, d_model))
    shapes |= {"linear1": (d_ff, d_model), "linear2": (d_model, d_ff)}
    for number in range(N_LAYERS):
        for name, (rows, columns) in shapes.items():
            given[f"layers.{number}.{name}"] = 1.5 * modules.matrix(rows, columns, draw)
        for name in ("norm1", "norm2"):
            given[f"layers.{number}.{name}"] = 0.5 + torch.rand(d_model, generator=draw)
    return given


def load(model, given):
    """Put numbers into a model's parts by their names, zeros into the biases; return it.

    Raises: Unfit if a part is missing, has another shape, or more is learned than these parts.
    """
    known = {f"{name}.{kind}" for name in given for kind in ("weight", "bias")}
    named = dict(model.named_parameters(remove_duplicate=False))
    parts = {id(parameter) for name, parameter in named.items() if name in known}
    if more := [name for name, parameter in named.items() if id(parameter) not in parts]:
        if all(f"{name}.weight" in named for name in given):
            raise Unfit(
                f"your model learns `{more[0]}` as well; it should learn what is in `tokens`, "
                "`places`, `layers` and `norm` alone."
            )
    return modules.load(model, given)


@functools.lru_cache(maxsize=256)
def made_once(f, n_tokens, d_model, n_heads, n_places):
    """Build a model, once for each size: that takes longer than to load and run it."""
    model = modules.built(lambda: f(n_tokens, d_model, n_heads, N_LAYERS, n_places), seed=0)
    return {"model": model, "holds": None}


def model_of(f, i):
    """Return a model of f's making that holds the numbers to load."""
    made = made_once(f, *(i[size] for size in SIZES))
    if made["holds"] != i["seed"]:
        load(made["model"], numbers_to_load(*(i[s] for s in ("seed", *SIZES[:2], SIZES[3]))))
        made["holds"] = i["seed"]
    return made["model"].eval()


def texts(i, n=None):
    """Return token numbers (B, n)."""
    import torch

    n = n or i["n"]
    draw = modules.generator(i["seed"] + n)
    return torch.randint(i["n_tokens"], (i["batch"], n), generator=draw)


def named(model, ids, *mask):
    """Return the model's logits for a batch; without gradients."""
    import torch

    with torch.no_grad(), modules.kept(ids=ids):
        return model(ids, *mask)


def with_the_last_changed(f, i):
    """Return the logits at all tokens but the last, for two texts that differ in the last alone."""
    ids = texts(i)
    other = ids.clone()
    other[:, -1] = (ids[:, -1] + 1) % i["n_tokens"]
    model = model_of(f, i)
    return {
        "logits before the last token": named(model, ids)[:, :-1],
        "logits before another last token": named(model, other)[:, :-1],
    }


def looks_ahead(got, i):
    """Speak where the last token moves the logits of those before it."""
    one, other = got.values()
    off = np.abs(one - other).max(initial=0.0) if one.shape == other.shape else 0.0
    if off > 1e-4:
        return (
            f"I changed the last token alone, and your logits at the ones before it moved by up to "
            f"{off:.2g}."
        )
    return None


def padded(i):
    """Return ids and mask (B, n + 2): row 0 has 2 fillers on the left, row 1 one, any numbers."""
    import torch

    ids = texts(i, i["n"] + 2)
    real = torch.ones_like(ids, dtype=torch.bool)
    real[0, :2] = real[1, :1] = False
    return ids, real


def beside(f, i):
    """Return the logits at real tokens, the fillers' set to 0, and those of row 0 by itself."""
    model, (ids, real) = model_of(f, i), padded(i)
    together = named(model, ids, real)
    _check_shape(together, i, i["n"] + 2)
    return {
        "logits of real tokens": together.masked_fill(~real[..., None], 0.0),
        "logits of row 0 alone": named(model, ids[:1, 2:], real[:1, 2:])[0],
    }


def _check_shape(logits, i, n):
    wanted = i["batch"], n, i["n_tokens"]
    shape = tuple(getattr(logits, "shape", ()))
    if shape != wanted:
        came = "None" if logits is None else f"a {type(logits).__name__} of shape {shape}"
        raise Unfit(f"logits of shape (B, n, n_tokens) = {wanted} were expected; it is {came}.")


def not_as_alone(got, i):
    """Speak where a text gets other logits beside a longer one than by itself."""
    together = got["logits of real tokens"][0, 2:]
    alone = got["logits of row 0 alone"]
    off = np.abs(together - alone).max() if together.shape == alone.shape else 0.0
    if off > 1e-4:
        return (
            f"row 0 has two fillers on its left. Without them its logits differ by up to {off:.2g}."
        )
    return None


task(
    name="CausalLanguageModel",
    inputs=model_inputs,
    forbids=("course_lib.writing.model.CausalLanguageModel",),
    uses=("course_lib.writing.model.CausalLanguageModel",),  # the bug and the order below
    probes={
        "logits": Probe(
            lambda f, i: named(model_of(f, i), texts(i)),
            "tokens and places pass the layers, and are compared with every token", 3, (nans(),),
        ),
        "causal": Probe(
            with_the_last_changed, "a token notices nothing of what comes later", 1, (looks_ahead,)
        ),
        "padding": Probe(
            beside, "fillers on the left change nothing, and count for no place", 2,
            (not_as_alone,),
        ),
        "lengths": Probe(
            lambda f, i: {
                "logits of texts of one token": named(model_of(f, i), texts(i, 1)),
                "logits of texts that fill all places": named(
                    model_of(f, i), texts(i, i["n_places"])
                ),
            },
            "one token works, and as many as there are places",
        ),
    },
)  # fmt: skip

# Find the bug: read on with a cache ----------------------------------------------------------


@functools.lru_cache(maxsize=8)
def library_model(seed, n_tokens, d_model, n_heads, n_places):
    from course_lib.writing import CausalLanguageModel

    model = modules.built(
        lambda: CausalLanguageModel(n_tokens, d_model, n_heads, N_LAYERS, n_places), seed
    )
    return load(model, numbers_to_load(seed, n_tokens, d_model, n_places)).eval()


def a_model(i):
    return library_model(i["seed"], *(i[size] for size in SIZES))


def read_in(*sizes):
    """Return a probe's run: f reads a text in chunks of these sizes, each with what was kept."""

    def run(f, i):
        import torch

        model, ids = a_model(i), texts(i, sum(sizes))
        d_k = i["d_model"] // i["n_heads"]
        kept = [(torch.zeros(i["batch"], i["n_heads"], 0, d_k),) * 2] * N_LAYERS
        found, held = [], []
        with torch.no_grad(), modules.kept(ids=ids):
            for chunk in ids.split(sizes, dim=1):
                logits, kept = pair(f(model, chunk, kept))
                found.append(logits)
                held.append(int(kept[0][0].shape[2]))
        return {"logits": torch.cat(found, dim=1), "tokens held after each call": np.array(held)}

    return run


def from_where(sizes):
    """Return a symptom that says at which token the logits begin to differ from a whole reading."""

    def measure(got, i):
        import torch

        ids = texts(i, sum(sizes))
        with torch.no_grad():
            whole = a_model(i)(ids).numpy()
        if got["logits"].shape != whole.shape:
            return None
        off = np.abs(got["logits"] - whole).max(axis=(0, 2))
        if (wrong := np.flatnonzero(~(off < 1e-3))).size:
            return (
                f"read in chunks of {', '.join(map(str, sizes))} tokens, your logits differ from "
                f"those of one reading from token {wrong[0]} on (by {off[wrong[0]]:.2g} there)."
            )
        return None

    return measure


ONE_BY_ONE, IN_CHUNKS = (3, 1, 1), (2, 3, 1)

task(
    name="bug_11_cache",
    uses=("course_lib.writing.cache.layer_step", "course_lib.writing.model.CausalLanguageModel"),
    inputs=model_inputs,
    forbids=("course_lib.writing.cache.step",),
    probes={
        "one": Probe(
            read_in(*ONE_BY_ONE), "a prompt, then token by token: as if read at once", 2,
            (from_where(ONE_BY_ONE),),
        ),
        "many": Probe(
            read_in(*IN_CHUNKS), "several new tokens at a time work too", 1,
            (from_where(IN_CHUNKS),),
        ),
    },
)  # fmt: skip

# Order the lines: write on -------------------------------------------------------------------

LINES = ordering.Lines(
    "write(model, prompt, n)",
    right=(
        "logits, cache = step(model, prompt, empty_cache(model))",
        "written = []",
        "for _ in range(n):",
        "    new = logits[:, -1:].argmax(dim=-1)",
        "    written.append(new.item())",
        "    logits, cache = step(model, new, cache)",
        "return written",
    ),
    spare=("    logits, cache = step(model, prompt, cache)",),
)
WRITTEN = 3


def order_inputs(rng):
    return {"lines": LINES.mixed(rng), **model_inputs(rng)}


def run_order(make: Callable, i):
    """Write three tokens after a prompt of three; the model is made so that no two are alike."""
    import torch

    from course_lib.writing import empty_cache, step

    function, ids = make(step=step, empty_cache=empty_cache), texts(i, 3)[:1]
    with torch.no_grad():
        return {"written": function(a_model(i), ids, WRITTEN)}


ordering.task(
    LINES,
    name="order_11_write",
    inputs=order_inputs,
    question=(
        "`prompt` (1, n) is what stands there already; write `n` tokens after it, each time the "
        "likeliest, and read nothing twice. `step(model, ids, cache)` reads on and returns the "
        "logits of the tokens in `ids`, with a cache that holds them too. Which seven of these "
        'eight lines do it, and in which order? Answer with their letters, such as `"a b c d e f '
        'g"`.'
    ),
    run=run_order,
    holds="the lines in this order write on, and read each token once",
    symptom=lambda got, i: "in this order, other tokens are written than without any cache.",
    uses=("course_lib.writing.cache.step",),  # the bug above asks for it
)
