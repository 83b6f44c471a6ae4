"""start.py: what it does first, again, and when something is in the way.

The whole program runs here as a learner runs it, in a small copy of the course, but on a played
machine: a folder on PYTHONPATH holds a `venv` and a `pip` that do at once what the tests ask of
them. (.ci/run does the real set-up.)
"""

import ast
import importlib.util
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
SITE_PACKAGES = (
    "Lib/site-packages"
    if os.name == "nt"
    else f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
)

FAKE_VENV = f"""
import os, sys
from pathlib import Path
import venv_behaviour
folder = Path(sys.argv[-1])
venv_behaviour.before(folder)
python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
python.parent.mkdir(parents=True, exist_ok=True)
(folder / "{SITE_PACKAGES}").mkdir(parents=True, exist_ok=True)
python.symlink_to(sys.executable)
"""
FAKE_PIP = f"""
import json, os, sys
from pathlib import Path
import pip_behaviour
machine = Path(__file__).parents[1]
arguments = sys.argv[1:]
with open(machine / "calls.jsonl", "a") as calls:
    calls.write(json.dumps(arguments) + "\\n")
if "config" in arguments:
    print(pip_behaviour.SETTINGS)
    sys.exit(0)
pip_behaviour.install()
for name in ("torch-2.13.0", "jupyterlab-4.6.6"):
    os.makedirs(Path(".venv") / "{SITE_PACKAGES}" / (name + ".dist-info"), exist_ok=True)
"""
PLAYED_USER = """
import os
if "PLAYED_USER" in os.environ and hasattr(os, "geteuid"):
    os.geteuid = lambda: int(os.environ["PLAYED_USER"])
"""


class Machine:
    """A small copy of the course, and a fake `venv`, `pip`, `jupyterlab` and `pytest` beside it."""

    def __init__(self, folder):
        self.course, self.bin = folder / "course", folder / "machine"
        self.course.mkdir()
        for name in ("start.py", "pyproject.toml", "constraints.txt"):
            (self.course / name).write_bytes((REPOSITORY / name).read_bytes())
        self.program("venv", FAKE_VENV)
        self.program("pip", FAKE_PIP)
        for name in ("jupyterlab", "pytest", "course_lib"):
            self.program(
                name,
                "import json, os, sys\n"
                f"print({name!r}, json.dumps([os.getcwd(), sys.argv[1:], "
                "os.environ.get('OMP_NUM_THREADS')]))",
            )
        (self.bin / "sitecustomize.py").write_text(PLAYED_USER)
        self.venv_does("pass")
        self.pip_does("pass")

    def program(self, name, source):
        package = self.bin / name
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "__main__.py").write_text(source)

    def venv_does(self, source):
        body = textwrap.indent(textwrap.dedent(source), "    ")
        (self.bin / "venv_behaviour.py").write_text(f"import sys\ndef before(folder):\n{body}\n")

    def pip_does(self, source, settings="global.find-links='/wheels'"):
        body = textwrap.indent(textwrap.dedent(source), "    ")
        (self.bin / "pip_behaviour.py").write_text(
            f"import os, sys, time\nSETTINGS = {settings!r}\ndef install():\n{body}\n"
        )

    @property
    def environment(self):
        return os.environ | {
            "PYTHONPATH": str(self.bin),
            "PYTHONDONTWRITEBYTECODE": "1",  # a behaviour may change twice in one second
            "PLAYED_USER": "1000",
            "BROWSER": "played",
        }

    def start(self, *arguments, python=(), **variables):
        command = python or (sys.executable, str(self.course / "start.py"))
        return subprocess.run(
            [*command, *arguments],
            env=self.environment | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
        )

    def installs(self):
        """Return the arguments of every `pip install` so far."""
        calls = self.bin / "calls.jsonl"
        lines = calls.read_text().splitlines() if calls.exists() else []
        return [call for call in map(json.loads, lines) if "install" in call]

    @property
    def stamp(self):
        return self.course / ".venv" / "setup.json"


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


