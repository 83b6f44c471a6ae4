"""What a learner has passed: the records, the grid, and the worked answer after honest tries."""

import errno
import functools
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from html.parser import HTMLParser
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from click.testing import CliRunner
from nbclient import NotebookClient
from nbval.plugin import get_sanitize_patterns

from course_lib import __main__ as commands
from course_lib.exercises import MIME, WANTED, CheckFailed, check, examine
from course_lib.learner import offers, onlooker, progress, tries, workspace
from course_lib.learner.fingerprint import fingerprint
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


MORE = """
import collections, enum, functools
import numpy as np
rate = {rate}
table = np.arange(5_000) {table}
class Base:
    def go(self, x): return x {base}
class Helper(Base):
    def __init__(self, by): self.by = by
    @property
    def twice(self): return self.by {own}
    @staticmethod
    def still(x): return x {still}
    @classmethod
    def made(cls, x): return cls(x {made})
helper = Helper({by})
@functools.lru_cache
def kept(x): return x {kept}
@functools.wraps(kept)
def wrapped(*a): return kept(*a) {wrapped}
@np.vectorize
def each(x): return x {each}
by_name = collections.OrderedDict(a=lambda x: x {by_name}, b=[lambda x: x {in_list}])
names = {{"one", "two", "three"}}
def softmax(x):
    def inner(y): return helper.go(y) + kept(y) + each(y) + table[y] + by_name["a"](y)
    return inner(x) if str(x) in names else wrapped(x)
"""
USUAL = {
    **dict.fromkeys(
        ("base", "own", "still", "made", "kept", "wrapped", "each", "by_name", "in_list"), "+ 1"
    ),
    "rate": 1, "table": "+ 1", "by": 2,
}  # fmt: skip


def defined(**change):
    space = {"__name__": "__main__"}
    exec(MORE.format(**USUAL | change), space)
    return space["softmax"]


@pytest.mark.parametrize("change", [name for name in USUAL if name != "rate"])
def test_every_kind_of_helper_tells_answers_apart(change):
    assert fingerprint(defined()) == fingerprint(defined()) == fingerprint(defined(rate=2))
    assert fingerprint(defined()) != fingerprint(
        defined(**{change: 3 if change == "by" else "- 1"})
    )


def test_a_helper_in_a_file_beside_the_notebook_tells_answers_apart(folder, monkeypatch):
    monkeypatch.syspath_prepend(str(folder / "code"))
    marks = []
    for sign in "+-":
        (folder / "code" / "beside.py").write_text(
            f"def f(x):\n    return x {sign} 1{'0' * len(marks)}"
        )
        sys.modules.pop("beside", None)
        importlib.invalidate_caches()
        space = {"__name__": "__main__"}
        exec("import beside\ndef softmax(x): return beside.f(x)", space)
        marks.append(fingerprint(space["softmax"]))
    sys.modules.pop("beside", None)
    assert marks[0] != marks[1]


