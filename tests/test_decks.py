"""Decks: read from the lessons in Python, then looked at in a real browser, slide by slide."""

import json
import os
import re
import statistics
from pathlib import Path

import pytest
from click.testing import CliRunner

from course_lib import lessons
from course_lib.__main__ import main
from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.lessons import LESSONS, TRACKS
from course_lib.publishing.decks import deck, handout, printing, prose
from course_lib.publishing.decks.questions import (
    Block,
    Question,
    _code,
    _output,
    _text,
    _try_first,
    asks,
    asks_first,
    listing,
    questions,
    words,
)
from course_lib.publishing.decks.said import said
from tests.chromium import FLAGS, chromium, still
from tests.lots import by_lot

EVERY = list(deck.every_name())
LOT = [f"{track}/{lesson.stem}" for track in TRACKS for lesson in by_lot(LESSONS, 2, track)]
SIZES = ((1280, 720), (1920, 1080), (1024, 768))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


# ---- what a lesson's cells say of their slides -------------------------------------------------


def cell(source="## Why?\n*3 minutes*", kind="markdown", **course):
    return {"cell_type": kind, "id": "why", "source": source, "metadata": {"course": course}}


@pytest.mark.parametrize("name", EVERY)
def test_what_lessons_say_of_slides_can_be_meant(name):
    lesson, track = deck.every_name()[name]
    for each in cells.read(lesson.path(track))["cells"]:
        said(each, name)


@pytest.mark.parametrize(
    "wrong, told",
    [
        (cell(cutt=50), "may have slide, notes, cut, asked, vote"),
        (cell(cut=60), "cut is 50 or 90"),
        (cell("No heading.", cut=50), "no result is shown without its question"),
        (cell(slide="word " * 31), "slide has 31 words, 30 at most"),
        (cell(slide="one\ntwo\nthree"), "two lines|2 lines"),
        (cell("x = 1", "code", slide="shown"), "can only be empty"),
        (cell(asked=["no arrow here"]), "each is written `text → text`"),
        (cell(asked="one"), "asked is a list"),
        (cell("Text.", asked=["a → b"]), "asked stands at a question's heading"),
        (cell(notes=3), "notes is Markdown"),
        (cell(heading="two\nlines"), "heading is a line"),
        (cell(vote={"ask": "?"}), "needs ask, choices and right"),
        (cell(vote={"ask": "?", "choices": ["a → b"], "right": 1}), "two to four choices"),
        (cell(vote={"ask": "?", "choices": ["a → b", "c → d"], "right": 3}), "counts them from 1"),
    ],
)
def test_a_mistake_in_the_metadata_names_lesson_and_cell(wrong, told):
    with pytest.raises(Trouble, match=told) as error:
        said(wrong, "code/03_lookup")
    assert str(error.value).startswith("code/03_lookup, cell why, course")


def test_a_cell_without_metadata_says_nothing():
    plain = {"cell_type": "markdown", "id": "x", "source": "Hello.", "metadata": {}}
    assert said(plain, "code/03_lookup").slide is None


# ---- what is shown and what is said ------------------------------------------------------------


def shown(markdown):
    return [part for part, _, _ in prose.parts(markdown) if part]


def spoken(markdown):
    return " ".join(part for _, part, _ in prose.parts(markdown))


def test_running_prose_is_said_and_bold_sentences_are_shown():
    text = "It rains. **Attention never says no.** So it mixes, and it mixes all."
    assert shown(text) == ["<p><strong>Attention never says no.</strong></p>"]
    assert "It rains." in spoken(text) and "mixes all" in spoken(text)


def test_formulas_guesses_tables_and_code_are_shown_whole():
    for text in ("$$a \\cdot b$$", "> **Guess first:** which?", "```\nx = 1\n```", "|a|\n|-|\n|b|"):
        assert len(shown(text)) == 1, text
    assert "a \\cdot b" in shown("In words and, below,\n$$a \\cdot b$$\nthat is all.")[0]


def test_long_items_keep_their_first_words_and_are_said_whole():
    text = "- **Key.** What a thing is found by. " + "And more words than a slide can hold. " * 4
    assert "found by" in shown(text)[0] and shown(text)[0].count("more words") <= 1
    assert spoken(text).count("more words") == 4


@pytest.mark.parametrize(
    "above, seen",
    [
        ("It rains. Adding cancels, for every $c$:", ["Adding cancels, for every $c$: $$x$$"]),
        ("and what remains, $r$, is", ["And what remains, $r$, is $$x$$"]),
        (
            "Let $i$ be the best. It is. So it misses",
            ["Let $i$ be the best. So it misses $$x$$"],
        ),
        (f"Here {'many words ' * 12}; and so it is:", ["And so it is: $$x$$"]),
        ("Call $R$ **the rest**; then", ["Call $R$ the rest; then $$x$$"]),
        ("It rains (a lot). Hence", ["$$x$$"]),  # one word says nothing
    ],
)
def test_a_formula_is_shown_with_what_is_laid_down_and_with_what_leads_to_it(above, seen):
    parts = [" ".join(text_of(part).split()) for part in shown(f"{above}\n\n$$x$$\n\nThat is all.")]
    assert [re.sub(r"\s+([,;.])", r"\1", part) for part in parts] == seen
    assert "That is all." in spoken(f"{above}\n\n$$x$$\n\nThat is all.")


