"""Pictures to drag: each is one piece of HTML with its own script, and needs nothing else.

They work by mouse, touch and keyboard, in JupyterLab and on a web page. Where scripts are not
allowed to run, they show one line that says how to run them, and nothing half drawn.
"""

from course_lib.pictures.widgets.heads import browse_heads
from course_lib.pictures.widgets.lookup import drag_lookup
from course_lib.pictures.widgets.moments import drag_moments
from course_lib.pictures.widgets.next_pieces import choose_next
from course_lib.pictures.widgets.shares import drag_shares
from course_lib.pictures.widgets.similarity import drag_similarity
from course_lib.pictures.widgets.width import drag_width

__all__ = [
    "browse_heads",
    "choose_next",
    "drag_lookup",
    "drag_moments",
    "drag_shares",
    "drag_similarity",
    "drag_width",
]
