# SPDX-License-Identifier: Apache-2.0
"""Which records of an opened book refer to which: every reference, in whatever form it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

from sourcebook.book import Book, is_several, steps
from sourcebook.edit.references import demands
from sourcebook.edit.source import Source
from sourcebook.finding import Finding, Ledger, pointer
from sourcebook.open.reader import Reader
from sourcebook.open.record import OpenRecord, Ref, Refs
from sourcebook.open.unreadable import Unreadable, told
from sourcebook.records.model import Record
from sourcebook.records.read import Reading
from sourcebook.tables.links import Index
from sourcebook.tables.model import Demand
from sourcebook.tables.reference_paths import written
from sourcebook.tables.whole_book import Plans, plan_book

_Key = tuple[str, str]


class References:
    """The records of a book, and all references in them, which are found at once when the first is asked for."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self.reader = Reader(book)

    def refs(self, record: Record) -> Refs:
        """The references to a record and from it."""
        by, to = self._found
        key = (record.collection, str(record.key))
        unread = [
            one for collection in self._book.collections for one in self.reader.collection(collection.name).unread
        ]
        return Refs(tuple(by.get(key, ())), tuple(to.get(key, ())), tuple(unread))

    @cached_property
    def _found(self) -> tuple[dict[_Key, list[Ref]], dict[_Key, list[Ref]]]:
        read = [self.reader.collection(collection.name) for collection in self._book.collections]
        records = [record for one in read for record in one.records.values()]
        plans = self._plans(tuple(records))
        index = _index(plans, records)
        source = Source(self._book, plans)
        opened = {(one.collection, str(one.key)): OpenRecord(self, one) for one in records}
        by: dict[_Key, list[Ref]] = {}
        to: dict[_Key, list[Ref]] = {}
        for record in records:
            one = opened[here := (record.collection, str(record.key))]
            for demand in _once(source, record):
                meant = [(there, str(other)) for there, other in index.meant(demand.targets, demand.value)]
                ref = Ref(one, pointer(demand.path), demand.value, demand.at_key, None)
                if not meant:
                    to.setdefault(here, []).append(ref)
                for other in meant:
                    leading = replace(ref, to=opened.get(other))
                    to.setdefault(here, []).append(leading)
                    by.setdefault(other, []).append(leading)
        return by, to

    def _plans(self, records: tuple[Record, ...]) -> Plans:
        wrong: list[Finding] = [one for one in self._book.findings if one.level == "error" and one.rule in _PLANS]
        if not wrong:
            names = (collection.name for collection in self._book.collections)
            incomplete = frozenset(name for name in names if self.reader.collection(name).unread)
            plans, wrong = plan_book(self._book, Reading(records, (), incomplete, Ledger()))
        if wrong:
            raise Unreadable(f"what refers to what is not known: {told(wrong)}", wrong)
        return plans


# What is wrong with a book where its tables cannot be planned.
_PLANS = ("descriptor", "schema-invalid", "schema-reference", "schema-id-twice", "schema-misspelt", "reference-unclear")


def _once(source: Source, record: Record) -> Iterator[Demand]:
    """Every reference that a record writes, each once, where columns and its schema tell of the same."""
    known: set[tuple[Any, bool]] = set()
    for demand in demands(source, record):
        place = demand.path, demand.at_key
        if place not in known and isinstance(demand.value, str | int):
            known.add(place)
            yield demand


def _index(plans: Plans, records: list[Record]) -> Index:
    """From what a reference may be written as to the keys of records."""
    index = Index(plans)
    for record in records:
        index.add(
            record.collection, [record.key], [[_names(record, field)] for field in index.fields(record.collection)]
        )
    return index


def _names(record: Record, field: str) -> Any:
    """What a record has at a field by which it may be referred to: a list where there may be several."""
    found = [one for _, one in written(record.value, steps(field)) if isinstance(one, str | int)]
    if is_several(field):
        return found
    return found[0] if found else None
