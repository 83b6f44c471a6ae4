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
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from course_lib.exercises.declare import Task
from course_lib.files.cells import Trouble
from course_lib.grading import following, frames, packages, relaying, view
from course_lib.grading.talking import Link, Lost

FIRST_UID = 61000 + os.getpid() % 500 * 8  # nobody's; each server of each marking has its own
STRENGTHS = {
    "walls": "own files, processes, network and user, and limits (bubblewrap)",
    "limits": "limits of time, memory and processes only: a cheat may look around on this machine",
    "self-check": "a process of its own, no walls: a self-check, not tamper-proof",
}


class Broken(Trouble):
    """The server ended, or does not answer."""


class Server:
    """What runs the notebooks of a lesson. Use it as a context manager.

    drawn: names of exercises beside the lesson's own, that are another one for each student.
    walls: False leaves bubblewrap out. forks: False starts a process for each notebook, as any
    system can. private: folders that nobody may see, wherever they lie. ``strength`` says what
    stands ("walls", "limits", "self-check").
    """

    def __init__(
        self,
        lesson: str,
        *,
        drawn: Sequence[str] = (),
        number: int = 0,
        walls: bool = True,
        forks: bool = True,
        private: Sequence[Path] = (),
    ) -> None:
        self.lesson = lesson
        kind = Hall if forks else Spawned
        self._halls = [
            kind(lesson, tasks, number=number, walls=walls, private=private)
            for tasks in view.parted(lesson, drawn)
        ]

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        for hall in self._halls:
            hall.close()

    @property
    def strength(self) -> str:
        """What stands around the notebooks, where it is weakest."""
        found = {hall.strength for hall in self._halls if hall.strength}
        return next((s for s in ("self-check", "limits") if s in found), "walls")

    def start(self) -> None:
        """Start what runs the first notebook, and find out what walls stand.

        Raises:
            Broken: it does not start.
        """
        self._halls[0].start()

    def stop(self) -> None:
        """End every process."""
        for hall in self._halls:
            hall.stop()

    def run(
        self,
        cells: Sequence[following.Cell],
        exercises: list[dict],
        examine: following.Examine,
        *,
        seconds: float = 10.0,
    ) -> tuple[dict, dict[str, str], dict[str, str]]:
        """Run a notebook: its code cells, then each exercise by ``examine(exercise, door)``.

        Exercises of which one uses what another may not call run apart, each with the cells anew.

        exercises: dictionaries with name, expression, forbids and seconds.

        Returns:
            (what came, why there is nothing, errors of cells) as ``following.run_all`` gives them;
            an error counts where the cell fails in each run.

        Raises:
            Broken: the process can't be started.
            Lost: it ended.
        """
        done: dict = {}
        dropped: dict[str, str] = {}
        errors: list[dict[str, str]] = []
        for hall in self._halls:
            wanted = [each for each in exercises if each["name"] in hall.names]
            if wanted:
                budget = 30 + 3 * seconds + sum(each["seconds"] + 5 for each in wanted)
                request: frames.Header = {"cells": cells, "exercises": wanted}
                request |= {"seconds": seconds, "budget": budget}
                came, gone, failed = following.run_all(request, hall.begin, examine)
                done, dropped = done | came, dropped | gone
                errors.append(failed)
        everywhere = set.intersection(*map(set, errors)) if errors else set()
        told = {n: how for failed in errors for n, how in failed.items() if n in everywhere}
        return done, dropped, told


class Hall:
    """One fork server for some exercises of a lesson, with a library of its own."""

    def __init__(
        self,
        lesson: str,
        tasks: Sequence[Task],
        *,
        number: int = 0,
        walls: bool = True,
        private: Sequence[Path] = (),
    ) -> None:
        self.lesson, self.number, self.walls = lesson, number, walls
        self._private = [Path(folder).resolve() for folder in private]
        self.names, self.strength = {task.name for task in tasks}, ""
        self._folder = tempfile.TemporaryDirectory(prefix="marking-")
        view.build(self._folder.name, lesson, tasks)
        Path(self._folder.name, "scratch").mkdir()
        os.chmod(self._folder.name, 0o755)  # the workers are somebody else
        self._process: Any = None  # a Popen, once it is started

    def close(self) -> None:
        """End the process, and remove what it saw."""
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
        command = (
            [*_bubblewrap(bwrap, self._folder.name, self.lesson, self._private), *inner]
            if bwrap
            else inner
        )
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

    def begin(self, cells: Sequence[following.Cell]) -> Link:
        """Start one notebook behind the walls.

        Raises:
            Broken: the process ended.
        """
        if self._process is None:
            self.start()
        try:
            return Relayed(self, cells)
        except OSError as error:
            self.stop()
            raise Broken(str(error)) from None

    def _receive(self, seconds):
        """Read one message, for so many seconds at most."""
        link = _Reading(self._process.stdout.fileno())
        kind, content = link.message(seconds) or (b"", b"")
        if kind != relaying.DATA:
            raise Broken("the server ended." if link.ended else f"no answer in {seconds:.0f} s.")
        return frames.unpack(content[4:])


class _Reading:
    """Messages of a pipe, for so many seconds."""

    def __init__(self, pipe: int) -> None:
        self._pipe, self._buffer, self.ended = pipe, b"", False

    def message(self, seconds: float) -> tuple[bytes, bytes] | None:
        """Return (kind, content) of the next message, or None if there is none in time."""
        until = time.monotonic() + seconds
        while len(self._buffer) < 5 or len(self._buffer) < self._size():
            ready, _, _ = select.select([self._pipe], [], [], max(0, until - time.monotonic()))
            piece = os.read(self._pipe, relaying.PIECE) if ready else b""
            self.ended = bool(ready) and not piece
            if not piece:
                return None
            self._buffer += piece
        size = self._size()
        found, self._buffer = self._buffer[:size], self._buffer[size:]
        return found[4:5], found[5:]

    def _size(self):
        return 5 + int.from_bytes(self._buffer[:4], "little")


