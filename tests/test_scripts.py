"""The scripts of the pictures to drag: ESLint has nothing to say against them."""

import os
import shutil
import subprocess

import pytest

from course_lib.lessons import ROOT

SCRIPTS = "course_lib/pictures/widgets"
INSTALL = "npm install --no-save eslint, or say where it is: ESLINT=/path/to/eslint"


@pytest.fixture(scope="module")
def eslint():
    """Return what runs ESLint on the arguments; without ESLint skip, but fail in CI."""
    beside = ROOT / "node_modules" / ".bin"
    path = os.environ.get("ESLINT") or shutil.which("eslint") or shutil.which("eslint", path=beside)
    if not path:
        missing = f"THE SCRIPTS WERE NOT LINTED: there is no ESLint here ({INSTALL})"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)

    def run(*arguments, given=None):
        return subprocess.run(
            [path, "--no-color", *arguments],
            input=given,
            capture_output=True,
            encoding="utf-8",
            cwd=ROOT,
        )

    return run


def test_eslint_finds_nothing(eslint):
    run = eslint("--max-warnings=0", "course_lib")
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("path", sorted(path.name for path in (ROOT / SCRIPTS).glob("*.js")))
def test_eslint_reads_each_script(eslint, path):
    """A name that nobody defines is found in each of them: none is left out by the settings."""
    script = (ROOT / SCRIPTS / path).read_text(encoding="utf-8")
    run = eslint("--stdin", "--stdin-filename", f"{SCRIPTS}/{path}", given=f"{script}nowhere();")
    assert run.returncode == 1, run.stdout + run.stderr
    assert "'nowhere' is not defined" in run.stdout


def test_the_scripts_are_part_of_an_installed_package():
    """They are read as the package's own files, so a wheel must hold them."""
    import tomllib

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "**/*.js" in settings["tool"]["setuptools"]["package-data"]["course_lib"]
