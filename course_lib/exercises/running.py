"""Run somebody's answer: with a time limit, and an ear for calls that are the exercise itself."""

import contextlib
import ctypes
import importlib
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from types import FrameType, ModuleType
from typing import Any


class TooSlow(BaseException):
    """Raised in a thread whose time is over. Not an Exception, so that ``except Exception`` lets it
    through."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TooSlow in the block after so many seconds of wall time, on every system.

    A second thread raises it between two Python instructions, again and again until the block ends.
    A single long call into C (one huge matrix product) can't be interrupted.
    """
    runner, wake, over = threading.get_ident(), threading.Event(), [False]

    def watch():
        wait = seconds
        while not wake.wait(wait) and not over[0]:
            wait = 0.05
            if not over[0]:
                _raise_in(runner, TooSlow)

    watcher = threading.Thread(target=watch, daemon=True)
    try:
        watcher.start()
        yield
    finally:
        over[0] = True  # first, and no call: nothing can interrupt it
        for _ in range(3):  # what is still on its way arrives here
            with contextlib.suppress(TooSlow, RuntimeError):  # or it had not quite started
                wake.set()
                watcher.join()  # a probe that measures memory must be alone in the process


def _raise_in(thread, exception):
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(exception))


class Elsewhere:
    """An answer that lives in another process, where its time is limited and its calls are heard.

    Probes call it like any other; who marks a class makes one.
    """

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call it there."""
        raise NotImplementedError

    def limited(self, seconds: float) -> AbstractContextManager:
        """Return a block in which its calls together may take so many seconds."""
        raise NotImplementedError

    def heard(self, dotted_names: Iterable[str]) -> str | None:
        """Return the first of these functions that it called in the last block, or None."""
        raise NotImplementedError

    def peak_of(self, *arguments: Any) -> tuple[Any, int]:
        """Call it there; return its result and the most bytes that it took."""
        raise NotImplementedError


def peak_of(answer: Callable, *arguments: Any) -> tuple[Any, int]:
    """Call an answer; return its result, and the most bytes that it took beyond what was there."""
    if isinstance(answer, Elsewhere):
        return answer.peak_of(*arguments)
    already = tracemalloc.is_tracing()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        result = answer(*arguments)
        return result, tracemalloc.get_traced_memory()[1] - before
    finally:
        if not already:
            tracemalloc.stop()


class Calls:
    """Hear which functions a block calls in this thread: ``with Calls() as calls: ...``."""

    def __init__(self) -> None:
        self._python: set[object] = set()
        self._native: set[object] = set()

    def __enter__(self) -> "Calls":
        self._before = sys.getprofile()
        sys.setprofile(self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(self._before)

    def _hear(self, frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            self._python.add(frame.f_code)
        elif event == "c_call":
            owner = getattr(argument, "__self__", None)
            self._native.add((getattr(argument, "__name__", ""), type(owner)))
            if owner is None or isinstance(owner, (ModuleType, type)):  # a function, and no method:
                with contextlib.suppress(TypeError):  # a method would keep its object alive
                    self._native.add(argument)

    def heard(self, dotted_names: Iterable[str]) -> str | None:
        """Return the first of these functions that was called, or None."""
        return next((name for name in dotted_names if self._was_called(name)), None)

    def _was_called(self, dotted_name):
        function = _resolve(dotted_name)
        if function is None:
            return False
        function = getattr(function, "forward", function)  # a torch module is called through it
        if hasattr(function, "__code__"):
            return function.__code__ in self._python
        owner = getattr(function, "__objclass__", None)  # a method such as torch.Tensor.softmax
        if owner is not None:
            return any(
                isinstance(call, tuple)
                and call[0] == function.__name__
                and issubclass(call[1], owner)
                for call in self._native
            )
        return function in self._native


def _resolve(dotted_name):
    """Find a function by name among the modules loaded already; what isn't loaded wasn't called."""
    parts = dotted_name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        if (module := sys.modules.get(".".join(parts[:cut]))) is not None:
            found = module
            for part in parts[cut:]:
                found = getattr(found, part, None)
            return found
    return None


def load(package: str, name: str) -> ModuleType | None:
    """Import ``package.name``, or return None if there is no such module."""
    full = f"{package}.{name}"
    try:
        return importlib.import_module(full)
    except ModuleNotFoundError as error:
        if error.name != full:
            raise
        return None
