"""Notebooks of the first edition, and classes released with it, import pictures by other names."""

import subprocess
import sys

import pytest

from course_lib.lessons import ROOT

# as they stand in notebooks of the first edition
STATEMENTS = [
    "from course_lib.show import show",
    "from course_lib.show import show, show_source, show_table",
    "from course_lib.reveal import reveal, reveal_table",
    "from course_lib.plots import draw_curves, draw_projection, draw_scores, draw_shares",
    "from course_lib.plots import draw_snapshots, draw_table, draw_vectors, draw_weights",
    "from course_lib.plots.style import INK, ROLES, name_axes, new_figure",
    "from course_lib.widgets import drag_lookup, drag_shares, drag_similarity, drag_width",
    "from course_lib.widgets.heads import browse_heads",
    "from course_lib.widgets.moments import drag_moments",
    "from course_lib import plots; plots.style.new_figure(8, 4); plots.draw_curves",
    "from course_lib import reveal; reveal.reveal, reveal.reveal_table",
    "from course_lib import show; show.show, show.show_source, show.show_table",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_name_of_the_first_edition_is_found_in_a_fresh_kernel(statement):
    run = subprocess.run(
        [sys.executable, "-c", statement], capture_output=True, text=True, cwd=ROOT
    )
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("name", ["show", "plots", "widgets", "reveal"])
def test_the_old_rooms_hold_nothing_of_their_own(name):
    lines = (ROOT / "course_lib" / f"{name}.py").read_text(encoding="utf-8").splitlines()
    assert all(line.startswith("from course_lib.pictures") for line in lines)
