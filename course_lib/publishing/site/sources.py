"""Write what Sphinx reads: every page of the site, made from the repository."""

import json
import shutil
from pathlib import Path

from course_lib.files.cells import write_text
from course_lib.lessons import LESSONS, NOTEBOOKS, ROOT, TRACKS
from course_lib.publishing.site import benchmarks, notebooks, pages, players
from course_lib.publishing.site.links import Links

STATIC = Path(__file__).with_name("static")
VENDOR = Path(__file__).parents[1] / "vendor"


def write(folder: Path, links: Links) -> dict[str, bytes]:
    """Write all pages into a folder; return the pictures that belong to them, by name."""
    files: dict[str, bytes] = {}
    for track in TRACKS:
        for lesson in LESSONS:
            place = lesson.place(track)
            page = notebooks.lesson_page(lesson, track, links, files)
            _save(page, folder / f"{place}.ipynb")
            page = notebooks.exercise_page(lesson, track, links, files)
            _save(page, folder / "exercises" / f"{place}.ipynb")
    page = notebooks.page_of(NOTEBOOKS / "glossary.ipynb", "glossary", links, files)
    _save(page, folder / "glossary.ipynb")
    for name, text in _texts(links, files).items():
        write_text(text, folder / f"{name}.md")
    shutil.copytree(STATIC, folder / "_static")
    shutil.copytree(VENDOR / "mathjax", folder / "_static" / "mathjax")
    return files


def _texts(links: Links, files: dict[str, bytes]) -> dict[str, str]:
    """Return the pages that are no notebooks: {name: Markdown}."""
    found = {
        "index": pages.home(links),
        "misconceptions": pages.misconceptions(),
        "library": pages.library(),
        "players": players.listing(list(players.playable())),
        "benchmarks": benchmarks.page(files),
        "lectures": pages.lectures(),
        "placement": pages.placement_test(),
        "progress": pages.text("progress"),
        "running": pages.running(links),
        "hosting": pages.text("hosting"),
    }
    written = {name: f"docs/{name}.md" for name in links.documents}
    written |= {"changes": "CHANGELOG.md", "contributing": "CONTRIBUTING.md"}
    for name, file in written.items():
        text = (ROOT / file).read_text(encoding="utf-8")
        found[name] = links.mended(text, file, f"{name}.md")
    return found


def _save(notebook: dict, path: Path) -> None:
    write_text(json.dumps(notebook), path)
