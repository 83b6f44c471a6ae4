"""The verdict on each exercise of a notebook that ran: from the report that its check put out."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from course_lib.exercises import MIME, Report, task_of
from course_lib.files import cells
from course_lib.learner.running import Ran

FLAGS = {"raises-exception", "nbval-skip", "nbval-raises-exception"}
SYMBOLS = {"passed": "✓", "not attempted": "○", "failed": "✗"}
# what a release with other numbers for each student adds to the checks of questions
VARIANT = re.compile(r'(?<=\w), variant="\w[\w.@+-]*"\)\s*$')
CALL = re.compile(r"^\s*check\(", re.MULTILINE)


@dataclass(frozen=True)
class Verdict:
    """What came of one exercise.

    state: passed, not attempted, failed, missing, edited or not checked.
    message: what happened and where to look; empty for an exercise that passed.
    """

    name: str
    state: str
    earned: float
    points: float
    message: str = ""

    def __str__(self) -> str:
        symbol = SYMBOLS.get(self.state, "?")
        if self.state in ("passed", "failed"):
            so_far = "" if self.state == "passed" else " so far"
            head = f"{symbol} {self.name}: {counted(self.earned, self.points)}{so_far}"
        else:
            head = f"{symbol} {self.name}: {self.state}"
        return "\n".join([head, *(f"    {line}" for line in self.message.splitlines())])


def counted(earned: float, points: float) -> str:
    """Return points in words.

    Example:
        >>> counted(1.25, 2.5), counted(6.0, 11)
        ('1.25 of 2.5 points', '6 of 11 points')
    """
    shown = [f"{round(number, 3):.3f}".rstrip("0").rstrip(".") for number in (earned, points)]
    return f"{shown[0]} of {shown[1]} points"


def verdict(
    name: str, worth: float, allowed: Collection[str], notebook: Mapping, ran: Sequence[Ran]
) -> Verdict:
    """Return the verdict on one exercise. Only a check cell that ran and passed counts as passed.

    worth: its points in this notebook. allowed: fingerprints of check cells that count as unedited.
    """
    again = f"`python -m course_lib reset {name}` brings it back and keeps what you wrote."
    found = [cell for cell in notebook["cells"] if cells.checked(cell) == name]
    if not found:
        return Verdict(name, "missing", 0, worth, f"Its check cell is gone. {again}")
    if not any(_counts(cell, name, allowed) for cell in found):
        return Verdict(name, "edited", 0, worth, f"Its check cell was edited. {again}")
    checks = [r for r in ran if cells.checked(r.cell) == name and _counts(r.cell, name, allowed)]
    if not checks:
        return Verdict(name, "not checked", 0, worth, "The run ended before this exercise.")
    return _of_check(name, worth, checks[-1], ran)


def _counts(cell: Mapping, name: str, allowed: Collection[str]) -> bool:
    """Say whether a check cell is as the course made it."""
    return not FLAGS & set(cells.tags(cell)) and bool({*_digests(cell, name)} & {*allowed})


def _digests(cell: Mapping, name: str) -> Iterator[str]:
    """Yield a check cell's fingerprint, and that of the course's own numbers for a question."""
    yield cells.digest(cell)
    if _is_question(name):
        yield cells.digest({**cell, "source": VARIANT.sub(")", cells.source(cell))})


def _is_question(name: str) -> bool:
    try:
        return task_of(name).value
    except KeyError:  # a teacher's own
        return False


def _of_check(name: str, worth: float, check: Ran, ran: Sequence[Ran]) -> Verdict:
    """Return the verdict of the check cell that counts."""
    if check.halt:
        return Verdict(name, "failed", 0, worth, check.halt)
    report, error = _report(name, check), check.error
    if report is None and (error or check.outcome == "failed"):
        return Verdict(name, "failed", 0, worth, _broken(name, check, ran))
    if report is None:
        if CALL.search(cells.source(check.cell)):
            return Verdict(name, "failed", 0, worth, NO_REPORT)
        return Verdict(name, "passed", worth, worth)  # a teacher's own, with asserts
    if not report.attempted:
        return Verdict(name, "not attempted", 0, worth)
    if report.passed and check.outcome == "passed":
        return Verdict(name, "passed", worth, worth)
    offers = [
        output["data"]["text/plain"]
        for output in check.outputs
        if output["output_type"] == "display_data" and "text/plain" in output["data"]
    ]
    return Verdict(name, "failed", report.share(worth), worth, "\n".join([report.said, *offers]))


NO_REPORT = (
    "Its check cell ran, but no report came of it. Is the name `check` used for something else, "
    "or is another version of the course installed? The first cell should import it."
)


def _report(name: str, check: Ran) -> Report | None:
    """Return the report on this exercise that its check cell put out last."""
    for output in reversed(check.outputs):
        try:
            report = Report.from_json(output["data"][MIME])
        except (KeyError, TypeError, ValueError):
            continue
        if report.name == name:
            return report
    return None


def _broken(name: str, check: Ran, ran: Sequence[Ran]) -> str:
    """Say why a check cell came to no report: most often its answer's cell has failed before."""
    for r in reversed(ran):
        if cells.grade_id(r.cell) == name and r.error:
            return f"The cell of your answer fails, {r.place}: {in_words(r.error)}"
    said = in_words(check.error) if check.error else "it was not run to its end."
    return f"The check cell fails: {said}"


def in_words(error: Mapping) -> str:
    """Return a kernel's error in a line, without the path of a temporary file."""
    said = re.sub(r"\([^()]*, (line \d+)\)$", r"(\1)", error["evalue"])
    return f"{error['ename']}: {said}".strip(": ")


def remarks(ran: Sequence[Ran], names: Collection[str]) -> Iterator[str]:
    """Say what went wrong in cells that are no part of an exercise."""
    if ran and ran[-1].halt:
        yield f"Stopped: {ran[-1].halt}"
    for r in ran:
        part = {cells.checked(r.cell), cells.grade_id(r.cell)} & {*names}
        stub = r.error and r.error["ename"] == "NotImplementedError"
        if r.outcome == "failed" and r.error and not part and not stub:
            yield f"By the way: {r.place} fails: {in_words(r.error)}"
