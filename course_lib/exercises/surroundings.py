"""Leave the process as it was: what an answer sets or replaces must not reach the next exercise.

An answer may set torch's numbers to float64, switch gradients off, or put a function of its own in
the place of ``np.exp``. That is judged where it happens, and gone afterwards.
"""

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np

MODULES = ("builtins", "math", "numpy", "torch", "torch.nn", "torch.nn.functional", "torch.nn.init")


@contextmanager
def kept(*, foreign: bool = True) -> Iterator[None]:
    """Put back, at the end of the block, what it changed of numpy, torch and the course's modules.

    Inside, torch makes float32 and keeps gradients, whatever a notebook has set: probes draw their
    inputs that way. foreign: False where the course's own code runs, which replaces no function.
    """
    torch, before = sys.modules.get("torch"), _parts() if foreign else []
    settings = _settings(torch)
    if torch is not None:
        _set(torch, torch.float32, torch.device("cpu"), True)
    try:
        with np.errstate(all="ignore"):
            yield
    finally:
        _put_back(before)
        random.setstate(settings[0])
        np.random.set_state(settings[1])  # noqa: NPY002 (a learner's, not ours)
        if torch is not None:
            _set(torch, *settings[2:])


def _settings(torch: Any) -> tuple[Any, ...]:
    """Return what is set now: the global draws, and torch's type, device and gradients."""
    drawn: tuple[Any, ...] = (random.getstate(), np.random.get_state())  # noqa: NPY002
    if torch is None:
        return drawn
    return *drawn, torch.get_default_dtype(), torch.get_default_device(), torch.is_grad_enabled()


def _set(torch: Any, dtype: Any, device: Any, gradients: bool) -> None:
    """Set torch's defaults; what is set already stays alone, since a default device costs time."""
    if torch.get_default_device() != device:
        torch.set_default_device(None if device.type == "cpu" else device)
    if torch.get_default_dtype() != dtype:
        torch.set_default_dtype(dtype)
    if torch.is_grad_enabled() != gradients:
        torch.set_grad_enabled(gradients)


def _parts() -> list[tuple[ModuleType | type, dict[str, Any]]]:
    """Return what stands in each module that answers use, and in the course's classes."""
    course = [name for name in sys.modules if name.startswith("course_lib.")]
    names = [*MODULES, *(name for name in course if "." not in name.removeprefix("course_lib."))]
    modules = [module for name in names if isinstance(module := sys.modules.get(name), ModuleType)]
    classes = {
        value: None
        for module in modules
        if module.__name__.startswith("course_lib.")
        for value in vars(module).values()
        if isinstance(value, type) and value.__module__ == module.__name__
    }
    places: list[ModuleType | type] = [*modules, *classes]
    return [(place, dict(vars(place))) for place in places]


def _put_back(before: list[tuple[ModuleType | type, dict[str, Any]]]) -> None:
    """Set what is another now; a class loses what is new (a module may have loaded a part)."""
    for place, parts in before:
        now = dict(vars(place))
        for name in [name for name, part in parts.items() if now.get(name) is not part]:
            setattr(place, name, parts[name])
        if isinstance(place, type):
            for name in now.keys() - parts.keys():
                delattr(place, name)
