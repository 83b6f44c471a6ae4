"""Behind the walls: one answer, and the calls of it that are asked for from outside.

The probes run elsewhere, with a stand-in for the answer; what they call is called here, within a
limit of time, and heard. Whoever answers may lie: what they say is their own answer all the same.
"""

import importlib
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np

from course_lib.exercises import judge, running, surroundings
from course_lib.grading import crossing, frames

KEPT = 64  # results that are remembered, so that gradients can be asked for


class Desk:
    """Answer what is asked about one answer. forbids: dotted names of what it may not call."""

    def __init__(self, answer: object, forbids: Sequence[str]) -> None:
        self._things: list[Any] = [answer]  # what was not sent, by its number
        self._numbers = {id(answer): 0}
        self._forbids = forbids
        self._computed: dict[int, tuple[list, list]] = {}  # token -> (results, what they came from)
        self._token = 0
        self._described: set[int] = set()

    def opened(self) -> tuple[frames.Header, frames.Arrays]:
        """Say what the answer is."""
        packer = self._packer()
        return {"opened": packer.tree(self._things[0])}, packer.arrays

    def answer(
        self, header: frames.Header, arrays: frames.Arrays
    ) -> tuple[frames.Header, frames.Arrays]:
        """Answer one question: a call, an attribute, gradients."""
        asked = {"call": self._call, "get": self._get, "backward": self._backward}[header["ask"]]
        calls = running.Calls()
        ear = calls if self._forbids else nullcontext()
        try:
            with surroundings.kept(), running.time_limit(header["seconds"]), ear:
                told, found = asked(header, arrays)
        except BaseException as error:
            told, found = {"error": in_detail(error)}, {}
        if self._forbids:
            told |= {"heard": calls.heard(self._forbids)}
        return told, found

    # What is asked ------------------------------------------------------------------------------

    def _call(self, header, arrays):
        self._set_parts(header, arrays)
        function = self._things[header["thing"]]
        given = crossing.received(arrays["arguments"], known)
        before = crossing.received(arrays["arguments"], known)
        same = {id(p): path for path, p in crossing.parts(given) if _has_a_place(p)}
        contents = [(path, p, _content(p)) for path, p in crossing.parts(given)
                    if type(p) in (list, dict)]  # fmt: skip
        packer = self._packer(same)
        with _gradients(header["gradients"]):
            result, peak = _called(function, given, header)
            told = {"result": packer.tree(result), "peak": peak}
        told["changed"] = self._changed(given, before, contents, packer)
        if packer.differentiable:
            came_from = [p for _, p in crossing.parts(given)
                         if crossing.is_tensor(p) and p.requires_grad]  # fmt: skip
            came_from += [self._things[number] for number in header["learned"]]
            self._token += 1
            self._computed[self._token] = packer.differentiable, came_from
            self._computed.pop(self._token - KEPT, None)
            told["token"] = self._token
        return told, packer.arrays

    def _get(self, header, arrays):
        self._set_parts(header, arrays)
        packer = self._packer()
        return {"result": packer.tree(getattr(self._things[header["thing"]], header["name"]))}, (
            packer.arrays
        )

    def _backward(self, header, arrays):
        import torch

        results, came_from = self._computed[header["token"]]
        pairs = [(result, torch.from_numpy(arrays[str(i)]).to(result.dtype))
                 for i, result in enumerate(results) if str(i) in arrays]  # fmt: skip
        found = torch.autograd.grad(
            [result for result, _ in pairs], came_from, [gradient for _, gradient in pairs],
            allow_unused=True, retain_graph=True,
        )  # fmt: skip
        given = {str(i): g.numpy() for i, g in enumerate(found) if g is not None}
        return {"gradients": len(came_from)}, given

    # Modules ------------------------------------------------------------------------------------

    def _packer(self, same: Mapping = {}):
        return crossing.Packer(self._number, self._module, same)

    def _number(self, value):
        """Return the number of what stays here."""
        if id(value) not in self._numbers:
            self._numbers[id(value)] = len(self._things)
            self._things.append(value)
        return self._numbers[id(value)]

    def _module(self, module, packer):
        """Describe a torch module: its parts by name, and where their numbers lie."""
        told = {"kind": "module", "thing": self._number(module), "name": type(module).__name__}
        if told["thing"] in self._described:
            return told
        modules = [
            [path, self._number(part), type(part).__name__, part.training]
            for path, part in module.named_modules(remove_duplicate=False)
        ]
        self._described |= {number for _, number, _, _ in modules}
        stores: dict[int, str] = {}
        tables = [(True, *named) for named in module.named_parameters(remove_duplicate=False)]
        tables += [(False, *named) for named in module.named_buffers(remove_duplicate=False)]
        parts = [self._table(packer, stores, *table) for table in tables]
        return told | {"modules": modules, "parts": parts}

    def _table(self, packer, stores, learned, path, tensor):
        import torch

        store = tensor.untyped_storage()
        if store.data_ptr() not in stores:
            raw = torch.empty(0, dtype=torch.uint8).set_(store)
            stores[store.data_ptr()] = packer.array(raw.numpy().copy())
        return {
            "path": path, "thing": self._number(tensor), "learned": learned,
            "store": stores[store.data_ptr()], "start": tensor.storage_offset(),
            "shape": list(tensor.shape), "stride": list(tensor.stride()),
            "type": str(tensor.dtype).partition(".")[2], "requires": tensor.requires_grad,
        }  # fmt: skip

    def _set_parts(self, header, arrays):
        """Give parameters the numbers that they have outside, and modules their mode."""
        if not header.get("parts") and not header.get("modes"):
            return
        import torch

        with torch.no_grad():
            for number, name, kind in header["parts"]:
                tensor, numbers = self._things[number], torch.from_numpy(arrays[name])
                dtype = getattr(torch, kind)
                if tensor.dtype != dtype or tensor.shape != numbers.shape:
                    tensor.data = numbers.to(dtype)
                else:
                    tensor.data.copy_(numbers)
            for number, requires in header["requires"]:
                self._things[number].requires_grad_(requires)
        for number, training in header["modes"]:
            self._things[number].training = training

    def _changed(self, given, before, contents, packer):
        """Return [[place, tree of what stands there now]] for what a call changed of its inputs."""
        found, whole = [], {}
        for path, container, content in contents:
            if not _same_content(container, content):
                whole[path] = True
                bare = self._packer()
                bare.arrays = packer.arrays
                found.append([list(path), bare.tree(container)])
        for path, part in crossing.parts(before):
            if any(path[: len(other)] == other for other in whole):
                continue
            now = crossing.part_at(given, path)
            if not _unchanged(part, now):
                bare = self._packer()
                bare.arrays = packer.arrays
                found.append([list(path), bare.tree(now)])
        return found


