"""Text on a coloured cell can be read: it stands out 4.5 : 1 or more, over the whole scale."""

import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex
from pygments.styles import get_style_by_name
from pygments.token import Whitespace

from course_lib.exercises import wording
from course_lib.pictures.figures import draw_table, draw_weights
from course_lib.pictures.figures.style import contrast, text_colour
from course_lib.pictures.widgets import browse_heads, drag_moments, heads, moments
from course_lib.publishing.decks import deck
from tests.chromium import FLAGS, chromium

READABLE = 4.5  # WCAG 2.2, level AA
HERE = Path(deck.__file__).parent
SHARES = np.linspace(0, 1, 1001)


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#FF0000", "#FFFFFF") == pytest.approx(3.998, abs=1e-3)  # known values
    assert contrast("#FFFFFF", "#0000FF") == pytest.approx(8.592, abs=1e-3)
    assert contrast("#123456", "#123456") == 1


def test_the_better_of_black_and_white_is_taken():
    for red, green, blue in np.random.default_rng(0).integers(256, size=(500, 3)):
        ground = f"#{red:02x}{green:02x}{blue:02x}"
        other = {"#000000": "#FFFFFF", "#FFFFFF": "#000000"}[text_colour(ground)]
        assert contrast(ground, text_colour(ground)) >= contrast(ground, other)


def test_every_colour_of_code_on_a_slide_can_be_read():
    """Whatever a lesson's code holds; in the dark, code has the colour of the text."""
    ground = re.search(r":root \{[^}]*--soft: (#\w{6})", (HERE / "static/deck.css").read_text())[1]
    style = get_style_by_name(deck.CODE_STYLE)
    colours = {token: style.style_for_token(token)["color"] for token, _ in style}
    written = {t: c for t, c in colours.items() if c and t not in Whitespace}
    assert len(written) > 20
    faint = {t: c for t, c in written.items() if contrast(f"#{c}", ground) < READABLE}
    assert not faint


@pytest.mark.parametrize("lowest", [0, -1], ids=["Blues", "PuOr"])
def test_numbers_in_a_heat_map_can_be_read(lowest):
    seen = 0
    for row in np.linspace(lowest, 1, 20 * 12).reshape(20, 12):
        words = [str(place) for place in range(12)]
        if lowest:
            axes = draw_table([row], ["a"], words, limit=1).axes[0]
        else:
            axes = draw_weights([row], ["a"], words).axes[0]
        (image,) = axes.images
        for text in axes.texts:
            column, line = text.get_position()
            ground = image.to_rgba(image.get_array()[line, column], norm=True)
            assert contrast(to_hex(text.get_color()), to_hex(ground)) >= READABLE
            seen += 1
    assert seen == 240


@pytest.mark.parametrize(
    ("style", "scale"),
    [(wording._colours, np.r_[-SHARES, SHARES]), (wording._blue, range(101))],
    ids=["heat_map", "alignment_table"],
)
def test_numbers_in_a_table_of_an_exercise_can_be_read(style, scale):
    for entry in scale:
        ground, ink = re.findall("#[0-9a-f]{6}", style(entry))
        assert contrast(ground, ink) >= READABLE, entry


@pytest.fixture
def cells(monkeypatch):
    """Return the grounds and inks of the cells of what is displayed, in a real browser."""
    from playwright.sync_api import sync_playwright

    displayed = []
    for module in (heads, moments):
        monkeypatch.setattr(module, "display", displayed.append)

    def drawn(marked):
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            page = browser.new_page()
            page.set_content(f"<!doctype html><title>t</title>{displayed[0].page}")
            found = page.locator(marked).evaluate_all(
                "cells => cells.map(cell => [cell.style.background, cell.style.color])"
            )
            browser.close()
        return [[_hex(colour) for colour in pair] for pair in found]

    return drawn


def _hex(colour):
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour))


def test_each_cell_of_the_browsed_heads_can_be_read(cells):
    shares = np.r_[np.linspace(0, 1, 101), np.zeros(20)].reshape(1, 1, 11, 11)
    browse_heads(shares, [f"word{place}" for place in range(11)])
    pairs = cells("[data-part^=c][data-part*='-']")
    assert len({ground for ground, _ in pairs}) == 101
    assert {ink for _, ink in pairs} == {"#000000", "#ffffff"}
    assert all(ink == text_colour(ground).lower() for ground, ink in pairs)
    assert min(contrast(*pair) for pair in pairs) >= READABLE


def test_each_cell_of_the_moments_can_be_read(cells):
    shares = np.linspace(0, 1, 101).reshape(1, 1, 101)
    drag_moments(shares, [0], ["bank"], [f"word{place}" for place in range(101)], decimals=2)
    pairs = cells("[data-part^=cell]")
    assert len({ground for ground, _ in pairs}) == 101
    assert all(ink == text_colour(ground).lower() for ground, ink in pairs)
    assert min(contrast(*pair) for pair in pairs) >= READABLE
