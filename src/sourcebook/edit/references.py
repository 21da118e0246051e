# SPDX-License-Identifier: Apache-2.0
"""Who refers to a record: every place in the book where it is named, in whatever form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sourcebook.book import Target, steps
from sourcebook.edit.source import Source
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.tables.model import Demand
from sourcebook.tables.reference_paths import is_key, leaves, written, written_in


@dataclass(frozen=True, slots=True)
class Reference:
    """A place that refers to a record: the ``value`` at ``path`` in ``record``, or the key there (``at_key``).

    ``target`` says by which field of that record: by its key, where that has no ``field``. ``line`` is where it stands
    in the file of ``record``.
    """

    record: Record
    path: Path
    value: Any
    at_key: bool
    target: Target
    line: int

    @property
    def by_key(self) -> bool:
        """Whether it names the record by its key."""
        return not self.target.field


def referring(source: Source, collection: str, key: str | int) -> tuple[Reference, ...]:
    """Every reference to the record ``key`` of a ``collection``, in the order of the records that hold them.

    Raises UsageError where there is no such record, Refused where the book's tables cannot be planned.
    """
    return referring_to(source, [source.record(collection, key)])[collection, str(key)]


def referring_to(source: Source, records: list[Record]) -> Mapping[tuple[str, str], tuple[Reference, ...]]:
    """The same of several records, by collection and key as text: the book is gone through once."""
    named: dict[tuple[Target, Any], list[Record]] = {}
    wanted = {target for name in source.plans for target in _targets(source, name)}
    for record in records:
        for target in wanted:
            if target.collection == record.collection:
                for name in _names(record, target):
                    named.setdefault((target, name), []).append(record)
    found: dict[tuple[str, str], list[Reference]] = {(one.collection, str(one.key)): [] for one in records}
    for record in source.records:
        for demand in demands(source, record):
            for one, target in _meant(named, demand):
                line = source.line(record, demand.path, at_key=demand.at_key)[1]
                reference = Reference(record, demand.path, demand.value, demand.at_key, target, line)
                found[one.collection, str(one.key)].append(reference)
    return {key: tuple(some) for key, some in found.items()}


def demands(source: Source, record: Record) -> Iterator[Demand]:
    """Every reference that is written in a record."""
    plan = source.plans[record.collection]
    for reference in source.references(record.collection):
        for path, item in written_in(record.value, reference):
            for where, one in leaves(item, path) if reference.loose else [(path, item)]:
                yield Demand(where, is_key(reference.steps), one, reference.targets)
    if plan.judged:
        yield from plan.judged.written(record.value)


def _targets(source: Source, collection: str) -> Iterator[Target]:
    plan = source.plans[collection]
    for one in source.references(collection):
        yield from one.targets
    if plan.judged:
        yield from plan.judged.targets


def _names(record: Record, target: Target) -> Iterator[Any]:
    """What a record is called by references to ``target``."""
    found = [record.key] if not target.field else [one for _, one in written(record.value, steps(target.field))]
    for one in found:
        if isinstance(one, str | int) and not isinstance(one, bool):
            yield str(one) if target.as_text else one


def _meant(named: Mapping[tuple[Target, Any], list[Record]], demand: Demand) -> Iterator[tuple[Record, Target]]:
    """The records that a reference means, each once, with the field by which it does."""
    value = demand.value
    if isinstance(value, bool) or not isinstance(value, str | int):
        return
    seen: list[Record] = []
    for target in demand.targets:
        for record in named.get((target, str(value) if target.as_text else value), ()):
            if not any(record is one for one in seen):
                seen.append(record)
                yield record, target
