"""The text that a reader writes on: it must show the shares that it was given, and append."""

import pytest

from course_lib.pictures.widgets import next_pieces
from course_lib.pictures.widgets.next_pieces import choose_next, visible
from tests.chromium import FLAGS, chromium

WAYS = {
    "": {"pieces": [" is", "<end>", " of", " <b>"], "shares": [0.5, 0.2, 0.1, 0.004]},
    "0": {"pieces": [" a", " the", ".", "\n"], "shares": [0.4, 0.3, 0.2, 0.1]},
    "1": {"pieces": [" the", " a", ".", "!"], "shares": [0.25, 0.25, 0.25, 0.25]},
}


@pytest.fixture
def page(monkeypatch):
    from playwright.sync_api import sync_playwright

    displayed, errors = [], []
    monkeypatch.setattr(next_pieces, "display", displayed.append)
    choose_next("The bank", WAYS, n_pieces=768, shown=4)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.set_content(f"<!doctype html><title>t</title>{displayed[0].page}")
        yield page
        browser.close()
    assert errors == []


def column(page, name):
    return [page.locator(f'[data-part="{name}{n}"]').text_content() for n in range(5)]


def written(page):
    return page.locator('[data-part="text"]').text_content()


def test_it_shows_pieces_shares_and_the_rest(page):
    assert column(page, "piece") == ["␣is", "<end>", "␣of", "␣<b>", "764 others"]
    assert column(page, "share") == ["50 %", "20 %", "10 %", "<1 %", "20 %"]
    widths = [page.locator(f'[data-part="bar{n}"]').evaluate("b => b.style.width") for n in (0, 2)]
    assert widths == ["50%", "10%"]
    assert page.locator("th button").all_text_contents() == ["␣is", "␣of"]  # those that lead on


def test_what_is_pressed_is_appended_and_goes_back(page):
    page.get_by_text("␣of").click()
    assert written(page) == "The bank of" and column(page, "piece")[0] == "␣the"
    assert page.locator('[data-part="draw"]').is_disabled()
    page.wait_for_timeout(300)
    said = page.locator('[data-part="status"]').text_content()
    assert said == (
        "So far: The bank of. Most likely next: ␣the, 25 %. The stored numbers end here."
    )
    page.locator('[data-part="back"]').click()
    assert written(page) == "The bank"
    assert page.locator('[data-part="back"]').is_disabled()


def test_chance_draws_one_of_those_that_lead_on_by_keyboard_too(page):
    for number, piece in ((0.0, " is"), (0.82, " is"), (0.84, " of")):  # 5 to 1
        page.evaluate("n => { Math.random = () => n; }", number)
        page.locator('[data-part="draw"]').focus()
        page.keyboard.press("Enter")
        assert written(page) == "The bank" + piece
        page.locator('[data-part="reset"]').click()


def test_after_a_piece_is_taken_the_focus_stays(page):
    page.locator("th button").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.part") == "back"  # nothing leads on


@pytest.mark.parametrize(
    ("ways", "said"),
    [
        ({}, 'the way ""'),
        ({"": {"pieces": ["a"], "shares": [0.5]}}, "at least 2 pieces"),
        ({"": {"pieces": ["a", "b"], "shares": [0.5, 0.6]}}, "100 % at most"),
    ],
)
def test_ways_without_their_shares_are_refused(ways, said):
    with pytest.raises(ValueError, match=said):
        choose_next("The bank", ways, n_pieces=768, shown=2)


def test_a_space_and_a_new_line_are_seen():
    assert visible(" bank\n") == "␣bank¶"