MANY = "many words " * 12


@pytest.mark.parametrize(
    "text, seen",
    [  # a colon, brackets and "et al." end no sentence
        ("He asks: **who is it**? Me.", "He asks: who is it?"),
        ("A **skip** (He et al. 2015) is old. So.", "A skip (He et al. 2015) is old."),
        # what points back takes along what it points to
        ("One is left. It is **the last**.", "One is left. It is the last."),
        # of a long sentence a part that can stand alone, or nothing
        (f"In all, **nobody walks any more**: {MANY}.", "In all, nobody walks any more."),
        (f"Here {MANY} are **the same four**.", ""),
    ],
)
def test_what_is_shown_of_prose_can_be_understood_alone(text, seen):
    assert re.sub(r"\s+([.?])", r"\1", " ".join(text_of("".join(shown(text))).split())) == seen


def test_an_item_is_shown_whole_or_up_to_a_sentence():
    whole = "- **Key.** A label: what a jar can be found by. **Value.** What it hands over."
    assert "hands over" in shown(whole)[0]
    asked = "1. *Bank* shares out 9, 24, 1 and 66 %. May one of these ever be nothing at all?"
    assert "nothing at all?" in shown(asked)[0]


def test_a_slide_of_its_own_may_be_a_guess():
    source = "## Why?\n*3 minutes*\n\nLong words."
    asked = Question("Why?", "why", 3)
    told = cell(source, slide="> **Guess first:** a or b?")
    _text(told, said(told, ""), asked, 1)
    assert asks(asked.blocks[0].html)


def test_what_heads_a_page_is_not_shown_again_below():
    asked = Question("Why?", "why", 3)
    told = cell(
        "**How rare are they?** Very.\n\n**It is so.** Yes.", heading="How rare are they?"
    ) | {"id": "rare"}
    _text(told, said(told, ""), asked, 1)
    assert [text_of(block.html) for block in asked.blocks] == ["It is so."]
    assert "Very." in "".join(asked.blocks[0].notes)


def test_a_list_with_room_keeps_whole_sentences_the_second_before_a_third():
    text = f"- One is short. {MANY.capitalize()}. The end.\n- Two is short. It stays.\n- Three."
    kept = text_of(next(prose.parts(text, whole=40))[0])
    assert "Many words" in kept and "It stays." in kept and "The end." in kept
    cut = text_of(next(prose.parts(text, whole=12))[0])
    assert "It stays." in cut and "Many words" not in cut and "The end." not in cut


def test_words_that_introduce_a_list_are_shown_with_it():
    text = "It is built. Around it there are three things:\n\n- an entrance\n- an exit"
    assert "<p>Around it there are three things:</p>" in shown(text)
    assert shown(text.replace("\n\n- an entrance\n- an exit", "")) == []


def test_notes_fold_nothing():
    text = "Why?\n\n<details><summary>answer</summary>\n\nBecause.\n</details>"
    asked = "<details><summary>1. What is cos 0°?</summary>\n\nOne.\n</details>"
    for said_aloud in (prose.spoken(text), prose.spoken(asked)):
        assert "<details" not in said_aloud and "<summary" not in said_aloud
    assert "<b>Answer.</b>" in prose.spoken(text) and "cos 0°" in prose.spoken(asked)


def test_what_to_do_is_said_where_its_cell_begins():
    source = "## Recall\n\n1. What?\n   <details><summary>answer</summary>That.</details>\n2. Who?"
    told = cell(source, notes="Box the first answer.")
    question = Question("Recall", "why")
    _text(told, said(told, ""), question, 1)
    assert len(question.blocks) > 2 and "Box" in "".join(question.blocks[0].notes)


def test_a_heading_of_a_cell_that_shows_nothing_heads_what_comes_next():
    """In lesson 08 a cell asks in bold what its heading asks; the formula comes in the next."""
    lesson, track = deck.every_name()["maths/08_self_attention"]
    headed = {b.cell: b.heading for q in questions(lesson, track) for b in q.blocks if b.heading}
    assert headed["order-equivariant"] == "Is it not a fully connected layer?"


def test_an_answer_is_a_step_of_its_own():
    text = "> **Guess first:** which?\n> <details><summary>answer</summary>The first.</details>"
    found = list(prose.parts(text))
    assert [answer for _, _, answer in found] == [False, True]
    assert "The first." not in found[0][0] and "The first." in found[1][0]


def test_a_paragraph_above_a_folded_answer_is_a_question_and_shown():
    text = "Why so?\n\n<details><summary>answer</summary>\n\nBecause.\n</details>\n\nAnd on."
    assert shown(text)[0] == "<p>Why so?</p>" and "And on." in spoken(text)
    assert not any("And on." in part for part in shown(text))


