"""Pictures, source code and tables as a notebook shows them."""

import ast
import base64
import inspect
import re
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from matplotlib.figure import Figure

from course_lib.attention import attend
from course_lib.layers import AttentionLayer
from course_lib.multi_head import MultiHeadAttention
from course_lib.pictures import framing, show, show_source, show_table, tables
from course_lib.pictures import source as module_of_source
from course_lib.pictures.bare_source import without_docstrings, without_hints
from course_lib.pictures.figures import (
    draw_curves,
    draw_projection,
    draw_scores,
    draw_shares,
    draw_table,
    draw_vectors,
    draw_weights,
)
from course_lib.pictures.figures.digest import digest, rounded
from course_lib.seq2seq import RNNEncoderDecoder

ALT = "Two bars: river 25 %, bank 75 %."
WORDS = ["river", "bank", "lends"]


@pytest.fixture
def pages(monkeypatch):
    """Collect what is displayed."""
    collected = []
    for shown in (framing, module_of_source, tables):
        monkeypatch.setattr(shown, "display", collected.append)
    return collected


def the_page(pages):
    (page,) = pages
    return page._repr_mimebundle_()


def test_a_figure_has_alt_text_caption_digest_and_natural_size(pages):
    show(draw_shares([0.25, 0.75], ["river", "bank"]), ALT, "The bank gets three quarters.")
    bundle = the_page(pages)
    page = bundle["text/html"]
    assert bundle["text/plain"] == ALT
    assert f'alt="{ALT}"' in page
    assert "<figcaption>The bank gets three quarters.</figcaption>" in page
    assert re.search(r'<figure data-drawn="[0-9a-f]{12}"', page)
    image = base64.b64decode(re.search(r'src="data:image/png;base64,([^"]+)"', page)[1])
    pixels = int.from_bytes(image[16:20], "big")  # the width in a PNG's header
    width = int(re.search(r'width="(\d+)"', page)[1])
    assert width == 7 * 96
    assert pixels == 1.5 * width


def test_alt_and_caption_are_escaped(pages):
    show(draw_scores([1], ["a"]), 'A bar <b> & "quotes" here', "1 < 2 & <script>alert(1)</script>")
    page = the_page(pages)["text/html"]
    assert 'alt="A bar &lt;b&gt; &amp; &quot;quotes&quot; here"' in page
    assert "1 &lt; 2 &amp; &lt;script&gt;" in page
    assert "<script>" not in page


@pytest.mark.parametrize(
    ("alt", "caption", "word"),
    [("a picture", "It says so.", "alt"), ("   " * 9, "So.", "alt"), (ALT, "  ", "caption")],
)
def test_a_figure_without_words_is_refused(alt, caption, word):
    with pytest.raises(ValueError, match=word):
        show(Figure(), alt, caption)


def test_the_same_figure_gives_the_same_page(pages):
    for _ in range(2):
        show(draw_shares([0.25, 0.75], ["river", "bank"]), ALT, "Three quarters.")
    assert pages[0].page == pages[1].page


# Every kind of picture, drawn from a table of 3 × 3 shares
PICTURES = {
    "vectors": lambda table: draw_vectors(table[:, :2] * 4 - 1, WORDS, query=table[0, 1:]),
    "projection": lambda table: draw_projection(table[0, :2] * 4 - 1, table[1, :2]),
    "shares": lambda table: draw_shares(table[0], WORDS, compare=table[1]),
    "scores": lambda table: draw_scores(table[0] * 4 - 1, WORDS),
    "weights": lambda table: draw_weights(table, WORDS, WORDS),
    "table": lambda table: draw_table(table * 4 - 1, WORDS, WORDS),
    "curves": lambda table: draw_curves(
        [1, 2, 3], dict(zip(WORDS, table, strict=True)), xlabel="x", ylabel="share"
    ),
    "decay": lambda table: draw_curves(
        [1, 2, 3], {"a": 10.0 ** (-8 * table[0])}, xlabel="x", ylabel="share", yscale="log"
    ),
}

# Round numbers, 0, and numbers that lie exactly between two that round differently
NUMBERS = np.array([0.25, 0.125, 0.0, 0.0625, 0.5, 0.3125, 0.1005, 0.2345, 0.6665])
NUMBERS = NUMBERS.reshape(3, 3)


@pytest.fixture(scope="module")
def digests():
    return {name: digest(draw(NUMBERS)) for name, draw in PICTURES.items()}


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("size", [1e-9, -1e-9, 1e-16])
def test_noise_does_not_change_the_digest(digests, name, size):
    signs = np.array([[1, -1, 1], [1, -1, 1], [-1, 1, -1]])
    if name == "shares":  # one of them is 0, and the smallest share above 0 reads "<1 %"
        signs = signs * (NUMBERS > 0)
    assert digest(PICTURES[name](NUMBERS + size * signs)) == digests[name]


@pytest.mark.parametrize("name", PICTURES)
def test_another_number_changes_the_digest(digests, name):
    changed = NUMBERS.copy()
    changed[[0, 1], [1, 0]] += 0.01
    assert digest(PICTURES[name](changed)) != digests[name]


