"""Whatever a submission tries: its own mark says so, and nobody else's changes."""

import copy
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

import numpy as np
import pytest

from course_lib import pictures
from course_lib.exercises import task_of
from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.grading import judging, marking, releases, runs, servers, view
from course_lib.lessons import ROOT
from tests.grading.handed_in import RIGHT, code, notebook, solved, submission

DRAWN = ("draw_", "new_figure", "name_axes")  # a figure, which nobody sees
SHOWN = sorted(name for name in pictures.__all__ if not name.startswith(DRAWN))
FULL, SOFTMAX, TEMPERATURE = 11, 6, 5
STUB = "def softmax(scores, axis=-1):\n    raise NotImplementedError('your code here')"


def points(made):
    return {each.name: each.earned for each in made.exercises}


def reason(made, name="softmax"):
    return made.of(name).said


def diagnosis(made, name="softmax"):
    return made.of(name).diagnosis


@pytest.fixture(autouse=True)
def nothing_else_changes(mark, release):
    """After each test the next student's mark is what it was, and so are the course's files."""
    before = fingerprint()
    yield
    next_one = mark(notebook(release))
    assert sum(points(next_one).values()) == FULL, ("the next mark changed", next_one)
    assert fingerprint() == before


def fingerprint():
    lesson = (ROOT / "course_lib/softmax.py", ROOT / "course_lib/exercises/answers/code_02.py")
    files = sorted((ROOT / "course_lib" / "grading").glob("*.py")) + [
        *lesson, ROOT / "notebooks/solutions/code/02_softmax.ipynb"
    ]  # fmt: skip
    return hashlib.sha256(b"".join(f.read_bytes() for f in files)).hexdigest()


# ---- honest ones -------------------------------------------------------------------------------


def test_right_answers_get_everything(mark, release):
    made = mark(notebook(release))
    assert points(made) == {"softmax": SOFTMAX, "temperature_softmax": TEMPERATURE}
    assert made.problem is None and made.cells[1:] == ()


def test_an_untouched_notebook_is_not_attempted(mark, release):
    made = mark(release)
    assert sum(points(made).values()) == 0
    assert diagnosis(made) == diagnosis(made, "temperature_softmax") == "not-attempted"
    assert "not attempted yet" in reason(made)


def test_a_mistake_gets_part_of_the_points_and_its_name(mark, release):
    wrong = RIGHT["softmax"].replace("axis=axis", "axis=0")
    made = mark(notebook(release, {**RIGHT, "softmax": wrong}))
    assert 0 <= points(made)["softmax"] < SOFTMAX
    assert diagnosis(made) not in (None, "wrong-numbers")
    assert "Where to look" in reason(made) and points(made)["temperature_softmax"] == TEMPERATURE


def test_a_warning_on_stderr_costs_nothing(mark, release):
    noisy = ["import warnings, sys\nwarnings.warn('careful')\nprint('oh', file=sys.stderr)"]
    assert sum(points(mark(notebook(release, before=noisy))).values()) == FULL


def test_fifty_megabytes_of_output_cost_nothing(mark, release):
    flood = ["for _ in range(50):\n    print('x' * 2**20)"]
    assert sum(points(mark(notebook(release, before=flood))).values()) == FULL


def test_magics_input_and_plots_neither_hang_nor_crash(mark, release):
    extra = [
        "%matplotlib inline\n%time 1 + 1\n!true",
        "name = input('your name? ')",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
        "%%time\nx = 1",
    ]
    made = mark(notebook(release, before=extra))
    assert sum(points(made).values()) == FULL
    assert [c.error for c in made.cells if "temperature = 1.0" not in c.cell] == []


@pytest.mark.parametrize(
    "imported",
    [
        "from course_lib.pictures import *",
        "from course_lib.show import *; from course_lib.reveal import *\n"
        "from course_lib.plots import *; from course_lib.widgets import *",  # of the first edition
        "from course_lib.widgets.moments import *; from course_lib.widgets.heads import *",
        "from course_lib.pictures.framing import show\n"
        "from course_lib.pictures.folds import reveal\n"
        "from course_lib.pictures.widgets.moments import drag_moments",
        "from course_lib import pictures; from course_lib.pictures import *; show = pictures.show",
    ],
)
def test_what_only_shows_something_does_nothing(mark, release, imported):
    called = [f"{imported}\nfor shown in [f for n, f in list(globals().items()) if n in {SHOWN}]:\n"
              "    calls = shown('no picture') is None"]  # fmt: skip
    called += ["assert calls"]
    made = mark(notebook(release, before=called))
    assert [c.error for c in made.cells if "temperature = 1.0" not in c.cell] == []


