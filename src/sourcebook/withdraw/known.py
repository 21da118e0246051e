# SPDX-License-Identifier: Apache-2.0
"""What was taken down of a book, and the words of it as far as they are still known: from git, and from what was built.

The list of what was withdrawn has fingerprints alone. What is known by its words too, is found in any bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sourcebook.book import TAKEN_DOWN, Book, Withdrawn
from sourcebook.edit.past import Former, former, names_of, values_in_builds, values_in_git
from sourcebook.evidence.fingerprints import fingerprint, texts_in
from sourcebook.exact import loads
from sourcebook.records.read import stream
from sourcebook.rules.withdrawn_again import taken_down


@dataclass(frozen=True)
class TakenDown:
    """What was taken down, as its ``entries`` say, and how it is known again.

    ``records`` are collection and key of each whole one, under all keys that it ever had; ``hashes`` the fingerprints
    of texts, each with the entry that has it; ``texts`` those whose words are known here; ``places`` what stood where
    only a value was taken down.
    """

    entries: tuple[Withdrawn, ...]
    records: frozenset[tuple[str, str]]
    hashes: Mapping[str, Withdrawn]
    texts: tuple[str, ...] = field(default=(), repr=False)
    places: tuple[Former, ...] = field(default=(), repr=False)

    @property
    def blind(self) -> int:
        """Of how many things that were taken down no words can be looked for: too short, or in other records too."""
        return sum(not one.hashes for one in self.entries)

    def in_record(self, collection: str, key: str, document: str) -> str:
        """What a record, as JSON text, has of what was taken down; the empty text where it has nothing."""
        if (collection, key) in self.records:
            return "a record"
        for one in self.places:
            if one.collection == collection and key in one.keys and any(one.places(loads(document))):
                return "a value"
        return ""

    @property
    def unknown(self) -> int:
        """How many fingerprints there are of which the words are not known here."""
        return len(self.hashes) - len({fingerprint(one) for one in self.texts} & self.hashes.keys())


def entries_of(book: Book) -> tuple[Withdrawn, ...]:
    """What was taken down of a book."""
    return tuple(one for one in book.withdrawn if one.how == TAKEN_DOWN)


def known(book: Book, *, words: bool = True) -> TakenDown:
    """What was taken down of a book; with its ``words``, for which all of git's history of it is read."""
    entries = entries_of(book)
    whole = [one for one in entries if not one.property]
    records = frozenset((one.collection, key) for one in whole for key in names_of(book, one.collection, one.key))
    hashes = taken_down(book)
    texts: dict[str, None] = {}
    places: list[Former] = []
    for collection in book.collections if words else ():
        own = [one for one in entries if one.collection == collection.name]
        if not own:
            continue
        keys = frozenset(key for one in own for key in names_of(book, one.collection, one.key))
        states = [*values_in_git(book, collection, keys), *values_in_builds(book, collection.name, keys)]
        for _, state in states:
            texts.update(dict.fromkeys(one.text for one in texts_in(state) if fingerprint(one.text) in hashes))
        places += _places(book, own, states)
    return TakenDown(entries, records, hashes, tuple(texts), tuple(places))


def _places(book: Book, entries: Sequence[Withdrawn], states: Sequence[tuple[str, Any]]) -> Iterator[Former]:
    """What stood at the places of which values were taken down."""
    parts = [one for one in entries if one.property]
    if not parts:
        return
    wanted = {(one.collection, one.key) for one in parts}
    now = {
        (one.collection, str(one.key)): one.value for one in stream(book) if (one.collection, str(one.key)) in wanted
    }
    for one in parts:
        names = names_of(book, one.collection, one.key)
        yield former(book, one, [state for key, state in states if key in names], now.get((one.collection, one.key)))
