# SPDX-License-Identifier: Apache-2.0
"""What faults are made in: the records of a book, their values with what the schema says of each, and their texts."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from sourcebook import files
from sourcebook.book import Target, steps
from sourcebook.check.result import Checked
from sourcebook.mutate import spans
from sourcebook.mutate.model import Mutant
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.records.places import Positioner
from sourcebook.records.read import read
from sourcebook.tables.from_schema import shape_of
from sourcebook.tables.reference_paths import is_key, references, written_in
from sourcebook.tables.shape import List, Note, Object, Scalar, Shape, Unknown
from sourcebook.tables.whole_book import schema_of

Edit = tuple[int, int, str]  # from, to, and what is put there


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
    """A book that was checked, as the ground for faults. The texts of its files are read as they are needed."""

    def __init__(self, checked: Checked) -> None:
        self.checked = checked
        self.book = checked.book
        reading = read(checked.book)
        self.records = reading.records
        self._positioner = Positioner(checked.book)
        self._shapes = {c.name: shape_of(schema_of(self.book, c, reading)) for c in self.book.collections}
        self._references = {name: references(plan) for name, plan in checked.plans.items()}
        self.text = cache(self._text)
        self._starts = cache(self._line_starts)
        self._spots = cache(self._walked)
        self._by_key = {(record.collection, record.key): record for record in self.records}

    def keys(self, collection: str) -> list[Any]:
        """The keys of a collection's records."""
        return [record.key for record in self.records if record.collection == collection]

    def _text(self, path: str) -> str:
        data, _ = files.read_bytes(self.book.root, path, self.book.limits.bytes)
        return data.decode("utf-8")

    def _line_starts(self, path: str) -> list[int]:
        return spans.line_starts(self.text(path))

    # Values.

    def pick(self, chance: random.Random, wanted: Callable[[Spot], bool]) -> Iterator[Spot]:
        """Values in a random order, one of each record before a second of any."""
        records = list(self.records)
        chance.shuffle(records)
        waiting = []
        for record in records:
            found = [spot for spot in self.spots(record) if wanted(spot)]
            chance.shuffle(found)
            if found:
                yield found.pop()
                waiting.append(found)
        while waiting := [found for found in waiting if found]:
            for found in waiting:
                yield found.pop()

    def spots(self, record: Record) -> tuple[Spot, ...]:
        """Every value in a record."""
        return self._spots(record.collection, record.key)

    def _walked(self, collection: str, key: str | int) -> tuple[Spot, ...]:
        record = self._by_key[collection, key]
        led = {
            path: one.targets
            for one in self._references[collection]
            if not is_key(one.steps)  # the value there is another thing
            for path, _ in written_in(record.value, one)
        }
        judged = self.checked.plans[collection].judged
        for one in judged.written(record.value) if judged else ():
            if not one.at_key:
                led[one.path] = one.targets
        return tuple(_walk(record, (), record.value, self._shapes[collection], None, led))

    def key_spot(self, record: Record) -> Spot | None:
        """The key of a record, where it is a property."""
        key = self.book.by_name[record.collection].key
        path = steps(key) if key else None
        return next((spot for spot in self.spots(record) if spot.path == path), None)

    # Places.

    def line(self, record: Record, path: Path, *, at_key: bool = False) -> tuple[str, int]:
        """The file and line of a value."""
        return record.path, self._positioner.place(record, path, at_key=at_key).line

    def start(self, record: Record, path: Path, *, at_key: bool = False) -> int:
        """The offset at which a value (or its key) begins in the text of its file."""
        place = self._positioner.place(record, path, at_key=at_key)
        mark = self.text(record.path).startswith("\ufeff") and place.line == 1
        return self._starts(record.path)[place.line - 1] + place.column - 1 + mark

    def span(self, spot: Spot) -> spans.Span | None:
        """The span of a single value that is written on one line."""
        if isinstance(spot.value, dict | list):
            return None
        return spans.scalar(self.text(spot.record.path), self.start(spot.record, spot.path), spot.value)

    def key_start(self, spot: Spot) -> int | None:
        """Where the key of a property begins; None where it is written nowhere (an alias, a merge, a text below)."""
        text = self.text(spot.record.path)
        at = self.start(spot.record, spot.path, at_key=True)
        quoted = ("", '"', "'")
        return at if spot.name and any(text.startswith(q + spot.name + q, at) for q in quoted) else None

    def entry(self, spot: Spot) -> spans.Span | None:
        """The span of a property with its key that may be cut out and leave YAML behind."""
        text, at = self.text(spot.record.path), self.key_start(spot)
        if at is None:
            return None
        if spans.is_block(text, at):
            column = at - self._line_start(spot.record, spot.path)
            end = spans.block(text, at, column=column, dashes=isinstance(spot.value, list))
            if not spans.after_dash(text, at):
                return at - column, end
            bare = len(text[end:]) - len(text[end:].lstrip(" "))
            return (at, end + bare) if bare == column and text[end + bare : end + bare + 1] not in ("\n", "#") else None
        span = self.span(spot)
        if not span:
            return None
        after = text[span[1] :]
        if after.lstrip().startswith(","):
            return at, span[1] + len(after) - len(after.lstrip()[1:].lstrip(" "))
        before = text[:at].rstrip()
        return (len(before) - 1 if before.endswith(",") else at), span[1]

    def _line_start(self, record: Record, path: Path) -> int:
        return self._starts(record.path)[self._positioner.place(record, path, at_key=True).line - 1]

    def extent(self, record: Record) -> tuple[int, int, int] | None:
        """A record written in lines of its own: where its lines begin, where its value does, and where it ends."""
        text = self.text(record.path)
        start = self.start(record, ())
        begin = self._line_start(record, ())
        if not isinstance(record.value, dict) or text.startswith(("{", "["), start) or record.path.endswith(".md"):
            return None
        column = start - self._starts(record.path)[self._positioner.place(record, ()).line - 1]
        return begin, start, spans.block(text, start, column=column - 1)

    # Faults.

    def mutant(self, path: str, edits: Iterable[Edit], what: str, holders: Iterable[tuple[str, int]] = ()) -> Mutant:
        """The book with ``edits`` in the text of one file."""
        return self.mutants({path: list(edits)}, what, holders)

    def mutants(self, edits: dict[str, list[Edit]], what: str, holders: Iterable[tuple[str, int]] = ()) -> Mutant:
        """The book with edits in the texts of several files."""
        before, after = {}, {}
        for path, changes in edits.items():
            text = self.text(path)
            before[path] = text.encode()
            for start, end, new in sorted(changes, reverse=True):
                text = text[:start] + new + text[end:]
            after[path] = text.encode()
        return Mutant(what, before, after, frozenset(holders))

    def replaced(self, spot: Spot, new: str) -> Mutant | None:
        """The book with another text in place of a single value; None where the value is not on one line."""
        span = self.span(spot)
        if not span:
            return None
        old = self.text(spot.record.path)[slice(*span)]
        return self.mutant(spot.record.path, [(*span, new)], f"{_shown(spot)}: {old} to {new or 'nothing'}")


def _shown(spot: Spot) -> str:
    return f"{spot.record.collection} {spot.record.key} {'/'.join(map(str, spot.path))}"


def _walk(
    record: Record, path: Path, value: Any, shape: Shape, holder: Object | None, led: dict[Path, tuple[Target, ...]]
) -> Iterator[Spot]:
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
            yield from _walk(record, (*path, name), item, inner, known, led)
    elif isinstance(value, list):
        items = shape.items if isinstance(shape, List) else Unknown()
        for index, item in enumerate(value):
            yield from _walk(record, (*path, index), item, items, None, led)


__all__ = ["Edit", "Mutant", "Scalar", "Source", "Spot"]