def test_figures_are_drawn_though_they_are_not_shown(mark, release):
    drawn = "from course_lib.pictures import draw_shares\nassert draw_shares([1.0], ['x']).axes"
    made = mark(notebook(release, before=[drawn]))
    assert [c.error for c in made.cells if "temperature = 1.0" not in c.cell] == []


def test_what_a_lesson_imports_is_loaded_once_for_a_class():
    assert {"torch", "course_lib.layers"} <= set(view.loaded("code/06_attention_layer"))
    assert "course_lib.pretrained" in view.loaded("intuition/01_similarity")
    assert not [m for m in view.loaded("code/02_softmax") if "torch" in m]
    assert view.loaded("code/99_none") == []  # where the library alone is installed
    assert view.imported("%matplotlib inline\nimport torch") == set()


def test_a_file_that_a_cell_writes_can_be_imported(mark, release):
    written = "%%writefile helper.py\nimport numpy as np\ndef e(x): return np.exp(x)"
    made = notebook(release, before=[written, "from helper import e"])
    assert sum(points(mark(made)).values()) == FULL


@pytest.mark.parametrize("lesson", list(releases.lessons()))
def test_the_courses_own_solution_gets_full_marks(lesson, tmp_path, needs_walls):
    run = runs.begin(releases.release(lesson, tmp_path), tmp_path / "marks of solutions")
    made = solved(lesson)
    if lesson == "code/06_attention_layer":  # a student's settings are not the probes'
        made["cells"].insert(0, code("import torch; torch.set_default_dtype(torch.float64)"))
        made["cells"].append(
            code("torch.set_num_threads(2); torch.ones(999, 999) @ torch.ones(999)")
        )
    with servers.Server(lesson) as server:
        got = judging.mark(run, server, "ada", [submission(made)])
    lost = {each.name: each.said for each in got.exercises if each.earned != each.points}
    assert not lost and not got.cells, (lost, got.cells)


ALWAYS_THERE = (
    """
%matplotlib inline
import collections, json, math, random
import matplotlib.pyplot as plt
import ipywidgets
from IPython.display import Markdown, display
from tqdm import tqdm
from tqdm.auto import trange
for step in tqdm(range(20)):
    pass
for step in trange(20):
    pass
display(Markdown("**done**"), ipywidgets.IntSlider())
ipywidgets.interact(lambda x: x, x=(0, 3))
plt.plot([1, 2]); plt.show()
""",
    "import sympy\nsympy.diff(sympy.Symbol('x') ** 2)",
)


@pytest.mark.parametrize(
    "lesson", ["code/02_softmax", "code/09_multi_head", "maths/06_attention_layer"]
)
def test_what_the_guide_calls_always_there_costs_nothing(lesson, tmp_path, needs_walls):
    run = runs.begin(releases.release(lesson, tmp_path / "made"), tmp_path / "these", seconds=60)
    plain = solved(lesson)
    full = copy.deepcopy(plain)
    extra = ALWAYS_THERE if lesson.startswith("maths") else ALWAYS_THERE[:1]
    full["cells"] = [*map(code, extra), *full["cells"], *map(code, extra)]
    with servers.server(lesson) as server:
        without, made = (
            judging.mark(run, server, who, [submission(each, student=who)])
            for who, each in (("ada", plain), ("bob", full))
        )
    functions = {n: p for n, p in points(made).items() if not task_of(n).value}
    assert functions == {n: run.release.points[n] for n in functions} and functions
    assert points(made) == points(without) and not made.cells


def test_own_cells_run_in_their_order(mark, release):
    answers = {**RIGHT, "softmax": RIGHT["softmax"].replace("np.exp", "raised")}
    assert (
        sum(points(mark(notebook(release, answers, before=["raised = np.exp"]))).values()) == FULL
    )


