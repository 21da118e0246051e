# SPDX-License-Identifier: Apache-2.0
"""What is found of a workbook while its parts are passed over, and how much of it there may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from sourcebook.content.flat.sheet import letters

MOST_ROWS = 600_000  # of a sheet
MOST_CELLS = 8_000_000  # of the area that the cells of all sheets take up
MOST_CHARACTERS = 500_000_000  # of all cells

FORMULA = "a formula: what it gives changes with other cells; write its value as text"
MERGED = "merged with others: take it apart, and write each value into its own cell"
ERROR = "an error instead of a value, as #REF! is"


@dataclass
class Scanned:
    """What was found, by the name of the sheet: cells and why they are not taken."""

    odd: dict[str, dict[tuple[int, int], str]] = field(default_factory=dict)  # by row and column, from 0
    ignored: list[str] = field(default_factory=list)
    area: int = 0
    characters: int = 0

    def note(self, sheet: str, row: int, column: int, why: str) -> None:
        """Note a cell."""
        self.odd.setdefault(sheet, {}).setdefault((row, column), why)


class Area:
    """The area that the cells of one sheet take up: all of it is held in memory when they are read."""

    def __init__(self, found: Scanned, sheet: str) -> None:
        self.found = found
        self.sheet = sheet
        self._counted = 0
        self._top = self._left = 1 << 40
        self._bottom = self._right = -1

    def add(self, row: int, column: int, rows: int = 1, columns: int = 1) -> None:
        """Count cells that have something in them. Raises ValueError where that is too much."""
        bottom, right = row + rows - 1, column + columns - 1
        if self._top <= row and bottom <= self._bottom and self._left <= column and right <= self._right:
            return
        self._top, self._bottom = min(self._top, row), max(self._bottom, bottom)
        self._left, self._right = min(self._left, column), max(self._right, right)
        height, width = self._bottom - self._top + 1, self._right - self._left + 1
        if height > MOST_ROWS:
            raise ValueError(
                f"the sheet {self.sheet} has cells in {height:,} rows, and {MOST_ROWS:,} are read: remove what stands "
                "below its last row"
            )
        self.found.area += height * width - self._counted
        self._counted = height * width
        if self.found.area > MOST_CELLS:
            raise ValueError(
                f"its sheets take up more than {MOST_CELLS:,} cells: remove what stands below or beside the last ones"
            )

    def text(self, characters: int) -> None:
        """Count characters. Raises ValueError where that is too much."""
        self.found.characters += characters
        if self.found.characters > MOST_CHARACTERS:
            raise ValueError(f"its cells have more than {MOST_CHARACTERS:,} characters")


_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")


def place_of(reference: str) -> tuple[int, int]:
    """Row and column, from 0, of a reference such as ``B7``. Raises ValueError where it is none."""
    found = _REFERENCE.fullmatch(reference)
    if not found:
        raise ValueError(f"a cell of it has the place {reference!r}")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def cell_name(row: int, column: int) -> str:
    """What a cell is called, by its row and column from 0: ``B7``."""
    return f"{letters(column)}{row + 1}"


def local(tag: str) -> str:
    return tag.rpartition(":")[2]


def parse(
    pieces: Iterator[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    parser = expat.ParserCreate()

    def refuse(*_told: object) -> None:
        raise ValueError("a part of it has a document type")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    if end:
        parser.EndElementHandler = end
    if text:
        parser.buffer_text = True
        parser.CharacterDataHandler = text
    for piece in pieces:
        parser.Parse(piece, False)
    parser.Parse(b"", True)
