# SPDX-License-Identifier: Apache-2.0
"""``checks/NAME``: the book's own checks, SQL over the compiled tables, each row returned a finding."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sourcebook.book import Script
from sourcebook.exact import loads
from sourcebook.finding import Finding, Ledger, Level
from sourcebook.parse import Path
from sourcebook.records.model import Entry, Record
from sourcebook.records.places import Positioner
from sourcebook.rules.trial import Outcome
from sourcebook.sqlite import INDEPENDENCE, RECORDS, quote
from sourcebook.tables.cells import ColumnPath, column_paths, legs, row_places
from sourcebook.tables.whole_book import Plans
from sourcebook.validation.wording import did_you_mean, shown

MOST_ROWS = 1_000
"""Of one check: a check that returns more is itself the mistake."""
_MOST_CHARACTERS = 1_000  # of a message


@dataclass(frozen=True)
class BookChecks:
    """What telling of checks needs: the tables, and where each record stands."""

    connection: sqlite3.Connection
    plans: Plans
    entries: Mapping[str, Mapping[str, Entry]]
    incomplete: Collection[str]
    positioner: Positioner
    ledger: Ledger
    _last: list[tuple[tuple[str, str], Record]] = field(default_factory=list)

    def told(self, script: Script, outcome: Outcome) -> Iterator[Finding]:
        """The findings of a check that has been carried out; that it cannot be run is a finding itself."""
        rule = f"checks/{script.name}"
        names, rows = outcome.names, outcome.rows
        if outcome.why:
            self.ledger.skipped(rule, "it cannot be run")
            yield from [outcome.told] if outcome.told else []
            return
        if "_table" not in names or "_key" not in names:
            self.ledger.skipped(rule, "it cannot be run")
            message = "a check returns the columns _table and _key (and _column, message)"
            hint = "SELECT 'TABLE' AS _table, KEY AS _key, 'COLUMN' AS _column, 'what is wrong' AS message FROM …"
            yield Finding(script.path, script.line, 1, "script", message, hint=hint)
            return
        owners = self._owners()
        unread = sorted({owners[t] for t in outcome.tables if t in owners} & set(self.incomplete))
        if unread:
            self.ledger.unverifiable(rule, f"{' and '.join(unread)} could not be read whole")
            return
        looked_at = [
            self._count(table) for table in outcome.tables if table in owners or table in (RECORDS, INDEPENDENCE)
        ]
        count = max(looked_at) if looked_at else 1  # what reads no table was still carried out
        if not count and not rows:
            self.ledger.skipped(rule, "the tables it reads are empty")
            return
        self.ledger.performed(rule, count or len(rows))
        told = [dict(zip(names, map(_text_or_number, row), strict=True)) for row in rows[:MOST_ROWS]]
        yield from self._unknown_columns(script, told)
        # Rows of one record after each other, as each record is read: a stranger may name a large one again and again.
        told.sort(key=lambda row: (str(row["_table"]), str(row["_key"])))
        yield from (self._finding(script, rule, row) for row in told)
        if len(rows) > MOST_ROWS:
            message = f"the check returns more than {MOST_ROWS:,} rows; the rest is not shown"
            yield Finding(script.path, script.line, 1, rule, message)

    def _unknown_columns(self, script: Script, rows: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
        """A finding for each column that rows name and their table does not have."""
        tables = {table.name: table for plan in self.plans.values() for table in plan.tables}
        named = dict.fromkeys((str(row["_table"]), row.get("_column")) for row in rows)
        for name, column in named:
            columns = [one.name for one in tables[name].published] if name in tables else []
            if column is not None and columns and column not in columns:
                message = f"the check names a column {shown(column)}, which the table {name} does not have"
                hint = did_you_mean(column, columns) or f"its columns are {', '.join(columns[:12])}"
                yield Finding(script.path, script.line, 1, "script", message, hint=hint)

    def _owners(self) -> dict[str, str]:
        return {table.name: name for name, plan in self.plans.items() for table in plan.tables}

    def _count(self, table: str) -> int:
        return int(self.connection.execute(f"SELECT count(*) FROM {quote(table)}").fetchone()[0])

    def _finding(self, script: Script, rule: str, row: Mapping[str, Any]) -> Finding:
        level: Level = "warning" if script.header.get("level") == "warning" else "error"
        said = row.get("message")
        message = str(script.header.get("title") or script.name) if said in (None, "") else str(said)
        if len(message) > _MOST_CHARACTERS:
            message = f"{message[:_MOST_CHARACTERS]}…"
        hint = str(script.header.get("hint") or "")
        found = self._place(str(row["_table"]), row["_key"], row.get("_column"))
        if found is None:
            message = f"{message} ({shown(row['_table'])}, key {shown(row['_key'])}, which is no record)"
            hint = hint or "_table names a table, and _key the key of one of its rows"
            return Finding(script.path, script.line, 1, rule, message, level, hint)
        record, path, at_key = found
        finding = self.positioner.finding(record, path, rule, message, hint, at_key=at_key)
        return replace(finding, level=level)

    def _place(self, table: str, key: Any, column: Any) -> tuple[Entry, Path, bool] | None:
        """The record that a row belongs to, and the path inside it of the row's column.

        A child row may be named by its parent alone: then the list or map that it stands in is meant.
        """
        collection = self._owners().get(table)
        if collection is None or not isinstance(key, str | int):
            return None
        plan = self.plans[collection]
        numbers = {one.name: number for number, one in enumerate(plan.tables)}
        number, parent = numbers[table], plan.tables[numbers[table]].parent

        def record_of(text: str) -> Record | None:
            entry = self.entries[collection].get(text)
            return self._whole(entry) if entry else None

        here = column_paths(plan, number).get(str(column), ColumnPath())
        for joined in (False, True):
            for record, path in row_places(plan, number, key, record_of, joined=joined):
                return record, (*path, *here.path), here.at_key
        for record, path in row_places(plan, numbers[parent], key, record_of, joined=False) if parent else ():
            return record, (*path, *legs(plan, number)[-1].names), False
        return None

    def _whole(self, entry: Entry) -> Record:
        """A record with its value; the last that was asked for is kept."""
        asked = (entry.collection, str(entry.key))
        for known, record in self._last:
            if known == asked:
                return record
        query = f"SELECT document FROM {RECORDS} WHERE collection = ? AND key = ?"
        (text,) = self.connection.execute(query, asked).fetchone()
        record = entry.holding(loads(text))
        self._last[:] = [(asked, record)]
        return record


def _text_or_number(value: Any) -> Any:
    """A value of SQLite; as text what JSON does not have: a blob as SQL writes it, the infinite numbers."""
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
