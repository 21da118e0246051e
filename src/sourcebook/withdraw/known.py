# SPDX-License-Identifier: Apache-2.0
"""What was taken down of a book, and the words of it as far as they are still known: from git, and from what was built.

The list of what was withdrawn has fingerprints alone. What is known by its words too, is found in any bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sourcebook.book import TAKEN_DOWN, Book, Withdrawn
from sourcebook.edit.past import names_of, values_in_builds, values_in_git
from sourcebook.evidence.fingerprints import fingerprint, texts_in
from sourcebook.exact import loads
from sourcebook.rules.withdrawn_again import taken_down


@dataclass(frozen=True)
class TakenDown:
    """What was taken down: ``entries``, all ``names`` of each whole record, ``hashes``, and what words are known."""

    entries: tuple[Withdrawn, ...]
    records: frozenset[tuple[str, str]]
    hashes: Mapping[str, Withdrawn]
    texts: tuple[str, ...] = field(default=(), repr=False)

    @property
    def unknown(self) -> int:
        """How many fingerprints there are of which the words are not known here."""
        return len(self.hashes) - len({fingerprint(one) for one in self.texts} & self.hashes.keys())

    def in_document(self, text: str) -> bool:
        """Whether a document, as JSON text, has words in it that were taken down."""
        return any(fingerprint(one.text) in self.hashes for one in texts_in(loads(text)))

    def in_value(self, value: Any) -> bool:
        """Whether a text is one that was taken down."""
        return isinstance(value, str) and fingerprint(value) in self.hashes


def entries_of(book: Book) -> tuple[Withdrawn, ...]:
    """What was taken down of a book."""
    return tuple(one for one in book.withdrawn if one.how == TAKEN_DOWN)


def known(book: Book, *, words: bool = True) -> TakenDown:
    """What was taken down of a book; with its ``words``, for which all of git's history of it is read."""
    entries = entries_of(book)
    whole = [one for one in entries if not one.property]
    records = frozenset((one.collection, key) for one in whole for key in names_of(book, one.collection, one.key))
    hashes = taken_down(book)
    texts = dict.fromkeys(_texts(book, entries, hashes)) if words and hashes else {}
    return TakenDown(entries, records, hashes, tuple(texts))


def _texts(book: Book, entries: tuple[Withdrawn, ...], hashes: Mapping[str, Withdrawn]) -> Iterator[str]:
    for collection in book.collections:
        keys = {
            key
            for one in entries
            if one.collection == collection.name
            for key in names_of(book, one.collection, one.key)
        }
        if not keys:
            continue
        for value in (*values_in_git(book, collection, keys), *values_in_builds(book, collection.name, keys)):
            yield from (one.text for one in texts_in(value) if fingerprint(one.text) in hashes)


__all__ = ["TakenDown", "entries_of", "known"]
