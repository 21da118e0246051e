# SPDX-License-Identifier: Apache-2.0
"""The files of a release as descriptions tell of them: what each holds, its media type, its address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from sourcebook.content.addresses import DOWNLOADS
from sourcebook.content.statements import ROLE
from sourcebook.extract.site import Collection, Site, TableNote
from sourcebook.formats.layout import SCHEMA
from sourcebook.formats.model import File
from sourcebook.formats.paths import media_type

_NOT_TOLD = ("gzip", "br", SCHEMA)  # the same file again, or a part of a table: index.json tells of them
_OF_ROWS = ("csv", "parquet")  # rows of a table as they are, so that its columns can be named
_WORDS = {
    "csv": "{} as CSV, a row for each of the table",
    "json": "{} as JSON, whole records",
    "ndjson": "{} as JSON, a record a line",
    "flat": "{} as one flat CSV, a row for each record, with labels and attribution",
    "xlsx": "{} as an Excel workbook, with labels and attribution",
    "parquet": "{} as Parquet, a row for each of the table",
    "geojson": "{} as GeoJSON, of what has a place",
    "prov": "Who entered and reviewed the records of {}, and from which documents, as PROV-O",
    "ftm": "{} as FollowTheMoney statements, one a line",
    "zip": "The Data Package of {} as one archive",
    "sqlite": "All of {} as one SQLite database",
    "description": "What describes {}",
}


@dataclass(frozen=True, slots=True)
class Distribution:
    """A file as descriptions tell of it; ``href`` is where it is had, relative to the release if no site is known."""

    file: File
    href: str
    media_type: str
    told: str


def distributions(site: Site, files: Sequence[File], base: str) -> Iterator[Distribution]:
    """The ``files`` of a release, those aside that are others packed.

    ``base`` is the address of the site, ending in a slash; empty for addresses relative to the release.
    """
    tables = {one.name: one for one in site.tables}
    titles = {name: table_title(one) for name, one in tables.items()} | {
        one.name: one.title for one in site.collections
    }
    for one in files:
        if one.format not in _NOT_TOLD:
            words = _WORDS.get(one.format, "{}").format(titles.get(one.of, one.of) or " ".join(site.title.split()))
            said = _attribution(site, tables[one.of], rows=one.format in _OF_ROWS) if one.of in tables else ""
            yield Distribution(
                one, href(one.path, base), media_type(one.path).partition(";")[0], f"{words}. {said}".rstrip()
            )


def href(path: str, base: str) -> str:
    """The address of a file of the release, percent-encoded."""
    return (base + DOWNLOADS if base else "") + quote(path)


def table_title(table: TableNote) -> str:
    """What a table is called to readers."""
    return table.title or table.name


def table_told(site: Site, table: TableNote) -> str:
    """What a table is, and, where its rows are statements or parts of such, that they are and who says them."""
    return "\n\n".join(filter(None, (table.description, _attribution(site, table, rows=True))))


def _attribution(site: Site, table: TableNote, *, rows: bool) -> str:
    collection = next((one for one in site.collections if one.name == table.collection), None)
    if collection is None or ROLE not in collection.roles:
        return ""
    if not rows:
        return "Each record is what somebody said, with who says it and where that was published."
    if table.parent:
        return f"Each row belongs to a statement of the table “{collection.table}”, where who says it stands."
    by, where = (_column(collection, part) for part in ("by", "in"))
    return f"Each row is what somebody said: who says it stands in {by}, where that was published in {where}."


def _column(collection: Collection, part: str) -> str:
    path = collection.roles[ROLE].get(part, "")
    field = collection.field(path)
    if field is not None and field.table:
        return f"the table “{field.table}”"
    return f"the column “{(field.column if field else '') or path}”"
