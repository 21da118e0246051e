# SPDX-License-Identifier: Apache-2.0
"""The statements that a derived value is made from: found in the records, without a build."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sourcebook.book import ANSWER_KINDS, Book, steps
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.tables import Column, Plan
from sourcebook.tables.derived import ANSWERS, Answering, derivation
from sourcebook.tables.reference_paths import written

Records = Callable[[str], Mapping[str, Record]]
_Key = tuple[str, str]


class MadeFrom:
    """Finds the statements that derived values are made from."""

    def __init__(self, book: Book, plans: Mapping[str, Plan], records: Records) -> None:
        """``records`` are those of a collection, by their keys as texts."""
        self._book = book
        self._plans = plans
        self._records = records
        self._derivation = derivation(book, plans)

    def statements(self, plan: Plan, number: int, record: Record, path: Path, column: str) -> Iterator[Record]:
        """The statements that a derived column is made from, of the row at ``path`` in a record, each once.

        Of rows elsewhere they are those that the row refers to, and of their answers what answers them.
        """
        if not number and plan.collection in self._derivation.parts:
            wanted = self._answering((plan.collection, str(record.key)), column)
        else:
            wanted = dict.fromkeys(self._referred_to(plan, number, record, path))
            if column == ANSWERS:
                wanted |= dict.fromkeys(other for key in list(wanted) for other in self._answering(key, ANSWERS))
        for name, key in wanted:
            if key in self._records(name):
                yield self._records(name)[key]

    def _answering(self, of: _Key, column: str) -> dict[_Key, None]:
        """What answers a statement, in the way of a column, or in any."""
        found: dict[_Key, None] = {}
        for kind in ANSWER_KINDS:
            if column not in (ANSWERS, kind.column):
                continue
            for one in self._derivation.answering:
                if one.kind == kind:
                    pairs = list(self._pairs(one))
                    found |= {by: None for by, to in pairs if to == of}
                    found |= {to: None for by, to in pairs if by == of} if kind.symmetric else {}
        return found

    def _pairs(self, one: Answering) -> Iterator[tuple[_Key, _Key]]:
        """Each statement with one that it answers."""
        column = one.spot.table.column(one.spot.column)
        for key, record in self._records(one.by).items():
            for _, value in written(record.value, steps(column.path)):
                to = self._meant(column, value)
                if to and to[0] == one.of:
                    yield (one.by, key), to

    def _referred_to(self, plan: Plan, number: int, record: Record, path: Path) -> Iterator[_Key]:
        table = plan.tables[number]
        resting = next((one for one in self._derivation.resting if one.table.name == table.name), None)
        for spot in resting.spots if resting else ():
            column = spot.table.column(spot.column)
            for at, value in written(record.value, steps(column.path)):
                if at[: len(path)] == path:
                    to = self._meant(column, value)
                    if to and to[0] in self._derivation.parts:
                        yield to

    def _meant(self, column: Column, value: Any) -> _Key | None:
        """The record that a value of a column means; the first, where it may mean one of several collections."""
        for target in (column.foreign, *column.targets):
            if target is None:
                continue
            records = self._records(target.collection)
            if not target.field or target.field == self._book.by_name[target.collection].key:
                if str(value) in records:
                    return target.collection, str(value)
                continue
            for key, record in records.items():
                if any(one == value for _, one in written(record.value, steps(target.field))):
                    return target.collection, key
        return None
