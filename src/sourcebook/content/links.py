# SPDX-License-Identifier: Apache-2.0
"""What refers to a record: found by the indexes of the database's foreign keys, whatever table they stand in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sourcebook.content.opened import Opened
from sourcebook.extract.site import Backlink, Collection, Site
from sourcebook.sqlite import quote

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Referring:
    """The records that refer to one by the same property: ``count`` of them, the first few by their ``keys``."""

    link: Backlink
    count: int
    keys: tuple[str, ...]
    beside: Mapping[str, tuple[Row, ...]]  # by the key of a record, the rows of a list of it that refer


def referring(opened: Opened, collection: Collection, key: str, most: int) -> Iterator[Referring]:
    """What refers to the record ``key`` of a collection, by each of the properties that may: ``most`` keys of each."""
    for link in collection.backlinks:
        record, source = record_key_sql(opened.site, link)
        where = f"FROM {source} WHERE {quote(link.table)}.{quote(link.column)} = ?"
        distinct = "DISTINCT " if link.above else ""  # one record may say it twice
        found = opened.connection.execute(f"SELECT {distinct}{record} {where} LIMIT ?", (key, most + 1)).fetchall()
        if not found:
            continue
        count = len(found)
        if count > most:
            count = opened.connection.execute(f"SELECT count({distinct}{record}) {where}", (key,)).fetchone()[0]
        keys = tuple(str(one) for (one,) in found[:most])
        yield Referring(link, count, keys, _beside(opened, link, key, keys) if link.beside else {})


def _beside(opened: Opened, link: Backlink, key: str, keys: tuple[str, ...]) -> Mapping[str, tuple[Row, ...]]:
    """The rows that refer to the record ``key``, by the key of the record that they stand in: of those in ``keys``."""
    record, source = record_key_sql(opened.site, link)
    where = f"{quote(link.table)}.{quote(link.column)} = ? AND {record} IN ({', '.join('?' * len(keys))})"
    cursor = opened.connection.execute(
        f"SELECT {record}, {quote(link.table)}.* FROM {source} WHERE {where}", (key, *keys)
    )
    names = [one[0] for one in cursor.description][1:]
    found: dict[str, tuple[Row, ...]] = {}
    for of, *values in cursor:
        found[str(of)] = (*found.get(str(of), ()), dict(zip(names, values, strict=True)))
    return found


def all_sql(site: Site, link: Backlink) -> str:
    """SQL for all records that refer by a property to the record whose key is the parameter ``key``."""
    collection = site.collection(link.collection)
    record, source = record_key_sql(site, link)
    inner = f"SELECT {record} FROM {source} WHERE {quote(link.table)}.{quote(link.column)} = :key"
    return f"SELECT * FROM {quote(collection.table)} WHERE {quote(collection.key)} IN ({inner})"


def record_key_sql(site: Site, link: Backlink) -> tuple[str, str]:
    """SQL for the key of the record that a reference stands in, and for the tables that tell it."""
    if not link.above:
        collection = site.collection(link.collection)
        return f"{quote(link.table)}.{quote(collection.key)}", quote(link.table)
    source = quote(link.table)
    below = link.table
    for above in link.above[:-1]:  # the rows of the last but one name the record itself
        source += f" JOIN {quote(above)} ON {quote(above)}._key = {quote(below)}._parent"
        below = above
    return f"{quote(below)}._parent", source
