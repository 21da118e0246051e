# SPDX-License-Identifier: Apache-2.0
"""The two tables of the database: versions, and what each of them changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from sourcebook.book import STATEMENT, Book, steps
from sourcebook.compile.answers import spoken
from sourcebook.compile.database import insert
from sourcebook.history.model import ADDED, CHANGES, REMOVED, RENAMED, VERSIONS, Told, Version, time_of
from sourcebook.sqlite import quote
from sourcebook.tables import Plan, Table
from sourcebook.tables.derived import ANSWERS, PUBLISHED_IN, SAID_BY, derivation
from sourcebook.tables.whole_book import Plans

Record = tuple[str, str]  # collection and key
Release = str | None
Row = tuple[Told, str | None]
"""A change, and the key that the record has now; None of one that is gone."""

TABLES = {
    VERSIONS: """CREATE TABLE _versions (
  _version INTEGER PRIMARY KEY,
  "commit" TEXT,
  at TEXT,
  day TEXT,
  release TEXT,
  changes INTEGER NOT NULL
) STRICT""",
    CHANGES: """CREATE TABLE _changes (
  _change INTEGER PRIMARY KEY,
  version INTEGER NOT NULL REFERENCES _versions (_version),
  collection TEXT NOT NULL,
  key TEXT NOT NULL,
  record TEXT,
  kind TEXT NOT NULL CHECK (kind IN ('added', 'changed', 'removed', 'renamed')),
  old_key TEXT,
  property TEXT,
  change TEXT CHECK (change IN ('added', 'changed', 'removed', 'moved')),
  old TEXT,
  new TEXT,
  "by" TEXT,
  said_by TEXT,
  published_in TEXT,
  answers TEXT
) STRICT""",
}
"""The statements that make them, by name."""
INDEXES = {
    "_changes_version_index": f"CREATE INDEX _changes_version_index ON {CHANGES} (version)",
    "_changes_collection_index": f"CREATE INDEX _changes_collection_index ON {CHANGES} (collection, version)",
    "_changes_record_index": f"CREATE INDEX _changes_record_index ON {CHANGES} (collection, record)",
}
"""The statements that make their indexes, by name."""
_WIDTH = 15
OF_HISTORY = frozenset({*TABLES, *INDEXES})


Withdrawn = Callable[[str, str, str], bool]
"""Whether nothing may be told of a record, by collection and key, or of its property of a name."""


def settled(
    versions: Sequence[Version], there: Iterable[Record], withdrawn: Withdrawn
) -> list[tuple[Version, list[Row]]]:
    """Each version with its changes, and what key each record has now: of those that are ``there``.

    Of a record that is gone no value is left, nor of what was ``withdrawn``.
    """
    now: dict[Record, str] = {one: one[1] for one in there}
    found = []
    for version in reversed(versions):
        rows: list[Row] = []
        for told in version.changes:
            record = None if told.kind == REMOVED else now.get((told.collection, told.key))
            silent = record is None or withdrawn(told.collection, record, told.property or "")
            if silent and (told.old is not None or told.new is not None or told.by is not None):
                told = told._replace(old=None, new=None, by=None)
            rows.append((told, record))
        found.append((version, rows))
        before: dict[Record, str] = {}
        for told in version.changes:
            here = (told.collection, told.key)
            if told.kind == ADDED:
                now.pop(here, None)
            elif told.kind == RENAMED and here in now:
                before[told.collection, told.old_key or ""] = now.pop(here)
        now |= before
    return found[::-1]


def drop(connection: sqlite3.Connection) -> None:
    """Take the tables out of a database, where they are those of another state."""
    for name in (CHANGES, VERSIONS):
        connection.execute(f"DROP TABLE IF EXISTS {name}")
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'").fetchone():
        connection.execute("DELETE FROM sqlite_stat1 WHERE tbl IN (?, ?)", (CHANGES, VERSIONS))


def write(
    connection: sqlite3.Connection,
    book: Book,
    plans: Plans,
    versions: Sequence[tuple[Version, list[Row]]],
    releases: Sequence[Release],
) -> None:
    """Write the tables. ``releases`` say of each version, in order, which is the first that holds it."""
    for statement in TABLES.values():
        connection.execute(statement)
    connection.executemany(
        f"INSERT INTO {VERSIONS} VALUES (?, ?, ?, ?, ?, ?)",
        (
            (number, version.commit or None, *time_of(version), release, len(rows))
            for number, ((version, rows), release) in enumerate(zip(versions, releases, strict=True), 1)
        ),
    )
    about = _About(connection, book, plans, versions)
    numbers = count(1)
    insert(
        connection,
        CHANGES,
        _WIDTH,
        (
            [
                value
                for one, record, said in map(about.told, rows)
                for value in (next(numbers), number, one[0], one[1], record, *one[2:], *said)
            ]
            for number, (_, rows) in enumerate(versions, 1)
        ),
    )
    for statement in INDEXES.values():
        connection.execute(statement)


class _About:
    """Who says what a record says, where that was published, and what answers it: as the tables of today have it."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        book: Book,
        plans: Plans,
        versions: Iterable[tuple[Version, Iterable[Row]]],
    ) -> None:
        self._refers: dict[str, list[tuple[str, ...]]] = {}
        self._rested: set[Record] = set()
        self._whole: set[str] = set()
        self._own: dict[Record, tuple[str | None, str | None, str | None]] = {}
        self._inner: dict[str, list[tuple[tuple[str, ...], Mapping[str, Any]]]] = {}
        roles = [name for name in plans if STATEMENT in book.by_name[name].roles]
        if not roles:
            return
        said = spoken(connection, book, plans)
        for name, plan in plans.items():
            own = plan.tables[0]
            answers = _column(connection, own, ANSWERS)
            if name in roles:
                keys = {key for of, key in said if of == name} | answers.keys()
                for key in keys:
                    by_whom, where = said.get((name, key), (None, None))
                    self._own[name, key] = (by_whom, where, answers.get(key))
            else:
                parts = [_column(connection, own, column) for column in (SAID_BY, PUBLISHED_IN, ANSWERS)]
                keys = {key for part in parts for key in part}
                by, published_in, answers = parts
                self._own |= {(name, key): (by.get(key), published_in.get(key), answers.get(key)) for key in keys}
                self._inner[name] = list(_below(connection, plan))
        resting_on = derivation(book, plans).resting
        self._whole = {one.table.collection for one in resting_on if not one.table.parent}
        for resting in resting_on:
            self._refers.setdefault(resting.table.collection, []).extend(
                _short(steps(spot.table.column(spot.column).path)) for spot in resting.spots
            )
        told = (row for _, rows in versions for row in rows if row[0].collection in self._inner and row[0].property)
        self._rested = {
            (one.collection, record)
            for one, record in told
            if record is not None and (one.old, one.new) != (None, None) and self._is_reference(one, around=True)
        }

    def told(self, row: Row) -> tuple[Told, str | None, tuple[str | None, ...]]:
        """A change as it is told, with what stands beside it.

        What rested on statements, and rests on none any more, is told without its values: nobody would say them.
        """
        one, record = row
        said = self.of(one, record)
        if said == (None, None, None) and record is not None and self._is_bare(one, record):
            one = one._replace(old=None, new=None)
        return one, record, said

    def _is_bare(self, one: Told, record: str) -> bool:
        if (one.collection, record) not in self._rested or self._is_reference(one):
            return False
        way = _way(one)
        inner = (_short(path) for path, _ in self._inner[one.collection])
        return one.collection in self._whole or any(_meet(way, path) for path in inner)

    def _is_reference(self, one: Told, *, around: bool = False) -> bool:
        """Whether a property is a reference to statements, or if wanted, what one stands in."""
        way = _way(one)
        return any(way == path or (around and _meet(way, path)) for path in self._refers.get(one.collection, ()))

    def of(self, one: Told, record: str | None) -> tuple[str | None, str | None, str | None]:
        """What is to stand beside a change of a record."""
        if record is None or (one.old is None and one.new is None):
            return None, None, None
        found = self._own.get((one.collection, record))
        if found or one.property is None or one.collection not in self._inner:
            return found or (None, None, None)
        way = _way(one)
        for path, rows in self._inner[one.collection]:
            if record in rows and _meet(way, _short(path)):
                told: tuple[str | None, str | None, str | None] = rows[record]
                return told
        return None, None, None


