"""Sentence pairs: lists of dates and quantities, in two languages whose word order differs.

Which items a model must never see in training is decided by a hash of the item itself: a test
sentence consists of such items alone, whatever the languages, the sizes and the seed.
"""

import datetime
import hashlib
import random
from functools import cache
from typing import NamedTuple

from course_lib.translation.patterns import say_date, say_list, say_quantity
from course_lib.translation.vocabulary import Vocabulary, make_vocabulary
from course_lib.translation.words import check_language

FIRST_DAY, LAST_DAY = datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)
SHARE_OF_DATES = 0.35
UNITS = tuple(
    """duration-second duration-minute duration-hour duration-day duration-night duration-week
    duration-month duration-year duration-decade duration-century length-meter length-kilometer
    length-inch length-foot length-yard length-mile length-nautical-mile length-light-year mass-gram
    mass-kilogram mass-tonne mass-pound mass-ounce volume-liter volume-gallon volume-cup area-acre
    area-square-meter speed-kilometer-per-hour speed-mile-per-hour""".split()
)
MOST_MISSED = 1000  # sentences in a row that were there already


class Quantity(NamedTuple):
    """A number of something, for example Quantity(21, "length-mile")."""

    number: int
    unit: str


Item = Quantity | datetime.date


class Pair(NamedTuple):
    """A sentence in both languages, as tokens."""

    source: tuple[str, ...]
    target: tuple[str, ...]


class Corpus(NamedTuple):
    """Everything that a model is trained with and judged by.

    ``test`` is there to look at while something is tried out, ``fresh`` only to report. Neither
    holds an item of the training sentences, nor one of the other.
    """

    source_language: str
    target_language: str
    train: list[Pair]
    test: list[Pair]
    fresh: list[Pair]
    source_words: Vocabulary
    target_words: Vocabulary

    @property
    def sizes(self) -> tuple[int, int]:
        """How many tokens the two vocabularies hold: ``RNNSearch(*corpus.sizes)``."""
        return len(self.source_words.tokens), len(self.target_words.tokens)

    def __repr__(self):
        return (
            f"Corpus({self.source_language} to {self.target_language}: {len(self.train)} sentences "
            f"to train, {len(self.test)} to test, {len(self.fresh)} fresh)"
        )


def make_corpus(
    target_language: str = "de",
    *,
    source_language: str = "en",
    n_train: int = 50_000,
    n_test: int = 1800,
    longest: int = 30,
    longest_test: int = 45,
    seed: int = 0,
) -> Corpus:
    """Return distinct sentences, about as many of each source length, the same for a seed.

    Training sentences have 2 to ``longest`` source tokens, those of the two test sets (``n_test``
    each) 2 to ``longest_test``: lengths that were never seen in training are among them.

    Raises:
        ValueError: a language is unknown, a size below 1 (below 2 for a length), or there are not
            so many distinct sentences.

    Source:
        Unicode CLDR through Babel; number words: num2words.

    Example:
        >>> corpus = make_corpus(n_train=500, n_test=100)
        >>> corpus
        Corpus(en to de: 500 sentences to train, 100 to test, 100 fresh)
        >>> print(*corpus.train[3], sep="\\n")  # doctest: +SKIP
    """
    check_language(source_language, name="source_language")
    check_language(target_language, name="target_language")
    _check_sizes(n_train, n_test, longest, longest_test)
    languages = source_language, target_language
    train = _draw_pairs(n_train, "train", longest, languages, seed)
    return Corpus(
        *languages,
        train,
        _draw_pairs(n_test, "test", longest_test, languages, seed),
        _draw_pairs(n_test, "fresh", longest_test, languages, seed),
        make_vocabulary(pair.source for pair in train),
        make_vocabulary(pair.target for pair in train),
    )


@cache
def part_of(item: Item) -> str:
    """Say where an item may occur: of ten, about one is for "test", one "fresh", eight "train".

    Example:
        >>> part_of(Quantity(21, "length-mile")), part_of(datetime.date(1984, 3, 6))
        ('train', 'train')
    """
    name = " ".join(map(str, item)) if isinstance(item, Quantity) else item.isoformat()
    tenth = int(hashlib.sha256(name.encode()).hexdigest(), 16) % 10
    return {0: "test", 1: "fresh"}.get(tenth, "train")


@cache
def say_item(item: Item, language: str) -> tuple[str, ...]:
    """Return the words of a date or a quantity.

    Example:
        >>> say_item(Quantity(21, "length-mile"), "de")
        ('ein', 'und', 'zwanzig', 'meilen')
    """
    if isinstance(item, Quantity):
        return say_quantity(item.number, item.unit, language)
    return say_date(item, language)


def _draw_pairs(n_pairs, part, longest, languages, seed):
    """Return n_pairs distinct sentences, in both languages, of items of that part alone."""
    rng = random.Random(f"{seed} {part}")
    source_language, target_language = languages
    pairs, missed = {}, 0
    while len(pairs) < n_pairs:
        items = _draw_items(rng, part, longest, source_language)
        source = _say(items, source_language)
        if source in pairs or not items:
            missed += 1
            if missed > MOST_MISSED:
                raise ValueError(
                    f"n_{'train' if part == 'train' else 'test'} must be at most the number of "
                    f"sentences that there are: after {len(pairs)} of up to {longest} tokens, "
                    f"{MOST_MISSED} draws in a row gave no other."
                )
            continue
        pairs[source], missed = Pair(source, _say(items, target_language)), 0
    return list(pairs.values())


def _draw_items(rng, part, longest, language):
    """Add items until the sentence is too long, then keep as many of them as chance says.

    So each length is about as likely as any other.
    """
    items = []
    while len(_say(items, language)) <= longest:
        items.append(_draw_item(rng, part))
    return items[: rng.randint(1, len(items) - 1)] if len(items) > 1 else []


def _draw_item(rng, part):
    while True:
        if rng.random() < SHARE_OF_DATES:
            days = rng.randrange((LAST_DAY - FIRST_DAY).days + 1)
            item = FIRST_DAY + datetime.timedelta(days)
        else:
            most = 99 if rng.random() < 0.5 else 999
            item = Quantity(rng.randint(2, most), rng.choice(UNITS))
        if part_of(item) == part:
            return item


def _say(items, language):
    return say_list([say_item(item, language) for item in items], language)


def _check_sizes(n_train, n_test, longest, longest_test):
    for name, size in {"n_train": n_train, "n_test": n_test}.items():
        if size < 1:
            raise ValueError(f"{name} must be at least 1, or the corpus is empty; it is {size}.")
    for name, size in {"longest": longest, "longest_test": longest_test}.items():
        if size < 2:
            raise ValueError(f"{name} must be at least 2, a number and a unit; it is {size}.")
