"""Follow a notebook that runs elsewhere, frame by frame; start again without what hangs or dies."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from course_lib.grading import frames

GRACE = 2.0  # seconds over an exercise's own limits
LONGEST = 2000  # characters of a message
STARTING = 60.0  # seconds until the first cell begins
Receive = Callable[[float], bytes | None]  # what comes in so many seconds
Begin = Callable[[list[str | None], list[dict]], tuple[Receive, Callable[[], object]]]


def run_all(request: frames.Header, begin: Begin) -> tuple[frames.Header, frames.Arrays]:
    """Run one notebook; return (header, arrays) with what came of each exercise.

    request: cells (texts), seconds (limit of a cell), budget (of everything), and exercises: name,
    expression, seed, variant, seconds. begin: (cells, exercises) -> (receive, end), which starts
    the notebook in a process; ``receive(seconds)`` returns what came, b"" at the end, None if
    nothing came in time, and ``end()`` ends the process. A cell that hangs or ends the process is
    left out when the rest is run again, and so is an exercise.
    """
    troubles, dropped, done, arrays = {}, {}, {}, {}
    deadline = time.monotonic() + request["budget"]
    while True:
        cells = [None if str(i) in troubles else c for i, c in enumerate(request["cells"])]
        wanted = [e for e in request["exercises"] if e["name"] not in {**dropped, **done}]
        receive, end = begin(cells, wanted)
        try:
            at, errors, came, found = follow(
                receive, len(cells), wanted, request["seconds"], deadline
            )
        finally:
            end()
        done |= came
        arrays |= found
        if at is None:
            break
        kind, item, how = at
        if kind == "start" or time.monotonic() > deadline:
            how = "the whole notebook ran out of time." if kind != "start" else how
            dropped |= {e["name"]: how for e in wanted if e["name"] not in done}
            break
        if kind == "cell":
            troubles[str(item)] = how
        else:
            dropped[item] = how
    return {"done": done, "dropped": dropped, "cells": {**errors, **troubles}}, arrays


def follow(
    receive: Receive, n_cells: int, exercises: Sequence[dict], seconds: float, deadline: float
) -> tuple[tuple | None, dict[str, str], dict[str, dict], frames.Arrays]:
    """Read frames to the end. Return (where it ended early or None, errors, done, arrays).

    A frame about a cell or an exercise that was not asked for is passed over.
    """
    limits = {e["name"]: e["seconds"] + GRACE for e in exercises}
    errors: dict[str, str] = {}
    done: dict[str, dict] = {}
    arrays: frames.Arrays = {}
    now: tuple[str, Any] = ("start", None)
    limit, buffer = STARTING, b""
    largest = frames.LIMIT // (2 * len(exercises) or 1)  # so that all of them fit into one answer
    until = time.monotonic() + limit
    try:
        while True:
            left = min(until, deadline) - time.monotonic()
            piece = receive(left) if left > 0 else None
            if piece is None:
                return (*now, f"it was stopped after {limit:.0f} seconds."), errors, done, arrays
            buffer += piece
            while len(buffer) >= 4 and len(buffer) >= 4 + int.from_bytes(buffer[:4], "little"):
                size = 4 + int.from_bytes(buffer[:4], "little")
                header, found = frames.unpack(buffer[4:size])
                buffer = buffer[size:]
                if "end" in header:
                    return None, errors, done, arrays
                if header.get("cell") in range(n_cells):
                    now, limit = ("cell", int(header["cell"])), seconds
                    until = time.monotonic() + limit
                elif "error" in header and now[0] == "cell":
                    errors[str(now[1])] = str(header["error"])[:LONGEST]
                elif "exercise" in header and str(header["exercise"]) in limits:
                    now = ("exercise", str(header["exercise"]))
                    limit = limits[now[1]]
                    until = time.monotonic() + limit
                elif isinstance(header.get("outcomes"), dict) and now[0] == "exercise":
                    if size > largest:
                        raise frames.Garbled(f"more than {largest // 2**20} MB came back.")
                    done[now[1]] = header["outcomes"]
                    arrays = {n: a for n, a in arrays.items() if not n.startswith(f"{now[1]}/")}
                    arrays |= {f"{now[1]}/{name}": array for name, array in found.items()}
            if len(buffer) > frames.LIMIT:
                return (*now, "it sent back too much."), errors, done, arrays
            if not piece:
                return (*now, "it ended the process that ran it."), errors, done, arrays
    except (frames.Garbled, ValueError, TypeError) as error:
        return (*now, f"what it sent can't be read: {error}"), errors, done, arrays
