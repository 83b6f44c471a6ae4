"""Behind the walls: what a notebook held at its check cells, and at its end, each in a fork."""

import contextlib
import os
import signal
from typing import Any

from course_lib.grading import answering, frames


class Room:
    """The process of a notebook; each answer is asked in a fork of it.

    shell: IPython's, with the notebook's names. tell, take: frames out, frames in.
    """

    def __init__(self, shell: Any, tell: Any, take: Any) -> None:
        self._shell, self._tell, self._take = shell, tell, take
        self._held: dict[str, tuple[int, int]] = {}  # exercise -> (pid, the pipe that wakes it)
        self._fork, self._wait, self._leave = os.fork, os.waitpid, os._exit
        self._read, self._write, self._kill = os.read, os.write, os.kill

    def hold(self, check: dict) -> None:
        """Keep everything as it is now, for this check."""
        waking, wake = os.pipe()
        with _more_tasks():
            pid = self._fork()
        if pid:
            os.close(waking)
            self._held[check["hold"]] = pid, wake
            return
        os.close(wake)
        for _, other in self._held.values():
            os.close(other)
        came = self._read(waking, 1 << 16)
        if came:
            self._sit(frames.unpack(came[4:])[0])
        self._leave(0)

    def answer(self, asked: dict) -> None:
        """Let a fork answer what is asked about one answer until it is closed; say how it ended."""
        held = self._held.pop(asked["name"], None) if asked["held"] else None
        if held is not None:
            pid, wake = held
            self._write(wake, frames.pack(asked))
            os.close(wake)
        else:
            with _more_tasks():
                pid = self._fork()
            if not pid:
                try:
                    self._sit(asked)
                finally:
                    self._leave(0)
        status = self._wait(pid, 0)[1]
        self.tidy()
        if status:  # whoever asked waits for an answer that won't come
            self._leave(1)
        self._tell({"closed": True})

    def tidy(self) -> None:
        """End every process that a cell or an answer left behind."""
        if os.getpid() != 1:  # no walls: other processes of this user are none of ours
            return
        kept = {1, *(pid for pid, _ in self._held.values())}
        for _ in range(3):
            others = {int(name) for name in _listed("/proc") if name.isdigit()} - kept
            if not others:
                return
            for pid in others:
                with contextlib.suppress(OSError):
                    self._kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                while self._wait(-1, os.WNOHANG)[0]:
                    pass

    def _sit(self, asked):
        """Answer questions about one answer until it is closed."""
        sit(asked, self._shell, self._tell, self._take)


class Same(Room):
    """The same process for all, where nothing can be forked. What was held is held by its name."""

    def __init__(self, shell: Any, tell: Any, take: Any) -> None:
        self._shell, self._tell, self._take = shell, tell, take
        self._values: dict[str, Any] = {}

    def hold(self, check: dict) -> None:
        """Keep what the expression gives now."""
        with contextlib.suppress(BaseException):
            self._values[check["hold"]] = eval(check["expression"], self._shell.user_ns)

    def answer(self, asked: dict) -> None:
        """Answer what is asked about one answer, until it is closed."""
        held = asked["held"] and asked["name"] in self._values
        value = {"held": self._values[asked["name"]]} if held else {}
        sit(asked, self._shell, self._tell, self._take, **value)
        self._tell({"closed": True})

    def tidy(self) -> None:
        """There is nothing to end."""


def sit(asked: dict, shell: Any, tell: Any, take: Any, **held: Any) -> None:
    """Say what an answer is, then answer what is asked about it, until it is closed."""
    desk = None
    try:
        answer = held["held"] if held else eval(asked["expression"], shell.user_ns)
        desk = answering.Desk(answer, asked["forbids"])
        tell(*desk.opened())
    except BaseException as error:
        tell({"missing": f"{type(error).__name__}: {error}"[:2000]})
    while (question := take()) is not None and "close" not in question[0]:
        tell(*(desk.answer(*question) if desk else ({}, {})))


@contextlib.contextmanager
def _more_tasks():
    """Let a fork of our own be one task more than a notebook may have."""
    resource: Any = None
    with contextlib.suppress(ImportError):
        import resource
    which = getattr(resource, "RLIMIT_NPROC", None)
    if which is None:
        yield
        return
    soft, hard = resource.getrlimit(which)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(which, (hard, hard))
    try:
        yield
    finally:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(which, (soft, hard))


def _listed(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []
