"""Lesson 10: the road, the skip, a word's way, the translator and its next word."""

import html
import json
import re

import numpy as np
import pytest

from course_lib import examples
from course_lib.attention import attend
from course_lib.lessons import ROOT
from course_lib.pictures import (
    draw_detector,
    draw_next_word,
    draw_road,
    draw_skip,
    draw_translator,
    draw_way,
    percent,
)
from course_lib.pictures.diagrams.framing import svg

FEATURES = examples.word_features
SHARES = attend(examples.queries, examples.keys, examples.values)[1]
STATIONS = {f"station {n}": np.linspace(-n, 1 + n, 5) for n in range(7)}


def texts_of(drawing):
    return [html.unescape(t) for t in re.findall(r"<text[^>]*>([^<]*)</text>", svg(drawing, "x"))]


def moments():
    path = ROOT / "benchmarks" / "results" / "next_word.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    return kept["after 100 rounds"], kept["after 800 rounds"]


def next_word(place):
    early, late = (moment[place] for moment in moments())
    return draw_next_word(
        early["words"], early["shares"], late["shares"], names=("early", "late"), others="others"
    )


def translator(n_layers=2):
    return draw_translator("thirty nights", "dreißig", "Nächte", n_layers=n_layers)


def test_the_road_has_a_lane_and_both_steps_for_each_word():
    said = texts_of(draw_road(examples.words, SHARES))
    assert [t for t in said if t in examples.words] == list(examples.words)
    assert said.count("think") == 4 and said.count("level") == 8


@pytest.mark.parametrize("shares", [SHARES, np.eye(4)])
def test_lanes_meet_by_a_wire_for_each_share_and_none_is_left_out(shares):
    shown = svg(draw_road(examples.words, shares), "x")
    wires = re.findall(r'stroke="#E69F00" stroke-width="([\d.]+)"', shown)
    assert len(wires) == np.count_nonzero(shares)
    assert shown.count('stroke-dasharray="1.5 5"') == shares.size - len(wires)
    assert max(map(float, wires)) == pytest.approx(16 * shares.max(), abs=0.05)


@pytest.mark.parametrize(("words", "shares"), [(examples.words, np.eye(3)), ([], np.eye(0))])
def test_a_road_without_a_row_of_shares_for_each_word_is_refused(words, shares):
    with pytest.raises(ValueError, match="shares must be"):
        draw_road(words, shares)


def test_a_skip_shows_what_was_what_was_heard_and_both_added():
    three = dict(list(STATIONS.items())[:3])
    said = texts_of(draw_skip(three, FEATURES))
    for name, values in three.items():
        assert name in said
        assert {f"{value:.2f}".replace("-", "−") for value in values} <= set(said)
    assert "straight on" in said and said.count("finance") == 1


def test_a_way_shows_a_station_more_with_each_step():
    shown = svg(draw_way(STATIONS, FEATURES), "x")
    for step, station in enumerate(STATIONS):
        before = shown[: shown.index(f">{station}<")]
        assert before.rindex(f'data-from="{step}" data-to="999"') == before.rindex("data-from=")
    rims = re.findall(r'data-from="(\d)" data-to="(\d)"', shown)
    assert {(int(first), int(last)) for first, last in rims} == {(n, n) for n in range(7)}


def test_a_way_or_a_skip_with_a_station_too_few_is_refused():
    with pytest.raises(ValueError, match="three stations"):
        draw_skip(STATIONS, FEATURES)
    with pytest.raises(ValueError, match="seven stations"):
        draw_way(dict(list(STATIONS.items())[:6]), FEATURES)


def test_a_detector_speaks_only_above_zero():
    heard, totals = np.array([[1.0, 2.0], [0.5, -1.0], [1.0, 0.0]]), np.array([2.0, -1.5, 0.0])
    drawing = draw_detector("abc", heard, ["finance", "place"], totals, "the sum")
    said, shown = texts_of(drawing), svg(drawing, "x")
    assert {"2.00", "−1.50", "the sum", "the detector says"} <= set(said)
    assert re.findall(r'font-weight="600">([^<]*)<', shown) == ["2.00"]
    assert shown.count('stroke-dasharray="3 3"') == 2


def test_a_detector_without_a_sum_for_each_word_is_refused():
    with pytest.raises(ValueError, match="one sum for each word"):
        draw_detector("abc", np.ones((3, 2)), ["x", "y"], np.ones(2), "the sum")


@pytest.mark.parametrize("n_layers", [1, 2, 6])
def test_the_translator_leads_from_words_to_the_next_word(n_layers):
    said = texts_of(translator(n_layers))
    expected = ["thirty", "nights", "dreißig", "Nächte", "glance back"]
    expected += [f"{n_layers} layers read", f"{n_layers} layers write"]
    assert set(expected) <= set(said)
    assert said.count("think") == 2


def test_a_translator_without_layers_is_refused():
    with pytest.raises(ValueError, match="at least one layer"):
        translator(0)


@pytest.mark.parametrize("place", range(5))
def test_the_next_words_and_their_shares_are_those_of_the_results(place):
    said = texts_of(next_word(place))
    early, late = (moment[place] for moment in moments())
    assert [word for word in said if word in early["words"]] == early["words"]
    sides = [[*moment["shares"], 1 - sum(moment["shares"])] for moment in (early, late)]
    assert sorted(t for t in said if t.endswith("%")) == sorted(
        percent(share, decimals=1) for side in sides for share in side
    )


@pytest.mark.parametrize("shares", [[0.5], [0.9, 0.2]])
def test_next_words_with_a_share_too_few_or_too_much_are_refused(shares):
    with pytest.raises(ValueError, match="one share for each word, of 100 % at most"):
        draw_next_word("ab", [0.5, 0.5], shares, names=("x", "y"), others="z")


def test_the_pictures_fit_a_lesson():
    three = dict(list(STATIONS.items())[:3])
    drawings = [draw_road(examples.words, SHARES), draw_skip(three, FEATURES), translator()]
    for drawing in (*drawings, draw_way(STATIONS, FEATURES), next_word(2)):
        assert drawing.width + 16 <= 760
