# SPDX-License-Identifier: Apache-2.0
"""What chunks compiled to, on disk: kept by content, for this build and for the next one.

What a chunk compiled to is a file, named by a hash of everything that it was made of: the bytes of its files, the
descriptor, the schemas and the toolkit. So nothing rests on clocks: whether a file was changed is seen from its bytes,
every time.
"""

from __future__ import annotations

import marshal
import os
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from sourcebook.compile.chunk import Chunk, Contents

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
