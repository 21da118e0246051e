# SPDX-License-Identifier: Apache-2.0
"""One full-text index of all records: of what each is called, of what it says, and of what it refers to.

Made in SQL, from tables in the schema ``book`` to the schema ``main``. ``folded`` is to be a function there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sourcebook.book import Book
from sourcebook.exact import dumps
from sourcebook.extract.rows import columns_at, in_book, key_of, parent_of, rows_of
from sourcebook.sqlite import RECORDS, quote
from sourcebook.tables import Column, Plan, Table
from sourcebook.tables.search import APART, TOKENIZER
from sourcebook.tables.whole_book import Plans

COLLECTION_BITS = 32
"""The number of a row says a record: that of its collection, shifted by so many bits, and its row in `RECORDS`."""

_AT_ONCE = 16 * 1024 * 1024  # bytes of the index that are gathered in memory: the more, the fewer parts are merged

_APART = f"'{APART}'"


def make_search(connection: sqlite3.Connection, book: Book, plans: Plans) -> None:
    """Make and fill the table ``search``. Raises sqlite3.Error."""
    connection.execute(
        f"""CREATE VIRTUAL TABLE search USING fts5(name, text, linked, content='', tokenize="{TOKENIZER}")"""
    )
    connection.execute(f"INSERT INTO search (search, rank) VALUES ('hashsize', {_AT_ONCE})")
    _make_all_names(connection, book, plans)
    numbers = {name: number for number, name in enumerate(plans, 1)}
    for name, plan in plans.items():
        rows = _rows_sql(plan, book.by_name[name].aliases, numbers)
        connection.execute(f"INSERT INTO search (rowid, name, text, linked) {rows}")


def searched(
    connection: sqlite3.Connection, book: Book, plans: Plans, records: Mapping[str, Sequence[int]]
) -> list[tuple[int, str, str, str]]:
    """What ``search`` has of some records, or is to have: each row by its number, its name, text and what is linked.

    ``records`` are their rows in `RECORDS`, by collection; what they refer to is read with them.
    """
    needed: dict[str, set[int]] = {name: set(rows) for name, rows in records.items()}
    for name, rows in records.items():
        for to, keys in _referred(connection, plans[name], rows):
            sql = f"SELECT rowid FROM book.{RECORDS} WHERE collection = ? AND key IN (SELECT value FROM json_each(?))"
            found = connection.execute(sql, (to, dumps([str(key) for key in keys])))
            needed.setdefault(to, set()).update(row for (row,) in found)
    _make_all_names(connection, book, plans, needed)
    numbers = {name: number for number, name in enumerate(plans, 1)}
    made: list[tuple[int, str, str, str]] = []
    for name, rows in records.items():
        sql = _rows_sql(plans[name], book.by_name[name].aliases, numbers, only=True)
        made += connection.execute(sql, (dumps(list(rows)),)).fetchall()
    return made


def referring(
    connection: sqlite3.Connection, plans: Plans, name: str, records: Sequence[int]
) -> Iterator[tuple[str, list[int]]]:
    """The records that refer to some of a collection, by their rows in `RECORDS`, with the collection that they are of.

    ``records`` are the rows of these. Each table is to have an index of its references.
    """
    own = plans[name].tables[0]
    sql = f"""SELECT own.{quote(key_of(own).name)} FROM book.{RECORDS} AS listed
        CROSS JOIN {in_book(own)} AS own ON own.{quote(key_of(own).name)} = listed.key
        WHERE listed.rowid IN (SELECT value FROM json_each(?))"""
    keys = dumps([key for (key,) in connection.execute(sql, (dumps(list(records)),))])
    for other, plan in plans.items():
        for table, column in _references(plan):
            if _leads_to(column) != name:
                continue
            sql = f"FROM {in_book(table)} WHERE {quote(column.name)} IN (SELECT value FROM json_each(?))"
            column_of = quote(key_of(table).name if table.parent is None else parent_of(table).name)
            found = connection.execute(f"SELECT DISTINCT {column_of} {sql}", (keys,)).fetchall()
            above = _above(plan, table)
            while above is not None and above.parent is not None:
                sql = f"SELECT DISTINCT {quote(parent_of(above).name)} FROM {in_book(above)}"
                wanted = dumps([key for (key,) in found])
                where = f"WHERE {quote(above.primary_key[0])} IN (SELECT value FROM json_each(?))"
                found = connection.execute(f"{sql} {where}", (wanted,)).fetchall()
                above = _above(plan, above)
            sql = f"SELECT rowid FROM book.{RECORDS} WHERE collection = ? AND key IN (SELECT value FROM json_each(?))"
            wanted = dumps([str(key) for (key,) in found])
            yield other, [row for (row,) in connection.execute(sql, (other, wanted))]


def _above(plan: Plan, table: Table) -> Table | None:
    """The table that a table's rows belong to the rows of."""
    return next((one for one in plan.tables if one.name == table.parent), None)


