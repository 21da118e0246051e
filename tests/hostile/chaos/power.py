# SPDX-License-Identifier: Apache-2.0
"""What would be lost if the power went, by the trace of a build: is a release on disk before anything leads to it?

A disk may hold what was written before a flush (``fsync``) of the same file, and the names in a folder that were there
before a flush of that folder; of the rest it may hold anything. So a release may be made current only when every file
of it, every folder and every name that leads to it has been flushed since it was last changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from tests.hostile.chaos.strace import Traced

_WRITES = {
    "write",
    "pwrite64",
    "writev",
    "pwritev",
    "sendfile",
    "ftruncate",
    "truncate",
    "fallocate",
    "copy_file_range",
}
_REMOVES = {"unlink", "unlinkat", "rmdir"}


@dataclass
class Disk:
    """What a disk may not hold yet: ``data`` of files, and of folders their permissions, and ``names`` in folders; each
    with the line of the trace at which it was changed last."""

    build: str
    release: str
    data: dict[str, int] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    published: int = 0

    def see(self, call: Traced) -> None:
        """Take in the next call."""
        if call.error or not (paths := call.paths):
            return
        last = paths[-1]
        if call.name == "openat" and "O_CREAT" in call.flags:
            self.names[last] = self.data[last] = call.ended
        elif call.name in _WRITES:
            self.data[call.files[-1] if call.name == "copy_file_range" else call.files[0]] = call.ended
        elif call.name in ("chmod", "fchmod", "fchmodat"):
            self.data[last] = call.ended
        elif call.name in ("mkdir", "mkdirat", "symlink", "symlinkat"):
            self.names[last] = call.ended
        elif call.name in ("link", "linkat"):
            self.names[last] = call.ended
            if paths[0] in self.data:
                self.data[last] = self.data[paths[0]]
        elif call.name in ("fsync", "fdatasync"):
            self._flushed(call)
        elif call.name.startswith("rename"):
            self._renamed(call, *paths)
        elif call.name in _REMOVES:
            self._removed(last)

    def _flushed(self, call: Traced) -> None:
        path = call.files[0]
        if self.data.get(path, call.begun) <= call.begun:
            self.data.pop(path, None)
        for name, when in [*self.names.items()]:
            if str(PurePosixPath(name).parent) == path and when <= call.begun:
                del self.names[name]

    def _renamed(self, call: Traced, old: str, new: str) -> None:
        if new == f"{self.build}/current":
            self._publish()
        for known in (self.data, self.names):
            for path in [one for one in known if one == old or one.startswith(f"{old}/")]:
                known[new + path.removeprefix(old)] = known.pop(path)
        self.names[new] = call.ended

    def _publish(self) -> None:
        self.published += 1
        above = {self.build, f"{self.build}/releases"}
        for kind, known in (("the content", self.data), ("the name", self.names)):
            for path in known:
                if path in above or path == self.release or path.startswith(f"{self.release}/"):
                    self.wrong.append(f"made current before {kind} of {path.removeprefix(self.build)} was flushed")

    def _removed(self, path: str) -> None:
        known = f"{self.build}/releases/"
        if path.startswith(known) and f"{self.build}/current" in self.names:
            self.wrong.append(f"{path.removeprefix(self.build)} removed before what is current was flushed")
        self.data.pop(path, None)
        self.names.pop(path, None)


def lost(calls: Iterable[Traced], build: str, release: str) -> list[str]:
    """What may be lost of the ``release`` that a build published, by its ``calls``; why, in words."""
    disk = Disk(build, f"{build}/releases/{release}")
    for call in calls:
        disk.see(call)
    if not disk.published:
        disk.wrong.append("nothing was made current")
    for path in disk.names:
        if str(PurePosixPath(path).parent) == build and not PurePosixPath(path).name.startswith("."):
            disk.wrong.append(f"the build ended before the name of {path.removeprefix(build)} was flushed")
    return disk.wrong
