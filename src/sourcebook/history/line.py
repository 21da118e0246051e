# SPDX-License-Identifier: Apache-2.0
"""The line of commits that a book's state of today comes from: from each the first parent, and which files differ."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, NamedTuple, Self

from sourcebook.git import Blob, Process, begun
from sourcebook.history.objects import AS_THEY_ARE

_SECONDS = 600.0  # in which git must have told of all commits
_BYTES = 2 * 1024**3  # that it may say
_OFTEN = 0.01
# Whatever the settings of who builds say.
_PLAINLY = ("-c", "core.commitGraph=false", "-c", "log.showRoot=true", "-c", "log.follow=false", "log")
_FORM = ("--no-show-signature", "--no-notes", "--no-mailmap", "--no-decorate", "--no-color", "--no-ext-diff")
_FILES = ("-m", "--raw", "-r", "-z", "--no-abbrev", "--no-renames", f"-O{os.devnull}", "--relative")
_HEAD = "\1"

Both = tuple[Blob | None, Blob | None]


class Commit(NamedTuple):
    """A commit of the line: its name, that of its first parent, its time, and the files that differ from there."""

    name: str
    parent: str
    seconds: int
    files: Mapping[str, Both]


class Line:
    """Asks git for the line of the book in ``folder``, while other work is done. A resource: use it in ``with``.

    What git says goes to a file without a name in the folder ``aside``. Asked ``since`` a commit, it tells of those
    that came after it.
    """

    def __init__(self, folder: Path, aside: Path, since: str = "", until: str = "HEAD") -> None:
        self._until = time.monotonic() + _SECONDS
        self._file: IO[bytes] = TemporaryFile(dir=aside)  # noqa: SIM115  (closed with the line)
        form = "--format=%x01%H %P %ct"
        some = (f"{since}..{until}" if since else until, "--", ".")
        self._process: Process | None = begun(
            folder, AS_THEY_ARE, *_PLAINLY, "--first-parent", "--reverse", *_FORM, *_FILES, form, *some, to=self._file
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
        self._file.close()

    def wait(self) -> str:
        """Wait until git has told all; why it has not, else the empty text."""
        if self._process is None:
            return "there is no git"
        while self._process.poll() is None:
            if time.monotonic() > self._until:
                return f"git took more than {_SECONDS:g} seconds to tell of it"
            if os.fstat(self._file.fileno()).st_size > _BYTES:
                return f"git says more than {_BYTES / 1024**3:g} GiB of it"
            time.sleep(_OFTEN)
        if self._process.returncode:
            _, said = self._process.communicate()
            return f"git cannot tell it: {said.decode('utf-8', 'replace').strip().partition(chr(10))[0]}"
        return ""

    def commits(self) -> Iterator[Commit]:
        """The commits that changed a file, the oldest first; to be asked once git has told all."""
        self._file.seek(0)
        head, files = "", dict[str, Both]()
        parts = _parts(self._file)
        for part in parts:
            if part.startswith(_HEAD):
                if head:
                    yield _commit(head, files)
                head, files = part[1:], {}
            elif part:
                mode_a, mode_b, oid_a, oid_b, _ = part.lstrip("\n").split(" ")
                files[next(parts)] = (_blob(mode_a[1:], oid_a), _blob(mode_b, oid_b))
        if head:
            yield _commit(head, files)


def _parts(file: IO[bytes]) -> Iterator[str]:
    left = b""
    while data := file.read(4 * 1024 * 1024):
        whole, _, left = (left + data).rpartition(b"\0")
        yield from os.fsdecode(whole).split("\0") if whole else ()
    if left:
        yield os.fsdecode(left)


def _commit(head: str, files: Mapping[str, Both]) -> Commit:
    name, *parents, seconds = head.split()
    return Commit(name, parents[0] if parents else "", int(seconds), files)


def _blob(mode: str, oid: str) -> Blob | None:
    return None if mode == "000000" else Blob(mode, oid)
