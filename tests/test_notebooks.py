"""The rules that every notebook keeps. Notebooks are found by discovery; none is listed here."""

import io
import json
import re
import statistics
import subprocess
import sys
import tokenize
from pathlib import Path
from urllib.parse import unquote

import nbformat
import numpy as np
import pytest

from course_lib import examples
from course_lib.attention import attend
from course_lib.exercises import names, task_of
from course_lib.lessons import EXERCISES, NOTEBOOKS, ROOT, SOLUTIONS, TRACKS, notebooks
from course_lib.publishing.outputs import CELL_METADATA, store
from course_lib.publishing.outputs import text_of as as_written

ALL = sorted(p for p in NOTEBOOKS.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
COPIES = [p for p in ALL if EXERCISES in p.parents]
STORED = [p for p in ALL if p not in COPIES]
LESSONS = notebooks()
SANITISE = ROOT / "tests" / "nbval_sanitise.cfg"


def name_of(path):
    return str(path.relative_to(NOTEBOOKS))


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(path):
    return [c for c in read(path).cells if c.cell_type == "code" and c.source.strip()]


def each(paths):
    return pytest.mark.parametrize("path", paths, ids=name_of)


@each(ALL)
def test_cells_have_fixed_ids_and_no_stray_metadata(path):
    raw = json.loads(path.read_text(encoding="utf-8"))
    ids = [cell["id"] for cell in raw["cells"]]
    assert len(ids) == len(set(ids))
    for cell in raw["cells"]:
        assert set(cell["metadata"]) <= CELL_METADATA, cell["id"]
    assert set(raw["metadata"]) == {"kernelspec", "language_info"}


@each(ALL)
def test_the_file_is_as_make_and_store_write_it(path):
    """So that a change shows as what it is, and nothing else."""
    written = path.read_text(encoding="utf-8") == as_written(nbformat.read(path, as_version=4))
    assert written, "write it by: python -m course_lib store, or publishing.outputs.write"


@each(STORED)
def test_every_cell_was_run_in_order_and_no_comparison_is_off(path):
    for count, cell in enumerate(code_cells(path), start=1):
        assert cell.execution_count == count, f"{cell.id}: run the notebook from top to bottom"
        tags = cell.metadata.get("tags", [])
        assert not any(tag.startswith("nbval-") for tag in tags), cell.id
        assert not re.search(r"#\s*NBVAL_", cell.source), cell.id
        errors = [o for o in cell.outputs if o.output_type == "error"]
        assert bool(errors) == ("raises-exception" in tags), f"{cell.id}: an error must be stored"


@each(STORED)
def test_outputs_are_the_same_everywhere(path):
    for cell in code_cells(path):
        for output in cell.outputs:
            assert output.get("name") != "stderr", f"{cell.id} writes to stderr"
            text = json.dumps(output)
            assert not re.search(r" at 0x[0-9a-f]{6,}", text), f"{cell.id} shows an address"
            for folder in (str(ROOT), str(Path.home())):
                assert folder == "/" or folder not in text, (
                    f"{cell.id} shows a folder of this machine"
                )


@each(STORED)
def test_every_picture_has_alt_text_and_a_caption(path):
    for cell in code_cells(path):
        for output in cell.outputs:
            data = output.get("data", {})
            assert "image/png" not in data and "image/svg+xml" not in data, f"{cell.id}: use show()"
            page = data.get("text/html", "")
            for image in re.findall(r"<img\b[^>]*>", page):
                assert re.search(r'alt="[^"]{15,}"', image), cell.id
                assert "<figcaption" in page, cell.id


def lines_of_code(cell):
    """The lines that a reader reads as code: not the words of a picture's alt text and caption."""
    words = re.compile(r"""\s*(alt=|caption=|f?["'])""")
    return [line for line in cell.source.strip().splitlines() if not words.match(line)]


def statements(cell):
    """How many things a cell says, however they are broken into lines."""
    tokens = tokenize.generate_tokens(io.StringIO(cell.source + "\n").readline)
    return sum(token.type == tokenize.NEWLINE for token in tokens)


@each(LESSONS)
def test_a_lesson_keeps_the_rules_of_size(path):
    cells = [cell for cell in read(path).cells if cell.id != "machine"]  # the map stands apart
    assert 25 <= len(cells) <= 70, f"{name_of(path)} has {len(cells)} cells; a lesson has 25 to 70"
    lines = [len(lines_of_code(cell)) for cell in code_cells(path)]
    assert statistics.median(statements(cell) for cell in code_cells(path)) <= 5
    assert statistics.median(lines) <= 9  # of 80 characters, comments and all
    for cell, count in zip(code_cells(path), lines, strict=True):
        assert count <= (30 if re.search(r"^class ", cell.source, re.M) else 25), cell.id
    assert lines[0] <= 10, "the import cell"
    questions = [
        c for c in cells if c.cell_type == "markdown" and re.search(r"^## .*\?$", c.source, re.M)
    ]
    assert len(questions) >= 4
    for cell in cells:
        assert "slideshow" in cell.metadata, cell.id
    first = cells[0].source
    for track in TRACKS:
        if track != path.parent.name:
            assert f"](../{track}/{path.name})" in first, f"link to {track}"
    assert f"](../../my_work/{path.parent.name}/{path.name})" in first


FORBIDDEN = r"sys\.path|warnings\.filterwarnings|^\s*[!%](?:pip|conda)|import \*|\bexec\("


@each(ALL)
def test_no_cell_installs_or_hides_anything(path):
    for cell in code_cells(path):
        assert not re.search(FORBIDDEN, cell.source, re.M), cell.id
    if path.parent.name == "intuition" and path in LESSONS:
        for cell in code_cells(path):
            assert cell.metadata.get("jupyter", {}).get("source_hidden"), f"{cell.id} shows code"


def targets(path):
    text = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    return re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:href|src)="([^"]+)"', text)


