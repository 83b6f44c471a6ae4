"""Train a writer: it reads a text, and at each piece it is to name the next one."""

import time
from collections.abc import Sequence

import torch
from torch import nn
from tqdm.auto import tqdm

from course_lib.training import History, Watch, finite, is_quiet, look
from course_lib.translation.threads import torch_threads
from course_lib.writing.batches import Batch, draw_batch, make_batch, windows
from course_lib.writing.choosing import next_token_loss
from course_lib.writing.model import CausalLanguageModel

LONGEST_GRADIENT = 1.0  # a longer one is shortened to it
WEIGHT_DECAY = 0.1


def train_writer(
    model: CausalLanguageModel,
    numbers: Sequence[int],
    *,
    steps: int = 700,
    batch_size: int = 16,
    lr: float = 3e-3,
    seed: int = 0,
    threads: int = 1,
    watch: Watch | None = None,
    watch_every: int = 100,
    quiet: bool | None = None,
) -> History:
    """Change the model's parameters, step by step, so that the right next piece gets more likely.

    Each step reads ``batch_size`` windows from anywhere in the text, as long as the model has
    places, and learns from all their places at once. The rate rises to ``lr`` and falls to almost
    nothing (one cycle); a long gradient is shortened. What is drawn depends on ``seed`` alone.
    ``watch(model)`` is called before the first step, after every ``watch_every`` steps and after
    the last; what it returns is kept, for example ``lambda model: mean_loss(model, held_out)``.

    A bar shows progress, loss and seconds, unless ``quiet`` (by default: COURSE_QUIET=1 is set).

    Returns:
        History(losses, snapshots, seconds); the model itself is changed, and ready to write.

    Raises:
        ValueError: a number is too small, the text has fewer than two pieces, or the loss becomes
            infinite or nan.

    Source:
        AdamW: Loshchilov & Hutter 2017, arXiv 1711.05101; one cycle: Smith & Topin 2017, arXiv
        1708.07120; shortened gradients: Pascanu, Mikolov & Bengio 2012, arXiv 1211.5063.

    Example:
        >>> model = CausalLanguageModel(n_tokens=9, d_model=8, n_heads=2, n_layers=1, n_places=5)
        >>> history = train_writer(model, [1, 2, 3, 4] * 20, steps=2, quiet=True)
        >>> len(history.losses), history.snapshots
        (2, [])
    """
    _check(
        numbers, lr, steps=steps, batch_size=batch_size, threads=threads, watch_every=watch_every
    )
    device = next(model.parameters()).device
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=lr, betas=(0.9, 0.99), weight_decay=WEIGHT_DECAY
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=lr, total_steps=steps + 1)
    losses, snapshots = [], look(watch, model, 0)
    start = time.perf_counter()
    bar = tqdm(range(1, steps + 1), desc="training", unit="step", disable=is_quiet(quiet))
    with torch_threads(threads), torch.random.fork_rng():  # who drew before plays no part
        torch.manual_seed(seed)
        for step in bar:
            model.train()
            batch = draw_batch(numbers, batch_size, model.places.num_embeddings, device)
            losses.append(finite(take_step(model, batch, optimiser), step))
            schedule.step()
            bar.set_postfix(loss=f"{losses[-1]:.3f}", refresh=False)
            if step % watch_every == 0 or step == steps:
                snapshots += look(watch, model.eval(), step)
    model.eval()
    return History(losses, snapshots, time.perf_counter() - start)


def take_step(model: nn.Module, batch: Batch, optimiser: torch.optim.Optimizer) -> float:
    """Move the parameters a little, so that this batch's loss falls; return what it was before."""
    loss = next_token_loss(model(batch.ids, batch.mask), batch.targets)
    optimiser.zero_grad()  # the gradients of the step before
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), LONGEST_GRADIENT)
    optimiser.step()
    return loss.item()


@torch.no_grad()
def mean_loss(model: CausalLanguageModel, numbers: Sequence[int], *, batch_size: int = 24) -> float:
    """Return the loss over a text of any length, each piece but the first asked for once.

    The text is read in windows as long as the model has places, each by itself.

    Raises:
        ValueError: the text has fewer than two pieces.
    """
    _check(numbers)
    was_training = model.training
    model.eval()
    rows = windows(numbers, model.places.num_embeddings)
    device = next(model.parameters()).device
    total = 0.0
    for begin in range(0, len(rows), batch_size):
        batch = make_batch(rows[begin : begin + batch_size], device)
        asked = int(batch.mask.sum())
        total += next_token_loss(model(batch.ids, batch.mask), batch.targets).item() * asked
    model.train(was_training)
    return total / (len(numbers) - 1)


def _check(numbers, lr=1.0, **options):
    for name, number in options.items():
        if number < 1:
            raise ValueError(f"{name} must be at least 1; it is {number}.")
    if not lr > 0:
        raise ValueError(f"lr must be a number above 0; it is {lr}.")
    if len(numbers) < 2:
        raise ValueError(f"numbers must be at least two, a piece and its next; it is {numbers}.")
