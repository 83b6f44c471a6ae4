"""What an answer calls is read from its text: nothing hides it, and nobody is accused falsely."""

import nbformat
import pytest

from course_lib.exercises import names, task_of
from course_lib.files import cells
from course_lib.grading import gradebook, marking, reaching, releases, reports, runs
from course_lib.lessons import SOLUTIONS
from tests.grading.handed_in import code, solved, submission

FORBIDS = (
    "torch.nn.functional.scaled_dot_product_attention",
    "torch.nn.MultiheadAttention",
    "course_lib.layers.attend",
)
IMPORTS = "import torch\nfrom torch import nn\nfrom torch.nn import functional as F"
HONEST = """class Layer(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.w = nn.Linear(d, d)

    def forward(self, x):
        scores = self.w(x) @ x.transpose(-2, -1) / x.shape[-1] ** 0.5
        weights = scores.softmax(dim=-1)
        return weights @ x, weights
"""


def read(*sources, forbids=FORBIDS):
    return reaching.found([IMPORTS, *sources], "Layer", forbids)


def function(body, before=""):
    return f"{before}\ndef Layer(q, k, v):\n    return {body}"


@pytest.mark.parametrize(
    "source",
    [
        function("F.scaled_dot_product_attention(q, k, v)"),
        function("torch.nn.functional.scaled_dot_product_attention(q, k, v)"),
        function("torch._C._nn._scaled_dot_product_attention_math(q, k, v)"),
        function("a(q, k, v)", "from torch.nn.functional import scaled_dot_product_attention as a"),
        function("a(q, k, v)", "a = F.scaled_dot_product_attention"),
        function("a(q, k, v)", "b = F\na = b.scaled_dot_product_attention"),
        function("g(q, k, v)", "def g(*x):\n    return F.scaled_dot_product_attention(*x)"),
        function("t['a'](q, k, v)", "t = {'a': F.scaled_dot_product_attention}"),
        function("t['a'](q, k, v)", "t = {}\nt['a'] = F.scaled_dot_product_attention"),
        function("t['a'](q, k, v)", "t = {}\nt.update(a=F.scaled_dot_product_attention)"),
        function("getattr(F, 'scaled_dot_product_attention')(q, k, v)"),
        function("q", "Layer = 1") + "\nLayer = F.scaled_dot_product_attention",
        function("q") + "\nif True:\n    Layer = F.scaled_dot_product_attention",
        "class Layer(nn.MultiheadAttention): pass",
        "class Layer(nn.modules.activation.MultiheadAttention): pass",
        "class Layer(nn.TransformerEncoderLayer): pass",
        HONEST + "\nLayer.forward = lambda self, *x: F.scaled_dot_product_attention(*x)",
        HONEST + "\nsetattr(Layer, 'forward', F.scaled_dot_product_attention)",
        HONEST + "\nsetattr(torch, 'matmul', F.scaled_dot_product_attention)\nnn = torch.nn",
    ],
)
def test_what_is_spelled_out_is_certain(source):
    assert read(source).certain, source


@pytest.mark.parametrize(
    "source",
    [
        function("getattr(F, 'scaled_dot' + '_product_attention')(q, k, v)"),
        function("F.__dict__['scaled_dot' + '_product_attention'](q, k, v)"),
        function("vars(F)['scaled_dot' + '_product_attention'](q, k, v)"),
        function("eval('F.scaled' + '_dot_product_attention')(q, k, v)"),
        function("torch.ops.aten['x'](q, k, v)"),
        function("a(q, k, v)", "import operator\na = operator.attrgetter('x')(F)"),
        function("warnings.sys.modules['torch']", "import warnings"),
        function("torch.jit.script('x')(q)"),
        function("q") + "\nexec('Layer = 1')",
        function("q") + "\nglobals()['Layer'] = 1",
        "import pickle\nLayer = pickle.loads(b'')",
        "from helper import Layer",
        "x = 1",  # nothing defines it
    ],
)
def test_what_is_hidden_is_unclear(source):
    assert read(source).unclear, source


