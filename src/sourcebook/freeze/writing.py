# SPDX-License-Identifier: Apache-2.0
"""Files of a twin written: aside and then renamed, and only where they are not there already as they are to be.

What is about to be written is noted first, in a file beside the list of the twin's files: a freeze that is ended in the
middle leaves nothing that the next one would not know to be ours.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.exact import dumps
from sourcebook.machine.system import AS_IT_IS

ASIDE = ".frozen-"
"""What names begin with that are being written: what is left of them is taken away by the next freeze."""
BEGUN = "-/frozen.begun"
"""The notes of a freeze that is under way: a line of JSON for each file."""
UNSURE = -1
"""Bytes of a file that may have been written, or not: a freeze was ended there."""
_MOST_WAITING = 16 * 1024 * 1024  # bytes
_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class File:
    """A file of a twin: its path, the hash of its content, and how many bytes that are."""

    path: str
    sha256: str
    bytes: int


@dataclass(slots=True)
class Done:
    """What was done of one part: its files, how many of these were written, and pages that say that they failed.

    ``removed`` are files of an earlier freeze that were in the way of these.
    """

    files: list[File] = field(default_factory=list)
    written: int = 0
    removed: int = 0
    failed: list[str] = field(default_factory=list)


class Writer:
    """Writes below a folder, and says which files these are. ``known`` are those that an earlier freeze wrote there.

    Files wait until there are some, or `flush` is called. Raises UsageError where somebody else has put something in
    the way, which is not written over, EnvironmentFailure where the disk does not let files be written.
    """

    def __init__(
        self, folder: Path, known: dict[str, tuple[str, int]], change: Callable[[str, bytes], bytes] | None = None
    ) -> None:
        """``change`` is done to what is written at a path, and not to what is copied."""
        self._change = change
        self._folder = str(folder)
        self._known = known
        self._made = {self._folder}
        self._waiting: list[tuple[File, bytes | Path]] = []
        self._size = 0
        self.done = Done()

    def begin(self) -> None:
        """Begin another part."""
        self.done = Done()

    def write(self, path: str, content: bytes) -> None:
        """Have ``content`` at a ``path``."""
        content = self._change(path, content) if self._change else content
        one = File(path, hashlib.sha256(content).hexdigest(), len(content))
        self._take(one, content)
        if self._size > _MOST_WAITING:
            self.flush()

    def copy(self, path: str, source: Path, sha256: str) -> None:
        """Have a copy of the file ``source`` at a ``path``; one with another hash is refused when it is written."""
        self._take(File(path, sha256, source.stat().st_size), source)

    def flush(self) -> None:
        """Write what waits."""
        waiting, self._waiting, self._size = self._waiting, [], 0
        if not waiting:
            return
        with _failures(self._folder):
            note(self._folder, (one.path for one, _ in waiting))
            for one, content in waiting:
                self._put(one, content)
        self.done.written += len(waiting)

    def _take(self, one: File, content: bytes | Path) -> None:
        self.done.files.append(one)
        if not self._is_there(one, content):
            self._waiting.append((one, content))
            self._size += len(content) if isinstance(content, bytes) else 0

    def _is_there(self, one: File, content: bytes | Path) -> bool:
        whole = f"{self._folder}/{one.path}"
        digest, size = self._known.get(one.path, ("", 0))
        if not digest and size != UNSURE:
            if os.path.lexists(whole):
                self._have_folder_go(one.path)
            return False
        if size == UNSURE:
            found = isinstance(content, bytes) and _content(whole, one.bytes) == content
        else:
            found = (digest, size) == (one.sha256, one.bytes) == _found(whole)
        if not found and _is_folder(whole):
            self._have_folder_go(one.path)
        return found

    def _have_folder_go(self, path: str) -> None:
        """Have a folder of an earlier freeze go, where a file is to be. Raises UsageError where it is somebody else's.

        Its files are none of this freeze: no two pages of a release are a file and a folder of one name.
        """
        whole = f"{self._folder}/{path}"
        files, folders = _below(whole) if self._is_reached(path) else ([], [])
        if not folders or any(one[len(self._folder) + 1 :] not in self._known for one in files):
            raise UsageError(f"{whole} is in the way, and no freeze wrote it: move it, or freeze to another folder")
        with _failures(self._folder):
            for one in files:
                os.unlink(one)  # noqa: PTH108
            for one in folders:
                os.rmdir(one)  # noqa: PTH106
        self._made.difference_update(folders)
        self.done.removed += len(files)

    def _is_reached(self, path: str) -> bool:
        """Whether a folder is reached through no link."""
        parts = path.split("/")
        return all(_is_folder("/".join((self._folder, *parts[:end]))) for end in range(1, len(parts) + 1))

    def _have_file_go(self, folder: str) -> None:
        """Have a file of an earlier freeze go, where a folder is to be. Raises UsageError where it is somebody else's.

        Another process may do the same just now.
        """
        if folder[len(self._folder) + 1 :] not in self._known:
            raise UsageError(f"{folder} is in the way: it is no folder")
        try:
            os.unlink(folder)  # noqa: PTH108
            self.done.removed += 1
        except FileNotFoundError:
            pass
        except OSError:
            if not _is_folder(folder):
                raise
        with suppress(FileExistsError):
            os.mkdir(folder)  # noqa: PTH102

    def _put(self, one: File, content: bytes | Path) -> None:
        whole = f"{self._folder}/{one.path}"
        folder = whole.rpartition("/")[0]
        self._make(folder)
        aside = f"{folder}/{ASIDE}{os.getpid()}"
        if isinstance(content, Path):
            if _copied(content, aside) != one.sha256:
                os.unlink(aside)  # noqa: PTH108
                raise EnvironmentFailure(f"{content} is not the file that the checksums of its release name")
        else:
            # A pathlib.Path for each costs as much as the writing.
            handle = writable(aside)
            try:
                _all(partial(os.write, handle), content)
            finally:
                os.close(handle)
        os.replace(aside, whole)  # noqa: PTH105

    def _make(self, folder: str) -> None:
        """Make a folder, and those above it; nothing is written through a link."""
        if folder in self._made:
            return
        self._make(folder.rpartition("/")[0])
        try:
            os.mkdir(folder)  # noqa: PTH102
        except FileExistsError:
            if not _is_folder(folder):
                self._have_file_go(folder)
        self._made.add(folder)


def _is_folder(path: str) -> bool:
    """Whether there is a folder at a path, which is no link."""
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except FileNotFoundError:
        return False


def _below(folder: str) -> tuple[list[str], list[str]]:
    """All that lies in a folder but folders, links among them, and these folders from the innermost to itself."""
    files, folders = [], []
    for above, names, some in os.walk(folder):
        folders.append(above)
        files += [f"{above}/{name}" for name in some]
        files += [f"{above}/{name}" for name in names if not _is_folder(f"{above}/{name}")]
    return files, folders[::-1]


@contextmanager
def _failures(folder: str) -> Iterator[None]:
    """Turn errors of the disk into words."""
    try:
        yield
    except OSError as error:
        raise EnvironmentFailure(
            f"cannot write {error.filename or folder}: {error.strerror}; the next freeze goes on from here"
        ) from error


def writable(path: str | Path) -> int:
    """A handle to write a file aside with, from its beginning, and through no link. Raises OSError."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | AS_IT_IS, 0o666)


