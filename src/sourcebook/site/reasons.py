# SPDX-License-Identifier: Apache-2.0
"""Why a record was found: the texts of it, and the names of what it refers to, that have the words of a search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sourcebook.content import records
from sourcebook.content.labels import Labels, Reference, chunks
from sourcebook.content.records import Part
from sourcebook.content.statement_data import leading
from sourcebook.content.statements import Statement, fetch
from sourcebook.content.values import Shown
from sourcebook.extract import cell_text
from sourcebook.extract.site import Collection
from sourcebook.site.marking import Sought
from sourcebook.sqlite import quote

_MOST = 3  # places that are told


@dataclass(frozen=True, slots=True)
class Reason:
    """A place where words stand: the title of the field, and the text around them.

    ``linked`` says that it is the name of a record that the field refers to, and ``href`` is its page then; of a
    statement ``told`` is what must stand beside it. ``grounds`` are the statements that the row of a list rests on in
    which the text stands, each with who says it and what answers it.
    """

    title: str
    text: str
    linked: bool = False
    href: str = ""
    told: Any = None
    grounds: tuple[Statement, ...] = ()


_Grounds = tuple[Reference, ...]


def reasons(
    labels: Labels, collection: Collection, shown: Mapping[str, Sequence[str]], sought: Sought
) -> Mapping[str, tuple[Reason, ...]]:
    """By the key of each record, where words stand that are in none of the texts that are ``shown`` of it anyway."""
    every = frozenset(range(len(sought.phrases)))
    wanted = {key: set(every.difference(*map(sought.found, texts))) for key, texts in shown.items()}
    open_ = [key for key, missing in wanted.items() if missing]
    read = {one.key: one for one in records.read(labels, collection, open_, collection.fields)} if open_ else {}
    fetch(labels)
    found: dict[str, list[Reason]] = {key: [] for key in shown}
    for key, record in read.items():
        for title, value, grounds in _values(record.parts):
            _take(found[key], wanted[key], sought, title, value.text, value, grounds)
    left = {key: list(_values(read[key].parts)) for key in read if wanted[key]}
    others = _other_names(labels, [value for values in left.values() for _, value, _ in values])
    for key, values in left.items():
        for title, value, _ in values:
            for name, grounds in others.get((value.collection, value.key), ()) if isinstance(value, Reference) else ():
                _take(found[key], wanted[key], sought, title, name, value, grounds)
    return {key: tuple(some) for key, some in found.items()}


def _take(
    found: list[Reason], wanted: set[int], sought: Sought, title: str, text: str, value: Shown, grounds: _Grounds
) -> None:
    """Note a text, if it has words that are wanted still."""
    new = wanted & sought.found(text) if wanted and len(found) < _MOST else set()
    if new:
        wanted -= new
        linked = isinstance(value, Reference)
        told = value.told if isinstance(value, Reference) else None
        each = {(one.collection, one.key): one.told for one in grounds}
        rests = tuple(one for one in each.values() if isinstance(one, Statement))
        href = value.href if linked else ""
        found.append(Reason(title, sought.excerpt(text), linked, href, told, () if told else rests))


def _values(parts: Iterable[Part], grounds: _Grounds = ()) -> Iterator[tuple[str, Shown, _Grounds]]:
    """All values of a record, each with the title of its field, and what the row that it stands in refers to."""
    for part in parts:
        for value in part.values:
            yield part.title, value, grounds
        yield from _values(part.parts, grounds)
        for item in part.items:
            inner = tuple(records.references(item.parts))
            if item.name:
                yield part.title, item.name, inner
            yield from _values(item.parts, inner)


def _other_names(labels: Labels, values: Iterable[Shown]) -> Mapping[tuple[str, str], list[tuple[str, _Grounds]]]:
    """The aliases of all records that are referred to, by collection and key, each with what it rests on."""
    keys: dict[str, dict[str, None]] = {}
    for value in values:
        if isinstance(value, Reference):
            keys.setdefault(value.collection, {})[value.key] = None
    found: dict[tuple[str, str], list[tuple[str, _Grounds]]] = {}
    for name, some in keys.items():
        collection = labels.opened.site.collection(name)
        fields = list(leading(labels.opened.site, collection.fields)) if collection.aliases else []
        read = records.read(labels, collection, list(some), fields) if fields else []
        rests = {(one.key, value.text): grounds for one in read for _, value, grounds in _values(one.parts)}
        for place in collection.aliases:
            of = quote(collection.key if place.table == collection.table else "_parent")
            for chunk in chunks(list(some)):
                sql = (
                    f"SELECT {of}, {quote(place.column)} FROM {quote(place.table)} "
                    f"WHERE {of} IN ({', '.join('?' * len(chunk))}) AND {quote(place.column)} IS NOT NULL"
                )
                for key, text in labels.opened.connection.execute(sql, chunk):
                    found.setdefault((name, str(key)), []).append(
                        (cell_text(text), rests.get((str(key), cell_text(text)), ()))
                    )
    fetch(labels)
    return found
