# SPDX-License-Identifier: Apache-2.0
"""Records as rows of one flat table: what a collection has, with labels beside keys, for spreadsheets and statistics.

A column a field, in order. A reference is two: the key of the record that is meant, and its label. Single values of a
list stand in one cell, held apart by `; `; a list of mappings is JSON text. A statement has who says it and what
answers it, whatever else a row shows; and a reference to one is labelled with who says it, or not at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import Any

from sourcebook.book.paths import steps
from sourcebook.content.addresses import Addresses
from sourcebook.content.answer_links import ways_answered
from sourcebook.content.flat.columns import (
    Below,
    Cells,
    Column,
    Part,
    Some,
    derived_columns,
    json_column,
    json_sql,
    list_columns,
    name_of,
    names_of,
    read_of,
    statement_parts,
    value_columns,
)
from sourcebook.content.flat.csv_lines import csv_lines
from sourcebook.content.flat.references import References
from sourcebook.content.opened import Opened
from sourcebook.content.statements import is_statement, statements
from sourcebook.exact import dumps
from sourcebook.extract.site import Collection, Field, Site
from sourcebook.sqlite import RECORDS, quote

_AT_ONCE = 250  # records: so many are held in memory
_NO_FIELD = ("page", "source_file", "source_line")


@dataclass(frozen=True, slots=True)
class Chunk:
    """The rows of some records: their keys, and the cells of each column."""

    keys: Sequence[str]
    columns: Sequence[Cells]


class Flat:
    """A collection as a flat table: its ``header``, and the rows of whatever records are asked for."""

    def __init__(self, opened: Opened, at: Addresses, collection: Collection, site: str) -> None:
        """``site`` is the address of the site's root, so that a row can say where its page is."""
        self._opened = opened
        self._at = at
        self._collection = collection
        self._site = site
        self._own: dict[str, None] = {}  # columns of the collection's table
        self._lists: dict[str, tuple[str, ...]] = {}  # by table, its columns
        self._maps: set[str] = set()  # those whose rows have names
        self._json: dict[str, None] = {}  # what is read of documents, as SQL
        self._parts = list(self._all_parts())
        self._references = References(opened, at)

    @property
    def header(self) -> list[str]:
        """The names of the columns, each once."""
        names: list[str] = []
        for name in (name for part in self._parts for name in part.names):
            names.append(next(one for one in _numbered(name) if one not in names))
        return names

    def place_of(self, path: str) -> int:
        """The place among the columns of a single value that stands at ``path`` of a record. Raises KeyError."""
        place = 0
        for part in self._parts:
            if part.path == path:
                return place
            place += len(part.names)
        raise KeyError(path)

    def chunks(self, keys: Iterable[Sequence[str]]) -> Iterator[Chunk]:
        """The rows of records, whose keys come some at a time; those that there are not are passed over."""
        for asked in keys:
            some = self._read(asked)
            columns = [column for part in self._parts for column in part.columns(some)]
            self._references.fetch()
            yield Chunk(some.keys, [column() for column in columns])

    # --- columns -----------------------------------------------------------------------------------------------------

    def _all_parts(self) -> Iterator[Part]:
        collection = self._collection
        fields = collection.whole or collection.fields
        if all(one.column != collection.key for one in _single(fields)):
            self._own[collection.key] = None
            yield Part((collection.key,), lambda some: [lambda: some.own[collection.key]])
        parts = [part for one in fields for part in self._parts_of(one)]
        yield from parts
        if is_statement(collection):
            taken = {name for part in parts for name in part.names}
            yield from statement_parts(collection, taken, ways_answered(self._opened.site, collection))
        else:
            yield from self._derived_of(collection.table)
        yield Part(_NO_FIELD, self._whence)

    def _parts_of(self, one: Field) -> Iterator[Part]:
        if one.kind == "group":
            for inner in one.fields:
                yield from self._parts_of(inner)
        elif one.kind == "value":
            self._own |= dict.fromkeys(read_of(one))
            made = partial(_of_record, one)
            yield Part(names_of(one, one.column), made, one.path)
        elif one.kind == "list" and one.single and one.single.encoding != "json":
            inner = one.single
            self._lists[one.table] = read_of(inner)
            yield Part(names_of(inner, name_of(one)), lambda some: list_columns(some, one, inner))
        else:
            path = steps(one.path)
            self._json[json_sql(path)] = None
            yield Part((name_of(one),), lambda some: [partial(json_column, some, path)])
            yield from self._derived_below(one)

    def _derived_of(self, table: str) -> Iterator[Part]:
        """What the rows of the collection's own table say of the statements that they rest on."""
        for name in _derived(self._opened.site, table):
            self._own[name] = None
            yield Part((name,), partial(lambda column, some: [lambda: some.own[column]], name))

    def _derived_below(self, one: Field) -> Iterator[Part]:
        """The same of the rows of a list, all of a record in one cell."""
        names = _derived(self._opened.site, one.table)
        if names and one.kind in ("list", "map"):
            self._lists[one.table] = names
            if one.kind == "map":
                self._maps.add(one.table)
            told = tuple(f"{name_of(one)}_{name}" for name in names)
            yield Part(told, lambda some: derived_columns(some, one.table, names))

    def _whence(self, some: Some) -> Sequence[Column]:
        begin = len(self._at.base) if self._site else 0
        pages = [self._site + href[begin:] for href in self._at.records(self._collection.address, some.keys)]
        return [lambda: pages, lambda: some.paths, lambda: some.lines]

    # --- rows --------------------------------------------------------------------------------------------------------

    def _read(self, asked: Sequence[str]) -> Some:
        collection = self._collection
        names = [f"own.{quote(name)}" for name in self._own]
        places = f"CROSS JOIN {RECORDS} AS one ON one.collection = ? AND one.key = wanted.value"
        rows = self._opened.connection.execute(
            f"SELECT wanted.key, one.key, one.path, one.line, {', '.join([*names, *self._json])} "
            f"FROM json_each(?) AS wanted CROSS JOIN {quote(collection.table)} AS own "
            f"ON own.{quote(collection.key)} = wanted.value {places} ORDER BY 1",
            (dumps(list(asked)), collection.name),
        ).fetchall()
        _, keys, paths, lines, *cells = _turned(rows, 4 + len(names) + len(self._json))
        self._references.begin()
        said = statements(self._references.labels, collection, keys) if is_statement(collection) else []
        return Some(
            self._references,
            keys,
            dict(zip(self._own, cells, strict=False)),
            dict(zip(self._json, cells[len(names) :], strict=True)),
            {table: self._below(table, names, keys) for table, names in self._lists.items()},
            paths,
            lines,
            {one.key: one for one in said},
        )

    def _below(self, table: str, names: Sequence[str], keys: Sequence[str]) -> Below:
        columns = [f"below.{quote(name)}" for name in names]
        order = "_name" if table in self._maps else "_position"
        rows = self._opened.connection.execute(
            f"SELECT wanted.key, {', '.join(columns)} FROM json_each(?) AS wanted "
            f'CROSS JOIN {quote(table)} AS below ON below."_parent" = wanted.value ORDER BY 1, below."{order}"',
            (dumps(list(keys)),),
        ).fetchall()
        numbers, *cells = _turned(rows, 1 + len(columns))
        counts = Counter(numbers)
        ends = list(accumulate(counts[number] for number in range(len(keys))))
        return Below(ends, dict(zip(names, cells, strict=True)))