def test_a_text_that_ends_with_a_question_asks_the_room():
    def made(source, minutes=3, **course):
        asked = Question("Why?", "why", minutes)
        told = cell(source, **course)
        _text(told, said(told, ""), asked, 1)
        return asked.blocks

    long = "Many words. " * 20
    (block,) = made(f"{long}\n\n{long}*Money* had 66 %. Is it more now?")
    assert asks(block.html) and "66 %. Is it more now?" in block.html
    assert block.html.count("Many words") == 14  # what fits before the question
    assert "**" not in made("It **mixes**, and mixes. And now?")[0].html
    assert not made("Is it so? Yes.") and not made("Only a remark, or is it?", minutes=0)
    vote = {"ask": "a or b?", "choices": ["a → x", "b → y"], "right": 1}
    (ballot,) = made("Which is it?", vote=vote)
    assert "Vote." in ballot.html


def test_a_question_of_a_list_is_read_whole():
    many = "Many words. " * 9
    text = f"3. {many}So which?\n<details><summary>answer</summary>That.</details>"
    assert "So which?" in shown(text)[0]


def test_what_is_quoted_is_not_cut():
    assert shown('Ask: "How **wet** is it? And how dear?"') == [
        '<p>Ask: "How <strong>wet</strong> is it? And how dear?"</p>'
    ]
    assert "a. Set" in text_of(shown("a. Set **scores** to 0.")[0])


@pytest.mark.parametrize("name", EVERY)
def test_the_next_lesson_is_asked_in_the_words_of_its_track(name):
    lesson, track = deck.every_name()[name]
    following = lessons.after(lesson)
    if following is None:
        return
    question = asks_first(following, track)
    first = cells.source(cells.read(following.path(track))["cells"][0])
    assert question.endswith("?") and question[1:] in first


def test_a_question_that_opens_its_answer_is_shown_before_it():
    text = "<details><summary>1. What is cos 0°?</summary>\n\nOne.\n</details>"
    found = list(prose.parts(text))
    assert [(part, answer) for part, _, answer in found] == [
        ("<p>1. What is cos 0°?</p>", False),
        ('<div class="answer"><p>One.</p></div>', True),
    ]


def test_an_answer_keeps_its_reason():
    why = "The rows compete separately, so each of them needs a peak of its own to be subtracted."
    text = f"<details><summary>answer</summary>\n\nThe small one. {why}\n</details>"
    assert why in shown(text)[0]
    more = "And what takes many more words than a slide can hold is only said. " * 9
    long = text.replace(why, f"{why} {more}")
    assert why in shown(long)[0] and "only said" not in shown(long)[0]
    assert spoken(long).count("only said") == 9


def test_what_a_widget_answers_is_answered_after_it():
    tried = Question("Can you?", "try", 3)
    source = "Move it.\n\nCan you?\n\n<details><summary>answer</summary>\n\nNo.\n</details>"
    _text(cell(source), said(cell(source), ""), tried, 1)
    tried.blocks += [
        Block('<div class="course-drag"></div>', "output", 2, "widget"),
        Block("<figure></figure>", "output", 2, "still"),
    ]
    _try_first(tried.blocks)
    assert [block.cell for block in tried.blocks] == ["why", "widget", "why", "still"]
    assert [block.step for block in tried.blocks] == [1, 2, 3, 3]


def test_a_recall_has_what_the_room_may_ask():
    for name in EVERY:
        lesson, track = deck.every_name()[name]
        every = cells.read(lesson.path(track))["cells"]
        asked = {each["id"]: said(each, name).asked for each in every}
        for question in questions(lesson, track):
            told = "".join(question.closing)
            assert told.count("<li><b>") == len(asked[question.cell]), (name, question.cell)


def test_a_label_printed_for_a_listing_is_left_off():
    assert listing('print("the whole function:")\nshow_source(attend)') == ""
    assert "print" in listing('print("the sum:", sum(x))\nshow_source(attend)')
    assert "print" in listing('print("a word alone")')


def test_calls_that_only_show_are_left_off_a_listing():
    source = "x = 1\nshow(draw(x),\n     alt='')\npictures.reveal_table({})\nprint(x)"
    text = re.sub(r"<[^>]+>", "", listing(source))
    assert text == "x = 1\nprint(x)"
    assert listing("import numpy as np\n\nshow_machine(3)") == ""


def test_the_label_of_a_hidden_result_is_left_off_its_slide():
    assert re.sub(r"<[^>]+>", "", listing('print("The result:")\nprint(x)')) == "print(x)"
    printed = {"output_type": "stream", "name": "stdout", "text": ["The result:\n", "3 of 4\n"]}
    assert _output(printed) == '<pre class="out">3 of 4</pre>'
    assert _output({**printed, "text": ["The result:\n"]}) == ""


