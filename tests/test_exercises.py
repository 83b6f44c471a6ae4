"""Every declaration, walked: right answers pass, each mistake is refused and named."""

import copy
import re
import time

import nbformat
import numpy as np
import pytest

from course_lib.exercises import (
    _inputs,
    _mistakes,
    answers_of,
    declare,
    examine,
    judge,
    judge_outcomes,
    names,
    task_of,
)
from course_lib.lessons import ROOT

SEEDS = range(200)
HEARD = range(4)
NAMES = names()
FUNCTIONS = [name for name in NAMES if not task_of(name).value]
MISTAKES = [(name, m.slug) for name in NAMES for m in answers_of(name).misconceptions]


def value_for(task, seed, answer):
    return answer(_inputs(task, seed, None)) if task.value else answer


def test_there_are_exercises_and_each_has_what_it_needs():
    assert len(NAMES) > 10
    for name in NAMES:
        answers, task = answers_of(name), task_of(name)
        right = 2 if task.value else 3
        assert len(answers.also_right) >= right, f"{name}: at least {right} other right answers"
        assert answers.misconceptions, name
        slugs = [m.slug for m in answers.misconceptions]
        assert len(slugs) == len(set(slugs)), name
        assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) for slug in slugs), slugs


@pytest.fixture
def unwatched(monkeypatch):
    """No time limit, and from a seed on no ear for shortcuts: both cost more than the answers.

    Which functions an answer calls does not hang on the numbers, so a few of the seeds are heard.
    """
    monkeypatch.setattr(judge, "SECONDS", None)
    listening, run = [True], judge.run

    def heard(*arguments, forbids=(), **options):
        return run(*arguments, forbids=forbids if listening[0] else (), **options)

    monkeypatch.setattr(judge, "run", heard)

    def listen(seed):
        listening[0] = seed in HEARD
        return listening[0]

    return listen


@pytest.mark.parametrize("name", NAMES)
def test_right_answers_pass(name, unwatched):
    task, answers = task_of(name), answers_of(name)
    for seed in SEEDS:
        heard = unwatched(seed)
        for right in (answers.reference, *answers.also_right)[0 if heard else 1 :]:
            report = examine(name, value_for(task, seed, right), seed=seed)
            # the reference may be the library's own function, which is a shortcut for a learner
            shortcut = right is answers.reference and report.diagnosis == "shortcut"
            assert report.passed or shortcut, f"seed {seed}: {report.message}"
            assert report.earned == (
                0 if shortcut else report.points == task.points and task.points
            )


@pytest.mark.parametrize("name", NAMES)
def test_mistakes_are_refused_and_named(name, unwatched):
    task = task_of(name)
    for seed in SEEDS:
        heard = unwatched(seed)
        for mistake, outcomes in _mistakes(name, seed, None):
            if heard:
                report = examine(name, value_for(task, seed, mistake.wrong), seed=seed)
            else:
                report = judge_outcomes(name, outcomes, seed=seed)
            assert not report.passed and report.attempted, f"{mistake.slug}, seed {seed}"
            assert report.diagnosis == mistake.slug, f"seed {seed}: taken for {report.diagnosis}"
            assert mistake.hint in report.message
            assert report.earned < report.points


