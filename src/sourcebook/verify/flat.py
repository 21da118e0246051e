# SPDX-License-Identifier: Apache-2.0
"""Files that hold a collection as a flat table, against the rows that the database gives."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from importlib.util import find_spec
from itertools import chain, zip_longest
from typing import Any

from sourcebook.content.flat.rows import Flat, in_chunks
from sourcebook.content.opened import Opened
from sourcebook.exact import loads, same
from sourcebook.extract import cell_text
from sourcebook.extract.site import Collection
from sourcebook.formats.flat_csv import BYTE_ORDER_MARK
from sourcebook.formats.flat_files import flat_of, keys_of
from sourcebook.formats.layout import POINT, Place, places
from sourcebook.verify.case import Case
from sourcebook.verify.sheets import as_kept, workbook_rows

Row = Sequence[Any]
_LARGEST_WORKBOOK = 64_000_000  # bytes that a workbook unpacks to, whatever the records are
_LARGEST_A_BYTE = 60  # of the database: a cell of one character has fifty around it
_OF_WORKBOOKS = ("openpyxl", "xlsxwriter")
_PIECE = 1024 * 1024


def flat_files(case: Case) -> None:
    """Every flat CSV, workbook and GeoJSON has the rows and values that the database gives, in order."""
    files = [one for one in places(case.book, case.plans, tuple(_JUDGES)) if case.has(one.path)]
    if not files:
        return
    with closing(Opened(case.folder, case.site)) as opened:
        for one in files:
            lacking = next((name for name in _OF_WORKBOOKS if find_spec(name) is None), None)
            if one.format == "xlsx" and lacking:
                case.ledger.unverifiable("workbooks against database", f"{lacking} is not installed")
                continue
            with case.guarded(one.path):
                _JUDGES[one.format](case, one, _Rows(opened, one.of))


class _Rows:
    """The rows of a collection, as the database gives them now."""

    def __init__(self, opened: Opened, collection: str) -> None:
        self.collection: Collection = opened.site.collection(collection)
        self.flat: Flat = flat_of(opened, collection)
        self._keys = keys_of(opened, collection)

    def __iter__(self) -> Iterator[Row]:
        for some in self.flat.chunks(in_chunks(self._keys)):
            yield from zip(*some.columns, strict=True)


def _csv(case: Case, one: Place, rows: _Rows) -> None:
    if one.path.startswith("spreadsheet/"):
        return _marked(case, one)
    wanted = chain([rows.flat.header], ([cell_text(cell) for cell in row] for row in rows))
    limit = csv.field_size_limit(2**31 - 1)
    try:
        with (case.folder / one.path).open(encoding="utf-8", newline="") as text:
            differing = _first(zip_longest(csv.reader(text, strict=True), wanted))
    except csv.Error as error:
        return case.differs(one.path, f"is not CSV: {error}")
    finally:
        csv.field_size_limit(limit)
    case.ledger.performed("flat CSV against database")
    return _tell(case, one, differing)


def _marked(case: Case, one: Place) -> None:
    """It is the same bytes as the plain CSV behind a byte order mark."""
    case.ledger.performed("CSV for spreadsheets")
    plain = case.folder / "flat" / one.path.removeprefix("spreadsheet/")
    with (case.folder / one.path).open("rb") as marked, plain.open("rb") as unmarked:
        alike = marked.read(len(BYTE_ORDER_MARK)) == BYTE_ORDER_MARK
        while alike and (piece := unmarked.read(_PIECE)):
            alike = marked.read(len(piece)) == piece
        if not alike or marked.read(1):
            case.differs(one.path, f"is not the flat/{plain.name} behind a byte order mark")


def _workbook(case: Case, one: Place, rows: _Rows) -> None:
    wanted = chain([rows.flat.header], map(as_kept, rows))
    most = _LARGEST_WORKBOOK + _LARGEST_A_BYTE * case.anew.stat().st_size
    try:
        with (case.folder / one.path).open("rb") as file:
            differing = _first(zip_longest(workbook_rows(file, most), wanted))
    except Exception as error:  # whatever openpyxl stumbles over in a damaged file
        return case.differs(one.path, f"cannot be read: {type(error).__name__}: {error}")
    case.ledger.performed("workbooks against database")
    return _tell(case, one, differing)


def _geojson(case: Case, one: Place, rows: _Rows) -> None:
    found = loads((case.folder / one.path).read_bytes())
    role = rows.collection.roles[POINT]
    at = [rows.flat.place_of(role[name]) for name in ("longitude", "latitude")]
    key = rows.flat.header.index(rows.collection.key)
    wanted = [
        _feature(dict(zip(rows.flat.header, row, strict=True)), str(row[key]), [row[n] for n in at]) for row in rows
    ]
    case.ledger.performed("GeoJSON against database")
    if not isinstance(found, dict) or not isinstance(found.get("features"), list):
        return case.differs(one.path, "is no collection of features")
    placed = [feature["geometry"] is not None for feature in wanted]
    unknown = sum(None in (feature["properties"][rows.flat.header[n]] for n in at) for feature in wanted)
    counts = {
        "features": len(wanted),
        "without_coordinates": unknown,
        "out_of_range": len(placed) - sum(placed) - unknown,
    }
    about = {"type": "FeatureCollection", "name": rows.collection.title, "counts": counts}
    if {name: value for name, value in found.items() if name != "features"} != about:
        case.differs(one.path, "what it says of itself is not so")
    pairs = zip_longest(found["features"], wanted)
    return _tell(case, one, next((n for n, (left, right) in enumerate(pairs) if not same(left, right)), None))


def _feature(properties: dict[str, Any], key: str, at: Row) -> dict[str, Any]:
    there = all(cell is not None and abs(cell) <= most for cell, most in zip(at, (180, 90), strict=True))
    geometry = {"type": "Point", "coordinates": list(at)} if there else None
    return {"type": "Feature", "id": key, "geometry": geometry, "properties": properties}


def _first(pairs: Iterator[tuple[Any, Any]]) -> int | None:
    """The number of the first pair of rows, the header's being 0, that are not the same."""
    return next((number for number, (left, right) in enumerate(pairs) if left != right), None)


def _tell(case: Case, one: Place, number: int | None) -> None:
    if number is not None:
        shown = "the header" if number == 0 and one.format != "geojson" else f"row {number + (one.format == 'geojson')}"
        case.differs(one.path, f"{shown} is not what the database gives of {one.of}")


_JUDGES: dict[str, Callable[[Case, Place, _Rows], None]] = {"flat": _csv, "xlsx": _workbook, "geojson": _geojson}
