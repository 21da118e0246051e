# SPDX-License-Identifier: Apache-2.0
"""What statements lost and got as answers between two sides that are files; who says those that changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from sourcebook.book import STATEMENT, Book, Target, look_up, steps
from sourcebook.diff.links import NOBODY, Key, Link, Speaking, changes_of_answers, speaking
from sourcebook.diff.model import AnswerChange, RecordChange
from sourcebook.diff.planned import hindrances
from sourcebook.diff.reading import Read, all_of
from sourcebook.diff.records import Held
from sourcebook.diff.sides import Files
from sourcebook.records.read import Reading
from sourcebook.tables.whole_book import plan_one


class AnswersOfFiles:
    """Links of two sides: of what was read because it differs, and of those other files that have to do with it."""

    def __init__(self, old: Files, new: Files, old_read: Read, new_read: Read) -> None:
        self.sides = ((old, old_read), (new, new_read))
        self.speaking = tuple(speaking_of(side.book) for side, _ in self.sides)

    def told(self, records: Sequence[RecordChange]) -> tuple[list[AnswerChange], list[RecordChange]]:
        """What became of answers, and the records with who says them where they are statements."""
        answered = self.speaking[0].answered | self.speaking[1].answered
        touched = [one for one in records if one.collection in answered]
        if not touched:
            return [], list(records)
        both = [self._links(number, touched) for number in (0, 1)]
        renamed = {(one.collection, one.old_key): (one.collection, one.key) for one in touched if one.kind == "renamed"}
        gone = {(one.collection, one.key) for one in touched if one.kind == "removed"}
        there = {(one.collection, one.key) for one in touched if one.kind != "removed"}
        unsure = self._unsure(touched)
        found = [
            one
            for one in changes_of_answers(both, renamed, gone - there)
            if (one.by_collection, one.by_key) not in unsure
        ]
        return found, told_records(records, self.speaking, both)

    def _unsure(self, _touched: Sequence[RecordChange]) -> set[Key]:
        """The records that could be read on one side alone: whether they answer still cannot be told."""
        found: set[Key] = set()
        for (_, one), (_, other) in (self.sides, self.sides[::-1]):
            for name, some in one.records.items():
                keys = {held.key for held in other.records[name]}
                found |= {(name, held.key) for held in some if other.lacks(held.stand.file) and held.key not in keys}
        return found

    def _links(self, number: int, touched: Sequence[RecordChange]) -> set[Link]:
        """The links of a side that changed records have, and those that lead to or from them."""
        side, reads = self.sides[number]
        speaks = self.speaking[number]
        if not speaks.roles:
            return set()
        beside = self._beside(number, touched)
        records = [(name, one) for name in speaks.answered for one in reads.records[name]] + beside
        named = _Named(side, speaks, records)
        return {link for name, one in records for link in speaks.links(name, one, named)}

    def _beside(self, number: int, touched: Sequence[RecordChange]) -> list[tuple[str, Held]]:
        """The records of files that do not differ in which something that changed may be named."""
        side, reads = self.sides[number]
        speaks = self.speaking[number]
        passed = {one.stand.file for some in reads.records.values() for one in some}
        words = set()
        for one in touched:
            values = [one.old_key, one.key]
            for field in speaks.fields(one.collection):
                values += [str(value) for value in (_at(one.old_value, field), _at(one.new_value, field)) if value]
            words |= {max(value.split() or [value], key=len).encode("utf-8", "surrogatepass") for value in values}
        return list(all_of(side, speaks.roles, {path for path in passed if path}, words))


class _Named:
    """Which records a field of a collection names; all of them are read where it is no key."""

    def __init__(self, side: Files, speaks: Speaking, known: Iterable[tuple[str, Held]]) -> None:
        self._side, self._speaks, self._known = side, speaks, known
        self._by: dict[Target, dict[str, list[str]]] = {}

    def __call__(self, target: Target, value: str) -> list[str]:
        if target not in self._by:
            found: dict[str, list[str]] = defaultdict(list)
            field = target.field or self._speaks.keys.get(target.collection, "")
            for _, one in all_of(self._side, [target.collection]):
                name = _at(one.value, field) if field else one.key
                if name is not None:
                    found[str(name)].append(one.key)
            self._by[target] = found
        return self._by[target].get(value, [])


def _at(value: Any, field: str) -> Any:
    try:
        return look_up(value, steps(field))
    except KeyError:
        return None


def told_records(
    records: Iterable[RecordChange], speaks: Sequence[Speaking], links: Sequence[set[Link]]
) -> list[RecordChange]:
    """The records with who says them, and with what answers them: now, or of those removed, at last."""
    by_of: list[dict[Key, list[Link]]] = []
    for some in links:
        found: dict[Key, list[Link]] = defaultdict(list)
        for link in sorted(some, key=lambda link: (link.of, link.kind.part, link.by)):
            found[link.of].append(link)
        by_of.append(found)
    told = []
    for one in records:
        number = 0 if one.kind == "removed" else 1
        value = one.old_value if one.kind == "removed" else one.new_value
        answers = by_of[number].get((one.collection, one.key), ()) if by_of else ()
        told.append(replace(one, statement=speaks[number].said(one.collection, value, answers)))
    return told


def speaking_of(book: Book | None) -> Speaking:
    """How the statements of a book speak."""
    if book is None or not any(STATEMENT in one.roles for one in book.collections):
        return NOBODY
    return speaking(book, _Led(book))


class _Led:
    """Where the references at a path of a collection lead, by the descriptor or by the schema."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def __call__(self, collection: str, path: str) -> tuple[Target, ...]:
        one = self._book.by_name[collection]
        if path in one.references:
            return one.references[path]
        if hindrances(self._book):
            return ()
        return next((targets for name, targets in self._columns[collection] if name == path), ())

    @cached_property
    def _columns(self) -> dict[str, list[tuple[str, tuple[Target, ...]]]]:
        found = {}
        for one in self._book.collections:
            tables = plan_one(self._book, one, Reading((), (), frozenset())).tables if one.schema else ()
            columns = [column for table in tables for column in table.columns]
            found[one.name] = [
                (c.path, (c.foreign,) if c.foreign else c.targets) for c in columns if c.foreign or c.targets
            ]
        return found