@pytest.fixture
def start(machine):
    """start.py of the small copy, imported."""
    specification = importlib.util.spec_from_file_location("start", machine.course / "start.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def refused(result, *words):
    """Check that a run failed with a message of all these words, and no traceback."""
    assert result.returncode == 1, result
    for word in words:
        assert word in result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    return True


# ---------------------------------------------------------------------------- when all goes well


def test_setup_installs_once_with_the_pins(machine):
    first = machine.start("setup")
    assert first.returncode == 0, first.stderr
    (install,) = machine.installs()
    assert install[install.index("-c") + 1] == str(machine.course / "constraints.txt")
    assert install[install.index("-e") + 1] == str(machine.course)

    second = machine.start("setup")
    assert second.returncode == 0
    assert len(machine.installs()) == 1
    assert "Setting the course up" in first.stdout
    assert "Setting the course up" not in second.stdout


def test_a_second_start_reaches_jupyterlab_in_under_two_seconds(machine):
    machine.start("setup")
    begin = time.perf_counter()
    result = machine.start()
    assert time.perf_counter() - begin < 2
    assert result.stdout.startswith("jupyterlab")


def test_course_opens_on_the_start_page_and_arguments_are_handed_on(machine):
    result = machine.start("--port", "9999", "--no-browser")
    name, rest = result.stdout.splitlines()[-1].split(" ", 1)
    folder, arguments, _ = json.loads(rest)
    assert name == "jupyterlab"
    assert folder == str(machine.course)
    assert arguments == [
        f"--ServerApp.root_dir={machine.course}",
        "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb",
        "--port",
        "9999",
        "--no-browser",
    ]


def test_for_a_lecture_jupyterlab_has_settings_of_its_own(machine):
    result = machine.start("--lecture", "--port", "9999")
    _, rest = result.stdout.splitlines()[-1].split(" ", 1)
    _, arguments, _ = json.loads(rest)
    folder = machine.course / ".venv" / "lecture"
    assert f"--LabApp.user_settings_dir={folder}" in arguments
    assert any("default_url=/doc/tree/notebooks/00_start_here.ipynb" in each for each in arguments)
    assert arguments[-2:] == ["--port", "9999"] and "--lecture" not in arguments
    themes = folder / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"
    assert json.loads(themes.read_text())["overrides"]["code-font-size"] == "20px"


def test_test_runs_pytest_one_file_a_worker_and_one_thread_each(machine):
    result = machine.start("test", "-k", "softmax")
    name, rest = result.stdout.splitlines()[-1].split(" ", 1)
    folder, arguments, threads = json.loads(rest)
    assert (name, folder, threads) == ("pytest", str(machine.course), "1")
    workers = str(os.cpu_count() + 1)
    assert arguments == ["-n", workers, "--dist", "loadfile", "-k", "softmax"]


def test_the_courses_python_comes_first_in_a_terminal_of_jupyterlab(machine):
    (machine.bin / "jupyterlab" / "__main__.py").write_text("import os; print(os.environ['PATH'])")
    first = machine.start().stdout.splitlines()[-1].split(os.pathsep)[0]
    assert first == str(machine.course / ".venv" / ("Scripts" if os.name == "nt" else "bin"))


def test_exit_status_of_the_tests_is_handed_on(machine):
    (machine.bin / "pytest" / "__main__.py").write_text("import sys; sys.exit(3)")
    assert machine.start("test").returncode == 3


def test_help_says_the_commands_and_sets_nothing_up(machine):
    result = machine.start("--help")
    assert "start.py setup" in result.stdout
    assert "start.py test" in result.stdout
    assert "start.py site" in result.stdout
    assert not (machine.course / ".venv").exists()


def test_jupyterlabs_question_about_news_is_off(machine):
    machine.start("setup")
    settings = machine.course / ".venv" / "share/jupyter/lab/settings/overrides.json"
    (said,) = json.loads(settings.read_text()).values()
    assert said["fetchNews"] == "false"


# --------------------------------------------------------------- a learner's packages, a tester's


def installed_extras(machine):
    """Return what each `pip install` so far asked for beyond the course."""
    requirements = [call[call.index("-e") + 1] for call in machine.installs()]
    return [each.removeprefix(str(machine.course)) for each in requirements]


def test_a_learner_gets_no_more_than_the_course_needs_and_the_tests_add_to_it(machine):
    machine.start()
    kept = machine.course / ".venv" / "kept"
    kept.touch()
    result = machine.start("test")
    assert "adding them" in result.stdout and "pytest" in result.stdout
    assert installed_extras(machine) == ["", "[test]"]
    assert kept.exists()


def test_who_tested_goes_on_learning_with_nothing_to_install(machine):
    machine.start("test")
    machine.start()
    machine.start("setup")
    machine.start("test")
    assert installed_extras(machine) == ["[test]"]


def test_the_site_adds_what_it_needs_once_and_the_tests_have_it(machine):
    machine.start()
    result = machine.start("site", "--port", "8123")
    assert "The site needs more packages than the course" in result.stdout
    machine.start("site")
    machine.start("test")
    machine.start("site")
    assert installed_extras(machine) == ["", "[site]", "[test]"]


def test_an_update_keeps_what_the_tests_need_and_the_large_build(machine):
    machine.pip_does("pass", settings="")
    assert machine.start("setup", "--large").returncode == 0
    machine.start("test")
    with open(machine.course / "constraints.txt", "a") as file:
        file.write("# new\n")
    assert machine.start().returncode == 0
    assert installed_extras(machine) == ["", "[test]", "[test]"]
    assert not any("--extra-index-url" in call for call in machine.installs())


# ----------------------------------------------------------------------------- where one is root


as_root = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has no root")
TOLD = "JupyterLab is told to run as root"


def jupyterlabs_arguments(result):
    """Return the arguments that the played JupyterLab got, or None where it was not started."""
    started = [line for line in result.stdout.splitlines() if line.startswith("jupyterlab ")]
    return json.loads(started[-1].partition(" ")[2])[1] if started else None


def elsewhere(machine):
    """Take every sign of a container from this machine's start.py."""
    program = machine.course / "start.py"
    before, main, after = program.read_text().partition("if __name__")
    nothing = "CONTAINER_VARIABLES = CONTAINER_FILES = CONTAINER_SIGNS = ()\n\n\n"
    program.write_text(before + nothing + main + after)


@as_root
@pytest.mark.parametrize(
    "variables",
    [
        {"container": "podman"},
        {"CODESPACES": "true"},
        {"CI": "1"},
        {"KUBERNETES_SERVICE_HOST": "x"},
    ],
)
def test_root_in_a_container_is_told_so_and_the_course_opens(machine, variables):
    result = machine.start("--port", "8123", PLAYED_USER="0", **variables)
    assert result.stdout.count(TOLD) == 1
    assert jupyterlabs_arguments(result)[-3:] == ["--allow-root", "--port", "8123"]


@as_root
def test_root_with_no_terminal_to_ask_on_is_told_so_and_the_course_opens(machine):
    elsewhere(machine)
    result = machine.start(PLAYED_USER="0", CI="false")
    assert "no terminal" in result.stdout and TOLD in result.stdout
    assert jupyterlabs_arguments(result)[-1] == "--allow-root"


@as_root
@pytest.mark.parametrize("option", ["--allow-root", "--ServerApp.allow_root=True"])
def test_root_who_has_thought_of_it_is_told_nothing(machine, option):
    result = machine.start(option, PLAYED_USER="0", CI="1")
    assert TOLD not in result.stdout
    assert [each for each in jupyterlabs_arguments(result) if "root" in each][1:] == [option]


@as_root
def test_nobody_else_gets_the_option_in_a_container(machine):
    result = machine.start(CI="1", container="docker")
    assert "--allow-root" not in jupyterlabs_arguments(result)


@as_root
@pytest.mark.parametrize(
    "answer, opens", [("y", True), ("Yes", True), ("n", False), ("", False), ("what?", False)]
)
def test_root_elsewhere_is_asked_once_before_anything_is_done(machine, answer, opens):
    elsewhere(machine)
    said, status = at_a_terminal(machine, answer, PLAYED_USER="0", CI="")
    assert said.count("[y/N]") == 1
    assert (machine.course / ".venv").exists() is opens
    assert ("jupyterlab [" in said and "--allow-root" in said.partition("jupyterlab [")[2]) is opens
    assert ("ordinary user" in said) is not opens
    assert status == (0 if opens else 1)


def at_a_terminal(machine, answer, **variables):
    """Start the course in a terminal, type an answer to its question; return (said, status)."""
    import pty

    ours, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, str(machine.course / "start.py")],
        env=machine.environment | variables,
        stdin=its,
        stdout=its,
        stderr=its,
    )
    os.close(its)
    said = ""
    try:
        while "[y/N]" not in said:
            said += os.read(ours, 1000).decode()
        os.write(ours, f"{answer}\n".encode())
        while more := os.read(ours, 1000):
            said += more.decode()
    except OSError:  # Linux says so where the other side is closed
        pass
    os.close(ours)
    return said, process.wait(10)


