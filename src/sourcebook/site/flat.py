# SPDX-License-Identifier: Apache-2.0
"""Records as rows of one flat table: what a collection has, with labels beside keys, for spreadsheets and statistics.

A column a field, in order. A reference is two: the key of the record that is meant, and its label. Single values of a
list stand in one cell, held apart by `; `; a list of mappings is JSON text. A statement has who says it and what
answers it, whatever else a row shows; and a reference to one is labelled with who says it, or not at all.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sourcebook.book.paths import look_up, steps
from sourcebook.exact import dumps, loads
from sourcebook.export import cell_text
from sourcebook.export.site import Collection, Field
from sourcebook.site.addresses import Addresses
from sourcebook.site.labels import Labels, Reference
from sourcebook.site.opened import Opened
from sourcebook.site.statements import ROLE, Statement, attributed, fetch, is_statement, statements
from sourcebook.site.values import exact
from sourcebook.sqlite import RECORDS, quote

_AT_ONCE = 250  # records: so many are held in memory
_NO_FIELD = ("page", "source_file", "source_line")

Values = list[Any]
"""A cell for each column: a text, a number or None."""


@dataclass
class _Some:
    """A few records, with all that their rows are made of, by their keys."""

    labels: Labels
    collection: Collection
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    below: Mapping[str, Mapping[str, list[Mapping[str, Any]]]] = field(default_factory=dict)  # by table
    documents: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    said: Mapping[str, Statement] = field(default_factory=dict)


_Cells = Callable[[_Some, str], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class _Part:
    """Columns that are made together. Until labels are fetched a cell may be a reference, a call, or a list of such."""

    names: tuple[str, ...]
    cells: _Cells


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
            yield [[_written(cell) for cells in row for cell in cells] for row in made]

    # --- columns -----------------------------------------------------------------------------------------------------

    def _all_parts(self) -> Iterator[_Part]:
        collection = self._collection
        fields = collection.whole or collection.fields
        if all(one.column != collection.key for one in _single(fields)):
            yield _Part((collection.key,), lambda some, key: (some.own[key][collection.key],))
        parts = [part for one in fields for part in self._parts_of(one)]
        yield from parts
        if is_statement(collection):
            yield from _statement_parts(collection, {name for part in parts for name in part.names})
        yield _Part(_NO_FIELD, self._whence)

    def _parts_of(self, one: Field) -> Iterator[_Part]:
        if one.kind == "group":
            for inner in one.fields:
                yield from self._parts_of(inner)
        elif one.kind == "value":
            yield _Part(_names(one, one.column), lambda some, key: _cells(some, one, some.own[key]))
        elif one.kind == "list" and one.single and one.single.encoding != "json":
            self._lists.append(one)
            inner = one.single
            yield _Part(_names(inner, _name_of(one)), lambda some, key: _joined_cells(some, one, inner, key))
        else:
            self._reads_documents = True
            path = steps(one.path)
            yield _Part((_name_of(one),), lambda some, key: (_as_json(some.documents[key], path),))

    def _whence(self, some: _Some, key: str) -> Sequence[Any]:
        href = self._at.record(self._collection.address, key)
        page = self._site + href.removeprefix(self._at.base) if self._site else href
        return (page, *some.places[key])

    # --- rows --------------------------------------------------------------------------------------------------------

    def _read(self, keys: list[str]) -> _Some:
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
        return _Some(
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


def _name_of(one: Field) -> str:
    return "_".join(steps(one.path)) or ("entries" if one.kind == "map" else "items")


def _names(one: Field, name: str) -> tuple[str, ...]:
    """The columns of a value: of a reference that may lead to several collections, also to which it does."""
    if not one.to:
        return (name,)
    return (name, f"{name}_collection", f"{name}_label") if len(one.to) > 1 else (name, f"{name}_label")


def _cells(some: _Some, one: Field, row: Mapping[str, Any]) -> tuple[Any, ...]:
    if not one.to:
        return (row[one.column],)
    for link in one.to:
        if row[link.column] is not None:
            meant = some.labels.reference(link.collection, row[link.column])
            return (row[link.column], link.collection, meant) if len(one.to) > 1 else (row[link.column], meant)
    return (row[one.column], *[None] * (len(_names(one, "")) - 1))  # a text that is no reference


def _joined_cells(some: _Some, one: Field, inner: Field, key: str) -> tuple[list[Any], ...]:
    rows = [_cells(some, inner, row) for row in some.below[one.table].get(key, ())]
    return tuple(list(cells) for cells in zip(*rows, strict=True)) if rows else ([],) * len(_names(inner, ""))


def _as_json(document: Any, path: tuple[str, ...]) -> str | None:
    with suppress(KeyError):
        found = look_up(document, path)
        return None if found is None else dumps(found)
    return None


def _marks(keys: Sequence[str]) -> str:
    return ", ".join("?" * len(keys))


# --- statements -------------------------------------------------------------------------------------------------------

_ANSWERED = {"denies": "denied_by", "contradicts": "contradicted_by", "later": "replaced_by"}
_ATTRIBUTED: Mapping[str, tuple[str, Callable[[Statement], str]]] = {
    "said_by": ("by", lambda one: _texts(one.by)),
    "on_knowledge_of": ("knowledge", lambda one: _texts(one.knowledge)),
    "published_in": ("in", lambda one: _texts(one.published_in)),
    "published_at": ("", lambda one: one.published_at),
    "said_where": ("at", lambda one: one.at),
    "said_on": ("on", lambda one: exact(one.on) if one.on else ""),
    "hedge": ("hedge", lambda one: one.hedge),
}


def _statement_parts(collection: Collection, taken: set[str]) -> Iterator[_Part]:
    """Who says it, where it was published, with which reservation, and what answers it."""
    role = collection.roles[ROLE]
    for name, (part, text) in _ATTRIBUTED.items():
        found = collection.field(role[part]) if part in role else None
        if name in taken and found and found.column == name:
            continue  # the field itself says it
        if part in role or not part:
            unique = f"statement_{name}" if name in taken else name
            yield _Part((unique,), partial(_of_statement, text))
    for kind, name in _ANSWERED.items():
        if kind in role:
            names = (name, f"{name}_text")
            yield _Part(tuple(f"statement_{one}" if one in taken else one for one in names), partial(_answers, kind))


def _of_statement(text: Callable[[Statement], str], some: _Some, key: str) -> tuple[Any]:
    return (partial(text, some.said[key]),)


def _answers(kind: str, of: _Some, key: str) -> tuple[list[str], list[Any]]:
    """The keys of the statements that answer one in a way, and what they say."""
    answers = of.said[key].answers
    found = [other for some in answers if some.kind == kind and not some.forward for other in some.statements]
    return [other.key for other in found], [partial(attributed, other) for other in found]


def _texts(values: Iterable[Any]) -> str:
    return joined([_written(one) if isinstance(one, Reference) else one.text for one in values])


# --- cells ------------------------------------------------------------------------------------------------------------


def _written(cell: Any) -> Any:
    if isinstance(cell, list):
        return joined([_written(one) for one in cell])
    if callable(cell):  # what needs labels
        return cell()
    if isinstance(cell, Reference):
        return attributed(cell.told) if cell.told else cell.whole
    return cell


def joined(values: Sequence[Any]) -> str:
    """Single values in one cell: ``a; b``.

    One that could be taken for two, or for none, is in quotes as in a CSV: ``"a; b"; ""``. One that is missing is
    ``null``, and the text of these letters is in quotes.
    """
    return "; ".join(map(_quoted, values))


def _quoted(value: Any) -> str:
    if value is None:
        return "null"
    text = cell_text(value)
    odd = text in ("", "null") or text != text.strip() or any(letter in text for letter in ';"\r\n')
    return '"' + text.replace('"', '""') + '"' if odd else text
