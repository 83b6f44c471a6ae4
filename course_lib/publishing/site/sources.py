"""Write what Sphinx reads: every page of the site, made from the repository."""

import json
import shutil
from pathlib import Path

from course_lib.files.cells import write_text
from course_lib.lessons import EXERCISES, LESSONS, NOTEBOOKS, ROOT, TRACKS
from course_lib.publishing.site import notebooks
from course_lib.publishing.site.links import DOCUMENTS, Links

STATIC = Path(__file__).with_name("static")


def write(folder: Path, links: Links) -> dict[str, bytes]:
    """Write all pages into a folder; return the pictures that belong to them, by name."""
    files: dict[str, bytes] = {}
    for track in TRACKS:
        for lesson in LESSONS:
            page = notebooks.lesson_page(lesson, track, links, files)
            _save(page, folder / f"{lesson.place(track)}.ipynb")
            page = notebooks.exercise_page(lesson, track, links, files)
            _save(page, folder / "exercises" / f"{lesson.place(track)}.ipynb")
    page = notebooks.page_of(NOTEBOOKS / "glossary.ipynb", "glossary", links, files)
    _save(page, folder / "glossary.ipynb")
    shutil.copytree(STATIC, folder / "_static", dirs_exist_ok=True)
    write_text("# Home\n\n```{toctree}\n:glob:\n:hidden:\n\nglossary\n*/*\n*/*/*\n```\n", folder / "index.md")
    return files


def _save(notebook: dict, path: Path) -> None:
    write_text(json.dumps(notebook), path)