def test_of_code_that_is_left_off_the_notes_say_what_it_checks():
    source = "x = 1  # line (7)\nassert x == 1  # (8)\nassert x  # (7), again"
    off = cell(source, "code", slide="") | {"outputs": []}
    asked = Question("Why?", "why", 3)
    _code(off, said(off, ""), asked, 1)
    assert asked.blocks == [] and asked.opening == [
        "<p>Checked by the lesson's code: (7), (8).</p>"
    ]


def test_what_is_made_for_a_picture_alone_is_left_off_its_listing():
    drawn = (
        "weights = softmax(scores)\nrows = dict(zip(words, weights))\n"
        "caption = f'{weights.sum():.2f} in all'\nfigure = pictures.draw_curves(weights)\n"
        "figure.axes[0].grid()\nshow(figure, caption)\nshow_table(rows)\nmean = weights.mean()\n"
        "kept = {name: cut(x) for name in words}\nshow_table(kept)"
    )
    text = re.sub(r"<[^>]+>", "", listing(drawn)).splitlines()
    assert [line.split(" = ")[0] for line in text] == ["weights", "mean", "kept"]


@pytest.mark.parametrize("name", EVERY)
def test_no_result_stands_beside_its_guess(name):
    """What a cell hides until it is opened is a step of its own, after all that stands before."""
    lesson, track = deck.every_name()[name]
    stored = {c["id"]: c for c in cells.read(lesson.path(track))["cells"]}
    for question in questions(lesson, track):
        steps = [block.step for block in question.blocks]
        assert steps == sorted(steps)
        for number, block in enumerate(question.blocks):
            hidden = stored[block.cell]["metadata"].get("jupyter", {}).get("outputs_hidden")
            folded = "Open the result" in json.dumps(stored[block.cell].get("outputs", []))
            if block.kind == "output" and (hidden or folded) and number:
                before = question.blocks[number - 1]
                assert block.step > before.step or before.kind == "output", block.cell


@pytest.mark.parametrize("name", EVERY)
def test_no_heading_is_lost_where_its_cell_shows_nothing(name):
    lesson, track = deck.every_name()[name]
    told = [said(c, name).heading for c in cells.read(lesson.path(track))["cells"]]
    heads = [block.heading for q in questions(lesson, track) for block in q.blocks]
    assert [each for each in told if each] == [each for each in heads if each]


# ---- votes and guesses come before their answers -----------------------------------------------


def text_of(shown):
    """Return the words and numbers of a block, formulas, labels and code among them."""
    from bs4 import BeautifulSoup

    return BeautifulSoup(shown, "html.parser").get_text(" ")


def tokens(text):
    return set(re.findall(r"[−-]?\d+(?:[.,]\d+)*|[^\W\d_]+", text.lower()))


def votes_of(name):
    """Yield (vote, its block, its question, what is seen of it with the vote) of a lesson."""
    lesson, track = deck.every_name()[name]
    stored = {c["id"]: c for c in cells.read(lesson.path(track))["cells"]}
    for question in questions(lesson, track):
        for block in question.blocks:
            if 'class="vote"' in block.html:
                seen = [b for b in question.blocks if b.step <= block.step and b is not block]
                yield said(stored[block.cell], name).vote, block, question, seen


@pytest.mark.parametrize("name", EVERY)
def test_what_follows_a_guess_or_a_vote_is_a_later_step(name):
    for question in questions(*deck.every_name()[name]):
        for block, after in zip(question.blocks, question.blocks[1:]):
            assert not asks(block.html) or after.step > block.step, (block.cell, after.cell)


@pytest.mark.parametrize("name", EVERY)
def test_above_a_vote_stands_no_answer_and_no_formula_of_its_cell(name):
    """A cell asks, then derives: what it derives is the answer."""
    found = list(votes_of(name))
    assert found
    for _, ballot, _, seen in found:
        own = [block.html for block in seen if block.cell == ballot.cell]
        assert not [shown for shown in own if "$$" in shown or 'class="answer"' in shown]


# words that say nothing of their own
SMALL = set("a an and as at by for from in is it its no not of on or that the them they to".split())


@pytest.mark.parametrize("name", EVERY)
def test_the_right_choice_is_not_read_before_it_is_voted_on(name):
    """No number of it stands in its question, and its words not in its cell, goals and heading.

    Where a cell names what there is to choose from, it names a wrong choice as well.
    """
    goals = questions(*deck.every_name()[name])[0].blocks
    for vote, ballot, question, seen in votes_of(name):
        own = [block for block in seen if block.cell == ballot.cell]
        shown, near = (
            tokens(" ".join([question.title, *(text_of(block.html) for block in blocks)]))
            for blocks in (seen, [*goals, *own])
        )
        choices = [tokens(text) - tokens(vote.ask) - SMALL for text, _ in vote.choices]
        right = choices.pop(vote.right)
        telling = right - set().union(*choices)
        assert not {token for token in telling if token[-1].isdigit()} & shown, vote.ask
        if telling and telling <= near:
            assert any(wrong - right <= near for wrong in choices), (vote.ask, telling)


