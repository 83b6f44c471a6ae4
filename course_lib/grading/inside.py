"""What runs behind the walls: a fork server that runs foreign notebooks, one process each.

It holds no task, no reference and no probe, and judges nothing: it runs cells, then calls what it
is asked to call, and passes frames on. A notebook runs in a fork of its own, each answer in one of
that; whatever hangs, dies or lies takes only itself along.
"""

import builtins
import contextlib
import importlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

import numpy as np

from course_lib.grading import following, frames, relaying

LONGEST = following.LONGEST
REFUSED = []  # why there are no walls, once it is known
Tell = Callable[..., None]  # called with a header, and arrays if there are some
Take = Callable[[], tuple[frames.Header, frames.Arrays] | None]  # what is asked next


def serve() -> None:
    """Run notebooks, one after the other, until the input ends."""
    requests, answers = os.dup(0), os.dup(1)
    hush(0, 1)
    uid, modules = int(sys.argv[1]), sys.argv[2:]
    prepare(modules)
    relaying.put(answers, relaying.DATA, frames.pack({"hello": trial(uid)}))
    answered = 0
    while answered == 0:
        # each notebook is read by a fork, so that nothing of it is here when the next one comes
        pid = os.fork()
        if pid:
            answered = os.waitpid(pid, 0)[1]
            continue
        try:
            os._exit(0 if relaying.relay(requests, answers, lambda cells: begin(cells, uid)) else 1)
        except BaseException:
            traceback.print_exc()
            os._exit(1)


def hush(*streams: int) -> None:
    """Let foreign code find nobody at these streams."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in streams:
        os.dup2(nothing, stream)
    os.close(nothing)


def prepare(modules: Sequence[str] = ()) -> None:
    """Load what a notebook may need, these modules among it, once, before any fork."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot
    import numpy.random  # noqa: F401  (NumPy loads it when it is first used: in each fork)
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    from course_lib.grading import answering  # noqa: F401  (loaded once, for each answer)

    for module in modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)  # a fork of what ran several threads would hang
        rehearse()
    settings = Config()
    settings.HistoryManager.enabled = False
    shell: Any = InteractiveShell.instance(config=settings)
    shell.enable_gui = lambda gui=None: None  # of %matplotlib; there is no screen
    shell.run_cell("1", store_history=False)  # loads what it loads only when needed
    builtins.input = lambda prompt="": ""


def rehearse() -> None:
    """Ask a module of torch's once: what torch loads when it is first used is then in each fork."""
    import torch

    from course_lib.grading import answering, crossing

    desk = answering.Desk(torch.nn.Linear(2, 2), ())
    opened = desk.opened()[0]["opened"]
    numbers = [part["thing"] for part in opened["parts"]]
    asked = {"ask": "call", "seconds": 60.0, "thing": 0, "gradients": True, "learned": numbers}
    names = [[number, str(number), "float64"] for number in numbers]
    tables = {str(p["thing"]): np.ones(p["shape"]) for p in opened["parts"]}
    sent = crossing.sent(((torch.ones(1, 2, dtype=torch.float64),), {}))
    told, _ = desk.answer(
        {**asked, "parts": names, "requires": [], "modes": []}, {**tables, "arguments": sent}
    )
    torch.broadcast_shapes((1,), (1,))  # the first time, it loads all of SymPy
    moved = torch.nn.Parameter(torch.ones(1))
    moved.grad = torch.ones(1)
    torch.optim.AdamW([moved]).step()  # and the first step of an optimiser much of torch
    if "error" in told:
        raise RuntimeError(f"torch can't be called here: {told['error']}")


def trial(uid: int) -> frames.Header:
    """Build the walls once, around nothing, and say whether they stand."""
    for _ in range(2):
        pid, reader, asking = start(lambda tell, _: tell({"walls": standing()}), uid)
        os.close(asking)
        with os.fdopen(reader, "rb") as stream:
            body = frames.read(stream)
        end(pid)
        if body:
            return frames.unpack(body)[0]
        REFUSED.append("no walls, or nobody could read the course behind them")  # now limits alone
    return {"walls": "none"}


def standing() -> str:
    """Say what stands, seen from behind it: process 1, and not root.

    Raises:
        OSError: what a notebook imports can't be read from here. Whoever works as root, in a folder
            of their own, is refused by it once they are nobody.
    """
    for module in ("os", "numpy", "course_lib"):
        os.stat(importlib.import_module(module).__file__ or "")
    return "walls" if os.getpid() == 1 and os.geteuid() != 0 else "limits"


