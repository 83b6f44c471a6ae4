import shutil

import pytest

from course_lib.grading import judging, releases, runs, servers
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
