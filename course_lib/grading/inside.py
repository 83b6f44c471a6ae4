"""What runs behind the walls: a fork server that runs foreign notebooks, one process each.

It reads requests from its standard input and writes one answer each to its standard output, as
frames. It holds no reference and judges nothing. A notebook runs in a fork of its own, each
exercise in a fork of that; whatever hangs, dies or lies takes only itself along.
"""

import builtins
import contextlib
import os
import select
import signal
import sys
import time

from course_lib.grading import frames, walls

GRACE = 2.0  # seconds over an exercise's own limits
LONGEST = 2000  # characters of a message


def serve():
    """Answer requests until the input ends."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    hush(0, 1)
    lesson, uid = sys.argv[1], int(sys.argv[2])
    prepare(lesson)
    answers.write(frames.pack({"hello": trial(uid)}))
    answers.flush()
    while (body := frames.read(requests)) is not None:
        request, _ = frames.unpack(body)
        header, arrays = mark(request, uid)
        answers.write(frames.pack(header, arrays))
        answers.flush()


def hush(*streams):
    """Let foreign code find nobody at these streams."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in streams:
        os.dup2(nothing, stream)
    os.close(nothing)


def prepare(lesson):
    """Load what a notebook of this lesson may need, once, before any fork."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    import course_lib.exercises
    import course_lib.show
    from course_lib.exercises import names

    if lesson.startswith("code/") and lesson[5:7] >= "06":
        import torch

        torch.set_num_threads(1)  # a fork of a process that ran several threads would hang
    names()
    settings = Config()
    settings.HistoryManager.enabled = False
    shell = InteractiveShell.instance(config=settings)
    shell.enable_gui = lambda gui=None: None  # of %matplotlib; there is no screen
    shell.run_cell("1", store_history=False)  # loads what it loads only when needed
    course_lib.exercises.check = course_lib.exercises.ask = lambda *_, **__: None
    course_lib.show.show = lambda *_, **__: None
    builtins.input = lambda prompt="": ""


def trial(uid):
    """Build the walls once, around nothing, and say whether they stand."""
    pid, reader = start(lambda tell: tell({"walls": standing(uid)}), uid)
    with os.fdopen(reader, "rb") as stream:
        body = frames.read(stream)
    end(pid)
    return frames.unpack(body)[0] if body else {"walls": "no fork"}


def standing(uid):
    if os.getpid() != 1:
        return "limits"
    root = os.geteuid() == 0
    return "limits" if root else "walls"


def start(work, uid, *, memory=2**31):
    """Fork a process behind walls that calls ``work(tell)``; return (its pid, the pipe to read).

    Where the kernel refuses walls, limits alone are set.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    os.closerange(3, writer)  # the server's own pipes above all
    os.closerange(writer + 1, 4096)
    hush(2)
    with contextlib.suppress(BaseException):
        os.setsid()
        walls.die_with_parent()
        fenced = True
        try:
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
            walls.enclose(uid, memory=memory)
        else:
            walls.limit(memory)
        with os.fdopen(writer, "wb", closefd=False) as stream:
            work(lambda header, arrays=None: say(stream, header, arrays))
    os._exit(0)


def say(stream, header, arrays=None):
    try:
        packed = frames.pack(header, arrays)
    except frames.Garbled as error:
        packed = frames.pack({**header, "refused": str(error)})
    stream.write(packed)
    stream.flush()


def end(pid):
    """End a process behind walls and all that it started."""
    for step in (signal.SIGTERM, signal.SIGKILL):  # the first lets the outer one end process 1
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, step)
        if step == signal.SIGTERM:
            until = time.monotonic() + 0.5
            while time.monotonic() < until:
                if os.waitpid(pid, os.WNOHANG)[0]:
                    return
                time.sleep(0.002)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


# One notebook ----------------------------------------------------------------------------------


def mark(request, uid):
    """Run one notebook; return (header, arrays) with what came of each exercise.

    request: cells (texts), seconds (limit of a cell), and exercises: name, expression, seed,
    variant. A cell that hangs or ends the process is left out when the rest is run again.
    """
    troubles, dropped, done, arrays = {}, {}, {}, {}
    deadline = time.monotonic() + request["budget"]
    while True:
        cells = [None if str(i) in troubles else c for i, c in enumerate(request["cells"])]
        wanted = [e for e in request["exercises"] if e["name"] not in {**dropped, **done}]
        at, said, came, found = watch(cells, wanted, request["seconds"], uid, deadline)
        errors = said
        done |= came
        arrays |= found
        if at is None:
            break
        kind, item, how = at
        if time.monotonic() > deadline:
            how = "the whole notebook ran out of time."
            dropped |= {e["name"]: how for e in wanted if e["name"] not in done}
            break
        if kind == "cell":
            troubles[str(item)] = how
        else:
            dropped[item] = how
    return {"done": done, "dropped": dropped, "cells": {**errors, **troubles}}, arrays


