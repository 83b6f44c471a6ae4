"""Whose a submission is, by the roster; where it may be several's, nobody's mark is guessed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from course_lib.grading.releases import Release
from course_lib.grading.submissions import Submission, order, stem, under_own_name

UNCLEAR = " (whose?)"  # after the name of a submission that is also the id of a student


def by_roster(
    release: Release,
    submissions: Mapping[str, Sequence[Submission]],
    *,
    ignored: list[str] | None = None,
) -> dict[str, list[Submission]]:
    """Return {student: files} with the roster's ids as names, as far as it knows the students.

    Where a name may be that of several, the files belong to nobody: they keep their name, and their
    ``claims`` say who it may be. ignored: a list that gets the names of loose files that are no
    notebooks, and nobody's in the roster.
    """
    named: dict[str, list[Submission]] = {}
    for name, files in submissions.items():
        alone = len(submissions) == 1
        for inner, theirs in (_inside(release, name, files, alone) or {name: files}).items():
            student, claims = _whose(release, inner, theirs)
            if release.roster and not claims and not release.by_id(student) and _is_loose(theirs):
                if ignored is not None:
                    ignored += [file.file for file in theirs]
                continue
            named.setdefault(student, []).extend(replace(f, claims=claims) for f in theirs)
    return {s: sorted(under_own_name(files), key=order) for s, files in named.items()}


def _is_loose(files):
    return not any(file.is_notebook or file.within or file.number for file in files)


def _whose(release, name, files):
    """Return (the id in the roster, or what to call a stranger; the ids that it may be)."""
    last = files[-1]
    if sure := release.by_canvas(last.canvas_id):
        return sure.id, ()
    found = release.candidates(last.named or name)
    numbered = {each.columns.get("canvas_id") for each in found} - {None, ""}
    if len(found) == 1 and not last.shared and not (last.canvas_id and numbered):
        return found[0].id, ()
    if found and last.number and not last.shared:
        name = f"{name}_{last.number}"  # as in a batch in which both are
    return (f"{name}{UNCLEAR}" if release.by_id(name) else name), tuple(each.id for each in found)


def _inside(release, name, files, alone):
    """Return {name: files} by the names further in, where the outermost is nobody's, or None.

    A folder that a teacher made, for a group or round everything, may hold several students; a zip
    among others only one: else one student's zip could speak for the others.
    """
    if not release.roster or release.candidates(name):
        return None
    while alone and (top := _folder_round(files)) and not release.candidates(top):
        files = [replace(file, within=file.within[1:]) for file in files]
    inner: dict[str, list[Submission]] = {}
    for file in files:
        if file.number or not file.within:
            return None
        loose = len(file.within) == 1
        first = stem(file.within[0]) if loose else file.within[0]
        made = replace(file, within=file.within[1:], named="", through=file.through or name)
        inner.setdefault(first, []).append(made)
    known = {first for first in inner if len(release.candidates(first)) == 1}
    if files[0].zipped and not alone:
        (first, *more) = inner
        ok = not more and known and all(file.within for file in inner[first])
    else:
        ok = len(known) > 1 or known == set(inner)
    return inner if ok else None


def _folder_round(files):
    """Return the name of the one folder in which all files lie further in, or None."""
    tops = {file.within[0] if len(file.within) > 1 else "" for file in files}
    return tops.pop() if len(tops) == 1 else None
