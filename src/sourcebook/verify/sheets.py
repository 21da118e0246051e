# SPDX-License-Identifier: Apache-2.0
"""The cells of a workbook: the one door to openpyxl, which is independent of who wrote it, and may be missing."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

from sourcebook.content.flat.sheet import fitting
from sourcebook.extract import cell_text
from sourcebook.verify.workbook_parts import as_ours

Row = list[Any]
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def workbook_rows(file: IO[bytes], most: int | None = None) -> Iterator[Row]:
    """The rows of a workbook, its header first; what a sheet has no room for goes on in another, below the same header.

    Raises ValueError where it is no workbook as they are written here, or unpacks to more than ``most`` bytes, and
    whatever openpyxl does where it is damaged.
    """
    import openpyxl

    with zipfile.ZipFile(file) as archive:
        if most is not None and sum(one.file_size for one in archive.infolist()) > most:
            raise ValueError("it unpacks to more than any workbook of such records")
        as_ours(archive)
    book = openpyxl.load_workbook(file, read_only=True)
    try:
        header: Row | None = None
        for sheet in book.worksheets:
            rows = ([_value(cell) for cell in row] for row in sheet.iter_rows())
            first = next(rows, [])
            if header is None:
                header = first
                yield header
            elif first != header:
                raise ValueError(f"the header of the sheet {sheet.title} is another")
            yield from (row + [None] * (len(header) - len(row)) for row in rows)
    finally:
        book.close()


def _value(cell: Any) -> Any:
    """The value of a cell, with its type: a text, a number or None."""
    if cell.data_type == "s":
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), cell.value)
    if cell.data_type == "n":
        return cell.value
    return (cell.data_type, cell.value)  # a formula, or what else it must not have


def as_kept(row: Iterable[Any]) -> Row:
    """A row as a spreadsheet keeps it: numbers of more than 15 digits as texts, and what is too long cut."""
    return list(map(_kept, row))


def _kept(cell: Any) -> Any:
    if cell is None or cell == "":
        return None
    if isinstance(cell, int | float) and float(f"{cell:.15g}") == cell:
        return cell
    return fitting(cell_text(cell))
