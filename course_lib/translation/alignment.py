"""Which English word does each part of a German number look at? The order of the two differs.

"thirty three" is "drei und dreißig": whoever writes the units first has to look ahead.
"""

from collections.abc import Sequence
from typing import NamedTuple

from course_lib.translation.corpus import Pair
from course_lib.translation.decoding import Translation

ENGLISH_UNITS = "one two three four five six seven eight nine".split()
GERMAN_UNITS = "ein zwei drei vier fünf sechs sieben acht neun".split()
ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
GERMAN_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
UNITS = dict(zip(ENGLISH_UNITS, GERMAN_UNITS, strict=True))
TENS = dict(zip(ENGLISH_TENS, GERMAN_TENS, strict=True))


class NumberGroup(NamedTuple):
    """A number such as 33 in both languages: the places of its words in the two sentences."""

    english_tens: int
    english_units: int
    german_units: int
    german_tens: int


class Alignment(NamedTuple):
    """In how many number groups the largest weight was on the right English word."""

    groups: int
    units: int
    tens: int


def number_groups(source: Sequence[str], target: Sequence[str]) -> list[NumberGroup]:
    """Return the number groups of an English sentence that its German translation has, in order.

    Days ("twenty third") are no groups here. In "neunzehn hundert drei und zwanzig tage" the "und"
    may join 1903 and 20 days: only English tells, so its groups are the ones that are looked for.

    Example:
        >>> number_groups("thirty three miles".split(), "drei und dreißig meilen".split())
        [NumberGroup(english_tens=0, english_units=1, german_units=0, german_tens=2)]
    """
    groups, after = [], 0
    for j, (tens, units) in enumerate(zip(source, source[1:])):
        if tens in TENS and units in UNITS:
            written = (UNITS[units], "und", TENS[tens])
            for i in range(after, len(target) - 2):
                if tuple(target[i : i + 3]) == written and tuple(target[i + 3 : i + 4]) != ("ste",):
                    groups.append(NumberGroup(j, j + 1, i, i + 2))
                    after = i + 3
                    break
    return groups


def number_alignment(translations: Sequence[Translation], pairs: Sequence[Pair]) -> Alignment:
    """Count where a model looked while it wrote the parts of numbers.

    ``groups`` counts all number groups of the right translations; one that the model did not write
    counts as looked at wrongly.

    Raises:
        ValueError: the translations are not as many as the pairs, or come from a model without
            attention.

    Example:
        >>> import numpy as np
        >>> from course_lib.translation import Pair, Translation
        >>> pair = Pair("thirty three miles".split(), "drei und dreißig meilen".split())
        >>> looked = [[0.1, 0.8, 0.1], [0.5, 0.4, 0.1], [0.9, 0.1, 0.0], [0.0, 0.1, 0.9]]
        >>> number_alignment([Translation(*pair, np.array(looked))], [pair])
        Alignment(groups=1, units=1, tens=1)
    """
    if len(translations) != len(pairs):
        raise ValueError(
            f"translations must be as many as pairs; they are {len(translations)} and {len(pairs)}."
        )
    groups = units = tens = 0
    for translation, pair in zip(translations, pairs, strict=True):
        if translation.weights is None:
            raise ValueError("translations must come from a model with attention; weights is None.")
        groups += len(number_groups(pair.source, pair.target))
        for group in number_groups(translation.source, translation.target):
            looked_at = translation.weights.argmax(axis=1)  # (target words,)
            units += int(looked_at[group.german_units] == group.english_units)
            tens += int(looked_at[group.german_tens] == group.english_tens)
    return Alignment(groups, units, tens)