def _referred(connection: sqlite3.Connection, plan: Plan, rows: Sequence[int]) -> Iterator[tuple[str, list[Any]]]:
    """The keys that some records refer to, by the collection that these are of."""
    own = plan.tables[0]
    sql = f"SELECT key FROM book.{RECORDS} WHERE rowid IN (SELECT value FROM json_each(?))"
    records = [key for (key,) in connection.execute(sql, (dumps(list(rows)),))]
    for table, column in _references(plan):
        if table.parent is None:
            at = f"FROM {in_book(table)} AS row WHERE row.{quote(key_of(own).name)} IN (SELECT value FROM json_each(?))"
            values = connection.execute(f"SELECT row.{quote(column.name)} {at}", (dumps(records),)).fetchall()
        else:
            sql = f"SELECT row.{quote(column.name)} {rows_of(plan, table, '?1')}"
            values = [value for key in records for value in connection.execute(sql, (key,))]
        yield _leads_to(column), [value for (value,) in values if value is not None]


def _make_all_names(
    connection: sqlite3.Connection, book: Book, plans: Plans, only: Mapping[str, Collection[int]] | None = None
) -> None:
    linked_to = {to for plan in plans.values() for _, column in _references(plan) if (to := _leads_to(column))}
    for number, plan in enumerate(plans.values(), 1):
        some = None if only is None else only.get(plan.collection, ())
        _make_names(connection, number, plan, book.by_name[plan.collection].aliases, some)
        if plan.collection in linked_to:
            connection.execute(f"CREATE UNIQUE INDEX temp.by_key_{number} ON names_{number} (key)")


def _make_names(
    connection: sqlite3.Connection,
    number: int,
    plan: Plan,
    aliases: Sequence[str],
    only: Collection[int] | None = None,
) -> None:
    """Make a table of the records of a collection, by their numbers in `RECORDS`: their keys, and what they are called.

    A record without a label is called by its key. ``only`` are the numbers of some, or all are meant.
    """
    connection.execute(f"DROP TABLE IF EXISTS temp.names_{number}")
    table = plan.tables[0]
    key = key_of(table)
    connection.execute(f"CREATE TEMP TABLE names_{number} (record INTEGER PRIMARY KEY, key {key.type}, called TEXT)")
    label = quote(table.label or key.name)
    if only is not None and not only:
        return
    called = _joined([_value(f"own.{label}"), *_named_below(plan, aliases, f"own.{quote(key.name)}")])
    some = "" if only is None else " AND rowid IN (SELECT value FROM json_each(?2))"
    connection.execute(
        f"""INSERT INTO temp.names_{number}
        SELECT listed.record, own.{quote(key.name)}, {called}
        FROM (SELECT rowid AS record, key FROM book.{RECORDS} WHERE collection = ?1{some} ORDER BY rowid) AS listed
        CROSS JOIN {in_book(table)} AS own ON own.{quote(key.name)} = listed.key
        ORDER BY listed.record""",
        (plan.collection,) if only is None else (plan.collection, dumps(sorted(only))),
    )