def test_a_set_is_the_same_in_the_next_kernel():
    program = (
        "from course_lib.learner.fingerprint import fingerprint\n"
        "print(fingerprint(lambda x: x in {'one', 'two', 'three', 'four'}))"
    )
    env = {**os.environ, "PYTHONPATH": str(workspace.ROOT)}
    marks = {
        subprocess.run(
            [sys.executable, "-c", program], env=env | {"PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in "123"
    }  # fmt: skip
    assert len(marks) == 1


class Refuses:
    def _refuse(self, *_):
        raise RuntimeError("no")

    __repr__ = __str__ = __hash__ = __eq__ = __bool__ = __len__ = __iter__ = _refuse


class Pretends:
    def __getattr__(self, name):
        return Pretends()


class Hides:
    def __getattribute__(self, name):
        raise RuntimeError(f"no {name}")


class Endless:
    def __repr__(self):
        while True:
            pass

    def __iter__(self):
        while True:
            yield self


def circle():
    made = []
    made.append({"a": (made, {"b": made})})
    return made


def deep():
    made = []
    for _ in range(5_000):
        made = [made]
    return made


def nested_partials():
    made = print
    for number in range(3_000):
        made = functools.partial(lambda f, x: f(x), made, number)
    return made


def recursive():
    def one(x):
        return other(x)

    def other(x):
        return one(x)

    return one


def module():
    from torch import nn

    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            self.inside = nn.ModuleList(nn.Linear(300, 300) for _ in range(20))

    return Layer()


ODD = {
    "refuses": Refuses,
    "pretends": Pretends,
    "hides": Hides,
    "endless": Endless,
    "circle": circle,
    "deep": deep,
    "partials": nested_partials,
    "recursive": recursive,
    "module": module,
    "huge list": lambda: list(range(3_000_000)),
    "huge dictionary": lambda: dict.fromkeys(range(1_000_000)),
    "huge text": lambda: "x" * 50_000_000,
    "huge number": lambda: 10**100_000,
    "huge array": lambda: np.zeros((4_000, 4_000)),
    "array of objects": lambda: np.array([Refuses(), None], dtype=object),
    "not contiguous": lambda: np.zeros((50, 50))[::2, ::3],
    "half a character": lambda: "\ud800",
    "library": lambda: np,
    "notebook's names": lambda: lambda: globals(),
    "broad": lambda: [[[[0] * 30] * 30] * 30] * 30,
}


@pytest.mark.parametrize("kind", ODD)
def test_a_fingerprint_never_raises_and_is_quick(kind):
    answer = ODD[kind]()

    def leans(x):
        return held, x

    held = answer
    start = time.monotonic()
    marks = [fingerprint(answer), fingerprint(leans), fingerprint({"f": [answer]})]
    assert time.monotonic() - start < 6
    assert all(re.fullmatch("[0-9a-f]{12}", mark) for mark in marks)


# A folder that can't be written to, or holds nonsense ------------------------------------------


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def right_one(name="dot"):
    check(name, dot)


def a_file(folder):
    (folder / ".progress").write_text("")


def a_folder(folder):
    (folder / ".progress" / "dot.json").mkdir(parents=True)


def full(folder, monkeypatch, code=errno.ENOSPC):
    def write(*_, **__):
        raise OSError(code, os.strerror(code), str(folder / "x"))

    monkeypatch.setattr(tries.cells, "write_text", write)


DAMAGES = {
    "a file": lambda folder, _: a_file(folder),
    "a folder": lambda folder, _: a_folder(folder),
    "full": full,
    "read-only": lambda folder, patch: full(folder, patch, errno.EROFS),
    "not allowed": lambda folder, patch: full(folder, patch, errno.EACCES),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_verdict_comes_though_nothing_can_be_noted(folder, kind, monkeypatch, capsys):
    DAMAGES[kind](folder, monkeypatch)
    monkeypatch.setattr(onlooker, "_told", set())
    right_one()
    noted, verdict = capsys.readouterr().out.split("\n", 1)
    assert verdict == f"{examine('dot', dot).shown}\n"
    assert re.fullmatch(r"\(This try could not be noted in my_work/.progress; .*: .+\.\)", noted)
    with pytest.raises(CheckFailed, match="✗ dot"):
        check("dot", lambda a, b: 0)
    assert capsys.readouterr().out == "", "it is said once"


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b" \n", None])
def test_a_verdict_comes_though_the_variant_can_not_be_read(folder, content, monkeypatch, capsys):
    monkeypatch.setattr(onlooker, "_told", set())
    file = folder / ".variant"
    file.mkdir() if content is None else file.write_bytes(content)
    assert examine("i02_zero", "a").variant == "course"
    assert capsys.readouterr().out.count("\n") == (content in (b"\xff\xfe\x00", None))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_variant_is_read_as_editors_save_it(folder, encoding):
    (folder / ".variant").write_bytes("ada\r\n".encode(encoding))
    assert examine("i02_zero", "a").variant == "ada"


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps the folder in which a program runs")
def test_a_verdict_comes_though_the_folder_was_moved_away(folder, capsys):
    shutil.rmtree(folder)
    right_one()
    assert capsys.readouterr().out.startswith("✓ dot")
    os.chdir(folder.parent)


def test_a_verdict_comes_though_the_worked_answer_can_not_be_read(folder, monkeypatch, capsys):
    broken = folder / "code" / "01_similarity.ipynb"
    broken.write_text("{")
    monkeypatch.setattr(offers, "SOLUTIONS", folder)
    monkeypatch.setattr(onlooker, "_told", set())
    for number in range(3):
        with pytest.raises(CheckFailed, match="✗ dot"):
            check("dot", lambda a, b, number=number: number)
    assert capsys.readouterr().out.startswith("(The worked answer can't be read: ")


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "{",
        "[]",
        "3",
        "[" * 100_000,
        '{"passed": true}',
        '{"passed":1,"tries":[]}',
        '{"passed": true, "tries": 1e999, "best": 1}',
    ],
)
def test_a_damaged_record_counts_as_none_and_is_mended(folder, damage):
    passes("dot")
    (folder / ".progress" / "softmax.json").write_text(damage)
    assert list(tries.recall(folder)) == ["dot"]
    assert tries.remember(report()) == 1
    assert sorted(tries.recall(folder)) == ["dot", "softmax"]


@pytest.mark.parametrize(
    "part", ['"tried": 3', '"tried": "abc"', '"last": 3', '"points": "six"', '"more": 1']
)
def test_a_part_of_a_record_that_is_none_counts_as_missing(root, folder, part):
    passes("softmax")
    file = folder / ".progress" / "softmax.json"
    file.write_text(f'{{"passed": false, "tries": 2, "best": 1, {part}}}', encoding="utf-8-sig")
    assert offers.next_step(grid(root), root)
    assert tries.remember(report()) == 3


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
    assert [a.get("scope") for tag, a in found.tags if tag == "th"] == ["col"] * 4 + ["row"] * 11
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


def test_reports_go_out_only_where_somebody_asked_for_them(root, library_for_kernels, monkeypatch):
    """In JupyterLab a learner's cell holds the words of the check, and nothing else."""
    cell = (
        "from course_lib.exercises import check\n"
        "check('dot', lambda a, b: sum(x * y for x, y in zip(a, b)))"
    )
    wrong = "check('dot', lambda a, b: a * b, seed=1)"
    monkeypatch.delenv(WANTED, raising=False)
    plain = run(root / "elsewhere", cell, wrong)
    monkeypatch.setenv(WANTED, "1")
    asked = run(root / "elsewhere", cell, wrong)
    assert [[o.output_type for o in outputs] for outputs in plain] == [["stream"], ["error"]]
    assert [[o.output_type for o in outputs] for outputs in asked] == [
        ["display_data", "stream"],
        ["display_data", "error"],
    ]
    assert [list(outputs[0].data) for outputs in asked] == [[MIME], [MIME]]
    assert [outputs[-1] for outputs in plain] == [outputs[-1] for outputs in asked]


def test_without_a_solution_notebook_nothing_is_offered(root, monkeypatch, capsys):
    monkeypatch.setattr(offers, "SOLUTIONS", root / "nowhere")
    offers.offer_solution("softmax", "code/02_softmax")
    assert capsys.readouterr().out == ""


def test_records_are_readable_by_people(folder):
    passes("softmax")
    record = json.loads((folder / ".progress" / "softmax.json").read_text(encoding="utf-8"))
    assert record["passed"] is True
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", record["last"])
