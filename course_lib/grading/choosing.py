"""Which of a student's files counts: the last notebook of this lesson, found by what is in it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.grading import releases
from course_lib.grading.reading import kind, parse
from course_lib.grading.runs import Run
from course_lib.grading.submissions import Submission
from course_lib.lessons import places

MOST = 4  # files that a remark names
NAMED = {  # what a file is, where its bytes don't tell
    ".py": "a Python program",
    ".html": "a web page",
    ".htm": "a web page",
    ".md": "a text",
    ".txt": "a text",
    ".csv": "a table",
}


@dataclass(frozen=True)
class Choice:
    """What counts of a student's files.

    files: those of this lesson, the one that counts last; empty if there is none. notes: what has
    to be said about the others. problem: why none counts.
    """

    files: tuple[Submission, ...]
    notes: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(frozen=True)
class _Look:
    """What one look into a file tells.

    rank: 3 this lesson's, worked on; 2 untouched; 1 the course's own solution; 0 no lesson's at
    all; -1 another lesson's, or no notebook. what: the file in words, where it does not count.
    """

    file: Submission
    rank: int
    what: str = ""
    odd: tuple[str, ...] = ()
    lesson: str | None = None  # another one


def choose(run: Run, files: Sequence[Submission]) -> Choice:
    """Return which of a student's files counts. Files are read, and not kept.

    Of several notebooks of the lesson the last counts, unless it was never worked on.
    """
    looks = [_look(run, file) for file in files if file.is_notebook]
    if not any(look.rank > 0 for look in looks):
        looks = [_look(run, file) for file in files if not file.is_notebook] + looks
    best = max((look.rank for look in looks), default=-1)
    if best < 0:
        return _none(run, files, looks)
    (*_, counts) = (look for look in looks if look.rank == best)
    file = counts.file
    at = looks.index(counts)
    later = [look for look in looks[at + 1 :] if not look.lesson]
    notes = [f"{look.file.file} is {look.what}, and was passed over." for look in later]
    if len(looks) > 1 and best == 0:
        notes = [f"{look.file.file} is {look.what}." for look in looks if look.rank < 0]
    if best == 0 and run.release.points:
        notes.append(f"{file.file} has no exercise of {run.release.lesson}, nor of another lesson.")
    if not file.is_notebook:
        notes.append(f"{file.file} was read as a notebook: it is one, but for its name.")
    if file.through and not file.number:
        notes.append(f"it lay in {file.through}, which is nobody's name.")
    others = [look.file for look in looks[:at] if look.rank > 0]
    return Choice((*others, file), (*notes[:MOST], *counts.odd))


def _none(run, files, looks):
    """Say what was handed in, where no notebook of the lesson is among it."""
    if len(files) == 1 and files[0].is_notebook and not looks[0].lesson:
        return Choice(tuple(files))  # whoever marks it says what is wrong with it
    named = [f"{look.file.file} ({look.what})" for look in looks[:MOST]]
    more = f" and {len(looks) - MOST} more" if len(looks) > MOST else ""
    said = f"no notebook of {run.release.lesson} was found in what was handed in"
    return Choice((), problem=f"{said}: {', '.join(named)}{more}.")


def _look(run, file):
    odd = []
    try:
        content = file.read()
    except Trouble as trouble:
        return _Look(file, -1, str(trouble).rstrip("."))
    try:
        notebook = parse(content, odd)
    except Trouble as trouble:
        return _Look(file, -1, _called(file, content) or str(trouble).rstrip("."))
    own, other = _lessons(run, notebook)
    if not own and other:
        return _Look(file, -1, f"the notebook of {other}", lesson=other)
    if not own:
        return _Look(file, 0, "a notebook of no lesson", tuple(odd))
    if "solutions" in file.within[:-1]:
        return _Look(file, 1, "the course's own solution", tuple(odd))
    if _untouched(run, file.student, notebook):
        return _Look(file, 2, "as it was handed out", tuple(odd))
    return _Look(file, 3, "", tuple(odd))


def _called(file, content):
    """Return what a file is that is no notebook, in words, or None."""
    found = re.search(r"\.\w+$", file.file.lower())
    return kind(content) or NAMED.get(found[0] if found else "")


def _lessons(run, notebook):
    """Return (whether a notebook is of this lesson, another lesson that most of it is of or None).

    The names in its cells say it; where there are none, the names that its code defines.
    """
    counted = Counter(
        run.release.lesson if name in run.release.points else places().get(name)
        for name in {cells.checked(c) or cells.grade_id(c) for c in notebook["cells"]} - {None}
    )
    del counted[None]
    if counted:
        most = counted.most_common(1)[0][0]
        own = counted[run.release.lesson]
        return own > 0 and own >= counted[most], most if most != run.release.lesson else None
    code = "\n".join(cells.source(c) for c in notebook["cells"] if c["cell_type"] == "code")
    defined = set(re.findall(r"^(?:async +def|def|class)? *(\w+)\s*[(:=]", code, re.MULTILINE))
    wanted = set(releases.expressions(run.notebook).values()) | set(run.release.points)
    return bool(defined & wanted), None


def _untouched(run, student, notebook):
    """Say whether the answers are those that were handed out, and no code was added."""
    given = {cells.digest(c) for c in run.notebook["cells"] if c["cell_type"] == "code"}
    given |= set(run.given(student).cells)
    return all(
        cells.digest(c) in given
        or not cells.source(c).strip()
        or releases.CALL.match(cells.source(c))
        for c in notebook["cells"]
        if c["cell_type"] == "code"
    )
