"""What a class hands in: files in a folder, in folders, or in a zip of Canvas or Moodle.

A file belongs to whoever its outermost name names: the LMS or the teacher chose that. What is
further in, the student chose, and it speaks of nobody else.
"""

import datetime
import hashlib
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from course_lib.files.cells import Trouble
from course_lib.grading import archives, reading, times
from course_lib.grading.reading import LARGEST
from course_lib.grading.reading import parse as parse
from course_lib.lessons import LESSONS, TRACKS

# name_[LATE_]user_attachment_file; the first number is the student's own
CANVAS = re.compile(r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<number>\d+)_\d+_.+", re.I)
# a folder, or the beginning of a file's name; the number is that of the student's submission
MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_[a-z]+_?")
JUNK = ("__MACOSX", "__pycache__", "node_modules", "site-packages", "venv", "Thumbs.db",
        "desktop.ini")  # fmt: skip
OFFICE = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".epub", ".jar", ".whl", ".npz", ".pt")
# what students hand in by mistake; other loose files in a class's folder are the teacher's own
MISTAKEN = (".pdf", ".py", ".doc", ".docx", ".odt", ".rtf", ".pages", ".html", ".htm", ".rar",
            ".7z", ".gz", ".tgz", ".tar", ".xz", ".zip", ".png", ".jpg", ".jpeg")  # fmt: skip
OF_LESSONS = {lesson.stem for lesson in LESSONS} | {*TRACKS, "my_work", "notebooks"}


@dataclass(frozen=True)
class Submission:
    """One file handed in. Its bytes stay where they are until read() is called: a class is large.

    read: returns the bytes, without outputs where they would be too many; raises Trouble, saying
    why they can't be had. arrived: when it came, as far as somebody else than the student says.
    changed: when the file on the disk was, or the zip that holds it; saved: what that zip claims.
    These two only say which of one student's files is the last. within: where it lies in what bears
    the student's name (zipped: which is a zip).
    named: the student's name, before two with the same one were told apart (then it is shared).
    through: the zip in a folder by whose inner names it is somebody's. claims: who in the roster
    it may belong to, if that is not certain.
    """

    student: str
    file: str
    read: Callable[[], bytes]
    arrived: str | None = None  # a date and time with its zone
    late: bool = False  # said by the LMS
    canvas_id: str | None = None
    changed: str | None = None
    saved: str | None = None
    within: tuple[str, ...] = ()
    named: str = ""
    number: str | None = None
    zipped: bool = False
    through: str | None = None
    claims: tuple[str, ...] = ()

    def held(self) -> "Submission":
        """Return the same submission with its bytes, to be sent to another machine."""
        try:
            return replace(self, read=partial(bytes, self.read()))
        except Trouble as trouble:
            return replace(self, read=partial(_refuse, str(trouble)))

    @property
    def shared(self) -> bool:
        """Whether others of the class have the same name."""
        return bool(self.named) and self.named != self.student

    @property
    def is_notebook(self) -> bool:
        """Whether it is called a notebook."""
        return self.file.lower().endswith(".ipynb")


@dataclass(frozen=True)
class _Owner:
    """Whose a file is: the name, the number in an LMS, what else the LMS says in the name."""

    name: str
    number: str | None = None
    late: bool = False
    canvas: bool = False


@dataclass(frozen=True)
class _Found:
    """A file: its name in parts below the place, where it is, and what is known of its times."""

    parts: tuple[str, ...]
    path: Path
    way: tuple[int, ...] = ()
    shown: str = ""
    arrived: datetime.datetime | None = None
    changed: datetime.datetime | None = None
    saved: datetime.datetime | None = None
    trouble: str | None = None
    zipped: bool = False
    through: str | None = None

    @property
    def name(self) -> str:
        return self.parts[-1]


def digest(content: bytes) -> str:
    """Return what tells one file's bytes from another's."""
    return hashlib.sha256(content).hexdigest()[:16]


def collect(place: str | Path, *, ignored: list[str] | None = None) -> dict[str, list[Submission]]:
    """Return {student: what they handed in} of a folder or a zip, the last notebook last.

    Where there is no notebook among a student's files, the others stand for it: they are told.
    ignored: a list that gets the names of files that are no notebooks.

    Raises:
        Trouble: there is no such place, or nothing in it.
    """
    place, ignored = Path(place), [] if ignored is None else ignored
    if place.is_dir():
        found = _by_owner(_unwrapped(list(_of_folder(place))))
    elif place.is_file() and place.suffix.lower() == ".ipynb" and not archives.is_zip(place):
        found = [(_Owner(place.stem), (), _on_disk(place, (place.name,)))]
    elif place.is_file() and zipfile.is_zipfile(place):
        found = _of_class_zip(place)
    elif place.exists():
        raise Trouble(f"{place} is no folder, no notebook and no zip.")
    else:
        raise Trouble(f"there is no {place}.")
    students = _by_student([(o, _submission(o, within, file)) for o, within, file in found])
    for student, files in list(students.items()):
        no_notebooks = [file for file in files if not file.is_notebook]
        if len(no_notebooks) < len(files) or not any(map(_is_handed_in, files)):
            ignored += [file.file for file in no_notebooks]
        if not any(map(_is_handed_in, files)):
            del students[student]
    if not students:
        raise Trouble(f"there is no notebook (.ipynb) in {place}.")
    return students


