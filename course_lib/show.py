"""Show pictures, source code and tables in a notebook, so that everyone can read them.

A picture goes out as an HTML `<figure>`: the alternative text reaches a screen reader in
JupyterLab and on a web page, and the caption says what the picture shows.
"""

import ast
import base64
import html
import inspect
import io
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Integral, Real
from pathlib import Path

import numpy as np
from IPython.display import display
from matplotlib.figure import Figure

from course_lib.plots.digest import digest

SHORTEST_ALT = 15
DOTS_PER_INCH = 144  # of the stored image: one and a half dots per pixel of the page
PIXELS_PER_INCH = 96  # of a web page

_REPOSITORY = Path(__file__).resolve().parent.parent


# JupyterLab shows the first line of a folded output: it must not give a prediction's result away.
FOLDED = "<!-- Click here to see the result. -->\n"


class Page:
    """A piece of HTML with the plain text that stands for it where no HTML can be shown.

    Example:
        >>> display(Page("<b>two</b>", "two"))
        two
    """

    def __init__(self, page: str, text: str) -> None:
        self.page = page
        self.text = text

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/html": self.page, "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text


def show(figure: Figure, alt: str, caption: str, *, trained: bool = False) -> None:
    """Show a figure with a text alternative and a caption.

    `alt` says what is visible, for those who cannot see it; `caption` says what follows from it.
    The HTML carries a digest of the drawn data, so two runs can be compared without the image.
    `trained=True` is for what a long training gave, which differs a little between processors: the
    digest is that of the frame alone, the axes with their names and limits.

    Raises:
        ValueError: `alt` is too short to describe a picture, or `caption` is empty.

    Example:
        >>> from course_lib.plots import draw_shares
        >>> figure = draw_shares([0.25, 0.75], ["river", "bank"])
        >>> show(figure, "Two bars: river 25 %, bank 75 %.", "The bank gets three quarters.")
        Two bars: river 25 %, bank 75 %.
    """
    display(_picture(figure, alt, caption, trained=trained))


