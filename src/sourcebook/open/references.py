# SPDX-License-Identifier: Apache-2.0
"""Which records of an opened book refer to which: every reference, in whatever form it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

from sourcebook.book import Book, is_several, steps
from sourcebook.finding import Finding, Ledger, pointer
from sourcebook.open.reader import Reader
from sourcebook.open.record import OpenRecord, Ref, Refs
from sourcebook.open.unreadable import Unreadable, told
from sourcebook.records.model import Record
from sourcebook.records.read import Reading
from sourcebook.tables import Plan
from sourcebook.tables.links import Index
from sourcebook.tables.model import Demand
from sourcebook.tables.reference_paths import is_key, leaves, references, written, written_in
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
        return Refs(tuple(by.get(key, ())), tuple(to.get(key, ())))

    @cached_property
    def _found(self) -> tuple[dict[_Key, list[Ref]], dict[_Key, list[Ref]]]:
        read = [self.reader.collection(collection.name) for collection in self._book.collections]
        records = [record for one in read for record in one.records.values()]
        plans = self._plans(tuple(records))
        index = _index(plans, records)
        opened = {(one.collection, str(one.key)): OpenRecord(self, one) for one in records}
        by: dict[_Key, list[Ref]] = {}
        to: dict[_Key, list[Ref]] = {}
        for (name, key), one in opened.items():
            for demand in demands(plans[name], one.value):
                meant = [(there, str(other)) for there, other in index.meant(demand.targets, demand.value)]
                ref = Ref(one, pointer(demand.path), demand.value, demand.at_key, None)
                if not meant:
                    to.setdefault((name, key), []).append(ref)
                for other in meant:
                    leading = replace(ref, to=opened.get(other))
                    to.setdefault((name, key), []).append(leading)
                    by.setdefault(other, []).append(leading)
        return by, to

    def _plans(self, records: tuple[Record, ...]) -> Plans:
        unread = {one.name: self.reader.collection(one.name).unread for one in self._book.collections}
        wrong: list[Finding] = [one for one in self._book.findings if one.level == "error" and one.rule in _PLANS]
        if not wrong:
            incomplete = frozenset(name for name, found in unread.items() if found)
            plans, wrong = plan_book(self._book, Reading(records, (), incomplete, Ledger()))
        every = [*wrong, *(one for found in unread.values() for one in found)]
        if every:
            raise Unreadable(f"what refers to what is not known: {told(every)}", every)
        return plans


# What is wrong with a book where its tables cannot be planned.
_PLANS = ("descriptor", "schema-invalid", "schema-reference", "schema-id-twice", "schema-misspelt", "reference-unclear")


def demands(plan: Plan, value: Any) -> Iterator[Demand]:
    """Every reference that a record writes, each once: those that columns hold, and those that its schema tells of."""
    known: set[tuple[Any, bool]] = set()
    for reference in references(plan):
        for path, item in written_in(value, reference):
            for where, one in leaves(item, path) if reference.loose else [(path, item)]:
                known.add((where, is_key(reference.steps)))
                if isinstance(one, str | int):
                    yield Demand(where, is_key(reference.steps), one, reference.targets)
    for demand in plan.judged.written(value) if plan.judged else ():
        if (demand.path, demand.at_key) not in known and isinstance(demand.value, str | int):
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
