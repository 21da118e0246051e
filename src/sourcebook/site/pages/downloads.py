# SPDX-License-Identifier: Apache-2.0
"""The page of downloads: what there is of each collection, how to open it, and every file with its SHA-256."""

from __future__ import annotations

from collections.abc import Collection as Many
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sourcebook.book.formats import FORMATS, Format, install
from sourcebook.extract.site import Collection
from sourcebook.formats.index_json import NAME as INDEX
from sourcebook.publish.release import SUMS
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.machines.heads import of_downloads
from sourcebook.site.opening import examples
from sourcebook.site.published import Published
from sourcebook.site.rendering import page
from sourcebook.site.shelf import KINDS, Kept, kinds, shelf

_BESIDE = ("flat", "spreadsheet", "xlsx", "json", "ndjson", "geojson", "csv", "parquet", "prov", "ftm")
"""Kinds of files that there may be one of for each collection, in the order in which a reader is told of them."""
_OF_TABLES = ("csv", "parquet")
_PACKED = ("gzip", "br")
_OF_ROLES = {"geojson": "point", "ftm": "ftm"}
"""Formats that only collections with a role have files in."""


@dataclass(frozen=True, slots=True)
class Row:
    """A collection, or a table of its lists: what ``files`` there are of it, by kind, and how many rows it has."""

    name: str
    title: str
    href: str
    rows: int | None
    files: Mapping[str, Kept]
    tables: tuple[Row, ...] = field(default=())


def answer(opened: Published, asked: Asked) -> Answer | None:
    """The page, or the same as data: ``/downloads.json``."""
    files = shelf(opened, asked.at(opened.site.name))
    if asked.path[0].endswith(".json"):
        return Answer.json(_data(opened, files))
    by_kind = {kind: [one for one in files if one.kind == kind.name] for kind in kinds(opened.site, files)}
    there = {one.format for one in files}
    by_path = {one.path: one for one in files}
    return page(
        "downloads",
        opened,
        asked,
        head=of_downloads(opened, asked, _items(files)),
        whole=[by_path[path] for path in (opened.site.database, f"{opened.site.name}.zip") if path in by_path],
        rows=[_row(opened, asked, one, files) for one in opened.site.collections],
        kinds={kind: held for kind, held in by_kind.items() if held},
        formats=[kind for kind, held in by_kind.items() if held and kind.format],
        extracts="csv" in there,
        lacking=_lacking(opened, there),
        index=INDEX in by_path,
        install=install,
        examples=[*examples(opened, files, asked.site or asked.base)],
    )


def lead(opened: Published, asked: Asked) -> Answer:
    """From the folder of the files, of which there is no page, to the page that lists them."""
    return Answer.to(asked.at(opened.site.name).page("downloads"))


def _items(files: Iterable[Kept]) -> list[tuple[str, str]]:
    """The files that readers need, those that have all of the book first: of each its path and media type."""
    needed = (one for one in files if one.kind not in ("packed", "internal"))
    return [(one.path, one.media_type) for one in needed]


def _row(opened: Published, asked: Asked, one: Collection, files: Iterable[Kept]) -> Row:
    at = asked.at(opened.site.name)
    own = {file.kind: file for file in files if file.of == one.name and file.kind in _BESIDE}
    tables = [
        Row(table.name, table.title, "", _rows(held), held)
        for table in opened.site.tables
        if table.collection == one.name and table.name != one.name
        and (held := {file.kind: file for file in files if file.of == table.name and file.kind in _OF_TABLES})
    ]  # fmt: skip
    beside = {kind: own[kind] for kind in _BESIDE if kind in own}
    return Row(one.name, one.title, at.listing(one.address), _rows(beside), beside, tuple(tables))


def _rows(files: Mapping[str, Kept]) -> int | None:
    return next((one.rows for one in files.values() if one.rows is not None), None)


def _lacking(opened: Published, there: Many[str]) -> list[Format]:
    """The formats that the release is not in, though it could be."""
    roles = {role for one in opened.site.collections for role in one.roles}
    there = {*there, *_PACKED, *(name for name, role in _OF_ROLES.items() if role not in roles)}
    return [one for one in FORMATS.values() if one.name not in there]


def _data(opened: Published, files: Iterable[Kept]) -> dict[str, Any]:
    counted = {kind.name: kind.counted.lower() for kind in KINDS if kind.counted}
    return {
        "release": opened.release,
        "sums": SUMS,
        "files": [
            {"kind": one.kind, "path": one.path, "bytes": one.bytes, "sha256": one.sha256, "mediatype": one.media_type}
            | ({"format": one.format} if one.format else {})
            | ({"of": one.of} if one.of else {})
            | ({"title": one.title} if one.title else {})
            | ({counted[one.kind]: one.rows} if one.rows is not None and one.kind in counted else {})
            for one in files
        ],
    }
