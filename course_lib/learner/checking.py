"""Check a learner's notebook: nbval runs it, cell by cell, and each exercise gets its verdict.

The notebook file is only read. It runs in its own folder, as in JupyterLab.
"""

import contextlib
import io
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from queue import Empty

from course_lib.files import cells
from course_lib.learner import workspace

PLUGINS = ("cacheprovider", "doctest", "faulthandler", "junitxml", "logging", "warnings")
SCORE = re.compile(r"✗ .*: (\d+) of (\d+) points")
FLAGS = {"raises-exception", "nbval-skip", "nbval-raises-exception"}
SYMBOLS = {"passed": "✓", "not attempted": "○", "failed": "✗"}


class CheckStopped(cells.Trouble):
    """The notebook can't be checked at all."""


@dataclass(frozen=True)
class Verdict:
    """What came of one exercise.

    state: passed, not attempted, failed, missing, edited or not checked.
    message: what happened and where to look; empty for an exercise that passed.
    """

    name: str
    state: str
    earned: int
    points: int
    message: str = ""

    def __str__(self):
        symbol = SYMBOLS.get(self.state, "?")
        if self.state == "passed":
            return f"{symbol} {self.name}: {self.earned} of {self.points} points"
        if self.state == "failed":
            head = f"{symbol} {self.name}: {self.earned} of {self.points} points so far"
        else:
            head = f"{symbol} {self.name}: {self.state}"
        return "\n".join([head, *(f"    {line}" for line in self.message.splitlines())])


@dataclass(frozen=True)
class Checked:
    """What came of a notebook: a verdict for each exercise, and what went wrong elsewhere."""

    verdicts: tuple[Verdict, ...]
    remarks: tuple[str, ...]

    @property
    def all_passed(self):
        return all(v.state == "passed" for v in self.verdicts)

    @property
    def total(self):
        """The total in words: "4 of 6 exercises, 13 of 20 points"."""
        passed = sum(v.state == "passed" for v in self.verdicts)
        earned, points = sum(v.earned for v in self.verdicts), sum(v.points for v in self.verdicts)
        return f"{passed} of {len(self.verdicts)} exercises, {earned} of {points} points"


def check_notebook(path, *, seconds=60, root=workspace.ROOT, tell=lambda done, cells: None):
    """Run a notebook and return Checked.

    seconds: the time limit of a cell. root: the course's folder. tell: called before each cell.
    Raises: cells.Unreadable, CheckStopped.
    """
    path = Path(path)
    notebook = cells.read(path)
    lesson = _lesson(path, notebook, root)
    course = cells.read(workspace.exercises(root)[lesson]) if lesson else notebook
    wanted = cells.check_cells(course)
    if not wanted:
        raise CheckStopped(f"{path} holds no exercises. Yours are in the folder my_work.")
    allowed = {name: {cells.digest(cell)} for name, cell in wanted.items()}
    if path.resolve() == workspace.own(lesson, root).resolve():  # an older version is fine, too
        copied = workspace.copied_digests(lesson, root)
        for name in allowed:
            allowed[name].add(copied.get(f"check_{name}"))
    ran = _run(path, notebook, seconds, tell)
    unedited = {
        name: _unedited(notebook, name, allowed[name])
        for name in wanted
        if name in cells.check_cells(notebook)
    }
    verdicts = tuple(
        _verdict(name, cells.points(cell), unedited.get(name), ran) for name, cell in wanted.items()
    )
    return Checked(verdicts, tuple(_remarks(ran, wanted)))


def _lesson(path, notebook, root):
    """Return the lesson a notebook belongs to: by its place in my_work, else by its exercises."""
    mine = set(cells.check_cells(notebook))
    best, shared = None, 0
    for lesson, course in workspace.exercises(root).items():
        if path.resolve() == workspace.own(lesson, root).resolve():
            return lesson
        common = len(mine & set(cells.check_cells(cells.read(course))))
        if common > shared:
            best, shared = lesson, common
    return best


