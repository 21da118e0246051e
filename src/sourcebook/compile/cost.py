# SPDX-License-Identifier: Apache-2.0
"""What it costs to judge a record by a schema: records that take too long are left out and told of, not waited for.

A pattern that looks ahead may try a text in more ways than there is time for, inside one call that nothing ends but the
end of its process. So chunks are compiled by processes that are ended; a chunk is then done again, without the record.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sourcebook.apart import Allowed, At, Over, What
from sourcebook.book import Book
from sourcebook.compile.chunk import Chunk
from sourcebook.finding import Finding
from sourcebook.records.model import Entry
from sourcebook.records.places import Positioner

_SECONDS = 3.0  # of work on one record
_MOST = 3  # records of a collection: after as many, no others of it are judged
_MOST_OF_BOOK = 9
SLOW = 0.25
"""Seconds from which the time that a record takes counts."""
_ALL = 60.0  # seconds that slow records may take together

ALLOWED = Allowed(_SECONDS, steps=True)


@dataclass(frozen=True)
class Watched:
    """How the records of a chunk are judged while somebody looks at the time.

    ``at`` tells which record is judged, by its number from 1, and 0 where it has been; ``over`` are those that take too
    much, and ``given_up`` says that no others are judged; ``spent`` are the milliseconds, in memory that all processes
    share, that slow ones took; ``tell`` makes the finding of one that is left out.
    """

    at: At
    over: Mapping[int, What]
    given_up: bool
    spent: memoryview
    tell: Callable[[Entry, What | None], Finding]

    def left_out(self, number: int) -> bool:
        """Whether a record is not to be judged; those that have been were judged before one that took too much."""
        return (self.given_up or self.spent[0] > _ALL * 1000) and number > max(self.over, default=0)

    def slow(self, seconds: float) -> None:
        """Count a record that took long, though no longer than it may."""
        self.spent[0] += int(seconds * 1000)


@dataclass
class Costs:
    """The records of a book that take too much, by the number of their chunk, and how many they are by collection."""

    book: Book
    over: dict[int, dict[int, What]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    spent: memoryview = field(default_factory=lambda: memoryview(mmap.mmap(-1, mmap.PAGESIZE)).cast("Q"))

    def again(self, chunk: Chunk, number: int, over: Over) -> bool:
        """Note what a chunk went over with; whether that was with a record, so that it may be done without that."""
        records = self.over.setdefault(number, {})
        if not over.step or over.step in records:
            return False
        records[over.step] = over.what
        name = chunk[0].collection.name
        self.counts[name] = self.counts.get(name, 0) + 1
        return True

    def watched(self, chunk: Chunk, number: int, at: At) -> Watched:
        """How the records of a chunk are to be judged."""
        given_up = self._given_up(chunk[0].collection.name)
        return Watched(at, self.over.get(number, {}), given_up, self.spent, self._told)

    def _given_up(self, collection: str) -> bool:
        return self.counts.get(collection, 0) >= _MOST or sum(self.counts.values()) >= _MOST_OF_BOOK

    def gives_up(self, collection: str) -> bool:
        """Whether no others of a collection's records are judged, for what was judged took too long."""
        return self._given_up(collection) or self.spent[0] > _ALL * 1000

    def spend(self, milliseconds: int) -> None:
        """Count what slow records took elsewhere."""
        self.spent[0] += milliseconds

    def _told(self, entry: Entry, what: What | None) -> Finding:
        schema = self.book.by_name[entry.collection].schema
        by = f"by {schema}" if schema else "by its schema"
        if what is None:
            message = f"this record and what follows it are not judged {by}, since others took too long"
        elif what == "time":
            message = f"it takes more than {_SECONDS:g} seconds to judge the record {by}"
        else:
            message = f"the record cannot be judged {by}: the process that did it has ended"
        return Positioner(self.book).finding(entry, (), "record-cost", message, self._hint(schema))

    def _hint(self, schema: str | None) -> str:
        from sourcebook.validation.costly import tried  # seldom needed

        patterns = tried(self.book.schemas.contents(schema)) if schema in self.book.schemas.paths else []
        if patterns:
            return f"write {patterns[0]} without looking ahead or behind and without \\1, so that no text takes long"
        return "ask less of it in the schema (patterns, alternatives), or make records of its parts"
