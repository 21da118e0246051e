# SPDX-License-Identifier: Apache-2.0
"""What a storage is, wherever it lies: files by their paths, read in bounds, and written whole or not at all."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from sourcebook.errors import EnvironmentFailure, UsageError

MOST = 64 * 1024 * 1024
"""Bytes that `Storage.read` returns at most, unless it is told otherwise."""
PART = 1024 * 1024
"""Bytes that are read or written at once, about."""
PARTED = os.sep == "\\"
"""Whether a backslash parts folders here; elsewhere it is a character of a name, as in a store of objects."""
_PLAIN = re.compile(r"[^\x00-\x1f\x7f\\]+" if PARTED else r"[^\x00-\x1f\x7f]+")


class StorageFailure(EnvironmentFailure):
    """The storage does not answer, refuses, or answers with something else than it was asked for."""


class Missing(StorageFailure):
    """There is no file of that name at the storage."""


class Storage(Protocol):
    """A folder of files at an address.

    Paths are relative, with ``/``. All methods may be called by several threads. They raise StorageFailure in plain
    words where the storage does not answer, refuses, or answers with something else than asked for, and `Missing`
    where there is no such file.
    """

    url: str
    """The address, as it may be told to anybody."""
    writable: bool
    """Whether its kind can be written to at all; whether we may, it says when we try."""

    def read(self, path: str, most: int = MOST, *, fresh: bool = False) -> bytes:
        """The bytes of a file, ``fresh`` as no cache on the way has kept them.

        Raises StorageFailure where there are more than ``most``.
        """
        return b"".join(self.parts(path, most, fresh=fresh))

    def parts(self, path: str, most: int, *, fresh: bool = False) -> Iterator[bytes]:
        """The same in parts, of which none is large."""

    def write(self, path: str, data: bytes) -> None:
        """Have a file hold ``data``: whoever reads it meanwhile gets what it held before, or this."""

    def put(self, path: str, file: Path) -> None:
        """The same with what a ``file`` here holds, however large."""

    def stamp(self, path: str) -> str:
        """What tells the state of a file from all others that it was in; empty where there is none."""

    def replace(self, path: str, data: bytes, stamp: str) -> bool:
        """Have a file hold ``data`` if its state is the one of the ``stamp`` still; returns whether it was.

        It is one that changes: caches on the way are told not to keep it, where the storage can say so.
        """

    def sizes(self, prefix: str = "") -> dict[str, int]:
        """How many bytes each file in the folder ``prefix`` and below it has, by its path, sorted."""

    def names(self, prefix: str = "") -> list[str]:
        """The paths of all files in the folder ``prefix`` and below it, sorted; none where there is no such folder."""
        return list(self.sizes(prefix))

    def exists(self, path: str) -> bool:
        """Whether there is a file of that name."""
        try:
            return self.size(path) >= 0
        except Missing:
            return False

    def size(self, path: str) -> int:
        """How many bytes a file has."""

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files; one that is gone already is none to tell of."""


def plain(path: str) -> str:
    """The path itself. Raises UsageError where it could lead out of the storage, or nobody could type it."""
    parts = path.split("/")
    if not _PLAIN.fullmatch(path) or any(part in ("", ".", "..") for part in parts):
        raise UsageError(f"{path[:100]!r} is no path of a file in a storage")
    return path


def too_large(path: str, url: str, most: int) -> StorageFailure:
    """What is raised of a file that goes on where it was to end."""
    return StorageFailure(f"{path} at {url} has more than the {most:,} bytes that it may have")
