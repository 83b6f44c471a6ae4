"""Between the marker and one notebook: pass bytes on, both ways, and end the notebook when told.

Outside, each message has five bytes before it: its length and its kind. Inside, bytes are frames.
"""

import json
import os
import select
import struct
from collections.abc import Callable
from typing import Any

BEGIN, DATA, END = b"B", b"D", b"E"  # kinds of messages; DATA of no length: there is no more
PIECE = 1 << 20
Start = Callable[[list], tuple[int, int, Callable[[], None]]]


def put(stream: int, kind: bytes, content: bytes = b"") -> None:
    """Write one message, all of it."""
    message = memoryview(struct.pack("<I", len(content)) + kind + content)
    while message:
        message = message[os.write(stream, message) :]


def exactly(stream: int, count: int) -> bytes:
    """Read so many bytes; fewer at the end."""
    found = b""
    while len(found) < count:
        piece = os.read(stream, min(PIECE, count - len(found)))
        if not piece:
            break
        found += piece
    return found


def message(stream: int) -> tuple[bytes, bytes]:
    """Return (kind, content) of the next message; (b"", b"") at the end."""
    head = exactly(stream, 5)
    if len(head) < 5:
        return b"", b""
    return head[4:], exactly(stream, struct.unpack("<I", head[:4])[0])


def relay(requests: int, answers: int, start: Start) -> bool:
    """Begin one notebook, and pass on what comes until it is told to end; say if it was begun.

    start: (cells) -> (the pipe to read, the pipe to write, what ends it).
    """
    kind, content = message(requests)
    while kind and kind != BEGIN:  # what was meant for a notebook that has ended
        kind, content = message(requests)
    if not kind:
        return False
    reader, writer, stop = start(json.loads(content))
    os.set_blocking(writer, False)  # whoever does not read shall keep nobody waiting
    waiting, alive = b"", True
    while True:
        readable, writable, _ = select.select(
            [requests, *([reader] if alive else [])], [writer] if waiting else [], []
        )
        if writable:
            try:
                waiting = waiting[os.write(writer, waiting[:PIECE]) :]
            except BlockingIOError:
                pass
            except OSError:
                waiting = b""
        if reader in readable:
            piece = os.read(reader, PIECE)
            alive = bool(piece)
            put(answers, DATA, piece)
        if requests in readable:
            kind, content = message(requests)
            if kind in (END, b""):
                stop()
                put(answers, END)
                return True
            waiting += content


def begin(cells: Any) -> bytes:
    """Return the content of the message that begins a notebook."""
    return json.dumps(cells).encode()
