# SPDX-License-Identifier: Apache-2.0
"""When the records were that have a place in time, laid out for timelines: one table for all collections.

Made in SQL, from tables in the schema ``book`` to the schema ``main``.
"""

from __future__ import annotations

import sqlite3
from functools import lru_cache
from typing import Any

from sourcebook.book import Book
from sourcebook.extract.cell_text import cell_text
from sourcebook.extract.days import Span, day_span
from sourcebook.extract.rows import columns_at, in_book, key_of
from sourcebook.sqlite import RECORDS, quote
from sourcebook.tables import Plan
from sourcebook.tables.whole_book import Plans

NO_EARLIEST, NO_LATEST = 1, 2
"""What a span lacks: it has days all the same, those of the end that is known."""

_NONE = (None, None)
_MOST_KEPT = 100_000  # dates that are read once only: a book has the same ones often

_SPANS_SQL = """CREATE TABLE spans (
  collection INTEGER NOT NULL,
  row INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  lacks INTEGER NOT NULL,
  PRIMARY KEY (collection, row)
) STRICT, WITHOUT ROWID"""
_COUNTS_SQL = """CREATE TABLE span_counts (
  collection INTEGER PRIMARY KEY,
  records INTEGER NOT NULL,
  missing INTEGER NOT NULL,
  wrong INTEGER NOT NULL
) STRICT"""


def make_spans(connection: sqlite3.Connection, book: Book, plans: Plans) -> None:
    """Make and fill the tables ``spans`` and ``span_counts``. Raises sqlite3.Error.

    ``spans`` has the records of the collections with the role of an interval, by the numbers of both, from the first
    day of what is the earliest to the last of what is the latest (`days`). ``span_counts`` says of each collection how
    many records have no date (``missing``), and how many one that is none, or that ends before it begins (``wrong``).
    """
    connection.execute(_SPANS_SQL)
    connection.execute(_COUNTS_SQL)
    read_days(connection)
    for name in plans:
        fill_spans(connection, book, plans, name)


def read_days(connection: sqlite3.Connection) -> None:
    """Have a connection know the functions by which dates are read."""
    read = lru_cache(_MOST_KEPT, typed=True)(_span)
    connection.create_function("first_day", 1, lambda value: (read(value) or _NONE)[0], deterministic=True)
    connection.create_function("last_day", 1, lambda value: (read(value) or _NONE)[1], deterministic=True)


def fill_spans(connection: sqlite3.Connection, book: Book, plans: Plans, name: str) -> None:
    """Fill the tables for one collection, of which nothing is there."""
    plan, number = plans[name], [*plans].index(name) + 1
    role = book.by_name[name].roles.get("interval", {})
    earliest, latest = (_column(plan, role.get(part, "")) for part in ("earliest", "latest"))
    if earliest or latest:
        _fill(connection, number, plan, earliest or "NULL", latest or "NULL")


def _span(value: Any) -> Span | None:
    return day_span(cell_text(value)) if isinstance(value, str | int | float) else None


def _column(plan: Plan, path: str) -> str:
    """The column of a collection's own table that has what stands at a path, in SQL; empty where there is none."""
    if not path:  # which a key has that stands outside of the record
        return ""
    own = plan.tables[0]
    found = (column for table, column in columns_at(plan, path) if table is own)
    return next((f"own.{quote(column.name)}" for column in found), "")


def _fill(connection: sqlite3.Connection, number: int, plan: Plan, earliest: str, latest: str) -> None:
    table = plan.tables[0]
    listed = f"""SELECT listed.rowid AS row, {earliest} AS earliest, {latest} AS latest,
        first_day(coalesce({earliest}, {latest})) AS first, last_day(coalesce({latest}, {earliest})) AS last
        FROM book.{RECORDS} AS listed CROSS JOIN {in_book(table)} AS own ON own.{quote(key_of(table).name)} = listed.key
        WHERE listed.collection = ?2"""
    lacks = f"(earliest IS NULL) * {NO_EARLIEST} + (latest IS NULL) * {NO_LATEST}"
    connection.execute(
        f"INSERT INTO spans SELECT ?1, row, first, last, {lacks} FROM ({listed}) WHERE first <= last ORDER BY row",
        (number, plan.collection),
    )
    # Counted without reading the dates again, which costs more than all the rest.
    connection.execute(
        f"""INSERT INTO span_counts SELECT ?1, records, missing, records - missing - found
        FROM (SELECT count(*) AS records, coalesce(sum(earliest IS NULL AND latest IS NULL), 0) AS missing
              FROM ({listed})),
             (SELECT count(*) AS found FROM spans WHERE collection = ?1)""",
        (number, plan.collection),
    )
