# SPDX-License-Identifier: Apache-2.0
"""Which statements answer which, by the references that lead from the one to the other, in either direction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sourcebook.book import ANSWER_KINDS, STATEMENT, SYMMETRIC
from sourcebook.content.labels import Labels, chunks
from sourcebook.content.links import record_key_sql
from sourcebook.extract import cell_text
from sourcebook.extract.site import Backlink, Collection, Site
from sourcebook.sqlite import RECORDS, quote

Links = dict[tuple[str, bool], dict[tuple[str, str], None]]  # by how and whether forward: collections and keys


def answer_links(
    labels: Labels, collection: Collection, keys: Sequence[str], *, back: bool = False
) -> dict[str, Links]:
    """By the key of a statement, what answers it, and what it answers; with ``back`` the first alone.

    Of one way they are in the order of time: by when they were said, those without a date last, then as records.
    """
    found: dict[str, Links] = {}
    connection = labels.opened.connection

    def add(key: Any, how: str, forward: bool, other: tuple[str, Any]) -> None:
        # Whether it contradicts a statement or is contradicted by it is the same to a reader.
        forward = forward and how not in SYMMETRIC
        found.setdefault(str(key), {}).setdefault((how, forward), {})[other[0], str(other[1])] = None

    for link, how in answering(labels.opened.site, collection):
        for some in chunks(list(map(str, keys))):
            record, source = record_key_sql(labels.opened.site, link)
            column = f"{quote(link.table)}.{quote(link.column)}"
            marks = ", ".join("?" * len(some))
            for to, key in connection.execute(
                f"SELECT {column}, {record} FROM {source} WHERE {column} IN ({marks})", some
            ):
                add(to, how, False, (link.collection, key))
    for target in labels.opened.site.collections if STATEMENT in collection.roles else ():
        for link, how in answering(labels.opened.site, target):
            if link.collection != collection.name or (back and how not in SYMMETRIC):
                continue
            record, source = record_key_sql(labels.opened.site, link)
            column = f"{quote(link.table)}.{quote(link.column)}"
            for some in chunks(list(map(str, keys))):
                marks = ", ".join("?" * len(some))
                sql = f"SELECT {record}, {column} FROM {source} WHERE {record} IN ({marks}) AND {column} IS NOT NULL"
                for key, to in connection.execute(sql, some):
                    add(key, how, True, (target.name, to))
    return _in_time(labels, found)


def _in_time(labels: Labels, found: dict[str, Links]) -> dict[str, Links]:
    several: dict[str, dict[str, None]] = {}
    for ways in found.values():
        for name, key in (one for some in ways.values() if len(some) > 1 for one in some):
            several.setdefault(name, {})[key] = None
    times = {
        (name, key): time
        for name, keys in several.items()
        for key, time in _times(labels, labels.opened.site.collection(name), list(keys))
    }

    def ordered(some: dict[tuple[str, str], None]) -> dict[tuple[str, str], None]:
        return dict.fromkeys(sorted(some, key=times.__getitem__)) if len(some) > 1 else some

    return {key: {way: ordered(some) for way, some in ways.items()} for key, ways in found.items()}


def _times(labels: Labels, collection: Collection, keys: list[str]) -> Iterator[tuple[str, tuple[bool, str, int]]]:
    """Of each statement whether it has no date, its date, and its place among all records."""
    run = labels.opened.connection.execute
    field = collection.field(collection.roles[STATEMENT].get("on", ""))
    one = field.single if field and field.kind == "list" else field if field and field.kind == "value" else None
    row, table = ("_parent", field.table) if field and field.kind == "list" else (collection.key, collection.table)
    order = "_position" if row == "_parent" else row
    for some in chunks(keys):
        marks = ", ".join("?" * len(some))
        days: dict[str, str] = {}
        if one:
            column = quote(one.column)
            where = f"WHERE {quote(row)} IN ({marks}) AND {column} IS NOT NULL AND {column} <> ''"
            for key, day in run(
                f"SELECT {quote(row)}, {column} FROM {quote(table)} {where} ORDER BY {quote(order)}", some
            ):
                days.setdefault(str(key), cell_text(day))
        sql = f"SELECT key, rowid FROM {RECORDS} WHERE collection = ? AND key IN ({marks})"
        places = dict(iter(run(sql, (collection.name, *some))))
        yield from ((key, (key not in days, days.get(key, ""), places.get(key, 0))) for key in some)


def ways_answered(site: Site, collection: Collection) -> set[str]:
    """How statements of a collection may be answered, by those of any: parts of `ANSWER_KINDS`."""
    return {how for _, how in answering(site, collection)}


def answering(site: Site, collection: Collection) -> Iterable[tuple[Backlink, str]]:
    """The references by which statements answer those of a collection, each with how they do."""
    for link in collection.backlinks:
        role = site.collection(link.collection).roles.get(STATEMENT, {})
        for kind in ANSWER_KINDS:
            if kind.part in role and role[kind.part].removesuffix("[]") == link.path.removesuffix("[]"):
                yield link, kind.part
