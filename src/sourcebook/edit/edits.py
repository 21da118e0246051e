# SPDX-License-Identifier: Apache-2.0
"""Changes of records, gathered from whoever asks for some, and made file by file at the end."""

from __future__ import annotations

from typing import Any

from sourcebook.edit.model import FileChange, Refused
from sourcebook.edit.source import Source
from sourcebook.edit.text import Add, Change, Drop, Insert, Order, Put, Remove, Rename, edited
from sourcebook.parse import Path
from sourcebook.records.model import Record


class Edits:
    """The changes of a book, by paths in its records as they are before; `changes` gives the files that differ."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._changes: dict[str, list[tuple[str, Change]]] = {}
        self._files: dict[str, bytes | None] = {}
        self._moved: dict[str, str] = {}
        self._gone: set[str] = set()

    @property
    def empty(self) -> bool:
        """Whether nothing is to be changed."""
        return not (self._changes or self._files or self._moved or self._gone)

    # --- in a record ---

    def put(self, record: Record, path: Path, value: Any, before: str | None = None) -> None:
        """Set the value at a path of a record (see `text.Put`)."""
        self.add(record.path, record.collection, Put(record.document, (*record.at, *path), value, before))

    def remove(self, record: Record, path: Path) -> None:
        """Take out what stands at a path of a record."""
        self.add(record.path, record.collection, Remove(record.document, (*record.at, *path)))

    def rename(self, record: Record, path: Path, name: str) -> None:
        """Give the property at a path of a record, or the record itself in its map, another name."""
        self.add(record.path, record.collection, Rename(record.document, (*record.at, *path), name))

    def insert(self, record: Record, path: Path, index: int, value: Any) -> None:
        """Put an item into the list at a path of a record."""
        self.add(record.path, record.collection, Insert(record.document, (*record.at, *path), index, value))

    # --- whole records and files ---

    def drop(self, record: Record) -> None:
        """Take a whole record out, and its file if that holds nothing else."""
        if not record.at and self._left(record) == 0:
            self._gone.add(record.path)
            return
        self.add(record.path, record.collection, Drop(record.document, record.at))

    def _left(self, record: Record) -> int:
        """How many documents of a record's file stay."""
        documents = {one.document for one in self.source.by_path[record.path]}
        dropped = {
            change.document
            for _, change in self._changes.get(record.path, ())
            if isinstance(change, Drop) and not change.at
        }
        held = self.source.reading.files[record.collection, record.path].documents
        return max(held, len(documents)) - len(dropped | {record.document})

    def add(self, path: str, collection: str, change: Change) -> None:
        """Add a change of a file, as of ``collection``."""
        self._changes.setdefault(path, []).append((collection, change))

    def write(self, path: str, data: bytes | None) -> None:
        """Have a file with these bytes, or none."""
        if path in self._files:
            raise Refused(f"{path} would be written twice")
        self._files[path] = data

    def move(self, path: str, to: str) -> None:
        """Give a file another path. What changes in it, changes there."""
        if self._moved.get(path, to) != to or to in self._moved.values():
            raise Refused(f"{to} would be the name of two files")
        if to in self.source.by_path or (self.source.book.root / to).exists():
            raise Refused(f"{path} cannot become {to}, for that is there already")
        self._moved[path] = to

    # --- what came of it ---

    def changes(self) -> tuple[FileChange, ...]:
        """The files that differ, by path. Raises CannotEdit where a change cannot be made where it is to be."""
        found: list[FileChange] = []
        for path in sorted({*self._changes, *self._moved, *self._gone} - self._files.keys()):
            before = self.source.data(path)
            if path in self._gone:
                found.append(FileChange(path, before, None))
                continue
            after = self._edited(path, before)
            if path in self._moved:
                found += [FileChange(path, before, None), FileChange(self._moved[path], None, after)]
            elif after != before:
                found.append(FileChange(path, before, after))
        for path, data in self._files.items():
            there = (self.source.book.root / path).exists()
            found.append(FileChange(path, self.source.data(path) if there else None, data))
        return tuple(sorted((one for one in found if one.before != one.after), key=lambda one: one.path))

    def _edited(self, path: str, data: bytes) -> bytes:
        """The bytes of a file after its changes: all of what is there first, and then what is added."""
        book = self.source.book
        named = self._changes.get(path, ())
        inside = [(name, change) for name, change in named if not isinstance(change, Add)]
        after = data
        if inside:
            collection = book.by_name[inside[0][0]]
            after = edited(
                collection, path, after, [change for _, change in inside], book.limits, order=self._order(named)
            )
        for name in dict.fromkeys(name for name, change in named if isinstance(change, Add)):
            added = [change for one, change in named if one == name and isinstance(change, Add)]
            after = edited(book.by_name[name], path, after, added, book.limits)
        return after

    def _order(self, named: Any) -> Order:
        orders = [self.source.order(name) for name in dict.fromkeys(name for name, _ in named)]

        def names(path: Path) -> Any:
            return next((found for one in orders if callable(one) and (found := one(path))), ())

        return names
