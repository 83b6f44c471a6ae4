"""How good are translations, and does it depend on the length of the sentence?"""

from collections.abc import Sequence
from typing import NamedTuple

from sacrebleu.metrics import BLEU

from course_lib.translation.corpus import Pair
from course_lib.translation.decoding import Translation


class Score(NamedTuple):
    """How good the translations of the sentences of a certain length are."""

    shortest: int  # source tokens
    longest: int
    sentences: int
    bleu: float  # 0 to 100
    exact: float  # the share that is right to the last token, 0 to 1


def bleu(translations: Sequence[Translation], pairs: Sequence[Pair]) -> float:
    """Return the BLEU of all the translations together, from 0 to 100.

    The share of right runs of one to four tokens, as a geometric mean, times a penalty for what is
    too short. Our tokens are counted as they are.

    Raises:
        ValueError: there is no translation, or not one for each pair.

    Source:
        Papineni et al. 2002; computed by sacrebleu (Post 2018, arXiv 1804.08771).

    Example:
        >>> from course_lib.translation import Pair, Translation
        >>> pair = Pair("five thousand long miles".split(), "fünf tausend lange meilen".split())
        >>> bleu([Translation(pair.source, pair.target, None)], [pair])
        100.0
    """
    _check(translations, pairs)
    said = [" ".join(translation.target) for translation in translations]
    right = [" ".join(pair.target) for pair in pairs]
    score = BLEU(tokenize="none", force=True).corpus_score(said, [right]).score
    return round(score, 10)  # 100.00000000000004 is 100


def exact_match(translations: Sequence[Translation], pairs: Sequence[Pair]) -> float:
    """Return the share of translations that are right to the last token, from 0 to 1.

    Raises:
        ValueError: there is no translation, or not one for each pair.
    """
    _check(translations, pairs)
    right = [tuple(a.target) == tuple(b.target) for a, b in zip(translations, pairs, strict=True)]
    return sum(right) / len(right)


def score_by_length(
    translations: Sequence[Translation], pairs: Sequence[Pair], *, width: int = 5
) -> list[Score]:
    """Return a Score for each range of source lengths that occurs: 1 to 5, 6 to 10, and so on.

    Raises:
        ValueError: width is below 1, or there is not one translation for each pair.
    """
    if width < 1:
        raise ValueError(f"width must be at least 1; it is {width}.")
    _check(translations, pairs)
    ranges = {}
    for translation, pair in zip(translations, pairs, strict=True):
        place = (len(pair.source) - 1) // width
        ranges.setdefault(place, []).append((translation, pair))
    scores = []
    for place in sorted(ranges):
        said, right = zip(*ranges[place], strict=True)
        first, last = place * width + 1, (place + 1) * width
        scores.append(Score(first, last, len(said), bleu(said, right), exact_match(said, right)))
    return scores


def _check(translations, pairs):
    if not translations or len(translations) != len(pairs):
        raise ValueError(
            "translations must be as many as pairs, at least one; they are "
            f"{len(translations)} and {len(pairs)}."
        )
