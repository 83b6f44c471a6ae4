"""What a learner has passed: the records, the grid, and the worked answer after honest tries."""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from types import SimpleNamespace

import nbformat
import pytest
from click.testing import CliRunner
from nbclient import NotebookClient
from nbval.plugin import get_sanitize_patterns

from course_lib import __main__ as commands
from course_lib.learner import offers, progress, tries, workspace
from course_lib.learner.grid import grid
from course_lib.lessons import LESSONS
from tests import learner_course as small

SANITISE = workspace.ROOT / "tests" / "nbval_sanitise.cfg"
WRONG = ["lambda x, axis=-1: x", "lambda x, axis=-1: x - 1", "lambda x, axis=-1: x + 1"]


def report(name="softmax", *, passed=False, attempted=True, earned=2, points=6):
    return SimpleNamespace(
        name=name, passed=passed, attempted=attempted, earned=earned, points=points
    )


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A learner's folder, which is where the notebook runs."""
    (tmp_path / "my_work" / "code").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "my_work" / "code")
    return tmp_path / "my_work"


@pytest.fixture
def root(tmp_path, folder):
    """A small course: two lessons in code, one of them also in maths; nothing passed."""
    small.course(tmp_path)
    small.course(tmp_path, small.notebook(small.exercise("lookup")), lesson="code/03_lookup")
    small.course(tmp_path, small.notebook(small.exercise("query_for")), lesson="maths/03_lookup")
    return tmp_path


def passes(*names):
    for name in names:
        tries.remember(report(name, passed=True))


# Records -------------------------------------------------------------------------------------


def test_tries_count_until_it_is_passed_and_a_pass_stays(folder):
    assert [tries.remember(report()) for _ in range(2)] == [1, 2]
    assert tries.remember(report(passed=True, earned=6)) == 2
    assert tries.remember(report(earned=1)) == 2
    record = tries.recall(folder)["softmax"]
    assert (record["passed"], record["best"], record["points"]) == (True, 6, 6)
    tries.forget(folder, "softmax")
    tries.forget(folder, "softmax")
    assert tries.recall(folder) == {}


def test_what_was_not_attempted_and_what_runs_elsewhere_leave_no_record(folder, monkeypatch):
    assert tries.remember(report(attempted=False)) == 0
    monkeypatch.chdir(folder.parent)
    assert tries.remember(report(passed=True)) == 0
    assert list(folder.parent.rglob("*.json")) == []


def test_the_same_wrong_answer_again_is_no_new_try(folder):
    def define(code):
        return eval(code)

    assert [tries.remember(report(), define(WRONG[0])) for _ in range(3)] == [1, 1, 1]
    assert tries.remember(report(), define(WRONG[1])) == 2
    assert tries.remember(report(), define(WRONG[0])) == 2
    assert tries.remember(report("letter"), "b") == 1
    assert tries.remember(report("letter"), "b") == 1
    assert tries.remember(report("letter"), "c") == 2
    for body, count in [("return 1", 1), ("return 1", 1), ("return 2", 2)]:
        space = {}
        exec(f"class Layer:\n    def forward(self):\n        {body}", space)
        assert tries.remember(report("Layer"), space["Layer"]) == count


HELPED = """
import functools
import numpy as np
rate = {rate}
def inner(x): return x {sign} rate
class Kept:
    by = {by}
def outer(x): return inner(x) * Kept.by
def made(extra):
    return lambda x: outer(x) + extra
softmax = {answer}
"""


def test_an_answer_that_leans_on_another_helper_is_another_try(folder):
    usual = {"rate": 1, "sign": "+", "by": 2, "answer": "outer"}
    others = [
        {"sign": "-"},
        {"rate": 3},
        {"by": 5},
        {"answer": "made(1)"},
        {"answer": "made(2)"},
        {"answer": "functools.partial(outer, x=1)"},
        {"answer": "functools.partial(outer, x=2)"},
        {"answer": "lambda x, *, by=inner: by(x)"},
    ]
    for count, change in enumerate([{}, *others], 1):
        for _ in range(2):
            space = {"__name__": "__main__"}
            exec(HELPED.format(**usual | change), space)
            assert tries.remember(report(), space["softmax"]) == count, change


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", "3", '{"passed": true}', '{"passed":1,"tries":[]}']
)
def test_a_damaged_record_counts_as_none_and_is_mended(folder, damage):
    passes("dot")
    (folder / ".progress" / "softmax.json").write_text(damage)
    assert list(tries.recall(folder)) == ["dot"]
    assert tries.remember(report()) == 1
    assert sorted(tries.recall(folder)) == ["dot", "softmax"]


