"""A hand-out of two pages: a lesson's questions, formulas and pictures, with blanks to fill in.

What the lesson sets in bold is a blank: the lecture fills it. Below each guess is a line to write
on, and the formulas that answer it are room to write, with their numbers. The page's script makes
letters smaller, then leaves pictures and listings out from the end, until two sheets of A4 hold it.
"""

import html
import re
from pathlib import Path

from bs4 import BeautifulSoup

from course_lib.files.cells import write_text
from course_lib.lessons import Lesson
from course_lib.publishing.decks.prose import FORMULA, html_of
from course_lib.publishing.decks.questions import Block, Question, asks, questions

LONGEST_BLANK = 4  # words; a longer stretch in bold is a sentence to keep
MOST_LINES = 14  # of a listing
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: hand-out</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="lib/handout.css">
</head>
<body>
<main>
<h1>{title}</h1>
<p class="name">Name:</p>
{questions}
</main>
<script src="lib/handout.js"></script>
<script src="lib/mathjax/tex-svg.js"></script>
</body>
</html>
"""


def handout_name(lesson: Lesson, track: str) -> str:
    """Return the name of a hand-out's file: "handout_code_03_lookup.html"."""
    return f"handout_{track}_{lesson.stem}.html"


def write(lesson: Lesson, track: str, folder: Path) -> Path:
    """Write a hand-out into a folder of decks, whose ``lib`` it uses; return its file."""
    path = folder / handout_name(lesson, track)
    write_text(page(lesson, track), path)
    return path


def page(lesson: Lesson, track: str) -> str:
    """Return a lesson's hand-out: its questions, each with what a learner takes home."""
    parts = "\n".join(_question(each) for each in questions(lesson, track) if each.minutes)
    title = html.escape(f"{lesson.numbered} ({track})")
    return PAGE.format(title=title, questions=parts)


def _question(question: Question) -> str:
    title = html_of(question.title).strip().removeprefix("<p>").removesuffix("</p>")
    shown, asked, answer = [], False, ""
    for block in question.blocks:
        kept = _kept(block)
        if asks(block.html):
            asked, answer = True, ""
        elif kept and block.kind != "text":  # something else has come between
            asked = False
        elif asked and "$$" in kept and answer in ("", block.cell):
            kept, answer = FORMULA.sub(_room, kept), block.cell
        shown.append(kept)
    return f"<section><h2>{title}</h2>{''.join(shown)}</section>"


def _room(formula: re.Match[str]) -> str:
    """Return room to write a formula that answers the guess above it; its number stays."""
    number = re.search(r"\\tag\{(\w+)\}", formula.group())
    return f'<span class="room">{f"({number.group(1)})" if number else ""}</span>'


def _kept(block: Block) -> str:
    """Return what of a block a hand-out has: no answers, no results, no long listings."""
    soup = BeautifulSoup(block.html, "html.parser")
    if (
        block.hidden
        or soup.find(class_=re.compile("answer|course-drag|course-player"))
        or soup.find("nav")
    ):
        return ""
    if block.kind == "text":
        guess = soup.find(class_=re.compile("guess|vote")) is not None
        return _blanked(soup) + ('<p class="line"></p>' if guess else "")
    if block.kind == "code":
        short = block.html.count("\n") < MOST_LINES
        defines = re.search(r"\b(def|class)\b", soup.get_text())
        return f'<div data-optional="2">{block.html}</div>' if short and defines else ""
    picture = soup.find(["svg", "img"])
    return f'<div data-optional="1">{block.html}</div>' if picture else ""


def _blanked(soup: BeautifulSoup) -> str:
    """Return words whose short stretches in bold are blanks, as wide as what belongs there."""
    for bold in soup.find_all("strong"):
        text = bold.get_text()
        named = text.rstrip().endswith((":", "first"))  # "Guess first:" stays
        if text.strip() and len(text.split()) <= LONGEST_BLANK and not named:
            blank = soup.new_tag("span", attrs={"class": "blank"})
            blank["style"] = f"width:{len(text) + 2}ch"
            bold.replace_with(blank)
    return str(soup)
