"""Texts of a model that was trained just now: shown, and not compared."""

import re

import pytest
from nbval.plugin import get_sanitize_patterns

from course_lib.lessons import ROOT
from course_lib.pictures.written import written_page


def compared(page):
    """What nbval compares of a page."""
    rules = (ROOT / "tests" / "nbval_sanitise.cfg").read_text(encoding="utf-8")
    for pattern, replacement in get_sanitize_patterns(rules):
        page = re.sub(pattern, replacement, page)
    return page


def test_texts_are_not_compared_and_names_and_caption_are():
    pages = [
        written_page({name: text}, caption, "seed").page
        for name, text, caption in (
            ("0", "a <b> & c", "One."), ("0", "d\n# e", "One."), ("0", "a", "Two."),
            ("1", "a", "One."),
        )
    ]  # fmt: skip
    assert "a &lt;b&gt; &amp; c" in pages[0]
    first, *others = map(compared, pages)
    assert first == others[0] and first not in others[1:]


def test_nothing_is_told():
    for texts, caption in (({}, "One."), ({"0": "a"}, " ")):
        with pytest.raises(ValueError, match="must not be empty"):
            written_page(texts, caption, "")
