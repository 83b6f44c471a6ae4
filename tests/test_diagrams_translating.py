"""Lesson 07's drawings: one note, a note on each word, glances back, and the player."""

import html
import json
import re
from pathlib import Path

import numpy as np
import pytest

from course_lib.pictures import (
    draw_glance,
    draw_notes,
    draw_one_note,
    draw_writing,
    framing,
    percent,
    play,
)
from course_lib.pictures.diagrams.framing import svg
from tests.chromium import browser_page

RESULTS = Path(__file__).parents[1] / "benchmarks" / "results" / "translation.json"
ALT, CAPTION = "Notes and a writer.", "It looks where it must."


@pytest.fixture(scope="module")
def samples():
    runs = json.loads(RESULTS.read_text(encoding="utf-8"))["runs"]
    (found,) = (r["samples"] for r in runs if (r["model"], r["seed"]) == ("RNNSearch", 0))
    return found


def sides(sample):
    return sample["source"].split(), sample["target"].split(), np.array(sample["weights"])


def texts_of(drawing):
    return [html.unescape(t) for t in re.findall(r"<text[^>]*>([^<]*)</text>", svg(drawing, ALT))]


def test_one_note_has_all_words_and_its_size(samples):
    source, _, _ = sides(samples["date"])
    assert texts_of(draw_one_note(source, 128)) == [
        *source, "note-taker", "the one note:", "128 numbers", "writer",
    ]  # fmt: skip


def test_two_note_takers_leave_one_note_on_each_word(samples):
    source, _, _ = sides(samples["date"])
    found = texts_of(draw_notes(source, 160))
    assert found.count("160") == len(source) and found.count("note-taker") == 2
    assert [word for word in found if word in source] == source


def test_a_glance_says_every_share_and_what_is_written(samples):
    source, target, weights = sides(samples["date"])
    found = texts_of(draw_glance(source, weights[2], target[:3], 160))
    assert [t for t in found if "%" in t] == [percent(share) for share in weights[2]]
    assert found[-3:] == target[:3]


def test_a_share_of_nothing_is_a_dotted_hair(samples):
    source, target, weights = sides(samples["date"])
    drawn = "".join(draw_glance(source, weights[2], target[:3], 160).parts)
    assert drawn.count("stroke-dasharray") == (weights[2] == 0).sum() > 0


@pytest.mark.parametrize("name", ["number", "numbers"])
def test_the_table_of_the_player_has_all_shares(samples, name):
    source, target, weights = sides(samples[name])
    found = texts_of(draw_writing(source, target, weights, 160))
    shares = sorted(percent(share) for share in weights.ravel())
    assert sorted(t for t in found if "%" in t) == sorted(2 * shares)  # at the notes, in the table
    assert all(found.count(word) >= 2 for word in (*source, *target))


def test_the_player_shows_one_glance_a_step_and_prints_the_last(samples, tmp_path, monkeypatch):
    source, target, weights = sides(samples["number"])
    pages = []
    monkeypatch.setattr(framing, "display", pages.append)
    steps = ["Nothing is written.", *(f"It writes {word}." for word in target)]
    play(draw_writing(source, target, weights, 160), steps, ALT, CAPTION)
    (tmp_path / "page.html").write_text("<meta charset='utf8'>" + pages[0].page, encoding="utf-8")
    with browser_page(width=800, height=600) as page:
        page.goto(f"file://{tmp_path}/page.html")

        def seen():
            shown = "e => getComputedStyle(e).visibility === 'visible'"
            return [e.text_content() for e in page.locator("[data-layout=wide] text").all()
                    if e.evaluate(shown)]  # fmt: skip

        assert not [t for t in seen() if "%" in t or t in target]
        for step in range(1, len(target) + 1):
            page.locator("[data-part=forward]").click()
            assert len([t for t in seen() if "%" in t]) == len(source) * (1 + step)
            assert [t for t in seen() if t in target] == target[:step] * 2
        page.keyboard.press("Home")
        page.emulate_media(media="print")
        printed = [t for t in seen() if "%" in t]
        assert len(printed) == len(source) * (1 + len(target))
        assert printed[: len(source)] == [percent(share) for share in weights[-1]]


def test_words_and_shares_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="at least one word"):
        draw_one_note([], 128)
    with pytest.raises(ValueError, match="one share for each of the 2 words"):
        draw_glance(["a", "b"], [1.0], ["x"], 160)
    with pytest.raises(ValueError, match="one share for each of the 2 words"):
        draw_writing(["a", "b"], ["x"], [[1.0, 0.0], [0.0, 1.0]], 160)
