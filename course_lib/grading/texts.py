"""What an exercise is called and asks, out of its notebook; Markdown as HTML for the pages."""

import ast
import html
import inspect
import re
from typing import Any

from course_lib.files import cells

NUMBER = re.compile(r"^#+\s*(\d+\s*·\s*)?")
FENCE = re.compile(r"```\w*\n(.*?)\n```", re.DOTALL)
HEADING = re.compile(r"(#+) +")
MARKS = (  # in escaped text, one after the other
    (re.compile(r"(`+)(.+?)\1"), r"<code>\2</code>"),
    (re.compile(r"(?<![\w*])\*\*(?=\S)([^*<>]+?)(?<=\S)\*\*(?![\w*])"), r"<b>\1</b>"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*<>]+?)(?<=\S)\*(?![\w*])"), r"<i>\1</i>"),
)


def titles(notebook: dict[str, Any]) -> dict[str, str]:
    """Return {exercise: what the heading above it says}, without its number.

    An exercise that shares its heading with another has none.
    """
    found = {}
    for name, block in cells.blocks(notebook).items():
        first = cells.source(block[0]).partition("\n")[0]
        if block[0]["cell_type"] == "markdown" and first.startswith("##"):
            found[name] = NUMBER.sub("", first).strip()
    return {name: title for name, title in found.items() if title}


def docstrings(notebook: dict[str, Any]) -> dict[str, str]:
    """Return {exercise: the docstring of what is to be written}."""
    found = {}
    for cell in notebook["cells"]:
        name = cells.grade_id(cell)
        if not name or cell["cell_type"] != "code" or cells.checked(cell):
            continue
        try:
            tree = ast.parse(cells.source(cell))
        except SyntaxError:
            continue
        for node in tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node):
                found[name] = inspect.cleandoc(ast.get_docstring(node) or "")
                break
    return found


def inline(text: str) -> str:
    """Return one piece of Markdown as HTML: code, bold and italics; the rest is shown as it is.

    Example:
        >>> inline("`a < b` is *not* 2 * 3")
        '<code>a &lt; b</code> is <i>not</i> 2 * 3'
    """
    pieces = re.split(r"(`+.+?`+)", html.escape(str(text), quote=True))
    for number, piece in enumerate(pieces):
        rules = MARKS[:1] if number % 2 else MARKS[1:]
        for pattern, made in rules:
            piece = pattern.sub(made, piece)
        pieces[number] = piece
    return "".join(pieces)


def page(text: str) -> str:
    """Return a question as HTML: paragraphs, lists, code in fences; what is HTML stays so."""
    parts = []
    for number, piece in enumerate(FENCE.split(text)):
        if number % 2:
            parts.append(f"<pre><code>{html.escape(piece)}</code></pre>")
            continue
        for part in filter(None, re.split(r"\n\s*\n", piece.strip())):
            parts.append(_block(part))
    return "".join(parts)


def _block(part: str) -> str:
    """Return one block as HTML."""
    lines = part.splitlines()
    if part.startswith("<"):
        return part
    if heading := HEADING.match(part):
        level = len(heading[1])
        return f"<h{level}>{inline(part[heading.end() :])}</h{level}>"
    for mark, tag in ((r"\d+\. ", "ol"), ("- ", "ul")):
        if all(re.match(mark, line) for line in lines):
            items = (f"<li>{inline(re.sub(mark, '', line, count=1))}</li>" for line in lines)
            return f"<{tag}>{''.join(items)}</{tag}>"
    return f"<p>{inline(part)}</p>"


def paragraphs(text: str) -> str:
    """Return a docstring as HTML: its paragraphs, each line of a list on its own."""
    return "".join(f"<p>{inline(part)}</p>" for part in re.split(r"\n\s*\n", text.strip()))
