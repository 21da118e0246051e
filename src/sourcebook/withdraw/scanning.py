# SPDX-License-Identifier: Apache-2.0
"""Every byte below ``build/``, looked through for what was taken down: also of what is packed, and of what has columns.

Words that are known are looked for in bytes. Of fingerprints whose words are not known, values are looked at one by
one: those of databases, of JSON and of Parquet.
"""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcebook import files
from sourcebook.evidence.fingerprints import fingerprint, texts_in
from sourcebook.formats.packed import unpacked
from sourcebook.formats.parquet import columns_of, texts_of
from sourcebook.sqlite import RECORDS, reading
from sourcebook.withdraw.known import TakenDown

_MOST = 512 * 1024 * 1024  # bytes that a packed file is unpacked to
_DEEPEST = 4  # archives in archives
_CHUNK = 4 * 1024 * 1024
_HEAD = 4


@dataclass(frozen=True, slots=True)
class Found:
    """A file below ``build/`` that has words which were taken down, or records: its ``path`` there, and what it has."""

    path: str
    what: str


@dataclass(frozen=True)
class Looked:
    """What was looked through: how many files and bytes, and of which it could not be told (``unread``)."""

    found: tuple[Found, ...]
    files: int
    bytes: int
    unread: tuple[str, ...]


def looked_through(build: Path, taken: TakenDown, needles: Sequence[bytes], *, within: str = "") -> Looked:
    """What was taken down, wherever it is left in a ``build`` folder, or ``within`` a folder in it.

    Links are not followed; pipes and devices are not opened.
    """
    scan = _Scan(build, taken, needles)
    for path in _all(build, within):
        scan.file(path)
    return Looked(tuple(scan.found), scan.files, scan.bytes, tuple(scan.unread))


def _all(build: Path, within: str) -> Iterator[str]:
    waiting = [within]
    while waiting:
        folder = waiting.pop()
        if files.kind(build / folder if folder else build) != "folder":
            continue
        for path in sorted((build / folder).iterdir() if folder else build.iterdir()):
            name = f"{folder}/{path.name}" if folder else path.name
            kind = files.kind(path)
            if kind == "folder":
                waiting.append(name)
            elif kind == "file":
                yield name


class _Scan:
    def __init__(self, build: Path, taken: TakenDown, needles: Sequence[bytes]) -> None:
        self._build = build
        self._taken = taken
        self._needles = needles
        self._longest = max(map(len, needles), default=1)
        self.found: list[Found] = []
        self.unread: list[str] = []
        self.files = 0
        self.bytes = 0

    def file(self, path: str) -> None:
        """Look through a file."""
        self.files += 1
        whole = self._build / path
        try:
            size = whole.lstat().st_size
            self.bytes += size
            what = self._bytes(path, whole, size) or self._values(whole)
        except (OSError, MemoryError):
            self.unread.append(path)
            return
        if what:
            self.found.append(Found(path, what))

    def _bytes(self, path: str, whole: Path, size: int) -> str:
        with whole.open("rb") as file:
            head = file.read(_HEAD)
        if whole.suffix == ".br":
            return self._stream(path, lambda: unpacked(whole, "br"))
        if head[:2] == b"\x1f\x8b":
            return self._stream(path, lambda: unpacked(whole, "gzip"))
        if head == b"PAR1" and (found := self._parquet(path, whole)):
            return found
        if head == b"PK\x03\x04" and size <= _MOST:
            return self._zip(path, whole.read_bytes(), 0)
        return self._stream(path, lambda: _pieces(whole))

    def _parquet(self, path: str, whole: Path) -> str:
        """What is in the values of a file of Parquet."""
        if whole.name.startswith("_"):  # it tells of others, and has none; but bounds of theirs, as they are
            return ""
        return self._stream(path, lambda: (one.encode("utf-8", "surrogatepass") for one in texts_of(whole)))

    def _stream(self, path: str, pieces: Callable[[], Iterator[bytes]]) -> str:
        before = b""
        try:
            for piece in pieces():
                if self._in(before + piece):
                    return "words"
                before = piece[-self._longest :]
        except (ValueError, ImportError):
            self.unread.append(path)
        return ""

    def _in(self, data: bytes) -> bool:
        return any(one in data for one in self._needles)

    def _zip(self, path: str, data: bytes, depth: int) -> str:
        """What is in an archive, and in those that are in it."""
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for one in archive.infolist():
                    if one.file_size > _MOST or depth > _DEEPEST:
                        self.unread.append(path)
                        continue
                    content = archive.read(one)
                    if self._in(content) or self._in(_gunzipped(content)):
                        return f"words, in {one.filename}"
                    if content[:4] == b"PK\x03\x04" and (what := self._zip(path, content, depth + 1)):
                        return what
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, ValueError):
            self.unread.append(path)
        return ""

    def _values(self, whole: Path) -> str:
        """Records that were taken down, and values with the fingerprint of such."""
        if whole.suffix in (".db", ".sqlite", ".sqlite3"):
            with suppress(sqlite3.Error):
                return self._in_database(whole)
        if whole.suffix == ".parquet":
            with suppress(ValueError, ImportError):  # which is told of already
                return self._in_parquet(whole)
        if whole.suffix in (".json", ".ndjson", ".jsonl", ".geojson", ".jsonld") and self._taken.unknown:
            with suppress(ValueError, RecursionError):
                return self._in_json(whole)
        return ""

    def _in_database(self, whole: Path) -> str:
        hashes = self._taken.hashes
        with reading(whole) as connection:
            for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
                name = table.replace('"', '""')
                with suppress(sqlite3.Error):  # virtual ones of modules that are not here
                    for row in connection.execute(f'SELECT * FROM "{name}"'):
                        if table == RECORDS and (what := self._taken.in_record(str(row[0]), str(row[1]), row[-1])):
                            return what
                        for value in row:
                            if isinstance(value, str) and (fingerprint(value) in hashes or self._in_text(value)):
                                return "words, as a value"
        return ""

    def _in_parquet(self, whole: Path) -> str:
        columns = columns_of(whole)
        if list(columns) == ["collection", "key", "path", "line", "document"]:  # the records whole
            for name, key, document in zip(columns["collection"], columns["key"], columns["document"], strict=True):
                if what := self._taken.in_record(name, key, document):
                    return what
        every = (value for values in columns.values() for value in values if isinstance(value, str))
        known = self._taken.hashes
        return "words, as a value" if any(fingerprint(one) in known or self._in_text(one) for one in every) else ""

    def _in_text(self, value: str) -> bool:
        if value[:1] not in "[{" or not self._taken.unknown:
            return False
        try:
            return any(fingerprint(one.text) in self._taken.hashes for one in texts_in(json.loads(value)))
        except (ValueError, RecursionError):
            return False

    def _in_json(self, whole: Path) -> str:
        text = whole.read_text("utf-8")
        documents: list[Any]
        try:
            documents = [json.loads(text)]
        except ValueError:
            documents = [json.loads(line) for line in text.splitlines() if line.strip()]
        wanted = self._taken.hashes
        return "words" if any(fingerprint(one.text) in wanted for doc in documents for one in texts_in(doc)) else ""


def _pieces(whole: Path) -> Iterator[bytes]:
    with whole.open("rb") as file:
        while piece := file.read(_CHUNK):
            yield piece


def _gunzipped(data: bytes) -> bytes:
    if data[:2] != b"\x1f\x8b":
        return b""
    return zlib.decompressobj(wbits=31).decompress(data, _MOST)


__all__ = ["Found", "Looked", "looked_through"]
