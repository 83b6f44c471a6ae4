"""What a notebook's cell shows, outside of a notebook: drawings stand in the page by themselves."""

import re

from course_lib.pictures.page import FOLDED

DRAWING = re.compile(
    r'<div data-part="drawing"><em>.*?</em></div>(<figcaption>.*?</figcaption>)'
    r'<script type="image/svg\+xml">(<svg.*?)</script><script>.*?</script>',
    re.DOTALL,
)
NARROW = re.compile(r'<svg [^>]*data-layout="narrow".*?</svg><style>.*?</style>', re.DOTALL)


def standing(page: str) -> str:
    """Return a cell's HTML whose drawings need no script; players and widgets keep theirs."""
    return DRAWING.sub(r"\2\1", page.replace(FOLDED, ""))


def wide(page: str) -> str:
    """Return a cell's HTML without the layouts for a narrow column: slides and paper are wide."""
    return NARROW.sub("", standing(page))
