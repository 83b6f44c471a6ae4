"""The pictures to drag, in a real browser: they must show what the library computes."""

import re

import numpy as np
import pytest

from course_lib import examples
from course_lib.attention import attend
from course_lib.pictures.widgets import (
    drag_lookup,
    drag_shares,
    drag_similarity,
    drag_width,
    lookup,
    shares,
    similarity,
    width,
)
from course_lib.similarity import cosine_similarity
from course_lib.softmax import softmax, temperature_softmax
from tests.chromium import FLAGS, chromium

WORDS = list(examples.words)
SCORES = examples.keys @ examples.query


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, monkeypatch):
    """Return a function that puts what is displayed on a page; scripts must raise no error."""
    pages, displayed, errors = [], [], []
    for module in (lookup, shares, similarity, width):
        monkeypatch.setattr(module, "display", displayed.append)

    def show(*calls, theme=""):
        for call in calls:
            call()
        page = browser.new_page(viewport={"width": 1000, "height": 800})
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: errors.append(request.url))  # it must need no network
        style = f"<style>{theme}</style>"
        page.set_content(
            f"<!doctype html><title>t</title>{style}{''.join(page.page for page in displayed)}"
        )
        displayed.clear()
        pages.append(page)
        return page

    yield show
    for page in pages:
        page.close()
    assert errors == []


def part(page, name):
    return page.locator(f'[data-part="{name}"]')


def text(page, name):
    return part(page, name).text_content()


def number(page, name):
    return float(text(page, name).replace("−", "-"))


def numbers(page, name, count=4):
    return np.array([number(page, f"{name}{i}") for i in range(count)])


def query_on(page):
    return np.array([float(entry) for entry in text(page, "query").strip("[]").split(",")])


def percents(weights):
    return ["<1 %" if w < 0.005 else f"{round(100 * w)} %" for w in weights]


def status(page):
    """Wait for the status to be at rest, then read it."""
    page.wait_for_timeout(250)
    return text(page, "status")


def drag(page, dx, dy):
    """Drag the handle by so many pixels of the screen."""
    box = part(page, "handle").locator("circle").last.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2)
    page.mouse.move(x + dx, y + dy)
    page.mouse.up()
    released = query_on(page)
    page.mouse.move(x + dx + 9, y + dy + 9)  # not held any more: this must change nothing
    assert np.array_equal(query_on(page), released)


def open_similarity(opened, theme=""):
    return opened(lambda: drag_similarity(examples.keys, WORDS, examples.query), theme=theme)


def check_similarity(page):
    query = query_on(page)
    assert np.allclose(numbers(page, "dot"), examples.keys @ query, atol=0.00501)
    cosines = cosine_similarity([query], examples.keys)[0]
    assert np.allclose(numbers(page, "cosine"), cosines, atol=0.00501)
    assert np.allclose(numbers(page, "length"), np.sqrt([5, 2, 5, 9]), atol=0.00501)
    assert np.isclose(number(page, "length"), np.linalg.norm(query), atol=0.00501)


def test_similarity_agrees_at_the_start_by_keyboard_and_by_mouse(opened):
    page = open_similarity(opened)
    assert np.array_equal(query_on(page), [1, 1])
    check_similarity(page)

    part(page, "handle").focus()
    for key in ["ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowDown", "Shift+ArrowLeft"]:
        page.keyboard.press(key)
    assert np.allclose(query_on(page), [0.2, 0.1])
    check_similarity(page)

    before = query_on(page)
    drag(page, 60, 90)
    moved = query_on(page) - before
    assert moved[0] > 0.5 and moved[1] < -0.5
    assert np.isclose(moved[1] / moved[0], -1.5, atol=0.2)
    check_similarity(page)


def test_similarity_names_the_winner_of_each_measure(opened):
    page = open_similarity(opened)
    assert status(page) == "Query 1.0, 1.0. Largest dot product: money, 3.00."
    assert part(page, "row3").get_attribute("class") == "best"
    part(page, "measure").press("Enter")
    assert status(page) == "Query 1.0, 1.0. Largest cosine: bank, 1.00."
    assert part(page, "row1").get_attribute("class") == "best"
    assert part(page, "row3").get_attribute("class") == ""


def test_a_query_without_direction_has_cosine_zero(opened):
    page = opened(lambda: drag_similarity(examples.keys, WORDS, [0, 0]))
    assert not numbers(page, "cosine").any()
    assert "NaN" not in page.content().split("<script>")[0]


def test_the_handle_stays_on_the_plane(opened):
    page = open_similarity(opened)
    part(page, "handle").focus()
    for _ in range(9):
        page.keyboard.press("Shift+ArrowRight")
    assert np.array_equal(query_on(page), [4, 1])


def open_shares(opened, theme=""):
    return opened(lambda: drag_shares(SCORES, WORDS), theme=theme)


