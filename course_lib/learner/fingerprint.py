"""A short mark of an answer, so that the same answer tried again can be told from another one."""

import functools
import hashlib
import re
import sysconfig
from types import CodeType, FunctionType, MethodType, ModuleType

from course_lib.lessons import ROOT

LIBRARIES = ("site-packages", sysconfig.get_path("stdlib"), str(ROOT / "course_lib"), "<frozen")
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def fingerprint(answer: object) -> str:
    """Return twelve hexadecimal digits that stand for an answer.

    Of a function or class its own code counts, and that of every function, class and value of the
    notebook that it leans on; of a value, how it is written. What libraries define counts by name.

    Example:
        >>> fingerprint(lambda x: x + 1) == fingerprint(lambda x: x + 1)
        True
        >>> fingerprint(lambda x: x + 1) == fingerprint(lambda x: x + 2)
        False
    """
    return hashlib.sha256(repr(_essence(answer, set())).encode()).hexdigest()[:12]


def _essence(part: object, seen: set[int]) -> object:
    """Return plain values that are the same for equal parts; ``seen`` ends circles."""
    if isinstance(part, ModuleType) or id(part) in seen:
        return getattr(part, "__name__", "")
    if isinstance(part, CodeType):
        names = [name for name in part.co_names if not name.startswith("__")]
        return part.co_code, names, [_essence(each, seen) for each in part.co_consts]
    if isinstance(part, MethodType):
        return _essence(part.__func__, seen)
    if isinstance(part, functools.partial):
        return [_essence(each, seen) for each in (part.func, *part.args, *part.keywords.items())]
    if isinstance(part, FunctionType):
        if part.__code__.co_filename.startswith(LIBRARIES) or LIBRARIES[0] in (
            part.__code__.co_filename
        ):
            return part.__module__, part.__qualname__
        seen.add(id(part))
        given = [part.__defaults__, part.__kwdefaults__, *_enclosed(part)]
        return _essence(part.__code__, seen), [_essence(each, seen) for each in given + _used(part)]
    if isinstance(part, type):
        seen.add(id(part))
        own = {k: v for k, v in vars(part).items() if k not in ("__module__", "__firstlineno__")}
        return part.__qualname__, [(k, _essence(v, seen)) for k, v in own.items() if _tells(v)]
    if isinstance(part, dict):
        return [(repr(key), _essence(value, seen)) for key, value in part.items()]
    if isinstance(part, (list, tuple)):
        return [_essence(each, seen) for each in part]
    return ADDRESS.sub("", repr(part))


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


def _tells(attribute: object) -> bool:
    """Say whether an attribute of a class is part of what its author wrote."""
    return callable(attribute) or isinstance(
        attribute, (int, float, str, bytes, bool, tuple, list, dict, property, staticmethod)
    )
