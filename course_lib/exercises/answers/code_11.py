"""Code 11: what is right, and what tempts."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from course_lib.exercises import ordering
from course_lib.exercises.declare import Answers
from course_lib.exercises.tasks.code_11 import LINES
from course_lib.softmax import softmax
from course_lib.transformer import TransformerLayer
from course_lib.writing import CausalLanguageModel, next_token_loss, sample
from course_lib.writing.cache import layer_step

# next_token_loss -----------------------------------------------------------------------------


def asked_for(targets, ignore):
    asked = targets != ignore
    if not asked.any():
        raise ValueError("targets must not all be ignored.")
    return asked


def log_shares(logits, targets, ignore):
    """Return log p of the right token, for each target that is asked for."""
    asked = asked_for(targets, ignore)
    return torch.log_softmax(logits[asked], dim=-1).gather(-1, targets[asked][:, None])[:, 0]


def by_logsumexp(logits, targets, ignore=-100):
    asked = asked_for(targets, ignore)
    rows, right = logits[asked], targets[asked]
    return (rows.logsumexp(dim=-1) - rows[torch.arange(len(rows)), right]).mean()


def by_one_hot(logits, targets, ignore=-100):
    asked = asked_for(targets, ignore)
    one_hot = F.one_hot(targets.masked_fill(~asked, 0), logits.shape[-1]).to(logits.dtype)
    shifted = logits - logits.amax(dim=-1, keepdim=True)
    logs = shifted - shifted.exp().sum(dim=-1, keepdim=True).log()
    return -((logs * one_hot).sum(dim=-1) * asked).sum() / asked.sum()


def by_loop(logits, targets, ignore=-100):
    terms = [
        -torch.log_softmax(row, dim=0)[target]
        for row, target in zip(logits.flatten(0, 1), targets.flatten())
        if target != ignore
    ]
    if not terms:
        raise ValueError("nothing is asked: all targets are ignored.")
    return torch.stack(terms).mean()


def mean_of(terms):
    """Return a loss with another way from the logs to one number: terms(logs)."""

    def loss(logits, targets, ignore=-100):
        return terms(log_shares(logits, targets, ignore))

    return loss


def shifted_again(logits, targets, ignore=-100):
    return by_logsumexp(logits[:, :-1], targets[:, 1:], ignore)


def fillers_in_the_number(logits, targets, ignore=-100):
    return -log_shares(logits, targets, ignore).sum() / targets.numel()


def fillers_as_token_0(logits, targets, ignore=-100):
    asked_for(targets, ignore)
    return by_logsumexp(logits, targets.masked_fill(targets == ignore, 0), -1)


def fillers_not_left_out(logits, targets, ignore=-100):
    asked_for(targets, ignore)
    return -torch.log_softmax(logits, dim=-1).gather(-1, targets[..., None]).mean()


def row_by_row(logits, targets, ignore=-100):
    asked_for(targets, ignore)
    rows = [by_logsumexp(a[None], b[None], ignore) for a, b in zip(logits, targets)]
    return torch.stack(rows).mean()


def another_softmax(logs_of):
    def loss(logits, targets, ignore=-100):
        asked = asked_for(targets, ignore)
        return -logs_of(logits)[asked].gather(-1, targets[asked][:, None]).mean()

    return loss


def mark_of_its_own(logits, targets, ignore=-100):
    return by_logsumexp(logits, targets, -100)


def zero_is_a_filler(logits, targets, ignore=-100):
    asked_for(targets, ignore)
    return by_logsumexp(logits, targets.masked_fill(targets == 0, ignore), ignore)


def nothing_refused(logits, targets, ignore=-100):
    asked = targets != ignore
    logs = torch.log_softmax(logits[asked], dim=-1)
    return -logs.gather(-1, targets[asked][:, None]).mean()


def without_a_gradient(logits, targets, ignore=-100):
    return by_logsumexp(logits, targets, ignore).item()


def targets_overwritten(logits, targets, ignore=-100):
    asked = asked_for(targets, ignore)
    targets[~asked] = 0
    logs = torch.log_softmax(logits, dim=-1).gather(-1, targets[..., None])[..., 0]
    return -logs[asked].mean()


# sample --------------------------------------------------------------------------------------


def kept(logits, top_k):
    order = np.argsort(-np.asarray(logits), kind="stable")
    return order if top_k is None else order[:top_k]


def check_temperature(temperature):
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0; it is {temperature}.")


def with_choice(logits, temperature, top_k, rng):
    check_temperature(temperature)
    scores = np.full(len(logits), -np.inf)
    scores[kept(logits, top_k)] = np.asarray(logits)[kept(logits, top_k)]
    return int(rng.choice(len(scores), p=softmax(scores / temperature)))


def by_walking(logits, temperature, top_k, rng):
    if temperature <= 0:
        raise ValueError("the temperature is too low")
    among = sorted(kept(logits, top_k))
    sizes = [np.exp((logits[i] - max(logits)) / temperature) for i in among]
    left = rng.random() * sum(sizes)
    for number, size in zip(among, sizes):
        if left < size:
            return int(number)
        left -= size
    return int(among[-1])


def by_search(logits, temperature, top_k, rng):
    check_temperature(temperature)
    among = np.sort(kept(logits, top_k))
    reached = softmax(logits[among] / temperature).cumsum()
    return among[np.searchsorted(reached, rng.random(), side="right")]


def draw(shares, rng):
    return int((np.cumsum(shares) > rng.random()).argmax())


def but(
    *, pick=kept, scores=lambda logits, temperature: logits / temperature, share=softmax,
    take=draw, other=-np.inf, check=check_temperature,
):  # fmt: skip
    """Return a sample with one of its steps done in another way."""

    def answer(logits, temperature, top_k, rng):
        check(temperature)
        among = pick(logits, top_k)
        left = np.full(len(logits), other)
        left[among] = scores(logits, temperature)[among]
        return take(share(left), rng)

    return answer


def likeliest_first(logits, temperature, top_k, rng):
    check_temperature(temperature)
    among = kept(logits, top_k)
    return int(among[draw(softmax(logits[among] / temperature), rng)])


def place_among_the_kept(logits, temperature, top_k, rng):
    check_temperature(temperature)
    among = np.sort(kept(logits, top_k))
    return draw(softmax(logits[among] / temperature), rng)


def not_shared_out_anew(logits, temperature, top_k, rng):
    check_temperature(temperature)
    shares = softmax(logits / temperature)
    left = np.zeros(len(logits))
    left[kept(logits, top_k)] = shares[kept(logits, top_k)]
    return draw(left, rng)


def exp_alone(scores):
    shares = np.exp(scores)
    return shares / shares.sum()


def not_below(shares, rng):
    return int((np.cumsum(shares) >= rng.random()).argmax())


# CausalLanguageModel -------------------------------------------------------------------------


class Plain(nn.Module):
    """Right, in as few lines as it takes. The mistakes below change one method each."""

    def __init__(self, n_tokens, d_model, n_heads, n_layers, n_places):
        super().__init__()
        self.tokens = nn.Embedding(n_tokens, d_model)
        self.places = nn.Embedding(n_places, d_model)
        self.layers = self.stack(d_model, n_heads, n_layers)
        self.norm = nn.LayerNorm(d_model)

    def stack(self, d_model, n_heads, n_layers):
        return nn.ModuleList(
            TransformerLayer(d_model, n_heads, 4 * d_model, norm_first=True)
            for _ in range(n_layers)
        )

    def place_of(self, real):
        return (real.cumsum(dim=1) - 1).clamp(min=0)

    def may_look(self, real):
        n = real.shape[1]
        causal = torch.ones(n, n, dtype=torch.bool).tril()
        return causal & real[:, None, :] | torch.eye(n, dtype=torch.bool)

    def enter(self, ids, places):
        return self.tokens(ids) + self.places(places)

    def leave(self, x):
        return self.norm(x) @ self.tokens.weight.T

    def forward(self, ids, mask=None):
        real = torch.ones_like(ids, dtype=torch.bool) if mask is None else mask
        x = self.enter(ids, self.place_of(real))
        may_look = self.may_look(real)
        for layer in self.layers:
            x = layer(x, may_look)
        return self.leave(x)


def model(**methods):
    """Return Plain with other methods."""
    return type("CausalLanguageModel", (Plain,), methods)


class WithBigNegatives(Plain):
    """The fillers may look at everything behind them; nobody asks what they say."""

    def may_look(self, real):
        n = real.shape[1]
        at = torch.arange(n)
        return (at[:, None] >= at) & (real[:, None, :] | ~real[:, :, None])

    def place_of(self, real):
        return (torch.arange(real.shape[1]) - (~real).sum(dim=1, keepdim=True)).clamp(min=0)

    def leave(self, x):
        return F.linear(self.norm(x), self.tokens.weight)


class WithEinsum(nn.Module):
    def __init__(self, n_tokens, d_model, n_heads, n_layers, n_places):
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        layers = [TransformerLayer(d_model, n_heads, 4 * d_model, True) for _ in range(n_layers)]
        self.layers = nn.ModuleList(layers)
        self.places = nn.Embedding(n_places, d_model)
        self.tokens = nn.Embedding(n_tokens, d_model)

    def forward(self, ids, mask=None):
        batch, n = ids.shape
        if mask is None:
            mask = ids.new_ones(batch, n).bool()
        before = torch.tensor([[j <= i for j in range(n)] for i in range(n)])
        hidden = ~mask[:, None, :].expand(batch, n, n).clone()
        hidden[:, range(n), range(n)] = False
        first = mask.int().argmax(dim=1)
        places = torch.stack([torch.arange(n) - skip for skip in first]).clamp_min(0)
        x = F.embedding(ids, self.tokens.weight) + self.places.weight[places]
        for layer in self.layers:
            x = layer(x, mask=(before & ~hidden)[:, None])
        return torch.einsum("bnd,vd->bnv", self.norm(x), self.tokens.weight)


class RowByRow(Plain):
    """Cut the fillers off, read each row by itself, and put fillers' zeros back."""

    def forward(self, ids, mask=None):
        if mask is None:
            return super().forward(ids)
        logits = torch.zeros(*ids.shape, self.tokens.num_embeddings)
        for row, real in enumerate(mask):
            logits[row, real] = super().forward(ids[row][real][None])[0]
        return logits


