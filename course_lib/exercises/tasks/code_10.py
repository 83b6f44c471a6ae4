"""Code 10: a norm, a layer, a skip to repair, a decoder to put in order, and the real encoder."""

import functools

import numpy as np

from course_lib.exercises import modules, ordering
from course_lib.exercises.declare import Probe, task
from course_lib.exercises.judge import Unfit
from course_lib.exercises.questions import nans

# torch is imported where it is used: checking a function of lesson 01 shall not wait for it.


# layer_norm ----------------------------------------------------------------------------------


def norm_inputs(rng):
    batch, n, d_model = (int(size) for size in rng.permutation(np.arange(3, 9))[:3])
    return {
        "seed": int(rng.integers(2**31)),
        "batch": batch, "n": n, "d_model": d_model,
        "eps": round(float(rng.uniform(0.3, 0.8)), 2),
    }  # fmt: skip


def normed(f, i, shape, *, shrunk=1.0, dtype="float32", **options):
    """Call f with tokens of this shape: some way off zero, a few units wide, or shrunk."""
    import torch

    draw = modules.generator(i["seed"] + len(shape))
    x = (torch.randn(shape, generator=draw) * 2 + 1) * shrunk
    gain, bias = 1 + torch.rand(shape[-1:], generator=draw), torch.randn(shape[-1:], generator=draw)
    x, gain, bias = (tensor.to(getattr(torch, dtype)) for tensor in (x, gain, bias))
    with modules.kept(x=x):
        return f(x, gain, bias, **options)


def with_eps(f, i):
    """Ask where eps is felt: nearly equal numbers, equal numbers, and an eps of some size."""
    shape = i["n"], i["d_model"]
    return {
        "tokens of nearly equal numbers": normed(f, i, shape, shrunk=1e-3),
        "tokens of equal numbers": normed(f, i, shape, shrunk=0.0),
        f"tokens with eps = {i['eps']}": normed(f, i, shape, eps=i["eps"]),
    }


def of_all_shapes(f, i):
    """Ask for a single token, and for two leading axes in float64."""
    return {
        "single token": normed(f, i, (i["d_model"],)),
        "tokens with two more leading axes, in float64": normed(
            f, i, (2, i["batch"], i["n"], i["d_model"]), dtype="float64"
        ),
    }


task(
    name="layer_norm",
    inputs=norm_inputs,
    forbids=(
        "torch.nn.LayerNorm",
        "torch.nn.functional.layer_norm",
        "torch.layer_norm",
        "torch.native_layer_norm",
    ),
    probes={
        "values": Probe(
            lambda f, i: normed(f, i, (i["batch"], i["n"], i["d_model"])),
            "each token is normalised over its own numbers, then gain and bias", 3, (nans(),),
        ),
        "eps": Probe(with_eps, "eps stands inside the root, and saves a token of equal numbers"),
        "shapes": Probe(of_all_shapes, "any leading axes work, and float64 too"),
    },
)  # fmt: skip

# TransformerLayer ----------------------------------------------------------------------------

MAPS = ("attention.w_q", "attention.w_k", "attention.w_v", "attention.w_o", "linear1", "linear2")
NORMS = ("norm1", "norm2")


def layer_inputs(rng):
    n_heads, d_k = (int(size) for size in rng.permutation([2, 3, 4])[:2])
    n, batch = (int(size) for size in rng.permutation([2, 3, 5, 6])[:2])
    return {
        "seed": int(rng.integers(2**31)),
        "batch": batch, "n": n, "n_heads": n_heads, "d_model": n_heads * d_k,
        "d_ff": n_heads * d_k + 5,  # few sizes in all: a layer is built once for each
    }  # fmt: skip


@functools.lru_cache(maxsize=4)
def numbers_to_load(seed, d_model, d_ff):
    """Return what the layer's parts are to hold; every bias of a linear map stays 0."""
    import torch

    draw = modules.generator(seed)
    given = {name: modules.matrix(d_model, d_model, draw) for name in MAPS[:4]}
    given["linear1"] = 2 * modules.matrix(d_ff, d_model, draw)
    given["linear2"] = 2 * modules.matrix(d_model, d_ff, draw)
    given = {f"{name}.weight": numbers for name, numbers in given.items()}
    for name in NORMS:
        given[f"{name}.weight"] = 0.5 + torch.rand(d_model, generator=draw)
        given[f"{name}.bias"] = 0.5 * torch.randn(d_model, generator=draw)
    return given


