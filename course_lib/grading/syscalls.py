"""What foreign code may not ask of the kernel (Linux): a seccomp filter of a few lines.

Nothing that a notebook needs is refused. What is refused fails like a missing right: new namespaces
and mounts, in which a user is root; memory that no limit counts (memfd, System V); other families
of sockets than files and the internet; and doors of the kernel that few programs use and many
attacks do.

Source:
    The manual page seccomp(2); the numbers of the calls are those of the kernel's tables.
"""

import ctypes
import errno
import os
import struct

NO_NEW_PRIVS, SET_SECCOMP, FILTER = 38, 22, 2  # of prctl(2)
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
REFUSED = {  # the call: its numbers
    "unshare": {"x86_64": 272, "aarch64": 97},
    "setns": {"x86_64": 308, "aarch64": 268},
    "mount": {"x86_64": 165, "aarch64": 40},
    "umount2": {"x86_64": 166, "aarch64": 39},
    "pivot_root": {"x86_64": 155, "aarch64": 41},
    "chroot": {"x86_64": 161, "aarch64": 51},
    "move_mount": {"x86_64": 429, "aarch64": 429},
    "open_tree": {"x86_64": 428, "aarch64": 428},
    "fsopen": {"x86_64": 430, "aarch64": 430},
    "fsmount": {"x86_64": 432, "aarch64": 432},
    "memfd_create": {"x86_64": 319, "aarch64": 279},
    "memfd_secret": {"x86_64": 447, "aarch64": 447},
    "shmget": {"x86_64": 29, "aarch64": 194},
    "msgget": {"x86_64": 68, "aarch64": 186},
    "semget": {"x86_64": 64, "aarch64": 190},
    "add_key": {"x86_64": 248, "aarch64": 217},
    "request_key": {"x86_64": 249, "aarch64": 218},
    "keyctl": {"x86_64": 250, "aarch64": 219},
    "ptrace": {"x86_64": 101, "aarch64": 117},
    "process_vm_readv": {"x86_64": 310, "aarch64": 270},
    "process_vm_writev": {"x86_64": 311, "aarch64": 271},
    "bpf": {"x86_64": 321, "aarch64": 280},
    "perf_event_open": {"x86_64": 298, "aarch64": 241},
    "userfaultfd": {"x86_64": 323, "aarch64": 282},
    "io_uring_setup": {"x86_64": 425, "aarch64": 425},
    "open_by_handle_at": {"x86_64": 304, "aarch64": 265},
}
CLONE = {"x86_64": 56, "aarch64": 220}
CLONE3 = 435  # its flags lie in memory, where no filter looks: the C library then takes clone
NAMESPACES = 0x7E020080  # CLONE_NEW…: user, process, files, network, IPC, name, cgroup, time
SOCKET = {"x86_64": 41, "aarch64": 198}
FAMILIES = (1, 2, 10)  # of sockets: files, IPv4, IPv6 (there is no network to reach)
X32 = 0x40000000  # a second set of numbers on x86_64

LOAD, RETURN = 0x20, 0x06  # a word of 32 bits of the call; an end
EQUAL, AT_LEAST, ANY = 0x15, 0x35, 0x45
NUMBER, ARCHITECTURE, FIRST = 0, 4, 16  # where they lie in struct seccomp_data
ALLOW, ERRNO, KILL = 0x7FFF0000, 0x00050000, 0x80000000


def restrict() -> bool:
    """Refuse these calls to this process and all that it starts, for good.

    Returns:
        Whether the kernel took the filter; some have none, or are of another kind of processor.
    """
    machine = os.uname().machine
    if machine not in AUDIT:
        return False
    code = program(machine)
    lines = ctypes.create_string_buffer(code)

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("lines", ctypes.c_void_p)]

    given = Program(len(code) // 8, ctypes.addressof(lines))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return prctl(SET_SECCOMP, FILTER, ctypes.byref(given), 0, 0) == 0


def program(machine: str) -> bytes:
    """Return the filter for a kind of processor, in the kernel's own form (struct sock_filter)."""
    refuse = _end(ERRNO | errno.EPERM)
    lines = [
        _line(LOAD, ARCHITECTURE),
        *_unless(EQUAL, AUDIT[machine], _end(KILL)),
        _line(LOAD, NUMBER),
    ]
    if machine == "x86_64":
        lines += _where(AT_LEAST, X32, _end(ERRNO | errno.ENOSYS))
    lines += _where(EQUAL, CLONE3, _end(ERRNO | errno.ENOSYS))
    for numbers in REFUSED.values():
        lines += _where(EQUAL, numbers[machine], refuse)
    lines += _where(EQUAL, CLONE[machine], _line(LOAD, FIRST), *_where(ANY, NAMESPACES, refuse),
                    _end(ALLOW))  # fmt: skip
    allowed = [line for family in FAMILIES for line in _where(EQUAL, family, _end(ALLOW))]
    lines += _where(EQUAL, SOCKET[machine], _line(LOAD, FIRST), *allowed,
                    _end(ERRNO | errno.EAFNOSUPPORT))  # fmt: skip
    return b"".join([*lines, _end(ALLOW)])


def _line(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_so, if_not, value)


def _end(verdict: int) -> bytes:
    return _line(RETURN, verdict)


def _where(test: int, value: int, *then: bytes) -> list[bytes]:
    """Return lines that are run where the test holds, else passed over."""
    return [_line(test, value, 0, len(then)), *then]


def _unless(test: int, value: int, *then: bytes) -> list[bytes]:
    """Return lines that are run where the test does not hold."""
    return [_line(test, value, len(then), 0), *then]
