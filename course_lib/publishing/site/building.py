"""Let Sphinx build the site in a folder, and finish its pages."""

import io
import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

from course_lib import __version__
from course_lib.files.cells import Trouble, write_text
from course_lib.lessons import EXERCISES, LESSONS, NOTEBOOKS, TRACKS
from course_lib.publishing.decks import deck
from course_lib.publishing.site import hooks, pictures, players, sources
from course_lib.publishing.site.links import Links

NEEDED = {"sphinx": "Sphinx", "myst_nb": "myst-nb", "furo": "furo"}
STAMP = ".attention-course-site"  # in the folder of a site: what may be written over
SETTINGS = {
    "project": "Attention, step by step",
    "author": "the attention-course authors",
    "copyright": "the attention-course authors, CC BY 4.0",
    "version": __version__,
    "release": __version__,
    "extensions": [
        "myst_nb",
        "sphinx.ext.autodoc",
        "sphinx.ext.napoleon",
        "course_lib.publishing.site.hooks",
    ],
    "napoleon_custom_sections": ["Shapes", "Source"],
    "autodoc_member_order": "bysource",
    "autodoc_typehints": "none",
    "html_theme": "furo",
    "html_title": "Attention, step by step",
    "html_favicon": "_static/favicon.svg",
    "html_static_path": ["_static"],
    "html_css_files": ["course.css"],
    "html_js_files": ["answering.js", "course.js"],
    "html_context": {"default_mode": "auto"},
    "html_copy_source": False,
    "html_show_sourcelink": False,
    "html_show_sphinx": False,
    "mathjax_path": "mathjax/tex-svg.js",
    "nb_execution_mode": "off",
    "nb_ipywidgets_js": {},
    "myst_enable_extensions": ["dollarmath", "amsmath"],
    "myst_heading_anchors": 0,
}


def ready() -> None:
    """Make sure that a site can be built here.

    Raises:
        Trouble: a package is missing; it says how to get it.
    """
    if missing := [name for module, name in NEEDED.items() if find_spec(module) is None]:
        raise Trouble(
            f"The site needs {', '.join(missing)}, which is not installed. In the folder of the "
            "course: python3 start.py site (it sets all up), or pip install --editable '.[site]'"
        )


def build(target: str | Path, *, repository: str = "") -> int:
    """Build the site into a folder; return how many pages it has.

    Raises:
        Trouble: the folder holds other things, or Sphinx warns; it says of what.
    """
    target = Path(target)
    if target.exists() and any(target.iterdir()) and not (target / STAMP).exists():
        raise Trouble(f"{target} holds files that are no site of this course: choose another -o.")
    with tempfile.TemporaryDirectory(prefix="site-") as folder:
        source, built = Path(folder, "source"), Path(folder, "built")
        files = sources.write(source, Links(repository))
        pages = _sphinx(source, built, Path(folder, "trees"))
        pictures.write(files, built)
        deck.write(deck.every_name().values(), built / "decks")
        _downloads(built / "notebooks")
        for each in players.playable():
            write_text(players.page_of(each), built / each.page)
        for path in built.rglob("*.html"):
            path.write_text(hooks.mended(path.read_text(encoding="utf-8")), encoding="utf-8")
        (built / STAMP).write_text(f"{__version__}\n", encoding="utf-8")
        if target.exists():
            shutil.rmtree(target)
        shutil.move(built, target)
    return pages


def _downloads(folder: Path) -> None:
    """Copy the notebooks that pages offer: lessons as they are stored, exercises unanswered."""
    for track in TRACKS:
        for lesson in LESSONS:
            for place in (NOTEBOOKS, EXERCISES):
                path = lesson.path(track, place)
                target = folder / path.relative_to(NOTEBOOKS)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)


def _sphinx(source: Path, target: Path, trees: Path) -> int:
    """Run Sphinx; a warning is an error."""
    from sphinx.application import Sphinx

    said = io.StringIO()
    app = Sphinx(
        source, None, target, trees, "html", confoverrides=SETTINGS, status=None, warning=said,
        parallel=os.cpu_count() or 1,
    )  # fmt: skip
    app.build(force_all=True)
    if warnings := said.getvalue().strip():
        raise Trouble(f"The site was not built, for Sphinx warns:\n{warnings}")
    return len(app.env.found_docs)