def check_shares(page):
    temperature = number(page, "degrees")
    weights = temperature_softmax(numbers(page, "score"), temperature)
    assert [text(page, f"share{i}") for i in range(4)] == percents(weights)
    widths = [
        float(re.search(r"width: ([\d.e-]+)%", part(page, f"bar{i}").get_attribute("style"))[1])
        for i in range(4)
    ]
    assert np.allclose(widths, 100 * weights, atol=0.01)


def test_a_word_that_occurs_twice_has_two_rows(opened):
    page = opened(lambda: drag_shares([2, 1, 2], ["the", "river", "the"]))
    assert np.array_equal(numbers(page, "score", 3), [2, 1, 2])
    assert text(page, "share0") == text(page, "share2") != text(page, "share1")


def test_shares_agree_at_the_start_by_keyboard_and_by_mouse(opened):
    page = open_shares(opened)
    assert np.array_equal(numbers(page, "score"), SCORES)
    assert [text(page, f"share{i}") for i in range(4)] == ["9 %", "24 %", "1 %", "66 %"]
    check_shares(page)

    part(page, "slider0").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert number(page, "score0") == 1.5
    check_shares(page)

    part(page, "temperature").focus()
    for _ in range(7):
        page.keyboard.press("ArrowLeft")
    assert number(page, "degrees") == 0.3
    check_shares(page)

    box = part(page, "slider2").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 5 / 12, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
    page.mouse.up()
    assert number(page, "score2") > 3
    check_shares(page)

    part(page, "reset").click()
    assert np.array_equal(numbers(page, "score"), SCORES)
    assert status(page) == ("Temperature 1.0. Shares: river 9 %, bank 24 %, lends 1 %, money 66 %.")


def test_extreme_scores_and_temperatures_stay_numbers(opened):
    page = opened(lambda: drag_shares([100, -100], ["a", "b"], temperature=0.1, limit=100))
    assert [text(page, f"share{i}") for i in range(2)] == ["100 %", "0 %"]


def open_lookup(opened, theme=""):
    return opened(
        lambda: drag_lookup(examples.keys, examples.values, WORDS, examples.query), theme=theme
    )


def check_lookup(page, scale=1):
    query = query_on(page)
    output, weights = attend(query, examples.keys, examples.values, scale=scale)
    assert np.allclose(numbers(page, "score"), scale * examples.keys @ query, atol=0.00501)
    assert [text(page, f"share{i}") for i in range(4)] == percents(weights)
    assert np.allclose(numbers(page, "output", 3), output, atol=0.00501)


def test_lookup_agrees_at_the_start_by_keyboard_and_by_mouse(opened):
    page = open_lookup(opened)
    assert np.array_equal(numbers(page, "output", 3), [2.10, 7.83, 1.43])
    check_lookup(page)

    part(page, "handle").focus()
    for key in ["ArrowLeft", "ArrowLeft", "Shift+ArrowDown", "Shift+ArrowDown"]:
        page.keyboard.press(key)
    assert text(page, "query") == "[0.8, -1.0]"  # as it would be typed in
    check_lookup(page)

    before = query_on(page)
    drag(page, -70, -40)
    assert (query_on(page) - before)[0] < -0.5
    check_lookup(page)
    assert ", ".join(f"{w} {text(page, f'share{i}')}" for i, w in enumerate(WORDS)) in status(page)


def test_lookup_scales_scores(opened):
    page = opened(
        lambda: drag_lookup(examples.keys, examples.values, WORDS, examples.query, scale=0.5)
    )
    check_lookup(page, scale=0.5)


def test_negative_values_can_be_mixed(opened):
    page = opened(lambda: drag_lookup([[1, 0], [0, 1]], [[-4], [2]], ["a", "b"], [0, 0],
                                      features=["f"]))  # fmt: skip
    assert number(page, "output0") == -1
    style = part(page, "outputbar0").get_attribute("style")
    assert "width: 16.6667%" in style and "margin-left: 50%" in style


RANDOM = np.random.default_rng(0)
ITEMS, WIDE_KEYS, WIDE_QUERY = "abcdef", RANDOM.normal(size=(6, 512)), RANDOM.normal(size=512)


def open_width(opened, theme=""):
    return opened(lambda: drag_width(WIDE_KEYS, ITEMS, WIDE_QUERY), theme=theme)


def check_width(page):
    d_k = int(text(page, "width"))
    scores = WIDE_KEYS[:, :d_k] @ WIDE_QUERY[:d_k]
    for side, scale in (("plain", 1), ("scaled", 1 / np.sqrt(d_k))):
        assert np.allclose(numbers(page, f"{side}score", 6), scale * scores, atol=0.00501)
        shares = softmax(scale * scores)
        assert [text(page, f"{side}share{i}") for i in range(6)] == percents(shares)
        widths = [part(page, f"{side}bar{i}").get_attribute("style") for i in range(6)]
        shown = [float(re.search(r"width: ([\d.e-]+)%", style)[1]) for style in widths]
        assert np.allclose(shown, 100 * shares, atol=0.01)
    return d_k


