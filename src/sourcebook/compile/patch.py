# SPDX-License-Identifier: Apache-2.0
"""The last database with the rows of some chunks replaced, where that comes to the same as a new one.

The rows of a chunk follow each other in every table, in the order of chunks. So where each chunk has as many rows as
before, those of the others stay where they are. Search is made anew for tables in which rows were replaced: no table of
the database tells its history, though its pages may.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sourcebook.compile.answers import derive
from sourcebook.compile.batch import Batch, unpack
from sourcebook.compile.database import make_search, record_rows, writing
from sourcebook.compile.ddl import table_sql
from sourcebook.compile.gather import Gathered
from sourcebook.compile.linked_names import feeds
from sourcebook.compile.scan import Last
from sourcebook.sqlite import RECORDS, quote, reading
from sourcebook.tables import Table
from sourcebook.tables.links import has_links, linked

Patched = frozenset[tuple[str, str]]
"""What is not as before: tables and documents by their contents, and the places of a collection's records in files."""


def patch(last: Last, path: Path, gathered: Gathered) -> Patched | None:
    """Write the database of what was ``gathered`` to the new file ``path``, as that of ``last`` with other rows.

    None where that is not to be had, and nothing was written. Raises OSError where the disk fails.
    """
    tables = {table.name: table for plan in gathered.plans.values() for table in plan.tables}
    changes = _Changes()
    same = all(changes.of(chunk) for chunk in _changed(last, gathered))
    same = same and _has_tables(last.folder / path.name, tables.values())
    if not same or len(last.names) != len(gathered.work.kept):
        return None
    changed = [tables[name] for name in changes.rows if name != RECORDS]
    if not all(map(_in_sequence, changed)):
        return None
    shutil.copyfile(last.folder / path.name, path)
    with writing(path) as connection:
        connection.execute("BEGIN")
        for name, replaced in changes.rows.items():
            _replace(connection, name, tables.get(name), replaced)
        derived = derive(connection, gathered.work.book, gathered.plans)
        named = {*changes.rows, *derived}
        found = [one for one in tables.values() if one.linked and one not in changed]
        found = [one for one in found if not named.isdisjoint(feeds(gathered.work.book, gathered.plans, one))]
        for table in [*changed, *found]:
            if table.searchable:
                connection.execute(f"DROP TABLE {quote(table.search_name)}")
            make_search(connection, table, gathered)
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
    told = {tables[name].collection for name in derived}  # whose documents say it too
    other = {
        "table": derived.union(table.name for table in changed),
        "documents": changes.documents.union(told),
        "places": changes.places,
    }
    return frozenset((kind, name) for kind, names in other.items() for name in names)


def _has_tables(path: Path, tables: Collection[Table]) -> bool:
    """Whether the tables of a database are those of a plan: what they promise depends on which records depart."""
    with reading(path) as connection:
        there = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    return all(there.get(table.name) == table_sql(table, tables) for table in tables)


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A chunk that has changed: what it compiled to for the last release, and does now, as parts; and its place."""

    gathered: Gathered
    number: int
    old: Sequence[bytes]
    new: Sequence[bytes]

    @property
    def collection(self) -> str:
        return self.gathered.work.chunks[self.number][0].collection.name

    def first_rows(self) -> list[int]:
        """The number of its first row among the records, and in each of the collection's tables."""
        counts = self.gathered.counts
        records = sum(counts[number][0] for number in range(self.number))
        before = [counts[number][1:] for number in self.gathered.work.numbers(self.collection) if number < self.number]
        tables = range(len(self.gathered.plans[self.collection].tables))
        return [1 + records, *(1 + sum(count[table] for count in before) for table in tables)]


def _changed(last: Last, gathered: Gathered) -> Iterator[_Chunk | None]:
    """The chunks that have changed; None for one of which it is not known any more what it was."""
    work = gathered.work
    for (number, kept), name in zip(work.kept.items(), last.names, strict=False):
        if kept.name != name:
            found = work.store.first(name)
            yield found and _Chunk(gathered, number, work.store.all_parts(found[0]), work.store.all_parts(kept))


@dataclass
class _Changes:
    """What is to be replaced.

    ``rows`` are, by the name of a table, the number of the first row and the values of all from there; ``documents``
    the collections that hold others, ``places`` those of whose files one is another.
    """

    rows: dict[str, list[tuple[int, list[Any]]]] = field(default_factory=dict)
    documents: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)

    def of(self, chunk: _Chunk | None) -> bool:
        """Add those of a chunk; False where it cannot be told what is to be replaced."""
        if chunk is None:
            return False
        gathered, name = chunk.gathered, chunk.collection
        old, new = unpack(chunk.old), unpack(chunk.new)
        plan = gathered.plans[name]
        links = any(has_links(table) for one in gathered.plans.values() for table in one.tables)
        if old.counts != new.counts or (links and _known_by(old) != _known_by(new)):
            return False
        self.places.add(name)
        first, *firsts = chunk.first_rows()
        stands = new.placed(gathered.work.chunks[chunk.number])
        self.rows.setdefault(RECORDS, []).append((first, record_rows(name, stands, new.texts)))
        if (old.texts, _keys(old)) != (new.texts, _keys(new)):
            self.documents.add(name)
        for table, begin, was, values in zip(plan.tables, firsts, old.rows, new.rows, strict=True):
            if repr(was) != repr(values):  # so that 1 is not 1.0
                self.rows.setdefault(table.name, []).append((begin, linked(table, values, gathered.index)))
        return True


def _known_by(batch: Batch) -> Any:
    """What references to records of a batch may be written by."""
    return _keys(batch), batch.fields


def _keys(batch: Batch) -> list[str | int]:
    return [stand[0] for stand in batch.stands]


def _in_sequence(table: Table) -> bool:
    """Whether SQLite numbers the rows of a table as they come: not by a key that is an integer."""
    (key, *others) = table.primary_key
    return table.rowid is not None and (bool(others) or table.column(key).type != "INTEGER")


def _replace(
    connection: sqlite3.Connection, name: str, table: Table | None, replaced: Sequence[tuple[int, list[Any]]]
) -> None:
    """Put other rows in the place of those that have the same numbers, without what is derived."""
    names = [column[0] for column in connection.execute(f"SELECT * FROM {quote(name)} LIMIT 0").description]
    names = names[: -len(table.derived)] if table and table.derived else names
    rowid = (table.rowid if table else None) or "rowid"
    width = len(names)
    columns, marks = ", ".join([rowid, *map(quote, names)]), ", ".join("?" * (width + 1))
    into = f"INSERT INTO {quote(name)} ({columns}) VALUES ({marks})"
    numbered = [(first, len(values) // width, values) for first, values in replaced]
    for first, count, _ in numbered:  # all of them first, for what was in one chunk may be in another now
        connection.execute(f"DELETE FROM {quote(name)} WHERE {rowid} BETWEEN ? AND ?", (first, first + count - 1))
    for first, count, values in numbered:
        connection.executemany(into, ((first + row, *values[row * width : (row + 1) * width]) for row in range(count)))