def watch(cells, exercises, seconds, uid, deadline):
    """Run cells and exercises once: (where it ended early, errors of cells, done, arrays)."""
    limits = {e["name"]: e["seconds"] + GRACE for e in exercises}
    pid, reader = start(lambda tell: run(cells, exercises, tell), uid)
    errors, done, arrays = {}, {}, {}
    now, limit, buffer = ("start", None), 20.0, b""
    try:
        until = time.monotonic() + limit
        while True:
            ready, _, _ = select.select(
                [reader], [], [], max(0, min(until, deadline) - time.monotonic())
            )
            if not ready:
                return (*now, f"it was stopped after {limit:.0f} seconds."), errors, done, arrays
            piece = os.read(reader, 1 << 20)
            buffer += piece
            while len(buffer) >= 4 and len(buffer) >= 4 + int.from_bytes(buffer[:4], "little"):
                size = 4 + int.from_bytes(buffer[:4], "little")
                header, found = frames.unpack(buffer[4:size])
                buffer = buffer[size:]
                if "end" in header:
                    return None, errors, done, arrays
                if "cell" in header:
                    now, limit = ("cell", int(header["cell"])), seconds
                    until = time.monotonic() + limit
                elif "error" in header:
                    errors[str(header["of"])] = str(header["error"])[:LONGEST]
                elif "exercise" in header:
                    now = ("exercise", str(header["exercise"]))
                    limit = limits.get(now[1], GRACE)
                    until = time.monotonic() + limit
                elif "outcomes" in header and now[1] in limits:
                    done[now[1]] = header["outcomes"]
                    arrays |= {f"{now[1]}/{name}": array for name, array in found.items()}
            if len(buffer) > frames.LIMIT:
                return (*now, "it sent back too much."), errors, done, arrays
            if not piece:
                return (*now, "it ended the process that ran it."), errors, done, arrays
    except frames.Garbled as error:
        return (*now, str(error)), errors, done, arrays
    finally:
        os.close(reader)
        end(pid)


def run(cells, exercises, tell):
    """Run the cells, then each exercise in a fork. From here on nothing can be trusted."""
    fork, wait, leave = os.fork, os.waitpid, os._exit
    from IPython.core.interactiveshell import InteractiveShell

    from course_lib import exercises as course

    shell, probe, inputs_of = InteractiveShell.instance(), course.probed, course._inputs
    for number, source in enumerate(cells):
        if source is None:
            continue
        tell({"cell": number})
        result = shell.run_cell(source, store_history=False, silent=False)
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            tell({"of": number, "error": in_words(error)})
    for each in exercises:
        tell({"exercise": each["name"]})
        pid = fork()
        if not pid:
            try:
                tell(*outcomes(each, shell, course, probe, inputs_of))
            except BaseException as error:
                tell({"outcomes": {"": {"missing": in_words(error)}}})
            leave(0)
        wait(pid, 0)
    tell({"end": True})
    leave(0)


def outcomes(each, shell, course, probe, inputs_of):
    """Evaluate one answer and run its probes: (header, arrays) to tell."""
    answer = eval(each["expression"], shell.user_ns)
    if course.untouched(answer):
        return {"outcomes": {}}, None
    task = course.task_of(each["name"])
    inputs = inputs_of(task, each["seed"], each["variant"])
    told, arrays = {}, {}
    for key, outcome in probe(task, answer, inputs).items():
        told[key] = {"changed": outcome.changed, "shortcut": outcome.shortcut}
        if outcome.error is not None:
            told[key] |= {
                "error": type(outcome.error).__name__,
                "message": str(outcome.error)[:LONGEST],
                "said": str(outcome.said)[:LONGEST],
            }
        else:
            arrays |= {f"{key}/{name}": array for name, array in outcome.arrays.items()}
    return {"outcomes": told}, arrays


def in_words(error):
    return f"{type(error).__name__}: {error}"[:LONGEST]


if __name__ == "__main__":
    serve()
