# SPDX-License-Identifier: Apache-2.0
"""What chunks compiled to, on disk: kept by content, for this build and for the next one.

What a chunk compiled to is a file, named by a hash of everything that it was made of: the bytes of its files, the
descriptor, the schemas and the toolkit. So nothing rests on clocks: whether a file was changed is seen from its bytes,
every time. What lies there is read only if it bears a code made with a secret of the user's, for a book may come with
such files from elsewhere: they would say what no record says.
"""

from __future__ import annotations

import errno
import hmac
import marshal
import os
import stat
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path
from typing import IO, NamedTuple

from sourcebook.compile.chunk import Chunk, Contents
from sourcebook.files import remove
from sourcebook.machine import system

_DIGEST = 20  # bytes
_SIZE = 4  # bytes of a number
_PIECE = 16 * 1024 * 1024  # bytes: of what is larger, the code is looked at before all of it is in memory
_READ = os.O_RDONLY | system.AS_IT_IS
_SECRET = 32  # bytes


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
    """A folder of what chunks compiled to: files of several parts, each of which begins with a code of the rest.

    ``dependence`` is what all keys depend on; ``keys`` are those of the chunks, by number, as far as they are known.
    The code is made with ``secret``: by default one that is not known again, so that nothing from before is read.
    """

    folder: Path
    dependence: bytes = b""
    keys: MutableMapping[int, str] = field(default_factory=dict)
    secret: bytes = field(default_factory=lambda: os.urandom(_SECRET), repr=False)

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
        remove(aside)
        try:
            with aside.open("xb") as file:
                file.write(self._code(name, [data]))
                file.write(data)
            _replace(aside, self.folder / name)
        except OSError:
            aside.unlink(missing_ok=True)
            raise
        return Kept(name, _offsets(sizes))

    def _code(self, name: str, pieces: Iterable[bytes | memoryview]) -> bytes:
        """The code of what is kept under ``name``."""
        code = blake2b(name.encode() + b"\0", key=self.secret, digest_size=_DIGEST)
        for piece in pieces:
            code.update(piece)
        return code.digest()

    def first(self, name: str) -> tuple[Kept, bytes] | None:
        """What is kept under ``name``, and its first part; None where there is nothing, or not what was put there."""
        try:
            handle = os.open(f"{self.folder}/{name}", _READ)
        except OSError:
            return None
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            os.close(handle)
            return None
        with open(handle, "rb") as file:
            if status.st_size > _PIECE and not self._is_ours(name, file):
                return None
            data = file.read()
        if not hmac.compare_digest(self._code(name, [memoryview(data)[_DIGEST:]]), data[:_DIGEST]):
            return None
        begin = _DIGEST + _SIZE
        offsets = _offsets(data[begin : begin + int.from_bytes(data[_DIGEST:begin], "big")])
        return Kept(name, offsets), data[offsets[0] : offsets[1]]

    def _is_ours(self, name: str, file: IO[bytes]) -> bool:
        """Whether a file bears its code, seen piece by piece; it is then to be read from its start."""
        told = file.read(_DIGEST)
        same = hmac.compare_digest(self._code(name, iter(lambda: file.read(_PIECE), b"")), told)
        file.seek(0)
        return same

    def parts(self, kept: Kept, numbers: Iterable[int]) -> Iterator[bytes]:
        """Some parts of what this build has put, or found whole. Raises OSError."""
        handle = os.open(f"{self.folder}/{kept.name}", _READ)
        try:
            for number in numbers:
                begin, end = kept.offsets[number : number + 2]
                yield system.read_at(handle, end - begin, begin)
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
                remove(path)


def _replace(aside: Path, path: Path) -> None:
    """Put a file in the place of what lies at ``path``."""
    try:
        aside.replace(path)
    except OSError as error:
        if error.errno not in (errno.EISDIR, errno.ENOTEMPTY, errno.EEXIST):
            raise
        remove(path)  # a folder, which no build makes
        aside.replace(path)


def _offsets(sizes: bytes) -> list[int]:
    """Where parts begin in the file, and where the last ends."""
    begin = _DIGEST + _SIZE + len(sizes)
    return list(accumulate(marshal.loads(sizes), initial=begin))  # noqa: S302  (our own bytes, as their digest shows)
