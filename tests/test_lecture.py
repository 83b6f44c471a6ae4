"""JupyterLab for a projector: what `start.py --lecture` sets is what the last row sees."""

import os
import shutil
import subprocess
import sys

import pytest

from course_lib.lessons import ROOT
from start import SIGN, lecture_options, write_lecture_settings
from tests.chromium import browser_page, jupyterlab

LESSON = "notebooks/code/03_lookup.ipynb"
READ = ("prose", "code", "output", "widget")
MEASURE = """() => {
  const size = (selector) => {
    const part = document.querySelector(selector);
    return part ? parseFloat(getComputedStyle(part).fontSize) : 0;
  };
  return {
    prose: size(".jp-Notebook .jp-RenderedMarkdown p"),
    code: size(".jp-Notebook .cm-content"),
    output: size(".jp-Notebook .jp-OutputArea pre"),
    widget: size(".jp-Notebook .course-drag table td, .jp-Notebook .course-drag"),
    numbers: document.querySelectorAll(".jp-Notebook .cm-lineNumbers").length,
    side: document.querySelector("#jp-left-stack")?.getBoundingClientRect().width || 0,
    mode: document.querySelector("#main").dataset.shellMode,
  };
}"""


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)], ids=str)
def test_the_last_row_can_read_code_prose_outputs_and_sliders(tmp_path, monkeypatch, size):
    course, settings = tmp_path / "course", tmp_path / "lecture"
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    (course / LESSON).parent.mkdir(parents=True)
    shutil.copy(ROOT / LESSON, course / LESSON)
    subprocess.run([sys.executable, "-c", SIGN, str(course / LESSON)], check=True, env=os.environ)
    write_lecture_settings(settings)
    # an option that stands twice is none: the fixture names the folders itself
    options = [each for each in lecture_options(str(settings)) if "custom_css" in each]
    with jupyterlab(course, settings, opens=LESSON, options=options) as address:
        with browser_page(width=size[0], height=size[1]) as page:
            page.set_default_timeout(60_000)
            page.goto(f"{address}/doc/tree/{LESSON}")
            page.wait_for_selector(".jp-Notebook .jp-RenderedMarkdown h1")
            page.wait_for_function(
                "getComputedStyle(document.documentElement)"
                ".getPropertyValue('--jp-code-font-size').includes('20px')"
            )
            seen = page.evaluate(MEASURE)
            for _ in range(60):  # only what is near the eye is drawn: go down to the slider
                page.locator(".jp-WindowedPanel-outer").first.evaluate(
                    "(outer) => outer.scrollBy(0, 600)"
                )
                page.wait_for_timeout(100)
                now = page.evaluate(MEASURE)
                seen = now | {key: max(seen[key], now[key]) for key in READ}
                if all(seen[key] for key in READ):
                    break
    assert seen["prose"] >= 22 and seen["code"] >= 20 and seen["output"] >= 20
    assert seen["widget"] >= 20
    assert seen["numbers"] == 0 and seen["side"] == 0 and seen["mode"] == "single-document"
