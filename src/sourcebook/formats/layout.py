# SPDX-License-Identifier: Apache-2.0
"""Which files a release has in each format, and what they are of; and of what is in one already, what they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sourcebook.book import Book
from sourcebook.book.formats import ALWAYS
from sourcebook.extract import file_names
from sourcebook.extract.package import Extracts
from sourcebook.files import sha256
from sourcebook.formats.model import File
from sourcebook.sqlite import RECORDS, quote
from sourcebook.tables.whole_book import Plans

POINT = "point"
FTM = "ftm"
SCHEMA = "tableschema"
"""What the format of a Table Schema is called; descriptions do not tell of these, each is a part of its table."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file of a ``format`` lies in a release, and the table or the collection that it is ``of``."""

    format: str
    of: str
    path: str


def places(book: Book, plans: Plans, formats: Collection[str]) -> Iterator[Place]:
    """The files that a release has in ``formats``, in order; not those that hold others (an archive, packed copies)."""
    names = file_names(book, plans)
    tables = [table.name for plan in plans.values() for table in plan.tables]
    exported = [name for name in plans if FTM in book.by_name[name].roles]
    points = [name for name in plans if POINT in book.by_name[name].roles]
    of_format = {
        "csv": (tables, ("csv/{}.csv",)),
        "json": (plans, ("json/{}.json",)),
        "ndjson": (plans, ("ndjson/{}.ndjson",)),
        "flat": (plans, ("flat/{}.csv", "spreadsheet/{}.csv")),
        "xlsx": (plans, ("xlsx/{}.xlsx",)),
        "parquet": (tables, ("parquet/{}.parquet",)),
        "geojson": (points, ("geojson/{}.geojson",)),
        "prov": (plans, ("prov/{}.ttl",)),
        "ftm": (exported, ("ftm/{}.ndjson",)),
    }
    for name, (all_of, paths) in of_format.items():
        for of in all_of if name in formats else ():
            for path in paths:
                yield Place(name, of, path.format(names[of]))


def extracts(book: Book, plans: Plans, written: Extracts) -> list[File]:
    """CSV and JSON, as they were written."""
    by_path = {one.path: one for one in written.values()}
    found = ((place, by_path[place.path]) for place in places(book, plans, ALWAYS))
    return [File(one.path, place.format, place.of, one.bytes, one.sha256, one.rows) for place, one in found]


def whole(folder: Path, path: str, format_: str, digest: str = "") -> File:
    """A file that holds, or describes, all of a release; ``digest`` is its SHA-256 if that is known."""
    return File(path, format_, "", (folder / path).stat().st_size, digest or sha256(folder / path))


def table_schemas(book: Book, plans: Plans, folder: Path) -> Iterator[File]:
    """The Table Schemas of all tables, as they are. Raises OSError where one is missing."""
    names = file_names(book, plans)
    for plan in plans.values():
        for table in plan.tables:
            yield replace(whole(folder, f"tableschema/{names[table.name]}.json", SCHEMA), of=table.name)


def found(
    book: Book, plans: Plans, formats: Collection[str], folder: Path, connection: sqlite3.Connection
) -> list[File]:
    """The files of a release as they are; rows are those of its database. Raises OSError where one is missing."""
    counts = dict(connection.execute(f"SELECT collection, count(*) FROM {RECORDS} GROUP BY collection"))
    rows: dict[tuple[bool, str], int] = {(False, name): counts.get(name, 0) for name in plans}
    for plan in plans.values():
        for table in plan.tables:
            count = connection.execute(f"SELECT count(*) FROM {quote(table.name)}").fetchone()[0]
            rows[True, table.name] = count
    return [
        File(
            one.path,
            one.format,
            one.of,
            (folder / one.path).stat().st_size,
            sha256(folder / one.path),
            rows[one.format in ("csv", "parquet"), one.of],
        )
        for one in places(book, plans, formats)
    ]
