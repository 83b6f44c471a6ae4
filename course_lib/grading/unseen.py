"""In the place of every module of pictures while a class is marked: asked for, they do nothing."""

from collections.abc import Iterator
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

DRAWN = ("draw_", "name_axes")  # what gives a figure to go on with


class Nothing:
    """Takes any call, has any part, and shows nothing."""

    def __call__(self, *arguments: Any, **options: Any) -> "Nothing":
        return self

    def __getattr__(self, name: str) -> "Nothing":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: Any) -> "Nothing":
        return self

    def __iter__(self) -> Iterator:
        return iter(())


def nothing(*arguments: Any, **options: Any) -> None:
    """Shows nothing."""


def new_figure(width: float = 6.0, height: float = 4.0) -> tuple[Figure, Axes]:
    """Return a figure and its axes: whoever draws upon them goes on."""
    figure = Figure(figsize=(width, height))
    return figure, figure.add_subplot()


def __getattr__(name: str) -> Any:
    if name not in globals().get("__all__", ()):  # its names stand in each copy
        raise AttributeError(name)
    return Nothing() if name.startswith(DRAWN) else nothing
