# SPDX-License-Identifier: Apache-2.0
"""Why a record was found: the texts of it, and the names of what it refers to, that have the words of a search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sourcebook.content import records
from sourcebook.content.labels import Labels, Reference, chunks
from sourcebook.content.records import Part
from sourcebook.content.statements import fetch
from sourcebook.content.values import Shown
from sourcebook.export import cell_text
from sourcebook.export.site import Collection
from sourcebook.site.marking import Sought
from sourcebook.sqlite import quote

_MOST = 3  # places that are told


@dataclass(frozen=True, slots=True)
class Reason:
    """A place where words stand: the title of the field, and the text around them.

    ``linked`` says that it is the name of a record that the field refers to, and ``href`` is its page then; of a
    statement ``told`` is what must stand beside it.
    """

    title: str
    text: str
    linked: bool = False
    href: str = ""
    told: Any = None


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
        for title, value in _values(record.parts):
            _take(found[key], wanted[key], sought, title, value.text, value)
    left = {key: list(_values(read[key].parts)) for key in read if wanted[key]}
    others = _other_names(labels, [value for values in left.values() for _, value in values])
    for key, values in left.items():
        for title, value in values:
            for name in others.get((value.collection, value.key), ()) if isinstance(value, Reference) else ():
                _take(found[key], wanted[key], sought, title, name, value)
    return {key: tuple(some) for key, some in found.items()}


def _take(found: list[Reason], wanted: set[int], sought: Sought, title: str, text: str, value: Shown) -> None:
    """Note a text, if it has words that are wanted still."""
    new = wanted & sought.found(text) if wanted and len(found) < _MOST else set()
    if new:
        wanted -= new
        linked = isinstance(value, Reference)
        told = value.told if isinstance(value, Reference) else None
        found.append(Reason(title, sought.excerpt(text), linked, value.href if linked else "", told))


def _values(parts: Iterable[Part]) -> Iterator[tuple[str, Shown]]:
    """All values of a record, each with the title of its field."""
    for part in parts:
        for value in part.values:
            yield part.title, value
        yield from _values(part.parts)
        for item in part.items:
            if item.name:
                yield part.title, item.name
            yield from _values(item.parts)


def _other_names(labels: Labels, values: Iterable[Shown]) -> Mapping[tuple[str, str], list[str]]:
    """The aliases of all records that are referred to, by collection and key."""
    keys: dict[str, dict[str, None]] = {}
    for value in values:
        if isinstance(value, Reference):
            keys.setdefault(value.collection, {})[value.key] = None
    found: dict[tuple[str, str], list[str]] = {}
    for name, some in keys.items():
        collection = labels.opened.site.collection(name)
        for place in collection.aliases:
            of = quote(collection.key if place.table == collection.table else "_parent")
            for chunk in chunks(list(some)):
                sql = (
                    f"SELECT {of}, {quote(place.column)} FROM {quote(place.table)} "
                    f"WHERE {of} IN ({', '.join('?' * len(chunk))}) AND {quote(place.column)} IS NOT NULL"
                )
                for key, text in labels.opened.connection.execute(sql, chunk):
                    found.setdefault((name, str(key)), []).append(cell_text(text))
    return found
