"""What crosses between the marker and an answer: reports are the same, wherever an answer lives."""

import copy
import datetime
import math

import numpy as np
import pytest

from course_lib.exercises import examine, names, running, task_of
from course_lib.exercises.catalogue import answers_of
from course_lib.grading import answering, crossing, frames, judging, standing_in
from course_lib.grading.talking import Gone


class Beside:
    """A talk with a desk in this process; everything crosses as it does through a wall."""

    def __init__(self, answer, forbids=()):
        self.desk = answering.Desk(answer, forbids)

    def ask(self, header, arrays=None, *, seconds):
        asked = frames.unpack(frames.pack(header, arrays)[4:])
        return frames.unpack(frames.pack(*self.desk.answer(*asked))[4:])


def elsewhere(answer, forbids=(), **options):
    return standing_in.Answer(Beside(answer, forbids), **options)


FUNCTIONS = [name for name in names() if not task_of(name).value]


def same_words(report):
    """Return a report without the addresses of objects."""
    words = copy.deepcopy(report.__dict__)
    return {key: repr(value) for key, value in words.items()}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_answer_gets_the_same_report_here_and_elsewhere(name):
    """Right or wrong, to the last word; of the wrong ones a third, another one each day."""
    answers, task = answers_of(name), task_of(name)
    known = judging.known(name)
    wrong = list(answers.wrong.values())[datetime.date.today().toordinal() % 3 :: 3]
    for answer in (answers.reference, *answers.also_right, *wrong):
        here = examine(name, answer, seed=7)
        there = examine(name, elsewhere(answer, task.forbids, known=known), seed=7)
        assert same_words(there) == same_words(here), answer


@pytest.mark.parametrize(
    "value",
    [None, True, 3, -0.0, math.inf, "¾ of it", [1, [2.5, "x"]], (1, (2,)), {"a": {1: None}}, ...,
     2 + 3j, np.float32(0.1), np.int64(7), np.arange(6).reshape(2, 3), np.array(["a", "bc"]),
     np.array([True, False]), np.zeros((0, 3)), np.array([1, None, "x"], dtype=object)],
)  # fmt: skip
def test_values_come_back_as_they_are(value):
    back = elsewhere(lambda: value)()
    assert type(back) is type(value) and repr(back) == repr(value)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64", "int32", "bool"])
def test_tensors_come_back_as_they_are(dtype):
    import torch

    value = torch.arange(6).reshape(2, 3).to(getattr(torch, dtype))
    back = elsewhere(lambda: value)()
    assert back.dtype == value.dtype and torch.equal(back, value)


def test_what_cannot_cross_says_what_it_is():
    class Strange:
        def __repr__(self):
            raise RuntimeError

    assert type(elsewhere(Strange)()).__name__ == "Strange"
    assert repr(elsewhere(lambda: {1, 2})()) == "{1, 2}"
    assert elsewhere(lambda: lambda x: x + 1)()(2) == 3  # a function is called where it is


def test_changes_of_what_was_handed_over_come_back():
    def spoils(array, rows, numbers, *, options):
        array += 1
        rows.append(3)
        options["seen"] = True
        return numbers.integers(100), array

    array, rows, options = np.zeros(3), [1], {}
    numbers, same = np.random.default_rng(0), np.random.default_rng(0)
    drawn, back = elsewhere(spoils)(array, rows, numbers, options=options)
    assert array.tolist() == [1, 1, 1] and rows == [1, 3] and options == {"seen": True}
    assert drawn == same.integers(100) and numbers.integers(100) == same.integers(100)
    assert back is array  # what it handed back is what it was given


def test_a_frozen_array_stays_frozen_and_says_so():
    frozen = np.zeros(3)
    frozen.setflags(write=False)
    with pytest.raises(ValueError, match="read-only"):
        elsewhere(lambda a: a.__iadd__(1))(frozen)


