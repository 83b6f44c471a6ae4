"""A result that is kept back: folded on the page, whole inside, and checked like any picture."""

import re

import pytest

from course_lib.pictures.figures import draw_shares
from course_lib.pictures.folds import _folded, reveal, reveal_table
from course_lib.pictures.framing import figure_page as _picture
from course_lib.pictures.page import Page


def page_of(capture, call):
    shown = []
    capture.setattr("course_lib.pictures.folds.display", shown.append)
    call()
    return shown[0].page


def test_a_picture_is_whole_inside_its_fold(monkeypatch):
    figure = draw_shares([0.25, 0.75], ["river", "bank"])
    words = ("Two bars: river 25 %, bank 75 %.", "The bank gets three quarters.")
    page = page_of(monkeypatch, lambda: reveal(figure, *words))
    assert page.startswith("<details") and page.endswith("</details>")
    assert " open" not in page.split(">")[0], "it must start closed"
    assert _picture(figure, *words).page in page
    assert re.search(r'data-drawn="[0-9a-f]{12}"', page)


def test_a_table_is_whole_inside_its_fold(monkeypatch):
    page = page_of(
        monkeypatch, lambda: reveal_table({"river": [1]}, ["score"], "One.", summary="A < B")
    )
    assert "<table" in page and "A &lt; B</summary>" in page


def test_text_stands_for_the_fold_where_there_is_no_page():
    assert repr(_folded(Page("<p>1</p>", "one"), "Open")) == "Open: one"


def test_a_picture_without_a_description_is_refused():
    with pytest.raises(ValueError, match="alt must have at least"):
        reveal(draw_shares([1.0], ["river"]), "short", "A caption.")
