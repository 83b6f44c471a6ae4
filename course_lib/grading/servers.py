"""A server behind walls, as the marker sees it: start it, hand it a notebook, get arrays back."""

import contextlib
import os
import queue
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from course_lib.files.cells import Trouble
from course_lib.grading import following, frames, view

FIRST_UID = 61000  # of the users that nobody is; each server of one marking has its own
STRENGTHS = {
    "walls": "own files, processes, network and user, and limits (bubblewrap)",
    "limits": "limits of time, memory and processes only: a cheat may look around on this machine",
    "self-check": "a process of its own, no walls: a self-check, not tamper-proof",
}


class Broken(Trouble):
    """The server ended, or does not answer."""


class Server:
    """One fork server for the notebooks of a lesson. Use it as a context manager.

    walls: False leaves bubblewrap out. ``strength`` says what stands ("walls", "limits").
    """

    def __init__(self, lesson: str, *, number: int = 0, walls: bool = True) -> None:
        self.lesson, self.number, self.walls = lesson, number, walls
        self._folder = tempfile.TemporaryDirectory(prefix="marking-")
        view.build(self._folder.name, lesson)
        Path(self._folder.name, "scratch").mkdir()
        os.chmod(self._folder.name, 0o755)  # the workers are somebody else
        self._process: Any = None  # a Popen, once it is started

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._folder.cleanup()

    def start(self) -> None:
        """Start the process, and find out what walls stand.

        Raises:
            Broken: it does not start.
        """
        inner = [sys.executable, "-m", "course_lib.grading.inside"]
        inner += [str(FIRST_UID + self.number), *view.loaded(self.lesson)]
        bwrap = shutil.which("bwrap") if self.walls else None
        command = [*_bubblewrap(bwrap, self._folder.name), *inner] if bwrap else inner
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(log := tempfile.TemporaryFile()),
            cwd=self._folder.name,
            env=_environment("/course" if bwrap else self._folder.name),
            start_new_session=True,
        )
        try:
            header, _ = self._receive(120)
        except Broken as error:
            self.stop()
            log.seek(0)
            said = log.read().decode("utf-8", "replace").strip().splitlines()
            raise Broken(f"{error} It said: {said[-1] if said else 'nothing'}") from None
        self.strength = header["hello"]["walls"] if bwrap else "limits"

    def stop(self) -> None:
        """End the process, if there is one."""
        if self._process is None:
            return
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                stream.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, 9)
        self._process.wait()
        self._process = None

    def run(
        self, cells: list[str], exercises: list[dict], *, seconds: float = 10.0
    ) -> tuple[frames.Header, frames.Arrays]:
        """Run a notebook: its code cells, then the probes of each exercise.

        exercises: dictionaries with name, expression, seed, variant and seconds.

        Returns:
            (header, arrays) as ``following.run_all`` gives them.

        Raises:
            Broken: the process ended, or does not answer.
        """
        budget = 30 + 3 * seconds + sum(e["seconds"] + 5 for e in exercises)
        request = {"cells": cells, "exercises": exercises, "seconds": seconds, "budget": budget}
        if self._process is None:
            self.start()
        try:
            self._process.stdin.write(frames.pack(request))
            self._process.stdin.flush()
            return self._receive(budget + 30)
        except (OSError, Broken, frames.Garbled) as error:
            self.stop()
            raise Broken(str(error)) from None

    def _receive(self, seconds):
        """Read one frame, for so many seconds at most."""
        until, pipe, buffer = time.monotonic() + seconds, self._process.stdout.fileno(), b""
        while len(buffer) < 4 or len(buffer) < 4 + int.from_bytes(buffer[:4], "little"):
            ready, _, _ = select.select([pipe], [], [], max(0, until - time.monotonic()))
            piece = os.read(pipe, 1 << 20) if ready else b""
            if not piece:
                raise Broken("the server ended." if ready else f"no answer in {seconds:.0f} s.")
            buffer += piece
            if len(buffer) > frames.LIMIT + 4:
                raise Broken("the server sent too much.")
        return frames.unpack(buffer[4:])