def test_a_vote_takes_the_place_of_its_guess_and_its_answer_comes_after():
    source = "Before.\n\n> **Guess first:** a or b?\n\n$$a = 1$$\n\nAfter."
    ballot = {"ask": "a or b?", "choices": ["a → right", "b → wrong"], "right": 1}
    for kind in ({}, {"vote": ballot}):
        asked = Question("Which?", "why", 3)
        reached = _text(cell(source, **kind), said(cell(source, **kind), ""), asked, 7)
        assert [(asks(block.html), block.step) for block in asked.blocks] == [(True, 7), (False, 8)]
        assert reached == 8 and "a = 1" in asked.blocks[1].html


# ---- what a lecture has time for ---------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("minutes", deck.CUTS)
def test_a_lecture_fits_its_minutes(name, minutes):
    kept, left = deck.cut(questions(*deck.every_name()[name]), minutes)
    assert sum(question.minutes for question in kept) <= minutes
    assert kept[0].cell == "title" and sum(q.minutes for q in kept) >= min(20, minutes)
    assert minutes == 50 or not left, "90 minutes hold every lesson"


def test_a_cut_of_the_lesson_comes_before_the_order():
    three = [Question("One?", "a", 20, 90), Question("Two?", "b", 20, 50), Question("End", "c")]
    kept, left = deck.cut(three, 50)
    assert [q.cell for q in kept] == ["b", "c"] and [q.cell for q in left] == ["a"]


# ---- the command -------------------------------------------------------------------------------


def test_unknown_lessons_and_foreign_folders_are_refused(tmp_path):
    told = CliRunner().invoke(main, ["slides", "code/99_nothing", "-o", str(tmp_path)])
    assert told.exit_code == 2 and "There is no lesson 'code/99_nothing'" in told.output
    assert not list(tmp_path.iterdir())
    told = CliRunner().invoke(main, ["slides", "-o", str(tmp_path)])
    assert told.exit_code == 2 and "or --all" in told.output
    (tmp_path / "thesis.txt").write_text("ten years")
    told = CliRunner().invoke(main, ["slides", "code/03_lookup", "-o", str(tmp_path)])
    assert told.exit_code == 2 and "no decks of this course" in told.output


def test_a_lecture_lists_what_it_left_out(tmp_path):
    name = next(n for n in EVERY if deck.cut(questions(*deck.every_name()[n]), 50)[1])
    told = CliRunner().invoke(main, ["slides", name, "--minutes", "50", "-o", str(tmp_path)])
    assert told.exit_code == 0, told.output
    page = (tmp_path / deck.deck_name(*deck.every_name()[name])).read_text(encoding="utf-8")
    assert "<li>Read: " in page
    assert "index.html" in {path.name for path in tmp_path.iterdir()}


def test_without_a_browser_printing_says_how_else(monkeypatch):
    monkeypatch.setattr(printing.shutil, "which", lambda name: None)
    with pytest.raises(Trouble, match=r"needs Chromium or Chrome.*\?print-pdf"):
        printing.browser()


# ---- in a browser ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("decks")
    chosen = {*LOT, "intuition/03_lookup", "maths/03_lookup"}
    deck.write([deck.every_name()[name] for name in chosen], folder)
    return folder


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    path = chromium()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def shows(browser, folder):
    """Open a deck: shows(name, size, look) -> page. What it complains of, or fetches, fails."""
    pages, found = [], []

    def opened(name, size=SIZES[0], look="light", touch=False, style=""):
        context = browser.new_context(
            viewport=dict(zip(("width", "height"), size)), has_touch=touch
        )
        page = context.new_page()
        page.on("request", lambda r: found.append(r.url) if not r.url.startswith(LOCAL) else None)
        page.on("console", lambda m: found.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: found.append(str(error)))
        if style:
            page.add_init_script(
                "addEventListener('DOMContentLoaded', () => document.head.insertAdjacentHTML("
                f"'beforeend', '<style>{style}</style>'))"
            )
        file = deck.deck_name(*deck.every_name()[name])
        page.goto(f"{(folder / file).as_uri()}?look={look}")
        page.wait_for_function("window.Reveal && Reveal.isReady()", timeout=60_000)
        pages.append(context)
        return page

    yield opened
    for context in pages:
        context.close()
    assert not found


