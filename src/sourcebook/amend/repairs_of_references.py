# SPDX-License-Identifier: Apache-2.0
"""Repairs of references that mean no record: a key that has moved, one of another type, one that is nearly one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from sourcebook.alike import seen
from sourcebook.amend.guesses import names_near
from sourcebook.amend.mending import Case, Mending, surest
from sourcebook.book import Book, Target, steps
from sourcebook.check.explaining import Explaining
from sourcebook.finding import Finding, pointer
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.tables.reference_paths import is_key, leaves, references, written, written_in
from sourcebook.tables.whole_book import Plans

_NAMED = ["label", "name", "title"]  # what the names of records are called, where the book does not say


class OfReferences:
    """Finds what references that dangle were meant to be."""

    def __init__(self, book: Book, plans: Plans, records: Sequence[Record], explaining: Explaining) -> None:
        self._book = book
        self.plans = plans
        self._records = records
        self._explaining = explaining

    def cases(self, told: Sequence[tuple[Finding, Record]]) -> Iterator[Case]:
        """A case for each finding of the rule ``reference``, with the record that it is about."""
        known: dict[int, dict[str, tuple[Path, bool, Any, tuple[Target, ...]]]] = {}
        for finding, record in told:
            if id(record) not in known:
                known[id(record)] = {pointer((*record.at, *one[0])): one for one in self.written(record)}
            found = known[id(record)].get(finding.pointer)
            if found is None or "more than one record" in finding.message:
                yield Case(finding, record, why="which of several records is meant cannot be told")
                continue
            good = self._fitting(record, surest(self._guessed(*found)))
            yield Case(
                finding, record, good, "" if good else "no record is near to what is written, or may stand there"
            )

    def written(self, record: Record) -> Iterator[tuple[Path, bool, Any, tuple[Target, ...]]]:
        """Every reference in a record: its path, whether it is a key there, what is written, and where it may lead."""
        plan = self.plans[record.collection]
        for one in references(plan):
            for path, value in written_in(record.value, one):
                for where, leaf in leaves(value, path) if one.loose else [(path, value)]:
                    yield where, is_key(one.steps), leaf, one.targets
        for demand in plan.judged.written(record.value) if plan.judged else ():
            yield demand.path, demand.at_key, demand.value, demand.targets

    def _fitting(self, record: Record, mendings: Sequence[Mending]) -> tuple[Mending, ...]:
        (before,) = self._explaining.violations([record])
        said = {(one.path, one.message) for one in before}
        changed = [replace(record, value=one.applied(record.value)) for one in mendings]
        after = self._explaining.violations(changed)
        return tuple(
            one
            for one, violations in zip(mendings, after, strict=True)
            if {(v.path, v.message) for v in violations} <= said
        )

    def _guessed(self, path: Path, at_key: bool, value: Any, targets: Sequence[Target]) -> Iterator[Mending]:
        for meant, certain, why in self.meant(value, targets):
            if at_key:
                yield Mending(path, name=str(meant), certain=certain, why=why)
            else:
                yield Mending(path, meant, certain=certain, why=why)

    def known(self, targets: Sequence[Target]) -> list[Any]:
        """The values by which a reference to one of ``targets`` may be written."""
        return [one for target in targets for one in self._known.get(target, ())]

    def meant(self, value: Any, targets: Sequence[Target]) -> Iterator[tuple[Any, bool, str]]:
        """What a reference ``value``, which is none of them, may mean: whether for certain, and why."""
        if isinstance(value, bool | dict | list) or value is None:
            return
        text = str(value)
        known = {one: target for target in targets for one in self._known[target] if not isinstance(one, bool)}
        for target in targets:
            moved = self._moved.get((target.collection, text)) if self._is_key(target) else None
            for one in known if moved else ():
                if str(one) == moved:
                    yield one, True, "its key has moved there"
        others = [one for one in known if str(one) == text and type(one) is not type(value)]
        if len(others) == 1:
            yield others[0], True, "the same, of the type that it is there"
        stem = text.rstrip("/").rpartition("/")[2]
        for ending in ("", ".yaml", ".yml", ".json", ".md"):
            if stem != text and stem.endswith(ending) and stem.removesuffix(ending) in known:
                yield stem.removesuffix(ending), True, "the key alone, and no path"
                break
        folded = [one for one in known if isinstance(one, str) and one != text and _folded(one) == _folded(text)]
        if len(folded) == 1:
            yield folded[0], True, "the only one that is the same but for capitals, spaces or look"
        called = self._called(text, targets)
        if len(called) == 1:
            yield called[0], False, "the one record that is called so"
        for near, _ in names_near(text, [one for one in known if isinstance(one, str)]):
            yield near, False, "the nearest"

    def _called(self, text: str, targets: Sequence[Target]) -> list[Any]:
        """The keys of records whose label, or one of whose other names, is ``text``."""
        wanted = _folded(text)
        return [
            one
            for target in targets
            for record in self._of(target.collection)
            if wanted in self._names(record)
            for one in self._values(target, record)
        ]

    def _names(self, record: Record) -> set[str]:
        """What a record is called, folded."""
        collection = self._book.by_name[record.collection]
        paths = [collection.label] if collection.label else _NAMED
        found = (name for path in (*paths, *collection.aliases) for _, name in written(record.value, steps(path)))
        return {_folded(name) for name in found if isinstance(name, str)}

    @cached_property
    def _known(self) -> Mapping[Target, list[Any]]:
        wanted = {target for plan in self.plans.values() for one in references(plan) for target in one.targets}
        wanted |= {target for plan in self.plans.values() if plan.judged for target in plan.judged.targets}
        return {target: [v for r in self._of(target.collection) for v in self._values(target, r)] for target in wanted}

    def _of(self, collection: str) -> list[Record]:
        return [record for record in self._records if record.collection == collection]

    @staticmethod
    def _values(target: Target, record: Record) -> list[Any]:
        """The values by which a record is referred to."""
        return [value for _, value in written(record.value, steps(target.field))] if target.field else [record.key]

    def _is_key(self, target: Target) -> bool:
        return target.field in ("", self._book.by_name[target.collection].key)

    @cached_property
    def _moved(self) -> Mapping[tuple[str, str], str]:
        """Where keys have gone that records had once, as the book has noted, to the last of each chain."""
        moves = {(one.collection, one.key): one.to for one in getattr(self._book, "moved", ()) if one.to}
        found = {}
        for (collection, key), first in moves.items():
            to, passed = first, {key}
            while to not in passed and (collection, to) in moves:
                passed.add(to)
                to = moves[collection, to]
            found[collection, key] = to
        return found


def _folded(text: str) -> str:
    return " ".join(seen(text).split()).casefold()
