# SPDX-License-Identifier: Apache-2.0
"""What is wrong with records that were edited, and with what others refer to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sourcebook.book import Book, Target
from sourcebook.check.inspection import inspect
from sourcebook.compile.gather import Gathered
from sourcebook.dev.known import Living, Value
from sourcebook.dev.model import Changes, Row
from sourcebook.finding import Finding, Ledger
from sourcebook.parse import Lossy
from sourcebook.records.doubled import doubled
from sourcebook.records.model import Entries, Entry, Stand
from sourcebook.records.places import descriptor_place
from sourcebook.tables.links import Kind, Reference, references
from sourcebook.tables.whole_book import Plans

Meant = Mapping[Value, tuple[list[str | int], list[str | int]]]
"""Values that mean other records than they did: which they were, and which they are."""
_MOST = 50  # suspects that are looked at one by one, and records that are told to refer to what is gone


@dataclass(frozen=True)
class _Few(Gathered):
    """Some records of a book, as if they were all."""

    held: Mapping[str, Sequence[tuple[Stand, str]]] = field(default_factory=dict)

    def documents(self, collection: str) -> Iterator[tuple[Stand, str]]:
        """Where each of them stands, and what it holds."""
        return iter(self.held.get(collection, ()))


class Holding(Protocol):
    """What finds records by what they hold."""

    def holding(self, collection: str, value: Any, most: int) -> Iterator[tuple[str, str]]:
        """The keys of records in which a value stands, and what they hold: so many at ``most``."""
        ...


class Judging:
    """Judges records by all rules that look at records one by one. What the book's SQL says is not asked here."""

    def __init__(
        self,
        book: Book,
        plans: Plans,
        gathered: Gathered,
        index: Living,
        written: Mapping[Reference | Kind, Counter[Any]],
        suspects: Mapping[str, Mapping[str, tuple[Lossy, ...]]],
    ) -> None:
        """``index``, ``written`` and ``suspects`` are those of the book, and change with it."""
        self._book, self._plans, self._gathered = book, plans, gathered
        self._index, self._written, self._suspects = index, written, suspects
        self._targets = {name: plan.judged.targets for name, plan in plans.items() if plan.judged}

    def judged_of(self, row: Row) -> Iterator[tuple[Kind, Mapping[Any, int]]]:
        """How often a record refers to what where each record must be looked at for it."""
        for numbers, times in row.batch.judged.items():
            targets = self._targets[row.collection]
            yield Kind(row.collection, tuple(targets[number] for number in numbers)), times

    def judged(
        self,
        changes: Changes,
        meant: Meant,
        stands: Mapping[str, Mapping[str, Stand]],
        database: Holding,
    ) -> tuple[list[Finding], bool]:
        """What is wrong now, and whether what other records refer to is another record than before.

        ``database`` finds records in which a text stands: those whose references lead nowhere any more.
        """
        fresh: dict[Reference | Kind, Counter[Any]] = {}
        for row in changes.come:
            counted: list[tuple[Reference | Kind, Mapping[Any, int]]] = [*self._references(row), *self.judged_of(row)]
            for reference, times in counted:
                fresh.setdefault(reference, Counter()).update(times)
        held: dict[str, list[tuple[Stand, str]]] = {}
        for row in changes.come:
            held.setdefault(row.collection, []).append((row.stand, row.text))
        unclear = False
        wanting: set[tuple[str, Any]] = set()
        for (target, value), (was, now) in meant.items():
            if was and any(self._suspects[name] for name in self._referring(target)):
                unclear = True
            for reference, counts in self._written.items():
                for form in _forms(target, value) if target in reference.targets else ():
                    others = counts.get(form, 0) - fresh.get(reference, Counter()).get(form, 0)
                    if others <= 0:
                        continue
                    if len(self._index.meant(reference.targets, form)) != 1:
                        wanting.add((reference.collection, form))
                        fresh.setdefault(reference, Counter())[form] += others
                    elif was[:1] != now[:1]:
                        unclear = True
        for name, form in wanting:
            there = {str(stand[0]) for stand, _ in held.get(name, ())}
            found = ((key, text) for key, text in database.holding(name, form, _MOST) if key not in there)
            held.setdefault(name, []).extend((stands[name][key], text) for key, text in found if key in stands[name])
        return list(self._inspected(held, fresh, stands)), unclear and not wanting

    def doubled(self, rows: Sequence[Row], stands: Mapping[str, Mapping[str, Stand]]) -> list[Finding]:
        """That the keys of records are those of others."""
        found: list[Finding] = []
        for name in dict.fromkeys(row.collection for row in rows):
            entries = _entries(name, stands[name])
            some = [Entry(name, *row.stand) for row in rows if row.collection == name]
            paths = sorted({one.path for one in some})
            found += doubled(self._book, self._book.by_name[name], some, entries, paths)
        return found

    def emptied(self, names: Iterable[str]) -> list[Finding]:
        """That collections have no records any more."""
        where = [(name, (*self._book.by_name[name].where, "sourcebook", "records")) for name in sorted(names)]
        return [
            Finding(
                "datapackage.yaml",
                *descriptor_place(self._book, place),
                "collection-empty",
                f"the collection {name!r} has no records any more",
                hint="add a record, or say may_be_empty: true",
            )
            for name, place in where
        ]

    def _references(self, row: Row) -> Iterator[tuple[Reference, Mapping[Any, int]]]:
        return zip(references(self._plans[row.collection]), row.batch.written, strict=True)

    def _referring(self, target: Target) -> set[str]:
        """The collections whose records may refer by a target."""
        of = {one.collection for one in self._written if target in one.targets}
        return of | {name for name, targets in self._targets.items() if target in targets}

    def _inspected(
        self,
        held: Mapping[str, Sequence[tuple[Stand, str]]],
        written: Mapping[Reference | Kind, Mapping[Any, int]],
        stands: Mapping[str, Mapping[str, Stand]],
    ) -> Iterator[Finding]:
        entries = {name: _entries(name, some) for name, some in stands.items()}
        told = {name: {str(stand[0]) for stand, _ in some} for name, some in held.items()}
        suspects = {
            name: {key: lossy for key in told.get(name, ()) if (lossy := some.get(key)) is not None}
            for name, some in self._suspects.items()
        }
        given = {one: getattr(self._gathered, one) for one in self._gathered.__dataclass_fields__}
        given |= {"entries": entries, "index": self._index, "written": written, "suspects": suspects}
        given |= {"ledger": Ledger(), "findings": [], "left_open": dict.fromkeys(entries, ()), "held": held}
        few = _Few(**given)
        yield from inspect(self._book, self._plans, few)


def _entries(name: str, stands: Mapping[str, Stand]) -> Entries:
    found = Entries(name)
    found.stands = stands  # type: ignore[assignment]
    return found


def _forms(target: Target, value: Any) -> Iterator[Any]:
    """How a value that is meant may have been written."""
    yield value
    if target.as_text and isinstance(value, str):
        try:
            if str(int(value)) == value:
                yield int(value)
        except ValueError:
            return