def columns_as_places(self, real):
    return torch.arange(real.shape[1]).expand(real.shape)


def fillers_see_nothing(self, real):
    causal = torch.ones(2 * real.shape[1:], dtype=torch.bool).tril()
    return causal & real[:, None, :]


def mask_in_place_of_causal(self, ids, mask=None):
    n = ids.shape[1]
    x = self.enter(ids, self.place_of(torch.ones_like(ids) if mask is None else mask))
    causal = torch.ones(n, n, dtype=torch.bool).tril()
    for layer in self.layers:
        x = layer(x, causal if mask is None else mask[:, None, :])
    return self.leave(x)


def mask_ignored(self, ids, mask=None):
    return Plain.forward(self, ids)


def mask_as_it_came(self, ids, mask=None):
    if mask is None:
        return Plain.forward(self, ids)
    x = self.enter(ids, self.place_of(mask))
    for layer in self.layers:
        x = layer(x, mask)
    return self.leave(x)


def looks_at_all(self, real):
    return real[:, None, :] | torch.eye(real.shape[1], dtype=torch.bool)


def looks_ahead_only(self, real):
    n = real.shape[1]
    ahead = torch.ones(n, n, dtype=torch.bool).triu()
    return ahead & real[:, None, :] | torch.eye(n, dtype=torch.bool)