class Relayed(Link):
    """A notebook that runs behind a server's walls."""

    def __init__(self, server: Hall, cells: Sequence[following.Cell]) -> None:
        self._server, process = server, server._process
        self._to, self._from = process.stdin.fileno(), _Reading(process.stdout.fileno())
        self._gone = False
        relaying.put(self._to, relaying.BEGIN, relaying.begin(list(cells)))

    def send(self, frame: bytes) -> None:
        """Send one frame."""
        relaying.put(self._to, relaying.DATA, frame)

    def receive(self, seconds: float) -> bytes | None:
        """Return what came, b"" at the end, None if nothing came in time.

        Raises:
            Lost: the server itself has ended.
        """
        if self._gone:
            return b""
        found = self._from.message(seconds)
        if found is None and self._from.ended:
            self._server.stop()
            raise Lost("the server ended.")
        if found is None:
            return None
        self._gone = not found[1]
        return found[1]

    def end(self) -> None:
        """End the process, and pass over what it still sent; a server that is stuck is stopped."""
        if self._server._process is None:
            return
        try:
            relaying.put(self._to, relaying.END)
            until = time.monotonic() + 20
            while (found := self._from.message(max(0.0, until - time.monotonic()))) is not None:
                if found[0] == relaying.END:
                    return
        except OSError:
            pass
        self._server.stop()


class Spawned(Hall):
    """A fresh process for each notebook, on any system: a self-check, not tamper-proof."""

    def start(self) -> None:
        """Nothing runs until a notebook comes."""
        self.strength = "self-check"

    def begin(self, cells: Sequence[following.Cell]) -> Link:
        """Start one notebook in a process of its own."""
        self.strength = "self-check"
        return Piped(self._folder.name, cells)


class Piped(Link):
    """A notebook in a process of its own, on any system."""

    def __init__(self, folder: str, cells: Sequence[following.Cell]) -> None:
        self._process: Any = subprocess.Popen(
            [sys.executable, "-m", "course_lib.grading.inside", "--once"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=os.environ | _environment(folder),
        )
        self._pieces = queue.SimpleQueue()  # a thread reads: pipes can't be waited for everywhere
        threading.Thread(target=self._read, daemon=True).start()
        self.send(frames.pack({"cells": list(cells)}))

    def _read(self):
        stream: Any = self._process.stdout
        while piece := stream.read1(1 << 20):
            self._pieces.put(piece)
        self._pieces.put(b"")

    def send(self, frame: bytes) -> None:
        """Send one frame."""
        stream: Any = self._process.stdin
        stream.write(frame)
        stream.flush()

    def receive(self, seconds: float) -> bytes | None:
        """Return what came, b"" at the end, None if nothing came in time."""
        try:
            return self._pieces.get(timeout=seconds)
        except queue.Empty:
            return None

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                stream.close()


def server(
    lesson: str,
    *,
    drawn: Sequence[str] = (),
    number: int = 0,
    walls: bool = True,
    private: Sequence[Path] = (),
) -> Server:
    """Return the strongest server that this system has."""
    forks = sys.platform == "linux"
    return Server(lesson, drawn=drawn, number=number, walls=walls, forks=forks, private=private)


def _environment(course):
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    scratch = f"{course}/scratch"
    home = {"HOME": scratch, "TMPDIR": scratch, "MPLCONFIGDIR": f"{scratch}/matplotlib"}
    home |= {"IPYTHONDIR": f"{scratch}/ipython", "PYTHONDONTWRITEBYTECODE": "1"}
    return kept | threads | home | {"PYTHONPATH": str(course)}


def _bubblewrap(bwrap, folder, lesson, private=()):
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
    command += _packages(lesson, prefixes, private)
    command += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    command += ["--ro-bind", folder, "/course"]
    command += ["--tmpfs", "/course/scratch", "--remount-ro", "/"]
    if not any(p.is_relative_to("/tmp") for p in prefixes):
        at = command.index("--proc")
        command[at:at] = ["--symlink", "/course/scratch", "/tmp"]
    return [*command, "--chdir", "/course"]


def _packages(lesson, prefixes, private):
    """Return what covers the installed packages and the course itself, but for what is needed."""
    bound = [Path("/usr"), Path("/lib"), *prefixes]
    folders = [f for f in packages.folders() if any(f.is_relative_to(b) for b in bound)]
    courses = [view.LIBRARY.parent, *(Path(p, "course_lib") for p in sys.path if p)]
    hidden = [each for path in (*courses, *private) for each in _hidden(path, bound)]
    command = [part for folder in folders for part in ("--tmpfs", str(folder))]
    for path in hidden:
        command += (
            ["--tmpfs", str(path)] if path.is_dir() else ["--ro-bind", "/dev/null", str(path)]
        )
    for path in sorted(packages.shown(lesson)):
        if any(path.is_relative_to(folder) for folder in folders):
            command += ["--ro-bind", str(path), str(path)]
    return command


def _hidden(path, bound):
    """Return what has to be covered so that nothing of a path is seen but what is bound."""
    if not path.exists() or path in bound or not any(map(path.is_relative_to, bound)):
        return []
    if not any(each.is_relative_to(path) for each in bound):
        return [path]
    return [each for child in sorted(path.iterdir()) for each in _hidden(child, bound)]


def _shown(path):
    path = Path(path)
    if path.is_symlink():
        return ["--symlink", os.readlink(path), str(path)]
    return ["--ro-bind", str(path), str(path)] if path.exists() else []
