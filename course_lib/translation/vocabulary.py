"""Tokens become numbers, and numbers tokens again."""

import difflib
from collections.abc import Iterable
from typing import NamedTuple

PAD, START, END = 0, 1, 2
SPECIALS = ("<pad>", "<start>", "<end>")  # fills rows up; before the first word; after the last


class Vocabulary(NamedTuple):
    """The tokens of a language; a token's number is its place.

    Raises:
        ValueError: `numbers` was given a token that is not there; it names near ones.

    Example:
        >>> words = make_vocabulary([("two", "miles"), ("two", "feet")])
        >>> words.tokens
        ('<pad>', '<start>', '<end>', 'feet', 'miles', 'two')
        >>> words.numbers(("two", "feet")), words.words([5, 4, 2])
        ([5, 3], ('two', 'miles', '<end>'))
    """

    tokens: tuple[str, ...]
    places: dict[str, int]

    def __repr__(self):
        return f"Vocabulary({len(self.tokens)} tokens)"

    def numbers(self, tokens: Iterable[str]) -> list[int]:
        """Return the number of each token."""
        try:
            return [self.places[token] for token in tokens]
        except KeyError as error:
            raise ValueError(self._unknown(error.args[0])) from None

    def words(self, numbers: Iterable[int]) -> tuple[str, ...]:
        """Return the token of each number."""
        return tuple(self.tokens[number] for number in numbers)

    def _unknown(self, token):
        seen = self.tokens[len(SPECIALS) :]
        near = difflib.get_close_matches(token, seen, n=4, cutoff=0.5)
        hint = f"Near ones are {', '.join(near)}." if near else "Numbers are written in words."
        return (
            f"tokens must have been seen in training; {token!r} never was. {hint} "
            f"All {len(seen)} are in the vocabulary's `tokens`."
        )


def make_vocabulary(sentences: Iterable[Iterable[str]]) -> Vocabulary:
    """Return the vocabulary of all tokens in the sentences, in alphabetical order."""
    tokens = (*SPECIALS, *sorted({token for sentence in sentences for token in sentence}))
    return Vocabulary(tokens, {token: place for place, token in enumerate(tokens)})
