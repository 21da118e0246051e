# SPDX-License-Identifier: Apache-2.0
"""Plain data set aside on disk while a book is read: values by name, to be read again in the order they came in."""

from __future__ import annotations

import marshal
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_MOST_VALUES = 50_000  # held back before they are written
_MOST_BYTES = 8 * 1024 * 1024  # held in memory before a file is made


class Spool:
    """Lists of text, numbers and None by name. Whatever is added to a name is read again as one sequence, in chunks.

    A resource: use it in a ``with`` statement. Raises OSError where the disk fails.
    """

    def __init__(self, folder: Path) -> None:
        """What does not fit into memory goes to a file in ``folder`` that has no name there, so that none is left."""
        self._file = tempfile.SpooledTemporaryFile(_MOST_BYTES, dir=str(folder))  # noqa: SIM115  (closed by this object)
        self._held: dict[str, list[Any]] = {}
        self._written: dict[str, list[tuple[int, int]]] = {}  # where chunks begin in the file, and their sizes
        self._count = 0
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, name: str, values: Sequence[Any]) -> None:
        """Put ``values`` after those that the name has."""
        held = self._held.get(name)
        if held is None:
            self._held[name] = list(values)
        else:
            held += values
        self._count += len(values)
        if self._count > _MOST_VALUES:
            self._write()

    def read(self, name: str) -> Iterator[list[Any]]:
        """Everything that was added to ``name``, in order; what a chunk holds is the caller's to change."""
        for start, size in self._written.get(name, ()):
            self._file.seek(start)
            yield marshal.loads(self._file.read(size))  # noqa: S302  (what this object has written)
        if self._held.get(name):
            yield list(self._held[name])

    def _write(self) -> None:
        self._file.seek(self._end)
        for name, values in self._held.items():
            if values:
                size = self._file.write(marshal.dumps(values))
                self._written.setdefault(name, []).append((self._end, size))
                self._end += size
        self._held.clear()
        self._count = 0
