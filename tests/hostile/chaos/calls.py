# SPDX-License-Identifier: Apache-2.0
"""System calls of a process and all that it forks, stopped before they are done: to be let through, or to fail.

The kernel does it (``SECCOMP_RET_USER_NOTIF``, Linux 5.0): a filter hands each of the calls below to whoever holds the
listener, and the caller waits. So what SQLite, Arrow and the C library write is seen as what Python does, no compiler
and no tracer is needed, and a process costs some twenty microseconds a call.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import platform
import struct
from dataclasses import dataclass

# By name: number on x86-64, kind, where its path is: "fd N" a descriptor, "path N" a path, "at N" a folder's descriptor
# with a path after it.
CALLS = {
    "write": (1, "write", "fd 0"),
    "open": (2, "open", "path 0"),
    "pwrite64": (18, "write", "fd 0"),
    "writev": (20, "write", "fd 0"),
    "sendfile": (40, "write", "fd 0"),
    "flock": (73, "lock", "fd 0"),
    "fsync": (74, "fsync", "fd 0"),
    "fdatasync": (75, "fsync", "fd 0"),
    "truncate": (76, "truncate", "path 0"),
    "ftruncate": (77, "truncate", "fd 0"),
    "rename": (82, "rename", "path 1"),
    "mkdir": (83, "mkdir", "path 0"),
    "rmdir": (84, "rmdir", "path 0"),
    "creat": (85, "open", "path 0"),
    "link": (86, "link", "path 1"),
    "unlink": (87, "unlink", "path 0"),
    "symlink": (88, "symlink", "path 1"),
    "chmod": (90, "chmod", "path 0"),
    "fchmod": (91, "chmod", "fd 0"),
    "openat": (257, "open", "at 0"),
    "mkdirat": (258, "mkdir", "at 0"),
    "unlinkat": (263, "unlink", "at 0"),
    "renameat": (264, "rename", "at 2"),
    "linkat": (265, "link", "at 2"),
    "symlinkat": (266, "symlink", "at 1"),
    "fchmodat": (268, "chmod", "at 0"),
    "utimensat": (280, "times", "at 0"),
    "fallocate": (285, "truncate", "fd 0"),
    "pwritev": (296, "write", "fd 0"),
    "renameat2": (316, "rename", "at 2"),
    "copy_file_range": (326, "write", "fd 2"),
    "openat2": (437, "open", "at 0"),
}
_BY_NUMBER = {number: (name, kind, where) for name, (number, kind, where) in CALLS.items()}
_FLAGS = {"open": 1, "openat": 2}  # the argument that says how a file is opened
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_REMOVE_FOLDER = 0x200
_HERE = 0xFFFFFF9C  # AT_FDCWD

_SECCOMP, _SET_FILTER, _NEW_LISTENER = 317, 1, 8
_NO_NEW_PRIVILEGES = 38
_ALLOW, _NOTIFY = 0x7FFF0000, 0x7FC00000
_X86_64 = 0xC000003E
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_RECEIVE, _ANSWER = 0xC0502100, 0xC0182101
_ASKED = struct.Struct("=QIIiIQ6Q")
_ANSWERED = struct.Struct("=QqiI")
_CONTINUE = 1


def usable() -> bool:
    """Whether calls can be stopped here: on Linux and x86-64, where the kernel lets us."""
    if not (platform.system() == "Linux" and platform.machine() == "x86_64"):
        return False
    child = os.fork()
    if not child:
        try:
            install()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def install() -> int:
    """Have the calls of this process, and of all that it forks, wait for the listener that is returned."""
    library = ctypes.CDLL(None, use_errno=True)
    library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    code = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, _X86_64), (_RETURN, 0, 0, _ALLOW), (_LOAD, 0, 0, 0)]
    numbers = sorted(_BY_NUMBER)
    code += [(_EQUAL, len(numbers) - place, 0, number) for place, number in enumerate(numbers)]
    code += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _NOTIFY)]
    filters = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *one) for one in code))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(code), ctypes.addressof(filters)))
    listener = library.syscall(_SECCOMP, _SET_FILTER, _NEW_LISTENER, program)
    if listener < 0:
        raise OSError(ctypes.get_errno(), "no listener for system calls")
    return int(listener)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that waits: its ``name`` and ``kind`` (with ``read`` for opening to read), the ``path`` it is about."""

    id: int
    thread: int
    name: str
    kind: str
    path: str


def receive(listener: int) -> Call | None:
    """The next call; None where its process has been ended meanwhile."""
    buffer = bytearray(_ASKED.size)
    try:
        fcntl.ioctl(listener, _RECEIVE, buffer)
    except (FileNotFoundError, InterruptedError):
        return None
    number, thread, _, call, _, _, *arguments = _ASKED.unpack(buffer)
    name, kind, where = _BY_NUMBER[call]
    if name in _FLAGS and not arguments[_FLAGS[name]] & _WRITES:
        kind = "read"
    if name == "unlinkat" and arguments[2] & _REMOVE_FOLDER:
        kind = "rmdir"
    try:
        path = _path(thread, where, arguments)
    except OSError:  # gone
        path = ""
    return Call(number, thread, name, kind, path)


def answer(listener: int, call: Call, error: int = 0) -> None:
    """Let a call through, or have it fail with ``error``."""
    answered = _ANSWERED.pack(call.id, 0, -error, 0 if error else _CONTINUE)
    with contextlib.suppress(FileNotFoundError):  # its process has been ended
        fcntl.ioctl(listener, _ANSWER, answered)


def process_of(thread: int) -> int:
    """The process that a thread is of; 0 where it is gone."""
    try:
        with open(f"/proc/{thread}/status", encoding="utf-8") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("Tgid:"))
    except (OSError, StopIteration):
        return 0


def _path(thread: int, where: str, arguments: list[int]) -> str:
    kind, _, place = where.partition(" ")
    first = arguments[int(place)]
    if kind == "fd":
        return os.readlink(f"/proc/{thread}/fd/{first}")
    path = _text(thread, arguments[int(place) + 1] if kind == "at" else first)
    if path.startswith("/"):
        return path
    folder = "cwd" if kind == "path" or first & 0xFFFFFFFF == _HERE else f"fd/{first}"
    return f"{os.readlink(f'/proc/{thread}/{folder}')}/{path}"


def _text(thread: int, address: int) -> str:
    if not address:
        return ""
    with open(f"/proc/{thread}/mem", "rb", buffering=0) as memory:
        memory.seek(address)
        data = memory.read(4096 - address % 4096)  # a page may end the memory there is
        while b"\0" not in data and len(data) < 8192 and (more := memory.read(4096)):
            data += more
    return os.fsdecode(data.partition(b"\0")[0])
