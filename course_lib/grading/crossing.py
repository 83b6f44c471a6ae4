"""How things cross between the marker and foreign code: what comes back crosses by value alone.

What the marker sends is pickled, since foreign code may know what it is given. What comes back is a
tree of plain values and a table of arrays, as frames carry them; nothing of it is ever unpickled.
What can't be sent (a function, a module) is kept where it is, and crosses as a number.
"""

import io
import pickle
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

LONGEST = 2000  # characters of a message, or of what a thing says it is
DEEPEST, MOST = 20, 200_000  # of a tree: levels, parts
PLAIN = (bool, int, float, str)
BITS = (np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937, np.random.Philox, np.random.SFC64)
Path = tuple[Any, ...]  # where something stands among arguments: ("0", 2) or ("mask",)


# From the marker to foreign code ---------------------------------------------------------------


class Sender(pickle.Pickler):
    """Pickle arguments. known: what is on both sides, {number of the bytes: name}."""

    def __init__(self, file: io.BytesIO, known: Mapping[tuple, tuple[str, str]]) -> None:
        super().__init__(file, protocol=5)
        self._known = known

    def persistent_id(self, value: Any) -> tuple[str, str, bool] | None:
        """Name what is known on the other side by its place in memory, instead of sending it."""
        if not self._known or not hasattr(value, "dtype") or not hasattr(value, "shape"):
            return None
        name = self._known.get(place_of(value))
        return (*name, isinstance(value, np.ndarray)) if name else None

    def reducer_override(self, value: Any) -> Any:
        """Keep arrays that may not be written to as they are."""
        if type(value) is np.ndarray and not value.flags.writeable:
            return frozen, (value.copy(),)
        return NotImplemented


class Receiver(pickle.Unpickler):
    """Unpickle arguments. known: dotted name of a function -> what it returns."""

    def __init__(self, file: io.BytesIO, known: Callable[[str], Mapping[str, Any]]) -> None:
        super().__init__(file)
        self._known = known

    def persistent_load(self, name: tuple[str, str, bool]) -> Any:
        """Return what is known here already."""
        function, key, as_array = name
        value = self._known(function)[key]
        return value.numpy() if as_array and hasattr(value, "numpy") else value


def frozen(array: np.ndarray) -> np.ndarray:
    """Return an array that raises an error where it is written to."""
    array.setflags(write=False)
    return array


def place_of(value: Any) -> tuple:
    """Return where the numbers of an array or a tensor lie, and in which shape."""
    at = value.data_ptr() if hasattr(value, "data_ptr") else value.ctypes.data
    return at, tuple(value.shape)


def sent(arguments: Any, known: Mapping[tuple, tuple[str, str]] = {}) -> np.ndarray:
    """Return arguments as bytes, in an array, as a frame carries them."""
    file = io.BytesIO()
    Sender(file, known).dump(arguments)
    return np.frombuffer(file.getvalue(), np.uint8)


def received(content: np.ndarray, known: Callable[[str], Mapping[str, Any]]) -> Any:
    """Return the arguments that ``sent`` made bytes of."""
    return Receiver(io.BytesIO(content.tobytes()), known).load()


# Places among arguments --------------------------------------------------------------------------


