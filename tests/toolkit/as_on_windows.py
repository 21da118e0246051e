# SPDX-License-Identifier: Apache-2.0
"""Run a module as if on Windows, as far as that can be had on Linux: ``python …/as_on_windows.py MODULE …``.

Modules that Windows has not cannot be imported, names that its ``os``, ``signal`` and ``socket`` lack are gone, no
folder can be opened, no link made, and nothing renamed onto what is there. What the standard library needs of these is
loaded before. Names of files and what is locked are still this system's.
"""

from __future__ import annotations

import asyncio
import concurrent.futures.process
import errno
import multiprocessing.connection
import os
import runpy
import select
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import platformdirs.unix  # of libraries, which ask what the system is

LOADED = (
    asyncio,
    concurrent.futures.process,
    multiprocessing.connection,
    platformdirs.unix,
    shutil,
    ssl,
    subprocess,
    tempfile,
)
MODULES = ("crypt", "fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty")
OF_OS = """
O_ACCMODE O_ASYNC O_CLOEXEC O_DIRECT O_DIRECTORY O_DSYNC O_LARGEFILE O_NDELAY O_NOATIME O_NOCTTY O_NOFOLLOW
O_NONBLOCK O_PATH O_RSYNC O_SYNC O_TMPFILE chown chroot copy_file_range fchdir fchmod fchown fork forkpty
geteuid getegid getgid getgroups getpgid getpriority getresuid getsid getuid initgroups killpg lchown mkfifo
mknod nice openpty pathconf pidfd_open pipe2 posix_fadvise posix_fallocate posix_spawn pread preadv pwrite
pwritev register_at_fork sched_getaffinity sched_setaffinity sched_yield sendfile setpgid setpriority setsid
setuid splice statvfs sync sysconf tcgetpgrp uname wait wait3 wait4
"""
OF_SIGNAL = ("SIGALRM", "SIGCHLD", "SIGHUP", "SIGPIPE", "SIGQUIT", "SIGUSR1", "SIGXCPU", "pthread_sigmask")


def hide() -> None:
    """Take away what Windows has not."""
    sys.modules["msvcrt"] = _msvcrt()
    sysconfig.get_config_vars()  # which asks for this system's
    sys.platform = "elsewhere"
    shutil._use_fd_functions = False  # type: ignore[attr-defined]
    shutil._USE_CP_SENDFILE = False  # type: ignore[attr-defined]
    tempfile._O_TMPFILE_WORKS = False  # type: ignore[attr-defined]
    for name in MODULES:
        sys.modules[name] = None  # type: ignore[assignment]
    for module, names in (
        (os, OF_OS.split()),
        (signal, OF_SIGNAL),
        (socket, ("AF_UNIX", "send_fds", "recv_fds", "SO_REUSEPORT")),
        (select, ("poll", "epoll")),
    ):
        for name in names:
            if hasattr(module, name):
                delattr(module, name)
    for known in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
        known.clear()
    _refuse()


def _msvcrt() -> ModuleType:
    """Its locks, made of those of this system."""
    import fcntl

    made: Any = ModuleType("msvcrt")
    made.LK_NBLCK, made.LK_UNLCK = 2, 0

    def locking(handle: int, mode: int, count: int) -> None:
        assert (mode, count) == (made.LK_NBLCK, 1)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES)) from error

    made.locking = locking
    return made


def _refuse() -> None:
    opened, renamed, linked, fsynced = os.open, os.rename, os.link, os.fsync

    def no_folder(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if dir_fd is not None:
            raise NotImplementedError("dir_fd unavailable on this platform")
        if Path(path).is_dir():
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return opened(path, flags, mode)

    def no_right(source: Any, target: Any, *_: object, **__: object) -> None:
        error = OSError(errno.EINVAL, "A required privilege is not held by the client", source, None, target)
        error.winerror = 1314  # type: ignore[attr-defined,unused-ignore]
        raise error

    def not_onto(old: Any, new: Any, **_: object) -> None:
        if os.path.lexists(new):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), new)
        renamed(old, new)

    def by_paths(old: Any, new: Any, *, follow_symlinks: bool = True) -> None:
        linked(old, new)

    os.open, os.symlink, os.rename, os.link = no_folder, no_right, not_onto, by_paths

    def writable(handle: Any) -> None:
        """Flush what is open to be written: Windows refuses what is not."""
        number = handle if isinstance(handle, int) else handle.fileno()
        with open(f"/proc/self/fdinfo/{number}", encoding="ascii") as file:
            flags = int(next(line.split()[1] for line in file if line.startswith("flags:")), 8)
        if not flags & 3 or stat.S_ISDIR(os.fstat(number).st_mode):
            raise PermissionError(errno.EBADF, os.strerror(errno.EBADF))
        fsynced(handle)

    os.fsync = writable


if __name__ == "__main__":
    hide()
    sys.argv = sys.argv[1:]
    if Path(sys.argv[0]).is_file():
        runpy.run_path(sys.argv[0], run_name="__main__")
    else:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