@as_root
def test_the_tests_and_the_setup_ask_nothing(machine):
    elsewhere(machine)
    for command in ("setup", "test"):
        result = machine.start(command, PLAYED_USER="0", CI="")
        assert result.returncode == 0
        assert "You are root" not in result.stdout + result.stderr


def test_windows_has_no_root_to_ask(start, monkeypatch):
    monkeypatch.delattr(os, "geteuid", raising=False)
    assert start.options_for_root([]) == []


@pytest.mark.parametrize(
    "name, content, expected",
    [
        ("cgroup", "12:cpu:/docker/3f9a\n", True),
        ("cgroup", "0::/kubepods.slice/kubepods-pod1.slice\n", True),
        ("cgroup", "0::/init.scope\n", False),
        ("environ", "PATH=/bin\0container=lxc\0", True),
        ("environ", "PATH=/bin\0mycontainer=lxc\0", False),
        ("mounts", "proc /proc proc rw 0 0\noverlay / overlay rw 0 0\n", True),
        ("mounts", "/dev/sda1 / ext4 rw 0 0\noverlay /var/lib/docker/1 overlay rw 0 0\n", False),
    ],
)
def test_a_container_shows_by_its_files(start, monkeypatch, tmp_path, name, content, expected):
    (tmp_path / name).write_text(content)
    signs = [(str(tmp_path / Path(path).name), sign) for path, sign in start.CONTAINER_SIGNS]
    monkeypatch.setattr(start, "CONTAINER_SIGNS", signs)
    monkeypatch.setattr(start, "CONTAINER_FILES", [str(tmp_path / "there_is_none")])
    for variable in start.CONTAINER_VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    assert start.in_container() is expected
    (tmp_path / "there_is_none").touch()
    assert start.in_container()


