"""An answer that calls the very thing it should write is told so."""

import numpy as np
import pytest
import scipy.special
import torch
import torch.nn.functional as F

from course_lib.attention import attend
from course_lib.exercises import examine
from course_lib.similarity import cosine_similarity, dot
from course_lib.softmax import softmax

SHORTCUTS = {
    "the library's softmax": ("softmax", softmax),
    "the library's, wrapped": ("softmax", lambda s, axis=-1: softmax(s, axis)),
    "scipy": ("softmax", lambda s, axis=-1: scipy.special.softmax(s, axis=axis)),
    "torch.softmax": ("softmax", lambda s, axis=-1: torch.softmax(torch.tensor(s), axis).numpy()),
    "a tensor's method": ("softmax", lambda s, axis=-1: torch.tensor(s).softmax(axis).numpy()),
    "functional": ("softmax", lambda s, axis=-1: F.softmax(torch.tensor(s), dim=axis).numpy()),
    "a module": ("softmax", lambda s, axis=-1: torch.nn.Softmax(axis)(torch.tensor(s)).numpy()),
    "the library's dot": ("dot", dot),
    "the library's cosine": ("cosine_similarity", cosine_similarity),
    "the library's attend": ("lookup", lambda q, k, v: attend(q, k, v, scale=1)),
}


@pytest.mark.parametrize("kind", SHORTCUTS)
def test_shortcuts_are_told(kind):
    name, answer = SHORTCUTS[kind]
    report = examine(name, answer, seed=0)
    assert report.diagnosis == "shortcut" and report.earned == 0 and not report.passed
    assert "very thing" in report.message


def test_what_earlier_lessons_built_may_be_used():
    def lookup(query, keys, values):
        weights = softmax(keys @ query)
        return weights @ values, weights

    assert examine("lookup", lookup, seed=0).passed


def test_the_profile_of_somebody_else_is_put_back():
    import sys

    def heard(*_):
        return None

    sys.setprofile(heard)
    try:
        examine("softmax", np.exp, seed=0)
        assert sys.getprofile() is heard
    finally:
        sys.setprofile(None)


FRUGAL = {
    "column by column": lambda w, g: np.stack(
        [w[..., j] * (g[..., j] - (w * g).sum(-1)) for j in range(w.shape[-1])], -1
    ),
    "item by item": lambda w, g: np.array(
        [w.item(j) * (g.item(j) - (w * g).sum().item()) for j in range(w.size)]
    ),
    "by tolist": lambda w, g: np.array(
        [a * (b - (w * g).copy().dot(np.ones(w.size))) for a, b in zip(w.tolist(), g.tolist())]
    ),
}


@pytest.mark.parametrize("way", FRUGAL)
def test_the_ear_keeps_nothing_alive(way):
    report = examine("softmax_vjp", FRUGAL[way], seed=0)
    assert report.probes[-1].name == "frugal" and report.probes[-1].symptom is None, report.message
