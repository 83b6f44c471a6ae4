"""Write: take a piece, read it back in, and go on until <end> is drawn or enough is written."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch

from course_lib.translation.threads import torch_threads
from course_lib.writing.batches import fill_left
from course_lib.writing.cache import Cache, empty_cache, step
from course_lib.writing.choosing import draw, greedy, shares
from course_lib.writing.model import CausalLanguageModel
from course_lib.writing.pieces import END, Pieces


class Moment(NamedTuple):
    """One word of the writing: the chance of each piece, and the piece that was taken."""

    shares: np.ndarray  # (V,)
    taken: int


def write(
    model: CausalLanguageModel,
    pieces: Pieces,
    prompt: str | Sequence[str],
    *,
    n: int = 60,
    temperature: float = 0.8,
    top_k: int | None = None,
    top_p: float | None = None,
    seed: int = 0,
    cached: bool = True,
) -> str | list[str]:
    """Return what the model goes on to write after a prompt, n pieces at most; <end> ends it.

    An empty prompt begins a new section. ``temperature=0`` always takes the likeliest piece. Many
    prompts are written on together, each as it would be alone; prompt number i draws with
    ``[seed, i]``. Without the cache (``cached=False``) everything is read anew for each piece: the
    same text, slower.

    The model has a limited number of places. Once they are full, it goes on with the last half of
    what it read, from place 0.

    Returns:
        a text, without the prompt; for a list of prompts, a list of texts.

    Raises:
        ValueError: n is below 1, there is no prompt, or a choice is none (see ``shares``).

    Example:
        >>> from course_lib.writing import learn_pieces
        >>> pieces = learn_pieces(["the bank, the bath, the thin band"], 260)
        >>> model = CausalLanguageModel(len(pieces), 8, 2, 1, n_places=16)
        >>> texts = write(model, pieces, ["the", "a"], n=5)
        >>> len(texts), texts == write(model, pieces, ["the", "a"], n=5, cached=False)
        (2, True)
    """
    prompts = [prompt] if isinstance(prompt, str) else list(prompt)
    if not prompts:
        raise ValueError("prompt must be a text, or a list of at least one; it is empty.")
    moments = moments_of(
        model, [pieces.numbers(each) for each in prompts], n=n, temperature=temperature,
        top_k=top_k, top_p=top_p, seed=seed, cached=cached,
    )  # fmt: skip
    taken = [[moment.taken for moment in row if moment.taken != END] for row in moments]
    texts = [pieces.text(row) for row in taken]
    return texts[0] if isinstance(prompt, str) else texts


@torch.no_grad()
def moments_of(
    model: CausalLanguageModel,
    prompts: Sequence[Sequence[int]],
    *,
    n: int = 60,
    temperature: float = 0.8,
    top_k: int | None = None,
    top_p: float | None = None,
    seed: int = 0,
    cached: bool = True,
) -> list[list[Moment]]:
    """Return for each prompt, given in numbers, what could have come and what was taken.

    All that ``write`` says holds here.

    Raises:
        ValueError: as ``write``.
    """
    if n < 1:
        raise ValueError(f"n must be at least 1; it is {n}.")
    rows = [list(prompt) or [END] for prompt in prompts]
    rngs = [np.random.default_rng([seed, i]) for i in range(len(rows))]
    moments: list[list[Moment]] = [[] for _ in rows]
    reader = Reader(model, rows, cached=cached)
    was_training = model.training
    model.eval()
    with torch_threads(1):
        for _ in range(n):
            logits = reader.next_logits()  # (B, V)
            new = []
            for row, rng, scores in zip(moments, rngs, logits.double().cpu().numpy(), strict=True):
                chances = shares(scores, temperature or 1.0, k=top_k, p=top_p)
                taken = draw(chances, rng) if temperature else greedy(scores)
                new.append(taken)
                if not row or row[-1].taken != END:
                    row.append(Moment(chances, taken))
            reader.append(new)
            if all(row[-1].taken == END for row in moments):
                break
    model.train(was_training)
    return moments


class Reader:
    """Keeps what each row of a batch has read, within the places that the model has."""

    def __init__(
        self, model: CausalLanguageModel, rows: Sequence[Sequence[int]], *, cached: bool
    ) -> None:
        self.model, self.cached = model, cached
        self.rows = [list(row) for row in rows]
        self.cache: Cache | None = None
        self._make_room()

    def next_logits(self) -> torch.Tensor:
        """Read what is new; return what may come after each row's last piece, (B, n_tokens)."""
        device = next(self.model.parameters()).device
        if self.cache is None:
            ids, real = fill_left(self.rows, device)  # (B, n)
            if not self.cached:
                return self.model(ids, real)[:, -1]
            self.cache = empty_cache(self.model, len(ids))
        else:
            ids, real = torch.tensor([row[-1:] for row in self.rows], device=device), None  # (B, 1)
        logits, self.cache = step(self.model, ids, self.cache, real)
        return logits[:, -1]

    def append(self, numbers: Sequence[int]) -> None:
        """Let each row go on with its number."""
        for row, number in zip(self.rows, numbers, strict=True):
            row.append(number)
        self._make_room()

    def _make_room(self):
        """Forget the front of rows that no longer fit; then places change, and nothing is kept."""
        most = self.model.places.num_embeddings
        for row in self.rows:
            if len(row) > most:
                del row[: len(row) - max(1, most // 2)]
                self.cache = None