def test_split_and_copied_cells_count_together_and_the_last_wins(mark, release):
    made = notebook(release, {**RIGHT, "softmax": "raised = np.exp"})
    at = next(i for i, c in enumerate(made["cells"]) if c["source"] == "raised = np.exp")
    second = {**made["cells"][at], "source": RIGHT["softmax"].replace("np.exp", "raised")}
    made["cells"][at + 1 : at + 1] = [second]
    assert sum(points(mark(made)).values()) == FULL


def test_a_notebook_of_format_3_is_marked(mark, release):
    import nbformat

    old = nbformat.convert(nbformat.from_dict(notebook(release)), 3)
    assert sum(points(mark(nbformat.writes(old, version=3).encode())).values()) == FULL


# ---- files that are no notebook ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"{'no': json", "JSON is broken"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b'{\n<<<<<<< mine\n"cells": []\n=======\n>>>>>>> theirs\n}', "merge conflict"),
        (b'{"cells": 3}', "no cells"),
        (b"[" * 100_000, "broken"),
        (json.dumps({"cells": [{"cell_type": "code"}, 7]}).encode(), "no cells"),
    ],
    ids=["empty", "no-json", "not-utf-8", "conflict", "no-cells", "deep", "malformed"],
)
def test_a_file_that_is_no_notebook_says_why(mark, content, said):
    made = mark(content)
    assert said in made.problem and sum(points(made).values()) == 0


# ---- what hangs or dies ------------------------------------------------------------------------


def test_an_endless_answer_leaves_the_other_its_points(mark, release, monkeypatch):
    from course_lib.exercises import judge

    monkeypatch.setattr(judge, "SECONDS", 2)
    swallow = """
def softmax(scores, axis=-1):
    while True:
        try:
            while True: pass
        except BaseException:
            pass
"""
    start = time.monotonic()
    made = mark(notebook(release, {**RIGHT, "softmax": swallow}))
    assert points(made) == {"softmax": 0, "temperature_softmax": TEMPERATURE}
    assert "stopped after" in reason(made) and time.monotonic() - start < 60


def test_of_five_answers_one_that_never_returns_costs_its_own_points(tmp_path, monkeypatch):
    from course_lib.exercises import judge

    monkeypatch.setattr(judge, "SECONDS", 2)
    lesson = "code/05_matrix_form"
    run = runs.begin(releases.release(lesson, tmp_path), tmp_path / "marks of matrix form")
    made = solved(lesson)
    for cell in made["cells"]:
        if cells.grade_id(cell) == "causal_mask":
            cell["source"] = "def causal_mask(n):\n    while True: pass"
    with servers.Server(lesson) as server:
        got = judging.mark(run, server, "ada", [submission(made)])
    lost = {each.name: (each.earned, each.said) for each in got.exercises if each.diagnosis}
    assert len(got.exercises) == 5 and list(lost) == ["causal_mask"], lost
    assert lost["causal_mask"][0] == 0 and "stopped after" in lost["causal_mask"][1]


def test_a_cell_that_was_too_slow_is_run_again_with_more_time(class_folder, release, tmp_path):
    made = {"ada": [submission(notebook(release, before=["import time; time.sleep(2)\nx = 1"]))]}
    for seconds, left_out in ((1.0, 1), (0.5, 1), (10.0, 0)):
        run = runs.begin(class_folder, tmp_path, seconds=seconds)
        marks = marking.mark_all(run, made)
        assert len(marks["ada"].cells) == left_out, marks["ada"].cells


def test_an_endless_cell_is_left_out(class_folder, server, release, tmp_path):
    run = runs.begin(class_folder, tmp_path, seconds=1.5)
    made = notebook(release, before=["while True: pass"])
    got = judging.mark(run, server, "ada", [submission(made)])
    assert sum(points(got).values()) == FULL
    assert "stopped after" in got.cells[0].error


DEADLY = {
    "exit": "import os; os._exit(0)",
    "kill itself": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "kill its parent": "import os; os.kill(os.getppid(), 9); os.kill(1, 9); os._exit(1)",
    "kill everybody": "import os; os.kill(-1, 9); os._exit(1)",
    "close every file": "import os; os.closerange(0, 4096)",
    "segmentation fault": "import ctypes; ctypes.string_at(0)",
}


