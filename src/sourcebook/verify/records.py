# SPDX-License-Identifier: Apache-2.0
"""What the database holds against the records, as they are read once more."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sourcebook.exact import loads, same
from sourcebook.records.model import Record
from sourcebook.records.read import stream
from sourcebook.sqlite import RECORDS, quote, reading
from sourcebook.tables import Plan, Rows, decode, projected, rebuild
from sourcebook.verify.case import Case
from sourcebook.verify.reduced import Reduced


def documents(case: Case) -> None:
    """The kept documents are the records, value for value, at the lines they stand on."""
    with reading(case.folder / case.database) as connection:
        kept = connection.execute(f"SELECT collection, key FROM {RECORDS}").fetchall()
        left = dict.fromkeys(kept)
        reduced = Reduced(case.book)
        for record in stream(case.book):
            is_public, value = reduced.record(record)
            if not is_public:
                case.ledger.performed("documents against records")
                if (record.collection, str(record.key)) in left:
                    left.pop((record.collection, str(record.key)))
                    case.differs(case.database, f"{RECORDS}: {record.path}:{record.line} is not public, and is there")
                continue
            record = replace(record, value=value)
            name = (record.collection, str(record.key))
            case.ledger.performed("documents against records")
            why = _unlike(connection, record) if name in left else "is missing"
            left.pop(name, None)
            if why:
                case.differs(case.database, f"{RECORDS}: {name[0]} {name[1]!r} {why}")
    for collection, key in left:
        case.differs(case.database, f"{RECORDS}: {collection} {key!r} is in the database, but not among the records")


def _unlike(connection: sqlite3.Connection, record: Record) -> str:
    """How the database keeps a record otherwise than it stands in the files; the empty text where it does not."""
    query = f"SELECT path, line, document FROM {RECORDS} WHERE collection = ? AND key = ?"
    path, line, document = connection.execute(query, (record.collection, str(record.key))).fetchone()
    if not same(loads(document), record.value):
        return f"is not the value that stands in {record.path}"
    if (path, line) != (record.path, record.line):
        return f"is said to stand at {path}:{line}, but stands at {record.path}:{record.line}"
    return ""


def tables(case: Case) -> None:
    """A record put together again from its tables equals its document, but for its plan's declared losses."""
    with reading(case.folder / case.database) as connection:
        for plan in case.plans.values():
            _collection(case, connection, plan)


def _collection(case: Case, connection: sqlite3.Connection, plan: Plan) -> None:
    rows = Rows(plan, lambda name: list(_as_written(case, connection, plan, name)))
    wanted = case.documents(plan.collection)
    key = next(i for i, column in enumerate(plan.tables[0].columns) if column.role == "key")
    for row in rows.roots:
        text = wanted.pop(str(row[key]), None)
        case.ledger.performed("tables against records")
        if text is not None and rebuild(rows, row) == projected(plan, loads(text)):
            continue
        why = "is in the table, but not among the records" if text is None else "is not what its tables hold"
        case.differs(case.database, f"{plan.tables[0].name}: the record {row[key]!r} {why}")
    for missing in wanted:
        case.differs(case.database, f"{plan.tables[0].name}: the record {missing!r} is missing")


def _as_written(case: Case, connection: sqlite3.Connection, plan: Plan, name: str) -> Iterator[list[Any]]:
    """Rows of a table with each reference as records write it, looked up through the link."""
    table = next(table for table in plan.tables if table.name == name)
    back: dict[int, dict[Any, Any]] = {}
    for number, column in enumerate(table.columns):
        if column.foreign and column.foreign.field and column.role in ("property", "value"):
            other = case.plans[column.foreign.collection].tables[0]
            named = next(one for one in other.columns if one.path == column.foreign.field)
            query = f"SELECT {quote(other.primary_key[0])}, {quote(named.name)} FROM {quote(other.name)}"
            back[number] = {key: decode(value, named.encoding) for key, value in connection.execute(query)}
    for row in connection.execute(f"SELECT * FROM {quote(name)} ORDER BY {table.order}"):
        values = list(row)
        for number, written in back.items():
            if values[number] is not None:
                values[number] = written.get(values[number], values[number])
        yield values
