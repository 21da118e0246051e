# SPDX-License-Identifier: Apache-2.0
"""What a check came to, as a value: apart from what it takes to check, which those who are told need not import."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from sourcebook.book import Book
from sourcebook.finding import Finding, Ledger

if TYPE_CHECKING:
    from sourcebook.records.model import Entries, Entry
    from sourcebook.tables.whole_book import Plans


@dataclass(frozen=True)
class Checked:
    """A book that was checked: what it is, what is wrong with it, and what was looked at.

    ``findings`` are in the order of their places; ``ok`` says that none of them is an error. ``known`` are those that
    the book's baseline knows, and that count for nothing. ``ledger`` counts what was checked. ``plans`` and ``records``
    are what was compiled: which records, and where they stand, ``entries`` the same by collection; what they hold is in
    the files and the database. ``whole`` says that all could be read, and every rule applied to the whole book;
    ``kept_back``, in words for curators, how much is not public, and ``hidden`` are the records of which nothing is,
    by collection and key as text.
    """

    book: Book
    findings: tuple[Finding, ...]
    ledger: Ledger
    plans: Plans = field(default_factory=dict)
    entries: Mapping[str, Entries] = field(default_factory=dict)
    known: tuple[Finding, ...] = ()
    whole: bool = False
    kept_back: str = ""
    hidden: frozenset[tuple[str, str]] = frozenset()

    @cached_property
    def records(self) -> tuple[Entry, ...]:
        """The records, in order."""
        return tuple(entry for entries in self.entries.values() for entry in entries.values())

    @property
    def there(self) -> Collection[tuple[str, str]]:
        """The records by collection and key as text, without another list of them, for there may be many."""
        return _There(self.entries)

    @property
    def count(self) -> int:
        """How many records there are."""
        return sum(map(len, self.entries.values()))

    @property
    def ok(self) -> bool:
        """Whether the book may be published."""
        return not any(finding.level == "error" for finding in self.findings)


class _There(Collection[tuple[str, str]]):
    def __init__(self, entries: Mapping[str, Entries]) -> None:
        self._entries = entries

    def __contains__(self, one: object) -> bool:
        return isinstance(one, tuple) and one[0] in self._entries and one[1] in self._entries[one[0]].stands

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((name, key) for name, some in self._entries.items() for key in some.stands)

    def __len__(self) -> int:
        return sum(map(len, self._entries.values()))
