"""Code 10: what is right, and what tempts."""

import functools

import torch
from torch import nn
from torch.nn import functional as F

from course_lib import pretrained, transformer
from course_lib.exercises import ordering
from course_lib.exercises.declare import Answers
from course_lib.exercises.tasks.code_10 import LINES
from course_lib.multi_head import MultiHeadAttention

# layer_norm ----------------------------------------------------------------------------------


def layer_norm(x, gain, bias, eps=1e-5):
    mean = x.mean(dim=-1, keepdim=True)
    variance = x.var(dim=-1, keepdim=True, unbiased=False)
    return gain * (x - mean) / torch.sqrt(variance + eps) + bias


def norm_in_two_steps(x, gain, bias, eps=1e-5):
    centred = x - x.mean(-1, keepdim=True)
    return centred * (centred.square().mean(-1, keepdim=True) + eps).rsqrt() * gain + bias


def norm_by_sums(x, gain, bias, eps=1e-5):
    d_model = x.shape[-1]
    mean = x.sum(dim=-1)[..., None] / d_model
    variance = ((x - mean) ** 2).sum(dim=-1)[..., None] / d_model
    return torch.addcmul(bias, (x - mean) / (variance + eps) ** 0.5, gain)


def norm_token_by_token(x, gain, bias, eps=1e-5):
    tokens = [
        (token - token.mean()) / (token.var(correction=0) + eps).sqrt()
        for token in x.reshape(-1, x.shape[-1])
    ]
    return torch.stack(tokens).reshape(x.shape) * gain + bias


def by_statistics(statistics):
    """Return a layer_norm that takes mean and variance in another way."""

    def norm(x, gain, bias, eps=1e-5):
        mean, variance = statistics(x)
        return gain * (x - mean) / torch.sqrt(variance + eps) + bias

    return norm


def along(*axes):
    def statistics(x):
        kept = axes or tuple(range(x.ndim))
        return x.mean(dim=kept, keepdim=True), x.var(dim=kept, keepdim=True, unbiased=False)

    return by_statistics(statistics)


def divided_by(width):
    """Return a layer_norm with another divisor: width(variance, eps)."""

    def norm(x, gain, bias, eps=1e-5):
        variance = x.var(dim=-1, keepdim=True, unbiased=False)
        return gain * (x - x.mean(dim=-1, keepdim=True)) / width(variance, eps) + bias

    return norm


def std_of_torch(x, gain, bias, eps=1e-5):
    return gain * (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + eps) + bias


def not_centred(x, gain, bias, eps=1e-5):
    return gain * x / torch.sqrt(x.square().mean(dim=-1, keepdim=True) + eps) + bias


def without_gain_and_bias(x, gain, bias, eps=1e-5):
    return layer_norm(x, 1, 0, eps)


def bias_before_gain(x, gain, bias, eps=1e-5):
    return (layer_norm(x, 1, 0, eps) + bias) * gain


def eps_of_its_own(x, gain, bias, eps=1e-5):
    return layer_norm(x, gain, bias)


def in_place(x, gain, bias, eps=1e-5):
    x -= x.mean(dim=-1, keepdim=True)
    return layer_norm(x, gain, bias, eps)


# TransformerLayer ----------------------------------------------------------------------------


class Plain(nn.Module):
    """Right, in as few lines as it takes. The mistakes below change one method each."""

    def __init__(self, d_model, n_heads, d_ff, norm_first=False):
        super().__init__()
        self.norm_first = norm_first
        self.attention = MultiHeadAttention(d_model, n_heads)
        self.norm1, self.norm2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.linear1, self.linear2 = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)

    def look(self, x, mask):
        return self.attention(x, x, mask)[0]

    def think(self, x):
        return self.linear2(torch.relu(self.linear1(x)))

    def forward(self, x, mask=None):
        return self.pre(x, mask) if self.norm_first else self.post(x, mask)

    def pre(self, x, mask):
        x = x + self.look(self.norm1(x), mask)
        return x + self.think(self.norm2(x))

    def post(self, x, mask):
        x = self.norm1(x + self.look(x, mask))
        return self.norm2(x + self.think(x))


def but(**methods):
    """Return Plain with other methods."""
    return type("TransformerLayer", (Plain,), methods)