def test_where_no_browser_can_open_the_address_is_pointed_at(machine):
    assert "open it in yours" in machine.start(container="docker", BROWSER="").stdout
    assert "open it in yours" not in machine.start(container="docker", BROWSER="code").stdout
    elsewhere(machine)
    assert "open it in yours" not in machine.start(BROWSER="").stdout


# -------------------------------------------------------------- a home that nothing can be kept in


def kept(machine, home):
    """Return the folders at home of a JupyterLab that starts with that home."""
    names = ["JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"]
    (machine.bin / "jupyterlab" / "__main__.py").write_text(
        f"import json, os; print(json.dumps([os.environ.get(name, '') for name in {names}]))"
    )
    given = dict.fromkeys([*names, "XDG_DATA_HOME"], "")
    return json.loads(machine.start(HOME=str(home), **given).stdout.splitlines()[-1])


@pytest.mark.skipif(os.name == "nt", reason="Windows asks for no such folders")
def test_jupyterlab_keeps_its_things_in_the_environment_where_home_cannot_be_written(machine):
    no_folder = machine.bin / "a_file"
    no_folder.touch()
    for folder in kept(machine, no_folder):
        assert Path(folder).is_relative_to(machine.course / ".venv")


@pytest.mark.skipif(os.name == "nt", reason="Windows asks for no such folders")
def test_a_home_that_can_be_written_is_used_and_one_bad_folder_moves_alone(machine):
    home = machine.bin / "home"
    home.mkdir()
    assert set(kept(machine, home)) == {""}
    (home / ".ipython").touch()  # a file where a folder should be
    assert [bool(folder) for folder in kept(machine, home)] == [False, False, False, True]


