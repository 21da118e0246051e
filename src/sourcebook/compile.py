# SPDX-License-Identifier: Apache-2.0
"""Records to one SQLite database: tables, rows, links, indexes, views and full-text search.

The same records give the same bytes: rows go in in reading order, on a fresh file, in one transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcebook.book import Script
from sourcebook.exact import dumps
from sourcebook.read import Record
from sourcebook.sqlite import RECORDS, fold, quote
from sourcebook.tables import Column, Table
from sourcebook.tables.links import Index, resolved
from sourcebook.tables.plans import Plans

Rows = Mapping[int, list[list[Any]]]


@dataclass(frozen=True, slots=True)
class Flat:
    """A record taken apart: its rows by the number of their table in the collection's plan."""

    record: Record
    rows: Rows


def compile(
    path: Path, plans: Plans, flats: Iterable[Flat], index: Index, views: Iterable[Script], *, strict: bool = True
) -> list[tuple[Script, str]]:
    """Write the database of ``flats`` to the new file ``path``.

    With ``strict`` off, constraints, indexes and search are left out, so that the book's SQL checks can run on records
    that are known to be wrong; such a database is never published. Returns the views that SQLite refused, each with its
    reason. Raises sqlite3.Error where constraints do not hold, OSError where the disk fails.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.create_function("fold", 1, fold, deterministic=True)
        connection.execute("BEGIN")
        tables = [table for plan in plans.values() for table in plan.tables]
        for table in tables:
            connection.execute(table_sql(table, tables, strict=strict))
        connection.execute(_RECORDS_SQL)
        _load(connection, plans, flats, index)
        for table in tables:
            for statement in (*_index_sql(table), *search_sql(table)) if strict else ():
                connection.execute(statement)
        refused = [(view, why) for view in views if (why := _create_view(connection, view))]
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
        return refused
    finally:
        connection.close()


# --- what the tables are --------------------------------------------------------------------------------------------

_RECORDS_SQL = f"""CREATE TABLE {RECORDS} (
  collection TEXT NOT NULL,
  key TEXT NOT NULL,
  path TEXT NOT NULL,
  line INTEGER NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (collection, key)
) STRICT"""


def table_sql(table: Table, tables: Iterable[Table], *, strict: bool = True) -> str:
    """The CREATE TABLE statement of ``table``; ``tables`` are those its foreign keys may lead to."""
    keys = {other.name: other.primary_key[0] for other in tables}
    lines = [_column_sql(table, column, strict=strict) for column in table.columns]
    lines.append(f"PRIMARY KEY ({', '.join(map(quote, table.primary_key))})")
    for column in table.columns:
        if column.foreign:
            target = column.foreign.collection
            lines.append(f"FOREIGN KEY ({quote(column.name)}) REFERENCES {quote(target)} ({quote(keys[target])})")
        if column.targets and strict:
            lines.append(_one_target_sql(column))
    body = ",\n  ".join(lines)
    return f"CREATE TABLE {quote(table.name)} (\n  {body}\n)" + (" STRICT" if strict else "")


def _column_sql(table: Table, column: Column, *, strict: bool) -> str:
    name = quote(column.name)
    if not strict:
        return name  # no type: whatever was written stays as it was
    parts = [name, column.type]
    if column.required or column.name in table.primary_key:
        parts.append("NOT NULL")
    if column.encoding == "boolean":
        parts.append(f"CHECK ({name} IN (0, 1))")
    elif column.encoding == "number":
        parts.append(f"CHECK (typeof({name}) IN ('integer', 'real', 'null'))")
    return " ".join(parts)


def _one_target_sql(column: Column) -> str:
    """Of the columns that a reference may lead through, exactly one is set where it is."""
    sides = " + ".join(f"({quote(f'{column.name}_{target.collection}')} IS NOT NULL)" for target in column.targets)
    return f"CHECK ({sides} = ({quote(column.name)} IS NOT NULL))"


def _index_sql(table: Table) -> Iterator[str]:
    for column, name in table.indexes.items():
        yield f"CREATE INDEX {quote(name)} ON {quote(table.name)} ({quote(column)})"


def search_sql(table: Table) -> Iterator[str]:
    """Statements that make and fill the full-text index of ``table``: none where it has no running text.

    The index keeps no text of its own. Accents are folded by the tokenizer; letters such as the dotless ı, which
    Unicode does not decompose, by ``fold``: both spellings are indexed where they differ, so that either is found.
    """
    if not table.searchable:
        return
    name = quote(table.search_name)
    reserved = {"rowid", "rank", table.search_name.casefold()}
    columns = ", ".join(quote(f"_{c}" if c.casefold() in reserved else c) for c in table.searchable)
    tokenizer = "unicode61 remove_diacritics 2"
    yield f"CREATE VIRTUAL TABLE {name} USING fts5({columns}, content='', tokenize='{tokenizer}')"
    both = ", ".join(
        f"CASE WHEN fold({c}) = {c} THEN {c} ELSE {c} || char(10) || fold({c}) END"
        for c in map(quote, table.searchable)
    )
    yield f"INSERT INTO {name} (rowid, {columns}) SELECT {table.rowid}, {both} FROM {quote(table.name)}"


def _create_view(connection: sqlite3.Connection, view: Script) -> str:
    """Create a view of the book's; the reason where SQLite refuses it, else the empty text."""
    connection.execute("SAVEPOINT view")
    try:
        connection.execute(f"CREATE VIEW {quote(view.name)} AS\n{view.sql.strip().removesuffix(';')}")
        connection.execute(f"SELECT * FROM {quote(view.name)} LIMIT 0").fetchall()
    except (sqlite3.Error, sqlite3.Warning) as error:
        connection.execute("ROLLBACK TO view")
        return str(error)
    return ""


# --- what goes into them --------------------------------------------------------------------------------------------


def _load(connection: sqlite3.Connection, plans: Plans, flats: Iterable[Flat], index: Index) -> None:
    batches: dict[str, list[list[list[Any]]]] = {name: [[] for _ in plan.tables] for name, plan in plans.items()}
    documents = []
    for flat in flats:
        record = flat.record
        batch = batches[record.collection]
        for number, rows in flat.rows.items():
            batch[number] += rows
        documents.append((record.collection, str(record.key), record.path, record.line, dumps(record.value)))
    for name, plan in plans.items():
        for table, rows in zip(plan.tables, batches[name], strict=True):
            _link(table, rows, index)
            slots = ", ".join("?" * len(table.columns))
            connection.executemany(f"INSERT INTO {quote(table.name)} VALUES ({slots})", rows)
    connection.executemany(f"INSERT INTO {RECORDS} VALUES (?, ?, ?, ?, ?)", documents)


def _link(table: Table, rows: list[list[Any]], index: Index) -> None:
    """Put the keys of the records that references mean into the rows, in place."""
    for position, column in enumerate(table.columns):
        if column.role not in ("property", "value", "key"):
            continue
        if column.foreign and column.foreign.field:
            for row in rows:
                if row[position] is not None:
                    row[position] = resolved(column, row[position], index)
        for offset, target in enumerate(column.targets, start=1):
            for row in rows:
                keys = index.keys(target, row[position])
                row[position + offset] = keys[0] if keys else None
