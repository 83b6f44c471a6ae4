"""Drawings of attention: every function returns a figure; `course_lib.pictures.show` shows it."""

from course_lib.pictures.figures.curves import draw_curves
from course_lib.pictures.figures.heatmap import draw_table, draw_weights
from course_lib.pictures.figures.shares import draw_scores, draw_shares
from course_lib.pictures.figures.snapshots import draw_snapshots
from course_lib.pictures.figures.vectors import draw_projection, draw_vectors

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
