"""Every kind of picture: what it shows, what it refuses, and that it can be read."""

import subprocess
import sys

import numpy as np
import pytest
from matplotlib.text import Text

from course_lib import examples
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
from course_lib.pictures.figures.style import ROLES
from course_lib.softmax import softmax

WORDS = list(examples.words)
SCORES = examples.keys @ examples.query
TABLE = examples.keys @ examples.keys.T
LONG = [f"institution{number}" for number in range(7)]

PICTURES = {
    "vectors": lambda: draw_vectors(examples.keys, WORDS, query=examples.query),
    "projection": lambda: draw_projection(examples.query, examples.keys[3]),
    "shares": lambda: draw_shares(softmax(SCORES), WORDS, title="bank"),
    "shares compared": lambda: draw_shares(softmax(SCORES), WORDS, compare=softmax(SCORES / 2)),
    "two bars compared": lambda: draw_shares([0.5, 0.5], LONG[:2], compare=[0.2, 0.8]),
    "far tips": lambda: draw_vectors(30 * examples.keys, WORDS),
    "scores": lambda: draw_scores(SCORES, WORDS),
    "weights": lambda: draw_weights(softmax(TABLE), WORDS, WORDS),
    "many weights": lambda: draw_weights(np.eye(20), ["word"] * 20, ["word"] * 20),
    "long names": lambda: draw_table(np.eye(7), LONG, LONG),
    "table": lambda: draw_table(TABLE, WORDS, WORDS),
    "snapshots": lambda: draw_snapshots(np.tile(np.eye(8), (6, 1, 1)), "abcdef", "12345678",
                                        "12345678"),
    "an odd snapshot": lambda: draw_snapshots(np.tile(np.eye(4), (4, 1, 1)), LONG[:4], WORDS,
                                              LONG[:4], title="while it learns"),
    "snapshots of one query": lambda: draw_snapshots(np.full((3, 1, 4), 0.25), "abc", ["bank"],
                                                     WORDS, per_row=1),
    "curves": lambda: draw_curves([1, 2, 3], {"a": [1, 2, 3], "b": [3, 2, 3]}, xlabel="temperature",
                                  ylabel="share"),
}  # fmt: skip


@pytest.fixture(params=PICTURES, scope="module")
def figure(request):
    return PICTURES[request.param]()


def test_both_axes_are_named(figure):
    axes = [place for place in figure.axes if place.get_label() != "<colorbar>"]
    assert any(place.get_xlabel() for place in axes)  # of small pictures, the outer ones
    assert axes[0].get_ylabel()


def test_every_text_can_be_read_on_a_projector(figure):
    figure.draw_without_rendering()
    sizes = [text.get_fontsize() for text in figure.findobj(Text) if text.get_text()]
    assert min(sizes) >= 11
    assert 4.5 <= figure.get_figwidth() <= 8.5
    assert figure.get_figheight() <= 8.5


def test_no_text_is_cut_off_or_covers_another(figure):
    figure.draw_without_rendering()
    page = figure.bbox.padded(1)
    boxes = [
        (text.get_text(), text.get_window_extent())
        for text in figure.findobj(Text)
        if text.get_text() and text.get_visible() and shown_tick(text, figure)
    ]
    for name, box in boxes:
        assert page.x0 <= box.x0 and box.x1 <= page.x1, name
        assert page.y0 <= box.y0 and box.y1 <= page.y1, name
    for number, (name, box) in enumerate(boxes):
        for other, other_box in boxes[number + 1 :]:
            assert not box.overlaps(other_box), (name, other)


def shown_tick(text, figure):
    """Say whether a text is drawn: not every tick label lies within the limits of its axis."""
    for axes in figure.axes:
        for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            low, high = sorted(limits)
            for tick in axis.get_major_ticks():
                if text in (tick.label1, tick.label2):
                    room = 1e-9 * (high - low)
                    return low - room <= tick.get_loc() <= high + room
    return True


def test_pictures_leave_no_trace_in_pyplot():
    script = (
        "import sys, numpy as np\n"
        "from course_lib.pictures.figures import draw_shares, draw_vectors, draw_weights\n"
        "draw_shares([.5, .5], 'ab'); draw_vectors(np.eye(2), 'ab'); draw_weights(np.eye(2), 'ab',"
        " 'ab')\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "assert 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_one_colour_per_role():
    assert len(set(ROLES.values())) == len(ROLES)
    figure = draw_vectors(examples.keys, WORDS, query=examples.query)
    assert len(figure.axes[0].collections) == 2  # the query, and all keys


def test_the_vectors_are_drawn_from_the_origin_to_their_tips():
    arrows = draw_vectors(examples.keys, WORDS).axes[0].collections[0]
    assert np.array_equal(np.c_[arrows.U, arrows.V], examples.keys)
    assert not arrows.XY.any()


def test_the_shadow_has_the_length_of_the_projection():
    axes = draw_projection(examples.keys[2], examples.query).axes[0]
    assert axes.texts[-1].get_text() == "shadow −0.71"  # -1 / sqrt(2)
    foot = [-0.5, -0.5]
    assert any(np.allclose(line.get_xydata()[-1], foot) for line in axes.lines)


def test_bars_show_the_shares_of_the_running_example():
    axes = draw_shares(softmax(SCORES), WORDS).axes[0]
    widths = [bar.get_width() for bar in axes.patches]
    assert np.allclose(widths, 100 * softmax(SCORES))
    assert [text.get_text() for text in axes.texts] == ["9 %", "24 %", "1 %", "66 %"]


def test_a_share_that_is_not_zero_never_reads_as_zero():
    axes = draw_shares([0.9999, 0.0001, 1e-20, 0], list("abcd")).axes[0]
    assert [text.get_text() for text in axes.texts] == ["100 %", "<1 %", "<1 %", "0 %"]


def test_colours_are_fixed_across_heat_maps():
    for matrix in (np.eye(2), np.full((2, 2), 0.5)):
        (image,) = draw_weights(matrix, "ab", "ab").axes[0].images
        assert image.get_clim() == (0, 1)
    (image,) = draw_table([[1, -3]], "a", "bc").axes[0].images
    assert image.get_clim() == (-3, 3)


def test_numbers_stand_in_the_cells_and_hidden_cells_are_covered():
    axes = draw_weights([[1, 0], [0.25, 0.75]], "ab", "ab", mask=[[1, 0], [1, 1]]).axes[0]
    assert [text.get_text() for text in axes.texts] == ["1.00", "0.25", "0.75"]
    (cover,) = axes.patches
    assert cover.get_xy() == (0.5, -0.5)


def test_snapshots_share_their_colours_and_name_each_outer_axis():
    maps = np.random.default_rng(0).random((4, 2, 3))
    figure = draw_snapshots(maps, ["a", "b", "c", "d"], "12", "123")
    axes = [place for place in figure.axes if place.images]
    assert [place.get_title() for place in axes] == ["a", "b", "c", "d"]
    assert np.allclose([place.images[0].get_array() for place in axes], maps)
    assert {place.images[0].get_clim() for place in axes} == {(0, 1)}
    assert [place.get_xlabel() for place in axes] == ["", "key", "key", "key"]
    assert [place.get_ylabel() for place in axes] == ["query", "", "", "query"]


def test_minus_infinity_can_stand_in_a_table():
    axes = draw_table([[1.5, -np.inf]], "a", "bc").axes[0]
    assert [text.get_text() for text in axes.texts] == ["1.50", "−∞"]


def test_curves_differ_by_more_than_colour():
    series = {name: [number, 2 * number] for number, name in enumerate("abcdefg")}
    lines = draw_curves([1, 2], series, xlabel="x", ylabel="y").axes[0].lines
    assert len({line.get_marker() for line in lines}) == 7
    assert len({line.get_color() for line in lines}) == 7


def test_names_of_curves_that_end_together_do_not_overlap():
    series = {name: [number, 1.0] for number, name in enumerate("abcd")}
    figure = draw_curves([1, 2], series, xlabel="x", ylabel="y")
    figure.draw_without_rendering()
    boxes = [Text.get_window_extent(text) for text in figure.axes[0].texts]  # without leaders
    assert not any(one.overlaps(two) for i, one in enumerate(boxes) for two in boxes[i + 1 :])


@pytest.mark.parametrize(
    ("draw", "argument"),
    [
        (lambda: draw_vectors([[1, 2, 3]], ["a"]), "vectors"),
        (lambda: draw_vectors([[1, 2]], ["a", "b"]), "vectors"),
        (lambda: draw_vectors([[1, 2]], ["a"], query=[1]), "query"),
        (lambda: draw_vectors([[1, 2]], ["a"], role="colour"), "role"),
        (lambda: draw_projection([1, 1], [0, 0]), "b must have a direction"),
        (lambda: draw_projection([1, 1, 1], [0, 1]), "a must"),
        (lambda: draw_shares([0.5], ["a", "b"]), "weights"),
        (lambda: draw_shares([1.2, -0.2], ["a", "b"]), "draw_scores"),
        (lambda: draw_shares([0.5, 0.5], ["a", "b"], compare=[1]), "compare"),
        (lambda: draw_scores([[1]], ["a"]), "scores"),
        (lambda: draw_scores([1], ["a"], role="colour"), "role"),
        (lambda: draw_weights(np.eye(2), "ab", "abc"), "weights"),
        (lambda: draw_weights(2 * np.eye(2), "ab", "ab"), "draw_table"),
        (lambda: draw_weights(np.eye(2), "ab", "ab", mask=[[1]]), "mask"),
        (lambda: draw_table(np.eye(2), "ab", "ab", limit=-1), "limit"),
        (lambda: draw_snapshots([np.eye(2)], ["a", "b"], "ab", "ab"), "maps"),
        (lambda: draw_snapshots([3 * np.eye(2)], ["a"], "ab", "ab"), "maps .* not scores"),
        (lambda: draw_snapshots([], [], "ab", "ab"), "maps"),
        (lambda: draw_snapshots([np.eye(2)], ["a"], "ab", "ab", per_row=0), "per_row"),
        (lambda: draw_curves([1, 2], {"a": [1]}, xlabel="x", ylabel="y"), "'a'"),
        (lambda: draw_curves([1, 2], {}, xlabel="x", ylabel="y"), "series"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(draw, argument):
    with pytest.raises(ValueError, match=argument):
        draw()


def readable(figure):
    figure.draw_without_rendering()
    assert min(text.get_fontsize() for text in figure.findobj(Text) if text.get_text()) >= 11
    assert figure.get_figwidth() <= 8.5 and figure.get_figheight() <= 8.5


def test_inputs_are_not_changed():
    keys, scores = examples.keys.copy(), SCORES.copy()
    draw_vectors(keys, WORDS, query=keys[0])
    draw_scores(scores, WORDS)
    draw_table(keys, WORDS, ["water", "finance"])
    assert np.array_equal(keys, examples.keys)
    assert np.array_equal(scores, SCORES)
