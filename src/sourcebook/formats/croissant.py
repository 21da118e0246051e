# SPDX-License-Identifier: Apache-2.0
"""A book in Croissant 1.0 (https://docs.mlcommons.org/croissant/docs/croissant-spec.html), as programs that learn from
data load it: files with hashes, and each table as a set of records with typed fields, keys and references.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from sourcebook.content.about_book import about_book
from sourcebook.extract.site import ColumnNote, Field, Site, TableNote
from sourcebook.formats.dataset import credit, facts, filled
from sourcebook.formats.distributions import Distribution, distributions, table_title, table_told
from sourcebook.formats.model import File

# As the specification has it, all but the language.
CONTEXT = {
    "@language": None,  # which the specification has as en: no descriptor says in what language it is
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
# By which of other names its readers know a media type.
_OWN = {"application/vnd.apache.parquet": "application/x-parquet", "application/x-ndjson": "application/jsonlines"}
_READ = ("parquet", "csv")  # what records are read from, the best first: a CSV leaves types to be guessed by its reader


def croissant(site: Site, files: Sequence[File], base: str, released: str, release: str = "") -> dict[str, Any]:
    """The description of a book with the ``files`` of its release.

    ``base`` is the address of the site, ending in a slash, or empty; ``released`` the day of the release; ``release``
    its id, empty where it is not known yet.
    """
    about = about_book(site, released=released)
    said = facts(about, base)
    days = about.released if len(about.released) == len("2026-01-31") else ""
    known = {one.file.path: one for one in distributions(site, files, base)}
    return {"@context": CONTEXT, "@type": "sc:Dataset"} | filled(
        {
            **said,
            "@id": f"{base}#dataset",
            "conformsTo": "http://mlcommons.org/croissant/1.0",
            "datePublished": days,
            "version": about.version or release,
            "citeAs": about.citation,
            "creditText": list(credit(about)),
            "distribution": [_file_object(one) for one in known.values()],
            "recordSet": list(_record_sets(site, known.values())),
        }
    )


def _file_object(one: Distribution) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": _file_id(one),
        "name": one.file.path,
        "description": one.told,
        "contentUrl": one.href,
        "contentSize": f"{one.file.bytes} B",
        "encodingFormat": [one.media_type, _OWN[one.media_type]] if one.media_type in _OWN else one.media_type,
        "sha256": one.file.sha256,
    }


def _file_id(one: Distribution) -> str:
    return quote(one.file.path)


def _record_sets(site: Site, known: Iterable[Distribution]) -> Iterator[dict[str, Any]]:
    """Each table that there is a file of."""
    read_from = {
        one.file.of: one for format in reversed(_READ) for one in known if one.file.format == format and one.file.of
    }
    booleans = {
        (table, field.column)
        for one in site.collections
        for table, field in _values(one.table, one.whole or one.fields)
        if field.encoding == "boolean"
    }
    for table in site.tables:
        if table.name in read_from:
            fields = [
                _field(table, column, read_from, boolean=(table.name, column.name) in booleans)
                for column in table.columns
            ]
            yield {"@type": "cr:RecordSet", "@id": quote(table.name, safe="")} | filled(
                {
                    "name": table_title(table),
                    "description": table_told(site, table),
                    "key": [{"@id": _field_id(table.name, one)} for one in table.key],
                    "field": fields,
                }
            )


def _field(
    table: TableNote, column: ColumnNote, read_from: Mapping[str, Distribution], *, boolean: bool
) -> dict[str, Any]:
    leads = column.to in read_from
    kind = {"INTEGER": "sc:Boolean" if boolean else "sc:Integer", "REAL": "sc:Float"}.get(column.type, "sc:Text")
    return {"@type": "cr:Field", "@id": _field_id(table.name, column.name)} | filled(
        {
            "name": column.name,
            "description": column.description or column.title,
            "dataType": kind,
            "source": _extracted(read_from[table.name], column.name),
            "references": _extracted(read_from[column.to], column.to_column) if leads else {},
        }
    )


def _extracted(one: Distribution, column: str) -> dict[str, Any]:
    return {"fileObject": {"@id": _file_id(one)}, "extract": {"column": column}}


def _field_id(table: str, column: str) -> str:
    return f"{quote(table, safe='')}/{quote(column, safe='')}"


def _values(table: str, fields: Iterable[Field]) -> Iterator[tuple[str, Field]]:
    """All single values below ``fields``, each with its table."""
    for one in fields:
        if one.kind == "value":
            yield table, one
        yield from _values(one.table or table, one.fields)
