"""A short mark of an answer, so that the same answer tried again can be told from another one."""

import functools
import hashlib
import itertools
import re
import sys
import sysconfig
import time
from collections.abc import Iterable
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from course_lib.lessons import ROOT

LIBRARIES = (sysconfig.get_path("stdlib"), str(ROOT / "course_lib"), "<frozen")
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
MOST_PARTS = 5_000  # of an answer that are looked at, and of a list or a table in it
LONGEST = 100_000  # characters or bytes of a part
DEEPEST = 60
SECONDS = 1
HEAP = 1 << 9  # the flag of classes that were made by a class statement
PLAIN = (str, bytes, bytearray, bool, int, float, complex, type(None), type(...))
WRAPPERS = (staticmethod, classmethod, MethodType)


def fingerprint(answer: object) -> str:
    """Return twelve hexadecimal digits that stand for an answer; it never raises.

    Of a function or class its own code counts, and that of every function, class and value of the
    notebook that it leans on; of a value, how it is written. What libraries define counts by name.

    Example:
        >>> fingerprint(lambda x: x + 1) == fingerprint(lambda x: x + 1)
        True
        >>> fingerprint(lambda x: x + 1) == fingerprint(lambda x: x + 2)
        False
    """
    essence = _Reader().essence(answer)
    text = repr(essence).encode("utf-8", "replace")
    return hashlib.sha256(text).hexdigest()[:12]


class _Reader:
    """Turns an answer into plain values that are the same for equal answers, up to a size."""

    def __init__(self) -> None:
        self._left, self._end = MOST_PARTS, time.monotonic() + SECONDS
        self._seen: dict[int, object] = {}  # functions and classes, kept alive: an id is theirs
        self._open: set[int] = set()  # what is being looked at: a list may hold itself

    def essence(self, part: object) -> object:
        self._left -= 1
        late = self._left < 0 or time.monotonic() > self._end
        if late or len(self._open) > DEEPEST or id(part) in self._open:
            return type(part).__name__
        self._open.add(id(part))
        try:
            return self._essence(part)
        except Exception:  # an object that can't be looked at, or refuses
            return type(part).__name__
        finally:
            self._open.discard(id(part))

    def _each(self, parts: Iterable) -> list:
        return [self.essence(each) for each in itertools.islice(parts, MOST_PARTS)]

    def _essence(self, part: Any) -> object:
        kind = type(part)
        if kind in PLAIN:
            return _plain(part)
        if isinstance(part, (list, tuple)):
            return len(part), self._each(part)
        if isinstance(part, (set, frozenset)):
            return len(part), sorted(map(repr, self._each(part)))
        if isinstance(part, dict):
            return len(part), self._each(part.items())
        if kind is CodeType:
            names = [name for name in part.co_names if not name.startswith("__")]
            return part.co_code, names, self._each(part.co_consts)
        if kind in WRAPPERS:
            return self.essence(part.__func__)
        if kind is property:
            return self._each((part.fget, part.fset, part.fdel))
        if kind is functools.partial:
            return self._each((part.func, part.args, part.keywords))
        if id(part) in self._seen:
            return getattr(part, "__name__", "")
        if kind is FunctionType:
            return self._function(part)
        if isinstance(part, ModuleType):
            return part.__name__ if _of_library(part.__name__) else self._module(part)
        if isinstance(part, type):
            return self._class(part)
        return self._object(part)

    def _function(self, function: FunctionType) -> object:
        if _in_library(function.__code__.co_filename):
            return function.__module__, function.__qualname__
        self._seen[id(function)] = function
        given = [function.__defaults__, function.__kwdefaults__, *_enclosed(function)]
        return self.essence(function.__code__), self._each(given + _used(function))

    def _module(self, module: ModuleType) -> object:
        """A file of the learner's beside the notebook: what it defines."""
        self._seen[id(module)] = module
        own = [v for v in vars(module).values() if getattr(v, "__module__", "") == module.__name__]
        return module.__name__, self._each(own)

    def _class(self, part: type) -> object:
        if _is_of_library(part):
            return part.__module__, part.__qualname__
        self._seen[id(part)] = part
        own = [(k, v) for k, v in vars(part).items() if _tells(k, v)]
        return part.__qualname__, self._each(part.__bases__), self._each(own)

    def _object(self, part: Any) -> object:
        """Its kind, how it is written, and what of the notebook it holds."""
        held = object.__getattribute__(part, "__dict__") if type(part).__dictoffset__ else {}
        if not _is_of_library(type(part)):
            return self.essence(type(part)), self._each(held.items())
        inside: list = [v for v in held.values() if isinstance(v, (FunctionType, type, MethodType))]
        inside += [part.__wrapped__] if isinstance(part, functools._lru_cache_wrapper) else []
        return type(part).__qualname__, _written(part), self._each(inside)


def _plain(value: Any) -> object:
    if isinstance(value, int):
        return value if value.bit_length() < LONGEST else hash(value)
    long = isinstance(value, (str, bytes, bytearray)) and len(value) > LONGEST
    return (len(value), value[:LONGEST], value[-LONGEST:]) if long else value


def _written(part: Any) -> object:
    """Return the bytes of an array, or how an object is written."""
    try:
        table = memoryview(part)
        content = table.cast("B")[: 100 * LONGEST]
        return table.format, table.shape, hashlib.sha256(content).hexdigest()
    except (TypeError, ValueError, BufferError):
        return ADDRESS.sub("", repr(part)[:LONGEST])


def _is_of_library(part: type) -> bool:
    if part.__module__ == "builtins":  # so says a class of a program that was run without a name
        return part.__flags__ & HEAP == 0
    return _of_library(part.__module__)


def _of_library(module: object) -> bool:
    """Say whether a module is none that a learner wrote: "__main__" is the notebook."""
    if module in ("__main__", None) or not isinstance(module, str):
        return False
    file = getattr(sys.modules.get(module), "__file__", None)
    return _in_library(file) if isinstance(file, str) else module in sys.modules


def _in_library(file: str) -> bool:
    return file.startswith(LIBRARIES) or "site-packages" in file


def _enclosed(function: FunctionType) -> list:
    """Return what a function took along from the function that made it."""
    found = []
    for cell in function.__closure__ or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:  # not filled yet
            continue
    return found


def _used(function: FunctionType) -> list:
    """Return the values of the notebook's names that a function, or one inside it, looks up."""
    names, codes = [], [function.__code__]
    while codes:
        code = codes.pop()
        names += code.co_names
        codes += [each for each in code.co_consts if isinstance(each, CodeType)]
    return [function.__globals__[name] for name in names if name in function.__globals__]


def _tells(name: str, attribute: object) -> bool:
    """Say whether an attribute of a class is part of what its author wrote."""
    if name in ("__module__", "__firstlineno__", "__dict__", "__weakref__", "__doc__"):
        return False
    return not name.startswith("__") or callable(attribute)
