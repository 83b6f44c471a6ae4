"""Build a learner's torch module, and load given matrices into its parts."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from course_lib.exercises.judge import Unfit, note_changed
from course_lib.exercises.questions import pair

if TYPE_CHECKING:
    import torch
    from torch import nn

# torch is imported where it is used: checking a function of lesson 01 shall not wait for it.


def generator(seed: int) -> "torch.Generator":
    """Return torch's random numbers from a seed."""
    import torch

    return torch.Generator().manual_seed(seed)


def matrix(rows: int, columns: int, draw: "torch.Generator") -> "torch.Tensor":
    """Return a random matrix (rows, columns) = (out, in) that keeps the size of what it is given.

    So scores stay moderate, and no softmax saturates.
    """
    import torch

    return torch.randn(rows, columns, generator=draw) / columns**0.5


def built(make: Callable, seed: int) -> "nn.Module":
    """Call ``make()``, which builds a module; its own random start is the same on each call.

    Raises:
        Unfit: no module comes of it.
    """
    import torch
    from torch import nn

    before = torch.get_rng_state()
    torch.default_generator.manual_seed(seed)
    try:
        module = make()
    except AttributeError as error:
        if "before Module.__init__" not in str(error):
            raise
        raise Unfit("a part was given to `self` before `super().__init__()` had run.") from None
    finally:
        torch.set_rng_state(before)
    if not isinstance(module, nn.Module):
        came = "nothing" if module is None else f"a {type(module).__name__}"
        raise Unfit(f"calling your class gave no nn.Module but {came}.")
    return module


def load(module: "nn.Module", given: Mapping) -> "nn.Module":
    """Put the given matrices, by name of the part, into a module; set every bias to 0; return it.

    A part may have a second name, in an nn.Sequential or an nn.ModuleList: it counts once.

    Raises:
        Unfit: a part is missing, has another shape or shares its numbers, or the module learns more
            than these parts.
    """
    import torch

    named = dict(module.named_parameters(remove_duplicate=False))
    missing = [name for name in given if f"{name}.weight" not in named]
    if missing:
        numbers = sum(parameter.numel() for parameter in module.parameters())
        raise Unfit(
            f"your layer has no trainable `{missing[0]}.weight`; "
            f"torch finds {numbers} numbers to learn in it."
        )
    asked_for = {f"{name}.{kind}" for name in given for kind in ("weight", "bias")}
    parts = {name: parameter for name, parameter in named.items() if name in asked_for}
    if {id(table) for table in module.parameters()} - {id(table) for table in parts.values()}:
        *names, last = given
        raise Unfit(f"your layer learns more than the matrices {', '.join(names)} and {last}.")
    for name, numbers in given.items():
        shape = named[f"{name}.weight"].shape
        if shape != numbers.shape:
            raise Unfit(
                f"`{name}.weight` has shape {tuple(shape)}; "
                f"with these sizes it should be {tuple(numbers.shape)}, (out, in)."
            )
    with torch.no_grad():
        for name, parameter in parts.items():
            part, _, kind = name.rpartition(".")
            parameter.copy_(given[part]) if kind == "weight" else parameter.zero_()
        for name, numbers in given.items():
            if not torch.equal(named[f"{name}.weight"].float(), numbers):
                raise Unfit(f"`{name}` changed while another matrix was set.")
    return module


@contextmanager
def kept(**tensors: "torch.Tensor") -> Iterator[None]:
    """Watch whether a block leaves these tensors as they are; one that it changes is noted."""
    before = {name: tensor.clone() for name, tensor in tensors.items()}
    yield
    for name, tensor in tensors.items():
        if not before[name].equal(tensor):
            note_changed(name)


def called(
    layer: "nn.Module",
    given: Mapping,
    *options: Any,
    outputs: tuple[str, str] = ("output", "weights"),
    **named: Any,
) -> dict:
    """Call a module with tensors by name; return its two answers by name.

    Raises:
        Unfit: no two answers came back.
    """
    copies = {name: tensor.clone() for name, tensor in given.items()}  # it may be called once more
    with kept(**copies):
        found = pair(layer(*copies.values(), *options, **named))
    found = dict(zip(outputs, found))
    return {"weights": found.pop("weights"), **found}  # first: they tell more of a mistake
