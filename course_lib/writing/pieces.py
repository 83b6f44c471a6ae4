"""Text becomes pieces of words, and pieces the numbers that a model reads: byte pairs."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property

from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as Signs
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer

END = 0  # the piece that stands before, between and after texts; who draws it stops
CUT = ByteLevel(add_prefix_space=False)  # into words with the space before them; Ġ is that space


def merges(text: str, n: int) -> list[tuple[str, str]]:
    """Return the first n merges: each glues the commonest pair of neighbours into a new piece.

    Pairs across the border of a word are not counted. Of equally common pairs, the older pieces
    go first. A space is written Ġ.

    Raises:
        ValueError: n is below 0.

    Source:
        Gage 1994, "A new algorithm for data compression"; for words: Sennrich, Haddow & Birch 2015,
        arXiv 1508.07909, algorithm 1; on bytes: Radford et al. 2019 (GPT-2), section 2.2.

    Example:
        >>> merges("the bank, the bath, the thin band", 3)
        [('t', 'h'), ('b', 'a'), ('Ġ', 'th')]
    """
    if n < 0:
        raise ValueError(f"n must be at least 0; it is {n}.")
    words = Counter(tuple(word) for word, _ in CUT.pre_tokenize_str(text))
    age = {sign: number for number, sign in enumerate(sorted(ByteLevel.alphabet()))}
    found = []
    while len(found) < n and (pairs := count_pairs(words)):
        a, b = max(pairs, key=lambda pair: (pairs[pair], -age[pair[0]], -age[pair[1]]))
        words = Counter({glued(word, a, b): times for word, times in words.items()})
        age.setdefault(a + b, len(age))
        found.append((a, b))
    return found


def count_pairs(words: Counter) -> Counter:
    """Return how often each two pieces stand side by side inside a word."""
    pairs: Counter = Counter()
    for word, times in words.items():
        for pair in zip(word, word[1:]):
            pairs[pair] += times
    return pairs


def glued(word: tuple[str, ...], a: str, b: str) -> tuple[str, ...]:
    """Return a word in which each a that b follows has become one piece.

    Example:
        >>> glued(("b", "a", "n", "a", "n"), "a", "n")
        ('b', 'an', 'an')
    """
    pieces = []
    for piece in word:
        if pieces and (pieces[-1], piece) == (a, b):
            pieces[-1] = a + b
        else:
            pieces.append(piece)
    return tuple(pieces)


class Pieces:
    """The pieces that a text is cut into, and their numbers.

    Any text can be written with them, since each of the 256 bytes is a piece.

    Raises:
        ValueError: ``numbers`` was given no string, or ``text`` a number that no piece has.

    Example:
        >>> pieces = learn_pieces(["the bank, the bath, the thin band"], 262)
        >>> pieces.numbers("the bath")
        [257, 69, 260, 257]
        >>> pieces.shown([257, 69, 260, 257]), pieces.text([257, 69, 260, 257])
        (('th', 'e', ' ba', 'th'), 'the bath')
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer

    def __len__(self):
        return self.tokenizer.get_vocab_size()

    def __repr__(self):
        return f"Pieces({len(self)})"

    @cached_property
    def merges(self) -> list[tuple[str, str]]:
        """The merges that made them, the oldest first, as ``merges`` gives them."""
        return [tuple(pair) for pair in json.loads(self.to_json())["model"]["merges"]]

    def numbers(self, text: str) -> list[int]:
        """Return the numbers of a text's pieces."""
        if not isinstance(text, str):
            raise ValueError(f"text must be a string; it is {text!r}.")
        return self.tokenizer.encode(text).ids

    def stream(self, texts: Iterable[str]) -> list[int]:
        """Return the numbers of many texts, <end> before, between and after them."""
        return [END, *(number for text in texts for number in (*self.numbers(text), END))]

    def text(self, numbers: Sequence[int]) -> str:
        """Return what the numbers say; half a sign, cut between two pieces, is shown as �."""
        self._check(numbers)
        return self.tokenizer.decode(list(numbers), skip_special_tokens=False)

    def shown(self, numbers: Iterable[int]) -> tuple[str, ...]:
        """Return each piece by itself, as text."""
        return tuple(self.text([number]) for number in numbers)

    def to_json(self) -> str:
        """Return everything about them as a text."""
        return self.tokenizer.to_str()

    @staticmethod
    def from_json(text: str) -> "Pieces":
        """Return the pieces that ``to_json`` wrote down."""
        return Pieces(Tokenizer.from_str(text))

    def _check(self, numbers):
        if wrong := [number for number in numbers if not 0 <= number < len(self)]:
            raise ValueError(f"numbers must be from 0 to {len(self) - 1}; one is {wrong[0]}.")


def learn_pieces(texts: Iterable[str], n_pieces: int = 768) -> Pieces:
    """Return <end>, the 256 bytes, and as many merges as make n_pieces in all.

    A short text may not have so many pairs; then there are fewer pieces.

    Raises:
        ValueError: n_pieces is below 257, or texts is one string.

    Source:
        Radford et al. 2019 (GPT-2), section 2.2; the library: tokenizers.
    """
    if isinstance(texts, str):
        raise ValueError("texts must be a list of strings; it is one. Write [text].")
    least = 1 + len(ByteLevel.alphabet())
    if n_pieces < least:
        raise ValueError(
            f"n_pieces must be at least {least}, <end> and all bytes; it is {n_pieces}."
        )
    tokenizer = byte_level(BPE())
    trainer = BpeTrainer(
        vocab_size=n_pieces, special_tokens=["<end>"], show_progress=False,
        initial_alphabet=ByteLevel.alphabet(),
    )  # fmt: skip
    tokenizer.train_from_iterator(texts, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    pairs = [tuple(pair) for pair in model["merges"]]
    return Pieces(byte_level(BPE(model["vocab"], pairs)))  # <end> typed in a text is five letters


def byte_level(model: BPE) -> Tokenizer:
    """Return a tokenizer that cuts into words and bytes first, and puts them together again."""
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = CUT
    tokenizer.decoder = Signs()
    return tokenizer