def test_width_agrees_at_the_start_by_keyboard_and_by_mouse(opened):
    page = open_width(opened)
    slider = part(page, "slider")
    assert check_width(page) == 4
    slider.focus()
    for d_k in (8, 16, 32, 64, 128, 256, 512, 512):
        page.keyboard.press("ArrowRight")
        assert check_width(page) == d_k
    assert slider.get_attribute("aria-valuetext") == "512 coordinates"
    page.keyboard.press("Home")
    assert check_width(page) == 4
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.97, box["y"] + box["height"] / 2)
    assert check_width(page) == 512
    assert re.fullmatch(
        r"512 coordinates\. Largest share: [a-f] \d+ % unscaled, [a-f] \d+ % scaled\.",
        status(page),
    )
    part(page, "reset").click()
    assert check_width(page) == 4


def test_width_takes_other_widths_and_refuses_what_does_not_fit(opened):
    page = opened(lambda: drag_width(np.eye(3), "abc", [1, 2, 3], widths=(1, 3)))
    part(page, "slider").press("End")
    assert text(page, "width") == "3"
    assert np.array_equal(numbers(page, "plainscore", 3), [1, 2, 3])
    for keys, labels, query, widths, says in [
        (np.eye(3), "ab", np.ones(3), (1,), "keys must"),
        (np.eye(3), "abc", np.ones(2), (1,), "query must"),
        (np.eye(3), "abc", np.ones(3), (1, 4), "widths must"),
        (np.eye(3), "abc", np.ones(3), (), "widths must"),
    ]:
        with pytest.raises(ValueError, match=says):
            drag_width(keys, labels, query, widths=widths)


@pytest.mark.parametrize("open_page", [open_similarity, open_shares, open_lookup, open_width])
def test_everything_that_moves_has_a_name_and_can_be_reached_by_tab(opened, open_page):
    page = open_page(opened)
    movable = page.locator("[data-part=handle], input, button")
    for index in range(movable.count()):
        element = movable.nth(index)
        assert element.evaluate("e => e.tabIndex") == 0
        name = element.evaluate(
            "e => e.getAttribute('aria-label') || (e.labels && e.labels[0] || e).textContent"
        )
        assert name.strip()
    assert part(page, "status").get_attribute("aria-live") == "polite"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.part") in ("handle", "slider0", "slider")


@pytest.mark.parametrize("open_page", [open_similarity, open_shares, open_lookup, open_width])
def test_keys_do_not_reach_the_page(opened, open_page):
    """JupyterLab would go to the next cell, a page of slides to the next slide."""
    page = open_page(opened)
    page.evaluate(
        "() => { window.heard = []; document.onkeydown = (event) => heard.push(event.key); }"
    )
    movable = page.locator("[data-part=handle], input, button")
    for index in range(movable.count()):
        element = movable.nth(index)
        assert element.get_attribute("data-lm-suppress-shortcuts") == "true"
        for key in ["ArrowDown", "ArrowRight", "Home", "PageDown", "Enter", "Space", "Tab"]:
            element.press(key)
    assert set(page.evaluate("heard")) == {"Tab"}


def test_words_cannot_break_the_page(opened):
    words = ["</script><b>", "a & 'b' \"c\""]
    page = opened(lambda: drag_similarity(np.eye(2), words, [1, 0]))
    assert page.locator("th[scope=row]").all_text_contents() == words
    assert page.locator("b").count() == 0
    assert words[0] in status(page)


def test_two_pictures_on_one_page_do_not_disturb_each_other(opened):
    one = lambda: drag_similarity(examples.keys, WORDS, examples.query)  # noqa: E731
    page = opened(one, one)
    handles = part(page, "handle")
    assert handles.count() == 2
    handles.nth(1).press("ArrowRight")
    assert part(page, "query").all_text_contents() == ["[1.0, 1.0]", "[1.1, 1.0]"]


@pytest.mark.parametrize("theme", ["", "body { background: #111; color: #eee }"])
@pytest.mark.parametrize("open_page", [open_similarity, open_shares, open_lookup, open_width])
def test_text_takes_the_colour_of_a_light_or_dark_page(opened, open_page, theme):
    page = open_page(opened, theme)
    inks = page.evaluate(
        "[...document.querySelectorAll('td, th, svg text, p, button')].map(e =>"
        " getComputedStyle(e)[e instanceof SVGElement ? 'fill' : 'color'])"
    )
    assert set(inks) == {"rgb(238, 238, 238)" if theme else "rgb(0, 0, 0)"}