def order(submission: Submission) -> tuple:
    """Return what sorts a student's files: notebooks last, by when they came, then by name.

    The numbers in a name count as numbers.
    """
    numbered = re.sub(r"\d+", lambda m: m[0].zfill(30), submission.file)
    came = times.order(submission.changed), times.order(submission.saved)
    return submission.is_notebook, *came, numbered


def under_own_name(files: Iterable[Submission]) -> list[Submission]:
    """Return a student's files; what came in a zip of others counts only where there is no more."""
    files = list(files)
    return [file for file in files if file.through is None] or files


def _is_handed_in(file):
    """Say whether a file may be somebody's submission, and is not one of the teacher's own."""
    name = PurePosixPath(file.file).name.lower()
    sure = file.is_notebook or bool(file.number) or bool(file.within)
    return sure or ".ipynb" in name or name.endswith(MISTAKEN)


def _by_student(found):
    """Group what was found; two students whom an LMS calls alike are told apart by its numbers."""
    numbers = {}
    for owner, _ in found:
        numbers.setdefault(owner.name, set()).add(owner.number)
    by_student = {}
    for owner, submission in found:
        alike = owner.number and len(numbers[owner.name]) > 1
        student = _plain(f"{owner.name}_{owner.number}" if alike else owner.name)
        known = replace(submission, student=student, named=_plain(owner.name))
        by_student.setdefault(student, []).append(known)
    return {student: sorted(under_own_name(by_student[student]), key=order)
            for student in sorted(by_student)}  # fmt: skip