LOCAL = ("file:", "data:", "blob:", "about:")
MEASURE = """() => Reveal.getSlides().map((slide) => {
  const { h, v } = Reveal.getIndices(slide);
  Reveal.slide(h, v, 99);
  const frame = slide.getBoundingClientRect(), scale = frame.width / 1280;
  const hidden = "mjx-assistive-mml, aside, template, .course-printed, [hidden]";
  let [low, far, small] = [0, 0, 99];
  for (const part of slide.querySelectorAll("*")) {
    if (part.closest(hidden) || (part.closest("svg") && part.tagName !== "svg")) continue;
    const box = part.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    low = Math.max(low, (box.bottom - frame.top) / scale);
    far = Math.max(far, (box.right - frame.left) / scale);
    const said = [...part.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!said || part.closest("svg, mjx-container, .slide-number")) continue;
    let zoom = 1;
    for (let up = part; up; up = up.parentElement) {
      zoom *= parseFloat(getComputedStyle(up).zoom) || 1;
    }
    const least = part.closest(".course-drag") ? 2 : 0;  // tables to drag may be a little smaller
    small = Math.min(small, zoom * parseFloat(getComputedStyle(part).fontSize) + least);
  }
  const copy = slide.cloneNode(true);
  const counted = "pre, code, table, svg, script, style, aside, template, mjx-container, .part, "
    + ".slide-number, .course-drag, .course-printed, [data-part], nav";
  copy.querySelectorAll(counted).forEach((part) => part.remove());
  const words = copy.textContent.trim().split(/\\s+/).length;
  return { at: slide.dataset.question, low, far, small, words };
})"""


@pytest.mark.parametrize("name", LOT)
def test_slides_hold_what_they_show(shows, name):
    for size in SIZES:
        slides = shows(name, size).evaluate(MEASURE)
        assert [s["at"] for s in slides if s["low"] > 721 or s["far"] > 1281] == [], size
    assert [s for s in slides if s["small"] < 21.5] == []
    assert [s for s in slides if s["words"] > 70] == []
    assert statistics.median(s["words"] for s in slides) <= 36


@pytest.mark.parametrize("name", LOT)
def test_the_first_slide_has_the_goals_and_the_second_the_map(shows, name):
    first, second = shows(name).evaluate(
        "Reveal.getSlides().slice(0, 2).map((slide) => [slide.dataset.question, slide.innerText])"
    )
    lesson, track = deck.every_name()[name]
    goals = re.findall(r"^- (.+)", cells.source(cells.read(lesson.path(track))["cells"][0]), re.M)
    assert first[0] == "title" and second[0] == "machine"
    assert lesson.title in first[1] and goals
    shown = tokens(first[1])
    for goal in goals:
        assert tokens(re.sub(r"\$.*?\$|[*`_]", " ", goal)) <= shown | SMALL, goal


@pytest.fixture
def laid(browser, folder):
    """Lay out blocks as a question: laid((html, kind), …) -> page. Its slides fit."""
    pages = []

    def opened(*blocks):
        question = Question("Which?", "q", 3)
        for html, kind in blocks:
            question.blocks.append(Block(html, kind, 1, "c"))
        file = folder / "laid.html"
        made = deck.PAGE.format(title="Laid", code_style="", sections=deck._section(question))
        file.write_text(made, encoding="utf-8")
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        pages.append(page)
        page.goto(f"{file.as_uri()}?look=light")
        page.wait_for_function("window.Reveal && Reveal.isReady()", timeout=60_000)
        assert [s for s in page.evaluate(MEASURE) if s["low"] > 721 or s["small"] < 21.5] == []
        return page

    yield opened
    for page in pages:
        page.close()


LINES = """() => Reveal.getSlides().map((slide) => [...slide.querySelectorAll("pre")]
  .reduce((sum, pre) => sum + pre.textContent.split("\\n").length, 0))"""


def code_of(lines):
    return '<pre class="code">' + "\n".join(f"x{n} = {n}" for n in range(lines)) + "</pre>"


@pytest.mark.parametrize("lines, pages", [(10, 1), (18, 1), (21, 2), (34, 2)])
def test_a_listing_is_not_cut_for_a_few_lines(laid, lines, pages):
    found = laid((code_of(lines), "code")).evaluate(LINES)
    assert sum(found) == lines and len(found) == pages and min(found) >= 4


def test_a_listing_longer_than_a_page_begins_below_the_words_before_it(laid):
    words = "<p>Two sentences. They have a page with room.</p>"
    assert len(laid((words, "text"), (code_of(26), "code")).evaluate(LINES)) == 2


def test_a_listing_is_cut_where_something_new_begins(laid):
    method = "    def f(self):\n        a = 1\n        return g(\n            a,\n        )"
    methods = "\n".join([method] * 6)
    page = laid((f'<pre class="code">class A:\n{methods}</pre>', "code"))
    begins = page.evaluate("[...document.querySelectorAll('pre')].map((pre) => pre.textContent)")
    assert len(begins) == 2 and begins[1].startswith("    def")


def test_what_is_printed_stands_below_the_end_of_its_code(laid):
    printed = '<pre class="out">' + "\n".join("1 2 3 4 5") + "</pre>"
    page = laid((code_of(18), "code"), (printed, "output"))
    kinds = "Reveal.getSlides().map((s) => [...s.querySelectorAll('pre')].map((p) => p.className))"
    assert page.evaluate(kinds) == [["code"], ["code", "out"]]
    assert sum(page.evaluate(LINES)) == 18 + 9


def test_a_last_sentence_stands_below_what_it_is_about(laid):
    printed = '<pre class="out">1\n2\n3\n4</pre>'
    page = laid((code_of(14), "code"), (printed, "output"), ("<p>So it is four.</p>", "text"))
    last = page.evaluate("Reveal.getSlides().at(-1).innerText")
    assert "So it is four." in last and "4" in last


