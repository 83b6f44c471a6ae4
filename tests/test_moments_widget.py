"""The picture that is dragged through a training: it must show the maps that it was given."""

import numpy as np
import pytest

from course_lib.pictures.widgets import moments
from course_lib.pictures.widgets.moments import drag_moments
from tests.chromium import FLAGS, chromium

MAPS = np.array([[[0.5, 0.5, 0], [0.2, 0.3, 0.5]], [[0.94, 0.06, 0], [0, 1, 0]]])
MOMENTS, QUERIES, KEYS = [0, 100], ["bank", "<b>"], ["river", "lends", "money"]


@pytest.fixture
def page(monkeypatch):
    from playwright.sync_api import sync_playwright

    displayed, errors = [], []
    monkeypatch.setattr(moments, "display", displayed.append)
    drag_moments(MAPS, MOMENTS, QUERIES, KEYS, unit="nudges")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.set_content(f"<!doctype html><title>t</title>{displayed[0].page}")
        yield page
        browser.close()
    assert errors == []


def shown(page):
    cells = [
        [page.locator(f'[data-part="cell{i}-{j}"]').text_content() for j in range(3)]
        for i in range(2)
    ]
    return np.array(cells, dtype=float)


def test_it_shows_each_moment_by_keyboard_and_goes_back(page):
    assert np.allclose(shown(page), MAPS[0].round(1))
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert page.locator('[data-part="moment"]').text_content() == "100"
    assert np.allclose(shown(page), MAPS[1].round(1))
    page.wait_for_timeout(300)
    said = page.locator('[data-part="status"]').text_content()
    assert said == (
        "After 100 nudges: bank looks most at river, 90 %; <b> looks most at lends, 100 %."
    )
    page.locator('[data-part="reset"]').click()
    assert np.allclose(shown(page), MAPS[0].round(1))


def test_a_darker_cell_has_light_ink(page):
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    style = [page.locator(f'[data-part="cell1-{j}"]').get_attribute("style") for j in range(2)]
    assert "rgb(255, 255, 255)" in style[0] and "color: rgb(0, 0, 0)" in style[0]
    assert "rgb(8, 48, 107)" in style[1] and "color: rgb(255, 255, 255)" in style[1]


@pytest.mark.parametrize(
    ("maps", "steps", "says"),
    [
        (MAPS, [0], "maps must hold one table per moment"),
        (MAPS[:, :1], MOMENTS, "maps must hold one table per moment"),
        (2 * MAPS, MOMENTS, "maps must lie between 0 and 1"),
    ],
)
def test_what_does_not_fit_is_refused(maps, steps, says):
    with pytest.raises(ValueError, match=says):
        drag_moments(maps, steps, QUERIES, KEYS)
