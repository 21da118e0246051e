# SPDX-License-Identifier: Apache-2.0
"""A flat table as a workbook: the one door to XlsxWriter, which may be missing.

XlsxWriter makes the workbook; the rows of its sheets are put in here, since it takes six times as long for those of a
large book, and would write a text that is led by ``<r>`` and ended by ``</r>`` as the markup that it looks like.
"""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from importlib.util import find_spec
from typing import IO, Any, Self

from sourcebook.content.flat.rows import Flat, in_chunks
from sourcebook.content.flat.sheet import rows_xml

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_575
"""Rows of a sheet, below its header."""
MOST_COLUMNS = 16_384
PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core)\.xml|xl/(styles|workbook|theme/theme1)\.xml"
    r"|xl/_rels/workbook\.xml\.rels|xl/worksheets/sheet[0-9]+\.xml"
)
"""The names of the parts of a workbook that was written here: nothing in it acts, or leads out of it."""
_MOST_BYTES = 1_900_000_000  # of a sheet: past 2 GB a ZIP is of another kind, which Excel wants to repair
_READ_AT_ONCE = 256 * 1024
_PACKED = 1  # as zlib counts: with 6, what is packed takes twice as long and is a tenth smaller
_UNDATED = date(2000, 1, 1)


def is_there() -> bool:
    """Whether workbooks can be written here."""
    return find_spec("xlsxwriter") is not None


class Workbook:
    """A workbook that is written row by row: the same bytes of the same rows. Use it in a ``with`` statement.

    What a sheet has no room for goes on in another. Columns past those that a sheet has are counted in its last one.
    """

    def __init__(self, file: IO[bytes], title: str, header: Sequence[str], made: str = "") -> None:
        """``made`` is the day that it is said to be made on, where that is known."""
        self._archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_PACKED)
        self._title = title
        self._header = _that_fit(header)
        self._made = _day(made)
        empty = frame(title, 2, self._made)
        self._heads = [_Head(empty[_sheet(number)]) for number in (1, 2)]  # the first one is the one that is shown
        self._sheets = 0
        self._rows = self._bytes = 0  # of the sheet at hand
        self._sheet: IO[bytes] | None = None

    def __enter__(self) -> Self:
        with self._given_up():
            self._begin()
        return self

    def __exit__(self, kind: object, *_error: object) -> None:
        with self._given_up():
            if kind is None:
                self._finish()
        if kind is not None:
            self._give_up()

    def _finish(self) -> None:
        self._end()
        for name, data in frame(self._title, self._sheets, self._made).items():
            if name not in map(_sheet, range(1, self._sheets + 1)):
                self._archive.writestr(_member(name), data)
        self._archive.close()

    @contextmanager
    def _given_up(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._give_up()
            raise

    def _give_up(self) -> None:
        """Write no more: an archive that is left open ends itself when it is collected, and tells on standard error
        that the disk fails, which is told already."""
        if self._archive.fp is None:  # it failed while it was ended, and counts as ended
            return
        self._archive.fp = io.BytesIO()
        if self._sheet:
            self._sheet.close()
        self._archive.close()

    def add(self, columns: Sequence[Sequence[Any]]) -> None:
        """Add rows, by their columns; cells are texts, numbers or None."""
        count = len(columns[0])
        if len(columns) > MOST_COLUMNS:
            columns = [*columns[: MOST_COLUMNS - 1], [None] * count]
        done = 0
        while done < count:
            if self._rows >= MOST_ROWS or self._bytes > _MOST_BYTES:
                self._end()
                self._begin()
            some = min(count - done, MOST_ROWS - self._rows)
            part = columns if some == count else [column[done : done + some] for column in columns]
            self._put(rows_xml(part, self._rows + 2).encode("utf-8", "replace"))
            self._rows += some
            done += some

    def _begin(self) -> None:
        self._sheets += 1
        self._rows = self._bytes = 0
        self._sheet = self._archive.open(_member(_sheet(self._sheets)), "w")
        head = self._heads[self._sheets > 1]
        self._put(head.begin + rows_xml([[name] for name in self._header], 1, head.bold).encode("utf-8", "replace"))

    def _end(self) -> None:
        self._put(self._heads[0].end)
        if self._sheet:
            self._sheet.close()

    def _put(self, data: bytes) -> None:
        assert self._sheet
        self._sheet.write(data)
        self._bytes += len(data)


def new_workbook(file: IO[bytes], *, constant_memory: bool = False, made: str = "") -> Any:
    """XlsxWriter's own workbook, to be closed by who asked: for sheets that need more than rows (`sheets`).

    Texts are written as texts, whatever they begin with. ``made`` is the day that it is said to be made on.
    """
    import xlsxwriter

    off = dict.fromkeys(("strings_to_numbers", "strings_to_formulas", "strings_to_urls"), False)
    book = xlsxwriter.Workbook(file, {"constant_memory": constant_memory, "in_memory": not constant_memory, **off})
    book.set_properties({"created": _day(made)})
    return book


def frame(title: str, sheets: int, made: datetime | None = None) -> Mapping[str, bytes]:
    """The parts of a workbook without its rows, by name."""
    file = io.BytesIO()
    with new_workbook(file) as book:
        book.set_properties({"title": title, "created": made or _day("")})
        bold = book.add_format({"bold": True})
        for number in range(1, sheets + 1):
            sheet = book.add_worksheet(_sheet_name(title, number))
            sheet.freeze_panes(1, 0)
            sheet.write_blank(0, 0, None, bold)
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def workbook(flat: Flat, keys: Sequence[str], title: str, made: str = "") -> Iterator[bytes]:
    """The bytes of a workbook with the rows of ``keys``; an empty piece after each chunk of rows, while it is made.

    ``made`` is the day that it is said to be made on.
    """
    with tempfile.TemporaryFile() as file:
        with Workbook(file, title, flat.header, made) as book:
            for some in flat.chunks(in_chunks(keys)):
                book.add(some.columns)
                yield b""
        file.seek(0)
        while piece := file.read(_READ_AT_ONCE):
            yield piece


class _Head:
    """A sheet of one empty cell in bold, taken apart: what comes before its rows, and after; and the number of bold.

    How large it is, which is not known yet, is left out.
    """

    def __init__(self, sheet: bytes) -> None:
        before, row, after = re.split(rb"(?<=<sheetData>)(.*)(?=</sheetData>)", sheet, flags=re.DOTALL)
        self.begin = re.sub(rb"<dimension [^>]*/>", b"", before)
        self.end = after
        self.bold = re.findall(rb' s="([0-9]+)"', row)[0].decode()


def _sheet(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def _member(name: str) -> zipfile.ZipInfo:
    """A part of the archive: of the same bytes whenever it is made, by whomever."""
    found = zipfile.ZipInfo(name)  # its date is the first one that there is
    found.compress_type = zipfile.ZIP_DEFLATED
    found._compresslevel = _PACKED  # type: ignore[attr-defined]
    found.create_system = 3
    return found


def _that_fit(header: Sequence[str]) -> Sequence[str]:
    if len(header) <= MOST_COLUMNS:
        return header
    beyond = len(header) - MOST_COLUMNS + 1
    return [*header[: MOST_COLUMNS - 1], f"({beyond} columns more are in the CSV)"]


def _day(text: str) -> datetime:
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        day = _UNDATED
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _sheet_name(title: str, number: int) -> str:
    """A name as a sheet may have it: short, without some characters, and not an apostrophe at either end."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title)
    if number == 1:
        return plain[:31].strip(" '") or "Records"
    return f"{plain[:22].strip(chr(32) + chr(39)) or 'Records'} ({number})"
