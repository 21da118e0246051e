# SPDX-License-Identifier: Apache-2.0
"""Partitions against records: every row as DuckDB reads it, and what groups of rows say of their values.

Records are read file by file, cut to what is public and taken apart by other ways than a build's. No table is ever in
memory: rows are compared as they come.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from sourcebook.book import Book
from sourcebook.duck import Refused, Tables, exactly
from sourcebook.exact import dumps
from sourcebook.finding import Ledger
from sourcebook.formats.parquet import parquet_schema
from sourcebook.partitions.parts import WHOLE, Part, Parts
from sourcebook.partitions.views import reading
from sourcebook.records.model import Record
from sourcebook.records.read import stream
from sourcebook.tables import Column, flatten
from sourcebook.tables.links import linked
from sourcebook.verify.reduced import Reduced

_AT_ONCE = 1_000  # rows
Tell = Callable[[str, str], None]


def against_records(tables: Tables, parts: Parts, folder: Path, ledger: Ledger, tell: Tell) -> None:
    """Have ``tell`` told, of each partition in ``folder``, which row is not what the records come to."""
    book = parts.gathered.work.book
    waiting = {name: _Rows(tables, parts, name, folder, ledger, tell) for name in parts.tables}
    for record in _public(book):
        plan = parts.gathered.plans[record.collection]
        rows, _ = flatten(plan, record.key, record.value)
        for place, table in enumerate(plan.tables):
            waiting[table.name].add(rows.get(place, ()))
        text = dumps(record.value)
        waiting[WHOLE.name].add([[record.collection, str(record.key), record.path, record.line, text]])
    for one in waiting.values():
        one.finish()


def _public(book: Book) -> Iterator[Record]:
    reduced = Reduced(book)
    for record in stream(book):
        is_public, value = reduced.record(record)
        if is_public:
            yield replace(record, value=value)


class _Rows:
    """The rows that records make of a table, compared with those in its partitions."""

    def __init__(self, tables: Tables, parts: Parts, name: str, folder: Path, ledger: Ledger, tell: Tell) -> None:
        self._parts = parts
        self._table = parts.tables[name]
        self._waiting: list[list[Any]] = []
        self._count = 0
        self._ledger = ledger
        self._tell = tell
        self._path = next(one.path for one in parts.all if one.table.name == name)
        self._found = self._there(tables, folder)
        self._differs = False

    def add(self, rows: Sequence[list[Any]]) -> None:
        """Add rows, in order."""
        self._waiting += rows
        if len(self._waiting) >= _AT_ONCE:
            self._compare()

    def finish(self) -> None:
        """Compare what is left; there must be no more rows than were added."""
        self._compare()
        if not self._differs and next(self._found, None) is not None:
            self._tell(self._path, f"there are more rows than the records have in the table {self._table.name}")

    def _compare(self) -> None:
        rows, self._waiting = self._waiting, []
        if self._differs or not rows:
            return
        for number, row in enumerate(self._wanted(rows), self._count):
            found = next(self._found, None)
            if found != row:
                self._differs = True
                why = "is missing" if found is None else "is not what the records come to"
                self._tell(self._path, f"row {number + 1:,} of the table {self._table.name} {why}")
                return
        self._count += len(rows)
        self._ledger.performed("rows of partitions against records", len(rows))

    def _wanted(self, rows: list[list[Any]]) -> Iterator[tuple[Any, ...]]:
        """Rows as Parquet has them: with the keys that references mean, and what is derived."""
        table = self._table
        width, more = len(table.columns), len(table.derived)
        values = linked(table, [value for row in rows for value in row], self._parts.gathered.index)
        packed = self._parts.derived.values(table, self._count, len(rows))
        beside = marshal.loads(packed) if packed else [None] * (more * len(rows))  # noqa: S302  (made a moment ago)
        kept: list[Callable[[Any], Any]] = [_KEPT.get(column.encoding, _text) for column in table.published]
        for number in range(len(rows)):
            row = (*values[number * width : (number + 1) * width], *beside[number * more : (number + 1) * more])
            yield tuple(None if value is None else keep(value) for keep, value in zip(kept, row, strict=True))

    def _there(self, tables: Tables, folder: Path) -> Iterator[tuple[Any, ...]]:
        """The rows of all partitions, in order; on the way what each says of its values is looked at."""
        for part in self._parts.all:
            if part.table.name == self._table.name:
                self._path = part.path
                try:
                    yield from self._of_part(tables, folder, part)
                except (Refused, OSError, ValueError) as error:
                    self._differs = True
                    self._tell(part.path, f"cannot be read: {error}")
                    return

    def _of_part(self, tables: Tables, folder: Path, part: Part) -> Iterator[tuple[Any, ...]]:
        from pyarrow import ArrowException
        from pyarrow.parquet import read_metadata

        try:
            metadata = read_metadata(folder / part.path)
            schema = metadata.schema.to_arrow_schema()
        except ArrowException as error:
            raise ValueError(str(error)) from error
        if not schema.equals(parquet_schema(part.table), check_metadata=True):
            raise ValueError(f"its columns, or what it says of them, are not those of the table {part.table.name}")
        if metadata.num_rows != part.rows:
            raise ValueError(f"it has {metadata.num_rows:,} rows, and the records make {part.rows:,} of them")
        rows = tables.rows(f"SELECT * FROM {reading(f'{exactly(folder)}/{part.path}')}")
        for number in range(metadata.num_row_groups):
            group = metadata.row_group(number)
            said = [_Said(column) for column in part.table.published]
            left = group.num_rows
            while some := list(islice(rows, min(left, _AT_ONCE))):
                left -= len(some)
                for one, values in zip(said, zip(*some, strict=True), strict=True):
                    one.add(values)
                yield from some
            for place, one in enumerate(said):
                if not one.holds(group.column(place).statistics):
                    raise ValueError(f"what it says of the values in {part.table.published[place].name} does not hold")
            self._ledger.performed("statistics of partitions", len(said))


class _Said:
    """What the values of a column come to in a group of rows."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._least: Any = None
        self._most: Any = None
        self._lacking = 0

    def add(self, values: Sequence[Any]) -> None:
        """Add values, in any order."""
        there = [value for value in values if value is not None]
        self._lacking += len(values) - len(there)
        if there:
            least, most = min(there), max(there)
            self._least = least if self._least is None else min(least, self._least)
            self._most = most if self._most is None else max(most, self._most)

    def holds(self, statistics: Any) -> bool:
        """Whether statistics say that, or nothing."""
        if statistics is None:
            return True
        lacking = not statistics.has_null_count or statistics.null_count == self._lacking
        bounds = not statistics.has_min_max or (statistics.min, statistics.max) == (self._least, self._most)
        return bool(lacking and bounds)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


_KEPT: dict[str, Callable[[Any], Any]] = {"boolean": bool, "integer": int, "number": float}
