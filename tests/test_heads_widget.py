"""The picture that browses heads: it must show the weights of the chosen layer and head."""

import numpy as np
import pytest

from course_lib.pictures.widgets import heads
from course_lib.pictures.widgets.heads import browse_heads
from course_lib.softmax import softmax
from tests.chromium import FLAGS, chromium

TOKENS = ["the", "<b>", "the"]
WEIGHTS = softmax(np.random.default_rng(0).normal(size=(2, 4, 3, 3)) * 2)
WEIGHTS[1, 2, 1] = [0.04, 0.0, 0.96]


@pytest.fixture
def page(monkeypatch):
    from playwright.sync_api import sync_playwright

    displayed, errors = [], []
    monkeypatch.setattr(heads, "display", displayed.append)
    browse_heads(WEIGHTS, TOKENS, asker=1)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: errors.append(request.url))  # it must need no network
        page.set_content(f"<!doctype html><title>t</title>{displayed[0].page}")
        yield page
        browser.close()
    assert errors == []


def part(page, name):
    return page.locator(f'[data-part="{name}"]')


def shown(page):
    return [[part(page, f"c{i}-{j}").text_content() for j in range(3)] for i in range(3)]


def written(table):
    percents = np.rint(100 * table).astype(int)
    return [[str(share) if share >= 10 else "" for share in row] for row in percents.tolist()]


def test_it_shows_each_layer_and_head_by_keyboard_and_goes_back(page):
    assert shown(page) == written(WEIGHTS[0, 0])
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert part(page, "layer-now").text_content() == "2"
    assert shown(page) == written(WEIGHTS[1, 0])
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert part(page, "head-now").text_content() == "3"
    assert shown(page) == written(WEIGHTS[1, 2])
    page.wait_for_timeout(300)
    said = part(page, "status").text_content()
    assert said == 'Layer 2, head 3: "<b>" looks most at the (2nd), 96 %; then the (1st), 4 %.'
    part(page, "reset").click()
    assert shown(page) == written(WEIGHTS[0, 0])


def test_the_asking_token_is_framed_and_said(page):
    part(page, "asker").select_option("2")
    framed = [part(page, f"row{i}").get_attribute("class") for i in range(3)]
    assert framed == ["", "", "best"] or framed == [None, "", "best"]
    page.wait_for_timeout(300)
    said = part(page, "status").text_content()
    most = heads.named(TOKENS)[WEIGHTS[0, 0, 2].argmax()]
    assert said.startswith(f'Layer 1, head 1: "the (2nd)" looks most at {most}, ')


def test_a_darker_cell_has_light_ink(page):
    for name, value in (("layer", "2"), ("head", "3")):
        part(page, name).fill(value)
    style = [part(page, f"c1-{j}").get_attribute("style") for j in (1, 2)]
    assert "rgb(255, 255, 255)" in style[0] and "color: rgb(0, 0, 0)" in style[0]
    assert "rgb(18, 56, 113)" in style[1] and "color: rgb(255, 255, 255)" in style[1]


@pytest.mark.parametrize(
    ("weights", "asker", "says"),
    [
        (WEIGHTS[0], 0, "weights must be .n_layers, n_heads, n, n."),
        (WEIGHTS[..., :2], 0, "weights must be .n_layers, n_heads, n, n."),
        (2 * WEIGHTS, 0, "weights must lie between 0 and 1"),
        (WEIGHTS, 3, "asker must be the place of a token, 0 to 2"),
    ],
)
def test_what_does_not_fit_is_refused(weights, asker, says):
    with pytest.raises(ValueError, match=says):
        browse_heads(weights, TOKENS, asker=asker)
