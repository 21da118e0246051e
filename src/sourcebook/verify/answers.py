# SPDX-License-Identifier: Apache-2.0
"""Derived columns against the records."""

from __future__ import annotations

import sqlite3

from sourcebook.sqlite import quote, reading
from sourcebook.tables import Table
from sourcebook.verify.case import Case
from sourcebook.verify.derived import Told


def answers(case: Case) -> None:
    """Every derived column says what the records come to that it is made of."""
    tables = [table for table in case.tables() if table.derived]
    told = Told(case) if tables else None
    with reading(case.folder / case.database) as connection:
        for table in tables:
            if any(one.conditional or one.role == "within" for one in table.columns) or table.rowid is None:
                why = "a record says where its references lead, or rows are nested"
                case.ledger.unverifiable("derived columns", why)
            elif told:
                _table(case, connection, told, table)


def _table(case: Case, connection: sqlite3.Connection, told: Told, table: Table) -> None:
    names = [table.primary_key[0], *(one.name for one in table.derived)]
    sql = f"SELECT {', '.join(map(quote, names))} FROM {quote(table.name)} ORDER BY {table.order}"
    found = [(str(key), tuple(values)) for key, *values in connection.execute(sql)]
    wanted = [(key, tuple(told.values(table, key, of))) for key, of in told.rows(table)]
    if table.parent is None:  # whose rows are told apart by their keys, and may be numbered by them
        there = dict(found)
        found = [(key, there.get(key, ())) for key, _ in wanted]
    else:  # each has the key of the row above, or one that begins with that of its record
        found = [(key, values) for (key, _), (_, values) in zip(wanted, found, strict=False)]
    case.ledger.performed("derived columns against records", len(wanted))
    for (key, values), (_, should) in zip(found, wanted, strict=False):
        for column, value, one in zip(table.derived, values, should, strict=False):
            if value != one:
                case.differs(case.database, f"{table.name}: {column.name} of {key!r} is not what the records come to")
