# SPDX-License-Identifier: Apache-2.0
"""Records of a collection as readers are shown them: fields with their titles, lists in full, labels for references.

Any number of records is read by as many statements as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sourcebook.content.labels import Labels, Reference, chunks
from sourcebook.content.values import Shown, interval, value_of
from sourcebook.extract.site import Collection, Field
from sourcebook.sqlite import quote

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """A field of a record with what it has there: single ``values``, the ``parts`` of a mapping, or ``items`` of many.

    Each item of a list of mappings has a ``name``, where it is one of a map, and parts of its own.
    """

    field: Field
    values: tuple[Shown, ...] = ()
    parts: tuple[Part, ...] = ()
    items: tuple[Item, ...] = ()

    @property
    def title(self) -> str:
        """The field's title."""
        return self.field.title

    @property
    def short(self) -> bool:
        """Whether its values are many and short, so that they are read in lines rather than one below the other."""
        plain = all(one.kind != "record" and len(one.text) <= _SHORT for one in self.values)
        return len(self.values) > _SEVERAL and plain


_SHORT, _SEVERAL = 28, 3  # characters, values


@dataclass(frozen=True, slots=True)
class Item:
    """One of a list or a map of mappings."""

    parts: tuple[Part, ...]
    name: Shown | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A record: its key, and a part for each field that was asked for and of which it has something."""

    key: str
    parts: tuple[Part, ...] = ()

    def part(self, path: str) -> Part | None:
        """The part of the field at ``path``, however deep in groups."""
        return _find(self.parts, path.removesuffix("[]"))

    def first(self, path: str) -> Shown | None:
        """The first value of the field at ``path``."""
        part = self.part(path) if path else None
        return next(iter(part.values), None) if part else None


def references(parts: Iterable[Part]) -> Iterator[Reference]:
    """The references in parts of a record, however deep in lists and mappings."""
    for part in parts:
        yield from (one for one in part.values if isinstance(one, Reference))
        yield from references(part.parts)
        for item in part.items:
            yield from [item.name] if isinstance(item.name, Reference) else ()
            yield from references(item.parts)


def _find(parts: Iterable[Part], path: str) -> Part | None:
    for part in parts:
        if part.field.path == path:
            return part
        if part.field.kind == "group" and (found := _find(part.parts, path)):
            return found
    return None


def read(labels: Labels, collection: Collection, keys: Sequence[str], fields: Iterable[Field]) -> list[Record]:
    """The records of ``keys``, in their order, with those ``fields``; keys of no record are passed over.

    References are complete after the ``labels`` are fetched.
    """
    return _Reading(labels, collection, tuple(fields)).records(list(dict.fromkeys(map(str, keys))))


def parts_of(labels: Labels, collection: Collection, fields: Iterable[Field], row: Row) -> tuple[Part, ...]:
    """The single values among ``fields`` of one row, as it was read."""
    return tuple(_Reading(labels, collection, ()).parts(fields, row, ""))


@dataclass
class _Reading:
    labels: Labels
    collection: Collection
    fields: tuple[Field, ...]
    below: dict[str, dict[str, list[Row]]] = field(default_factory=dict)  # by table and parent's key
    within: dict[str, dict[str, list[Row]]] = field(default_factory=dict)  # by table and key of the row around

    def records(self, keys: list[str]) -> list[Record]:
        collection = self.collection
        rows = {str(row[collection.key]): row for row in self._rows(collection.table, collection.key, keys)}
        there = [key for key in keys if key in rows]
        self._load(self.fields, there)
        return [Record(key, tuple(self.parts(self.fields, rows[key], key))) for key in there]

    def _rows(self, table: str, column: str, keys: list[str], order: str = "") -> Iterator[Row]:
        for some in chunks(keys):
            sql = f"SELECT * FROM {quote(table)} WHERE {quote(column)} IN ({', '.join('?' * len(some))})"
            cursor = self.labels.opened.connection.execute(f"{sql} ORDER BY {order}" if order else sql, some)
            names = [one[0] for one in cursor.description]
            for values in cursor:
                yield dict(zip(names, values, strict=True))

    def _load(self, fields: Iterable[Field], parents: list[str]) -> None:
        """Read the rows of all lists among ``fields``, and of those below them."""
        for one in fields:
            if one.kind == "group":
                self._load(one.fields, parents)
            elif one.kind in ("list", "map") and one.table not in self.below:
                below = self.below.setdefault(one.table, {})
                within = self.within.setdefault(one.table, {})
                keys = []
                order = '"_parent", "_position"' if one.kind == "list" else '"_parent"'  # a map's as they were put in
                for row in self._rows(one.table, "_parent", parents, order):
                    around = row.get("_within")
                    (below if around is None else within).setdefault(str(around or row["_parent"]), []).append(row)
                    keys += [str(row["_key"])] if one.keyed else []
                self._load(one.fields, keys)

    def parts(self, fields: Iterable[Field], row: Row, key: str) -> Iterator[Part]:
        for one in fields:
            if one.kind == "value":
                shown = self._value(one, row)
                if shown is not None:
                    yield Part(one, (shown,))
            elif one.kind == "group":
                parts = tuple(self.parts(one.fields, row, key))
                if parts:
                    yield Part(one, parts=parts)
            else:
                of = self.within if one.kind == "nested" else self.below
                rows = of.get(one.table, {}).get(key, [])
                if rows:
                    yield self._several(one, rows)

    def _several(self, one: Field, rows: list[Row]) -> Part:
        single = one.single
        if single and one.kind == "list":
            return Part(one, tuple(shown for row in rows if (shown := self._value(single, row)) is not None))
        fields = one.fields or self._around(one)
        return Part(
            one,
            items=tuple(
                Item(tuple(self.parts(fields, row, str(row.get("_key", "")))), self._name(one, row)) for row in rows
            ),
        )

    def _around(self, nested: Field) -> tuple[Field, ...]:
        """The fields of a list that stands in itself: those of the list around it."""
        return next((one.fields for one in _all(self.fields) if one.table == nested.table and one.kind != "nested"), ())

    def _name(self, one: Field, row: Row) -> Shown | None:
        if one.kind != "map":
            return None
        return self._value(Field("value", one.path, "", column="_name", encoding="text", to=one.to), row)

    def _value(self, one: Field, row: Row) -> Shown | None:
        for link in one.to:
            if row.get(link.column) is not None:
                return self.labels.value(link.collection, row[link.column])
        return value_of(one, row.get(one.column))


def _all(fields: Iterable[Field]) -> Iterator[Field]:
    for one in fields:
        yield one
        yield from _all(one.fields)


def when(collection: Collection, record: Record) -> Shown | None:
    """When a record was, where its collection has the role of an interval."""
    role = collection.roles.get("interval")
    if not role:
        return None
    ends = [record.first(role.get(name, "")) for name in ("earliest", "latest")]
    earliest, latest = (getattr(one, "exact", "") or one.text if one else "" for one in ends)
    return interval(earliest, latest) if earliest or latest else None