def _way(one: Told) -> tuple[str, ...]:
    """The steps to a changed property, without which items of lists it is of."""
    return _short(steps(_plain(one.property or "")))


def _short(path: Iterable[str]) -> tuple[str, ...]:
    return tuple(part for part in path if part not in ("[]", "{}"))


def _meet(way: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one of two ways leads on from the other."""
    return way[: len(other)] == other or other[: len(way)] == way


def _plain(name: str) -> str:
    """The name of a changed property without which items of lists it is of."""
    depth, found = 0, []
    for character in name:
        depth += (character == "[") - (character == "]" and depth > 0)
        if depth == 0 and character != "]":
            found.append(character)
    return "".join(found)


def _column(connection: sqlite3.Connection, table: Table, column: str) -> dict[str, str]:
    """What stands in a derived column, by the key of the row."""
    if column not in {one.name for one in table.derived}:
        return {}
    sql = (
        f"SELECT {quote(table.primary_key[0])}, {quote(column)} FROM {quote(table.name)} WHERE {quote(column)} NOT NULL"
    )
    return {str(key): value for key, value in connection.execute(sql)}


def _below(connection: sqlite3.Connection, plan: Plan) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Of each table below a collection's own whose rows rest on statements: its path, and what is said, by record."""
    by_name = {table.name: table for table in plan.tables}
    own = plan.tables[0]
    for table in plan.tables[1:]:
        if not table.derived:
            continue
        columns = [
            f"t0.{quote(name)}" if name in {one.name for one in table.derived} else "NULL"
            for name in (SAID_BY, PUBLISHED_IN, ANSWERS)
        ]
        joins, last, here = "", "t0", table
        while here.parent and here.parent != own.name:
            here = by_name[here.parent]
            number = f"t{joins.count('JOIN') + 1}"
            joins += f" JOIN {quote(here.name)} AS {number} ON {number}._key = {last}._parent"
            last = number
        sql = f"SELECT {last}._parent, {', '.join(columns)} FROM {quote(table.name)} AS t0{joins}"
        rows: dict[str, list[dict[str, None]]] = {}
        for key, *values in connection.execute(sql):
            some = rows.setdefault(str(key), [{}, {}, {}])
            for known, value in zip(some, values, strict=True):
                if value is not None:
                    known[value] = None
        yield (
            steps(table.path),
            {
                key: ("; ".join(by) or None, "; ".join(published_in) or None, "; ".join(answers) or None)
                for key, (by, published_in, answers) in rows.items()
            },
        )