def parts(value: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield each part of (arguments, options) with its place, the whole of a list before its parts.

    Example:
        >>> [path for path, _ in parts(([1, 2],))]
        [(), (0,), (0, 0), (0, 1)]
    """
    yield at, value
    if type(value) in (list, tuple):
        for place, part in enumerate(value):
            yield from parts(part, (*at, place))
    elif type(value) is dict:
        for key, part in value.items():
            yield from parts(part, (*at, key))


def part_at(value: Any, path: Path) -> Any:
    """Return the part at a place."""
    for step in path:
        value = value[step]
    return value


def is_tensor(value: Any) -> bool:
    """Say whether something is a torch tensor, without loading torch."""
    return hasattr(value, "detach") and hasattr(value, "requires_grad")


# From foreign code to the marker -----------------------------------------------------------------


class Packer:
    """Make a tree of what foreign code returned, and a table of arrays.

    keep: called with what can't be sent, returns its number. describe: called with a torch module
    and this packer, returns its tree. same: {id of an argument: its place}.
    """

    def __init__(
        self,
        keep: Callable[[Any], int],
        describe: Callable[[Any, "Packer"], dict],
        same: Mapping[int, Path] = {},
    ) -> None:
        self.arrays: dict[str, np.ndarray] = {}
        self.differentiable: list[Any] = []  # tensors that know how they were computed
        self._keep, self._describe, self._same, self._count = keep, describe, same, 0

    def array(self, array: np.ndarray) -> str:
        """Put an array into the table; return its name."""
        name = str(len(self.arrays))
        self.arrays[name] = array
        return name

    def tree(self, value: Any, depth: int = 0) -> Any:
        """Return the tree of a value."""
        self._count += 1
        if depth > DEEPEST or self._count > MOST:
            return thing(value)
        if id(value) in self._same and type(value) is not tuple:
            return {"kind": "argument", "path": list(self._same[id(value)])}
        if isinstance(value, np.generic):
            return self._array(np.asarray(value), "scalar", depth)
        if value is None or (isinstance(value, PLAIN) and _short(value)):
            plain: Any = next((kind for kind in PLAIN if isinstance(value, kind)), lambda _: None)
            return plain(value)
        if value is ...:
            return {"kind": "ellipsis"}
        if isinstance(value, complex):
            return {"kind": "complex", "parts": [value.real, value.imag]}
        if isinstance(value, (list, tuple)):
            kind = "list" if isinstance(value, list) else "tuple"
            return {"kind": kind, "parts": [self.tree(part, depth + 1) for part in value]}
        if isinstance(value, dict):
            pairs = [[self.tree(side, depth + 1) for side in pair] for pair in value.items()]
            return {"kind": "dict", "parts": pairs}
        if isinstance(value, np.ndarray):
            return self._array(np.asarray(value), "array", depth)
        return self._other(value)

    def _array(self, array, kind, depth):
        if array.dtype.kind in "biufcUS":
            return {"kind": kind, "array": self.array(array)}
        if array.dtype == object and array.size < 10_000:
            inside = [self.tree(part, depth + 1) for part in array.ravel()]
            return {"kind": "objects", "shape": list(array.shape), "parts": inside}
        return thing(array)

    def _other(self, value):
        if isinstance(value, np.random.Generator):
            return {"kind": "generator", "state": plain_state(value.bit_generator.state)}
        if is_tensor(value):
            return self.tensor(value)
        if hasattr(value, "named_parameters") and hasattr(value, "forward"):
            if not isinstance(value, type):
                return self._describe(value, self)
        if callable(value):
            named = {"name": _name(value), "class": isinstance(value, type)}
            return {"kind": "call", "thing": self._keep(value), **named}
        return thing(value)

    def tensor(self, value: Any) -> dict:
        """Return the tree of a tensor; one that knows how it was computed is noted."""
        if value.is_sparse or value.device.type != "cpu" or value.is_quantized:
            return thing(value)
        told: dict[str, Any] = {"kind": "tensor", "type": str(value.dtype).partition(".")[2]}
        if value.grad_fn is not None:
            told["differentiable"] = len(self.differentiable)
            self.differentiable.append(value)
        bare = value.detach().resolve_conj().resolve_neg()
        if told["type"] == "bfloat16":  # NumPy knows none: it crosses as wider numbers
            bare = bare.float()
        return told | {"array": self.array(bare.numpy())}


def _short(value):
    return not isinstance(value, int) or value.bit_length() < 4000


def _name(value):
    return str(getattr(value, "__name__", type(value).__name__))[:80]


def thing(value: Any) -> dict:
    """Return the tree of something of which only its kind and its own words cross."""
    try:
        said = repr(value)[:LONGEST]
    except Exception:  # its own words fail
        said = f"<{type(value).__name__}>"
    return {"kind": "thing", "name": type(value).__name__[:80], "said": said}


class Unpacker:
    """Make values of a tree. module, call: called with the tree of one, return what stands for it.

    arguments: what was sent, for what came back as itself. computed: in place of the tensors that
    know how they were computed, once they are known here.
    """

    def __init__(
        self,
        arrays: Mapping[str, np.ndarray],
        module: Callable[[dict, "Unpacker"], Any],
        call: Callable[[dict], Any],
        arguments: Any = (),
        computed: tuple[Any, ...] = (),
    ) -> None:
        self.arrays, self._module, self._call = arrays, module, call
        self._arguments, self._computed = arguments, computed

    def value(self, tree: Any) -> Any:
        """Return the value of a tree.

        Raises:
            ValueError, TypeError, LookupError: it is no tree.
        """
        if not isinstance(tree, dict):
            return tree
        kind = tree["kind"]
        if kind in ("list", "tuple"):
            found = [self.value(part) for part in tree["parts"]]
            return found if kind == "list" else tuple(found)
        if kind == "dict":
            return {self.value(key): self.value(part) for key, part in tree["parts"]}
        if kind == "array":
            return self.arrays[tree["array"]]
        if kind == "scalar":
            return self.arrays[tree["array"]][()]
        if kind == "objects":
            made = np.empty(len(tree["parts"]), dtype=object)
            for place, part in enumerate(tree["parts"]):
                made[place] = self.value(part)
            return made.reshape(tree["shape"])
        return self._other(kind, tree)

    def _other(self, kind, tree):
        if kind == "tensor":
            return self.tensor(tree)
        if kind == "argument":
            return part_at(self._arguments, tuple(tree["path"]))
        if kind == "ellipsis":
            return ...
        if kind == "complex":
            return complex(*tree["parts"])
        if kind == "generator":
            return generator(tree["state"])
        if kind == "module":
            return self._module(tree, self)
        if kind == "call":
            return self._call(tree)
        return _stand_in(str(tree["name"]), str(tree["said"]))

    def tensor(self, tree: dict) -> Any:
        """Return the tensor of a tree."""
        import torch

        place = tree.get("differentiable")
        if place is not None and self._computed:
            return self._computed[place]
        return torch.from_numpy(self.arrays[tree["array"]]).to(getattr(torch, str(tree["type"])))


def generator(state: dict) -> np.random.Generator:
    """Return NumPy's random numbers in a state.

    Raises:
        LookupError: NumPy has no such generator.
    """
    bits: Any = {kind.__name__: kind for kind in BITS}[str(state["bit_generator"])]()
    bits.state = state
    return np.random.Generator(bits)


def plain_state(state: Any) -> Any:
    """Return a state whose arrays are lists: a header carries it, and == compares it."""
    if isinstance(state, dict):
        return {name: plain_state(part) for name, part in state.items()}
    return state.tolist() if isinstance(state, np.ndarray) else state


def _stand_in(name: str, said: str) -> object:
    """Return something of a kind of this name that says these words, and can do nothing."""
    kind = type(name or "object", (), {"__repr__": lambda self: said})
    return kind()