@pytest.mark.parametrize("how", DEADLY)
def test_an_answer_that_ends_the_process_leaves_the_other_its_points(mark, release, how):
    deadly = f"def softmax(scores, axis=-1):\n    {DEADLY[how]}"
    made = mark(notebook(release, {**RIGHT, "softmax": deadly}))
    assert points(made) == {"softmax": 0, "temperature_softmax": TEMPERATURE}
    assert re.search("ended the process|stopped after|No such process", reason(made))


@pytest.mark.parametrize("how", DEADLY)
def test_a_cell_that_ends_the_process_is_left_out(mark, release, how):
    made = mark(notebook(release, before=[DEADLY[how]]))
    assert sum(points(made).values()) == FULL  # process 1 can't even kill itself
    if how in ("exit", "close every file", "segmentation fault"):
        assert re.search("ended the process|stopped", made.cells[0].error)


def test_a_fork_bomb_stays_small(mark, release):
    bomb = """
import os
for _ in range(12):
    try:
        os.fork()
    except OSError:
        pass
"""
    made = mark(notebook(release, before=[bomb]))
    assert sum(points(made).values()) in (FULL, 0)  # whichever of the forks speaks first


def test_an_orphan_does_not_outlive_its_notebook(mark, release, tmp_path):
    orphan = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        import ctypes
        ctypes.CDLL(None).prctl(15, b"left-behind", 0, 0, 0)
        ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
        time.sleep(600)
    os._exit(0)
"""
    assert sum(points(mark(notebook(release, before=[orphan]))).values()) == FULL
    time.sleep(0.3)
    left = [p for p in Path("/proc").glob("[0-9]*/comm") if readable(p) == "left-behind"]
    assert left == []


def readable(path):
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def test_fifty_gigabytes_are_refused(mark, release):
    greedy = "def softmax(scores, axis=-1):\n    return np.ones(50 * 2**30, dtype=np.uint8)"
    made = mark(notebook(release, {**RIGHT, "softmax": greedy}))
    assert points(made) == {"softmax": 0, "temperature_softmax": TEMPERATURE}
    assert "emory" in reason(made)


def test_ten_gigabytes_that_are_none_are_refused(mark, release):
    lazy = "def softmax(scores, axis=-1):\n    return np.broadcast_to(np.float64(1), (10**10,))"
    made = mark(notebook(release, {**RIGHT, "softmax": lazy}))
    assert points(made) == {"softmax": 0, "temperature_softmax": TEMPERATURE}
    assert "came back" in reason(made)


# ---- cheats ------------------------------------------------------------------------------------

LIAR = """
class Liar:
    shape, dtype, nbytes, size = (3, 5), np.dtype(float), 120, 15
    def __eq__(self, other): return True
    def __array__(self, *a, **k): raise TypeError("look at my shape")
    def __array_ufunc__(self, *a, **k): return True
    def __reduce__(self): return (open, ("/tmp/owned", "w"))
def softmax(scores, axis=-1): return Liar()
"""
PIPE = """
import os, sys
def pipe():  # how a notebook's process tells what came of it
    frame = sys._getframe()
    while frame.f_code.co_name != "run" or "tell" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["tell"]
"""
CHEATS = {
    "an always-equal object": LIAR,
    "patched assert helpers": STUB
    + """
import numpy.testing
np.testing.assert_allclose = np.allclose = np.isclose = lambda *a, **k: True
np.array_equal = lambda *a, **k: True
""",
    "a patched judge": STUB
    + """
from course_lib.exercises import judge
import course_lib.exercises as e
judge.symptom = judge._differ = lambda *a, **k: None
e.examine = e.check = e._judged = lambda *a, **k: None
""",
    "patched transformers": STUB
    + """
get_ipython().input_transformers_cleanup.append(
    lambda lines: [line.replace("check(", "print(") for line in lines])
""",
    "forged frames": STUB
    + """
import os, sys, gc, struct, json
head = json.dumps({"outcomes": {k: {"changed": None, "shortcut": None}
                   for k in ("shares", "stable", "axis", "batch")}, "arrays": []}).encode()
body = struct.pack("<I", len(head)) + head
for fd in range(3, 64):
    try: os.write(fd, struct.pack("<I", len(body)) + body)
    except OSError: pass
""",
    "forged nonsense": STUB
    + """
