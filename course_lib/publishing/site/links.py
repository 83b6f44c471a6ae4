"""Where things are on the site: each file of the repository that is a page, and ways to run it."""

import html
import os.path
import posixpath
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlencode

from course_lib.files.cells import Trouble
from course_lib.lessons import LESSONS, ROOT, TRACKS, Lesson

LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
ELSEWHERE = re.compile(r"[a-z]+:|#|//")
GITHUB = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+)")
DOCUMENTS = ("teaching", "plans", "votes", "unplugged", "accessibility")


def pages() -> dict[str, str]:
    """Return {file of the repository: the file of its page}, both relative to their roots."""
    found = {
        "README.md": "index.md",
        "notebooks/00_start_here.ipynb": "index.md",
        "notebooks/glossary.ipynb": "glossary.ipynb",
        "notebooks/placement.ipynb": "placement.md",
        "CHANGELOG.md": "changes.md",
        "CONTRIBUTING.md": "contributing.md",
        "notebooks/solutions": "index.md",
    }
    found["docs/placement.md"] = "placement.md"
    found |= {f"docs/{name}.md": f"{name}.md" for name in DOCUMENTS}
    for track in TRACKS:
        for lesson in LESSONS:
            place = lesson.place(track)
            found[f"notebooks/{place}.ipynb"] = f"{place}.ipynb"
            for folder in ("my_work", "notebooks/exercises", "notebooks/solutions"):
                found[f"{folder}/{place}.ipynb"] = f"exercises/{place}.ipynb"
    return found


def repository_of_project() -> str:
    """Return the address of the repository that ``pyproject.toml`` names, "" if it names none."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["project"].get("urls", {}).get("Repository", "")


def checked_repository(address: str) -> str:
    """Return an address without its end, if it can be linked to.

    Raises:
        Trouble: it is no address of a repository.
    """
    address = address.strip().removesuffix("/").removesuffix(".git")
    if address and not re.fullmatch(r"https://[\w.-]+(/[\w.~-]+)+", address):
        raise Trouble(
            f"--repository must be an address such as https://github.com/ada/attention; it is "
            f"{address!r}."
        )
    return address


@dataclass(frozen=True)
class Links:
    """The links of one site. repository: its address, "" where there is none; decks: are there?"""

    repository: str = ""
    decks: bool = True
    pages: Mapping[str, str] = field(default_factory=pages)

    @property
    def documents(self) -> list[str]:
        """The pages made from the files in ``docs/`` that are here."""
        return [name for name in DOCUMENTS if (ROOT / "docs" / f"{name}.md").exists()]

    def mended(self, text: str, file: str, page: str) -> str:
        """Return Markdown of a file of the repository with its links as the page needs them.

        A link to what is no page leads to the repository; where that is unknown, its words stay.
        """

        def mend(found: re.Match) -> str:
            words, target = found.groups()
            if ELSEWHERE.match(target):
                return found.group()
            there, _, part = unquote(target).partition("#")
            path = posixpath.normpath(posixpath.join(posixpath.dirname(file), there))
            if path in self.pages:
                way = posixpath.relpath(self.pages[path], posixpath.dirname(page) or ".")
                return f"[{words}]({way}{'#' + part if part else ''})"
            if self.repository and os.path.exists(ROOT / path):
                return f"[{words}]({self.repository}/blob/HEAD/{quote(path)})"
            return words

        return LINK.sub(mend, text)

    def of_lesson(self, lesson: Lesson, track: str) -> str:
        """Return the line below a lesson's title, in HTML: slides, download, ways to run it."""
        notebook = f"notebooks/{lesson.place(track)}.ipynb"
        found = []
        if self.decks:
            found.append(("Slides", f"../decks/{track}_{lesson.stem}.html"))
        found.append(("Download the notebook", f"../{notebook}"))
        return _line(found + self._running(notebook))

    def of_exercises(self, lesson: Lesson, track: str) -> str:
        """Return the line below the title of a lesson's exercises, in HTML."""
        notebook = f"notebooks/exercises/{lesson.place(track)}.ipynb"
        found = [("Download the notebook", f"../../{notebook}")]
        return _line(found + self._running(notebook))

    def _running(self, notebook: str) -> list[tuple[str, str]]:
        """Return ways to run a notebook, and to report a mistake in it; none without repository."""
        found = []
        if github := GITHUB.fullmatch(self.repository):
            name = github.group(1)
            where = quote(f"lab/tree/{notebook}", safe="")
            found = [
                ("Binder", f"https://mybinder.org/v2/gh/{name}/HEAD?urlpath={where}"),
                ("Codespaces", f"https://codespaces.new/{name}"),
                ("Colab", f"https://colab.research.google.com/github/{name}/blob/HEAD/{notebook}"),
            ]
        if self.repository:
            about = urlencode({"title": f"{notebook}: "})
            found.append(("Report a mistake", f"{self.repository}/issues/new?{about}"))
        return found


def _line(links: list[tuple[str, str]]) -> str:
    each = " · ".join(f'<a href="{html.escape(there)}">{words}</a>' for words, there in links)
    return f'<p class="course-run">{each}</p>'
