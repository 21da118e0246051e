# SPDX-License-Identifier: Apache-2.0
"""The names and aliases of what statements are about, so that full-text search finds a statement by them.

A statement that clears somebody often does not name him: a search for his name that finds the accusation alone would be
worse than none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping

from sourcebook.book import Book
from sourcebook.compile.ddl import LINKED
from sourcebook.sqlite import quote
from sourcebook.tables import Plan, Table
from sourcebook.tables.derived import Spot, about, names
from sourcebook.tables.search import APART


def fill_linked(connection: sqlite3.Connection, book: Book, plans: Mapping[str, Plan], table: Table) -> None:
    """Fill `LINKED` with the names of what the statements of ``table`` are about."""
    called = {collection: _called(connection, book, plans, collection) for collection in _targets(book, plans, table)}
    found: dict[object, dict[str, None]] = {}
    for spot in about(book, plans, table.collection):
        for collection, column in spot.links:
            rows = connection.execute(
                f"SELECT {quote(spot.row)}, {quote(column)} FROM {quote(spot.table.name)} "
                f"WHERE {quote(column)} IS NOT NULL ORDER BY {spot.table.order}"
            )
            for key, to in rows:
                found.setdefault(key, {}).update(called[collection].get(to, {}))
    connection.execute(f"DROP TABLE IF EXISTS {LINKED}")
    connection.execute(f"CREATE TEMP TABLE {LINKED.partition('.')[2]} (key PRIMARY KEY, names TEXT)")
    texts = ((key, APART.join(some)) for key, some in found.items())
    connection.executemany(f"INSERT INTO {LINKED} VALUES (?, ?)", texts)


def feeds(book: Book, plans: Mapping[str, Plan], table: Table) -> set[str]:
    """The tables whose rows tell what the statements of ``table`` are about, and how that is called."""
    spots = [*about(book, plans, table.collection)]
    spots += [spot for collection in _targets(book, plans, table) for spot in names(book, plans, collection)]
    return {spot.table.name for spot in spots}


def _targets(book: Book, plans: Mapping[str, Plan], table: Table) -> Iterator[str]:
    spots = about(book, plans, table.collection)
    return iter(dict.fromkeys(collection for spot in spots for collection, _ in spot.links))


def _called(
    connection: sqlite3.Connection, book: Book, plans: Mapping[str, Plan], collection: str
) -> Mapping[object, Mapping[str, None]]:
    """By the key of a record, what it is called, in order."""
    found: dict[object, dict[str, None]] = {}
    for spot in names(book, plans, collection):
        for key, name in _rows(connection, spot):
            if name not in (None, ""):
                found.setdefault(key, {})[str(name)] = None
    return found


def _rows(connection: sqlite3.Connection, spot: Spot) -> Iterator[tuple[object, object]]:
    return connection.execute(
        f"SELECT {quote(spot.row)}, {quote(spot.column)} FROM {quote(spot.table.name)} ORDER BY {spot.table.order}"
    )
