# SPDX-License-Identifier: Apache-2.0
"""The files of a book in chunks, and what these compiled to: on disk, kept by content for the next build.

A chunk is some files of one collection that follow each other. What it compiled to is a file, named by a hash of
everything that it was made of: the bytes of its files, the descriptor, the schemas and the toolkit. So nothing rests on
clocks: whether a file was changed is seen from its bytes, every time. Where a chunk ends depends on the names of its
files, so that a file more or less leaves the other chunks as they are.
"""

from __future__ import annotations

import marshal
import os
import zlib
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any, NamedTuple

from sourcebook import files
from sourcebook.book import Book
from sourcebook.finding import Finding
from sourcebook.processes import mapped
from sourcebook.progress import Progress, silent
from sourcebook.records.model import Source

Chunk = Sequence[Source]
Contents = Sequence[tuple[bytes, Finding | None]]
"""The bytes of files, or why they were not read."""

_MEAN_FILES = 128  # a chunk ends after a file the checksum of whose path is a multiple of this
_MOST_FILES = 512
_DIGEST = 20  # bytes
_SIZE = 4  # bytes of a number


class Kept(NamedTuple):
    """What a chunk compiled to, on disk: the name of its file, where its parts begin there, and where the last ends."""

    name: str
    offsets: list[int]

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return self.offsets[-1]


@dataclass(frozen=True)
class Store:
    """A folder of what chunks compiled to: files of several parts, each of which begins with a hash of the rest.

    ``dependence`` is what all keys depend on; ``keys`` are those of the chunks, by number, as far as they are known.
    """

    folder: Path
    dependence: bytes = b""
    keys: MutableMapping[int, str] = field(default_factory=dict)

    def key(self, chunk: Chunk, contents: Contents) -> str:
        """The key of a chunk whose files have these ``contents``."""
        digest = blake2b(self.dependence, digest_size=_DIGEST)
        for source, (data, odd) in zip(chunk, contents, strict=True):
            name = f"{source.collection.name}\0{source.path}\0{source.beside}\0{odd and odd.rule}\0{len(data)}\0"
            digest.update(name.encode("utf-8", "surrogatepass") + data)
        return digest.hexdigest()

    def put(self, name: str, parts: Sequence[bytes]) -> Kept:
        """Keep ``parts`` under ``name``. Raises OSError where the disk fails."""
        sizes = marshal.dumps([len(part) for part in parts])
        data = b"".join((len(sizes).to_bytes(_SIZE, "big"), sizes, *parts))
        aside = self.folder / f".{name}-{os.getpid()}"
        try:
            aside.write_bytes(blake2b(data, digest_size=_DIGEST).digest() + data)
            aside.replace(self.folder / name)
        except OSError:
            aside.unlink(missing_ok=True)
            raise
        return Kept(name, _offsets(sizes))

    def first(self, name: str) -> tuple[Kept, bytes] | None:
        """What is kept under ``name``, and its first part; None where there is nothing, or not what was put there."""
        try:
            data = (self.folder / name).read_bytes()
        except OSError:
            return None
        if blake2b(memoryview(data)[_DIGEST:], digest_size=_DIGEST).digest() != data[:_DIGEST]:
            return None
        begin = _DIGEST + _SIZE
        offsets = _offsets(data[begin : begin + int.from_bytes(data[_DIGEST:begin], "big")])
        return Kept(name, offsets), data[offsets[0] : offsets[1]]

    def parts(self, kept: Kept, numbers: Iterable[int]) -> Iterator[bytes]:
        """Some parts of what this build has put, or found whole. Raises OSError."""
        handle = os.open(f"{self.folder}/{kept.name}", os.O_RDONLY)
        try:
            for number in numbers:
                begin, end = kept.offsets[number : number + 2]
                yield os.pread(handle, end - begin, begin)
        finally:
            os.close(handle)

    def all_parts(self, kept: Kept) -> list[bytes]:
        """All parts of what this build has put, or found whole. Raises OSError."""
        return list(self.parts(kept, range(len(kept.offsets) - 1)))

    def sweep(self) -> None:
        """Remove what is kept of chunks that there are no more."""
        used = set(self.keys.values())
        for path in self.folder.iterdir():
            if path.name not in used:
                path.unlink(missing_ok=True)


def _offsets(sizes: bytes) -> list[int]:
    """Where parts begin in the file, and where the last ends."""
    begin = _DIGEST + _SIZE + len(sizes)
    return list(accumulate(marshal.loads(sizes), initial=begin))  # noqa: S302  (our own bytes, as their digest shows)


def chunked(sources: Sequence[Source]) -> Sequence[Chunk]:
    """The files in chunks, in order."""
    chunks: list[list[Source]] = []
    for _, same in groupby(sources, key=lambda source: source.collection.name):
        chunk: list[Source] = []
        for source in same:
            chunk.append(source)
            path = source.path.encode("utf-8", "surrogatepass")
            if zlib.crc32(path) % _MEAN_FILES == 0 or len(chunk) == _MOST_FILES:
                chunks.append(chunk)
                chunk = []
        if chunk:
            chunks.append(chunk)
    return chunks


@dataclass(frozen=True)
class Work:
    """What compiling a book's files takes. ``jobs`` processes share it, 0 for as many as gain.

    ``kept`` is what chunks compiled to, by number, once it is there.
    """

    book: Book
    chunks: Sequence[Chunk]
    store: Store
    jobs: int = 0
    progress: Progress = silent
    kept: MutableMapping[int, Kept] = field(default_factory=dict)

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

    def _part(self, number: int, part: int) -> list[Any]:
        (data,) = self.store.parts(self.kept[number], [part])
        found: list[Any] = marshal.loads(data)  # noqa: S302  (our own bytes)
        return found


def _key(work: Work, number: int) -> str:
    return work.store.key(work.chunks[number], work.contents(number))
