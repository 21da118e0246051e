# SPDX-License-Identifier: Apache-2.0
"""A book as the ground for changes: its records, their values with what the schema says of each, and their texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from sourcebook import files
from sourcebook.book import Book, Collection, Folder, Target, load_book, steps
from sourcebook.check.planning import plan
from sourcebook.edit.model import Refused
from sourcebook.edit.text import Order
from sourcebook.errors import UsageError
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.records.places import Positioner
from sourcebook.records.read import Reading, read
from sourcebook.tables.from_schema import shape_of
from sourcebook.tables.reference_paths import Reference, is_key, references, written_in
from sourcebook.tables.shape import List, Note, Object, Shape, Unknown
from sourcebook.tables.whole_book import Plans, schema_of
from sourcebook.validation.wording import did_you_mean


@dataclass(frozen=True, slots=True)
class Spot:
    """A value in a record: its path there, and what the schema says of it and of the mapping that holds it."""

    record: Record
    path: Path
    value: Any
    shape: Shape = Unknown()
    holder: Object | None = None
    targets: tuple[Target, ...] = ()  # of a reference

    @property
    def name(self) -> str:
        """Name of the property; the empty text for an item of a list."""
        return self.path[-1] if self.path and isinstance(self.path[-1], str) else ""

    @property
    def required(self) -> bool:
        """Whether the mapping that holds it may not be without it."""
        return self.holder is not None and self.name in self.holder.required

    @property
    def note(self) -> Note:
        """What the schema says of the value."""
        return self.shape.note


class Source:
    """A book whose records are to be changed. Everything is read when it is first asked for, and once.

    ``plans`` are those of its tables, where a check has made them already.
    """

    def __init__(self, book: Book, plans: Plans | None = None) -> None:
        self.book = book
        self._plans = plans
        self.positioner = Positioner(book)
        self.data = cache(self._data)
        self.text = cache(self._text)
        self.line_starts = cache(self._line_starts)
        self._known_spots = cache(self._spots)
        self.shape = cache(self._shape)
        self.references = cache(self._references)

    # --- records ---

    @cached_property
    def reading(self) -> Reading:
        """All records, and what is wrong with their files. Raises OSError where the disk fails."""
        return read(self.book)

    @cached_property
    def plans(self) -> Plans:
        """The plans of all tables. Raises Refused where the descriptor or a schema is too wrong for such."""
        if self._plans is not None:
            return self._plans
        planned = plan(self.book)
        if planned.stopped:
            raise Refused(f"nothing can be changed while {planned.stopped}: `sourcebook check` tells where")
        return planned.plans

    @property
    def records(self) -> tuple[Record, ...]:
        """All records, in order."""
        return self.reading.records

    @cached_property
    def by_key(self) -> dict[tuple[str, str], Record]:
        """The records by collection and key as text."""
        return {(record.collection, str(record.key)): record for record in self.records}

    @cached_property
    def by_collection(self) -> dict[str, list[Record]]:
        """The records of each collection, in order."""
        found: dict[str, list[Record]] = {collection.name: [] for collection in self.book.collections}
        for record in self.records:
            found[record.collection].append(record)
        return found

    @cached_property
    def by_path(self) -> dict[str, list[Record]]:
        """The records of each file."""
        found: dict[str, list[Record]] = {}
        for record in self.records:
            found.setdefault(record.path, []).append(record)
        return found

    def keys(self, collection: str) -> list[Any]:
        """The keys of a collection's records."""
        return [record.key for record in self.by_collection[collection]]

    def collection(self, name: str) -> Collection:
        """The collection of a name. Raises UsageError where there is none."""
        known = self.book.by_name
        if name not in known:
            raise UsageError(f"there is no collection {name!r}: {did_you_mean(name, known) or ', '.join(known)}")
        return known[name]

    def record(self, collection: str, key: str | int) -> Record:
        """The record of a key. Raises UsageError where there is none, or no such collection."""
        self.collection(collection)
        found = self.by_key.get((collection, str(key)))
        if found is None:
            keys = [str(one.key) for one in self.by_collection[collection]]
            hint = did_you_mean(str(key), keys)
            raise UsageError(f"{collection} has no record {str(key)!r}" + (f": {hint}" if hint else ""))
        return found

    # --- values ---

    def _shape(self, collection: str) -> Shape:
        return shape_of(schema_of(self.book, self.book.by_name[collection], self.reading))

    def _references(self, collection: str) -> list[Reference]:
        """Where columns hold references."""
        return references(self.plans[collection])

    def spots(self, record: Record) -> tuple[Spot, ...]:
        """Every value in a record."""
        return self._known_spots(record.collection, record.key)

    def _spots(self, collection: str, key: str | int) -> tuple[Spot, ...]:
        record = self.by_key[collection, str(key)]
        led = {
            path: one.targets
            for one in self.references(collection)
            if not is_key(one.steps)  # the value there is another thing
            for path, _ in written_in(record.value, one)
        }
        judged = self.plans[collection].judged
        for one in judged.written(record.value) if judged else ():
            if not one.at_key:
                led[one.path] = one.targets
        return tuple(walk(record, (), record.value, self.shape(collection), None, led))

    def key_path(self, collection: str) -> Path | None:
        """The path of the property that is the key of records; None where it is made otherwise."""
        key = self.book.by_name[collection].key
        return steps(key) if key else None

    def order(self, collection: str) -> Order:
        """The order in which properties stand by the schema, by their path in a file of the collection."""
        one = self.book.by_name[collection]
        above = len(one.at) + (one.layout in ("list", "map"))

        def names(path: Path) -> Sequence[str]:
            return tuple(_properties(self.shape(collection), path[above:])) if len(path) >= above else ()

        return names

    # --- texts ---

    def like(self, collection: str) -> bytes | None:
        """The bytes of a file of a collection, after which a new one is written; None where it has none."""
        records = self.by_collection[collection]
        return self.data(records[-1].path) if records else None

    def _data(self, path: str) -> bytes:
        data, odd = files.read_bytes(self.book.root, path, self.book.limits.bytes)
        if odd is not None:
            raise Refused(f"{path}: {odd.message}")
        return data

    def _text(self, path: str) -> str:
        return self.data(path).decode("utf-8")

    def _line_starts(self, path: str) -> list[int]:
        from sourcebook.edit.text.line_ends import line_starts

        return line_starts(self.text(path))

    def line(self, record: Record, path: Path, *, at_key: bool = False) -> tuple[str, int]:
        """The file and line of a value."""
        return record.path, self.positioner.place(record, path, at_key=at_key).line

    def start(self, record: Record, path: Path, *, at_key: bool = False) -> int:
        """The offset at which a value (or its key) begins in the text of its file."""
        place = self.positioner.place(record, path, at_key=at_key)
        mark = self.text(record.path).startswith("\ufeff") and place.line == 1
        return self.line_starts(record.path)[place.line - 1] + place.column - 1 + mark


