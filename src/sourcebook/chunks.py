# SPDX-License-Identifier: Apache-2.0
"""The files of a book in chunks: compiled on all cores where that gains, and kept by content for the next build.

A chunk is some files of one collection that follow each other. What it compiled to is kept under a hash of everything
that it was made of: the bytes of its files, the descriptor, the schemas and the toolkit. So nothing rests on clocks:
whether a file was changed is seen from its bytes, every time. Where a chunk ends depends on the names of its files, so
that a file more or less leaves the other chunks as they are.
"""

from __future__ import annotations

import marshal
import os
import zlib
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from itertools import groupby
from pathlib import Path

from sourcebook import files
from sourcebook.batch import Batch, Job, compile_held, compiled, pack, unpack
from sourcebook.book import Book
from sourcebook.finding import Finding
from sourcebook.processes import mapped
from sourcebook.progress import Progress, silent
from sourcebook.records import Held, Source

Chunk = Sequence[Source]
_MEAN_FILES = 64  # a chunk ends after a file the checksum of whose path is a multiple of this
_MOST_FILES = 256
_DIGEST = 20  # bytes


@dataclass(frozen=True)
class Store:
    """Where chunks are kept: a folder that may be removed at any time, and what all keys in it depend on.

    Without a ``folder`` nothing is kept. ``keys`` are those of the chunks, in order, as far as they are known.
    """

    folder: Path | None = None
    dependence: bytes = b""
    keys: MutableMapping[int, str] = field(default_factory=dict)

    def key(self, chunk: Chunk, contents: Sequence[bytes]) -> str:
        """The key of a chunk whose files have these ``contents``."""
        digest = blake2b(self.dependence, digest_size=_DIGEST)
        for source, data in zip(chunk, contents, strict=True):
            name = f"{source.collection.name}\0{source.path}\0{source.beside}\0{len(data)}\0"
            digest.update(name.encode("utf-8", "surrogatepass") + data)
        return digest.hexdigest()

    def get(self, key: str) -> list[bytes] | None:
        """What was kept under ``key``; None where there is nothing, or not what was put there."""
        try:
            kept = (self.folder / key).read_bytes() if self.folder else b""
        except OSError:
            return None
        digest, data = kept[:_DIGEST], kept[_DIGEST:]
        if blake2b(data, digest_size=_DIGEST).digest() != digest:
            return None
        found: list[bytes] = marshal.loads(data)  # noqa: S302  (our own bytes, as their digest shows)
        return found

    def put(self, key: str, batches: list[bytes]) -> None:
        """Keep ``batches`` under ``key``. A disk that is full keeps nothing, and that is no loss."""
        if self.folder is None:
            return
        data = marshal.dumps(batches)
        aside = self.folder / f".{key}-{os.getpid()}"
        try:
            aside.write_bytes(blake2b(data, digest_size=_DIGEST).digest() + data)
            aside.replace(self.folder / key)
        except OSError:
            aside.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove what is kept of chunks that there are no more."""
        used = set(self.keys.values())
        for path in self.folder.iterdir() if self.folder else ():
            if path.name not in used:
                path.unlink(missing_ok=True)


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
    """What compiling a book's files takes. ``jobs`` processes share it, 0 for as many as gain."""

    book: Book
    chunks: Sequence[Chunk]
    store: Store = field(default_factory=Store)
    jobs: int = 0
    progress: Progress = silent

    def hashed(self) -> None:
        """Find the key of every chunk, from the bytes of its files as they are now."""
        for number, key in enumerate(mapped(partial(_key, self), len(self.chunks), self.jobs)):
            self.store.keys[number] = key

    def batches(self, jobs: Mapping[str, Job], read: MutableMapping[tuple[str, str], Held]) -> Iterator[Batch]:
        """What each file compiles to, in order, by the ``jobs`` of collections.

        Files in ``read`` are there already, and are taken out of it. Raises OSError where the disk fails.
        """
        done, total = 0, sum(map(len, self.chunks))
        elsewhere = frozenset(collection for collection, _ in read)
        task = partial(_packed, self, jobs, elsewhere)
        for number, (key, batches) in enumerate(mapped(task, len(self.chunks), self.jobs)):
            self.store.keys[number] = key
            for source, data in zip(self.chunks[number], batches, strict=True):
                held = read.pop((source.collection.name, source.path), None)
                yield compile_held(jobs[source.collection.name], held) if held else unpack(data)
            done += len(batches)
            self.progress("reading records", done, total)


# --- what is done with a chunk --------------------------------------------------------------------------------------


def _key(work: Work, number: int) -> str:
    chunk = work.chunks[number]
    return work.store.key(chunk, [data for data, _ in _contents(work.book, chunk)])


def _packed(work: Work, jobs: Mapping[str, Job], elsewhere: frozenset[str], number: int) -> tuple[str, list[bytes]]:
    """The key of a chunk and what its files compile to; nothing for collections that are compiled ``elsewhere``."""
    chunk = work.chunks[number]
    name = chunk[0].collection.name
    key = work.store.keys.get(number, "")
    if name in elsewhere:
        # Read before now, and hashed before that: a key from the bytes of now might hide a change in between.
        return key, [b""] * len(chunk)
    kept = work.store.get(key) if key else None
    if kept is not None:
        return key, kept
    contents = _contents(work.book, chunk)
    key = work.store.key(chunk, [data for data, _ in contents])
    kept = work.store.get(key)
    if kept is not None:
        return key, kept
    made = [
        pack(Batch([odd]) if odd else compiled(jobs[name], source, data))
        for source, (data, odd) in zip(chunk, contents, strict=True)
    ]
    work.store.put(key, made)
    return key, made


def _contents(book: Book, chunk: Chunk) -> list[tuple[bytes, Finding | None]]:
    return files.read_many(book.root, [source.path for source in chunk], book.limits.bytes)
