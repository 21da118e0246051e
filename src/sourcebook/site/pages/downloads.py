# SPDX-License-Identifier: Apache-2.0
"""The page of downloads: every file of the release with size, rows and SHA-256, and how to open it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sourcebook.content.addresses import Addresses
from sourcebook.exact import dumps, loads
from sourcebook.export import DATASETTE, METADATA, PACKAGE, SITE_INDEX
from sourcebook.export.site import SITE
from sourcebook.formats.paths import media_type
from sourcebook.publish.release import SUMS
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.machines.heads import of_downloads
from sourcebook.site.published import Published
from sourcebook.site.rendering import page
from sourcebook.sqlite import quote

_INTERNAL = (SITE, SITE_INDEX, METADATA, DATASETTE)
"""Files that the site itself is made of."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of the release: ``rows`` where it has such, or records."""

    path: str
    href: str
    bytes: int
    sha256: str
    title: str = ""
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """Files of one kind, and what is counted in them."""

    name: str
    title: str
    about: str
    counted: str
    files: tuple[File, ...]


def answer(opened: Published, asked: Asked) -> Answer | None:
    """The page, or the same as data: ``/downloads.json``."""
    kinds = [one for one in _kinds(opened, Addresses(asked.base, opened.site.name)) if one.files]
    if asked.path[0].endswith(".json"):
        return Answer.json(_data(opened, kinds))
    files = {one.path: one for kind in kinds for one in kind.files}
    return page(
        "downloads",
        opened,
        asked,
        head=of_downloads(opened, asked, _items(kinds)),
        kinds=kinds,
        extracts=any(one.name == "csv" for one in kinds),
        database=files[opened.site.database],
        table_file=next((one.path.partition("/")[2] for kind in kinds if kind.name == "csv" for one in kind.files), ""),
        select=dumps(f"SELECT * FROM {quote(opened.site.tables[0].name)}"),
        sums=(asked.site or asked.base) + Addresses("", "").download(SUMS),
    )


def _items(kinds: Iterable[Kind]) -> list[tuple[str, str]]:
    """The files that readers need, those that have all of the book first: of each its path and media type."""
    paths = [one.path for kind in kinds if kind.name != "internal" for one in kind.files]
    return [(path, media_type(path)) for path in sorted(paths, key=lambda one: not one.endswith((".db", ".zip")))]


def _kinds(opened: Published, at: Addresses) -> Iterator[Kind]:
    told = _told(opened)
    files = [
        File(path, at.download(path), (opened.folder / path).stat().st_size, digest, *told.get(path, ()))
        for path, digest in opened.files
    ]
    known = {opened.site.database, *_INTERNAL}
    folders: dict[str, list[File]] = {"csv/": [], "json/": [], "tableschema/": []}
    rest = []
    for one in files:
        folder = next((name for name in folders if one.path.startswith(name)), None)
        if folder:
            folders[folder].append(one)
        elif one.path not in known:
            rest.append(one)
    order = {path: place for place, path in enumerate(told)}
    tables = tuple(sorted(folders["csv/"], key=lambda one: order.get(one.path, len(order))))
    records = tuple(sorted(folders["json/"], key=lambda one: order.get(one.path, len(order))))
    yield Kind("database", "Database", "All tables in one file, for SQLite.", "", _named(files, opened.site.database))
    yield Kind("csv", "Tables", "A CSV for each table: RFC 4180, UTF-8, with a header.", "Rows", tables)
    yield Kind(
        "json", "Records", "A JSON for each collection: its records whole, as they were curated.", "Records", records
    )
    yield Kind(
        "package", "Descriptions", "What the tables are and mean, for programs: a Data Package.", "", tuple(rest)
    )
    yield Kind("tableschema", "Table Schemas", "The columns of each CSV.", "", tuple(folders["tableschema/"]))
    yield Kind("internal", "What the site is made of", "No reader needs these.", "", _named(files, *_INTERNAL))


def _named(files: Iterable[File], *paths: str) -> tuple[File, ...]:
    return tuple(one for one in files if one.path in paths)


def _told(opened: Published) -> dict[str, tuple[str, int]]:
    """By path, what the Data Package says of a file: its title, and how many rows or records it has."""
    with suppress(FileNotFoundError):  # a release without extracts
        package = loads((opened.folder / PACKAGE).read_bytes())
        titles = {one.name: one.title for one in opened.site.collections}
        told = {one["path"]: (one["title"], one["rows"]) for one in package["resources"]}
        records = package["sourcebook"]["documents"]
        return told | {one["path"]: (titles[one["collection"]], one["count"]) for one in records}
    return {}


def _data(opened: Published, kinds: Iterable[Kind]) -> dict[str, Any]:
    return {
        "release": opened.release,
        "sums": SUMS,
        "files": [
            {"kind": kind.name, "path": one.path, "bytes": one.bytes, "sha256": one.sha256}
            | ({"title": one.title} if one.title else {})
            | ({kind.counted.lower(): one.rows} if one.rows is not None else {})
            for kind in kinds
            for one in kind.files
        ],
    }