# ------------------------------------------------------------- what makes it set up again, or not


def test_changed_requirements_update_the_environment_in_place(machine):
    machine.start("setup")
    kept = machine.course / ".venv" / "kept"
    kept.touch()
    with open(machine.course / "constraints.txt", "a") as file:
        file.write("# new\n")
    result = machine.start("setup")
    assert "needs other packages" in result.stdout
    assert len(machine.installs()) == 2
    assert kept.exists()


def test_a_moved_folder_is_built_again_and_says_so(machine):
    machine.start("setup")
    (machine.course / ".venv" / "of_old_place").touch()
    machine.course = machine.course.rename(machine.course.with_name("elsewhere"))
    result = machine.start("setup")
    assert result.returncode == 0
    assert [line for line in result.stdout.splitlines() if "moved" in line]
    assert not (machine.course / ".venv" / "of_old_place").exists()
    assert machine.installs()[-1][-1].startswith(str(machine.course))
    assert "moved" not in machine.start("setup").stdout


def test_another_python_builds_the_environment_again(machine):
    machine.start("setup")
    stamp = json.loads(machine.stamp.read_text())
    machine.stamp.write_text(json.dumps(stamp | {"python": "Python 3.11 (elsewhere)"}))
    result = machine.start("setup")
    assert "instead of Python 3.11 (elsewhere)" in result.stdout
    assert len(machine.installs()) == 2


@pytest.mark.parametrize("content", ["", "[]", "{ not json", "\x00"])
def test_a_broken_stamp_is_an_interrupted_setup(machine, content):
    machine.start("setup")
    machine.stamp.write_text(content)
    result = machine.start("setup")
    assert "interrupted" in result.stdout
    assert result.returncode == 0
    assert json.loads(machine.stamp.read_text())["folder"]


def test_a_lost_python_builds_the_environment_again(machine, start):
    machine.start("setup")
    os.remove(start.PYTHON)
    result = machine.start("setup")
    assert "Python is gone" in result.stdout
    assert os.path.exists(start.PYTHON)


def test_a_removed_package_is_put_back(machine):
    machine.start("setup")
    torch = machine.course / ".venv" / SITE_PACKAGES / "torch-2.13.0.dist-info"
    torch.rmdir()
    assert "putting them back" in machine.start("setup").stdout
    assert torch.exists()


def test_a_learners_own_extra_package_is_left_alone(machine):
    machine.start("setup")
    (machine.course / ".venv" / SITE_PACKAGES / "pandas-3.0.0.dist-info").mkdir()
    machine.start("setup")
    assert len(machine.installs()) == 1


def test_an_environment_that_someone_else_made_is_used_not_wiped(machine, start):
    python = Path(start.PYTHON)
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    kept = machine.course / ".venv" / "kept"
    kept.touch()
    assert machine.start("setup").returncode == 0
    assert kept.exists()
    assert len(machine.installs()) == 1


# ------------------------------------------------------------------------- what may be in the way


def test_too_old_a_python_is_told_what_to_install(machine):
    script = (
        "import runpy, sys; sys.version_info = (3, 9, 18, 'final', 0);"
        f"sys.argv = ['start.py']; runpy.run_path({str(machine.course / 'start.py')!r}, "
        "run_name='__main__')"
    )
    result = machine.start(python=(sys.executable, "-c", script))
    assert refused(result, "Python 3.9", "needs Python 3.11", "python.org")
    assert not (machine.course / ".venv").exists()


def test_too_new_a_python_is_refused_before_anything_is_made(start):
    with pytest.raises(start.SetUpError, match="This is Python 3.15"):
        start.check_python((3, 15, 0))


def test_pythons_are_those_of_pyproject(start):
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    after_newest = (start.NEWEST[0], start.NEWEST[1] + 1)
    assert project["requires-python"] == ">={}.{},<{}.{}".format(*start.OLDEST, *after_newest)


