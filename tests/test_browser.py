"""The course as a learner sees it: JupyterLab in headless Chromium."""

import contextlib
import os
import re
import shutil
import time
from pathlib import Path

import nbformat
import pytest

from course_lib.lessons import ROOT, TRACKS, notebooks
from tests.chromium import browser_page, jupyterlab, open_notebook
from tests.lots import by_lot

LESSONS = sorted(str(path.relative_to(ROOT)) for path in notebooks())
TRIED = [
    path for track in TRACKS for path in by_lot([p for p in LESSONS if f"/{track}/" in p], 2, track)
]
START_PAGE = "notebooks/00_start_here.ipynb"
PATIENCE = 45  # seconds without any cell; on a busy machine a kernel may never hear of one
TRAINING = re.compile(
    r"translation\.train_translator\(\w+, corpus|writing\.train_writer\(\s*model, read"
)
END_KERNELS = """async () => {
  const headers = {"X-XSRFToken": (document.cookie.match(/_xsrf=([^;]+)/) || [])[1]};
  for (const session of await (await fetch("/api/sessions")).json())
    await fetch("/api/sessions/" + session.id, {method: "DELETE", headers});
}"""
PICTURES = os.environ.get("COURSE_SCREENSHOTS")  # a folder, for whoever wants to look at them


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the notebooks, since running one in JupyterLab saves it."""
    folder = tmp_path_factory.mktemp("course")
    for part in ("notebooks", "benchmarks/results"):  # lessons read the results of benchmarks
        shutil.copytree(ROOT / part, folder / part)
    return folder


@pytest.fixture(scope="module")
def lab(course, tmp_path_factory):
    """JupyterLab as start.py opens it, on a free port; yields its address."""
    with jupyterlab(course, tmp_path_factory.mktemp("settings"), opens=START_PAGE) as address:
        yield address


@pytest.fixture(scope="module")
def page():
    with browser_page(width=1280, height=900) as page:
        page.set_default_timeout(60_000)
        yield page


def look(page, name):
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{PICTURES}/{name}.png")


def saved(file):
    """Return a notebook as JupyterLab saved it; it may be writing it at this moment."""
    for _ in range(50):
        try:
            return nbformat.read(file, as_version=4)
        except nbformat.reader.NotJSONError:
            time.sleep(0.1)
    return nbformat.read(file, as_version=4)


def failed(cell):
    """Say whether a cell raised an error that it should not raise."""
    raised = any(output.output_type == "error" for output in cell.outputs)
    return raised and "raises-exception" not in cell.metadata.get("tags", [])


def test_the_start_page_opens_by_itself(page, lab):
    page.goto(f"{lab}/")
    page.wait_for_selector(".jp-Notebook .jp-RenderedMarkdown h1")
    assert "Attention, step by step" in page.inner_text(".jp-Notebook h1")
    page.wait_for_timeout(1500)
    assert page.locator(".Toastify__toast").count() == 0, "a pop-up covers the page"
    look(page, "start")


def test_a_link_on_the_start_page_opens_its_lesson(page, lab):
    open_notebook(page, lab, START_PAGE)
    page.locator(".jp-Notebook a", has_text="softmax").first.click()
    page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) h1:has-text('Softmax')")
    look(page, "link")


def test_a_drawn_task_is_shown_tried_and_checked(page, lab, course):
    """Lists and blocks of code in an output; what is run is what the notebook's cells say."""
    from playwright.sync_api import TimeoutError

    file = course / "notebooks/practice.ipynb"
    notebook = not_yet_run(nbformat.read(file, as_version=4))
    cells = {cell.id: cell for cell in notebook.cells}
    cells["mine"].source = "attention = task.specification.neighbours['look: all']"
    cells["try-it"].source = cells["try-it"].source.removeprefix("# ")
    cells["check"].source = cells["check"].source.removeprefix("# ")
    cells["check"].metadata["tags"] = ["raises-exception"]
    cells["fresh-task"].source = cells["fresh-task"].source.replace("# ", "")
    nbformat.write(notebook, file)
    page.wait_for_timeout(300)
    last = page.locator(".jp-CodeCell", has_text='practice("scores")')
    for _ in range(4):
        run_all(page, lab, "notebooks/practice.ipynb")
        with contextlib.suppress(TimeoutError):  # a busy machine asks for a kernel once more
            last.locator(".jp-OutputArea ol li").first.wait_for(timeout=1000 * PATIENCE)
            break
        page.evaluate(END_KERNELS)
    look(page, "practice")
    first = page.locator(".jp-CodeCell", has_text='practice("attention", seed=3)')
    first.scroll_into_view_if_needed()  # what is out of sight may not be drawn
    first.locator(".jp-OutputArea ol li").nth(6).wait_for()
    assert first.locator(".jp-OutputArea pre").count() == 2
    assert "weights" in first.inner_text() and "attention(*task.example)" in first.inner_text()
    verdict = page.locator(".jp-CodeCell", has_text="task.check(attention)").last
    verdict.scroll_into_view_if_needed()
    verdict.locator("text=Here nobody looks ahead.").wait_for()
    assert page.locator("text=Traceback").count() == 0
    page.evaluate(END_KERNELS)


