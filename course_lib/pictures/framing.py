"""Show a figure so that everyone can read it.

A picture goes out as an HTML `<figure>`: the alternative text reaches a screen reader in
JupyterLab and on a web page, and the caption says what the picture shows.
"""

import base64
import html
import io
from collections.abc import Sequence

from IPython.display import display
from matplotlib.figure import Figure

from course_lib.pictures.diagrams.drawing import Drawing
from course_lib.pictures.diagrams.framing import drawing_page
from course_lib.pictures.diagrams.player import player_page
from course_lib.pictures.figures.digest import digest
from course_lib.pictures.page import FOLDED, Page

SHORTEST_ALT = 15
DOTS_PER_INCH = 144  # of the stored image: one and a half dots per pixel of the page
PIXELS_PER_INCH = 96  # of a web page


def show(figure: Figure | Drawing, alt: str, caption: str, *, trained: bool = False) -> None:
    """Show a figure or a drawing with a text alternative and a caption.

    `alt` says what is visible, for those who cannot see it; `caption` says what follows from it.
    The HTML carries a digest of the drawn data, so two runs can be compared without the image.
    `trained=True` is for what a long training gave, which differs a little between processors: the
    digest is that of the frame alone, the axes with their names and limits; of a drawing, that of
    its words.

    Raises:
        ValueError: `alt` is too short to describe a picture, or `caption` is empty.

    Example:
        >>> from course_lib.pictures.figures import draw_shares
        >>> figure = draw_shares([0.25, 0.75], ["river", "bank"])
        >>> show(figure, "Two bars: river 25 %, bank 75 %.", "The bank gets three quarters.")
        Two bars: river 25 %, bank 75 %.
    """
    display(figure_page(figure, alt, caption, trained=trained))


def play(drawing: Drawing, steps: Sequence[str], alt: str, caption: str) -> None:
    """Show a drawing step by step, with one sentence for each; ``during`` says what is seen when.

    Raises:
        ValueError: there are fewer than two steps, `alt` is too short to describe a picture, or
            `caption` is empty.
    """
    alt, caption = _described(alt, caption)
    display(player_page(drawing, steps, alt, caption))


def figure_page(figure: Figure | Drawing, alt: str, caption: str, *, trained: bool = False) -> Page:
    """Return a figure or drawing as a page, with its alternative text, caption and digest."""
    alt, caption = _described(alt, caption)
    if isinstance(figure, Drawing):
        return drawing_page(figure, alt, caption, trained=trained)
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


def _described(alt: str, caption: str) -> tuple[str, str]:
    """Return both in one line each, if they say something."""
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
    return alt, caption
