# SPDX-License-Identifier: Apache-2.0
"""Which partitions a book has, and the rows of each: some chunks of a collection that follow each other.

Where a partition ends depends on how many rows its chunks have, and on nothing of the machine. Partitions of one
collection are numbered alike in all its tables, so that part 3 of a list's table has the rows of the records in part 3.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sourcebook.compile.database import record_rows
from sourcebook.compile.gather import Gathered
from sourcebook.extract import file_names
from sourcebook.partitions.deriving import Derived
from sourcebook.records.model import Stand
from sourcebook.sqlite import RECORDS
from sourcebook.tables import Column, Table
from sourcebook.tables.links import has_links, linked
from sourcebook.tables.shape import Note

FOLDER = "parquet"
MOST_ROWS = 100_000
"""Rows of the longest table after which a partition ends, with the chunk at hand."""

WHOLE = Table(
    RECORDS,
    "",
    "",
    (
        Column("collection", "text", "key", required=True, note=Note(title="Collection")),
        Column("key", "text", "key", required=True, note=Note(title="Key", description="As a text.")),
        Column("path", "text", "property", required=True, note=Note(title="File")),
        Column("line", "integer", "property", required=True, note=Note(title="Line")),
        Column("document", "json", "property", required=True, note=Note(title="Record", description="As JSON.")),
    ),
    ("collection", "key"),
    None,
    "Records",
    "Every record whole, with the file and the line where it stands.",
)
"""The table of every record, which the database of a book has, too."""


@dataclass(frozen=True, slots=True)
class Part:
    """A partition of ``table``: rows of the ``chunks``, by number; ``begin`` is how many rows come before, in all.

    ``place`` is the number of the table in the plan of ``collection``, -1 for that of all records.
    """

    table: Table
    path: str
    collection: str
    place: int
    chunks: Sequence[int]
    begin: int
    rows: int


@dataclass(frozen=True)
class Parts:
    """The partitions of a book that was gathered, with what stands in columns that no record holds."""

    gathered: Gathered
    derived: Derived

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """All tables, by name, in order; that of the records whole is last."""
        every = (table for plan in self.gathered.plans.values() for table in plan.tables)
        return {**{table.name: table for table in every}, RECORDS: WHOLE}

    @cached_property
    def stems(self) -> Mapping[str, str]:
        """What the folder of each table is called, and its resource in the Data Package."""
        return stems(self.gathered)

    @cached_property
    def all(self) -> Sequence[Part]:
        """Every partition, table by table; of an empty table one without rows."""
        found: dict[str, list[Part]] = {name: [] for name in self.tables}
        many = 0  # of records whole
        for name, plan in self.gathered.plans.items():
            begins = [0] * len(plan.tables)
            groups = list(self._groups(name))
            for number, chunks in enumerate(groups):
                counts = [self.gathered.counts[chunk] for chunk in chunks]
                for place, table in enumerate(plan.tables):
                    rows = sum(one[1 + place] for one in counts)
                    if rows or not number:
                        path = self._path(table, number)
                        found[table.name].append(Part(table, path, name, place, chunks, begins[place], rows))
                    begins[place] += rows
                records = sum(one[0] for one in counts)
                if records:
                    path = self._path(WHOLE, len(found[RECORDS]))
                    found[RECORDS].append(Part(WHOLE, path, name, _WHOLE, chunks, many, records))
                    many += records
        if not found[RECORDS]:
            found[RECORDS].append(Part(WHOLE, self._path(WHOLE, 0), "", _WHOLE, (), 0, 0))
        return [part for parts in found.values() for part in parts]

    def _path(self, table: Table, number: int) -> str:
        return f"{FOLDER}/{self.stems[table.name]}/part-{number:05}.parquet"

    def _groups(self, collection: str) -> Iterator[Sequence[int]]:
        """The chunks of a collection, by partition; one without any, where there are none."""
        group: list[int] = []
        sums: list[int] = []
        some = False
        for chunk in self.gathered.work.numbers(collection):
            counts = self.gathered.counts[chunk]
            group.append(chunk)
            sums = [sum(pair) for pair in zip(sums or [0] * len(counts), counts, strict=True)]
            if max(sums) >= MOST_ROWS:
                yield group
                group, sums, some = [], [], True
        if group or not some:
            yield group

    def packed(self, part: Part) -> tuple[Table, Sequence[bytes], bytes]:
        """What `writing.partition` makes a partition of. Raises OSError where the disk fails."""
        work, index = self.gathered.work, self.gathered.index
        if part.place == _WHOLE:
            pairs = ((self._stands(part.collection, chunk), work.texts(chunk)) for chunk in part.chunks)
            return part.table, [marshal.dumps(record_rows(part.collection, *pair)) for pair in pairs], b""
        if has_links(part.table):
            rows = (linked(part.table, work.rows(chunk, part.place), index) for chunk in part.chunks)
            return (
                part.table,
                [marshal.dumps(values) for values in rows],
                self.derived.values(part.table, part.begin, part.rows),
            )
        packed = [work.packed_rows(chunk, part.place) for chunk in part.chunks]
        return part.table, packed, self.derived.values(part.table, part.begin, part.rows)

    def _stands(self, collection: str, chunk: int) -> Sequence[Stand]:
        begin = self._begins[chunk]
        return self._all_stands[collection][begin : begin + self.gathered.counts[chunk][0]]

    @cached_property
    def _all_stands(self) -> Mapping[str, Sequence[Stand]]:
        return {name: list(entries.stands.values()) for name, entries in self.gathered.entries.items()}

    @cached_property
    def _begins(self) -> Mapping[int, int]:
        found: dict[int, int] = {}
        for name in self.gathered.plans:
            many = 0
            for chunk in self.gathered.work.numbers(name):
                found[chunk] = many
                many += self.gathered.counts[chunk][0]
        return found

    def prepare(self) -> None:
        """Find where records stand, once for all processes that share the work."""
        _ = self.all, self._all_stands, self._begins


_WHOLE = -1


def stems(gathered: Gathered) -> Mapping[str, str]:
    """What the folder of each table is called, that of the records whole as the table is, unless another is."""
    names: dict[str, Any] = dict(file_names(gathered.work.book, gathered.plans))
    whole = RECORDS
    while whole in names.values():
        whole = f"_{whole}"
    return {**names, RECORDS: whole}