def _picture(figure: Figure, alt: str, caption: str, *, trained: bool = False) -> Page:
    alt, caption = " ".join(alt.split()), " ".join(caption.split())
    if len(alt) < SHORTEST_ALT:
        raise ValueError(
            f"alt must have at least {SHORTEST_ALT} characters, but {alt!r} has {len(alt)}: "
            "say what is visible to someone who cannot see the picture"
        )
    if not caption:
        raise ValueError(
            "caption must not be empty: say in one sentence what follows from the picture"
        )
    image = io.BytesIO()
    figure.savefig(image, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    source = base64.b64encode(image.getvalue()).decode("ascii")
    width = round(figure.get_figwidth() * PIXELS_PER_INCH)
    page = (
        f'{FOLDED}<figure data-drawn="{digest(figure, data=not trained)}" style="margin:0.5em 0">'
        f'<img alt="{html.escape(alt)}" width="{width}" style="max-width:100%;height:auto" '
        f'src="data:image/png;base64,{source}">'
        f"<figcaption>{html.escape(caption)}</figcaption></figure>"
    )
    return Page(page, alt)


def show_source(function: Callable, *, docstring: bool = False) -> None:
    """Show the source of a function or class of the library, with the file it comes from.

    Docstrings are left out unless `docstring=True`; comments stay.

    Raises:
        ValueError: `function` is not a function or class of `course_lib`.

    Example:
        >>> from course_lib.plots.style import text_colour
        >>> show_source(text_colour)  # doctest: +ELLIPSIS
        def text_colour(background: str) -> str:
        ...
    """
    display(_source(function, docstring=docstring))


def _source(function: Callable, *, docstring: bool) -> Page:
    path = _library_path(function)
    source = textwrap.dedent(inspect.getsource(function)).rstrip() + "\n"
    if not docstring:
        source = _without_docstrings(source)
    page = (
        '<figure style="margin:0.5em 0"><pre style="margin:0;padding:0.6em 0.8em;'
        "overflow-x:auto;line-height:1.35;border:1px solid var(--jp-border-color2,#d0d0d0);"
        "background:var(--jp-cell-editor-background,#f7f7f7);"
        f'color:var(--jp-mirror-editor-variable-color,#1f1f1f)" tabindex="0">'
        f'<code style="background:transparent;padding:0">{_highlighted(source)}</code></pre>'
        f"<figcaption><code>{html.escape(path)}</code></figcaption></figure>"
    )
    return Page(page, source.rstrip("\n"))


def _library_path(function: Callable) -> str:
    try:
        path = Path(inspect.getsourcefile(inspect.unwrap(function))).resolve()
        path.relative_to(_REPOSITORY / "course_lib")  # an error where the file is elsewhere
        return path.relative_to(_REPOSITORY).as_posix()
    except (TypeError, ValueError):
        raise ValueError(
            "function must be a function or class that course_lib defines in a file, "
            f"but {function!r} is not: pass the function itself, for example attend"
        ) from None


def _without_docstrings(source: str) -> str:
    lines = source.splitlines(keepends=True)
    dropped = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if ast.get_docstring(node) is None or len(node.body) == 1:
            continue
        end = node.body[0].end_lineno
        while not lines[end].strip():  # the blank line after it
            end += 1
        dropped.update(range(node.body[0].lineno - 1, end))
    return "".join(line for number, line in enumerate(lines) if number not in dropped)


def _highlighted(source: str) -> str:
    """Colour Python source with the editor's own colours, which fit a light and a dark page."""
    from pygments.lexers import PythonLexer
    from pygments.token import Token

    # kind of token, the editor's variable, the colour where there is no such variable
    colours = (
        (Token.Keyword, "keyword", "#00690a"),
        (Token.Operator.Word, "keyword", "#00690a"),
        (Token.Literal.String, "string", "#a11515"),
        (Token.Literal.Number, "number", "#006b3c"),
        (Token.Name.Function, "def", "#0000c8"),
        (Token.Name.Class, "def", "#0000c8"),
        (Token.Name.Decorator, "meta", "#8a2be2"),
        (Token.Name.Builtin, "builtin", "#006b6b"),
    )
    pieces = []
    for kind, text in PythonLexer().get_tokens(source):
        text = html.escape(text, quote=False)
        if kind in Token.Comment:  # the editor's colour for comments is too faint to read
            text = f'<span style="font-style:italic;opacity:0.85">{text}</span>'
        for family, variable, colour in colours:
            if kind in family and text.strip():
                style = f"color:var(--jp-mirror-editor-{variable}-color,{colour})"
                text = f'<span style="{style}">{text}</span>'
                break
        pieces.append(text)
    return "".join(pieces).rstrip("\n")


def show_table(
    rows: Mapping[str, Sequence] | Iterable[tuple[str, Sequence]],
    columns: Sequence[str],
    caption: str,
    *,
    corner: str = "",
    decimals: int = 2,
) -> None:
    """Show a small table: one row per word, one column per quantity.

    `rows` maps each word to its cells (or lists pairs, where a word occurs twice). A cell is a
    number, a list of numbers, or text. A column of whole numbers is shown without decimals.
    `corner` is the heading above the words.

    Raises:
        ValueError: a row has more or fewer cells than there are columns, or `caption` is empty.

    Example:
        >>> rows = {"river": [[2, -1], 1], "money": [[0, 3], 3]}
        >>> show_table(rows, ["key", "score"], "Money scores higher.", corner="word")
        word   key      score
        river  [2, -1]  1
        money  [0, 3]   3
    """
    display(_table(rows, columns, caption, corner, decimals))


def _table(
    rows: Mapping[str, Sequence] | Iterable[tuple[str, Sequence]],
    columns: Sequence[str],
    caption: str,
    corner: str,
    decimals: int,
) -> Page:
    pairs = list(rows.items() if isinstance(rows, Mapping) else rows)
    if not caption.strip():
        raise ValueError("caption must not be empty: say what the table shows")
    for word, cells in pairs:
        if len(cells) != len(columns):
            raise ValueError(
                f"each row must have one cell per column, {len(columns)}, but the row {word!r} "
                f"has {len(cells)}: add or remove cells"
            )
    by_column = [
        _formatted_column([cells[number] for _, cells in pairs], decimals)
        for number in range(len(columns))
    ]
    words = [str(word) for word, _ in pairs]
    texts = [[column[number] for column in by_column] for number in range(len(words))]
    return Page(
        _html_table(words, texts, columns, caption, corner),
        _plain_table(words, texts, columns, corner),
    )


def _formatted_column(cells: Sequence, decimals: int) -> list[str]:
    numbers = [
        float(number)
        for cell in cells
        if not isinstance(cell, str)
        for number in np.ravel(np.asarray(cell))
    ]
    whole = all(round(number, 7) == round(number) for number in numbers if np.isfinite(number))
    return [_formatted_cell(cell, 0 if whole else decimals) for cell in cells]


def _formatted_cell(cell: object, decimals: int) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, (Real, Integral, np.number)) or np.ndim(cell) == 0:
        # first to 7 decimals, so that 0.12499999999 and 0.125 look the same; + 0.0 ends -0
        return f"{round(round(float(cell), 7), decimals) + 0.0:.{decimals}f}"
    return "[" + ", ".join(_formatted_cell(number, decimals) for number in cell) + "]"


def _html_table(
    words: Sequence[str],
    texts: Sequence[Sequence[str]],
    columns: Sequence[str],
    caption: str,
    corner: str,
) -> str:
    border = "border:1px solid var(--jp-border-color2,#c0c0c0);padding:0.25em 0.7em"
    left, right = f"{border};text-align:left", f"{border};text-align:right"

    def cell(text: str) -> str:
        minus = text if any(letter.isalpha() for letter in text) else text.replace("-", "−")
        return f'<td style="{right}">{html.escape(minus)}</td>'

    first = f'<th scope="col" style="{left}">{html.escape(corner)}</th>'
    if not corner:
        first = f'<td style="{left}"></td>'
    head = first + "".join(
        f'<th scope="col" style="{right}">{html.escape(column)}</th>' for column in columns
    )
    body = "".join(
        f'<tr><th scope="row" style="{left}">{html.escape(word)}</th>'
        + "".join(map(cell, row))
        + "</tr>"
        for word, row in zip(words, texts, strict=True)
    )
    return (
        f'{FOLDED}<figure style="margin:0.5em 0">'
        '<table style="border-collapse:collapse;margin:0 0 0.4em 0;font-size:1em">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"<figcaption>{html.escape(caption)}</figcaption></figure>"
    )


def _plain_table(
    words: Sequence[str], texts: Sequence[Sequence[str]], columns: Sequence[str], corner: str
) -> str:
    table = [[corner, *columns], *([word, *row] for word, row in zip(words, texts, strict=True))]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    )
