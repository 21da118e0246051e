# SPDX-License-Identifier: Apache-2.0
"""The files of a release, each with what it is and what it is of, by kinds that readers are told of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from sourcebook.content.addresses import Addresses
from sourcebook.content.statements import is_statement
from sourcebook.evidence.coverage import FILE as COVERAGE
from sourcebook.extract import DATASETTE, METADATA, SITE_INDEX
from sourcebook.extract.site import SITE, Site
from sourcebook.formats import index_json
from sourcebook.formats.model import File
from sourcebook.formats.paths import coding_of, format_of, media_type
from sourcebook.site.published import Published

_INTERNAL = (SITE, SITE_INDEX, METADATA, DATASETTE, COVERAGE)
"""Files that the site itself is made of."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of files: its ``name``, what it is, what is counted in it, and how its files are called in a list."""

    name: str
    title: str
    about: str
    counted: str = ""
    short: str = ""
    statements: str = ""  # what is to be known of it where the book has statements

    @property
    def format(self) -> bool:
        """Whether it is a format that there is a file in for each collection or table."""
        return bool(self.short)


_ASIDE = "Who says a statement and what answers it stand in other columns and tables"
_IN_FLAT = ", and in each row of the flat tables"
KINDS = (
    Kind("database", "Database", "All tables in one file, for SQLite."),
    Kind(
        "zip",
        "Archive",
        "The Data Package in one file: the CSV of each table, the JSON of each collection, and what describes them.",
        statements=_ASIDE,
    ),
    Kind(
        "flat",
        "Flat tables",
        "A CSV for each collection, a row a record: lists are joined, and what a record refers to stands by name "
        "beside its key. A statement has with it who says it and what answers it. UTF-8, RFC 4180.",
        "Rows",
        "CSV",
    ),
    Kind(
        "spreadsheet",
        "Flat tables for spreadsheets",
        "The same after a byte order mark (EF BB BF), by which Excel knows that it is UTF-8. Other programs may take "
        "the mark for a part of the first column's name: for them is the plain one. A spreadsheet may take a text that "
        "begins with =, +, - or @ for a formula: the workbook is safe from that.",
        "Rows",
        "CSV for spreadsheets",
    ),
    Kind(
        "xlsx",
        "Workbooks",
        "The same for Excel and LibreOffice: what looks like a formula is text, and so are numbers too long for a "
        "spreadsheet.",
        "Rows",
        "Excel",
    ),
    Kind("json", "Records", "A JSON for each collection: its records whole, as they were curated.", "Records", "JSON"),
    Kind("ndjson", "Records, one a line", "The same, a JSON document a line.", "Records", "NDJSON"),
    Kind(
        "geojson",
        "Places on maps",
        "A GeoJSON for each collection whose records have coordinates.",
        "Records",
        "GeoJSON",
    ),
    Kind(
        "prov",
        "Who entered what",
        "A Turtle for each collection, in the terms of W3C PROV-O: by which roles its records were entered and "
        "reviewed, from which documents, and what was corrected. What is said does not stand in it.",
        "Records",
        "PROV-O",
    ),
    Kind(
        "ftm",
        "FollowTheMoney",
        "Statements of FollowTheMoney, one a line. What somebody said is a note there, with who says it and what "
        "answers it, and no property of anybody.",
        "Records",
        "FollowTheMoney",
    ),
    Kind(
        "csv",
        "Tables",
        "A CSV for each table of the database: UTF-8, RFC 4180, with a header.",
        "Rows",
        "CSV of the table",
        _ASIDE,
    ),
    Kind(
        "parquet",
        "Tables in Parquet",
        "The same with their types; what has no value is told apart from an empty text.",
        "Rows",
        "Parquet of the table",
        _ASIDE,
    ),
    Kind(
        "package", "Descriptions", "What the files are and what tables mean, for programs; the first is a Data Package."
    ),
    Kind("tableschema", "Table Schemas", "The columns of each CSV."),
    Kind(
        "packed",
        "Packed copies",
        "The same texts packed, by gzip and Brotli. Who asks for a file and takes these gets them anyway.",
    ),
    Kind("internal", "What the site is made of", "No reader needs these."),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of the release, of one of `KINDS`: ``of`` a table, a collection or nothing; ``rows`` where it has such."""

    path: str
    kind: str
    href: str
    bytes: int
    sha256: str
    format: str
    media_type: str
    of: str = ""
    title: str = ""
    rows: int | None = None


def kinds(site: Site, files: Iterable[Kept]) -> list[Kind]:
    """`KINDS`, each with what a reader of this book, and of these ``files`` of it, is to know of it."""
    if not any(map(is_statement, site.collections)):
        return [*KINDS]
    flat = _IN_FLAT if any(one.kind == "flat" for one in files) else ""
    return [replace(one, about=f"{one.about} {one.statements}{flat}.") if one.statements else one for one in KINDS]


def shelf(opened: Published, at: Addresses) -> list[Kept]:
    """All files that the release's checksums list, by kind and in the order of collections and their tables."""
    told = _told(opened)
    titles = {one.name: one.title for one in opened.site.tables}
    titles |= {one.name: one.title for one in opened.site.collections}
    order = {kind.name: place for place, kind in enumerate(KINDS)}
    places = {path: place for place, path in enumerate(told)}
    found = []
    for path, digest in opened.files:
        one = told.get(path)
        size = one.bytes if one else (opened.folder / path).stat().st_size
        kind = _kind(opened, path)
        of, rows = (one.of, one.rows) if one else ("", None)
        found.append(
            Kept(
                path,
                kind,
                at.download(path),
                size,
                digest,
                format_of(path),
                media_type(path),
                of,
                titles.get(of, ""),
                rows,
            )
        )
    return sorted(found, key=lambda one: (order[one.kind], places.get(one.path, len(places)), one.path))


def _kind(opened: Published, path: str) -> str:
    if coding_of(path)[0]:
        return "packed"
    folder, slash, _ = path.partition("/")
    if slash:
        return folder if any(kind.name == folder for kind in KINDS) else "package"
    if path == opened.site.database:
        return "database"
    if path in _INTERNAL:
        return "internal"
    return format_of(path) or "package"


def _told(opened: Published) -> Mapping[str, File]:
    """What ``index.json`` tells of the files; nothing, where the release is of the database alone."""
    with suppress(OSError, ValueError, KeyError):
        return index_json.files(opened.folder)
    return {}
