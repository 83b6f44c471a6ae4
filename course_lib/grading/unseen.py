"""In the place of every module of pictures while a class is marked: asked for, they do nothing."""

from matplotlib.figure import Figure

DRAWN = ("draw_", "name_axes")  # what gives a figure to go on with


class Nothing:
    """Takes any call, has any part, and shows nothing."""

    def __call__(self, *arguments, **options):
        return self

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key):
        return self

    def __iter__(self):
        return iter(())


def nothing(*arguments, **options):
    """Shows nothing."""


def new_figure(width=6.0, height=4.0):
    """Return a figure and its axes: whoever draws upon them goes on."""
    figure = Figure(figsize=(width, height))
    return figure, figure.add_subplot()


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return Nothing() if name.startswith(DRAWN) else nothing
