# SPDX-License-Identifier: Apache-2.0
"""Records to one SQLite database: tables, rows, links, indexes, views and full-text search.

The same records give the same bytes: rows go in in reading order, on a fresh file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from sourcebook import sqlite
from sourcebook.book import Script
from sourcebook.compile.answers import derive
from sourcebook.compile.ddl import RECORDS_SQL, index_sql, search_sql, table_sql
from sourcebook.compile.gather import Gathered
from sourcebook.compile.linked_names import fill_linked
from sourcebook.compile.work import Work
from sourcebook.records.model import Stand
from sourcebook.sqlite import RECORDS, disk_failures, quote
from sourcebook.tables import Table
from sourcebook.tables.links import Index, has_links, linked
from sourcebook.tables.search import spellings
from sourcebook.tables.whole_book import Plans


class Loading:
    """Puts the rows of chunks into the tables of a new database while they come.

    ``refused`` says that rows did not fit; what comes after them is passed over. A resource: use it in a ``with``
    statement. Its methods raise OSError where the disk fails.
    """

    def __init__(self, path: Path, plans: Plans, work: Work, *, strict: bool = True) -> None:
        """The database is the new file ``path``; the chunks are those of ``work``.

        With ``strict`` off, constraints are left out, so that the book's SQL checks can run on records that are known
        to be wrong; such a database is never published.
        """
        self.refused = False
        self._path = path
        self._plans = plans
        self._work = work
        self._strict = strict
        self._waiting: dict[str, list[tuple[int, Sequence[Stand]]]] = {}
        self._bytes = 0
        self._stack = ExitStack()

    @cached_property
    def _connection(self) -> sqlite3.Connection:  # opened late, when other processes have mostly been forked
        self._path.unlink(missing_ok=True)
        connection = self._stack.enter_context(writing(self._path))
        connection.execute("BEGIN")
        tables = [table for plan in self._plans.values() for table in plan.tables]
        for table in tables:
            connection.execute(table_sql(table, tables, strict=self._strict))
        connection.execute(RECORDS_SQL)
        return connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def add(self, number: int, stands: Sequence[Stand]) -> None:
        """Add a chunk, whose records stand where ``stands`` say. Several go in at once, table after table."""
        self._waiting.setdefault(self._work.chunks[number][0].collection.name, []).append((number, stands))
        self._bytes += self._work.kept[number].size
        if self._bytes > _AT_ONCE and not self.refused:
            try:
                with disk_failures(self._path):
                    self._put()
            except sqlite3.IntegrityError:
                self.refused = True

    def finish(self, index: Index) -> None:
        """Put in what is left: the tables whose references are known only with all records, by their ``index``.

        Then derived columns, which are made of all rows.

        Raises sqlite3.Error where constraints do not hold.
        """
        with disk_failures(self._path):
            self._put()
            for name, plan in self._plans.items():
                for table in filter(has_links, plan.tables):
                    numbers = self._work.numbers(name)
                    rows = (self._work.rows(number, plan.tables.index(table)) for number in numbers)
                    self._insert(table, (linked(table, values, index) for values in rows))
            derive(self._connection, self._work.book, self._plans)
            self._connection.execute("COMMIT")

    def _put(self) -> None:
        for name, chunks in self._waiting.items():
            for number, table in enumerate(self._plans[name].tables):
                if not has_links(table):
                    self._insert(table, (self._work.rows(chunk, number) for chunk, _ in chunks))
            records = (record_rows(name, stands, self._work.texts(chunk)) for chunk, stands in chunks)
            insert(self._connection, RECORDS, RECORDS_SQL.count(" NOT NULL"), records)
        self._waiting.clear()
        self._bytes = 0

    def _insert(self, table: Table, rows: Iterable[list[Any]]) -> None:
        columns = [column.name for column in table.columns] if table.derived else ()
        insert(self._connection, table.name, len(table.columns), rows, columns)


_AT_ONCE = 4 * 1024 * 1024  # bytes of chunks, so that what lies together in the database is much of a table


def record_rows(collection: str, stands: Sequence[Stand], texts: Sequence[str]) -> list[Any]:
    """The rows of records in the table of records whole, one after the other."""
    rows = zip(stands, texts, strict=True)
    return [value for (key, path, _, line, _), text in rows for value in (collection, str(key), path, line, text)]


def complete(
    path: Path, gathered: Gathered, views: Iterable[Script], *, strict: bool = True
) -> list[tuple[Script, str]]:
    """Add to a database that was loaded what is more than tables: indexes and search, if ``strict``, and views.

    Returns the views that SQLite refused, each with its reason. Raises sqlite3.Error, OSError where the disk fails.
    """
    with writing(path) as connection:
        connection.execute("BEGIN")
        for table in (table for plan in gathered.plans.values() for table in plan.tables if strict):
            for statement in index_sql(table):
                connection.execute(statement)
            make_search(connection, table, gathered)
        refused = [(view, why) for view in views if (why := _create_view(connection, view))]
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
        return refused


def forget(path: Path, plans: Plans, collections: Iterable[str]) -> None:
    """Take the tables of some collections out of a database that is not published, and the records whole.

    So SQL that reads them says so, and does not take their records for missing. Raises OSError where the disk fails.
    """
    with writing(path) as connection:
        for name in [table.name for one in collections for table in plans[one].tables] + [RECORDS]:
            connection.execute(f"DROP TABLE {quote(name)}")


def make_search(connection: sqlite3.Connection, table: Table, gathered: Gathered) -> None:
    """Make and fill the full-text index of ``table``, if it has running text."""
    if table.linked:
        fill_linked(connection, gathered.work.book, gathered.plans, table)
    for statement in search_sql(table, gathered.spelled[table.name]):
        connection.execute(statement)


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that writes a database which nobody reads yet, with what search asks for."""
    with sqlite.writing(path) as connection:
        connection.create_function("spellings", 1, spellings, deterministic=True)
        yield connection


def _create_view(connection: sqlite3.Connection, view: Script) -> str:
    """Create a view of the book's; the reason where SQLite refuses it, else the empty text.

    It is read here and not carried out, as what it may cost is the book's: that is tried apart, with the other SQL.
    """
    if sqlite.is_own(view.name):
        return f"SQLite has a table {view.name} by itself"
    try:
        connection.execute(f"CREATE VIEW {quote(view.name)} AS\n{view.sql.strip().removesuffix(';')}")
    except (sqlite3.Error, sqlite3.Warning) as error:
        return str(error)
    return ""


_MOST_ROWS = 60  # in one statement: more gain nothing


def insert(
    connection: sqlite3.Connection, table: str, width: int, chunks: Iterable[list[Any]], columns: Iterable[str] = ()
) -> None:
    """Insert rows of ``width`` columns, given as their values one after the other, many in a statement.

    These are all columns of the table, but where they are named.
    """
    most = min(_MOST_ROWS, connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // width) or 1
    step = most * width
    one = f"({', '.join('?' * width)})"
    names = ", ".join(map(quote, columns))
    command = f"INSERT INTO {quote(table)} {f'({names}) ' if names else ''}VALUES "
    many = command + ", ".join([one] * most)
    left: list[Any] = []
    for chunk in chunks:
        values = left + chunk if left else chunk
        whole = len(values) - len(values) % step
        connection.executemany(many, (values[start : start + step] for start in range(0, whole, step)))
        left = values[whole:]
    connection.executemany(command + one, (left[start : start + width] for start in range(0, len(left), width)))
