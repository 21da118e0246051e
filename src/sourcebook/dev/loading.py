# SPDX-License-Identifier: Apache-2.0
"""The private database of a book, made anew: that of a release, but for the numbers of its rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from sourcebook.book import Book
from sourcebook.compile.answers import derive
from sourcebook.compile.database import complete, insert, record_rows, writing
from sourcebook.compile.ddl import RECORDS_SQL, table_sql
from sourcebook.compile.gather import Gathered
from sourcebook.dev.numbers import is_numbered, numbered
from sourcebook.extract import SITE_INDEX, configure
from sourcebook.extract.gone_keys import add_gone_keys
from sourcebook.extract.site_index import write_site_index
from sourcebook.sqlite import RECORDS, quote
from sourcebook.tables import Table
from sourcebook.tables.links import linked

_OF_RECORDS = ("rowid", "collection", "key", "path", "line", "document")


def load(folder: Path, book: Book, gathered: Gathered, numbers: Mapping[str, Mapping[str, int]]) -> None:
    """Write the database of what was ``gathered``, the site's index and what describes both, to ``folder``.

    ``numbers`` are those of records, by collection and key as text. Raises OSError where the disk fails, sqlite3.Error
    where rows do not fit, OverflowError where a record has too many.
    """
    path = folder / book.database
    with writing(path) as connection:
        connection.execute("BEGIN")
        tables = [table for plan in gathered.plans.values() for table in plan.tables]
        for table in tables:
            connection.execute(table_sql(table, tables))
        connection.execute(RECORDS_SQL)
        for name in gathered.plans:
            _load_collection(connection, name, gathered, numbers[name])
        derive(connection, book, gathered.plans)
        connection.execute("COMMIT")
    complete(path, gathered, book.views)
    configure(book, gathered.plans, folder)
    write_site_index(book, gathered.plans, path, folder / SITE_INDEX)
    add_gone_keys(folder / SITE_INDEX, [])  # what was published once, a preview is not asked
    for one in (path, folder / SITE_INDEX):
        with writing(one) as connection:
            _merge_late(connection)
            connection.execute("PRAGMA journal_mode = WAL")  # so that a page reads on while rows are replaced


def _merge_late(connection: sqlite3.Connection) -> None:
    """Have full-text indexes not be put in order while somebody waits for an edit, which may take seconds."""
    found = connection.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%'")
    for (name,) in found.fetchall():
        for setting, value in (("automerge", 0), ("crisismerge", _PARTS)):
            connection.execute(f"INSERT INTO {quote(name)} ({quote(name)}, rank) VALUES (?, ?)", (setting, value))


_PARTS = 1_000  # of an index: each edit adds one or two


def _load_collection(connection: sqlite3.Connection, name: str, gathered: Gathered, numbers: Mapping[str, int]) -> None:
    plan, work = gathered.plans[name], gathered.work
    stands = iter(gathered.entries[name].stands.values())
    for chunk in work.numbers(name):
        here = list(islice(stands, gathered.counts[chunk][0]))
        records = [numbers[str(stand[0])] for stand in here]
        rows = [work.rows(chunk, table) for table in range(len(plan.tables))]
        for table, ids, values in zip(plan.tables, list(numbered(plan, rows, records)), rows, strict=True):
            put(connection, table, ids, linked(table, values, gathered.index))
        put_records(connection, records, record_rows(name, here, work.texts(chunk)))


def put(connection: sqlite3.Connection, table: Table, numbers: Iterable[int], values: Sequence[Any]) -> None:
    """Insert rows of ``table``, given as their values one after the other, at their numbers."""
    width, names = len(table.columns), [column.name for column in table.columns]
    if is_numbered(table):
        insert(connection, table.name, width + 1, _joined(numbers, values, width), [str(table.rowid), *names])
    else:
        insert(connection, table.name, width, [list(values)], names)


def put_records(connection: sqlite3.Connection, numbers: Iterable[int], values: Sequence[Any]) -> None:
    """Insert rows of the table of records, at their numbers."""
    width = len(_OF_RECORDS) - 1
    insert(connection, RECORDS, width + 1, _joined(numbers, values, width), _OF_RECORDS)


def _joined(numbers: Iterable[int], values: Sequence[Any], width: int) -> list[list[Any]]:
    """Rows led by their numbers, one after the other."""
    led = ((number, *values[at * width : (at + 1) * width]) for at, number in enumerate(numbers))
    return [[value for row in led for value in row]]