def source_of(folder: Folder) -> Source:
    """The book in a folder. Raises UsageError where there is none."""
    return Source(load_book(folder))


def _properties(shape: Shape | None, path: Path) -> Iterator[str]:
    """The names of the properties of the mapping at a path."""
    for step in path:
        if isinstance(shape, List) and shape.single and not isinstance(step, int):
            shape = shape.items
        if isinstance(shape, Object) and isinstance(step, str):
            shape = shape.properties.get(step) or shape.rest
        elif isinstance(shape, List) and isinstance(step, int):
            shape = shape.items
        else:
            return
    if isinstance(shape, List) and shape.single:
        shape = shape.items
    if isinstance(shape, Object):
        yield from shape.properties


def walk(
    record: Record, path: Path, value: Any, shape: Shape, holder: Object | None, led: dict[Path, tuple[Target, ...]]
) -> Iterator[Spot]:
    """Every value in ``value``, with what its ``shape`` says of it; where references lead is ``led``, by path."""
    if isinstance(shape, List) and shape.single and not isinstance(value, list):
        shape = shape.items
    if path:
        yield Spot(record, path, value, shape, holder, led.get(path, ()))
    if isinstance(value, dict):
        known = shape if isinstance(shape, Object) else None
        for name, item in value.items():
            inner: Shape = Unknown()
            if known is not None:
                inner = known.properties.get(name) or known.rest or Unknown()
            yield from walk(record, (*path, name), item, inner, known, led)
    elif isinstance(value, list):
        items = shape.items if isinstance(shape, List) else Unknown()
        for index, item in enumerate(value):
            yield from walk(record, (*path, index), item, items, None, led)
