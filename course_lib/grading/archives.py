"""Zips as they come from outside: what lies in one, or in one in another, and what can't be had.

A file is told by a path on the disk and a way: in the zip there the entry of that number, in that
again the next. Nothing stays open, so that a class may hand in a thousand zips.
"""

import contextlib
import os
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from course_lib.files.cells import Trouble

DEEPEST = 4  # zips in zips
LARGEST = 2**29  # bytes of a zip in a zip
LONGEST_LIST = 2**24  # bytes of a zip's own list of what is in it
MAGIC = (b"PK\x03\x04", b"PK\x05\x06")  # the second begins an empty one
UTF_8 = 0x800  # the flag of a name in UTF-8


@dataclass(frozen=True)
class Entry:
    """A file in a zip: its number, its name in parts, and when the zip says that it was changed."""

    number: int
    parts: tuple[str, ...]
    date: tuple[int, ...]


@contextlib.contextmanager
def opened(path: Path, way: tuple[int, ...] = ()) -> Iterator[IO[bytes]]:
    """Open a file on the disk, or one in the zip there, to be read from its beginning.

    Raises:
        Trouble: it can't be read; it says why.
    """
    with contextlib.ExitStack() as stack:
        try:
            if not path.is_file():
                raise Trouble("it is no file.")
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            file: IO[bytes] = stack.enter_context(os.fdopen(descriptor, "rb"))
        except OSError as error:
            raise Trouble(f"it can't be read: {error}") from None
        for depth, number in enumerate(way):
            archive = stack.enter_context(_archive(file))
            try:
                inner = stack.enter_context(archive.open(archive.infolist()[number]))
                last = depth == len(way) - 1
                file = inner if last else stack.enter_context(_copied(inner))
            except Trouble:
                raise
            except Exception as error:  # each way of packing has errors of its own
                raise Trouble(f"it can't be read out of the zip: {error}") from None
        yield file


def read(path: Path, way: tuple[int, ...], limit: int) -> bytes:
    """Return the bytes of a file, limit + 1 of them where it is longer.

    Raises:
        Trouble: it can't be read; it says why.
    """
    with opened(path, way) as file:
        try:
            return file.read(limit + 1)
        except Exception as error:
            where = "read out of the zip" if way else "read"
            raise Trouble(f"it can't be {where}: {error}") from None


def listed(path: Path, way: tuple[int, ...] = ()) -> list[Entry]:
    """Return the files in a zip; none leads out of it.

    Raises:
        Trouble: it is no zip that can be read.
    """
    with opened(path, way) as file, contextlib.ExitStack() as stack:
        whole = stack.enter_context(_copied(file)) if way else file
        archive = stack.enter_context(_archive(whole))
        return [
            Entry(number, parts, entry.date_time)
            for number, entry in enumerate(archive.infolist())
            if not entry.is_dir() and (parts := _parts(entry))
        ]


def is_zip(path: Path, way: tuple[int, ...] = ()) -> bool:
    """Say whether a file begins as a zip does, whatever it is called."""
    try:
        return read(path, way, 3) in MAGIC
    except Trouble:
        return False


def _archive(file):
    try:
        _refuse_long_lists(file)
        return zipfile.ZipFile(file)
    except Trouble:
        raise
    except Exception as error:
        raise Trouble(f"it is no zip that can be read: {error}") from None


def _refuse_long_lists(file):
    """Raise Trouble before a list is read that would fill the memory."""
    size = file.seek(0, os.SEEK_END)
    start = file.seek(max(0, size - 2**16 - 22))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + 22 > len(tail):
        raise Trouble("it is no zip that can be read: its end is missing.")
    (length,) = struct.unpack_from("<L", tail, at + 12)
    if at >= 20 and tail[at - 20 : at - 16] == b"PK\x06\x07":  # a zip of more than 4 GB
        (place,) = struct.unpack_from("<Q", tail, at - 12)
        file.seek(place if place < size else start)
        record = file.read(56)
        length = struct.unpack_from("<Q", record, 40)[0] if len(record) == 56 else length
    if length > LONGEST_LIST:
        raise Trouble("it is a zip with far too many files in it.")
    file.seek(0)


def _copied(file):
    """Return a copy in which one can go back and forth, on the disk where it is large."""
    copy = tempfile.SpooledTemporaryFile(2**20)
    left = LARGEST
    while piece := file.read(min(2**20, left + 1)):
        left -= len(piece)
        if left < 0:
            copy.close()
            raise Trouble(f"the zip in it is larger than {LARGEST // 2**20} MB.")
        copy.write(piece)
    copy.seek(0)
    return copy


def _parts(entry):
    """Return a name in parts. Some programs write backslashes, or UTF-8 without saying so."""
    name = entry.filename
    if not entry.flag_bits & UTF_8:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return tuple(p for p in name.replace("\\", "/").split("/") if p not in ("", ".", ".."))