def load(layer, given):
    """Put numbers into a layer's parts by their names, zeros into the other biases; return it.

    Raises: Unfit if a part is missing, has another shape, or more is learned than these parts.
    """
    import torch

    named = dict(layer.named_parameters(remove_duplicate=False))
    if missing := [name for name in given if name not in named]:
        raise Unfit(f"your layer has no trainable `{missing[0]}`.")
    asked_for = {*given, *(f"{name}.bias" for name in MAPS)}
    parts = {name: parameter for name, parameter in named.items() if name in asked_for}
    known = {id(parameter) for parameter in parts.values()}  # a second name learns no more
    if more := [name for name, parameter in named.items() if id(parameter) not in known]:
        raise Unfit(f"your layer learns `{more[0]}` as well; it should learn its five parts alone.")
    with torch.no_grad():
        for name, parameter in parts.items():
            numbers = given.get(name, torch.zeros(1))
            if name in given and parameter.shape != numbers.shape:
                raise Unfit(
                    f"`{name}` has shape {tuple(parameter.shape)}; "
                    f"with these sizes it should be {tuple(numbers.shape)}."
                )
            parameter.copy_(numbers)
        for name, numbers in given.items():
            if not torch.equal(named[name].float(), numbers):
                raise Unfit(f"`{name}` changed while another part was set.")
    return layer


def layer_of(f, i, **options):
    """Return a layer of f's making that holds the numbers to load."""
    made = made_once(f, i["d_model"], i["n_heads"], i["d_ff"], **options)
    if made["holds"] != i["seed"]:
        load(made["layer"], numbers_to_load(i["seed"], i["d_model"], i["d_ff"]))
        made["holds"] = i["seed"]
    return made["layer"]


@functools.lru_cache(maxsize=256)
def made_once(f, d_model, n_heads, d_ff, **options):
    """Build a layer, once for each size: that takes longer than to load and run it."""
    layer = modules.built(lambda: f(d_model, n_heads, d_ff, **options), seed=0)
    return {"layer": layer, "holds": None}


def words(i):
    import torch

    draw = modules.generator(i["seed"] + 1)
    return torch.randn(i["batch"], i["n"], i["d_model"], generator=draw)


def called(layer, x, *mask):
    import torch

    with torch.no_grad(), modules.kept(x=x):
        result = layer(x, *mask)
    if isinstance(result, tuple):
        raise Unfit("your layer should return one tensor, (B, n, d_model); it returned a tuple.")
    return result


def post_norm(f, i):
    return called(layer_of(f, i), words(i))


def pre_norm(f, i):
    return called(layer_of(f, i, norm_first=True), words(i))


def silent(f, i):
    """Set attention and feed-forward to 0 in a pre-norm layer: what comes out of it?"""
    import torch

    layer = layer_of(f, i, norm_first=True)
    last = layer.attention.w_o.weight, layer.linear2.weight
    numbers = [weight.clone() for weight in last]
    with torch.no_grad():
        try:
            for weight in last:
                weight.zero_()
            return called(layer, words(i))
        finally:
            for weight, before in zip(last, numbers, strict=True):
                weight.copy_(before)


def not_itself(got, i):
    """Speak where a layer whose parts are 0 changes what comes in."""
    if np.allclose(got, words(i).numpy(), atol=1e-4):
        return None
    return (
        "attention and feed-forward were set to 0, with norm_first=True. x should have come out "
        "as it went in, and it did not."
    )


def masked(f, i):
    """Forbid looking ahead and hide padding, with one mask (B, n, n)."""
    import torch

    lengths = torch.tensor([1] + [i["n"]] * (i["batch"] - 1))
    real = torch.arange(i["n"]) < lengths[:, None]
    mask = torch.ones(i["n"], i["n"], dtype=torch.bool).tril() & real[:, None, :]
    return called(layer_of(f, i), words(i), mask)


task(
    name="TransformerLayer",
    inputs=layer_inputs,
    forbids=(
        "course_lib.transformer.TransformerLayer",
        "torch.nn.TransformerEncoderLayer",
    ),
    probes={
        "post": Probe(
            post_norm, "the layer of 2017: look, add, normalise; then think likewise", 3, (nans(),)
        ),
        "pre": Probe(
            pre_norm, "with norm_first=True the norms stand before the parts", 2, (nans(),)
        ),
        "skip": Probe(
            silent, "what the parts leave alone comes out as it went in", 1, (not_itself,),
            aside=True,
        ),
        "mask": Probe(masked, "a mask reaches the attention"),
    },
)  # fmt: skip

