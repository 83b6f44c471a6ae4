"""Boxes after Leitner, five things for today, and what is remembered of drawn tasks."""

import json
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from course_lib import __main__ as commands
from course_lib.learner import boxes, offers, onlooker, today, tries
from course_lib.lessons import places
from course_lib.practice import NAMES, by_key

DAY = date(2026, 3, 2)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    work = tmp_path / "my_work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


def at(monkeypatch, days):
    """Let some days pass since the first one."""
    now = DAY + timedelta(days=days)

    class Clock(date):
        @classmethod
        def today(cls):
            return now

    monkeypatch.setattr(tries, "date", Clock)
    monkeypatch.setattr(tries.time, "strftime", lambda _: f"{now} 12:00:00")
    return now


def checked(name, *, passed, answer=None):
    report = SimpleNamespace(name=name, passed=passed, attempted=True, earned=3, points=6)
    return tries.remember(report, answer)


def record(folder, name):
    return json.loads((folder / ".progress" / f"{name}.json").read_text(encoding="utf-8"))


def whats(folder, now):
    return [thing.what for thing in today.things(folder.parent, today=now)]


def test_a_week_of_a_learner(folder, monkeypatch):
    """Fail, a hint, pass, come back: what is offered when."""
    monday = at(monkeypatch, 0)
    checked("softmax", passed=True)  # at once
    checked("lookup", passed=False, answer="a")
    checked("dot", passed=False, answer="a")
    checked("dot", passed=True)
    assert whats(folder, monday) == []  # nothing on the same day
    tuesday = at(monkeypatch, 1)
    assert whats(folder, tuesday) == [
        'practice("scores")',
        "lookup in my_work/code/03_lookup.ipynb",
    ]
    checked("scores@5", passed=False, answer="b")
    tries.give_up("scores@5")
    checked("lookup", passed=True)
    wednesday = at(monkeypatch, 2)
    found = today.things(folder.parent, today=wednesday)
    # dot, and the task that was given up; lookup, which took two tries
    assert [thing.what for thing in found] == ['practice("scores")', 'practice("attention")']
    checked("scores@6", passed=True)
    assert record(folder, "dot")["box"] == 1
    assert whats(folder, wednesday) == ['practice("attention")']
    thursday = at(monkeypatch, 3)
    assert whats(folder, thursday) == ['practice("attention")', 'practice("shares")']
    assert today.things(folder.parent, today=thursday)[1].why == "you passed softmax 3 days ago"
    checked("softmax", passed=True)
    assert record(folder, "softmax")["box"] == 2
    assert 'practice("shares")' not in whats(folder, DAY + timedelta(days=9))
    assert 'practice("shares")' in whats(folder, DAY + timedelta(days=10))


def test_why_a_thing_comes_back_is_what_happened(folder, monkeypatch):
    """A first week: two tries, an answer looked up, one left open; then days without a visit."""
    at(monkeypatch, 0)
    checked("cosine_similarity", passed=False, answer="a")
    checked("cosine_similarity", passed=True)
    checked("most_similar", passed=False, answer="a")
    checked("shares@5", passed=False, answer="a")
    tries.give_up("shares@5")
    checked("stories@2", passed=False, answer=50)

    def told(days):
        found = today.things(folder.parent, today=DAY + timedelta(days=days))
        return {thing.what: (thing.why, thing.link) for thing in found}

    page = "practice.ipynb"
    first = {
        'practice("scores")': ("cosine_similarity took you 2 tries, yesterday", page),
        "most_similar in my_work/code/01_similarity.ipynb": (
            "still open, last tried yesterday",
            "../my_work/code/01_similarity.ipynb",
        ),
        'practice("shares")': ("you looked up an answer yesterday", page),
        'practice("stories")': ("you left one open yesterday", page),
    }
    assert told(0) == {} and told(1) == first
    at(monkeypatch, 1)
    checked("shares@5", passed=True)  # the same one, from its seed
    checked("scores@9", passed=False, answer="a")
    checked("scores@9", passed=True)
    assert told(1).keys() == first.keys() - {'practice("shares")', 'practice("scores")'}
    second = told(2)
    assert second['practice("shares")'][0] == "you passed one yesterday, after a look at an answer"
    assert second['practice("scores")'][0] == "one took you 2 tries, yesterday"
    for days in (4, 7, 40):  # nobody came: it waits, and nothing is added or lost
        assert told(days).keys() == second.keys()
    assert "last tried 40 days ago" in told(40)[next(w for w in second if "most" in w)][0]


def test_who_ignores_it_loses_nothing(folder, monkeypatch):
    at(monkeypatch, 0)
    checked("softmax", passed=True)
    before = record(folder, "softmax")
    for days in (3, 30, 300):
        assert whats(folder, DAY + timedelta(days=days)) == ['practice("shares")']
    assert record(folder, "softmax") == before and before["passed"]


