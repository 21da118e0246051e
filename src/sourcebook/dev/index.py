# SPDX-License-Identifier: Apache-2.0
"""The site's index, patched: the search of all records, their counts, and where they stand in pictures."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sourcebook.book import Book
from sourcebook.dev.model import Changes, Row
from sourcebook.extract import SITE_INDEX
from sourcebook.extract.facet_counts import counted_columns, fill_facets
from sourcebook.extract.network_layout import make_network
from sourcebook.extract.point_layout import fill_points, project
from sourcebook.extract.rows import columns_at
from sourcebook.extract.search_index import COLLECTION_BITS, referring, searched
from sourcebook.extract.span_layout import fill_spans, read_days
from sourcebook.sqlite import RECORDS
from sourcebook.tables import Column, Plan, Table
from sourcebook.tables.search import folded
from sourcebook.tables.whole_book import Plans

_Found = tuple[int, str, str, str]
_OF_NETWORK = ("edges", "nodes", "clusters", "places", "counts")


@dataclass(frozen=True)
class Patch:
    """What the search has to forget, and what it has to learn."""

    old: list[_Found]
    new: list[_Found]


class Index:
    """The site's index in ``folder``. A resource: close it."""

    def __init__(self, folder: Path, book: Book, plans: Plans) -> None:
        self._book, self._plans = book, plans
        self._connection = sqlite3.connect(str(folder / SITE_INDEX), isolation_level=None, cached_statements=512)
        self._connection.create_function("folded", 1, folded, deterministic=True)
        read_days(self._connection)
        project(self._connection)
        self._connection.execute("PRAGMA temp_store = MEMORY")
        self._connection.execute("PRAGMA automatic_index = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute("ATTACH ? AS book", (str(folder / book.database),))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def prepared(self, new: sqlite3.Connection, changes: Changes) -> Patch:
        """What is to be searched otherwise: ``new`` has the rows of now in its schema ``book``, which others lack yet.

        Of the records that changed, and of those that refer to one that is called otherwise now.
        """
        gone, come = _by_collection(changes.gone), _by_collection(changes.come)
        old, now = (
            searched(self._connection, self._book, self._plans, gone),
            searched(new, self._book, self._plans, come),
        )
        called, was = ({number: name for number, name, *_ in some} for some in (now, old))
        before = {(row.collection, row.key): self._number(row) for row in changes.gone}
        renamed: dict[str, list[int]] = {}
        for row in changes.come:
            there = before.get((row.collection, row.key))
            if there is not None and was.get(there) != called.get(self._number(row)):
                renamed.setdefault(row.collection, []).append(row.number)
        others: dict[str, set[int]] = {}
        for name, numbers in renamed.items():
            for other, rows in referring(new, self._plans, name, numbers):
                others.setdefault(other, set()).update(rows)
        left = {name: rows - set(come.get(name, ())) for name, rows in others.items()}
        left = {name: rows for name, rows in left.items() if rows}
        if left:
            asked = {name: sorted(rows) for name, rows in left.items()}
            old += searched(self._connection, self._book, self._plans, asked)
            now += searched(new, self._book, self._plans, asked)
        return Patch(old, now)

    def _number(self, row: Row) -> int:
        """The number of a record in the search."""
        return ([*self._plans].index(row.collection) + 1) << COLLECTION_BITS | row.number

    def apply(self, patch: Patch, changes: Changes) -> None:
        """Put in what was prepared, and count anew; the database is to have the rows of now already."""
        connection = self._connection
        connection.execute("BEGIN")
        try:
            forget = "INSERT INTO search (search, rowid, name, text, linked) VALUES ('delete', ?, ?, ?, ?)"
            connection.executemany(forget, patch.old)
            connection.executemany("INSERT INTO search (rowid, name, text, linked) VALUES (?, ?, ?, ?)", patch.new)
            for name in sorted(changes.collections):
                self._count(name, _Turned(changes, self._plans[name]))
            if self._touches_network(changes):
                for table in _OF_NETWORK:
                    connection.execute(f"DROP TABLE IF EXISTS network_{table}")
                make_network(connection, self._book, self._plans)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise

    def _count(self, name: str, turned: _Turned) -> None:
        """Count the records of a collection anew, as far as the changes concern what is counted."""
        connection, plan, number = self._connection, self._plans[name], [*self._plans].index(name) + 1
        if not turned.same_keys:
            count = f"SELECT count(*) FROM book.{RECORDS} WHERE collection = ?1"
            connection.execute(f"UPDATE counts SET rows = ({count}) WHERE collection = ?1", (name,))
        if turned.concern(counted_columns(self._book, plan)):
            for table in ("facets", "facet_sizes"):
                connection.execute(f"DELETE FROM {table} WHERE collection = ?", (name,))
            fill_facets(connection, self._book, self._plans, name)
        for role, tables, fill in (
            ("interval", ("spans", "span_counts"), fill_spans),
            ("point", ("points", "point_counts"), fill_points),
        ):
            paths = self._book.by_name[name].roles.get(role, {}).values()
            columns = [(table, column) for path in paths for table, column in columns_at(plan, path)]
            if paths and (turned.concern(columns) or not turned.same_numbers):
                for one in tables:
                    connection.execute(f"DELETE FROM {one} WHERE collection = ?", (number,))
                fill(connection, self._book, self._plans, name)

    def _touches_network(self, changes: Changes) -> bool:
        if not any("edge" in self._book.by_name[name].roles for name in self._plans):
            return False
        if any("edge" in self._book.by_name[name].roles for name in changes.collections):
            return True
        return {row.number for row in changes.gone} != {row.number for row in changes.come}


class _Turned:
    """What is other in the records of a collection: those that were there before, and are now."""

    def __init__(self, changes: Changes, plan: Plan) -> None:
        self._plan = plan
        self._gone = {row.key: row for row in changes.gone if row.collection == plan.collection}
        self._come = {row.key: row for row in changes.come if row.collection == plan.collection}

    @property
    def same_keys(self) -> bool:
        """Whether they are the same records."""
        return self._gone.keys() == self._come.keys()

    @property
    def same_numbers(self) -> bool:
        """Whether they have the same numbers."""
        return self.same_keys and all(row.number == self._come[key].number for key, row in self._gone.items())

    def concern(self, columns: Iterable[tuple[Table, Column]]) -> bool:
        """Whether any of these columns has other values in any record."""
        at = [(self._plan.tables.index(table), table.columns.index(column)) for table, column in columns]
        return not self.same_keys or any(
            self._values(self._gone[key], at) != self._values(self._come[key], at) for key in self._gone
        )

    def _values(self, row: Row, at: Iterable[tuple[int, int]]) -> list[str]:
        """As texts, so that 1 is not 1.0; references as they are written, which mean the same as before."""
        widths = [len(table.columns) for table in self._plan.tables]
        return [repr(row.batch.rows[table][column :: widths[table]]) for table, column in at]


def _by_collection(rows: Iterable[Row]) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(row.collection, []).append(row.number)
    return found
