"""A deck as PDF: one page a slide, every step open, printed by Chromium where there is one."""

import base64
import contextlib
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from course_lib.files.cells import Trouble

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SECONDS = 120  # a deck's time limit
DECK = "Boolean(window.Reveal && Reveal.isReady() && document.querySelector('.pdf-page'))"
HANDOUT = "document.body.dataset.ready === 'yes'"


def print_deck(path: Path) -> Path:
    """Print a deck beside it, and return the PDF's path.

    Raises:
        Trouble: there is no browser, or the deck does not come to an end of laying itself out.
    """
    return _print(path, f"{path.resolve().as_uri()}?print-pdf&look=light", DECK)


def print_handout(path: Path) -> Path:
    """Print a hand-out beside it, and return the PDF's path.

    Raises:
        Trouble: there is no browser, or the hand-out does not come to an end of its layout.
    """
    return _print(path, path.resolve().as_uri(), HANDOUT)


def _print(path: Path, address: str, ready: str) -> Path:
    target = path.with_suffix(".pdf")
    with _page(address) as ask:
        until = time.monotonic() + SECONDS
        while not ask("Runtime.evaluate", expression=ready)["result"].get("value"):
            if time.monotonic() > until:
                raise Trouble(f"{path} could not be printed: it was not ready in {SECONDS} s.")
            time.sleep(0.2)
        printed = ask("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
    target.write_bytes(base64.b64decode(printed["data"]))
    return target


def browser() -> str:
    """Return the path of Chromium or Chrome.

    Raises:
        Trouble: there is none; it says how to print without.
    """
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if found is None:
        raise Trouble(
            "--pdf needs Chromium or Chrome, which was not found. Or open the deck in any browser "
            "with ?print-pdf at the end of its address, and print it to a file."
        )
    return found


@contextlib.contextmanager
def _page(address: str) -> Iterator[Any]:
    """Open an address in a headless browser; yield ask(method, **parameters) of its protocol."""
    import websocket  # JupyterLab's server brings it

    with tempfile.TemporaryDirectory(prefix="print-", ignore_cleanup_errors=True) as profile:
        command = [browser(), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
        command += ["--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            port, way = _address(Path(profile, "DevToolsActivePort"), process)
            line = websocket.create_connection(
                f"ws://127.0.0.1:{port}{way}", timeout=SECONDS, suppress_origin=True
            )
            made = _told(line, None, "Target.createTarget", {"url": address})["targetId"]
            joined = {"targetId": made, "flatten": True}
            session = _told(line, None, "Target.attachToTarget", joined)["sessionId"]
            yield lambda method, **parameters: _told(line, session, method, parameters)
            line.close()
        finally:
            process.kill()
            process.wait()


def _address(file: Path, process: subprocess.Popen) -> tuple[str, str]:
    """Return the port and path at which the browser listens, once it has written them down."""
    for _ in range(300):
        if file.exists() and len(lines := file.read_text().split()) == 2:
            return lines[0], lines[1]
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise Trouble("Chromium did not start: the deck was made, but not printed.")


def _told(line: Any, session: str | None, method: str, parameters: dict) -> dict:
    """Ask the browser one thing, and return its answer; what else it says is not heard."""
    message = {"id": 1, "method": method, "params": parameters}
    line.send(json.dumps(message | ({"sessionId": session} if session else {})))
    while True:
        answer = json.loads(line.recv())
        if answer.get("id") == 1:
            if "error" in answer:
                raise Trouble(f"Chromium could not print: {answer['error'].get('message')}.")
            return answer["result"]