def test_an_old_python_can_read_the_file():
    source = (REPOSITORY / "start.py").read_text()
    assert source.isascii()
    modern = (ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.Nonlocal, ast.Match, ast.YieldFrom)
    for node in ast.walk(ast.parse(source)):
        assert not isinstance(node, modern), ast.unparse(node)
        if isinstance(node, ast.FunctionDef):
            assert not node.args.kwonlyargs and not node.returns
            assert not any(argument.annotation for argument in node.args.args)


def test_only_the_standard_library_is_imported():
    tree = ast.parse((REPOSITORY / "start.py").read_text())
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module.split(".")[0])
    assert names <= sys.stdlib_module_names


def test_missing_venv_on_debian(machine):
    machine.venv_does(
        """
        print("The virtual environment was not created successfully because ensurepip is not")
        print("available.  On Debian/Ubuntu systems, you need to install the python3-venv package")
        sys.exit(1)
        """
    )
    assert refused(machine.start("setup"), "sudo apt install python3-venv")
    machine.venv_does("pass")
    result = machine.start("setup")
    assert result.returncode == 0
    assert "interrupted" in result.stdout


def test_missing_venv_module(machine):
    machine.venv_does("sys.exit('/usr/bin/python3: No module named venv')")
    assert refused(machine.start("setup"), "No module named venv", "apt install python3-venv")


@pytest.mark.parametrize(
    "said, words",
    [
        (
            "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError("
            "'<pip>: Failed to establish a new connection: [Errno -3] Temporary failure in name "
            "resolution')': /simple/numpy/\n"
            "ERROR: Could not find a version that satisfies the requirement numpy (from versions: "
            "none)\nERROR: No matching distribution found for numpy",
            ["no network", "Connect to the internet"],
        ),
        (
            "ReadTimeoutError: HTTPSConnectionPool(host='files', port=443): Read timed out.",
            ["no network", "Connect to the internet"],
        ),
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken by 'SSLError("
            "SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify "
            "failed: unable to get local issuer certificate (_ssl.c:1006)'))': /simple/tqdm/\n"
            "Could not fetch URL https://index/simple/tqdm/: There was a problem confirming the "
            "ssl certificate: HTTPSConnectionPool(host='index', port=443): Max retries exceeded\n"
            "ERROR: No matching distribution found for tqdm",
            ["The network is there", "certificate is not trusted", "global.cert"],
        ),
        (
            "ERROR: SSLError(SSLError(1, '[SSL: TLSV1_ALERT_UNKNOWN_CA] tlsv1 alert unknown ca'))",
            ["The network is there", "certificate is not trusted"],
        ),
        (
            "ERROR: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate is not "
            "yet valid (_ssl.c:1000)",
            ["clock is wrong", "Set date and time"],
        ),
        (
            "ERROR: Could not find a suitable TLS CA certificate bundle, invalid path: /old.pem",
            ["is not there", "PIP_CERT"],
        ),
        (
            "ERROR: Could not install packages, OSError: [Errno 28] No space left on device",
            ["disk is full", "Free some space"],
        ),
        (
            "ERROR: Could not install packages, OSError: [WinError 5] Access is denied: 'x'",
            ["can't be written", "close JupyterLab"],
        ),
        (
            "ERROR: No matching distribution found for torch==2.13.0",
            ["no build for this computer", "64-bit Python 3.11 to 3.14"],
        ),
        (
            "ERROR: No matching distribution found for nbval==0.11.0",
            ["lacks a package", "nbval==0.11.0"],
        ),
        ("ERROR: something new", ["something new", "Delete .venv and start again"]),
    ],
)
def test_pip_failures_are_told_with_a_cure(machine, said, words):
    machine.pip_does(f"print({said!r}); sys.exit(1)")
    result = machine.start("setup")
    assert refused(result, "The course could not be set up", *words)
    log = Path(re.search(r"All that pip said: (.*)\)", result.stderr).group(1))
    assert said.splitlines()[-1] in log.read_text()
    assert not machine.stamp.exists()

    machine.pip_does("pass")
    assert machine.start("setup").returncode == 0


