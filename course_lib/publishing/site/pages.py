"""Pages that no notebook holds: home, misconceptions, library; their words stand in ``texts/``."""

import html
import json
import re
from collections.abc import Callable
from pathlib import Path

from course_lib.exercises import examining, names, task_of
from course_lib.exercises.catalogue import answers_of
from course_lib.files import cells
from course_lib.learner import placement
from course_lib.lessons import LESSONS, SOLUTIONS, TRACKS, Lesson
from course_lib.pictures.diagrams.machine import machine_page
from course_lib.publishing.decks import prose
from course_lib.publishing.site import pictures
from course_lib.publishing.site.links import Links
from course_lib.publishing.site.siblings import anchor
from course_lib.publishing.site.siblings import heading as heading_of

TEXTS = Path(__file__).with_name("texts")
AUDIENCE = {
    "intuition": "Pictures that you can drag. Needs general knowledge, no formulas.",
    "code": "Every function built by hand, then compared with the library's. Needs some Python.",
    "maths": "Every formula derived line by line, and checked by a cell. Needs linear algebra.",
}
MARKED = re.compile(r"([\\*_$\[\]<>|#])")


def text(name: str, **parts: object) -> str:
    """Return one of the texts with its parts filled in."""
    return (TEXTS / f"{name}.md").read_text(encoding="utf-8").format(**parts)


# Home ------------------------------------------------------------------------------------------


def home(links: Links) -> str:
    """Return the first page: the promise, the map, three tracks, three first minutes."""
    tracks = "".join(
        f'<li><a href="{LESSONS[0].place(track)}.html"><strong>{track.title()}</strong></a> '
        f"{AUDIENCE[track]}</li>"
        for track in TRACKS
    )
    return text(
        "index",
        machine=_machine(),
        tracks=tracks,
        first=LESSONS[0].place(TRACKS[0]),
        lessons=_lessons(),
        tree=_tree(links),
    )


def _machine() -> str:
    """Return the map of the machine, whose parts lead to their lessons."""
    page = machine_page(0, to=f"{TRACKS[0]}/{{lesson.stem}}.html").page
    return pictures.fitted(page, "", {})


def _lessons() -> str:
    heads = " | ".join(track.title() for track in TRACKS)
    rows = [f"| | question | {heads} |", "|---" * (2 + len(TRACKS)) + "|"]
    for lesson in LESSONS:
        each = (f"[{lesson.called}]({lesson.place(track)}.ipynb)" for track in TRACKS)
        rows.append(f"| {lesson.number:02} | {lesson.question} | {' | '.join(each)} |")
    return "\n".join(rows)


