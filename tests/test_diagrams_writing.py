"""Lesson 11's drawings: the loop, the next pieces, gluing, guesses, and what is kept."""

import html
import re

import numpy as np
import pytest

from course_lib import examples
from course_lib.attention import attend
from course_lib.pictures import (
    draw_gluing,
    draw_guesses,
    draw_kept,
    draw_next_pieces,
    draw_texts,
    draw_writer,
    framing,
    percent,
    play,
)
from course_lib.pictures.diagrams.framing import svg
from tests.chromium import browser_page

ALT, CAPTION = "A writer and its bars.", "One is drawn."
WIDEST = 744  # and 8 pixels of free room on each side
MOMENTS = (
    [["␣is", "␣of"], ["␣a", "␣the"]], [[3.0, 2.0], [1.0, -1.5]], [[0.5, 0.2], [0.2, 0.4]], [1, 0]
)  # fmt: skip


def texts_of(drawing):
    return [html.unescape(t) for t in re.findall(r"<text[^>]*>([^<]*)</text>", svg(drawing, ALT))]


def causal():
    mask = np.tri(4, dtype=bool)
    return attend(examples.queries, examples.keys, examples.values, mask=mask)


def kept(weights):
    output, _ = causal()
    return draw_kept(
        examples.words, examples.keys, examples.values, weights, output, examples.value_features
    )


def test_the_loop_has_all_stations_and_what_is_written():
    drawing = draw_writer(["River", "bank"], "lends", n_layers=2, n_pieces=768)
    found = texts_of(drawing)
    for station in ("so far", "1 · read", "2 layers", "the last portrait",
                    "compare with 768 portraits", "share out", "draw one", "new",
                    "append, and again"):  # fmt: skip
        assert station in found
    for number, station in (("2", "compare with 768 portraits"), ("3", "share out"),
                            ("4", "draw one"), ("5", "append, and again")):  # fmt: skip
        assert found[found.index(number) + 1] == station
    assert found.index("River") < found.index("bank") < found.index("lends")
    assert drawing.width <= WIDEST
    with pytest.raises(ValueError, match="at least one word"):
        draw_writer([], "lends", n_layers=2, n_pieces=768)


def test_every_bar_is_as_long_as_its_share_and_the_others_have_the_rest():
    drawing = draw_next_pieces(["River", "bank"], *MOMENTS, n_pieces=768)
    shares = [t for t in texts_of(drawing) if "%" in t]
    assert shares == [percent(s) for s in (0.5, 0.2, 0.3, 0.2, 0.4, 0.4)]
    assert texts_of(drawing).count("766 others") == 2 and drawing.width <= WIDEST
    bars = [float(w) for w in re.findall(r'<rect x="0" y="1" width="([\d.]+)"', svg(drawing, ALT))]
    assert bars == [125, 50, 75, 50, 100, 100]
    with pytest.raises(ValueError, match="at most together"):
        draw_next_pieces(["A"], [["b"]], [[1.0]], [[1.2]], [0], n_pieces=9)


def test_the_bars_are_laid_end_to_end_and_the_dart_hits_the_one_that_is_drawn():
    drawn = svg(draw_next_pieces(["River", "bank"], *MOMENTS, n_pieces=768), ALT)
    wide = [float(w) for w in re.findall(r'<rect x="0" y="0" width="([\d.]+)"', drawn)]
    assert wide == pytest.approx([245, 98, 147, 98, 196, 196], abs=0.1)
    darts = re.findall(r'<path d="M([\d.]+) 0 ?L', drawn)
    assert [float(x) for x in darts] == pytest.approx([294, 49], abs=0.1)  # ␣of, then ␣a


def test_the_next_pieces_are_scored_shared_out_drawn_and_appended(monkeypatch, tmp_path):
    pages = []
    monkeypatch.setattr(framing, "display", pages.append)
    drawing = draw_next_pieces(["River", "bank"], *MOMENTS, n_pieces=768)
    steps = ["Compare.", "Share out.", "Draw.", "The next bars.", "Drawn, too.", "All."]
    play(drawing, steps, ALT, CAPTION)
    (tmp_path / "page.html").write_text("<meta charset='utf8'>" + pages[0].page, encoding="utf-8")
    with browser_page(width=900, height=700) as page:
        page.goto(f"file://{tmp_path}/page.html")
        seen = []
        for _ in steps:
            labels = page.locator("svg text").all()
            seen.append([label.text_content() for label in labels if label.is_visible()])
            if page.locator("[data-part=forward]").is_enabled():
                page.locator("[data-part=forward]").click()
    assert "3.0" in seen[0] and not any("%" in label for label in seen[0])
    assert "50 %" in seen[1] and {"◀ drawn", "dart"}.isdisjoint(seen[1])
    assert {"◀ drawn", "dart"} <= set(seen[2]) and seen[2].count("␣of") == 3  # card, row, strip
    assert seen[3].count("␣of") == 1 and "␣the" in seen[3] and "◀ drawn" not in seen[3]
    assert seen[5][:4] == ["River", "bank", "␣of", "␣a"] and seen[5] == seen[4]


def test_gluing_shows_each_row_in_order():
    rows = {"letters": list("␣bank"), "b + a": ["␣", "ba", "n", "k"]}
    assert texts_of(draw_gluing(rows)) == ["letters", *"␣bank", "b + a", "␣", "ba", "n", "k"]
    with pytest.raises(ValueError, match="at least one"):
        draw_gluing({})


def test_texts_stand_on_paper_in_short_lines():
    drawing = draw_texts({"a": "one two three", "b": "four"}, letters=8)
    assert texts_of(drawing) == ["a", "one two", "three", "b", "four"]
    with pytest.raises(ValueError, match="at least one"):
        draw_texts({})


def test_each_piece_but_the_first_has_two_bars():
    drawing = draw_guesses(["a", "b", "c"], [0.1, 0.2], [0.5, 0.9], names=("before", "after"))
    assert texts_of(drawing) == ["before", "after", "a", "50 %", "b", "90 %", "c"]
    tall = re.findall(r'width="16" height="([\d.]+)" fill="(none|#\w+)" stroke', svg(drawing, ALT))
    assert [float(t) for t, _ in tall[2:]] == [7, 35, 14, 63]  # after the two swatches
    with pytest.raises(ValueError, match="2 shares, none for the first"):
        draw_guesses(["a", "b", "c"], [0.1], [0.5], names=("before", "after"))


def test_what_is_kept_stays_and_nobody_looks_ahead():
    _, weights = causal()
    drawing = kept(weights)
    found = texts_of(drawing)
    for word in examples.words:
        assert found.count(word) == 2  # on its card, and on its jar
    assert {"6.65", "3.35", "7.37", "4.94"} <= set(found) and drawing.width <= WIDEST
    shares = [percent(share) for row, n in zip(weights, range(1, 5)) for share in row[:n]]
    assert sorted(t for t in found if "%" in t) == sorted(shares)
    _, open_eyed = attend(examples.queries, examples.keys, examples.values)
    with pytest.raises(ValueError, match="look ahead"):
        kept(open_eyed)
