# SPDX-License-Identifier: Apache-2.0
"""What a spreadsheet was made from: which book and release, and of each record what it was, as hashes.

With them three states can be held against each other when a sheet comes back: the record as it was sent out, as the
sheet has it now, and as the book has it now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sourcebook.exact import dumps
from sourcebook.sheets.cells import normal, plain, shown
from sourcebook.sheets.headings import Sheet
from sourcebook.sheets.rows import Row, Rows

NAME = "_sourcebook"
"""The name of the sheet that has it, and of what follows the name of a file of CSV."""
_VERSION = "1"
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Hashes:
    """A record as it was: ``record`` is the hash of its value, ``cells`` that of its cells in all sheets."""

    record: str
    cells: str


@dataclass(frozen=True)
class Base:
    """What a spreadsheet says of where it came from."""

    book: str
    collection: str
    release: str = ""
    commit: str = ""
    changed: bool = False  # whether files were other than in the commit
    sheets: Mapping[str, str] = field(default_factory=dict)  # names of tables by names of sheets
    records: Mapping[str, Hashes] = field(default_factory=dict)  # by key

    @property
    def state(self) -> str:
        """Which state of the book it was made from, in words."""
        parts = [f"release {self.release}" if self.release else "", f"commit {self.commit[:12]}" if self.commit else ""]
        told = ", ".join(part for part in parts if part) or "a state without a name"
        return f"{told}, with changes that were not committed" if self.changed else told

    def rows(self) -> Iterator[list[str]]:
        """It as rows of texts."""
        yield ["sourcebook", _VERSION, "What this spreadsheet was made from. Leave it as it is."]
        yield ["book", self.book]
        yield ["collection", self.collection]
        yield ["release", self.release]
        yield ["commit", self.commit, "changed" if self.changed else ""]
        for name, table in self.sheets.items():
            yield ["sheet", name, table]
        for key, hashes in self.records.items():
            yield ["record", key, hashes.record, hashes.cells]


def base_of(rows: Iterable[list[Any]]) -> Base | None:
    """What rows say, as ``Base.rows`` wrote them; None where they say nothing of the kind."""
    said: dict[str, list[str]] = {}
    sheets: dict[str, str] = {}
    records: dict[str, Hashes] = {}
    for number, row in enumerate(rows):
        texts: list[str] = [*map(plain, row), "", "", "", "", ""]
        kind, cells = texts[0], texts[1:]
        if number == 0 and (kind, cells[0]) != ("sourcebook", _VERSION):
            return None
        if kind == "record":
            records[cells[0]] = Hashes(cells[1], cells[2])
        elif kind == "sheet":
            sheets[cells[0]] = cells[1]
        elif kind:
            said[kind] = cells
    if not {"book", "collection"} <= said.keys():
        return None
    nothing = ["", "", ""]
    commit = said.get("commit", nothing)
    return Base(
        said["book"][0],
        said["collection"][0],
        said.get("release", nothing)[0],
        commit[0],
        commit[1] == "changed",
        sheets,
        records,
    )


def hashed(value: Any) -> str:
    """The hash of a record's value: another where anything in it is another, but the order of keys."""
    return _digest(_exact(value))


def _exact(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{dumps(str(key))}:{_exact(value[key])}" for key in sorted(value, key=str)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_exact, value)) + "]"
    if isinstance(value, str):
        return f'"{value}"' if value.isascii() else f'"{value.encode("utf-8", "backslashreplace").decode()}"'
    return repr(value)


def hash_of_rows(sheets: Iterable[Sheet], rows: Rows) -> str:
    """The hash of a record's cells as they are written."""
    return hash_of_cells(written(sheet, row) for sheet in sheets for row in rows.by_table.get(sheet.number, ()))


def written(sheet: Sheet, row: Row) -> tuple[str, tuple[str, str, str], dict[str, str]]:
    """A row as it is hashed: its table, what it is matched by, its cells that are not empty."""
    cells = {
        one.name: normal(shown(value, one.encoding).cell, one.encoding)
        for one in sheet.values
        if (value := row.values.get(one.at)) is not None
    }
    return sheet.table.name, row.identity if sheet.number else ("", "", row.key), cells


def hash_of_cells(rows: Iterable[tuple[str, tuple[str, str, str], Mapping[str, str]]]) -> str:
    """The hash of rows, whatever their order: each its table, what it is matched by, and its cells."""
    told = sorted(
        dumps([table, *identity, *sorted([*pair] for pair in cells.items() if pair[1])])
        for table, identity, cells in rows
    )
    return _digest("\n".join(told))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
