# SPDX-License-Identifier: Apache-2.0
"""What a listing may be narrowed down by: the parameters of its address, and where the database has their values.

Every property of a single value has one, however deep in lists, and every reference, also from the key of a map.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sourcebook.content.addresses import parameter
from sourcebook.content.links import record_key_sql
from sourcebook.extract.site import Backlink, Collection, Field, Site
from sourcebook.sqlite import quote

NONE = ""
"""The value that stands for none: a CSV knows no other."""


@dataclass(frozen=True, slots=True)
class Source:
    """A column that has values of a filter, and SQL for the tables and for the record's key that stands with it there.

    The key is a text, as in the table of records.
    """

    table: str
    column: str
    tables: str
    key: str
    is_next: bool = False  # whether its table is directly below the collection's own

    @property
    def value(self) -> str:
        """SQL for the value."""
        return f"{quote(self.table)}.{quote(self.column)}"


@dataclass(slots=True)
class Filter:
    """What one parameter of a listing means. ``field`` tells how its values are shown; any of the ``sources`` counts.

    ``own`` is the column of the collection's own table that has the value, where it is no list.
    """

    name: str
    title: str
    field: Field
    own: str = ""
    sources: dict[tuple[str, str], Source] = dataclasses.field(default_factory=dict)

    def matching(self, values: Sequence[str]) -> Iterator[tuple[str, list[Any]]]:
        """SQL for the keys of the records that have one of ``values``, with its parameters."""
        for source in self.sources.values():
            wanted = [one for value in values if (one := _as_stored(value, self.field.encoding)) is not None]
            if wanted:
                marks = ", ".join("?" * len(wanted))
                yield f"SELECT {source.key} FROM {source.tables} WHERE {source.value} IN ({marks})", wanted

    def filled(self) -> Iterator[str]:
        """SQL for the keys of the records that have any value."""
        for source in self.sources.values():
            there = f"{source.value} IS NOT NULL AND {source.value} <> ''"
            yield f"SELECT {source.key} FROM {source.tables} WHERE {there}"


def filters_of(site: Site, collection: Collection) -> dict[str, Filter]:
    """All filters of a collection's listing, by their parameters."""
    found: dict[str, Filter] = {}
    path_of_key = next((one.path for one in collection.fields if one.column == collection.key), collection.key)
    key = Field("value", path_of_key, "Key", column=collection.key, encoding=collection.key_encoding)
    _collect(site, collection, [*collection.fields, key], (), found)
    for link in (link for one in site.collections for link in one.backlinks):
        if link.collection == collection.name:
            as_field = Field("value", link.path, link.title, column=link.column, encoding="text")
            _add(found, site, link, as_field)
    for column, one in [(one.own, one) for one in found.values() if one.own]:
        found.setdefault(parameter(column), one)  # as SQL and facets call it
    return found


def _collect(
    site: Site, collection: Collection, fields: Iterable[Field], above: tuple[str, ...], found: dict[str, Filter]
) -> None:
    """Add the filters of ``fields``; ``above`` are the tables that they stand in, from within outwards."""
    table, *outer = above or (collection.table,)
    for one in fields:
        if one.kind == "group":
            _collect(site, collection, _named(one), above, found)
        elif one.kind in ("list", "map"):
            _collect(site, collection, _named(one), (one.table, *(above or (collection.table,))), found)
        elif one.kind == "value" and one.encoding != "json":
            for column in dict.fromkeys((one.column, *(link.column for link in one.to))):
                link = Backlink(collection.name, one.path, one.title, table, column, tuple(outer))
                _add(found, site, link, one)
            for to in one.to if len(one.to) > 1 else ():
                link = Backlink(collection.name, one.path, one.title, table, to.column, tuple(outer))
                alone = replace(one, column=to.column, encoding="text", to=(to,))
                _add(found, site, link, alone, parameter(one.path, to.collection))


def _named(outer: Field) -> list[Field]:
    """The fields within one, with titles that say so: ``Place: Town``. That of a list of single values has its own."""
    if outer.single:
        return [replace(outer.single, title=outer.title)]
    return [replace(one, title=f"{outer.title}: {one.title}") for one in outer.fields]


def _add(found: dict[str, Filter], site: Site, link: Backlink, one: Field, name: str = "") -> None:
    name = name or parameter(one.path)
    known = found.setdefault(name, Filter(name, one.title, one, "" if link.above else one.column))
    record, tables = record_key_sql(site, link)
    source = Source(link.table, link.column, tables, f"CAST({record} AS TEXT)", len(link.above) == 1)
    known.sources.setdefault((link.table, link.column), source)


_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_TRUTH = {"1": 1, "true": 1, "yes": 1, "0": 0, "false": 0, "no": 0}


def _as_stored(value: str, encoding: str) -> Any:
    """A value as the database stores it; None where it stores no such value."""
    if encoding == "boolean":
        return _TRUTH.get(value.casefold())
    if encoding == "integer":
        whole = int(value) if _WHOLE.fullmatch(value) else None
        return whole if whole is not None and abs(whole) < 2**63 else None
    if encoding == "number":
        return float(value) if _NUMBER.fullmatch(value) else None
    return value.replace("\0", "\ufffd")
