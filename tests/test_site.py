"""The site: built once, then read in a real browser as its readers would."""

import functools
import gzip
import http.server
import json
import os
import random
import re
import threading
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner

from course_lib.__main__ import main
from course_lib.exercises import examining, names
from course_lib.files.cells import Trouble
from course_lib.learner import placement
from course_lib.lessons import LESSONS, TRACKS
from course_lib.publishing.site import (
    answering,
    building,
    links,
    notebooks,
    pictures,
    players,
    siblings,
)
from tests.chromium import FLAGS, chromium, still

KINDS = (  # a page of each kind
    "index",
    "glossary",
    "intuition/08_self_attention",
    "code/03_lookup",
    "maths/09_multi_head",
    "exercises/intuition/02_softmax",
    "exercises/code/02_softmax",
    "misconceptions",
    "library",
    "players",
    "players/intuition_03_drag",
    "players/intuition_03_steps-player",
    "benchmarks",
    "lectures",
    "placement",
    "teaching",
    "plans",
    "unplugged",
    "progress",
    "running",
    "search",
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FIRST_VISIT = 1.5 * 2**20  # bytes, compressed: a heavy page with all that belongs to it


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the whole site, with a repository that is plainly made up."""
    target = tmp_path_factory.mktemp("site") / "site"
    building.build(target, repository="https://github.com/ada/attention")
    return target


@pytest.fixture(scope="module")
def served(site):
    """The address of a server of this machine that shows the site."""
    handler = functools.partial(Silent, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    path = chromium()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser):
    """A fresh page that fails the test for what it asks of the network or complains about."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    found = []
    opened.on("request", lambda r: found.append(r.url) if not r.url.startswith(LOCAL) else None)
    opened.on("console", lambda m: found.append(m.text) if m.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: found.append(str(error)))
    yield opened
    opened.close()
    assert not found


LOCAL = ("file:", "data:", "blob:", "http://127.0.0.1:")


def visit(page, site, name):
    page.goto((site / f"{name}.html").as_uri())
    page.wait_for_load_state("load")


# ---- the pages ---------------------------------------------------------------------------------


def test_every_lesson_is_a_page_with_its_exercises(site):
    for track in TRACKS:
        for lesson in LESSONS:
            assert (site / f"{lesson.place(track)}.html").exists()
            assert (site / "exercises" / f"{lesson.place(track)}.html").exists()


@pytest.fixture(scope="module")
def parsed(site):
    pages = [p for p in site.rglob("*.html") if not {"_static", "decks"} & set(p.parts)]
    return {p: BeautifulSoup(p.read_text(encoding="utf-8"), "html.parser") for p in pages}


def test_no_link_is_dead(site, parsed):
    anchors = {p: {t["id"] for t in soup.find_all(id=True)} for p, soup in parsed.items()}
    dead, count = [], 0
    for path, soup in parsed.items():
        for tag, name in (("a", "href"), ("link", "href"), ("img", "src"), ("script", "src")):
            for found in soup.find_all(tag, **{name: True}):
                address = urlparse(found[name])
                if address.scheme or address.netloc:
                    continue
                count += 1
                there = (path.parent / unquote(address.path)).resolve() if address.path else path
                part = unquote(address.fragment)
                if not there.is_file() or (part and part not in anchors.get(there, {part})):
                    dead.append(f"{path.relative_to(site)}: {found[name]}")
    assert count > 5000
    assert not dead


def test_pictures_are_files_with_both_sizes(parsed):
    seen = 0
    for path, soup in parsed.items():
        for image in soup.select("figure img"):
            seen += 1
            assert not image["src"].startswith("data:"), path
            assert int(image["width"]) > 0 and int(image["height"]) > 0 and len(image["alt"]) > 14
    assert seen > 50


def test_the_first_visit_of_the_heaviest_pages_is_light(site, parsed):
    weights = {path: len(gzip.compress(path.read_bytes())) for path in parsed}
    for path, soup in parsed.items():
        for tag, name in (("link", "href"), ("img", "src"), ("script", "src")):
            for found in soup.find_all(tag, **{name: True}):
                file = (path.parent / found[name].partition("?")[0]).resolve()
                if file.is_file() and file.suffix != ".ico":
                    content = file.read_bytes()
                    weights[path] += min(len(content), len(gzip.compress(content)))
    heaviest = max(weights, key=weights.get)
    assert weights[heaviest] < FIRST_VISIT, f"{heaviest}: {weights[heaviest]} bytes"


def test_a_question_leads_to_the_same_question_in_the_other_tracks(parsed, site):
    lesson = LESSONS[2]
    page = parsed[site / "intuition" / f"{lesson.stem}.html"]
    heading = page.find(id="where-can-the-answer-lie")
    there = {a.get_text(): a["href"] for a in heading.select(".course-siblings a")}
    assert there == {
        "code": f"../code/{lesson.stem}.html#is-the-answer-one-of-the-values",
        "maths": f"../maths/{lesson.stem}.html#where-can-the-answer-lie",
    }


def test_most_questions_have_siblings():
    asked = sum(len(siblings.headings(lesson.path(t))) for lesson in LESSONS for t in TRACKS)
    told = sum(bool(cell) for rows in siblings.rows().values() for row in rows for cell in row)
    assert told > asked / 2


def test_a_row_of_siblings_that_fits_no_lesson_is_named(tmp_path, monkeypatch):
    file = tmp_path / "siblings.toml"
    file.write_text('03 = [["roles", "nowhere", ""]]')
    monkeypatch.setattr(siblings, "FILE", file)
    with pytest.raises(Trouble, match=r"lesson 03: code/03_lookup has no heading cell 'nowhere'"):
        siblings.rows.__wrapped__()


def test_a_result_waits_for_its_guess(parsed, site):
    page = parsed[site / "code" / "05_matrix_form.html"]
    folded = [d for d in page.select("details") if notebooks.SHOW in d.summary.get_text()]
    assert len(folded) > 3 and not any(d.has_attr("open") for d in page.select("details"))


# ---- in a browser ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def axe():
    path = os.environ.get("AXE")
    if not path:
        missing = "THE PAGES WERE NOT CHECKED: say where axe-core is: AXE=/path/to/axe.min.js"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    return Path(path).read_text(encoding="utf-8")


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
@pytest.mark.parametrize("name", KINDS)
def test_axe_finds_nothing_and_nothing_is_too_wide(page, site, axe, name, look):
    page.emulate_media(color_scheme="dark" if look == "dark" else "light")
    if look == "phone":
        page.set_viewport_size({"width": 390, "height": 844})
    visit(page, site, name)
    page.wait_for_function("!window.MathJax?.startup || MathJax.startup.promise.then(() => true)")
    page.evaluate(axe)
    still(page)
    run = f"axe.run(document, {{preload: false, runOnly: {json.dumps(RULES)}}})"
    found = page.evaluate(f"{run}.then(r => r.violations.map(v => [v.id, v.nodes[0].html]))")
    assert not found
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_formulas_are_typeset(page, site):
    visit(page, site, "maths/04_scaling")
    page.wait_for_selector("mjx-container svg")
    assert page.locator("mjx-merror, [data-mjx-error]").count() == 0


@pytest.mark.parametrize("words", ["softmax", "mask", "why divide"])
def test_search_finds(page, served, words):
    """Served, since the excerpts below what is found are fetched: browsers let no file do that."""
    page.goto(f"{served}search.html?q={words.replace(' ', '+')}")
    page.wait_for_selector("ul.search li")
    first = page.locator("ul.search li a").first.get_attribute("href")
    lesson = {"softmax": "02_softmax", "mask": "05_matrix_form", "why divide": "04_scaling"}[words]
    found = [link.get_attribute("href") for link in page.locator("ul.search li a").all()]
    assert any(lesson in address for address in found), first


PLAYABLE = list(players.playable())


@pytest.mark.parametrize("each", PLAYABLE, ids=lambda each: each.page)
def test_every_player_and_every_picture_to_drag_goes_by_keys_on_its_page(page, site, each):
    visit(page, site, each.page.removesuffix(".html"))
    part = page.locator(".course-player, .course-drag")
    before = part.inner_text()
    here = "!!document.activeElement.closest('.course-player, .course-drag')"
    for _ in range(12):  # Tab leads to what listens to the arrows; a slider or a tip does, too
        page.keyboard.press("Tab")
        for key in ("ArrowRight", "Shift+ArrowRight", "ArrowUp", "End", "ArrowDown"):
            page.keyboard.press(key)
        if page.evaluate(here):  # a button goes by Enter; a link elsewhere would lead away
            page.keyboard.press("Enter")
        if part.inner_text() != before:
            return
    pytest.fail(f"{each.page}: no key changed anything")


def test_a_player_goes_back_by_keys(page, site):
    visit(page, site, "players/intuition_03_steps-player")
    sentence = page.locator('[data-part="sentence"]')
    first = sentence.text_content()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert sentence.text_content() != first
    page.keyboard.press("ArrowLeft")
    assert sentence.text_content() == first


def test_on_paper_every_fold_is_open(page, site):
    visit(page, site, "intuition/03_lookup")
    assert page.locator("article details:not([open])").count() > 5
    page.pdf()
    assert page.locator("article details:not([open])").count() == 0


def test_a_picture_is_dragged_by_keys_on_its_lesson(page, site):
    visit(page, site, "intuition/03_lookup")
    widget = page.locator(".course-drag").first
    before = widget.text_content()
    widget.locator("[tabindex='0']").first.focus()
    page.keyboard.press("Shift+ArrowRight")
    assert widget.text_content() != before


def test_the_map_leads_to_lessons(page, site):
    visit(page, site, "index")
    page.locator("g[data-lesson='3']").first.click()
    page.wait_for_url("**/intuition/03_lookup.html")


def test_misconceptions_are_filtered(page, site):
    visit(page, site, "misconceptions")
    every = page.locator("article li:visible").count()
    page.fill("#course-filter", "mask diagonal")
    some = page.locator("article li:visible").count()
    assert 0 < some < every / 20
    assert page.locator("#course-found").text_content() == f"{some} of {every}"


# ---- questions answered on the page ------------------------------------------------------------

TYPED = (  # what people type: letters, numbers in many ways, and what can't be read
    "a", "B.", "(c)", " “d” ", "xyz", "", "...", "1,234", "1,5", "12,5 %", "= −3", "x = 4", "1/4",
    "−5/2", "1/0", "1e3", "0", "-0", "0.0", "1_0", "it's", 'say "no"', "both ' and \"", "a\\b",
    "2;3", "[1, 2]", "1 2 3", "0,25; 1,5", "−1 000", "∞", "nan", "½", "99999999", "1234567.8",
    "0.000012345", "tea > milk", "3.", "+ 4", "５", "a b", "--", "1 %", "100", "25600.25",
    "−¼", "1½", "25 percent", "3 Per cent; 4 per\u00a0cent", "0.25.", "`5`", "$-2$", "½, ¼", "2..",
    "two\u2009thirds", "zero\u200bwide", "\U000e0001 tag", "a\rb\nc",
)  # fmt: skip


def typed_for(table):
    """Every known answer, and numbers just inside and outside of what is near enough."""
    for value, *_ in table["replies"]:
        if isinstance(value, str):
            yield from (value, value.upper(), f"({value})")
        elif isinstance(value[0], str):
            yield from (" ".join(value), ", ".join(value).title())
        else:
            for part in (0, 0.99, -0.99, 1.01, -1.01):
                yield "; ".join(repr(number + part * table["within"]) for number in value)


@pytest.fixture(scope="module")
def answered(site, browser):
    """Let the page's own script reply: (table, texts) -> replies."""
    page = browser.new_page()
    page.goto((site / "progress.html").as_uri())
    ask = "([table, texts]) => texts.map((text) => Answering.reply(table, text)[0])"
    yield lambda table, texts: page.evaluate(ask, [table, texts])
    page.close()


@pytest.mark.parametrize("name", [n for n in names() if answering.table(n)])
def test_a_page_replies_word_for_word_as_the_notebook(answered, name):
    table = answering.table(name)
    texts = [*TYPED, *typed_for(table)]
    for text, reply in zip(texts, answered(table, texts), strict=True):
        assert reply == examining.examine(name, text, variant="course").message, repr(text)


def test_numbers_are_written_as_python_writes_them(site, browser):
    rng = random.Random(0)
    numbers = [rng.uniform(-1, 1) * 10 ** rng.randint(-9, 12) for _ in range(500)]
    numbers += [999999.5, 123456.5, 123457.5, 1e-5, 0.0001, 1e5, 1e6, -0.0, 0.5]
    page = browser.new_page()
    page.goto((site / "progress.html").as_uri())
    written = page.evaluate("(numbers) => numbers.map(Answering.general)", numbers)
    page.close()
    assert written == [f"{number:g}" for number in numbers]


def test_most_questions_of_the_intuition_track_are_answered_on_their_page():
    asked = [name for name in names() if name.startswith("i")]
    told = [name for name in asked if answering.table(name)]
    assert len(told) >= 0.8 * len(asked)


def test_what_was_passed_is_kept_saved_and_forgotten_in_the_browser(page, site):
    visit(page, site, "exercises/intuition/03_lookup")
    form = page.locator("form[data-exercise='i03_mix']")
    form.locator("input").fill("7")
    form.locator("button").click()
    said = form.locator("output").inner_text()
    assert said.replace("\n", " ") == examining.examine("i03_mix", "7").message.replace("\n", " ")
    assert form.locator("output a").get_attribute("href").endswith("#why-mix-and-not-take-the-best")
    form.locator("input").fill("7,5")
    page.keyboard.press("Enter")
    assert form.locator("output").inner_text().startswith("✓ i03_mix: 1 of 1 points.")
    page.reload()
    assert "You have passed" in form.locator("output").inner_text()
    visit(page, site, "progress")
    place = page.locator("#course-progress")
    assert "1 question: i03_mix" in place.inner_text()
    with page.expect_download() as saved:
        place.get_by_role("button", name="Save").click()
    assert json.loads(Path(saved.value.path()).read_text()) == ["i03_mix"]
    place.get_by_role("button", name="Forget").click()
    assert "Nothing passed yet" in place.inner_text()


def test_the_placement_test_leads_where_the_notebook_leads(page, site):
    visit(page, site, "placement")
    rng = random.Random(1)
    place = "JSON.parse(document.querySelector('#course-placement script').textContent)"
    for _ in range(200):
        letters = "".join(rng.choices("abcd?", k=10))
        found = page.evaluate(f"(letters) => Placement.placed({place}, [...letters])", letters)
        where = placement.placed(letters)
        assert found["track"] == where.track and found["lesson"] == where.lesson.number
        assert found["why"] == where.why
        assert [tuple(each) for each in found["told"]] == list(where.told)
    page.locator("input[name='q1'][value='a']").check()
    page.locator("input[name='q3'][value='a']").check()
    page.get_by_role("button", name="Where do I begin?").click()
    said = page.locator("#course-placement output")
    assert "Begin with 01 Similarity, code." in said.inner_text()
    said.locator("a").nth(1).click()
    page.wait_for_url("**/code/01_similarity.html#which-single-number-says-how-alike-*")


# ---- settings and mistakes ---------------------------------------------------------------------


def test_ways_to_run_it_come_from_the_repository(parsed, site):
    page = parsed[site / "code" / "02_softmax.html"]
    there = {a.get_text(): a["href"] for a in page.select(".course-run a")}
    binder = "https://mybinder.org/v2/gh/ada/attention/HEAD?urlpath=lab%2Ftree%2Fnotebooks%2Fcode"
    assert there["Binder"] == f"{binder}%2F02_softmax.ipynb"
    assert there["Codespaces"] == "https://codespaces.new/ada/attention"
    assert there["Report a mistake"].startswith("https://github.com/ada/attention/issues/new?")
    assert (site / "code" / there["Download the notebook"]).resolve().is_file()


def test_without_a_repository_there_are_no_such_links():
    line = links.Links().of_lesson(LESSONS[1], "code")
    assert "http" not in line and "Download the notebook" in line


@pytest.mark.parametrize("address", ["ada/attention", "http://example.org/x", "javascript:x"])
def test_an_address_that_is_none_is_refused(address, tmp_path):
    told = CliRunner().invoke(main, ["site", "-o", str(tmp_path), "--repository", address])
    assert told.exit_code == 2 and "--repository must be an address such as" in told.output


def test_a_folder_with_other_files_is_not_written_over(tmp_path):
    (tmp_path / "thesis.txt").write_text("ten years")
    told = CliRunner().invoke(main, ["site", "-o", str(tmp_path)])
    assert told.exit_code == 2 and "no site of this course" in told.output
    assert (tmp_path / "thesis.txt").read_text() == "ten years"


def test_a_missing_package_is_named_with_its_cure(monkeypatch):
    monkeypatch.setattr(building, "find_spec", lambda name: None if name == "furo" else True)
    with pytest.raises(Trouble, match=r"The site needs furo, .* python3 start.py site"):
        building.ready()


def test_a_picture_becomes_a_file():
    png = (
        "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR4nGP4z8AARAwQCgAb7gP9c0GY3gAAAABJRU5ErkJg"
        "gg=="
    )
    files = {}
    image = f'<img alt="Two dots, red." width="40" style="x" src="data:image/png;base64,{png}">'
    shown = pictures.fitted(image, "../", files)
    (name,) = files
    assert 'width="40" height="20"' in shown and f'src="../_static/pictures/{name}"' in shown
    assert re.fullmatch(r"[0-9a-f]{16}\.png", name)
