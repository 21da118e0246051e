# SPDX-License-Identifier: Apache-2.0
"""A table of somebody's own: its rows as new records of a collection, by a mapping that is proposed and kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path as File
from typing import Any

from sourcebook import files
from sourcebook.book import Folder, steps
from sourcebook.edit.edits import Edits
from sourcebook.edit.model import CannotEdit, FileChange, Proposal, Refused
from sourcebook.parse import Path
from sourcebook.sheets.adding import add_record
from sourcebook.sheets.beside import fold
from sourcebook.sheets.cells import Unreadable, plain, value_of
from sourcebook.sheets.damage import damage
from sourcebook.sheets.differ import Wish, put
from sourcebook.sheets.differences import differences
from sourcebook.sheets.mapping import FOLDER, Column, Columns, Place, dated, places, read_mapping
from sourcebook.sheets.measuring import cell_name
from sourcebook.sheets.opened import Opened
from sourcebook.sheets.proposing import propose
from sourcebook.sheets.reading import read_any
from sourcebook.sheets.tables import Page, few
from sourcebook.validation.wording import did_you_mean


@dataclass(frozen=True)
class Asked:
    """What is asked of a first import, besides the file."""

    name: str
    update: bool
    map_only: bool
    skip: bool


def first_import(
    folder: Folder, path: File, into: str, encoding: str | None, separator: str | None, asked: Asked
) -> Proposal:
    """The rows of a table as records of the collection ``into`` (see `taking.import_`)."""
    read = read_any(path, encoding, separator, alone=True)
    opened = Opened(folder, into, whole=True)
    page = next((one for one in read.pages if not one.name.startswith("_")), None)
    if page is None:
        raise Refused(f"{path.name}: it has no sheet")
    others = [one.name for one in read.pages if one is not page]
    told = [*read.ignored, *([f"only the sheet {page.name} is read, not {', '.join(others)}"] if others else [])]
    return _First(opened, page, path.name, asked, told).proposal()


class _First:
    def __init__(self, opened: Opened, page: Page, file: str, asked: Asked, told: list[str]) -> None:
        self._opened = opened
        self._page = page
        self._file = file
        self._asked = asked
        self._told = told
        self._problems: list[str] = []
        self._places = places(opened.plan, opened.sheets)
        self._labels: dict[str, Any] = {}
        rows = iter(page.rows)
        self._header = _header(page, next(rows, []))
        self._rows = [(number, row) for number, row in enumerate(rows, start=1) if any(plain(one) for one in row)]
        self._mapping_path = f"{FOLDER}/{asked.name}.yaml"
        self._kept = self._kept_mapping()

    def _kept_mapping(self) -> bytes | None:
        root = self._opened.book.root
        if not (root / self._mapping_path).is_file():
            return None
        data, odd = files.read_bytes(root, self._mapping_path, self._opened.book.limits.bytes)
        if odd is not None:
            raise Refused(f"{self._mapping_path}: {odd.message}")
        return data

    def proposal(self) -> Proposal:
        opened, name = self._opened, self._opened.name
        if self._kept is None:
            rows = [row for _, row in self._rows]
            mapping = propose(opened, self._header, rows)
            new = FileChange(self._mapping_path, None, mapping.text(self._file).encode())
            self._told += [f"{self._mapping_path} is new, and says where each column goes", *mapping.told]
        else:
            mapping = read_mapping(self._kept, self._mapping_path, name, self._places)
            new = None
            self._told.append(f"columns go where {self._mapping_path} says")
            self._told += [
                f"{one!r} is not in {self._mapping_path}, and goes nowhere"
                for one in self._header
                if one and one not in mapping.columns and one != mapping.key
            ]
        kept = (new,) if new else ()
        if self._asked.map_only:
            return Proposal(opened.book.root, f"a mapping of {self._file} to {name}", kept, tuple(self._told))
        added, changed, edits = self._records(mapping)
        if self._problems and not self._asked.skip:
            told = [*few(self._problems), _SKIP.format(self._mapping_path)]
            count = len(self._problems)
            raise Refused(
                "\n".join([f"{self._file}: nothing was taken, for {count:,} of its places cannot be:", *told])
            )
        if self._problems:
            self._told += [f"not taken ({len(self._problems):,}):", *few(self._problems)]
        try:
            changes = (*kept, *edits.changes())
        except CannotEdit as error:
            raise Refused(f"{self._file}: {error}") from None
        what = f"import {self._file} into {name}: {added:,} added, {changed:,} changed"
        return Proposal(opened.book.root, what, changes, tuple(self._told))

    # --- records ------------------------------------------------------------------------------------------------------

    def _records(self, mapping: Columns) -> tuple[int, int, Edits]:
        if mapping.key not in self._header:
            hint = did_you_mean(mapping.key, self._header)
            raise Refused(f"{self._file}: no column has the header {mapping.key!r}, which names the records: {hint}")
        edits = Edits(self._opened.source)
        added = changed = there = 0
        seen: dict[str, int] = {}
        for number, row in self._rows:
            key = self._key(mapping, number, row)
            if not key:
                continue
            if key in seen:
                self._problem(number, mapping.key, f"the key {key!r} is that of row {seen[key] + 1} too")
                continue
            seen[key] = number
            record = self._opened.own.get(key)
            if record is not None and not self._asked.update:
                there += 1
                continue
            wish = Wish({} if record is None else deepcopy(record.value))
            fine = self._filled(mapping, number, row, wish)
            if record is None and fine:
                add_record(self._opened, edits, key, wish)
                added += 1
            elif record is not None:
                found = list(differences(record.value, wish.value))
                for what, path, value in found:
                    if what == "put":
                        edits.put(record, path, value)
                    elif what == "remove":
                        edits.remove(record, path)
                    else:
                        edits.insert(record, path[:-1], int(path[-1]), value)
                changed += bool(found)
        if there:
            self._told.append(
                f"{there:,} records are in the book already, and left as they are (--update takes the values)"
            )
        return added, changed, edits

    def _key(self, mapping: Columns, number: int, row: Sequence[Any]) -> str:
        place = self._header.index(mapping.key)
        cell = row[place] if place < len(row) else None
        text = plain(cell).strip()
        if self._odd(number, mapping.key):
            return ""
        if not text:
            self._problem(number, mapping.key, "the row has no key")
            return ""
        if mapping.slug:
            found = slug(text)
            if not found:
                self._problem(number, mapping.key, f"no key can be made of {text!r}")
            return found
        if isinstance(cell, date | datetime):
            self._problem(number, mapping.key, f"the program made a date of the key ({text}): write it as text")
            return ""
        return text

    def _filled(self, mapping: Columns, number: int, row: Sequence[Any], wish: Wish) -> bool:
        """Put what a row says into a record; whether all of it could be."""
        before = len(self._problems)
        for place, name in enumerate(self._header):
            column = mapping.columns.get(name)
            cell = row[place] if place < len(row) else None
            if not column or not column.to or plain(cell).strip() == "" or self._odd(number, name):
                continue
            to = self._places[column.to]
            if to.listed:
                parts = [part.strip() for part in plain(cell).split(column.split or ";") if part.strip()]
                values = [one for part in parts for one in self._value(column, to, number, name, part)]
                way: Path = tuple(step for step in steps(column.to) if step != "[]")
            else:
                values = list(self._value(column, to, number, name, cell))
                way = to.heading.path
            if values and not put(wish, way, values if to.listed else values[0]):
                self._problem(number, name, "the record has something else where it would go")
        return len(self._problems) == before

    def _value(self, column: Column, to: Place, number: int, name: str, cell: Any) -> Iterator[Any]:
        """The value that a cell says; none where it says none, which is told."""
        text = plain(cell).strip()
        heading = to.heading
        if text in column.values:
            yield column.values[text]
            return
        if column.by_label:
            found = self._label(heading, text)
            if found is None:
                self._problem(number, name, self._unlabelled(heading, text))
            else:
                yield found
            return
        if column.date:
            day = self._day(column, cell, text)
            if not day:
                self._problem(number, name, f"{text!r} is no date as {column.date}")
            else:
                yield day
            return
        why = None if column.digits and text.isdecimal() else damage(cell, None, heading)
        try:
            if why is None:
                yield value_of(cell if not isinstance(cell, str) else text, heading.encoding, None)
        except Unreadable as error:
            why = str(error)
        if why:
            self._problem(number, name, why)

    def _day(self, column: Column, cell: Any, text: str) -> str:
        if isinstance(cell, datetime):
            return cell.date().isoformat() if cell.time() == datetime.min.time() else ""
        if isinstance(cell, date):
            return cell.isoformat()
        if re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text):
            return text
        return dated(text, column.date) if column.date != "cell" else ""

    def _label(self, heading: Any, text: str) -> Any:
        if heading.name not in self._labels:
            self._labels[heading.name] = self._opened.beside.labels(heading.targets)
        to = self._opened.beside.meant(heading.targets, text)
        return self._labels[heading.name].get(fold(text)) if to is None else text

    def _unlabelled(self, heading: Any, text: str) -> str:
        collections = ", ".join(dict.fromkeys(one.collection for one in heading.targets))
        if fold(text) in self._labels[heading.name]:
            return f"several records of {collections} are called {text!r}: write the key"
        return f"no record of {collections} is called {text!r}: add it first, or write the key"

    def _odd(self, number: int, name: str) -> bool:
        why = self._page.odd.get((number, self._header.index(name)))
        if why:
            self._problem(number, name, why)
        return bool(why)

    def _problem(self, number: int, name: str, why: str) -> None:
        self._problems.append(f"{self._page.name}!{cell_name(number, self._header.index(name))}: {why}")


_SKIP = (
    "mend them in the sheet, or say in {} what is meant (--map-only writes it without taking a record); or say --skip, "
    "which takes the rest"
)


def _header(page: Page, row: Sequence[Any]) -> list[str]:
    """The headers. Raises Refused where one is there twice, or cells are merged."""
    merged = next(((place, why) for place, why in page.odd.items() if why.startswith("merged")), None)
    if merged:
        raise Refused(f"{page.name}!{cell_name(*merged[0])}: {merged[1]}")
    header = [" ".join(plain(cell).split()) for cell in row]
    for place, name in enumerate(header):
        if name and name in header[:place]:
            raise Refused(f"{page.name}!{cell_name(0, place)}: the header {name!r} is there twice: give one another")
    if not any(header):
        raise Refused(f"{page.name}: its first row has no headers")
    return header


def slug(text: str) -> str:
    """A key made of a text: small letters and digits, with hyphens between them."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return re.sub(r"[^a-z0-9]+", "-", "".join(one for one in apart if not unicodedata.combining(one))).strip("-")


_LETTERS = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})