import os, struct, json
for head in ({"cell": 10**9}, {"of": 99, "error": "x"}, {"exercise": "softmax"}, {"outcomes": 5},
             {"outcomes": {"shares": {"error": [], "said": {}}, "stable": 3}}, [], 7):
    if isinstance(head, dict): head["arrays"] = []
    head = json.dumps(head).encode()
    body = struct.pack("<I", len(head)) + head
    for fd in range(3, 64):
        try: os.write(fd, struct.pack("<I", len(body)) + body)
        except OSError: pass
""",
    "a frame about nothing": STUB
    + """
import os, struct
for head in (b'{"outcomes": {"": 5}, "arrays": []}',
             b'{"outcomes": {}, "arrays": [["x", "<f8", [Infinity]]]}'):
    body = struct.pack("<I", len(head)) + head
    for fd in range(3, 64):
        try: os.write(fd, struct.pack("<I", len(body)) + body)
        except OSError: pass
""",
    "the answers of the one before": """
def softmax(scores, axis=-1):
    import os, sys
    frame, found = sys._getframe(), {}
    while frame:
        found.update({k: v for k, v in frame.f_locals.items() if k in ("tell", "header", "arrays")})
        frame = frame.f_back
    arrays = {k.removeprefix("softmax/"): v for k, v in found["arrays"].items()}
    found["tell"]({"outcomes": found["header"]["done"]["softmax"]}, arrays)
    os._exit(0)
""",
    "more and more arrays": PIPE
    + """
def softmax(scores, axis=-1):
    for number in range(3000):
        pipe()({"outcomes": {}}, {str(number): np.zeros(2**20, dtype=np.uint8)})
    os._exit(0)
""",
    "one message without end": PIPE
    + """
def softmax(scores, axis=-1):
    while True:
        pipe()({"cell": 0})
""",
    "garbage in the pipe": STUB
    + """
import os
for fd in range(3, 64):
    try: os.write(fd, b"\\xff" * 4096)
    except OSError: pass
""",
    "the reference from the judge": """
def softmax(scores, axis=-1):
    from course_lib.exercises.catalogue import answers_of
    return answers_of("softmax").reference(scores, axis)
""",
    "the course's own solution": """
from course_lib.softmax import softmax
""",
    "the course's own solution, renamed": """
import importlib
def softmax(scores, axis=-1):
    return importlib.import_module("course_lib." + "softmax").softmax(scores, axis)
""",
    "the answer key from the disk": """
import pathlib
def softmax(scores, axis=-1):
    for place in ("THE COURSE", "/course", "/"):
        for file in pathlib.Path(place).rglob("02_softmax.ipynb"):
            raise ValueError("found " + str(file))
        for file in pathlib.Path(place).rglob("answers/code_02.py"):
            raise ValueError("found " + str(file))
    raise ValueError("nothing to read")
""".replace("THE COURSE", str(ROOT)),
    "a constant": "def softmax(scores, axis=-1):\n    return np.full(np.shape(scores), 0.25)",
    "nan": "def softmax(scores, axis=-1):\n    return np.full(np.shape(scores), np.nan)",
    "objects": "def softmax(scores, axis=-1):\n    return np.array([object()] * 3)",
    "text": "def softmax(scores, axis=-1):\n    return np.array(['right'] * 3)",
    "complex numbers": "def softmax(scores, axis=-1):\n    return np.asarray(scores) * 1j",
    "records": "def softmax(scores, axis=-1):\n    return np.zeros(3, dtype='i4,f8')",
    "a patched NumPy": STUB
    + """
np.exp = np.sum = np.max = lambda *a, **k: 1
np.asarray = lambda x, *a, **k: x
""",
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_a_cheat_gets_nothing_for_it(mark, release, cheat):
    made = mark(notebook(release, {**RIGHT, "softmax": CHEATS[cheat]}))
    assert points(made)["softmax"] == 0, reason(made)
    assert diagnosis(made) is not None and reason(made)
    assert "found " not in reason(made)


def test_the_course_own_solution_is_called_by_its_name(mark, release):
    made = mark(notebook(release, {**RIGHT, "softmax": CHEATS["the course's own solution"]}))
    assert diagnosis(made) == "shortcut" and "course_lib.softmax.softmax" in reason(made)


def test_edited_and_deleted_check_cells_have_no_effect(mark, release):
    made = notebook(release, {**RIGHT, "softmax": STUB})
    for cell in made["cells"]:
        if cells.checked(cell) == "softmax":
            cell["source"] = "assert True"
    assert points(mark(made))["softmax"] == 0
    made["cells"] = [c for c in made["cells"] if not cells.checked(c)]
    assert points(mark(made))["temperature_softmax"] == TEMPERATURE


# ---- looking around, and reaching out ----------------------------------------------------------

LOOK = """
import json, os
def look():
    seen = {}
    %s
    return seen
