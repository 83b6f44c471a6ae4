"""Show what a model wrote: texts that another machine's training would make otherwise."""

import html
from collections.abc import Mapping

from IPython.display import display

from course_lib.pictures.page import FOLDED, Page


def show_written(texts: Mapping[str, str], caption: str, *, corner: str = "") -> None:
    """Show a table with a text for each name, each written by a model that was trained just now.

    Two processors do not train quite alike, so the texts themselves are not compared between two
    runs of a notebook (``data-written``), and stand in no plain text; names and caption are.

    Raises:
        ValueError: `caption` is empty, or there is no text.

    Example:
        >>> show_written({"seed 0": "Attention is another."}, "It writes.", corner="drawn with")
        drawn with: seed 0
    """
    display(written_page(texts, caption, corner))


def written_page(texts: Mapping[str, str], caption: str, corner: str) -> Page:
    """Return the texts as a page."""
    if not caption.strip() or not texts:
        raise ValueError("caption and texts must not be empty: say what the texts show")
    border = "border:1px solid var(--jp-border-color2,#c0c0c0);padding:0.25em 0.7em;text-align:left"
    column = '<th scope="col" style="{}">{}</th>'
    head = column.format(border, html.escape(corner)) + column.format(border, "what was written")
    body = "".join(
        f'<tr><th scope="row" style="{border};white-space:pre-wrap">{html.escape(name)}</th>'
        f'<td data-written style="{border};white-space:pre-wrap">{html.escape(text)}</td></tr>'
        for name, text in texts.items()
    )
    page = (
        f'{FOLDED}<figure style="margin:0.5em 0">'
        '<table style="border-collapse:collapse;margin:0 0 0.4em 0;font-size:1em">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"<figcaption>{html.escape(caption)}</figcaption></figure>"
    )
    names = ", ".join(" ".join(name.split()) for name in texts)
    return Page(page, f"{corner}: {names}" if corner else names)
