# SPDX-License-Identifier: Apache-2.0
"""Which record each row of a sheet belongs to, and which position a new one gets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sourcebook.sheets.brought import Brought, SheetRow
from sourcebook.sheets.cells import number_of
from sourcebook.sheets.damage import damage
from sourcebook.sheets.headings import Heading, Sheet
from sourcebook.sheets.rows import Below
from sourcebook.tables.flatten import child_key

Known = Mapping[str, Mapping[int, set[tuple[str, str, str]]]]
"""What rows of each record are matched by in the book, by its key and the number of their table."""


def belong(found: Brought, sheets: tuple[Sheet, ...], known: Known) -> None:
    """Say of each row which record it belongs to, and give new ones their positions.

    ``known`` are the rows that the book has of each record, by the number of their table.
    """
    first = sheets[0].of_role("key")
    _keys(found, known, first.name if first else "")
    owners: dict[int, dict[str, str]] = {0: {row.key: row.key for row in found.rows.get(0, ())}}
    for key in known:
        owners[0].setdefault(key, key)
    for sheet in sheets:
        for below in sheet.below:
            if below.table in found.rows:
                _below(found, sheet, below, owners, known)


def _keys(found: Brought, known: Known, name: str) -> None:
    """Find keys that a program has changed, and those that stand twice."""
    seen: dict[str, SheetRow] = {}
    heading = Heading("", 0, "text")
    numbers: dict[Any, str] = {}
    for row in found.rows.get(0, ()):
        if not row.key:
            found.problem(row, "the row has no key, so that it cannot be told which record it is", blocks=True)
            continue
        other = seen.setdefault(row.key, row)
        if other is not row:
            found.problem(row, f"the key {row.key!r} is there twice: {other.at()} has it too", name, blocks=True)
            continue
        if row.key not in known and row.key not in found.base.records:
            numbers = numbers or {number: key for key in found.base.records if (number := number_of(key)) is not None}
            was = numbers.get(number_of(row.key))
            if was is not None and (why := damage(row.key, was, heading)):
                found.problem(row, f"of the key {was!r} {why}", name, blocks=True)
                found.blocked.add(was)


def _below(found: Brought, sheet: Sheet, below: Below, owners: dict[int, dict[str, str]], known: Known) -> None:
    """The rows of one list, or of those that lie in rows of their own table."""
    rows = [row for row in found.rows[below.table] if bool(row.within) == below.nested]
    here = owners.setdefault(below.table, {})
    above = owners[below.table] if below.nested else owners[sheet.number]
    if not below.nested:
        for key, tables in known.items():
            for parent, within, step in tables.get(below.table, ()):
                here.setdefault(child_key(within or parent, below.step, _step(step, below)), key)
    last = _last(found, below, known)
    waiting = rows
    while waiting:
        later = []
        for row in waiting:
            holder = row.within or row.parent
            if holder not in above:
                later.append(row)
                continue
            row.owner = above[holder]
            _place(found, row, below, holder, known.get(row.owner, {}), last)
            here[row.key] = row.owner
        if len(later) == len(waiting):
            break
        waiting = later
    else:
        later = []
    for row in later:
        holder = row.within or row.parent
        found.problem(row, f"no row has the key {holder!r}, which it is said to belong to", "_parent", blocks=True)


def _step(step: str, below: Below) -> str | int:
    return step if below.by_name or not step.isdecimal() else int(step)


def _last(found: Brought, below: Below, known: Known) -> dict[str, int]:
    """The last position of each list, by the key of the row that holds it: in the book, or in the sheet."""
    last: dict[str, int] = {}
    there = (one for tables in known.values() for one in tables.get(below.table, ()))
    for parent, within, step in (*there, *(row.identity for row in found.rows[below.table])):
        if step.isdecimal():
            last[within or parent] = max(last.get(within or parent, -1), int(step))
    return last


def _place(found: Brought, row: SheetRow, below: Below, holder: str, tables: Any, last: dict[str, int]) -> None:
    """Give a row its position and its key."""
    if not row.step:
        if below.by_name:
            found.problem(row, "the entry has no name", "_name", blocks=True)
            return
        last[holder] = last.get(holder, -1) + 1
        row.step = str(last[holder])
    elif not below.by_name and not row.step.isdecimal():
        found.problem(
            row, f"{row.step!r} is no position: 0, 1, 2 …; leave it empty in a new row", "_position", blocks=True
        )
        return
    row.key = child_key(holder, below.step, _step(row.step, below))
    row.new = row.identity not in tables.get(below.table, set())
