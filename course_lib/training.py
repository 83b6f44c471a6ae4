"""Lesson 06: train a model on fresh batches, and watch it while it learns."""

import math
import os
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.nn import functional as F
from tqdm.auto import tqdm

from course_lib.toy_tasks import Batch

Watch = Callable[[Any], object]  # what it returns is kept


class Snapshot(NamedTuple):
    """What ``watch`` saw after that many steps."""

    step: int
    seen: object


class History(NamedTuple):
    """What came of a training: the loss of each step, the snapshots, and the seconds it took."""

    losses: list[float]
    snapshots: list[Snapshot]
    seconds: float


def train(
    model: nn.Module,
    make_batch: Callable[[torch.Generator], Batch],
    *,
    steps: int,
    lr: float = 0.02,
    seed: int = 0,
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor] = F.mse_loss,
    watch: Watch | None = None,
    watch_every: int = 100,
    quiet: bool | None = None,
) -> History:
    """Change the model's parameters, step by step, so that its output comes nearer to the target.

    Each step draws a fresh batch, ``make_batch(generator)``, compares ``model(x_query, x)`` with
    the target, and moves each parameter a little against its gradient (Adam). ``watch(model)`` is
    called before the first step, after every ``watch_every`` steps and after the last; what it
    returns is kept. The batches depend on ``seed`` alone, so equal models end up equal.

    A bar shows progress, loss and seconds, unless ``quiet`` (by default: COURSE_QUIET=1 is set).

    Returns:
        History(losses, snapshots, seconds); the model itself is changed.

    Raises:
        ValueError: steps or watch_every is below 1, lr is not above 0, or the loss becomes infinite
            or nan.

    Source:
        Adam is Kingma & Ba 2014, arXiv 1412.6980.

    Example:
        >>> from course_lib.layers import AttentionLayer
        >>> from course_lib.toy_tasks import find_marked
        >>> history = train(
        ...     AttentionLayer(d_query=1, d_key_value=5, d_k=8, d_v=4),
        ...     lambda generator: find_marked(32, 6, generator=generator),
        ...     steps=3, quiet=True,
        ... )
        >>> len(history.losses), history.snapshots
        (3, [])
    """
    for name, number in {"steps": steps, "watch_every": watch_every}.items():
        if number < 1:
            raise ValueError(f"{name} must be at least 1; it is {number}.")
    if not lr > 0:
        raise ValueError(f"lr must be a number above 0; it is {lr}.")
    generator = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    losses, snapshots = [], look(watch, model, 0)
    start = time.perf_counter()
    bar = tqdm(range(1, steps + 1), desc="training", unit="step", disable=is_quiet(quiet))
    for step in bar:
        batch = make_batch(generator)
        output, _ = model(batch.x_query, batch.x)
        error = loss(output, batch.target)
        optimiser.zero_grad()
        error.backward()
        optimiser.step()
        losses.append(finite(error.item(), step))
        bar.set_postfix(loss=f"{losses[-1]:.4f}", refresh=False)
        if step % watch_every == 0 or step == steps:
            snapshots += look(watch, model, step)
    return History(losses, snapshots, time.perf_counter() - start)


@torch.no_grad()
def look(watch: Watch | None, model: object, step: int) -> list[Snapshot]:
    """Return a list with one snapshot, or none if nobody watches."""
    if watch is None:
        return []
    seen = watch(model)
    if isinstance(seen, torch.Tensor):
        seen = seen.detach().cpu().numpy().copy()  # or it would change with the model
    return [Snapshot(step, seen)]


def finite(number: float, step: int) -> float:
    """Return the loss of a step.

    Raises:
        ValueError: it is infinite or nan.
    """
    if not math.isfinite(number):
        raise ValueError(
            f"lr must be small enough for the loss to stay finite; at step {step} it is {number}."
        )
    return number


def is_quiet(quiet: bool | None) -> bool:
    """Say whether no bar is to be shown: as told, or else where COURSE_QUIET=1 is set."""
    return os.environ.get("COURSE_QUIET") == "1" if quiet is None else quiet
