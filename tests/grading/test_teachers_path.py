"""The whole way in a real browser: answers typed in JupyterLab, marked, the feedback page read."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from course_lib.files import cells
from course_lib.grading import releases
from course_lib.lessons import ROOT
from tests.chromium import browser_page, jupyterlab, open_notebook
from tests.grading.handed_in import RIGHT

PICTURES = os.environ.get("COURSE_SCREENSHOTS")  # a folder, for whoever wants to look at them
TYPED = {
    "ada": RIGHT,
    "bob": {
        "softmax": "def softmax(scores, axis=-1):\n"
        "    e = np.exp(scores - scores.max())\n    return e / e.sum()"
    },
    "eve": {},
}


def type_answers(page, lab, path, answers):
    """Replace the stubs of a notebook by typing, as a student does, and save it."""
    open_notebook(page, lab, path)
    for name, text in answers.items():
        cell = page.locator(".jp-CodeCell", has_text=f"def {name}(").first
        cell.scroll_into_view_if_needed()
        cell.locator(".cm-content").click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(text.strip() + "\n")
    page.keyboard.press("Control+s")
    page.wait_for_timeout(1500)


def test_from_release_to_the_feedback_page(tmp_path, needs_walls):
    folder = releases.release("code/02_softmax", tmp_path / "class")
    handed_in = tmp_path / "handed-in"
    for student in TYPED:
        (handed_in / student).mkdir(parents=True)
        shutil.copy(folder / "02_softmax.ipynb", handed_in / student)
    (tmp_path / "settings").mkdir()
    with (
        browser_page(width=1100, height=1000) as page,
        jupyterlab(handed_in, tmp_path / "settings", opens="ada/02_softmax.ipynb") as lab,
    ):
        page.set_default_timeout(60_000)
        for student, answers in TYPED.items():
            type_answers(page, lab, f"{student}/02_softmax.ipynb", answers)
            look(page, f"typed-{student}")
        for student, answers in TYPED.items():
            saved = cells.read(handed_in / student / "02_softmax.ipynb")["cells"]
            for name, text in answers.items():
                (cell,) = [cell for cell in saved if cells.grade_id(cell) == name]
                assert cells.source(cell).strip() == text.strip()

        command = [sys.executable, "-m", "course_lib", "grade", str(folder), str(handed_in)]
        ran = subprocess.run(
            [*command, "-o", str(tmp_path / "marks")], capture_output=True, text=True, cwd=ROOT
        )
        assert ran.returncode == 0, ran.stderr
        assert "ada                      11 of 11" in ran.stdout

        page.goto((tmp_path / "marks" / "feedback" / "bob.html").as_uri())
        text = page.inner_text("body")
        assert "What happened" in text and "Where to look" in text
        assert "return e / e.sum()" in text and "not attempted yet" in text
        look(page, "feedback")
        page.goto((tmp_path / "marks" / "summary.html").as_uri())
        shown = "document.querySelector('img').naturalWidth"
        assert page.evaluate(shown) > 300, "the picture of the class is not shown"
        look(page, "summary")


def look(page, name):
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=name in ("feedback", "summary"))
