"""What reports say: overrides everywhere, who is missing, names, probes, and no formula."""

import csv
import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from course_lib.exercises.report import Probed
from course_lib.grading import gradebook, pages, reports, runs, texts
from course_lib.grading.marks import ExerciseMark, Mark, unjudged
from tests.grading.mess import put
from tests.grading.test_files import Class
from tests.grading.test_marks import MARK


@pytest.fixture
def one(tmp_path, quick):
    return Class(tmp_path)


@pytest.fixture
def run(one):
    return runs.begin(one.made, one.marks)


def table(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def cases(path):
    """{(student, exercise): its case} of JUnit XML."""
    return {
        (suite.get("name"), case.get("name")): case
        for suite in ET.parse(path).getroot()
        for case in suite
    }


# ---- a teacher's own points --------------------------------------------------------------------


def test_an_override_reaches_every_output(one):
    put(one.inbox / "ada.ipynb", one.stub)
    put(
        one.marks / "overrides.csv",
        "student,exercise,points,reason\nada,softmax,6,on paper\nBob Example,softmax,4,orally\n",
    )
    rows = one.grade()
    assert [rows[s]["total"] for s in ("ada", "bob")] == ["6", "4"]
    for name, column in (("canvas.csv", "Student"), ("moodle.csv", "ID number")):
        points = {row[column]: row["code/02_softmax"] for row in table(one.marks / name)}
        assert list(points.values())[-2:] == ["6", "4"], name
    found = cases(one.marks / "junit.xml")
    assert found["ada", "softmax"].find("failure") is None
    assert "on paper" in found["ada", "softmax"].findtext("system-out")
    assert "orally" in found["bob", "softmax"].findtext("failure")
    assert found["ada", "temperature_softmax"].find("failure") is not None
    page = (one.marks / "feedback" / "bob.html").read_text()  # who handed nothing in
    assert "Set by your teacher: orally" in page and "4 of 11" in page
    summary = (one.marks / "summary.html").read_text()
    assert "<th>set by hand</th><td>2: Ada Example (ada), Bob Example (bob)</td>" in summary
    assert "median of the 2 marked</th><td>5 of 11" in summary
    (one.marks / "overrides.csv").unlink()
    assert one.grade()["bob"]["total"] == "0"
    assert not (one.marks / "feedback" / "bob.html").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("student,exercise,points\nada,softmax,6\nbob,softmaxx,3\n", "line 3: no 'softmaxx'"),
        ("student,exercise,points\nada,softmax,6\nada,softmax,x\n", "points must be a number"),
        ("student,exercise\nada,softmax\n", "needs a line of headings"),
        (b"student,exercise,points\nada,softmax,6\nb\xfcb,softmax,3\n", "not text in UTF-8"),
        ("", "it has nothing"),
    ],
)
def test_one_wrong_line_does_not_hide_the_table(one, text, said):
    put(one.inbox / "ada.ipynb", one.right)
    put(one.marks / "overrides.csv", text)
    assert one.grade()["ada"]["total"] == "11"
    assert one.ran.exit_code == 2 and said in one.ran.output
    assert re.search(r"ada +11 of 11", one.ran.output) and "All else is written" in one.ran.output


def test_points_by_hand_end_a_doubt(one):
    put(one.inbox / "ada.ipynb", b"%PDF-1.4")
    one.grade()
    assert [row["code/02_softmax"] for row in table(one.marks / "moodle.csv")] == ["", "0"]
    put(one.marks / "overrides.csv", "student,exercise,points\nada,softmax,5\n")
    one.grade()
    assert [row["code/02_softmax"] for row in table(one.marks / "moodle.csv")] == ["5", "0"]


# ---- the class at one look ---------------------------------------------------------------------


def test_the_summary_counts_who_is_missing_and_what_could_not_be_read(one):
    one.release("id\n" + "\n".join(f"s{n}" for n in range(6)))
    for student, made in (("s0", one.right), ("s1", "{"), ("s2", b"%PDF"), ("s3", one.nothing)):
        put(one.inbox / student / "x.ipynb", made)
    one.grade()
    summary = (one.marks / "summary.html").read_text()
    assert "<th>handed nothing in</th><td>2: s4, s5</td>" in summary
    assert "<th>could not be read</th><td>2: s1, s2</td>" in summary
    assert "<th>an answer not defined</th><td>1: s3</td>" in summary
    assert "median of the 2 marked</th><td>5.5 of 11" in summary


