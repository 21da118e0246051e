# SPDX-License-Identifier: Apache-2.0
"""The documents of a collection as files have them: each record as curated, and in it what is derived of its rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sourcebook.book import look_up, steps
from sourcebook.exact import dumps, loads
from sourcebook.extract.cell_text import cell_text
from sourcebook.sqlite import RECORDS, quote
from sourcebook.tables import Plan, Table

_AT_ONCE = 1_000  # records

_Members = Mapping[str, Any]  # by name


def documents(connection: sqlite3.Connection, plan: Plan) -> Iterator[Sequence[tuple[str, str]]]:
    """The records of a collection, in order, some at a time: key and JSON text.

    What stands in derived columns is a member at the end of the record, and of each mapping in a list or a map of it
    that has a row of its own with such columns. A name that is there already, undeclared, has an underscore before it.
    """
    query = f"SELECT key, document FROM {RECORDS} WHERE collection = ? ORDER BY rowid"
    cursor = connection.execute(query, (plan.collection,))
    own = plan.tables[0]
    whole = {row[0]: members for row, members in _derived(connection, own, own.primary_key)}
    below = [(one, _below(connection, one)) for one in plan.tables if one.derived and one.parent == own.name]
    while rows := cursor.fetchmany(_AT_ONCE):
        yield [(key, _told(key, document, whole.get(key, {}), below)) for key, document in rows]


def _below(connection: sqlite3.Connection, table: Table) -> Mapping[str, Mapping[str, _Members]]:
    """By the key of a record, and the place or the name of an item of it, what is derived of that."""
    found: dict[str, dict[str, _Members]] = {}
    place = next(column.name for column in table.columns if column.role in ("position", "name"))
    for (key, at), members in _derived(connection, table, ("_parent", place)):
        found.setdefault(key, {})[at] = members
    return found


def _derived(
    connection: sqlite3.Connection, table: Table, key: Sequence[str]
) -> Iterator[tuple[tuple[str, ...], _Members]]:
    """What tells a row of a table, as texts, and what stands in its derived columns; of rows that have something."""
    if not table.derived:
        return
    names = [column.name for column in table.derived]
    something = " OR ".join(f"{quote(name)} IS NOT NULL" for name in names)
    columns = ", ".join(map(quote, [*key, *names]))
    for row in connection.execute(f"SELECT {columns} FROM {quote(table.name)} WHERE {something}"):
        values = zip(table.derived, row[len(key) :], strict=True)
        members = {c.name: loads(v) if c.encoding == "json" else v for c, v in values if v is not None}
        yield tuple(map(cell_text, row[: len(key)])), members


def _told(
    key: str, document: str, whole: _Members, below: Sequence[tuple[Table, Mapping[str, Mapping[str, _Members]]]]
) -> str:
    """A document with what is derived of its rows."""
    items = [(table, rows[key]) for table, rows in below if key in rows]
    if not whole and not items:
        return document
    value = loads(document)
    for table, rows in items:
        *way, _ = steps(table.path)
        _add_to_items(look_up(value, tuple(way)), rows)
    _add(value, whole)
    return dumps(value)


def _add_to_items(several: Any, rows: Mapping[str, _Members]) -> None:
    if isinstance(several, list):
        items = {str(place): one for place, one in enumerate(several)}
    else:
        items = several if any(name in several for name in rows) else {"0": several}
    for place, members in rows.items():
        _add(items.get(place), members)


def _add(item: Any, members: _Members) -> None:
    if isinstance(item, dict):
        there = set(item)
        for name, value in members.items():
            while name in there:
                name = f"_{name}"
            item[name] = value