def test_of_a_training_only_the_frame_counts():
    def frame(weights, keys=("c", "d")):
        return digest(draw_weights(weights, ["a", "b"], keys), data=False)

    assert frame(np.eye(2)) == frame(np.full((2, 2), 0.5))
    assert frame(np.eye(2)) != frame(np.eye(2), ("c", "e"))


def test_texts_limits_colours_and_masks_change_the_digest():
    weights = np.eye(2)
    pictures = [
        draw_weights(weights, ["a", "b"], ["c", "d"]),
        draw_weights(weights, ["a", "b"], ["c", "e"]),
        draw_weights(weights, ["a", "b"], ["c", "d"], title="Who looks at whom"),
        draw_weights(weights, ["a", "b"], ["c", "d"], mask=[[True, False], [True, True]]),
        draw_table(weights, ["a", "b"], ["c", "d"]),
        draw_table(weights, ["a", "b"], ["c", "d"], limit=2),
        draw_table(weights, ["a", "b"], ["c", "d"], quantity="cosine"),
        draw_scores([1, 2], ["a", "b"]),
        draw_scores([1, 2], ["a", "b"], limits=(-3, 3)),
        draw_scores([1, 2], ["a", "b"], role="output"),
    ]
    assert len({digest(figure) for figure in pictures}) == len(pictures)


def test_rounding_noise_is_nothing_beside_a_large_number():
    assert rounded([1e-17, -0.0, 1e-7, 1]) == ["0", "0", "0", "1"]
    assert rounded([0.1 + 0.2, 0.3]) == ["0.3", "0.3"]
    assert rounded([0.1235 - 1e-12]) == rounded([0.1235 + 1e-12])


def test_small_numbers_count_on_a_logarithmic_axis():
    one, other = (
        draw_curves([1, 2], {"a": [1, tiny]}, xlabel="x", ylabel="y", yscale="log")
        for tiny in (1e-12, 1e-11)
    )
    assert digest(one) != digest(other)


def test_source_without_docstring(pages):
    show_source(attend)
    bundle = the_page(pages)
    assert "<code>course_lib/attention.py</code>" in bundle["text/html"]
    assert bundle["text/plain"].startswith("def attend(q, k, v")
    assert '"""' not in bundle["text/plain"]
    assert "weights = softmax(scores)" in bundle["text/plain"]
    compile(bundle["text/plain"], "shown", "exec")


def test_source_with_docstring_is_the_whole_source(pages):
    show_source(attend, docstring=True, hints=True)
    assert the_page(pages)["text/plain"] == inspect.getsource(attend).rstrip()


def test_html_of_source_holds_the_same_text_as_plain(pages):
    import html

    show_source(attend)
    bundle = the_page(pages)
    code = re.search(r"<pre[^>]*><code[^>]*>(.*)</code></pre>", bundle["text/html"], re.DOTALL)[1]
    assert html.unescape(re.sub(r"<[^>]+>", "", code)) == bundle["text/plain"]


def test_source_of_a_class_loses_the_docstrings_of_its_methods_too():
    source = (
        'class A:\n    """Doc."""\n\n    size = 1\n\n    def f(self):\n        """Doc."""\n'
        '        return "kept"\n\n    def g(self):\n        """All there is."""\n'
    )
    assert without_docstrings(source) == (
        'class A:\n    size = 1\n\n    def f(self):\n        return "kept"\n\n'
        '    def g(self):\n        """All there is."""\n'
    )