@pytest.mark.parametrize(("name", "slug"), MISTAKES)
def test_a_mistakes_page_to_reread_exists(name, slug):
    mistake = next(m for m in answers_of(name).misconceptions if m.slug == slug)
    lesson, _, heading = mistake.reread.partition(": ")
    notebook = nbformat.read(ROOT / "notebooks" / f"{lesson}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    headings = re.findall(r"^#{2,4} (.+?)\s*$", text, re.M)
    assert heading in headings, f"{lesson} has no heading {heading!r}; it has {headings}"


def changes_its_input(answer):
    def wrong(*arguments, **options):
        result = answer(*copy.deepcopy(arguments), **options)
        arrays = [a for a in arguments if isinstance(a, np.ndarray) and a.flags.writeable]
        for array in arrays:
            array[...] = 0
        return result

    return wrong


def first_argument(*arguments, **options):
    return arguments[0]


def one_axis_more(answer):
    return lambda *arguments, **options: np.asarray(answer(*arguments, **options))[None]


def raises(*arguments, **options):
    raise ZeroDivisionError("nought")


GENERIC = {
    "returns None": lambda right: lambda *a, **k: None,
    "a constant": lambda right: lambda *a, **k: np.array([0.25, 0.75]),
    "the input": lambda right: first_argument,
    "a wrong shape": one_axis_more,
    "raises": lambda right: raises,
    "a string": lambda right: lambda *a, **k: "right",
}


@pytest.mark.parametrize("kind", GENERIC)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_generic_mistakes_are_refused_and_named(name, kind):
    right = answers_of(name).also_right[0]
    report = examine(name, GENERIC[kind](right), seed=0)
    assert not report.passed and report.attempted
    assert report.diagnosis is not None
    assert "What happened: " in report.message


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_answer_that_changes_its_input_is_refused(name):
    report = examine(name, changes_its_input(answers_of(name).also_right[0]), seed=0)
    scalars_only = not any(
        isinstance(v, np.ndarray) for v in _inputs(task_of(name), 0, None).values()
    )
    assert report.passed if scalars_only else "changed its input" in report.message


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_endless_answer_is_stopped(name, monkeypatch):
    monkeypatch.setattr(judge, "SECONDS", 0.2)

    def endless(*arguments, **options):
        while True:
            pass

    start = time.monotonic()
    report = examine(name, endless, seed=0)
    assert report.diagnosis == "never-returns" and time.monotonic() - start < 10


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_stub_is_not_an_attempt(name):
    def stub(*arguments, **options):
        raise NotImplementedError("your code here")

    report = examine(name, stub)
    assert not report.attempted and not report.passed and report.earned == 0
    assert "not attempted yet" in report.message


@pytest.mark.parametrize("name", [name for name in NAMES if task_of(name).value])
def test_three_dots_are_not_an_attempt_and_nonsense_is_told_so(name):
    assert not examine(name, ...).attempted
    nonsense = examine(name, "zebra?", seed=0)
    assert nonsense.attempted and not nonsense.passed and "answer with" in nonsense.message


@pytest.mark.parametrize("name", [name for name in NAMES if task_of(name).value])
def test_a_question_shows_the_numbers_of_its_variant(name):
    task = task_of(name)
    for variant in ("ada", "student-01", "course"):
        inputs = _inputs(task, None, variant)
        assert task.question(inputs) == task.question(_inputs(task, None, variant))
        right = answers_of(name).reference(inputs)
        assert examine(name, right, variant=variant).passed


@pytest.mark.parametrize("name", NAMES)
def test_no_hint_gives_the_answer_away_and_points_are_whole(name):
    task, answers = task_of(name), answers_of(name)
    assert all(isinstance(probe.points, int) and probe.points > 0 for probe in task.probes.values())
    for mistake in answers.misconceptions:
        assert mistake.hint.strip().endswith(("?", ".")), mistake.slug


def test_an_unknown_name_lists_the_nearest():
    with pytest.raises(KeyError, match="Nearest: .*softmax"):
        examine("sofmax", None)


def test_names_are_unique():
    with pytest.raises(ValueError, match="unique"):
        declare.task(name="softmax", inputs=None, probes={"a": None})


def test_a_seed_repeats_and_no_seed_is_fresh():
    seen = []

    def listens(scores, axis=-1):
        seen.append(np.array(scores, dtype=float))
        return scores

    for seed in (5, 5, None, None):
        examine("softmax", listens, seed=seed)
    each = [seen[i] for i in range(0, len(seen), len(seen) // 4)]
    assert np.array_equal(each[0], each[1])
    assert not np.array_equal(each[2], each[3])


def test_a_learners_way_of_writing_costs_nothing():
    from course_lib.exercises import questions

    letter, word, number = (
        next(iter(probes.values())).run
        for probes in (questions.letter("abc"), questions.word(["tea"]), questions.number(0.1))
    )
    assert {letter(said, {}).item() for said in ("b", "B", "(b)", "b.", " b) ", "'b'")} == {"b"}
    assert {word(said, {}).item() for said in ("tea", "Tea.", ' "tea" ', "TEA")} == {"tea"}
    assert {number(said, {}).item() for said in (30, "30", "30 %", " 30.0 ")} == {30}
