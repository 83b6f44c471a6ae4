"""Open the attention course: the one command that a new machine needs.

    python3 start.py                 set up if needed, then open the course in JupyterLab
    python3 start.py --lecture       the same for a projector: large letters, one notebook at a time
    python3 start.py setup           set up only
    python3 start.py setup --large   the same, where only PyTorch's large Linux build can be had
    python3 start.py site            the course as a web site: set up if needed, build it, open it
    python3 start.py test            set up if needed, with what the tests need, then run them all

Further arguments are handed on: `python3 start.py --port 9999 --no-browser` to JupyterLab,
`python3 start.py test -k softmax` to pytest. Only Python's standard library is used, and nothing is
installed outside the folder `.venv` beside this file: to start afresh, delete that folder.
"""
# An old Python must be able to read this whole file, or it could not say that it is too old: so
# there are no f-strings, no annotations and no keyword-only arguments here.
from __future__ import print_function

import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

OLDEST, NEWEST = (3, 11), (3, 14)  # the Pythons that PyTorch 2.13 is built for
ROOT = os.path.dirname(os.path.realpath(__file__))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, *(["Scripts", "python.exe"] if os.name == "nt" else ["bin", "python"]))
STAMP = os.path.join(VENV, "setup.json")  # written last: where it is missing, set-up did not end
LOG = os.path.join(VENV, "setup.log")
REQUIREMENTS = ("pyproject.toml", "constraints.txt")
START_PAGE = "notebooks/00_start_here.ipynb"
TRUSTED = os.path.join(VENV, "trusted.txt")  # newer than each lesson that was signed
SIGN = "from nbformat.sign import TrustNotebookApp as app; app.launch_instance()"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
GIGABYTES, LARGE_GIGABYTES = 3.5, 12  # free space that a fresh set-up needs
CAPTURED = {"stdout": subprocess.PIPE, "encoding": "utf-8", "errors": "replace"}
OVERRIDES = os.path.join(VENV, "share", "jupyter", "lab", "settings", "overrides.json")
JUPYTERLAB = {  # its question about news covers a corner of the page; who likes can switch it on
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false", "checkForUpdates": False
    }
}
LECTURE = os.path.join(VENV, "lecture")  # settings of its own: nobody's own are touched
LECTURE_FILES = {
    "@jupyterlab/apputils-extension/themes.jupyterlab-settings": json.dumps({
        "overrides": {
            "code-font-size": "20px", "content-font-size1": "22px", "ui-font-size1": "15px"
        }
    }),
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": json.dumps({
        "codeCellConfig": {"lineNumbers": False}
    }),
    "custom/custom.css": (  # pictures to drag have letters of their own; drawings are as wide
        ".course-drag, .course-player { font-size: 22px !important; max-width: none !important; }\n"
        ".course-drag svg { max-width: min(30em, 100%) !important; }\n"
        ".jp-RenderedHTMLCommon figure > [data-part=drawing] svg, .jp-RenderedHTMLCommon figure img"
        " { zoom: 1.25; }\n"
    ),
}
JUPYTER_DATA = "~/Library/Jupyter" if sys.platform == "darwin" else os.path.join(
    os.environ.get("XDG_DATA_HOME") or "~/.local/share", "jupyter"
)
KEPT_AT_HOME = (  # (variable, where a program keeps what it writes unless the variable is set)
    ("JUPYTER_CONFIG_DIR", "~/.jupyter"),
    ("JUPYTER_DATA_DIR", JUPYTER_DATA),
    ("JUPYTER_RUNTIME_DIR", os.path.join(JUPYTER_DATA, "runtime")),
    ("IPYTHONDIR", "~/.ipython"),
    ("MPLCONFIGDIR", "~/.config/matplotlib"),
)
CONTAINER_VARIABLES = (
    "container", "CODESPACES", "DEVCONTAINER", "REMOTE_CONTAINERS", "GITPOD_WORKSPACE_ID",
    "KUBERNETES_SERVICE_HOST",
)
CONTAINER_FILES = ("/.dockerenv", "/run/.containerenv", "/run/systemd/container")
CONTAINER_SIGNS = (  # (a file that describes the system, what it holds in a container)
    ("/proc/1/cgroup", r"docker|kubepods|containerd|libpod|lxc|garden|buildkit"),
    ("/proc/1/environ", r"(^|\0)container="),
    ("/proc/mounts", r"(?m)^\S+ / (overlay|fuse-overlayfs) "),
)


