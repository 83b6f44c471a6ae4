"""Pages that no notebook holds: home, misconceptions, library, benchmarks, pictures to play with."""

import html
import re
from collections.abc import Callable

from course_lib.exercises import examining, names, task_of
from course_lib.exercises.catalogue import answers_of
from course_lib.files import cells
from course_lib.lessons import LESSONS, SOLUTIONS, TRACKS, Lesson
from course_lib.pictures.diagrams.machine import machine_page
from course_lib.publishing.site import pictures
from course_lib.publishing.site.links import Links
from course_lib.publishing.site.siblings import anchor
from course_lib.publishing.site.siblings import heading as heading_of

AUDIENCE = {
    "intuition": "Pictures that you can drag. Needs general knowledge, no programming, no formulas.",
    "code": "Every function built by hand, then compared with the library's. Needs some Python.",
    "maths": "Every formula derived line by line, each line checked by a cell. Needs linear algebra.",
}
MARKED = re.compile(r"([\\*_$\[\]<>|#])")


# Home ------------------------------------------------------------------------------------------


def home(links: Links) -> str:
    """Return the first page: the promise, the map, three tracks, three first minutes."""
    tracks = "\n".join(
        f'<li><a href="{LESSONS[0].place(track)}.html"><strong>{track.title()}</strong></a> '
        f"{AUDIENCE[track]}</li>"
        for track in TRACKS
    )
    return f"""# Attention, step by step

A course that builds *attention*, the idea behind today's language models, from one dot product to a
real pretrained encoder. Ask your question, make a guess, see the answer; at three levels, **with the
same numbers in each**. Everything here runs: each page is a notebook, and each line of it is tested.

{_machine()}

## Which track is for you?

<ul class="course-tracks">{tracks}</ul>

Not sure? [Ten questions](placement.md) take you to a track and a lesson. Each track can be left at
any question for the same question in another.

## What are the first three minutes?

- **To learn**: open [lesson 01]({LESSONS[0].place("intuition")}.ipynb), and guess before you open a
  result. Then try [an exercise](exercises/{LESSONS[0].place("intuition")}.ipynb): what you answer is
  checked on the page, and a wrong answer gets a diagnosis, not a red cross.
- **To give a lecture**: every lesson is [a deck of slides](lectures.md), with notes for you, votes
  for the room, and cuts for 50 and 90 minutes. Press `S` for the notes.
- **To teach a class**: [course plans](plans.md), [an activity with paper cards](unplugged.md),
  [marking behind walls](teaching.md), and [every misconception](misconceptions.md) that the checks
  know by name.

## What are the lessons?

{_lessons()}

{_tree(links)}
"""


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
    parts["This site"] = ["progress", "running", "hosting", "changes", "contributing"]
    return "\n\n".join(
        f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n" + "\n".join(pages) + "\n```"
        for caption, pages in parts.items()
    )


# Misconceptions --------------------------------------------------------------------------------


def misconceptions() -> str:
    """Return all wrong answers that the checks know: what each does, where to look, what to read."""
    count = sum(len(answers_of(name).misconceptions) for name in names())
    parts = [
        f"""# Misconceptions

What people get wrong about attention, as the exercises of this course know it: {count} wrong answers,
each built, run and recognised. *What is seen* is what the check of a function measured; then
comes what it says to whoever makes the mistake, which is never the answer. For teachers of any course: take what you need (CC BY 4.0).

<p><label>Show only those with <input id="course-filter" type="search"></label>
<output id="course-found"></output></p>"""
    ]
    for lesson in LESSONS:
        parts.append(f"## {lesson.numbered}")
        for track in TRACKS:
            titles = _titles(lesson, track)
            for name in lesson.exercises[track]:
                parts.append(_of_exercise(name, titles[name], lesson, track))
    return "\n\n".join(parts)


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
    "The running example": ("examples",),
}


def library() -> str:
    """Return the page of the library: every public function with its shapes."""
    parts = ["# The library\n\nWhat the lessons build, ready to import: `from course_lib import …`."]
    for title, modules in MODULES.items():
        parts.append(f"## {title}")
        for module in modules:
            parts.append(f"### course_lib.{module}")
            options = "   :members:\n   :imported-members:" if module == "translation" else "   :members:"
            parts.append(f"```{{eval-rst}}\n.. automodule:: course_lib.{module}\n{options}\n```")
    return "\n\n".join(parts)


# Slides, progress, ways to run it, and to host it -----------------------------------------------


def lectures() -> str:
    """Return the page that lists the decks."""
    rows = [f"| | {' | '.join(t.title() for t in TRACKS)} |", "|---" * (1 + len(TRACKS)) + "|"]
    for lesson in LESSONS:
        each = (f'<a href="decks/{t}_{lesson.stem}.html">{t}</a>' for t in TRACKS)
        rows.append(f"| {lesson.numbered} | {' | '.join(each)} |")
    return f"""# Slides

Every lesson as a deck, made from the lesson itself. A slide shows, the notes speak: press `S` for
the speaker's view with notes, likely questions and the time, `O` for the overview, `?` for all keys.

{chr(10).join(rows)}

Decks for 50 or 90 minutes, as files or as PDF, and hand-outs to print: `python -m course_lib slides
--help`. How to plan a course: [plans](plans.md).
"""


def progress() -> str:
    """Return the page where a learner sees, takes along or forgets what this browser keeps."""
    return """# Your progress

What you passed on this site is kept in this browser, on this machine, and never sent anywhere.

<div id="course-progress" aria-live="polite"><noscript>Scripts are off, so nothing is kept.</noscript></div>
"""


def running(links: Links) -> str:
    """Return the page that tells how to run the notebooks."""
    here = f"`git clone {links.repository}`" if links.repository else "`git clone` the course"
    colab = ""
    if links.repository:
        name = links.repository.rsplit("/", 1)[-1]
        colab = f"""
## Colab

Open a notebook there by the link on its page, and put these two lines into a cell above all others:

```
!git clone -q {links.repository} && pip install -q -e {name}
%cd {name}
```

## Binder and Codespaces

The links on each lesson's page open it there. Binder builds the course from `environment.yml` at the
first visit, which takes some minutes.
"""
    return f"""# How do I run it?

On this site you can read, drag, play and answer questions. To change code, run the notebooks.

## On your machine

{here}, then in its folder `python3 start.py` (Windows: `py start.py`). It needs Python 3.11 or newer
and about 3 GB of disk; the first start takes some minutes.
{colab}"""


def hosting() -> str:
    """Return the page that tells how to put the site somewhere else."""
    return """# How do I host it?

The site is one folder of files: no server, no database, no cookies, nothing fetched from elsewhere.

```
python3 start.py site                       sets up, builds into build/site, opens it
python -m course_lib site -o FOLDER         builds it where the course is set up already
python -m course_lib site -o FOLDER --serve builds it, and shows it at an address of this machine
```

Copy the folder to any web space. On GitHub, `.github/workflows/site.yml` builds and publishes it to
Pages on each push to the main branch, once Pages is switched on (Settings, Pages, Source: GitHub
Actions). `--repository https://github.com/ada/attention` adds the links that run a notebook and
report a mistake; `Repository` under `[project.urls]` in `pyproject.toml` does so for good.
"""
