"""Pictures of attention: every function returns a figure, `course_lib.show.show` displays it."""

from course_lib.plots.curves import draw_curves
from course_lib.plots.heatmap import draw_table, draw_weights
from course_lib.plots.shares import draw_scores, draw_shares
from course_lib.plots.snapshots import draw_snapshots
from course_lib.plots.vectors import draw_projection, draw_vectors

__all__ = [
    "draw_curves",
    "draw_projection",
    "draw_scores",
    "draw_shares",
    "draw_snapshots",
    "draw_table",
    "draw_vectors",
    "draw_weights",
]