# Find the bug: x does not come through -------------------------------------------------------


@functools.lru_cache(maxsize=8)
def library_layer(seed, n_heads, d_model, d_ff, quiet):
    """Return a pre-norm layer of the library with random numbers; a quiet one with parts at 0."""
    import torch

    from course_lib.transformer import TransformerLayer

    layer = modules.built(lambda: TransformerLayer(d_model, n_heads, d_ff, True), seed).eval()
    load(layer, numbers_to_load(seed, d_model, d_ff))
    with torch.no_grad():
        if quiet:
            layer.attention.w_o.weight.zero_()
            layer.linear2.weight.zero_()
    return layer


def a_layer(i, quiet):
    return library_layer(i["seed"], i["n_heads"], i["d_model"], i["d_ff"], quiet)


def passed_through(f, i, *, quiet):
    import torch

    x = words(i)
    mask = torch.ones(i["n"], i["n"], dtype=torch.bool).tril()
    with torch.no_grad(), modules.kept(x=x):
        if quiet:
            loud = f(a_layer(i, quiet=False), x, mask)
            if isinstance(loud, torch.Tensor) and torch.equal(loud.float(), x):
                raise Unfit("your function hands on x alone, even where its parts have a say.")
        return f(a_layer(i, quiet), x, mask)


task(
    name="bug_10_skip",
    uses=("course_lib.transformer.TransformerLayer",),
    inputs=layer_inputs,
    forbids=("course_lib.transformer.TransformerLayer",),
    probes={
        "skip": Probe(
            lambda f, i: passed_through(f, i, quiet=True),
            "where the parts say nothing, x comes out as it went in", 2, (not_itself,), aside=True,
        ),
        "output": Probe(
            lambda f, i: passed_through(f, i, quiet=False), "the layer is a pre-norm layer",
        ),
    },
)  # fmt: skip

# Order the lines: a layer of the decoder -----------------------------------------------------

LINES = ordering.Lines(
    "decoder_layer(layer, x, memory, mask)",
    right=(
        "found, _ = layer.attention(x, x, mask)",
        "x = layer.norm1(x + found)",
        "found, _ = layer.cross_attention(x, memory)",
        "x = layer.norm_cross(x + found)",
        "return layer.norm2(x + layer.think(x))",
    ),
    spare=("found, _ = layer.cross_attention(memory, x)",),
)


def order_inputs(rng):
    return {"lines": LINES.mixed(rng), **layer_inputs(rng)}


@functools.lru_cache(maxsize=8)
def library_decoder(seed, n_heads, d_model, d_ff):
    import torch

    from course_lib.encoder_decoder import DecoderLayer

    layer = modules.built(lambda: DecoderLayer(d_model, n_heads, d_ff), seed).eval()
    draw = modules.generator(seed)
    with torch.no_grad():
        for numbers in layer.parameters():  # norms of their own kind, so that no two are alike
            start = 1.0 if numbers.ndim == 1 else 0.0
            drawn = torch.randn(numbers.shape, generator=draw)
            numbers.copy_(start + drawn * (0.3 if numbers.ndim == 1 else numbers.shape[-1] ** -0.5))
    return layer


def run_order(make, i):
    """Read words, and a source of as many words, under a causal mask."""
    import torch

    function = make()
    layer = library_decoder(i["seed"], i["n_heads"], i["d_model"], i["d_ff"])
    x, memory = words(i), words({**i, "seed": i["seed"] + 7})
    mask = torch.ones(i["n"], i["n"], dtype=torch.bool).tril()
    with torch.no_grad():
        return {"output": function(layer, x, memory, mask)}


ordering.task(
    LINES,
    name="order_10_decoder",
    inputs=order_inputs,
    question=(
        "One layer of the decoder of 2017: `x` are the words written so far, `memory` is the "
        "source as the encoder read it. Three parts, a skip around each. Which five of these six "
        'lines make it, and in which order? Answer with their letters, such as `"a b c d e"`.'
    ),
    run=run_order,
    holds="the lines in this order are a layer of the decoder",
    symptom=lambda got, i: "in this order, the numbers that come out are not the decoder's.",
)