def test_a_comment_at_the_end_of_a_long_line_stays_whole(laid):
    line = "x = " + "long_name + " * 6 + '-y  <span class="c1"># (B, n_heads, n_queries)</span>'
    page = laid((f'<pre class="code">z = 1\n{line}</pre>', "code"))
    rows = page.evaluate("document.querySelector('.c1').getClientRects().length")
    assert rows == 1


def test_a_table_without_words_at_its_head_has_no_empty_row(laid):
    table = prose.html_of("| | |\n|---|---|\n| scores | n |\n| mask | 1 |")
    page = laid((table, "text"))
    assert page.locator("thead").is_hidden() and page.locator("tbody").is_visible()


# guesses and votes beside which, at their own step, a later block is seen
BESIDE = """() => [...document.querySelectorAll(".slides .guess, .vote")].flatMap((asked) => {
  const block = asked.closest(".block");
  const slide = block.closest("section");
  const { h, v } = Reveal.getIndices(slide);
  const step = block.classList.contains("fragment") ? Number(block.dataset.fragmentIndex) : -1;
  Reveal.slide(h, v, step);
  const all = [...slide.querySelectorAll(":scope > .block")];
  return all.slice(all.indexOf(block) + 1)
    .filter((later) => getComputedStyle(later).visibility !== "hidden" && later.innerText.trim()
      && !later.querySelector(".guess, .vote"))
    .map((later) => [block.dataset.cell, later.dataset.cell]);
})"""


@pytest.mark.parametrize("name", LOT)
def test_beside_a_guess_stands_nothing_that_comes_after_it(shows, name):
    assert shows(name).evaluate(BESIDE) == []


LAST_WORDS = """() => Reveal.getSlides().flatMap((slide) => {
  const blocks = [...slide.querySelectorAll(":scope > .block")];
  const last = blocks.at(-1);
  return blocks.length > 1 && last.dataset.kind === "text" ? [last.textContent.trim()] : [];
})"""


def test_words_that_end_in_a_colon_stand_with_what_they_introduce(shows):
    ends = shows("maths/03_lookup").evaluate(LAST_WORDS)
    assert ends and [words for words in ends if words.endswith(":")] == []


@pytest.mark.parametrize("name", LOT[::2])
def test_another_font_makes_other_pages_and_fits(shows, name):
    style = ".reveal { font-family: serif !important } .reveal pre { letter-spacing: .5px }"
    slides = shows(name, style=style).evaluate(MEASURE)
    assert [s["at"] for s in slides if s["low"] > 721 or s["far"] > 1281] == []


def test_half_of_all_slides_have_thirty_words_at_most(folder):
    counts = [
        sum(words(block.html) for block in question.blocks) / max(len(question.blocks) / 3, 1)
        for name in EVERY
        for question in questions(*deck.every_name()[name])
    ]
    assert statistics.median(counts) <= 45  # of three blocks, about what a slide holds


AXED = [("intuition/03_lookup", "light"), (LOT[2], "light"), (LOT[-1], "dark")]


@pytest.mark.parametrize(("name", "look"), AXED)
def test_axe_finds_nothing_on_any_slide(shows, name, look):
    path = os.environ.get("AXE")
    if not path:
        missing = "THE SLIDES WERE NOT CHECKED: say where axe-core is: AXE=/path/to/axe.min.js"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    page = shows(name, look=look)
    page.evaluate(Path(path).read_text(encoding="utf-8"))
    run = f"axe.run(document, {{preload: false, runOnly: {json.dumps(RULES)}}})"
    go = """(number) => {
      const { h, v } = Reveal.getIndices(Reveal.getSlides()[number]);
      Reveal.slide(h, v, 99);
    }"""
    for number in range(page.evaluate("Reveal.getSlides().length")):
        page.evaluate(go, number)
        still(page)
        found = page.evaluate(f"{run}.then(r => r.violations.map(v => [v.id, v.nodes[0].html]))")
        assert not found, number


TO = """(selector) => {
  const slide = document.querySelector(selector).closest("section");
  const { h, v } = Reveal.getIndices(slide);
  Reveal.slide(h, v, -1);
}"""


def test_each_step_of_a_player_is_a_step_of_the_slide(shows):
    page = shows("intuition/03_lookup")
    page.evaluate(TO, ".course-player")
    sentence = page.locator('.course-player [data-part="sentence"]')
    seen = [sentence.text_content()]
    steps = page.locator('.course-player [data-part="sentences"] li').all_text_contents()
    for _ in range(30):
        page.keyboard.press("ArrowRight")
        if (now := sentence.text_content()) != seen[-1]:
            seen.append(now)
        if len(seen) == len(steps):
            break
    assert seen == steps
    page.keyboard.press("ArrowLeft")
    assert sentence.text_content() == steps[-2]
    assert sentence.get_attribute("aria-live") == "polite"


