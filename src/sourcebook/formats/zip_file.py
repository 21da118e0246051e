# SPDX-License-Identifier: Apache-2.0
"""ZIP files written from what is packed already: the stream of a gzip file is that of a member of a ZIP file.

The standard library's writer packs all members itself. The format is that of the APPNOTE of PKWARE; with ZIP64 where
something is larger than 32 bits tell.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import NamedTuple

from sourcebook.files import Written

_UTF8 = 0x800
_DATE = 0x21  # the first day that the format knows: what is in a file is to say when it was made
_STORED, _DEFLATED = 0, 8
_REGULAR_FILE = 0o100644 << 16
_UNIX = 3 << 8
_MOST = 0xFFFFFFFF  # that 32 bits tell; there it says that more is told by 64
_WIDE = _MOST  # from where on it is told by 64
_MOST_MEMBERS = 0xFFFF
_PIECE = 1024 * 1024
_GZIP_START = b"\x1f\x8b\x08\x00"  # without a name and other optional fields
_GZIP_HEADER, _GZIP_END = 10, 8  # bytes


class _Member(NamedTuple):
    name: bytes
    method: int
    crc: int
    packed: int
    size: int
    offset: int


class ZipFile:
    """A ZIP file that is being ``written``. Add its members, and then `end` it."""

    def __init__(self, written: Written) -> None:
        self._written = written
        self._members: list[_Member] = []

    def add(self, name: str, file: Path, gzipped: Path | None = None) -> None:
        """Add a file, by the copy of it that gzip made if there is one. Raises ValueError where that is none."""
        size = file.stat().st_size
        if gzipped is None:
            self._start(name, _STORED, _crc(file), size, size)
            self._copy(file, 0, size)
            return
        packed = gzipped.stat().st_size - _GZIP_HEADER - _GZIP_END
        with gzipped.open("rb") as copy:
            if copy.read(4) != _GZIP_START:
                raise ValueError(f"{gzipped} is no plain gzip file")
            copy.seek(-_GZIP_END, 2)
            crc, short = struct.unpack("<II", copy.read(_GZIP_END))
        if short != size & _MOST:
            raise ValueError(f"{gzipped} is no copy of {file}")
        self._start(name, _DEFLATED, crc, packed, size)
        self._copy(gzipped, _GZIP_HEADER, packed)

    def add_text(self, name: str, text: str) -> None:
        """Add a short text."""
        data = text.encode()
        self._start(name, _STORED, zlib.crc32(data), len(data), len(data))
        self._written.add(data)

    def end(self) -> None:
        """Write the list of members, which ends the file."""
        start = self._written.bytes
        for one in self._members:
            self._written.add(_listed(one))
        size, count = self._written.bytes - start, len(self._members)
        if max(start, size) >= _WIDE or count >= _MOST_MEMBERS:
            here = self._written.bytes
            self._written.add(
                struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, _UNIX | 45, 45, 0, 0, count, count, size, start)
            )
            self._written.add(struct.pack("<IIQI", 0x07064B50, 0, here, 1))
        short = min(count, _MOST_MEMBERS)
        ends = (0x06054B50, 0, 0, short, short, _narrow(size), _narrow(start), 0)
        self._written.add(struct.pack("<IHHHHIIH", *ends))

    def _start(self, name: str, method: int, crc: int, packed: int, size: int) -> None:
        one = _Member(name.encode(), method, crc, packed, size, self._written.bytes)
        self._members.append(one)
        wide = max(packed, size) >= _WIDE
        extra = struct.pack("<HHQQ", 1, 16, size, packed) if wide else b""
        told = (_MOST, _MOST) if wide else (packed, size)
        version = 45 if wide else 20
        header = (0x04034B50, version, _UTF8, method, 0, _DATE, crc, *told, len(one.name), len(extra))
        self._written.add(struct.pack("<IHHHHHIIIHH", *header) + one.name + extra)

    def _copy(self, file: Path, start: int, size: int) -> None:
        with file.open("rb") as source:
            source.seek(start)
            while size and (piece := source.read(min(size, _PIECE))):
                self._written.add(piece)
                size -= len(piece)
        if size:
            raise ValueError(f"{file} has become shorter")


def _listed(one: _Member) -> bytes:
    """The entry of a member in the list at the end."""
    wide = [number for number in (one.size, one.packed, one.offset) if number >= _WIDE]
    extra = struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    version = 45 if wide else 20
    numbers = (_narrow(one.packed), _narrow(one.size), len(one.name), len(extra), 0, 0, 0, _REGULAR_FILE)
    start = (0x02014B50, _UNIX | version, version, _UTF8, one.method, 0, _DATE, one.crc)
    return struct.pack("<IHHHHHHIIIHHHHHII", *start, *numbers, _narrow(one.offset)) + one.name + extra


def _narrow(number: int) -> int:
    return _MOST if number >= _WIDE else number


def _crc(file: Path) -> int:
    crc = 0
    with file.open("rb") as source:
        while piece := source.read(_PIECE):
            crc = zlib.crc32(piece, crc)
    return crc
