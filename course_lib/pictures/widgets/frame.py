"""What every picture to drag has in common: the frame, its style, and its tables.

The scripts lie beside these files; all of them start with `frame.js`. What each defines for those
that follow, `eslint.config.mjs` says.
"""

import html
import json
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import ArrayLike

from course_lib.pictures.figures.style import ROLES
from course_lib.pictures.page import Page

WITHOUT_SCRIPTS = (
    "Here is a picture to drag. To see it, run this cell in JupyterLab, after the cells above it."
)

# On each thing that takes the focus: it keeps JupyterLab from reading its keys as shortcuts.
KEYS_ARE_MINE = "data-lm-suppress-shortcuts='true'"

# Colours follow the page: black on white, or white on black.
_STYLE = """
.course-drag { color: var(--jp-content-font-color1, currentColor); max-width: 66em;
  font: 15px/1.45 var(--jp-content-font-family, system-ui, sans-serif); }
.course-drag .sides { display: flex; flex-wrap: wrap; gap: 0.5em 1.5em; align-items: center; }
.course-drag .sides > div { max-width: 100%; overflow-x: auto; }
.course-drag svg { flex: 1 1 18em; min-width: 15em; max-width: min(25em, 100%);
  height: auto; overflow: visible; }
.course-drag svg text { fill: currentColor; font-size: 18px; paint-order: stroke;
  stroke: var(--jp-layout-color0, transparent); stroke-width: 4px; stroke-linejoin: round; }
.course-drag table { border-collapse: collapse; margin: 0.3em 0; font-size: 1em; border: 0; }
.course-drag caption { caption-side: top; text-align: left; font-weight: 600; padding: 0; }
.course-drag th, .course-drag td { padding: 0.2em 0.6em; text-align: right; font-weight: 400;
  white-space: nowrap; background: transparent; border: 0; color: inherit; }
.course-drag th:first-child, .course-drag td.wide { text-align: left; }
.course-drag thead th { font-weight: 600; }
.course-drag td.wide { width: 8em; min-width: 4em; }
.course-drag .bar { display: block; height: 0.95em; box-sizing: border-box; min-width: 0;
  border: 1px solid currentColor; }
.course-drag .best { outline: 2px solid currentColor; outline-offset: -2px; }
.course-drag [data-part=handle] { cursor: grab; touch-action: none; outline: none; }
.course-drag .ring { fill: none; stroke: none; }
.course-drag [data-part=handle]:focus .ring { stroke: currentColor; stroke-width: 2.5;
  stroke-dasharray: 4 3; }
.course-drag button { font: inherit; color: inherit; background: transparent; cursor: pointer;
  border: 1px solid currentColor; border-radius: 4px; padding: 0.2em 0.8em; margin: 0.3em 0; }
.course-drag input[type=range] { width: min(11em, 25vw); vertical-align: middle; }
.course-drag p { margin: 0.3em 0; }
.course-drag code { color: inherit; background: transparent; font-size: 1em; }
"""


def framed(name: str, label: str, body: str, scripts: Sequence[str], data: dict, text: str) -> Page:
    """Put a picture's body and script into one self-contained piece of HTML.

    `name` marks the picture for tests, `label` names it for a screen reader, `scripts`
    are the files that run in it, one after the other, after `frame.js`; they find `data` there.
    `text` stands for the picture where no HTML can be shown.

    Example:
        >>> framed("demo", "A demo", "<p>No script.</p>", [], {}, "A demo.")
        A demo.
    """
    # "<" never appears in the data, so no word can close the script early
    handed = json.dumps({**data, "roles": ROLES}).replace("<", "\\u003c")
    start, *rest = map(_script, ["frame", *scripts])
    # hidden="hidden": an attribute without a value is dropped where JupyterLab shows it untrusted
    page = (
        f'<div class="course-drag" data-widget="{name}" role="group" '
        f'aria-label="{html.escape(label)}">'
        f'<style>{_STYLE}</style><div data-part="body" hidden="hidden">{body}</div>'
        f'<p data-part="status" role="status" aria-live="polite">{WITHOUT_SCRIPTS}</p>'
        f"<script>(() => {{{start}const data = {handed};{''.join(rest)}}})();</script></div>"
    )
    return Page(page, text)


@cache
def _script(name: str) -> str:
    path = resources.files("course_lib.pictures.widgets") / f"{name}.js"
    return "\n" + path.read_text(encoding="utf-8")


def plain(values: ArrayLike) -> list:
    """Return the numbers for the script, to ten decimals: the same text on every machine.

    Example:
        >>> plain([[0.1 + 0.2, -1e-17]])
        [[0.3, 0.0]]
    """
    return (np.round(np.asarray(values, dtype=float), 10) + 0.0).tolist()


def listed(words: Sequence[str]) -> str:
    """Return the words as a list in a sentence.

    Example:
        >>> listed(["river", "bank", "money"])
        'river, bank and money'
    """
    words = list(words)
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def table(
    caption: str,
    columns: Sequence[str],
    labels: Sequence[str],
    cells: Sequence[Callable[[int], str]],
) -> str:
    """Return an HTML table, one row per label; `number` and `bar` make the cells beside it.

    A row is a part of its own, `row0`, `row1` and so on.

    Example:
        >>> page = table("Scores", ["word", ""], ["river", "bank"], [number("score")])
        >>> "data-part='score0'" in page, "data-part='score1'" in page
        (True, True)
    """
    body = "".join(
        f"<tr data-part='row{place}'><th scope='row'>{html.escape(label)}</th>"
        + "".join(cell(place) for cell in cells)
        + "</tr>"
        for place, label in enumerate(labels)
    )
    return (
        f"<table><caption>{html.escape(caption)}</caption>"
        f"{heading(columns)}<tbody>{body}</tbody></table>"
    )


def heading(columns: Sequence[str]) -> str:
    """Return the first row of an HTML table; a column without a name has an empty cell.

    Example:
        >>> heading(["", "river"])
        "<thead><tr><td></td><th scope='col'>river</th></tr></thead>"
    """
    cells = (
        f"<th scope='col'>{html.escape(column)}</th>" if column else "<td></td>"
        for column in columns
    )
    return f"<thead><tr>{''.join(cells)}</tr></thead>"


def number(part: str) -> Callable[[int], str]:
    """Return a column of cells that the script fills with numbers: of row 0 it is `part0`."""
    return lambda row: f"<td data-part='{part}{row}'></td>"


def bar(part: str) -> Callable[[int], str]:
    """Return a column of bars whose widths the script sets; the numbers stand elsewhere."""
    span = f"<span class='bar' data-part='{part}%d' aria-hidden='true'></span>"
    return lambda row: f"<td class='wide'>{span % row}</td>"
