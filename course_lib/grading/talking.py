"""Talk with a notebook that runs elsewhere: frames out, frames in, for so many seconds."""

import threading
import time
from abc import ABC, abstractmethod

from course_lib.grading import frames

JUDGING = threading.RLock()  # one judges at a time in this process; who waits lets others judge


class Gone(BaseException):
    """The other side has ended, hangs or sends what can't be read; nothing else can be asked.

    Not an Exception, so that no probe takes it for what an answer raised.
    """


class Lost(Gone):
    """What runs notebooks has ended, and no notebook can have done it: our own trouble."""


class Link(ABC):
    """A way to one process that runs a notebook."""

    @abstractmethod
    def send(self, frame: bytes) -> None:
        """Send one frame."""

    @abstractmethod
    def receive(self, seconds: float) -> bytes | None:
        """Return what came, b"" at the end, None if nothing came in time."""

    @abstractmethod
    def end(self) -> None:
        """End the process."""


class Talk:
    """Frames over a link, one at a time. deadline: when everything has to be over."""

    def __init__(self, link: Link, deadline: float) -> None:
        self._link, self._deadline, self._buffer = link, deadline, b""

    def say(self, header: frames.Header, arrays: frames.Arrays | None = None) -> None:
        """Send one frame.

        Raises:
            Gone: there is nobody to hear it.
        """
        try:
            self._link.send(frames.pack(header, arrays))
        except frames.Garbled as error:
            raise ValueError(f"it is too much to be sent: {error}") from None
        except OSError:
            raise Gone("it ended the process that ran it.") from None

    def hear(self, seconds: float) -> tuple[frames.Header, frames.Arrays]:
        """Return the next frame.

        Raises:
            Gone: none came in so many seconds, or none can come.
        """
        began = time.monotonic()
        until = min(began + seconds, self._deadline)
        while len(self._buffer) < 4 or len(self._buffer) < self._size():
            left = until - time.monotonic()
            piece = self._link.receive(left) if left > 0 else None
            if piece is None:
                whole = until < began + seconds
                how = (
                    "the whole notebook ran out of time."
                    if whole
                    else (f"it was stopped after {seconds:.0f} seconds.")
                )
                raise Gone(how)
            if not piece:
                raise Gone("it ended the process that ran it.")
            self._buffer += piece
            if len(self._buffer) > 2 * frames.LIMIT or self._size() > frames.LIMIT + 4:
                raise Gone("it sent back too much.")
        size = self._size()
        body, self._buffer = self._buffer[4:size], self._buffer[size:]
        try:
            return frames.unpack(body)
        except frames.Garbled as error:
            raise Gone(f"what it sent can't be read: {error}") from None

    def ask(
        self, header: frames.Header, arrays: frames.Arrays | None = None, *, seconds: float
    ) -> tuple[frames.Header, frames.Arrays]:
        """Send one frame and return the answer; others may judge meanwhile.

        Raises:
            Gone: there is none.
        """
        self.say(header, arrays)
        held = JUDGING._is_owned()  # type: ignore[attr-defined]
        if held:
            JUDGING.release()
        try:
            return self.hear(seconds)
        finally:
            if held:
                JUDGING.acquire()

    def _size(self):
        return 4 + int.from_bytes(self._buffer[:4], "little")
