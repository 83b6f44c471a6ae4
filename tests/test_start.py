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
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import tomllib
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
        # No .pyc files: a behaviour may change twice in one second.
        return os.environ | {"PYTHONPATH": str(self.bin), "PYTHONDONTWRITEBYTECODE": "1"}

    def start(self, *arguments, python=()):
        command = python or (sys.executable, str(self.course / "start.py"))
        return subprocess.run(
            [*command, *arguments],
            env=self.environment,
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
    assert install[install.index("-e") + 1] == f"{machine.course}[test]"

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
    assert not (machine.course / ".venv").exists()


def test_news_and_teachers_buttons_are_off(machine):
    machine.start("setup")
    environment = machine.course / ".venv"
    overrides = json.loads((environment / "share/jupyter/lab/settings/overrides.json").read_text())
    assert overrides["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    page = json.loads((environment / "etc/jupyter/labconfig/page_config.json").read_text())
    assert page["disabledExtensions"] == {"@jupyter/nbgrader": True}


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
