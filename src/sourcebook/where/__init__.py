# SPDX-License-Identifier: Apache-2.0
"""The verb ``where``: the file, line and column that a published value comes from.

In come a table, a row's key and a column; out goes a place in the book's files. It reads these alone, and knows nothing
of builds. Of a value that a build derives of statements it tells these too (`made_from`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sourcebook import files
from sourcebook.book import STATEMENT, Book, Folder, load_book
from sourcebook.book import Collection as OfBook
from sourcebook.errors import UsageError
from sourcebook.finding import Ledger, pointer
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.records.places import Positioner
from sourcebook.records.read import Reading, read
from sourcebook.tables import Plan, flatten
from sourcebook.tables.cells import ColumnPath, column_paths, reaches, row_places
from sourcebook.tables.derived import with_derived
from sourcebook.tables.whole_book import plan_one
from sourcebook.validation.wording import did_you_mean
from sourcebook.where.made_from import MadeFrom


@dataclass(frozen=True, slots=True)
class Located:
    """A place in a book's files: line and column from 1, in characters, and the line's text.

    ``pointer`` is an RFC 6901 JSON pointer into the file's document. Where nothing is ``written``, the value is NULL,
    and the place is that of the mapping that could hold it. Of a value that the build derives of statements the place
    is that of its row, and ``made_from`` are those of the statements, in order.
    """

    path: str
    line: int
    column: int
    source: str
    pointer: str
    written: bool = True
    made_from: tuple[Located, ...] = ()

    def __str__(self) -> str:
        """``path:line:column``."""
        return f"{self.path}:{self.line}:{self.column}"

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        data = {name: getattr(self, name) for name in self.__slots__ if name != "made_from"}
        return data | ({"made_from": [one.as_dict() for one in self.made_from]} if self.made_from else {})


def where(folder: Folder, table: str, key: str | int, column: str | None = None) -> Located:
    """The place that the row ``key`` of ``table``, or its value in ``column``, comes from. No build is needed.

    ``key`` is the row's primary key; where that is two columns, both of them joined by ``/``, or with the list's name
    between them, as in the ``_key`` of other tables. Of a reference, the place is where it is written; of what is made
    up (``_parent``, ``_position``, ``_key``), the row's own. Raises UsageError where ``folder`` is no book, or has no
    such table, row or column; OSError where the disk fails.
    """
    return Locator(load_book(folder)).find(table, key, column)


class Locator:
    """Finds places in one book. It reads the files of the collections that it is asked about, each once."""

    def __init__(self, book: Book) -> None:
        """Raises UsageError where the descriptor or a schema has errors, which keep tables from being planned."""
        wrong = [one for one in book.findings if one.level == "error" and one.rule != "script"]
        if wrong:
            raise UsageError(f"what the book's tables are is not known: {wrong[0]}")
        self._book = book
        self._positioner = Positioner(book)
        self._reading = cache(self._read)
        self._records = cache(self._by_key)
        self._plan = cache(self._planned)
        self._lines = cache(self._read_lines)

    def find(self, table: str, key: str | int, column: str | None = None) -> Located:
        """The place of a row, or of one of its values; raises UsageError as ``where`` does."""
        plan, number = self._table(table)
        here, derived = ColumnPath(), False
        if column is not None:
            columns = column_paths(plan, number)
            derived = column not in columns and column in self._derived_of(table)
            if derived:
                here = ColumnPath()
            elif column not in columns:
                known = ", ".join(one.name for one in plan.tables[number].columns)
                hint = did_you_mean(column, columns) or f"there are {known}"
                raise UsageError(f"the table {table} has no column {column!r}: {hint}")
            else:
                here = columns[column]
        reading = self._reading(plan.collection)
        records = self._records(plan.collection)
        found: list[tuple[Record, Path]] = []
        for joined in (True, False) if len(plan.tables[number].primary_key) == 2 else (False,):
            found = found or list(row_places(plan, number, key, records.get, joined=joined))
        if len(found) != 1:
            raise UsageError(_no_row(plan, number, str(key), records, reading, len(found)))
        record, path = found[0]
        located = self._located(record, (*path, *here.path), at_key=here.at_key)
        return self._with_statements(located, plan, number, record, path, str(column)) if derived else located

    def _derived_of(self, table: str) -> Collection[str]:
        """The columns of a table that the build derives of statements."""
        if not any(STATEMENT in one.roles for one in self._book.collections):
            return ()
        plans = with_derived(self._book, self._plans())
        return [c.name for plan in plans.values() for one in plan.tables if one.name == table for c in one.derived]

    def _plans(self) -> Mapping[str, Plan]:
        return {one.name: self._plan(one.name) for one in self._book.collections}

    def _with_statements(
        self, located: Located, plan: Plan, number: int, record: Record, path: Path, column: str
    ) -> Located:
        """The place of a row, with those of the statements that a derived value of it is made from."""
        made = MadeFrom(self._book, self._plans(), self._records)
        statements = made.statements(plan, number, record, path, column)
        places = tuple(self._located(one, (), at_key=False) for one in statements)
        return replace(located, written=bool(places), made_from=places)

    def _located(self, record: Record, path: Path, *, at_key: bool) -> Located:
        line, column = self._positioner.place(record, path, at_key=at_key)
        lines = self._lines(record.path)
        source = lines[line - 1] if line <= len(lines) else ""
        return Located(record.path, line, column, source, pointer((*record.at, *path)), reaches(record.value, path))

    def _table(self, name: str) -> tuple[Plan, int]:
        """The plan that has the table, and its number there; collections without a schema are read as a last resort."""
        known: list[str] = []
        for collection in sorted(self._book.collections, key=lambda one: _unlikely(one, name)):
            plan = self._plan(collection.name)
            for number, table in enumerate(plan.tables):
                if table.name == name:
                    return plan, number
                known.append(table.name)
        hint = did_you_mean(name, known) or f"there are {', '.join(known)}"
        raise UsageError(f"the book has no table {name!r}: {hint}")

    def _planned(self, name: str) -> Plan:
        collection = self._book.by_name[name]
        reading = Reading((), (), frozenset(), Ledger()) if not collection.planned_from_records else self._reading(name)
        return plan_one(self._book, collection, reading)

    def _read(self, name: str) -> Reading:
        return read(self._book, only=[name])

    def _by_key(self, name: str) -> Mapping[str, Record]:
        return {str(record.key): record for record in self._reading(name).records}

    def _read_lines(self, path: str) -> list[str]:
        data, _ = files.read_bytes(self._book.root, path, self._book.limits.bytes)
        return (
            data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        )


def _unlikely(collection: OfBook, table: str) -> tuple[bool, bool, int]:
    """What to order collections by, those whose table it may be first."""
    likely = table == collection.name or table.startswith(f"{collection.name}_") or table in collection.rename.values()
    return not likely, collection.planned_from_records, -len(collection.name)


def _no_row(plan: Plan, number: int, key: str, records: Mapping[str, Record], reading: Reading, count: int) -> str:
    table = plan.tables[number]
    if count:
        return f"the key {key!r} may mean {count} rows of {table.name}"
    hint = did_you_mean(key, _near(plan, number, key, records))
    if not hint:
        first = next((one for record in records.values() for one in _row_keys(plan, number, record)), None)
        hint = f"the first row is {first!r}" if first else "the table is empty"
    wrong = [finding for finding in reading.findings if finding.level == "error" and finding.rule != "collection-empty"]
    unread = f"; not all files could be read: {wrong[0]}" if wrong else ""
    return f"the table {table.name} has no row {key!r}: {hint}{unread}"


def _near(plan: Plan, number: int, key: str, records: Mapping[str, Record]) -> Iterable[str]:
    """Keys to compare a wrong one with: of records, or of the rows of the record that it begins with."""
    if not number:
        return records
    at = max((at for at, character in enumerate(key) if character == "/" and key[:at] in records), default=-1)
    if at < 0:
        return [f"{record}/{key.partition('/')[2]}" for record in records]
    return _row_keys(plan, number, records[key[:at]])


def _row_keys(plan: Plan, number: int, record: Record) -> Iterator[str]:
    names = [column.name for column in plan.tables[number].columns]
    rows, _ = flatten(plan, record.key, record.value)
    for row in rows.get(number, ()):
        yield "/".join(str(row[names.index(name)]) for name in plan.tables[number].primary_key)