@pytest.mark.parametrize(
    "source",
    [
        HONEST,
        HONEST + "\nlayer = Layer(3)\nprint(layer.w.weight.__class__)",
        HONEST + "\ntorch.testing.assert_close(Layer(3)(q)[0], F.scaled_dot_product_attention(q))",
        HONEST + "\nwanted = F.scaled_dot_product_attention(q, k, v)\nassert Layer(3)(q) == wanted",
        HONEST + "\nmha = nn.MultiheadAttention(4, 2)\nmha.load_state_dict(Layer(3).state_dict())",
        HONEST + "\nimport sys, os, time\nprint(sys.version, os.getcwd())",
        HONEST + "\n%timeit Layer(3)\n!pip list\n%%time",
        HONEST.replace("scores.softmax(dim=-1)", "torch.softmax(scores, -1)"),
        function("helper(q, k, v)", "def scaled_dot_product_attention(q, k, v): return q\n"
                 "helper = scaled_dot_product_attention"),
        "from course_lib.layers import attend\n" + HONEST,
    ],
)  # fmt: skip
def test_an_honest_answer_is_not_accused(source):
    told = read(source)
    assert not told.certain and not told.unclear, (told, source)


def test_where_nothing_of_a_library_is_forbidden_nothing_is_read():
    told = read("exec('x')", forbids=("course_lib.layers.attend",))
    assert not told.certain and not told.unclear


LESSONS = [n for n in releases.lessons() if n.startswith("code/")]


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_courses_solutions_are_clear(lesson):
    notebook = nbformat.read(SOLUTIONS / f"{lesson}.ipynb", 4)
    sources = [cells.source(cell) for cell in notebook.cells if cell.cell_type == "code"]
    for name in names(lesson):
        task = task_of(name)
        if not task.value:
            told = reaching.found(sources, name, task.forbids)
            assert not told.certain and not told.unclear, (name, told)


# ---- what a teacher sees of it -----------------------------------------------------------------

WRAPPED = """
old = MultiHeadAttention.forward
def forward(self, *x, **options):
    CALL
    return old(self, *x, **options)
MultiHeadAttention.forward = forward
"""
CALLS = {
    "ada": None,
    "bob": "getattr(torch, 'manual' + '_seed')",
    "cleo": "torch.nn.functional.scaled_dot_product_attention",
    "dan": None,
}


def handed_in(student):
    made = solved("code/09_multi_head")
    for cell in made["cells"]:
        if CALLS[student] and "class MultiHeadAttention" in cells.source(cell):
            cell["source"] = cells.source(cell) + WRAPPED.replace("CALL", CALLS[student])
    if student == "dan":  # compares, after all checks
        made["cells"].append(code("print(torch.nn.functional.scaled_dot_product_attention)"))
    return submission(made, student)


def test_what_is_hidden_waits_for_a_person_and_no_number_stands_meanwhile(tmp_path, needs_walls):
    roster = tmp_path / "roster.csv"
    roster.write_text("id\n" + "\n".join(CALLS))
    release = releases.release("code/09_multi_head", tmp_path / "class", roster=roster)
    run = runs.begin(release, tmp_path / "marks")
    marks = marking.mark_all(run, {student: [handed_in(student)] for student in CALLS}, jobs=1)
    assert [marks[student].total for student in ("ada", "cleo", "dan")] == [20, 13, 20]
    assert "scaled_dot_product" in marks["cleo"].of("MultiHeadAttention").said
    rows = {row["student"]: row for row in reports.write(run, marks, "walls")}
    assert rows["bob"]["total"] == rows["bob"]["split_heads"] == ""
    page = reports.page_of(run, "bob").read_text(encoding="utf-8")
    assert "– of 7" in page and "13 of 20" not in page and "getattr(torch" in page
    assert "bob,," in gradebook.moodle(run, marks)
    for points, total in ((7, "20"), (0, "13")):
        (run.folder / "overrides.csv").write_text(
            f"student,exercise,points,reason\nbob,MultiHeadAttention,{points},read\n"
        )
        rows = {row["student"]: row for row in reports.write(run, marks, "walls")}
        assert str(rows["bob"]["total"]) == total and "hidden" not in rows["bob"]["remarks"]
    (run.folder / "overrides.csv").write_text(
        "student,exercise,points,reason\nbob,split_heads,4,read\n"
    )
    rows = {row["student"]: row for row in reports.write(run, marks, "walls")}
    assert rows["bob"]["total"] == ""  # another exercise set by hand does not settle this one
