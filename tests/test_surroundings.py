"""What an answer sets or replaces ends with its exercise: the next one is judged as ever."""

import math
import random

import numpy as np
import pytest

from course_lib.exercises import examine
from course_lib.exercises.surroundings import kept

torch = pytest.importorskip("torch")
from course_lib import attention, layers  # noqa: E402 (after torch)
from course_lib.exercises.catalogue import answers_of  # noqa: E402

SPOILS = {
    "numbers of another type": lambda: torch.set_default_dtype(torch.float64),
    "no gradients": lambda: torch.set_grad_enabled(False),
    "another device": lambda: torch.set_default_device("meta"),
    "numpy's errors": lambda: np.seterr(all="raise"),
    "a function of numpy": lambda: setattr(np, "exp", None),
    "a function of math": lambda: setattr(math, "sqrt", lambda x: 0.0),
    "a function of torch": lambda: setattr(torch, "randn_like", None),
    "a start": lambda: setattr(torch.nn.init, "kaiming_uniform_", None),
    "a function of the course": lambda: setattr(attention, "attend", None),
    "a method of the course": lambda: setattr(layers.AttentionLayer, "forward", None),
    "a builtin": lambda: setattr(__import__("builtins"), "sum", None),
    "an endless loop": lambda: exec("while True: pass"),
    "what is random": lambda: (random.seed(0), np.random.seed(0)),  # noqa: NPY002
}
NEXT = {"code": "bug_06_cross", "maths": "softmax_vjp"}


@pytest.mark.parametrize("how", SPOILS)
def test_what_an_answer_spoils_does_not_reach_the_next(how):
    def spoiled(scores, axis=-1):
        SPOILS[how]()
        return scores

    state = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    assert not examine("softmax", spoiled, seed=0).passed
    assert state == (random.getstate(), np.random.get_state()[1].tolist())  # noqa: NPY002
    for name in NEXT.values():
        report = examine(name, answers_of(name).reference, seed=1)
        assert report.passed, report.message


def test_what_was_there_before_is_there_again():
    exp, method = np.exp, layers.AttentionLayer.forward
    before = torch.get_default_dtype(), torch.is_grad_enabled(), np.geterr()
    with kept():
        np.exp = layers.AttentionLayer.forward = len
        layers.AttentionLayer.extra = 1
        for how in ("numbers of another type", "no gradients", "numpy's errors"):
            SPOILS[how]()
    assert (np.exp, layers.AttentionLayer.forward) == (exp, method)
    assert not hasattr(layers.AttentionLayer, "extra")
    assert before == (torch.get_default_dtype(), torch.is_grad_enabled(), np.geterr())


def test_a_notebook_keeps_its_own_settings():
    torch.set_default_dtype(torch.float64)
    try:
        assert examine("bug_06_cross", answers_of("bug_06_cross").reference, seed=1).passed
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
