# SPDX-License-Identifier: Apache-2.0
"""A workbook before its values are read: how much it holds, and what in it no value tells of.

One pass over its parts, of bounded time and memory, finds formulas, values that are errors, merged cells, macros and
links to elsewhere; and refuses what would unpack, or spread out, to more than a machine holds. What could declare an
entity is refused, so that none is resolved.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, NoReturn
from xml.parsers import expat

from sourcebook.content.flat.sheet import letters
from sourcebook.edit.model import Refused

MOST_BYTES = 1_000_000_000  # that a workbook unpacks to
MOST_ROWS = 600_000  # of a sheet
MOST_CELLS = 8_000_000  # of the area that the cells of all sheets take up
MOST_CHARACTERS = 500_000_000  # of all cells
_MOST_PARTS = 5_000
_MOST_TOLD = 20
_READ = 1 << 18


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


def scan(file: IO[bytes], name: str) -> Scanned:
    """What is in a workbook. Raises Refused where it is none, is damaged, or holds too much."""
    try:
        with zipfile.ZipFile(file) as archive:
            return _Scanning(archive, name).all()
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        EOFError,
        RuntimeError,
        expat.ExpatError,
        KeyError,
        OSError,
    ) as error:
        _refuse(name, f"it is no workbook, or a damaged one ({error})")
    except ValueError as error:
        _refuse(name, str(error))


def _refuse(name: str, why: str) -> NoReturn:
    raise Refused(f"{name}: {why}")


class _Scanning:
    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        self._found = Scanned()
        parts = archive.infolist()
        total = sum(one.file_size for one in parts)
        if total > MOST_BYTES or len(parts) > _MOST_PARTS:
            raise ValueError(f"it unpacks to {total:,} bytes in {len(parts):,} parts, which is more than is read")
        self._names = [one.filename for one in parts]
        if len(set(self._names)) != len(self._names):
            raise ValueError("a part of it is there twice")

    def all(self) -> Scanned:
        if "content.xml" in self._names:
            _Ods(self._found).read(self._pieces("content.xml"))
        elif "xl/workbook.xml" in self._names:
            self._xlsx()
        else:
            raise ValueError("it is no workbook (.xlsx) and no spreadsheet (.ods)")
        told = {"macros": ("vbaproject.bin", "basic/", "scripts/"), "links to other files": ("externallinks/",)}
        for what, signs in told.items():
            if any(sign in one.lower() for one in self._names for sign in signs):
                self._found.ignored.append(f"{self._name} has {what}, which are not looked at")
        return self._found

    def _xlsx(self) -> None:
        sheets = self._sheets()
        lengths: list[int] = []
        if shared := next((one for one in self._names if one.lower() == "xl/sharedstrings.xml"), None):
            lengths = _Shared().read(self._pieces(shared))
        read = {shared} if shared else set()
        for name, part in sheets.items():
            if part in self._names:
                _Xlsx(self._found, name, lengths).read(self._pieces(part))
                read.add(part)
        for part in self._names:  # each is unpacked to its end once: what says another size than it has is found
            if part not in read and not part.endswith("/"):
                for _ in self._pieces(part):
                    pass

    def _sheets(self) -> dict[str, str]:
        """The parts of sheets by the names that they have."""
        ids: dict[str, str] = {}

        def sheet(tag: str, attributes: Mapping[str, str]) -> None:
            if _local(tag) == "sheet":
                number = next((value for key, value in attributes.items() if _local(key) == "id"), "")
                ids[number] = attributes.get("name", "")

        targets: dict[str, str] = {}

        def relation(tag: str, attributes: Mapping[str, str]) -> None:
            if _local(tag) == "Relationship":
                targets[attributes.get("Id", "")] = attributes.get("Target", "")

        _parse(self._pieces("xl/workbook.xml"), sheet)
        _parse(self._pieces("xl/_rels/workbook.xml.rels"), relation)
        return {name: _part(targets.get(number, "")) for number, name in ids.items()}

    def _pieces(self, part: str) -> Iterator[bytes]:
        with self._archive.open(part) as opened:
            while piece := opened.read(_READ):
                yield piece


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


def _parse(
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


class _Shared:
    """How long the shared texts of a workbook are: many cells may have one of them."""

    def __init__(self) -> None:
        self._lengths: list[int] = []

    def read(self, pieces: Iterator[bytes]) -> list[int]:
        _parse(pieces, self._start, text=self._text)
        return self._lengths

    def _start(self, tag: str, _attributes: Mapping[str, str]) -> None:
        if tag == "si" or _local(tag) == "si":
            self._lengths.append(0)

    def _text(self, text: str) -> None:
        if self._lengths:
            self._lengths[-1] += len(text)


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


class _Area:
    """The area that the cells of one sheet take up: all of it is held in memory when they are read."""

    def __init__(self, found: Scanned, sheet: str) -> None:
        self.found = found
        self.sheet = sheet
        self._counted = 0
        self._rows = [1 << 40, -1]
        self._columns = [1 << 40, -1]

    def add(self, row: int, column: int, rows: int = 1, columns: int = 1) -> None:
        self._rows = [min(self._rows[0], row), max(self._rows[1], row + rows - 1)]
        self._columns = [min(self._columns[0], column), max(self._columns[1], column + columns - 1)]
        height, width = (one[1] - one[0] + 1 for one in (self._rows, self._columns))
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
        self.found.characters += characters
        if self.found.characters > MOST_CHARACTERS:
            raise ValueError(f"its cells have more than {MOST_CHARACTERS:,} characters")


class _Xlsx:
    """A sheet of SpreadsheetML."""

    def __init__(self, found: Scanned, sheet: str, lengths: list[int]) -> None:
        self._area = _Area(found, sheet)
        self._found = found
        self._sheet = sheet
        self._lengths = lengths
        self._row, self._column = -1, -1
        self._shared = self._in_value = False

    def read(self, pieces: Iterator[bytes]) -> None:
        _parse(pieces, self._start, self._end, self._text)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = _local(tag)
        if tag == "c":
            self._cell(attributes)
        elif tag == "v":
            self._area.add(self._row, self._column)
            self._in_value = True
        elif tag == "t":
            self._area.add(self._row, self._column)
        elif tag == "f":
            self._found.note(self._sheet, self._row, self._column, FORMULA)
        elif tag == "row":
            self._row = int(attributes["r"]) - 1 if attributes.get("r", "").isdecimal() else self._row + 1
            self._column = -1
        elif tag == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            row, column = place_of(first)
            self._found.note(self._sheet, row, column, f"{_MERGED} ({first} to {last or first})")

    def _cell(self, attributes: Mapping[str, str]) -> None:
        if "r" in attributes:
            self._row, self._column = place_of(attributes["r"])
        else:
            self._column += 1
        kind = attributes.get("t")
        self._shared = kind == "s"
        if kind == "e":
            self._found.note(self._sheet, self._row, self._column, _ERROR)

    def _end(self, tag: str) -> None:
        if tag == "v":
            self._in_value = False

    def _text(self, text: str) -> None:
        if self._in_value and self._shared and text.isdecimal() and int(text) < len(self._lengths):
            self._area.text(self._lengths[int(text)])


class _Ods:
    """The content of an OpenDocument spreadsheet."""

    def __init__(self, found: Scanned) -> None:
        self._found = found
        self._area = _Area(found, "")
        self._tables = 0
        self._row = self._column = 0
        self._rows = self._columns = 1
        self._inside = False

    def read(self, pieces: Iterator[bytes]) -> None:
        _parse(pieces, self._start, self._end, self._text)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self._area = _Area(self._found, attributes.get("table:name", ""))
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
            self._found.note(*place, _ERROR)
        spans = [attributes.get(f"table:number-{what}-spanned", "1") for what in ("columns", "rows")]
        if spans != ["1", "1"]:
            self._found.note(*place, _MERGED)

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


FORMULA = "a formula: what it gives changes with other cells; write its value as text"
_MERGED = "merged with others: take it apart, and write each value into its own cell"
_ERROR = "an error instead of a value, as #REF! is"
