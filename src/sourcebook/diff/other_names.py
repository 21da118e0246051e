# SPDX-License-Identifier: Apache-2.0
"""What a record says it is called too: by a key that it had, another record of before is known to be the same."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sourcebook.book import Book, steps

Named = Callable[[Any], frozenset[str]]
"""The other names of a record, of its value."""


def nameless(_: Any) -> frozenset[str]:
    """No names: of a collection that declares none."""
    return frozenset()


def other_names(book: Book | None, name: str) -> Named:
    """What gives the names that records of a collection say at the paths that it declares as ``aliases``."""
    collection = book.by_name.get(name) if book else None
    return names_at(collection.aliases) if collection else nameless


def other_names_in_site(site: Mapping[str, Any], name: str) -> Named:
    """The same by what a release says to pages of itself."""
    found: Mapping[str, Any] = next((one for one in site.get("collections", ()) if one.get("name") == name), {})
    places = {(one.get("table"), one.get("column")) for one in found.get("aliases", ())}
    return names_at(_paths(found.get("fields", ()), found.get("table"), places)) if places else nameless


def _paths(fields: Iterable[Mapping[str, Any]], table: Any, places: Container[tuple[Any, Any]]) -> Iterator[str]:
    for one in fields:
        if (table, one.get("column")) in places:
            yield one["path"]
        yield from _paths(one.get("fields", ()), one.get("table", table), places)


def names_at(paths: Iterable[str]) -> Named:
    """What gives the texts at some paths of a record."""
    ways = [steps(path) for path in paths]
    return (lambda value: frozenset(_texts(value, ways))) if ways else nameless


def _texts(value: Any, ways: Sequence[tuple[str, ...]]) -> Iterator[str]:
    from sourcebook.tables.reference_paths import leaves, written  # which is needed where keys were given up alone

    for way in ways:
        for _, found in written(value, way):
            yield from (str(one) for _, one in leaves(found) if not isinstance(one, bool))
