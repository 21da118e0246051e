# SPDX-License-Identifier: Apache-2.0
"""What a search finds in the index of a release, by collection, best first, with an amount of work that is bounded.

What is asked for is found in the name of a record before its text, and there before the names of what it refers to. Up
to 5,000 hits are all looked at; of more, 5,000 are counted in a collection, and the first in each column taken. What
grows with the book is what FTS5 does before it gives the first hit: it puts together the records of all words that
begin as the last one does.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from sourcebook.extract.search_index import COLLECTION_BITS
from sourcebook.tables.search import expression

_FEW = 5_000  # hits that are all looked at
_MOST_COUNTED = 5_000  # in a collection, where there are more
_RANKED = 1_000  # hits that are put in order by how much they say of it, in a book of no more than so many records:
_RANKED_IN = 20_000  # to weigh a word, all records that have it are looked at
_COLUMNS = ("name", "name text", "name text linked")


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found in the collection of a number: how many records, or more than so many, and the first of them.

    ``records`` are their numbers in the table of records.
    """

    collection: int
    count: int
    more: bool
    records: tuple[int, ...]


def hits(connection: sqlite3.Connection, typed: str, most: int) -> list[Hits]:
    """What is found by what a reader ``typed``, in the order of collections, with ``most`` records of each.

    The last word may go on. The ``connection`` has the index attached as ``site``. Raises sqlite3.OperationalError
    where there is none.
    """
    return list(_Search(connection, expression(typed, prefix=True)).found(most))


def records_of(connection: sqlite3.Connection, typed: str, collection: int) -> Iterator[int]:
    """The numbers of all records of one collection that are found, in order: for those of a list to be narrowed down.

    Raises as `hits` does.
    """
    span = collection << COLLECTION_BITS, (collection + 1) << COLLECTION_BITS
    sql = f"{_HITS} AND rowid >= ? AND rowid < ?"
    for (row,) in connection.execute(sql, (expression(typed, prefix=True), *span)):
        yield row & _RECORD


_RECORD = (1 << COLLECTION_BITS) - 1
_HITS = "SELECT rowid FROM site.search WHERE search MATCH ?"


class _Search:
    def __init__(self, connection: sqlite3.Connection, asked: str) -> None:
        self._connection = connection
        self._asked = asked

    def found(self, most: int) -> Iterator[Hits]:
        rows = self._rows(self._asked, _FEW + 1)
        yield from self._few(rows, most) if len(rows) <= _FEW else self._many(most)

    def _few(self, rows: list[int], most: int) -> Iterator[Hits]:
        ranks = self._ranks(rows) if most else {}
        by_collection: dict[int, list[int]] = {}
        for row in rows:
            by_collection.setdefault(row >> COLLECTION_BITS, []).append(row)
        for number, found in by_collection.items():
            first = sorted(found, key=ranks.__getitem__)[:most] if most else []
            yield Hits(number, len(found), False, tuple(row & _RECORD for row in first))

    def _ranks(self, rows: list[int]) -> dict[int, tuple[int, float, int]]:
        """What to order all hits by."""
        stages = dict.fromkeys(rows, len(_COLUMNS))
        for stage, columns in reversed([*enumerate(_COLUMNS[:-1])]) if rows else ():
            stages |= dict.fromkeys(self._rows(self._within(columns), _FEW), stage)
        weights: dict[int, float] = {}
        (records,) = self._connection.execute("SELECT coalesce(sum(rows), 0) FROM site.counts").fetchone()
        if len(rows) <= _RANKED and records <= _RANKED_IN:
            sql = "SELECT rowid, bm25(search) FROM site.search WHERE search MATCH ?"
            weights = dict(self._connection.execute(sql, (self._asked,)))
        return {row: (stages[row], weights.get(row, 0.0), row) for row in rows}

    def _many(self, most: int) -> Iterator[Hits]:
        numbers = self._connection.execute("SELECT rowid FROM site.counts WHERE rows > 0 ORDER BY rowid").fetchall()
        for (number,) in numbers:
            span = (number << COLLECTION_BITS, (number + 1) << COLLECTION_BITS)
            counted = f"SELECT count(*) FROM ({_HITS} AND rowid >= ? AND rowid < ? LIMIT {_MOST_COUNTED + 1})"
            (count,) = self._connection.execute(counted, (self._asked, *span)).fetchone()
            if count:
                first = self._first(span, most)
                yield Hits(number, min(count, _MOST_COUNTED), count > _MOST_COUNTED, tuple(first))

    def _first(self, span: tuple[int, int], most: int) -> list[int]:
        found: dict[int, None] = {}
        for columns in _COLUMNS:
            if len(found) < most:
                found |= dict.fromkeys(self._rows(self._within(columns), most, *span))
        return [row & _RECORD for row in found][:most]

    def _within(self, columns: str) -> str:
        return f"{{{columns}}} : ({self._asked})"

    def _rows(self, asked: str, most: int, first: int = 0, end: int = 1 << 62) -> list[int]:
        sql = f"{_HITS} AND rowid >= ? AND rowid < ? LIMIT ?"
        return [row for (row,) in self._connection.execute(sql, (asked, first, end, most))]
