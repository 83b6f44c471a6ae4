"""Put a drawing on a page: as SVG where scripts may run, else its description alone, tidily.

JupyterLab takes the tags of an inline SVG out of a notebook that it does not trust, and leaves the
labels behind as stray text. So the drawing waits inside a script, which goes away as a whole, and a
second script puts it in the place of its description.
"""

import hashlib
import html
import re

from course_lib.pictures.diagrams.drawing import Drawing, number, padded
from course_lib.pictures.page import FOLDED, Page

# the page's letters and colours; a white rim around text keeps it readable upon a wire
STYLE = (
    "color:var(--jp-content-font-color1,currentColor);"
    "font-family:var(--jp-content-font-family,system-ui,sans-serif);max-width:100%;height:auto"
)
UNFOLD = (
    "(f=>{const d=f.querySelector('[data-part=drawing]');"
    "d.innerHTML=f.querySelector('[type=\"image/svg+xml\"]').textContent})"
    "(document.currentScript.closest('figure'))"
)
FILE_STYLE = "color:#222;background:#fff;font-family:system-ui,sans-serif"  # it has no page

NARROW = 600  # pixels of a column: in a narrower one a drawing's second layout is seen
CHOOSE = (
    "figure[data-drawn]{container-type:inline-size}"
    f"@container (max-width:{NARROW}px){{svg[data-layout=wide]{{display:none}}"
    "svg[data-layout=narrow]{display:block!important}}"
)


def layouts(drawing: Drawing, alt: str) -> str:
    """Return a drawing's SVG element, or both of its layouts and the rule that chooses one."""
    if drawing.narrow is None:
        return svg(drawing, alt)
    wide = svg(drawing, alt, layout="wide")
    narrow = svg(drawing.narrow, alt, style=f"{STYLE};display:none", layout="narrow")
    return f"{wide}{narrow}<style>{CHOOSE}</style>"


def svg(drawing: Drawing, alt: str, *, style: str = STYLE, layout: str = "") -> str:
    """Return a drawing as one SVG element, with what is visible on it as its name.

    Example:
        >>> svg(Drawing(20, 10), "An empty page.")[:40]
        '<svg role="img" aria-label="An empty pag'
    """
    whole = padded(drawing)
    size = f'width="{number(whole.width)}" height="{number(whole.height)}"'
    view = f'viewBox="0 0 {number(whole.width)} {number(whole.height)}"'
    view += f' data-layout="{layout}"' if layout else ""
    return (
        f'<svg role="img" aria-label="{html.escape(alt)}" xmlns="http://www.w3.org/2000/svg" '
        f'{size} {view} style="{style}">{"".join(whole.parts)}</svg>'
    )


SAID = re.compile(r">([^<]+)<|fill=\"(#\w+)\"|stroke-width=\"([\d.]+)\"|stroke-dasharray")


def digest(drawing: Drawing, *, data: bool = True) -> str:
    """Return 12 hexadecimal digits that stand for what a drawing shows, wherever it stands.

    Texts, colours, and how thick and of what kind the lines are count; places don't, since letters
    are not equally wide everywhere, and a narrow layout shows the same. With `data=False` only the
    texts without numbers count.

    Example:
        >>> one, wider = Drawing(9, 9, ("<text x='1'>river</text>",)), "<text x='2'>river</text>"
        >>> digest(one) == digest(Drawing(9, 9, (wider,)))
        True
    """
    found = SAID.finditer("".join(drawing.parts))
    shown = [m.group(0) for m in found if data or (m.group(1) and not re.search(r"\d", m.group(1)))]
    return hashlib.sha256("".join(shown).encode()).hexdigest()[:12]


def drawing_page(drawing: Drawing, alt: str, caption: str, *, trained: bool = False) -> Page:
    """Return a drawing as a page, with its alternative text, its caption and its digest."""
    page = (
        f'{FOLDED}<figure data-drawn="{digest(drawing, data=not trained)}" style="margin:0.5em 0">'
        f'<div data-part="drawing"><em>{html.escape(alt)}</em></div>'
        f"<figcaption>{html.escape(caption)}</figcaption>"
        f'<script type="image/svg+xml">{layouts(drawing, alt)}</script>'
        f"<script>{UNFOLD}</script></figure>"
    )
    return Page(page, alt)
