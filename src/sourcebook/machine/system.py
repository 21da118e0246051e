# SPDX-License-Identifier: Apache-2.0
"""What only some operating systems give: the one door to locks of files, limits of a process, and flags of open.

Where Windows has no such thing, what stands here does as well as can be done there, and says in how far. All else in
the package asks here, so that it can be imported anywhere.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import ModuleType

from sourcebook.errors import EnvironmentFailure

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

NOFOLLOW: int = getattr(os, "O_NOFOLLOW", 0)
DIRECTORY: int = getattr(os, "O_DIRECTORY", 0)
NONBLOCK: int = getattr(os, "O_NONBLOCK", 0)
BINARY: int = getattr(os, "O_BINARY", 0)  # Windows turns ends of lines otherwise
CLOEXEC: int = getattr(os, "O_CLOEXEC", 0)
AS_IT_IS = NOFOLLOW | NONBLOCK | BINARY | CLOEXEC
"""Flags to open what a stranger may have put there: no link is followed, and no pipe waited for."""
FOLDER = os.O_RDONLY | DIRECTORY | NOFOLLOW | CLOEXEC
FORKS = hasattr(os, "fork")
HANDLES = hasattr(os, "O_DIRECTORY") and os.open in os.supports_dir_fd
"""Whether folders can be opened, and files below them: what is opened is then what was looked at, whatever moves."""
_REPARSE = 0x400  # the attribute of Windows' links, junctions among them
_FILES_OF_WINDOWS = 2_048
_FAR = 1 << 40  # where a byte is locked on Windows, whose locks keep others from reading: no file of ours is as long


def lock(handle: int, *, shared: bool = False) -> None:
    """Hold an open file or folder until it is closed, alone or ``shared`` with others that do.

    Raises BlockingIOError where another holds it otherwise, OSError where the file system knows no locks. On Windows a
    shared hold is none: what is open there cannot be taken away.
    """
    if fcntl is not None:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    elif not shared:
        _lock_byte(handle)


def await_lock(handle: int, often: float, waiting: Callable[[], None] = lambda: None) -> None:
    """Wait until an open file or folder is held by this process alone, looking again after so many seconds.

    ``waiting`` is called each time that another holds it; what it raises ends the wait, and nothing is held then.
    Where the file system knows no locks, nothing is waited for.
    """
    while True:
        try:
            return lock(handle)
        except BlockingIOError:
            pass
        except OSError:
            return None
        waiting()
        time.sleep(often)


def _lock_byte(handle: int) -> None:
    import msvcrt

    here = os.lseek(handle, 0, os.SEEK_CUR)
    os.lseek(handle, _FAR, os.SEEK_SET)
    try:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except OSError as error:
        raise BlockingIOError(errno.EAGAIN, error.strerror) from error
    finally:
        os.lseek(handle, here, os.SEEK_SET)


def held(folder: Path) -> int:
    """A handle of what keeps a folder where it is while it is open: of itself, or on Windows of a file in it.

    Raises OSError where there is no such folder.
    """
    if HANDLES:
        return os.open(folder, FOLDER)
    if _is_link(folder):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(folder))
    files = sorted(entry.path for entry in os.scandir(folder) if entry.is_file(follow_symlinks=False))
    if not files:
        raise OSError(errno.ENOENT, "there is no file that could be held", str(folder))
    return os.open(files[0], os.O_RDONLY | BINARY)


def flush(path: Path) -> None:
    """Have a file or folder written to disk; folders not on Windows, which writes what is in them by itself."""
    if not HANDLES and path.is_dir():
        return
    handle = os.open(path, (os.O_RDONLY if HANDLES else os.O_RDWR) | BINARY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_at(handle: int, size: int, begin: int) -> bytes:
    """Some bytes of an open file, wherever it was read last; it may be at another place afterwards."""
    if hasattr(os, "pread"):
        return os.pread(handle, size, begin)
    os.lseek(handle, begin, os.SEEK_SET)
    return os.read(handle, size)


def user() -> int:
    """The number of who runs this, as files have it of their owner: 0 on Windows, whose files say 0 of everybody."""
    return os.geteuid() if hasattr(os, "geteuid") else 0


def is_private(status: os.stat_result) -> bool:
    """Whether a file is this user's, and nobody else may read it; on Windows its folder's rights are relied on."""
    return status.st_uid == user() and (os.name == "nt" or not status.st_mode & 0o077)


def give_mode(handle: int, mode: int) -> None:
    """Let an open file be read, written and run by whom it was before; Windows knows no such rights."""
    if hasattr(os, "fchmod"):
        os.fchmod(handle, mode)


def files_allowed(most: int) -> int:
    """How many files this process may have open, up to ``most``: the system is asked for as many."""
    try:
        import resource
    except ImportError:
        return min(most, _FILES_OF_WINDOWS)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = most if hard == resource.RLIM_INFINITY else min(hard, most)
    if soft == resource.RLIM_INFINITY or soft >= most:
        return most
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        return most
    return int(soft)


def must_fork(instead: str) -> None:
    """Raise EnvironmentFailure where this system forks no processes; ``instead`` says what can be done here."""
    if not FORKS:
        raise EnvironmentFailure(
            "this forks processes, which this system cannot: run it on Linux or macOS, in WSL or in a container; "
            f"{instead}"
        )


# --- files below a folder ---------------------------------------------------------------------------------------------

Below = int | str
"""A folder that files are opened in: a handle of it, or on Windows its path."""


def folder_below(root: Path, folder: str) -> Below:
    """A folder below ``root``, to be closed by `let_go`; no part of its path below ``root`` may be a link.

    Raises OSError where there is none: with ``errno.ELOOP``, or another of `IS_LINK`, where a part of it is a link.
    """
    parts = folder.split("/") if folder else []
    if not HANDLES:
        return _path_below(root, parts)
    handle = os.open(root, os.O_RDONLY | DIRECTORY)
    for part in parts:
        above = handle
        try:
            handle = os.open(part, FOLDER, dir_fd=above)
        finally:
            os.close(above)
    return handle


def _path_below(root: Path, parts: list[str]) -> str:
    path = root
    for number, part in enumerate(("", *parts)):
        path = path / part
        if number and _is_link(path):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
        if not path.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    return str(path)


def open_in(folder: Below, name: str) -> int:
    """A handle of what is called ``name`` in a folder, which is no link; whether it is a file is to be asked of it.

    Where there are no handles of folders, what is opened is compared with what was looked at: a link that is put there
    in between is seen. Raises OSError as `folder_below` does.
    """
    if isinstance(folder, int):
        return os.open(name, os.O_RDONLY | AS_IT_IS, dir_fd=folder)
    path = f"{folder}{os.sep}{name}"
    seen = os.lstat(path)
    if _is_reparse(seen) or not stat.S_ISREG(seen.st_mode):
        raise OSError(errno.ELOOP if _is_reparse(seen) else errno.EINVAL, "not a regular file", path)
    handle = os.open(path, os.O_RDONLY | AS_IT_IS)
    if not os.path.samestat(os.fstat(handle), seen):
        os.close(handle)
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
    return handle


def let_go(folder: Below) -> None:
    """Close a folder."""
    if isinstance(folder, int):
        os.close(folder)


IS_LINK = (errno.ELOOP, errno.EMLINK, errno.ENOTDIR)
"""What opening a link without following it says, by system."""


def _is_link(path: Path) -> bool:
    try:
        return _is_reparse(path.lstat())
    except OSError:
        return False


def _is_reparse(status: os.stat_result) -> bool:
    return stat.S_ISLNK(status.st_mode) or bool(getattr(status, "st_file_attributes", 0) & _REPARSE)
