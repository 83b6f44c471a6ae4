"""What Sphinx and its theme leave to be mended: formulas, and a few names for screen readers."""

import re
from typing import Any

from docutils import nodes

# (what a page holds, what it shall hold): found by axe, in every page of the theme
MENDED = (
    ('<summary aria-label="Toggle hidden content">', "<summary>"),
    ("<pre>", '<pre tabindex="0">'),  # a wide listing is scrolled by keys, too
    (
        'role="heading"><span class="caption-text"',
        'role="heading" aria-level="2"><span class="caption-text"',
    ),
)


def unwrap_formulas(app: Any, doctree: nodes.document) -> None:
    r"""Keep formulas as they are: Sphinx would split those of several lines, where \tag fails."""
    for node in doctree.findall(nodes.math_block):
        node["no-wrap"] = True
        node.children = [nodes.Text(rf"\[{node.astext()}\]")]


def mended(page: str) -> str:
    """Return a finished page that says to a screen reader what it shows to the eye."""
    for found, wanted in MENDED:
        page = page.replace(found, wanted)
    return re.sub(r'(<button class="btn search-button[^>]*?) aria-label="Search"', r"\1", page)


def setup(app: Any) -> dict[str, bool]:
    """Let Sphinx call what is here."""
    app.connect("doctree-read", unwrap_formulas)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
