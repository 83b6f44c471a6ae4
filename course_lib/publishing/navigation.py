"""The ways between notebooks: the lines of a title cell that lead on, and the labels of links."""

import re

from course_lib.lessons import LESSONS, TRACKS, Lesson, after, before
from course_lib.publishing.shapes import put

NUMBERED = re.compile(  # [02 Softmax](…/02_softmax.ipynb), also [Next: exercises of 02 Softmax](…)
    r"\[(?P<first>(?:Next: exercises of )?)(?P<number>\d\d) [A-Z][^\],.:;?!]*"
    r"\](?P<target>\([^)\s]*(?P=number)_\w+\.ipynb\))"
)
LINK = r"\[[^\]]*\]\([^)]*\)"
TITLE = r"^(# .*?)\b\d\d(?: ·)? .+?( [—·] .+)$"
TRACK_LINE = "^" + " · ".join(rf"(?:\*\*{t}\*\*|\[{t}\]\([^)]*\))" for t in map(str.title, TRACKS))
WAY_LINE = rf"^(?:← {LINK} · )?\[all lessons\]\([^)]*\)(?: · {LINK} →)?$"
WORK_LINE = (
    r"^\[Exercises\]\([^)]*\) · \[Glossary\]\([^)]*\) · \d+ minutes"
    r"(?:, of which your computer trains for \d+)?$"
)
BACK = r"(?:\[Lesson\]|back to the lesson: \[[^\]]*\])\([^)]*\)"


def lesson_title(text: str, lesson: Lesson, track: str, *, place: str) -> str:
    """Return the title cell of a lesson with its number, its name and three lines of links.

    What stands after the name, and all below the links, is the author's.

    Raises:
        Trouble: a line is missing; it shows the one that is wanted.
    """
    text = _heading(text, f"{lesson.number:02} · {lesson.title}", place)
    text = put(text, f"{TRACK_LINE}$", _tracks(lesson, track), place=place)
    text = put(text, WAY_LINE, _way(lesson), place=place)
    return put(text, WORK_LINE, _work(lesson, track), place=place)


def exercises_title(text: str, lesson: Lesson, track: str, *, place: str) -> str:
    """Return the title cell of a lesson's exercises with the lesson's name and the link to it.

    Raises:
        Trouble: the link to the lesson is missing; it shows the one that is wanted.
    """
    dot = " · " if re.search(r"^# .*?\b\d\d · ", text, re.MULTILINE) else " "
    text = _heading(text, f"{lesson.number:02}{dot}{lesson.title}", place)
    label = "[Lesson]" if "[Lesson]" in text else f"back to the lesson: [{lesson.numbered}]"
    return put(text, BACK, f"{label}(../../{lesson.place(track)}.ipynb)", place=place)


def labels(text: str) -> str:
    """Return a text in which links that name a lesson by number and title use the registry's.

    Example:
        >>> labels("On to [02 The softmax](02_softmax.ipynb), or [back](01_similarity.ipynb).")
        'On to [02 Softmax](02_softmax.ipynb), or [back](01_similarity.ipynb).'
    """
    return NUMBERED.sub(_label, text)


def _label(link):
    number = int(link["number"])
    if not 1 <= number <= len(LESSONS):
        return link[0]
    return f"[{link['first']}{LESSONS[number - 1].numbered}]{link['target']}"


def _heading(text, named, place):
    match = re.search(TITLE, text, re.MULTILINE)
    made = f"{match[1]}{named}{match[2]}" if match else f"# {named} — …"
    return put(text, TITLE, made, place=place)


def _tracks(lesson, here):
    links = (
        f"**{t.title()}**" if t == here else f"[{t.title()}](../{lesson.place(t)}.ipynb)"
        for t in TRACKS
    )
    return " · ".join(links)


def _way(lesson):
    way = ["[all lessons](../00_start_here.ipynb)"]
    if other := before(lesson):
        way.insert(0, f"← [{other.numbered}]({other.stem}.ipynb)")
    if other := after(lesson):
        way.append(f"[{other.numbered}]({other.stem}.ipynb) →")
    return " · ".join(way)


def _work(lesson, track):
    trains = lesson.trains.get(track)
    alone = f", of which your computer trains for {trains}" if trains else ""
    exercises = f"[Exercises](../../my_work/{lesson.place(track)}.ipynb)"
    return f"{exercises} · [Glossary](../glossary.ipynb) · {lesson.minutes[track]} minutes{alone}"
