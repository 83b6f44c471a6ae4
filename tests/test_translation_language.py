"""How languages say things: against Babel's and num2words' own texts, in more than one language."""

import datetime

import pytest
from babel.dates import format_date
from babel.lists import format_list
from babel.units import format_unit
from num2words import num2words

from course_lib.translation import known_languages, make_corpus
from course_lib.translation.corpus import UNITS
from course_lib.translation.patterns import say_date, say_list, say_quantity
from course_lib.translation.words import PIECES, check_language, say_number, split_text

MARCH = datetime.date(1984, 3, 6)
SPOKEN = [code for code in known_languages() if code != "th"]  # Thai counts years otherwise


@pytest.mark.parametrize("language", PIECES)
def test_pieces_put_together_are_the_number_word(language):
    pieces = set(PIECES[language].split())
    for number in range(2, 1000):
        words = say_number(number, language)
        assert "".join(words) == num2words(number, lang=language)
        assert set(words) <= pieces
    years = {piece for year in range(1900, 2100) for piece in say_number(year, language)}
    assert years <= pieces


def test_english_is_split_at_hyphens_and_german_days_keep_their_ending_apart():
    assert say_number(342, "en") == ("three", "hundred", "and", "forty", "two")
    assert say_number(342, "de") == ("drei", "hundert", "zwei", "und", "vierzig")
    days = [say_number(day, "de", "ordinal") for day in (1, 3, 6, 7, 8, 17, 20, 31)]
    assert days == [
        ("erste",), ("dritte",), ("sechs", "te"), ("siebte",), ("achte",), ("siebzehn", "te"),
        ("zwanzig", "ste"), ("ein", "und", "dreißig", "ste"),
    ]  # fmt: skip


def test_text_as_people_type_it():
    typed = "  Tuesday, March sixth, nineteen eighty-four; 5 Fuß!"
    tokens = "tuesday , march sixth , nineteen eighty four ; 5 fuß !"
    assert split_text(typed, "en") == tuple(tokens.split())
    assert split_text("huszonegy mérföld", "hu") == ("huszon", "egy", "mérföld")
    assert split_text("hundstage", "de") == ("hundstage",)  # no number word
    assert split_text(" \n", "en") == ()


@pytest.mark.parametrize("language", ["en", "de", "fr", "hu", "es", "it", "pl", "ko"])
def test_parts_of_a_date_come_in_the_order_of_babels_own(language):
    text = format_date(MARCH, "full", locale=language).lower()
    said = " ".join(say_date(MARCH, language))
    weekday = format_date(MARCH, "EEEE", locale=language).lower()
    month = format_date(MARCH, "MMMM", locale=language).lower()
    assert text.index(weekday) < text.index(month) or language in {"hu", "ko"}
    year = " ".join(say_number(1984, language, "year"))
    places = [said.index(" ".join(split_text(each, language))) for each in (weekday, month, year)]
    digits = [text.index(each) for each in (weekday, month, "1984")]
    assert sorted(range(3), key=places.__getitem__) == sorted(range(3), key=digits.__getitem__)


def test_dates_word_by_word():
    assert say_date(MARCH, "hu") == tuple(
        "ezer kilenc száz nyolcvan négy március hatodik , kedd".split()
    )
    assert say_date(MARCH, "ja") == tuple("千 九 百 八 十 四 年 三 月 六 日 火曜日".split())
    assert say_date(MARCH, "es") == tuple("martes , seis de marzo de mil novecientos ochenta y "
                                          "cuatro".split())  # fmt: skip


@pytest.mark.parametrize("language", ["en", "de", "fr", "hu", "ja", "es", "en_IN", "fa"])
def test_lists_are_babels_own(language):
    items = ["aaa", "bbb", "ccc", "ddd", "eee"]
    for n in range(1, 6):
        own = format_list(items[:n], locale=language).replace("、", " 、 ")
        assert say_list([(item,) for item in items[:n]], language) == split_text(own, language)
    assert say_list([], language) == ()


@pytest.mark.parametrize("language", ["en", "de", "fr", "hu", "pl"])
def test_quantities_are_babels_own_with_the_number_in_words(language):
    for unit in UNITS:
        for number in (2, 5, 22, 101):  # plurals differ in Polish
            own = format_unit(number, unit, "long", locale=language)
            if unit in own:  # no long form
                continue
            own = own.replace(str(number), " " + " ".join(say_number(number, language)) + " ")
            assert say_quantity(number, unit, language) == split_text(own, language)


def test_the_unit_can_stand_in_front_and_the_short_form_steps_in():
    assert say_quantity(5, "speed-mile-per-hour", "ja") == ("時速", "五", "マイル")
    assert say_quantity(5, "duration-second", "ja") == ("五", "秒")


@pytest.mark.parametrize("language", SPOKEN)
def test_every_known_language_gives_a_corpus(language):
    corpus = make_corpus(language, n_train=30, n_test=3)
    assert corpus.target_language == language and len(corpus.train) == 30
    assert all(pair.target and all(pair.target) for pair in corpus.train)


def test_source_and_target_can_be_exchanged():
    corpus = make_corpus("en", source_language="de", n_train=30, n_test=3)
    assert "und" in corpus.source_words.tokens and "and" in corpus.target_words.tokens


def test_an_unknown_language_is_refused_with_those_that_are_known():
    with pytest.raises(ValueError, match="target_language must be one.*it is 'klingon'.*de.*hu"):
        make_corpus("klingon")
    with pytest.raises(ValueError, match="source_language must be one.*Did you mean 'en'"):
        make_corpus(source_language="eng")
    with pytest.raises(ValueError, match="language must be one.*it is None"):
        check_language(None)
    with pytest.raises(ValueError, match="language must have dates of weekday.*'G'"):
        make_corpus("th", n_train=30, n_test=3)
