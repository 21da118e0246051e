# SPDX-License-Identifier: Apache-2.0
"""What two sides say became of their keys: a book in ``curation/moved.yaml``, a release in what it says to pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sourcebook.book import Book
from sourcebook.diff.records import Moved

_Entry = tuple[str, str, str, str]  # collection, key, the key of now, why there is none


def moved_of(books: Iterable[Book | None], sites: Iterable[Mapping[str, Any]] = ()) -> Moved:
    """What some sides say, of which the later ones go first."""
    to: dict[tuple[str, str], str] = {}
    gone: dict[tuple[str, str], str] = {}
    for collection, key, now, why in _entries(books, sites):
        to.pop((collection, key), None)
        gone.pop((collection, key), None)
        if now:
            to[collection, key] = now
        elif why:
            gone[collection, key] = why
    return Moved(to, gone)


def _entries(books: Iterable[Book | None], sites: Iterable[Mapping[str, Any]]) -> Iterator[_Entry]:
    for book in books:
        yield from ((one.collection, one.key, one.to, one.gone) for one in (book.moved if book else ()))
    for site in sites:
        for collection, keys in (site.get("moved") or {}).items():
            yield from ((collection, key, one.get("to", ""), one.get("gone", "")) for key, one in keys.items())
