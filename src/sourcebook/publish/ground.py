# SPDX-License-Identifier: Apache-2.0
"""The folder ``build/``, with distrust: a book may come with one, in which links and pipes lie where files should.

Nothing is opened, written or removed before it is known what it is. One build at a time holds the lock of it.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sourcebook.errors import EnvironmentFailure
from sourcebook.files import kind
from sourcebook.machine import system
from sourcebook.publish import pointer
from sourcebook.publish.pointer import CURRENT, PARTITIONS, PREVIEW, RELEASES

__all__ = [
    "CACHE",
    "CHUNKS",
    "COMING",
    "CURRENT",
    "FOLLOWED",
    "OURS",
    "PARTITIONS",
    "PATIENCE",
    "PREVIEW",
    "RELEASES",
    "TAKEN",
    "VERSIONS",
    "held",
    "in_the_way",
    "inspect",
    "kind",
]

VERSIONS = "versions"
"""Releases that are kept for good, by their version."""
INDEX = "releases.json"
TAKEN = ".taken-down.json"
"""What of what was taken down is swept out of all that lies here."""
FOLLOWED = ".following.json"
"""What was last copied from a release channel."""
COMING = ".coming"
"""Files that were copied from one, and are in no release yet."""
CACHE = ".cache"
CHUNKS = "chunks"
_LOCK = ".lock"
_OF_EXTRACTS = "datapackage.json"
_OF_PARTITIONS = "views.sql"
PATIENCE = 600.0
"""Seconds for which a build waits for another, unless it is told otherwise."""
_OFTEN = 0.05
_MOST_OF_PID = 10  # characters

# What there may be below build/, by its path there.
_KINDS: dict[str, tuple[str, ...]] = {
    "": ("folder",),
    RELEASES: ("folder",),
    VERSIONS: ("folder",),
    f"{VERSIONS}/{INDEX}": ("file",),
    CACHE: ("folder",),
    f"{CACHE}/{CHUNKS}": ("folder",),
    CURRENT: pointer.KINDS,
    PREVIEW: pointer.KINDS,
    PARTITIONS: pointer.KINDS,
    _LOCK: ("file",),
    TAKEN: ("file",),
    FOLLOWED: ("file",),
    COMING: ("folder",),
}
OURS = frozenset(path.partition("/")[0] for path in _KINDS if path)
"""Names in ``build/`` that no file of a release may have, for links to these lie there too."""


def in_the_way(path: Path, found: str) -> EnvironmentFailure:
    """What is raised where something lies in a place that is ours: a ``found`` (see `sourcebook.files.kind`)."""
    return EnvironmentFailure(
        f"{path} is in the way: it is a {found}, which no build makes; everything in build/ is generated: "
        "look at it, and remove it or move it elsewhere"
    )


def inspect(build: Path) -> None:
    """Raise EnvironmentFailure where something else than a build makes lies in a place that is written or read."""
    for path, wanted in _KINDS.items():
        found = kind(build / path if path else build)
        if found not in ("", *wanted):
            raise in_the_way(build / path if path else build, found)


def has_extracts(release: Path) -> bool:
    """Whether a release has more than its database."""
    return (release / _OF_EXTRACTS).is_file() and not is_parted(release)


def is_parted(release: Path) -> bool:
    """Whether a release is partitions alone, without a database."""
    return (release / _OF_PARTITIONS).is_file()


def is_preview(release: Path) -> bool:
    """Whether a release lies beside the current one, to be looked at."""
    return pointer.read(release.parent.parent, PREVIEW) == release.name


@contextmanager
def held(build: Path, waiting: Callable[[str], None], patience: float) -> Iterator[None]:
    """Hold the lock of ``build``, a folder that is there. Where another build does, ``waiting`` is told so.

    Raises EnvironmentFailure where that has not ended after so many seconds of ``patience``.
    """
    path = build / _LOCK
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | system.AS_IT_IS, 0o644)
    except OSError as error:
        found = kind(path)
        raise (error if found in ("", "file") else in_the_way(path, found)) from error
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise in_the_way(path, kind(path))
        _lock(handle, path, waiting, patience)
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(handle)


def _lock(handle: int, path: Path, waiting: Callable[[str], None], patience: float) -> None:
    until = time.monotonic() + patience
    told = False
    while True:
        try:
            system.lock(handle)
        except BlockingIOError:
            by = _holder(handle)
            if time.monotonic() >= until:
                raise EnvironmentFailure(
                    f"another build of this book{by} still holds {path} after {patience:g} seconds; "
                    "let it end, or end it, and build again"
                ) from None
            if not told:
                waiting(f"another build of this book{by} is under way; waiting for it")
                told = True
            time.sleep(_OFTEN)
        else:
            return


def _holder(handle: int) -> str:
    """The process that says that it holds a lock, and whether it is stopped; the empty text where it is not known."""
    os.lseek(handle, 0, os.SEEK_SET)
    said = os.read(handle, _MOST_OF_PID + 1).strip().decode("ascii", "replace")
    if not said.isdecimal() or len(said) > _MOST_OF_PID:
        return ""
    try:
        state = Path("/proc", said, "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        state = ""
    return f" (process {said}{', which is stopped' if state in ('T', 't') else ''})"