def not_at_itself(self, real):
    before = torch.ones(2 * real.shape[1:], dtype=torch.bool).tril(-1)
    return before & real[:, None, :]


class OwnOutput(Plain):
    def __init__(self, n_tokens, d_model, n_heads, n_layers, n_places):
        super().__init__(n_tokens, d_model, n_heads, n_layers, n_places)
        self.output = nn.Linear(d_model, n_tokens, bias=False)

    def leave(self, x):
        return self.output(self.norm(x))


def post_norm(self, d_model, n_heads, n_layers):
    return nn.ModuleList(TransformerLayer(d_model, n_heads, 4 * d_model) for _ in range(n_layers))


def one_layer_again(self, d_model, n_heads, n_layers):
    return nn.ModuleList([TransformerLayer(d_model, n_heads, 4 * d_model, True)] * n_layers)


def narrow(self, d_model, n_heads, n_layers):
    return nn.ModuleList(TransformerLayer(d_model, n_heads, d_model, True) for _ in range(n_layers))


def plain_list(self, d_model, n_heads, n_layers):
    return [TransformerLayer(d_model, n_heads, 4 * d_model, True) for _ in range(n_layers)]


# The cache that forgets where it is ----------------------------------------------------------


def reading_on(
    *, places=lambda n_kept, n_new: torch.arange(n_kept, n_kept + n_new),
    may_look=lambda n_kept, n_new: torch.ones(n_new, n_kept + n_new, dtype=torch.bool).tril(n_kept),
    leave=lambda model, x: model.norm(x) @ model.tokens.weight.T,
    keep=lambda old, new: new,
):  # fmt: skip
    """Return a way to read on, with one of its steps done in another way."""

    def answer(model, ids, kept):
        n_kept, n_new = kept[0][0].shape[2], ids.shape[1]
        x = model.tokens(ids) + model.places(places(n_kept, n_new))
        now = []
        for layer, (keys, values) in zip(model.layers, kept):
            x, keys, values = layer_step(layer, x, keys, values, may_look(n_kept, n_new))
            now.append((keys, values))
        return leave(model, x), keep(kept, now)

    return answer


