"""What a class hands in: notebooks in a folder, in folders, or in a zip of Canvas or Moodle."""

import datetime
import hashlib
import json
import os
import re
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from course_lib.files import cells
from course_lib.files.cells import CONFLICT, Trouble
from course_lib.files.repair import repaired

LARGEST = 20 * 2**20  # bytes of a notebook
# name_[LATE_]user_attachment_file; the first number is the student's own
CANVAS = re.compile(r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<number>\d+)_\d+_.+\.ipynb$", re.I)
# a folder, or the beginning of a file's name; the number is that of the student's submission
MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_file_?")
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
    canvas_id: str | None = None

    def held(self) -> "Submission":
        """Return the same submission with its bytes, to be sent to another machine."""
        try:
            return replace(self, read=partial(bytes, self.read()))
        except Trouble as trouble:
            return replace(self, read=partial(_refuse, str(trouble)))


def digest(content: bytes) -> str:
    """Return what tells one file's bytes from another's."""
    return hashlib.sha256(content).hexdigest()[:16]


def collect(place: str | Path, *, ignored: list[str] | None = None) -> dict[str, list[Submission]]:
    """Return {student: the submissions, the one that counts last} of a folder or a zip.

    ignored: a list that gets the names of files that are neither.

    Raises:
        Trouble: there is no such place, or no notebook in it.
    """
    place, ignored = Path(place), [] if ignored is None else ignored
    if place.is_dir():
        found = list(_of_folder(place, sorted(place.rglob("*")), ignored))
    elif place.is_file() and zipfile.is_zipfile(place):
        found = list(_of_zip(place, ignored))
    elif place.is_file() and _is(place, ".ipynb"):
        found = list(_of_folder(place.parent, [place], ignored))
    elif place.exists():
        raise Trouble(f"{place} is no folder, no notebook and no zip.")
    else:
        raise Trouble(f"there is no {place}.")
    if not found:
        raise Trouble(f"there is no notebook (.ipynb) in {place}.")
    return _by_student(found)


def _by_student(found):
    """Group what was found; two students whom an LMS calls alike are told apart by its numbers."""
    numbers = {}
    for (name, number), _ in found:
        numbers.setdefault(name, set()).add(number)
    by_student = {}
    for (name, number), submission in sorted(found, key=lambda each: order(each[1])):
        student = f"{name}_{number}" if number and len(numbers[name]) > 1 else name
        known = replace(submission, student=_plain(student), file=_plain(submission.file))
        by_student.setdefault(known.student, []).append(known)
    return by_student


def order(submission: Submission) -> tuple[str, str]:
    """Return what sorts a student's files: when they came, then by name, its numbers as numbers."""
    return submission.arrived or "", re.sub(r"\d+", lambda m: m[0].zfill(30), submission.file)


def _plain(name):
    """Return a name that a terminal can show: nothing in it is a command, or half a character."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
    return shown.encode("utf-8", "replace").decode()


def _is(path, suffix):
    return path.suffix.lower() == suffix


def _of_folder(folder, paths, ignored):
    for path in paths:
        inner = path.relative_to(folder)
        if any(part in SKIPPED for part in inner.parts) or path.is_dir() and not path.is_symlink():
            continue
        if _is(path, ".zip") and len(inner.parts) == 1 and path.is_file():
            try:
                yield from _of_zip(path, ignored)
            except Trouble as trouble:
                read = partial(_refuse, str(trouble))
                yield (path.stem, None), Submission("", str(inner), read, _changed(path))
            continue
        if not _is(path, ".ipynb"):
            ignored.append(_plain(str(inner)))
            continue
        who, late, canvas_id = _student(inner)
        if any(p.is_symlink() for p in (path, *path.parents) if p.is_relative_to(folder)):
            yield who, Submission("", str(inner), partial(_refuse, "it is a link, not a file."))
            continue
        arrived = None if canvas_id else _changed(path)
        read = partial(_of_file, path)
        yield who, Submission("", str(inner), read, arrived, late, canvas_id)


def _changed(path):
    """Return when a file was changed, or None where its time is no date."""
    try:
        moment = datetime.datetime.fromtimestamp(path.stat().st_mtime)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.isoformat(timespec="seconds")


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


def _of_zip(path, ignored):
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Trouble(f"{path} is no zip that can be read: {error}") from None
    entries = {
        PurePosixPath(entry.filename.replace("\\", "/")): entry
        for entry in archive.infolist() if not entry.is_dir()
    }  # fmt: skip
    entries = {i: e for i, e in entries.items() if not any(part in SKIPPED for part in i.parts)}
    ignored += [_plain(f"{path.name}: {inner}") for inner in entries if not _is(inner, ".ipynb")]
    notebooks = [inner for inner in entries if _is(inner, ".ipynb")]
    for inner in notebooks:
        who, late, canvas_id = _student(inner)
        if len(notebooks) == 1 and who[1] is None:
            who = unicodedata.normalize("NFC", path.stem), None  # one student's own zip
        read = partial(_of_entry, archive, entries[inner])  # which keeps the archive open
        # Canvas does not say when a file came; it marks late ones in the name
        arrived = None if canvas_id else _moment(entries[inner])
        yield who, Submission("", str(inner), read, arrived, late, canvas_id)


def _of_entry(archive, entry):
    try:
        with archive.open(entry) as file:
            return _not_too_much(file)
    except Trouble:
        raise
    except Exception as error:  # each way of packing has errors of its own
        raise Trouble(f"it can't be read out of the zip: {error}") from None


def _moment(entry):
    """Return when a file of a zip was changed, or None where the zip says nonsense."""
    try:
        return datetime.datetime(*entry.date_time).isoformat(timespec="seconds")
    except ValueError:
        return None


def _student(inner):
    """Return ((name, number in the LMS or None), whether the LMS says late, Canvas's user id)."""
    parts = [unicodedata.normalize("NFC", part) for part in inner.parts]
    if match := MOODLE.match(parts[0]):  # what is further in, the student chose
        return (match["name"].strip(), match["number"]), False, None
    if len(parts) == 1 and (match := CANVAS.match(parts[0])):
        return (match["name"], match["number"]), bool(match["late"]), match["number"]
    return (parts[0] if len(parts) > 1 else PurePosixPath(parts[0]).stem, None), False, None


def parse(content: bytes) -> dict:
    """Return a notebook of format 4 from a file's bytes.

    Raises:
        Trouble: it is none; the message says what it is.
    """
    try:
        text = cells.decode(content)
    except UnicodeDecodeError:
        raise Trouble("the file is not text in UTF-8 (nor in UTF-16 or 32).") from None
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
    notebook = repaired(notebook)
    if not cells.is_notebook(notebook):
        raise Trouble("the file is JSON, but no notebook: it has no cells.")
    return notebook


def _of_format_3(notebook):
    """Return an old notebook in the format of today, with the metadata of its cells."""
    import nbformat

    try:
        for sheet in notebook["worksheets"]:  # what was printed and drawn can be very much
            for cell in sheet["cells"]:
                if "outputs" in cell:
                    cell["outputs"] = []
        return json.loads(nbformat.writes(nbformat.convert(nbformat.from_dict(notebook), 4)))
    except Exception as error:
        raise Trouble(f"the notebook of format 3 can't be converted: {error}") from None