class OneRoad(nn.Module):
    """Both kinds in one road: a part, and a norm before it or after the sum. Without biases."""

    def __init__(self, d_model, n_heads, d_ff, norm_first=False):
        super().__init__()
        self.linear2 = nn.Linear(d_ff, d_model, bias=False)
        self.linear1 = nn.Linear(d_model, d_ff, bias=False)
        self.norm2 = nn.LayerNorm(d_model)
        self.norm1 = nn.LayerNorm(d_model)
        self.attention = MultiHeadAttention(d_model, n_heads)
        self.first = norm_first

    def forward(self, x, mask=None):
        steps = (
            (self.norm1, lambda y: self.attention(y, y, mask, need_weights=False)[0]),
            (self.norm2, lambda y: self.linear2(F.relu(self.linear1(y)))),
        )
        for norm, part in steps:
            x = x + part(norm(x)) if self.first else norm(x + part(x))
        return x


class WithEinsum(Plain):
    def think(self, x):
        hidden = torch.einsum("bnd,fd->bnf", x, self.linear1.weight) + self.linear1.bias
        return torch.einsum("bnf,df->bnd", hidden.clamp(min=0), self.linear2.weight)


class PartsInSequence(Plain):
    def think(self, x):
        return nn.Sequential(self.linear1, nn.ReLU(), self.linear2)(x)

    def forward(self, x, mask=None):
        road = x
        looked, _ = self.attention(*[self.norm1(road) if self.norm_first else road] * 2, mask)
        road = torch.add(road, looked)
        if not self.norm_first:
            road = self.norm1(road)
        thought = self.think(self.norm2(road) if self.norm_first else road)
        return road + thought if self.norm_first else self.norm2(road + thought)


def pre_from_the_normalised(self, x, mask):
    x = self.norm1(x)
    x = x + self.look(x, mask)
    x = self.norm2(x)
    return x + self.think(x)


def in_place_pre(self, x, mask):
    x += self.look(self.norm1(x), mask)
    return x + self.think(self.norm2(x))


def in_place_post(self, x, mask):
    x += self.look(x, mask)
    x = self.norm1(x)
    return self.norm2(x + self.think(x))


def with_one_norm(d_model, n_heads, d_ff, norm_first=False):
    layer = Plain(d_model, n_heads, d_ff, norm_first)
    layer.norm2 = layer.norm1
    return layer


first_input_skipped = but(
    pre=lambda self, x, mask: x + self.think(self.norm2(x + self.look(self.norm1(x), mask))),
    post=lambda self, x, mask: self.norm2(x + self.think(self.norm1(x + self.look(x, mask)))),
)


def sum_with_itself_pre(self, x, mask):
    x = self.look(self.norm1(x), mask)
    x = x + x
    y = self.think(self.norm2(x))
    return y + y


def sum_with_itself_post(self, x, mask):
    x = self.look(x, mask)
    x = self.norm1(x + x)
    y = self.think(x)
    return self.norm2(y + y)


def norm_on_the_branch(self, x, mask):
    x = x + self.norm1(self.look(x, mask))
    return x + self.norm2(self.think(x))


norm1_twice = but(
    pre=lambda self, x, mask: (y := x + self.look(self.norm1(x), mask)) + self.think(self.norm1(y)),
    post=lambda self, x, mask: self.norm1(
        (y := self.norm1(x + self.look(x, mask))) + self.think(y)
    ),
)
no_second_skip = but(
    pre=lambda self, x, mask: self.think(self.norm2(x + self.look(self.norm1(x), mask))),
    post=lambda self, x, mask: self.norm2(self.think(self.norm1(x + self.look(x, mask)))),
)
no_skip = but(
    pre=lambda self, x, mask: self.think(self.norm2(self.look(self.norm1(x), mask))),
    post=lambda self, x, mask: self.norm2(self.think(self.norm1(self.look(x, mask)))),
)

# The skip that starts too late ---------------------------------------------------------------


def with_a_free_road(layer, x, mask=None):
    looked, _ = layer.attention(layer.norm1(x), layer.norm1(x), mask)
    x = x + looked
    return x + layer.think(layer.norm2(x))


def with_two_names(layer, x, mask=None):
    h = layer.norm1(x)
    found = layer.attention(h, h, mask)[0]
    y = x + found
    h = layer.norm2(y)
    return y + layer.linear2(torch.relu(layer.linear1(h)))


def by_look_around(layer, x, mask=None):
    y = torch.add(layer.look_around(layer.norm1(x), mask, False)[0], x)
    return torch.add(layer.think(layer.norm2(y)), y)


def in_one_sum(layer, x, mask=None):
    found = layer.look_around(layer.norm1(x), mask, True)[0]
    return x + found + layer.think(layer.norm2(x + found))


