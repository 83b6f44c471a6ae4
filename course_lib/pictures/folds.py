"""Keep a result back until the reader has guessed: a picture or a table that opens by a click.

JupyterLab's own folding opens again whenever the cell runs, and hides the fold itself where the
source is hidden too. This one is part of the page: it also works on a web page without a kernel.
"""

import html
from collections.abc import Iterable, Mapping, Sequence

from IPython.display import display
from matplotlib.figure import Figure

from course_lib.pictures.diagrams.drawing import Drawing
from course_lib.pictures.framing import figure_page
from course_lib.pictures.page import Page
from course_lib.pictures.tables import table_page

SUMMARY = "Open the result when you have guessed"


def reveal(figure: Figure | Drawing, alt: str, caption: str, *, summary: str = SUMMARY) -> None:
    """Show a figure, as `show` does, folded away below a line to click.

    Raises:
        ValueError: `alt` is too short to describe a picture, or `caption` is empty.

    Example:
        >>> from course_lib.pictures.figures import draw_shares
        >>> figure = draw_shares([0.25, 0.75], ["river", "bank"])
        >>> reveal(figure, "Two bars: river 25 %, bank 75 %.", "The bank gets three quarters.")
        Open the result when you have guessed: Two bars: river 25 %, bank 75 %.
    """
    display(_folded(figure_page(figure, alt, caption), summary))


def reveal_table(
    rows: Mapping[str, Sequence] | Iterable[tuple[str, Sequence]],
    columns: Sequence[str],
    caption: str,
    *,
    corner: str = "",
    decimals: int = 2,
    summary: str = SUMMARY,
) -> None:
    """Show a table, as `show_table` does, folded away below a line to click.

    Raises:
        ValueError: a row has more or fewer cells than there are columns, or `caption` is empty.

    Example:
        >>> reveal_table({"river": [1], "money": [3]}, ["score"], "Money scores higher.")
        Open the result when you have guessed:        score
        river  1
        money  3
    """
    display(_folded(table_page(rows, columns, caption, corner, decimals), summary))


def _folded(shown: Page, summary: str) -> Page:
    line = f'<summary style="cursor:pointer">{html.escape(summary)}</summary>'
    page = f'<details style="margin:0.5em 0">{line}{shown.page}</details>'
    return Page(page, f"{summary}: {shown.text}")