def _called(function, given, header):
    """Call a function; return its result, and the most room it took where that is asked for."""
    if header.get("seed") is not None and "torch" in sys.modules:
        sys.modules["torch"].default_generator.manual_seed(header["seed"])
    arguments, options = given
    if not header.get("peak"):
        return function(*arguments, **options), None
    return running.peak_of(function, *arguments)


def _gradients(wanted):
    torch = sys.modules.get("torch")
    return torch.set_grad_enabled(wanted) if torch is not None else nullcontext()


def _has_a_place(part):
    return isinstance(part, np.ndarray) or crossing.is_tensor(part) or type(part) in (list, dict)


def _content(container):
    return list(container.items()) if isinstance(container, dict) else list(container)


def _same_content(container, content):
    now = _content(container)
    if len(now) != len(content):
        return False
    if isinstance(container, dict):
        return all(a[0] == b[0] and a[1] is b[1] for a, b in zip(now, content, strict=True))
    return all(a is b for a, b in zip(now, content, strict=True))


def _unchanged(before, now):
    """Say whether an argument is as it was; what neither is an array nor draws numbers is."""
    if isinstance(before, np.ndarray):
        return (
            before.shape == now.shape
            and before.dtype == now.dtype
            and (before.tobytes() == now.tobytes())
        )
    if crossing.is_tensor(before) and not before.is_sparse:
        return before.shape == now.shape and bool(((before == now) | (before != before)).all())
    if isinstance(before, np.random.Generator):
        states = [crossing.plain_state(one.bit_generator.state) for one in (before, now)]
        return states[0] == states[1]
    return True


_known: dict[str, Mapping[str, Any]] = {}


def known(dotted: str) -> Mapping[str, Any]:
    """Return what a function of the course returns, called once: weights that are on both sides."""
    if dotted not in _known:
        module, _, name = dotted.rpartition(".")
        _known[dotted] = getattr(importlib.import_module(module), name)()
    return _known[dotted]


def in_detail(error: BaseException) -> dict:
    """Return what is told of an error: its kinds, from its own to the most general, and words."""
    kinds = [kind.__name__ for kind in type(error).__mro__ if kind is not object]
    try:
        said = str(error)[: crossing.LONGEST]
    except Exception:
        said = ""
    arguments = [a for a in getattr(error, "args", ()) if isinstance(a, (str, int, float))]
    if len(arguments) != len(getattr(error, "args", ())):
        arguments = [said]
    told = {"kinds": kinds, "message": said, "arguments": arguments}
    try:
        told["said"] = judge.error_in_words(error)[: crossing.LONGEST]
    except Exception:
        told["said"] = f"it raised {kinds[0]}: {said}"
    return told
