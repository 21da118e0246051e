# SPDX-License-Identifier: Apache-2.0
"""A flat table as a workbook of one sheet: the one door to XlsxWriter, which may be missing."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any

from sourcebook.content.flat.rows import Flat, in_chunks
from sourcebook.export import cell_text

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_575
"""Rows of a sheet, below its header."""
MOST_COLUMNS = 16_384
_LONGEST = 32_767  # UTF-16 units of a cell
_CUT = " … (cut here: a cell holds no more; the CSV and the JSON have it whole)"
_READ_AT_ONCE = 256 * 1024


def is_there() -> bool:
    """Whether workbooks can be written here."""
    return find_spec("xlsxwriter") is not None


def workbook(flat: Flat, keys: Sequence[str], title: str) -> Iterator[bytes]:
    """The bytes of a workbook with the rows of ``keys``; an empty piece after each chunk of rows, while it is made.

    All texts are texts, whatever they begin with: none is a formula or a link.
    """
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with tempfile.TemporaryFile() as file:
        with xlsxwriter.Workbook(file, {**options, "strings_to_numbers": False}) as book:
            sheet = book.add_worksheet(_sheet_name(title))
            sheet.freeze_panes(1, 0)
            bold = book.add_format({"bold": True})
            for column, name in enumerate(flat.header):
                sheet.write_string(0, column, name, bold)
            number = 1
            for some in flat.chunks(in_chunks(keys)):
                for row in zip(*some.columns, strict=True):
                    _write(sheet, number, row)
                    number += 1
                yield b""
        file.seek(0)
        while piece := file.read(_READ_AT_ONCE):
            yield piece


def _write(sheet: Any, number: int, row: Sequence[Any]) -> None:
    for column, value in enumerate(row):
        if isinstance(value, int | float) and _is_exact(value):
            sheet.write_number(number, column, value)
        elif value is not None and value != "":
            sheet.write_string(number, column, _fitting(cell_text(value)))


def _is_exact(value: float) -> bool:
    """Whether a spreadsheet keeps a number as it is: it has 15 digits, and no more."""
    return float(f"{value:.15g}") == value


def _fitting(text: str) -> str:
    units = text.encode("utf-16-le", "replace")
    if len(units) <= _LONGEST * 2:
        return text
    return units[: (_LONGEST - len(_CUT)) * 2].decode("utf-16-le", "ignore") + _CUT


def _sheet_name(title: str) -> str:
    """A name as a sheet may have it: short, without some characters, and not an apostrophe at either end."""
    return re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title)[:31].strip(" '") or "Records"