def note(folder: str, paths: Iterable[str]) -> None:
    """Note that ``paths`` are about to be written: whole lines at once, from any process. Raises OSError."""
    lines = "".join(f"{dumps(path)}\n" for path in paths).encode()
    handle = os.open(f"{folder}/{BEGUN}", os.O_WRONLY | os.O_APPEND | os.O_CREAT | AS_IT_IS, 0o666)
    try:
        _all(partial(os.write, handle), lines)
    finally:
        os.close(handle)


def _all(write: Callable[[bytes], int | None], content: bytes) -> None:
    while content:
        content = content[write(content) or 0 :]


def _copied(source: Path, aside: str) -> str:
    """Copy a file, and say the hash of what was copied."""
    digest = hashlib.sha256()
    with source.open("rb") as file, open(writable(aside), "wb", buffering=0) as target:
        while some := file.read(_PIECE):
            digest.update(some)
            _all(target.write, some)
    return digest.hexdigest()


def _found(whole: str) -> tuple[str, int]:
    """Hash and bytes of the file that lies at a path: somebody may have changed it since, and not its size."""
    try:
        handle = os.open(whole, os.O_RDONLY | AS_IT_IS)
    except OSError:
        return "", -1
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        os.close(handle)
        return "", -1
    with open(handle, "rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), found.st_size


def _content(whole: str, size: int) -> bytes | None:
    try:
        with open(whole, "rb") as file:
            return file.read(size + 1)
    except OSError:
        return None
