# SPDX-License-Identifier: Apache-2.0
"""The pages of a static twin that work in the reader's browser: searching, and SQL; and what their scripts know.

What a script is to find is what `sourcebook.site.searching` finds: it runs the statements that are made here, over the
files of the release.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from sourcebook.content.addresses import STATIC
from sourcebook.content.frozen import NAMES
from sourcebook.content.labels import label_column, labels_sql
from sourcebook.content.statements import ROLE, is_statement
from sourcebook.extract import SITE_INDEX
from sourcebook.extract.site import Collection, Field
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.head import in_script
from sourcebook.site.published import Published
from sourcebook.site.rendering import page
from sourcebook.site.twin_files import scripts, weight
from sourcebook.sqlite import RECORDS, quote

_PIECE = 64 * 1024  # bytes that have a checksum of their own: as many as the script reads at once


def search(opened: Published, asked: Asked) -> Answer:
    """The page of a search: what is found is looked up by a script, and shown from the records' own files."""
    about = [
        _collection(opened, asked, one)
        | {
            "number": one.number,
            "labels": labels_sql(opened, one),
            "summary": [_plain(path) for path in _summary(one)],
            "counted": {_plain(path): field.title for path in _summary(one) if (field := _taken_apart(one, path))},
            "interval": _ends(one),
            "kinds": dict(_kinds(one.fields)),
            "fields": {path: title for path, title, _ in _texts(opened, one.fields)},
            "references": {path: to for path, _, to in _texts(opened, one.fields) if to},
            "maps": sorted(set(_maps(one.fields))),
        }
        for one in opened.site.collections
    ]
    return _page("search_in_browser", "search.js", opened, asked, {"records": RECORDS, "collections": about})


def sql(opened: Published, asked: Asked) -> Answer:
    """The page that runs SQL."""
    site = opened.site
    about = {
        "name": site.name,
        "titles": {one.name: one.title for one in site.tables} | {one.name: one.title for one in site.views},
        "collections": [
            _collection(opened, asked, one)
            | {"table": one.table, "key": one.key, "statement": is_statement(one), "words": _words(one)}
            for one in site.collections
        ],
        "tables": {one.name: one.collection for one in site.tables},
    }
    return _page("sql_in_browser", "sql.js", opened, asked, about, rows_of=_rows_of)


def _page(
    template: str, script: str, opened: Published, asked: Asked, about: Mapping[str, Any], **values: Any
) -> Answer:
    files = {"database": opened.site.database, "index": SITE_INDEX}
    found = {name: one for name, path in files.items() if (one := _file(opened, asked, path))}
    whole = {
        **about,
        "base": asked.base,
        "files": found,
        "names": asked.base + NAMES if asked.twin and asked.twin.names else "",
    }
    return page(
        template,
        opened,
        asked,
        book=in_script(whole),
        script=f"{asked.base}{STATIC}{scripts()}/{script}",
        weight=weight(),
        read=sum(one["bytes"] for one in found.values()),
        **values,
    )


def _collection(opened: Published, asked: Asked, one: Collection) -> dict[str, Any]:
    at = asked.at(opened.site.name)
    return {"name": one.name, "title": one.title, "address": one.address, "href": at.page(one.address)}


def _words(one: Collection) -> str:
    """The column of its table that has what a statement says; empty where that is none, or is in a table of its own."""
    words = one.field(one.roles[ROLE]["text"]) if is_statement(one) else None
    return words.column if words and words.kind == "value" else ""


def _file(opened: Published, asked: Asked, path: str) -> dict[str, Any] | None:
    """What a script knows of a file of the release before it asks for it. Its address is that of this content alone."""
    sha256 = dict(opened.files).get(path)
    if sha256 is None:
        return None
    whole = opened.folder / path
    return {
        "href": f"{asked.at(opened.site.name).download(path)}?{sha256[:16]}",
        "name": path,
        "bytes": whole.stat().st_size,
        "sha256": sha256,
        "sums": base64.b64encode(_sums(whole)).decode(),
    }


def _sums(path: Path) -> bytes:
    """The CRC-32 of each piece of a file, of four bytes.

    By these a script knows of each piece alone that it is of this file: a host may have another one by then, of the
    same size and address, and need not tell. They are no safeguard against a host, which gives the page too.
    """
    with path.open("rb") as file:
        return b"".join(zlib.crc32(one).to_bytes(4) for one in iter(partial(file.read, _PIECE), b""))


def _texts(opened: Published, fields: Iterable[Field]) -> Iterator[tuple[str, str, str]]:
    """The paths of texts that pages show, as they are in a record's file, each with its title, and where it leads.

    What may lead to several collections, or to statements, is none: those are shown from their own files.
    """
    for one in fields:
        to = {link.collection for link in one.to}
        if one.kind == "value" and (not to or (len(to) == 1 and not is_statement(opened.site.collection(*to)))):
            yield _plain(one.path), one.title, "".join(to)
        for path, title, name in _texts(opened, one.fields):
            yield path, one.title if one.single else title, name


def _summary(one: Collection) -> list[str]:
    """The paths of what lists show of a record below its label."""
    besides = {label_column(one)}
    ends = set(_ends(one).values())
    return [path for path in one.summary if (of := one.field(path)) and of.column not in besides and path not in ends]


def _ends(one: Collection) -> dict[str, str]:
    """The paths of when a record was, where its collection has the role of an interval."""
    role = one.roles.get("interval", {})
    return {name: role[name] for name in ("earliest", "latest") if name in role}


def _taken_apart(one: Collection, path: str) -> Field | None:
    """The field at a path, where lists show how much it has rather than what: it is no value, and no list of such."""
    found = one.field(path)
    is_shown = found is None or found.kind == "value" or (found.kind == "list" and found.single)
    return None if is_shown else found


_KINDS = {"boolean": "boolean", "integer": "number", "number": "number", "json": "boolean"}


def _kinds(fields: Iterable[Field]) -> Iterator[tuple[str, str]]:
    """The paths of values that pages show in other words than they are written in, each with their kind."""
    for one in fields:
        kind = _KINDS.get(one.encoding, "date" if one.format == "date" else "")
        if one.kind == "value" and kind:
            yield _plain(one.path), kind
        yield from _kinds(one.fields)


def _maps(fields: Iterable[Field]) -> Iterator[str]:
    """The paths of maps, whose names are data."""
    for one in fields:
        if one.kind == "map":
            yield _plain(one.path)
        yield from _maps(one.fields)


def _plain(path: str) -> str:
    return re.sub(r"\[\]|\{\}", "", path)


def _rows_of(table: str) -> str:
    return f"SELECT * FROM {quote(table)} LIMIT 100"
