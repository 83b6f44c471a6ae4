"""Pictures of attention, and the way a notebook shows them.

``figures`` draws with Matplotlib, ``widgets`` makes pictures to drag; ``framing``, ``tables``,
``source`` and ``folds`` show things with alternative text and a caption.
"""

from course_lib.pictures.diagrams.arrays import draw_shapes
from course_lib.pictures.diagrams.glasses import draw_dotted, draw_glasses, draw_light, draw_looks
from course_lib.pictures.diagrams.heads import draw_multi_head
from course_lib.pictures.diagrams.lookup import (
    draw_jars,
    draw_labels,
    draw_lookup,
    draw_pharmacists,
    draw_pharmacy,
    draw_wall,
)
from course_lib.pictures.diagrams.machine import draw_machine, show_machine
from course_lib.pictures.diagrams.norms import draw_norms
from course_lib.pictures.diagrams.nudge import Answered, draw_nudge
from course_lib.pictures.diagrams.places import draw_asking, draw_between, draw_plates, draw_turns
from course_lib.pictures.diagrams.player import during
from course_lib.pictures.diagrams.readers import draw_habits, draw_mixing, draw_pieces, draw_readers
from course_lib.pictures.diagrams.road import (
    draw_detector,
    draw_next_word,
    draw_road,
    draw_skip,
    draw_translator,
    draw_way,
)
from course_lib.pictures.diagrams.scaling import (
    draw_divisors,
    draw_thumbs,
    draw_turning,
    draw_voices,
)
from course_lib.pictures.diagrams.shares import (
    draw_cake,
    draw_cakes,
    draw_knobs,
    draw_staircase,
    draw_uncut,
)
from course_lib.pictures.diagrams.similarity import (
    draw_cards,
    draw_encoder,
    draw_friends,
    draw_loudness,
    draw_product,
)
from course_lib.pictures.diagrams.strips import draw_cover, draw_heads, draw_stretch
from course_lib.pictures.diagrams.table import (
    draw_row,
    draw_rows,
    draw_slips,
    draw_wires,
    draw_wirings,
)
from course_lib.pictures.diagrams.translating import (
    draw_glance,
    draw_notes,
    draw_one_note,
    draw_writing,
)
from course_lib.pictures.diagrams.writing import (
    draw_gluing,
    draw_guesses,
    draw_kept,
    draw_next_pieces,
    draw_texts,
    draw_writer,
)
from course_lib.pictures.figures import (
    draw_curves,
    draw_projection,
    draw_scores,
    draw_shares,
    draw_snapshots,
    draw_table,
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
    choose_next,
    drag_lookup,
    drag_moments,
    drag_shares,
    drag_similarity,
    drag_width,
)
from course_lib.pictures.widgets.next_pieces import visible
from course_lib.pictures.written import show_written

__all__ = [
    "Answered",
    "browse_heads",
    "choose_next",
    "drag_lookup",
    "drag_moments",
    "drag_shares",
    "drag_similarity",
    "drag_width",
    "draw_asking",
    "draw_between",
    "draw_cake",
    "draw_cakes",
    "draw_cards",
    "draw_cover",
    "draw_curves",
    "draw_detector",
    "draw_divisors",
    "draw_dotted",
    "draw_encoder",
    "draw_friends",
    "draw_glance",
    "draw_glasses",
    "draw_gluing",
    "draw_guesses",
    "draw_habits",
    "draw_heads",
    "draw_jars",
    "draw_kept",
    "draw_knobs",
    "draw_labels",
    "draw_light",
    "draw_looks",
    "draw_lookup",
    "draw_loudness",
    "draw_machine",
    "draw_mixing",
    "draw_multi_head",
    "draw_next_pieces",
    "draw_next_word",
    "draw_norms",
    "draw_notes",
    "draw_nudge",
    "draw_one_note",
    "draw_pharmacists",
    "draw_pharmacy",
    "draw_pieces",
    "draw_plates",
    "draw_product",
    "draw_projection",
    "draw_readers",
    "draw_road",
    "draw_row",
    "draw_rows",
    "draw_scores",
    "draw_shapes",
    "draw_shares",
    "draw_skip",
    "draw_slips",
    "draw_snapshots",
    "draw_staircase",
    "draw_stretch",
    "draw_table",
    "draw_texts",
    "draw_thumbs",
    "draw_translator",
    "draw_turning",
    "draw_turns",
    "draw_uncut",
    "draw_vectors",
    "draw_voices",
    "draw_wall",
    "draw_way",
    "draw_weights",
    "draw_wires",
    "draw_wirings",
    "draw_writer",
    "draw_writing",
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
    "show_written",
    "visible",
]
