# SPDX-License-Identifier: Apache-2.0
"""What stands in derived columns, without a database of the book: made by the same code, from one of links alone.

That database is aside, and has of the tables only those columns that derived ones are made of: keys, references to
statements, what statements say, who and what is named there. A book without statements needs none.
"""

from __future__ import annotations

import marshal
import sqlite3
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcebook import sqlite
from sourcebook.compile.answers import derive_columns
from sourcebook.compile.database import insert
from sourcebook.compile.gather import Gathered
from sourcebook.rules.circles import circular
from sourcebook.sqlite import RECORDS, disk_failures, quote
from sourcebook.tables import Plan, Table
from sourcebook.tables.derived import Derivation, Spot, derivation
from sourcebook.tables.links import has_links, linked


@dataclass(frozen=True, slots=True)
class Derived:
    """Derived columns, in the database of links at ``path``; None where the book has no statements."""

    path: Path | None = None

    def values(self, table: Table, begin: int, rows: int) -> bytes:
        """By marshal, the values of derived columns of some rows, one row after the other: those after ``begin``.

        Nothing where the table has no such columns. Raises OSError where the disk fails.
        """
        if self.path is None or not table.derived:
            return b""
        names = ", ".join(quote(column.name) for column in table.derived)
        place = quote(_place(table))
        sql = f"SELECT {names} FROM {quote(table.name)} WHERE {place} > ? AND {place} <= ? ORDER BY {place}"
        with sqlite.reading(self.path) as connection:
            found = connection.execute(sql, (begin, begin + rows))
            return marshal.dumps([value for row in found for value in row])


def derived(gathered: Gathered, aside: Path) -> Derived:
    """Make what stands in the derived columns of a book that was gathered, in the folder ``aside``.

    Raises OSError where the disk fails, sqlite3.IntegrityError where a key stands twice.
    """
    book, plans = gathered.work.book, gathered.plans
    made = derivation(book, plans)
    if not made.parts:
        return Derived()
    path = aside / "links.sqlite"
    with _written(path) as connection:
        circles = tuple(circular(book, plans))
        for name, columns in _needed(plans, made, circles).items():
            table = next(one for plan in plans.values() for one in plan.tables if one.name == name)
            _fill(connection, gathered, table, columns)
        _places(connection, gathered, {*made.parts, *(spot.table.collection for spot in circles)})
        derive_columns(connection, book, plans)
    return Derived(path)


@contextmanager
def _written(path: Path) -> Iterator[sqlite3.Connection]:
    with sqlite.writing(path) as connection, disk_failures(path):
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")


def _needed(plans: Mapping[str, Plan], made: Derivation, circular: Sequence[Spot]) -> Mapping[str, Sequence[str]]:
    """The columns that derived ones are made of, and those in which there may be circles, by table."""
    found: dict[str, dict[str, None]] = {}

    def add(table: Table, *columns: str) -> None:
        found.setdefault(table.name, {}).update(dict.fromkeys((*table.primary_key, *columns)))

    def labelled(name: str, *, led: bool = True) -> None:
        own = plans[name].tables[0]
        words = made.parts.get(name, {}).get("text")
        add(own, *([words.column] if words and words.table.name == own.name else []))
        label = next((one for one in own.columns if one.name == own.label), None)
        if label:
            add(own, label.name)
            if led and label.foreign:
                labelled(label.foreign.collection, led=False)

    def stands(spot: Spot) -> None:
        add(spot.table, spot.row, spot.column, *(column for _, column in spot.links))
        for name, _ in spot.links:
            labelled(name)

    for name, parts in made.parts.items():
        add(plans[name].tables[0])
        for spot in parts.values():
            stands(spot)
    for spot in circular:
        add(spot.table, spot.row, *(column for _, column in spot.links))
    for one in made.answering:
        add(one.spot.table, one.spot.row, one.column)
    for resting in made.resting:
        add(resting.table)
        for spot in resting.spots:
            stands(spot)
    return {name: list(columns) for name, columns in found.items()}


def _place(table: Table) -> str:
    """A column for the number of a row, whose name no other has."""
    taken = {column.name.casefold() for column in table.published}
    name = "_place"
    while name in taken:
        name = f"_{name}"
    return name


def _fill(connection: sqlite3.Connection, gathered: Gathered, table: Table, columns: Sequence[str]) -> None:
    kinds = {column.name: column.type for column in table.published}
    there = [*columns, *(column.name for column in table.derived)]
    own = [f"{quote(name)} {kinds[name]}" for name in there]
    place = f"{quote(_place(table))} INTEGER PRIMARY KEY"
    connection.execute(f"CREATE TABLE {quote(table.name)} ({', '.join([place, *own])}) STRICT")
    insert(connection, table.name, len(columns), _rows(gathered, table, columns), columns)
    for number, key in enumerate(dict.fromkeys((table.primary_key, *((one,) for one in _leading(columns, table))))):
        unique = "UNIQUE " if key == table.primary_key else ""
        name = quote(f"{table.name}_{number}_links")
        connection.execute(f"CREATE {unique}INDEX {name} ON {quote(table.name)} ({', '.join(map(quote, key))})")


def _leading(columns: Sequence[str], table: Table) -> Iterator[str]:
    """What rows are looked up by, besides their key."""
    roles = {column.name: column.role for column in table.columns}
    yield from (name for name in columns if roles[name] == "parent")


def _rows(gathered: Gathered, table: Table, columns: Sequence[str]) -> Iterator[list[Any]]:
    """Of each chunk of a table's collection, the values of some columns, one row after the other."""
    work = gathered.work
    place = [one.name for one in gathered.plans[table.collection].tables].index(table.name)
    names = [column.name for column in table.columns]
    numbers, width = [names.index(name) for name in columns], len(names)
    for chunk in work.numbers(table.collection):
        values = work.rows(chunk, place)
        if has_links(table):
            values = linked(table, values, gathered.index)
        picked = zip(*(values[number::width] for number in numbers), strict=True)
        yield [value for row in picked for value in row]


def _places(connection: sqlite3.Connection, gathered: Gathered, collections: Container[str]) -> None:
    """Which record comes before which, as the table of records has it."""
    connection.execute(f"CREATE TABLE {RECORDS} (collection TEXT NOT NULL, key TEXT NOT NULL) STRICT")
    for name in gathered.plans:
        if name in collections:
            keys = (key for key, *_ in gathered.entries[name].stands.values())
            connection.executemany(f"INSERT INTO {RECORDS} VALUES (?, ?)", ((name, str(key)) for key in keys))


def with_documents(connection: sqlite3.Connection, gathered: Gathered) -> None:
    """Have a connection to a database of links find in its table of records what each holds, as the store has it."""
    places: dict[str, dict[str, int]] = {}

    def document(name: str, key: str) -> str | None:
        if name not in places:
            keys = (str(one) for one, *_ in gathered.entries[name].stands.values())
            places[name] = {one: number for number, one in enumerate(keys)}
        number = places[name][key]
        for chunk in gathered.work.numbers(name):
            many = gathered.counts[chunk][0]
            if number < many:
                return gathered.work.texts(chunk)[number]
            number -= many
        return None

    connection.create_function("document_of", 2, document)
    there = f"SELECT collection, key, document_of(collection, key) AS document FROM main.{RECORDS}"
    connection.execute(f"CREATE TEMP VIEW {RECORDS} AS {there}")