# Running ---------------------------------------------------------------------------------------


@dataclass
class Ran:
    """What came of one code cell. outcome: passed, failed, or the reason why the run ends there."""

    number: int
    cell: dict
    outcome: str
    outputs: list

    @property
    def error(self):
        return next((o for o in self.outputs if o["output_type"] == "error"), None)

    @property
    def place(self):
        first = next((x.strip() for x in cells.source(self.cell).splitlines() if x.strip()), "")
        return f"code cell {self.number} (`{first[:50]}`)"


class KernelDied(Exception):
    """The notebook's kernel is gone."""


class Listener:
    """A pytest plugin that takes down what nbval's items did."""

    def __init__(self, tell):
        self.ran, self.stopped, self._tell, self._count = [], None, tell, 0

    def pytest_collectreport(self, report):
        if report.failed:
            self.stopped = f"the notebook can't be read: {_last_line(report.longreprtext)}"

    def pytest_collection_modifyitems(self, items):
        self._count = len(items)
        for item in items:
            item.cell.outputs = []  # what is stored is no business of the check

    def pytest_runtest_call(self, item):
        self._tell(item.cell_num + 1, self._count)
        _watch(item.parent.kernel)

    def pytest_runtest_makereport(self, item, call):
        if call.when == "setup" and call.excinfo:
            self.stopped = _no_kernel(call.excinfo.value, item.parent.nb)
            item.session.shouldstop = self.stopped
        if call.when != "call":
            return
        error = call.excinfo.value if call.excinfo else None
        outcome = "failed" if error else "passed"
        if isinstance(error, KernelDied):
            outcome = "the kernel died"
        elif item.parent.timed_out:
            outcome = "it did not end"
        self.ran.append(Ran(item.cell_num + 1, item.cell, outcome, item.test_outputs or []))
        if outcome not in ("passed", "failed"):
            item.session.shouldstop = outcome  # nothing that follows could count


def _watch(kernel):
    """Let nbval see within a second that its kernel died, instead of at the time limit."""
    wait = type(kernel).await_reply

    def await_reply(msg_id, timeout=None):
        end = time.monotonic() + timeout
        while True:
            left = end - time.monotonic()
            try:
                return wait(kernel, msg_id, timeout=max(0, min(1, left)))
            except Empty:
                if not kernel.is_alive():
                    raise KernelDied from None
                if left <= 1:
                    raise

    kernel.await_reply = await_reply


def _no_kernel(error, notebook):
    if type(error).__name__ == "NoSuchKernel":
        name = notebook.metadata.get("kernelspec", {}).get("name")
        return (
            f"the notebook asks for a kernel named {name!r}, which is not on this computer. In "
            "JupyterLab choose Kernel, Change Kernel, Python 3 (ipykernel), save, and check again."
        )
    return f"its kernel could not be started: {_last_line(str(error))}"


def _last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason was given"


