"""Which check cells count, and what a report is worth: without a kernel."""

import pytest

from course_lib.exercises import MIME, Report, names, task_of
from course_lib.files import cells
from course_lib.grading import releases
from course_lib.learner import verdicts
from course_lib.learner.running import Ran
from tests import learner_course as small

FULL = Report("softmax", True, True, 6, 6)
PARTLY = Report("softmax", False, True, 4, 6, symptom="a row sums to 0.61.", hint="there.")
STUB = Report("softmax", False, False, 0, 6)
FAILED = {"output_type": "error", "ename": "CheckFailed", "evalue": "✗ softmax: 6 of 6 points."}
COURSE = small.notebook(small.exercise("softmax"))
CHECK = small.cell(COURSE, "check-softmax")


def shown(report):
    return {"output_type": "display_data", "data": {MIME: getattr(report, "as_json", report)()}}


def verdict(*outputs, cell=CHECK, worth=6, outcome="passed", name="softmax", allowed=None):
    ran = [Ran(3, cell, outcome, list(outputs))]
    known = {cells.digest(CHECK)} if allowed is None else allowed
    return verdicts.verdict(name, worth, known, {"cells": [cell]}, ran)


def test_a_report_says_what_came_of_the_exercise():
    assert str(verdict(shown(FULL))) == "✓ softmax: 6 of 6 points"
    assert str(verdict(shown(STUB), FAILED, outcome="failed")) == "○ softmax: not attempted"
    assert str(verdict(shown(PARTLY), FAILED, outcome="failed")).splitlines() == [
        "✗ softmax: 4 of 6 points so far",
        "    What happened: a row sums to 0.61.",
        "    Where to look: there.",
    ]


SAID = {"output_type": "stream", "name": "stdout", "text": "✓ softmax: 6 of 6 points."}
DOT = Report("dot", True, True, 3, 3)


@pytest.mark.parametrize(
    "outputs",
    [
        [],
        [SAID],
        [shown(DOT)],
        [{"output_type": "display_data", "data": {MIME: None}}],
        [{"output_type": "display_data", "data": {MIME: {"name": "softmax", "passed": True}}}],
        [{"output_type": "display_data", "data": {"text/plain": "✓ softmax: 6 of 6 points."}}],
        [{"output_type": "execute_result", "data": {}}],
    ],
)
def test_words_and_reports_on_other_exercises_do_not_count(outputs):
    assert (verdict(*outputs).state, verdict(*outputs).earned) == ("failed", 0)
    assert "no report came of it" in verdict(*outputs).message


def test_of_several_reports_the_last_one_on_this_exercise_counts():
    outputs = [shown(FULL), shown(PARTLY), shown(DOT), FAILED]
    assert verdict(*outputs, outcome="failed").earned == 4
    assert verdict(shown(FULL), FAILED, outcome="failed").state == "failed", "it did not end well"


def test_a_teachers_check_with_asserts_counts_as_it_ran():
    own = CHECK | {"source": "assert softmax(scores).sum() == 1, 'shares'"}
    allowed = {cells.digest(own)}
    assert verdict(cell=own, allowed=allowed).state == "passed"
    wrong = {"output_type": "error", "ename": "AssertionError", "evalue": "shares"}
    found = verdict(wrong, cell=own, allowed=allowed, outcome="failed")
    assert (found.state, found.message) == (
        "failed",
        "The check cell fails: AssertionError: shares",
    )


# Points ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("worth", [2.5, 12, 0, 0.1, 7, 6])
@pytest.mark.parametrize("earned", range(7))
def test_points_are_shared_out_as_grade_shares_them(worth, earned):
    report = Report("softmax", earned == 6, True, earned, 6)
    marked = report.share(worth)  # what grade counts
    outcome = "passed" if earned == 6 else "failed"
    assert verdict(shown(report), worth=worth, outcome=outcome).earned == marked


@pytest.mark.parametrize("said", [None, "many", -1, float("nan"), float("inf"), True, [3], {}])
def test_points_that_are_none_are_none(said):
    cell = {"cell_type": "code", "metadata": {"nbgrader": {"points": said}}}
    assert cells.points(cell) is None


def test_points_are_written_without_needless_zeros():
    assert verdicts.counted(2.5, 2.50) == "2.5 of 2.5 points"
    assert verdicts.counted(10.0, 100) == "10 of 100 points"
    assert verdicts.counted(0.1 + 0.2, 0.3) == "0.3 of 0.3 points"


# Which check cells count as unedited -----------------------------------------------------------


def of_course(name):
    return CHECK | {
        "source": f'check("{name}", {name})',
        "metadata": {"nbgrader": {"grade_id": f"check_{name}"}},
    }


def state(name, source, **change):
    cell = of_course(name) | {"source": source} | change
    allowed = {cells.digest(of_course(name))}
    report = shown(Report(name, True, True, 6, 6))
    return verdict(report, cell=cell, name=name, allowed=allowed).state


@pytest.mark.parametrize("student", ["ada", "42", "ada.lovelace@x.org", "a+b-c_d", "żółw"])
@pytest.mark.parametrize("name", ["i02_zero", "i01_direction", "order_05_attention"])
def test_a_question_with_a_students_own_numbers_is_not_edited(name, student):
    released = releases.for_variant({"cells": [of_course(name)]}, student)["cells"][0]
    assert released["source"] != of_course(name)["source"]
    assert state(name, released["source"]) == "passed"
    assert state(name, released["source"] + "\r\n\n  ") == "passed"


@pytest.mark.parametrize(
    "source",
    [
        'check("i02_zero", i02_zero, variant="")',
        'check("i02_zero", i02_zero, variant=me)',
        'check("i02_zero", i02_zero, variant="ada", seed=1)',
        'check("i02_zero", i02_zero, seed=1)',
        'check("i02_zero", "b", variant="ada")',
        'check("i02_zero", i02_zero, variant="ada") or True',
        'try: check("i02_zero", i02_zero, variant="ada")\nexcept: pass',
        'i02_zero = "b"\ncheck("i02_zero", i02_zero, variant="ada")',
        'check("i02_zero", i02_zero, variant="ada", variant="bob")',
        '# check("i02_zero", i02_zero, variant="ada")',
        "",
    ],
)
def test_any_other_edit_is_an_edit(source):
    assert state("i02_zero", source) == "edited"


def test_a_function_has_no_numbers_of_a_student():
    assert state("softmax", 'check("softmax", softmax, variant="ada")') == "edited"
    assert state("unknown", 'check("unknown", unknown, variant="ada")') == "edited"


@pytest.mark.parametrize("change", [" {}", "{}  ", "\n{}\n\n", "{}\r\n", "{}\t\n", "{}\u00a0"])
def test_blank_ends_do_not_edit_a_check(change):
    assert state("softmax", change.format('check("softmax", softmax)')) == "passed"


@pytest.mark.parametrize("tag", sorted(verdicts.FLAGS))
def test_a_check_that_is_told_not_to_fail_is_edited(tag):
    flagged = {"nbgrader": {"grade_id": "check_softmax"}, "tags": [tag]}
    assert state("softmax", 'check("softmax", softmax)', metadata=flagged) == "edited"
    assert state("softmax", 'check("softmax", softmax)', cell_type="raw") == "edited"


def test_every_question_of_the_course_may_have_a_students_numbers():
    questions = [name for name in names() if task_of(name).value]
    assert len(questions) > 40
    for name in questions:
        assert state(name, f'check("{name}", {name}, variant="ada")') == "passed"
