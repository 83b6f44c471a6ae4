"""Drawings in JupyterLab: the map leads to lessons, a player plays; untrusted, both are tidy."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from course_lib.files import cells
from course_lib.lessons import NOTEBOOKS, ROOT
from start import SIGN
from tests.chromium import browser_page, jupyterlab

LESSON = "notebooks/intuition/03_lookup.ipynb"
KEPT = ("title", "machine", "steps-player")  # JupyterLab draws only the cells that are in sight
CONTRAST = """(svg) => {
  const channels = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((c) => Number(c) / 255);
  const light = (colour) => {
    const [r, g, b] = colour.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = document.createElement("i");
  paper.style.color = getComputedStyle(document.body).getPropertyValue("--jp-layout-color0");
  document.body.append(paper);
  const [ink, ground] = [svg, paper].map((e) => channels(getComputedStyle(e).color));
  const pale = Math.min(1, ...[...svg.querySelectorAll("g[opacity]:has(text)")]
    .map((g) => Number(g.getAttribute("opacity"))));
  const two = [ink.map((c, i) => pale * c + (1 - pale) * ground[i]), ground].map(light);
  return (Math.max(...two) + 0.05) / (Math.min(...two) + 0.05);
}"""


@pytest.fixture(params=["JupyterLab Light", "JupyterLab Dark"])
def theme(request):
    return request.param


@pytest.fixture
def lab(tmp_path, theme, monkeypatch):
    """JupyterLab with three cells of a lesson, as they are stored; yields (address, sign)."""
    course, settings = tmp_path / "course", tmp_path / "settings"
    settings.mkdir()
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))  # signed by nobody yet
    (course / LESSON).parent.mkdir(parents=True)
    notebook = cells.read(ROOT / LESSON)
    notebook["cells"] = [c for c in notebook["cells"] if c["id"] in KEPT]
    cells.write(notebook, course / LESSON)
    shutil.copy(NOTEBOOKS / "intuition" / "05_matrix_form.ipynb", (course / LESSON).parent)
    themes = settings / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"
    themes.parent.mkdir(parents=True)
    themes.write_text(json.dumps({"theme": theme}))

    def sign():
        command = [sys.executable, "-c", SIGN, str(course / LESSON)]
        subprocess.run(command, check=True, capture_output=True, env=os.environ)

    with jupyterlab(course, settings, opens=LESSON) as address:
        yield address, sign


@pytest.fixture
def page():
    with browser_page(width=1280, height=2400) as page:
        page.set_default_timeout(60_000)
        yield page


def test_drawings_in_jupyterlab(page, lab):
    address, sign = lab
    page.goto(f"{address}/lab/tree/{LESSON}?reset")
    page.wait_for_selector("figure.course-player")
    machine, player = page.locator(".jp-Notebook figure").all()
    assert page.locator(".jp-Notebook figure svg").count() == 0  # not trusted: words alone
    words = machine.inner_text()
    assert words.startswith("A map of the machine.") and "You are here: mix" in words
    assert words.count("softmax") == 0 and player.locator("li").count() > 2

    sign()
    page.goto(f"{address}/lab/tree/{LESSON}?reset")
    page.wait_for_selector("figure.course-player svg")
    machine, player = page.locator(".jp-Notebook figure").all()
    for figure in (machine, player):
        assert figure.locator("svg:visible").evaluate(CONTRAST) >= 4.5

    sentence = player.locator('[data-part="sentence"]')
    first = sentence.inner_text()
    player.get_by_role("button", name="forward").click()
    second = sentence.inner_text()
    assert second != first and sentence.get_attribute("aria-live") == "polite"
    page.keyboard.press("ArrowRight")
    third = sentence.inner_text()
    assert third not in (first, second)
    page.keyboard.press("ArrowLeft")
    assert sentence.inner_text() == second
    player.get_by_role("button", name="forward").click()
    player.get_by_role("button", name="back").click()
    assert sentence.inner_text() == second and third != second
    page.keyboard.press("Home")
    assert sentence.inner_text() == first
    assert player.locator("[data-from='1']").first.evaluate("e => e.style.visibility") == "hidden"

    machine.locator("svg:visible g[data-lesson='5']").click()
    page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) h1:has-text('Matrix form')")