raise RuntimeError(json.dumps(look()))
"""


def seen(mark, release, body):
    """Run a body behind the walls; return the dictionary ``seen`` that it fills."""
    made = mark(notebook(release, before=[LOOK % body.replace("\n", "\n    ")]))
    assert sum(points(made).values()) == FULL
    return json.loads(made.cells[0].error.removeprefix("RuntimeError: "))


def test_it_is_nobody_alone_and_without_rights(mark, release):
    look = seen(mark, release, """
seen["pid"], seen["uid"] = os.getpid(), os.getuid()
seen["processes"] = sorted(int(p) for p in os.listdir("/proc") if p.isdigit())
seen["caps"] = next((l.split()[1] for l in open("/proc/self/status") if l.startswith("CapEff")), 0)
seen["home"] = os.listdir(os.environ["HOME"])
""")  # fmt: skip
    assert look["pid"] == 1 and look["uid"] != 0
    assert look["processes"] in ([1], [1, 2], []) and int(look["caps"], 16) == 0
    assert set(look["home"]) <= {"matplotlib", "ipython"}


def test_it_sees_neither_the_answers_nor_the_marks_nor_this_machine(mark, release, tmp_path):
    (tmp_path / "gradebook.csv").write_text("student,total\n")
    look = seen(mark, release, f"""
seen["marks"] = os.path.exists({str(tmp_path)!r})
seen["root"] = os.path.exists({str(ROOT / "README.md")!r})
seen["etc"] = os.path.exists("/etc/passwd") or os.path.exists("/etc/shadow")
seen["key"] = [os.path.join(d, f) for d, _, fs in os.walk("/course") for f in fs
               if "code_02" in f and "answers" in d]
seen["marking"] = os.path.exists("/course/course_lib/grading/marking.py")
seen["environ"] = [k for k in os.environ if "TOKEN" in k or "SECRET" in k or k == "CI"]
""")  # fmt: skip
    assert look == {
        "marks": False, "root": False, "etc": False, "key": [], "marking": False, "environ": []
    }  # fmt: skip


def test_a_second_copy_of_the_course_is_covered_up(tmp_path, monkeypatch):

    (tmp_path / "lib" / "course_lib").mkdir(parents=True)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path / "lib"))
    command = " ".join(servers._bubblewrap("bwrap", str(tmp_path), "code/02_softmax"))
    shown, covered = f"--ro-bind {tmp_path} {tmp_path} ", f"--tmpfs {tmp_path}/lib/course_lib "
    assert 0 < command.index(shown) < command.index(covered)


def test_it_reaches_no_network(mark, release):
    look = seen(mark, release, """
import socket
try:
    socket.create_connection(("127.0.0.1", 22), timeout=1)
    seen["net"] = "connected"
except OSError as error:
    seen["net"] = "refused"
try:
    seen["cards"] = [name for _, name in socket.if_nameindex()]
except OSError:
    seen["cards"] = []
""")  # fmt: skip
    assert look["net"] == "refused" and set(look["cards"]) <= {"lo"}


ASKED = """
import ctypes, errno, socket
libc = ctypes.CDLL(None, use_errno=True)
def ask(name, *arguments):
    ctypes.set_errno(0)
    if getattr(libc, name)(*arguments) >= 0:
        return "granted"
    return errno.errorcode[ctypes.get_errno()]
user, here = 0x10000000, os.environ["TMPDIR"].encode()
seen["unshare"] = ask("unshare", user)
seen["clone"] = ask("syscall", {"x86_64": 56, "aarch64": 220}[os.uname().machine], user | 17, 0)
seen["clone3"] = ask("syscall", 435, ctypes.create_string_buffer(88), 88)
seen["mount"] = ask("mount", b"none", here, b"tmpfs", 0, None)
seen["memfd"] = ask("memfd_create", b"unbounded", 0)
seen["shared"] = ask("shmget", 0, 4096, 0o1600)
seen["traced"] = ask("ptrace", 0, 0, 0, 0)
seen["sockets"] = []
for family in range(50):
    try:
        socket.socket(family, socket.SOCK_STREAM).close()
        seen["sockets"].append(family)
    except OSError:
        pass
