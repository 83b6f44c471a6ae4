"""How a language says a quantity, a date and a list: the patterns of the Unicode CLDR, from Babel.

Numbers are said in words; everything becomes tokens.
"""

import datetime
import re
from collections.abc import Sequence
from functools import cache

from babel import Locale
from babel.units import format_unit

from course_lib.translation.words import say_number, split_text

DATE_PARTS = re.compile(r"'(?P<quoted>[^']+)'|(?P<field>([A-Za-z])\3*)|(?P<text>[^'A-Za-z]+)")
ORDINAL_DAYS = {"en"}  # elsewhere CLDR's pattern tells it, by the full stop after the day: "d."
NUMBERED_YEARS = {"ja"}  # as a "year", num2words would count those of the emperor's reign


def say_quantity(number: int, unit: str, language: str) -> tuple[str, ...]:
    """Return the words of a number and a unit, in the order and the plural of the language.

    Raises:
        ValueError: CLDR has no name for the unit in this language.

    Example:
        >>> say_quantity(21, "length-nautical-mile", "en")
        ('twenty', 'one', 'nautical', 'miles')
        >>> say_quantity(21, "length-nautical-mile", "de")
        ('ein', 'und', 'zwanzig', 'seemeilen')
    """
    before, after = _unit_words(unit, language, _locale(language).plural_form(number))
    return before + say_number(number, language) + after


@cache
def _locale(language):
    return Locale.parse(language)


def _with_digits(number, unit, language):
    """Return for example "5 miles": the long form, or the short one where CLDR has no other.

    Raises:
        ValueError: there is neither.
    """
    for length in ("long", "short"):
        text = format_unit(number, unit, length, locale=language)
        if unit not in text:  # Babel puts the unit's code where CLDR has no name
            return text
    raise ValueError(f"unit must have a name in CLDR for {language!r}; it is {unit!r}.")


@cache
def _unit_words(unit, language, plural):
    """Return the words before and after a number of that plural form."""
    form = _locale(language).plural_form
    number = next(n for n in range(2, 1000) if form(n) == plural)
    before, _, after = _with_digits(number, unit, language).partition(str(number))
    return split_text(before, language), split_text(after, language)


def say_date(date: datetime.date, language: str) -> tuple[str, ...]:
    """Return the words of a date, as CLDR's full form orders them.

    Raises:
        ValueError: the pattern holds more than weekday, day, month and year.

    Example:
        >>> import datetime
        >>> " ".join(say_date(datetime.date(1984, 3, 6), "en"))
        'tuesday , march sixth , nineteen eighty four'
        >>> " ".join(say_date(datetime.date(1984, 3, 6), "de"))
        'dienstag , sechs te märz neunzehn hundert vier und achtzig'
    """
    values = {
        "weekday": date.weekday(), "month": date.month, "month in digits": date.month,
        "day": date.day, "year": date.year, "text": None,
    }  # fmt: skip
    words = ()
    for part, detail in _date_parts(language):
        words += _say_part(part, detail, values[part], language)
    return words


@cache
def _date_parts(language):
    """Return CLDR's full date as pairs: what is said, and how (or the text itself)."""
    pattern = _locale(language).date_formats["full"].pattern
    ordinal = language in ORDINAL_DAYS or "d." in pattern
    day = ("day", "ordinal" if ordinal else "cardinal")
    known = {
        "EEEE": ("weekday", "format"), "cccc": ("weekday", "stand-alone"),
        "MMMM": ("month", "format"), "LLLL": ("month", "stand-alone"),
        "M": ("month in digits", "cardinal"), "d": day, "dd": day,
        "y": ("year", "cardinal" if language in NUMBERED_YEARS else "year"),
    }  # fmt: skip
    parts = []
    for part in DATE_PARTS.finditer(pattern):
        field = part["field"]
        if field and field not in known:
            raise ValueError(
                "language must have dates of weekday, day, month and year alone; in "
                f"{language!r} CLDR's pattern is {pattern!r}, with {field!r}."
            )
        text = (part["quoted"] or part["text"] or "").replace(".", " ")  # nobody says full stops
        parts.append(known[field] if field else ("text", text))
    return parts


@cache
def _say_part(part, detail, value, language):
    locale = _locale(language)
    if part == "text":
        return split_text(detail, language)
    if part == "weekday":
        return split_text(locale.days[detail]["wide"][value], language)
    if part == "month":
        return split_text(locale.months[detail]["wide"][value], language)
    return say_number(value, language, detail)


def say_list(items: Sequence[tuple[str, ...]], language: str) -> tuple[str, ...]:
    """Return the items' words with what the language puts between them.

    Example:
        >>> " ".join(say_list([("a",), ("b",)], "en")), " ".join(say_list([("a",), ("b",)], "de"))
        ('a and b', 'a und b')
        >>> " ".join(say_list([("a",), ("b",), ("c",)], "en"))
        'a , b , and c'
    """
    start, middle, end, two = _between(language)
    last = len(items) - 1
    words = items[0] if items else ()
    for i, item in enumerate(items[1:], start=1):
        words += (two if last == 1 else end if i == last else start if i == 1 else middle) + item
    return words


@cache
def _between(language):
    patterns = _locale(language).list_patterns["standard"]
    return tuple(
        split_text(patterns[place].replace("{0}", " ").replace("{1}", " "), language)
        for place in ("start", "middle", "end", "2")
    )
