"""Messages between the marker and the foreign code that it runs: arrays by value, no objects.

A frame is the length of a header, the header (JSON), and the bytes of the arrays that it lists.
Nothing is ever unpickled, and no length is believed beyond LIMIT.
"""

import json
import math
import struct
from typing import Any, BinaryIO

import numpy as np

LIMIT = 32 * 2**20  # bytes of one frame
KINDS = "biufcUS"  # numbers and text; no objects, no records
Header = dict[str, Any]  # of plain values
Arrays = dict[str, np.ndarray]


class Garbled(Exception):
    """What came is no frame."""


def pack(header: Header, arrays: Arrays | None = None) -> bytes:
    """Return a frame as bytes.

    Raises:
        Garbled: it is too large or holds objects.

    Example:
        >>> header, arrays = unpack(pack({"probe": "sum"}, {"weights": np.array([0.5, 0.5])})[4:])
        >>> header, arrays["weights"]
        ({'probe': 'sum'}, array([0.5, 0.5]))
    """
    listed, parts, total = [], [], 0
    for name, array in (arrays or {}).items():
        array = np.asarray(array)
        if array.dtype.kind not in KINDS:
            raise Garbled(f"an array of type {array.dtype} can't be sent.")
        total += array.nbytes
        if total > LIMIT:
            raise Garbled(f"more than {LIMIT // 2**20} MB came back.")
        listed.append([name, array.dtype.str, list(array.shape)])
        parts.append(np.ascontiguousarray(array).tobytes())
    head = json.dumps({**header, "arrays": listed}).encode()
    body = struct.pack("<I", len(head)) + head + b"".join(parts)
    if len(body) > LIMIT:
        raise Garbled(f"more than {LIMIT // 2**20} MB came back.")
    return struct.pack("<I", len(body)) + body


def unpack(body: bytes) -> tuple[Header, Arrays]:
    """Return (header, arrays by name) of a frame without its first four bytes.

    Raises:
        Garbled: it is no frame.
    """
    try:
        (size,) = struct.unpack_from("<I", body)
        header = json.loads(body[4 : 4 + size])
        arrays, at = {}, 4 + size
        for name, kind, shape in header.pop("arrays"):
            dtype = np.dtype(str(kind))
            count = math.prod(int(n) for n in shape)
            if dtype.kind not in KINDS or count < 0 or min(shape, default=0) < 0:
                raise Garbled(f"an array of type {dtype} is not accepted.")
            end = at + count * dtype.itemsize
            if end > len(body):
                raise Garbled("an array is shorter than it says.")
            arrays[str(name)] = np.frombuffer(body[at:end], dtype).reshape(shape).copy()
            at = end
    except Exception as error:  # whatever foreign bytes may bring about
        raise Garbled(f"what came back can't be read: {error}") from None
    return header, arrays


def read(stream: BinaryIO) -> bytes | None:
    """Read the body of the next frame from a binary stream, or return None at its end.

    Raises:
        Garbled: it says that it is too large.
    """
    size = stream.read(4)
    if len(size) < 4:
        return None
    (length,) = struct.unpack("<I", size)
    if length > LIMIT:
        raise Garbled("a frame says that it is too large.")
    body = stream.read(length)
    return body if len(body) == length else None
