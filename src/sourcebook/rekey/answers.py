# SPDX-License-Identifier: Apache-2.0
"""What a statement answers: those that would stand without it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sourcebook.edit.references import demands
from sourcebook.edit.roles import is_statement, part_of
from sourcebook.edit.source import Source
from sourcebook.records.model import Record
from sourcebook.rekey.leading import names_of


def answered(source: Source, record: Record, *, but: Collection[str] = ()) -> Iterator[tuple[str, Record]]:
    """The statements that a record answers, each with how: ``denies``, ``overturns``; kinds that are named ``but``."""
    if not is_statement(source.book, record.collection):
        return
    seen: set[tuple[str, str, str]] = set()
    for demand in demands(source, record):
        for target in demand.targets:
            part = part_of(source.book, record.collection, demand.path, target.collection)
            if part is None or not part.answers or part.name in but or not is_statement(source.book, target.collection):
                continue
            for other in source.by_collection[target.collection]:
                names = names_of(source, other, target, other.value, other.key).values()
                if other is record or str(demand.value) not in map(str, names):
                    continue
                words = part.words.removesuffix(" it")
                told = (words, other.collection, str(other.key))
                if told not in seen:
                    seen.add(told)
                    yield words, other