def test_a_thing_waits_longer_and_longer_and_a_slip_brings_it_back(monkeypatch):
    kept, days, waits = None, 0, []
    for _ in range(7):
        now = DAY + timedelta(days=days)
        kept = boxes.moved({"passed": True, "tries": 0}, passed=True, before=kept, today=now) | {
            "passed": True,
            "tries": 0,
        }
        wait = next(n for n in range(100) if boxes.due(kept, now + timedelta(days=n)))
        waits.append(wait)
        days += wait
    assert waits == [3, 7, 21, 60, 60, 60, 60]
    again = boxes.moved(kept, passed=True, before=kept, today=DAY + timedelta(days=days - 1))
    assert again["box"] == kept["box"] and again["since"] == kept["since"]  # Run all moves nothing
    slip = boxes.moved(kept, passed=False, before=kept, today=DAY)
    assert slip["box"] == 0 and not boxes.due(slip, DAY) and boxes.due(slip, DAY + timedelta(1))


def test_records_without_a_box_are_read(folder):
    for name, tried, last in (("softmax", 0, "2026-02-20"), ("dot", 2, "2026-03-01")):
        kept = {"passed": True, "tries": tried, "best": 6, "last": f"{last} 10:00:00"}
        (folder / ".progress").mkdir(exist_ok=True)
        (folder / ".progress" / f"{name}.json").write_text(json.dumps(kept), encoding="utf-8")
    assert whats(folder, DAY) == ['practice("scores")', 'practice("shares")']


def test_there_are_five_things_at_most_each_once(folder, monkeypatch):
    at(monkeypatch, 0)
    for name in list(places())[::3]:
        checked(name, passed=len(name) % 2 == 0, answer=name)
    found = whats(folder, DAY + timedelta(days=5))
    assert len(found) == today.MOST == len(set(found))


def test_every_exercise_has_a_kind_of_task_that_is_drawn():
    assert {today.practised(name) for name in places()} <= {*NAMES, ""}
    assert all(today.practised(name) for name in places())
    for name, kind in (("sample", "transformer_layer"), ("cached_flops", "counts")):
        assert today.practised(name) == kind


def test_levels_follow_what_was_passed(folder, monkeypatch):
    at(monkeypatch, 0)
    assert onlooker.reach("attention", 8) == (1, 1)
    checked("attention", passed=True)
    checked("attention_vjp", passed=False)
    assert onlooker.reach("attention", 8) == (5, 1)
    checked("attention@1-1", passed=True)
    checked("attention@2-2", passed=True)
    checked("scores@2", passed=True)
    assert onlooker.reach("attention", 8) == (5, 3)
    tries.give_up("attention@3-3")
    tries.give_up("attention@4-3")
    assert onlooker.reach("attention", 8) == (5, 1)
    assert onlooker.reach("scores", 1) == (5, 1)


def test_a_drawn_task_is_remembered_with_how_it_went(folder):
    spec = by_key("shares@4")
    onlooker.checked(spec.check(lambda *given: None), "none")
    onlooker.checked(spec.check(spec.reference), "right")
    kept = tries.recall(folder)["shares@4"]
    assert kept["passed"] and kept["tries"] == 1 and kept["points"] == spec.task.points
    for number in range(offers.TRIES + 1):  # no worked answer lies in a notebook
        onlooker.checked(by_key("shares@5").check(lambda *given, n=number: n), f"{number}")
    onlooker.gave_up("shares@5")
    assert tries.recall(folder)["shares@5"]["given_up"] is True
    onlooker.gave_up("shares@4")
    assert "given_up" not in tries.recall(folder)["shares@4"]  # it was passed before


def test_outside_of_the_course_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    checked("shares@4", passed=True)
    tries.give_up("shares@4")
    assert list(tmp_path.iterdir()) == []


def test_the_command_and_the_page(folder, monkeypatch, capsys):
    monkeypatch.setattr(today, "ROOT", folder.parent)
    assert today.as_text(folder.parent) == today.NOTHING
    at(monkeypatch, 0)
    checked("softmax", passed=True)
    said = today.as_text(folder.parent)
    assert said.startswith('1. practice("shares")   (you passed softmax ')
    done = CliRunner().invoke(commands.main, ["today"])
    assert done.exit_code == 0 and done.output.strip()
    pages = []
    monkeypatch.setattr(today, "show_page", lambda page, text: pages.append(page))
    today.show_today(folder.parent)
    monkeypatch.delenv("COURSE_QUIET")
    today.show_today(folder.parent)
    assert "Nothing waits for you today." in pages[0] and "softmax" in pages[1]
    assert """<li><a href="practice.ipynb">practice(&quot;shares&quot;)</a>: you""" in pages[1]
    assert all(page.startswith("<section data-progress><") for page in pages)
    checked("lookup", passed=False, answer="a")
    at(monkeypatch, 1)
    monkeypatch.setattr(today, "date", tries.date)
    today.show_today(folder.parent)
    assert '<a href="../my_work/code/03_lookup.ipynb">lookup in my_work/' in pages[2]