def _derived(site: Site, table: str) -> tuple[str, ...]:
    """The derived columns of a table."""
    note = next((one for one in site.tables if one.name == table), None)
    return tuple(one.name for one in note.columns if one.derived) if note else ()


def _of_record(one: Field, some: Some) -> Sequence[Column]:
    return value_columns(some.references, one, some.own)


def _turned(rows: Sequence[Sequence[Any]], count: int) -> Sequence[Sequence[Any]]:
    """The columns of rows."""
    return list(zip(*rows, strict=True)) if rows else [()] * count


def in_chunks(keys: Sequence[str], at_once: int = _AT_ONCE) -> Iterator[Sequence[str]]:
    """Keys, as many at a time as are made into rows together."""
    return (keys[begin : begin + at_once] for begin in range(0, len(keys), at_once))


def csv_text(flat: Flat, keys: Sequence[str]) -> Iterator[bytes]:
    """A flat table as CSV (RFC 4180) in UTF-8, some rows at a time.

    A byte order mark leads it, without which spreadsheets take it for another encoding.
    """
    yield f"\ufeff{csv_lines([[name] for name in flat.header])}".encode()
    for some in flat.chunks(in_chunks(keys)):
        yield csv_lines(some.columns).encode("utf-8", "replace")


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}_{number}"
        number += 1


def _single(fields: Iterable[Field]) -> Iterator[Field]:
    for one in fields:
        if one.kind == "group":
            yield from _single(one.fields)
        elif one.kind == "value":
            yield one
