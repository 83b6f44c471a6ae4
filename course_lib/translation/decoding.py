"""Translate: say the likeliest word, read it back in, and go on until the model says <end>."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch

from course_lib.translation.batches import fill_up
from course_lib.translation.corpus import Corpus
from course_lib.translation.threads import torch_threads
from course_lib.translation.translator import Translator
from course_lib.translation.vocabulary import END, PAD, START
from course_lib.translation.words import split_text


class Translation(NamedTuple):
    """What a model made of a sentence, and for each word of it where the model looked."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    weights: np.ndarray | None  # (target words, source words); None without attention

    def __str__(self):
        return " ".join(self.target)


def translate(model: Translator, text: str, corpus: Corpus, *, longest: int = 100) -> Translation:
    """Translate one sentence of the corpus's language, for example one that you typed.

    Returns:
        Translation(source, target, weights).

    Raises:
        ValueError: longest is below 1, or the text is empty or holds a word that never occurred in
            training.

    Example:
        >>> from course_lib.seq2seq import RNNSearch
        >>> from course_lib.translation import make_corpus
        >>> corpus = make_corpus(n_train=2000, n_test=20)
        >>> answer = translate(RNNSearch(*corpus.sizes), "Thirty-three miles", corpus, longest=5)
        >>> answer.source, answer.weights.shape[1]
        (('thirty', 'three', 'miles'), 3)
    """
    if not isinstance(text, str):
        raise ValueError(f"text must be one sentence, a string; it is {text!r}.")
    sentence = split_text(text, corpus.source_language)
    if not sentence:
        raise ValueError(f"text must hold at least one word; it is {text!r}.")
    return translate_all(model, [sentence], corpus, longest=longest)[0]


@torch.no_grad()
def translate_all(
    model: Translator,
    sentences: Sequence[Sequence[str]],
    corpus: Corpus,
    *,
    longest: int = 100,
    batch_size: int = 256,
) -> list[Translation]:
    """Translate sentences that are split into tokens already, as those of a corpus are.

    A translation ends after ``longest`` tokens even if the model never says <end>. How the
    sentences are put together in batches changes nothing.

    Returns:
        a list of Translation(source, target, weights), in the order of the sentences.

    Raises:
        ValueError: a number is below 1, there are no sentences, or one is empty or holds a token
            never seen in training.
    """
    _check(sentences, longest, batch_size)
    sentences = [tuple(sentence) for sentence in sentences]
    numbers = [corpus.source_words.numbers(sentence) for sentence in sentences]
    order = sorted(range(len(sentences)), key=lambda i: len(numbers[i]))  # little padding
    answers = [None] * len(sentences)
    for begin in range(0, len(order), batch_size):
        chosen = order[begin : begin + batch_size]
        with torch_threads(1):
            tokens, weights = greedy(model, [numbers[i] for i in chosen], longest=longest)
        for row, i in enumerate(chosen):
            words = corpus.target_words.words(tokens[row])
            looked = None
            if weights is not None:
                looked = weights[row, : len(words), : len(sentences[i])]  # padding cut off
            answers[i] = Translation(sentences[i], words, looked)
    return answers


def greedy(
    model: Translator, rows: Sequence[list[int]], *, longest: int
) -> tuple[list[list[int]], np.ndarray | None]:
    """Return for each row of source numbers the target's, without <end>, and all weights.

    Shapes:
        B lists of up to n numbers -> B lists, weights (B, steps, n) as an array, or None.
    """
    source = fill_up(rows, next(model.parameters()).device)  # (B, n)
    state = model.start(source, source != PAD)
    token = torch.full_like(source[:, :1], START)  # (B, 1)
    done = torch.zeros_like(token, dtype=torch.bool)  # (B, 1)
    said, looked = [], []
    while len(said) < longest and not done.all():
        logits, weights, state = model.decode(state, token)  # (B, 1, n_target), (B, 1, n)
        token = logits.argmax(dim=-1)  # (B, 1)
        said.append(token)
        looked.append(weights)
        done = done | (token == END)
    rows = torch.cat(said, dim=1).tolist()  # (B, steps)
    rows = [row[: row.index(END)] if END in row else row for row in rows]
    return rows, None if looked[0] is None else torch.cat(looked, dim=1).cpu().numpy()


def _check(sentences, longest, batch_size):
    for name, number in {"longest": longest, "batch_size": batch_size}.items():
        if number < 1:
            raise ValueError(f"{name} must be at least 1; it is {number}.")
    if not sentences:
        raise ValueError("sentences must hold at least one; they are empty.")
    for place, sentence in enumerate(sentences):
        if isinstance(sentence, str):
            raise ValueError(
                f"sentences must be split into tokens; number {place} is {sentence!r}. "
                "For one typed text there is translate(model, text, corpus)."
            )
        if not sentence:
            raise ValueError(
                f"sentences must have at least one token each; number {place} has none."
            )
