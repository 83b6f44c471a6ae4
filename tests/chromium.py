"""Headless Chromium for tests; a machine without it skips loudly, CI fails."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium():
    """Return the path of Chromium; skip where it is missing, or fail where CI is set."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = next((path for path in map(shutil.which, names) if path), None)
    if found is None:
        reason = "no Chromium found: the browser tests did NOT run (Debian: apt install chromium)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def still(page):
    """Let what moves arrive; fail where something would move on and on by itself."""
    moving = page.evaluate("""() => document.getAnimations().filter((each) => {
      const { endTime } = each.effect.getComputedTiming();
      if (endTime <= 5000) each.finish();
      return endTime > 5000;
    }).map((each) => each.effect.target.outerHTML)""")
    assert not moving, moving  # WCAG 2.2.2: more than 5 seconds would need a way to stop it


@contextlib.contextmanager
def browser_page(*, width, height):
    """Yield a page of a fresh headless browser."""
    from playwright.sync_api import sync_playwright

    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": height})
        yield page
        browser.close()


@contextlib.contextmanager
def jupyterlab(folder, settings, *, opens, options=()):
    """Run JupyterLab on a free port, with settings of its own; yield its address.

    folder: what it shows. opens: the notebook that it starts with. options: more of them.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}", "--allow-root"]
    command += [f"--ServerApp.root_dir={folder}", f"--LabApp.default_url=/lab/tree/{opens}"]
    command += ["--IdentityProvider.token=", f"--LabApp.user_settings_dir={settings}"]
    command += [f"--LabApp.workspaces_dir={settings}", *options]
    log = (settings / "lab.log").open("w")
    environment = os.environ | {"JUPYTER_CONFIG_DIR": str(settings)}  # not this user's own
    server = subprocess.Popen(
        command, stdout=log, stderr=subprocess.STDOUT, cwd=folder, env=environment
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/api", timeout=1).close()
                break
            except OSError:
                assert server.poll() is None, (settings / "lab.log").read_text()
                time.sleep(0.25)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:  # a kernel that has only begun holds it up
            server.kill()
            server.wait()


def open_notebook(page, lab, path):
    """Open a notebook and wait until its kernel is idle."""
    page.goto(f"{lab}/lab/tree/{path}?reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