# The capstone: the real encoder --------------------------------------------------------------

SENTENCES = (  # the encoder's own words; a fresh check draws some of them
    "Yes.", "River bank lends money.", "The dog bites the man.", "The man bites the dog.",
    "A cat sat on the mat.", "Reeds grew along the bank.", "My bank sent me a letter.",
    "Attention is all you need.", "He waited.", "It rained all week long.", "Where is the key?",
    "Query, key and value.", "Nobody knows.", "She plays the cello.", "Open at nine?",
)  # fmt: skip
CASES = 5  # so many different checks: the course's own answers need be computed once for each


@functools.cache
def real():
    """Return the real encoder's weights and its tokenizer, read once."""
    from course_lib import pretrained, tokens

    tokenizer = tokens.load_tokenizer(pretrained.model_folder() / "tokenizer.json")
    return pretrained.load_weights(), tokenizer


def capstone_inputs(rng):
    return {"case": int(rng.integers(CASES))}


@functools.lru_cache(maxsize=CASES)
def sentences(case):
    """Return token_ids (B, n) and mask (B, n) of two sentences; any numbers fill the shorter up."""
    import torch

    from course_lib import tokens

    drawn = np.random.default_rng(case).permutation(len(SENTENCES))
    chosen = [SENTENCES[place] for place in drawn[:2]]
    if len({len(tokens.tokenize(real()[1], [each])[0]) for each in chosen}) == 1:
        chosen[0] += " Yes."
    token_ids, mask = tokens.token_ids(real()[1], chosen, limit=512)
    fill = torch.randint(2000, 20000, token_ids.shape, generator=modules.generator(case))
    return torch.where(mask, token_ids, fill), mask


def encoded(f, token_ids, mask):
    """Call f; return its vectors. Weights come as tensors, and as arrays if f asks for arrays."""
    import torch

    given = dict(real()[0]), token_ids.clone(), mask.clone()
    with torch.no_grad(), modules.kept(token_ids=given[1]):
        try:
            result = f(*given)
        except TypeError as error:
            if "ndarray" not in str(error):
                raise
            weights, *others = given
            arrays = {name: tensor.numpy() for name, tensor in weights.items()}
            result = f(arrays, *(tensor.numpy() for tensor in others))
        wanted = len(token_ids), 384
        shape = tuple(getattr(result, "shape", ()))
        if shape != wanted:
            came = "nothing" if result is None else f"a {type(result).__name__} of shape {shape}"
            raise Unfit(f"vectors of shape {wanted} were expected; your function returned {came}.")
    return torch.as_tensor(result)


def alone(f, i):
    """Encode one sentence without any padding; only the direction of its vector counts here."""
    token_ids, mask = sentences(i["case"])
    length = int(mask[0].sum())
    vector = encoded(f, token_ids[:1, :length], mask[:1, :length])
    return {"direction": vector / vector.norm(dim=-1, keepdim=True)}


def together(f, i):
    return {"vectors": encoded(f, *sentences(i["case"]))}


def not_of_length_1(got, i):
    """Measure the lengths of the vectors."""
    vectors = next(iter(got.values())) if isinstance(got, dict) else got
    lengths = np.linalg.norm(vectors, axis=-1)
    if not np.isfinite(lengths).all():
        return "your vectors hold nan or infinite numbers."
    if np.abs(lengths - 1).max() > 1e-3:
        measured = ", ".join(f"{length:.3g}" for length in lengths)
        return f"your vectors should have length 1; theirs are {measured}."
    return None


task(
    name="capstone_encoder",
    uses=("course_lib.transformer.TransformerLayer",),
    inputs=capstone_inputs,
    known={"course_lib.pretrained.load_weights": lambda: real()[0]},
    forbids=(
        "course_lib.pretrained.load_encoder",
        "course_lib.pretrained.SentenceEncoder",
        "sentence_transformers.SentenceTransformer",
        "transformers.models.bert.modeling_bert.BertModel",
    ),
    probes={
        "alone": Probe(
            alone, "a sentence alone gets the real encoder's vector", 3, (not_of_length_1,),
            tolerance=0.0, absolute=1e-4,
        ),
        "together": Probe(
            together, "beside longer ones it gets the same, of length 1", 3, (not_of_length_1,),
            tolerance=0.0, absolute=1e-4,
        ),
    },
)  # fmt: skip