"""


def test_it_gets_no_namespace_no_mount_and_no_memory_that_nobody_counts(mark, release):
    look = seen(mark, release, ASKED)
    refused = dict.fromkeys(("unshare", "clone", "mount", "memfd", "shared", "traced"), "EPERM")
    assert set(look.pop("sockets")) <= {1, 2, 10}
    assert look == {**refused, "clone3": "ENOSYS"}


def test_what_notebooks_do_is_not_refused(mark, release):
    look = seen(mark, release, """
import multiprocessing, subprocess, tempfile, threading
seen["ran"] = subprocess.run([os.sys.executable, "-c", "print(6 * 7)"], capture_output=True).stdout
seen["ran"] = seen["ran"].decode().strip()
thread = threading.Thread(target=lambda: seen.update(thread=True))
thread.start(), thread.join()
with multiprocessing.get_context("fork").Pool(2) as pool:
    seen["pool"] = pool.map(abs, [-1, -2])
seen["file"] = tempfile.TemporaryFile().write(b"x")
""")  # fmt: skip
    assert look == {"ran": "42", "thread": True, "pool": [1, 2], "file": 1}


def test_it_writes_nowhere_and_leaves_nothing_to_the_next(mark, release):
    body = """
seen["wrote"] = []
here = os.__file__[:-5] + "x.py"
for place in ("/course/x", "/dev/x", "/usr/x", "/etc/x", "THE COURSE/x", "/x", here):
    try:
        open(place, "w").close()
        seen["wrote"].append(place)
    except OSError:
        pass
os.chdir(os.environ["TMPDIR"])
seen["left"] = os.path.exists("left")
open("left", "w").close()
try:
    os.symlink("/course", "link")
    open("link/x", "w")
    seen["wrote"].append("link")
except OSError:
    pass
""".replace("THE COURSE", str(ROOT))  # fmt: skip
    for _ in range(2):
        look = seen(mark, release, body)
        assert look == {"wrote": [], "left": False}
    assert not (ROOT / "x").exists()


def test_a_key_left_in_the_kernel_is_not_found_by_the_next(mark, release):
    body = """
import ctypes, platform
libc, left = ctypes.CDLL(None), 0
keyctl, add_key = {"x86_64": (250, 248), "aarch64": (219, 217)}[platform.machine()]
for ring in (-3, -4):
    left += libc.syscall(keyctl, 10, ring, b"user", b"left", 0) > 0
    libc.syscall(add_key, b"user", b"left", b"hello", 5, ring)
seen["left"] = left
"""
    for _ in range(2):
        assert seen(mark, release, body) == {"left": 0}


def test_deleting_its_folder_harms_nobody(mark, release):
    wipe = """
import shutil
for place in ("/course/scratch", "/course", "/"):
    shutil.rmtree(place, ignore_errors=True)
"""
    assert sum(points(mark(notebook(release, before=[wipe]))).values()) == FULL


def test_a_large_file_is_cut_off(mark, release):
    look = seen(mark, release, """
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    with open(os.environ["TMPDIR"] + "/large", "wb") as f:
        for _ in range(100):
            f.write(b"x" * 2**20)
    seen["wrote"] = "all"
except OSError:
    seen["wrote"] = "some"
