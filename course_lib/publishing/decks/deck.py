"""Write decks: one HTML file each, beside a folder of what they share; no network is needed."""

import html
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from pygments.formatters import HtmlFormatter

from course_lib.files.cells import Trouble, write_text
from course_lib.lessons import LESSONS, TRACKS, Lesson, after
from course_lib.publishing.decks.prose import html_of
from course_lib.publishing.decks.questions import Block, Question, asks_first, questions

STATIC = Path(__file__).with_name("static")
VENDOR = Path(__file__).parents[1] / "vendor"
STAMP = ".attention-course-decks"  # in a folder of decks: what may be written over
CUTS = (50, 90)
CODE_STYLE = "default"  # of Pygments: its colours stand out 4.5 : 1 on what is nearly white
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="lib/reveal/reveal.css">
<link rel="stylesheet" href="lib/deck.css">
<style>{code_style}</style>
</head>
<body>
<main class="reveal"><div class="slides">
{sections}
</div></main>
<script src="lib/reveal/reveal.js"></script>
<script src="lib/reveal/notes.js"></script>
<script src="lib/reveal/search.js"></script>
<script src="lib/reveal/zoom.js"></script>
<script src="lib/deck.js"></script>
<script src="lib/mathjax/tex-svg.js"></script>
</body>
</html>
"""
INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Attention, step by step: slides</title>
<link rel="icon" href="data:,">
<style>body {{ font: 18px/1.6 system-ui, sans-serif; margin: 2em; }}
:root {{ color-scheme: light dark; }}</style>
</head>
<body>
<main>
<h1>Attention, step by step: slides</h1>
<p>In a deck: arrows and space go on, S opens the speaker's notes, O shows all slides, D changes
light and dark, B blanks the screen, Ctrl+Shift+F searches.</p>
<ul>{rows}</ul>
</main>
</body>
</html>
"""


def every_name() -> dict[str, tuple[Lesson, str]]:
    """Return {name: (lesson, track)} for all lessons, "code/03_lookup" among them."""
    return {lesson.place(track): (lesson, track) for track in TRACKS for lesson in LESSONS}


def lessons_named(names: Sequence[str]) -> list[tuple[Lesson, str]]:
    """Return (lesson, track) for each name, "code/03_lookup".

    Raises:
        Trouble: there is no such lesson; it lists the lessons.
    """
    known = every_name()
    if unknown := [name for name in names if name not in known]:
        raise Trouble(f"There is no lesson {unknown[0]!r}. Lessons: {', '.join(known)}.")
    return [known[name] for name in names]


def write(
    chosen: Iterable[tuple[Lesson, str]], folder: str | Path, *, minutes: int | None = None
) -> list[Path]:
    """Write the decks of some lessons and what they share; return their files.

    minutes: 50 or 90, the length of the lecture; None keeps every question.

    Raises:
        Trouble: the folder holds other things, or a lesson's metadata can't be meant.
    """
    folder, made = Path(folder), []  # all are made before one is written
    texts = [(deck_name(lesson, track), page(lesson, track, minutes)) for lesson, track in chosen]
    _make_room(folder)
    for name, text in texts:
        write_text(text, folder / name)
        made.append(folder / name)
    shutil.copytree(VENDOR, folder / "lib", dirs_exist_ok=True)
    shutil.copytree(STATIC, folder / "lib", dirs_exist_ok=True)
    write_text(_index(folder), folder / "index.html")
    return made


def _index(folder: Path) -> str:
    """Return the page that lists the decks of a folder, those of earlier calls too."""
    rows = "".join(
        f'<li><a href="{name}">{lesson.numbered} ({track})</a></li>'
        for track in TRACKS
        for lesson in LESSONS
        if (folder / (name := deck_name(lesson, track))).exists()
    )
    return INDEX.format(rows=rows)


def _make_room(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / STAMP).exists():
        raise Trouble(f"{folder} holds files that are no decks of this course: choose another -o.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / STAMP).touch()


def deck_name(lesson: Lesson, track: str) -> str:
    """Return the name of a deck's file: "code_03_lookup.html"."""
    return f"{track}_{lesson.stem}.html"


def page(lesson: Lesson, track: str, minutes: int | None = None) -> str:
    """Return a deck: title, map, the questions that fit the minutes, recap, what to read on."""
    every = questions(lesson, track)
    kept, left = cut(every, minutes)
    kept.append(_ending(lesson, track, left))
    title = html.escape(f"{lesson.numbered} ({track})")
    style = HtmlFormatter(style=CODE_STYLE).get_style_defs(".code")
    sections = "\n".join(_section(question) for question in kept)
    return PAGE.format(title=title, code_style=style, sections=sections)


def cut(every: list[Question], minutes: int | None) -> tuple[list[Question], list[Question]]:
    """Return (the questions of a lecture of so many minutes, those that fall out).

    What a lesson doesn't cut itself stays as long as there is time, in order. What has no minutes
    of its own (title, map, recall, recap) always stays.
    """
    if minutes is None:
        return list(every), []
    marked = any(question.cut for question in every)
    kept, left, used = [], [], 0
    for question in every:
        late = marked and (question.cut or minutes) > minutes
        if question.minutes and (late or used + question.minutes > minutes):
            left.append(question)
        else:
            kept.append(question)
            used += question.minutes
    return kept, left


def _ending(lesson: Lesson, track: str, left: list[Question]) -> Question:
    """Return the last slide: what was left out, the exercises, the next lesson."""
    items = [f"<li>Read: {html.escape(question.title)}</li>" for question in left]
    items.append(f"<li>Exercises: my_work/{lesson.place(track)}.ipynb</li>")
    if following := after(lesson):
        question = _inline(asks_first(following, track))
        items.append(f"<li>Next: {following.numbered}. {question}</li>")
    block = Block(f"<ul>{''.join(items)}</ul>", "text", 0, "on")
    return Question("How does it go on?", "on", blocks=[block])


def _section(question: Question) -> str:
    level = 1 if question.cell == "title" else 2
    title = _inline(question.title)
    blocks = "\n".join(_block(block) for block in question.blocks)
    opening, closing = "".join(question.opening), "".join(question.closing)
    return (
        f'<section data-question="{question.cell}" data-minutes="{question.minutes}">'
        f"<h{level}>{title}</h{level}>\n{blocks}\n"
        f'<template data-part="opening">{opening}</template>'
        f'<template data-part="closing">{closing}</template></section>'
    )


def _block(block: Block) -> str:
    notes = f'<template data-part="notes">{"".join(block.notes)}</template>' if block.notes else ""
    heading = f' data-heading="{html.escape(_inline(block.heading))}"' if block.heading else ""
    return (
        f'<div class="block" data-kind="{block.kind}" data-step="{block.step}" '
        f'data-cell="{block.cell}"{heading}>{block.html}{notes}</div>'
    )


def _inline(markdown: str) -> str:
    return html_of(markdown).strip().removeprefix("<p>").removesuffix("</p>")
