"""What an answer is told: no false word, no foreign hint, and always what holds already."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from course_lib.exercises import examine, examining, task_of
from course_lib.exercises.catalogue import answers_of
from course_lib.exercises.declare import Hint, Probe
from course_lib.exercises.judge import Outcome, Unfit, alike, symptom
from course_lib.exercises.questions import nans, negatives, row_sums
from course_lib.exercises.report import Probed, Report

PROBE = Probe(lambda answer, inputs: answer(), "it holds")


def told(got, want, name="result"):
    outcomes = (Outcome(arrays={name: np.asarray(array)}) for array in (got, want))
    return symptom(PROBE, *outcomes, {})


@pytest.mark.parametrize(
    ("got", "want", "name", "said"),
    [
        ([2, 0], [0, 2], "result", "your result has 2 in place 0, where 0 was expected (2 of 2"),
        ([[1, 7]], [[1, 1]], "counts", "your `counts` has 7 in place (0, 1), where 1 was"),
        ([0.5, 0.2], [0.5, 0.5], "result", "your result is 0.2 at 1, where 0.5 was expected."),
        (3.5, 4.5, "around 1000", "your result (around 1000) is 3.5, where 4.5 was expected."),
        ([3], [2], "shape of the context", "the shape of the context is (3,); here it should be"),
        ([3, 1], [2], "shape of the output", "the shape of the output is (3, 1); here it should"),
        ([3, 1], [2], "result", "your result has shape (2,); here it should be (1,)."),
    ],
)
def test_what_differs_is_said_for_what_it_is(got, want, name, said):
    assert told(got, want, name).startswith(said)
    assert told(want, want, name) is None


@pytest.mark.parametrize("measure", [nans("part"), row_sums("part"), negatives("part")])
@pytest.mark.parametrize("others", [{}, {"other": np.ones(2)}])
def test_a_symptom_finds_its_array_alone_or_among_others(measure, others):
    probe = Probe(lambda answer, inputs: {}, "it holds", 1, (measure,))
    broken = np.array([[-1.0, 5.0], [np.nan, 1.0]])
    got, want = (Outcome(arrays={"part": a} | others) for a in (broken, np.full((2, 2), 0.5)))
    said = symptom(probe, got, want, {})
    assert said is not None and said == measure({"part": broken}, {})


def test_symptoms_get_a_dictionary_where_the_probe_returned_one():
    seen = []
    probe = replace(PROBE, symptoms=(lambda got, inputs: seen.append(got),))
    for name in ("weights", "result"):
        got, want = (Outcome(arrays={name: np.asarray(number)}) for number in (1.0, 2.0))
        assert symptom(probe, got, want, {})
    assert seen == [{"weights": 1.0}, 1.0]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (np.array([object(), 1]), "an array of dtype object (its first entry is of type object)"),
        ([[1], [2, 3]], "a list whose parts don't make one array"),
        ({1, 2}, "a set"),
        (iter([1]), "a list_iterator"),
        (np.array, "a builtin_function_or_method"),
    ],
)
def test_what_is_no_array_is_named(value, said):
    report = examine("softmax", lambda s, axis=-1: value, seed=0)
    assert f"your function returned {said}, where numbers were expected" in report.symptom


@pytest.mark.parametrize("name", ["softmax", "scaled_scores", "lookup", "attention"])
def test_half_precision_is_judged_as_exactly_as_it_can_be(name):
    right = answers_of(name).also_right[0]

    def half(*given, **options):
        found = right(*given, **options)
        parts = found if isinstance(found, tuple) else (found,)
        parts = tuple(np.asarray(part).astype(np.float16) for part in parts)
        return parts if isinstance(found, tuple) else parts[0]

    def near(*given, **options):  # 3 % off
        found = half(*given, **options)
        return tuple(p * 1.03 for p in found) if isinstance(found, tuple) else found * 1.03

    assert examine(name, half, seed=1).passed
    assert not examine(name, near, seed=1).passed


@pytest.mark.parametrize("name", ["softmax", "cosine_similarity", "softmax_vjp", "causal_mask"])
def test_a_changed_input_costs_one_probe(name):
    right = answers_of(name).also_right[0]

    def changing(*given, **options):
        found = np.array(right(*[np.copy(each) for each in given], **options))
        for each in given:
            if isinstance(each, np.ndarray) and each.flags.writeable:
                each += each.dtype.type(1)
        return found

    report = examine(name, changing, seed=2)
    if name == "causal_mask":  # it has no input that could be changed
        assert report.passed
        return
    assert "changed its input" in report.symptom and not report.passed
    assert report.earned >= report.points - max(probe.points for probe in report.probes)


TORCH = ["AttentionLayer", "layer_norm", "merge_heads", "self_attention", "split_heads"]


@pytest.mark.parametrize("name", TORCH)
def test_a_tensor_that_is_changed_costs_a_probe_and_not_all(name):
    right = answers_of(name).also_right[0]

    def changing(function):
        def changed(*arguments, **options):
            found = function(*arguments, **options)
            found = type(found)(a.clone() for a in found) if type(found) is tuple else found.clone()
            next(a for a in arguments if isinstance(a, torch.Tensor)).add_(1)
            return found

        return changed

    if isinstance(right, type):
        other = type(right.__name__, (right,), {})
        other.forward = changing(lambda self, *a, **o: right.forward(self, *a, **o))
    else:
        other = changing(right)
    report = examine(name, other, seed=2)
    assert "changed its input" in report.symptom and "before the call" in report.hint
    assert report.diagnosis in ("changes-input", "in-place")
    assert report.points > report.earned >= report.points - max(p.points for p in report.probes)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (ValueError("shapes (2,) (3,)"), ValueError("shapes (2,) (3,)"), True),
        (ValueError("shapes (2,) (3,)"), ValueError("shapes (3,) (2,)"), False),
        (RuntimeError("a bool tensor"), RuntimeError("mat1 and mat2 shapes"), False),
        (TypeError("f() missing 1"), TypeError("softmax() missing 1"), True),
        (TypeError("f.<locals>.g() missing 1"), TypeError("h() missing 1"), True),
        (KeyError("a"), IndexError("a"), False),
        (ValueError("<f at 0x7f>"), ValueError("<f at 0x80>"), True),
        (Unfit("one"), Unfit("two"), False),
    ],
)
def test_failures_are_alike_if_they_say_the_same(one, other, same):
    assert alike(PROBE, Outcome(error=one), Outcome(error=other)) is same


class ScoresPlusMask(torch.nn.Module):
    """Right but for its mask, which subtracts booleans."""

    def __init__(self, d_query, d_key_value, d_k, d_v):
        super().__init__()
        self.w_q = torch.nn.Linear(d_query, d_k)
        self.w_k = torch.nn.Linear(d_key_value, d_k)
        self.w_v = torch.nn.Linear(d_key_value, d_v)

    def forward(self, x_query, x_key_value, mask=None):
        q, k, v = self.w_q(x_query), self.w_k(x_key_value), self.w_v(x_key_value)
        scores = q @ k.transpose(-1, -2) / k.shape[-1] ** 0.5
        if mask is not None:
            scores = scores + (1 - mask) * -1e9
        weights = scores.softmax(-1)
        return weights @ v, weights


def test_an_error_gets_no_hint_of_another_error():
    report = examine("AttentionLayer", ScoresPlusMask, seed=1)
    assert report.hint is None or "store" not in report.hint
    assert "bool tensor" in report.symptom


class Begun(ScoresPlusMask):
    def forward(self, x_query, x_key_value, mask=None):
        raise NotImplementedError("your code here")


def test_work_in_stages_is_told_what_holds():
    report = examine("AttentionLayer", Begun, seed=1)
    assert report.attempted and 0 < report.earned < report.points
    assert "What holds already: three matrices of the right sizes are learned" in report.message
    assert "one part is not written yet" in report.symptom


def test_a_report_goes_through_json_unchanged():
    for answer in (lambda s, axis=-1: s, None, answers_of("softmax").also_right[0]):
        report = examine("softmax", answer, seed=3)
        again = Report.from_json(report.as_json())
        assert again == report and again.message == report.message
    assert isinstance(report.probes[0], Probed)
    assert sum(probe.points for probe in report.probes) == task_of("softmax").points
    for damage in ({}, {"name": "softmax"}, report.as_json() | {"unknown": 1}):
        with pytest.raises(ValueError, match="no report"):
            Report.from_json(damage)


def test_where_no_mistake_fits_the_fallback_hint_is_told(monkeypatch):
    def heard(answer, fallback):
        answers = replace(answers_of("softmax"), fallback=fallback)
        monkeypatch.setattr(examining, "answers_of", lambda name: answers)
        return examine("softmax", answer, seed=1)

    def unheard_of(scores, axis=-1):
        return np.full(np.shape(scores), 0.123)

    hint = Hint("Add up a row.", "code/02_softmax: …")
    assert "Where to look" not in heard(unheard_of, None).message
    told = heard(unheard_of, hint)
    assert "Where to look: Add up a row.\nRead again: code/02_softmax: …" in told.message
    named = heard(answers_of("softmax").misconceptions[0].wrong, hint)
    assert named.hint and named.hint != hint.hint, "a mistake that is known comes first"
