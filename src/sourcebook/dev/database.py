# SPDX-License-Identifier: Apache-2.0
"""The private database, and the site's index beside it: rows of some records put in the place of others'.

What is derived, indexed and counted follows in the same breath, before anybody sees a row: what a statement is answered
by stands beside it at any moment.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sourcebook.book import Book
from sourcebook.compile.answers import derive
from sourcebook.compile.ddl import LINKED
from sourcebook.compile.linked_names import feeds, fill_linked
from sourcebook.dev.index import Index
from sourcebook.dev.loading import put, put_records
from sourcebook.dev.model import Changes, Row
from sourcebook.dev.numbers import below, is_numbered, numbered
from sourcebook.exact import dumps
from sourcebook.sqlite import RECORDS, quote
from sourcebook.tables import Table
from sourcebook.tables.search import folded, spellings
from sourcebook.tables.whole_book import Plans

Names = Mapping[Any, str]


class Database:
    """The private database in ``folder``. A resource: close it."""

    def __init__(self, folder: Path, book: Book, plans: Plans) -> None:
        self._book, self._plans = book, plans
        self._tables = {table.name: table for plan in plans.values() for table in plan.tables}
        self._connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=512)
        for name, function in (("spellings", spellings), ("folded", folded)):
            self._connection.create_function(name, 1, function, deterministic=True)
        self._connection.execute("PRAGMA temp_store = MEMORY")
        self._connection.execute("ATTACH ? AS book", (str(folder / book.database),))
        self._connection.execute("PRAGMA book.synchronous = OFF")
        self._connection.execute("PRAGMA automatic_index = OFF")
        self._index = Index(folder, book, plans)
        self._linked: dict[str, Names] = {}
        self._derived_from: set[str] | None = None  # the tables that derived columns were made of last
        for table in self._tables.values():
            if table.linked:
                self._linked[table.name] = self._names(table)

    def close(self) -> None:
        """Close all connections."""
        self._index.close()
        self._connection.close()

    def texts(self, numbers: Iterable[int]) -> dict[str, str]:
        """What records hold, as JSON, by their keys."""
        sql = f"SELECT key, document FROM book.{RECORDS} WHERE rowid IN (SELECT value FROM json_each(?))"
        return dict(self._connection.execute(sql, (dumps(list(numbers)),)))

    def holding(self, collection: str, value: Any, most: int) -> Iterator[tuple[str, str]]:
        """The keys of records in which a value stands, and what they hold."""
        sql = f"SELECT key, document FROM book.{RECORDS} WHERE collection = ? AND instr(document, ?) LIMIT ?"
        return iter(self._connection.execute(sql, (collection, dumps(value), most)).fetchall())

    def apply(
        self, changes: Changes, hold: Callable[[], object], linked: Callable[[Table, list[Any]], list[Any]]
    ) -> None:
        """Have the database be what the files are; ``hold`` is called before others may see any of it.

        ``linked`` puts the keys of the records that references mean into rows. Raises sqlite3.Error where rows do not
        fit: then nothing was changed.
        """
        connection = self._connection
        connection.execute("BEGIN")
        try:
            changed = self._replaced(changes, linked)
            connection.executemany(
                f"UPDATE book.{RECORDS} SET path = ?, line = ? WHERE rowid = ?",
                [(stand[1], stand[3], number) for number, stand in changes.moved],
            )
            patch = self._index.prepared(connection, changes)
            hold()
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        self._linked |= changed
        self._index.apply(patch, changes)

    # --- rows ---------------------------------------------------------------------------------------------------------

    def _replaced(self, changes: Changes, linked: Callable[[Table, list[Any]], list[Any]]) -> dict[str, Names]:
        """Put rows in the place of others; the names of what is indexed under other names than before."""
        connection = self._connection
        touched: set[str] = set()
        for row in changes.gone:
            for number, table in enumerate(self._plans[row.collection].tables):
                at = self._at(table, row, own=not number)
                self._unindex(table, at)
                where = f"WHERE {self._rowid(table, own=not number)} BETWEEN ? AND ?"
                if connection.execute(f"DELETE FROM book.{quote(table.name)} {where}", at).rowcount:
                    touched.add(table.name)
        numbers = [row.number for row in changes.gone]
        connection.executemany(f"DELETE FROM book.{RECORDS} WHERE rowid = ?", [(number,) for number in numbers])
        for row in changes.come:
            touched |= self._inserted(row, linked)
        touched |= self._derive(touched)
        named = self._renamed(touched, changes)
        for row in changes.come:
            for number, table in enumerate(self._plans[row.collection].tables):
                self._index_rows(table, self._at(table, row, own=not number), named.get(table.name))
        return named

    def _inserted(self, row: Row, linked: Callable[[Table, list[Any]], list[Any]]) -> set[str]:
        plan = self._plans[row.collection]
        rows = [list(values) for values in row.batch.rows]
        touched = set()
        for table, ids, values in zip(plan.tables, list(numbered(plan, rows, [row.number])), rows, strict=True):
            if values:
                put(self._connection, table, ids, linked(table, values))
                touched.add(table.name)
        key, path, _, line, _ = row.stand
        put_records(self._connection, [row.number], [row.collection, str(key), path, line, row.text])
        return touched

    def _rowid(self, table: Table, *, own: bool) -> str:
        return str(table.rowid) if is_numbered(table) or not own else quote(table.primary_key[0])

    def _at(self, table: Table, row: Row, *, own: bool) -> tuple[Any, Any]:
        """The first and the last number that the rows of a record have in a table."""
        if not own:
            return below(row.number)
        at = row.number if is_numbered(table) else row.stand[0]
        return at, at

    def _derive(self, touched: Collection[str]) -> set[str]:
        """Make derived columns anew, unless they were made of nothing that has changed."""
        if self._derived_from is not None and self._derived_from.isdisjoint(touched):
            return set()
        read: set[str] = set()

        def authorize(action: int, first: str | None, *_others: object) -> int:
            if action == sqlite3.SQLITE_READ and first:
                read.add(first)
            return sqlite3.SQLITE_OK

        self._connection.set_authorizer(authorize)
        try:
            changed = derive(self._connection, self._book, self._plans)
        finally:
            self._connection.set_authorizer(None)
        # The places of records among all, by which answers of one day are ordered, are of those that answer.
        self._derived_from = read | {table.name for table in self._tables.values() if table.derived}
        return changed

    # --- full text ----------------------------------------------------------------------------------------------------

    def _names(self, table: Table) -> Names:
        """The names of what the statements of a table are about, by their keys."""
        fill_linked(self._connection, self._book, self._plans, table)
        return dict(iter(self._connection.execute(f"SELECT key, names FROM {LINKED}")))

    def _renamed(self, touched: Collection[str], changes: Changes) -> dict[str, Names]:
        """Have rows that were not touched be found by the names of now; those names, of tables that have others."""
        found: dict[str, Names] = {}
        come = {
            row.collection: {row.stand[0] for row in changes.come if row.collection == row.collection}
            for row in changes.come
        }
        for name, before in self._linked.items():
            table = self._tables[name]
            if feeds(self._book, self._plans, table).isdisjoint(touched) and name not in touched:
                continue
            now = found[name] = self._names(table)
            fresh = come.get(table.collection, set())
            other = [key for key in {*before, *now} if before.get(key) != now.get(key) and key not in fresh]
            for key in other if table.searchable else ():
                sql = f"SELECT {table.rowid} FROM book.{quote(name)} WHERE {quote(table.primary_key[0])} = ?"
                for (row,) in self._connection.execute(sql, (key,)).fetchall():
                    self._unindex(table, (row, row))
                    self._index_rows(table, (row, row), now)
        return found

    def _unindex(self, table: Table, at: tuple[Any, Any]) -> None:
        if table.searchable:
            name, columns = quote(table.search_name), ", ".join(map(quote, table.search_columns))
            marks = ", ".join("?" * (len(table.search_columns) + 1))
            sql = f"INSERT INTO book.{name} ({name}, rowid, {columns}) VALUES ('delete', {marks})"
            self._connection.executemany(sql, self._indexed(table, at, self._linked.get(table.name, {})))

    def _index_rows(self, table: Table, at: tuple[Any, Any], names: Names | None) -> None:
        if table.searchable:
            known = self._linked.get(table.name, {}) if names is None else names
            columns = ", ".join(map(quote, table.search_columns))
            marks = ", ".join("?" * (len(table.search_columns) + 1))
            sql = f"INSERT INTO book.{quote(table.search_name)} (rowid, {columns}) VALUES ({marks})"
            self._connection.executemany(sql, self._indexed(table, at, known))

    def _indexed(self, table: Table, at: tuple[Any, Any], names: Names) -> list[tuple[Any, ...]]:
        """What the full-text index has of rows, each with its number."""
        columns = [str(table.rowid), quote(table.primary_key[0]), *(f"spellings({quote(c)})" for c in table.searchable)]
        sql = f"SELECT {', '.join(columns)} FROM book.{quote(table.name)} WHERE {table.rowid} BETWEEN ? AND ?"
        rows = self._connection.execute(sql, at).fetchall()
        return [(row, *texts, *([spellings(names.get(key))] if table.linked else ())) for row, key, *texts in rows]