def _plain(name):
    """Return a name that a terminal can show: nothing in it is a command, or half a character."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
    return shown.encode("utf-8", "replace").decode()


def _submission(owner, within, file):
    return Submission(
        "",
        _plain(file.shown),
        partial(_refuse, file.trouble) if file.trouble else partial(_read, file.path, file.way),
        arrived=None if owner.canvas else times.written(file.arrived),  # Canvas does not say
        late=owner.late,
        canvas_id=owner.number if owner.canvas else None,
        changed=None if owner.canvas else times.written(file.changed),
        saved=None if owner.canvas else times.written(file.saved),
        within=within,
        number=owner.number,
        zipped=file.zipped,
        through=file.through,
    )


def _refuse(problem):
    raise Trouble(problem)


def _read(path, way):
    """Return the bytes of a file, without outputs where they are more than can be held."""
    content = archives.read(path, way, LARGEST)
    if len(content) <= LARGEST:
        return content
    with archives.opened(path, way) as file, tempfile.TemporaryFile() as copy:
        size = 0
        try:
            while piece := file.read(2**20):
                size += copy.write(piece)
                if size > reading.HUGE:
                    raise Trouble(f"it is larger than {reading.HUGE // 2**20} MB.")
        except (OSError, EOFError, ValueError) as error:
            raise Trouble(f"it can't be read: {error}") from None
        return reading.without_outputs(copy)


# ---- where files lie ----------------------------------------------------------------------------


def _is_junk(parts):
    """Say whether a file is what systems and programs leave behind, hidden from whoever made it."""
    return any(part.startswith((".", "~$")) or part in JUNK for part in parts)


def _of_folder(folder) -> Iterator[_Found]:
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if _is_junk(inner.parts) or (path.is_dir() and not path.is_symlink()):
            continue
        found = _on_disk(path, inner.parts)
        if any(p.is_symlink() for p in (path, *path.parents) if p.is_relative_to(folder)):
            found = replace(found, trouble="it is a link, not a file.")
        yield found


def _on_disk(path, parts):
    changed = None
    try:
        changed = datetime.datetime.fromtimestamp(path.stat().st_mtime)
    except (ValueError, OverflowError, OSError):
        pass
    return _Found(parts, path, shown="/".join(parts), arrived=changed, changed=changed)


def _of_zip(path, way=()) -> list[_Found]:
    """Return the files in a zip, with the times that it says."""
    return [
        _Found(
            entry.parts,
            path,
            (*way, entry.number),
            shown="/".join(entry.parts),
            arrived=(date := _date(entry.date)),
            changed=date,
            saved=date,
        )
        for entry in archives.listed(path, way)
        if not _is_junk(entry.parts)
    ]


def _date(numbers):
    try:
        return datetime.datetime(*numbers)
    except ValueError:
        return None


def _of_class_zip(place):
    """Return (owner, within, file) of the zip to be marked: a class's, or one's own."""
    files = _unwrapped(_of_zip(place))
    tops = {file.parts[0] for file in files if file.name.lower().endswith((".ipynb", ".zip"))}
    lessons = {PurePosixPath(top).stem for top in tops} <= OF_LESSONS
    alone = len(files) == 1 and _owner(files[0]).number
    if alone or _of_an_lms(files) or (len(tops) > 1 and not lessons):
        return _by_owner(files)
    whole = _on_disk(place, (place.name,))
    return list(_opened(_Owner(_normal(place.stem)), whole, inside=files))


def _unwrapped(files):
    """Leave out a folder round the whole of an LMS's export: it is nobody's name."""
    while files and len({file.parts[0] for file in files}) == 1:
        inner = [replace(file, parts=file.parts[1:]) for file in files if len(file.parts) > 1]
        if len(inner) < len(files) or MOODLE.match(files[0].parts[0]) or not _of_an_lms(inner):
            break
        files = inner
    return files


def _of_an_lms(files):
    """Say whether files bear the names that Moodle or Canvas gives them."""
    tops = {(_normal(file.parts[0]), len(file.parts) == 1) for file in files}
    if any(MOODLE.match(top) for top, _ in tops):
        return True
    matches = [CANVAS.match(top) for top, loose in tops if loose]
    return len({match["number"] for match in matches if match}) > 1


def _by_owner(files):
    """Yield (owner, within, file) of files that lie side by side; zips are opened."""
    for file in files:
        owner = _owner(file)
        if not _is_archive(file):
            yield owner, file.parts[1:], file
        elif len(file.parts) == 1 and owner.number is None and (inner := _export(file)):
            yield from _by_owner(inner)
        else:
            yield from _opened(owner, file)


def _normal(name):
    return unicodedata.normalize("NFC", name)


def _owner(file):
    """Return whose a file is, by its outermost name."""
    first, loose = _normal(file.parts[0]), len(file.parts) == 1
    if match := MOODLE.match(first):
        return _Owner(match["name"].strip(), match["number"])
    if loose and (match := CANVAS.match(first)):
        return _Owner(match["name"], match["number"], bool(match["late"]), canvas=True)
    return _Owner(stem(first) if loose else first)


def stem(name: str) -> str:
    """Return a file's name without its endings.

    Example:
        >>> stem("ada.ipynb"), stem("ada.ipynb.txt"), stem("bob.s.zip")
        ('ada', 'ada', 'bob.s')
    """
    bare = re.sub(r"(\.ipynb(\.\w+)?|\.tar\.\w+)$", "", name, flags=re.I)
    return (bare if bare != name else PurePosixPath(name).stem) or name


def _is_archive(file):
    suffix = PurePosixPath(file.name).suffix.lower()
    if file.trouble or suffix in OFFICE:
        return False
    return archives.is_zip(file.path, file.way)


def _export(file):
    """Return the files of an LMS's own zip that lies in a folder, or nothing: it is somebody's."""
    try:
        inner = _unwrapped(_of_zip(file.path, file.way))
    except Trouble:
        return []
    if not _of_an_lms(inner) or any(_owner(each).number is None for each in inner):
        return []
    return [replace(each, through=file.name) for each in inner]


def _opened(owner, file, inside=None, depth=1) -> Iterator[tuple]:
    """Yield (owner, within, file) of a student's own zip and the zips in it.

    The times in it are the student's own; when the zip came is known if an LMS named it.
    """
    arrived = file.arrived if owner.number else None
    within = file.parts[1:-1]
    try:
        inner = _of_zip(file.path, file.way) if inside is None else inside
        if not inner:
            raise Trouble("it is an empty zip.")
    except Trouble as trouble:
        said = str(trouble).replace("it is", f"{file.name} is", 1)
        yield owner, within, replace(file, trouble=said, arrived=arrived)
        return
    for each in inner:
        shown = f"{file.shown}: {each.shown}"
        made = replace(
            each, parts=(file.parts[0], *within, *each.parts), shown=shown,
            arrived=arrived, changed=file.changed,
            zipped=file.zipped or len(file.parts) == 1, through=file.through,
        )  # fmt: skip
        if not _is_archive(made):
            yield owner, (*within, *each.parts), made
        elif depth < archives.DEEPEST:
            yield from _opened(owner, made, depth=depth + 1)
        else:
            yield (
                owner,
                (*within, *each.parts),
                replace(made, trouble="it is a zip too deep in zips."),
            )
