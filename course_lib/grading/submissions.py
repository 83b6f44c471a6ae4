"""What a class hands in: notebooks in a folder, in folders, or in a zip of Canvas or Moodle."""

import datetime
import hashlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from course_lib.learner import cells
from course_lib.learner.cells import CONFLICT, Trouble

LARGEST = 20 * 2**20  # bytes of a notebook
CANVAS = re.compile(r"^(?P<name>[^_]+)_(?P<late>LATE_)?\d+_\d+_(?P<file>.+\.ipynb)$", re.IGNORECASE)
MOODLE = re.compile(r"^(?P<name>.+?)_\d+_assignsubmission_file_?$")
SKIPPED = (".ipynb_checkpoints", "__MACOSX", "my_work")


@dataclass(frozen=True)
class Submission:
    """One file handed in. Its bytes stay where they are until read() is called: a class is large.

    read: returns the bytes; raises Trouble, saying why they can't be had.
    """

    student: str
    file: str
    read: Callable[[], bytes]
    arrived: str | None = None  # a date and time, as far as the file knows
    late: bool = False  # said by the LMS

    def held(self):
        """Return the same submission with its bytes, to be sent to another machine."""
        try:
            return replace(self, read=partial(bytes, self.read()))
        except Trouble as trouble:
            return replace(self, read=partial(_refuse, str(trouble)))


def digest(content):
    """Return what tells one file's bytes from another's."""
    return hashlib.sha256(content).hexdigest()[:16]


def collect(place):
    """Return {student: the submissions, the one that counts last} of a folder or a zip.

    Raises: Trouble if there is no such place, or no notebook in it.
    """
    place = Path(place)
    if place.is_dir():
        found = list(_of_folder(place))
    elif place.is_file() and zipfile.is_zipfile(place):
        found = list(_of_zip(place))
    elif place.is_file() and place.suffix == ".ipynb":
        found = list(_of_folder(place.parent, [place]))
    else:
        raise Trouble(f"{place} is no folder with notebooks, and no zip.")
    if not found:
        raise Trouble(f"there is no notebook (.ipynb) in {place}.")
    by_student = {}
    for submission in sorted(found, key=lambda s: (s.arrived or "", s.file)):
        by_student.setdefault(submission.student, []).append(submission)
    return by_student


def _of_folder(folder, paths=None):
    for path in sorted(folder.rglob("*") if paths is None else paths):
        inner = path.relative_to(folder)
        if path.suffix == ".zip" and path.is_file() and len(inner.parts) == 1:
            yield from _of_zip(path)
        if path.suffix != ".ipynb" or any(part in SKIPPED for part in inner.parts):
            continue
        student, late = _student(inner)
        if any(p.is_symlink() for p in (path, *path.parents) if p.is_relative_to(folder)):
            yield Submission(student, str(inner), partial(_refuse, "it is a link, not a file."))
            continue
        stat = path.stat()
        arrived = datetime.datetime.fromtimestamp(stat.st_mtime).isoformat(timespec="seconds")
        yield Submission(student, str(inner), partial(_of_file, path), arrived, late)


def _refuse(problem):
    raise Trouble(problem)


def _of_file(path):
    try:
        if not path.is_file():
            raise Trouble("it is no file.")
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(descriptor, "rb") as file:
            return _not_too_much(file)
    except OSError as error:
        raise Trouble(f"it can't be read: {error}") from None


def _not_too_much(file):
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Trouble(f"it is larger than {LARGEST // 2**20} MB.")
    return content


def _of_zip(path):
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise Trouble(f"{path} is no zip that can be read: {error}") from None
    for entry in archive.infolist():
        inner = PurePosixPath(entry.filename)
        if inner.suffix != ".ipynb" or any(part in SKIPPED for part in inner.parts):
            continue
        student, late = _student(inner)
        read = partial(_of_entry, archive, entry)  # which keeps the archive open
        yield Submission(student, str(inner), read, _moment(entry), late)


def _of_entry(archive, entry):
    try:
        with archive.open(entry) as file:
            return _not_too_much(file)
    except (RuntimeError, zipfile.BadZipFile, OSError, NotImplementedError, zlib.error) as error:
        raise Trouble(f"it can't be read out of the zip: {error}") from None


def _moment(entry):
    """Return when a file of a zip was changed, or None where the zip says nonsense."""
    try:
        return datetime.datetime(*entry.date_time).isoformat(timespec="seconds")
    except ValueError:
        return None


def _student(inner):
    """Return (who handed this file in, whether the LMS says late), from its name."""
    for part in inner.parts[:-1]:
        if match := MOODLE.match(part):
            return match["name"].strip(), False
    if match := CANVAS.match(inner.name):
        return match["name"], bool(match["late"])
    return (inner.parts[0] if len(inner.parts) > 1 else inner.stem), False


def parse(content):
    """Return a notebook of format 4 from a file's bytes. Raises: Trouble."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Trouble("the file is not text in UTF-8.") from None
    if not text.strip():
        raise Trouble("the file is empty.")
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        if CONFLICT.search(text):
            raise Trouble("the file holds the marks of a merge conflict.") from None
        raise Trouble(f"the file is no notebook: its JSON is broken ({error}).") from None
    if isinstance(notebook, dict) and "worksheets" in notebook:
        notebook = _of_format_3(notebook)
    if not cells.is_notebook(notebook):
        raise Trouble("the file is JSON, but no notebook: it has no cells.")
    return notebook


def _of_format_3(notebook):
    """Return an old notebook in the format of today, with the metadata of its cells."""
    import nbformat

    try:
        return json.loads(nbformat.writes(nbformat.convert(nbformat.from_dict(notebook), 4)))
    except Exception as error:
        raise Trouble(f"the notebook of format 3 can't be converted: {error}") from None
