# SPDX-License-Identifier: Apache-2.0
"""Records as rows of one flat table: what a collection has, with labels beside keys, for spreadsheets and statistics.

A column a field, in order. A reference is two: the key of the record that is meant, and its label. Single values of a
list stand in one cell, held apart by `; `; a list of mappings is JSON text. A statement has who says it and what
answers it, whatever else a row shows; and a reference to one is labelled with who says it, or not at all.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sourcebook.book.paths import steps
from sourcebook.content.addresses import Addresses
from sourcebook.content.flat.columns import (
    Part,
    Some,
    as_json,
    list_cells,
    name_of,
    names_of,
    statement_parts,
    value_cells,
    written,
)
from sourcebook.content.labels import Labels
from sourcebook.content.opened import Opened
from sourcebook.content.statements import fetch, is_statement, statements, ways_answered
from sourcebook.exact import loads
from sourcebook.export import cell_text
from sourcebook.export.site import Collection, Field
from sourcebook.sqlite import RECORDS, quote

_AT_ONCE = 250  # records: so many are held in memory
_NO_FIELD = ("page", "source_file", "source_line")

Values = list[Any]
"""A cell for each column: a text, a number or None."""


class Flat:
    """A collection as a flat table: its ``header``, and the rows of whatever records are asked for."""

    def __init__(self, opened: Opened, at: Addresses, collection: Collection, site: str) -> None:
        """``site`` is the address of the site's root, so that a row can say where its page is."""
        self._opened = opened
        self._at = at
        self._collection = collection
        self._site = site
        self._lists: list[Field] = []
        self._reads_documents = False
        self._parts = list(self._all_parts())

    @property
    def header(self) -> list[str]:
        """The names of the columns, each once."""
        names: list[str] = []
        for name in (name for part in self._parts for name in part.names):
            names.append(next(one for one in _numbered(name) if one not in names))
        return names

    def rows(self, keys: Iterable[Sequence[str]]) -> Iterator[list[Values]]:
        """The rows of records, whose keys come some at a time; as many rows at a time."""
        for some in keys:
            read = self._read(list(some))
            made = [[part.cells(read, key) for part in self._parts] for key in some if key in read.own]
            fetch(read.labels)
            yield [[written(cell) for cells in row for cell in cells] for row in made]

    # --- columns -----------------------------------------------------------------------------------------------------

    def _all_parts(self) -> Iterator[Part]:
        collection = self._collection
        fields = collection.whole or collection.fields
        if all(one.column != collection.key for one in _single(fields)):
            yield Part((collection.key,), lambda some, key: (some.own[key][collection.key],))
        parts = [part for one in fields for part in self._parts_of(one)]
        yield from parts
        if is_statement(collection):
            taken = {name for part in parts for name in part.names}
            yield from statement_parts(collection, taken, ways_answered(self._opened.site, collection))
        yield Part(_NO_FIELD, self._whence)

    def _parts_of(self, one: Field) -> Iterator[Part]:
        if one.kind == "group":
            for inner in one.fields:
                yield from self._parts_of(inner)
        elif one.kind == "value":
            yield Part(names_of(one, one.column), lambda some, key: value_cells(some, one, some.own[key]))
        elif one.kind == "list" and one.single and one.single.encoding != "json":
            self._lists.append(one)
            inner = one.single
            yield Part(names_of(inner, name_of(one)), lambda some, key: list_cells(some, one, inner, key))
        else:
            self._reads_documents = True
            path = steps(one.path)
            yield Part((name_of(one),), lambda some, key: (as_json(some.documents[key], path),))

    def _whence(self, some: Some, key: str) -> Sequence[Any]:
        href = self._at.record(self._collection.address, key)
        page = self._site + href.removeprefix(self._at.base) if self._site else href
        return (page, *some.places[key])

    # --- rows --------------------------------------------------------------------------------------------------------

    def _read(self, keys: list[str]) -> Some:
        collection = self._collection
        labels = Labels(self._opened, self._at)
        document = "document" if self._reads_documents else "NULL"
        sql = f"SELECT key, path, line, {document} FROM {RECORDS} WHERE collection = ? AND key IN ({_marks(keys)})"
        records = self._opened.connection.execute(sql, (collection.name, *keys)).fetchall()
        below: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
        for one in self._lists:
            rows = below.setdefault(one.table, {})
            for row in self._select(one.table, "_parent", keys, ' ORDER BY "_parent", "_position"'):
                rows.setdefault(str(row["_parent"]), []).append(row)
        said = statements(labels, collection, keys) if is_statement(collection) else []
        return Some(
            labels=labels,
            collection=collection,
            own={str(row[collection.key]): row for row in self._select(collection.table, collection.key, keys)},
            below=below,
            documents={key: loads(text) for key, _, _, text in records if text is not None},
            places={key: (path, line) for key, path, line, _ in records},
            said={one.key: one for one in said},
        )

    def _select(self, table: str, column: str, keys: list[str], order: str = "") -> Iterator[Mapping[str, Any]]:
        sql = f"SELECT * FROM {quote(table)} WHERE {quote(column)} IN ({_marks(keys)}){order}"
        cursor = self._opened.connection.execute(sql, keys)
        names = [one[0] for one in cursor.description]
        return (dict(zip(names, values, strict=True)) for values in cursor)


def in_chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """Keys, as many at a time as are made into rows together."""
    return (keys[begin : begin + _AT_ONCE] for begin in range(0, len(keys), _AT_ONCE))


def csv_text(flat: Flat, keys: Sequence[str]) -> Iterator[bytes]:
    """A flat table as CSV (RFC 4180) in UTF-8, some rows at a time.

    A byte order mark leads it, without which spreadsheets take it for another encoding.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    text.write("\ufeff")
    writer.writerow(flat.header)
    for rows in flat.rows(in_chunks(keys)):
        writer.writerows([cell_text(value) for value in row] for row in rows)
        yield text.getvalue().encode("utf-8", "replace")
        text.seek(0)
        text.truncate()
    yield text.getvalue().encode("utf-8", "replace")


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


def _marks(keys: Sequence[str]) -> str:
    return ", ".join("?" * len(keys))
