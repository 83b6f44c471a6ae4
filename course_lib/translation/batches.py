"""Sentences become rectangles of numbers: rows of one batch are filled up to the longest."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import torch

from course_lib.translation.corpus import Corpus, Pair
from course_lib.translation.vocabulary import END, PAD, START

BATCHES_IN_A_POOL = 32
Numbered = tuple[list[int], list[int]]  # a source and a target sentence


class Batch(NamedTuple):
    """What a model reads and what it is to say: ``target_out`` is ``target_in``, one word ahead."""

    source: torch.Tensor  # (B, n)
    source_mask: torch.Tensor  # (B, n)  True = a word, False = padding
    target_in: torch.Tensor  # (B, m)  <start>, then the words
    target_out: torch.Tensor  # (B, m)  the words, then <end>


def in_numbers(pairs: Iterable[Pair], corpus: Corpus) -> list[Numbered]:
    """Return the pairs as lists of numbers, (source, target) each.

    Raises:
        ValueError: a token never occurred in training; it names the token.
    """
    return [
        (corpus.source_words.numbers(source), corpus.target_words.numbers(target))
        for source, target in pairs
    ]


def make_batch(numbered: Sequence[Numbered], device: torch.device | str | None = None) -> Batch:
    """Return a batch of such pairs.

    Shapes:
        B pairs of up to n source and m - 1 target words -> the four tables of a Batch.

    Example:
        >>> batch = make_batch([([5, 6, 7], [4, 3]), ([8], [9])])
        >>> batch.source.tolist(), batch.source_mask[1].tolist()
        ([[5, 6, 7], [8, 0, 0]], [True, False, False])
        >>> batch.target_in.tolist(), batch.target_out.tolist()
        ([[1, 4, 3], [1, 9, 0]], [[4, 3, 2], [9, 2, 0]])
    """
    source = fill_up([source for source, _ in numbered], device)  # (B, n)
    target_in = fill_up([[START, *target] for _, target in numbered], device)  # (B, m)
    target_out = fill_up([[*target, END] for _, target in numbered], device)  # (B, m)
    return Batch(source, source != PAD, target_in, target_out)


def fill_up(rows: Sequence[list[int]], device: torch.device | str | None = None) -> torch.Tensor:
    """Return lists of numbers as one table, filled up with padding.

    Example:
        >>> fill_up([[5, 6], [7]])
        tensor([[5, 6],
                [7, 0]])
    """
    longest = max(map(len, rows))
    filled = [row + [PAD] * (longest - len(row)) for row in rows]
    return torch.tensor(filled, device=device)  # (B, longest)


def draw_batches(
    numbered: Sequence[Numbered],
    *,
    batch_size: int,
    generator: torch.Generator,
    device: torch.device | str | None = None,
) -> Iterator[Batch]:
    """Yield batches for ever: the pairs in random order, those of one batch of similar length.

    A pool of 32 batches is drawn, sorted by length and cut; so little padding is needed, and each
    batch is still a random one. Every pair comes once before any comes again.

    Raises:
        ValueError: there are no pairs, or batch_size is below 1; it comes with the first batch.
    """
    if not numbered:
        raise ValueError("numbered must hold at least one pair; it is empty.")
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1; it is {batch_size}.")
    while True:
        order = torch.randperm(len(numbered), generator=generator).tolist()
        for begin in range(0, len(order), BATCHES_IN_A_POOL * batch_size):
            pool = order[begin : begin + BATCHES_IN_A_POOL * batch_size]
            pool.sort(key=lambda i: (len(numbered[i][0]), len(numbered[i][1])))
            starts = range(0, len(pool), batch_size)
            for k in torch.randperm(len(starts), generator=generator).tolist():
                chosen = pool[starts[k] : starts[k] + batch_size]
                yield make_batch([numbered[i] for i in chosen], device)
