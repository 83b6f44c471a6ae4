"""Lesson 10: sentences become tokens, and tokens the numbers that a model reads."""

from collections.abc import Iterable
from os import PathLike

import torch
from tokenizers import Tokenizer


def load_tokenizer(file: str | PathLike[str]) -> Tokenizer:
    """Return the tokenizer of a tokenizer.json, which here neither cuts nor pads more than needed.

    The file of all-MiniLM-L6-v2 asks to cut and pad every sentence to 128 tokens.
    """
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_truncation()
    tokenizer.enable_padding()  # as far as the longest sentence of a batch
    return tokenizer


def tokenize(
    tokenizer: Tokenizer, sentences: Iterable[str], *, name: str = "sentences"
) -> list[list[str]]:
    """Return each sentence's list of tokens; BERT's tokenizers put [CLS] and [SEP] around it.

    Raises:
        ValueError: sentences is not a list of strings; it speaks of them under the given name.
    """
    return [tokenizer.encode(each).tokens for each in checked_sentences(sentences, name=name)]


def token_ids(
    tokenizer: Tokenizer, sentences: Iterable[str], *, limit: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the tokens' numbers, and where they are real: False where padding fills a row up.

    Shapes:
        list of B strings -> (B, n) integers, (B, n) boolean.

    Raises:
        ValueError: sentences is not a list of strings, or one has more than limit tokens.
    """
    answers = tokenizer.encode_batch(checked_sentences(sentences))
    is_real = torch.tensor([answer.attention_mask for answer in answers]).bool()
    if is_real.shape[1] > limit:
        raise ValueError(
            f"sentences must have at most {limit} tokens each, the model knows no further "
            f"positions; the longest has {is_real.shape[1]}. Cut it into pieces."
        )
    return torch.tensor([answer.ids for answer in answers]), is_real


def checked_sentences(sentences: Iterable[str], *, name: str = "sentences") -> list[str]:
    """Return the sentences as a list, after refusing what a tokenizer would misunderstand.

    Raises:
        ValueError: it is not a list (or another iterable) of strings, one at least.

    Example:
        >>> checked_sentences(("one", "two"))
        ['one', 'two']
    """
    if isinstance(sentences, str) or not isinstance(sentences, Iterable):
        raise ValueError(
            f"{name} must be a list of strings; it is {sentences!r}. Write [{sentences!r}]."
        )
    sentences = list(sentences)
    if not sentences:
        raise ValueError(f"{name} must be a list of at least one string; it is empty.")
    for each in sentences:
        if not isinstance(each, str):
            raise ValueError(f"{name} must be a list of strings; {each!r} in it is none.")
    return sentences