def _named_below(plan: Plan, aliases: Sequence[str], key: str) -> Iterator[str]:
    for table, column in _named(plan, aliases):
        if table.parent is None:
            yield _value(f"own.{quote(column.name)}")
        else:
            yield _all(f"row.{quote(column.name)}", rows_of(plan, table, key))


def _named(plan: Plan, aliases: Iterable[str]) -> Iterator[tuple[Table, Column]]:
    for path in aliases:
        yield from columns_at(plan, path)


def _rows_sql(plan: Plan, aliases: Sequence[str], numbers: dict[str, int], *, only: bool = False) -> str:
    """The statement that gives what the index has of the records of a collection, or of ``only`` some: a JSON list."""
    table, number = plan.tables[0], numbers[plan.collection]
    key = "names.key"
    own_key = quote(key_of(table).name)
    name = "names.called" if table.label in (None, key_of(table).name) else f"{_value('names.key')} || names.called"
    there = {(one.name, column.name) for one, column in _named(plan, aliases)} | {(table.name, table.label)}
    texts = [part for one in plan.tables if (part := _texts(plan, one, there, key))]
    linked = [_links(plan, one, column, numbers, key) for one, column in _references(plan)]
    some = " WHERE names.record IN (SELECT value FROM json_each(?))" if only else ""
    return f"""SELECT {number << COLLECTION_BITS} | names.record, {name}, {_joined(texts)}, {_joined(linked)}
        FROM temp.names_{number} AS names
        CROSS JOIN {in_book(table)} AS own ON own.{own_key} = names.key{some}
        ORDER BY names.record"""


def _texts(plan: Plan, table: Table, there: set[tuple[str, str | None]], key: str) -> str:
    """SQL for the running text of a record in one table; the empty text where there is none."""
    columns = [column for column in table.searchable if (table.name, column) not in there]
    if not columns:
        return ""
    if table.parent is None:
        return _joined([_value(f"own.{quote(column)}") for column in columns])
    return _all_of([f"row.{quote(column)}" for column in columns], rows_of(plan, table, key))


def _references(plan: Plan) -> Iterator[tuple[Table, Column]]:
    """The columns that hold the keys of other records."""
    for table in plan.tables:
        for column in table.columns:
            if column.foreign and column.role not in ("parent", "within"):
                yield table, column


def _leads_to(column: Column) -> str:
    return column.foreign.collection if column.foreign else ""


def _links(plan: Plan, table: Table, column: Column, numbers: dict[str, int], key: str) -> str:
    """SQL for what the records are called that a record refers to in one column."""
    names = f"temp.names_{numbers[_leads_to(column)]}"
    if table.parent is None:
        return f"coalesce((SELECT called FROM {names} WHERE key = own.{quote(column.name)}), '')"
    rows = f"SELECT row.{quote(column.name)} AS to_key {rows_of(plan, table, key)}"
    meant = f"(SELECT called FROM {names} WHERE key = to_key)"
    return f"coalesce((SELECT group_concat({meant}, '') FROM ({rows})), '')"


# --- texts in SQL: each value is led by what holds it apart from the one before ---------------------------------------


def _value(column: str) -> str:
    """A value as it is indexed; where all its characters are ASCII, as it is."""
    plain = f"length({column}) = length(CAST({column} AS BLOB))"
    return f"coalesce({_APART} || CASE WHEN {plain} THEN {column} ELSE folded({column}) END, '')"


def _all(column: str, rows: str) -> str:
    return _all_of([column], rows)


def _all_of(columns: Sequence[str], rows: str) -> str:
    """The values of ``columns`` in all of ``rows``, in their order."""
    return f"coalesce((SELECT group_concat(one, '') FROM (SELECT {_joined(map(_value, columns))} AS one {rows})), '')"


_TOGETHER = 200  # parts of one expression: SQLite lets it be 1,000 levels deep


def _joined(texts: Iterable[str]) -> str:
    parts = list(texts)
    while len(parts) > _TOGETHER:
        groups = (parts[begin : begin + _TOGETHER] for begin in range(0, len(parts), _TOGETHER))
        parts = [f"({' || '.join(group)})" for group in groups]
    return " || ".join(parts) or "''"
