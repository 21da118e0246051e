# SPDX-License-Identifier: Apache-2.0
"""The content of an OpenDocument spreadsheet passed over: what it holds, and what in it no value tells of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sourcebook.sheets.measuring import ERROR, FORMULA, MERGED, Area, Scanned, parse


class Content:
    """The content of an OpenDocument spreadsheet."""

    def __init__(self, found: Scanned) -> None:
        self._found = found
        self._area = Area(found, "")
        self._tables = 0
        self._row = self._column = 0
        self._rows = self._columns = 1
        self._inside = False

    def read(self, pieces: Iterator[bytes]) -> None:
        parse(pieces, self._start, self._end, self._text)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self._area = Area(self._found, attributes.get("table:name", ""))
            self._row = self._column = 0
        elif tag == "table:table-row":
            self._rows = _count(attributes, "table:number-rows-repeated")
            self._column = 0
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._cell(attributes)
        elif tag == "text:p" and self._inside:
            self._area.add(self._row, self._column, self._rows, self._columns)

    def _cell(self, attributes: Mapping[str, str]) -> None:
        self._columns = _count(attributes, "table:number-columns-repeated")
        self._inside = True
        if any(key in attributes for key in ("office:value", "office:date-value", "office:boolean-value")):
            self._area.add(self._row, self._column, self._rows, self._columns)
        place = (self._area.sheet, self._row, self._column)
        if attributes.get("table:formula"):
            self._found.note(*place, FORMULA)
        if attributes.get("calcext:value-type") == "error":
            self._found.note(*place, ERROR)
        spans = [attributes.get(f"table:number-{what}-spanned", "1") for what in ("columns", "rows")]
        if spans != ["1", "1"]:
            self._found.note(*place, MERGED)

    def _end(self, tag: str) -> None:
        if tag in ("table:table-cell", "table:covered-table-cell"):
            self._column += self._columns
            self._inside = False
        elif tag == "table:table-row":
            self._row += self._rows

    def _text(self, text: str) -> None:
        if self._inside:
            self._area.text(len(text) * self._rows * self._columns)


def _count(attributes: Mapping[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return int(text) if text.isdecimal() and len(text) < 9 else 1