def by_comparing(model, ids, kept):
    n_kept = kept[0][0].shape[2]
    at = n_kept + torch.arange(ids.shape[1])
    x = model.portraits(ids, at.expand(ids.shape))
    now = []
    for number, layer in enumerate(model.layers):
        mask = at[:, None] >= torch.arange(at[-1] + 1)
        x, *held = layer_step(layer, x, *kept[number], mask)
        now.append(tuple(held))
    return model.logits(model.norm(x)), now


def token_by_token(model, ids, kept):
    found = []
    for token in ids.unbind(dim=1):
        logits, kept = reading_on()(model, token[:, None], kept)
        found.append(logits)
    return torch.cat(found, dim=1), kept


def with_padding_of_the_mask(model, ids, kept):
    n_kept, n_new = kept[-1][-1].shape[-2], ids.shape[-1]
    x = model.tokens(ids) + model.places.weight[n_kept : n_kept + n_new]
    mask = F.pad(torch.ones(n_new, n_new, dtype=torch.bool).tril(), (n_kept, 0), value=True)
    now = []
    for layer, held in zip(model.layers, kept):
        x, k, v = layer_step(layer, x, *held, mask)
        now += [(k, v)]
    return F.linear(model.norm(x), model.tokens.weight), now


ANSWERS = {
    "next_token_loss": Answers(
        reference=next_token_loss,
        also_right=(by_logsumexp, by_one_hot, by_loop, mean_of(lambda logs: -logs.mean())),
        wrong={
            "no-minus": mean_of(lambda logs: logs.mean()),
            "shares-not-logs": mean_of(lambda logs: -logs.exp().mean()),
            "log-of-the-mean": mean_of(lambda logs: -logs.exp().mean().log()),
            "sum": mean_of(lambda logs: -logs.sum()),
            "one-for-each-token": mean_of(lambda logs: -logs),
            "shifted-again": shifted_again,
            "over-the-places": another_softmax(lambda logits: torch.log_softmax(logits, dim=1)),
            "softmax-twice": another_softmax(
                lambda logits: torch.log_softmax(torch.softmax(logits, dim=-1), dim=-1)
            ),
            "log-after-softmax": another_softmax(lambda x: torch.softmax(x, dim=-1).log()),
            "exp-alone": another_softmax(
                lambda x: (x.exp() / x.exp().sum(dim=-1, keepdim=True)).log()
            ),
            "logits-not-shares": another_softmax(lambda logits: logits),
            "fillers-not-left-out": fillers_not_left_out,
            "fillers-in-the-number": fillers_in_the_number,
            "fillers-as-token-0": fillers_as_token_0,
            "row-by-row": row_by_row,
            "mark-of-its-own": mark_of_its_own,
            "token-0-left-out": zero_is_a_filler,
            "nothing-refused": nothing_refused,
            "no-gradient": without_a_gradient,
            "targets-overwritten": targets_overwritten,
        },
    ),
    "sample": Answers(
        reference=sample,
        also_right=(with_choice, by_walking, by_search),
        wrong={
            "always-the-likeliest": but(take=lambda shares, rng: int(shares.argmax())),
            "all-alike": but(take=lambda shares, rng: int(rng.integers(len(shares)))),
            "multiplied": but(scores=lambda logits, temperature: logits * temperature),
            "temperature-ignored": but(scores=lambda logits, temperature: logits),
            "top-k-ignored": but(pick=lambda logits, top_k: np.arange(len(logits))),
            "smallest-k": but(pick=lambda logits, top_k: np.argsort(logits, kind="stable")[:top_k]),
            "ties-all-kept": but(
                pick=lambda logits, top_k: np.flatnonzero(
                    logits >= (logits.min() if top_k is None else np.sort(logits)[-top_k])
                )
            ),
            "last-of-ties": but(
                pick=lambda logits, top_k: np.argsort(logits, kind="stable")[-(top_k or 0) :]
            ),
            "likeliest-first": likeliest_first,
            "place-among-the-kept": place_among_the_kept,
            "not-shared-out-anew": not_shared_out_anew,
            "others-at-zero": but(other=0.0),
            "exp-alone": but(share=exp_alone),
            "not-below": but(take=not_below),
            "two-draws": but(take=lambda shares, rng: (rng.random(), draw(shares, rng))[1]),
            "zero-allowed": but(check=lambda temperature: None),
        },
    ),
    "CausalLanguageModel": Answers(
        reference=CausalLanguageModel,
        also_right=(Plain, WithBigNegatives, WithEinsum, RowByRow),
        wrong={
            "no-causal-mask": model(may_look=looks_at_all),
            "looks-ahead-only": model(may_look=looks_ahead_only),
            "not-at-itself": model(may_look=not_at_itself),
            "no-places": model(enter=lambda self, ids, places: self.tokens(ids)),
            "columns-as-places": model(place_of=columns_as_places),
            "times-root-d": model(
                enter=lambda self, ids, places: (
                    self.tokens(ids) * self.tokens.embedding_dim**0.5 + self.places(places)
                )
            ),
            "fillers-see-nothing": model(may_look=fillers_see_nothing),
            "mask-ignored": model(forward=mask_ignored),
            "mask-in-place-of-causal": model(forward=mask_in_place_of_causal),
            "mask-as-it-came": model(forward=mask_as_it_came),
            "no-last-norm": model(leave=lambda self, x: x @ self.tokens.weight.T),
            "shares-not-logits": model(leave=lambda self, x: Plain.leave(self, x).softmax(dim=-1)),
            "last-token-only": model(leave=lambda self, x: Plain.leave(self, x)[:, -1]),
            "own-output": OwnOutput,
            "post-norm": model(stack=post_norm),
            "one-layer-again": model(stack=one_layer_again),
            "narrow": model(stack=narrow),
            "plain-list": model(stack=plain_list),
        },
    ),
    "bug_11_cache": Answers(
        reference=reading_on(),
        also_right=(by_comparing, token_by_token, with_padding_of_the_mask),
        wrong={
            "places-from-0": reading_on(places=lambda n_kept, n_new: torch.arange(n_new)),
            "one-place-for-all": reading_on(
                places=lambda n_kept, n_new: torch.full((n_new,), n_kept)
            ),
            "one-too-far": reading_on(
                places=lambda n_kept, n_new: torch.arange(n_new) + n_kept + (n_kept > 0)
            ),
            "places-of-all": reading_on(places=lambda n_kept, n_new: torch.arange(n_kept + n_new)),
            "mask-from-the-corner": reading_on(
                may_look=lambda n_kept, n_new: torch.ones(
                    n_new, n_kept + n_new, dtype=torch.bool
                ).tril()
            ),
            "no-mask": reading_on(
                may_look=lambda n_kept, n_new: torch.ones(n_new, n_kept + n_new, dtype=torch.bool)
            ),
            "not-kept": reading_on(keep=lambda old, new: old),
            "no-last-norm": reading_on(leave=lambda model, x: x @ model.tokens.weight.T),
        },
    ),
    "order_11_write": ordering.answers(
        LINES,
        "0123456",
        "1023456",
        "0123546",
        "1023546",
        wrong={
            "the-prompt-again": "0123476",
            "written-before-chosen": "0124356",
            "read-before-chosen": "0125346",
            "returns-too-early": "0162345",
        },
    ),
}
