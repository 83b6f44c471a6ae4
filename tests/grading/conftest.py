import shutil
import time
from dataclasses import replace

import pytest

from course_lib.files import cells
from course_lib.files.cells import Trouble
from course_lib.grading import judging, marking, releases, runs, servers
from course_lib.grading.marks import ExerciseMark, Mark, unjudged
from course_lib.grading.submissions import digest, parse
from tests.grading.handed_in import submission


@pytest.fixture(scope="session")
def class_folder(tmp_path_factory):
    return releases.release("code/02_softmax", tmp_path_factory.mktemp("class"))


@pytest.fixture(scope="session")
def release(class_folder):
    return releases.read(class_folder)[1]


@pytest.fixture(scope="session")
def server(needs_walls):
    """One server for many students, as in a real marking."""
    with servers.Server("code/02_softmax") as started:
        assert started.strength == "walls", "the kernel refuses the walls"
        yield started


@pytest.fixture(scope="session")
def needs_walls():
    import os

    if shutil.which("bwrap") is None:
        reason = "no bubblewrap found: the tests of marking did NOT run (apt install bubblewrap)"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)


@pytest.fixture
def mark(class_folder, server, tmp_path):
    """Mark a notebook; return its mark."""
    run = runs.begin(class_folder, tmp_path / "marks")

    def one(made, **options):
        return judging.mark(run, server, "ada", [submission(made, **options)])

    return one


@pytest.fixture
def in_zone(monkeypatch):
    """Set this machine's time zone, as a call in_zone("Europe/Berlin")."""

    def enter(zone):
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield enter
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def quick(monkeypatch):
    """Judge by a look at the text: an answer that is defined, and no stub, is right.

    It takes milliseconds, and stands for server and judge where files and reports are tried.
    """

    class Nobody:
        strength = "walls"

        def __init__(self, *_, **__):
            pass

        def start(self):
            pass

        def __exit__(self, *_):
            pass

    monkeypatch.setattr(servers, "server", Nobody)
    monkeypatch.setattr(judging, "mark", _by_a_look)
    assert marking.judging is judging and marking.servers is servers


def _by_a_look(run, server, student, files):
    blank = Mark(student, (), run=run.digest, version="0.2.0", limit=run.seconds, walls="walls")
    try:
        content = files[-1].read()
        code = "\n".join(
            cells.source(cell)
            for cell in parse(content)["cells"]
            if cell["cell_type"] == "code" and not cells.checked(cell)
        )
    except Trouble as trouble:
        exercises = unjudged(run.release.points, "not-marked", str(trouble))
        return replace(blank, problem=str(trouble), exercises=exercises)
    exercises = []
    for name, points in run.release.points.items():
        _, defined, answer = code.rpartition(f"def {name}(")
        right = defined and "NotImplementedError" not in answer.partition("\ndef ")[0]
        diagnosis = None if right else "not-attempted" if defined else "missing"
        exercises.append(ExerciseMark(name, points, points if right else 0, diagnosis))
    return replace(blank, submission=digest(content), exercises=tuple(exercises))
