"""Thirty questions for a room to vote on, made from the lessons: the first vote of each."""

from course_lib.files import cells
from course_lib.lessons import LESSONS, TRACKS, Lesson
from course_lib.publishing.decks.said import Vote, said

INTRODUCTION = """# Questions to vote on

One for each lesson and track, for a lecture that stops and asks. Show the question, let everybody
decide alone, count hands; if between a third and two thirds are right, let them convince their
neighbours for two minutes, and count again (Mazur, *Peer Instruction*, 1997). What a choice reveals
is for you: it is the misconception in the room. In the decks each question stands where the lesson
asks it, with this in the notes."""
LETTERS = "ABCD"


def page(text: str) -> str:
    """Return the page of all votes, with what each choice reveals."""
    parts = [INTRODUCTION]
    for track in TRACKS:
        parts.append(f"## {track.title()}")
        for lesson in LESSONS:
            parts += [_shown(vote, lesson, track) for vote in votes(lesson, track)[:1]]
    return "\n\n".join(parts) + "\n"


def votes(lesson: Lesson, track: str) -> list[Vote]:
    """Return the votes of a lesson, in order."""
    found = (said(cell, lesson.place(track)) for cell in cells.read(lesson.path(track))["cells"])
    return [each.vote for each in found if each.vote]


def _shown(vote: Vote, lesson: Lesson, track: str) -> str:
    link = f"[{lesson.numbered}](../notebooks/{lesson.place(track)}.ipynb)"
    lines = [f"### {vote.ask}", f"{link}, {track}"]
    rows = [
        f"| {LETTERS[n]}{' ✓' if n == vote.right else ''} | {text} | {reveals} |"
        for n, (text, reveals) in enumerate(vote.choices)
    ]
    table = "\n".join(["| | choice | what it reveals |", "|---|---|---|", *rows])
    return "\n\n".join([*lines, table])
