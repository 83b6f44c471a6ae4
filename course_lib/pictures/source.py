"""Show the source of the library's functions, as a lesson prints it."""

import ast
import html
import inspect
import textwrap
from collections.abc import Callable
from pathlib import Path

from IPython.display import display

from course_lib.pictures.page import Page

_REPOSITORY = Path(__file__).resolve().parents[2]


def show_source(function: Callable, *, docstring: bool = False) -> None:
    """Show the source of a function or class of the library, with the file it comes from.

    Docstrings are left out unless `docstring=True`; comments stay.

    Raises:
        ValueError: `function` is not a function or class of `course_lib`.

    Example:
        >>> from course_lib.pictures.figures.style import text_colour
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