# The grid ------------------------------------------------------------------------------------


def test_the_grid_has_every_lesson_in_three_tracks_and_counts_what_was_passed(root):
    passes("softmax", "query_for", "an exercise that no longer exists")
    places = grid(root)
    assert {key: place.count for key, place in places.items()} == {
        ("02_softmax", "code"): "1 of 2",
        ("03_lookup", "code"): "0 of 1",
        ("03_lookup", "maths"): "1 of 1 ✓",
    }
    lines = progress.as_text(places, root).splitlines()
    assert lines[0].split() == ["intuition", "code", "maths"]
    assert lines[len(LESSONS) + 1] == ""
    assert lines[2].split() == ["02", "softmax", "–", "1", "of", "2", "–"]
    assert lines[3].split() == ["03", "lookup", "–", "0", "of", "1", "1", "of", "1", "✓"]
    assert lines[len(LESSONS) + 2] == "2 of 4 exercises are passed."


def test_lessons_of_the_course_are_the_ones_of_the_grid():
    found = {lesson.split("/")[1] for lesson in workspace.exercises()}
    assert found and found <= {lesson.stem for lesson in LESSONS}


def next_step(root):
    return offers.next_step(grid(root), root)


def test_what_comes_next_follows_the_exercise_that_was_checked_last(root, monkeypatch):
    clock = iter(range(100, 200))
    monkeypatch.setattr(tries.time, "strftime", lambda _: str(next(clock)))
    assert "choose your track" in next_step(root)
    tries.remember(report("softmax"))
    assert next_step(root) == "Next: softmax in my_work/code/02_softmax.ipynb"
    passes("softmax")
    assert next_step(root) == "Next: temperature_softmax in my_work/code/02_softmax.ipynb"
    passes("lookup")
    assert next_step(root) == "Next: temperature_softmax in my_work/code/02_softmax.ipynb"
    passes("temperature_softmax")
    assert (
        next_step(root) == "Every exercise of the code track is passed. The maths track has more."
    )
    passes("query_for")
    assert next_step(root) == "Every exercise of the maths track is passed."


def test_the_command_prints_the_grid_of_the_course():
    done = CliRunner().invoke(commands.main, ["progress"])
    assert done.exit_code == 0, done.output
    rows = [" ".join(line.split()[:2]) for line in done.output.splitlines()[1:11]]
    assert rows[0] == "01 similarity" and rows[9] == "10 transformer"


