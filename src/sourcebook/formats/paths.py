# SPDX-License-Identifier: Apache-2.0
"""What a file of a release is, by its path alone: its format, its media type, and whether it is a packed copy."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sourcebook.book.formats import FORMATS

CODINGS: Mapping[str, str] = {"br": ".br", "gzip": ".gz"}
"""Content codings that copies may have, best first, each with the ending of its copies."""
_FOLDERS: Mapping[str, str] = {
    "csv": "csv",
    "json": "json",
    "ndjson": "ndjson",
    "flat": "flat",
    "spreadsheet": "flat",
    "xlsx": "xlsx",
    "parquet": "parquet",
    "geojson": "geojson",
    "prov": "prov",
    "ftm": "ftm",
}
_TYPES: Mapping[str, str] = {
    "csv": "text/csv",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "ttl": "text/turtle",
    "xml": "application/xml",
    "cff": "application/yaml",
    "yaml": "application/yaml",
    "md": "text/markdown",
    "html": "text/html",
    "db": "application/vnd.sqlite3",
    "sqlite": "application/vnd.sqlite3",
} | {one.name: one.media_type for one in FORMATS.values() if one.name not in ("flat", "prov", "ftm", "gzip", "br")}
_ENDINGS: Mapping[str, str] = {"gz": "gzip", "br": "br"}
_NAMED: Mapping[str, str] = {"ro-crate-metadata.json": "application/ld+json", "croissant.json": "application/ld+json"}


def format_of(path: str) -> str:
    """The name of a file's format in `FORMATS`; empty where it is of none, as the database and descriptions are."""
    ending = path.rpartition(".")[2]
    if ending in _ENDINGS and path.count(".") > 1:
        return _ENDINGS[ending]
    folder, slash, _ = path.partition("/")
    if slash:
        return _FOLDERS.get(folder, "")
    return "zip" if ending == "zip" else ""


def coding_of(path: str) -> tuple[str, str]:
    """The content coding of a packed copy, and the path of what is packed in it; empty and the path of any other."""
    for coding, ending in CODINGS.items():
        if path.endswith(ending) and format_of(path) == coding:
            return coding, path.removesuffix(ending)
    return "", path


def media_type(path: str) -> str:
    """The media type of a file, with its character set if it is a text."""
    ending = path.rpartition("/")[2].rpartition(".")[2].lower()
    found = _NAMED.get(path) or _TYPES.get(ending)
    if found is None:
        found = FORMATS[_ENDINGS[ending]].media_type if ending in _ENDINGS else "text/plain"
    return f"{found}; charset=utf-8" if found.startswith("text/") or found == "application/yaml" else found


def is_text(path: str) -> bool:
    """Whether a file is a text, which packing makes smaller."""
    return _TEXTS.match(media_type(path)) is not None and format_of(path) not in CODINGS


_TEXTS = re.compile(r"text/|application/(?:[a-z-]+\+)?(?:json|x-ndjson|xml|yaml)\b")
