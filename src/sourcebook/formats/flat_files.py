# SPDX-License-Identifier: Apache-2.0
"""What is made of a collection as one flat table: its rows are made once for all formats, since that costs most."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from sourcebook.content.about_book import released_of
from sourcebook.content.addresses import Addresses
from sourcebook.content.flat.rows import Flat, in_chunks
from sourcebook.content.opened import Opened
from sourcebook.formats.flat_csv import FlatCsv
from sourcebook.formats.geojson import GeoJson
from sourcebook.formats.layout import POINT
from sourcebook.formats.model import File
from sourcebook.formats.workbook import WorkbookFile
from sourcebook.sqlite import RECORDS

FLAT, XLSX, GEOJSON = FLAT_FORMATS = "flat", "xlsx", "geojson"
_AT_ONCE = 500  # records: so many are held in memory


def write_flat(folder: Path, collection: str, stem: str, formats: Collection[str]) -> list[File]:
    """Write the files of a collection in those of ``formats`` that are flat tables, into the ``folder`` of a release.

    GeoJSON is written where the records have places. The database, ``site.json`` and the index of the site are there by
    then. Raises OSError where the disk fails.
    """
    with closing(Opened(folder)) as opened:
        one = opened.site.collection(collection)
        flat = flat_of(opened, collection)
        files: list[FlatCsv | WorkbookFile | GeoJson] = []
        with ExitStack() as stack:  # which closes those that are open, should the next not open
            if FLAT in formats:
                files.append(stack.enter_context(FlatCsv(folder, stem, collection, flat.header)))
            if XLSX in formats:
                made = released_of(opened.site)
                files.append(stack.enter_context(WorkbookFile(folder, stem, one, flat.header, made)))
            if GEOJSON in formats and POINT in one.roles:
                files.append(stack.enter_context(GeoJson(folder, stem, one, flat)))
            for some in flat.chunks(in_chunks(keys_of(opened, collection), _AT_ONCE)):
                for file in files:
                    file.add(some)
        return [written for file in files for written in file.files()]


def flat_of(opened: Opened, collection: str) -> Flat:
    """A collection as files have it: with the whole addresses of its pages where the book says where its site is."""
    site = opened.site.address.rstrip("/")
    at = Addresses("/", opened.site.name)
    return Flat(opened, at, opened.site.collection(collection), f"{site}/" if site else "")


def addresses_of(opened: Opened) -> Addresses:
    """The addresses of a book's pages: whole ones where the book says where its site is, and else from its root."""
    return Addresses(opened.site.address or "/", opened.site.name)


def keys_of(opened: Opened, collection: str) -> Sequence[str]:
    """The keys of a collection's records, in the database's order."""
    query = f"SELECT key FROM {RECORDS} WHERE collection = ? ORDER BY rowid"
    return [key for (key,) in opened.connection.execute(query, (collection,))]