class Page(HTMLParser):
    """What is in a page: its tags with their attributes, and text inside data-progress."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.mine, self._open = [], [], False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        assert not self._open, "an element with data-progress holds nothing but text"
        self.tags.append((tag, dict(attributes)))
        self._open = "data-progress" in dict(attributes)

    def handle_endtag(self, tag):
        self._open = False

    def handle_data(self, data):
        if self._open:
            self.mine.append(data)


def page(root, *, quiet=False):
    places = grid(root, quiet=quiet)
    return progress._as_page(places, offers.next_step(places, root))


def test_the_page_is_a_table_that_a_screen_reader_can_follow(root):
    passes("softmax")
    found = Page(page(root))
    assert [a.get("scope") for tag, a in found.tags if tag == "th"] == ["col"] * 4 + ["row"] * 10
    assert "caption" in [tag for tag, _ in found.tags]
    links = [a for tag, a in found.tags if tag == "a"]
    assert [a["href"] for a in links] == [
        "../my_work/code/02_softmax.ipynb",
        "../my_work/code/03_lookup.ipynb",
        "../my_work/maths/03_lookup.ipynb",
    ]
    assert len({a["aria-label"] for a in links}) == len(links)
    assert found.mine[:3] == ["1 of 2", "0 of 1", "0 of 1"]


def test_nbval_overlooks_what_was_passed_and_nothing_else(root):
    def sanitised(text):
        for pattern, replacement in get_sanitize_patterns(SANITISE.read_text()):
            text = re.sub(pattern, replacement, text)
        return text

    empty = page(root)
    passes("softmax", "temperature_softmax", "lookup")
    full = page(root)
    assert full != empty
    assert sanitised(full) == sanitised(empty)
    small.course(root, small.notebook(small.exercise("other")), lesson="intuition/01_similarity")
    assert sanitised(page(root)) != sanitised(empty), "a lesson that appears must be seen"


# In a real kernel, and elsewhere -------------------------------------------------------------


def run(path, *sources):
    """Run cells in a fresh kernel in a folder; return their outputs."""
    path.mkdir(parents=True, exist_ok=True)
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    client = NotebookClient(
        made,
        kernel_name="python3",
        timeout=60,
        allow_errors=True,
        resources={"metadata": {"path": path}},
    )
    client.execute()
    return [cell.outputs for cell in made.cells]


def a_solution(root):
    solution = small.notebook(small.exercise("softmax"))
    small.cell(solution, "softmax")["source"] = (
        "def softmax(scores, axis=-1):\n"
        "    ### BEGIN SOLUTION\n    return 'a < b'\n    ### END SOLUTION"
    )
    return small.save(solution, root / "notebooks" / "solutions" / "code" / "02_softmax.ipynb")


def wrong_tries(root, *, count):
    solutions = str(root / "notebooks" / "solutions")
    yield (
        "from pathlib import Path\nfrom course_lib.exercises import check\n"
        "from course_lib.learner import offers, progress\n"
        f"offers.SOLUTIONS = Path({solutions!r})"
    )
    for wrong in WRONG[:count]:
        yield f"check('softmax', {wrong})"


@pytest.fixture
def library_for_kernels(monkeypatch):
    paths = [str(workspace.ROOT), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    monkeypatch.delenv("COURSE_QUIET", raising=False)


def test_after_three_honest_tries_the_worked_answer_is_there_folded(
    root, library_for_kernels, monkeypatch
):
    a_solution(root)
    monkeypatch.chdir(root)
    show = f"progress.show_progress({str(root)!r})"
    outputs = run(root / "my_work" / "code", *wrong_tries(root, count=3), show)
    kinds = [[o.output_type for o in cell] for cell in outputs]
    assert kinds == [[], ["error"], ["error"], ["display_data", "error"], ["display_data"]]
    offered = outputs[3][0].data["text/html"]
    assert offered.startswith("<details><summary>Three honest tries") and "open" not in offered
    assert "return &#x27;a &lt; b&#x27;" in offered and "SOLUTION" not in offered
    assert all(o[-1].ename == "CheckFailed" for o in outputs[1:4])
    assert tries.recall(root / "my_work")["softmax"]["tries"] == 3
    shown = outputs[4][0].data
    assert "0 of 2" in shown["text/html"] and "Next: softmax in" in shown["text/html"]
    assert "python -m course_lib progress" in shown["text/plain"]


def test_while_outputs_are_stored_the_grid_is_the_one_of_a_newcomer(root, monkeypatch, capsys):
    monkeypatch.delenv("COURSE_QUIET", raising=False)
    passes("softmax")
    pages = []
    monkeypatch.setattr(progress, "show_page", lambda page, text: pages.append(page))
    progress.show_progress(root)
    monkeypatch.setenv("COURSE_QUIET", "1")
    progress.show_progress(root)
    assert "1 of 2" in pages[0] and "1 of 2" not in pages[1]
    assert "choose your track" in pages[1]


@pytest.mark.parametrize("program", [["-c"], ["-m", "IPython", "--colors=NoColor", "-c"]])
def test_in_a_terminal_the_place_of_the_worked_answer_is_said(root, library_for_kernels, program):
    a_solution(root)
    setup, *checks = wrong_tries(root, count=3)
    loop = "".join(f"\ntry:\n    {check}\nexcept AssertionError:\n    pass" for check in checks)
    done = subprocess.run(
        [sys.executable, *program, setup + loop],
        cwd=root / "my_work" / "code",
        capture_output=True,
        text=True,
        env={**os.environ, "IPYTHONDIR": str(root / "ipython")},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == (
        "Three honest tries: a worked answer to softmax is in "
        "notebooks/solutions/code/02_softmax.ipynb, if you want it."
    )


def test_without_a_solution_notebook_nothing_is_offered(root, monkeypatch, capsys):
    monkeypatch.setattr(offers, "SOLUTIONS", root / "nowhere")
    offers.offer_solution("softmax", "code/02_softmax")
    assert capsys.readouterr().out == ""


def test_records_are_readable_by_people(folder):
    passes("softmax")
    record = json.loads((folder / ".progress" / "softmax.json").read_text(encoding="utf-8"))
    assert record["passed"] is True
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", record["last"])
