# SPDX-License-Identifier: Apache-2.0
"""The rows of one record as SQL: from its key down through the tables of a plan. What is written may be read in order.

All tables are in the schema ``book``, so that none is taken for one of the file that is being written.
"""

from __future__ import annotations

from collections.abc import Iterator

from sourcebook.sqlite import quote
from sourcebook.tables import Column, Plan, Table

_VALUES = ("property", "value", "key", "name")


def columns_at(plan: Plan, path: str) -> Iterator[tuple[Table, Column]]:
    """The columns that hold what stands at a property path of a record, each with its table."""
    for table in plan.tables:
        for column in table.columns:
            if column.role in _VALUES and column.path == path:
                yield table, column


def key_of(table: Table) -> Column:
    """The column of a collection's table by which records are told apart."""
    return table.column(table.primary_key[0])


def parent_of(table: Table) -> Column:
    """The column of a table below another that holds the key of the row above."""
    return next(column for column in table.columns if column.role == "parent")


def in_book(table: Table) -> str:
    """The name of a table of the book in SQL."""
    return f"book.{quote(table.name)}"


def rows_of(plan: Plan, table: Table, key: str) -> str:
    """SQL after SELECT for the rows of ``table``, below the collection's own, that belong to the record ``key``.

    They come in the order of lists, or of the names in a map; those of ``table`` are called ``row``.
    """
    steps = _way(plan, table)
    names = [*(f"above{number}" for number in range(len(steps) - 1)), "row"]
    joined = " CROSS JOIN ".join(f"{in_book(one)} AS {name}" for one, name in zip(steps, names, strict=True))
    conditions = []
    for one, name in zip(steps, names, strict=True):
        conditions.append(_belongs(one, name, key))
        key = f"{name}.{quote(one.primary_key[0])}"
    order = ", ".join(_order(one, name) for one, name in zip(steps, names, strict=True))
    return f"FROM {joined} WHERE {' AND '.join(conditions)} ORDER BY {order}"


def _way(plan: Plan, table: Table) -> tuple[Table, ...]:
    """The tables from below the collection's own down to ``table``; none for the collection's own."""
    by_name = {one.name: one for one in plan.tables}
    found: list[Table] = []
    while table.parent is not None:
        found.insert(0, table)
        table = by_name[table.parent]
    return tuple(found)


def _belongs(table: Table, name: str, key: str) -> str:
    """That a row belongs to the one called ``key``.

    What has rows below it has a key of its own, which begins with that of the row above it. There is an index of these
    keys from the first, and one of ``_parent`` only once the database is complete.
    """
    condition = f"{name}.{quote(parent_of(table).name)} = {key}"
    if len(table.primary_key) > 1:
        return condition
    own = f"{name}.{quote(table.primary_key[0])}"
    return f"{own} > {key} || '/' AND {own} < {key} || '0' AND {condition}"  # 0 is what comes after / in ASCII


def _order(table: Table, name: str) -> str:
    """As an index has the rows of one record, so that they need not be sorted: by place or name, or by their number."""
    if len(table.primary_key) > 1:
        return f"{name}.{quote(table.primary_key[1])}"
    return f"{name}.{table.rowid or quote(table.primary_key[0])}"