def _tree(links: Links) -> str:
    """Return the table of contents, which stands in the margin of every page."""
    parts = {
        track.title(): [f"{lesson.numbered} <{lesson.place(track)}>" for lesson in LESSONS]
        for track in TRACKS
    }
    for track in TRACKS:
        parts[f"Exercises: {track}"] = [
            f"{lesson.numbered} <exercises/{lesson.place(track)}>" for lesson in LESSONS
        ]
    parts["Look up"] = ["glossary", "misconceptions", "library", "players", "benchmarks"]
    parts["Teach"] = ["lectures", *links.documents]
    parts["This site"] = ["placement", "progress", "running", "hosting", "changes", "contributing"]
    return "\n\n".join(
        f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n" + "\n".join(pages) + "\n```"
        for caption, pages in parts.items()
    )


# Misconceptions --------------------------------------------------------------------------------


def misconceptions() -> str:
    """Return all wrong answers that the checks know, with what each does and where to look."""
    count = sum(len(answers_of(name).misconceptions) for name in names())
    parts = []
    for lesson in LESSONS:
        parts.append(f"## {lesson.numbered}")
        for track in TRACKS:
            titles = _titles(lesson, track)
            for name in lesson.exercises[track]:
                parts.append(_of_exercise(name, titles[name], lesson, track))
    return text("misconceptions", count=count, lessons="\n\n".join(parts))


def _of_exercise(name: str, title: str, lesson: Lesson, track: str) -> str:
    """Return one exercise's part: its title, and a line for each mistake."""
    task, found = task_of(name), []
    for mistake in answers_of(name).misconceptions:
        seen = "" if task.value else _plain(_symptom(name, mistake.wrong))
        seen = f"*What is seen:* {seen} " if seen else ""
        place, _, heading = mistake.reread.partition(": ")
        there = f'<a href="{place}.html#{anchor(heading)}">{html.escape(heading)}</a>'
        words = mistake.slug.replace("-", " ").capitalize()
        found.append(f"- **{words}.** {seen}{_plain(mistake.hint)} → {there}")
    link = f'<a href="exercises/{lesson.place(track)}.html#{anchor(title)}">{track.title()}</a>'
    return f"### {title}\n\n{link}\n\n" + "\n".join(found)


def _symptom(name: str, wrong: Callable) -> str:
    return examining.examine(name, wrong, seed=0).symptom or ""


def _titles(lesson: Lesson, track: str) -> dict[str, str]:
    """Return the titles of a lesson's exercises, by name."""
    notebook = cells.read(lesson.path(track, SOLUTIONS))
    parts = cells.blocks(notebook).items()
    return {name: found for name, block in parts if (found := heading_of(block[0]))}


def _plain(text: str) -> str:
    """Return words for Markdown: what stands between backticks is code, the rest is no markup."""
    parts = " ".join(text.split()).split("`")
    if len(parts) % 2 == 0:
        return MARKED.sub(r"\\\1", "'".join(parts))
    return "".join(f"`{p}`" if n % 2 else MARKED.sub(r"\\\1", p) for n, p in enumerate(parts))


# The library -----------------------------------------------------------------------------------

MODULES = {  # in the order of the lessons; what each is for stands in its own docstring
    "Similarity, softmax, attention": ("similarity", "softmax", "attention", "masks", "online"),
    "Layers that learn": ("layers", "backward", "toy_tasks", "training"),
    "Encoder and decoder": ("seq2seq", "positions", "multi_head", "transformer"),
    "Translation and a real encoder": ("encoder_decoder", "translation", "tokens", "pretrained"),
    "A machine that writes": ("writing",),
    "The running example": ("examples",),
}


def library() -> str:
    """Return the page of the library: every public function with its shapes."""
    parts = []
    for title, modules in MODULES.items():
        parts.append(f"## {title}")
        for module in modules:
            options = "   :members:\n"
            if module in ("translation", "writing"):  # their parts stand in packages of their own
                options += "   :imported-members:\n"
            parts.append(f"### course_lib.{module}")
            parts.append(f"```{{eval-rst}}\n.. automodule:: course_lib.{module}\n{options}```")
    return text("library", modules="\n\n".join(parts))


# The placement test, answered on the page ------------------------------------------------------


def placement_test() -> str:
    """Return the ten questions with a place to answer each, and what the page needs to reply."""
    parts = []
    for number, question in enumerate(placement.questions(), start=1):
        ask = prose.html_of(question.ask).strip().removeprefix("<p>").removesuffix("</p>")
        choices = "".join(
            f'<label><input type="radio" name="q{number}" value="{letter}"> '
            f"{html.escape(words)}</label>"
            for letter, words in zip(placement.LETTERS, question.choices)
        )
        parts.append(f"<fieldset><legend>{number}. {ask}</legend>{choices}</fieldset>")
    return text("placement", questions="".join(parts), data=json.dumps(_placing()))


def _placing() -> dict[str, object]:
    """Return what ``placement.placed`` knows, for the page: keys, words, and where they lead."""
    tracks = {track: placement.why({"code": False, "maths": False}, track) for track in TRACKS}
    return {
        "questions": [
            {
                "about": each.about,
                "right": each.right,
                "wrong": each.wrong,
                "there": {
                    track: f"{each.lesson.place(track)}.html#{anchor(heading)}"
                    for track, heading in each.headings.items()
                    if each.lesson
                },
                "headings": each.headings,
            }
            for each in placement.questions()
        ],
        "why": tracks,
        "both": placement.why({"code": True, "maths": True}, "maths"),
        "lessons": [
            {"title": lesson.numbered, "pages": {t: f"{lesson.place(t)}.html" for t in TRACKS}}
            for lesson in LESSONS
        ],
    }


# Slides, and ways to run the course ------------------------------------------------------------


def lectures() -> str:
    """Return the page that lists the decks."""
    rows = [f"| | {' | '.join(t.title() for t in TRACKS)} |", "|---" * (1 + len(TRACKS)) + "|"]
    for lesson in LESSONS:
        each = (f'<a href="decks/{t}_{lesson.stem}.html">{t}</a>' for t in TRACKS)
        rows.append(f"| {lesson.numbered} | {' | '.join(each)} |")
    return text("lectures", decks="\n".join(rows))


def running(links: Links) -> str:
    """Return the page that tells how to run the notebooks."""
    address = links.repository
    folder = address.rsplit("/", 1)[-1]
    elsewhere = text("elsewhere", repository=address, folder=folder) if address else ""
    clone = f"`git clone {address}`" if address else "`git clone` the course"
    return text("running", clone=clone, elsewhere=elsewhere)