@pytest.mark.parametrize(
    "diagnosis", ["missing", "stopped", "raises", "not-attempted", "not-marked", "not-handed-in"]
)
def test_what_is_no_thought_is_no_misconception(diagnosis):
    wrong = replace(MARK, exercises=(ExerciseMark("softmax", 6, 0, diagnosis),))
    assert pages.misconceptions({"ada": wrong, "bob": MARK}) == {("softmax", "wrong-axis"): 1}
    right = replace(MARK, exercises=(replace(MARK.of("softmax"), earned=6, by_hand="orally"),))
    assert pages.misconceptions({"ada": right}) == {}


def test_what_failed_on_our_side_is_no_number_anywhere(run):
    blank = Mark("ada", unjudged(run.release.points, "not-marked"), "ada.ipynb", blank=True,
                 problem="marking failed: grade again.")  # fmt: skip
    reports.write(run, {"ada": blank}, "walls")
    row = table(run.folder / "gradebook.csv")[0]
    assert row["softmax"] == row["total"] == "" and "grade again" in row["remarks"]
    assert [r["code/02_softmax"] for r in table(run.folder / "moodle.csv")] == ["", "0"]
    assert cases(run.folder / "junit.xml")["ada", "softmax"].find("skipped") is not None


# ---- a student's page --------------------------------------------------------------------------


def test_a_page_has_every_probe_with_its_points_and_names_for_ids(run):
    probes = (
        Probed("shares", 1, "each row of `softmax(x)` becomes *shares*"),
        Probed("axis", 2, "any axis", "it is 0 < 1"),
    )
    mark = Mark("ada", (ExerciseMark("softmax", 7.5, 2.5, "wrong-axis", "See `axis=-1`.",
                                     "x = 1", probes),), file="ada.ipynb")  # fmt: skip
    page = pages.feedback(run, mark)
    assert "Ada Example" in page and "code/02_softmax: ada" not in page
    assert "✓ each row of <code>softmax(x)</code> becomes <i>shares</i></td><td>2.5" in page
    assert "✗ any axis <i>it is 0 &lt; 1</i></td><td>5<" in page
    assert "See <code>axis=-1</code>." in page
    assert "<p>Return shares: all positive, with sum 1 along the axis.</p>" in page  # what is asked


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("``a_b`` and `**kw`", "<code>a_b</code> and <code>**kw</code>"),
        ("a **bold** *word*", "a <b>bold</b> <i>word</i>"),
        ("2 * 3 * 4, a*b*c, **", "2 * 3 * 4, a*b*c, **"),
        ("<b>`<i>`", "&lt;b&gt;<code>&lt;i&gt;</code>"),
        ("an ` alone", "an ` alone"),
    ],
)
def test_markdown_becomes_html_and_html_stays_text(text, made):
    assert texts.inline(text) == made


# ---- tables ------------------------------------------------------------------------------------

SIGNS = "=+-@＝＋－＠"


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize(
    "before", ["", "x;", "x\t", "x,", 'x;"', "x; ", "x|", "x\n", "x\r\n", "\t"]
)
def test_no_cell_is_a_formula_however_a_spreadsheet_splits(sign, before):
    text = gradebook.as_csv([{"student": f"{before}{sign}cmd()", "total": 3}])
    assert text.startswith("\ufeff")
    for separator in ",;\t|":
        for line in text.removeprefix("\ufeff").splitlines():
            for cell in line.split(separator):
                assert cell.strip(" \"'")[:1] not in SIGNS or "'" in cell[: cell.index(sign)], cell


def test_numbers_and_plain_texts_stay_as_they_are():
    text = gradebook.as_csv(
        [{"a": -1, "b": 2.5, "c": "it is - well; fine", "d": "a=b", "e": "x-1"}]
    )
    assert text == "\ufeffa,b,c,d,e\n-1,2.5,it is - well; fine,a=b,x-1\n"


def test_every_table_opens_in_a_spreadsheet(one):
    one.release("id,name,email\nada,＝Jörg(),a@b.org\nbob,-Ö;=1+1,\n")
    put(one.inbox / "ada" / "x;=cmd().ipynb", "{")
    one.grade()
    for name in ("gradebook.csv", "canvas.csv", "moodle.csv"):
        content = (one.marks / name).read_bytes()
        assert content.startswith(b"\xef\xbb\xbf") and not re.search(rb"[;,][=\-]", content), name
    assert table(one.marks / "gradebook.csv")[0]["name"] == "'＝Jörg()"
