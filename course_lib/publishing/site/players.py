"""Pictures to play with, each as a page of its own, to be put into somebody's slides or LMS."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from course_lib.files import cells
from course_lib.lessons import LESSONS, TRACKS, Lesson
from course_lib.publishing.site import pictures
from course_lib.publishing.site.pages import text

PLAYABLE = re.compile(
    r'<figure class="course-player".*?</figure>|<div class="course-drag".*</div>', re.DOTALL
)
LABEL = re.compile(r'aria-label="([^"]+)"')
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="../_static/favicon.svg">
<link rel="stylesheet" href="../_static/course.css">
</head>
<body class="course-alone">
<main>
<h1>{title}</h1>
{shown}
<p><a href="../{place}.html" target="_top">From lesson {lesson}: {question}</a> · CC BY 4.0</p>
</main>
</body>
</html>
"""


@dataclass(frozen=True)
class Playable:
    """A player or a widget of a lesson: its cell, what it is called, and its HTML."""

    lesson: Lesson
    track: str
    cell: str
    label: str
    shown: str

    @property
    def page(self) -> str:
        """Its page, from the site's root."""
        return f"players/{self.track}_{self.lesson.number:02}_{self.cell}.html"


def playable() -> Iterator[Playable]:
    """Yield all pictures of the lessons that can be played with, in order."""
    for track in TRACKS:
        for lesson in LESSONS:
            for cell in cells.read(lesson.path(track))["cells"]:
                for output in cell.get("outputs", []):
                    shown = "".join(output.get("data", {}).get("text/html", ""))
                    if found := PLAYABLE.search(shown):
                        label = "".join(LABEL.findall(found.group())[:1])
                        label = html.unescape(label)
                        yield Playable(lesson, track, cell["id"], label, found.group())


def page_of(each: Playable) -> str:
    """Return a picture's own page."""
    return PAGE.format(
        title=html.escape(each.label.rstrip(".")),
        shown=pictures.fitted(each.shown, "../", {}),
        place=each.lesson.place(each.track),
        lesson=each.lesson.numbered,
        question=html.escape(each.lesson.question),
    )


def listing(found: list[Playable]) -> str:
    """Return the page that lists them, each with the line that puts it elsewhere."""
    parts = []
    for track in TRACKS:
        here = [each for each in found if each.track == track]
        if here:
            parts.append(f"## {track.title()}")
        for each in here:
            line = (
                f'<iframe src="{each.page}" title="{html.escape(each.label)}" '
                'width="100%" height="520" style="border:0"></iframe>'
            )
            link = f'<a href="{each.page}">{html.escape(each.label)}</a>'
            parts.append(f"### {each.lesson.numbered}: {each.cell.replace('-', ' ')}\n\n{link}")
            parts.append(f"```html\n{line}\n```")
    return text("players", players="\n\n".join(parts))
