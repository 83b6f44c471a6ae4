"""For every test: one thread each, no progress bars, and nothing but a pass counts as passed."""

import os

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")
os.environ["COURSE_QUIET"] = "1"


def pytest_collection_modifyitems(items):
    """Keep the tests of a file in one process, in their order: the cells of a notebook need that.

    Only the long walks over the exercises are shared out, exercise by exercise.
    """
    for item in items:
        group = str(item.path)
        if item.path.name == "test_exercises.py" and hasattr(item, "callspec"):
            group += f"::{item.callspec.params.get('name')}"
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Fail the cells after a time-out or a dead kernel, which nbval marks as expected to fail."""
    report = yield
    if type(item).__name__ == "IPyNbCell" and hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.name} was not run: {report.wasxfail}"
        del report.wasxfail
    return report
