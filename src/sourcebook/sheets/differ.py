# SPDX-License-Identifier: Apache-2.0
"""The rows of one record as a sheet has them, against the record: the record as it is wished, and what differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from sourcebook.parse import Path
from sourcebook.sheets.brought import Brought, SheetRow
from sourcebook.sheets.cells import Unreadable, normal, plain, shown, still_cut, value_of
from sourcebook.sheets.damage import damage
from sourcebook.sheets.differences import GONE
from sourcebook.sheets.headings import Heading, Sheet
from sourcebook.sheets.rows import Row, Rows
from sourcebook.tables.model import Group, Plan


@dataclass
class Wish:
    """A record as it is wished, and how much of it differs."""

    value: Any
    cells: int = 0
    rows_added: int = 0
    rows_removed: int = 0
    rows_missing: list[str] = field(default_factory=list)  # that are not taken out


class Differing:
    """Works out what a sheet wishes of records."""

    def __init__(self, found: Brought, plan: Plan, sheets: Sequence[Sheet], *, remove: bool) -> None:
        self._found = found
        self._plan = plan
        self._sheets = sheets
        self._remove = remove
        self._above = {below.table: below for sheet in sheets for below in sheet.below if not below.nested}
        self._inside = {below.table: below for sheet in sheets for below in sheet.below if below.nested}

    def wish(self, value: Any, rows: Rows, brought: Mapping[int, list[SheetRow]]) -> Wish:
        """A record as its rows in the sheets say, where it has ``value``, which are ``rows``."""
        wish = Wish(deepcopy(value))
        places = {(number, row.key): row.path for number, some in rows.by_table.items() for row in some}
        for sheet in self._sheets:
            number = sheet.number
            there = {row.identity if number else ("", "", ""): row for row in rows.by_table.get(number, ())}
            taken: set[tuple[str, str, str]] = set()
            for row in self._in_order(brought.get(number, ())):
                identity = row.identity if number else ("", "", "")
                if identity in taken:
                    self._found.problem(row, "another row before it is the same entry: its position is there twice")
                    continue
                taken.add(identity)
                if identity in there:
                    self._cells(wish, sheet, row, there[identity].values, places[number, there[identity].key])
                elif number and self._place(wish, row, number, places):
                    wish.rows_added += 1
                    self._cells(wish, sheet, row, {}, places[number, row.key])
                elif not number:  # a record that is new
                    places[0, row.key] = ()
                    self._cells(wish, sheet, row, {}, ())
            if number and number in self._found.present:
                self._missing(wish, sheet, [row for identity, row in there.items() if identity not in taken])
        return wish

    def _in_order(self, rows: Iterable[SheetRow]) -> list[SheetRow]:
        """Rows so that what holds others comes before these, and items of a list in their order."""
        return sorted(rows, key=lambda row: (row.key.count("/"), int(row.step) if row.step.isdecimal() else 0))

    # --- rows ---------------------------------------------------------------------------------------------------------

    def _place(self, wish: Wish, row: SheetRow, number: int, places: dict[tuple[int, str], Path]) -> bool:
        """Make room for a new row; whether there is any."""
        below = self._inside[number] if row.within else self._above[number]
        holder = places.get((below.above, row.within or row.parent))
        if holder is None:
            self._found.problem(row, "what it is said to belong to is not there")
            return False
        way = (*holder, *below.names)
        empty: Any = {} if isinstance(self._plan.items[number], Group) else None
        there = look(wish.value, way)
        if there is None:
            there = {} if below.by_name else []
            if not put(wish, way, there):
                self._found.problem(row, f"there is no place for {'.'.join(map(str, way))} in the record")
                return False
        elif not isinstance(there, dict if below.by_name else list):
            if below.by_name or not below.single:
                self._found.problem(row, f"what stands at {'.'.join(map(str, way))} is no list")
                return False
            there = self._listed(wish, way, there, places)
        step: str | int = row.step if below.by_name else len(there)
        if isinstance(there, dict):
            there[row.step] = empty
        else:
            there.append(empty)
        places[number, row.key] = (*way, step)
        return True

    def _listed(self, wish: Wish, way: Path, there: Any, places: dict[tuple[int, str], Path]) -> list[Any]:
        """The one thing that stands where a list may stand, in a list."""
        found = [there]
        put(wish, way, found)
        for known, path in places.items():
            if path[: len(way)] == way:
                places[known] = (*way, 0, *path[len(way) :])
        return found

    def _missing(self, wish: Wish, sheet: Sheet, rows: list[Row]) -> None:
        gone: list[Path] = []
        for row in rows:
            if any(row.path[: len(path)] == path for path in gone):
                continue
            gone.append(row.path)
            if not self._remove:
                wish.rows_missing.append(f"{sheet.table.name} {row.key}")
                continue
            wish.rows_removed += 1
            holder = look(wish.value, row.path[:-1])
            if isinstance(holder, dict):
                holder.pop(row.path[-1], None)
            elif isinstance(holder, list) and isinstance(row.path[-1], int):
                holder[row.path[-1]] = GONE

    # --- cells --------------------------------------------------------------------------------------------------------

    def _cells(self, wish: Wish, sheet: Sheet, row: SheetRow, values: Mapping[int, Any], path: Path) -> None:
        for heading in self._found.present[sheet.number]:
            if heading.name in row.cells:
                self._cell(wish, heading, row, values, path)

    def _cell(self, wish: Wish, heading: Heading, row: SheetRow, values: Mapping[int, Any], path: Path) -> None:
        cell = row.cells[heading.name]
        old = values.get(heading.at)
        was = shown(old, heading.encoding)
        if normal(cell, heading.encoding) == normal(was.cell, heading.encoding):
            return
        why = damage(cell, old, heading)
        if was.lacks and still_cut(plain(cell)):
            why = f"the cell has no room for all of it ({was.lacks}): change it in the file"
        if why is None and plain(cell) == "":
            if heading.role == "value":
                why = "an entry without a value: remove its row, and say --remove"
            else:
                wish.cells += 1
                self._emptied(wish, heading, old, path)
                return
        if why is None:
            try:
                why = self._filled(wish, heading, value_of(cell, heading.encoding, old), old, path)
            except Unreadable as error:
                why = str(error)
        if why:
            self._found.problem(row, why, heading.name)
        else:
            wish.cells += 1

    def _filled(self, wish: Wish, heading: Heading, value: Any, old: Any, path: Path) -> str | None:
        """Put a value where a cell says; why it cannot be put there."""
        way = (*path, *heading.path)
        if heading.role == "other":
            return self._others(wish, way, value, old)
        if not put(wish, way, value):
            return "the record has something else where it would go: change it in the file"
        return None

    def _others(self, wish: Wish, way: Path, value: Any, old: Any) -> str | None:
        """Properties that the schema does not declare, of which a cell has all."""
        if not isinstance(value, dict):
            return 'a mapping is expected, as in {"name": 1}'
        holder = look(wish.value, way)
        if holder is None:
            holder = {}
            if not put(wish, way, holder):
                return "the record has something else where it would go: change it in the file"
        if not isinstance(holder, dict):
            return "the record has something else where it would go: change it in the file"
        before = old if isinstance(old, dict) else {}
        if taken := [name for name in value if name in holder and name not in before]:
            return f"the property {taken[0]!r} has a column of its own"
        for name in before:
            if name not in value:
                del holder[name]
        holder.update(value)
        return None

    def _emptied(self, wish: Wish, heading: Heading, old: Any, path: Path) -> None:
        way = (*path, *heading.path)
        if heading.role == "other":
            holder = look(wish.value, way)
            for name in old if isinstance(old, dict) and isinstance(holder, dict) else ():
                holder.pop(name, None)
            return
        holder = look(wish.value, way[:-1])
        if isinstance(holder, dict):
            holder.pop(way[-1], None)
        for end in range(len(way) - 1, len(path), -1):  # a mapping in which nothing is left is none
            if look(wish.value, way[:end]) == {}:
                above = look(wish.value, way[: end - 1])
                if isinstance(above, dict):
                    above.pop(way[end - 1], None)


def look(value: Any, path: Path) -> Any:
    """What stands at a path; None where nothing does."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def put(wish: Wish, path: Path, value: Any) -> bool:
    """Put a value at a path, with mappings above it where there are none; whether there is a place for it."""
    if not path:
        wish.value = value
        return True
    here = wish.value
    if here is None:
        here = wish.value = {}
    for step in path[:-1]:
        if isinstance(here, dict):
            if here.get(step) is None:
                here[step] = {}
            here = here[step]
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            if here[step] is None:
                here[step] = {}
            here = here[step]
        else:
            return False
    if isinstance(here, dict):
        here[path[-1]] = value
        return True
    if isinstance(here, list) and isinstance(path[-1], int) and path[-1] < len(here):
        here[path[-1]] = value
        return True
    return False
