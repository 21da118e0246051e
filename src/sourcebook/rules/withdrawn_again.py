# SPDX-License-Identifier: Apache-2.0
"""``withdrawn-again``: words that were taken down are in the book again, under whatever key and in whatever lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sourcebook.book import TAKEN_DOWN, WITHDRAWN, Book, Withdrawn
from sourcebook.evidence.fingerprints import Text, fingerprint, texts_in
from sourcebook.exact import loads
from sourcebook.finding import Finding, Ledger
from sourcebook.records.model import Record
from sourcebook.records.places import Positioner

RULE = "withdrawn-again"


def taken_down(book: Book) -> dict[str, Withdrawn]:
    """What was taken down of a book, by the fingerprints of its words."""
    return {one: entry for entry in book.withdrawn for one in entry.hashes if entry.how == TAKEN_DOWN}


def check(
    book: Book,
    documents: Callable[[str], Iterable[tuple[Any, str]]],
    record_of: Callable[[str, Any, str], Record],
    ledger: Ledger,
) -> Iterator[Finding]:
    """Where what was taken down of ``book`` stands again.

    ``documents`` are the records of a collection, where each stands and what it holds as JSON text; of these,
    ``record_of`` makes a record.
    """
    known = taken_down(book)
    positioner = Positioner(book)
    for entry in book.withdrawn:
        if entry.how == TAKEN_DOWN and not entry.hashes:
            ledger.unverifiable(RULE, "what was taken down has no text that is long enough to be known again")
    for collection in book.collections if known else ():
        for stand, text in documents(collection.name):
            ledger.performed(RULE)
            found = list(_found(known, loads(text)))
            record = record_of(collection.name, stand, text) if found else None
            for one, entry in found:
                assert record is not None
                yield _told(positioner, record, one, entry)


def has_words(known: dict[str, Withdrawn], text: str) -> bool:
    """Whether a record, as JSON text, has words that were taken down; ``known`` is as `taken_down` gives it."""
    return any(_found(known, loads(text)))


def _found(known: dict[str, Withdrawn], value: Any) -> Iterator[tuple[Text, Withdrawn]]:
    for one in texts_in(value):
        entry = known.get(fingerprint(one.text))
        if entry is not None:
            yield one, entry


def _told(positioner: Positioner, record: Record, found: Text, entry: Withdrawn) -> Finding:
    of = f"{entry.collection} {entry.key}" + (f", {entry.property}" if entry.property else "")
    message = f"these words were taken down on {entry.on}, with {of}"
    hint = f"take them out again; why they were taken down is told at {WITHDRAWN}:{entry.line}"
    return positioner.finding(record, found.path, RULE, message, hint, at_key=found.is_name)


__all__ = ["RULE", "check", "has_words", "taken_down"]