def as_given(layer, x, mask=None):
    x = layer.norm1(x)
    looked, _ = layer.attention(x, x, mask)
    x = x + looked
    x = layer.norm2(x)
    return x + layer.think(x)


def only_the_first(layer, x, mask=None):
    x = x + layer.attention(*[layer.norm1(x)] * 2, mask)[0]
    x = layer.norm2(x)
    return x + layer.think(x)


def only_the_second(layer, x, mask=None):
    x = layer.norm1(x)
    x = x + layer.attention(x, x, mask)[0]
    return x + layer.think(layer.norm2(x))


def norm_after_the_sum(layer, x, mask=None):
    x = layer.norm1(x + layer.attention(x, x, mask)[0])
    return layer.norm2(x + layer.think(x))


def think_left_out(layer, x, mask=None):
    h = layer.norm1(x)
    return x + layer.attention(h, h, mask)[0]


def parts_left_out(layer, x, mask=None):
    return x


def norms_left_out(layer, x, mask=None):
    x = x + layer.attention(x, x, mask)[0]
    return x + layer.think(x)


def mask_forgotten(layer, x, mask=None):
    return with_a_free_road(layer, x)


def what_was_found_is_dropped(layer, x, mask=None):
    found, _ = layer.attention(*[layer.norm1(x)] * 2, mask)
    return x + layer.think(layer.norm2(x + found))


def norm_on_what_was_found(layer, x, mask=None):
    x = x + layer.norm1(layer.attention(x, x, mask)[0])
    return x + layer.norm2(layer.think(x))


# The order of the decoder's lines ------------------------------------------------------------


# The capstone --------------------------------------------------------------------------------

N_LAYERS, N_HEADS = 6, 12
LINEAR = {  # a part of the course's layer -> its name in the file
    "attention.w_q": "attention.self.query",
    "attention.w_k": "attention.self.key",
    "attention.w_v": "attention.self.value",
    "attention.w_o": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "linear1": "intermediate.dense",
    "linear2": "output.dense",
    "norm2": "output.LayerNorm",
}


def remembered(answer):
    """Return the answer with a memory for the few sentences that the check draws from.

    The weights are the same file each time, and six layers of it are long to run 200 times.
    """
    known = {}

    @functools.wraps(answer)
    def encoder(weights, token_ids, mask):
        asked = str(token_ids.tolist()), str(mask.tolist())
        if asked not in known:
            known[asked] = answer(weights, token_ids, mask)
        return known[asked].clone()

    return encoder


def part_of(weights, name):
    return {kind: weights[f"{name}.{kind}"] for kind in ("weight", "bias")}


@functools.cache
def stack(kind=transformer.TransformerLayer, n_heads=N_HEADS, **options):
    """Return six layers that hold the real weights."""
    weights = pretrained.load_weights()
    options = {"activation": "gelu", "eps": 1e-12, **options}
    layers = []
    for number in range(N_LAYERS):
        layer = kind(384, n_heads, 1536, **options)
        for ours, theirs in LINEAR.items():
            part = part_of(weights, f"encoder.layer.{number}.{theirs}")
            layer.get_submodule(ours).load_state_dict(part)
        layers.append(layer.eval())
    return layers


def embedded(weights, token_ids, *, token_type=True, positions=True, norm=True):
    x = weights["embeddings.word_embeddings.weight"][token_ids]
    if positions:
        x = x + weights["embeddings.position_embeddings.weight"][: token_ids.shape[1]]
    if token_type:
        x = x + weights["embeddings.token_type_embeddings.weight"][0]
    part = part_of(weights, "embeddings.LayerNorm")
    return F.layer_norm(x, (384,), part["weight"], part["bias"], 1e-12) if norm else x


