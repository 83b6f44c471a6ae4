"""The teacher's kit: plans whose minutes add up, and an activity whose numbers are right."""

import re

import numpy as np
import pytest

from course_lib import examples
from course_lib.attention import attend
from course_lib.files.cells import Trouble
from course_lib.lessons import LESSONS, ROOT, TRACKS
from course_lib.publishing import planning, unplugging, voting


def test_each_plan_keeps_the_time_that_its_title_promises():
    for plan in planning.plans():
        longest = max(planning.minutes(part) for part in plan["parts"])
        total = sum(planning.minutes(part) for part in plan["parts"])
        if found := re.search(r"lecture of (\d+) minutes", plan["title"]):
            assert total <= int(found.group(1)), plan["title"]
        elif "twelve weeks" in plan["title"]:
            assert len(plan["parts"]) == 12 and longest <= 90, plan["title"]
        else:
            assert total <= 8 * 60, plan["title"]


def test_a_day_goes_by_its_clock():
    (day,) = [plan for plan in planning.plans() if plan["title"] == "One day"]
    clock = [int(p["when"][:2]) * 60 + int(p["when"][3:]) for p in day["parts"]]
    for begins, part, ends in zip(clock, day["parts"], clock[1:]):
        assert begins + planning.minutes(part) <= ends, part


def test_a_part_that_is_nothing_is_named(monkeypatch, tmp_path):
    file = tmp_path / "plans.toml"
    file.write_text('[[plan]]\ntitle = "T"\nparts = [{ when = "now", lesson = "code/99_no" }]')
    monkeypatch.setattr(planning, "FILE", file)
    with pytest.raises(Trouble, match=r"plans.toml, T: .*code/99_no.* is no lesson"):
        planning.plans()


def test_the_activity_tells_what_the_groups_will_find():
    told = (ROOT / "docs" / "unplugged.md").read_text(encoding="utf-8")
    output, weights = attend(examples.query, examples.keys, examples.values, scale=1)
    for word, share in zip(examples.words, weights):
        assert f"{word} {100 * share:.0f}" in told
    for feature, amount in zip(examples.value_features, output):
        assert f"{feature} {amount:.1f}" in told


def test_the_table_of_growth_is_enough_for_a_hand():
    """Rounded as the groups round, every bean is where softmax puts it, to half a bean."""
    found = unplugging.numbers()
    table = dict(re.findall(r"\| (−?\d) \| ([\d.]+) \|", found["table"]))
    scores = examples.keys @ examples.query
    grown = [float(table[f"{score:.0f}".replace("-", "−")]) for score in scores]
    assert f"{sum(grown):.2f}" == found["sum"]
    _, weights = attend(examples.query, examples.keys, examples.values, scale=1)
    assert np.allclose(100 * np.array(grown) / sum(grown), 100 * weights, atol=0.5)


def test_every_lesson_has_a_vote_and_the_page_has_one_of_each():
    page = voting.page("")
    for track in TRACKS:
        for lesson in LESSONS:
            (vote, *_) = voting.votes(lesson, track)
            assert f"### {vote.ask}" in page, lesson.place(track)
            assert len({text for text, _ in vote.choices}) == len(vote.choices)
            lengths = [len(text.split()) for text, _ in vote.choices]
            assert lengths[vote.right] < 2 * max(lengths[: vote.right] + lengths[vote.right + 1 :])
    assert page.count("### ") == page.count(" ✓ |") == len(TRACKS) * len(LESSONS)


def test_the_right_choices_do_not_all_have_one_letter():
    letters = [voting.votes(lesson, track)[0].right for track in TRACKS for lesson in LESSONS]
    assert max(map(letters.count, letters)) <= 16


def test_every_word_has_its_card():
    cards = unplugging.numbers()["cards"]
    for word, key, value in zip(examples.words, examples.keys, examples.values):
        card = cards.split(f"### {word}\n")[1].split("###")[0]
        for numbers in (key, value):
            assert f"**[{', '.join(f'{n:.0f}' for n in numbers)}]**".replace("-", "−") in card
