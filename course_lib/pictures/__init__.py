"""Pictures of attention, and the way a notebook shows them.

``figures`` draws with Matplotlib, ``widgets`` makes pictures to drag; ``framing``, ``tables``,
``source`` and ``folds`` show things with alternative text and a caption.
"""

from course_lib.pictures.diagrams.glasses import (
    draw_cards,
    draw_glasses,
    draw_light,
    draw_looks,
)
from course_lib.pictures.diagrams.lookup import draw_jars
from course_lib.pictures.diagrams.machine import draw_machine, show_machine
from course_lib.pictures.diagrams.nudge import Answered, draw_nudge
from course_lib.pictures.diagrams.player import during
from course_lib.pictures.diagrams.table import (
    draw_asking,
    draw_askings,
    draw_row,
    draw_rows,
    draw_slips,
)
from course_lib.pictures.figures import (
    draw_curves,
    draw_layer,
    draw_projection,
    draw_scores,
    draw_shares,
    draw_snapshots,
    draw_table,
    draw_translator,
    draw_vectors,
    draw_weights,
)
from course_lib.pictures.figures.shares import percent
from course_lib.pictures.figures.style import name_axes, new_figure
from course_lib.pictures.folds import reveal, reveal_table
from course_lib.pictures.framing import play, show
from course_lib.pictures.source import show_source
from course_lib.pictures.tables import show_table
from course_lib.pictures.widgets import (
    browse_heads,
    drag_lookup,
    drag_moments,
    drag_shares,
    drag_similarity,
    drag_width,
)

__all__ = [
    "Answered",
    "browse_heads",
    "drag_lookup",
    "drag_moments",
    "drag_shares",
    "drag_similarity",
    "drag_width",
    "draw_asking",
    "draw_askings",
    "draw_cards",
    "draw_curves",
    "draw_glasses",
    "draw_jars",
    "draw_layer",
    "draw_light",
    "draw_looks",
    "draw_machine",
    "draw_nudge",
    "draw_projection",
    "draw_row",
    "draw_rows",
    "draw_scores",
    "draw_shares",
    "draw_slips",
    "draw_snapshots",
    "draw_table",
    "draw_translator",
    "draw_vectors",
    "draw_weights",
    "during",
    "name_axes",
    "new_figure",
    "percent",
    "play",
    "reveal",
    "reveal_table",
    "show",
    "show_machine",
    "show_source",
    "show_table",
]