class Spawned(Server):
    """A fresh process for each notebook, on any system: a self-check, not tamper-proof."""

    strength = "self-check"

    def start(self) -> None:
        """Nothing runs until a notebook comes."""

    def run(
        self, cells: list[str], exercises: list[dict], *, seconds: float = 10.0
    ) -> tuple[frames.Header, frames.Arrays]:
        """Run a notebook in processes of its own."""
        budget = 60 + 3 * seconds + sum(e["seconds"] + 5 for e in exercises)
        request = {"cells": cells, "exercises": exercises, "seconds": seconds, "budget": budget}
        return following.run_all(request, self._begin)

    def _begin(self, cells, exercises):
        """Start one notebook: (receive, end) for ``following``."""
        process = subprocess.Popen(
            [sys.executable, "-m", "course_lib.grading.inside", "--once"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder.name,
            env=os.environ | _environment(self._folder.name),
        )
        pieces = queue.SimpleQueue()  # a thread reads: pipes can't be waited for everywhere

        def read():
            while piece := process.stdout.read1(1 << 20):
                pieces.put(piece)
            pieces.put(b"")

        threading.Thread(target=read, daemon=True).start()
        with contextlib.suppress(OSError), process.stdin as stream:
            stream.write(frames.pack({"cells": cells, "exercises": exercises}))

        def receive(seconds):
            try:
                return pieces.get(timeout=seconds)
            except queue.Empty:
                return None

        def end():
            process.kill()
            process.wait()

        return receive, end


def server(lesson: str, *, number: int = 0, walls: bool = True) -> Server:
    """Return the strongest server that this system has."""
    kind = Server if sys.platform == "linux" else Spawned
    return kind(lesson, number=number, walls=walls)


def _environment(course):
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    scratch = f"{course}/scratch"
    home = {"HOME": scratch, "TMPDIR": scratch, "MPLCONFIGDIR": f"{scratch}/matplotlib"}
    home |= {"IPYTHONDIR": f"{scratch}/ipython", "PYTHONDONTWRITEBYTECODE": "1"}
    return kept | threads | home | {"PYTHONPATH": str(course)}


def _bubblewrap(bwrap, folder):
    """Return the command in front of the server: what it sees, and nothing else of this machine."""
    command = [bwrap, "--die-with-parent", "--new-session", "--unshare-all", "--clearenv"]
    if os.geteuid() == 0:  # as root no user namespace, so that workers can become nobody
        command = [c for c in command if c != "--unshare-all"]
        command += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
        command += ["--unshare-cgroup-try", "--cap-add", "ALL"]
    for name, value in _environment("/course").items():
        command += ["--setenv", name, value]
    for path in ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin"):
        command += _shown(path)
    for file in ("ld.so.cache", "alternatives", "localtime", "fonts"):
        if Path("/etc", file).exists():
            command += ["--ro-bind", f"/etc/{file}", f"/etc/{file}"]
    prefixes = {Path(p) for p in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    for prefix in sorted(p for p in prefixes if not p.is_relative_to("/usr")):
        for parent in reversed(prefix.parents[:-1]):  # else they would be for root's eyes only
            command += ["--perms", "0755", "--dir", str(parent)]
        command += ["--ro-bind", str(prefix), str(prefix)]
    for place in {Path(p) for p in (view.LIBRARY.parent, *sys.path) if p}:  # with the answers in it
        library = place / "course_lib"
        if library.is_dir() and any(library.is_relative_to(prefix) for prefix in prefixes):
            command += ["--tmpfs", str(library)]
    command += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    command += ["--ro-bind", folder, "/course"]
    command += ["--tmpfs", "/course/scratch", "--remount-ro", "/"]
    if not any(p.is_relative_to("/tmp") for p in prefixes):
        at = command.index("--proc")
        command[at:at] = ["--symlink", "/course/scratch", "/tmp"]
    return [*command, "--chdir", "/course"]


def _shown(path):
    path = Path(path)
    if path.is_symlink():
        return ["--symlink", os.readlink(path), str(path)]
    return ["--ro-bind", str(path), str(path)] if path.exists() else []
