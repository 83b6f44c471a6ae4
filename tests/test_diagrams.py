"""Drawings that lay themselves out, and the page they stand on."""

import dataclasses
import html
import re

import nbformat
import numpy as np
import pytest

from course_lib.attention import attend
from course_lib.examples import keys, query, values, words
from course_lib.lessons import LESSONS, ROOT, TRACKS
from course_lib.pictures import draw_jars, draw_machine, during, framing, play, show
from course_lib.pictures.diagrams import shapes
from course_lib.pictures.diagrams.drawing import Drawing, behind, below, beside, padded, placed
from course_lib.pictures.diagrams.framing import digest, svg
from course_lib.pictures.diagrams.machine import PARTS, machine_page, poster
from course_lib.publishing.shown import wide
from tests.chromium import browser_page

ALT, CAPTION = "Four jars and a mixture.", "Money gives two thirds."
STEPS = ["Bank asks.", "The words answer.", "The jars are poured."]


def jars():
    output, weights = attend(query, keys, values, scale=1)
    return draw_jars(words, values, weights, output)


def texts_of(drawing):
    return [html.unescape(t) for t in re.findall(r"<text[^>]*>([^<]*)</text>", svg(drawing, ALT))]


@pytest.fixture
def shown(monkeypatch):
    pages = []
    monkeypatch.setattr(framing, "display", pages.append)
    return pages


