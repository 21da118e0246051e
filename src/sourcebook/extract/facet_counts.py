# SPDX-License-Identifier: Apache-2.0
"""How many records have each value of what they may be narrowed down by.

Counted in SQL, from tables in the schema ``book`` to the schema ``main``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from sourcebook.book import Book
from sourcebook.extract.cell_text import cell_text
from sourcebook.extract.rows import columns_at, in_book, parent_of
from sourcebook.sqlite import quote
from sourcebook.tables import Column, Plan, Table
from sourcebook.tables.whole_book import Plans

_MOST_VALUES = 100  # of a facet that are kept, the most frequent
_MOST_CHOSEN = 4  # facets of a collection whose book names none
_MOST_DIFFERENT = 1_000  # values of a facet that was not named

_FACETS_SQL = """CREATE TABLE facets (
  collection TEXT NOT NULL,
  facet TEXT NOT NULL,
  position INTEGER NOT NULL,
  value TEXT,
  rows INTEGER NOT NULL,
  PRIMARY KEY (collection, facet, position)
) STRICT, WITHOUT ROWID"""
_SIZES_SQL = """CREATE TABLE facet_sizes (
  collection TEXT NOT NULL,
  facet TEXT NOT NULL,
  distinct_values INTEGER NOT NULL,
  PRIMARY KEY (collection, facet)
) STRICT"""


def make_facets(connection: sqlite3.Connection, book: Book, plans: Plans) -> None:
    """Make and fill the tables ``facets`` and ``facet_sizes``. Raises sqlite3.Error.

    ``facets`` has the 100 most frequent values of each facet, in order, as a CSV writes them, and how many records have
    them: NULL too, which of a list means that it has no value. ``facet_sizes`` says how many different values there
    are, in the order in which facets are to be shown.

    They are the facets that a collection names: columns of its table, and paths of lists of single values in it. Where
    it names none, the plan chooses, in the order of columns, of choices, true and false, and references: the first
    four that have more than one value, and no more than 1,000 or than half of the records.
    """
    connection.execute(_FACETS_SQL)
    connection.execute(_SIZES_SQL)
    for name in plans:
        fill_facets(connection, book, plans, name)


def counted_columns(book: Book, plan: Plan) -> list[tuple[Table, Column]]:
    """The columns that the facets of a collection are made of, each with its table."""
    named = book.by_name[plan.collection].facets
    return [(table, column) for _, table, column in (_named(plan, named) if named else _choosable(plan))]


def fill_facets(connection: sqlite3.Connection, book: Book, plans: Plans, name: str) -> None:
    """Fill the tables for one collection, of which nothing is there."""
    plan, named = plans[name], book.by_name[name].facets
    total = connection.execute(f"SELECT count(*) FROM {in_book(plan.tables[0])}").fetchone()[0]
    chosen = 0
    for facet, table, column in _named(plan, named) if named else _choosable(plan):
        counted = _Counted(connection, table, column, total)
        if not named and (chosen == _MOST_CHOSEN or not counted.tells_apart):
            continue
        chosen += 1
        connection.execute("INSERT INTO facet_sizes VALUES (?, ?, ?)", (name, facet, counted.different))
        rows = ((name, facet, number, *row) for number, row in enumerate(counted.rows(), 1))
        connection.executemany("INSERT INTO facets VALUES (?, ?, ?, ?, ?)", rows)


def _named(plan: Plan, names: tuple[str, ...]) -> Iterator[tuple[str, Table, Column]]:
    """The columns of the facets that a book names, each once."""
    own = plan.tables[0]
    columns = {column.name: column for column in own.columns}
    for name in dict.fromkeys(names):
        table, column = (own, columns[name]) if name in columns else next(columns_at(plan, name), (own, None))
        if column is not None:
            yield name, table, column


def _choosable(plan: Plan) -> Iterator[tuple[str, Table, Column]]:
    own = plan.tables[0]
    for column in own.columns:
        few = bool(column.note.choices) or column.encoding == "boolean" or column.foreign is not None
        if few and column.role == "property" and column.name not in own.primary_key:
            yield column.name, own, column


class _Counted:
    """The values of one column, with how many records have each."""

    def __init__(self, connection: sqlite3.Connection, table: Table, column: Column, total: int) -> None:
        """``total`` is how many records the collection has."""
        self._connection = connection
        self._total = total
        value = f"row.{quote(column.name)}"
        if table.parent is None:
            counts = f"SELECT {value} AS value, count(*) AS rows FROM {in_book(table)} AS row GROUP BY {value}"
        else:
            have = f"FROM {in_book(table)} AS row WHERE {value} IS NOT NULL"
            records = f"count(DISTINCT row.{quote(parent_of(table).name)})"
            counts = f"""SELECT {value} AS value, {records} AS rows {have} GROUP BY {value}
                UNION ALL SELECT NULL, {total} - {records} {have}"""
        connection.execute("DROP TABLE IF EXISTS temp.counted")
        connection.execute(f"CREATE TEMP TABLE counted AS SELECT * FROM ({counts}) WHERE rows > 0")
        self.different: int = connection.execute("SELECT count(*) FROM temp.counted").fetchone()[0]

    @property
    def tells_apart(self) -> bool:
        """Whether it is worth to narrow records down by the values."""
        return 1 < self.different <= min(_MOST_DIFFERENT, self._total / 2)

    def rows(self) -> Iterator[tuple[str | None, int]]:
        """The most frequent values as texts."""
        query = f"SELECT value, rows FROM temp.counted ORDER BY rows DESC, value LIMIT {_MOST_VALUES}"
        for value, rows in self._connection.execute(query).fetchall():
            yield (None if value is None else cell_text(value)), rows
