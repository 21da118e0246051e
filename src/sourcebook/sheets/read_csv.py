# SPDX-License-Identifier: Apache-2.0
"""CSV: its encoding and separator are found where they can be, or given, and never guessed in silence."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from sourcebook.edit.model import Refused
from sourcebook.sheets.base import NAME, base_of
from sourcebook.sheets.csv_cells import beside, unharmed
from sourcebook.sheets.measuring import FORMULA, MOST_CELLS, MOST_ROWS
from sourcebook.sheets.tables import Page, Read

_MOST_BYTES = 300_000_000
_SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
csv.field_size_limit(10_000_000)


def read_text(path: Path, encoding: str | None) -> str:
    """The text of a file: in UTF-8, or as its byte order mark or ``encoding`` says.

    Raises Refused where it is in none of these, with what it may be; OSError where the disk fails.
    """
    with path.open("rb") as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise Refused(f"{path.name}: it has more than {_MOST_BYTES:,} bytes")
    if data.startswith(b"PK\x03\x04"):
        raise Refused(f"{path.name}: it is a workbook or an archive: name it as what it is, .xlsx or .ods")
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    if b"\0" in data and not encoding and marked == "utf-8":
        which = "utf-16-be" if data.startswith(b"\0") else "utf-16-le"
        raise Refused(
            f"{path.name}: it has zero bytes, as text in UTF-16 has: say --encoding {which}, or save as UTF-8"
        )
    try:
        text = data.decode(encoding or marked)
    except LookupError:
        raise Refused(f"no encoding is called {encoding!r}") from None
    except UnicodeDecodeError as error:
        raise Refused(_not_decoded(path, data, error, encoding)) from None
    return text.removeprefix("\ufeff")


def _not_decoded(path: Path, data: bytes, error: UnicodeDecodeError, encoding: str | None) -> str:
    line = data.count(b"\n", 0, error.start) + 1
    at = f"{path.name}:{line}: it is not in {encoding or 'UTF-8'} (byte 0x{data[error.start]:02x})"
    if encoding:
        return at
    begin = data.rfind(b"\n", 0, error.start) + 1
    shown = data[max(begin, error.start - 20) : error.start + 20].splitlines()[0].decode("cp1252", "replace")
    return f"{at}: as Windows wrote it, say --encoding cp1252 if {shown!r} is right; or save it as UTF-8"


def separator_of(text: str, path: Path, given: str | None) -> str:
    """The character between cells: what is given, or the one that makes the header and the first rows of one width.

    Raises Refused where several do.
    """
    if given:
        return "\t" if given in ("tab", "\\t") else given
    lines = text[:200_000].splitlines()[:200]
    if text[200_000:]:
        lines = lines[:-1]
    found = [one for one in _SEPARATORS if _is_even(lines, one)]
    if not found:
        inside = [one for one in _SEPARATORS if lines and one in lines[0]]
        return inside[0] if len(inside) == 1 else ","
    if len(found) > 1:
        first = [one for one in found if _width(lines, one) == max(_width(lines, other) for other in found)]
        if len(first) > 1:
            told = " or ".join(_SEPARATORS[one] for one in first)
            raise Refused(f"{path.name}: its cells may be parted by {told}: say which by --separator")
        found = first
    return found[0]


def _is_even(lines: list[str], separator: str) -> bool:
    widths = {len(row) for row in csv.reader(lines, delimiter=separator) if row}
    return len(widths) == 1 and widths != {1}


def _width(lines: list[str], separator: str) -> int:
    return len(next(csv.reader(lines, delimiter=separator), []))


def read_csv(path: Path, encoding: str | None, separator: str | None, *, alone: bool = False) -> Read:
    """A file of CSV and, unless it is asked for ``alone``, those that were written beside it: each is a page.

    Raises Refused where one of them cannot be read, OSError where the disk fails.
    """
    first = _page(path, path.stem, encoding, separator, ours=not alone)
    base = beside(path, NAME)
    if alone or not base.is_file():
        return Read([first])
    about = _page(base, NAME, None, None, ours=True)
    pages = [first, about]
    said = base_of(iter(about.rows))
    for number, name in enumerate(said.sheets if said else ()):
        if number == 0:
            first.name = name
        elif (file := beside(path, name)).is_file():
            pages.append(_page(file, name, encoding, separator, ours=True))
    return Read(pages)


def _page(path: Path, name: str, encoding: str | None, separator: str | None, *, ours: bool) -> Page:
    """A file as a page; of one of ``ours`` no cell that is a text is led by what leads formulas."""
    text = read_text(path, encoding)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text, path, separator), strict=True)
    rows: list[list[str]] = []
    odd: dict[tuple[int, int], str] = {}
    cells = 0
    try:
        for number, row in enumerate(reader):
            cells += len(row)
            if number > MOST_ROWS or cells > MOST_CELLS:
                raise Refused(f"{path.name}: it has more than {MOST_ROWS:,} rows or {MOST_CELLS:,} cells")
            beyond = next((cell for cell in row[len(rows[0]) :] if cell.strip()), "") if rows and name != NAME else ""
            if beyond:
                raise Refused(
                    f"{path.name}:{reader.line_num}: the row has {len(row)} cells, and the header {len(rows[0])}: "
                    f"{beyond!r} is in none of its columns; a text that has a separator in it goes into quotes"
                )
            if ours and name != NAME and rows and row and len(row) < len(rows[0]):
                raise Refused(
                    f"{path.name}:{reader.line_num}: the row ends after {len(row)} cells, and the header has "
                    f"{len(rows[0])}: whether the others are to be empty cannot be told; write the separators"
                )
            odd |= {(number, place): FORMULA for place, cell in enumerate(row) if cell.startswith("=")}
            rows.append([unharmed(cell) for cell in row] if ours else row)
    except csv.Error as error:
        raise Refused(f"{path.name}:{reader.line_num}: it is no CSV: {error}") from None
    return Page(name, rows, odd)
