# SPDX-License-Identifier: Apache-2.0
"""A storage that is a folder of this machine, on a disk, a stick or a share; nothing but regular files is read."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sourcebook.errors import EnvironmentFailure
from sourcebook.machine import system
from sourcebook.storage.model import PART, Missing, Storage, StorageFailure, plain, too_large

_NEW = ".new-"  # what is being written; what a killed process left of it is removed when it is a day old
_TURN = ".turn"
_OLD = 24 * 3600.0
_OFTEN = 0.02
_READ = os.O_RDONLY | system.AS_IT_IS
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | system.AS_IT_IS


class Local(Storage):
    """The storage in a folder. It is made with the first file that is written."""

    writable = True

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        self._folder = folder

    def parts(self, path: str, most: int, *, fresh: bool = False) -> Iterator[bytes]:  # noqa: ARG002 - nothing is kept
        """See `Storage`."""
        with _told(self.url, path):
            handle = os.open(self._folder / plain(path), _READ)
        with open(handle, "rb", buffering=0) as file, _told(self.url, path):
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise StorageFailure(f"{path} at {self.url} is no file")
            left = most
            while part := file.read(PART):
                left -= len(part)
                if left < 0:
                    raise too_large(path, self.url, most)
                yield part

    def write(self, path: str, data: bytes) -> None:
        """See `Storage`."""
        self._written(path, [data])

    def put(self, path: str, file: Path) -> None:
        """See `Storage`."""
        with open(file, "rb") as opened:
            self._written(path, iter(lambda: opened.read(PART), b""))

    def stamp(self, path: str) -> str:
        """See `Storage`."""
        try:
            return hashlib.sha256(self.read(path)).hexdigest()
        except Missing:
            return ""

    def replace(self, path: str, data: bytes, stamp: str) -> bool:
        """See `Storage`."""
        with self._turn():
            if self.stamp(path) != stamp:
                return False
            self.write(path, data)
            return True

    def sizes(self, prefix: str = "") -> dict[str, int]:
        """See `Storage`."""
        top = self._folder / plain(prefix) if prefix else self._folder
        found = {}

        def odd(error: OSError) -> None:
            if not isinstance(error, FileNotFoundError | NotADirectoryError):
                raise error

        with _told(self.url, prefix):
            for folder, _, files in os.walk(top, onerror=odd):
                below = Path(folder).relative_to(self._folder).as_posix()
                for file in files:
                    name = file if below == "." else f"{below}/{file}"
                    with suppress(FileNotFoundError):  # removed just now
                        status = os.lstat(Path(folder, file))
                        if stat.S_ISREG(status.st_mode) and not name.startswith((_NEW, _TURN)):
                            found[name] = status.st_size
        return dict(sorted(found.items()))

    def size(self, path: str) -> int:
        """See `Storage`."""
        with _told(self.url, path):
            found = os.lstat(self._folder / plain(path))
        if not stat.S_ISREG(found.st_mode):
            raise StorageFailure(f"{path} at {self.url} is no file")
        return found.st_size

    def remove(self, paths: Iterable[str]) -> None:
        """See `Storage`."""
        for path in paths:
            with _told(self.url, path):
                (self._folder / plain(path)).unlink(missing_ok=True)
        self._sweep()

    def _written(self, path: str, parts: Iterable[bytes]) -> None:
        place = self._folder / plain(path)
        with _told(self.url, path):
            self._make(place.parent)
            aside = self._folder / f"{_NEW}{secrets.token_hex(8)}"
            try:
                with open(os.open(aside, _WRITE, 0o666), "wb") as file:
                    for part in parts:
                        file.write(part)
                    file.flush()
                    os.fsync(file.fileno())
                aside.replace(place)
            finally:
                with suppress(OSError):
                    aside.unlink(missing_ok=True)

    def _make(self, folder: Path) -> None:
        """Make a folder. Raises EnvironmentFailure where a file is in its place."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise EnvironmentFailure(f"{folder} is no folder, nor can it be one") from error

    def _sweep(self) -> None:
        """Remove what processes that were killed have left."""
        with suppress(OSError):
            for left in self._folder.glob(f"{_NEW}*"):
                if time.time() - left.lstat().st_mtime > _OLD:
                    left.unlink(missing_ok=True)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Be the only process that compares and replaces; the system ends the turn of one that is killed."""
        with _told(self.url, _TURN):
            self._make(self._folder)
            handle = os.open(self._folder / _TURN, os.O_RDWR | os.O_CREAT | system.AS_IT_IS, 0o666)
        try:
            system.await_lock(handle, _OFTEN)
            yield
        finally:
            os.close(handle)


@contextmanager
def _told(url: str, path: str) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Missing(f"there is no {path or 'such folder'} at {url}") from error
    except OSError as error:
        raise StorageFailure(f"{path} at {url}: {error.strerror or error}") from error
