# SPDX-License-Identifier: Apache-2.0
"""References as they are told: their record's label, their property, the part they play, what else they might mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sourcebook.book import Target, steps
from sourcebook.edit.labels import label_of, property_of
from sourcebook.edit.references import Reference, demands
from sourcebook.edit.roles import part_of
from sourcebook.edit.source import Source
from sourcebook.finding import pointer
from sourcebook.records.model import Record
from sourcebook.refs.model import Mention
from sourcebook.tables.reference_paths import written


class Telling:
    """Tells of references to one record."""

    def __init__(self, source: Source, record: Record) -> None:
        self._source = source
        self._record = record
        self._others: dict[Target, dict[Any, Record]] = {}

    def mention(self, one: Reference) -> Mention:
        """What is told of a reference."""
        place = self._source.positioner.place(one.record, one.path, at_key=one.at_key)
        part = part_of(self._source.book, one.record.collection, one.path, self._record.collection)
        return Mention(
            one.record.path,
            *place,
            one.record.collection,
            str(one.record.key),
            label_of(self._source, one.record),
            property_of(one.path),
            pointer(one.path),
            one.value,
            one.at_key,
            part.name if part else "",
            part.words if part else "",
            self._otherwise(one),
        )

    def _otherwise(self, one: Reference) -> str:
        """What a reference would mean without the record; the empty text where that is nothing."""
        targets = {
            target
            for demand in demands(self._source, one.record)
            if (demand.path, demand.at_key) == (one.path, one.at_key)
            for target in demand.targets
        }
        for target in sorted(targets, key=str):
            value = str(one.value) if target.as_text else one.value
            if other := self._named(target).get(value):
                return f"{other.collection} {other.key}"
        return ""

    def _named(self, target: Target) -> dict[Any, Record]:
        """The records, but for this one, by what references to ``target`` call them."""
        if target not in self._others:
            found: dict[Any, Record] = {}
            for record in self._source.by_collection.get(target.collection, ()):
                if record is not self._record:
                    found |= {name: record for name in _names(record, target) if name not in found}
            self._others[target] = found
        return self._others[target]


def _names(record: Record, target: Target) -> Iterator[Any]:
    """What a record is called by references to ``target``."""
    for one in [one for _, one in written(record.value, steps(target.field))] if target.field else [record.key]:
        if isinstance(one, str | int) and not isinstance(one, bool):
            yield str(one) if target.as_text else one
