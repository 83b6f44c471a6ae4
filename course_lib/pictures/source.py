"""Show the source of the library's functions, as a lesson prints it."""

import html
import inspect
import textwrap
from collections.abc import Callable
from pathlib import Path

from IPython.display import display

from course_lib.pictures.bare_source import LINE, without_docstrings, without_hints
from course_lib.pictures.page import Page

_REPOSITORY = Path(__file__).resolve().parents[2]


def show_source(function: Callable, *, docstring: bool = False, hints: bool = False) -> None:
    """Show the source of a function or class of the library, with the file it comes from.

    Docstrings are left out unless `docstring=True`, type hints unless `hints=True`; comments stay.

    Raises:
        ValueError: `function` is not a function or class of `course_lib`.

    Example:
        >>> from course_lib.pictures.figures.style import text_colour
        >>> show_source(text_colour)  # doctest: +ELLIPSIS
        def text_colour(background):
        ...
    """
    display(_source(function, docstring=docstring, hints=hints))


def _source(function: Callable, *, docstring: bool, hints: bool) -> Page:
    path = _library_path(function)
    indented = inspect.getsource(function)
    source = textwrap.dedent(indented).rstrip() + "\n"
    if not docstring:
        source = without_docstrings(source)
    if not hints:
        depth = len(indented) - len(indented.lstrip())  # of a method in its class
        source = without_hints(source, line=LINE - depth)
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