def mean_of_the_real(x, mask):
    return (x * mask[..., None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)


def encoder_of(
    layers=stack, embed=embedded, mask_of=lambda mask: mask[:, None, :], pool=mean_of_the_real,
    finish=lambda vectors: F.normalize(vectors, dim=-1),
):  # fmt: skip
    """Return an encoder with one of its five steps done in another way."""

    def encoder(weights, token_ids, mask):
        x = embed(weights, token_ids)
        for layer in layers():
            x = layer(x, mask_of(mask))
        return finish(pool(x, mask))

    return remembered(encoder)


def library_encoder(weights, token_ids, mask):
    return whole_encoder()(token_ids, mask)


@functools.cache
def whole_encoder():
    return pretrained.SentenceEncoder(pretrained.load_weights(), tokenizer=None).eval()


@functools.cache
def librarys_stack():
    encoder = transformer.TransformerEncoder(6, 384, 12, 1536, activation="gelu", eps=1e-12)
    weights, given = pretrained.load_weights(), {}
    for number in range(N_LAYERS):
        for ours, theirs in LINEAR.items():
            for kind, numbers in part_of(weights, f"encoder.layer.{number}.{theirs}").items():
                given[f"layers.{number}.{ours}.{kind}"] = numbers
    encoder.load_state_dict(given)
    return encoder


def with_the_librarys_stack(weights, token_ids, mask):
    x = librarys_stack()(embedded(weights, token_ids), mask[:, None])
    x = x.masked_fill(~mask[..., None], 0).sum(dim=1)
    return x / x.norm(dim=-1, keepdim=True)  # a sum has the direction of the mean


def by_hand(weights, token_ids, mask):
    """Without any module: every line of the six layers."""

    def linear(x, name):
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def norm(x, name):
        centred = x - x.mean(dim=-1, keepdim=True)
        width = (centred.square().mean(dim=-1, keepdim=True) + 1e-12).sqrt()
        return centred / width * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    batch, n = token_ids.shape
    x = norm(embedded(weights, token_ids, norm=False), "embeddings.LayerNorm")
    hidden = torch.where(mask, 0.0, -torch.inf)[:, None, None, :]
    for number in range(6):
        at = f"encoder.layer.{number}"
        q, k, v = (
            linear(x, f"{at}.attention.self.{role}").reshape(batch, n, 12, 32).transpose(1, 2)
            for role in ("query", "key", "value")
        )
        shares = torch.softmax(q @ k.mT / 32**0.5 + hidden, dim=-1)
        merged = (shares @ v).transpose(1, 2).reshape(batch, n, 384)
        found = linear(merged, f"{at}.attention.output.dense")
        x = norm(x + found, f"{at}.attention.output.LayerNorm")
        thought = linear(F.gelu(linear(x, f"{at}.intermediate.dense")), f"{at}.output.dense")
        x = norm(x + thought, f"{at}.output.LayerNorm")
    mean = torch.stack([row[real].mean(dim=0) for row, real in zip(x, mask, strict=True)])
    return mean / mean.norm(dim=-1, keepdim=True)


@functools.cache
def torchs_layers():
    weights, layers = pretrained.load_weights(), []
    for number in range(N_LAYERS):
        at, given = f"encoder.layer.{number}", {}
        layer = nn.TransformerEncoderLayer(
            384, 12, 1536, dropout=0.0, activation="gelu", layer_norm_eps=1e-12, batch_first=True
        )
        for kind in ("weight", "bias"):
            roles = [weights[f"{at}.attention.self.{r}.{kind}"] for r in ("query", "key", "value")]
            given[f"self_attn.in_proj_{kind}"] = torch.cat(roles)
            for ours, theirs in list(LINEAR.items())[3:]:
                name = ours.replace("attention.w_o", "self_attn.out_proj")
                given[f"{name}.{kind}"] = weights[f"{at}.{theirs}.{kind}"]
        layer.load_state_dict(given)
        layers.append(layer)
    return layers


def with_torchs_layers(weights, token_ids, mask):
    """With torch's own layers, where True in a mask means: may not look."""
    x = embedded(weights, token_ids)
    for layer in torchs_layers():
        x = layer(x, src_key_padding_mask=~mask)
    return F.normalize(mean_of_the_real(x, mask), dim=-1)


def the_last_six_times():
    return [stack()[-1]] * N_LAYERS


class TanhGelu(transformer.TransformerLayer):
    def think(self, x):
        return self.linear2(F.gelu(self.linear1(x), approximate="tanh"))


class HeadsByView(MultiHeadAttention):
    """Cut the table into heads by its shape alone, and put it together the same way."""

    def project(self, x_query, x_key_value):
        def cut(x):
            return x.reshape(len(x), self.n_heads, x.shape[1], -1)

        return cut(self.w_q(x_query)), cut(self.w_k(x_key_value)), cut(self.w_v(x_key_value))


class LayerByView(transformer.TransformerLayer):
    def __init__(self, d_model, n_heads, *others, **options):
        super().__init__(d_model, n_heads, *others, **options)
        self.attention = HeadsByView(d_model, n_heads)


ANSWERS = {
    "layer_norm": Answers(
        reference=layer_norm,
        also_right=(norm_in_two_steps, norm_by_sums, norm_token_by_token),
        wrong={
            "over-the-tokens": along(-2),
            "over-the-batch": along(0),
            "over-everything": along(),
            "unbiased": by_statistics(
                lambda x: (x.mean(-1, keepdim=True), x.var(-1, keepdim=True))
            ),
            "std-plus-eps": divided_by(lambda variance, eps: variance.sqrt() + eps),
            "torchs-std-plus-eps": std_of_torch,
            "divided-by-the-variance": divided_by(lambda variance, eps: variance + eps),
            "squared-again": divided_by(lambda variance, eps: (variance + eps) ** 2),
            "not-centred": not_centred,
            "without-gain-and-bias": without_gain_and_bias,
            "bias-before-gain": bias_before_gain,
            "no-eps": divided_by(lambda variance, eps: variance.sqrt()),
            "eps-not-passed-on": eps_of_its_own,
            "in-place": in_place,
        },
    ),
    "TransformerLayer": Answers(
        reference=transformer.TransformerLayer,
        also_right=(Plain, OneRoad, WithEinsum, PartsInSequence),
        wrong={
            "skip-from-the-normalised": but(pre=pre_from_the_normalised),
            "ffn-skip-from-the-first-input": first_input_skipped,
            "sum-with-itself": but(pre=sum_with_itself_pre, post=sum_with_itself_post),
            "norm-on-the-branch": but(pre=norm_on_the_branch, post=norm_on_the_branch),
            "norm1-twice": norm1_twice,
            "no-second-skip": no_second_skip,
            "no-skip": no_skip,
            "no-relu": but(think=lambda self, x: self.linear2(self.linear1(x))),
            "relu-at-the-end": but(think=lambda self, x: torch.relu(self.linear2(self.linear1(x)))),
            "norm-first-ignored": but(pre=Plain.post),
            "pre-and-post-swapped": but(pre=Plain.post, post=Plain.pre),
            "mask-ignored": but(look=lambda self, x, mask: self.attention(x, x)[0]),
            "one-norm-for-both": with_one_norm,
            "in-place": but(pre=in_place_pre, post=in_place_post),
        },
    ),
    "bug_10_skip": Answers(
        reference=with_a_free_road,
        also_right=(with_two_names, by_look_around, in_one_sum),
        wrong={
            "both-from-the-normalised": as_given,
            "only-the-first-mended": only_the_first,
            "only-the-second-mended": only_the_second,
            "post-norm": norm_after_the_sum,
            "mask-forgotten": mask_forgotten,
            "norms-left-out": norms_left_out,
            "think-left-out": think_left_out,
            "parts-left-out": parts_left_out,
            "found-is-dropped": what_was_found_is_dropped,
            "norm-on-the-branch": norm_on_what_was_found,
        },
    ),
    "order_10_decoder": ordering.answers(
        LINES,
        "01234",
        wrong={
            "the-source-asks": "01534",
            "source-first": "23014",
            "found-twice-added-once": "02134",
            "norms-swapped": "03214",
            "added-before-it-is-found": "10234",
        },
    ),
    "capstone_encoder": Answers(
        reference=remembered(library_encoder),
        also_right=(
            remembered(with_the_librarys_stack),
            remembered(by_hand),
            remembered(with_torchs_layers),
        ),
        wrong={
            "relu": encoder_of(functools.partial(stack, activation="relu")),
            "gelu-by-tanh": encoder_of(functools.partial(stack, TanhGelu)),
            "pre-norm": encoder_of(functools.partial(stack, norm_first=True)),
            "six-times-the-last-layer": encoder_of(the_last_six_times),
            "wrong-number-of-heads": encoder_of(functools.partial(stack, n_heads=6)),
            "heads-by-view": encoder_of(functools.partial(stack, LayerByView)),
            "no-token-type": encoder_of(embed=functools.partial(embedded, token_type=False)),
            "no-positions": encoder_of(embed=functools.partial(embedded, positions=False)),
            "no-norm-at-the-entrance": encoder_of(embed=functools.partial(embedded, norm=False)),
            "no-mask": encoder_of(mask_of=lambda mask: None),
            "mean-over-padding": encoder_of(pool=lambda x, mask: x.mean(dim=1)),
            "first-token-only": encoder_of(pool=lambda x, mask: x[:, 0]),
            "not-of-length-1": encoder_of(finish=lambda vectors: vectors),
        },
    ),
}
