# SPDX-License-Identifier: Apache-2.0
"""Disks that are really full: a file system in memory that has so many pages or names left, or may not be written.

It is mounted where no other process sees it (``unshare``), and is gone with the process that mounted it.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_NEW_MOUNTS, _NEW_USER = 0x00020000, 0x10000000
_READ_ONLY, _REMOUNT, _PRIVATE = 0x1, 0x20, 0x44000
PAGE = os.sysconf("SC_PAGE_SIZE")
_ROOM = 256 * 1024 * 1024
_NAMES = 100_000


def usable() -> bool:
    """Whether a file system can be mounted here, for a process of ours alone."""
    child = os.fork()
    if not child:
        try:
            apart()
            _mount("tmpfs", "/proc", "tmpfs", 0, "size=64k")
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def apart() -> None:
    """Have this process, and what it forks, see mounts of its own. Raises OSError where the kernel does not let it."""
    library = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if library.unshare(_NEW_MOUNTS | (_NEW_USER if user else 0)):
        raise OSError(ctypes.get_errno(), "no mounts of one's own")
    if user:
        Path("/proc/self/setgroups").write_text("deny", encoding="utf-8")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="utf-8")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="utf-8")
    _mount("none", "/", "", _PRIVATE, "")


class Disk:
    """A disk of its own at ``folder``, with room to spare until it is `left` little."""

    def __init__(self, folder: Path) -> None:
        """To be made by a process that is `apart`."""
        self._folder = str(folder)
        _mount("tmpfs", self._folder, "tmpfs", 0, f"size={_ROOM},nr_inodes={_NAMES}")

    def left(self, *, pages: int | None = None, names: int | None = None, read_only: bool = False) -> None:
        """Have so many pages or names left, and no more; all of them where it is not said."""
        status = os.statvfs(self._folder)
        used, named = (status.f_blocks - status.f_bfree) * status.f_frsize, status.f_files - status.f_ffree
        size = _ROOM if pages is None else max(used, PAGE) + pages * PAGE
        inodes = _NAMES if names is None else named + names
        flags = _REMOUNT | (_READ_ONLY if read_only else 0)
        _mount("tmpfs", self._folder, "tmpfs", flags, f"size={size},nr_inodes={inodes}")


def _mount(source: str, target: str, kind: str, flags: int, data: str) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode()):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), target)
