"""The placement test on paper and in its notebook, made from its ten questions."""

from collections.abc import Callable
from functools import partial

from course_lib.learner import placement

INTRODUCTION = """# Where do I begin?

Ten questions, about eight minutes. *I don't know yet* is a good answer: write `?`."""
KEY = """## For the teacher: the key

The track is *maths* for who answers question 2 right, else *code* for who answers question 1 right,
else *intuition*. The lesson is the first of these whose question was not answered right, and
lesson 10 after all of them; a wrong choice with three right answers after it is a slip, and
passed over. (Lesson 07 tells why attention was invented; it is read after 06. Lessons
10 and 11 have no question: they put all together.) In Jupyter, `notebooks/placement.ipynb`
does this by itself."""


def cells() -> dict[str, Callable]:
    """Return what the notebook's cells are made by: {id: text -> text}."""
    return {f"q{n}": partial(_question, made) for n, made in enumerate(placement.asked(), start=1)}


def _question(made: str, text: str, *, place: str) -> str:
    return made


def page(text: str) -> str:
    """Return the page to print: the questions, and on the next page the key."""
    rows = ["| | right | what the others show | lesson |", "|---|---|---|---|"]
    for number, question in enumerate(placement.questions(), start=1):
        shows = " ".join(
            f"**{letter}** {words}"
            for letter, words in zip(placement.LETTERS, question.wrong)
            if words
        )
        leads = question.lesson.numbered if question.lesson else f"the {question.about} track"
        rows.append(f"| {number} | {question.right} | {shows} | {leads} |")
    break_ = '<div style="break-before: page"></div>'
    return "\n\n".join([INTRODUCTION, *placement.asked(), break_, KEY, "\n".join(rows)]) + "\n"
