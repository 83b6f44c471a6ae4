"""Follow a notebook that runs elsewhere, cell by cell, then answer by answer; begin again without
what hangs or dies."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from course_lib.grading import frames
from course_lib.grading.talking import Gone, Link, Lost, Talk

LONGEST = 2000  # characters of a message
STARTING = 60.0  # seconds until the first cell begins
OPENING = 10.0  # seconds until an answer is there to be called
ENDED = "it ended the process that ran it."  # perhaps by our own fault: tried once more
Cell = str | dict | None  # a source; a check cell as {"hold": its exercise, "expression": …}; none
Begin = Callable[[Sequence[Cell]], Link]


class Missing(Exception):
    """There is no answer to call: what is said of it."""


class Door:
    """The way to the answer of one exercise. ``open`` may be called again, after ``close``."""

    def __init__(self, talk: Talk, each: dict) -> None:
        self.talk, self._each, self._open = talk, each, False

    def open(self, *, held: bool) -> tuple[Any, frames.Arrays]:
        """Return (tree, arrays) of the answer. held: as it was at its check cell, if there was one.

        Raises:
            Missing: nothing of this name is there, or it can't be read.
            Gone: the process has ended.
        """
        asked = {name: self._each[name] for name in ("name", "expression", "forbids")}
        header, arrays = self.talk.ask({"open": {**asked, "held": held}}, seconds=OPENING)
        if "closed" in header:
            raise Gone(ENDED)
        self._open = True
        if "opened" not in header:
            raise Missing(str(header.get("missing", "nothing came back."))[:LONGEST])
        return header["opened"], arrays

    def close(self) -> None:
        """End the process of the answer, and all that it began.

        Raises:
            Gone: the whole notebook ended with it.
        """
        if self._open:
            self._open = False
            header, _ = self.talk.ask({"close": True}, seconds=OPENING)
            if "closed" not in header:
                raise Gone("what it sent can't be read: no end.")


Examine = Callable[[dict, Door], Any]


def run_all(
    request: frames.Header, begin: Begin, examine: Examine
) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
    """Run one notebook; return (what came of each exercise, why there is nothing, cells' errors).

    request: cells, seconds (limit of a cell), budget (of everything), and exercises: dictionaries
    with a name, an expression and what it ``forbids``. begin: starts the notebook in a process.
    examine: (exercise, door) -> what comes of it. A cell that hangs or ends the process is left out
    when the rest is run again, and so is an exercise; what merely ended is tried twice.
    """
    troubles: dict[int, str] = {}
    errors: dict[int, str] = {}
    done: dict[str, Any] = {}
    dropped: dict[str, str] = {}
    ended: set[Any] = set()  # what ended once: perhaps it was not its own fault
    deadline = time.monotonic() + request["budget"]
    while True:
        cells = [None if i in troubles else c for i, c in enumerate(request["cells"])]
        wanted = [e for e in request["exercises"] if e["name"] not in {**dropped, **done}]
        link = begin(cells)
        talk = Talk(link, deadline)
        now: list[Any] = ["start", None]
        try:
            errors = _follow(talk, now, request["seconds"], len(cells))
            for each in wanted:
                now[:] = "exercise", each["name"]
                door = Door(talk, each)
                done[each["name"]] = examine(each, door)
                door.close()
            break
        except Lost:
            raise
        except Gone as gone:
            how, (kind, item) = str(gone), now
            if kind == "start" or time.monotonic() > deadline:
                if kind != "start":
                    how = "the whole notebook ran out of time."
                left = [e for e in wanted if e["name"] not in done]
                dropped |= {e["name"]: how for e in left}
                break
            if how == ENDED and item not in ended:
                ended.add(item)
            elif kind == "cell":
                troubles[item] = how
            elif item not in done:
                dropped[item] = how
        finally:
            link.end()
    told = {str(number): how for number, how in sorted({**errors, **troubles}.items())}
    return done, dropped, told


def _follow(talk: Talk, now: list, seconds: float, n_cells: int) -> dict[int, str]:
    """Hear of each cell until all have run; return their errors. now: where it is, kept up to date.

    What is told of a cell that was not asked for is passed over.
    """
    errors: dict[int, str] = {}
    until = time.monotonic() + STARTING
    limit = STARTING
    while True:
        try:
            header, _ = talk.hear(max(0.0, until - time.monotonic()))
        except Gone as gone:
            if str(gone).startswith("it was stopped"):  # say the whole limit, not what was left
                raise Gone(f"it was stopped after {limit:.0f} seconds.") from None
            raise
        if "ready" in header:
            return errors
        if header.get("cell") in range(n_cells):
            now[:] = "cell", int(header["cell"])
            limit, until = seconds, time.monotonic() + seconds
        elif "error" in header and now[0] == "cell":
            errors[now[1]] = str(header["error"])[:LONGEST]
