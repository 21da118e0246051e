# SPDX-License-Identifier: Apache-2.0
"""Sheets as CSV (RFC 4180, UTF-8 with a byte order mark, without which spreadsheets take it for another encoding).

CSV has one sheet a file: the collection's own table is in the file that was named, the others lie beside it, with the
name of their table before the ending, and so does what all of it was made from.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from sourcebook.sheets.cells import Cell
from sourcebook.sheets.csv_cells import beside, harmless
from sourcebook.sheets.filled import Workbook


def paths(path: Path, names: Sequence[str]) -> list[Path]:
    """The files of sheets by their names, the first of which is that of the collection itself."""
    return [path, *(beside(path, name) for name in names[1:])]


def write_csv(workbook: Workbook, files: Sequence[Path], base: Path) -> None:
    """Write each sheet to its file, and where it comes from to ``base``. Raises OSError where the disk fails."""
    for file, (_, sheet) in zip(files, workbook.sheets, strict=True):
        header = [one.name for one in sheet.headings]
        _write(file, [header], ([cell for cell, _ in row] for row in workbook.filled(sheet)))
    _write(base, [], workbook.base.rows())


def _write(path: Path, header: Iterable[Sequence[str]], rows: Iterable[Sequence[Cell]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="", errors="replace") as file:
        writer = csv.writer(file)
        for some in (header, rows):
            writer.writerows([harmless(cell) for cell in row] for row in some)