class SetUpError(Exception):
    """What went wrong, and what to do about it."""


def main(arguments):
    """Do what the command line asks, and return the exit status."""
    command = arguments[0] if arguments else "lab"
    if command in ("-h", "--help"):
        print(__doc__)
        return 0
    try:
        check_python(sys.version_info)
        if command == "setup":
            set_up(large="--large" in arguments[1:])
            print("The course is set up. Open it with: python3 start.py")
            return 0
        if command == "test":
            set_up(tests=True)
            return run_tests(arguments[1:])
        if command == "site":
            set_up(site=True)
            return hand_over([PYTHON, "-m", "course_lib", "site", "--serve"] + arguments[1:])
        options = options_for_root(arguments)
        if options is None:
            return 1
        set_up()
        return open_course(options + arguments)
    except (SetUpError, OSError) as error:
        problem = error if isinstance(error, SetUpError) else diagnose(str(error))
        print("\nThe course could not be set up.\n\n{}\n".format(problem), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Nothing is lost: the same command carries on.", file=sys.stderr)
        return 130


def check_python(version):
    """Refuse a Python for which the course's packages are not built."""
    if not OLDEST <= tuple(version[:2]) <= NEWEST:
        raise SetUpError(
            "This is Python {}.{}; the course needs Python {}.{} to {}.{}.\nInstall one of them "
            "(https://www.python.org/downloads/), then start with it, for example:\n"
            "    python{}.{} start.py        on Windows: py -{}.{} start.py".format(
                *(tuple(version[:2]) + OLDEST + NEWEST + NEWEST + NEWEST)
            )
        )


# ---------------------------------------------------------------------------- the environment


def set_up(large=False, tests=False, site=False):
    """Bring `.venv` to what the requirements ask for; where it is there already, this is quick.

    What tests and site need stays once it is there, and so does PyTorch's large build.
    """
    wanted, found = wanted_stamp(), read_stamp()
    wanted["large"] = large or bool(found and found.get("large"))
    wanted["tests"] = tests or bool(found and found.get("tests"))
    wanted["site"] = site or wanted["tests"] or bool(found and found.get("site"))
    todo = what_to_do(wanted, found)
    if todo:
        build, reason = todo
        print(reason, flush=True)
        if build:
            make_environment(LARGE_GIGABYTES if wanted["large"] else GIGABYTES)
        elif found:
            os.remove(STAMP)
        extra = "[test]" if wanted["tests"] else "[site]" if wanted["site"] else ""
        install_requirements(wanted["large"], extra)
        settle_jupyterlab()
        wanted["installed"] = installed_packages()
        with open(STAMP, "w") as file:
            json.dump(wanted, file, indent=1)
    make_learner_copies()


def wanted_stamp():
    """Describe what a finished environment was made from: requirements, Python and place."""
    digest = hashlib.sha256()
    for name in REQUIREMENTS:
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    python = "Python {}.{} ({})".format(sys.version_info[0], sys.version_info[1], sys.platform)
    return {"requirements": digest.hexdigest(), "python": python, "folder": os.path.normcase(ROOT)}


def read_stamp():
    """Return what the finished environment was made from, or None where there is none."""
    try:
        with open(STAMP) as file:
            stamp = json.load(file)
        return stamp if isinstance(stamp, dict) else None
    except (OSError, ValueError):
        return None


def what_to_do(wanted, found):
    """Return None where all is ready, else `(build from scratch?, why)`."""
    if not os.path.exists(VENV):
        return True, "Setting the course up: this happens once and takes a few minutes."
    if found is None and os.path.exists(LOG):
        return True, "An earlier set-up was interrupted: building the environment again."
    if not os.path.exists(PYTHON):
        return True, "The environment's Python is gone: building the environment again."
    if found is None:
        return False, "Setting the course up in the .venv that is already here."
    if found.get("folder") != wanted["folder"]:
        return True, "The folder was moved or copied: building the environment again in its place."
    if found.get("python") != wanted["python"]:
        return True, "{} instead of {}: building the environment again.".format(
            wanted["python"], found.get("python")
        )
    if found.get("requirements") != wanted["requirements"]:
        return False, "The course needs other packages than before: updating the environment."
    if wanted["tests"] and not found.get("tests"):
        return False, "The tests need more packages than the course: adding them."
    if wanted["site"] and not found.get("site"):
        return False, "The site needs more packages than the course: adding them."
    if not set(found.get("installed", [])) <= set(installed_packages()):
        return False, "Packages of the environment were changed: putting them back."
    return None


def installed_packages():
    """List what is installed in the environment, as `name-version`, without starting Python."""
    posix = os.path.join("lib", "python{}.{}".format(*sys.version_info[:2]))
    library = os.path.join(VENV, "Lib" if os.name == "nt" else posix, "site-packages")
    names = os.listdir(library) if os.path.isdir(library) else []
    return sorted(name[: -len(".dist-info")] for name in names if name.endswith(".dist-info"))


def make_environment(gigabytes):
    """Make an empty `.venv`, in place of any that is there."""
    if os.path.exists(VENV):
        shutil.rmtree(VENV)
    check_space(gigabytes)
    os.mkdir(VENV)
    open(LOG, "w").close()  # from here on an interruption can be seen
    python = getattr(sys, "_base_executable", None) or sys.executable
    done = subprocess.run([python, "-m", "venv", VENV], stderr=subprocess.STDOUT, **CAPTURED)
    if done.returncode:
        raise SetUpError(diagnose(done.stdout))


def check_space(gigabytes):
    """Refuse to begin what the disk has no room for."""
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < gigabytes:
        raise SetUpError(
            "The disk is too full: the set-up needs {} GB, and {:.1f} GB are free in\n    {}\n"
            "Free some space, or move the course's folder to another disk, then start again."
            .format(gigabytes, free, ROOT)
        )


# ------------------------------------------------------------------------------- the packages


def install_requirements(large, extra):
    """Install the course, some extra and its pinned packages; pip's own words go to the log."""
    pip = [PYTHON, "-m", "pip", "--no-input", "--disable-pip-version-check"]
    command = pip + ["install", "--progress-bar", "off"]
    command += ["-c", os.path.join(ROOT, "constraints.txt")]
    command += ["-e", ROOT + extra]
    with open(LOG, "w", encoding="utf-8") as log:
        if not large:
            settings = subprocess.run(pip + ["config", "list"], stderr=log, **CAPTURED).stdout
            command += torch_options(sys.platform, settings, can_reach)
        tail, status = follow(command, log)
    if status:
        raise SetUpError(diagnose("\n".join(tail)) + "\n(All that pip said: {})".format(LOG))


def torch_options(platform, settings, reach):
    """Return pip's options for PyTorch's CPU build; elsewhere than on Linux it comes by itself.

    `settings` is what `pip config list` prints: who has set a place to find packages keeps it.
    """
    if not platform.startswith("linux") or "find-links" in settings or CPU_INDEX in settings:
        return []
    if "proxy" not in settings and not reach(CPU_INDEX + "/torch/"):  # pip's proxy is pip's alone
        raise SetUpError(
            "PyTorch's page of small builds can't be reached from here: {}\n"
            "Are you connected to the internet? If not, connect and start again.\n"
            "If this network lets only other pages through, PyTorch's standard Linux build will\n"
            "do, but it is a download of 3 GB and takes {} GB of disk:\n"
            "    python3 start.py setup --large".format(CPU_INDEX, LARGE_GIGABYTES)
        )
    with open(os.path.join(ROOT, "constraints.txt")) as file:
        torch = re.search(r"^torch==[\w.]+", file.read(), re.MULTILINE).group()
    # "+cpu" refuses the large build even where the CPU index fails half-way
    return ["--extra-index-url", CPU_INDEX, torch + "+cpu"]


def can_reach(address, seconds=3):
    """Tell within `seconds` whether a web page answers (looking its name up included).

    A certificate that is not trusted here is an answer: pip may trust it, or says what is wrong.
    """
    import ssl
    import threading
    import urllib.request

    answers = []

    def ask():
        try:
            request = urllib.request.Request(address, method="HEAD")
            answers.append(urllib.request.urlopen(request, timeout=seconds).status < 400)
        except Exception as error:  # whatever else is wrong, the page can't be had
            reason = getattr(error, "reason", None)
            answers.append(isinstance(reason, ssl.SSLCertVerificationError))

    thread = threading.Thread(target=ask)
    thread.daemon = True  # a name server that never answers must not hold the program
    thread.start()
    thread.join(seconds)
    return any(answers)


def follow(command, log):
    """Run pip, show what it is at in one line, and return its last lines and exit status."""
    environment = dict(os.environ, PYTHONUNBUFFERED="1", PYTHONIOENCODING="utf-8")
    process = subprocess.Popen(
        command, env=environment, cwd=ROOT, stderr=subprocess.STDOUT, **CAPTURED
    )
    tail = []
    try:
        for line in process.stdout:
            log.write(line)
            tail = (tail + [line.rstrip()])[-40:]
            show_progress(line)
        return tail, process.wait()
    finally:
        if process.poll() is None:  # the learner pressed Ctrl-C
            process.terminate()
            process.wait()
        show_progress(None)


def show_progress(line):
    """Show one line of pip's work in place of the last; `None` ends it."""
    match = re.match(r"\s*(?:Downloading|Using cached) ([\w.]+?)-\d\S* ?(\(.*\))?", line or "")
    if match:
        text = "  fetching {} {}".format(match.group(1), match.group(2) or "")
    elif line and line.startswith("Installing collected packages"):
        text = "  unpacking {} packages (about a minute)".format(line.count(",") + 1)
    elif line and "Retrying" in line:
        text = "  the package index does not answer; trying again"
    elif line is not None:
        return
    else:
        text = ""
    if sys.stdout.isatty():
        print("\r{:<70.70}".format(text), end="" if text else "\r", flush=True)
    elif text and "fetching" not in text:
        print(text, flush=True)


CURES = (  # (what the output of venv or pip says, what it means, what to do), the first that fits
    ("No space left|Errno 28|WinError 112|not enough space",
     "The disk is full.",
     "Free some space, on the disk of {root} and on that of temporary files, then start again."),
    ("ensurepip|No module named venv",
     "This Python has no `venv`, which makes environments.",
     "On Debian and Ubuntu: sudo apt install python3-venv      Then start again."),
    ("Errno 30|Errno 13|Permission denied|Read-only|WinError 5|WinError 32|Access is denied",
     "Files in {root} can't be written.",
     "Move the course's folder to a place that is yours, such as your home folder; close "
     "JupyterLab if it still runs from here; then start again."),
    ("certificate has expired|certificate is not yet valid",
     "A certificate on the way to the package index is out of date, or this computer's clock is "
     "wrong.",
     "Set date and time, then start again. If they are right, tell who looks after this network."),
    ("TLS CA certificate bundle",
     "The file of certificates that pip is told to use is not there.",
     "See PIP_CERT, REQUESTS_CA_BUNDLE and pip's settings: {python} -m pip config list"),
    ("CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|certificate verify failed|"
     "confirming the ssl certificate|self.signed certificate|UNKNOWN_CA|"
     "certificate is not trusted|root certificate which is not trusted",
     "The network is there, but the package index's certificate is not trusted: a proxy of a "
     "company or school, or a virus scanner, stands between and signs with its own.",
     "Ask who looks after this network for its certificate, a .pem file, and name it to pip:\n"
     "    {python} -m pip config --user set global.cert FILE.pem\nThen start again."),
    ("NewConnectionError|ConnectTimeout|NameResolution|name resolution|getaddrinfo|ReadTimeout|"
     "Network is unreachable|Connection refused|Connection to .* timed out|ProxyError|SSLError|"
     "ConnectionReset|Connection broken|IncompleteRead",
     "The package index can't be reached: there is no network, or it was lost on the way.",
     "Connect to the internet (set HTTPS_PROXY if your network needs it), then start again."),
    ("No matching distribution found for torch",
     "PyTorch has no build for this computer.",
     "It needs a 64-bit Python {oldest} to {newest} on Linux, Windows or a Mac with an Apple "
     "processor."),
    ("No matching distribution found",
     "The package index that pip uses lacks a package of the course.",
     "See which one above, and pip's settings: {python} -m pip config list"),
)


def diagnose(output):
    """Turn what venv or pip said into its last lines, what they mean, and a cure."""
    lines = [line for line in output.splitlines() if line.strip()]
    errors = [
        line for line in lines
        if re.search("error|no module", line, re.IGNORECASE) and not re.match(r"\s*note:", line)
    ]
    said = "\n".join("    " + line[:200] for line in (errors or lines)[-6:])
    meaning, cure = "A step failed in a way that is new here.", "Delete .venv and start again."
    for pattern, known_meaning, known_cure in CURES:
        if re.search(pattern, output):
            meaning, cure = known_meaning, known_cure
            break
    names = {
        "root": ROOT, "python": PYTHON,
        "oldest": "{}.{}".format(*OLDEST), "newest": "{}.{}".format(*NEWEST),
    }
    return "{}\n\n{}\n\n{}".format(said, meaning.format(**names), cure.format(**names))


# ------------------------------------------------------------------- what a learner works with


def settle_jupyterlab():
    """Switch off what would distract a learner in JupyterLab."""
    if not os.path.isdir(os.path.dirname(OVERRIDES)):
        os.makedirs(os.path.dirname(OVERRIDES))
    with open(OVERRIDES, "w") as file:
        json.dump(JUPYTERLAB, file, indent=1)


def make_learner_copies():
    """Give the learner copies of new exercises, and say which ones an update has changed.

    The course opens even where that fails.
    """
    if not os.path.isdir(os.path.join(ROOT, "notebooks", "exercises")):
        return
    if subprocess.call([PYTHON, "-m", "course_lib", "my-work"], cwd=ROOT):
        print("Your copies of the exercises could not be made; see above.", file=sys.stderr)


def trust_lessons():
    """Sign the lessons, so that JupyterLab shows their drawings before a cell has run.

    Nothing depends on it: without a signature a drawing's description stands in its place.
    """
    lessons = glob.glob(os.path.join(ROOT, "notebooks", "*", "[0-9]*.ipynb"))
    if os.path.exists(TRUSTED):
        signed = os.path.getmtime(TRUSTED)
        lessons = [path for path in lessons if os.path.getmtime(path) > signed]
    if not lessons:
        return
    keep_in_environment()
    with open(os.devnull, "w") as nowhere:
        failed = subprocess.call([PYTHON, "-c", SIGN] + lessons, stdout=nowhere, stderr=nowhere)
    if not failed:
        with open(TRUSTED, "w") as file:
            file.write("The lessons were signed at the time of this file.\n")


def open_course(arguments):
    """Open JupyterLab on the start page; `--lecture` in a projector's settings."""
    trust_lessons()
    lecture = "--lecture" in arguments
    arguments = [each for each in arguments if each != "--lecture"]
    if lecture:
        write_lecture_settings(LECTURE)
        os.environ["JUPYTER_CONFIG_DIR"] = LECTURE
        arguments = lecture_options(LECTURE) + arguments
    if in_container() and not os.environ.get("BROWSER"):  # VS Code's containers have one
        print("No browser opens from a container: JupyterLab prints an address; open it in yours.\n"
              "(Docker hands it on with `docker run -p 8888:8888` and `start.py --ip 0.0.0.0`.)")
    return hand_over(
        [PYTHON, "-m", "jupyterlab", "--ServerApp.root_dir=" + ROOT,
         "--LabApp.default_url=/{}/tree/{}".format("doc" if lecture else "lab", START_PAGE)]
        + arguments
    )


def write_lecture_settings(folder):
    """Write JupyterLab's settings for a projector into a folder."""
    for name, content in LECTURE_FILES.items():
        path = os.path.join(folder, *name.split("/"))
        if not os.path.isdir(os.path.dirname(path)):
            os.makedirs(os.path.dirname(path))
        with open(path, "w") as file:
            file.write(content)


def lecture_options(folder):
    """Return the options by which JupyterLab uses the settings of a folder, and no others."""
    return ["--LabApp.user_settings_dir=" + folder, "--LabApp.custom_css=True",
            "--LabApp.workspaces_dir=" + os.path.join(folder, "workspaces")]


def options_for_root(arguments):
    """Return the option that JupyterLab needs where one is root, or None: rather not.

    Whoever is root in a container has nobody else to be; elsewhere it may be a slip, so ask.
    """
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0  # Windows has no root
    if not is_root or any(re.match(r"--(\w+\.)?allow[-_]root\b", each) for each in arguments):
        return []
    if in_container() or os.environ.get("CI", "").lower() not in ("", "0", "false"):
        print("You are root in a container or a test machine: JupyterLab is told to run as root.")
    elif not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        print("You are root, with no terminal to be asked on: JupyterLab is told to run as root.")
    else:
        print("You are root: a cell that you run may change anything on this computer,\n"
              "and the files that you make will be root's.")
        try:
            answer = input("Open the course as root all the same? [y/N] ")
        except EOFError:
            answer = ""
        if answer.strip().lower() not in ("y", "yes"):
            print("\nNot opened. Start it as an ordinary user, without sudo, in that user's folder:"
                  "\n    python3 start.py\nAs root, without this question:\n"
                  "    python3 start.py --allow-root")
            return None
    return ["--allow-root"]


def in_container():
    """Tell whether this is a container (Docker, Podman, LXC, Kubernetes, Codespaces, ...)."""
    if any(map(os.environ.get, CONTAINER_VARIABLES)) or any(map(os.path.exists, CONTAINER_FILES)):
        return True
    for path, sign in CONTAINER_SIGNS:
        try:
            with open(path) as file:
                if re.search(sign, file.read()):
                    return True
        except (OSError, UnicodeDecodeError):  # it is not Linux, or this user must not look
            pass
    return False


def keep_in_environment():
    """Where a home folder can't be written, let programs keep in `.venv` what they keep there."""
    if not os.path.isabs(os.path.expanduser("~")):  # a user of whom the system knows a number only
        os.environ["HOME"] = os.path.join(VENV, "home")
    for variable, folder in KEPT_AT_HOME:
        if not os.environ.get(variable) and not can_be_written(os.path.expanduser(folder)):
            os.environ[variable] = os.path.join(VENV, "home", variable)


def can_be_written(folder):
    """Tell whether a folder, or the nearest one above it that there is, can be written."""
    while not os.path.lexists(folder) and folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
    return os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK)


def run_tests(arguments):
    """Run every test: a worker process more than there are cores, and one thread in each."""
    os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
    workers = str((os.cpu_count() or 1) + 1)  # one of them mostly waits for a browser
    return hand_over([PYTHON, "-m", "pytest", "-n", workers, "--dist", "loadfile"] + arguments)


def hand_over(command):
    """Go on as another program (on Windows: wait for it), from the course's folder."""
    os.chdir(ROOT)
    keep_in_environment()
    # so that `python` in a terminal of JupyterLab is the course's own
    os.environ["PATH"] = os.path.dirname(PYTHON) + os.pathsep + os.environ.get("PATH", "")
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            pass  # the program got it too, and ends in its own way


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
