"""What stands in, in the marker's process, for a student's function, class or torch module.

Probes run here and call it as if it were here. Only the call crosses: arguments as bytes, results
by value. A module stands in as a real ``nn.Module`` whose parameters live here; before each call
their numbers are set over there, and gradients come back.
"""

import builtins
import contextlib
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from course_lib.exercises import running
from course_lib.grading import crossing, frames
from course_lib.grading.talking import Gone, Talk

if TYPE_CHECKING:
    import torch

GRACE = 2.0  # seconds over a limit until the other side is given up


class Foreign(Exception):
    """An error of a kind that only the foreign code knows."""


class Answer(running.Elsewhere):
    """A function or a class that lives behind the walls.

    talk: how to ask for what it does. known: what need not be sent, by its place in memory.
    """

    def __init__(
        self,
        talk: Talk,
        thing: int = 0,
        *,
        known: Mapping = {},
        name: str = "answer",
    ) -> None:
        self._talk, self._thing, self._known = talk, thing, known
        self._until = time.monotonic() + 3600.0
        self._heard: set[str] = set()
        self._stand_ins: dict[int, Any] = {}  # number -> the module that stands in for it
        self._tables: dict[int, Any] = {}  # number -> a parameter or buffer
        self._pushed: dict[int, tuple] = {}  # number -> what was set over there
        self.__name__ = name

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call it there; what it changed of its arguments is changed here, too."""
        return self.call(self._thing, arguments, options)[0]

    def peak_of(self, *arguments: Any) -> tuple[Any, int]:
        """Call it there; return its result and the most bytes that it took."""
        result, told = self.call(self._thing, arguments, {}, peak=True)
        return result, int(told)

    @contextlib.contextmanager
    def limited(self, seconds: float) -> Iterator[None]:
        """Let the calls in the block take so many seconds together."""
        self._until, self._heard = time.monotonic() + seconds, set()
        yield

    def heard(self, dotted_names: Iterable[str]) -> str | None:
        """Return the first of these functions that it called in the last block, or None."""
        return next((name for name in dotted_names if name in self._heard), None)

    # Asking -------------------------------------------------------------------------------------

    def call(
        self, thing: int, arguments: tuple, options: dict, *, peak: bool = False,
        module: "torch.nn.Module | None" = None,
    ) -> tuple[Any, Any]:  # fmt: skip
        """Call what is there by its number; return (result, the room that it took or None)."""
        given = (arguments, options)
        torch = loaded_torch()
        header = {"ask": "call", "thing": thing, "peak": peak, "learned": [], "gradients": True}
        arrays = {"arguments": crossing.sent(_bare(given), self._known)}
        leaves: list[Any] = []
        if torch is not None:
            header["gradients"] = torch.is_grad_enabled()
            header["seed"] = torch.initial_seed() & (2**63 - 1)
            pushed, learned = self._parts_of(module, arrays)
            header |= pushed
            if header["gradients"]:
                leaves = [p for _, p in crossing.parts(given)
                          if crossing.is_tensor(p) and p.requires_grad]  # fmt: skip
                leaves += [self._tables[number] for number in learned]
                header["learned"] = learned
        told, found = self._ask(header, arrays)
        with _readable():
            for path, tree in told["changed"]:
                _change(given, tuple(path), self._unpacker(found, given).value(tree))
            computed = self._computed(told, found, leaves)
            result = self._unpacker(found, given, computed).value(told["result"])
        return result, told.get("peak")

    def attribute(self, thing: int, name: str, module: "torch.nn.Module") -> Any:
        """Return an attribute of what is there by its number."""
        arrays: dict = {}
        header = {"ask": "get", "thing": thing, "name": name}
        told, found = self._ask(header | self._parts_of(module, arrays)[0], arrays)
        with _readable():
            return self._unpacker(found).value(told["result"])

    def backward(self, token: int, gradients: Mapping[str, np.ndarray], count: int) -> list:
        """Return the gradients of what a result was computed from; None where there is none."""
        told, found = self._ask({"ask": "backward", "token": token}, dict(gradients))
        with _readable():
            return [found.get(str(place)) for place in range(count)]

    def _ask(self, header, arrays):
        left = self._until - time.monotonic()
        if left <= 0:
            raise running.TooSlow
        told, found = self._talk.ask(header | {"seconds": left}, arrays, seconds=left + GRACE)
        if "closed" in told:  # the answer's own process has ended, and another one says so
            raise Gone("it ended the process that ran it.")
        if "refused" in told:
            raise Gone(f"its result can't be sent: {told['refused']}")
        with _readable():
            if told.get("heard"):
                self._heard.add(str(told["heard"]))
            if "error" in told:
                raise _error(told["error"])
        return told, found

    def _unpacker(self, arrays, arguments=(), computed=()):
        return crossing.Unpacker(arrays, self._module, self._called, arguments, computed)

    def _called(self, tree):
        other = Answer(self._talk, int(tree["thing"]), known=self._known, name=str(tree["name"]))
        other.__dict__ |= {
            k: v for k, v in self.__dict__.items() if k not in ("_thing", "__name__")
        }
        return other

    def _computed(self, told, arrays, leaves):
        """Return the results that know how they were computed, as torch knows them here."""
        if "token" not in told or not leaves:
            return ()
        trees = sorted(_differentiable(told["result"]), key=lambda tree: tree["differentiable"])
        tensors = [self._unpacker(arrays).tensor(tree) for tree in trees]
        found = _crossing().apply(self, int(told["token"]), tensors, *leaves)
        return found if isinstance(found, tuple) else (found,)

    # Modules ------------------------------------------------------------------------------------

    def _module(self, tree, unpacker):
        number = int(tree["thing"])
        if number not in self._stand_ins:
            self._build(tree, unpacker)
        return self._stand_ins[number]

    def _build(self, tree, unpacker):
        """Make the modules that a tree tells of, and give them their parameters."""
        import torch

        for _, number, name, training in tree["modules"]:
            if number not in self._stand_ins:
                made = _stand_in(str(name))()
                made.__dict__ |= {"_answer": self, "_thing": number, "training": training}
                self._stand_ins[number] = made
        whole = {path: self._stand_ins[number] for path, number, _, _ in tree["modules"]}
        for path, module in whole.items():
            if path:
                owner, _, name = path.rpartition(".")
                whole[owner]._modules[name] = module
        stores = {
            name: torch.frombuffer(bytearray(unpacker.arrays[name].tobytes()), dtype=torch.uint8)
            for name in {part["store"] for part in tree["parts"]}
            if unpacker.arrays[name].size
        }
        for part in tree["parts"]:
            owner, _, name = part["path"].rpartition(".")
            number = part["thing"]
            if number not in self._tables:
                self._tables[number] = _table(part, stores)
                self._pushed[number] = _state(self._tables[number])
            kind = "_parameters" if part["learned"] else "_buffers"
            getattr(whole[owner], kind)[name] = self._tables[number]

    def _parts_of(self, module, arrays):
        """Return (what has to be set over there before a module is called, what it learns)."""
        if module is None:
            return {}, []
        numbers = {id(table): number for number, table in self._tables.items()}
        parts, requires, learned = [], [], []
        named = [*module.parameters(), *module.buffers()]
        for table in named:
            number = numbers.get(id(table))
            if number is None:
                continue
            if table.requires_grad:
                learned.append(number)
            state = _state(table)
            if self._pushed.get(number) != state:
                name = f"part {number}"
                arrays[name] = table.detach().contiguous().numpy()
                parts.append([number, name, str(table.dtype).partition(".")[2]])
                if table.is_leaf and table.is_floating_point():
                    requires.append([number, table.requires_grad])
                self._pushed[number] = state
        modes = [[part._thing, part.training] for part in module.modules()
                 if "_thing" in part.__dict__]  # fmt: skip
        return {"parts": parts, "requires": requires, "modes": modes}, learned


def loaded_torch() -> Any:
    """Return torch if it is loaded, else None: who marks lesson 01 shall not wait for it."""
    import sys

    return sys.modules.get("torch")


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread in the block: tables are small, and other cores have other work."""
    torch = loaded_torch()
    before = torch.get_num_threads() if torch is not None else 1
    if before > 1:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        if before > 1:
            torch.set_num_threads(before)


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    """Take what can't be read as the end of the talk: whoever sends it does so on purpose."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError, RuntimeError) as error:
        if getattr(error, "told", None) is not None:
            raise
        raise Gone(f"what it sent can't be read: {error}") from None


def _bare(given):
    """Return arguments as they are sent: tensors without what they were computed from."""
    if isinstance(given, (list, tuple)) and type(given) in (list, tuple):
        return type(given)(_bare(part) for part in given)
    if type(given) is dict:
        return {key: _bare(part) for key, part in given.items()}
    if crossing.is_tensor(given) and given.grad_fn is not None:
        return given.detach().requires_grad_(given.requires_grad)
    return given


def _change(given, path, new):
    """Put what a call changed in its place among the arguments."""
    old = crossing.part_at(given, path)
    if crossing.is_tensor(old):
        import torch

        with torch.no_grad():
            old.copy_(new) if old.shape == new.shape else old.set_(new)
    elif isinstance(old, np.ndarray):
        old[...] = new
    elif isinstance(old, np.random.Generator):
        old.bit_generator.state = new.bit_generator.state
    elif isinstance(old, list):
        old[:] = new
    elif isinstance(old, dict):
        old.clear()
        old.update(new)


def _differentiable(tree):
    """Yield the trees of tensors that know how they were computed, each once."""
    if isinstance(tree, dict):
        if tree.get("kind") == "tensor" and "differentiable" in tree:
            yield tree
        for part in tree.get("parts") or ():
            for each in part if isinstance(part, list) else [part]:
                yield from _differentiable(each)


def _state(table):
    """Return what changes when a parameter does: where it lies, how often it was written to."""
    return (table.data_ptr(), table._version, table.dtype, tuple(table.shape), table.requires_grad,
            table.detach().contiguous().view(-1).numpy().tobytes())  # fmt: skip


def _table(part, stores):
    """Return a parameter or buffer upon its store; what shares a store there shares it here."""
    import torch

    dtype = getattr(torch, str(part["type"]))
    table = torch.empty(0, dtype=dtype)
    if part["store"] in stores:
        store = stores[part["store"]].untyped_storage()
        table.set_(store, part["start"], tuple(part["shape"]), tuple(part["stride"]))
    else:
        table = torch.empty(tuple(part["shape"]), dtype=dtype)
    if not part["learned"]:
        return table
    return torch.nn.Parameter(table, requires_grad=bool(part["requires"]))


@cache
def _stand_in(name: str) -> type:
    """Return a class of modules, of this name, that are called elsewhere."""
    from torch import nn

    def forward(self, *arguments, **options):
        return self._answer.call(self._thing, arguments, options, module=self)[0]

    def getattr_(self, name):
        try:
            return nn.Module.__getattr__(self, name)
        except AttributeError:
            if name.startswith("_"):
                raise
        return self._answer.attribute(self._thing, name, self)

    return type(name or "Module", (nn.Module,), {"forward": forward, "__getattr__": getattr_})


@cache
def _crossing() -> Any:
    """Return the function whose gradients are computed where its results were."""
    import torch

    class Crossing(torch.autograd.Function):
        @staticmethod
        def forward(ctx, answer, token, results, *leaves):
            ctx.answer, ctx.token, ctx.count = answer, token, len(leaves)
            return tuple(result.clone() for result in results)

        @staticmethod
        def backward(ctx, *gradients):
            given = {str(i): g.contiguous().numpy() for i, g in enumerate(gradients)
                     if g is not None}  # fmt: skip
            found = ctx.answer.backward(ctx.token, given, ctx.count)
            return None, None, None, *(None if g is None else torch.from_numpy(g) for g in found)

    return Crossing


def _error(told: frames.Header) -> BaseException:
    """Return an error of the kind that was raised over there, with the words that were said."""
    kinds = [str(kind) for kind in told["kinds"]]
    if kinds[0] == "TooSlow":
        return running.TooSlow()
    found = next((kind for name in kinds if (kind := _known_error(name))), Foreign)
    if found.__name__ != kinds[0]:
        found = type(kinds[0] or "Foreign", (found,), {})
    try:
        error = found(*told["arguments"])
    except TypeError:
        error = type(kinds[0] or "Foreign", (Foreign,), {})(str(told["message"]))
    error.told = str(told["said"])
    return error


def _known_error(name):
    for place in (builtins, np.exceptions, np.linalg):
        found = getattr(place, name, None)
        if isinstance(found, type) and issubclass(found, Exception):
            return found
    return None
