"""Bring lessons back as they were published; what the reader had changed is kept."""

import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from course_lib.files import cells
from course_lib.lessons import ROOT, need_notebooks

KEPT = "my_work/earlier"  # where notebooks go that were changed
NO_HISTORY = (
    "This folder has no history to bring a lesson back from (it was not fetched with git, or git "
    "is not installed). Download the course again and copy its folder `notebooks` over the one "
    "here; your answers lie in `my_work`, which stays as it is."
)


@dataclass(frozen=True)
class Restored:
    """A notebook that is as published again; kept: where the reader's own now lies, if changed."""

    path: Path
    kept: Path | None


def restore(lesson: str | None = None, root: Path = ROOT) -> list[Restored]:
    """Bring a lesson back, or all notebooks of the course; return those that had to be.

    lesson: its name, such as "code/02_softmax". Answers in ``my_work`` are no part of this. A
    notebook that was only run is simply brought back; one whose text was changed is kept first.

    Raises:
        Trouble: there is no such lesson, or this folder was not fetched with git.
    """
    need_notebooks(root)
    where = "notebooks" if lesson is None else f"notebooks/{lesson.removesuffix('.ipynb')}.ipynb"
    if not _git(root, "ls-files", "notebooks"):
        raise cells.Trouble(NO_HISTORY)
    if not _git(root, "ls-files", where):
        raise cells.Trouble(
            f"There is no lesson {lesson!r}: say it as code/02_softmax, or name none for all."
        )
    found = []
    for name in _git(root, "diff", "--name-only", "--relative", "HEAD", "--", where).splitlines():
        path = Path(root, name)
        kept = _keep(path, _git(root, "show", f"HEAD:./{name}"), root)
        _git(root, "checkout", "--quiet", "HEAD", "--", name)
        found.append(Restored(path, kept))
    return found


def _git(root, *arguments):
    try:
        ran = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True)
    except OSError:
        ran = None
    if ran is None or ran.returncode:
        raise cells.Trouble(NO_HISTORY)
    return ran.stdout.decode("utf-8")


def _keep(path, published, root):
    """Copy a notebook whose text was changed; return where to, or None if there is no need."""
    if not path.exists() or _texts(path.read_bytes()) == _texts(published.encode()):
        return None
    folder = Path(root, KEPT, path.parent.name)
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{path.stem} {time.strftime('%Y-%m-%d %H.%M.%S')}{path.suffix}"
    kept.write_bytes(path.read_bytes())
    return kept


def _texts(content):
    """Return what the cells say, without outputs; a file that is no notebook as it stands."""
    try:
        return [(c["cell_type"], cells.source(c)) for c in json.loads(content)["cells"]]
    except (AttributeError, KeyError, TypeError, ValueError):
        return content
