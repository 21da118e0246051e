# SPDX-License-Identifier: Apache-2.0
"""What is not public of a book's files, read again from the files themselves where a rule has to look at it.

What files compile to holds what is public alone, so that it may lie on disk: what is wrong with the rest is found from
the whole records, which stay in memory, and of which only those are read that something may be wrong with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sourcebook.book import HIDDEN, Book
from sourcebook.records.model import Entry, Held, Record, Source, Summary
from sourcebook.records.read import read_file


def told_again(book: Book, source: Source, summary: Summary) -> Summary:
    """What was found of a file, with the words that are not kept (`batch.told_of`). Raises OSError."""
    costs = [one for one in summary.findings if one.rule == "record-cost"]  # which no reading tells
    again = read_file(book, source)
    return Summary([*again.findings, *costs], again.documents, again.taken)


def hidden_in(book: Book, sources: Iterable[Source]) -> Iterator[Record]:
    """The records in some files of which nothing is public. Raises OSError."""
    for source in sources:
        for record in read_file(book, source).records:
            if book.visibility.public(record.collection, record.value) is HIDDEN:
                yield record


def seen_in(book: Book, entries: Iterable[Entry]) -> Iterator[Record]:
    """The whole records of which the public forms are known, all of one collection, file by file. Raises OSError."""
    by_file: dict[str, set[tuple[object, ...]]] = {}
    for entry in entries:
        by_file.setdefault(entry.path, set()).add((entry.collection, entry.at, entry.document))
    for path, places in by_file.items():
        collection = book.by_name[next(str(place[0]) for place in places)]
        for record in read_file(book, Source(collection, path, (collection.at,))).records:
            if (record.collection, record.at, record.document) in places:
                yield record


class Whole:
    """The whole records of which the public forms are known; the file that was read last is remembered."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._last: tuple[tuple[str, str], Held] | None = None

    def record(self, entry: Entry) -> Record | None:
        """A whole record, given where it stands; None where it is not there any more. Raises OSError."""
        where = entry.collection, entry.path
        if self._last is None or self._last[0] != where:
            collection = self._book.by_name[entry.collection]
            self._last = where, read_file(self._book, Source(collection, entry.path, (collection.at,)))
        place = entry.key, entry.at, entry.document
        records = self._last[1].records
        return next((one for one in records if (one.key, one.at, one.document) == place), None)