@each(ALL)
def test_links_between_notebooks_lead_somewhere(path):
    for target in targets(path):
        if re.match(r"https?:|mailto:|#", target):
            continue
        aim = (path.parent / unquote(target.partition("#")[0])).resolve()
        work = ROOT / "my_work"
        if work in aim.parents:  # a learner's own copy, made from the exercises
            aim = EXERCISES / aim.relative_to(work)
        assert aim.exists(), f"{target} leads nowhere"


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_links_of_the_pages_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'src="([^"]+)"', text):
        if not re.match(r"https?:|mailto:|#", target):
            assert (ROOT / target.partition("#")[0]).exists(), target


@each(COPIES)
def test_a_learners_copy_holds_no_answer(path):
    text = path.read_text(encoding="utf-8")
    assert "BEGIN SOLUTION" not in text and "END SOLUTION" not in text
    assert all(not cell.outputs and cell.execution_count is None for cell in code_cells(path))


@each(notebooks(SOLUTIONS))
def test_every_exercise_of_the_lesson_stands_in_its_notebook(path):
    lesson = f"{path.parent.name}/{path.stem}"
    marks = {
        c.metadata["nbgrader"]["grade_id"]: c for c in read(path).cells if "nbgrader" in c.metadata
    }
    assert names(lesson), f"no exercise is declared for {lesson}"
    for name in names(lesson):
        assert marks[name].metadata["nbgrader"]["solution"], name
        check = marks[f"check_{name}"]
        assert check.metadata["nbgrader"]["points"] == task_of(name).points, name
        assert f'check("{name}", ' in check.source
    assert {m.removeprefix("check_") for m in marks} == set(names(lesson))


# The running example: one set of numbers in all tracks ---------------------------------------

SCORES = examples.keys @ examples.query
OUTPUT, WEIGHTS = attend(examples.query, examples.keys, examples.values, scale=1)
SCALED_OUTPUT, SCALED_WEIGHTS = attend(examples.query, examples.keys, examples.values)
SCALED = [("weight", w) for w in SCALED_WEIGHTS] + [("output", o) for o in SCALED_OUTPUT]
HEADS = [
    attend(*(examples.x @ w for w in head))
    for head in (
        (examples.w_q, examples.w_k, examples.w_v),
        (examples.second_w_q, examples.second_w_k, examples.second_w_v),
    )
]
WHICH_BANK, WHO_DOES = (weights[1].max() for _, weights in HEADS)  # bank asks money, and lends
MIXED = (np.concatenate([output for output, _ in HEADS], axis=1) @ examples.w_o)[1]
NUMBERS_OF = {
    "01": [("score", f"{s:g}") for s in SCORES],
    "02": [("weight", w) for w in WEIGHTS],
    "03": [("weight", w) for w in WEIGHTS] + [("output", o) for o in OUTPUT],
    "04": SCALED,
    "05": SCALED,
    "06": [(kind, number) for kind, number in SCALED if kind == "output"],
    "08": [(kind, number) for kind, number in SCALED if kind == "output"],
    "09": [("weight", WHICH_BANK), ("weight", WHO_DOES), *[("output", n) for n in MIXED]],
    "10": [("output", n) for n in examples.x[1] + MIXED],
}


