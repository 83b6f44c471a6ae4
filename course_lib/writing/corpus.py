"""What a writer reads: this course's own prose, or a text of yours.

The prose is a copy, ``course.md``, made by ``python -m course_lib snapshot`` and kept: the lessons
go on being mended, and what a machine learned from them stays comparable.
"""

import re
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("course.md")
HELD_OUT = 10  # one section of so many is never trained with


class Corpus(NamedTuple):
    """A text in sections: those to learn from, and those to judge by."""

    source: str  # what it is, with version and date
    train: tuple[str, ...]
    held_out: tuple[str, ...]

    def __repr__(self):
        return (
            f"Corpus({self.source}: {len(self.train)} sections to train, "
            f"{len(self.held_out)} held out)"
        )


def course_corpus() -> Corpus:
    """Return the course's own prose, each tenth section held out.

    Example:
        >>> corpus = course_corpus()
        >>> corpus.train[1].splitlines()[0]
        '# Which bank is it?'
    """
    first, text = FILE.read_text(encoding="utf-8").split("\n", 1)
    return make_corpus(text, source=first.removeprefix("<!-- ").removesuffix(" -->"))


def make_corpus(text: str, *, source: str = "your text") -> Corpus:
    """Return a text in sections, each tenth held out.

    A section begins at each line of Markdown's first heading, a ``#`` and a blank. A text without
    such lines is cut at its empty lines.

    Raises:
        ValueError: the text has fewer than ten sections, so that none would be held out.

    Example:
        >>> text = "\\n\\n".join(f"Paragraph {n}." for n in range(20))
        >>> make_corpus(text).held_out
        ('Paragraph 9.', 'Paragraph 19.')
    """
    if not isinstance(text, str):
        raise ValueError(f"text must be a string; it is {type(text).__name__}.")
    border = r"\n+(?=# )" if re.search("^# ", text, re.MULTILINE) else r"\n\s*\n"
    sections = [section.strip() for section in re.split(border, text) if section.strip()]
    if len(sections) < HELD_OUT:
        raise ValueError(
            f"text must have at least {HELD_OUT} sections, so that one can be held out; it has "
            f"{len(sections)}. Put empty lines between its paragraphs, or read in more text."
        )
    last = HELD_OUT - 1
    return Corpus(
        source,
        tuple(each for n, each in enumerate(sections) if n % HELD_OUT != last),
        tuple(sections[last::HELD_OUT]),
    )
