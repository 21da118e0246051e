# SPDX-License-Identifier: Apache-2.0
"""The documents of a collection as files have them: each record as curated, and below it what is derived of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence

from sourcebook.exact import dumps, loads
from sourcebook.export.cell_text import cell_text
from sourcebook.sqlite import RECORDS, quote
from sourcebook.tables import Table

_AT_ONCE = 1_000  # records


def documents(connection: sqlite3.Connection, table: Table) -> Iterator[Sequence[tuple[str, str]]]:
    """The records of the collection whose own table is ``table``, in order, some at a time: key and JSON text.

    What stands in derived columns is a member at the end of its record, where there is something.
    """
    query = f"SELECT key, document FROM {RECORDS} WHERE collection = ? ORDER BY rowid"
    cursor = connection.execute(query, (table.collection,))
    derived = _derived(connection, table)
    while rows := cursor.fetchmany(_AT_ONCE):
        yield [(key, _with(document, derived[key]) if key in derived else document) for key, document in rows]


def _derived(connection: sqlite3.Connection, table: Table) -> Mapping[str, Mapping[str, str]]:
    """By the key of a record, what stands in the derived columns of its row, as JSON; of rows with something."""
    if not table.derived:
        return {}
    names = [quote(column.name) for column in table.derived]
    something = " OR ".join(f"{name} IS NOT NULL" for name in names)
    rows = connection.execute(
        f"SELECT {quote(table.primary_key[0])}, {', '.join(names)} FROM {quote(table.name)} WHERE {something}"
    )
    return {
        cell_text(key): {
            column.name: value if column.encoding == "json" else dumps(value)
            for column, value in zip(table.derived, values, strict=True)
            if value is not None
        }
        for key, *values in rows
    }


def _with(document: str, members: Mapping[str, str]) -> str:
    """A document with more members. A name that a record has already, undeclared, gets an underscore before it."""
    if not document.startswith("{"):
        return document
    there = loads(document) if any(f'"{name}"' in document for name in members) else {}
    told = ",".join(f"{dumps(free_name(name, there))}:{value}" for name, value in members.items())
    return f"{document[:-1]}{'' if document == '{}' else ','}{told}}}"


def free_name(name: str, there: Mapping[str, object]) -> str:
    """The name of a derived member in a record."""
    while name in there:
        name = f"_{name}"
    return name
