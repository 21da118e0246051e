# SPDX-License-Identifier: Apache-2.0
"""Pages that came back, as rows of sheets: each with what it is matched by, and its cells as they stand there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sourcebook.edit.model import Refused
from sourcebook.sheets.base import NAME, Base, base_of
from sourcebook.sheets.cells import normal, number_of, plain
from sourcebook.sheets.damage import damage
from sourcebook.sheets.headings import Heading, Sheet
from sourcebook.sheets.scan import cell_name
from sourcebook.sheets.tables import Page, Read
from sourcebook.tables.flatten import child_key
from sourcebook.validation.wording import did_you_mean


@dataclass(slots=True)
class SheetRow:
    """One row of a sheet, ``number`` from 0, by what it is matched by; ``cells`` are those of values, by heading."""

    page: Page
    number: int
    key: str = ""  # of a record, or of the row for those below it
    parent: str = ""
    within: str = ""
    step: str = ""
    cells: dict[str, Any] = field(default_factory=dict)
    places: Mapping[str, int] = field(default_factory=dict)  # the columns of the page, by heading
    owner: str = ""  # the record's key
    new: bool = False

    @property
    def identity(self) -> tuple[str, str, str]:
        """What it is matched by, as `rows.Row` has it."""
        return self.parent, self.within, self.step

    def at(self, heading: str = "") -> str:
        """``sheet!B7``, or the row where no heading is given."""
        if heading in self.places:
            return f"{self.page.name}!{cell_name(self.number, self.places[heading])}"
        return f"{self.page.name}!{self.number + 1}"


@dataclass
class Brought:
    """All rows that came back. ``present`` are the headings of each sheet that are there, by the number of its table.

    ``problems`` are what is not taken, each at its place; ``told`` what is left aside.
    """

    base: Base
    rows: dict[int, list[SheetRow]] = field(default_factory=dict)
    present: dict[int, tuple[Heading, ...]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)  # records that have rows which cannot be read

    def problem(self, row: SheetRow, why: str, heading: str = "", *, blocks: bool = False) -> None:
        """Note what is not taken; it ``blocks`` the whole record where the row itself cannot be told."""
        self.problems.append(f"{row.at(heading)}: {why}")
        if blocks:
            self.blocked.add(row.owner or row.key or row.parent)


def base_in(read: Read, name: str) -> Base:
    """What the spreadsheet ``name`` says of where it came from. Raises Refused where it says nothing."""
    page = next((one for one in read.pages if one.name == NAME), None)
    found = base_of(iter(page.rows)) if page else None
    if found is None:
        raise Refused(
            f"{name}: it is not from `sourcebook export`, or has lost its sheet {NAME}, which says what it was made "
            "from; a sheet of your own comes in by --into COLLECTION"
        )
    return found


def brought(read: Read, base: Base, sheets: tuple[Sheet, ...]) -> Brought:
    """The rows of all pages. Raises Refused where what a page is cannot be told: its header, its merged cells."""
    found = Brought(base, told=list(read.ignored))
    by_table = {sheet.table.name: sheet for sheet in sheets}
    pages = {base.sheets[page.name]: page for page in read.pages if page.name in base.sheets}
    for page in read.pages:
        if page.name not in base.sheets and page.name not in (NAME, "_lists"):
            found.told.append(f"the sheet {page.name} is none of those that were sent out, and is left aside")
    if sheets[0].table.name not in pages:
        raise Refused(f"there is no sheet of the records of {sheets[0].table.collection} in it")
    for table, sheet in by_table.items():
        if table in pages:
            _Page(found, pages[table], sheet, sheets).read()
        elif table in base.sheets.values():
            found.told.append(f"the sheet of {table} is missing: what is in that table is left as it is")
    for table in base.sheets.values():
        if table not in by_table:
            found.told.append(f"the book has no table {table} any more: its sheet is left aside")
    return found


class _Page:
    def __init__(self, found: Brought, page: Page, sheet: Sheet, sheets: tuple[Sheet, ...]) -> None:
        self._found = found
        self._page = page
        self._sheet = sheet
        above = next(
            (below for one in sheets for below in one.below if below.table == sheet.number and not below.nested), None
        )
        self._above = above
        self._rows = iter(page.rows)
        self._odd: dict[int, dict[int, str]] = {}
        for (row, column), why in page.odd.items():
            self._odd.setdefault(row, {})[column] = why
        self._places = self._header()

    def _header(self) -> dict[str, int]:
        """The columns by their headings. Raises Refused where it cannot be told which they are."""
        _refuse_merged(self._page)
        known = self._sheet.by_name
        bare = {name.strip(): name for name in known}  # by an editor's hand, spaces at its ends come and go
        cells = [plain(cell).removesuffix("\n") for cell in next(self._rows, [])]
        header = [cell if cell in known else bare.get(cell.strip(), cell.strip()) for cell in cells]
        places: dict[str, int] = {}
        for place, name in enumerate(header):
            where = f"{self._page.name}!{cell_name(0, place)}"
            if not name:
                continue
            if name in places:
                raise Refused(f"{where}: the header {name!r} is there twice: give one of the columns another")
            if name not in known:
                hint = did_you_mean(name, known) or f"its columns are {', '.join(known)}"
                raise Refused(f"{where}: the table {self._sheet.table.name} has no column {name!r}: {hint}")
            places[name] = place
        needed = [
            one for one in self._sheet.headings if one.role in ("parent", "position", "name") or self._is_key(one)
        ]
        for one in needed:
            if one.name not in places:
                raise Refused(f"{self._page.name}: the column {one.name} is missing, which says what each row is")
        missing = [one.name for one in self._sheet.values if one.name not in places]
        if missing:
            self._found.told.append(
                f"{self._page.name} has no column {', '.join(missing)}: what stands there is left as it is"
            )
        self._found.present[self._sheet.number] = tuple(one for one in self._sheet.values if one.name in places)
        return places

    def _is_key(self, heading: Heading) -> bool:
        return heading.role == "key" and not self._sheet.number

    def read(self) -> None:
        rows = self._found.rows.setdefault(self._sheet.number, [])
        for number, cells in enumerate(self._rows, start=1):
            row = self._row(number, cells)
            if row is not None:
                rows.append(row)
                self._refuse_odd(row)

    def _row(self, number: int, cells: list[Any]) -> SheetRow | None:
        """A row; None where nothing is in it."""
        said = {name: cells[place] for name, place in self._places.items() if place < len(cells)}
        own = {
            name: cell
            for name, cell in said.items()
            if not self._sheet.by_name[name].shown_only and cell is not None and plain(cell) != ""
        }
        if not own and number not in self._odd:
            return None
        row = SheetRow(self._page, number, places=self._places)
        for heading in self._sheet.headings:
            cell = own.get(heading.name)
            if heading.role in ("parent", "within", "position", "name") or heading.role == "key":
                self._identify(row, heading, cell)
            if heading.is_value and heading.name in self._places:
                row.cells[heading.name] = cell
        return row

    def _identify(self, row: SheetRow, heading: Heading, cell: Any) -> None:
        text = plain(cell)
        if heading.role == "key" and self._sheet.number:
            row.key = text
        elif heading.role == "key":
            row.key = row.owner = text
        elif heading.role == "parent":
            row.parent = text
        elif heading.role == "within":
            row.within = text
        else:
            row.step = text

    def _refuse_odd(self, row: SheetRow) -> None:
        """Note cells that are formulas or errors, but where they are only shown."""
        by_place = {place: name for name, place in self._places.items()} if row.number in self._odd else {}
        for place, why in self._odd.get(row.number, {}).items():
            name = by_place.get(place)
            if name and not self._sheet.by_name[name].shown_only:
                self._found.problem(row, why, name, blocks=not self._sheet.by_name[name].is_value)
                row.cells.pop(name, None)  # it stays as it is


def _refuse_merged(page: Page) -> None:
    merged = [(place, why) for place, why in page.odd.items() if why.startswith("merged")]
    if merged:
        (row, column), why = merged[0]
        more = f", and {len(merged) - 1:,} more" if len(merged) > 1 else ""
        raise Refused(f"{page.name}!{cell_name(row, column)}: {why}{more}")


# --- which row belongs to which record ------------------------------------------------------------------------------


def belong(
    found: Brought, sheets: tuple[Sheet, ...], known: Mapping[str, Mapping[int, set[tuple[str, str, str]]]]
) -> None:
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


def _keys(found: Brought, known: Mapping[str, Any], name: str) -> None:
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


def _below(found: Brought, sheet: Sheet, below: Any, owners: dict[int, dict[str, str]], known: Any) -> None:
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


def _step(step: str, below: Any) -> str | int:
    return step if below.by_name or not step.isdecimal() else int(step)


def _last(found: Brought, below: Any, known: Any) -> dict[str, int]:
    """The last position of each list, by the key of the row that holds it: in the book, or in the sheet."""
    last: dict[str, int] = {}
    there = (one for tables in known.values() for one in tables.get(below.table, ()))
    for parent, within, step in (*there, *(row.identity for row in found.rows[below.table])):
        if step.isdecimal():
            last[within or parent] = max(last.get(within or parent, -1), int(step))
    return last


def _place(found: Brought, row: SheetRow, below: Any, holder: str, tables: Any, last: dict[str, int]) -> None:
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


def cells_of(row: SheetRow, headings: tuple[Heading, ...]) -> dict[str, str]:
    """The cells of a row as they are hashed and compared."""
    found = {one.name: normal(row.cells.get(one.name), one.encoding) for one in headings}
    return {name: text for name, text in found.items() if text}
