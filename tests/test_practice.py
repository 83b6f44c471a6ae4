"""Drawn tasks: what is right passes, what is wrong is named, and the question says all it asks."""

import os
import re
import sys

import nbformat
import numpy as np
import pytest

from course_lib.attention import attend
from course_lib.exercises import CheckFailed, Report, examine, hooks
from course_lib.lessons import LESSONS, SOLUTIONS
from course_lib.practice import NAMES, by_key, draw, fair, practice
from course_lib.practice.composing import made
from course_lib.practice.declare import enough
from course_lib.practice.drawing import chosen, kind_of, level_of
from course_lib.practice.seeds import Key
from tests import practice_by_data
from tests.unwatched import unwatched

DRAWS = int(os.environ.get("COURSE_DRAWS", "40"))  # 500 in the nightly walk
SHARE = 8  # draws a test: the walk is shared out among processes
EVERY = [(name, first) for name in NAMES for first in range(0, DRAWS, SHARE)]
CODE = ("scores", "shares", "attention", "layer", "multi_head", "transformer_layer")
FUNCTIONS = (*CODE, "counts", "backward")


def some(name, first):
    return (draw(name, seed=seed) for seed in range(first, min(first + SHARE, DRAWS)))


def told(spec):
    return {axis: choice.slug for axis, choice in spec.options.items()}


@pytest.mark.parametrize("name, first", EVERY)
def test_each_draw_knows_right_from_wrong(name, first, monkeypatch):
    unwatched(monkeypatch)(first == 0)
    for spec in some(name, first):
        right = {"reference": spec.reference, **spec.ways, "data": practice_by_data.answer(spec)}
        assert len(right) == 4
        for way, answer in right.items():
            report = spec.check(answer, seed=spec.seed)
            assert report.passed, (spec.key, way, told(spec), report.message)
            assert report.earned == report.points
        assert spec.neighbours
        for slug, wrong in spec.neighbours.items():
            report = spec.check(wrong, seed=spec.seed)
            assert not report.passed, (spec.key, slug, told(spec))
            assert report.diagnosis == slug, (spec.key, slug, report.diagnosis, told(spec))
            assert report.symptom and report.hint and report.reread


@pytest.mark.parametrize("name, first", [each for each in EVERY if each[0] in FUNCTIONS])
def test_the_example_tells_the_draw_from_its_neighbours(name, first):
    """What the question prints, to three decimals, is another than any neighbour's.

    Not so where the neighbour needs a larger example than anything that was drawn: for who sees
    three keys, "all" is "a beginning of three", and "the best three" is a softmax. An example is
    made larger for what is asked, not for what is not. Stories and symmetries have no example:
    there the question's own numbers are the case.
    """
    for spec in some(name, first):
        given = spec.example()
        room = enough(*spec.options.values())
        right = printed(spec, spec.reference, given)
        for (slug, text, _), taken in spec._one_axis:
            if enough(*spec.options.values(), taken) == room:
                assert printed(spec, made(text, name), given) != right, (spec.key, slug, told(spec))


def printed(spec, function, given):
    try:
        with np.errstate(all="ignore"):
            result = spec.kind.reads(spec.options)(function(*given.values()))
    except Exception as error:
        return repr(error)
    found = result if isinstance(result, dict) else {"": result}
    return {key: (np.round(each, 3) + 0.0).tolist() for key, each in found.items()}


def test_examples_are_small_unless_more_must_be_seen():
    for seed in range(24):
        spec = draw("layer", seed=seed)
        given, many = spec.example(), enough(*spec.options.values())
        size = len(given["x_query"]), len(given["x_key_value"])
        assert size >= (many["queries"], many["keys"])
        if not {str(choice) for choice in spec.options.values()} & {"window", "prefix", "best"}:
            assert (many["queries"], many["keys"]) == (2, 3) and size <= (3, 4), told(spec)


def solutions(*lessons):
    """Return what the solution notebooks define, by name."""
    found = {}
    for lesson in lessons:
        notebook = nbformat.read(SOLUTIONS / f"{lesson}.ipynb", 4)
        space = {}
        for cell in notebook.cells:
            mark = cell.metadata.get("nbgrader", {})
            plain = cell.cell_type == "code" and "check(" not in cell.source
            if plain and (mark.get("solution") or cell.source.startswith(("import", "from"))):
                exec(cell.source, space)
        found |= space
    return found