def _run(path, notebook, seconds, tell):
    """Run a notebook through nbval; return what its code cells did, as far as it came."""
    import pytest

    kernel = ((notebook.get("metadata") or {}).get("kernelspec") or {}).get("name", "python3")
    arguments = [str(path.resolve()), "-p", "nbval.plugin"]
    arguments += ["--nbval-lax", f"--nbval-cell-timeout={seconds}"]
    arguments += ["--nbval-current-env"] if kernel == "python3" else []
    arguments += [part for name in PLUGINS for part in ("-p", f"no:{name}")]
    arguments += ["-c", os.devnull, f"--rootdir={path.resolve().parent}", "--noconftest"]
    arguments += ["--assert=plain", "--capture=no", "--color=no"]
    listener = Listener(tell)
    environment = {
        "COURSE_QUIET": "1",  # no progress bars
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_ADDOPTS": "",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    with _environment(environment), contextlib.redirect_stdout(io.StringIO()) as said:
        status = pytest.main(arguments, plugins=[listener])
    if status == pytest.ExitCode.INTERRUPTED and not listener.stopped and not _halted(listener):
        raise KeyboardInterrupt
    if listener.stopped:
        raise CheckStopped(f"{path}: {listener.stopped}")
    if not listener.ran and status not in (0, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise CheckStopped(f"{path} could not be run: {_last_line(said.getvalue())}")
    return listener.ran


def _halted(listener):
    return bool(listener.ran) and listener.ran[-1].outcome not in ("passed", "failed")


@contextlib.contextmanager
def _environment(values):
    before = {key: os.environ.get(key) for key in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for key, value in before.items():
            os.environ.pop(key, None) if value is None else os.environ.update({key: value})


# Verdicts --------------------------------------------------------------------------------------


def _unedited(notebook, name, allowed):
    """Return the fingerprints of an exercise's check cells that are as the course made them."""
    found = {
        cells.digest(cell)
        for cell in notebook["cells"]
        if cells.checked(cell) == name and not _flags(cell)
    }
    return found & allowed


def _flags(cell):
    return FLAGS & set((cell.get("metadata") or {}).get("tags", []))


def _verdict(name, worth, unedited, ran):
    """Return the verdict on one exercise. Only a check cell that ran and passed counts as passed.

    unedited: fingerprints of its check cells that count; None if the notebook has none at all.
    """
    again = f"`python -m course_lib reset {name}` brings it back and keeps what you wrote."
    if unedited is None:
        return Verdict(name, "missing", 0, worth, f"Its check cell is gone. {again}")
    if not unedited:
        return Verdict(name, "edited", 0, worth, f"Its check cell was edited. {again}")
    checks = [r for r in ran if cells.checked(r.cell) == name and not _flags(r.cell)]
    check = next((r for r in reversed(checks) if cells.digest(r.cell) in unedited), None)
    if check is None:
        return Verdict(name, "not checked", 0, worth, "The run ended before this exercise.")
    if check.outcome == "passed":
        return Verdict(name, "passed", worth, worth)
    return _failure(name, worth, check, ran)


def _failure(name, worth, check, ran):
    error = check.error
    if check.outcome != "failed":
        return Verdict(name, "failed", 0, worth, _halt(ran))
    if error is None or error["ename"] != "CheckFailed":
        answers = [r for r in ran if cells.grade_id(r.cell) == name and r.error]
        if answers:
            answer = answers[-1]
            said = f"The cell of your answer fails, {answer.place}: {_in_words(answer.error)}"
        else:
            said = f"The check cell fails: {_in_words(error) if error else 'no reason was given'}"
        return Verdict(name, "failed", 0, worth, said)
    head, *rest = error["evalue"].splitlines()
    if head.startswith("○"):
        return Verdict(name, "not attempted", 0, worth)
    score = SCORE.match(head)
    offers = [o["data"]["text/plain"] for o in check.outputs if o["output_type"] == "display_data"]
    return Verdict(name, "failed", int(score[1]) if score else 0, worth, "\n".join(rest + offers))


def _in_words(error):
    said = re.sub(r"\([^()]*, (line \d+)\)$", r"(\1)", error["evalue"])
    return f"{error['ename']}: {said}".strip(": ")


def _halt(ran):
    """Say why the run ended before the notebook's end, or return None."""
    if not ran or ran[-1].outcome in ("passed", "failed"):
        return None
    last = ran[-1]
    if last.outcome == "the kernel died":
        return f"{last.place} ended the kernel (did it exit, or need too much memory?)."
    return f"{last.place} did not end within its time limit. Is there a loop without an end?"


def _remarks(ran, wanted):
    """Say what went wrong in cells that are no part of an exercise."""
    if halted := _halt(ran):
        yield f"Stopped: {halted}"
    for r in ran:
        part = cells.checked(r.cell) in wanted or cells.grade_id(r.cell) in wanted
        stub = r.error and r.error["ename"] == "NotImplementedError"
        if r.outcome == "failed" and r.error and not part and not stub:
            yield f"By the way: {r.place} fails: {_in_words(r.error)}"