# Sources with hints, and the same without them, each as the formatter writes it
HINTED = {
    "one line": (
        "def f(x: int, y: str = 'a') -> bool:\n    return x > 0  # why: y is no number\n",
        "def f(x, y='a'):\n    return x > 0  # why: y is no number\n",
    ),
    "spread out": (
        """\
def attend(
    q: ArrayLike,
    k: ArrayLike,
    v: ArrayLike,
    *,
    mask: ArrayLike | None = None,
    scale: float | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    weights = softmax(scores)  # (..., n_q, n_k)
    return weights @ v, weights
""",
        """\
def attend(q, k, v, *, mask=None, scale=None):
    weights = softmax(scores)  # (..., n_q, n_k)
    return weights @ v, weights
""",
    ),
    "a result spread out": (
        "def f(\n    x: int,\n) -> tuple[\n    int, dict[str, int]\n]:  # 2\n    return x, {}\n",
        "def f(x):  # 2\n    return x, {}\n",
    ),
    "every kind of parameter": (
        "def f(a: int, /, b: int = 1, *rest: int, c: int, d: str = ':', **more: int): ...\n",
        "def f(a, /, b=1, *rest, c, d=':', **more): ...\n",
    ),
    "defaults as they are written": (
        "def f(a: float = 1e-05, b: tuple[int, ...] = (1, 2), c: F = lambda x: -x, d=0x10): ...\n",
        "def f(a=1e-05, b=(1, 2), c=lambda x: -x, d=0x10): ...\n",
    ),
    "a class": (
        """\
class Layer(nn.Module):
    size: int
    table: Tensor

    names: ClassVar[list[str]] = []

    @staticmethod
    @cache
    def at(
        place: int,
    ) -> int:
        return place

    async def forward(self, x: "Tensor") -> "Tensor":
        def inner(y: Tensor) -> Tensor:
            z: dict[str, int] = {"a": 1}
            return y  # type: ignore[return-value]

        late: Tensor
        if self.size:
            late = x  # type: ignore  # (n, d)
        return inner(x)
""",
        """\
class Layer(nn.Module):
    names = []

    @staticmethod
    @cache
    def at(place):
        return place

    async def forward(self, x):
        def inner(y):
            z = {"a": 1}
            return y

        if self.size:
            late = x  # (n, d)
        return inner(x)
""",
    ),
    "fields that make the class": (
        "@dataclass(eq=1)\nclass A:\n    x: int\n    y: int = 0\n\n    def f(self) -> A: ...\n",
        "@dataclass(eq=1)\nclass A:\n    x: int\n    y: int = 0\n\n    def f(self): ...\n",
    ),
    "comments in the signature": (
        "def f(\n    q: A,  # (n_q, d)\n    *,\n    m: A | None = None,  # (n_q, n)\n) -> A: ...\n",
        "def f(\n    q,  # (n_q, d)\n    *,\n    m=None,  # (n_q, n)\n): ...\n",
    ),
    "letters of more than a byte": (
        "def f(é: str = 'é→', *, ü: str = 'ü') -> str:\n    α: float = 1.0; β: float = 2.0\n",
        "def f(é='é→', *, ü='ü'):\n    α = 1.0; β = 2.0\n",
    ),
    "nothing but a hint": ("class A:\n    x: int\n", "class A:\n    x: int\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", HINTED)
def test_hints_leave_no_trace_in_a_source(name):
    hinted, plain = HINTED[name]
    assert without_hints(hinted) == plain
    assert without_hints(plain) == plain


@pytest.mark.parametrize("depth", [0, 4])
@pytest.mark.parametrize("room", [30, 60, 61, 62, 63, 71, 72, 73, 100])
def test_a_signature_is_laid_out_as_the_formatter_does(room, depth, tmp_path):
    names = [f"parameter_{number}" for number in range(4)]
    plain = f"def f({', '.join(names)}):\n    return 1\n"
    hinted = f"def f({', '.join(f'{name}: int' for name in names)}) -> int:\n    return 1\n"
    if depth:
        plain, hinted = (
            "class A:\n" + textwrap.indent(source, " " * depth) for source in (plain, hinted)
        )
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", str(room)]
    written = [
        subprocess.run([*command, "-"], input=source, capture_output=True, text=True, check=True)
        for source in (plain, hinted)
    ]
    assert without_hints(written[1].stdout, line=room) == written[0].stdout


def test_every_source_that_a_lesson_shows_is_the_same_with_hints(pages):
    """Take each function of the library that has no hints, and give it some."""
    for function in (attend, AttentionLayer, MultiHeadAttention.forward, RNNEncoderDecoder):
        source = without_hints(textwrap.dedent(inspect.getsource(function)))
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(node, ast.arg) and node.arg != "self":
                node.annotation = ast.parse("dict[str, Tensor | None]").body[0].value
            if isinstance(node, ast.FunctionDef):
                node.returns = ast.parse("tuple[Tensor, Tensor]").body[0].value
        hinted = without_docstrings(ast.unparse(tree) + "\n")
        assert "Tensor | None" in hinted
        assert ast.dump(ast.parse(without_hints(hinted))) == ast.dump(
            ast.parse(without_docstrings(source))
        )


@pytest.mark.parametrize("function", [len, np.linalg.norm, test_source_without_docstring])
def test_source_from_elsewhere_is_refused(function):
    with pytest.raises(ValueError, match="course_lib"):
        show_source(function)


def test_table_marks_headings_and_formats_each_column_once(pages):
    rows = {"river": [[2, -1], 1.0, 0.0894], "lends": [[-2, 1], -1.0, -1e-17]}
    show_table(rows, ["key", "score", "share"], "Scores & shares.", corner="word")
    bundle = the_page(pages)
    assert bundle["text/plain"].splitlines() == [
        "word   key      score  share",
        "river  [2, -1]  1      0.09",
        "lends  [-2, 1]  -1     0.00",
    ]
    page = bundle["text/html"]
    assert page.count('<th scope="col"') == 4
    assert page.count('<th scope="row"') == 2
    assert "[2, −1]</td>" in page  # a minus sign, not a hyphen
    assert "Scores &amp; shares.</figcaption>" in page


def test_table_takes_a_word_twice_and_keeps_text(pages):
    show_table([("the", ["a-b"]), ("the", ["<i>"])], ["text"], "The same word twice.")
    page = the_page(pages)["text/html"]
    assert page.count(">the</th>") == 2
    assert ">a-b</td>" in page
    assert ">&lt;i&gt;</td>" in page


def test_table_with_a_cell_too_many_is_refused():
    with pytest.raises(ValueError, match="river"):
        show_table({"river": [1, 2]}, ["score"], "Scores.")
    with pytest.raises(ValueError, match="caption"):
        show_table({"river": [1]}, ["score"], " ")
