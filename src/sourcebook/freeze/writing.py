# SPDX-License-Identifier: Apache-2.0
"""Files of a twin written: aside and then renamed, and only where they are not there already as they are to be."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from sourcebook.errors import EnvironmentFailure

_ASIDE = ".frozen-"
"""What names begin with that are being written: what is left of them is taken away by the next freeze."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a twin: its path, the hash of its content, and how many bytes that are."""

    path: str
    sha256: str
    bytes: int


@dataclass(slots=True)
class Done:
    """What was done of one part: its files, how many of these were written, and pages that say that they failed."""

    files: list[File] = field(default_factory=list)
    written: int = 0
    failed: list[str] = field(default_factory=list)


class Writer:
    """Writes below a folder. ``known`` are files that lie there, as an earlier freeze wrote them."""

    def __init__(self, folder: Path, known: dict[str, tuple[str, int]]) -> None:
        self._folder = str(folder)
        self._known = known
        self._made: set[str] = set()
        self.written = 0

    def write(self, path: str, content: bytes) -> File:
        """Have ``content`` at a ``path``. Raises EnvironmentFailure where the disk does not let it."""
        one = File(path, hashlib.sha256(content).hexdigest(), len(content))
        whole = f"{self._folder}/{path}"
        if self._is_there(whole, one, content):
            return one
        self.written += 1
        try:
            folder = whole.rpartition("/")[0]
            self._make(folder)
            aside = f"{folder}/{_ASIDE}{os.getpid()}"
            with open(aside, "wb", buffering=0) as file:
                file.write(content)
            os.replace(aside, whole)  # noqa: PTH105
        except OSError as error:
            raise EnvironmentFailure(f"cannot write {whole}: {error.strerror}") from error
        return one

    def copy(self, path: str, source: Path, sha256: str) -> File:
        """Have a copy of the file ``source``, whose hash is known, at a ``path``. Raises EnvironmentFailure."""
        one = File(path, sha256, source.stat().st_size)
        whole = f"{self._folder}/{path}"
        if self._known.get(path) == (one.sha256, one.bytes) and _size(whole) == one.bytes:
            return one
        self.written += 1
        try:
            folder = whole.rpartition("/")[0]
            self._make(folder)
            aside = f"{folder}/{_ASIDE}{os.getpid()}"
            shutil.copyfile(source, aside)
            os.replace(aside, whole)  # noqa: PTH105
        except OSError as error:
            raise EnvironmentFailure(f"cannot write {whole}: {error.strerror}") from error
        return one

    def _is_there(self, whole: str, one: File, content: bytes) -> bool:
        known = self._known.get(one.path)
        if known is None or known[1] not in (one.bytes, -1):
            return False
        if known[1] == -1:  # it was being written when a freeze was ended
            try:
                with open(whole, "rb") as file:
                    return file.read(one.bytes + 1) == content
            except OSError:
                return False
        return known[0] == one.sha256 and _size(whole) == one.bytes

    def _make(self, folder: str) -> None:
        if folder not in self._made:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
            self._made.add(folder)


def _size(whole: str) -> int:
    try:
        return os.lstat(whole).st_size
    except OSError:
        return -1