def test_errors_are_of_their_kind_and_tell_the_line():
    class Own(ValueError):
        pass

    def fails(x):
        raise Own(f"x is {x}")

    with pytest.raises(ValueError, match="x is 3") as caught:
        elsewhere(fails)(3)
    assert type(caught.value).__name__ == "Own" and "raise Own" in caught.value.told
    with pytest.raises(KeyError) as key:
        elsewhere({}.__getitem__)("missing")
    assert key.value.args == ("missing",)


def test_a_foreign_error_is_no_verdict_of_ours():
    unfit = type("Unfit", (Exception,), {"__str__": lambda self: ""})

    def says_nothing(*arguments, **options):
        raise unfit

    for name in ("softmax", "attention", "softmax_vjp", "layer_norm"):
        report = examine(name, elsewhere(says_nothing), seed=1)
        assert report.earned == 0 and report.symptom, name
        assert examine(name, says_nothing, seed=1).earned == 0


def test_time_is_limited_there():
    def slow(x):
        while True:
            x = x + 1

    answer = elsewhere(slow)
    with answer.limited(0.3), pytest.raises(running.TooSlow):
        answer(1)
    with answer.limited(0.0), pytest.raises(running.TooSlow):  # nothing is left: it is not asked
        answer(1)


def test_what_cannot_be_read_ends_the_conversation():
    class Liar:
        def __init__(self, told):
            self.told = told

        def ask(self, *_, seconds):
            return self.told

    for told in ({}, {"result": {"kind": "array", "array": "9"}, "changed": []},
                 {"result": 1, "changed": [[[4], 1]]}, {"error": {"kinds": []}},
                 {"result": {"kind": "module", "thing": "x"}, "changed": []}):  # fmt: skip
        with pytest.raises(Gone):
            standing_in.Answer(Liar((told, {})))(1)


def test_a_module_learns_here_as_it_does_there():
    import torch

    def make():
        torch.manual_seed(0)
        return torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))

    here, there = make(), elsewhere(make)()
    x = torch.randn(5, 3)
    for _ in range(3):
        for module in (here, there):
            module.zero_grad()
            module(x).square().mean().backward()
            with torch.no_grad():
                for parameter in module.parameters():
                    parameter -= 0.1 * parameter.grad
    for (name, mine), (other, theirs) in zip(
        here.named_parameters(), there.named_parameters(), strict=True
    ):
        assert name == other and torch.allclose(mine, theirs)
    assert torch.allclose(here.double()(x.double()), there.double()(x.double()))
    with torch.no_grad():
        assert not there(x.double()).requires_grad
    shared = there.get_submodule("0")(x.double())
    assert torch.allclose(shared, here[0](x.double()))  # a part of it can be called alone


def test_what_shares_its_numbers_there_shares_them_here():
    import torch

    def tied():
        module = torch.nn.ModuleDict({n: torch.nn.Linear(2, 2, bias=False) for n in "abc"})
        module["b"].weight = module["a"].weight
        module["c"].weight.data = module["a"].weight.data
        return module

    module = elsewhere(tied)()
    with torch.no_grad():
        module.a.weight.fill_(3)
    assert module.b.weight is module.a.weight
    assert torch.equal(module.c.weight, module.a.weight)


def test_gradients_reach_what_was_handed_over():
    import torch

    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (
        elsewhere(lambda x: {"y": [x**2, x.sum()]})(x)["y"][0] * torch.tensor([1.0, 10.0])
    ).sum().backward()
    assert x.grad.tolist() == [2.0, 40.0]


def test_what_both_sides_know_is_not_sent(monkeypatch):
    import torch

    weights = {"big": torch.ones(1000, 1000)}
    monkeypatch.setitem(answering._known, "module.weights", weights)
    known = {crossing.place_of(weights["big"]): ("module.weights", "big")}
    answer = elsewhere(lambda given: float(given["big"].sum()), known=known)
    assert answer(dict(weights)) == 1e6
    assert answer({"big": weights["big"].numpy()}) == 1e6
    assert crossing.sent(dict(weights), known).nbytes < 1000
