"""The words of a language: which languages are known, how text is split, how numbers are said."""

import difflib
import re
from functools import cache

from babel import Locale, UnknownLocaleError
from num2words import CONVERTER_CLASSES, num2words

PUNCTUATION = ",;:.!?()、。،፣"
WORDS = re.compile(rf"[{PUNCTUATION}]|[^\s{PUNCTUATION}\-\u2010\u200e\u200f]+")

# What compound number words are made of. In other languages they are split at spaces and hyphens.
PIECES = {
    "de": "eins ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn "
    "fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig dreißig vierzig fünfzig sechzig siebzig "
    "achtzig neunzig hundert tausend und erste dritte siebte achte te ste",
    "hu": "egy kettő két három négy öt hat hét nyolc kilenc tíz tizen húsz huszon harminc negyven "
    "ötven hatvan hetven nyolcvan kilencven száz ezer",
    "ja": "一 二 三 四 五 六 七 八 九 十 百 千",
}


@cache
def known_languages() -> tuple[str, ...]:
    """Return the codes of the languages that Babel and num2words both know.

    Example:
        >>> {"de", "en", "fr", "hu", "ja"} <= set(known_languages())
        True
    """
    return tuple(code for code in sorted(CONVERTER_CLASSES) if _babel_knows(code))


def _babel_knows(code):
    try:
        return Locale.parse(code) is not None
    except (UnknownLocaleError, ValueError):
        return False


def check_language(code: str, *, name: str = "language") -> str:
    """Return the code if the language is known.

    Raises:
        ValueError: the language is not known; it lists those that are, under the given name.

    Example:
        >>> check_language("de")
        'de'
    """
    known = known_languages()
    if code not in known:
        near = difflib.get_close_matches(str(code), known, n=3, cutoff=0.4)
        raise ValueError(
            f"{name} must be one that Babel and num2words both know; it is {code!r}."
            f"{f' Did you mean {near[0]!r}?' if near else ''} They know {', '.join(known)}."
        )
    return code


def split_text(text: str, language: str) -> tuple[str, ...]:
    """Return the tokens of a text: lower case, without hyphens, number words in their pieces.

    Example:
        >>> split_text("Twenty-one miles, and five feet", "en")
        ('twenty', 'one', 'miles', ',', 'and', 'five', 'feet')
        >>> split_text("einundzwanzig Meilen", "de")
        ('ein', 'und', 'zwanzig', 'meilen')
    """
    words = WORDS.findall(text.lower())
    return tuple(piece for word in words for piece in _pieces(word, language))


@cache
def _pieces(word, language):
    """Return the pieces of a number word, the longest first; any other word stays whole."""
    if language not in PIECES:
        return (word,)
    longest_first = sorted(PIECES[language].split(), key=len, reverse=True)
    found = re.findall("|".join(longest_first), word)
    return tuple(found) if "".join(found) == word else (word,)


@cache
def say_number(number: int, language: str, form: str = "cardinal") -> tuple[str, ...]:
    """Return the words of a number; form is "cardinal", "ordinal" or "year".

    Where num2words has no such form of a language, it is the cardinal.

    Example:
        >>> say_number(21, "en"), say_number(21, "de"), say_number(21, "de", "ordinal")
        (('twenty', 'one'), ('ein', 'und', 'zwanzig'), ('ein', 'und', 'zwanzig', 'ste'))
        >>> say_number(1984, "en", "year")
        ('nineteen', 'eighty', 'four')
    """
    try:
        words = num2words(number, lang=language, to=form)
    except (NotImplementedError, AttributeError):  # both occur
        words = num2words(number, lang=language)
    return split_text(words, language)
