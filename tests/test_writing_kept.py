"""The writer of lesson 11: the copy of the prose that it learns from, and the stored results."""

import hashlib
import json
import re

import pytest
from click.testing import CliRunner

from benchmarks.writing import (
    LENGTHS,
    PLAYED,
    PROMPTS,
    RECIPE,
    RESULTS,
    TEMPERATURES,
    WAYS,
    misses,
)
from course_lib.__main__ import main
from course_lib.files.cells import Trouble
from course_lib.publishing import snapshot
from course_lib.writing import course_corpus

CELL = """## Why mix, and not *take* the best?
*4 minutes*

> **Guess first:** see [03 Lookup](03_lookup.ipynb). It hears [2.1, 7.8, 1.4]. How much?

<details><summary>answer</summary>

Two thirds (66 %). "Nobody asked. Did they?" The sign `<end>` comes, and $x^2$. (It is 1, 2, 3, 4.)
</details>

| jar | share |
|---|---|
| river | 9 % |

- **one** thing; [a paper](https://arxiv.org/abs/1) says so.
- another.
"""


def test_what_is_no_prose_is_taken_out():
    assert snapshot.prose(CELL) == (
        "# Why mix, and not take the best?\n\nGuess first: see 03 Lookup. How much?\n\n"
        'Two thirds (66 %). "Nobody asked. Did they?"\n\n- another.'
    )


def test_a_heading_begins_a_section_and_other_cells_go_on_with_it():
    sections = []
    for cell in ("Before.", "## One?\n\nYes.", "More.", "$$x$$", "### Two?"):
        snapshot.add(sections, cell)
    assert sections == ["Before.", "# One?\n\nYes.\n\nMore.", "# Two?"]


def test_the_command_takes_a_snapshot_and_says_when_the_lessons_moved_on(tmp_path):
    file = tmp_path / "course.md"
    said = snapshot.take("intuition", file)
    assert re.fullmatch(r"intuition track, version \S+, \d{4}-\d\d-\d\d: \d+ sections, .*", said)
    assert snapshot.FIRST_LINE.fullmatch(file.read_text(encoding="utf-8").split("\n")[0])
    assert "is what would be made now" in snapshot.compare(file)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("# Recall", "# Remember"), encoding="utf-8")
    assert "have moved on" in snapshot.compare(file)
    with pytest.raises(Trouble, match="There is no track 'physics'; there are intuition"):
        snapshot.take("physics", file)
    with pytest.raises(Trouble, match="Make it: python -m course_lib snapshot"):
        snapshot.compare(tmp_path / "nowhere.md")
    file.write_text("# Question", encoding="utf-8")
    with pytest.raises(Trouble, match="must begin with a line"):
        snapshot.compare(file)


def test_the_kept_snapshot_is_compared_with_the_lessons_whichever_way_they_went():
    """Prose may be mended at any time: the copy need not follow, but says where it is from."""
    done = CliRunner().invoke(main, ["snapshot", "--check"])
    assert done.exit_code == 0, done.output
    assert re.search(r"track of version \S+ on \d{4}-\d\d-\d\d", done.output)


def test_the_stored_results_are_of_this_recipe_and_corpus_and_keep_the_limits():
    stored = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert stored["recipe"] == RECIPE and not misses(stored)
    corpus = course_corpus()
    text = "\0".join((*corpus.train, *corpus.held_out))
    assert stored["corpus"]["source"] == corpus.source
    assert stored["corpus"]["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert [run["seed"] for run in stored["runs"]] == [0, 1, 2]
    for run in stored["runs"]:
        assert [sample["prompt"] for sample in run["samples"]] == list(PROMPTS)
    assert [row["n"] for row in stored["cost"]] == list(LENGTHS)


def test_the_stored_bars_can_be_played():
    stored = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert [(each["prompt"], each["temperature"]) for each in stored["played"]] == [
        (prompt, temperature) for prompt in PLAYED["prompts"] for temperature in TEMPERATURES
    ]
    moments = [moment for each in stored["played"] for moment in each["moments"]]
    for moment in (*moments, *stored["ways"].values()):
        assert len(moment["pieces"]) == len(moment["shares"]) == PLAYED["shown"]
        assert sum(moment["shares"]) <= 1.001 and "".join(moment["pieces"])
    assert all(0 <= moment["taken"] < PLAYED["shown"] for moment in moments)
    assert len(stored["ways"]) == sum(WAYS["wide"] ** depth for depth in range(WAYS["deep"] + 1))
