"""For every test: one thread each, no progress bars, and nothing but a pass counts as passed."""

import os
import re

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")
os.environ["COURSE_QUIET"] = "1"
SLOW = (  # by the minutes that they take
    "tests/test_browser.py",
    "notebooks/code/07_encoder_decoder.ipynb",
    "notebooks/code/10_transformer_layer.ipynb",
    "notebooks/code/11_writing.ipynb",
    "tests/test_exercises.py::test_mistakes_are_refused_and_named[AttentionLayer]",
    "tests/grading/",
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep the tests of a file in one process, in their order: the cells of a notebook need that.

    Only the long walks over the exercises are shared out, exercise by exercise. Files that take
    minutes come first, so that no process works alone at the end.
    """
    from xdist.scheduler import LoadFileScheduling

    config.option.loadscopereorder = False  # else the file with the most tests comes first

    class ByFileOrExercise(LoadFileScheduling):
        def _split_scope(self, nodeid):
            walk = re.match(r".*test_exercises\.py::.*\[(\w+)", nodeid)
            return walk.group(1) if walk else super()._split_scope(nodeid)

    return ByFileOrExercise(config, log)


def pytest_collection_modifyitems(items):
    """Begin with what takes longest; all the rest keeps its order."""

    def place(item):
        return next((n for n, start in enumerate(SLOW) if item.nodeid.startswith(start)), len(SLOW))

    items.sort(key=place)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Fail the cells after a time-out or a dead kernel, which nbval marks as expected to fail."""
    report = yield
    if type(item).__name__ == "IPyNbCell" and hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.name} was not run: {report.wasxfail}"
        del report.wasxfail
    return report
