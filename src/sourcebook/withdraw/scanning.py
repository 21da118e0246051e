# SPDX-License-Identifier: Apache-2.0
"""Every byte below ``build/``, looked through for what was taken down: also of what is packed, and of what has columns.

Words that are known are looked for in bytes. Of fingerprints whose words are not known, values are looked at one by
one: those of databases, of JSON and of Parquet.
"""

from __future__ import annotations

import io
import json
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
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
    """What was looked through: how many files and bytes, and of which it could not be told (``unread``).

    These are damaged, nested too deeply or too large, may not be read, or want a library that is not here.
    """

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
        self.unread: dict[str, None] = {}
        self.files = 0
        self.bytes = 0
        self._path = ""

    def file(self, path: str) -> None:
        """Look through a file."""
        self.files += 1
        self._path = path
        whole = self._build / path
        try:
            size = whole.lstat().st_size
            self.bytes += size
            what = self._bytes(whole, size) or self._values(whole)
        except FileNotFoundError:  # it has gone meanwhile
            return
        except (OSError, MemoryError):
            self._cannot_tell()
            return
        if what:
            self.found.append(Found(path, what))

    def _cannot_tell(self) -> None:
        """Note that of the file that is looked through it cannot be told, or not of all of it."""
        self.unread[self._path] = None

    def _bytes(self, whole: Path, size: int) -> str:
        with whole.open("rb") as file:
            head = file.read(_HEAD)
        if whole.suffix == ".br":
            return self._stream(lambda: unpacked(whole, "br"))
        if head[:2] == b"\x1f\x8b":
            return self._stream(lambda: unpacked(whole, "gzip"))
        if head == b"PAR1" and (found := self._parquet(whole)):
            return found
        if head == b"PK\x03\x04":
            if size <= _MOST:
                return self._zip(whole.read_bytes(), 0)
            self._cannot_tell()
        return self._stream(lambda: _pieces(whole))

    def _parquet(self, whole: Path) -> str:
        """What is in the values of a file of Parquet."""
        if whole.name.startswith("_"):  # it tells of others, and has none; but bounds of theirs, as they are
            return ""
        return self._stream(lambda: (one.encode("utf-8", "surrogatepass") for one in texts_of(whole)))

    def _stream(self, pieces: Callable[[], Iterator[bytes]]) -> str:
        before = b""
        try:
            for piece in pieces():
                data = before + piece
                if self._in(data):
                    return "words"
                before = data[-self._longest :]  # of several pieces, where these are short
        except (ValueError, ImportError):
            self._cannot_tell()
        return ""

    def _in(self, data: bytes) -> bool:
        return any(one in data for one in self._needles)

    def _zip(self, data: bytes, depth: int) -> str:
        """What is in an archive, and in those that are in it."""
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for one in archive.infolist():
                    if one.file_size > _MOST or depth > _DEEPEST:
                        self._cannot_tell()
                        continue
                    content = archive.read(one)
                    if self._in(content) or self._in(self._gunzipped(content)):
                        return f"words, in {one.filename}"
                    if content[:4] == b"PK\x03\x04" and (what := self._zip(content, depth + 1)):
                        return what
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, ValueError):
            self._cannot_tell()
        return ""

    def _gunzipped(self, data: bytes) -> bytes:
        if data[:2] != b"\x1f\x8b":
            return b""
        unpacking = zlib.decompressobj(wbits=31)
        try:
            content = unpacking.decompress(data, _MOST)
        except zlib.error:  # and others in the same archive can be told of
            self._cannot_tell()
            return b""
        if not unpacking.eof or unpacking.unused_data:
            self._cannot_tell()
        return content

    def _values(self, whole: Path) -> str:
        """Records that were taken down, and values with the fingerprint of such."""
        try:
            if whole.suffix in (".db", ".sqlite", ".sqlite3"):
                return self._in_database(whole)
            if whole.suffix == ".parquet":
                return self._in_parquet(whole)
            if whole.suffix in (".json", ".ndjson", ".jsonl", ".geojson", ".jsonld") and self._taken.unknown:
                return self._in_json(whole)
        except _UNREADABLE:
            self._cannot_tell()
        return ""

    def _in_database(self, whole: Path) -> str:
        with reading(whole) as connection:
            connection.text_factory = _text  # one text that is no UTF-8 hides no others
            tables = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").fetchall()
            for table, sql in tables:
                try:
                    if what := self._in_table(connection, table):
                        return what
                except _UNREADABLE:
                    # What a virtual table of a module that is not here shows stands in tables of its own, or elsewhere.
                    if not _VIRTUAL.match(sql or ""):
                        self._cannot_tell()
        return ""

    def _in_table(self, connection: sqlite3.Connection, table: str) -> str:
        name = table.replace('"', '""')
        for row in connection.execute(f'SELECT * FROM "{name}"'):
            if table == RECORDS and (what := self._taken.in_record(str(row[0]), str(row[1]), row[-1])):
                return what
            for value in row:
                if isinstance(value, str) and self._is_taken(value):
                    return "words, as a value"
        return ""

    def _in_parquet(self, whole: Path) -> str:
        columns = columns_of(whole)
        if list(columns) == ["collection", "key", "path", "line", "document"]:  # the records whole
            for name, key, document in zip(columns["collection"], columns["key"], columns["document"], strict=True):
                if what := self._taken.in_record(name, key, document):
                    return what
        every = (value for values in columns.values() for value in values if isinstance(value, str))
        return "words, as a value" if any(map(self._is_taken, every)) else ""

    def _is_taken(self, value: str) -> bool:
        """Whether a text was taken down, or one in it where it is JSON."""
        hashes = self._taken.hashes
        if fingerprint(value) in hashes:
            return True
        if value[:1] not in ("[", "{") or not self._taken.unknown:
            return False
        try:
            return any(fingerprint(one.text) in hashes for one in texts_in(_json(value)))
        except RecursionError:
            self._cannot_tell()
        except ValueError:  # a text that begins like JSON, and was looked at as it is
            pass
        return False

    def _in_json(self, whole: Path) -> str:
        data = whole.read_bytes()
        text = data.decode(json.detect_encoding(data), "surrogatepass")
        documents: list[Any]
        try:
            documents = [_json(text)]
        except ValueError:
            documents = [_json(line) for line in text.split("\n") if line.strip()]
        wanted = self._taken.hashes
        return "words" if any(fingerprint(one.text) in wanted for doc in documents for one in texts_in(doc)) else ""


_UNREADABLE = (sqlite3.Error, ValueError, LookupError, TypeError, RecursionError, ImportError)
"""What is raised by what is damaged, nested too deeply, or of another making, though it is called as ours is."""
_VIRTUAL = re.compile(r"\s*CREATE\s+VIRTUAL\s", re.IGNORECASE)
_text = partial(str, encoding="utf-8", errors="replace")


def _json(text: str) -> Any:
    """Plain data of JSON text, whatever its numbers are. Raises ValueError, or RecursionError where it is deep."""
    return json.loads(text, parse_int=float)  # whose digits have no limit


def _pieces(whole: Path) -> Iterator[bytes]:
    with whole.open("rb") as file:
        while piece := file.read(_CHUNK):
            yield piece
