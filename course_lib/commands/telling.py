"""How every command speaks: one line for what can be mended, and paths as short as they can be."""

import contextlib
import errno
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from course_lib.files.cells import Trouble


@contextlib.contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn what the learner can mend into one line and exit status 2."""
    try:
        yield
    except (Trouble, OSError) as error:
        raise _Mendable(_said(error)) from None


class _Mendable(click.ClickException):
    exit_code = 2


def _said(error: Exception) -> str:
    """Return what went wrong with a file, and what to do about it where that is known."""
    if not isinstance(error, OSError) or not error.filename:
        return str(error)
    protected = "Is it write-protected, or somebody else's?"
    cures = {errno.ENOSPC: "Make room on the disk, and try again."}
    cures |= dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), protected)
    file = re.sub(r"\.\d+\.part$", "", str(error.filename))
    return f"{file}: {error.strerror}. {cures.get(error.errno or 0, '')}".strip()


def short(path: str | Path) -> Path:
    """Return a path as seen from the current folder, where it lies in it."""
    path = Path(path)
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def time_limit(seconds: float) -> Callable:
    """Return the option --seconds of a command, with its default."""
    return click.option(
        "--seconds",
        default=seconds,
        show_default=True,
        help="Time limit of a cell.",
        type=click.FloatRange(min=0, min_open=True),
    )