def test_a_disk_without_room_is_refused_before_the_download(machine, start, monkeypatch, capsys):
    monkeypatch.setattr(start.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1.2e9}))
    assert start.main(["setup"]) == 1
    said = capsys.readouterr().err
    assert "3.5 GB" in said and "1.2 GB are free" in said and str(machine.course) in said
    assert not machine.installs()


def test_a_full_disk_is_told_where_no_temporary_file_can_be_made_either(start, monkeypatch, capsys):
    def refuse(path, *_):
        raise OSError(28, "No space left on device", path)

    monkeypatch.setattr(start.os, "mkdir", refuse)
    monkeypatch.setattr(tempfile, "gettempdir", lambda: refuse("/tmp"))
    assert start.main(["setup"]) == 1
    assert "The disk is full" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written(machine, start, monkeypatch, capsys):
    def refuse(path, *_):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(start.os, "mkdir", refuse)
    assert start.main(["setup"]) == 1
    said = capsys.readouterr().err
    assert "can't be written" in said and "home folder" in said


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to the whole console")
def test_ctrl_c_in_the_middle_stops_pip_and_the_next_start_carries_on(machine):
    machine.pip_does(
        """
        (lambda f: (f.write(str(os.getpid())), f.close()))(open(".venv/pip_runs", "w"))
        time.sleep(60)
        """
    )
    process = subprocess.Popen(
        [sys.executable, str(machine.course / "start.py"), "setup"],
        env=machine.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # a process that a shell put into the background ignores Ctrl-C
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    running = machine.course / ".venv" / "pip_runs"
    while not (running.exists() and running.read_text()):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "carries on" in said and "Traceback" not in said
    with pytest.raises(ProcessLookupError):
        os.kill(int(running.read_text()), 0)

    machine.pip_does("pass")
    result = machine.start("setup")
    assert result.returncode == 0
    assert "interrupted" in result.stdout


# ----------------------------------------------------------------------------- PyTorch's CPU build


def unreachable(address):
    return False


def reachable(address):
    return True


def never_asked(address):
    raise AssertionError("the index was probed without need")


def test_linux_gets_the_cpu_build_and_never_another(start):
    options = start.torch_options("linux", "", reachable)
    assert options[:2] == ["--extra-index-url", "https://download.pytorch.org/whl/cpu"]
    (pin,) = re.findall(r"^torch==.*", (REPOSITORY / "constraints.txt").read_text(), re.MULTILINE)
    assert options[2:] == [pin + "+cpu"]


@pytest.mark.parametrize(
    "platform, settings",
    [
        ("darwin", ""),
        ("win32", ""),
        ("linux", "global.find-links='/wheels'"),
        ("linux", ":env:.find-links='/wheels'"),
        ("linux", "global.extra-index-url='https://download.pytorch.org/whl/cpu'"),
    ],
)
def test_no_index_is_added_where_it_is_not_needed(start, platform, settings):
    assert start.torch_options(platform, settings, never_asked) == []


def test_unreachable_cpu_index_says_how_to_go_on(start):
    with pytest.raises(start.SetUpError) as refusal:
        start.torch_options("linux", "", unreachable)
    for word in ("connected to the internet", "3 GB", "start.py setup --large"):
        assert word in str(refusal.value)


def test_large_takes_the_standard_build_without_asking(machine):
    machine.pip_does("pass", settings="")
    assert machine.start("setup", "--large").returncode == 0
    (install,) = machine.installs()
    assert "--extra-index-url" not in install
    assert machine.start().stdout.startswith("jupyterlab")


def listen(answer):
    """Serve one connection on loopback: answer with these bytes, or never (None)."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = server.accept()
        if answer is None:
            time.sleep(2)
        else:
            connection.recv(1000)
            connection.sendall(answer)
        connection.close()

    threading.Thread(target=serve, daemon=True).start()
    return server, f"http://127.0.0.1:{server.getsockname()[1]}/"


@pytest.mark.parametrize(
    "answer, expected",
    [
        (b"HTTP/1.0 200 OK\r\n\r\n", True),
        (b"HTTP/1.0 403 Forbidden\r\n\r\n", False),
        (b"not a web page", False),
        (None, False),
    ],
)
def test_probe_is_right_and_ends_in_time(start, monkeypatch, answer, expected):
    monkeypatch.setenv("no_proxy", "*")
    server, address = listen(answer)
    begin = time.perf_counter()
    with server:
        assert start.can_reach(address, seconds=0.5 if answer is None else 3) is expected
    assert time.perf_counter() - begin < 3


def test_a_certificate_that_is_not_trusted_here_is_left_to_pip(start, monkeypatch):
    refusal = ssl.SSLCertVerificationError(1, "self-signed certificate in certificate chain")

    def refuse(*_, **__):
        raise urllib.error.URLError(refusal)

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    assert start.can_reach("https://index/") is True
    refusal = ConnectionResetError(104, "reset by peer")
    assert start.can_reach("https://index/") is False


def test_who_has_told_pip_of_a_proxy_is_not_probed_without_it(start):
    settings = "global.proxy='http://proxy:3128'"
    assert start.torch_options("linux", settings, never_asked)[0] == "--extra-index-url"


def test_probe_of_a_closed_port_and_of_a_name_that_hangs(start, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert start.can_reach(f"http://127.0.0.1:{port}/") is False
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(1.5) or [])
    begin = time.perf_counter()
    assert start.can_reach("http://nowhere.invalid/", seconds=0.3) is False
    assert time.perf_counter() - begin < 1


# ------------------------------------------------------------------------------ a learner's copies


@pytest.fixture
def exercise(machine):
    path = machine.course / "notebooks" / "exercises" / "code" / "01_similarity.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    return path


def test_copies_are_looked_after_at_every_start(machine, exercise):
    assert "course_lib" in machine.start("setup").stdout
    assert "course_lib" in machine.start("setup").stdout


def test_without_exercises_no_copies_are_asked_for(machine):
    assert "course_lib" not in machine.start("setup").stdout


def test_a_failure_to_copy_is_told_and_the_course_opens(machine, exercise):
    (machine.bin / "course_lib" / "__main__.py").write_text("raise SystemExit('no room')")
    result = machine.start()
    assert result.returncode == 0
    assert "no room" in result.stderr and "could not be made" in result.stderr
    assert "jupyterlab" in result.stdout


FAKE_SIGN = """
import json, sys
from pathlib import Path

class TrustNotebookApp:
    @staticmethod
    def launch_instance():
        with open(Path(__file__).parents[1] / "signed.jsonl", "a") as file:
            file.write(json.dumps(sys.argv[1:]) + "\\n")
        sys.exit(int(any("broken" in name for name in sys.argv)))
"""


def test_the_lessons_are_signed_once_and_again_when_they_change(machine):
    lessons = [machine.course / "notebooks" / track / "01_x.ipynb" for track in ("code", "maths")]
    for lesson in lessons:
        lesson.parent.mkdir(parents=True)
        lesson.write_text("{}")
    machine.program("nbformat", "")
    (machine.bin / "nbformat" / "sign.py").write_text(FAKE_SIGN)
    signed = machine.bin / "signed.jsonl"

    def calls():
        return [set(json.loads(line)) for line in signed.read_text().splitlines()]

    for _ in range(2):
        assert machine.start().stdout.splitlines()[-1].startswith("jupyterlab")
    assert calls() == [set(map(str, lessons))]
    later = time.time() + 60
    os.utime(lessons[0], (later, later))
    machine.start()
    assert calls()[1:] == [{str(lessons[0])}]


def test_a_lesson_that_cannot_be_signed_does_not_keep_the_course_shut(machine):
    broken = machine.course / "notebooks" / "code" / "01_broken.ipynb"
    broken.parent.mkdir(parents=True)
    broken.write_text("no notebook")
    machine.program("nbformat", "")
    (machine.bin / "nbformat" / "sign.py").write_text(FAKE_SIGN)
    started = machine.start()
    assert started.returncode == 0 and started.stdout.splitlines()[-1].startswith("jupyterlab")
    assert not (machine.course / ".venv" / "trusted.txt").exists()
