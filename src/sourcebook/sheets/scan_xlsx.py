# SPDX-License-Identifier: Apache-2.0
"""A sheet of SpreadsheetML passed over: what it holds, and what in it no value tells of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sourcebook.sheets.measuring import ERROR, FORMULA, MERGED, Area, Scanned, local, parse, place_of


class Shared:
    """How long the shared texts of a workbook are: many cells may have one of them."""

    def __init__(self) -> None:
        self._lengths: list[int] = []

    def read(self, pieces: Iterator[bytes]) -> list[int]:
        parse(pieces, self._start, text=self._text)
        return self._lengths

    def _start(self, tag: str, _attributes: Mapping[str, str]) -> None:
        if tag == "si" or local(tag) == "si":
            self._lengths.append(0)

    def _text(self, text: str) -> None:
        if self._lengths:
            self._lengths[-1] += len(text)


class SheetPart:
    """A sheet of SpreadsheetML."""

    def __init__(self, found: Scanned, sheet: str, lengths: list[int]) -> None:
        self._area = Area(found, sheet)
        self._found = found
        self._sheet = sheet
        self._lengths = lengths
        self._row, self._column = -1, -1
        self._shared = self._in_value = False
        self._tags: dict[str, str] = {}  # without the prefix of their namespace
        self._columns: dict[str, int] = {}

    def read(self, pieces: Iterator[bytes]) -> None:
        parse(pieces, self._start, text=self._text if self._lengths else None)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._in_value = False
        name = self._tags.get(tag) or self._tags.setdefault(tag, local(tag))
        if name == "c":
            self._cell(attributes)
        elif name in ("v", "t"):
            self._area.add(self._row, self._column)
            self._in_value = name == "v"
        elif name == "f":
            self._found.note(self._sheet, self._row, self._column, FORMULA)
        elif name == "row":
            self._row = int(attributes["r"]) - 1 if attributes.get("r", "").isdecimal() else self._row + 1
            self._column = -1
        elif name == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            row, column = place_of(first)
            self._found.note(self._sheet, row, column, f"{MERGED} ({first} to {last or first})")

    def _cell(self, attributes: Mapping[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            named = reference.rstrip("0123456789")
            column = self._columns.get(named)
            if column is None:
                self._row, column = place_of(reference)
                self._columns[named] = column
            elif len(reference) - len(named) > 7 or reference == named:
                raise ValueError(f"a cell of it has the place {reference!r}")
            else:
                self._row = int(reference[len(named) :]) - 1
            self._column = column
        kind = attributes.get("t")
        self._shared = kind == "s"
        if kind == "e":
            self._found.note(self._sheet, self._row, self._column, ERROR)

    def _text(self, text: str) -> None:
        if self._in_value and self._shared and text.isdecimal() and int(text) < len(self._lengths):
            self._area.text(self._lengths[int(text)])
