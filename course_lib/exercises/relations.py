"""How wrong numbers stand to the right ones: transposed, in another order, so many times too large.

The measured relation is told beside the first entry that differs, so that whoever makes a mistake
that nobody has foreseen still knows where to begin.
"""

import numpy as np

from course_lib.exercises.declare import Probe
from course_lib.exercises.wording import apart

FEWEST = 3  # numbers that make a pattern: two points lie on a line whatever they are


def relation(probe: Probe, got: np.ndarray, want: np.ndarray) -> str | None:
    """Return a sentence about all numbers at once, or None if there is no pattern in them.

    Example:
        >>> probe = Probe(lambda answer, inputs: answer(), "it holds")
        >>> relation(probe, np.array([2.0, 4.0, 6.0]), np.array([1.0, 2.0, 3.0]))
        'Every number is 2 times what it should be.'
    """
    if want.dtype.kind not in "if" or got.dtype.kind not in "if" or want.size < FEWEST:
        return None
    got, want = got.astype(float), want.astype(float)
    if not (np.isfinite(got).all() and np.isfinite(want).all()):
        return None
    if got.shape != want.shape:
        turned = got.ndim >= 2 and got.swapaxes(-1, -2).shape == want.shape
        same = turned and probe.close(got.swapaxes(-1, -2), want).all()
        return "It is right, but for rows and columns: they have changed places." if same else None
    return next(filter(None, (look(probe, got, want) for look in LOOKS)), None)


def _turned(probe, got, want):
    if want.ndim >= 2 and want.shape[-1] == want.shape[-2]:
        if probe.close(got.swapaxes(-1, -2), want).all():
            return "It is right, but for rows and columns: they have changed places."
    return None


def _times(probe, got, want):
    """One factor for all; equal numbers would fit a factor and a step alike."""
    size = float((want * want).sum())
    factor = float((got * want).sum()) / size if size else 0.0
    if _alike(want) or abs(factor) < 1e-6 or not probe.close(factor * want, got).all():
        return None
    if abs(factor + 1) < 1e-6:
        return "Every number has the right size and the wrong sign."
    return f"Every number is {apart(factor, 1, digits=3)[0]} times what it should be."


def _step(probe, got, want):
    step = float((got - want).mean())
    if _alike(want) or not probe.close(want + step, got).all():
        return None
    return f"Every number is {abs(step):.3g} too {'large' if step > 0 else 'small'}."


def _order(probe, got, want):
    if _alike(want) or not probe.close(np.sort(got.ravel()), np.sort(want.ravel())).all():
        return None
    return "The numbers are the right ones, in another order."


def _part(probe, got, want):
    """Right where the first index is one thing, wrong elsewhere: one sentence, head or row."""
    if want.ndim < 2 or len(want) < 2:
        return None
    right = probe.close(got, want).reshape(len(want), -1).all(axis=1)
    if not right.any() or right.all():
        return None
    places = ", ".join(map(str, np.flatnonzero(right)[:3]))
    return f"Where the first index is {places}, all is right; elsewhere it is not."


def _alike(numbers):
    return bool(np.ptp(numbers) <= 1e-9 * max(1.0, float(np.abs(numbers).max())))


LOOKS = (_turned, _times, _step, _order, _part)