""")  # fmt: skip
    assert look["wrote"] == "some"


def test_a_link_is_no_submission(tmp_path):
    from course_lib.grading.submissions import collect

    secret = tmp_path / "secret.ipynb"
    secret.write_text("{}")
    folder = tmp_path / "in"
    folder.mkdir()
    os.symlink(secret, folder / "ada.ipynb")
    (submission,) = collect(folder)["ada"]
    with pytest.raises(Trouble, match="it is a link, not a file."):
        submission.read()


def test_extra_code_in_a_check_cell_is_never_run(mark, release):
    made = notebook(release)
    for cell in made["cells"]:
        if cells.checked(cell) == "softmax":
            cell["source"] = "softmax = None"
    assert points(mark(made))["softmax"] == SOFTMAX
    made["cells"].append(code("softmax = None", nbgrader={"grade_id": "check_softmax"}))
    assert points(mark(made))["softmax"] == SOFTMAX


# ---- where there are no walls ------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["limits", "self-check"])
def test_without_walls_the_same_notebooks_get_the_same_marks(class_folder, release, tmp_path, kind):
    run = runs.begin(class_folder, tmp_path)
    wrong = "def softmax(scores, axis=-1):\n    return np.exp(scores - scores.max()) * 0.5"
    handed = {
        "right": (notebook(release), FULL),
        "untouched": (release, 0),
        "wrong": (notebook(release, {**RIGHT, "softmax": wrong}), TEMPERATURE),
        "dies": (notebook(release, before=["import os; os._exit(1)"]), FULL),
    }
    made = servers.Server("code/02_softmax", walls=False)
    if kind == "self-check":
        made = servers.Server("code/02_softmax", forks=False)
    with made as server:
        assert server.strength == kind
        for student, (what, expected) in handed.items():
            got = judging.mark(run, server, student, [submission(what, student)])
            assert got.total == expected, (student, got.problem, [e.said for e in got.exercises])
            assert got.walls == kind


def test_libraries_in_a_private_folder_are_read(class_folder, release, tmp_path, monkeypatch):
    """Root's workers become nobody, who could not import what is only loaded when it is needed."""
    run, home, packages = (
        runs.begin(class_folder, tmp_path),
        tmp_path / "home",
        Path(np.__path__[0]),
    )
    venv.create(home / "venv", symlinks=True)
    (private,) = home.glob("venv/lib/*/site-packages")
    for folder in ("numpy", "numpy.libs"):
        shutil.copytree(packages.parent / folder, private / folder)
    (private / "others.pth").write_text(str(packages.parent))
    home.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(home / "venv" / "bin" / "python"))
    needing = {**RIGHT, "softmax": "import numpy.f2py\n" + RIGHT["softmax"]}
    with servers.Server("code/02_softmax", walls=False) as server:
        got = judging.mark(run, server, "ada", [submission(notebook(release, needing), "ada")])
    assert got.total == FULL, [e.said for e in got.exercises]


BUSY = """
import os, sys, threading
from course_lib.grading import frames, inside, walls  # while every file can be read

if os.geteuid() == 0:
    os.setgid(61991)
    os.setuid(61991)
done = threading.Event()
for _ in range(200):
    threading.Thread(target=done.wait, daemon=True).start()
inside.REFUSED.append("no walls here")

def work(tell, take):
    thread = threading.Thread(target=tell, args=({"walls": "limits"},))
    thread.start()
    thread.join()

_, reader, _ = inside.start(work, 61000)
with os.fdopen(reader, "rb") as stream:
    body = frames.read(stream)
print(frames.unpack(body)[0] if body else "no thread could be started", flush=True)
os._exit(0)
"""


def test_limits_leave_room_for_what_the_user_has_already():
    """The kernel counts all tasks of a user: a browser alone has more than a notebook may have."""
    ran = subprocess.run([sys.executable, "-c", BUSY], capture_output=True, text=True, cwd=ROOT)
    assert ran.stdout == "{'walls': 'limits'}\n", ran.stdout + ran.stderr


def test_marks_and_submissions_below_what_is_bound_are_covered(tmp_path, monkeypatch):
    """In a container all may lie below /usr/src/app: Python is seen, and no student's work."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    for folder in ("class/.venv", "class/marks", "submissions"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "batch.zip").write_bytes(b"")
    monkeypatch.setattr(sys, "exec_prefix", str(tmp_path / "class" / ".venv"))
    private = [tmp_path / name for name in ("class", "submissions", "batch.zip", "none")]
    command = " ".join(servers._bubblewrap("bwrap", str(tmp_path), "code/02_softmax", private))
    for covered in (
        "--tmpfs {}/class/marks ",
        "--tmpfs {}/submissions ",
        "/dev/null {}/batch.zip ",
    ):
        assert covered.format(tmp_path) in command, covered
    assert f"--tmpfs {tmp_path}/class " not in command and f"{tmp_path}/none" not in command
