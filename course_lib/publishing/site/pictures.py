"""What a notebook shows, made fit for a web page: pictures are files, drawings part of it."""

import base64
import hashlib
import re
import struct
from pathlib import Path

from course_lib.publishing.shown import standing

IMAGE = re.compile(r'<img alt="([^"]*)" width="(\d+)"[^>]*? src="data:image/png;base64,([^"]+)">')
NOTEBOOK = re.compile(r'(href="[^":]*)\.ipynb(?=[#"])')
FOLDER = "_static/pictures"


def fitted(shown: str, up: str, files: dict[str, bytes]) -> str:
    """Return a cell's HTML for a page; its pictures are added to ``files`` by name.

    up: the way from the page to the site's root, "" or "../".
    """
    shown = IMAGE.sub(lambda found: _as_file(found, up, files), standing(shown))
    return NOTEBOOK.sub(r"\1.html", shown)


def _as_file(found: re.Match, up: str, files: dict[str, bytes]) -> str:
    """Return an <img> whose picture is a file, with both its sizes, so that no text jumps."""
    alt, width, data = found.groups()
    content = base64.b64decode(data)
    name = f"{hashlib.sha256(content).hexdigest()[:16]}.png"
    files[name] = content
    pixels = struct.unpack(">II", content[16:24])  # of a PNG: its width and height
    height = round(int(width) * pixels[1] / pixels[0])
    return (
        f'<img alt="{alt}" width="{width}" height="{height}" loading="lazy" decoding="async" '
        f'src="{up}{FOLDER}/{name}">'
    )


def write(files: dict[str, bytes], site: Path) -> None:
    """Write the pictures into a site's folder."""
    folder = site / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