def text_of(path):
    parts = []
    for cell in read(path).cells:
        parts.append(cell.source)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            parts += [output.get("text", ""), data.get("text/plain", "")]
            page = data.get("text/html", "")
            parts.append(
                re.sub(r"<[^>]+>", " ", page) + " ".join(re.findall(r'alt="([^"]*)"', page))
            )
    return "\n".join(parts).replace("−", "-").replace("\N{NO-BREAK SPACE}", " ")


def written(kind, number):
    """The ways to write a number of the running example, as a regular expression."""
    if kind == "score":
        return rf"(?<![\d.]){re.escape(number)}(?![\d])"
    ways = {f"{number:.{d}f}".lstrip("0") for d in (2, 3)}
    if kind == "weight":
        ways |= {f"{100 * number:.0f} %", f"{100 * number:.0f}%"}
    else:
        ways |= {f"{number:.1f}"}
    return "|".join(rf"(?<!\d){'0?' if w[0] == '.' else ''}{re.escape(w)}" for w in ways)


@pytest.mark.parametrize("path", [p for p in LESSONS if p.name[:2] in NUMBERS_OF], ids=name_of)
def test_the_running_example_has_the_same_numbers_in_all_tracks(path):
    text = text_of(path)
    assert "River bank lends money" in text
    for kind, number in NUMBERS_OF[path.name[:2]]:
        assert re.search(written(kind, number), text), f"{kind} {number} of the running example"
    if path.parent.name != "intuition":
        assert re.search(r"from course_lib.examples import|import .*\bexamples\b", text)


def test_the_running_example_is_what_the_lessons_say():
    np.testing.assert_allclose(SCORES, [1, 2, -1, 3])
    np.testing.assert_allclose(WEIGHTS, [0.089, 0.242, 0.012, 0.657], atol=5e-4)
    np.testing.assert_allclose(OUTPUT, [2.1, 7.83, 1.43], atol=5e-3)
    np.testing.assert_allclose(SCALED_WEIGHTS, [0.135, 0.275, 0.033, 0.557], atol=5e-4)
    np.testing.assert_allclose(SCALED_OUTPUT, [2.73, 7.08, 1.44], atol=5e-3)


# The runner itself --------------------------------------------------------------------------


def run_nbval(path):
    command = [sys.executable, "-m", "pytest", "--nbval", str(path), "-q", "-p", "no:cacheprovider"]
    command += [
        "--nbval-sanitize-with",
        str(SANITISE),
        "--rootdir",
        str(path.parent),
        "-c",
        str(SANITISE.parent / "empty.ini"),
    ]
    return subprocess.run(command, capture_output=True, text=True, cwd=path.parent)


def test_a_wrong_notebook_turns_the_runner_red(tmp_path):
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell("from course_lib.softmax import softmax", execution_count=1),
            nbformat.v4.new_code_cell(
                "softmax([1, 2, -1, 3]).round(3)",
                execution_count=2,
                outputs=[
                    nbformat.v4.new_output(
                        "execute_result",
                        {"text/plain": "array([0.089, 0.242, 0.012, 0.657])"},
                        execution_count=2,
                    )
                ],
            ),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    path = tmp_path / "right.ipynb"
    nbformat.write(notebook, path)
    assert (run := run_nbval(path)).returncode == 0, run.stdout

    notebook.cells[1].outputs[0].data["text/plain"] = "array([0.25, 0.25, 0.25, 0.25])"
    nbformat.write(notebook, path)
    run = run_nbval(path)
    assert run.returncode == 1 and "1 failed" in run.stdout, run.stdout


def test_a_picture_that_changed_turns_the_runner_red(tmp_path):
    source = (
        "from course_lib.pictures import draw_shares, show\n"
        'show(draw_shares([0.5, 0.5], ["a", "b"]), alt="two bars of one half", caption="Halves.")'
    )
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    path = tmp_path / "picture.ipynb"
    nbformat.write(notebook, path)
    store(path)
    assert (run := run_nbval(path)).returncode == 0, run.stdout
    changed = read(path)
    changed.cells[0].source = source.replace("[0.5, 0.5]", "[0.4, 0.6]")
    nbformat.write(changed, path)
    assert run_nbval(path).returncode == 1
