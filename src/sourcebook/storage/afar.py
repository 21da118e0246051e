# SPDX-License-Identifier: Apache-2.0
"""A folder of a book whose files lie afar, in a storage, and are read from there as if they lay in the book.

`files` asks here before it looks at the disk. Processes that are forked meanwhile open the storage anew, for what talks
to one does not live through a fork.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sourcebook.storage import Storage

_AT_ONCE = 16  # files that are read at once: most of the time is spent waiting


@dataclass
class Afar:
    """The files of a ``folder`` of a book, which lie at ``url``: in a ``local`` folder, or where a storage is asked."""

    folder: str
    url: str
    local: Path | None = None
    _open: dict[int, Storage] = field(default_factory=dict)  # by process

    @property
    def _storage(self) -> Storage:
        here = os.getpid()
        if here not in self._open:
            from sourcebook.storage import opened  # as below

            self._open[here] = opened(self.url)
        return self._open[here]

    def has(self, path: str) -> bool:
        """Whether a path of the book is that of the folder, or lies below it."""
        return path == self.folder or path.startswith(f"{self.folder}/")

    def names(self, folder: str) -> Iterator[str]:
        """The paths, in the book, of all files in a folder that it has. Raises EnvironmentFailure."""
        names = self._storage.names(folder[len(self.folder) + 1 :])
        return (f"{self.folder}/{name}" for name in names)

    def read(self, paths: Iterable[str], limit: int) -> list[bytes]:
        """The bytes of files, ``limit`` + 1 of each at most.

        Raises EnvironmentFailure, FileNotFoundError where there is none of a name.
        """
        from concurrent.futures import ThreadPoolExecutor  # slow to import, and few books need it

        from sourcebook.storage import PART, Missing

        storage = self._storage

        def one(path: str) -> bytes:
            data = bytearray()
            try:
                for part in storage.parts(path[len(self.folder) + 1 :], limit + 2 * PART):
                    data += part
                    if len(data) > limit:
                        break
            except Missing as error:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path) from error
            return bytes(data[: limit + 1])

        wanted = list(paths)
        if len(wanted) == 1:
            return [one(wanted[0])]
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            return list(threads.map(one, wanted))


_there: dict[Path, Afar] = {}


def afar(folder: str, url: str) -> Afar:
    """What has a ``folder`` of a book lie at ``url``. Raises UsageError where that is no storage."""
    from sourcebook.storage import check  # as below

    kind, place = check(url)
    return Afar(folder, url, Path(place).resolve() if kind == "file" else None)


def of(root: Path) -> Afar | None:
    """What of the book in ``root`` lies afar, if anything does."""
    return _there.get(root) if _there else None


@contextmanager
def lying(root: Path, folder: str, url: str) -> Iterator[None]:
    """Have a ``folder`` of the book in ``root`` lie at ``url`` meanwhile; what lies there in the book is passed over.

    Raises UsageError where that is no storage, or not installed.
    """
    from sourcebook.storage import opened  # as above

    opened(url)
    _there[root] = afar(folder, url)
    try:
        yield
    finally:
        del _there[root]