@pytest.fixture(scope="module")
def published():
    maths = ("maths/06_attention_layer", "maths/09_multi_head", "maths/10_transformer_layer")
    return solutions(*(f"code/{lesson.stem}" for lesson in LESSONS[:10]), *maths)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_published_solutions_are_refused_by_name(name, published):
    for spec in (draw(name, seed=seed) for seed in range(DRAWS // 4)):
        for exercise, called in spec.kind.published.items():
            report = spec.check(published[exercise])
            assert not report.passed, (spec.key, exercise, told(spec))
            assert f"That is {called}; read the specification again." in report.hint, spec.key


def test_the_courses_own_attend_is_told_by_its_name():
    for seed in range(5):
        for level in (1, 4):
            spec = draw("attention", seed=seed, level=level)
            for own in (attend, lambda q, k, v, mask=None, *more: attend(q, k, v, mask=mask)):
                report = spec.check(own)
                assert not report.passed
                assert report.hint.startswith("That is lesson 05's attention; read")
            inside = spec.check(lambda q, k, v, *more: attend(q, k, v))
            assert inside.diagnosis in ("shortcut", "published") and "attend" in inside.symptom


def test_a_neighbour_says_what_is_so_here():
    spec = next(s for s in fair("shares", lesson=5, level=2, rng=np.random.default_rng(0))
                if str(s.options["said"]) == "hidden")  # fmt: skip
    report = spec.check(spec.neighbours["said: may"])
    assert report.hint == "That is right where True means “may look”. Here True hides."
    assert isinstance(report, Report) and 0 <= report.earned < report.points


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_draws_the_same_and_a_level_counts_what_differs(name):
    most = min(len(kind_of(name).axes), 5)
    for seed in range(3):
        one, other = draw(name, seed=seed), draw(name, seed=seed)
        assert one.question == other.question and told(one) == told(other)
        by_key.cache_clear()
        fresh = draw(name, seed=seed)
        assert fresh is not one and fresh.question == one.question
        for level in range(1, most + 1):
            spec = draw(name, seed=seed, level=level)
            moved = [axis for axis, choice in spec.options.items()
                     if choice.name != spec.kind.axes[axis][0].name]  # fmt: skip
            assert len(moved) == level == spec.level == level_of(spec.kind, spec.options)
            assert spec.key == str(Key(name, seed, level)) and by_key(spec.key) is spec
    assert draw(name, variant="ada").key == draw(name, variant="ada").key


@pytest.mark.parametrize("name", NAMES)
def test_draws_of_a_level_are_worth_the_same(name):
    points = {draw(name, seed=seed, level=2).task.points for seed in range(6)}
    assert len(points) == 1


def test_no_two_of_a_class_have_the_same_tasks():
    crowd = [f"student {number}" for number in range(100)]
    drawn = {name: [draw(name, variant=each) for each in crowd] for name in ("scores", "attention")}
    marks = {name: [tuple(told(s).values()) for s in specs] for name, specs in drawn.items()}
    assert len(set(marks["attention"])) >= 95
    assert len(set(zip(*marks.values()))) == 100


@pytest.mark.parametrize("name", NAMES)
def test_a_question_is_complete_to_read(name):
    for seed in range(10):
        spec = draw(name, seed=seed)
        text = spec.question
        assert text.startswith("### ") and "{" not in text and "nan" not in text
        assert not re.search(r"\b1 (keys|rows|places)\b|  [a-z]", text.split("```")[-1]), text
        if name in FUNCTIONS:
            assert f"Write `{spec.signature}`." in text
            for argument in spec.arguments:
                assert f"`{argument}`" in text or name == "counts"
            result = spec.reference(*spec.example().values())
            found = spec.kind.reads(spec.options)(result)
            first = list(found.values())[-1] if isinstance(found, dict) else found
            shown = f"{float(np.round(np.ravel(first)[0], 3)) + 0.0:g}"
            assert shown in text.split("it gives")[1], (spec.key, shown)


def test_outputs_go_back_as_the_columns_were_dealt_out():
    kind, rng, seen = kind_of("multi_head"), np.random.default_rng(0), set()
    for _ in range(60):
        options = chosen(kind, rng, 4)
        heads, mix, said = str(options["heads"]), str(options["mix"]), options["mix"].sentence
        assert ("dealt back" in said) == (heads == "combed" and mix != "mean")
        assert ("put side by side" in said) == (heads != "combed" and mix != "mean")
        seen.add((heads == "combed", mix))
    assert len(seen) == 6


def test_a_drawn_task_is_an_exercise_of_the_engine():
    spec = draw("attention", seed=7, level=3)
    assert examine("attention@7-3", spec.reference).passed
    assert examine("attention@7-3", ...).attempted is False
    report = examine("attention@7-3", lambda *given: None)
    assert report.diagnosis == "returns-none" and report.name == spec.key


def test_what_any_exercise_meets_is_met_here():
    spec = draw("attention", seed=7, level=3)

    def changes(q, *more):
        q += 1
        return spec.reference(q - 1, *more)

    assert spec.check(changes).diagnosis == "changes-input"
    assert "raised" in spec.check(lambda *given: 1 / 0).symptom
    assert not spec.check(42).passed
    assert not spec.check(lambda *given: np.zeros(3)).passed


@pytest.mark.parametrize(
    "call, error, said",
    [
        (lambda: draw("atention"), KeyError, "Nearest: attention"),
        (lambda: draw("attention", level=0), ValueError, "from 1 to 8; it is 0"),
        (lambda: draw("attention", level=9), ValueError, "level of attention must be from 1 to 8"),
        (lambda: draw("attention", level="hard"), ValueError, "it is 'hard'"),
        (lambda: draw("attention", seed=-1), ValueError, "0 or more; it is -1"),
        (lambda: draw("attention", seed=1.5), ValueError, "seed must be a whole number"),
        (lambda: draw("attention", seed=1, variant="ada"), ValueError, "a seed or a variant"),
        (lambda: by_key("attention"), KeyError, "attention@7-3"),
        (lambda: examine("atention@7", None), KeyError, "Nearest: attention"),
        (lambda: next(fair("layer", lesson=2)), ValueError, "is fair after lesson 02"),
        (lambda: practice("softmax"), KeyError, "nothing is drawn under the name 'softmax'"),
    ],
)
def test_what_can_not_be_drawn_is_told(call, error, said):
    with pytest.raises(error, match=re.escape(said)):
        call()


def test_nothing_beyond_a_lesson_is_asked():
    for lesson in (5, 8, 10):
        drawn = fair("attention", lesson=lesson, level=3, rng=np.random.default_rng(1))
        for spec in (next(drawn) for _ in range(4)):
            assert spec.lesson <= lesson
            assert all(choice.lesson <= lesson for choice in spec.options.values())


# In a notebook --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_practice_shows_checks_and_gives_up(name, capsys, monkeypatch):
    heard = []
    monkeypatch.setattr(hooks, "checked", lambda report, answer: heard.append(report.passed))
    monkeypatch.setattr(hooks, "gave_up", heard.append)
    task = practice(name, seed=7)
    assert task.specification.question in task._repr_markdown_()
    assert repr(task) == f'practice("{name}", seed=7)' and repr(task) in task._repr_markdown_()
    task.check(task.specification.reference)
    assert capsys.readouterr().out.startswith(f"✓ {name}@7: ")
    with pytest.raises(CheckFailed, match="Where to look"):
        task.check(next(iter(task.specification.neighbours.values())))
    task.solution()
    space = {"np": np, "math": __import__("math")}
    exec(capsys.readouterr().out, space)
    task.check(space[name])
    assert heard == [True, False, f"{name}@7", True]


def test_the_example_can_be_tried_and_the_task_is_called_by_its_name(monkeypatch):
    friend = practice("attention", seed=3)
    given = friend.example
    assert all(isinstance(each, np.ndarray) for each in given)
    output, _ = friend.specification.reference(*given)
    assert f"{output[1, 0]:.3g}" in friend.specification.question
    given[0][:] = 0  # it is theirs
    assert friend.example[0].any()
    assert "`attention(*task.example)`" in friend._repr_markdown_()
    monkeypatch.setattr(sys.modules["__main__"], "friends", friend, raising=False)
    assert "`friends.check(attention)`" in friend._repr_markdown_()
    assert practice("stories", seed=2).example == ()


def test_a_solution_says_nothing_of_masks_where_there_is_none():
    for share in ("softmax", "extra zero"):
        found = fair("shares", lesson=2, level=1, rng=np.random.default_rng(0))
        spec = next(each for each in found if str(each.options["share"]) == share)
        assert "seen" not in spec.source and "inf" not in spec.source


def test_a_verdict_breaks_between_words(capsys):
    task = practice("attention", seed=3)
    task.check(task.specification.reference)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 1 and all(len(line) <= 92 for line in lines)


def test_practice_follows_what_the_learner_has_passed(monkeypatch):
    monkeypatch.setattr(hooks, "reach", lambda name, most: (5, 3))
    spec = practice("attention").specification
    assert spec.level == 3 and spec.lesson <= 5
    monkeypatch.setattr(hooks, "reach", lambda name, most: (1, 1))
    assert practice("attention").specification.level == 1
    assert practice("attention", level=2).specification.level == 2
    again = practice("scores")
    assert eval(repr(again)).specification.question == again.specification.question
