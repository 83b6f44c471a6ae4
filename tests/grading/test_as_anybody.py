"""Marking needs no root: the same attempts, by a user without any rights."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib.lessons import ROOT

ANYBODY = "61990"
ATTEMPTS = "cheat_gets or nobody_alone or this_machine or network or writes or ends or orphan"


def view_for_all(path):
    """Return bubblewrap's options that show a folder to all, though one above it may be closed."""
    closed = next((p for p in reversed(path.parents) if not p.stat().st_mode & 0o001), None)
    if closed is None:
        return []
    between = [p for p in reversed(path.parents) if p.is_relative_to(closed) and p != closed]
    options = ["--perms", "0755", "--tmpfs", str(closed)]
    for folder in between:
        options += ["--perms", "0755", "--dir", str(folder)]
    return [*options, "--ro-bind", str(path), str(path)]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="this suite runs as a plain user anyway"
)
def test_the_walls_stand_for_a_plain_user_too(needs_walls, tmp_path):
    if shutil.which("setpriv") is None:
        pytest.skip("no setpriv here (Debian: util-linux)")
    command = ["bwrap", "--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--cap-add", "ALL"]
    shown = {Path(p).resolve() for p in (ROOT, sys.base_prefix)} | {Path(sys.prefix)}
    for path in sorted(shown):
        if not any(path != other and path.is_relative_to(other) for other in shown):
            command += view_for_all(path)
    command += ["setpriv", f"--reuid={ANYBODY}", f"--regid={ANYBODY}", "--clear-groups"]
    command += ["--inh-caps=-all", sys.executable, "-m", "pytest", "tests/grading/test_cheats.py"]
    command += ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", ATTEMPTS]
    command += [f"--basetemp=/tmp/anybody-{os.getpid()}"]
    environment = {**os.environ, "HOME": "/tmp", "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
    assert " passed" in ran.stdout and "skipped" not in ran.stdout
