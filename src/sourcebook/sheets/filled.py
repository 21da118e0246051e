# SPDX-License-Identifier: Apache-2.0
"""Sheets with their rows, ready to be written: for each cell what is in it, and whether it may be changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sourcebook.records.model import Record
from sourcebook.sheets.base import Base
from sourcebook.sheets.cells import Cell, plain, shown
from sourcebook.sheets.headings import LINKING, Heading, Sheet
from sourcebook.sheets.opened import Opened
from sourcebook.sheets.rows import Row, Rows

OPEN, LOCKED = "open", "locked"
Filled = tuple[Cell, str]
"""What is written into a cell, and how."""


@dataclass
class Lacking:
    """What no cell shows whole, counted while sheets are filled: the first few of each kind are told."""

    cells: dict[str, list[str]] = field(default_factory=dict)

    def add(self, why: str, where: str) -> None:
        """Count one."""
        self.cells.setdefault(why, []).append(where)

    def told(self) -> Iterator[str]:
        """It in words."""
        for why, places in self.cells.items():
            more = f" and {len(places) - 3:,} more" if len(places) > 3 else ""
            yield f"{why}: locked, and left as it is in the file: {', '.join(places[:3])}{more}"


@dataclass(frozen=True)
class Workbook:
    """What is written: the ``sheets`` by their names, what may stand in columns, and where all of it comes from."""

    opened: Opened
    base: Base
    rows: Mapping[str, Rows]  # by key
    lacking: Lacking = field(default_factory=Lacking)

    @property
    def sheets(self) -> Iterator[tuple[str, Sheet]]:
        """Each sheet with its name."""
        by_table = {one.table.name: one for one in self.opened.sheets}
        return ((name, by_table[table]) for name, table in self.base.sheets.items())

    def filled(self, sheet: Sheet) -> Iterator[list[Filled]]:
        """The rows of a sheet."""
        records = self.opened.own
        for key, rows in self.rows.items():
            for row in rows.by_table.get(sheet.number, ()):
                yield [self._cell(sheet, one, records[key], row) for one in sheet.headings]

    def _cell(self, sheet: Sheet, heading: Heading, record: Record, row: Row) -> Filled:
        if heading.shown_only:
            return beside_text(self.opened, sheet, heading, record, row) or None, LOCKED
        if heading.role in LINKING or (heading.role == "key" and sheet.number):
            return linking(heading, row), LOCKED
        found = shown(row.values.get(heading.at), heading.encoding)
        if found.lacks:
            self.lacking.add(found.lacks, f"{record.key}: {heading.name}")
        return found.cell, LOCKED if found.lacks or heading.fixed else OPEN

    def choices(self, heading: Heading, most: int = 100_000) -> Sequence[str]:
        """What may be written in a column, where that is a list: choices of the schema, or what references name."""
        if heading.choices:
            return [plain(shown(one, "any").cell) for one in heading.choices]
        if not heading.is_value or not heading.targets or heading.encoding == "json":
            return ()
        found: dict[str, None] = {}
        for target in heading.targets:
            if target.collection in self.opened.plans:
                found |= dict.fromkeys(self.opened.beside.named(target))
        return list(found) if len(found) <= most else ()


def beside_text(opened: Opened, sheet: Sheet, heading: Heading, record: Record, row: Row) -> str:
    """What stands under a heading of what is only shown; the empty text where nothing does."""
    beside = opened.beside
    of = sheet.by_name.get(heading.beside)
    if of is None:
        told = beside.of_row(opened.plan, sheet.table.name, record, row.path)[heading.beside]
    elif of.role == "parent":
        told = beside.label(record.collection, str(record.key))
    else:
        to = beside.meant(of.targets, row.values.get(of.at, row.step))
        told = beside.label(*to) if to else ""
    return plain(shown(told, "text").cell) if told else ""


def linking(heading: Heading, row: Row) -> Cell:
    """The cell of a column that says where a row belongs."""
    if heading.role == "parent":
        return row.parent
    if heading.role == "within":
        return row.within
    if heading.role == "key":
        return row.key
    return row.step


def sheet_names(tables: Iterable[str]) -> dict[str, str]:
    """A name as a spreadsheet takes it for the sheet of each table: at most 31 characters, each once whatever case."""
    found: dict[str, str] = {}
    taken = {"_sourcebook", "_lists", "history"}
    for table in tables:
        plain_name = "".join(
            " " if character in "[]:*?/\\'" or ord(character) < 32 else character for character in table
        )
        name, number = plain_name[:31].strip() or "records", 2
        while name.casefold() in taken:
            name, number = f"{plain_name[: 30 - len(str(number))].strip()}~{number}", number + 1
        taken.add(name.casefold())
        found[name] = table
    return found