def run_all(page, lab, path):
    open_notebook(page, lab, path)
    page.locator(".lm-MenuBar-itemLabel", has_text="Run").first.click()
    page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()


def not_yet_run(notebook):
    """Take a notebook's outputs away, and all but a few steps of its trainings.

    Trained to the end, it is run and compared with its outputs by nbval.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            cell.source = TRAINING.sub(r"\g<0>, steps=20", cell.source)
            cell.source = cell.source.replace("steps=800", "steps=20")  # what is compared with it
    return notebook


def test_all_long_trainings_are_known():
    found = {}
    for path in LESSONS:
        code = "\n".join(c.source for c in nbformat.read(ROOT / path, as_version=4).cells)
        short = len(re.findall(r"train_writer\(.*steps=", code))  # of a few steps anyway
        every = code.count("train_translator(") + code.count("train_writer(")
        assert every == short + len(TRAINING.findall(code)), path
        found |= {path: n} if (n := len(TRAINING.findall(code))) else {}
    assert list(found.values()) == [2, 1, 1], found


@pytest.mark.parametrize("path", [START_PAGE, *TRIED])
def test_run_all_is_clean(page, lab, course, path):
    file = course / path
    nbformat.write(not_yet_run(nbformat.read(file, as_version=4)), file)
    page.wait_for_timeout(300)
    run_all(page, lab, path)
    start = moved = time.monotonic()
    count = 0
    while time.monotonic() - start < 600:  # on a busy machine; a quiet one needs a tenth of it
        page.wait_for_timeout(700)
        page.keyboard.press("Control+s")
        page.wait_for_timeout(300)
        ran = [c for c in saved(file).cells if c.cell_type == "code" and c.source]
        if all(cell.execution_count for cell in ran) or any(map(failed, ran)):
            break
        now = sum(bool(cell.execution_count) for cell in ran)
        if now != count:
            count, moved = now, time.monotonic()
        elif not now and time.monotonic() - moved > PATIENCE:
            page.evaluate(END_KERNELS)
            run_all(page, lab, path)
            moved = time.monotonic()
    for cell in ran:
        assert not failed(cell), cell.source
    assert all(cell.execution_count for cell in ran), "not every cell came to its end"
    for cell in ran:
        assert not any(o.get("name") == "stderr" for o in cell.outputs), cell.source
    assert page.locator("mjx-merror").count() == 0, "a formula can't be drawn"
    assert page.locator("text=Math input error").count() == 0
    look(page, Path(path).parent.name + "-" + Path(path).stem)
    page.evaluate(END_KERNELS)  # thirty of them would fill the memory