@pytest.mark.parametrize("way", ["keys", "mouse", "touch"])
def test_a_picture_is_dragged_on_its_slide_and_turns_no_page(shows, way):
    page = shows("intuition/03_lookup", touch=way == "touch")
    page.evaluate(TO, ".course-drag")
    page.evaluate("Reveal.slide(...Object.values(Reveal.getIndices()).slice(0, 2), 99)")
    where = page.evaluate("Reveal.getIndices()")
    widget = page.locator(".course-drag")
    handle = widget.locator("[tabindex='0']").first
    before = widget.text_content()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    if way == "keys":
        handle.focus()
        page.keyboard.press("Shift+ArrowRight")
    elif way == "mouse":
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 60, y - 40, steps=5)
        page.mouse.up()
    else:
        page.touchscreen.tap(x + 1, y + 1)
        client = page.context.new_cdp_session(page)
        for kind, dx in (("touchStart", 0), ("touchMove", 40), ("touchMove", 80)):
            points = [{"x": x + dx, "y": y}]
            client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert widget.text_content() != before
    assert page.evaluate("Reveal.getIndices()") == where


def test_the_speakers_view_has_notes_and_the_time(shows):
    page = shows("intuition/03_lookup")
    page.evaluate(TO, '[data-cell="roles"]')
    with page.context.expect_page() as opened:
        page.keyboard.press("s")
    view = opened.value
    view.wait_for_selector(".speaker-controls-notes .value p")
    notes = view.locator(".speaker-controls-notes .value").inner_text()
    assert "min for this question" in notes and "pharmacy" in notes
    assert re.search(r"\d\d", view.locator(".speaker-controls-time .timer").inner_text())


@pytest.mark.parametrize("name", LOT)
def test_a_handout_is_two_sheets_with_blanks_and_no_answers(folder, name):
    chromium()
    lesson, track = deck.every_name()[name]
    sheet = handout.write(lesson, track, folder)
    text = sheet.read_text(encoding="utf-8")
    assert text.count('class="blank"') > 4 and text.count('class="line"') > 1
    assert 'class="answer"' not in text
    for question in questions(lesson, track):
        assert not any(block.html in text for block in question.blocks if block.hidden)
    printed = printing.print_handout(sheet).read_bytes()
    assert 1 <= len(re.findall(rb"/Type\s*/Page[^s]", printed)) <= 2


def test_on_a_handout_a_formula_that_answers_the_guess_above_it_is_room_to_write():
    def made(*blocks):
        question = Question("Which?", "q", 3)
        for html, kind in blocks:
            question.blocks.append(Block(html, kind, 1, html[:9], hidden=kind == "output"))
        return handout._question(question)

    guess = ('<blockquote class="guess"><p>a or b?</p></blockquote>', "text")
    answer, later = (f"<p>{number} $$x = {number} \\tag{{{number}}}$$</p>" for number in "78")
    for between in ([], [("<pre>y = 2</pre>", "code"), ("<p>2</p>", "output")]):
        page = made(guess, *between, (answer, "text"), (later, "text"))
        assert '<span class="room">(7)</span>' in page and "x = 7" not in page
        assert "x = 8" in page
    drawn = ('<pre class="code">def f():\n    pass</pre>', "code")
    assert "x = 7" in made((answer, "text"), guess) + made(guess, drawn, (answer, "text"))


FORMULAS = """() => [...document.querySelectorAll("mjx-container[display=true]")].map((formula) => {
  const drawn = formula.querySelector("svg").getBoundingClientRect();
  const room = formula.parentElement.getBoundingClientRect();
  return [parseFloat(getComputedStyle(formula).fontSize) * 0.75, drawn.width - room.width];
})"""


@pytest.mark.parametrize("name", [name for name in LOT if name.startswith("maths")])
def test_a_handouts_formulas_are_nine_points_at_least_and_fit_their_column(folder, browser, name):
    sheet = handout.write(*deck.every_name()[name], folder)
    page = browser.new_page()
    page.goto(sheet.as_uri())
    page.wait_for_function("document.body.dataset.ready === 'yes'", timeout=60_000)
    found = page.evaluate(FORMULAS)
    page.close()
    assert len(found) > 5
    assert [each for each in found if each[0] < 8.99 or each[1] > 1] == []


def test_what_is_bold_is_a_blank_and_a_long_stretch_stays():
    from bs4 import BeautifulSoup

    text = (
        "<p><strong>Guess first:</strong> a <strong>key</strong> and <strong>a b c d e</strong></p>"
    )
    made = handout._blanked(BeautifulSoup(text, "html.parser"))
    assert made.count("blank") == 1 and "Guess first:" in made and "a b c d e" in made
    assert "key" not in made


def test_printed_a_slide_is_a_page(shows, folder):
    page = shows("intuition/03_lookup")
    slides = page.evaluate("Reveal.getSlides().length")
    chromium()
    printed = printing.print_deck(folder / "intuition_03_lookup.html").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == slides
