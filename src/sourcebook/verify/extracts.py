# SPDX-License-Identifier: Apache-2.0
"""The extracts against the database and the records."""

from __future__ import annotations

import csv
import sqlite3
from itertools import chain
from typing import Any

from sourcebook.exact import loads, same
from sourcebook.extract import cell_text
from sourcebook.sqlite import quote, reading
from sourcebook.tables import Plan, Table
from sourcebook.verify.case import Case
from sourcebook.verify.compare import first_difference
from sourcebook.verify.derived import told_documents


def csv_extracts(case: Case) -> None:
    """Every CSV has the rows and values of its table, in order."""
    with reading(case.folder / case.database) as connection:
        for table in case.tables():
            file = f"csv/{case.names[table.name]}.csv"
            with case.guarded(file):
                _csv(case, connection, table, file)


def _csv(case: Case, connection: sqlite3.Connection, table: Table, file: str) -> None:
    cursor = connection.execute(f"SELECT * FROM {quote(table.name)} ORDER BY {table.order}")
    header = [[column[0] for column in cursor.description]]
    wanted = ([cell_text(value) for value in row] for row in cursor)
    limit = csv.field_size_limit(2**31 - 1)
    try:
        with (case.folder / file).open(encoding="utf-8", newline="") as text:
            differing = first_difference(csv.reader(text, strict=True), chain(header, wanted))
    except csv.Error as error:
        case.differs(file, f"is not CSV: {error}")
        return
    finally:
        csv.field_size_limit(limit)
    case.ledger.performed("CSV against database")
    if differing is not None:
        case.differs(file, f"record {differing} is not the row of the table {table.name}")


def json_extracts(case: Case) -> None:
    """Every JSON extract is its collection's records, value for value, and at their ends what is derived of them."""
    for plan in case.plans.values():
        file = f"json/{case.names[plan.collection]}.json"
        with case.guarded(file):
            _json(case, plan, file)


def _json(case: Case, plan: Plan, file: str) -> None:
    records = told_documents(case, plan.collection)
    found = loads((case.folder / file).read_bytes())
    if case.book.by_name[plan.collection].key is None:  # the key is not in the document
        wanted: Any = records
        pairs = list(found.items()) if isinstance(found, dict) else []
    else:
        wanted = list(records.values())
        pairs = list(enumerate(found)) if isinstance(found, list) else []
    case.ledger.performed("JSON against records", len(records))
    if not same(found, wanted):
        at = first_difference((item for _, item in pairs), records.values())
        shown = list(records)[at - 1] if at is not None and at <= len(records) else "the whole"
        case.differs(file, f"{shown!r} is not the value that stands in the records")
