# SPDX-License-Identifier: Apache-2.0
"""Sheets as an Excel workbook: texts are texts, what is only shown is locked, lists say what may be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sourcebook.content.flat.sheet import letters
from sourcebook.content.flat.xlsx import MOST_ROWS, new_workbook
from sourcebook.edit.model import Refused
from sourcebook.sheets.base import NAME
from sourcebook.sheets.filled import LOCKED, OPEN, Filled, Workbook
from sourcebook.sheets.headings import Heading, Sheet

_LISTS = "_lists"
_WIDTHS = {"parent": 24, "position": 10, "within": 24, "name": 20, "key": 24}
_INLINE = 200  # characters of a list that a rule holds itself
_LONGEST_COMMENT = 2_000
_ALLOWED = ("autofilter", "delete_rows", "format_cells", "format_columns", "format_rows", "insert_rows", "sort")


def write_xlsx(workbook: Workbook, path: Path) -> None:
    """Write a workbook to ``path``. Raises Refused where it has no room, OSError where the disk fails."""
    with path.open("wb") as file:
        book = new_workbook(file, constant_memory=True)
        try:
            _Writing(workbook, book).write()
        finally:
            book.close()


class _Writing:
    def __init__(self, workbook: Workbook, book: Any) -> None:
        self._workbook = workbook
        self._book = book
        text, grey = {"num_format": "@"}, {"font_color": "#666666", "bg_color": "#F2F2F2"}
        self._formats: Mapping[tuple[str, bool], Any] = {
            (OPEN, True): book.add_format({**text, "locked": False}),
            (OPEN, False): book.add_format({"locked": False}),
            (LOCKED, True): book.add_format({**text, **grey}),
            (LOCKED, False): book.add_format(grey),
        }
        self._bold = book.add_format({"bold": True, **text})
        self._lists: list[Sequence[str]] = []

    def write(self) -> None:
        sheets = [(self._book.add_worksheet(name), sheet) for name, sheet in self._workbook.sheets]
        for page, sheet in sheets:
            self._sheet(page, sheet)
        if self._lists:
            page = self._book.add_worksheet(_LISTS)
            for number in range(max(map(len, self._lists))):
                for place, some in enumerate(self._lists):
                    if number < len(some):
                        page.write_string(number, place, some[number])
            page.hide()
        page = self._book.add_worksheet(NAME)
        for number, row in enumerate(self._workbook.base.rows()):
            for place, text in enumerate(row):
                if text:
                    page.write_string(number, place, text)
        page.protect()
        page.hide()

    def _sheet(self, page: Any, sheet: Sheet) -> None:
        headings = sheet.headings
        page.freeze_panes(1, 1)
        for place, one in enumerate(headings):
            numeric = one.encoding in ("integer", "number") and one.is_value
            page.set_column(place, place, _width(one), self._formats[OPEN if _may_be_new(one) else LOCKED, not numeric])
            self._rule(page, place, one)
        for place, one in enumerate(headings):
            page.write_string(0, place, one.name, self._bold)
            if one.about:
                page.write_comment(0, place, one.about[:_LONGEST_COMMENT], {"x_scale": 2, "y_scale": 1.5})
        number = 0
        for number, row in enumerate(self._workbook.filled(sheet), start=1):
            if number > MOST_ROWS:
                raise Refused(
                    f"the table {sheet.table.name} has more rows than a sheet: send out fewer records, or CSV"
                )
            self._row(page, number, row)
        page.autofilter(0, 0, number, len(headings) - 1)
        page.protect("", dict.fromkeys(_ALLOWED, True))

    def _row(self, page: Any, number: int, row: Sequence[Filled]) -> None:
        for place, (cell, kind) in enumerate(row):
            if isinstance(cell, str):
                page.write_string(number, place, cell, self._formats[kind, True])
            elif cell is not None:
                page.write_number(number, place, cell, self._formats[kind, False])
            elif kind == LOCKED:
                page.write_blank(number, place, None, self._formats[LOCKED, True])

    def _rule(self, page: Any, place: int, heading: Heading) -> None:
        choices = self._workbook.choices(heading) if heading.is_value else ()
        if heading.encoding == "boolean" and heading.is_value:
            choices = ("true", "false")
        if not choices:
            return
        short = sum(map(len, choices)) + len(choices) < _INLINE and not any(
            "," in one or one != one.strip() or one.startswith("=") for one in choices
        )
        if short:
            source: Any = list(choices)
        else:
            column = f"${letters(len(self._lists))}"
            source = f"={_LISTS}!{column}$1:{column}${len(choices)}"
            self._lists.append(choices)
        kind = "stop" if heading.choices else "warning"  # what it refers to may be made after
        rule = {"validate": "list", "source": source, "error_type": kind, "ignore_blank": True}
        page.data_validation(1, place, MOST_ROWS, place, rule)


def _may_be_new(heading: Heading) -> bool:
    """Whether a new row has something to say in a column."""
    return not heading.shown_only and not (heading.fixed and heading.role != "key")


def _width(heading: Heading) -> int:
    if heading.shown_only:
        return 28
    if heading.encoding in ("integer", "number", "boolean") and heading.role == "property":
        return 12
    return _WIDTHS.get(heading.role or "", 30 if heading.encoding in ("text", "json") else 20)
