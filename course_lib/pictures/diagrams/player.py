"""A drawing that is told in steps: back, forward, and one sentence for each step.

There is one drawing; what belongs to some of the steps alone says from which to which. Where no
script runs the description stands, with all sentences below it.
"""

import html
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import resources

from course_lib.pictures.diagrams.drawing import Drawing, placed
from course_lib.pictures.diagrams.framing import digest, layouts
from course_lib.pictures.diagrams.shapes import frame
from course_lib.pictures.page import FOLDED, Page

STYLE = """
.course-player button { font: inherit; color: inherit; background: transparent; cursor: pointer;
  border: 1px solid currentColor; border-radius: 4px; padding: 0.2em 0.8em; margin-right: 0.4em; }
.course-player button:disabled { opacity: 0.5; cursor: default; }
.course-player [data-part=sentence] { min-height: 3em; margin: 0.4em 0; max-width: 44em; }
@media screen { .course-printed { display: none; } }
@media print { .course-player [data-part=controls], .course-player [data-part=sentence] {
  display: none; } .course-player [data-from] { visibility: hidden !important; }
  .course-player [data-to="999"] { visibility: visible !important; } }
"""


def during(drawing: Drawing, first: int, last: int = 999) -> Drawing:
    """Return a drawing that is only seen from one step to another, counted from 0."""
    shown = "".join(drawing.parts)
    part = f'<g data-from="{first}" data-to="{last}">{shown}</g>'
    return replace(drawing, parts=(part,))


def marked(drawing: Drawing, step: int | None) -> Drawing:
    """Return a drawing with a strong rim while it is new, in one step; None: without one."""
    if step is None:
        return drawing
    size = drawing.width + 8, drawing.height + 8
    rim = Drawing(*size, (frame(*size, round_=12, line=3),))
    things = [(drawing, 0, 0), (during(rim, step, step), -4, -4)]
    return placed(drawing.width, drawing.height, things)


def player_page(drawing: Drawing, steps: Sequence[str], alt: str, caption: str) -> Page:
    """Return a drawing with its steps as a page.

    Raises:
        ValueError: there are fewer than two steps.
    """
    if len(steps) < 2:
        raise ValueError("a player needs at least two steps, each with a sentence")
    told = "".join(f"<li>{html.escape(step)}</li>" for step in steps)
    button = '<button type="button" data-part="{}" data-lm-suppress-shortcuts="true">{}</button>'
    page = (
        f'{FOLDED}<figure class="course-player" role="group" aria-label="{html.escape(caption)}" '
        f'data-drawn="{digest(drawing)}" style="margin:0.5em 0"><style>{STYLE}</style>'
        f'<div data-part="drawing"><em>{html.escape(alt)}</em></div>'
        f'<div data-part="controls" hidden="hidden">{button.format("back", "◀ back")}'
        f'{button.format("forward", "forward ▶")}<span data-part="place"></span></div>'
        '<p data-part="sentence"></p>'
        f'<ol data-part="sentences">{told}</ol><figcaption>{html.escape(caption)}</figcaption>'
        f'<script type="image/svg+xml">{layouts(drawing, alt)}</script>'
        f"<script>(() => {{{_script()}}})();</script></figure>"
    )
    return Page(page, "\n".join([alt, *steps]))


@cache
def _script() -> str:
    path = resources.files("course_lib.pictures.diagrams") / "player.js"
    return "\n" + path.read_text(encoding="utf-8")
