# SPDX-License-Identifier: Apache-2.0
"""Sets of the records of a collection, as whole numbers whose bits say which: to narrow down, to count, to turn pages.

The records are numbered from 0 in the order of the book. Sets are made of the database when first asked for, and kept
as long as the release is open: of 100,000 records one takes 12 KB, and what two have in common is told in microseconds.
"""

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress, islice
from threading import RLock
from typing import Any

from sourcebook.content.labels import labels_of
from sourcebook.content.opened import Opened
from sourcebook.extract import cell_text
from sourcebook.extract.site import Collection, Field
from sourcebook.site.choosing.filters import NONE, Filter, filters_of
from sourcebook.site.hits import records_of
from sourcebook.sqlite import RECORDS, quote
from sourcebook.tables.search import fold

_MOST_KEPT = 64  # sets that were asked for, beside those of facets
_MOST_BYTES = 64 * 1024 * 1024  # that the sets of one facet's values may take
_AT_ONCE = 500  # rows in a statement
ORDERS = ("", "label", "-label", "date", "-date")
"""Orders of records: that of the book first; a hyphen turns one round."""


class RecordSets:
    """The sets of one collection's records. Several threads may use one."""

    def __init__(self, opened: Opened, collection: Collection) -> None:
        self._opened = opened
        self._collection = collection
        self.filters = filters_of(opened.site, collection)
        # Sorted here: asked for an order, SQLite reads all records instead of the index.
        sql = f"SELECT rowid FROM {RECORDS} WHERE collection = ?"
        self._rows = array("q", sorted(row for (row,) in opened.connection.execute(sql, (collection.name,))))
        self._kept: OrderedDict[tuple[str, ...], int] = OrderedDict()
        self._values: dict[str, dict[str, int]] = {}
        self._orders: dict[str, array[int]] = {}
        self._lock = RLock()

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def every(self) -> int:
        """The set of all."""
        return (1 << len(self._rows)) - 1

    def having(self, one: Filter, values: Sequence[str]) -> int:
        """The records that have one of ``values`` by a filter; `NONE` is having none."""
        return self._once((one.name, *values), lambda: self._having(one, values))

    def found(self, typed: str) -> int:
        """The records in which all the words stand, the last of them perhaps in part. Raises LookupError without index.

        As search compares them: without regard to case, accents and the like.
        """
        return self._once(("", typed), lambda: self._found(typed))

    def by_value(self, one: Filter, values: Sequence[str]) -> dict[str, int] | None:
        """For each of ``values`` the records that have it; None where that would take too much memory."""
        with self._lock:
            if one.name not in self._values:
                if len(values) * len(self._rows) / 8 > _MOST_BYTES:
                    return None
                self._values[one.name] = self._by_value(one, values)
            return self._values[one.name]

    def keys(self, which: int, order: str = "", first: int = 0, most: int | None = None) -> list[str]:
        """The keys of the records of a set in one of the `ORDERS`: ``most`` of them from the ``first``, from 0, on."""
        inside = slice(first, None if most is None else first + most)
        every: Sequence[int] = self._order(order) if order else range(len(self._rows))
        if which == self.every:
            return self._keys_of(every[inside])
        bits = _bits(which).ljust(len(self._rows), b"\0")
        those = compress(every, map(bits.__getitem__, every) if order else bits)
        return self._keys_of(list(islice(those, inside.start, inside.stop)))

    def rows(self, which: int) -> list[int]:
        """The records of a set by their rows in the table of records, in the order of the book."""
        if which == self.every:
            return list(self._rows)
        return list(compress(self._rows, _bits(which).ljust(len(self._rows), b"\0")))

    # --- made of the database ----------------------------------------------------------------------------------------

    def _once(self, name: tuple[str, ...], make: Callable[[], int]) -> int:
        with self._lock:
            if name not in self._kept:
                self._kept[name] = make()
                if len(self._kept) > _MOST_KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(name)
            return self._kept[name]

    def _having(self, one: Filter, values: Sequence[str]) -> int:
        known = self._values.get(one.name, {})
        if all(value in known for value in values):
            return _union(known[value] for value in values)
        found = [self._of_keys(sql, wanted) for sql, wanted in one.matching([value for value in values if value])]
        if NONE in values:
            found.append(self.every & ~_union(self._of_keys(sql, []) for sql in one.filled()))
        return _union(found)

    def _of_keys(self, sql: str, values: Sequence[Any]) -> int:
        """The set of the records whose keys a statement selects."""
        rows = f"SELECT rowid FROM {RECORDS} WHERE collection = ? AND key IN ({sql})"
        return self._set(row for (row,) in self._execute(rows, (self._collection.name, *values)))

    def _found(self, typed: str) -> int:
        try:
            return self._set(records_of(self._opened.connection, typed, self._collection.number))
        except sqlite3.OperationalError as error:
            raise LookupError("this release has no search index") from error

    def _by_value(self, one: Filter, values: Sequence[str]) -> dict[str, int]:
        wanted = set(values)
        found: dict[str, array[int]] = {value: array("I") for value in wanted}
        for source in one.sources.values():
            sql = (
                f"SELECT {RECORDS}.rowid, {source.value} FROM {source.tables} JOIN {RECORDS} "
                f"ON {RECORDS}.collection = ? AND {RECORDS}.key = {source.key} WHERE {source.value} IS NOT NULL"
            )
            for row, value in self._execute(sql, (self._collection.name,)):
                text = cell_text(value)
                if text in wanted:
                    found[text].append(self._number(row))
        sets = {value: self._numbered(numbers) for value, numbers in found.items()}
        if NONE in wanted:
            sets[NONE] = self._having(one, [NONE])
        return sets

    def _order(self, order: str) -> array[int]:
        with self._lock:
            if order not in self._orders:
                ranked = self._ranked(order.lstrip("-"))
                there = [number for number in range(len(self._rows)) if number in ranked]
                there.sort(key=ranked.__getitem__, reverse=order.startswith("-"))
                without = (number for number in range(len(self._rows)) if number not in ranked)
                self._orders[order] = array("I", [*there, *without])
            return self._orders[order]

    def _ranked(self, order: str) -> dict[int, str]:
        """What records are ordered by, as far as they have it."""
        if order == "date":
            columns = [quote(one.column) for one in date_fields(self._collection)]
            value = f"coalesce({', '.join(columns)}, NULL)"
            sql = f"SELECT CAST({quote(self._collection.key)} AS TEXT), {value} FROM {quote(self._collection.table)}"
            by_key = {key: cell_text(date) for key, date in self._execute(sql, ()) if date not in (None, "")}
            keys = self._keys_of(range(len(self._rows)))
            return {number: by_key[key] for number, key in enumerate(keys) if key in by_key}
        keys = self._keys_of(range(len(self._rows)))
        labels = dict(labels_of(self._opened, self._collection, keys))
        return {number: alphabetical(labels.get(key, key)) for number, key in enumerate(keys)}

    def _execute(self, sql: str, values: Sequence[Any]) -> Iterator[Any]:
        return self._opened.connection.execute(sql, values)

    def _keys_of(self, numbers: Sequence[int]) -> list[str]:
        keys: list[str] = []
        for begin in range(0, len(numbers), _AT_ONCE):
            rows = [self._rows[number] for number in numbers[begin : begin + _AT_ONCE]]
            sql = f"SELECT rowid, key FROM {RECORDS} WHERE rowid IN ({', '.join('?' * len(rows))})"
            by_row = dict(self._execute(sql, rows))
            keys += [by_row[row] for row in rows]
        return keys

    def _number(self, row: int) -> int:
        """The number of the record in a row of the table of records."""
        near = row - self._rows[0]
        return near if near < len(self._rows) and self._rows[near] == row else bisect_left(self._rows, row)

    def _set(self, rows: Iterable[int]) -> int:
        return self._numbered(map(self._number, rows))

    def _numbered(self, numbers: Iterable[int]) -> int:
        bits = bytearray(len(self._rows) // 8 + 1)
        for number in numbers:
            bits[number >> 3] |= 1 << (number & 7)
        return int.from_bytes(bits, "little")


def record_sets(opened: Opened, collection: Collection) -> RecordSets:
    """The sets of a collection's records, of which a release has one."""
    name = ("sets", collection.name)
    if name not in opened.kept:
        opened.kept.setdefault(name, RecordSets(opened, collection))  # of two that were made at once the first is kept
    sets: RecordSets = opened.kept[name]
    return sets


def date_fields(collection: Collection) -> list[Field]:
    """The fields that say when a record was: of an interval, of a statement, or else the first date of its own."""
    roles = collection.roles
    paths = [roles.get("interval", {}).get(name, "") for name in ("earliest", "latest")]
    paths.append(roles.get("statement", {}).get("on", ""))
    found = [one for path in paths if path and (one := collection.field(path)) and one.kind == "value"]
    dates = (one for one in collection.fields if one.kind == "value" and one.format == "date")
    return found or list(dates)[:1]


def alphabetical(label: str) -> str:
    """What labels are ordered by: letters alone, small and without accents; those of other scripts as they are."""
    return fold(label).casefold().lstrip(" \"'“”„«»‘’(")


def _union(sets: Iterable[int]) -> int:
    found = 0
    for one in sets:
        found |= one
    return found


_TO_BITS = bytes.maketrans(b"01", b"\0\1")


def _bits(which: int) -> bytes:
    """A byte of 0 or 1 for each record, up to the last of the set."""
    return bin(which)[:1:-1].encode().translate(_TO_BITS)
