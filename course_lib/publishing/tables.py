"""Where all lessons are listed or counted: the README, the start page, the citation."""

from num2words import num2words

from course_lib.lessons import LESSONS, TRACKS
from course_lib.publishing.shapes import between, put


def readme(text: str) -> str:
    """Return the README with its table of lessons."""
    rows = ["| | lesson | the question it answers | in three tracks |", "|---|---|---|---|"]
    for lesson in LESSONS:
        tracks = " · ".join(f"[{t}](notebooks/{lesson.place(t)}.ipynb)" for t in TRACKS)
        rows.append(f"| {lesson.number:02} | {lesson.called} | {lesson.question} | {tracks} |")
    return between(text, "lessons", "\n".join(rows), place="README.md")


def citation(text: str) -> str:
    """Return CITATION.cff with the number of lessons."""
    made = f"{_count().capitalize()} lessons on attention"
    return put(text, r"[\w-]+ lessons on attention", made, place="CITATION.cff")


def start_title(text: str, *, place: str) -> str:
    """Return the start page's title with the number of lessons."""
    made = f"**{_count().capitalize()} lessons that build"
    return put(text, r"^\*\*[\w-]+ lessons that build", made, place=place)


def start_map(text: str, *, place: str) -> str:
    """Return the start page's cell with the table of lessons and the time that they take."""
    heads = " | ".join(track.title() for track in TRACKS)
    rows = [f"| | question | {heads} |", "|---" * (2 + len(TRACKS)) + "|"]
    for lesson in LESSONS:
        links = (f"[{lesson.called}]({lesson.place(track)}.ipynb)" for track in TRACKS)
        rows.append(f"| {lesson.number:02} | {lesson.question} | {' | '.join(links)} |")
    asked = f"## What are the {_count()} lessons?"
    text = put(text, r"^## What are the [\w-]+ lessons\?$", asked, place=place)
    text = put(text, r"A lesson takes \d+ to \d+ minutes", f"A lesson takes {_time()}", place=place)
    return between(text, "lessons", "\n".join(rows), place=place)


def start_first(text: str, *, place: str) -> str:
    """Return the start page's cell that leads to the first lesson."""
    links = " · ".join(f"[{t.title()}]({LESSONS[0].place(t)}.ipynb)" for t in TRACKS)
    return put(text, r"^With lesson 01: .*\.$", f"With lesson 01: {links}.", place=place)


def _count():
    return num2words(len(LESSONS))


def _time():
    """Return how long lessons take, to five minutes: "25 to 75 minutes"."""
    minutes = [lesson.minutes[track] for lesson in LESSONS for track in TRACKS]
    return f"{min(minutes) // 5 * 5} to {-(-max(minutes) // 5) * 5} minutes"
