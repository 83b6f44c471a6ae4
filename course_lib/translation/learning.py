"""Train a translator: it reads a sentence and the words so far, and is to name the next word."""

import time

import torch
from torch.nn import functional as F
from tqdm.auto import tqdm

from course_lib.training import History, Watch, finite, is_quiet, look
from course_lib.translation.batches import Batch, draw_batches, in_numbers
from course_lib.translation.corpus import Corpus
from course_lib.translation.threads import torch_threads
from course_lib.translation.translator import Translator
from course_lib.translation.vocabulary import PAD

LONGEST_GRADIENT = 1.0  # a longer one is shortened to it
LAST_SHARE = 0.02  # of the rate, at the end


def train_translator(
    model: Translator,
    corpus: Corpus,
    *,
    steps: int = 800,
    batch_size: int = 64,
    lr: float = 3e-3,
    warm_up: int = 100,
    seed: int = 0,
    threads: int = 1,
    watch: Watch | None = None,
    watch_every: int = 100,
    quiet: bool | None = None,
) -> History:
    """Change the model's parameters, step by step, so that the right next word gets more likely.

    The words so far are the right ones, whatever the model itself would have said (teacher
    forcing). The number of steps is fixed, not the time: a busy machine comes to the same model.
    The batches depend on ``seed`` alone, and go where the model is. ``threads`` cores do the work
    (for small models one is best). ``watch(model)`` is called before the first step, after every
    ``watch_every`` steps and after the last; what it returns is kept.

    A bar shows progress, loss and seconds, unless ``quiet`` (by default: COURSE_QUIET=1 is set).

    Returns:
        History(losses, snapshots, seconds); the model itself is changed.

    Raises:
        ValueError: a number is too small, the corpus holds nothing to train with, or the loss
            becomes infinite or nan.

    Source:
        Adam is Kingma & Ba 2014, arXiv 1412.6980; shortened gradients: Pascanu, Mikolov & Bengio
        2012, arXiv 1211.5063.

    Example:
        >>> from course_lib.seq2seq import RNNSearch
        >>> from course_lib.translation import make_corpus
        >>> corpus = make_corpus(n_train=200, n_test=20)
        >>> history = train_translator(RNNSearch(*corpus.sizes), corpus, steps=2, quiet=True)
        >>> len(history.losses), history.snapshots
        (2, [])
    """
    _check(
        corpus, lr, steps=steps, batch_size=batch_size, warm_up=warm_up, threads=threads,
        watch_every=watch_every,
    )  # fmt: skip
    optimiser = torch.optim.Adam(model.parameters(), lr=lr, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda done: share_of_rate(done, steps=steps, warm_up=warm_up)
    )
    batches = draw_batches(
        in_numbers(corpus.train, corpus), batch_size=batch_size,
        generator=torch.Generator().manual_seed(seed), device=next(model.parameters()).device,
    )  # fmt: skip
    losses, snapshots = [], look(watch, model, 0)
    start = time.perf_counter()
    bar = tqdm(range(1, steps + 1), desc="training", unit="step", disable=is_quiet(quiet))
    with torch_threads(threads):
        for step in bar:
            losses.append(finite(take_step(model, next(batches), optimiser), step))
            schedule.step()
            bar.set_postfix(loss=f"{losses[-1]:.3f}", refresh=False)
            if step % watch_every == 0 or step == steps:
                snapshots += look(watch, model, step)
    return History(losses, snapshots, time.perf_counter() - start)


def take_step(model: Translator, batch: Batch, optimiser: torch.optim.Optimizer) -> float:
    """Move the parameters a little, so that this batch's loss falls; return what it was before."""
    error = loss(model, batch)
    optimiser.zero_grad()  # the gradients of the step before
    error.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), LONGEST_GRADIENT)
    optimiser.step()
    return error.item()


def loss(model: Translator, batch: Batch) -> torch.Tensor:
    """Return the mean of -log p(right next word), over all words of the batch and their <end>."""
    logits, _ = model(batch.source, batch.source_mask, batch.target_in)  # (B, m, n_target)
    return F.cross_entropy(
        logits.flatten(0, 1), batch.target_out.flatten(), ignore_index=PAD
    )  # (B m, n_target) against (B m,)


def share_of_rate(done: int, *, steps: int, warm_up: int) -> float:
    """Return the share of the learning rate after so many steps: up, level to half, then down.

    Example:
        >>> shares = [share_of_rate(n, steps=800, warm_up=100) for n in (0, 49, 99, 400, 800)]
        >>> [round(share, 2) for share in shares]
        [0.01, 0.5, 1.0, 1.0, 0.02]
    """
    rise = min(1, (done + 1) / warm_up)
    fall = max(0, 2 * done / steps - 1)  # 0 until half, then to 1
    return rise * (1 - (1 - LAST_SHARE) * fall)


def _check(corpus, lr, **numbers):
    for name, number in numbers.items():
        if number < 1:
            raise ValueError(f"{name} must be at least 1; it is {number}.")
    if not lr > 0:
        raise ValueError(f"lr must be a number above 0; it is {lr}.")
    if not corpus.train:
        raise ValueError("corpus must hold sentences to train with; corpus.train is empty.")
