# SPDX-License-Identifier: Apache-2.0
"""The words of a record that is taken down, by which it is known again: those of now, and those that it ever had.

Left out is what others need too: texts that stand in records which stay, that a schema lists, that are keys.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sourcebook.edit.labels import property_of
from sourcebook.edit.past import names_of, values_in_builds, values_in_git
from sourcebook.edit.selecting import places
from sourcebook.edit.source import Source
from sourcebook.evidence.fingerprints import fingerprint, texts_in

Steps = tuple[str | int, ...]


@dataclass(frozen=True)
class Words:
    """The fingerprints of words that are taken down, how many ``states`` of the record they are from, and what is left.

    ``shared`` are those that stand in records which stay, by where they do; ``short`` counts those too short.
    """

    hashes: tuple[str, ...]
    states: int
    shared: tuple[str, ...]
    short: int


def words_of(
    source: Source, collection: str, key: str, values: Iterable[Any], going: Collection[int], path: Steps
) -> Words:
    """The words of the record of a ``key``, which holds ``values`` now, at a ``path`` or whole; and of its past.

    ``going`` are the records (by `id`) that are taken out with it, which may hold the same words.
    """
    book = source.book
    names = names_of(book, collection, key)
    states = [
        *values,
        *(value for _, value in values_in_git(book, book.by_name[collection], names)),
        *(value for _, value in values_in_builds(book, collection, names)),
    ]
    found: dict[str, None] = {}
    short: set[str] = set()
    for state in states:
        for text in _texts(state, path):
            if mark := fingerprint(text):
                found[mark] = None
            elif text.strip():
                short.add(text)
    kept = _needed(source, going, path)
    shared = {mark: kept[mark] for mark in found if mark in kept}
    hashes = tuple(mark for mark in found if mark not in shared)
    return Words(hashes, len(states), tuple(dict.fromkeys(where for where in shared.values() if where)), len(short))


def _texts(state: Any, path: Steps) -> Iterator[str]:
    """The texts of a record that are words: no names of its properties, though those of maps may be; no addresses."""
    for _, value in places(state, _loose(path)) if path else [((), state)]:
        for one in texts_in(value):
            word = one.text.isascii() and len(one.text.split()) == 1
            if not word or (path and not one.is_name):
                yield one.text


def _loose(path: Steps) -> Steps:
    """A path that leads to every item of a list, for its place in the list may have been another."""
    return tuple("[]" if isinstance(step, int) else step for step in path)


def _needed(source: Source, going: Collection[int], path: Steps) -> dict[str, str]:
    """The fingerprints of texts that others need, with where they stand; without, where that need not be told."""
    found: dict[str, str] = {}
    for record in source.records:
        if id(record) in going and not path:
            continue
        taken = [p for p, _ in places(record.value, path)] if id(record) in going else []
        for one in texts_in(record.value):
            if not any(one.path[: len(p)] == p for p in taken) and (mark := fingerprint(one.text)):
                found.setdefault(mark, f"{record.collection} {record.key}, {property_of(one.path)}")
    for record in source.records:
        if mark := fingerprint(str(record.key)):
            found[mark] = ""
    for schema in source.book.schemas.paths:
        for text in _listed(source.book.schemas.contents(schema)):
            if mark := fingerprint(text):
                found[mark] = ""
    return found


def _listed(schema: Any) -> Iterator[str]:
    """The texts that a schema lists as what may stand somewhere."""
    if isinstance(schema, dict):
        for name, value in schema.items():
            if name in ("enum", "const"):
                yield from (one.text for one in texts_in(value))
            yield from _listed(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _listed(value)


__all__ = ["Words", "words_of"]
