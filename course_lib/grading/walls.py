"""Put a process behind walls (Linux): its own processes, files and user, and no rights at all.

Called in a fresh fork, before any foreign code runs. What the kernel refuses is not pretended:
``enclose`` says what stands.
"""

import ctypes
import os
import resource

from course_lib.grading import syscalls

LIBC = ctypes.CDLL(None, use_errno=True) if hasattr(os, "fork") else None
NEWNS, NEWUSER, NEWPID, NEWIPC = 0x20000, 0x10000000, 0x20000000, 0x8000000
PRIVATE, NOSUID, NODEV, NOEXEC = 0x40000 | 0x4000, 2, 4, 8  # MS_PRIVATE | MS_REC, flags of mount(2)
DEATH_SIGNAL = 1  # of prctl(2)
MEGABYTE = 2**20
FREE_TASKS = 64  # processes and threads that a notebook may have at a time
SPARE_TASKS = 32  # more of them, for the processes in which its answers are asked


def call(name: str, *arguments: object) -> None:
    """Call a function of the C library.

    Raises:
        OSError: the kernel refuses.
    """
    if getattr(LIBC, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def leave(uid: int) -> None:
    """Leave the process, user and file namespaces for new ones; the *next* fork is process 1 there.

    uid: whom to become when this is root; an unprivileged user stays who it is.
    """
    user = 0 if os.geteuid() == 0 else NEWUSER
    outer = os.geteuid(), os.getegid()
    call("unshare", user | NEWPID | NEWNS | NEWIPC)
    if user:
        for file, line in (
            ("setgroups", "deny"),
            ("uid_map", f"{outer[0]} {outer[0]} 1"),
            ("gid_map", f"{outer[1]} {outer[1]} 1"),
        ):
            with open(f"/proc/self/{file}", "w") as f:
                f.write(line)


def enclose(uid: int, *, memory: int, scratch: str) -> None:
    """Finish the walls, in process 1 of the new namespaces: own files, limits, no rights.

    scratch: the one folder that can be written to; it is new, and gone with the process.
    """
    whose = uid if os.geteuid() == 0 else os.geteuid()
    tasks = FREE_TASKS + tasks_of(whose)  # counted while all of /proc is there
    call("mount", None, b"/", None, PRIVATE, None)
    for folder in (os.fsencode(scratch), b"/dev/shm"):
        if os.path.isdir(folder):
            call("mount", b"tmpfs", folder, b"tmpfs", NOSUID | NODEV, b"size=64m,mode=1777")
    try:
        call("mount", b"proc", b"/proc", b"proc", NOSUID | NODEV | NOEXEC, None)
    except OSError:  # a container may refuse: then there is no /proc at all
        call("mount", b"tmpfs", b"/proc", b"tmpfs", NOSUID | NODEV, b"size=4k,mode=555")
    limit(memory, tasks=tasks)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    forget_keys()
    call("prctl", syscalls.NO_NEW_PRIVS, 1, 0, 0, 0)
    drop_capabilities()
    syscalls.restrict()
    os.chdir(scratch)


def forget_keys() -> None:
    """Leave the kernel's keyrings: a session's own is new, a shared user's is emptied."""
    number = {"x86_64": 250, "aarch64": 219}.get(os.uname().machine)  # keyctl(2)
    if number is None or LIBC is None:
        return
    LIBC.syscall(number, 1, None)  # KEYCTL_JOIN_SESSION_KEYRING: a new one
    if os.geteuid() >= 61000:  # nobody else's: students of one server share this user
        LIBC.syscall(number, 7, -4)  # KEYCTL_CLEAR, KEY_SPEC_USER_KEYRING


def tasks_of(uid: int) -> int:
    """Count a user's processes with all their threads, as far as they can be seen from here."""
    count = 0
    for folder in (f"/proc/{pid}" for pid in os.listdir("/proc") if pid.isdigit()):
        try:
            if os.stat(folder).st_uid == uid:
                count += len(os.listdir(f"{folder}/task"))
        except OSError:  # it has just ended
            continue
    return count


def limit(memory: int, *, tasks: int) -> None:
    """Set the limits that hold without any namespace: memory, processor time, files, tasks.

    memory: bytes beyond what the process holds already.
    tasks: the most processes and threads of this *user*: the kernel counts a browser's and an
    editor's too, so what the user has already belongs in it.
    """
    held = 0
    if os.path.exists("/proc/self/statm"):
        with open("/proc/self/statm") as f:
            held = int(f.read().split()[0]) * resource.getpagesize()
    wanted = {
        resource.RLIMIT_AS: held + memory,
        resource.RLIMIT_FSIZE: 16 * MEGABYTE,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: 300,
    }
    if hasattr(resource, "RLIMIT_NPROC"):
        wanted[resource.RLIMIT_NPROC] = tasks
    for which, value in wanted.items():
        _, hard = resource.getrlimit(which)
        spare = SPARE_TASKS if which == getattr(resource, "RLIMIT_NPROC", None) else 0
        most = value + spare if hard == resource.RLIM_INFINITY else min(value + spare, hard)
        resource.setrlimit(which, (min(value, most), most))


def drop_capabilities() -> None:
    """Give up every capability, also those that a user namespace gave."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # version 3, this process
    call("capset", ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)()))


def die_with_parent() -> None:
    """Let the kernel end this process when its parent ends."""
    call("prctl", DEATH_SIGNAL, 9, 0, 0, 0)
