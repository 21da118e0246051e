# SPDX-License-Identifier: Apache-2.0
"""The plan's tables, indexes and search as statements of SQL, its data definition language."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from sourcebook.sqlite import RECORDS, quote
from sourcebook.tables import Column, Table
from sourcebook.tables.search import TOKENIZER

LINKED = "temp.linked"
"""A table of the names of what the rows of a table are about, by their keys, while its full-text index is filled."""

RECORDS_SQL = f"""CREATE TABLE {RECORDS} (
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
    lines = [_column_sql(table, column, strict=strict) for column in table.published]
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
    if not strict:  # whatever was written stays as it was, but for numbers that others are compared with
        return f"{name} {column.type}" if column.encoding in ("number", "any") else name
    parts = [name, column.type]
    if column.filled or column.name in table.primary_key:
        parts.append("NOT NULL")
    if column.encoding == "boolean":
        parts.append(f"CHECK ({name} IN (0, 1))")
    return " ".join(parts)


def _one_target_sql(column: Column) -> str:
    """Of the columns that a reference may lead through, exactly one is set where it is; or of a text that may be one,
    any.
    """
    sides = [f"({quote(f'{column.name}_{collection}')} IS NOT NULL)" for collection in column.collections]
    if column.conditional:
        return f"CHECK ({quote(column.name)} IS NOT NULL OR NOT ({' OR '.join(sides)}))"
    return f"CHECK ({' + '.join(sides)} = ({quote(column.name)} IS NOT NULL))"


def index_sql(table: Table) -> Iterator[str]:
    """Statements that make the indexes of ``table``."""
    for column, name in table.indexes.items():
        yield f"CREATE INDEX {quote(name)} ON {quote(table.name)} ({quote(column)})"


def search_sql(table: Table, spelled: Container[str]) -> Iterator[str]:
    """Statements that make and fill the full-text index of ``table``: none where it has no running text.

    The columns in ``spelled`` hold letters with another spelling; of the others the text is indexed as it is.

    The index keeps no text of its own. The tokenizer folds case and the accents of Latin letters, `tables.search` the
    rest: both ``spellings`` are indexed where they differ, so that either is found. What a row is about is in `LINKED`.
    """
    if not table.searchable:
        return
    name = quote(table.search_name)
    columns = ", ".join(map(quote, table.search_columns))
    yield f"""CREATE VIRTUAL TABLE {name} USING fts5({columns}, content='', tokenize="{TOKENIZER}")"""
    both = ", ".join(f"spellings({quote(c)})" if c in spelled else quote(c) for c in table.searchable)
    if table.linked:
        key = f"{quote(table.name)}.{quote(table.primary_key[0])}"
        both += f", (SELECT spellings(names) FROM {LINKED} WHERE {LINKED}.key = {key})"
    yield f"INSERT INTO {name} (rowid, {columns}) SELECT {table.rowid}, {both} FROM {quote(table.name)}"
