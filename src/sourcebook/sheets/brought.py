# SPDX-License-Identifier: Apache-2.0
"""Pages that came back, as rows of sheets: each with what it is matched by, and its cells as they stand there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sourcebook.edit.model import Refused
from sourcebook.sheets.base import NAME, Base, base_of
from sourcebook.sheets.cells import normal, plain
from sourcebook.sheets.headings import LINKING, Heading, Sheet
from sourcebook.sheets.measuring import cell_name
from sourcebook.sheets.tables import Page, Read
from sourcebook.validation.wording import did_you_mean


@dataclass(slots=True)
class SheetRow:
    """One row of a sheet, ``number`` from 0, by what it is matched by.

    ``cells`` are those of values, by heading; ``beside`` those of what is only shown.
    """

    page: Page
    number: int
    key: str = ""  # of a record, or of the row for those below it
    parent: str = ""
    within: str = ""
    step: str = ""
    cells: dict[str, Any] = field(default_factory=dict)
    beside: dict[str, Any] = field(default_factory=dict)
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


_FEW = 5  # places that are named


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
        known = sheet.by_name
        self._own = [(name, place) for name, place in self._places.items() if not known[name].shown_only]
        self._values = [name for name in self._places if known[name].is_value]
        self._beside = [(name, place) for name, place in self._places.items() if known[name].shown_only]
        self._identities = [one for one in sheet.headings if one.role in ("key", *LINKING)]

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
        headed = set(self._places.values())
        unheaded: list[str] = []
        for number, cells in enumerate(self._rows, start=1):
            for place, cell in enumerate(cells) if len(cells) > len(headed) else ():
                if place not in headed and cell not in ("", None):
                    unheaded.append(f"{self._page.name}!{cell_name(number, place)}")
            row = self._row(number, cells)
            if row is not None:
                rows.append(row)
                if number in self._odd:
                    self._refuse_odd(row)
        if unheaded:
            more = f" and {len(unheaded) - _FEW:,} more" if len(unheaded) > _FEW else ""
            places = ", ".join(unheaded[:_FEW])
            self._found.told.append(f"below no header, and so not read: {places}{more}")

    def _row(self, number: int, cells: list[Any]) -> SheetRow | None:
        """A row; None where nothing is in it."""
        count = len(cells)
        own = {name: cells[place] for name, place in self._own if place < count and cells[place] not in ("", None)}
        if not own and number not in self._odd:
            return None
        row = SheetRow(self._page, number, places=self._places)
        row.cells = {name: own.get(name) for name in self._values}
        row.beside = {name: cells[place] for name, place in self._beside if place < count}
        for heading in self._identities:
            self._identify(row, heading, own.get(heading.name))
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
        by_place = {place: name for name, place in self._places.items()}
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


def cells_of(row: SheetRow, headings: tuple[Heading, ...]) -> dict[str, str]:
    """The cells of a row as they are hashed and compared."""
    found = {one.name: normal(row.cells.get(one.name), one.encoding) for one in headings}
    return {name: text for name, text in found.items() if text}
