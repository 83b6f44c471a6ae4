"""Run a learner's notebook by nbval, cell by cell, and take down what came of each.

A small pytest plugin hands nbval a notebook out of memory: the file is only read. It runs in its
own folder, as in JupyterLab, in a kernel of its own.
"""

import contextlib
import io
import logging
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import Empty

import nbformat
import pytest
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, RunningKernel
from nbval.plugin import IPyNbCell, IPyNbFile, find_comment_markers, find_metadata_tags

from course_lib.exercises import WANTED
from course_lib.files import cells
from course_lib.learner import kernels
from course_lib.learner.kernels import CheckStopped

UNUSED = ("cacheprovider", "doctest", "faulthandler", "junitxml", "logging", "warnings")
ENVIRONMENT = {
    WANTED: "1",  # a check puts out its report beside its words
    "COURSE_QUIET": "1",  # no progress bars
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # nor plugins and options of the learner's own
    "PYTEST_ADDOPTS": "",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
HALTS = {
    "died": "ended the kernel (did it exit, or need too much memory?).",
    "endless": "did not end within its time limit. Is there a loop without an end?",
}


@dataclass(frozen=True)
class Ran:
    """What came of one code cell. outcome: passed, failed, or one of HALTS, where the run ends."""

    number: int
    cell: Mapping
    outcome: str
    outputs: list

    @property
    def error(self) -> Mapping | None:
        """The error that the cell ended with, as a kernel sends it."""
        return next((o for o in self.outputs if o["output_type"] == "error"), None)

    @property
    def place(self) -> str:
        """The cell in words: "code cell 3 (`x = 1`)"."""
        first = next((x.strip() for x in cells.source(self.cell).splitlines() if x.strip()), "")
        return f"code cell {self.number} (`{first[:50]}`)"

    @property
    def halt(self) -> str | None:
        """Why the run ends with this cell, or None if it goes on."""
        return f"{self.place} {HALTS[self.outcome]}" if self.outcome in HALTS else None


def run(
    path: Path, notebook: dict, *, seconds: float, tell: Callable[[int, int], None]
) -> list[Ran]:
    """Run a notebook in its folder; return what its code cells did, as far as it came.

    notebook: as ``cells.read`` returns it. seconds: the time limit of a cell. tell: called before
    each cell with its number and how many there are.

    Raises:
        CheckStopped: it can't run at all; it says why, and what to do.
    """
    plugin = Plugin(Path(path).resolve(), notebook, tell)
    arguments = ["-p", "nbval.plugin", f"--nbval-cell-timeout={seconds}"]
    arguments += [part for name in UNUSED for part in ("-p", f"no:{name}")]
    arguments += ["-c", os.devnull, f"--rootdir={plugin.path.parent}", "--noconftest"]
    arguments += ["--assert=plain", "--capture=no", "--color=no"]
    with _environment(ENVIRONMENT), _silence() as said:
        status = pytest.main(arguments, plugins=[plugin])
    if plugin.stopped:
        raise CheckStopped(f"{path}: {plugin.stopped}")
    if status == pytest.ExitCode.INTERRUPTED and not (plugin.ran and plugin.ran[-1].halt):
        raise KeyboardInterrupt
    if status in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        raise CheckStopped(f"{path} could not be run: {kernels.last_line(said.getvalue())}")
    if without := next((r for r in plugin.ran if kernels.lacks_course(r.error)), None):
        said = f"{without.place} finds no course_lib in its Python"
        said = kernels.trouble(plugin.kernel_name, said, mend=kernels.INSTALL)
        raise CheckStopped(f"{path}: {said}")
    return plugin.ran


class Plugin:
    """A pytest plugin: what is to be run is one notebook, and no file is looked for."""

    def __init__(self, path: Path, notebook: dict, tell: Callable[[int, int], None]) -> None:
        self.path, self.notebook, self.tell = path, notebook, tell
        self.kernel_name = kernels.name_of(notebook)
        self.ran: list[Ran] = []
        self.stopped: str | None = None

    def pytest_collection(self, session: pytest.Session) -> bool:
        """Collect the notebook's code cells."""
        notebook = Notebook.from_parent(session, path=self.path)
        notebook.plugin = self
        session.items = list(notebook.collect())
        session.testscollected = len(session.items)
        return True


class Notebook(IPyNbFile):
    """nbval's notebook, but out of memory, and in a kernel that is watched."""

    plugin: Plugin

    def collect(self) -> Iterator[IPyNbCell]:
        """Yield the code cells, without the outputs that are stored in them."""
        code = [cell for cell in self.plugin.notebook["cells"] if cell["cell_type"] == "code"]
        for number, cell in enumerate(code):
            source = cells.source(cell).encode("utf-8", "replace").decode()  # half a character
            plain = cell | {"source": source, "outputs": [], "execution_count": None}
            options = defaultdict(bool, find_metadata_tags(cell["metadata"]))
            options.update(find_comment_markers(source), check=False)
            yield Cell.from_parent(
                self, name=f"Cell {number}", cell_num=number, cell=nbformat.from_dict(plain),
                options=options,
            )  # fmt: skip

    def setup(self) -> None:
        """Start the kernel, or say why there is none."""
        name = self.plugin.kernel_name
        own = CURRENT_ENV_KERNEL_NAME if name == kernels.USUAL else name
        try:
            kernels.refuse_other_languages(name)
            self.kernel = Kernel(own, cwd=str(self.path.parent))
        except Exception as error:
            self.plugin.stopped = kernels.trouble(name, kernels.reason(error))
            self.session.shouldstop = "there is no kernel"
            raise


class Cell(IPyNbCell):
    """nbval's cell, which notes what came of it; after an endless one, nothing could count."""

    def runtest(self) -> None:
        """Run the cell."""
        plugin, outcome = self.parent.plugin, "failed"
        plugin.tell(self.cell_num + 1, self.session.testscollected)
        try:
            super().runtest()
            outcome = "passed"
        except KernelDied:
            outcome = "died"
            raise
        finally:
            if self.parent.timed_out:
                outcome = "endless"
            plugin.ran.append(Ran(self.cell_num + 1, self.cell, outcome, self.test_outputs or []))
            if outcome in HALTS:
                self.session.shouldstop = outcome


class KernelDied(Exception):
    """The notebook's kernel is gone."""


class Kernel(RunningKernel):
    """nbval's kernel, which notices within a second that its process has died."""

    def get_message(self, stream: str, timeout: float | None = None) -> dict:
        """Return the next message of a channel.

        Raises:
            Empty: none came in time.
            KernelDied: none can come any more.
        """
        end = time.monotonic() + (float("inf") if timeout is None else timeout)
        while True:
            left = end - time.monotonic()
            try:
                return super().get_message(stream, timeout=max(0, min(1, left)))
            except Empty:
                if not self.is_alive():
                    raise KernelDied from None
                if left <= 1:
                    raise


@contextlib.contextmanager
def _silence() -> Iterator[io.StringIO]:
    """Keep what pytest, nbval and the kernel's manager say from the learner; return its text."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with contextlib.redirect_stdout(io.StringIO()) as said:
            yield said
    finally:
        logging.disable(before)


@contextlib.contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {key: os.environ.get(key) for key in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for key, value in before.items():
            os.environ.pop(key, None) if value is None else os.environ.update({key: value})