def without_scripts(page):
    """What is left where JupyterLab does not trust a notebook: no scripts, and no SVG's tags."""
    bare = re.sub(r"<(script|style)\b.*?</\1>|<!--.*?-->", "", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", bare)).split()


def test_every_number_of_the_example_stands_in_the_drawing():
    found = texts_of(jars())
    assert [w for w in found if w in words] == list(words)
    for row in values:
        for number in row:
            assert f"{number:g}" in found
    assert [t for t in found if "%" in t] == ["9 %", "24 %", "1 %", "66 %"]
    assert found[-4:-1] == ["2.1", "7.8", "1.4"]


def test_other_numbers_make_another_drawing_and_another_digest():
    output, weights = attend(query, keys, values)
    assert digest(draw_jars(words, values, weights, output)) != digest(jars()) == digest(jars())


def test_a_digest_does_not_depend_on_where_things_stand():
    assert digest(padded(jars(), x=100)) == digest(jars())


def test_what_was_trained_has_the_digest_of_its_words():
    output, weights = attend(query, keys, values)
    one, other = jars(), draw_jars(words, values, weights, output)
    assert digest(one, data=False) == digest(other, data=False) != digest(one)
    renamed = draw_jars(["boat", *words[1:]], values, weights, output)
    assert digest(renamed, data=False) != digest(other, data=False)


def test_what_stands_side_by_side_does_not_overlap():
    one, other = Drawing(20, 10).named("a"), Drawing(30, 40).named("b")
    both = beside(one, other, gap=5)
    assert (both.width, both.height) == (55, 40)
    assert both["a.right"][0] + 5 == both["b.left"][0]
    stack = below(one, other, gap=7, align="left")
    assert stack["a.bottom"][1] + 7 == stack["b.top"][1] and stack["a.left"][0] == 0
    inner = placed(100, 100, [(both.named("pair"), 10, 20)])
    assert inner["b.left"] == (both["b.left"][0] + 10, both["b.left"][1] + 20)
    with pytest.raises(KeyError, match="no place 'c.left'.*a.left"):
        both["c.left"]


def test_a_wire_is_as_thick_as_its_share_and_nothing_is_dotted():
    thick = [
        float(re.findall(r'stroke-width="([\d.]+)"', shapes.wire((0, 0), (9, 9), share))[-1])
        for share in (1.0, 0.5, 0.25)
    ]
    assert thick == [shapes.THICKEST * share for share in (1.0, 0.5, 0.25)]
    assert "stroke-dasharray" in shapes.wire((0, 0), (9, 9), 0.0)
    assert "stroke-dasharray" not in shapes.wire((0, 0), (9, 9), 1e-9)


@pytest.mark.parametrize("values", [[-1.0, 2.0], [0.0, 0.0]])
def test_a_strip_says_its_numbers_and_marks_what_is_below_zero(values):
    drawing = shapes.strip(values, "key", decimals=1)
    assert drawing.words == tuple(f"{v:.1f}".replace("-", "−") for v in values)
    assert "".join(drawing.parts).count("stroke-dasharray") == sum(v < 0 for v in values)


def test_a_strip_without_numbers_or_with_an_unknown_role_is_refused():
    for given in (([], "key"), ([1.0], "colour")):
        with pytest.raises(ValueError, match="needs values and one of the roles"):
            shapes.strip(*given)


def test_text_that_looks_like_markup_stays_text():
    assert "<b>" not in "".join(shapes.card("<b>").parts)


def test_the_page_has_alt_caption_and_digest_and_is_tidy_without_scripts(shown):
    show(jars(), ALT, CAPTION)
    (page,) = shown
    assert f'data-drawn="{digest(jars())}"' in page.page and "\n" not in page.page.split("\n", 1)[1]
    assert f'<svg role="img" aria-label="{ALT}"' in page.page
    assert without_scripts(page.page) == (ALT + " " + CAPTION).split()
    assert repr(page) == ALT


@pytest.mark.parametrize("lesson", PARTS)
def test_the_map_of_the_machine_lights_its_own_part_alone(lesson):
    drawing = draw_machine(lesson)
    found = texts_of(drawing)
    assert all(name in found and term in found for name, term in PARTS.values())
    lit = re.findall(r'font-weight="600">([^<]*)<', svg(drawing, ALT))
    assert set(lit) == {f"{lesson:02}", PARTS[lesson][0]}
    pale = re.findall(r'<g data-lesson="(\d+)" opacity', svg(drawing, ALT))
    assert sorted(map(int, pale)) == [n for n in PARTS if n > lesson]


def test_the_map_links_to_each_lesson_and_does_so_without_scripts():
    page = machine_page(3).page
    bare = re.sub(r"<script\b.*?</script>", "", page, flags=re.DOTALL)
    links = dict(re.findall(r'<a data-lesson="(\d+)" href="([^"]+)"', bare))
    assert links == {str(lesson.number): f"{lesson.stem}.ipynb" for lesson in LESSONS}


def test_the_poster_is_made_and_has_colours_of_its_own():
    made = (ROOT / "docs" / "machine.svg").read_text(encoding="utf-8")
    assert made == poster() and "color:#222;background:#fff" in made
    assert 'font-weight="600"' not in made and 'opacity="0.7"' not in made


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("lesson", [x for x in LESSONS if x.number in PARTS])
def test_each_lesson_opens_with_the_map(track, lesson):
    cells = nbformat.read(lesson.path(track), as_version=4).cells
    (place,) = [i for i, cell in enumerate(cells) if cell.id == "machine"]
    assert place <= 3 and f"show_machine({lesson.number})" in cells[place].source


def test_slides_have_the_wide_layout_alone():
    both, slide = machine_page(3).page, wide(machine_page(3).page)
    assert re.findall(r'data-layout="(\w+)"', both) == ["wide", "narrow"]
    assert re.findall(r'data-layout="(\w+)"', slide) == ["wide"] and "@container" not in slide


def test_a_narrow_layout_does_not_change_the_digest():
    drawing = draw_machine(3)
    assert drawing.narrow.width < drawing.width
    assert digest(drawing) == digest(dataclasses.replace(drawing, narrow=None))


def test_a_lesson_without_a_part_is_refused():
    for lesson in (-1, 12):
        with pytest.raises(ValueError, match="parts of the lessons 1 to 11"):
            draw_machine(lesson)


def test_a_player_needs_two_steps(shown):
    with pytest.raises(ValueError, match="at least two steps"):
        play(jars(), STEPS[:1], ALT, CAPTION)


def stepped():
    """Three cards, of which each is seen from its own step on, and the first one only there."""
    cards = [shapes.card(word).named(word) for word in ("one", "two", "three")]
    return beside(during(cards[0], 0, 0), during(cards[1], 1), during(cards[2], 2))


def test_a_player_goes_back_and_forth_by_buttons_and_keys(shown, tmp_path):
    play(stepped(), STEPS, ALT, CAPTION)
    (tmp_path / "page.html").write_text("<meta charset='utf8'>" + shown[0].page, encoding="utf-8")
    with browser_page(width=800, height=600) as page:
        page.goto(f"file://{tmp_path}/page.html")

        def seen():
            return [
                w for w in ("one", "two", "three") if page.get_by_text(w, exact=True).is_visible()
            ]

        def said():
            return page.locator("[data-part=sentence]").text_content()

        assert (seen(), said()) == (["one"], STEPS[0])
        assert page.locator("[data-part=back]").is_disabled()
        page.locator("[data-part=forward]").click()
        assert (seen(), said()) == (["two"], STEPS[1])
        page.keyboard.press("ArrowRight")
        assert (seen(), said()) == (["two", "three"], STEPS[2])
        assert page.locator("[data-part=forward]").is_disabled()
        assert page.locator("[data-part=place]").text_content() == "3 of 3"
        page.locator("[data-part=back]").focus()
        page.keyboard.press("Home")
        assert (seen(), said()) == (["one"], STEPS[0])
        assert page.locator("figure[role=group]").get_attribute("aria-label") == CAPTION
        page.emulate_media(media="print")
        assert page.locator("[data-part=sentences]").is_visible()
        assert not page.locator("[data-part=controls]").is_visible()


def test_a_player_without_scripts_tells_all_its_sentences(shown):
    play(stepped(), STEPS, ALT, CAPTION)
    words = " ".join(without_scripts(shown[0].page))
    assert all(step in words for step in (ALT, *STEPS, CAPTION))
    assert "three" not in words.replace(ALT, "")


def test_a_click_on_a_part_of_the_map_follows_its_link(tmp_path):
    (tmp_path / "map.html").write_text("<meta charset='utf8'>" + machine_page(9).page, "utf-8")
    with browser_page(width=1000, height=800) as page:
        page.goto(f"file://{tmp_path}/map.html")
        page.evaluate(
            "document.querySelectorAll('a').forEach(a => a.href = '#' + a.dataset.lesson)"
        )
        page.locator("svg:visible").get_by_text("turn down", exact=True).click()
        assert page.url.endswith("#4")


def test_wires_stand_behind_what_they_join():
    drawing = behind(Drawing(10, 10, ("<rect/>",)), "<path/>")
    assert drawing.parts == ("<path/>", "<rect/>")
    assert np.isfinite(drawing.width)
