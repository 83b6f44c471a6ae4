"""Read what a learner wrote: one number, several, a letter, a word. And: the ways to write it.

Whoever knows the right number may write it as the pages print it (−20, with a true minus), as a
fraction (1/4, ¼), with a decimal comma (0,25), per cent, brackets. What is not clear stays
unread: 1,234 may be a thousand or a little more than one.

Each probe of a value names its ways to write a right answer (``Probe.spelled``); tests try them
all, so that answers need only list what is right in another way.
"""

import math
import re
import unicodedata
from collections.abc import Iterable

import numpy as np

_MINUS = dict.fromkeys(map(ord, "−–‐‑"), "-") | dict.fromkeys(map(ord, "⁄∕"), "/")
_FRACTION = re.compile(r"\d?[¼-¾⅐-⅞]")
_PER_CENT = re.compile(r"%|per\s?cent", re.IGNORECASE)
_FRAME = " \n\t'\"`$()[]"
_AROUND = " \n\t.,:;`'\"‘’“”()[]{}"
_BETWEEN = re.compile(r"[\s,;>→`'\"‘’“”()\[\]{}]+")
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+")
_NUMBER = re.compile(r"[-+]?\d*\.?\d+")


def number(answer: object) -> float | None:
    """Return the one number that was meant, or None if it is not clear which.

    Example:
        >>> number("= −20"), number("25 per cent"), number("¼"), number("0,25"), number([3])
        (-20.0, 25.0, 0.25, 0.25, 3.0)
        >>> number("1,234"), number("two"), number("1/0"), number("1½")
        (None, None, None, None)
    """
    text = _plainly(answer).strip(_FRAME)
    text = re.sub(r"(?<=\d)\.$", "", text)  # the end of a sentence
    text = re.sub(r"^(?:[^\W\d]\w*\s*)?[=≈]\s*", "", text)  # "= 5", "x = 5"
    text = re.sub(r"^([-+])\s+", r"\1", text)
    if re.fullmatch(r"[-+]?\d+,\d+", text) and not thousands(text):
        text = text.replace(",", ".")
    above, line, below = text.partition("/")
    try:
        read = float(above) / float(below) if line else float(text)
    except (ValueError, ZeroDivisionError):
        return None
    return read if math.isfinite(read) else None


def thousands(text: str) -> bool:
    """Say whether a number is written with commas between its thousands, as 1,234 seems to be."""
    return bool(_THOUSANDS.fullmatch(_plainly(text).strip()))


def _plainly(answer):
    text = _FRACTION.sub(_spelled_out, str(answer))
    return _PER_CENT.sub("", text.translate(_MINUS))


def _spelled_out(match):  # "½" is 1/2, and "1½" stays two: 1 and 1/2
    return " ".join(unicodedata.normalize("NFKC", each) for each in match[0])


def numbers(answer: object, count: int) -> np.ndarray | None:
    """Return the so many numbers that were meant, (count,), or None if it is not clear which.

    Example:
        >>> numbers("[1/4, −2]", 2), numbers("0,25; 1,5", 2), numbers(["1", "2 %"], 2)
        (array([ 0.25, -2.  ]), array([0.25, 1.5 ]), array([1., 2.]))
        >>> numbers("1, 2, 3", 2) is None
        True
    """
    if not isinstance(answer, str):
        return _all_read(answer, count)
    text = _plainly(answer).strip(_FRAME)
    text = re.sub(r"\s*/\s*", "/", text)
    for pieces in (
        re.split(r"[,;\s]+", text),  # a comma between two numbers
        re.split(r"\s*;\s*|,?\s+", text),  # a comma inside a number
        _NUMBER.findall(text),  # numbers among words
    ):
        if (found := _all_read(pieces, count)) is not None:
            return found
    return None


def _all_read(pieces, count):
    if isinstance(pieces, (set, frozenset, dict)):  # without an order of their own
        return None
    try:
        found = np.asarray(pieces, dtype=float)
    except (TypeError, ValueError):
        try:
            found = np.array([number(piece) for piece in pieces], dtype=float)  # None becomes nan
        except TypeError:
            return None
    return found if found.shape == (count,) and np.isfinite(found).all() else None


def word(answer: object) -> str:
    """Return one word or letter as it was meant: "(B)." is "b"."""
    return str(answer).strip(_AROUND).lower()


def words(answer: object) -> list[str]:
    """Return the words of a list, or of text: "[Tea, milk]" is tea, milk."""
    if isinstance(answer, str):
        return _BETWEEN.sub(" ", answer).lower().split()
    return [str(each).strip().lower() for each in np.ravel(np.asarray(answer, dtype=object))]


# The ways to write a right answer: value -> texts ----------------------------------------------


def spelled_number(value: float) -> list[str]:
    """Return the ways to write a number that a learner may choose.

    Example:
        >>> spelled_number(-2.5)
        ['-2.5', '−2.5', '= −2.5', '−2.5 %', '[-2.5]', '−2,5000', '−5/2']
    """
    value = float(value)
    plain, twice = _plain(value), _plain(2 * value)
    ways = [plain, _printed(plain), f"= {_printed(plain)}", f"{_printed(plain)} %", f"[{plain}]"]
    return [*ways, _printed(f"{value:.4f}").replace(".", ","), _printed(f"{twice}/2")]


def spelled_numbers(values: Iterable[float]) -> list[str]:
    """Return the ways to write several numbers.

    Example:
        >>> spelled_numbers([1, -2.5])
        ['[1, -2.5]', '(1, −2.5)', '1 −2.5', '1; −2.5', '2/2, −5/2', '1,0000; −2,5000']
    """
    plain = [_plain(float(value)) for value in values]
    printed = [_printed(each) for each in plain]
    halves = [_printed(f"{_plain(2 * float(value))}/2") for value in values]
    commas = [_printed(f"{float(value):.4f}").replace(".", ",") for value in values]
    joined = (f"[{', '.join(plain)}]", f"({', '.join(printed)})", " ".join(printed))
    return [*joined, "; ".join(printed), ", ".join(halves), "; ".join(commas)]


def spelled_word(value: object) -> list[str]:
    """Return the ways to write a word or a letter.

    Example:
        >>> spelled_word("tea")
        ['TEA', 'Tea.', ' “tea” ', '(tea)', 'tea)', "['tea']"]
    """
    value = str(value)
    marked = f" “{value}” ", f"({value})", f"{value})", f"['{value}']"
    return [value.upper(), f"{value.title()}.", *marked]


def spelled_words(values: Iterable[str]) -> list:
    """Return the ways to write several words in an order.

    Example:
        >>> spelled_words(["tea", "milk"])
        ['tea, milk', 'TEA MILK', '[“Tea”, “Milk”]', 'tea > milk', ('tea', 'milk')]
    """
    quoted = ", ".join(f"“{value.title()}”" for value in values)
    line = " ".join(values).upper()
    return [", ".join(values), line, f"[{quoted}]", " > ".join(values), tuple(values)]


def _plain(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


def _printed(text: str) -> str:
    return text.replace("-", "−")
