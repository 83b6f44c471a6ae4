"""Drawn tasks of the maths track: the way back through a drawn attention."""

import dataclasses
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from course_lib.practice import attending, by_loop
from course_lib.practice import options as drawn
from course_lib.practice.attending import lines, needs
from course_lib.practice.declare import Kind, Options, Room, Slip, pick

SHARES_BACK = (
    "grad_weights = grad_output @ v.T\n"
    "pulled = (weights * grad_weights).sum(axis=-1, keepdims=True)\n"
    "grad_scores = weights * (grad_weights - pulled)"
)
BACK = {  # of each step that is no constant: the lines of its way back
    "softmax": SHARES_BACK,
    "extra zero": SHARES_BACK,
    "extra one": SHARES_BACK,
    "base two": SHARES_BACK + "\ngrad_scores = grad_scores * np.log(2)",
    "sigmoid": "grad_scores = weights * (1 - weights) * (grad_output @ v.T)",
    "root": "grad_scores = grad_scores / np.sqrt(q.shape[-1])",
    "none": "",
    "temperature": "grad_scores = grad_scores / {t}",
    "gain": "grad_scores = grad_scores * {t}",
    "dot": "grad_q, grad_k = grad_scores @ k, grad_scores.T @ q",
    "distance": (
        "pulls = -2 * grad_scores[:, :, None] * (q[:, None] - k)\n"
        "grad_q, grad_k = pulls.sum(axis=1), -pulls.sum(axis=0)"
    ),
    "bilinear": "grad_q, grad_k = grad_scores @ k @ w.T, grad_scores.T @ q @ w",
    "bilinear, turned": "grad_q, grad_k = grad_scores @ k @ w, grad_scores.T @ q @ w.T",
    "distance, without minus": (
        "pulls = 2 * grad_scores[:, :, None] * (q[:, None] - k)\n"
        "grad_q, grad_k = pulls.sum(axis=1), -pulls.sum(axis=0)"
    ),
}


def known(options: Any) -> tuple:
    """Return options without the near misses whose way back is not written down."""
    return tuple(
        dataclasses.replace(o, slips=tuple(s for s in o.slips if s.name in BACK)) for o in options
    )


def back(options: Options, axis: str) -> str:
    """Return the lines of a step's way back."""
    choice = options[axis]
    return choice.said(BACK[choice.name])


def steps(options: Options) -> list[str]:
    """Return the program's lines: forward, then back from the output."""
    return [
        *lines(options, "score", "scale", "said", "look", "share"),
        "grad_v = weights.T @ grad_output",
        back(options, "share"),
        back(options, "scale"),
        back(options, "score"),
        "return grad_q, grad_k, grad_v",
    ]


def inputs(rng: Any, options: Options, small: Room | None) -> dict[str, Any]:
    """Return fresh arguments, and what comes back from behind."""
    if "torch" in sys.modules:
        _load_autograd()
    n_q, n_k, d = (small["queries"], small["keys"], 2) if small else (4, 6, 2)
    made = {
        "q": attending.numbers(rng, (n_q, d), small),
        "k": attending.numbers(rng, (n_k, d), small),
        "v": rng.integers(0, 4, (n_k, d)) if small else rng.normal(size=(n_k, d)),
        "grad_output": attending.numbers(rng, (n_q, d), small),
    }
    more = attending.extras(rng, needs(options), (n_q, n_k, d), small)
    return made | attending.with_mask(more, options)


@cache
def _load_autograd() -> None:
    """Let torch load what its first gradient needs, before a check looks at the clock."""
    import torch

    x = torch.ones(1, requires_grad=True)
    torch.autograd.grad(2 * x, (x,), torch.ones(1))


def arguments(options: Options) -> dict[str, str]:
    """Return the arguments and their shapes."""
    made = {"q": "(n_q, d)", "k": "(n_k, d)", "v": "(n_k, d)", **attending.about(options)}
    return made | {"grad_output": "(n_q, d)"}


def reads(options: Options) -> Callable:
    """Return how three gradients are read."""
    names = ("grad_q", "grad_k", "grad_v")
    wanted = f"your function should return three things, ({', '.join(names)})."
    return attending.together(names, wanted)


def autograd(o: Options, names: list[str]) -> Callable:
    """Return the drawn ``backward`` by torch's autograd, in float64."""
    import torch

    from course_lib.practice import by_torch

    def answer(*values):
        g = by_torch.tensors(names, values)
        q, k, v = (x.detach().double().requires_grad_() for x in (g.q, g.k, g.v))
        with torch.enable_grad():
            output = by_torch.shared(o, by_torch.scored(o, q, k, g), g) @ v
            return torch.autograd.grad(output, (q, k, v), g.grad_output)

    return answer


def differences(o: Options, names: list[str]) -> Callable:
    """Return the drawn ``backward`` by small steps forward, item by item."""
    step = 1e-4

    def answer(*values):
        g = by_loop.given(names, values)
        inside = {name: np.array(getattr(g, name), dtype=float) for name in "qkv"}

        def gain():
            q, k, v = inside.values()
            output = by_loop.mixed(by_loop.shared(o, by_loop.scored(o, q, k, g), g), v)
            return float((output * g.grad_output).sum())

        found = []
        for x in inside.values():
            slopes = np.zeros(x.shape)
            for at in np.ndindex(*x.shape):
                kept, ends = x[at], []
                for side in (step, -step):
                    x[at] = kept + side
                    ends.append(gain())
                x[at] = kept
                slopes[at] = (ends[0] - ends[1]) / (2 * step)
            found.append(slopes)
        return tuple(found)

    return answer


BACKWARD = Kind(
    name="backward",
    track="maths",
    lesson="06_attention_layer",
    noun="Gradients of attention",
    axes={
        "score": known(pick(drawn.SCORE, "dot", "distance", "bilinear")),
        "scale": drawn.SCALE,
        "said": pick(drawn.SAID, "may", "hidden"),
        "look": pick(drawn.LOOK, "all", "causal", "window", "prefix", "stride"),
        "share": known(pick(drawn.SHARE, "softmax", "base two", "extra zero", "sigmoid")),
    },
    order=("score", "scale", "said", "look", "share", "mix"),
    arguments=arguments,
    steps=steps,
    inputs=inputs,
    reads=reads,
    ways={"differences": differences, "torch": autograd},
    published={"attention_vjp": "lesson 06's attention_vjp"},
    slips=(
        Slip(
            "no-pull",
            "(grad_weights - pulled)",
            "grad_weights",
            "One share grows only if others shrink. Where do your shares hold each other?",
        ),
        Slip(
            "values-unshared",
            "weights.T @ grad_output",
            "np.ones_like(weights).T @ grad_output",
            "A value counts as much as its share. Where do the shares stand in your grad_v?",
        ),
    ),
    holds="the three gradients are right",
    notes=lambda o: (
        "`grad_output` says how much a loss grows with each number of the output. Return "
        "`(grad_q, grad_k, grad_v)`: how much it grows with each number of `q`, `k` and `v`."
    ),
)
