# SPDX-License-Identifier: Apache-2.0
"""Copies of texts, packed once by gzip and Brotli so that a server need not pack them each time: the door to brotli.

The same text is packed to the same bytes, by levels that go by its size alone: what is small is packed well, and what
is large at a rate that a build does not wait for.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcebook.files import Written, sha256, take_over
from sourcebook.formats.model import File
from sourcebook.formats.paths import CODINGS, is_text
from sourcebook.machine.processes import cores

_SMALLEST = 1_000  # bytes: below, one packet of a network holds it either way
_GAIN = 0.9  # of the size: what does not become this small is not worth a file
_LARGE = 256 * 1024
_GZIP = (6, 1)  # levels, of what is small and of what is large
_BROTLI = (5, 1)
_PIECE = 1024 * 1024

Packed = dict[str, dict[str, File]]
"""By the path of a file and a content coding, the copy of it."""


@dataclass(frozen=True, slots=True)
class Before:
    """The last release: its ``folder``, its files by path, and what it has packed."""

    folder: Path
    files: Mapping[str, File]
    packed: Mapping[str, Mapping[str, File]]

    def has(self, one: File, coding: str) -> bool:
        """Whether it has the same file, and packed what gains by that."""
        known = self.files.get(one.path)
        same = known is not None and known.sha256 == one.sha256
        return same and any(coding in of for of in self.packed.values())


def pack(
    folder: Path, files: Iterable[File], codings: Collection[str], jobs: int = 0, before: Before | None = None
) -> Packed:
    """Write beside each text of ``files`` a copy in each of ``codings``, where that gains.

    What was there ``before`` is taken over. ``jobs`` threads share the work, 0 for every core: neither library holds
    Python's lock. Raises OSError where the disk fails.
    """
    texts = sorted((one for one in files if _is_worth_it(one)), key=lambda one: -one.bytes)
    tasks = [(coding, one) for one in texts for coding in CODINGS if coding in codings]
    with ThreadPoolExecutor(jobs or cores()) as threads:
        copies = threads.map(lambda task: _copy(folder, task[0], task[1], before), tasks)
        found: Packed = {}
        for (coding, one), copy in zip(tasks, copies, strict=True):
            if copy:
                found.setdefault(one.path, {})[coding] = copy
    return found


def copies(folder: Path, files: Iterable[File]) -> Packed:
    """The copies that lie in a release."""
    found: Packed = {}
    for one in files:
        for coding, ending in CODINGS.items():
            path = one.path + ending
            if is_text(one.path) and (folder / path).is_file():
                size = (folder / path).stat().st_size
                found.setdefault(one.path, {})[coding] = File(path, coding, one.of, size, sha256(folder / path))
    return found


def unpacked(path: Path, coding: str) -> Iterator[bytes]:
    """The text that a copy holds, piece by piece. Raises ValueError where it is none, OSError where the disk fails.

    Raises ImportError where what unpacks it is not installed. No piece is large, however much a small copy unpacks to;
    with a Brotli before 1.2 one of them may be.
    """
    if coding == "br":
        import brotli

        decompressor: Any = brotli.Decompressor()
        bounded = hasattr(decompressor, "can_accept_more_data")
        is_whole, failure = decompressor.is_finished, brotli.error

        def unpack(piece: bytes) -> Iterator[bytes]:
            if not bounded:
                yield decompressor.process(piece)
                return
            found = decompressor.process(piece, output_buffer_limit=_PIECE)
            while found or not decompressor.can_accept_more_data():
                yield found
                found = decompressor.process(b"", output_buffer_limit=_PIECE)
    else:
        unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
        failure = zlib.error

        def unpack(piece: bytes) -> Iterator[bytes]:
            found = unpacking.decompress(piece, _PIECE)
            while found or unpacking.unconsumed_tail:
                yield found
                found = unpacking.decompress(unpacking.unconsumed_tail, _PIECE)

        def is_whole() -> bool:
            return unpacking.eof and not unpacking.unused_data

    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield from unpack(piece)
    except failure as error:
        raise ValueError(f"it cannot be unpacked: {error}") from error
    if not is_whole():
        raise ValueError("it is not whole")


def _is_worth_it(one: File) -> bool:
    return one.bytes >= _SMALLEST and is_text(one.path)


def _copy(folder: Path, coding: str, one: File, before: Before | None) -> File | None:
    path = one.path + CODINGS[coding]
    if before and before.has(one, coding):
        known = before.packed.get(one.path, {}).get(coding)
        if known:
            take_over(before.folder / path, folder / path)
        return known
    with (folder / one.path).open("rb") as text, Written(folder / path) as file:
        for piece in _PACKING[coding](iter(lambda: text.read(_PIECE), b""), one.bytes):
            file.add(piece)
    if file.bytes <= one.bytes * _GAIN:
        return File(path, coding, one.of, file.bytes, file.sha256)
    (folder / path).unlink()
    return None


def _level(size: int, levels: tuple[int, int]) -> int:
    return levels[size >= _LARGE]


def _gzip(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    packing = zlib.compressobj(_level(size, _GZIP), zlib.DEFLATED, zlib.MAX_WBITS | 16)  # without a date
    for piece in pieces:
        yield packing.compress(piece)
    yield packing.flush()


def _brotli(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    import brotli  # an extra

    packing: Any = brotli.Compressor(mode=brotli.MODE_TEXT, quality=_level(size, _BROTLI))
    for piece in pieces:
        yield packing.process(piece)
    yield packing.finish()


_PACKING: Mapping[str, Callable[[Iterable[bytes], int], Iterator[bytes]]] = {"gzip": _gzip, "br": _brotli}
