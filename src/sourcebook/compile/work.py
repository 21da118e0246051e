# SPDX-License-Identifier: Apache-2.0
"""What compiling a book's files takes: the files in chunks, and where what they compile to is kept."""

from __future__ import annotations

import marshal
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from sourcebook import files
from sourcebook.book import Book
from sourcebook.compile.chunk import Chunk, Contents
from sourcebook.compile.store import Kept, Store
from sourcebook.machine.processes import mapped
from sourcebook.progress import Progress, silent

if TYPE_CHECKING:
    from sourcebook.machine.cluster import Cluster


Done = tuple[str, tuple[Any, ...], bytes]
"""The key of a chunk, where what it compiled to is kept (as `Kept` has it), and the first part of that."""


@dataclass(frozen=True)
class Work:
    """What compiling a book's files takes. ``jobs`` processes share it, 0 for as many as gain, or else a ``cluster``.

    ``kept`` is what chunks compiled to, by number, once it is there; ``data`` where the book's data lies, if that is
    not in the book.
    """

    book: Book
    chunks: Sequence[Chunk]
    store: Store
    jobs: int = 0
    progress: Progress = silent
    kept: MutableMapping[int, Kept] = field(default_factory=dict)
    cluster: Cluster | None = None
    data: str = ""

    def hashed(self) -> None:
        """Find the key of every chunk, from the bytes of its files as they are now."""
        for number, key in enumerate(mapped(partial(_key, self), len(self.chunks), self.jobs)):
            self.store.keys[number] = key

    def contents(self, number: int) -> Contents:
        """The contents of a chunk's files as they are now."""
        paths = [source.path for source in self.chunks[number]]
        return files.read_many(self.book.root, paths, self.book.limits.bytes)

    def numbers(self, collection: str) -> Iterator[int]:
        """The numbers of a collection's chunks, in order."""
        return (number for number in self.kept if self.chunks[number][0].collection.name == collection)

    def texts(self, number: int) -> list[str]:
        """What the records of a chunk hold, as JSON."""
        return self._part(number, 1)

    def rows(self, number: int, table: int) -> list[Any]:
        """The rows of a chunk in a table, by its number in the plan: values one after the other."""
        return self._part(number, 2 + table)

    def packed_rows(self, number: int, table: int) -> bytes:
        """The same as they lie there, by marshal."""
        return self._packed(number, 2 + table)

    def _part(self, number: int, part: int) -> list[Any]:
        found: list[Any] = marshal.loads(self._packed(number, part))  # noqa: S302  (our own bytes)
        return found

    def _packed(self, number: int, part: int) -> bytes:
        (data,) = self.store.parts(self.kept[number], [part])
        return data


def _key(work: Work, number: int) -> str:
    return work.store.key(work.chunks[number], work.contents(number))