def start(
    work: Callable[[Tell, Take], object], uid: int, *, memory: int = 2**31
) -> tuple[int, int, int]:
    """Fork a process behind walls that calls ``work(tell, take)``; return (its pid, the pipe to
    read, the pipe to write).

    Where the kernel refuses walls, limits alone are set.
    """
    from course_lib.grading import walls  # for systems that have them

    reader, writer = os.pipe()
    asked, asking = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        os.close(asked)
        return pid, reader, asking
    os.dup2(writer, 998)
    os.dup2(asked, 999)
    os.closerange(3, 998)  # the server's own pipes above all
    os.closerange(1000, 4096)
    writer, asked = 998, 999
    hush(2)
    with contextlib.suppress(BaseException):
        os.setsid()
        walls.die_with_parent()
        fenced = not REFUSED
        try:
            if fenced:
                walls.leave(uid)
        except OSError:
            fenced = False
        inner = os.fork() if fenced else 0
        if inner:
            signal.signal(signal.SIGTERM, lambda *_: os.kill(inner, signal.SIGKILL))
            os.waitpid(inner, 0)
            os._exit(0)
        walls.die_with_parent()
        if fenced:
            walls.enclose(uid, memory=memory, scratch=os.environ["HOME"])
        else:  # the user goes on working, and opens a browser meanwhile
            tasks = 8 * walls.FREE_TASKS + walls.tasks_of(os.geteuid())
            walls.limit(memory, tasks=tasks)
        out = os.fdopen(writer, "wb", closefd=False)
        come = os.fdopen(asked, "rb", closefd=False)
        work(lambda header, arrays=None: say(out, header, arrays), lambda: take(come))
    os._exit(0)


def take(stream: BinaryIO) -> tuple[frames.Header, frames.Arrays] | None:
    """Read one frame of what is asked, or return None at the end."""
    body = frames.read(stream)
    return None if body is None else frames.unpack(body)


def say(stream: BinaryIO, header: frames.Header, arrays: frames.Arrays | None = None) -> None:
    """Write one frame; where it can't be packed, one that says so."""
    try:
        packed = frames.pack(header, arrays)
    except frames.Garbled as error:
        packed = frames.pack({**header, "refused": str(error)})
    stream.write(packed)
    stream.flush()


def end(pid: int) -> None:
    """End a process behind walls and all that it started."""
    for step in (signal.SIGTERM, signal.SIGKILL):  # the first lets the outer one end process 1
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, step) if step == signal.SIGTERM else os.killpg(pid, step)
        if step == signal.SIGTERM:
            until = time.monotonic() + 0.5
            while time.monotonic() < until:
                if os.waitpid(pid, os.WNOHANG)[0]:
                    return
                time.sleep(0.002)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


# One notebook ----------------------------------------------------------------------------------


def begin(cells: Sequence[following.Cell], uid: int) -> tuple[int, int, Callable[[], None]]:
    """Start one notebook in a fork: (the pipe to read, the pipe to write, what ends it)."""
    pid, reader, asking = start(lambda tell, take: run(cells, tell, take), uid)

    def stop():
        os.close(reader)
        os.close(asking)
        end(pid)

    return reader, asking, stop


def run(cells: Sequence[following.Cell], tell: Tell, take: Take, *, alone: bool = True) -> None:
    """Run the cells, then answer what is asked about answers. Nothing here can be trusted.

    At a check cell what there is stays as it is in a fork, which waits until it is asked.

    alone: False forks nothing, for systems that can't.
    """
    leave = os._exit
    from IPython.core.interactiveshell import InteractiveShell

    from course_lib.grading import holding

    shell: Any = InteractiveShell.instance()
    room = holding.Room(shell, tell, take) if alone else holding.Same(shell, tell, take)
    sys.path.insert(0, os.getcwd())  # for what a cell writes there: %%writefile helper.py
    for number, source in enumerate(cells):
        if isinstance(source, dict):
            room.hold(source)
        if not isinstance(source, str):
            continue
        tell({"cell": number})
        result = shell.run_cell(source, store_history=False, silent=False)
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            tell({"error": in_words(error)})
    one_thread()
    room.tidy()
    tell({"ready": True})
    while (asked := take()) is not None:
        if "open" in asked[0]:
            room.answer(asked[0]["open"])
        else:
            tell({"closed": True})
    leave(0)


def one_thread() -> None:
    """Let torch use one thread: a fork of a process that ran several would hang."""
    if "torch" in sys.modules:
        with contextlib.suppress(Exception):
            sys.modules["torch"].set_num_threads(1)


def in_words(error: BaseException) -> str:
    """Return an error in one line, cut off where it is long."""
    return f"{type(error).__name__}: {error}"[:LONGEST]


def once() -> None:
    """Run the one notebook of a request from the standard input, without forks or walls."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    hush(0, 1)
    request, _ = frames.unpack(frames.read(requests) or b"")
    prepare()
    run(
        request["cells"],
        lambda header, arrays=None: say(answers, header, arrays),
        lambda: take(requests),
        alone=False,
    )


if __name__ == "__main__":
    once() if sys.argv[1] == "--once" else serve()
