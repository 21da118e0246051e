# SPDX-License-Identifier: Apache-2.0
"""Records of a book, read from its files when they are asked for: a collection at a time, or one file if that does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from sourcebook import files
from sourcebook.book import Book, Collection
from sourcebook.book.moved import followed
from sourcebook.errors import NotThere
from sourcebook.finding import Finding
from sourcebook.open.unreadable import Unreadable, told
from sourcebook.parse import Path, Place
from sourcebook.parse.names import is_lines
from sourcebook.records.keys import file_key
from sourcebook.records.layout import parse_file
from sourcebook.records.model import Record, Source
from sourcebook.records.places import Positioner
from sourcebook.records.read import read_file
from sourcebook.records.register import Register
from sourcebook.validation.wording import did_you_mean


@dataclass(frozen=True)
class Read:
    """The records of a collection by their keys as texts, and what kept others from being read."""

    records: Mapping[str, Record]
    unread: tuple[Finding, ...]


class Reader:
    """Reads the records of one book, each file once, and tells where their values stand."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._positioner = Positioner(book)
        self.collection = cache(self._collection)
        self.lines = cache(self._lines)
        self._by_path = cache(self._paths)
        self._whole: set[str] = set()

    @cached_property
    def _register(self) -> Register:
        return Register(self.book)  # looks through the folders of data once

    def record(self, name: str, key: object) -> Record:
        """One record.

        Raises NotThere where there is none, and Unreadable where there may be one in a file that cannot be read.
        """
        wanted = str(key)
        if name not in self._whole and (source := self._by_path(name).get(wanted)):
            found = read_file(self.book, source)
            if found.whole and len(found.records) == 1:
                return found.records[0]
        read = self.collection(name)
        record = read.records.get(wanted)
        if record is not None and not isinstance(key, bool):
            return record
        raise self._missing(name, wanted, read)

    def place(self, record: Record, path: Path, *, at_key: bool) -> Place:
        """Line and column of the value (or its key) at ``path`` within a record."""
        if is_lines(record.path):  # of a hundred thousand, one need be looked at
            text = self.lines(record.path)[record.line - 1 : record.line]
            collection = self.book.by_name[record.collection]
            found = parse_file(collection, "".join(text).encode(), record.path, self.book.limits, positions=True)
            positions = found.documents[0].positions if found.documents else None
            if positions is not None:
                whole = (*record.at, *path)
                return Place(record.line, (positions.key(whole) if at_key else positions.value(whole)).column)
        return self._positioner.place(record, path, at_key=at_key)

    def _missing(self, name: str, key: str, read: Read) -> NotThere | Unreadable:
        source = self._by_path(name).get(key)
        here = [one for one in read.unread if source and one.path == source.path]
        if here or (read.unread and not _one_a_file(self.book.by_name[name])):
            wrong = here or read.unread
            return Unreadable(f"{name} {key!r} is not among the records that can be read: {told(wrong)}", wrong)
        hint = self._moved(name, key) or did_you_mean(key, read.records)
        if not hint:
            hint = f"the first is {next(iter(read.records))!r}" if read.records else "it has none"
        return NotThere(f"{name} has no record {key!r}: {hint}")

    def _moved(self, name: str, key: str) -> str:
        """What became of a key that was given up; the empty text where it was not."""
        one = followed(self.book.moved).get((name, key))
        if one is None:
            return ""
        return f"its key is {one.to!r} now" if one.to else f"it is gone since {one.on}: {one.gone}"

    def _collection(self, name: str) -> Read:
        records: dict[str, Record] = {}
        collection = self.book.by_name[name]
        ours = files.matcher(collection.records)
        unread = [one for one in self._register.findings if one.level == "error" and ours.fullmatch(one.path)]
        for source in self._register.sources:
            if source.collection.name == name:
                found = read_file(self.book, source)
                unread += [one for one in found.findings if one.level == "error"]
                records.update((str(record.key), record) for record in self._register.kept(source, found))
        self._whole.add(name)
        return Read(records, tuple(unread))

    def _paths(self, name: str) -> Mapping[str, Source]:
        """The files whose paths are the keys of the one record in each, by key; none where it is not so."""
        if not _one_a_file(self.book.by_name[name]):
            return {}
        sources = [one for one in self._register.sources if one.collection.name == name]
        found: dict[str, Source] = {}
        for one in sources:
            key = file_key(one.collection, one.path)
            if key:
                found.setdefault(key, one)
        return found

    def _lines(self, path: str) -> list[str]:
        data, _ = files.read_bytes(self.book.root, path, self.book.limits.bytes)
        text = data.decode("utf-8", "replace").removeprefix("\ufeff")
        return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _one_a_file(collection: Collection) -> bool:
    single = collection.layout in ("file", "front-matter") and not collection.at
    return single and collection.key_by_path and not collection.selects
